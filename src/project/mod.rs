//! `project.yml`, `profiles.yml`, packages, vars and the folder listing into a [`Project`] and its [`Target`].
//!
//! In order: [`ProjectFile::find`] reads the project file, [`load_target`] the profile that it names, and [`Project::load`]
//! renders the project file (its templates may ask for the target) and loads the packages beside it.

mod catalogs;
mod credentials;
mod deps;
mod fields;
mod file;
mod ignore;
mod listing;
mod load;
mod name;
mod packages;
mod path;
mod profiles;
mod render;
mod schema;
mod secrets;
mod selectors;
mod semver;
mod target;
mod text;
mod vars;
mod version;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::{SourceFile, Span};
use crate::resource::{Map, QuotePolicy, ResourceType, Value};
use crate::yaml::Yaml;

pub use crate::resource::{Attachment, DuckdbTarget};
pub use catalogs::check_catalogs;
pub use deps::{DepsMode, DepsOptions, NewPackage, PackageOrigin, install_packages};
pub use file::ProjectFile;
pub use listing::{FoundFile, Listing};
pub use load::{LoadOptions, VersionCheck};
pub use path::normal;
pub use profiles::{TargetOptions, load_target};
pub use render::TextRenderer;
pub use target::Target;
pub use text::{decode, read_text};
pub use vars::parse_vars;

/// The version of dbt whose language Martlet speaks.
pub const DBT_VERSION: &str = "1.11.16";

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
    /// What stands before a path of this project in messages: nothing for the root project, `dbt_packages/name/` for a package.
    pub prefix: String,
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
    /// `selectors.yml`, rendered; none when there is no such file. Only the root project's counts.
    pub selectors: Option<Yaml>,
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

#[cfg(test)]
mod tests;
