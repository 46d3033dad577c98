//! What parsing asks of the template engine, and the shortcuts past it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::quick;
use super::render::{Extracted, Request};
use crate::diagnostic::{Diagnostic, Span};
use crate::resource::{MacroDefinition, MacroKind, NodeConfig, RefCall, Relation, SourceCall, UniqueId, Value};
use crate::template::context::Memory;
use crate::template::{
    Arguments, Context, Engine, Failure, Invocation, NodeView, Phase, Record, Registry, ResolveError, Resolver,
    Template,
};

/// The built-in packages, the first one winning.
pub(crate) const INTERNAL: [&str; 2] = ["dbt_duckdb", "dbt"];

/// The template engine as parsing uses it.
pub(crate) struct Templates {
    engine: Arc<Engine>,
    invocation: Arc<Invocation>,
    root: String,
    /// Positions in the registry's order by package and name; looked up only.
    macros: HashMap<String, HashMap<String, usize>>,
    definitions: Vec<MacroDefinition>,
    /// Whether a var holds a template, which may refer to nodes.
    has_template_vars: bool,
}

impl Templates {
    /// Wraps the engine.
    pub(crate) fn new(root: &str, engine: &Arc<Engine>, invocation: &Arc<Invocation>) -> Self {
        let definitions: Vec<MacroDefinition> = engine.registry().macros().cloned().collect();
        let mut macros: HashMap<String, HashMap<String, usize>> = HashMap::new();
        for (index, definition) in definitions.iter().enumerate() {
            macros.entry(definition.package.clone()).or_default().insert(definition.name.clone(), index);
        }
        let maps = invocation.project_vars.values().chain([&invocation.cli_vars]);
        let has_template_vars = maps.flat_map(|vars| vars.values()).any(|value| value.to_string().contains("{{"));
        Self {
            engine: Arc::clone(engine),
            invocation: Arc::clone(invocation),
            root: root.to_owned(),
            macros,
            definitions,
            has_template_vars,
        }
    }

    /// Returns the macro of that name that a package itself defines.
    pub(crate) fn own(&self, package: &str, name: &str) -> Option<&MacroDefinition> {
        self.macros.get(package)?.get(name).map(|&index| &self.definitions[index])
    }

    /// Returns the macro that a bare name means in a package: its own, the root project's, a built-in one.
    pub(crate) fn resolve(&self, package: &str, name: &str) -> Option<&MacroDefinition> {
        self.own(package, name)
            .or_else(|| self.own(&self.root, name))
            .or_else(|| INTERNAL.iter().find_map(|internal| self.own(internal, name)))
    }

    /// Returns the macro that dbt notes for a bare name in a macro's text: the package's own, else the one that wins among
    /// all packages, the root project's before others and the built-in ones last.
    pub(crate) fn anywhere(&self, package: &str, name: &str) -> Option<&MacroDefinition> {
        let is_root = |definition: &&MacroDefinition| definition.package == self.root;
        let mut others = self.definitions.iter().rev().filter(|definition| definition.name == name);
        self.own(package, name)
            .or_else(|| self.own(&self.root, name))
            .or_else(|| others.find(|found| !is_root(found) && !INTERNAL.contains(&found.package.as_str())))
            .or_else(|| INTERNAL.iter().find_map(|internal| self.own(internal, name)))
    }

