//! Reads which packages a project asks for: `packages.yml`, or `packages:` of `dependencies.yml`.

use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics, Kind, SourceFile, Span};
use crate::project::read_text;
use crate::project::render::{Rendering, TextRenderer, never};
use crate::resource::{Map, Value};
use crate::yaml::{self, Yaml, YamlValue};

/// The file of packages.
pub(crate) const PACKAGES: &str = "packages.yml";
/// The other file of packages, which is not rendered.
pub(crate) const DEPENDENCIES: &str = "dependencies.yml";

/// Where a package comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// A folder, relative to the root project.
    Local(String),
    /// An archive at an address.
    Tarball { address: String, unrendered: String, name: String },
    /// A git repository.
    Git { address: String, unrendered: String, revision: Option<String>, warns: bool, subdirectory: Option<String> },
    /// The package hub.
    Hub { name: String, versions: Vec<String>, takes_prereleases: bool },
    /// A repository known to a service only.
    Private(String),
}

/// An entry of the list.
#[derive(Clone, Debug)]
pub(super) struct Package {
    pub source: Source,
    /// The entry as dbt hashes it.
    pub hashed: Value,
    pub span: Span,
}

/// The packages that a project asks for.
pub(crate) struct Wanted {
    pub(super) packages: Vec<Package>,
    /// The file that lists them.
    pub(crate) file: &'static str,
}

impl Wanted {
    /// Returns how many there are.
    pub(crate) fn count(&self) -> usize {
        self.packages.len()
    }

    /// Returns where the first one stands.
    pub(crate) fn place(&self) -> Option<&Span> {
        self.packages.first().map(|package| &package.span)
    }
}

/// Reads the packages of the project in a folder; `prefix` stands before the names of its files in messages.
///
/// # Errors
/// All mistakes of the files.
pub(crate) fn read(folder: &Path, prefix: &str, renderer: &dyn TextRenderer) -> Result<Wanted, Diagnostics> {
    let packages = read_file(folder, prefix, PACKAGES)?;
    let dependencies = read_file(folder, prefix, DEPENDENCIES)?;
    let list = |yaml: &Option<Yaml>| yaml.as_ref().and_then(|yaml| yaml.entry("packages").cloned());
    if let Some(projects) = packages.as_ref().and_then(|yaml| yaml.entry("projects")) {
        let title = "The 'projects' key cannot be specified in packages.yml";
        return Err(Diagnostic::error(Kind::Runtime, "E0105", title).at(projects.span.clone(), "").into());
    }
    match (list(&packages), list(&dependencies)) {
        (Some(packages), Some(dependencies)) => {
            let title = "The 'packages' key cannot be specified in both packages.yml and dependencies.yml";
            let error = Diagnostic::error(Kind::Runtime, "E0105", title).at(packages.span, "");
            Err(error.with_context(dependencies.span, "").into())
        }
        (None, Some(dependencies)) => entries(&dependencies, Some(&dependencies), DEPENDENCIES),
        (Some(unrendered), None) => {
            let mut diagnostics = Diagnostics::new();
            let rendered = Rendering { renderer, is_late: never }.tree(&unrendered, &mut diagnostics);
            diagnostics.into_result(())?;
            entries(&rendered, Some(&unrendered), PACKAGES)
        }
        (None, None) => match packages.as_ref().and_then(|yaml| yaml.entries().first()) {
            Some(entry) => {
                let error = format!("Additional properties are not allowed ('{}' was unexpected)", entry.key);
                Err(malformed(&entry.key_span, &error).into())
            }
            None => Ok(Wanted { packages: Vec::new(), file: PACKAGES }),
        },
    }
}

/// Reads the packages of `package-lock.yml`, which are rendered as those of `packages.yml`.
pub(super) fn read_lock(yaml: &Yaml, renderer: &dyn TextRenderer) -> Result<Wanted, Diagnostics> {
    let Some(unrendered) = yaml.entry("packages") else { return Ok(Wanted { packages: Vec::new(), file: PACKAGES }) };
    let mut diagnostics = Diagnostics::new();
    let rendered = Rendering { renderer, is_late: never }.tree(unrendered, &mut diagnostics);
    diagnostics.into_result(())?;
    entries(&rendered, Some(unrendered), PACKAGES)
}

/// Reads the packages that a package of the hub asks for.
pub(super) fn from_hub(list: &Value, renderer: &dyn TextRenderer) -> Result<Vec<Package>, Diagnostics> {
    let file = SourceFile::new("the package hub", "");
    let yaml = Yaml::from_value(list, &Span::new(&file, 0..0));
    let mut diagnostics = Diagnostics::new();
    let rendered = Rendering { renderer, is_late: never }.tree(&yaml, &mut diagnostics);
    diagnostics.into_result(())?;
    entries(&rendered, Some(&yaml), PACKAGES).map(|wanted| wanted.packages)
}

/// Reads a file of the project's root; an empty one is as none.
pub(super) fn read_file(folder: &Path, prefix: &str, name: &str) -> Result<Option<Yaml>, Diagnostics> {
    let path = folder.join(name);
    if !path.is_file() {
        return Ok(None);
    }
    let file = read_text(&path, &format!("{prefix}{name}"))?;
    Ok(Some(yaml::read(&file)?).filter(|yaml| !yaml.is_null()))
}

