//! What a template finds under each name of the context.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::arguments::or_none;
use super::callable::{Function, Member, Namespace, Scope, Shape};
use super::{
    Context, NodeView, Phase, adapter, config, exceptions, model, output, reference, seed, statement, variables,
};
use crate::resource::{Hook, Value as Plain};
use crate::template::arguments::Arguments;
use crate::template::engine::Engine;
use crate::template::python::datetime_value;
use crate::template::values::{ColumnClass, RelationObject, from_plain, list, read_mapping};

/// Functions, sorted by name.
const FUNCTIONS: [Member; 18] = [
    Member::new("adapter_macro", output::adapter_macro),
    Member::new("debug", output::debug),
    Member::new("doc", reference::doc),
    Member::new("env_var", variables::env_var),
    Member::new("function", reference::function),
    Member::new("load_agate_table", seed::load_agate_table),
    Member::new("load_result", statement::load_result),
    Member::new("log", output::log),
    Member::new("metric", reference::metric),
    Member::new("print", output::print),
    Member::new("ref", reference::reference),
    Member::new("render", output::render),
    Member::new("source", reference::source),
    Member::new("store_raw_result", statement::store_raw_result),
    Member::new("store_result", statement::store_result),
    Member::new("submit_python_job", output::submit_python_job),
    Member::new("try_or_compiler_error", output::try_or_compiler_error),
    Member::new("write", output::write),
];

/// Plain values, as far as a context has them.
const VALUES: [&str; 24] = [
    "column",
    "compiled_code",
    "database",
    "dbt_metadata_envs",
    "dbt_version",
    "defer_relation",
    "env",
    "execute",
    "flags",
    "graph",
    "invocation_args_dict",
    "invocation_id",
    "model",
    "post_hooks",
    "pre_hooks",
    "project_name",
    "run_started_at",
    "schema",
    "selected_resources",
    "sql",
    "sql_now",
    "target",
    "this",
    "thread_id",
];

/// Objects with functions of their own.
const NAMESPACES: [&Shape; 6] =
    [&adapter::ADAPTER, &config::CONFIG, &config::VALIDATION, &exceptions::EXCEPTIONS, &variables::VAR, &adapter::API];

/// Returns what `name` means in a context; none for names that are not dbt's own (macros, functions of the language).
pub fn lookup(engine: &Arc<Engine>, context: &Arc<Context>, name: &str) -> Option<Value> {
    if let Some(value) = context.extra.get(name) {
        return Some(from_plain(value));
    }
    if name == "graph" && context.phase == Phase::Execute {
        return Some(engine.shared_graph(|| graph(context)));
    }
    if let Some(value) = plain(context, name) {
        return Some(value);
    }
    let scope = || Scope { engine: Arc::clone(engine), context: Arc::clone(context) };
    if let Ok(index) = FUNCTIONS.binary_search_by(|member| member.name().cmp(name)) {
        return Some(Function::value(FUNCTIONS[index], &scope()));
    }
    if let Some(shape) = NAMESPACES.iter().find(|shape| shape.name == name) {
        return Some(Namespace::value(shape, &scope()));
    }
    match name {
        "context" => Some(Value::from_object(Names { scope: scope(), with_macros: true })),
        "builtins" => Some(Value::from_object(Names { scope: scope(), with_macros: false })),
        _ => None,
    }
}

/// Values that need neither the engine nor a function.
fn plain(context: &Arc<Context>, name: &str) -> Option<Value> {
    let invocation = &context.invocation;
    let text = |text: &str| Some(Value::from(text));
    match name {
        "execute" => Some(Value::from(context.phase == Phase::Execute)),
        "target" | "env" => Some(from_plain(&Plain::Object(invocation.target.clone()))),
        "flags" => Some(from_plain(&Plain::Object(invocation.flags.clone()))),
        "invocation_args_dict" => Some(from_plain(&Plain::Object(invocation.args.clone()))),
        "invocation_id" => text(&invocation.invocation_id),
        "dbt_version" => text(&invocation.dbt_version),
        "project_name" => text(&invocation.project_name),
        "run_started_at" => Some(datetime_value(invocation.run_started_at)),
        "dbt_metadata_envs" => Some(variables::metadata(context)),
        "thread_id" => Some(Value::from(thread_id())),
        "sql_now" => text("now()"),
        "column" => Some(ColumnClass::value()),
        "selected_resources" => {
            Some(list(context.resolver.selected_resources().into_iter().map(Value::from).collect()))
        }
        "graph" => Some(context.memory.graph.get_or_init(|| graph(context)).clone()),
        _ => of_node(context, name),
    }
}