    /// Returns whether the project asks for the arguments of macros to be checked, which lists them all.
    pub(crate) fn lists_arguments(&self) -> bool {
        self.invocation.flags.get("VALIDATE_MACRO_ARGS").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Returns the macro that dispatch finds under a name in a package: the root project's, else the package's.
    pub(crate) fn dispatched(&self, package: &str, name: &str) -> Option<&MacroDefinition> {
        self.own(&self.root, name).or_else(|| self.own(package, name))
    }

    /// Returns the root project's macro of a name, else the built-in one.
    pub(crate) fn own_or_internal(&self, name: &str) -> Option<&MacroDefinition> {
        self.own(&self.root, name).or_else(|| INTERNAL.iter().find_map(|internal| self.own(internal, name)))
    }

    /// Returns where macros are looked up.
    pub(crate) fn registry(&self) -> &Registry {
        self.engine.registry()
    }

    /// Returns all macros in order.
    pub(crate) fn definitions(&self) -> &[MacroDefinition] {
        &self.definitions
    }

    /// Returns the names by which tests can be asked for in a package, for suggestions.
    pub(crate) fn test_names(&self, package: &str) -> Vec<String> {
        let tests = self.definitions.iter().filter(|definition| definition.kind == MacroKind::Test);
        let name = |definition: &MacroDefinition| {
            let name = definition.name.strip_prefix("test_").unwrap_or(&definition.name);
            let is_bare = definition.package == package
                || definition.package == self.root
                || INTERNAL.contains(&definition.package.as_str());
            if is_bare { name.to_owned() } else { format!("{}.{name}", definition.package) }
        };
        tests.map(name).collect()
    }

    /// Calls a macro with the node's name and dictionary, and returns what it returns.
    pub(crate) fn call(&self, id: &UniqueId, package: &str, arguments: Vec<Value>) -> Result<Value, Diagnostic> {
        let (context, _) = self.context(package, None);
        let arguments = Arguments { positional: arguments, ..Arguments::default() };
        self.engine.call(id, arguments, &context).map_err(|failure| failure.into_diagnostic("E0240"))
    }

    /// Reads a template that needs no rendering.
    ///
    /// A project that overrides `ref`, `source` or `config` is always rendered.
    pub(crate) fn plain(&self, package: &str, template: &Span) -> Option<Extracted> {
        let overrides = ["ref", "source", "config", "var"];
        if overrides.iter().any(|name| self.own(package, name).is_some() || self.own(&self.root, name).is_some()) {
            return None;
        }
        if self.has_template_vars && template.text().contains("var(") {
            return None;
        }
        let plain = quick::read(template)?;
        Some(Extracted {
            refs: plain.refs,
            sources: plain.sources,
            functions: plain.functions,
            metrics: Vec::new(),
            config: plain.config,
            macros: Vec::new(),
            is_static: !plain.is_beyond_dbt,
        })
    }

    /// Renders a template for what it asks for.
    pub(crate) fn extract(&self, request: Request<'_>) -> Result<Extracted, Failure> {
        let template = Template {
            name: request.name.to_owned(),
            package: request.package.to_owned(),
            span: request.template.clone(),
        };
        let package = request.package.to_owned();
        let (context, record) = self.context(&package, Some(request));
        self.engine.render(&template, &context)?;
        let record = std::mem::take(&mut *record.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Extracted {
            refs: record.refs,
            sources: record.sources,
            functions: record.functions,
            metrics: record.metrics,
            config: record.config,
            macros: record.macros,
            is_static: false,
        })
    }

    fn context(&self, package: &str, request: Option<Request<'_>>) -> (Arc<Context>, Arc<Mutex<Record>>) {
        let record = Arc::new(Mutex::new(Record::default()));
        let node = request.map(|request| view(&request));
        let context = Context {
            invocation: Arc::clone(&self.invocation),
            phase: Phase::Parse,
            package: package.to_owned(),
            node,
            resolver: Arc::new(NothingKnown),
            session: None,
            record: Arc::clone(&record),
            extra: BTreeMap::new(),
            memory: Memory::default(),
        };
        (Arc::new(context), record)
    }
}

fn view(request: &Request<'_>) -> NodeView {
    let model = request.model.clone();
    NodeView {
        batch: None,
        model: Arc::new(move || Value::Object(model.clone())),
        this: Some(request.this.clone()),
        config: NodeConfig(request.config.0.clone()),
        database: request.this.database.clone().unwrap_or_default(),
        schema: request.this.schema.clone().unwrap_or_default(),
    }
}

/// While files are read, names mean nothing yet: every reference stands for the node itself.
struct NothingKnown;

impl Resolver for NothingKnown {
    fn reference(&self, call: &RefCall) -> Result<Relation, ResolveError> {
        Ok(Relation::new("", "", &call.name))
    }

    fn source(&self, call: &SourceCall) -> Result<Relation, ResolveError> {
        Ok(Relation::new("", &call.source, &call.table))
    }

    fn doc(&self, _package: Option<&str>, _name: &str) -> Result<String, ResolveError> {
        Ok(String::new())
    }

    fn graph(&self) -> Value {
        serde_json::json!({
            "nodes": {}, "sources": {}, "exposures": {}, "groups": {}, "metrics": {}, "semantic_models": {},
            "saved_queries": {},
        })
    }

    fn selected_resources(&self) -> Vec<String> {
        Vec::new()
    }
}
