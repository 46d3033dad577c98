//! `model`: the node's dictionary as dbt hands it to templates, that is without what is not set.

use chrono::{DateTime as DateTimeUtc, Utc};
use minijinja::Value;

use super::NodeView;
use crate::resource::{Map, NodeConfig, Value as Plain, read_moment};
use crate::template::python::datetime_value;
use crate::template::values::datetime::DateTime;
use crate::template::values::{Dict, dict, from_plain};

/// Settings that dbt knows and leaves out when they are none; a user's own setting stays, none or not.
const OPTIONAL_SETTINGS: [&str; 30] = [
    "access",
    "alias",
    "batch_size",
    "begin",
    "check_cols",
    "concurrent_batches",
    "database",
    "dbt_valid_to_current",
    "delimiter",
    "event_time",
    "freshness",
    "full_refresh",
    "group",
    "hard_deletes",
    "incremental_strategy",
    "invalidate_hard_deletes",
    "limit",
    "loaded_at_field",
    "loaded_at_query",
    "quote_columns",
    "schema",
    "static_analysis",
    "store_failures",
    "store_failures_as",
    "strategy",
    "target_database",
    "target_schema",
    "unique_key",
    "updated_at",
    "where",
];

/// Makes the value of `model`, which was read at that time. Its compiled code has an older name too.
pub(super) fn view(node: &NodeView, read_at: DateTimeUtc<Utc>) -> Value {
    let mut model = (node.model)();
    if let Plain::Object(map) = &mut model {
        if let Some(code) = map.get("compiled_code").cloned() {
            map.insert("compiled_sql".to_owned(), code);
        }
        map.insert("created_at".to_owned(), seconds(read_at).into());
        without_unset(map);
    }
    let value = from_plain(&model);
    if is_microbatch(&node.config) {
        let config = value.get_attr("config").unwrap_or_default();
        for name in ["begin", BATCH_START, BATCH_END] {
            if let Some(moment) = moment(node, name) {
                set(&config, name, moment);
            }
        }
    }
    if let Some(batch) = &node.batch {
        let of = |name: &str, value: Value| (Value::from(name), value);
        let bounds = [("event_time_start", batch.window.start), ("event_time_end", batch.window.end)];
        let bounds = bounds.map(|(name, moment)| of(name, datetime_value(moment)));
        set(&value, "batch", dict(std::iter::once(of("id", Value::from(batch.id()))).chain(bounds)));
    }
    value
}

/// A moment as dbt counts it: seconds, with fractions.
#[expect(clippy::cast_precision_loss, reason = "microseconds of our age fit into a float")]
pub(super) fn seconds(moment: DateTimeUtc<Utc>) -> f64 {
    moment.timestamp_micros() as f64 / 1e6
}

/// The settings under which a batch's window stood before `model.batch` came.
const BATCH_START: &str = "__dbt_internal_microbatch_event_time_start";
const BATCH_END: &str = "__dbt_internal_microbatch_event_time_end";

fn is_microbatch(config: &NodeConfig) -> bool {
    config.materialized() == "incremental" && config.text("incremental_strategy") == Some("microbatch")
}

/// Returns a setting of a microbatch model that templates see as a moment.
pub(super) fn moment(node: &NodeView, name: &str) -> Option<Value> {
    let window = node.batch.as_ref().map(|batch| batch.window);
    match name {
        BATCH_START => Some(datetime_value(window?.start)),
        BATCH_END => Some(datetime_value(window?.end)),
        "begin" if is_microbatch(&node.config) => {
            let begin = read_moment(node.config.text("begin")?)?;
            Some(Value::from_object(DateTime::new(begin.naive_utc(), None)))
        }
        _ => None,
    }
}

fn set(target: &Value, name: &str, value: Value) {
    if let Some(dict) = target.downcast_object_ref::<Dict>() {
        dict.set(Value::from(name), value);
    }
}

/// Takes out what is not set, where dbt does: not inside of `meta` and other mappings of the user.
fn without_unset(model: &mut Map) {
    model.retain(|_, value| !value.is_null());
    if let Some(config) = inner(model, "config") {
        config.retain(|name, value| !value.is_null() || !OPTIONAL_SETTINGS.contains(&name.as_str()));
        for name in ["docs", "contract"] {
            inner(config, name).into_iter().for_each(prune);
        }
    }
    for name in ["docs", "contract"] {
        inner(model, name).into_iter().for_each(prune);
    }
    prune_constraints(model);
    let refs = model.get_mut("refs").and_then(Plain::as_array_mut).into_iter().flatten();
    refs.filter_map(Plain::as_object_mut).for_each(prune);
    for column in inner(model, "columns").into_iter().flat_map(Map::values_mut) {
        if let Plain::Object(column) = column {
            prune(column);
            prune_constraints(column);
        }
    }
}

fn inner<'a>(map: &'a mut Map, name: &str) -> Option<&'a mut Map> {
    map.get_mut(name).and_then(Plain::as_object_mut)
}

fn prune(map: &mut Map) {
    map.retain(|_, value| !value.is_null());
}

fn prune_constraints(map: &mut Map) {
    let constraints = map.get_mut("constraints").and_then(Plain::as_array_mut).into_iter().flatten();
    constraints.filter_map(Plain::as_object_mut).for_each(prune);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Plain, json};

    use super::without_unset;

    #[test]
    fn what_is_not_set_is_left_out_but_a_users_own_none_stays() {
        let mut model = json!({
            "name": "m", "patch_path": null, "meta": {"k": null}, "docs": {"show": true, "node_color": null},
            "config": {"unique_key": null, "custom": null, "docs": {"show": true, "node_color": null}},
            "columns": {"id": {"name": "id", "quote": null, "constraints": [{"type": "not_null", "name": null}]}},
        });
        let Plain::Object(map) = &mut model else { panic!("an object was written") };
        without_unset(map);
        let expected = json!({
            "name": "m", "meta": {"k": null}, "docs": {"show": true},
            "config": {"custom": null, "docs": {"show": true}},
            "columns": {"id": {"name": "id", "constraints": [{"type": "not_null"}]}},
        });
        assert_eq!(model, expected);
    }
}
