//! The keys of a duckdb output in `profiles.yml`, as dbt-duckdb reads them.

use std::collections::BTreeMap;
use std::path::Path;

use super::fields::Fields;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::resource::{Attachment, DuckdbTarget, Map, PluginHost, Value};
use crate::yaml::{Yaml, YamlValue};

/// Keys that work.
const KEYS: &[&str] = &[
    "type",
    "threads",
    "path",
    "database",
    "schema",
    "config_options",
    "settings",
    "extensions",
    "secrets",
    "attach",
    "external_root",
    "use_credential_provider",
    "disable_transactions",
    "keep_open",
    "retries",
    "is_ducklake",
    "plugins",
    "module_paths",
];
/// Keys of dbt-duckdb that need Python.
const PYTHON_KEYS: &[&str] = &["filesystems"];

/// What an output says of the database.
pub(super) struct Credentials {
    pub database: String,
    pub schema: String,
    pub duckdb: DuckdbTarget,
    /// The keys that templates see in `target`, in dbt's order.
    pub context: Map,
}

/// Reads a rendered output; a relative path of the database belongs to the folder the program runs in.
pub(super) fn read(output: &Yaml, current: &Path, diagnostics: &mut Diagnostics) -> Credentials {
    let mut fields = Fields::new(output, diagnostics);
    let path = fields.text("path").unwrap_or_else(|| ":memory:".to_owned());
    let attach = read_attach(&mut fields);
    let database = read_database(&mut fields, &path, &attach);
    let schema = fields.text("schema").unwrap_or_else(|| "main".to_owned());
    let retries = read_retries(&mut fields);
    let duckdb = DuckdbTarget {
        is_ducklake: fields.flag("is_ducklake").unwrap_or_default() || is_ducklake(&path),
        path: resolve(&path, current),
        config_options: options(&fields.map("config_options")),
        settings: fields.map("settings").into_iter().collect(),
        extensions: read_extensions(&mut fields),
        attach,
        secrets: read_secrets(&mut fields, output),
        external_root: fields.text("external_root").unwrap_or_else(|| ".".to_owned()),
        connect_attempts: retries.connect,
        query_attempts: retries.query,
        retryable_exceptions: retries.exceptions,
        disable_transactions: fields.flag("disable_transactions").unwrap_or_default(),
        plugins: read_plugins(&mut fields, output),
    };
    fields.flag("keep_open");
    refuse_python(&mut fields);
    let known: Vec<&str> = KEYS.iter().chain(PYTHON_KEYS).copied().chain(["remote"]).collect();
    fields.warn_unknown(&known, "a duckdb output");
    let context = context(output, &path, &database, &schema);
    Credentials { database, schema, duckdb, context }
}

/// Returns the keys of `target` that come from the output, as written.
fn context(output: &Yaml, path: &str, database: &str, schema: &str) -> Map {
    let written = |key: &str| output.entry(key).map(Yaml::to_value);
    let mut context = Map::new();
    context.insert("database".to_owned(), database.into());
    context.insert("schema".to_owned(), schema.into());
    context.insert("path".to_owned(), path.into());
    context.insert("config_options".to_owned(), written("config_options").unwrap_or_default());
    context.insert("extensions".to_owned(), written("extensions").unwrap_or_default());
    context.insert("settings".to_owned(), written("settings").unwrap_or_else(|| Map::new().into()));
    context.insert("external_root".to_owned(), written("external_root").unwrap_or_else(|| ".".into()));
    for key in ["use_credential_provider", "attach", "filesystems", "remote", "plugins"] {
        context.insert(key.to_owned(), written(key).unwrap_or_default());
    }
    let disabled = written("disable_transactions").unwrap_or(Value::Bool(false));
    context.insert("disable_transactions".to_owned(), disabled);
    context
}

/// Splits `scheme:rest` of an address; one letter is a drive of Windows.
fn scheme(path: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = path.split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    is_scheme.then_some((scheme, rest))
}

fn is_ducklake(path: &str) -> bool {
    path.to_lowercase().contains("ducklake:")
}

