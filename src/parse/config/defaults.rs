//! The configuration that a node has when nothing is said: the keys and values, in order, as dbt's manifest has them.

use serde_json::json;

use crate::resource::{Map, ResourceType, Value};

/// Returns the defaults of a kind.
pub(super) fn defaults(kind: ResourceType) -> Map {
    match kind {
        ResourceType::Model => node("view", &json!({"access": "protected", "freshness": null})),
        ResourceType::Seed => node("seed", &json!({"delimiter": ",", "quote_columns": null})),
        ResourceType::Snapshot => node("snapshot", &snapshot()),
        ResourceType::Test => test(),
        ResourceType::Function => node("function", &function()),
        ResourceType::Source => object(json!({
            "enabled": true, "event_time": null,
            "freshness": {
                "warn_after": {"count": null, "period": null},
                "error_after": {"count": null, "period": null},
                "filter": null,
            },
            "loaded_at_field": null, "loaded_at_query": null, "meta": {}, "tags": [], "static_analysis": null,
        })),
        ResourceType::Exposure => object(json!({"enabled": true, "tags": [], "meta": {}})),
        ResourceType::UnitTest => object(json!({"tags": [], "meta": {}, "enabled": true, "static_analysis": null})),
        ResourceType::Metric | ResourceType::SemanticModel => {
            object(json!({"enabled": true, "group": null, "meta": {}}))
        }
        ResourceType::SavedQuery => object(json!({
            "enabled": true, "group": null, "meta": {}, "export_as": null, "schema": null, "cache": {"enabled": false},
        })),
        ResourceType::Group => object(json!({"meta": {}})),
        _ => node("view", &json!({})),
    }
}

fn object(value: Value) -> Map {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn node(materialized: &str, more: &Value) -> Map {
    let mut map = object(json!({
        "enabled": true, "alias": null, "schema": null, "database": null, "tags": [], "meta": {}, "group": null,
        "static_analysis": null, "materialized": materialized, "incremental_strategy": null, "batch_size": null,
        "lookback": 1, "begin": null, "persist_docs": {}, "post-hook": [], "pre-hook": [], "quoting": {},
        "column_types": {}, "full_refresh": null, "unique_key": null, "on_schema_change": "ignore",
        "on_configuration_change": "apply", "grants": {}, "packages": [], "docs": {"show": true, "node_color": null},
        "contract": {"enforced": false, "alias_types": true}, "event_time": null, "concurrent_batches": null,
    }));
    map.extend(object(more.clone()));
    map
}

fn snapshot() -> Value {
    json!({
        "strategy": null, "target_schema": null, "target_database": null, "updated_at": null, "check_cols": null,
        "snapshot_meta_column_names": {
            "dbt_valid_to": null, "dbt_valid_from": null, "dbt_scd_id": null, "dbt_updated_at": null,
            "dbt_is_deleted": null,
        },
        "dbt_valid_to_current": null,
    })
}

fn function() -> Value {
    json!({"type": "scalar", "volatility": null, "runtime_version": null, "entry_point": null})
}

fn test() -> Map {
    object(json!({
        "enabled": true, "alias": null, "schema": "dbt_test__audit", "database": null, "tags": [], "meta": {},
        "group": null, "static_analysis": null, "materialized": "test", "severity": "ERROR", "store_failures": null,
        "store_failures_as": null, "where": null, "limit": null, "fail_calc": "count(*)", "warn_if": "!= 0",
        "error_if": "!= 0",
    }))
}
