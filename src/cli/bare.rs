//! A project without its profile and packages, for commands that must work before there are any.

use std::path::PathBuf;
use std::sync::Arc;

use super::arguments::arguments;
use super::reporting::{begin, reporter};
use super::warnings::WarnPolicy;
use super::{CommandError, Flags, Line};
use crate::diagnostic::{Diagnostic, Span};
use crate::project::{LoadOptions, Project, ProjectFile, TextRenderer, VersionCheck, parse_vars};
use crate::report::Reporter;
use crate::resource::{Map, Value};
use crate::template::{Secrets, YamlScope, YamlText};

/// The project file alone.
pub struct BareProject {
    /// The project.
    pub project: Project,
    /// Flags of the command line, the environment and the project.
    pub flags: Flags,
    /// Shows what happens.
    pub reporter: Arc<Reporter>,
    /// What becomes of warnings.
    pub warnings: WarnPolicy,
    /// Renders `packages.yml`.
    pub secrets: YamlText,
}

/// Leaves texts as they are that ask for what is not known without a profile or `--vars`.
struct Lenient(YamlText);

impl TextRenderer for Lenient {
    fn render(&self, text: &str, span: &Span) -> Result<Value, Box<Diagnostic>> {
        Ok(self.0.render(text, span).unwrap_or_else(|_| Value::from(text)))
    }
}

impl BareProject {
    /// Finds and loads the project file.
    ///
    /// # Errors
    /// All mistakes of the project file and `--vars`.
    pub fn load(line: &Line) -> Result<Self, CommandError> {
        let mut flags = line.flags.clone();
        let project_dir = flags.setting("project-dir").map(PathBuf::from);
        let file = ProjectFile::find(project_dir.as_deref(), &line.current)?;
        if let Some(project_flags) = file.yaml.entry("flags") {
            flags.add_project(&project_flags.to_map());
        }
        let vars = match flags.setting("vars") {
            Some(text) => parse_vars(text, &line.current)?,
            None => Map::new(),
        };
        let environment = Arc::new(line.environment.clone());
        let scope = |secrets| {
            YamlText::new(YamlScope {
                environment: Arc::clone(&environment),
                vars: vec![vars.clone()],
                target: None,
                secrets,
            })
        };
        let renderer = Lenient(scope(Secrets::Refused));
        let options = LoadOptions {
            renderer: &renderer,
            package_renderer: &renderer,
            target_path: flags.setting("target-path").map(|folder| line.current.join(folder)),
            log_path: flags.setting("log-path").map(|folder| line.current.join(folder)),
            version_check: if flags.is_on("version-check") { VersionCheck::Check } else { VersionCheck::Skip },
        };
        let (project, warnings) = Project::load_alone(file, &options)?;
        let reporter = reporter(line, &flags, &project, "");
        begin(&reporter, &arguments(line, &flags, &vars, &project));
        let policy = WarnPolicy::read(&flags)?;
        policy.apply(&flags, &project.flags, &reporter)?;
        policy.show(super::environment::warnings(line), &reporter)?;
        policy.show(warnings, &reporter)?;
        Ok(Self { project, flags, reporter, warnings: policy, secrets: scope(Secrets::Allowed) })
    }
}