/// Returns the name that DuckDB gives a database: the stem of its file.
fn derived_database(path: &str) -> String {
    if path == ":memory:" {
        return "memory".to_owned();
    }
    let (scheme_name, rest) = scheme(path).unwrap_or(("", path));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let separators: &[char] = if cfg!(windows) { &['/', '\\'] } else { &['/'] };
    let base = rest.rsplit(separators).next().unwrap_or_default();
    let stem = Path::new(base).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    match scheme_name.to_lowercase().as_str() {
        "md" | "motherduck" if stem.is_empty() => "my_db".to_owned(),
        "ducklake" => scheme(&stem).map_or(stem.clone(), |(_, inner)| inner.to_owned()),
        _ => stem,
    }
}

fn read_database(fields: &mut Fields<'_>, path: &str, attach: &[Attachment]) -> String {
    let derived = derived_database(path);
    let given = fields.text("database");
    let place = fields.value("database").or_else(|| fields.value("path")).map(|value| value.span.clone());
    let error = |title: String| {
        let diagnostic = Diagnostic::error(Kind::Runtime, "E0126", title);
        match &place {
            Some(span) => diagnostic.at(span.clone(), ""),
            None => diagnostic,
        }
    };
    match given {
        None if derived.is_empty() => {
            fields.report(error("`path` gives the database no name".to_owned()).with_help("end it with a file's name"));
            derived
        }
        None => derived,
        Some(given) if given == derived || attach.iter().any(|other| other.alias.as_ref() == Some(&given)) => given,
        Some(given) => {
            let title = format!("`database` is `{given}`, but the file of `path` makes it `{derived}`");
            fields.report(error(title).with_help("remove `database`, or let it be the file's name without its ending"));
            given
        }
    }
}

/// Makes the path of a database file absolute; addresses, `:memory:` and `~` are DuckDB's to understand.
fn resolve(path: &str, current: &Path) -> String {
    if path.starts_with(':') || path.starts_with('~') || path.is_empty() || scheme(path).is_some() {
        return path.to_owned();
    }
    current.join(path).display().to_string()
}

fn options(map: &Map) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    map.iter().map(|(key, value)| (key.clone(), text(value))).collect()
}

fn read_extensions(fields: &mut Fields<'_>) -> Vec<(String, Option<String>)> {
    let mut extensions = Vec::new();
    for item in fields.list("extensions").unwrap_or_default() {
        let name = |value: &Yaml| value.as_str().map(str::to_owned);
        match &item.value {
            YamlValue::String(text) => extensions.push((text.clone(), None)),
            YamlValue::Mapping(_) if item.entry("name").and_then(name).is_some() => {
                let repository = item.entry("repo").or_else(|| item.entry("repository")).and_then(name);
                extensions.extend(item.entry("name").and_then(name).map(|name| (name, repository)));
            }
            _ => {
                fields.wrong::<()>("extensions", item, "a list of names, or of mappings with `name` and `repo`");
            }
        }
    }
    extensions
}

/// Reads the Python plugins. Interpreter and folder are no matter of the profile.
fn read_plugins(fields: &mut Fields<'_>, output: &Yaml) -> PluginHost {
    let mut plugins = Vec::new();
    for item in fields.list("plugins").unwrap_or_default() {
        let written = item.to_map();
        if written.get("module").is_some_and(Value::is_string) {
            plugins.push(written);
        } else {
            let title = "an entry of `plugins` needs a `module`, such as `excel` or one of your own";
            fields.report(Diagnostic::error(Kind::Runtime, "E0102", title).at(item.span.clone(), ""));
        }
    }
    let module_paths = fields.texts("module_paths").into_iter().flatten().map(|(path, _)| path).collect();
    PluginHost { module_paths, plugins, credentials: output.to_map(), ..PluginHost::default() }
}

fn read_attach(fields: &mut Fields<'_>) -> Vec<Attachment> {
    let mut attachments = Vec::new();
    for item in fields.list("attach").unwrap_or_default() {
        let mut found = Diagnostics::new();
        let mut entry = Fields::new(item, &mut found);
        let path = entry.text("path");
        let attachment = Attachment {
            is_ducklake: entry.flag("is_ducklake").unwrap_or_default() || path.as_deref().is_some_and(is_ducklake),
            path: path.clone().unwrap_or_default(),
            attach_type: entry.text("type"),
            alias: entry.text("alias"),
            read_only: entry.flag("read_only").unwrap_or_default(),
            secret: entry.text("secret"),
            options: entry.map("options"),
        };
        entry.warn_unknown(
            &["path", "type", "alias", "secret", "read_only", "options", "is_ducklake"],
            "an entry of `attach`",
        );
        if path.is_none() && !found.has_errors() {
            found.push(
                Diagnostic::error(Kind::Parsing, "E0102", "an entry of `attach` needs a `path`")
                    .at(item.span.clone(), ""),
            );
        }
        attachments.push(attachment);
        for diagnostic in found {
            fields.report(diagnostic);
        }
    }
    attachments
}

