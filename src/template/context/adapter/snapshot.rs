//! Checks that snapshots ask for.

use minijinja::{Error, State, Value};

use super::columns::{columns_of, name};
use super::{Arguments, Scope, raise, relation};
use crate::template::context::arguments::is_absent;
use crate::template::values::to_text;

/// `valid_snapshot_target(relation, column_names=none)`: fails unless the table has a snapshot's own columns.
pub(super) fn valid_snapshot_target(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [target, names] = arguments.bind(["relation", "column_names?"])?;
    relation(arguments, "relation", &target)?;
    check(scope, state, &target, &wanted(&names, &["dbt_scd_id", "dbt_valid_from", "dbt_valid_to"])?)
}

/// `assert_valid_snapshot_target_given_strategy(relation, column_names, strategy)`: the same, with the column that marks deleted
/// rows when the strategy needs it.
pub(super) fn assert_valid_snapshot_target_given_strategy(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [target, names, strategy] = arguments.bind(["relation", "column_names", "strategy"])?;
    relation(arguments, "relation", &target)?;
    check(scope, state, &target, &wanted(&names, &["dbt_scd_id", "dbt_valid_from", "dbt_valid_to"])?)?;
    let hard_deletes = strategy.get_attr("hard_deletes").unwrap_or_default();
    if hard_deletes.as_str() == Some("new_record") {
        check(scope, state, &target, &wanted(&names, &["dbt_is_deleted"])?)?;
    }
    Ok(Value::from(()))
}

/// Returns the names that the columns go by in this project.
fn wanted(names: &Value, columns: &[&str]) -> Result<Vec<String>, Error> {
    let mut wanted = Vec::new();
    for column in columns {
        if !names.is_true() {
            wanted.push((*column).to_owned());
            continue;
        }
        let renamed = names.get_item(&Value::from(*column))?;
        if !is_absent(&renamed) {
            wanted.push(to_text(&renamed));
        }
    }
    Ok(wanted)
}

fn check(scope: &Scope, state: &mut State<'_, '_>, target: &Value, wanted: &[String]) -> Result<Value, Error> {
    let known: Vec<String> =
        columns_of(scope, state, target)?.iter().map(|column| name(column).to_lowercase()).collect();
    let missing: Vec<&str> =
        wanted.iter().filter(|name| !known.contains(&name.to_lowercase())).map(String::as_str).collect();
    if missing.is_empty() {
        return Ok(Value::from(()));
    }
    let list = missing.join("\", \"");
    Err(raise::compilation(format!(
        "Snapshot target is missing configured columns (missing \"{list}\"). See \
         https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields for more information."
    )))
}

/// `get_hard_deletes_behavior(config)`: `ignore`, `invalidate` or `new_record`, from the setting and its older form.
pub(super) fn get_hard_deletes_behavior(
    _: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let config = arguments.one("config")?;
    let old = config.call_method(state, "get", &[Value::from("invalidate_hard_deletes")])?;
    let new = config.call_method(state, "get", &[Value::from("hard_deletes")])?;
    if !is_absent(&old) && !is_absent(&new) {
        return Err(raise::compilation(
            "You cannot set both the invalidate_hard_deletes and hard_deletes config properties on the same snapshot.",
        ));
    }
    let behavior = match new.as_str() {
        _ if old.is_true() => "invalidate",
        Some(known @ ("invalidate" | "new_record" | "ignore")) => known,
        None if is_absent(&new) => "ignore",
        _ => {
            let given = to_text(&new);
            return Err(raise::compilation(format!(
                "Invalid setting for property hard_deletes. `{given}` is not `ignore`, `invalidate` or `new_record`"
            )));
        }
    };
    Ok(Value::from(behavior))
}
