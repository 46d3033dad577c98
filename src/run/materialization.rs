//! The macro that builds a node: which one it is, whether it takes the node's language, and what it must return.

use std::collections::BTreeSet;

use super::node::Execution;
use super::runner::Task;
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{MacroDefinition, MacroKind, ResourceType, Value};
use crate::template::{CallResult, Registry};

impl Execution<'_> {
    /// Returns the materialization of the node.
    pub(super) fn materialization(&self) -> Result<&MacroDefinition, Box<Diagnostic>> {
        let name = match self.runner.settings.task {
            Task::Build => self.node.config.materialized(),
            Task::Clone => "clone",
        };
        let adapter_type = self.runner.adapter.adapter_type();
        let registry = self.runner.compiler.engine().registry();
        let Some(found) = registry.materialization(name, adapter_type) else {
            return Err(Box::new(self.unknown(registry, name)));
        };
        self.check_language(found)?;
        Ok(found)
    }

    /// Returns whether the node is built by a macro of the project or its packages, not by a built-in one.
    pub(super) fn is_custom(&self) -> Result<bool, Box<Diagnostic>> {
        let package = self.materialization()?.package.as_str();
        Ok(!self.runner.compiler.engine().registry().is_internal(package))
    }

    fn unknown(&self, registry: &Registry, name: &str) -> Diagnostic {
        let adapter_type = self.runner.adapter.adapter_type();
        let name_of = |known: &MacroDefinition| match &known.kind {
            MacroKind::Materialization { name, .. } => Some(name.clone()),
            _ => None,
        };
        let names: BTreeSet<String> = registry.macros().filter_map(name_of).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let title = format!(
            "No materialization '{name}' was found for adapter {adapter_type}! (searched types 'default' and '{adapter_type}')"
        );
        Diagnostic::error(Kind::Compilation, "E0607", title)
            .at(crate::compile::head(self.node), "is to be built with it")
            .with_nearest(name, names.iter().copied())
            .with_help(format!("known ones: {}", names.join(", ")))
    }

    fn check_language(&self, found: &MacroDefinition) -> Result<(), Box<Diagnostic>> {
        let MacroKind::Materialization { languages, .. } = &found.kind else { return Ok(()) };
        let standard = ["sql".to_owned()];
        let languages = if languages.is_empty() { &standard[..] } else { languages };
        let language = &self.node.language;
        if !matches!(self.node.resource_type, ResourceType::Model | ResourceType::Function)
            || languages.contains(language)
        {
            return Ok(());
        }
        let listed: Vec<String> = languages.iter().map(|language| format!("'{language}'")).collect();
        let title = format!(
            "Materialization \"{}\" only supports languages [{}]; got \"{language}\"",
            found.name,
            listed.join(", ")
        );
        let diagnostic = Diagnostic::error(Kind::Runtime, "E0709", title).at(crate::compile::head(self.node), "");
        Err(Box::new(diagnostic))
    }

    /// Refuses what is no list of relations, which dbt needs to know what exists now.
    pub(super) fn check_relations(&self, returned: &CallResult) -> Result<(), Box<Diagnostic>> {
        let relations = |value: &Value| value.get("relations").map(Value::is_array);
        let title = match returned {
            CallResult::Text(_) => format!(
                "The materialization (\"{}\") did not explicitly return a list of relations to add to the cache.",
                self.node.config.materialized()
            ),
            CallResult::Returned(value) => match relations(value) {
                Some(true) => return Ok(()),
                Some(false) => "Invalid return value from materialization, \"relations\" not a list".to_owned(),
                None if value.is_object() => {
                    "Invalid return value from materialization, \"relations\" not found".to_owned()
                }
                None => "Invalid return value from materialization, expected a dict with key \"relations\"".to_owned(),
            },
        };
        let diagnostic = Diagnostic::error(Kind::Compilation, "E0710", title)
            .at(crate::compile::head(self.node), "built by it")
            .with_help("end the materialization with {{ return({'relations': [target_relation]}) }}");
        Err(Box::new(diagnostic))
    }
}
