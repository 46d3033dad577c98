//! `clean`: deletes the folders of `clean-targets`, when they are what they seem.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::bare::BareProject;
use crate::cli::setup::MARKER;
use crate::cli::{CommandError, Done, Line};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::project::{Project, normal};
use crate::report::{Entry, Level};

/// Names that only a target folder of dbt or Martlet holds.
const ARTIFACTS: [&str; 6] =
    ["manifest.json", "run_results.json", "partial_parse.msgpack", "graph.gpickle", "perf_info.json", "compiled"];

/// Where folders may be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    /// In the project only.
    Project,
    /// Outside of it too, as was asked for.
    Anywhere,
}

/// Runs the command.
pub fn run(setup: &BareProject, line: &Line) -> Result<Done, CommandError> {
    let project = &setup.project;
    setup.warnings.show(moved_packages(project), &setup.reporter)?;
    let scope =
        match (line.matches.get_flag("no-clean-project-files-only"), setup.flags.setting("clean-project-files-only")) {
            (true, _) => Scope::Anywhere,
            (false, Some("false" | "0")) => Scope::Anywhere,
            _ => Scope::Project,
        };
    let mut refused = Diagnostics::new();
    for target in &project.clean_targets {
        let shown = normal(&project.root.join(target)).display().to_string();
        let told = |name, verb: &str| {
            let data = serde_json::json!({"path": shown});
            Entry::new(Level::Info, name, format!("{verb} {shown}/*"), data)
        };
        match check(project, target, scope) {
            Ok(found) => {
                setup.reporter.tell(&told("CheckCleanPath", "Checking"));
                let words = match found {
                    Some(folder) => {
                        fs::remove_dir_all(&folder).map_err(|error| unwritable(target, &error))?;
                        format!("Deleted {}", target.display())
                    }
                    None => format!("There is no {}", target.display()),
                };
                setup.reporter.tell(&told("ConfirmCleanPath", "Cleaned").shown(Level::Info, words));
            }
            Err(diagnostic) => refused.push(*diagnostic),
        }
    }
    if refused.is_empty() {
        let text = "Finished cleaning all paths.";
        setup.reporter.tell(&Entry::new(Level::Info, "FinishedCleanPaths", text, serde_json::Value::Null));
    }
    if refused.is_empty() { Ok(Done::Success) } else { Err(refused.into()) }
}

/// Warns of a list that still has dbt's old folder of packages and not the present one.
fn moved_packages(project: &Project) -> Diagnostics {
    let has = |folder: &Path| project.clean_targets.iter().any(|target| target == folder);
    let mut diagnostics = Diagnostics::new();
    if has(Path::new("dbt_modules")) && !has(&project.packages_install_path) {
        let title = "The default package install path has changed from `dbt_modules` to `dbt_packages`. \
                     Please update `clean-targets` in `dbt_project.yml` and check `.gitignore` as well. \
                     Or, set `packages-install-path: dbt_modules` if you'd like to keep the current value.";
        let diagnostic = Diagnostic::warning(Kind::Compilation, "W0162", title)
            .in_path(project.file.path.as_str())
            .as_event("PackageInstallPathDeprecation", []);
        diagnostics.push(diagnostic);
    }
    diagnostics
}

/// Returns the folder to delete, nothing when it is absent, or why it must stay.
fn check(project: &Project, target: &Path, scope: Scope) -> Result<Option<PathBuf>, Box<Diagnostic>> {
    let folder = normal(&project.root.join(target));
    let refuse = |reason: &str, words: &str| {
        let title = format!("`clean` does not delete `{}`: {reason}", target.display());
        let mut diagnostic = Diagnostic::error(Kind::Runtime, "E0160", title).in_path(project.file.path.as_str());
        if !words.is_empty() {
            diagnostic =
                diagnostic.in_words(format!("dbt will not clean the following {words}: ['{}']", folder.display()));
        }
        Err(Box::new(diagnostic.with_help("change `clean-targets`, or delete the folder by hand")))
    };
    let is_outside = folder == project.root || !folder.starts_with(&project.root);
    if is_outside && (scope == Scope::Project || project.root.starts_with(&folder)) {
        return refuse("it is not inside the project", "directories outside the project");
    }
    let paths = &project.paths;
    let kinds = [&paths.models, &paths.seeds, &paths.tests, &paths.macros, &paths.analyses, &paths.snapshots];
    let holds_source = |path: &String| normal(&project.root.join(path)).starts_with(&folder);
    if kinds.into_iter().flatten().any(holds_source) {
        return refuse("it holds files of the project", "source paths");
    }
    match fs::symlink_metadata(&folder) {
        Err(_) => return Ok(None),
        Ok(found) if !found.is_dir() => return refuse("it is not a folder", ""),
        Ok(_) => {}
    }
    let is_named = folder == normal(&project.root.join(&project.packages_install_path))
        || folder == normal(&project.root.join(&project.log_path));
    let is_empty = fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_none());
    let is_ours = folder.join(MARKER).exists() || ARTIFACTS.iter().any(|name| folder.join(name).exists());
    if is_named || is_empty || is_ours {
        return Ok(Some(folder));
    }
    refuse("neither Martlet nor dbt made it", "")
}

fn unwritable(target: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(Kind::Runtime, "E0161", format!("cannot delete `{}`: {error}", target.display()))
}
