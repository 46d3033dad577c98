//! `config`: while the project is read it takes a node's configuration, afterwards it tells it.

use minijinja::{Error, State, Value};

use super::arguments::{is_absent, or_none, text};
use super::callable::{Member, Scope, Shape};
use super::{model, raise};
use crate::resource::{Map, Value as Plain};
use crate::template::arguments::Arguments;
use crate::template::values::{from_plain, to_plain, to_text};

/// `config(…)`, `config.get`, `config.require` …
pub(super) const CONFIG: Shape = Shape {
    name: "config",
    functions: &[
        Member::new("get", get),
        Member::new("require", require),
        Member::new("meta_get", meta_get),
        Member::new("meta_require", meta_require),
        Member::new("set", set),
        Member::new("persist_relation_docs", persist_relation_docs),
        Member::new("persist_column_docs", persist_column_docs),
    ],
    call: Some(config),
    ..Shape::EMPTY
};

/// Settings that several `config()` calls of one file add up.
const APPENDED: [&str; 4] = ["pre-hook", "post-hook", "tags", "packages"];
/// Settings that several `config()` calls of one file merge by key.
const MERGED: [&str; 6] = ["quoting", "column_types", "meta", "docs", "contract", "snapshot_meta_column_names"];
/// Settings that dbt always knows: a default given to `config.get` does not replace their own, which is none.
const KNOWN: [&str; 14] = [
    "alias",
    "schema",
    "database",
    "group",
    "static_analysis",
    "incremental_strategy",
    "batch_size",
    "begin",
    "full_refresh",
    "unique_key",
    "event_time",
    "concurrent_batches",
    "where",
    "limit",
];

fn config(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let given = match (arguments.positional(), arguments.keywords()) {
        ([options], []) => match to_plain(options) {
            Plain::Object(map) => map,
            _ => return Err(invalid_call()),
        },
        ([], keywords @ [_, ..]) => keywords.iter().map(|(name, value)| (name.clone(), to_plain(value))).collect(),
        _ => return Err(invalid_call()),
    };
    take(scope, given)
}

fn invalid_call() -> Error {
    raise::compilation("Invalid inline model config: config() takes keyword arguments, or one mapping")
}

fn set(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [name, value] = arguments.bind(["name", "value"])?;
    let name = text("config.set", "name", &name)?;
    take(scope, std::iter::once((name, to_plain(&value))).collect())
}

