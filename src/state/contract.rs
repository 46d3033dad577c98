//! Changes of enforced contracts, and which of them break what others rely on.

use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{Map, Value};

use super::same::{same, same_key, text};

/// What comparing a model's contract with the earlier one gives.
#[derive(Debug)]
pub(super) enum ContractChange {
    /// It is the same.
    None,
    /// It changed in a way that breaks nothing.
    Harmless,
    /// It broke: an error for a versioned model, else a warning.
    Breaking(Box<Diagnostic>),
}

/// Compares the contracts of a model then and now.
pub(super) fn compare(new: &Map, old: &Map) -> ContractChange {
    let (was_enforced, is_enforced) = (is_enforced(old), is_enforced(new));
    let checksum = |map: &Map| map.get("contract").and_then(|contract| contract.get("checksum")).cloned();
    match (was_enforced, is_enforced) {
        (false, false) => return ContractChange::None,
        (false, true) => return ContractChange::Harmless,
        (true, true) if checksum(new) == checksum(old) => return ContractChange::None,
        _ => {}
    }
    let mut reasons = Vec::new();
    if !is_enforced {
        reasons.push("Contract enforcement was removed: Previously, this model had an enforced contract. It is no longer configured to enforce its contract, and this is a breaking change.".to_owned());
    }
    columns(new, old, &mut reasons);
    constraints(new, old, &mut reasons);
    if reasons.is_empty() { ContractChange::Harmless } else { breaking(new, &reasons) }
}

/// Judges a contracted model that is no longer there, or disabled.
pub(super) fn removed(node: &Map, is_past_deprecation: bool) -> ContractChange {
    if !is_enforced(node) || is_past_deprecation {
        return ContractChange::None;
    }
    let enabled = node.get("config").and_then(|config| config.get("enabled")).and_then(Value::as_bool);
    let what = if enabled == Some(false) { "disabled" } else { "deleted or renamed" };
    breaking(node, &[format!("Contracted model '{}' was {what}.", text(node, "unique_id"))])
}

fn is_enforced(node: &Map) -> bool {
    let enforced = node.get("contract").and_then(|contract| contract.get("enforced"));
    enforced.and_then(Value::as_bool).unwrap_or_default()
}

/// Only tables have their constraints enforced by the database.
fn enforces_constraints(node: &Map) -> bool {
    let materialized = node.get("config").and_then(|config| config.get("materialized")).and_then(Value::as_str);
    materialized.is_some_and(|name| ["table", "incremental"].contains(&name))
}

fn columns(new: &Map, old: &Map, reasons: &mut Vec<String>) {
    let (old_columns, new_columns) = (sorted(old), sorted(new));
    let now = |name: &str| new_columns.iter().find(|(other, _)| *other == name).map(|(_, column)| *column);
    let mut removed = Vec::new();
    let mut retyped = Vec::new();
    for (name, column) in &old_columns {
        let Some(current) = now(name) else {
            removed.push(text(column, "name").to_owned());
            continue;
        };
        let (before, after) = (column.get("data_type"), current.get("data_type"));
        if base_type(before) != base_type(after) {
            let shown = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or("None").to_owned();
            retyped.push(format!("{} ({} -> {})", text(column, "name"), shown(before), shown(after)));
        }
    }
    let mut push = |title: &str, list: Vec<String>| {
        if !list.is_empty() {
            reasons.push(format!("{title}: \n    - {}", list.join("\n    - ")));
        }
    };
    push("Columns were removed", removed);
    push("Columns with data_type changes", retyped);
}

fn constraints(new: &Map, old: &Map, reasons: &mut Vec<String>) {
    let (old_columns, new_columns) = (sorted(old), sorted(new));
    let mut on_columns = Vec::new();
    let mut on_model = Vec::new();
    if enforces_constraints(old) {
        for (name, column) in &old_columns {
            let Some((_, current)) = new_columns.iter().find(|(other, _)| other == name) else { continue };
            for constraint in lost(current, column) {
                on_columns.push(format!("'{}' constraint on column {name}", label(constraint)));
            }
        }
        for constraint in lost(new, old) {
            let columns = constraint.get("columns").and_then(Value::as_array).cloned().unwrap_or_default();
            let columns: Vec<String> =
                columns.iter().map(|name| format!("'{}'", name.as_str().unwrap_or_default())).collect();
            on_model.push(format!("'{}' constraint on columns [{}]", label(constraint), columns.join(", ")));
        }
    }
    let mut push = |title: &str, list: Vec<String>| {
        if !list.is_empty() {
            reasons.push(format!("{title}: \n    - {}", list.join("\n    - ")));
        }
    };
    push("Enforced column level constraints were removed", on_columns);
    push("Enforced model level constraints were removed", on_model);
    let had_constraints = !list(old).is_empty() || old_columns.iter().any(|(_, column)| !list(column).is_empty());
    if enforces_constraints(old) && !enforces_constraints(new) && had_constraints {
        let materialized = |map: &Map| {
            let name = map.get("config").and_then(|config| config.get("materialized")).and_then(Value::as_str);
            name.unwrap_or_default().to_owned()
        };
        push(
            "Materialization changed with enforced constraints",
            vec![format!("{} -> {}", materialized(old), materialized(new))],
        );
    }
}

