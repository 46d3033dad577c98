//! Whether a resource is what it was, aspect by aspect, by the rules of dbt.

use crate::resource::{Map, Value};

/// An aspect that `state:modified.…` asks for alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aspect {
    Body,
    Configs,
    PersistedDescriptions,
    Relation,
}

/// Configs that are part of the relation or of the organisation, and no change of the configuration.
const NOT_COMPARED: [&str; 5] = ["alias", "schema", "database", "tags", "group"];

/// The configs of data tests that count.
const TEST_CONFIGS: [&str; 8] =
    ["severity", "where", "limit", "fail_calc", "warn_if", "error_if", "store_failures", "store_failures_as"];

/// Compares JSON values; numbers by their values.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

/// Compares a key of two resources; an absent one is null.
pub(super) fn same_key(new: &Map, old: &Map, key: &str) -> bool {
    same(new.get(key).unwrap_or(&Value::Null), old.get(key).unwrap_or(&Value::Null))
}

/// Returns whether a node is the same in one aspect; seeds and tests have their own ideas of it.
pub(super) fn same_aspect(new: &Map, old: &Map, aspect: Aspect) -> bool {
    match aspect {
        Aspect::Body if text(new, "resource_type") == "seed" => same_key(new, old, "checksum"),
        Aspect::Body => same_key(new, old, "raw_code"),
        Aspect::Configs => same_config(new, old),
        Aspect::PersistedDescriptions => same_persisted(new, old),
        Aspect::Relation if text(new, "resource_type") == "source" => {
            ["database", "schema", "identifier"].iter().all(|key| same_key(new, old, key))
        }
        Aspect::Relation => {
            let empty = Map::new();
            let (new, old) = (map(new, "unrendered_config", &empty), map(old, "unrendered_config", &empty));
            ["database", "schema", "alias"].iter().all(|key| same_key(new, old, key))
        }
    }
}

/// Returns whether a node is the same altogether, its contract apart.
pub(super) fn same_node(new: &Map, old: &Map) -> bool {
    let is_generic_test = new.get("test_metadata").is_some_and(|metadata| !metadata.is_null());
    if is_generic_test {
        return same_config(new, old) && same_key(new, old, "fqn");
    }
    let aspects = [Aspect::Body, Aspect::Configs, Aspect::PersistedDescriptions, Aspect::Relation];
    aspects.iter().all(|aspect| same_aspect(new, old, *aspect))
        && same_key(new, old, "fqn")
        && (text(new, "resource_type") != "model" || same_reference(new, old))
        && ["arguments", "returns"].iter().all(|key| same_key(new, old, key))
}

/// What refs to a model depend on.
fn same_reference(new: &Map, old: &Map) -> bool {
    // Older manifests do not tell the access; it was the default then.
    let access = |map: &Map| map.get("access").cloned().unwrap_or_else(|| "protected".into());
    access(new) == access(old) && ["latest_version", "deprecation_date"].iter().all(|key| same_key(new, old, key))
}

/// Returns whether a source is the same.
///
/// The database and schema are compared as configured when the project asks for it, else as they came out.
pub(super) fn same_source(new: &Map, old: &Map, unrendered: bool) -> bool {
    let place = if unrendered { ["unrendered_database", "unrendered_schema"] } else { ["database", "schema"] };
    let keys = ["identifier", "fqn", "quoting", "freshness", "loaded_at_field"];
    place.iter().chain(&keys).all(|key| same_key(new, old, key)) && same_config(new, old) && same_external(new, old)
}

fn same_external(new: &Map, old: &Map) -> bool {
    let external = |map: &Map| map.get("external").filter(|value| !value.is_null()).cloned();
    match (external(new), external(old)) {
        (Some(new), Some(old)) => same(&without_nulls(&new), &without_nulls(&old)),
        (new, old) => new.is_none() && old.is_none(),
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        other => other.clone(),
    }
}

/// Returns whether an exposure is the same.
pub(super) fn same_exposure(new: &Map, old: &Map) -> bool {
    let keys = ["fqn", "type", "owner", "maturity", "url", "description", "label"];
    let nodes = |map: &Map| {
        let nodes = map.get("depends_on").and_then(|on| on.get("nodes")).and_then(Value::as_array).cloned();
        let mut nodes: Vec<String> = nodes.iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        nodes.sort();
        nodes
    };
    keys.iter().all(|key| same_key(new, old, key)) && nodes(new) == nodes(old) && same_config(new, old)
}

/// Returns whether a semantic model, a metric or a saved query is the same.
pub(super) fn same_semantic(new: &Map, old: &Map) -> bool {
    let keys: &[&str] = match text(new, "resource_type") {
        "semantic_model" => &[
            "model",
            "description",
            "defaults",
            "entities",
            "dimensions",
            "measures",
            "config",
            "primary_entity",
            "group",
        ],
        // As in dbt, what a metric is made of and its condition are not looked at.
        "metric" => &["type", "description", "label"],
        _ => &["description", "label", "config", "group", "tags"],
    };
    let rest = match text(new, "resource_type") {
        "metric" => same_config(new, old),
        "saved_query" => same_query(new, old) && exports(new) == exports(old),
        _ => true,
    };
    rest && keys.iter().all(|key| same_key(new, old, key))
}

