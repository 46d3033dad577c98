//! What parsing asks of the template engine, and the shortcuts past it.

use std::sync::Arc;

use super::quick;
use super::render::{Extracted, Request};
use crate::diagnostic::{Diagnostic, Kind};
use crate::project::Project;
use crate::resource::{UniqueId, Value};
use crate::template::Invocation;

/// The template engine as parsing uses it.
pub(crate) struct Templates<'a> {
    project: &'a Project,
    invocation: Arc<Invocation>,
}

impl<'a> Templates<'a> {
    /// Wraps the engine.
    pub(crate) fn new(project: &'a Project, invocation: &Arc<Invocation>) -> Self {
        Self { project, invocation: Arc::clone(invocation) }
    }

    /// Returns the macro of that name that a package itself defines.
    pub(crate) fn macro_of(&self, _package: &str, _name: &str) -> Option<UniqueId> {
        None
    }

    /// Returns the macro that a name means in a package: its own, the root project's, a built-in one.
    pub(crate) fn resolve(&self, _package: &str, _name: &str) -> Option<UniqueId> {
        None
    }

    /// Returns the test macros that can be named in a package, for suggestions.
    pub(crate) fn test_names(&self) -> Vec<String> {
        Vec::new()
    }

    /// Calls a macro and returns what it returns.
    pub(crate) fn call(&self, _id: &UniqueId, _arguments: &[Value]) -> Result<Value, Diagnostic> {
        Err(Diagnostic::error(Kind::Compilation, "E0240", "templates are not there yet"))
    }

    /// Renders a template for what it asks for.
    pub(crate) fn extract(&self, request: &Request<'_>) -> Result<Extracted, Diagnostic> {
        if let Some(plain) = quick::read(request.template) {
            return Ok(Extracted { refs: plain.refs, sources: plain.sources, config: plain.config, macros: Vec::new() });
        }
        Err(Diagnostic::error(Kind::Compilation, "E0240", "templates are not there yet").at(request.template.clone(), ""))
    }
}