fn sorted(node: &Map) -> Vec<(&str, &Map)> {
    let columns = node.get("columns").and_then(Value::as_object);
    let columns = columns.into_iter().flatten();
    let mut list: Vec<(&str, &Map)> =
        columns.filter_map(|(name, column)| Some((name.as_str(), column.as_object()?))).collect();
    list.sort_by_key(|(name, _)| *name);
    list
}

fn list(of: &Map) -> &[Value] {
    of.get("constraints").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns the constraints that were there and are not any more. The database enforces all but custom ones.
fn lost<'a>(new: &'a Map, old: &'a Map) -> Vec<&'a Map> {
    if same_key(new, old, "constraints") {
        return Vec::new();
    }
    let gone = list(old).iter().filter(|constraint| !list(new).iter().any(|other| same(other, constraint)));
    gone.filter_map(Value::as_object).filter(|constraint| text(constraint, "type") != "custom").collect()
}

fn label(constraint: &Map) -> &str {
    match text(constraint, "name") {
        "" => text(constraint, "type"),
        name => name,
    }
}

/// A type without its size: a change of that breaks nothing.
fn base_type(data_type: Option<&Value>) -> Option<String> {
    let text = data_type?.as_str()?;
    Some(text.split('(').next().unwrap_or_default().trim().to_lowercase())
}

fn breaking(node: &Map, reasons: &[String]) -> ContractChange {
    let is_versioned = node.get("version").is_some_and(|version| !version.is_null());
    let (name, path) = (text(node, "name"), text(node, "original_file_path"));
    let lines = reasons.iter().flat_map(|reason| {
        let mut lines = reason.lines();
        let first = lines.next().map(|line| format!("- {line}"));
        first.into_iter().chain(lines.map(str::to_owned))
    });
    let diagnostic = if is_versioned {
        let title =
            "While comparing to previous project state, dbt detected a breaking change to an enforced contract.";
        let mut diagnostic = Diagnostic::error(Kind::Contract, "E0510", title);
        diagnostic.notes.push(format!("model {name} ({path})"));
        diagnostic.notes.extend(lines);
        diagnostic.with_help("Consider making an additive (non-breaking) change instead, if possible.").with_help(
            "Otherwise, create a new model version: https://docs.getdbt.com/docs/collaborate/govern/model-versions",
        )
    } else {
        let title = format!("Breaking change to contracted, unversioned model {name} ({path})");
        let mut diagnostic = Diagnostic::warning(Kind::Contract, "W0510", title);
        diagnostic.notes.push(
            "While comparing to previous project state, dbt detected a breaking change to an unversioned model."
                .to_owned(),
        );
        diagnostic.notes.extend(lines);
        diagnostic
    };
    ContractChange::Breaking(Box::new(diagnostic))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ContractChange, compare};
    use crate::resource::Map;

    fn model(version: Option<u32>, columns: serde_json::Value, checksum: &str) -> Map {
        let model = json!({
            "name": "a", "original_file_path": "models/a.sql", "version": version, "columns": columns,
            "contract": {"enforced": true, "checksum": checksum}, "config": {"materialized": "table"}, "constraints": [],
        });
        model.as_object().unwrap().clone()
    }

    #[test]
    fn a_removed_column_breaks_and_an_added_one_does_not() {
        let column = |data_type: &str| json!({"name": "id", "data_type": data_type, "constraints": []});
        let old = model(Some(1), json!({"id": column("int")}), "1");
        let without = model(Some(1), json!({}), "2");
        let ContractChange::Breaking(diagnostic) = compare(&without, &old) else { panic!("it breaks") };
        assert!(diagnostic.is_error());
        assert_eq!(diagnostic.notes[1..], ["- Columns were removed: ", "    - id"]);
        let more = model(Some(1), json!({"id": column("int"), "b": column("int")}), "3");
        assert!(matches!(compare(&more, &old), ContractChange::Harmless));
        let unversioned =
            compare(&model(None, json!({"id": column("text")}), "4"), &model(None, json!({"id": column("int")}), "1"));
        let ContractChange::Breaking(diagnostic) = unversioned else { panic!("it breaks") };
        assert!(!diagnostic.is_error());
        assert_eq!(diagnostic.notes[2], "    - id (int -> text)");
        let wider = model(None, json!({"id": column("varchar(9)")}), "5");
        let narrower = model(None, json!({"id": column("VARCHAR(3)")}), "6");
        assert!(matches!(compare(&wider, &narrower), ContractChange::Harmless));
    }
}
