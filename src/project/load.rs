//! The project file's values into a [`Project`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::fields::Fields;
use super::render::{Rendering, TextRenderer, is_hook, never};
use super::{DispatchRule, Project, ProjectFile, ResourcePaths, name, packages, schema, selectors, version};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::resource::{QuotePolicy, ResourceType};
use crate::yaml::{Entry, Yaml, YamlValue};

/// Whether `require-dbt-version` is obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionCheck {
    /// A project for another version is an error.
    Check,
    /// `--no-version-check`.
    Skip,
}

/// What loading a project takes besides its file.
pub struct LoadOptions<'a> {
    /// Renders project files; knows the target.
    pub renderer: &'a dyn TextRenderer,
    /// Renders `packages.yml`; may give away secrets.
    pub package_renderer: &'a dyn TextRenderer,
    /// `--target-path`.
    pub target_path: Option<PathBuf>,
    /// `--log-path`.
    pub log_path: Option<PathBuf>,
    /// Whether `require-dbt-version` is obeyed.
    pub version_check: VersionCheck,
}

/// The keys of config trees with the resources that they configure.
const CONFIG_TREES: &[(&str, ResourceType)] = &[
    ("models", ResourceType::Model),
    ("seeds", ResourceType::Seed),
    ("snapshots", ResourceType::Snapshot),
    ("sources", ResourceType::Source),
    ("data_tests", ResourceType::Test),
    ("tests", ResourceType::Test),
    ("unit_tests", ResourceType::UnitTest),
    ("exposures", ResourceType::Exposure),
    ("metrics", ResourceType::Metric),
    ("semantic-models", ResourceType::SemanticModel),
    ("saved-queries", ResourceType::SavedQuery),
    ("functions", ResourceType::Function),
    ("analyses", ResourceType::Analysis),
];

/// All other keys of a project file.
const KEYS: &[&str] = &[
    "name",
    "version",
    "config-version",
    "profile",
    "require-dbt-version",
    "restrict-access",
    "model-paths",
    "seed-paths",
    "test-paths",
    "macro-paths",
    "analysis-paths",
    "snapshot-paths",
    "docs-paths",
    "asset-paths",
    "function-paths",
    "source-paths",
    "data-paths",
    "target-path",
    "log-path",
    "packages-install-path",
    "clean-targets",
    "vars",
    "flags",
    "quoting",
    "dispatch",
    "query-comment",
    "on-run-start",
    "on-run-end",
    "dbt-cloud",
    "packages",
    "project-root",
];

impl Project {
    /// Loads the project of a file with the packages beside it.
    ///
    /// # Errors
    /// All mistakes of the project file, of the packages' files and of `packages.yml`.
    pub fn load(file: ProjectFile, options: &LoadOptions<'_>) -> Result<(Self, Diagnostics), Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        let mut project = Self::read_file(file, "", options, &mut diagnostics);
        project.selectors = selectors::read(&project.root, options.renderer, &mut diagnostics);
        project.packages = packages::load(&project, options, &mut diagnostics);
        if let Some(target_path) = &options.target_path {
            project.target_path.clone_from(target_path);
        }
        if let Some(log_path) = &options.log_path {
            project.log_path.clone_from(log_path);
        }
        diagnostics.into_result(project)
    }

    /// Loads the project of a file without its packages, as commands do that work before packages are there.
    ///
    /// # Errors
    /// All mistakes of the project file.
    pub fn load_alone(file: ProjectFile, options: &LoadOptions<'_>) -> Result<(Self, Diagnostics), Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        let project = Self::read_file(file, "", options, &mut diagnostics);
        diagnostics.into_result(project)
    }

