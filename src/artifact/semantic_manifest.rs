//! `semantic_manifest.json`: what query engines of metrics read.

use std::path::Path;

use serde_json::{Value, json};

use super::{ArtifactError, write_json};
use crate::manifest::Manifest;
use crate::resource::{ResourceType, SemanticNode};

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

fn semantic_model(_node: &SemanticNode) -> Value {
    Value::Null
}

fn metric(_node: &SemanticNode) -> Value {
    Value::Null
}

fn saved_query(_node: &SemanticNode) -> Value {
    Value::Null
}

fn project_configuration(_manifest: &Manifest) -> Value {
    json!({
        "time_spine_table_configurations": [],
        "metadata": null,
        "dsi_package_version": {"major_version": "0", "minor_version": "9", "patch_version": "0"},
        "time_spines": [],
    })
}
