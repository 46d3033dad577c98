//! `ref`, `source`, `metric`, `function` and `doc`: names of other resources.

use minijinja::value::ValueKind;
use minijinja::{Error, State, Value};

use super::arguments::is_absent;
use super::callable::Scope;
use super::raise;
use crate::resource::{FunctionCall, Map, MetricCall, RefCall, Relation, RelationKind, SourceCall};
use crate::template::arguments::Arguments;
use crate::template::values::{MetricObject, RelationObject};

/// `ref(name)`, `ref(package, name)`, with `version=` or `v=`.
pub(super) fn reference(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let (package, name) = package_and_name("ref", arguments)?;
    let version =
        ["version", "v"].into_iter().filter_map(|keyword| arguments.keyword(keyword)).find(|value| value.is_true());
    let is_text_version = version.is_some_and(|value| value.as_str().is_some());
    let version = version.map(version_text).transpose()?;
    let call = RefCall { package, name, version, is_text_version, span: None };
    let is_parsing = scope.is_parsing();
    scope.record(|record| {
        if is_parsing || !record.refs.iter().any(|known| known.is_same(&call)) {
            record.refs.push(call.clone());
        }
    });
    let relation = if scope.is_parsing() {
        own_relation(scope)
    } else {
        scope.context.resolver.reference(&call).map_err(raise::resolve)?
    };
    Ok(RelationObject::value(relation))
}

/// `source(source_name, table_name)`.
pub(super) fn source(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [source, table] = arguments.positional() else {
        let given = arguments.positional().len();
        return Err(raise::compilation(format!("source() takes exactly two arguments ({given} given)")));
    };
    if let Some((name, _)) = arguments.keywords().first() {
        return Err(raise::compilation(format!("source() got an unexpected keyword argument '{name}'")));
    }
    let call = SourceCall {
        source: name_text("source", "source name (first)", source)?,
        table: name_text("source", "table name (second)", table)?,
        span: None,
    };
    let is_parsing = scope.is_parsing();
    scope.record(|record| {
        if is_parsing || !record.sources.iter().any(|known| known.source == call.source && known.table == call.table) {
            record.sources.push(call.clone());
        }
    });
    let relation = if scope.is_parsing() {
        own_relation(scope)
    } else {
        scope.context.resolver.source(&call).map_err(raise::resolve)?
    };
    Ok(RelationObject::value(relation))
}

/// `metric(name)` or `metric(package, name)`: the metric's name, with its properties once names mean something.
pub(super) fn metric(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let (package, name) = package_and_name("metric", arguments)?;
    let call = MetricCall { package, name };
    let is_parsing = scope.is_parsing();
    scope.record(|record| {
        if is_parsing || !record.metrics.contains(&call) {
            record.metrics.push(call.clone());
        }
    });
    let node = if is_parsing { Map::new() } else { scope.context.resolver.metric(&call).map_err(raise::resolve)? };
    Ok(MetricObject::value(&call, node))
}

/// `function(name)` or `function(package, name)`: a function of the database that the project makes.
pub(super) fn function(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let (package, name) = package_and_name("function", arguments)?;
    let call = FunctionCall { package, name, span: None };
    let is_parsing = scope.is_parsing();
    scope.record(|record| {
        if is_parsing
            || !record.functions.iter().any(|known| (&known.package, &known.name) == (&call.package, &call.name))
        {
            record.functions.push(call.clone());
        }
    });
    let relation = if is_parsing {
        own_relation(scope)
    } else {
        scope.context.resolver.function(&call).map_err(raise::resolve)?
    };
    Ok(RelationObject::value(relation.of_kind(RelationKind::Function)))
}

/// `doc(name)` or `doc(package, name)`: the text of a docs block.
pub(super) fn doc(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let (package, name) = package_and_name("doc", arguments)?;
    scope.context.resolver.doc(package.as_deref(), &name).map(Value::from).map_err(raise::resolve)
}

/// Reads one or two positional arguments; dbt counts them in the same words for all of these functions.
fn package_and_name(function: &str, arguments: &Arguments<'_>) -> Result<(Option<String>, String), Error> {
    match arguments.positional() {
        [name] => Ok((None, name_text(function, "name", name)?)),
        [package, name] => {
            let package = if is_absent(package) { None } else { Some(name_text(function, "package", package)?) };
            Ok((package, name_text(function, "name", name)?))
        }
        other => {
            let given = other.len();
            Err(raise::compilation(format!("{function}() takes at most two arguments ({given} given)")))
        }
    }
}

fn name_text(function: &str, argument: &str, value: &Value) -> Result<String, Error> {
    value.as_str().map(str::to_owned).ok_or_else(|| {
        let wanted = if argument == "package" { "a string or None" } else { "a string" };
        let class = class_name(value);
        raise::compilation(format!("The {argument} argument to {function}() must be {wanted}, got {class}"))
    })
}

fn version_text(value: &Value) -> Result<String, Error> {
    if value.as_str().is_some() || value.is_number() {
        return Ok(value.to_string());
    }
    let class = class_name(value);
    Err(raise::compilation(format!(
        "The version argument to ref() must be a string, int, float, or None - got {class}"
    )))
}

/// Returns the class of a value as Python prints it.
fn class_name(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::Undefined => "<class 'Undefined'>",
        ValueKind::None => "<class 'NoneType'>",
        ValueKind::Bool => "<class 'bool'>",
        ValueKind::Number if value.is_integer() => "<class 'int'>",
        ValueKind::Number => "<class 'float'>",
        ValueKind::String => "<class 'str'>",
        ValueKind::Seq | ValueKind::Iterable => "<class 'list'>",
        ValueKind::Map => "<class 'dict'>",
        _ => "<class 'object'>",
    }
}

/// While the project is read, every reference stands for the node itself.
fn own_relation(scope: &Scope) -> Relation {
    let own = scope.context.node.as_ref().and_then(|node| node.this.clone());
    own.unwrap_or_else(|| Relation::new("database", "schema", "relation"))
}