    /// Returns the root project and its packages, the root first.
    pub fn with_packages(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.packages)
    }

    /// Returns the absolute folder of artifacts.
    pub fn target_folder(&self) -> PathBuf {
        self.root.join(&self.target_path)
    }

    /// Makes the project of one file, without packages.
    pub(super) fn read_file(
        file: ProjectFile,
        prefix: &str,
        options: &LoadOptions<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        diagnostics.extend(file.warnings);
        let yaml = rendered(&file.yaml, options.renderer, diagnostics);
        let mut fields = Fields::new(&yaml, diagnostics).in_words(schema::words);
        let name = read_name(&mut fields, &yaml);
        check_config_version(&mut fields);
        let wrong_version = fields.value("version").and_then(schema::version);
        if let Some(diagnostic) = wrong_version {
            fields.report(diagnostic);
        }
        let _ = fields.mapping("dbt-cloud");
        let required = fields.text_or_texts("require-dbt-version").unwrap_or_default();
        let paths = read_paths(&mut fields);
        let target_path = deprecated_path(&mut fields, "target-path", "target");
        let log_path = deprecated_path(&mut fields, "log-path", "logs");
        let clean_targets = match fields.texts("clean-targets") {
            Some(targets) => targets.into_iter().map(|(path, _)| path.into()).collect(),
            None => vec![target_path.clone().into()],
        };
        let project = Self {
            version: fields.text("version"),
            profile: fields.text("profile"),
            root: file.root,
            prefix: prefix.to_owned(),
            paths,
            target_path: target_path.into(),
            log_path: log_path.into(),
            packages_install_path: fields
                .text("packages-install-path")
                .unwrap_or_else(|| "dbt_packages".to_owned())
                .into(),
            clean_targets,
            configs: read_configs(&mut fields),
            vars: fields.mapping("vars").map(Yaml::to_printed_map).unwrap_or_default(),
            on_run_start: fields.text_or_texts("on-run-start").unwrap_or_default(),
            on_run_end: fields.text_or_texts("on-run-end").unwrap_or_default(),
            quoting: read_quoting(&mut fields),
            query_comment: yaml.entry("query-comment").map(Yaml::to_value),
            dispatch: read_dispatch(&mut fields),
            flags: fields.map("flags"),
            selectors: None,
            require_dbt_version: required.iter().map(|(text, _)| text.clone()).collect(),
            restrict_access: fields.flag("restrict-access").unwrap_or_default(),
            packages: Vec::new(),
            name,
            file: file.file,
        };
        let known: Vec<&str> = CONFIG_TREES.iter().map(|(key, _)| *key).chain(KEYS.iter().copied()).collect();
        for entry in yaml.entries().iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            fields.report(schema::unknown(entry, &known));
        }
        if options.version_check == VersionCheck::Check {
            version::check(&project.name, &required, diagnostics);
        }
        project
    }
}

/// Renders the file's values save those that are rendered when they are used: hooks, vars and the query comment.
fn rendered(yaml: &Yaml, renderer: &dyn TextRenderer, diagnostics: &mut Diagnostics) -> Yaml {
    let mut entries = Vec::new();
    for entry in yaml.entries() {
        let key = entry.key.as_str();
        if matches!(key, "on-run-start" | "on-run-end" | "query-comment" | "vars") {
            entries.push(entry.clone());
            continue;
        }
        let is_late = if CONFIG_TREES.iter().any(|(tree, _)| *tree == key) { is_hook } else { never };
        let value = Rendering { renderer, is_late }.tree(&entry.value, diagnostics);
        entries.push(Entry { value, ..entry.clone() });
    }
    Yaml { value: YamlValue::Mapping(entries), span: yaml.span.clone() }
}

fn read_name(fields: &mut Fields<'_>, yaml: &Yaml) -> String {
    let Some(value) = fields.value("name") else {
        let missing = Diagnostic::error(Kind::Parsing, "E0103", "the project has no `name`")
            .at(yaml.span.clone(), "")
            .with_help("add a line such as `name: my_project`");
        fields.report(missing);
        return String::new();
    };
    let Some(text) = value.as_str() else {
        fields.wrong::<()>("name", value, "text");
        return String::new();
    };
    if let Some(diagnostic) = name::check(text, &value.span) {
        fields.report(diagnostic);
    }
    text.to_owned()
}

