//! Nodes as dictionaries.

use serde_json::json;

use super::{functions, ids, refs, sources, version};
use crate::resource::{
    Column, Constraint, Detail, FunctionArgument, FunctionDetail, Map, ModelDetail, Node, ResourceType, TestDetail,
    UniqueId, Value,
};

/// Returns a node as its dictionary; `depends_on` is what its refs and sources resolve to, empty while parsing.
///
/// What only a run knows (`compiled_code`, `build_path` …) is not in it.
pub fn node(node: &Node, depends_on: &[UniqueId]) -> Map {
    let mut map = Map::new();
    identity(&mut map, node);
    settings(&mut map, node);
    if node.resource_type == ResourceType::Seed {
        insert_all(&mut map, json!({"raw_code": "", "doc_blocks": ids(&node.doc_blocks)}));
        if let Detail::Seed { root_path } = &node.detail {
            map.insert("root_path".into(), root_path.as_str().into());
        }
        map.insert("depends_on".into(), json!({"macros": ids(&node.macros)}));
        map.insert("defer_relation".into(), Value::Null);
        return map;
    }
    insert_all(
        &mut map,
        json!({
            "raw_code": node.raw_code,
            "doc_blocks": ids(&node.doc_blocks),
            "language": node.language,
            "refs": refs(&node.refs),
            "sources": sources(&node.sources),
            "metrics": super::semantic::calls(&node.metrics),
            "functions": functions(&node.functions),
            "depends_on": {"macros": ids(&node.macros), "nodes": ids(depends_on)},
            "contract": contract(node),
        }),
    );
    match &node.detail {
        Detail::Model(detail) => model(&mut map, detail),
        Detail::Test(detail) => test(&mut map, detail),
        Detail::Function(detail) => function(&mut map, detail),
        Detail::Operation { index } => {
            map.insert("index".into(), (*index).into());
        }
        Detail::Seed { .. } | Detail::Other => {}
    }
    map
}

fn insert_all(map: &mut Map, values: Value) {
    if let Value::Object(values) = values {
        map.extend(values);
    }
}

fn identity(map: &mut Map, node: &Node) {
    insert_all(
        map,
        json!({
            "database": node.database,
            "schema": node.schema,
            "name": node.name,
            "resource_type": node.resource_type.as_str(),
            "package_name": node.package,
            "path": node.path,
            "original_file_path": node.original_file_path,
            "unique_id": node.unique_id.as_str(),
            "fqn": node.fqn,
            "alias": node.alias,
            "checksum": {"name": node.checksum.name(), "checksum": node.checksum.text()},
        }),
    );
}

fn settings(map: &mut Map, node: &Node) {
    let columns: Map = node.columns.iter().map(|(name, described)| (name.clone(), column(described))).collect();
    insert_all(
        map,
        json!({
            "config": node.config.0,
            "tags": node.tags,
            "description": node.description,
            "columns": columns,
            "meta": node.config.map("meta").cloned().unwrap_or_default(),
            "group": node.group,
            "docs": {"show": node.docs.show, "node_color": node.docs.node_color},
            "patch_path": node.patch_path,
            "unrendered_config": node.unrendered_config,
            "relation_name": node.relation.as_ref().map(crate::resource::Relation::render),
            "config_call_dict": node.config_call,
        }),
    );
}

/// Returns a column as its dictionary.
pub fn column(column: &Column) -> Value {
    let mut map = Map::new();
    insert_all(
        &mut map,
        json!({
            "name": column.name,
            "description": column.description,
            "meta": column.meta,
            "data_type": column.data_type,
            "constraints": column.constraints.iter().map(column_constraint).collect::<Vec<_>>(),
            "quote": column.quote,
            "config": column.config,
            "tags": column.tags,
            "granularity": column.granularity,
            "doc_blocks": ids(&column.doc_blocks),
        }),
    );
    // Files may say `doc_blocks`, but it is always found out.
    map.extend(column.extra.clone().into_iter().filter(|(key, _)| key != "doc_blocks"));
    Value::Object(map)
}

/// A constraint of one column names no columns.
fn column_constraint(constraint: &Constraint) -> Value {
    let mut value = constraint.to_value();
    if let Some(map) = value.as_object_mut() {
        map.shift_remove("columns");
    }
    value
}

fn contract(node: &Node) -> Value {
    let mut contract = unset_contract();
    contract.extend(node.config.map("contract").cloned().unwrap_or_default());
    let checksum = match &node.detail {
        Detail::Model(detail) => detail.contract_checksum.as_deref(),
        _ => None,
    };
    contract.insert("checksum".into(), checksum.into());
    Value::Object(contract)
}

/// Returns the contract of a node that has none.
pub fn unset_contract() -> Map {
    [("enforced".to_owned(), Value::from(false)), ("alias_types".to_owned(), Value::from(true))].into_iter().collect()
}

fn model(map: &mut Map, detail: &ModelDetail) {
    insert_all(
        map,
        json!({
            "access": detail.access,
            "constraints": detail.constraints.iter().map(Constraint::to_value).collect::<Vec<_>>(),
            "version": detail.version.as_deref().map(version),
            "latest_version": detail.latest_version.as_deref().map(version),
            "deprecation_date": detail.deprecation_date,
            "primary_key": detail.primary_key,
            "time_spine": detail.time_spine,
        }),
    );
}

fn function(map: &mut Map, detail: &FunctionDetail) {
    let argument = |argument: &FunctionArgument| {
        json!({
            "name": argument.name,
            "data_type": argument.data_type,
            "description": argument.description,
            "default_value": argument.default_value,
        })
    };
    map.insert("arguments".into(), detail.arguments.iter().map(argument).collect());
    if let Some(returns) = &detail.returns {
        map.insert("returns".into(), json!({"data_type": returns.data_type, "description": returns.description}));
    }
}

fn test(map: &mut Map, detail: &TestDetail) {
    let Some(generic) = &detail.generic else { return };
    insert_all(
        map,
        json!({
            "column_name": detail.column,
            "file_key_name": detail.file_key,
            "attached_node": detail.attached.as_ref().map(UniqueId::as_str),
            "test_metadata": {"name": generic, "kwargs": detail.arguments, "namespace": detail.namespace},
        }),
    );
}
