//! A project without its profile and packages, for commands that must work before there are any.

use std::sync::Arc;

use super::arguments::arguments;
use super::opening::{Opening, load_options};
use super::reporting::{begin, reporter};
use super::warnings::WarnPolicy;
use super::{CommandError, Flags, Line};
use crate::diagnostic::{Diagnostic, Span};
use crate::project::{Project, TextRenderer};
use crate::report::Reporter;
use crate::resource::Value;
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
        let Opening { file, flags, vars } = Opening::find(line)?;
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
        let options = load_options(line, &flags, &renderer, &renderer);
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