fn entries(list: &Yaml, unrendered: Option<&Yaml>, file: &'static str) -> Result<Wanted, Diagnostics> {
    let YamlValue::Sequence(items) = &list.value else {
        let error = format!("`packages` must be a list, this is {}", list.kind());
        return Err(malformed(&list.span, &error).into());
    };
    let unrendered = unrendered.map(Yaml::items).unwrap_or_default();
    let mut diagnostics = Diagnostics::new();
    let mut packages = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match entry(item, unrendered.get(index)) {
            Ok(package) => packages.push(package),
            Err(error) => diagnostics.push(malformed(&item.span, &error)),
        }
    }
    diagnostics.into_result(Wanted { packages, file }).map(|(wanted, _)| wanted)
}

fn malformed(span: &Span, error: &str) -> Diagnostic {
    let title = "The packages.yml file in this project is malformed";
    Diagnostic::error(Kind::Runtime, "E0107", title)
        .at(span.clone(), "")
        .with_note(format!("Validator Error: {error}"))
        .with_help("Please double check the contents of this file and fix any errors before retrying.")
}

/// The kinds of packages with the keys that each may have; all may have a `name`.
const KINDS: [(&str, &[&str]); 5] = [
    ("local", &[]),
    ("tarball", &[]),
    ("git", &["revision", "warn-unpinned", "subdirectory"]),
    ("package", &["version", "install_prerelease"]),
    ("private", &["provider", "revision", "warn-unpinned", "subdirectory"]),
];

fn entry(item: &Yaml, unrendered: Option<&Yaml>) -> Result<Package, String> {
    let map = item.to_map();
    check_values(&map)?;
    let is_kind = |(kind, keys): &&(&str, &[&str])| {
        let is_known = |key: &str| key == *kind || key == "name" || key == "unrendered" || keys.contains(&key);
        map.get(*kind).is_some_and(Value::is_string) && map.keys().all(|key| is_known(key))
    };
    let Some((kind, keys)) = KINDS.iter().find(is_kind) else {
        let shown = Value::Object(map).to_string().replace('"', "'");
        return Err(format!(
            "{shown} is not valid under any of the given schemas: an entry has one of `package`, `git`, `local`, `tarball` and `private`"
        ));
    };
    let text = |key: &str| map.get(key).filter(|value| !value.is_null()).map(plain);
    let own = text(kind).unwrap_or_default();
    let original = unrendered.and_then(|yaml| yaml.entry(kind)?.as_str()).unwrap_or(&own).to_owned();
    let source = match *kind {
        "local" => Source::Local(own),
        "tarball" => {
            let name = text("name").ok_or_else(|| {
                format!("{{'tarball': '{own}'}} is not valid under any of the given schemas: a tarball has a `name`")
            })?;
            Source::Tarball { address: own, unrendered: original, name }
        }
        "git" => Source::Git {
            address: own,
            unrendered: original,
            revision: text("revision"),
            warns: map.get("warn-unpinned").and_then(Value::as_bool) != Some(false),
            subdirectory: text("subdirectory"),
        },
        "package" => Source::Hub {
            name: own,
            versions: match map.get("version") {
                Some(Value::Array(versions)) => versions.iter().map(plain).collect(),
                Some(version) => vec![plain(version)],
                None => Vec::new(),
            },
            takes_prereleases: map.get("install_prerelease").and_then(Value::as_bool) == Some(true),
        },
        _ => Source::Private(own),
    };
    let hashed = hashed(&map, (kind, keys), unrendered);
    Ok(Package { source, hashed, span: item.span.clone() })
}

/// Says what dbt says of values that are missing.
fn check_values(map: &Map) -> Result<(), String> {
    for (key, word) in [("package", "hub"), ("local", "local"), ("git", "git")] {
        if map.get(key).and_then(Value::as_str) == Some("") {
            return Err(format!("A {word} package is missing the value. It is a required property."));
        }
    }
    let Some(package) = map.get("package").and_then(Value::as_str) else { return Ok(()) };
    let is_set = |value: &Value| !value.is_null() && value.as_str() != Some("");
    if !map.get("version").is_some_and(is_set) {
        return Err(format!(
            "{package} is missing the version. When installing from the Hub package index, version is a required property"
        ));
    }
    if !package.contains('/') {
        return Err(format!(
            "{package} was not found in the package index. Packages on the index require a namespace, e.g dbt-labs/dbt_utils"
        ));
    }
    Ok(())
}

/// Returns the entry as dbt's own class shows it: with the keys left out, and as it was before it was rendered.
fn hashed(map: &Map, (kind, keys): (&str, &[&str]), unrendered: Option<&Yaml>) -> Value {
    let mut hashed = Map::new();
    for key in std::iter::once(kind).chain(keys.iter().copied()) {
        let default = if key == "install_prerelease" { Value::Bool(false) } else { Value::Null };
        hashed.insert(key.to_owned(), map.get(key).cloned().unwrap_or(default));
    }
    if let Some(name) = map.get("name").filter(|name| !name.is_null()) {
        hashed.insert("name".to_owned(), name.clone());
    }
    let original = unrendered.map_or_else(Map::new, Yaml::to_map);
    hashed.insert("unrendered".to_owned(), Value::Object(original));
    Value::Object(hashed)
}

/// Returns a value as Python prints it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
