//! Semantic models, metrics and saved queries as dictionaries.

use serde_json::json;

use super::refs;
use crate::resource::{Map, MetricCall, ResourceType, SemanticNode, UniqueId, Value};

/// Returns a semantic model, a metric or a saved query as its dictionary.
pub fn semantic(node: &SemanticNode, depends_on: &[UniqueId]) -> Value {
    let mut map = object(json!({
        "name": node.name,
        "resource_type": node.resource_type.as_str(),
        "package_name": node.package,
        "path": node.path,
        "original_file_path": node.original_file_path,
        "unique_id": node.unique_id.as_str(),
        "fqn": node.fqn,
        "description": node.description,
        "label": node.label,
    }));
    map.extend(node.body.clone());
    match node.resource_type {
        ResourceType::Metric => map.extend(object(json!({"meta": node.meta, "tags": node.tags}))),
        ResourceType::SavedQuery => map.extend(object(json!({"tags": node.tags}))),
        _ => {}
    }
    map.extend(object(json!({
        "config": node.config.0,
        "unrendered_config": node.unrendered_config,
        "depends_on": {"macros": [], "nodes": super::ids(depends_on)},
        "refs": refs(&node.refs),
        "group": node.group,
    })));
    if node.resource_type == ResourceType::Metric {
        map.extend(object(json!({"sources": [], "metrics": calls(&node.metrics)})));
    }
    Value::Object(map)
}

/// Returns named metrics as dbt writes them: `[name]` or `[package, name]`.
pub(super) fn calls(metrics: &[MetricCall]) -> Vec<Vec<&str>> {
    fn parts(call: &MetricCall) -> Vec<&str> {
        call.package.as_deref().into_iter().chain([call.name.as_str()]).collect()
    }
    metrics.iter().map(parts).collect()
}

fn object(value: Value) -> Map {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
