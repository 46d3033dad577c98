//! Incremental strategies: which there are, and the macro behind each.

use minijinja::{Error, State, Value};

use super::index::md5_text;
use super::{Arguments, Scope, raise};
use crate::diagnostic::{Kind, nearest};
use crate::template::context::arguments::{is_absent, text};
use crate::template::values::{from_plain, list, to_text};

/// The strategies that DuckDB can do.
const VALID: [&str; 4] = ["append", "delete+insert", "merge", "microbatch"];
/// The strategies that dbt has macros for; one that is here and not in [`VALID`] is refused.
const BUILT_IN: [&str; 5] = ["append", "delete+insert", "merge", "insert_overwrite", "microbatch"];

/// `valid_incremental_strategies()`.
pub(super) fn valid_incremental_strategies(
    _: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    arguments.bind([])?;
    Ok(list(VALID.into_iter().map(Value::from).collect()))
}

/// `builtin_incremental_strategies()`.
pub(super) fn builtin_incremental_strategies(
    _: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    arguments.bind([])?;
    Ok(list(BUILT_IN.into_iter().map(Value::from).collect()))
}

/// `get_incremental_strategy_macro(context, strategy)`: the macro `get_incremental_<strategy>_sql`, the user's own included.
pub(super) fn get_incremental_strategy_macro(
    scope: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [context, strategy] = arguments.bind(["model_context", "strategy"])?;
    let strategy =
        if is_absent(&strategy) { "default".to_owned() } else { text(arguments.function(), "strategy", &strategy)? };
    if BUILT_IN.contains(&strategy.as_str()) && !VALID.contains(&strategy.as_str()) {
        let message = format!("The incremental strategy '{strategy}' is not valid for this adapter");
        return Err(raise::of_kind(Kind::Runtime, "E0624", message));
    }
    let name = format!("get_incremental_{}_sql", strategy.replace('+', "_"));
    let found = context.get_item(&Value::from(name.as_str()))?;
    if !is_absent(&found) {
        return Ok(found);
    }
    let project = &scope.context.invocation.project_name;
    let hint = nearest(&strategy, VALID).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Err(raise::compilation(format!(
        "dbt could not find an incremental strategy macro with the name \"{name}\" in {project}{hint}"
    )))
}

/// `batch_id_for_model(model)`: a name part for one batch of a microbatch model; empty for other models.
pub(super) fn batch_id_for_model(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let model = arguments.one("model")?;
    let start = model.get_attr("batch").and_then(|batch| batch.get_attr("event_time_start")).unwrap_or_default();
    if is_absent(&start) {
        return Ok(Value::from(""));
    }
    Ok(Value::from(to_text(&start).chars().filter(char::is_ascii_digit).collect::<String>()))
}

/// `get_temp_relation_path(model, batch_id='')`: where a temporary table is, in databases that have none of their own.
pub(super) fn get_temp_relation_path(
    scope: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [model, batch] = arguments.bind(["model", "batch_id?"])?;
    let part = |name: &str| model.get_attr(name).ok().filter(|value| !is_absent(value)).map(|value| to_text(&value));
    let identifier = part("identifier").or_else(|| part("alias")).or_else(|| part("name")).unwrap_or_default();
    // One name per model and invocation, without a source of randomness.
    let unique = md5_text(&format!("{}:{identifier}", scope.context.invocation.invocation_id));
    let unique = &unique[..12];
    let mut identifier = format!("{identifier}__{unique}");
    if batch.is_true() {
        identifier = format!("{identifier}__{}", to_text(&batch));
    }
    let meta = model.get_attr("config").and_then(|config| config.get_attr("meta")).unwrap_or_default();
    let schema = meta.get_attr("temp_schema_name").ok().filter(|name| !is_absent(name));
    let schema = schema.map_or_else(|| "dbt_temp".to_owned(), |name| to_text(&name));
    Ok(from_plain(&serde_json::json!({
        "database": part("database"),
        "schema": schema,
        "identifier": identifier,
    })))
}
