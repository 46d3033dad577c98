//! Renders templates and calls macros. One engine serves all threads of a command.

mod environment;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value as JinjaValue};

use environment::{environment, set_loader};

use super::explain::{self, NestedFailure};
use super::library::{BOOT_UNIT, Library, Marking};
use super::macro_ref::{MacroRef, Outcome};
use super::registry::{PackageOverrides, Registry, Search};
use super::rewrite::{self, EditMap, Marks, Unit};
use super::scan;
use super::scope::{PackageObject, Rendering, Scope};
use super::values::{from_plain, to_plain};
use super::{Context, Failure, FailureCause, OutputMap, Phase, RaisedCause, Template, context, marker, native, trace};
use crate::diagnostic::SourceFile;
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
    /// Whether packages replace built-in materializations.
    pub overrides: PackageOverrides,
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

/// Gives what a name of dbt's context means.
pub(super) type Lookup = fn(&Arc<Engine>, &Arc<Context>, &str) -> Option<JinjaValue>;

/// Renders templates; `Send + Sync`, shared by all threads.
pub struct Engine {
    pub(super) library: Arc<Library>,
    /// The macros as values, by index.
    macros: Arc<Vec<JinjaValue>>,
    /// The packages that templates can name.
    packages: HashMap<String, JinjaValue>,
    /// Tolerates undefined values; what it has compiled is handed on to `executing`.
    parsing: Environment<'static>,
    executing: OnceLock<Environment<'static>>,
    tracing: OnceLock<Environment<'static>>,
    globals: HashSet<String>,
    lookup: Lookup,
    warned: Mutex<HashSet<String>>,
    /// `graph` once the project is read: one mutable value for all nodes, in which packages keep things, as in dbt.
    graph: OnceLock<JinjaValue>,
}

impl Engine {
    /// Makes an engine over all macros.
    pub fn new(registry: Registry, options: EngineOptions) -> Arc<Self> {
        Self::with_lookup(registry, options, context::lookup)
    }

    pub(super) fn with_lookup(mut registry: Registry, options: EngineOptions, lookup: Lookup) -> Arc<Self> {
        registry.set_search(Search {
            root: options.root_package,
            internal: options.internal_packages,
            dispatch: options.dispatch,
            adapter_type: options.adapter_type,
            overrides: options.overrides,
        });
        let library = Arc::new(Library::new(registry));
        let macros = (0..library.registry.len()).map(|index| JinjaValue::from_object(MacroRef::new(&library, index)));
        let macros: Arc<Vec<JinjaValue>> = Arc::new(macros.collect());
        let packages = package_objects(&library, &macros);
        let parsing = environment(&library);
        let globals = parsing.globals().map(|(name, _)| name.to_owned()).collect();
        Arc::new(Self {
            library,
            macros,
            packages,
            parsing,
            executing: OnceLock::new(),
            tracing: OnceLock::new(),
            globals,
            lookup,
            graph: OnceLock::new(),
            warned: Mutex::new(HashSet::new()),
        })
    }

    /// Returns the graph that all nodes of a run share, made when it is first asked for.
    pub(super) fn shared_graph(&self, make: impl FnOnce() -> JinjaValue) -> JinjaValue {
        self.graph.get_or_init(make).clone()
    }

    /// Returns the macros.
    pub fn registry(&self) -> &Registry {
        &self.library.registry
    }

    /// Renders a template to text.
    ///
    /// # Errors
    /// The cause, with the calls that led to it.
    pub fn render(self: &Arc<Self>, template: &Template, context: &Arc<Context>) -> Result<String, Failure> {
        if !has_tags(template.text()) {
            return Ok(plain(template.text()));
        }
        let rewritten = self.rewritten(template, context, Marks::None)?;
        let environment = self.environment(context.phase);
        self.run(environment, template, &Scope::new(self, context, Rendering::Text), &rewritten)
    }

