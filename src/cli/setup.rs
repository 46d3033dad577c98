//! The project set up: its file, its profile, the flags and who reports.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::arguments;
use super::environment;
use super::invocation::invocation;
use super::opening::{Opening, load_options};
use super::reporting::{adapter_registered, begin, reporter, vars_hashed};
use super::warnings::WarnPolicy;
use super::{CommandError, Flags, Line};
use crate::artifact::Stamp;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::project::{Project, Target, TargetOptions, check_catalogs, load_target};
use crate::report::Reporter;
use crate::resource::{Map, Value};
use crate::select::{IndirectSelection, Selectors};
use crate::state::PreviousState;
use crate::template::{Invocation, Secrets, YamlScope, YamlText};

/// The file by which `clean` knows a folder that Martlet made.
pub const MARKER: &str = ".martlet-output";

/// A project with its target, before its resources are read.
pub struct ProjectSetup {
    /// The project.
    pub project: Project,
    /// The chosen output of its profile.
    pub target: Target,
    /// What all templates share.
    pub invocation: Arc<Invocation>,
    /// Flags of the command line, the environment and the project.
    pub flags: Flags,
    /// Shows what happens.
    pub reporter: Arc<Reporter>,
    /// The flags as artifacts show them.
    pub args: Map,
    /// What becomes of warnings.
    pub warnings: WarnPolicy,
    /// The project's named selections.
    pub selectors: Selectors,
}

/// Returns the user's Python interpreter.
pub(super) fn python(line: &Line) -> String {
    line.environment.get("MARTLET_PYTHON").cloned().unwrap_or_else(|| "python3".to_owned())
}

/// The commands that read `catalogs.yml`, as in dbt.
const LOADS_CATALOGS: [&str; 7] = ["build", "compile", "parse", "run", "seed", "snapshot", "test"];

impl ProjectSetup {
    /// Finds and loads the project and its target.
    ///
    /// # Errors
    /// All mistakes of the project file, the profile and `--vars`.
    pub fn load(line: &Line) -> Result<Self, CommandError> {
        let Opening { file, mut flags, vars } = Opening::find(line)?;
        let scope = |target: Option<&Map>, secrets| {
            let environment = Arc::new(line.environment.clone());
            YamlText::new(YamlScope { environment, vars: vec![vars.clone()], target: target.cloned(), secrets })
        };
        let secrets = scope(None, Secrets::Allowed);
        let target_options = TargetOptions {
            renderer: &secrets,
            profiles_dir: flags.setting("profiles-dir").map(|folder| line.current.join(folder)),
            profile: flags.setting("profile").map(str::to_owned),
            target: flags.setting("target").map(str::to_owned),
            threads: threads(&flags)?,
            environment: &line.environment,
            // As in dbt, relative paths of the profile and of files in SQL are those of the process.
            current: line.current.clone(),
        };
        let (mut target, mut warnings) = load_target(&file, &target_options)?;
        flags.add_project(&target.flags);
        let renderer = scope(Some(&target.context), Secrets::Refused);
        let options = load_options(line, &flags, &renderer, &secrets);
        let (mut project, more) = Project::load(file, &options)?;
        project.flags.extend(target.flags.clone());
        warnings.extend(more);
        if LOADS_CATALOGS.contains(&line.command.as_str()) {
            check_catalogs(&project.root, &project.name, &secrets)?;
        }
        let reporter = reporter(line, &flags, &project, &target.database);
        let args = arguments(line, &flags, &vars, &project);
        begin(&reporter, &args);
        adapter_registered(&reporter);
        vars_hashed(&reporter, &flags, args.get("vars"));
        let policy = WarnPolicy::read(&flags)?.under(&project.flags);
        policy.apply(&flags, &project.flags, &reporter)?;
        policy.show(environment::warnings(line), &reporter)?;
        let invocation = invocation(line, &flags, (&project, &target), (&args, vars), (&reporter, &policy));
        let selectors = Selectors::read(project.selectors.as_ref(), indirect_selection(&flags))?;
        target.duckdb.plugins.python = python(line);
        target.duckdb.plugins.folder = project.target_folder().join("plugins").display().to_string();
        let setup = Self { project, target, invocation, flags, reporter, args, warnings: policy, selectors };
        setup.warn(warnings)?;
        Ok(setup)
    }

    /// Shows warnings; with `--warn-error` they end the command.
    ///
    /// # Errors
    /// With `--warn-error`, when there is a warning.
    pub fn warn(&self, warnings: Diagnostics) -> Result<(), CommandError> {
        self.warnings.show(warnings, &self.reporter)
    }

    /// Returns who writes artifacts.
    pub fn stamp(&self) -> Stamp {
        let custom = self.invocation.environment.iter().filter_map(|(name, value)| {
            let name = name.strip_prefix("DBT_ENV_CUSTOM_ENV_")?;
            Some((name.to_owned(), Value::from(value.as_str())))
        });
        Stamp {
            invocation_id: self.invocation.invocation_id.clone(),
            started_at: self.invocation.run_started_at,
            env: custom.collect(),
        }
    }

    /// Reads the artifacts of a folder that the command line names.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn previous_state(&self, shown: &str) -> Result<PreviousState, CommandError> {
        let (state, warnings) = PreviousState::load(shown, &self.project.root, &self.project.target_folder())?;
        self.warn(warnings)?;
        Ok(state)
    }

    /// Returns whether the project sets one of dbt's flags of behaviour, which only project files have.
    pub fn project_flag(&self, name: &str) -> bool {
        self.project.flags.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Returns the target folder as messages show it: relative to the project when it is inside.
    pub fn shown_target_path(&self) -> String {
        let folder = self.project.target_folder();
        let shown = folder.strip_prefix(&self.project.root).unwrap_or(&folder);
        shown.to_string_lossy().replace('\\', "/")
    }

    /// Makes the target folder, with the mark that lets `clean` delete it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn target_folder(&self) -> Result<PathBuf, CommandError> {
        let folder = self.project.target_folder();
        let marker = folder.join(MARKER);
        if !marker.exists() {
            fs::create_dir_all(&folder)
                .and_then(|()| fs::write(&marker, "Martlet made this folder; `martlet clean` deletes it.\n"))
                .map_err(|error| inaccessible(&folder, &error))?;
        }
        Ok(folder)
    }
}

fn threads(flags: &Flags) -> Result<Option<usize>, CommandError> {
    let Some(text) = flags.setting("threads") else { return Ok(None) };
    match text.parse::<usize>() {
        Ok(number) if number > 0 => Ok(Some(number)),
        _ => {
            let title = format!("`--threads` takes a number from 1 on, not `{text}`");
            let words = format!("Invalid value for '--threads': '{text}' is not a valid integer.");
            Err(Diagnostic::error(Kind::Usage, "E0165", title).in_words(words).into())
        }
    }
}

fn inaccessible(folder: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(Kind::Runtime, "E0166", format!("cannot use the folder `{}`: {error}", folder.display()))
}

/// Returns which tests come along with what is selected, as the flags have it.
pub fn indirect_selection(flags: &Flags) -> IndirectSelection {
    let name = flags.setting("indirect-selection").unwrap_or("eager").to_lowercase();
    IndirectSelection::from_name(&name).unwrap_or_default()
}