/// Reads the secrets. Their mistakes name the file and the key only: a caret would show the line, secret and all.
fn read_secrets(fields: &mut Fields<'_>, output: &Yaml) -> Vec<Map> {
    let file = output.span.file.path.clone();
    let mut secrets: Vec<Map> = Vec::new();
    let wrong = |title: &str| Diagnostic::error(Kind::Parsing, "E0125", title).in_path(file.clone());
    match fields.value("secrets").map(|value| &value.value) {
        None => {}
        Some(YamlValue::Sequence(items)) => {
            for item in items {
                let secret = item.to_map();
                if !secret.get("type").is_some_and(Value::is_string) {
                    fields.report(wrong("an entry of `secrets` needs a `type`, such as `s3`"));
                }
                secrets.push(secret);
            }
        }
        Some(_) => fields.report(wrong("`secrets` must be a list of mappings")),
    }
    match fields.text("use_credential_provider").as_deref() {
        None => {}
        Some("aws") => {
            let provider = [("type", "s3"), ("provider", "credential_chain")];
            secrets.push(provider.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect());
        }
        Some(_) => fields.report(wrong("`use_credential_provider` takes only `aws`")),
    }
    for (index, secret) in secrets.iter_mut().enumerate() {
        secret.entry("name").or_insert_with(|| format!("_dbt_secret_{}", index + 1).into());
    }
    secrets
}

/// `retries:` of an output.
struct Retries {
    connect: u32,
    query: Option<u32>,
    exceptions: Vec<String>,
}

fn read_retries(fields: &mut Fields<'_>) -> Retries {
    let by_default = || vec!["IOException".to_owned()];
    let Some(retries) = fields.mapping("retries") else {
        return Retries { connect: 1, query: None, exceptions: by_default() };
    };
    let mut found = Diagnostics::new();
    let mut entry = Fields::new(retries, &mut found);
    let attempts = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).max(1);
    let connect = entry.count("connect_attempts").map_or(1, attempts);
    let query = entry.count("query_attempts").map(attempts);
    let exceptions = entry.texts("retryable_exceptions");
    entry.warn_unknown(&["connect_attempts", "query_attempts", "retryable_exceptions"], "`retries`");
    for diagnostic in found {
        fields.report(diagnostic);
    }
    let exceptions = exceptions.map_or_else(by_default, |names| names.into_iter().map(|(name, _)| name).collect());
    Retries { connect, query, exceptions }
}

fn refuse_python(fields: &mut Fields<'_>) {
    for key in PYTHON_KEYS {
        if let Some(value) = fields.value(key) {
            let warning =
                Diagnostic::warning(Kind::Runtime, "W0104", format!("`{key}` needs Python, which Martlet has not"))
                    .at(value.span.clone(), "ignored");
            fields.report(warning);
        }
    }
    if let Some(value) = fields.value("remote") {
        let error = Diagnostic::error(
            Kind::Runtime,
            "E0124",
            "`remote` is not supported: Martlet runs DuckDB in its own process",
        )
        .at(value.span.clone(), "");
        fields.report(error);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{derived_database, resolve};

    #[test]
    fn a_database_is_called_as_its_file() {
        let cases = [
            (":memory:", "memory"),
            ("dev.duckdb", "dev"),
            ("/a/b/x.tar.db", "x.tar"),
            ("plain", "plain"),
            ("md:", "my_db"),
            ("md:shop?motherduck_token=x", "shop"),
            ("ducklake:meta.ducklake", "meta"),
            ("ducklake:sqlite:meta.db", "meta"),
            ("folder/", ""),
        ];
        for (path, expected) in cases {
            assert_eq!(derived_database(path), expected, "{path}");
        }
    }

    #[test]
    fn a_relative_path_belongs_to_the_current_folder() {
        let current = Path::new("/here");
        for (path, expected) in
            [("a.db", "/here/a.db"), ("/x/a.db", "/x/a.db"), (":memory:", ":memory:"), ("md:x", "md:x"), ("~/a", "~/a")]
        {
            assert_eq!(resolve(path, current), expected);
        }
    }
}