/// The graph; as in dbt, all but groups tell when they were read, and nodes where they are written to once they are.
fn graph(context: &Context) -> Value {
    let mut graph = context.resolver.graph();
    let read_at = model::seconds(context.invocation.run_started_at);
    let kinds = graph.as_object_mut().into_iter().flatten().filter(|(kind, _)| *kind != "groups");
    for (kind, resources) in kinds {
        for resource in resources.as_object_mut().into_iter().flat_map(|known| known.values_mut()) {
            let Some(resource) = resource.as_object_mut() else { continue };
            resource.insert("created_at".to_owned(), read_at.into());
            if kind == "nodes" {
                resource.entry("build_path").or_insert(Plain::Null);
            }
        }
    }
    from_plain(&graph)
}

/// Returns the name of the thread as Python has it: workers are named by `run`.
fn thread_id() -> String {
    match std::thread::current().name() {
        Some(worker) if worker.starts_with("Thread-") => format!("{worker} (worker)"),
        _ => "MainThread".to_owned(),
    }
}

/// Values that tell of the node.
fn of_node(context: &Context, name: &str) -> Option<Value> {
    let node = context.node.as_ref();
    let from_target = |key: &str| context.invocation.target.get(key).map(from_plain);
    match name {
        "this" => Some(node?.this.clone().map_or_else(|| Value::from(()), RelationObject::value)),
        "model" | "node" => {
            let node = node?;
            Some(context.memory.model.get_or_init(|| model::view(node, context.invocation.run_started_at)).clone())
        }
        "database" => node.map_or_else(|| from_target(name), |node| Some(Value::from(node.database.as_str()))),
        "schema" => node.map_or_else(|| from_target(name), |node| Some(Value::from(node.schema.as_str()))),
        "pre_hooks" => Some(hooks(node, "pre-hook")),
        "post_hooks" => Some(hooks(node, "post-hook")),
        "sql" => Some(Value::from(())),
        "defer_relation" => {
            let other = node.and_then(|_| context.resolver.defer_relation());
            Some(other.map_or_else(|| Value::from(()), RelationObject::value))
        }
        "compiled_code" | "compiled_sql" => node.map(|_| Value::from(())),
        _ => None,
    }
}

fn hooks(node: Option<&NodeView>, key: &str) -> Value {
    let Some(node) = node else { return Value::from(()) };
    let dictionary = |hook: Hook| from_plain(&serde_json::json!({"sql": hook.sql, "transaction": hook.transaction}));
    list(node.config.hooks(key).into_iter().map(dictionary).collect())
}

/// `context` and `builtins`: the names themselves as a mapping; only `context` has the macros too.
struct Names {
    scope: Scope,
    with_macros: bool,
}

impl Names {
    fn find(&self, name: &str) -> Option<Value> {
        let Scope { engine, context } = &self.scope;
        if self.with_macros
            && let Some(value) = context.memory.name(name)
        {
            return Some(value);
        }
        let found = if self.with_macros { engine.macro_value(context, name) } else { None };
        found.or_else(|| lookup(engine, context, name)).or_else(|| engine.global(name))
    }
}

impl fmt::Debug for Names {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.with_macros { "<context>" } else { "<builtins>" })
    }
}

impl Object for Names {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.find(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let Scope { engine, context } = &self.scope;
        let own = FUNCTIONS.iter().map(Member::name).chain(NAMESPACES.iter().map(|shape| shape.name));
        let own = own.chain(VALUES.into_iter().filter(|name| plain(context, name).is_some()));
        let macros = if self.with_macros { engine.macro_names(context) } else { Vec::new() };
        let mut names: Vec<String> = own.map(str::to_owned).chain(macros).collect();
        names.sort_unstable();
        names.dedup();
        Enumerator::Values(names.into_iter().map(Value::from).collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call_method(self: &Arc<Self>, state: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        if method == "get" {
            let [name, default] = Arguments::new("get", args).bind(["key", "default?"])?;
            return Ok(name.as_str().and_then(|name| self.find(name)).unwrap_or_else(|| or_none(default)));
        }
        if method == "update" && self.with_macros {
            let [more] = Arguments::new("update", args).bind(["other"])?;
            for name in more.try_iter()? {
                let value = more.get_item(&name)?;
                self.scope.context.memory.set_name(&name.to_string(), value);
            }
            return Ok(Value::from(()));
        }
        match self.find(method) {
            Some(value) => value.call(state, args),
            None if matches!(method, "keys" | "values" | "items") => {
                read_mapping(&Value::from_dyn_object(Arc::clone(self)), method, args)
            }
            None => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::{FUNCTIONS, Member};

    #[test]
    fn functions_are_sorted_so_that_they_are_found() {
        assert!(FUNCTIONS.is_sorted_by_key(Member::name));
    }
}
