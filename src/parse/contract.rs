//! Contracts of models: their checksum, and what a contract or a configuration rules out.

use indexmap::IndexMap;

use super::generic::text::{repr, str};
use super::node::first_line;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::resource::{Column, Constraint, Node, NodeConfig, ResourceType, Value, sha256_hex};

/// Returns what tells whether an enforced contract changed, computed as dbt computes it.
pub(super) fn checksum(
    config: &NodeConfig,
    columns: &IndexMap<String, Column>,
    constraints: &[Constraint],
) -> Option<String> {
    if !is_enforced(config) {
        return None;
    }
    let mut sorted: Vec<&Column> = columns.values().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut state = String::new();
    for column in sorted {
        let data_type = column.data_type.as_deref().unwrap_or("None");
        let constraints = constraints_text("ColumnLevelConstraint", &column.constraints);
        state.extend(["|", &column.name, data_type, &constraints]);
    }
    if matches!(config.materialized(), "table" | "incremental") {
        state.push_str(config.materialized());
        state.push_str(&constraints_text("ModelLevelConstraint", constraints));
    }
    Some(sha256_hex(state.as_bytes()))
}

/// Returns whether a contract is enforced.
pub(super) fn is_enforced(config: &NodeConfig) -> bool {
    config.map("contract").and_then(|contract| contract.get("enforced")).and_then(Value::as_bool).unwrap_or(false)
}

/// Constraints as Python prints dbt's own classes of them; the checksum is made of this text.
fn constraints_text(class: &str, constraints: &[Constraint]) -> String {
    let texts = constraints.iter().map(|constraint| {
        let optional = |text: &Option<String>| repr(&text.as_deref().map_or(Value::Null, Value::from));
        let truth = |value: bool| repr(&Value::Bool(value));
        let list = |items: &[String]| repr(&Value::from(items.to_vec()));
        let kind = &constraint.constraint_type;
        let mut text = format!(
            "{class}(type=<ConstraintType.{kind}: '{kind}'>, name={}, expression={}, warn_unenforced={}, warn_unsupported={}, to={}, to_columns={}",
            optional(&constraint.name),
            optional(&constraint.expression),
            truth(constraint.warn_unenforced),
            truth(constraint.warn_unsupported),
            optional(&constraint.to),
            list(&constraint.to_columns),
        );
        if class == "ModelLevelConstraint" {
            text.push_str(", columns=");
            text.push_str(&list(&constraint.columns));
        }
        text.push(')');
        text
    });
    format!("[{}]", texts.collect::<Vec<_>>().join(", "))
}

/// Reports a contract that cannot be enforced, in the words of dbt; for models that a properties file describes.
pub(super) fn check_prerequisites(node: &Node, constraints: &[Constraint], diagnostics: &mut Diagnostics) {
    if !is_enforced(&node.config) {
        return;
    }
    let materialized = node.config.materialized();
    let mut all = node.columns.values().flat_map(|column| &column.constraints).chain(constraints);
    if !matches!(materialized, "table" | "incremental") && all.any(|constraint| constraint.warn_unsupported) {
        let title = format!(
            "Constraint types are not supported for {materialized} materializations and will be ignored.  \
             Set 'warn_unsupported: false' on this constraint to ignore this warning."
        );
        diagnostics
            .push(Diagnostic::warning(Kind::Parsing, "W0231", title).at(first_line(&node.span), "on this model"));
    }
    let mut error = |title: String, help: &str| {
        let title = format!("Contract enforcement failed for: ({})\n{title}", node.original_file_path);
        diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0231", title)
                .at(first_line(&node.span), "on this model")
                .with_help(help),
        );
    };
    if node.columns.is_empty() {
        error(
            "Constraints must be defined in a `yml` schema configuration file like `schema.yml`.".to_owned(),
            "declare the columns with their `data_type`",
        );
    }
    if node.language != "sql" {
        error(format!("Language Error: Expected 'sql' but found '{}'", node.language), "write it in SQL");
    }
}

