//! The packages that a project asks for into folders of `dbt_packages`, with a lock file that says which they are.
//!
//! [`spec`] reads the list, [`listing`] adds what the packages themselves ask for, [`install`] puts each in its place.
//! Repositories are fetched by the user's own `git`, archives and the hub's index by the user's own `curl`: both know their
//! proxies, certificates and passwords, and nothing is asked of a network unless a package lies on one.

mod add;
mod fetch;
mod git;
mod hub;
mod install;
mod listing;
mod lock;
mod pinned;
pub(super) mod spec;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Project, TextRenderer, VersionCheck};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::resource::Value;

pub use add::{NewPackage, PackageOrigin};

use fetch::Downloads;

/// The lock file.
const LOCK: &str = "package-lock.yml";
/// Environment variables of this prefix are secrets.
const SECRET_PREFIX: &str = "DBT_ENV_SECRET";

/// What `deps` does besides locking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DepsMode {
    /// Locks when the list changed, and installs.
    Install,
    /// `--upgrade`: locks anew, and installs.
    Upgrade,
    /// `--lock`: locks when the list changed, and installs nothing.
    Lock,
}

/// What `deps` takes from its surroundings.
pub struct DepsOptions<'a> {
    /// Renders `packages.yml`; may give away secrets.
    pub renderer: &'a dyn TextRenderer,
    /// Writes YAML as dbt does.
    pub write_yaml: &'a dyn Fn(&Value) -> String,
    /// Shows what happens.
    pub say: &'a dyn Fn(&Said),
    /// Shows a warning.
    pub warn: &'a dyn Fn(Diagnostic),
    /// What to do.
    pub mode: DepsMode,
    /// `--add-package`.
    pub add: Option<NewPackage>,
    /// Whether packages for other versions of dbt are left out.
    pub version_check: VersionCheck,
    /// Environment variables: the address of the hub, the folder of downloads, secrets.
    pub environment: &'a BTreeMap<String, String>,
}

impl DepsOptions<'_> {
    /// Strikes secrets out of a text.
    fn scrubbed(&self, text: &str) -> String {
        let secrets =
            self.environment.iter().filter(|(name, value)| name.starts_with(SECRET_PREFIX) && !value.is_empty());
        secrets.fold(text.to_owned(), |text, (_, secret)| text.replace(secret, "*****"))
    }

    fn say<const N: usize>(&self, event: &'static str, text: &str, facts: [(&'static str, &str); N]) {
        let facts = facts.map(|(name, fact)| (name, self.scrubbed(fact))).into();
        (self.say)(&Said { event, text: self.scrubbed(text), facts });
    }
}

/// Something to show: dbt's event.
#[derive(Clone, Debug)]
pub struct Said {
    /// Its name.
    pub event: &'static str,
    /// The words.
    pub text: String,
    /// Its facts.
    pub facts: Vec<(&'static str, String)>,
}

/// Installs the packages of a project.
///
/// # Errors
/// Mistakes of the list; a package that cannot be had; two packages of one name.
pub fn install_packages(project: &Project, options: &DepsOptions<'_>) -> Result<(), Diagnostics> {
    if let Some(new) = &options.add {
        add::add(project, new, options)?;
    }
    let wanted = spec::read(&project.root, "", options.renderer)?;
    let lock_path = project.root.join(LOCK);
    let hash = lock::hash(&wanted);
    let locked = spec::read_file(&project.root, "", LOCK)?;
    let is_current = |lock: &crate::yaml::Yaml| lock.entry("sha1_hash").and_then(|hash| hash.as_str()) == Some(&hash);
    let mut downloads = Downloads::new(project, options)?;
    if options.mode == DepsMode::Upgrade || !locked.as_ref().is_some_and(is_current) {
        if wanted.count() == 0 {
            options.say("DepsNoPackagesFound", "Warning: No packages were found in packages.yml", []);
        } else {
            let resolved = listing::resolve(&wanted, project, &mut downloads)?;
            let text = (options.write_yaml)(&lock::contents(&resolved, &hash, options));
            write(&lock_path, &text)?;
            let shown = lock_path.display().to_string();
            let text = format!("Updating lock file in file path: {shown}");
            options.say("DepsLockUpdating", &text, [("lock_filepath", &shown)]);
        }
    }
    if options.mode == DepsMode::Lock {
        return Ok(());
    }
    let locked = spec::read_file(&project.root, "", LOCK)?;
    let locked = match &locked {
        Some(lock) => spec::read_lock(lock, options.renderer)?,
        None => wanted,
    };
    install::install(&locked, project, &mut downloads)
}

fn write(path: &std::path::Path, text: &str) -> Result<(), Diagnostic> {
    std::fs::write(path, text).map_err(|error| cannot("write", path, &error))
}

fn cannot(what: &str, path: &std::path::Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(Kind::Runtime, "E0110", format!("cannot {what} `{}`: {error}", path.display()))
}

/// Says why packages cannot be installed, in dbt's words.
fn failure(title: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Kind::Runtime, "E0110", title)
}

/// Returns the folder that packages are installed in.
fn install_folder(project: &Project) -> PathBuf {
    project.root.join(&project.packages_install_path)
}
