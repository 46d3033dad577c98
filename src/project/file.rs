//! Finds and reads the project file: `project.yml`, or `dbt_project.yml` as it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::read_text;
use super::render::{TextRenderer, has_template};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, SourceFile, Span};
use crate::yaml::{self, Yaml, YamlValue};

/// The native name, which wins over dbt's.
const NATIVE: &str = "project.yml";
/// dbt's name.
const DBT: &str = "dbt_project.yml";

/// A project file read as YAML, nothing of it rendered yet.
#[derive(Debug)]
pub struct ProjectFile {
    /// Absolute folder that holds it.
    pub root: PathBuf,
    /// Its text.
    pub file: Arc<SourceFile>,
    /// Its values.
    pub yaml: Yaml,
    /// Warnings that arose while it was found.
    pub warnings: Diagnostics,
}

impl ProjectFile {
    /// Finds the project file: in `--project-dir` when that is given, else in the current folder or the nearest one above it.
    ///
    /// # Errors
    /// When there is none, or it is not a YAML mapping.
    pub fn find(project_dir: Option<&Path>, current: &Path) -> Result<Self, Diagnostics> {
        let folder = match project_dir {
            Some(folder) => current.join(folder),
            None => match current.ancestors().find(|folder| holds_project(folder)) {
                Some(folder) => folder.to_path_buf(),
                None => return Err(no_project(current, None).into()),
            },
        };
        if !holds_project(&folder) {
            return Err(no_project(current, project_dir).into());
        }
        Self::read(&folder, "")
    }

    /// Reads the project file of a folder; `prefix` stands before its name in messages.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub(super) fn read(folder: &Path, prefix: &str) -> Result<Self, Diagnostics> {
        let name = if folder.join(NATIVE).is_file() { NATIVE } else { DBT };
        let root = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
        let file = read_text(&root.join(name), &format!("{prefix}{name}"))?;
        let (yaml, repeated) = yaml::read_warned(&file)?;
        if !matches!(yaml.value, YamlValue::Mapping(_)) {
            let title = format!("`{name}` must be a mapping of keys to values");
            let diagnostic = Diagnostic::error(Kind::Parsing, "E0102", title)
                .at(yaml.span.clone(), format!("this is {}", yaml.kind()))
                .with_help("it begins with a line such as `name: my_project`");
            return Err(diagnostic.into());
        }
        let mut warnings = Diagnostics::new();
        warnings.extend(repeated);
        if name == NATIVE && root.join(DBT).is_file() {
            let title = format!("both `{NATIVE}` and `{DBT}` are here; `{NATIVE}` is used");
            warnings.push(
                Diagnostic::warning(Kind::Runtime, "W0101", title)
                    .in_path(format!("{prefix}{DBT}"))
                    .with_help("remove one of them"),
            );
        }
        Ok(Self { root, file, yaml, warnings })
    }

    /// Returns the name of the profile with its place, rendered; none when the file names none.
    ///
    /// # Errors
    /// When it is not text, or its template fails.
    pub fn profile(&self, renderer: &dyn TextRenderer) -> Result<Option<(String, Span)>, Box<Diagnostic>> {
        let Some(value) = self.yaml.entry("profile").filter(|value| !value.is_null()) else { return Ok(None) };
        let wrong = || Box::new(super::fields::wrong_type("profile", value, "text"));
        let text = value.as_str().ok_or_else(wrong)?;
        if !has_template(text) {
            return Ok(Some((text.to_owned(), value.span.clone())));
        }
        let name = renderer.render(text, &value.span)?;
        Ok(Some((name.as_str().ok_or_else(wrong)?.to_owned(), value.span.clone())))
    }
}

/// Returns whether a folder holds a project file.
pub(super) fn holds_project(folder: &Path) -> bool {
    folder.join(NATIVE).is_file() || folder.join(DBT).is_file()
}

fn no_project(current: &Path, project_dir: Option<&Path>) -> Diagnostic {
    let title = format!("there is no `{NATIVE}` or `{DBT}`");
    let folder = project_dir.map_or_else(|| current.to_path_buf(), |folder| current.join(folder));
    let words = match project_dir {
        Some(asked) if !folder.is_dir() => {
            format!("Error: Invalid value for '--project-dir': Path '{}' does not exist.", asked.display())
        }
        _ => format!(
            "No dbt_project.yml found at expected path {}\nVerify that each entry within packages.yml (and their transitive \
             dependencies) contains a file named dbt_project.yml",
            folder.join(DBT).display()
        ),
    };
    let diagnostic = Diagnostic::error(Kind::Runtime, "E0101", title).in_words(words);
    let diagnostic = match project_dir {
        Some(folder) if !current.join(folder).is_dir() => {
            diagnostic.in_path(folder.display().to_string()).with_note("this folder of `--project-dir` does not exist")
        }
        Some(folder) => diagnostic.in_path(folder.display().to_string()).with_note("looked for in `--project-dir`"),
        None => {
            diagnostic.in_path(current.display().to_string()).with_note("looked for in this folder and those above it")
        }
    };
    diagnostic.with_help("go to your project's folder or give `--project-dir`; `martlet init` makes a new project")
}
