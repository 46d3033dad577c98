//! `catalog.json`, schema v1: what the database has of the project's relations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use super::{ArtifactError, Stamp, write_json};
use crate::manifest::Manifest;
use crate::resource::{Map, Relation, UniqueId};

/// One column of a relation in the database, as the macro `get_catalog` tells it.
#[derive(Clone, Debug, Default)]
pub struct CatalogColumn {
    /// Database, schema and name of the relation.
    pub relation: [String; 3],
    /// `BASE TABLE`, `VIEW` …
    pub kind: Value,
    /// The relation's comment.
    pub comment: Value,
    /// Who owns the relation.
    pub owner: Value,
    /// The column's name.
    pub name: String,
    /// Its place, from 1.
    pub index: i64,
    /// Its type.
    pub data_type: Value,
    /// Its comment.
    pub column_comment: Value,
}

/// Names are told apart without case, as the database does.
type Key = [String; 3];

/// Writes the catalog of those of a project's relations that are wanted and in `columns`.
///
/// # Errors
/// When the file cannot be written.
pub fn write_catalog(
    path: &Path,
    stamp: &Stamp,
    (manifest, wanted): (&Manifest, &BTreeSet<UniqueId>),
    columns: &[CatalogColumn],
    errors: &[String],
) -> Result<(), ArtifactError> {
    let tables = tables(columns);
    let mut nodes = Map::new();
    let mut sources = Map::new();
    let relational = manifest.nodes.values().filter(|node| wanted.contains(&node.unique_id));
    for node in relational {
        if let Some(table) = node.relation.as_ref().and_then(|relation| tables.get(&key(relation)?)) {
            nodes.insert(node.unique_id.to_string(), entry(table, &node.unique_id));
        }
    }
    for source in manifest.sources.values().filter(|source| wanted.contains(&source.unique_id)) {
        if let Some(table) = key(&source.relation).and_then(|key| tables.get(&key)) {
            sources.insert(source.unique_id.to_string(), entry(table, &source.unique_id));
        }
    }
    let errors = if errors.is_empty() { Value::Null } else { json!(errors) };
    let file = json!({
        "metadata": stamp.metadata("catalog/v1"),
        "nodes": nodes,
        "sources": sources,
        "errors": errors,
    });
    write_json(path, &file)
}

fn key(relation: &Relation) -> Option<Key> {
    let [database, schema, name] = [&relation.database, &relation.schema, &relation.identifier];
    Some([database.as_ref()?, schema.as_ref()?, name.as_ref()?].map(|part| part.to_lowercase()))
}

fn tables(columns: &[CatalogColumn]) -> BTreeMap<Key, Vec<&CatalogColumn>> {
    let mut tables: BTreeMap<Key, Vec<&CatalogColumn>> = BTreeMap::new();
    for column in columns {
        tables.entry(column.relation.clone().map(|part| part.to_lowercase())).or_default().push(column);
    }
    for columns in tables.values_mut() {
        columns.sort_by_key(|column| column.index);
    }
    tables
}

fn entry(columns: &[&CatalogColumn], id: &UniqueId) -> Value {
    let described: Map = columns
        .iter()
        .map(|column| {
            let about = json!({
                "type": column.data_type,
                "index": column.index,
                "name": column.name,
                "comment": column.column_comment,
            });
            (column.name.clone(), about)
        })
        .collect();
    let metadata = columns.first().map(|column| {
        let [database, schema, name] = &column.relation;
        json!({
            "type": column.kind,
            "schema": schema,
            "name": name,
            "database": database,
            "comment": column.comment,
            "owner": column.owner,
        })
    });
    json!({
        "metadata": metadata,
        "columns": described,
        "stats": {
            "has_stats": {
                "id": "has_stats",
                "label": "Has Stats?",
                "value": false,
                "include": false,
                "description": "Indicates whether there are statistics for this table",
            },
        },
        "unique_id": id.as_str(),
    })
}