fn check_config_version(fields: &mut Fields<'_>) {
    if let Some(value) = fields.value("config-version")
        && value.to_value() != 2
    {
        let diagnostic = Diagnostic::error(Kind::Parsing, "E0102", "`config-version` must be 2")
            .at(value.span.clone(), "")
            .with_help("remove this line; 2 is the default");
        fields.report(diagnostic);
    }
}

fn read_paths(fields: &mut Fields<'_>) -> ResourcePaths {
    let models = renamed_paths(fields, "source-paths", "model-paths", "models");
    let seeds = renamed_paths(fields, "data-paths", "seed-paths", "seeds");
    ResourcePaths {
        models,
        seeds,
        tests: folders(fields, "test-paths", &["tests"]),
        macros: folders(fields, "macro-paths", &["macros"]),
        analyses: folders(fields, "analysis-paths", &["analyses"]),
        snapshots: folders(fields, "snapshot-paths", &["snapshots"]),
        docs: folders(fields, "docs-paths", &[]),
        assets: folders(fields, "asset-paths", &[]),
        functions: folders(fields, "function-paths", &["functions"]),
    }
}

/// Reads a folder that dbt wants on the command line rather than in the project file.
fn deprecated_path(fields: &mut Fields<'_>, key: &'static str, default: &str) -> String {
    let Some(value) = fields.value(key) else { return default.to_owned() };
    let span = value.span.clone();
    let Some(text) = fields.text(key) else { return default.to_owned() };
    // In Martlet's own project file the key is no relic.
    let is_dbts = Path::new(&span.file.path).file_name().is_some_and(|name| name == "dbt_project.yml");
    if text != default && is_dbts {
        let (event, output) = match key {
            "log-path" => ("ConfigLogPathDeprecation", "logs"),
            _ => ("ConfigTargetPathDeprecation", "artifacts"),
        };
        let variable = format!("DBT_{}", key.replace('-', "_").to_uppercase());
        let title = format!(
            "The `{key}` config in `dbt_project.yml` has been deprecated, and will no longer be supported in a \
             future version of dbt-core. If you wish to write dbt {output} to a custom directory, please use the \
             --{key} CLI flag or {variable} env var instead."
        );
        let diagnostic = Diagnostic::warning(Kind::Parsing, "W0152", title)
            .at(span, "still obeyed")
            .as_event(event, [("deprecated_path", key)]);
        fields.report(diagnostic);
    }
    text
}

/// Reads folders of which the key was renamed; the old key still counts, both together do not.
fn renamed_paths(fields: &mut Fields<'_>, old: &str, new: &str, default: &str) -> Vec<String> {
    match (fields.value(old), fields.value(new)) {
        (Some(old_value), Some(new_value)) => {
            let title = format!("`{old}` and `{new}` mean the same and cannot both be set");
            let diagnostic = Diagnostic::error(Kind::Parsing, "E0105", title)
                .at(old_value.span.clone(), "the old name")
                .with_context(new_value.span.clone(), "the new name")
                .with_help(format!("remove `{old}`"));
            fields.report(diagnostic);
            folders(fields, new, &[default])
        }
        (Some(old_value), None) => {
            let file = old_value.span.file.path.rsplit('/').next().unwrap_or_default();
            let title = format!(
                "The `{old}` config has been renamed to `{new}`. Please update your `{file}` configuration to reflect this \
                 change."
            );
            let event = if old == "data-paths" { "ConfigDataPathDeprecation" } else { "ConfigSourcePathDeprecation" };
            let diagnostic = Diagnostic::warning(Kind::Parsing, "W0103", title)
                .at(old_value.span.clone(), "still obeyed")
                .as_event(event, [("deprecated_path", old), ("exp_path", new)]);
            fields.report(diagnostic);
            folders(fields, old, &[default])
        }
        _ => folders(fields, new, &[default]),
    }
}

