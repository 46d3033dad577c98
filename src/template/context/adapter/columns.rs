//! Columns of relations, and names as SQL writes them.

use minijinja::{Error, State, Value};

use super::query::run;
use super::{Arguments, Scope, call_macro, raise, relation};
use crate::adapter::ColumnType;
use crate::resource::{Relation, quote as quoted};
use crate::template::context::arguments::{is_absent, kind_name, text};
use crate::template::values::{ColumnObject, RelationObject, list, to_text};

/// `get_columns_in_relation(relation)`: asks the macro of that name.
pub(super) fn get_columns_in_relation(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let relation = arguments.one("relation")?;
    call_macro(scope, state, "get_columns_in_relation", &[("relation", relation)])
}

/// `describe_relation(relation)`: names and types of a relation's columns, none when it does not exist. dbt has no such method; the
/// built-in `duckdb__get_columns_in_relation` takes it, because a query of the catalog walks through every column of the database.
pub(super) fn describe_relation(
    scope: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let relation = relation(arguments, "relation", &arguments.one("relation")?)?;
    let columns = run(scope, "describe_relation", |session| session.connection().columns(&relation))?;
    Ok(list(columns.into_iter().map(ColumnObject::of_relation).collect()))
}

/// `get_columns_in_table(schema, identifier)`: an old spelling of the same.
pub(super) fn get_columns_in_table(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [schema, identifier] = arguments.bind(["schema", "identifier"])?;
    let database = super::target(scope, "database").and_then(|name| name.as_str()).unwrap_or_default();
    let relation = Relation::new(database, to_text(&schema), to_text(&identifier));
    let keywords = [("relation", RelationObject::value(relation))];
    call_macro(scope, state, "get_columns_in_relation", &keywords)
}

/// Returns the columns of a relation as the macro gives them.
pub(super) fn columns_of(scope: &Scope, state: &mut State<'_, '_>, relation: &Value) -> Result<Vec<Value>, Error> {
    let answer = call_macro(scope, state, "get_columns_in_relation", &[("relation", relation.clone())])?;
    Ok(answer.try_iter()?.collect())
}

/// Returns a column's name.
pub(super) fn name(column: &Value) -> String {
    column.get_attr("name").map(|name| to_text(&name)).unwrap_or_default()
}

/// Makes a list of column objects; a struct counts as its fields, as in dbt-duckdb.
pub(super) fn described(columns: Vec<ColumnType>) -> Value {
    list(columns.into_iter().flat_map(ColumnObject::flattened).collect())
}

/// `get_missing_columns(from_relation, to_relation)`: the first one's columns that the second has not.
pub(super) fn get_missing_columns(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [from, to] = two_relations(arguments)?;
    let known: Vec<String> = columns_of(scope, state, &to)?.iter().map(name).collect();
    let mut missing = columns_of(scope, state, &from)?;
    missing.retain(|column| !known.contains(&name(column)));
    Ok(list(missing))
}

/// `expand_target_column_types(from_relation, to_relation)`: widens text columns; DuckDB's have no width, so nothing is to do.
pub(super) fn expand_target_column_types(
    _: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    two_relations(arguments)?;
    Ok(Value::from(()))
}

fn two_relations(arguments: &Arguments<'_>) -> Result<[Value; 2], Error> {
    let [from, to] = arguments.bind(["from_relation", "to_relation"])?;
    relation(arguments, "from_relation", &from)?;
    relation(arguments, "to_relation", &to)?;
    Ok([from, to])
}

/// `quote(identifier)`.
pub(super) fn quote(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(quoted(&to_text(&arguments.one("identifier")?))))
}

/// `quote_as_configured(identifier, quote_key)`: quoted when the project's `quoting` says so for that part of a name.
pub(super) fn quote_as_configured(
    scope: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [identifier, key] = arguments.bind(["identifier", "quote_key"])?;
    let quoting = scope.context.invocation.quoting;
    let is_quoted = match text("quote_as_configured", "quote_key", &key)?.as_str() {
        "database" => quoting.database,
        "schema" => quoting.schema,
        "identifier" => quoting.identifier,
        _ => false,
    };
    if !is_quoted {
        return Ok(identifier);
    }
    Ok(Value::from(quoted(&to_text(&identifier))))
}

/// `quote_seed_column(column, quote_config)`: quoted unless the seed's `quote_columns` is false.
pub(super) fn quote_seed_column(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [column, setting] = arguments.bind(["column", "quote_config"])?;
    let is_quoted = match bool::try_from(setting.clone()) {
        Ok(setting) => setting,
        Err(_) if is_absent(&setting) => true,
        Err(_) => {
            let kind = kind_name(&setting);
            return Err(raise::compilation(format!(
                "The seed configuration value of \"quote_columns\" must be true or false, not {kind}"
            )));
        }
    };
    let column = to_text(&column);
    Ok(Value::from(if is_quoted { quoted(&column) } else { column }))
}