/// As in dbt, the order and the number of rows of a saved query are not looked at.
fn same_query(new: &Map, old: &Map) -> bool {
    let empty = Map::new();
    let (new, old) = (map(new, "query_params", &empty), map(old, "query_params", &empty));
    ["metrics", "group_by", "where"].iter().all(|key| same_key(new, old, key))
}

/// Returns of each export what counts: its name, and what was written as its configuration.
fn exports(query: &Map) -> Vec<Vec<Option<&Value>>> {
    let exports = query.get("exports").and_then(Value::as_array);
    let shown = exports.into_iter().flatten().map(|export| {
        let written = export.get("unrendered_config");
        let keys = ["export_as", "schema", "alias"].into_iter();
        let config = keys.map(|key| written.and_then(|written| written.get(key)));
        std::iter::once(export.get("name")).chain(config).collect()
    });
    shown.collect()
}

/// Compares what was written as configuration, not what came of it.
fn same_config(new: &Map, old: &Map) -> bool {
    let empty = Map::new();
    let is_test = text(new, "resource_type") == "test";
    let (new, old) = (map(new, "unrendered_config", &empty), map(old, "unrendered_config", &empty));
    let is_compared = |key: &str| if is_test { TEST_CONFIGS.contains(&key) } else { !NOT_COMPARED.contains(&key) };
    // A key that is set to null differs from one that is not set.
    new.keys().chain(old.keys()).filter(|key| is_compared(key)).all(|key| match (new.get(key), old.get(key)) {
        (Some(new), Some(old)) => same(new, old),
        (new, old) => new.is_none() && old.is_none(),
    })
}

/// Descriptions count when they are written into the database.
fn same_persisted(new: &Map, old: &Map) -> bool {
    let is_persisted = |key: &str| {
        let value = new.get("config").and_then(|config| config.get("persist_docs")).and_then(|docs| docs.get(key));
        value.is_some_and(|value| value.as_bool().unwrap_or(!value.is_null()))
    };
    let columns = |map: &Map| -> Vec<(String, Value)> {
        let columns = map.get("columns").and_then(Value::as_object);
        let mut described: Vec<(String, Value)> = columns
            .into_iter()
            .flatten()
            .map(|(name, column)| (name.clone(), column.get("description").cloned().unwrap_or_default()))
            .collect();
        described.sort_by(|one, other| one.0.cmp(&other.0));
        described
    };
    (!is_persisted("relation") || same_key(new, old, "description"))
        && (!is_persisted("columns") || columns(new) == columns(old))
}

/// Returns a text; empty when there is none.
pub(super) fn text<'a>(map: &'a Map, key: &str) -> &'a str {
    map.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn map<'a>(of: &'a Map, key: &str, empty: &'a Map) -> &'a Map {
    of.get(key).and_then(Value::as_object).unwrap_or(empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Aspect, same_aspect, same_node};
    use crate::resource::Map;

    fn node(more: serde_json::Value) -> Map {
        let mut map = json!({
            "resource_type": "model", "raw_code": "select 1", "fqn": ["p", "a"], "description": "", "columns": {},
            "config": {}, "unrendered_config": {}, "access": "protected", "latest_version": null,
        });
        map.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        map.as_object().unwrap().clone()
    }

    #[test]
    fn what_counts_as_a_change_of_a_model() {
        let old = node(json!({}));
        let cases = [
            (json!({}), true),
            (json!({"raw_code": "select 2"}), false),
            (json!({"description": "new"}), true),
            (json!({"description": "new", "config": {"persist_docs": {"relation": true}}}), false),
            (json!({"unrendered_config": {"materialized": "table"}}), false),
            (json!({"unrendered_config": {"tags": ["x"], "group": "g"}}), true),
            (json!({"unrendered_config": {"schema": "x"}}), false),
            (json!({"config": {"schema": "x"}, "schema": "x"}), true),
            (json!({"unrendered_config": {"meta": null}}), false),
            (json!({"access": "public"}), false),
            (json!({"latest_version": 2}), false),
            (json!({"fqn": ["p", "b", "a"]}), false),
        ];
        for (change, expected) in cases {
            assert_eq!(same_node(&node(change.clone()), &old), expected, "{change}");
        }
    }

    #[test]
    fn a_generic_test_changes_with_its_own_settings_only() {
        let test =
            |more| node(json!({"resource_type": "test", "test_metadata": {"name": "x"}, "unrendered_config": more}));
        assert!(same_node(&test(json!({"enabled": true})), &test(json!({}))));
        assert!(!same_node(&test(json!({"severity": "warn"})), &test(json!({}))));
    }

    #[test]
    fn a_seed_changes_with_its_checksum() {
        let seed = |checksum: &str| {
            node(json!({"resource_type": "seed", "checksum": {"name": "sha256", "checksum": checksum}}))
        };
        assert!(same_aspect(&seed("1"), &seed("1"), Aspect::Body));
        assert!(!same_aspect(&seed("1"), &seed("2"), Aspect::Body));
    }
}
