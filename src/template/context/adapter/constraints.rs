//! Constraints as DDL text. DuckDB enforces every kind, so none is left out with a warning.

use minijinja::{Error, State, Value};

use super::{Arguments, Scope, raise};
use crate::resource::{Map, Value as Plain, quote};
use crate::template::values::{list, to_plain};

/// `render_raw_columns_constraints(raw_columns)`: each column of a node as `name type constraints`.
pub(super) fn render_raw_columns_constraints(
    _: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let columns = to_plain(&arguments.one("raw_columns")?);
    let columns = columns.as_object().into_iter().flat_map(Map::values);
    columns.map(|column| column_text(column).map(Value::from)).collect::<Result<Vec<_>, _>>().map(list)
}

/// `render_raw_model_constraints(raw_constraints)`: the constraints over a whole model.
pub(super) fn render_raw_model_constraints(
    _: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let constraints = to_plain(&arguments.one("raw_constraints")?);
    let items = constraints.as_array().into_iter().flatten();
    let texts = items.map(model_constraint).collect::<Result<Vec<_>, _>>()?;
    Ok(list(texts.into_iter().flatten().map(Value::from).collect()))
}

fn column_text(column: &Plain) -> Result<String, Error> {
    let name = field(column, "name");
    let is_quoted = column.get("quote").and_then(Plain::as_bool).unwrap_or(false);
    let name = if is_quoted { quote(name) } else { name.to_owned() };
    let mut parts = vec![format!("{name} {}", field(column, "data_type"))];
    for constraint in column.get("constraints").and_then(Plain::as_array).into_iter().flatten() {
        parts.extend(column_constraint(constraint)?);
    }
    Ok(parts.join(" "))
}

fn field<'a>(value: &'a Plain, name: &str) -> &'a str {
    value.get(name).and_then(Plain::as_str).unwrap_or_default()
}

fn texts(value: &Plain, name: &str) -> String {
    let items = value.get(name).and_then(Plain::as_array).into_iter().flatten();
    items.filter_map(Plain::as_str).collect::<Vec<_>>().join(", ")
}

fn kind(constraint: &Plain) -> Result<&str, Error> {
    match field(constraint, "type") {
        "" => Err(raise::compilation(format!("Could not parse constraint: {constraint}"))),
        kind => Ok(kind),
    }
}

fn column_constraint(constraint: &Plain) -> Result<Option<String>, Error> {
    let expression = field(constraint, "expression");
    let text = match kind(constraint)? {
        "check" if !expression.is_empty() => format!("check ({expression})"),
        "not_null" => format!("not null {expression}"),
        "unique" => format!("unique {expression}"),
        "primary_key" => format!("primary key {expression}"),
        "foreign_key" => match (field(constraint, "to"), texts(constraint, "to_columns")) {
            (to, columns) if !to.is_empty() && !columns.is_empty() => {
                format!("references {} ({columns})", without_database(to))
            }
            _ => format!("references {expression}"),
        },
        "custom" if !expression.is_empty() => expression.to_owned(),
        _ => return Ok(None),
    };
    Ok(Some(text.trim().to_owned()))
}

/// DuckDB takes no database in a reference: the table is in the same one.
fn without_database(to: &str) -> &str {
    match to.split_once('.') {
        Some((_, rest)) if rest.contains('.') => rest,
        _ => to,
    }
}

fn model_constraint(constraint: &Plain) -> Result<Option<String>, Error> {
    let kind = kind(constraint)?;
    let (expression, to) = (field(constraint, "expression"), field(constraint, "to"));
    let (columns, to_columns) = (texts(constraint, "columns"), texts(constraint, "to_columns"));
    let spaced = if expression.is_empty() { String::new() } else { format!(" {expression}") };
    let text = match kind {
        "check" if !expression.is_empty() => format!("check ({expression})"),
        "unique" => format!("unique{spaced} ({columns})"),
        "primary_key" => format!("primary key{spaced} ({columns})"),
        "foreign_key" if !to.is_empty() && !to_columns.is_empty() => {
            format!("foreign key ({columns}) references {to} ({to_columns})")
        }
        "foreign_key" if !expression.is_empty() => format!("foreign key ({columns}) references {expression}"),
        "custom" if !expression.is_empty() => expression.to_owned(),
        _ => return Ok(None),
    };
    let name = field(constraint, "name");
    Ok(Some(if name.is_empty() { text } else { format!("constraint {name} {text}") }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{column_text, model_constraint};

    #[test]
    fn columns_are_written_with_their_constraints() {
        let cases = [
            (json!({"name": "a", "data_type": "int", "constraints": []}), "a int"),
            (
                json!({"name": "a b", "quote": true, "data_type": "int",
                    "constraints": [{"type": "not_null"}, {"type": "primary_key"}]}),
                "\"a b\" int not null primary key",
            ),
            (
                json!({"name": "a", "data_type": "int", "constraints": [
                    {"type": "check", "expression": "a > 0"},
                    {"type": "foreign_key", "to": "\"db\".\"main\".\"t\"", "to_columns": ["id"]}]}),
                "a int check (a > 0) references \"main\".\"t\" (id)",
            ),
            (
                json!({"name": "a", "data_type": "int", "constraints": [
                    {"type": "foreign_key", "expression": "t (id)"}, {"type": "custom", "expression": "collate nocase"}]}),
                "a int references t (id) collate nocase",
            ),
        ];
        for (column, expected) in cases {
            assert_eq!(column_text(&column).unwrap(), expected);
        }
    }

    #[test]
    fn constraints_of_a_model_carry_their_name_and_columns() {
        let cases = [
            (json!({"type": "unique", "columns": ["a", "b"]}), Some("unique (a, b)")),
            (json!({"type": "primary_key", "name": "pk", "columns": ["a"]}), Some("constraint pk primary key (a)")),
            (
                json!({"type": "foreign_key", "columns": ["a"], "to": "t", "to_columns": ["id"]}),
                Some("foreign key (a) references t (id)"),
            ),
            (json!({"type": "check"}), None),
        ];
        for (constraint, expected) in cases {
            assert_eq!(model_constraint(&constraint).unwrap().as_deref(), expected);
        }
        assert!(model_constraint(&json!({})).is_err());
    }
}