/// Reports primary keys that contradict each other.
pub(super) fn check_keys(node: &Node, constraints: &[Constraint], diagnostics: &mut Diagnostics) {
    let mut error = |title: String| {
        let title = format!("Primary key constraint error: ({})\n{title}", node.original_file_path);
        diagnostics.push(Diagnostic::error(Kind::Parsing, "E0231", title).at(first_line(&node.span), "on this model"));
    };
    let is_key = |constraint: &Constraint| constraint.constraint_type == "primary_key";
    let keyed = node.columns.values().filter(|column| column.constraints.iter().any(is_key));
    let keys: Vec<String> = keyed.map(|column| format!("'{}'", column.name)).collect();
    if keys.len() > 1 {
        error(format!(
            "Found {} columns ([{}]) with primary key constraints defined. \
             Primary keys for multiple columns must be defined as a model level constraint.",
            keys.len(),
            keys.join(", ")
        ));
    }
    if !keys.is_empty() && constraints.iter().any(is_key) {
        error(
            "Primary key constraints defined at the model level and the columns level. \
             Primary keys can be defined at the model level or the column level, not both."
                .to_owned(),
        );
    }
}

/// Reports configurations that exclude each other.
pub(super) fn check_config(node: &Node, diagnostics: &mut Diagnostics) {
    let mut error = |title: String| {
        diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0232", title)
                .at(first_line(&node.span), "configured here or in a properties file"),
        );
    };
    let config = &node.config;
    let materialized = config.materialized();
    let fixed = match node.resource_type {
        ResourceType::Seed => Some("seed"),
        ResourceType::Snapshot => Some("snapshot"),
        ResourceType::Test => Some("test"),
        _ => None,
    };
    if let Some(fixed) = fixed
        && materialized != fixed
    {
        let kind = node.resource_type;
        error(format!("a {kind} is materialized as `{fixed}`, but `{}` is configured as `{materialized}`", node.name));
    }
    if node.resource_type == ResourceType::Model
        && is_enforced(config)
        && materialized == "incremental"
        && !matches!(config.text("on_schema_change"), Some("append_new_columns" | "fail"))
    {
        error(format!(
            "Invalid value for on_schema_change: {}. Models materialized as incremental with contracts enabled must set on_schema_change to 'append_new_columns' or 'fail'",
            config.value("on_schema_change").map_or_else(|| "None".to_owned(), str)
        ));
    }
    if node.resource_type == ResourceType::Test
        && let Some(severity) = config.text("severity")
        && !severity.eq_ignore_ascii_case("warn")
        && !severity.eq_ignore_ascii_case("error")
    {
        error(format!("severity must be `warn` or `error`, not `{severity}`"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::checksum;
    use crate::resource::{Column, Constraint, NodeConfig};

    #[test]
    fn the_checksum_equals_that_of_dbt() {
        let constraint = |kind: &str| Constraint {
            constraint_type: kind.into(),
            name: None,
            expression: None,
            columns: Vec::new(),
            to: None,
            to_columns: Vec::new(),
            warn_unsupported: true,
            warn_unenforced: true,
        };
        let foreign = Constraint {
            to: Some("ref('dim', v=1)".into()),
            to_columns: vec!["id".into()],
            ..constraint("foreign_key")
        };
        let columns =
            [("id", "integer", vec![constraint("not_null")]), ("name", "text", vec![]), ("f", "int", vec![foreign])];
        let columns = columns
            .into_iter()
            .map(|(name, data_type, constraints)| {
                let column =
                    Column { name: name.into(), data_type: Some(data_type.into()), constraints, ..Column::default() };
                (name.to_owned(), column)
            })
            .collect();
        let constraints = [
            Constraint { columns: vec!["id".into()], ..constraint("primary_key") },
            Constraint { name: Some("pos".into()), expression: Some("id > 0".into()), ..constraint("check") },
        ];
        let config = json!({"materialized": "table", "contract": {"enforced": true}});
        let config = NodeConfig(config.as_object().cloned().unwrap());
        let expected = "8a8d5e5fad9367cce8dfb05f59fc21d637d9b0b116920a063dd787810320c5d2";
        assert_eq!(checksum(&config, &columns, &constraints).as_deref(), Some(expected));
    }
}