    /// Renders a template that stands for the body of a macro: a `return` in it ends it, and its value is the text.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn render_body(self: &Arc<Self>, template: &Template, context: &Arc<Context>) -> Result<String, Failure> {
        let (text, map) = self.rewritten(template, context, Marks::None)?;
        let scope = Scope::new(self, context, Rendering::Text);
        let environment = self.environment(context.phase);
        let rendered = environment
            .template_from_named_str(&template.name, &text)
            .and_then(|compiled| compiled.render(scope.root()));
        rendered.or_else(|error| match super::state::returned(&error) {
            Some(value) => Ok(super::values::to_text(&value)),
            None => Err(explain::failure(self, &error, explain::Origin::Template(template, &map))),
        })
    }

    /// Renders a template once more, to learn where each byte of its text came from. When a template looks at its own text
    /// (its length, say), the text differs from what [`Self::render`] gives, and the map is worth nothing.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn render_traced(
        self: &Arc<Self>,
        template: &Template,
        context: &Arc<Context>,
    ) -> Result<(String, OutputMap), Failure> {
        let marks = Marks::Unit(0);
        let rewritten = self.rewritten(template, context, marks)?;
        let text = self.run(self.tracing(), template, &Scope::new(self, context, Rendering::Text), &rewritten)?;
        Ok(trace::read(&text, template, &self.library))
    }

    /// Gives the value of a text in YAML: typed when the text is exactly one `{{ … }}`, else text.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn evaluate(self: &Arc<Self>, template: &Template, context: &Arc<Context>) -> Result<Value, Failure> {
        let text = template.text();
        if !has_tags(text) {
            return Ok(Value::from(text));
        }
        let tokens = scan::tokens(text).map_err(|error| explain::scan_failure(template, &error))?;
        let Some(expression) = native::single_expression(&tokens) else {
            return self.render(template, context).map(Value::from);
        };
        let rewritten = rewrite::rewrite_value(text, expression, "__take((");
        let rewritten = rewritten.map_err(|error| explain::scan_failure(template, &error))?;
        let scope = Scope::new(self, context, Rendering::Value);
        self.run(self.environment(context.phase), template, &scope, &rewritten)?;
        let value = scope.take().map(|value| marker::finish(value, text)).transpose().map_err(|words| {
            let error = Error::new(ErrorKind::InvalidOperation, words);
            explain::failure(self, &error, explain::Origin::Template(template, &rewritten.1))
        })?;
        Ok(value.map_or(Value::Null, |value| to_plain(&value)))
    }

    /// Calls a macro and gives what it returned, or its text when it returned nothing.
    ///
    /// # Errors
    /// As [`Self::render`]; also when there is no such macro.
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
    ///
    /// # Errors
    /// As [`Self::call`].
    pub fn call_macro(
        self: &Arc<Self>,
        id: &UniqueId,
        arguments: Arguments,
        context: &Arc<Context>,
    ) -> Result<CallResult, Failure> {
        let Some(index) = self.library.registry.index_of_id(id) else {
            let cause =
                FailureCause::Template(format!("macro '{}' is not defined", id.as_str().trim_start_matches("macro.")));
            return Err(Failure { cause, frames: Vec::new(), help: None });
        };
        let Arguments { positional, keyword } = arguments;
        let mut args: Vec<JinjaValue> = positional.iter().map(from_plain).collect();
        if !keyword.is_empty() {
            let keyword: minijinja::value::Kwargs =
                keyword.iter().map(|(name, value)| (name.clone(), from_plain(value))).collect();
            args.push(JinjaValue::from(keyword));
        }
        let callee = MacroRef::new(&self.library, index);
        match self.call_apart(context, &callee, &args) {
            Ok(Outcome::Text(value)) => Ok(CallResult::Text(value.to_string())),
            Ok(Outcome::Returned(value)) => Ok(CallResult::Returned(to_plain(&value))),
            Err(error) => Err(explain::failure(self, &error, explain::Origin::Call(index))),
        }
    }

    /// Compiles every macro of a package, so that mistakes in macros that nobody calls are found too.
    pub fn check_macros(&self, package: &str) -> Vec<Failure> {
        let macros = self.library.registry.macros().enumerate();
        let own = macros.filter(|(_, definition)| definition.package == package);
        own.filter_map(|(index, definition)| {
            let error = self.parsing.get_template(definition.unique_id.as_str()).err()?;
            Some(explain::failure(self, &error, explain::Origin::Call(index)))
        })
        .collect()
    }

    /// Renders a text inside a running render, with its context. Its failure keeps cause and places inside the error.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn render_nested(self: &Arc<Self>, context: &Arc<Context>, text: &str) -> Result<String, Error> {
        if !has_tags(text) {
            return Ok(plain(text));
        }
        let file = SourceFile::new("<rendered text>", text);
        let template = Template::whole("<rendered text>", context.package.as_str(), &file);
        self.render(&template, context).map_err(|failure| {
            Error::new(ErrorKind::InvalidOperation, failure.message()).with_source(NestedFailure(failure))
        })
    }

    /// Returns the macro, or the package of macros, that a bare name means in a context: the package's own, the root
    /// project's, packages by name, built-in ones.
    pub fn macro_value(&self, context: &Context, name: &str) -> Option<JinjaValue> {
        let registry = &self.library.registry;
        let found = registry.index_of(None, name, &context.package).and_then(|index| self.macros.get(index));
        match found {
            Some(found) => Some(found.clone()),
            None => self.packages.get(name).cloned(),
        }
    }

    /// Returns the names that mean macros or packages of them in a context.
    pub fn macro_names(&self, context: &Context) -> Vec<String> {
        let macros = self.library.registry.names(&context.package).into_iter().map(str::to_owned);
        macros.chain(self.packages.keys().cloned()).collect()
    }

    /// Returns a function or value of the language itself (`range`, `dict`, `return` …).
    pub fn global(&self, name: &str) -> Option<JinjaValue> {
        if self.is_global(name) { self.parsing.empty_state().lookup(name) } else { None }
    }

    /// Returns the macro that `adapter.dispatch` means; the error says what was searched for.
    ///
    /// # Errors
    /// When there is no form of the macro.
    pub fn dispatch(&self, context: &Context, name: &str, namespace: Option<&str>) -> Result<JinjaValue, Error> {
        let registry = &self.library.registry;
        let found = registry.dispatch_index(name, namespace, &context.package);
        let index = found.map_err(|missing| RaisedCause::raise(FailureCause::Template(missing.message())))?;
        Ok(self.macros.get(index).cloned().unwrap_or_default())
    }

    /// Returns whether a text that is to be warned of once was not warned of before.
    pub fn is_first_warning(&self, text: &str) -> bool {
        self.warned.lock().unwrap_or_else(PoisonError::into_inner).insert(text.to_owned())
    }

    pub(super) fn context_value(self: &Arc<Self>, context: &Arc<Context>, name: &str) -> Option<JinjaValue> {
        (self.lookup)(self, context, name)
    }

    pub(super) fn is_global(&self, name: &str) -> bool {
        self.globals.contains(name)
    }

    pub(super) fn own_macro(&self, package: &str, name: &str) -> Option<JinjaValue> {
        self.library.registry.index_of(Some(package), name, package).and_then(|index| self.macros.get(index)).cloned()
    }

    /// Calls a macro in a render of its own.
    pub(super) fn call_apart(
        self: &Arc<Self>,
        context: &Arc<Context>,
        callee: &MacroRef,
        args: &[JinjaValue],
    ) -> Result<Outcome, Error> {
        let environment = self.environment(context.phase);
        let mut render =
            environment.get_template(BOOT_UNIT)?.render_captured(Scope::new(self, context, Rendering::Text).root())?;
        render.with_state_mut(|state| callee.outcome(state, args))
    }

    fn rewritten(&self, template: &Template, context: &Context, marks: Marks) -> Result<(String, EditMap), Failure> {
        let registry = &self.library.registry;
        let calls_macros = |name: &str| {
            // These hand out macros that the text does not name.
            matches!(name, "adapter" | "context" | "builtins")
                || registry.index_of(None, name, &context.package).is_some()
                || self.packages.contains_key(name)
        };
        match rewrite::rewrite(template.text(), Unit::Template, marks, &calls_macros) {
            Ok(rewritten) => Ok((rewritten.text, rewritten.map)),
            Err(error) => Err(explain::scan_failure(template, &error)),
        }
    }

    fn run(
        self: &Arc<Self>,
        environment: &Environment<'static>,
        template: &Template,
        scope: &Arc<Scope>,
        rewritten: &(String, EditMap),
    ) -> Result<String, Failure> {
        let (text, map) = rewritten;
        let compiled = environment.template_from_named_str(&template.name, text);
        compiled
            .and_then(|compiled| compiled.render(scope.root()))
            .map_err(|error| explain::failure(self, &error, explain::Origin::Template(template, map)))
    }

    fn environment(&self, phase: Phase) -> &Environment<'static> {
        match phase {
            Phase::Parse => &self.parsing,
            Phase::Execute => self.executing.get_or_init(|| {
                let mut environment = self.parsing.clone();
                environment.set_undefined_behavior(UndefinedBehavior::Lenient);
                environment
            }),
        }
    }

    fn tracing(&self) -> &Environment<'static> {
        self.tracing.get_or_init(|| {
            let mut environment = self.parsing.clone();
            environment.clear_templates();
            environment.set_undefined_behavior(UndefinedBehavior::Lenient);
            set_loader(&mut environment, &self.library, Marking::On);
            trace::install(&mut environment);
            environment
        })
    }
}

/// Returns whether a text needs rendering at all.
fn has_tags(text: &str) -> bool {
    text.as_bytes().windows(2).any(|pair| pair[0] == b'{' && matches!(pair[1], b'{' | b'%' | b'#'))
}

/// What rendering does to a text without tags: one kind of line end, and one at the end is dropped.
fn plain(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text.to_owned() };
    match text.strip_suffix('\n') {
        Some(text) => text.to_owned(),
        None => text,
    }
}

fn package_objects(library: &Arc<Library>, values: &Arc<Vec<JinjaValue>>) -> HashMap<String, JinjaValue> {
    let names = library.registry.macros().map(|definition| definition.package.as_str()).chain(["dbt"]);
    let found: BTreeSet<&str> = names.filter(|name| library.registry.is_package(name)).collect();
    let object = |name: &str| {
        let object = PackageObject { name: name.to_owned(), library: Arc::clone(library), values: Arc::clone(values) };
        (name.to_owned(), JinjaValue::from_object(object))
    };
    found.into_iter().map(object).collect()
}

#[cfg(test)]
mod tests;
