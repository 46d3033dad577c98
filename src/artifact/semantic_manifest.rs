//! `semantic_manifest.json`: what query engines of metrics read.

use std::path::Path;

use serde_json::{Value, json};

use super::{ArtifactError, write_json};
use crate::manifest::{Manifest, TimeSpine};
use crate::resource::{Detail, Map, Node, Relation, ResourceType, SemanticNode};

/// Writes `semantic_manifest.json` into a folder.
///
/// # Errors
/// When the file cannot be written.
pub fn write_semantic_manifest(folder: &Path, manifest: &Manifest) -> Result<(), ArtifactError> {
    let of = |kind: ResourceType, shape: fn(&SemanticNode) -> Value| -> Vec<Value> {
        manifest.semantic_of(kind).map(shape).collect()
    };
    let value = json!({
        "semantic_models": of(ResourceType::SemanticModel, semantic_model),
        "metrics": of(ResourceType::Metric, metric),
        "project_configuration": project_configuration(manifest),
        "saved_queries": of(ResourceType::SavedQuery, saved_query),
    });
    write_json(&folder.join("semantic_manifest.json"), &value)
}

fn semantic_model(node: &SemanticNode) -> Value {
    let part = |section: &str| -> Vec<Value> {
        let parts = node.body.get(section).and_then(Value::as_array);
        parts.into_iter().flatten().map(|part| with(part, "metadata", Value::Null)).collect()
    };
    json!({
        "name": node.name,
        "defaults": node.body.get("defaults"),
        "description": node.description,
        "node_relation": node.body.get("node_relation"),
        "primary_entity": node.body.get("primary_entity"),
        "entities": part("entities"),
        "measures": part("measures"),
        "dimensions": part("dimensions"),
        "label": node.label,
        "metadata": null,
        "config": meta_of(node),
    })
}

fn metric(node: &SemanticNode) -> Value {
    let mut params = node.body.get("type_params").and_then(Value::as_object).cloned().unwrap_or_default();
    // What newer languages of metrics have is not in this file.
    params.shift_remove("metric_aggregation_params");
    if let Some(Value::Object(own)) = params.get_mut("cumulative_type_params") {
        own.shift_remove("metric");
        lower(own, "grain_to_date");
    }
    for input in params.get_mut("metrics").and_then(Value::as_array_mut).into_iter().flatten() {
        input.as_object_mut().into_iter().for_each(|input| lower(input, "offset_to_grain"));
    }
    json!({
        "name": node.name,
        "description": node.description,
        "type": node.body.get("type"),
        "type_params": params,
        "filter": node.body.get("filter"),
        "metadata": null,
        "label": node.label,
        "config": meta_of(node),
        "time_granularity": node.body.get("time_granularity"),
    })
}

/// Of the configuration only `meta` is told.
fn meta_of(node: &SemanticNode) -> Value {
    json!({"meta": node.config.map("meta").cloned().unwrap_or_default()})
}

fn with(value: &Value, key: &str, added: Value) -> Value {
    let mut map = value.as_object().cloned().unwrap_or_default();
    map.insert(key.into(), added);
    Value::Object(map)
}

fn lower(map: &mut Map, key: &str) {
    if let Some(Value::String(text)) = map.get_mut(key) {
        *text = text.to_lowercase();
    }
}

fn saved_query(node: &SemanticNode) -> Value {
    let export = |export: &Value| {
        let config = export.get("config");
        let part = |key: &str| config.and_then(|config| config.get(key));
        json!({
            "name": export.get("name"),
            "config": {"export_as": part("export_as"), "schema_name": part("schema_name"), "alias": part("alias")},
        })
    };
    let exports = node.body.get("exports").and_then(Value::as_array);
    json!({
        "name": node.name,
        "query_params": node.body.get("query_params"),
        "description": node.description,
        "metadata": null,
        "label": node.label,
        "exports": exports.into_iter().flatten().map(export).collect::<Vec<_>>(),
        "tags": node.tags,
    })
}

fn project_configuration(manifest: &Manifest) -> Value {
    // A model that is a time spine by its name alone counts days in this column.
    let legacy = manifest.legacy_time_spine().filter(|node| !is_declared(node));
    let legacy = legacy.map(|node| json!({"location": relation_name(node), "column_name": "date_day", "grain": "day"}));
    json!({
        "time_spine_table_configurations": legacy.into_iter().collect::<Vec<_>>(),
        "metadata": null,
        "dsi_package_version": {"major_version": "0", "minor_version": "9", "patch_version": "0"},
        "time_spines": manifest.time_spines().map(|spine| time_spine(&spine)).collect::<Vec<_>>(),
    })
}

fn time_spine(spine: &TimeSpine<'_>) -> Value {
    let node = spine.node;
    json!({
        "node_relation": {
            "alias": node.alias,
            "schema_name": node.schema,
            "database": node.database,
            "relation_name": relation_name(node),
        },
        "primary_column": {"name": spine.column, "time_granularity": spine.granularity.to_lowercase()},
        "custom_granularities": spine.custom,
    })
}

fn is_declared(node: &Node) -> bool {
    matches!(&node.detail, Detail::Model(model) if model.time_spine.is_some())
}

fn relation_name(node: &Node) -> Option<String> {
    node.relation.as_ref().map(Relation::render)
}
