//! Which columns tell the rows of a model apart, as far as constraints and tests say so.

use std::collections::{BTreeMap, BTreeSet};

use super::Manifest;
use crate::resource::{Detail, Node, TestDetail, UniqueId, Value};

/// What the tests of a model say of its columns.
#[derive(Default)]
struct Tested {
    unique: BTreeSet<String>,
    unique_disabled: BTreeSet<String>,
    not_null: BTreeSet<String>,
}

/// Gives each model its `primary_key`.
pub(super) fn infer(manifest: &mut Manifest) {
    let mut by_model: BTreeMap<UniqueId, Tested> = BTreeMap::new();
    for node in manifest.nodes.values().chain(&manifest.disabled.nodes) {
        let Some(TestDetail { generic: Some(test), arguments, attached: Some(model), .. }) = node.test() else {
            continue;
        };
        let columns: Vec<String> = match (arguments.get("column_name"), arguments.get("combination_of_columns")) {
            (Some(Value::String(column)), _) => vec![column.clone()],
            (_, Some(Value::Array(items))) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => continue,
        };
        let tested = by_model.entry(model.clone()).or_default();
        let list = match test.as_str() {
            "unique" | "unique_combination_of_columns" if node.config.is_enabled() => &mut tested.unique,
            "unique" | "unique_combination_of_columns" => &mut tested.unique_disabled,
            "not_null" => &mut tested.not_null,
            _ => continue,
        };
        list.extend(columns);
    }
    let nothing = Tested::default();
    for node in manifest.nodes.values_mut() {
        let tested = by_model.get(&node.unique_id).unwrap_or(&nothing);
        let key = primary_key(node, tested);
        if let Detail::Model(detail) = &mut node.detail {
            detail.primary_key = key;
        }
    }
}

fn primary_key(node: &Node, tested: &Tested) -> Vec<String> {
    let Detail::Model(detail) = &node.detail else { return Vec::new() };
    let is_key = |kind: &str| kind == "primary_key";
    let mut key =
        if let Some(constraint) = detail.constraints.iter().find(|constraint| is_key(&constraint.constraint_type)) {
            constraint.columns.clone()
        } else if let Some(column) = node
            .columns
            .values()
            .find(|column| column.constraints.iter().any(|constraint| is_key(&constraint.constraint_type)))
        {
            vec![column.name.clone()]
        } else {
            let both: Vec<String> = tested
                .not_null
                .iter()
                .filter(|column| tested.unique.contains(*column) || tested.unique_disabled.contains(*column))
                .cloned()
                .collect();
            match (both.is_empty(), tested.unique.is_empty()) {
                (false, _) => both,
                (true, false) => tested.unique.iter().cloned().collect(),
                (true, true) => tested.unique_disabled.iter().cloned().collect(),
            }
        };
    key.sort();
    key
}
