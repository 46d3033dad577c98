//! Renders templates and calls macros. One engine serves all threads of a command.

use std::sync::Arc;

use minijinja::{Error, Value as JinjaValue};

use super::registry::Registry;
use super::{Context, Failure, FailureCause, OutputMap, RaisedCause, Template};
use crate::project::DispatchRule;
use crate::resource::{Map, UniqueId, Value};

/// What an engine must know of the project.
pub struct EngineOptions {
    /// Name of the root project.
    pub root_package: String,
    /// The built-in packages, the first one winning: the adapter's, then `dbt`.
    pub internal_packages: Vec<String>,
    /// The root project's rules for `adapter.dispatch`.
    pub dispatch: Vec<DispatchRule>,
    /// Name of the adapter, the prefix of its macros.
    pub adapter_type: &'static str,
}

/// Arguments for a macro that is called from outside a template.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// Arguments by position.
    pub positional: Vec<Value>,
    /// Arguments by name.
    pub keyword: Map,
}

/// What calling a macro gave.
#[derive(Clone, Debug, PartialEq)]
pub enum CallResult {
    /// The text it rendered.
    Text(String),
    /// The value it returned by `return`.
    Returned(Value),
}

/// Renders templates; `Send + Sync`, shared by all threads.
pub struct Engine {
    registry: Registry,
    _options: EngineOptions,
}

impl Engine {
    /// Makes an engine over all macros.
    pub fn new(registry: Registry, options: EngineOptions) -> Arc<Self> {
        Arc::new(Self { registry, _options: options })
    }

    /// Returns the macros.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Renders a template to text.
    pub fn render(self: &Arc<Self>, template: &Template, context: &Arc<Context>) -> Result<String, Failure> {
        let _ = context;
        Err(Failure { cause: FailureCause::Template(template.name.clone()), frames: Vec::new() })
    }

    /// Renders a template once more, to learn where each byte of its text came from.
    pub fn render_traced(
        self: &Arc<Self>,
        template: &Template,
        context: &Arc<Context>,
    ) -> Result<(String, OutputMap), Failure> {
        self.render(template, context).map(|text| (text, OutputMap::default()))
    }

    /// Gives the value of a text in YAML: typed when the text is exactly one `{{ … }}`, else text.
    pub fn evaluate(self: &Arc<Self>, template: &Template, context: &Arc<Context>) -> Result<Value, Failure> {
        self.render(template, context).map(Value::String)
    }

    /// Calls a macro and gives what it returned, or its text when it returned nothing.
    pub fn call(
        self: &Arc<Self>,
        id: &UniqueId,
        arguments: Arguments,
        context: &Arc<Context>,
    ) -> Result<Value, Failure> {
        match self.call_macro(id, arguments, context)? {
            CallResult::Text(text) => Ok(Value::String(text)),
            CallResult::Returned(value) => Ok(value),
        }
    }

    /// Calls a macro and tells text from a returned value.
    pub fn call_macro(
        self: &Arc<Self>,
        id: &UniqueId,
        arguments: Arguments,
        context: &Arc<Context>,
    ) -> Result<CallResult, Failure> {
        let _ = (arguments, context);
        Err(Failure { cause: FailureCause::Template(id.to_string()), frames: Vec::new() })
    }

    /// Compiles every macro of a package, so that mistakes in macros that nobody calls are found too.
    pub fn check_macros(&self, package: &str) -> Vec<Failure> {
        let _ = package;
        Vec::new()
    }

    /// Renders a text inside a running render, with its context. Its failure keeps cause and places inside the error.
    pub fn render_nested(self: &Arc<Self>, context: &Arc<Context>, text: &str) -> Result<String, Error> {
        let _ = context;
        Err(RaisedCause::raise(FailureCause::Template(text.to_owned())))
    }

    /// Returns the macro, or the package of macros, that a bare name means in a context: the package's own, the root
    /// project's, packages by name, built-in ones.
    pub fn macro_value(&self, context: &Context, name: &str) -> Option<JinjaValue> {
        let _ = (context, name);
        None
    }

    /// Returns a function or value of the language itself (`range`, `dict`, `return` …).
    pub fn global(&self, name: &str) -> Option<JinjaValue> {
        let _ = name;
        None
    }

    /// Returns the macro that `adapter.dispatch` means; the error says what was searched for.
    pub fn dispatch(&self, context: &Context, name: &str, namespace: Option<&str>) -> Result<JinjaValue, Error> {
        let _ = (context, namespace);
        Err(RaisedCause::raise(FailureCause::Template(name.to_owned())))
    }

    /// Returns whether a text that is to be warned of once was not warned of before.
    pub fn is_first_warning(&self, text: &str) -> bool {
        let _ = text;
        true
    }
}