/// Reads a list of folders inside the project, written with `/` and without `./` or a final `/`.
fn folders(fields: &mut Fields<'_>, key: &str, default: &[&str]) -> Vec<String> {
    let Some(texts) = fields.texts(key) else { return default.iter().map(|folder| (*folder).to_owned()).collect() };
    let mut folders: Vec<String> = Vec::new();
    for (text, span) in texts {
        let parts: Vec<&str> = text.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").collect();
        // dbt reads docs from anywhere.
        let is_anywhere = key == "docs-paths" && text.starts_with('/');
        if !is_anywhere && text.starts_with('/') || parts.first().is_some_and(|part| part.ends_with(':')) {
            let diagnostic =
                Diagnostic::error(Kind::Parsing, "E0102", format!("`{key}` takes folders inside the project"))
                    .at(span, "this is an absolute path");
            fields.report(diagnostic);
            continue;
        }
        let folder = if is_anywhere { format!("/{}", parts.join("/")) } else { parts.join("/") };
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

fn read_configs(fields: &mut Fields<'_>) -> BTreeMap<ResourceType, Yaml> {
    if let (Some(tests), Some(data_tests)) = (fields.value("tests"), fields.value("data_tests")) {
        let diagnostic =
            Diagnostic::error(Kind::Parsing, "E0105", "`tests` and `data_tests` mean the same and cannot both be set")
                .at(tests.span.clone(), "the old name")
                .with_context(data_tests.span.clone(), "the new name")
                .with_note("Invalid project config: cannot have both 'tests' and 'data_tests' defined")
                .with_help("move everything under `data_tests`");
        fields.report(diagnostic);
    }
    let mut configs = BTreeMap::new();
    for (key, resource_type) in CONFIG_TREES {
        if let Some(tree) = fields.mapping(key) {
            configs.entry(*resource_type).or_insert_with(|| tree.clone());
        }
    }
    configs
}

fn read_quoting(fields: &mut Fields<'_>) -> QuotePolicy {
    let mut policy = QuotePolicy::ALL;
    let Some(quoting) = fields.mapping("quoting") else { return policy };
    let mut found = Diagnostics::new();
    let mut parts = Fields::new(quoting, &mut found);
    // `project` is BigQuery's word for the database.
    policy.database = parts.flag("database").or_else(|| parts.flag("project")).unwrap_or(policy.database);
    policy.schema = parts.flag("schema").unwrap_or(policy.schema);
    policy.identifier = parts.flag("identifier").unwrap_or(policy.identifier);
    parts
        .warn_unknown(&["database", "project", "schema", "identifier", "column", "snowflake_ignore_case"], "`quoting`");
    for diagnostic in found {
        fields.report(diagnostic);
    }
    policy
}

fn read_dispatch(fields: &mut Fields<'_>) -> Vec<DispatchRule> {
    let mut rules = Vec::new();
    for item in fields.list("dispatch").unwrap_or_default() {
        let mut found = Diagnostics::new();
        let mut entry = Fields::new(item, &mut found);
        let rule = (entry.text("macro_namespace"), entry.texts("search_order"));
        let is_wrong = found.has_errors();
        for diagnostic in found {
            fields.report(diagnostic);
        }
        match rule {
            (Some(macro_namespace), Some(search_order)) => rules.push(DispatchRule {
                macro_namespace,
                search_order: search_order.into_iter().map(|(package, _): (String, Span)| package).collect(),
            }),
            _ if is_wrong => {}
            _ => fields.report(
                Diagnostic::error(
                    Kind::Parsing,
                    "E0102",
                    "a rule of `dispatch` needs `macro_namespace` and `search_order`",
                )
                .at(item.span.clone(), ""),
            ),
        }
    }
    rules
}
