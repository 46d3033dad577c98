//! `project.yml`, `profiles.yml`, packages, vars and the folder listing into a [`Project`] and its [`Target`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::{SourceFile, Span};
use crate::resource::{Map, QuotePolicy, ResourceType, Value};
use crate::yaml::Yaml;

/// A project file read, with the packages installed beside it. The root project and each package are of this type.
#[derive(Debug)]
pub struct Project {
    /// Name, as macros and configs refer to it.
    pub name: String,
    /// Version as text, when given.
    pub version: Option<String>,
    /// Name of the profile, when given.
    pub profile: Option<String>,
    /// Absolute folder that holds the project file.
    pub root: PathBuf,
    /// The project file.
    pub file: Arc<SourceFile>,
    /// Folders of each kind of file, relative to the root, with dbt's defaults.
    pub paths: ResourcePaths,
    /// Folder for artifacts, relative to the root unless absolute (default `target`).
    pub target_path: PathBuf,
    /// Folder for logs (default `logs`).
    pub log_path: PathBuf,
    /// Folder of installed packages (default `dbt_packages`).
    pub packages_install_path: PathBuf,
    /// What `clean` deletes, relative to the root.
    pub clean_targets: Vec<PathBuf>,
    /// The config trees (`models:`, `seeds:`, `data_tests:` …), rendered except for hooks and other late templates.
    pub configs: BTreeMap<ResourceType, Yaml>,
    /// `vars:` as written.
    pub vars: Map,
    /// `on-run-start`, unrendered.
    pub on_run_start: Vec<(String, Span)>,
    /// `on-run-end`, unrendered.
    pub on_run_end: Vec<(String, Span)>,
    /// Which parts of names are quoted.
    pub quoting: QuotePolicy,
    /// `query-comment` as written; none when the key is absent.
    pub query_comment: Option<Value>,
    /// `dispatch:` rules.
    pub dispatch: Vec<DispatchRule>,
    /// `flags:` as written.
    pub flags: Map,
    /// `require-dbt-version`, each a specifier such as `>=1.3.0`.
    pub require_dbt_version: Vec<String>,
    /// `restrict-access`.
    pub restrict_access: bool,
    /// The packages it uses, in order of their names; empty for packages themselves.
    pub packages: Vec<Project>,
}

/// Where each kind of file is looked for, relative to a project's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourcePaths {
    /// SQL and Python models.
    pub models: Vec<String>,
    /// CSV seeds.
    pub seeds: Vec<String>,
    /// Singular tests, and generic ones under `generic/`.
    pub tests: Vec<String>,
    /// Macros.
    pub macros: Vec<String>,
    /// Analyses.
    pub analyses: Vec<String>,
    /// Snapshots.
    pub snapshots: Vec<String>,
    /// Markdown with docs blocks; empty means all of the others.
    pub docs: Vec<String>,
    /// Files copied to the documentation.
    pub assets: Vec<String>,
    /// User-defined functions.
    pub functions: Vec<String>,
}

/// A rule of `dispatch:`: for calls in one namespace, where macros are looked for, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchRule {
    /// The namespace of `adapter.dispatch(name, namespace)`.
    pub macro_namespace: String,
    /// Packages in order.
    pub search_order: Vec<String>,
}

/// The chosen output of the profile: which database, how.
#[derive(Clone, Debug)]
pub struct Target {
    /// Name of the profile.
    pub profile_name: String,
    /// Name of the output, as `target.name`.
    pub name: String,
    /// Schema that models are built in by default.
    pub schema: String,
    /// Database (catalog) name; the stem of the database file, unless set.
    pub database: String,
    /// Worker threads.
    pub threads: usize,
    /// The keys of the output as templates see them in `target`.
    pub context: Map,
    /// What the DuckDB adapter needs.
    pub duckdb: DuckdbTarget,
}

/// The keys of a duckdb output in `profiles.yml`; see dbt-duckdb's documentation of each.
#[derive(Clone, Debug, Default)]
pub struct DuckdbTarget {
    /// Database file, resolved; `:memory:` for none.
    pub path: String,
    /// Options of the database when it is opened.
    pub config_options: BTreeMap<String, String>,
    /// `SET` for each connection.
    pub settings: BTreeMap<String, Value>,
    /// Extensions to load: name, and repository when not the default one.
    pub extensions: Vec<(String, Option<String>)>,
    /// Databases to attach.
    pub attach: Vec<Attachment>,
    /// Secrets to create, each a mapping as written; values never appear in logs.
    pub secrets: Vec<Map>,
    /// Default folder of external files.
    pub external_root: String,
    /// How often to try again to open a locked file.
    pub connect_attempts: u32,
    /// Whether to do without transactions.
    pub disable_transactions: bool,
}

/// A database to attach.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attachment {
    /// File or address.
    pub path: String,
    /// `sqlite`, `postgres` …; none for DuckDB itself.
    pub attach_type: Option<String>,
    /// Name in SQL; none for the file's stem.
    pub alias: Option<String>,
    /// Whether it is only read.
    pub read_only: bool,
    /// Secret it is opened with.
    pub secret: Option<String>,
    /// Further options.
    pub options: Map,
}