/// Adds settings to the record; once the project is read they are settled, and calls do nothing.
fn take(scope: &Scope, mut given: Map) -> Result<Value, Error> {
    if !scope.is_parsing() {
        return Ok(Value::from(""));
    }
    for (written, key) in [("pre_hook", "pre-hook"), ("post_hook", "post-hook")] {
        let Some(value) = given.shift_remove(written) else { continue };
        if given.contains_key(key) {
            let message = format!(r#"Invalid config, has conflicting keys "{written}" and "{key}""#);
            return Err(raise::compilation(message));
        }
        given.insert(key.to_owned(), value);
    }
    let mut outcome = Ok(());
    scope.record(|record| {
        if record.config.is_empty() {
            record.config = given;
            return;
        }
        outcome = given.into_iter().try_for_each(|(key, value)| merge(&mut record.config, key, value));
    });
    outcome.map(|()| Value::from(""))
}

fn merge(config: &mut Map, key: String, value: Plain) -> Result<(), Error> {
    if APPENDED.contains(&key.as_str()) {
        let mut items = config.shift_remove(&key).map_or_else(Vec::new, listed);
        items.extend(listed(value));
        config.insert(key, Plain::Array(items));
    } else if key == "grants" || MERGED.contains(&key.as_str()) {
        let Plain::Object(new) = value else {
            return Err(raise::compilation(format!("the config `{key}` must be a mapping")));
        };
        let Some(Plain::Object(known)) = config.get_mut(&key) else {
            config.insert(key, Plain::Object(new));
            return Ok(());
        };
        if key == "grants" {
            merge_grants(known, new);
        } else {
            known.extend(new);
        }
    } else {
        config.insert(key, value);
    }
    Ok(())
}

/// Merges grants: a privilege written with `+` adds grantees to the same one, one without replaces them. The `+` stays, because
/// the project file's grants are merged below it later.
fn merge_grants(known: &mut Map, new: Map) {
    for (privilege, grantees) in new {
        let mut all = match known.shift_remove(&privilege) {
            Some(before) if privilege.starts_with('+') => listed(before),
            _ => Vec::new(),
        };
        all.extend(listed(grantees));
        known.insert(privilege, Plain::Array(all));
    }
}

fn listed(value: Plain) -> Vec<Plain> {
    match value {
        Plain::Array(items) => items,
        single => vec![single],
    }
}

fn get(scope: &Scope, state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    optional(scope, state, arguments, setting)
}

fn meta_get(scope: &Scope, state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    optional(scope, state, arguments, meta)
}

fn require(scope: &Scope, state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    required(scope, state, arguments, setting)
}

fn meta_require(scope: &Scope, state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    required(scope, state, arguments, meta)
}

type Find = fn(&Scope, &str) -> Option<Value>;

fn optional(scope: &Scope, state: &mut State<'_, '_>, arguments: &Arguments<'_>, find: Find) -> Result<Value, Error> {
    let [name, default, validator] = arguments.bind(["name", "default?", "validator?"])?;
    if scope.is_parsing() {
        return Ok(Value::from(""));
    }
    let name = text(arguments.function(), "name", &name)?;
    let value = find(scope, &name).unwrap_or_else(|| or_none(default.clone()));
    if !is_absent(&default) {
        validate(state, &validator, &value)?;
    }
    Ok(value)
}

fn required(scope: &Scope, state: &mut State<'_, '_>, arguments: &Arguments<'_>, find: Find) -> Result<Value, Error> {
    let [name, validator] = arguments.bind(["name", "validator?"])?;
    if scope.is_parsing() {
        return Ok(Value::from(""));
    }
    let name = text(arguments.function(), "name", &name)?;
    let value = find(scope, &name).ok_or_else(|| raise::compilation(missing(scope, &name)))?;
    validate(state, &validator, &value)?;
    Ok(value)
}

fn missing(scope: &Scope, name: &str) -> String {
    let model = scope.context.node.as_ref().map(|node| (node.model)());
    let id = model.as_ref().and_then(|model| model.get("unique_id")?.as_str()).unwrap_or_default();
    missing_config(id, name)
}

/// The words for a setting that a node needs and does not have.
pub(super) fn missing_config(unique_id: &str, name: &str) -> String {
    format!("Model '{unique_id}' does not define a required config parameter '{name}'.")
}

fn validate(state: &mut State<'_, '_>, validator: &Value, value: &Value) -> Result<(), Error> {
    if is_absent(validator) {
        return Ok(());
    }
    validator.call(state, std::slice::from_ref(value)).map(drop)
}

/// Finds a setting; none and "not set" differ only in that a default replaces the latter.
fn setting(scope: &Scope, name: &str) -> Option<Value> {
    let node = scope.context.node.as_ref()?;
    let key = match name {
        "pre_hook" => "pre-hook",
        "post_hook" => "post-hook",
        other => other,
    };
    if let Some(moment) = model::moment(node, key) {
        return Some(moment);
    }
    match node.config.0.get(key) {
        Some(value) => Some(from_plain(value)),
        None if KNOWN.contains(&key) => Some(Value::from(())),
        None => {
            if node.config.map("meta").is_some_and(|meta| meta.contains_key(key)) {
                let message = format!(
                    "[WARNING]: The key '{key}' was not found using config.get('{key}'), but is set under `meta`: \
                     use config.meta_get('{key}')"
                );
                (scope.context.invocation.log)(&message, super::Saying::Info);
            }
            None
        }
    }
}

fn meta(scope: &Scope, name: &str) -> Option<Value> {
    scope.context.node.as_ref()?.config.map("meta")?.get(name).map(from_plain)
}

fn persist_relation_docs(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.bind([])?;
    persist_docs(scope, "relation")
}

fn persist_column_docs(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.bind([])?;
    persist_docs(scope, "columns")
}

fn persist_docs(scope: &Scope, key: &str) -> Result<Value, Error> {
    let Some(node) = scope.context.node.as_ref().filter(|_| !scope.is_parsing()) else {
        return Ok(Value::from(false));
    };
    match node.config.value("persist_docs") {
        None => Ok(Value::from(false)),
        Some(Plain::Object(map)) => Ok(map.get(key).map_or_else(|| Value::from(false), from_plain)),
        Some(other) => {
            let written = to_text(&from_plain(other));
            Err(raise::compilation(format!("the config `persist_docs` must be a mapping, not `{written}`")))
        }
    }
}

/// `validation.any(…)`: makes a check that a value is one of those given.
pub(super) const VALIDATION: Shape =
    Shape { name: "validation", functions: &[Member::new("any", any)], ..Shape::EMPTY };

#[expect(clippy::unnecessary_wraps, reason = "all functions of the context have one type")]
fn any(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let allowed = arguments.positional().to_vec();
    Ok(Value::from_function(move |value: Value| {
        if allowed.contains(&value) {
            return Ok(Value::from(()));
        }
        let list = allowed.iter().map(to_text).collect::<Vec<_>>().join(",");
        Err(raise::compilation(format!("Expected value \"{}\" to be one of {list}", to_text(&value))))
    }))
}
