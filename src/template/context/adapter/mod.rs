//! `adapter` and `api`: what macros ask of the database and of dbt's adapter layer.

mod behavior;
mod columns;
mod constraints;
mod dispatch;
mod external;
mod index;
mod query;
mod relations;
mod snapshot;
mod strategy;

use minijinja::value::Kwargs;
use minijinja::{Error, State, Value};

use super::arguments::kind_name;
use super::callable::{AtParse, Member, Scope, Shape};
use crate::template::arguments::Arguments;
pub(super) use query::{run, session};

use super::{raise, seed};
use crate::resource::{Relation, Value as Plain};
use crate::template::values::{ColumnClass, RelationClass, RelationObject, from_plain};

/// `adapter`.
pub(super) const ADAPTER: Shape = Shape { name: "adapter", functions: &FUNCTIONS, property, call: None };

/// `api`: the classes of relations and columns.
pub(super) const API: Shape = Shape { name: "api", property: class, ..Shape::EMPTY };

const FUNCTIONS: [Member; 61] = [
    Member::new("dispatch", dispatch::dispatch),
    Member::new("type", adapter_type),
    Member::new("nice_connection_name", nice_connection_name),
    // Statements.
    Member::at_parse("execute", AtParse::Answer, query::execute),
    Member::at_parse("add_query", AtParse::Pair, query::add_query),
    Member::at_parse("get_column_schema_from_query", AtParse::List, query::get_column_schema_from_query),
    Member::at_parse("validate_sql", AtParse::None, query::validate_sql),
    Member::at_parse("run_sql_for_tests", AtParse::None, query::run_sql_for_tests),
    Member::at_parse("commit", AtParse::None, query::commit),
    Member::at_parse("get_partitions_metadata", AtParse::Answer, query::get_partitions_metadata),
    // Relations and schemas.
    Member::at_parse("get_relation", AtParse::None, relations::get_relation),
    Member::at_parse("list_relations", AtParse::List, relations::list_relations),
    Member::at_parse("list_relations_without_caching", AtParse::List, relations::list_relations_without_caching),
    Member::at_parse("list_schemas", AtParse::List, relations::list_schemas),
    Member::at_parse("check_schema_exists", AtParse::False, relations::check_schema_exists),
    Member::at_parse("already_exists", AtParse::False, relations::already_exists),
    Member::at_parse("create_schema", AtParse::None, relations::create_schema),
    Member::at_parse("drop_schema", AtParse::None, relations::drop_schema),
    Member::at_parse("drop_relation", AtParse::None, relations::drop_relation),
    Member::at_parse("rename_relation", AtParse::None, relations::rename_relation),
    Member::at_parse("truncate_relation", AtParse::None, relations::truncate_relation),
    Member::new("cache_added", relations::cache_added),
    Member::new("cache_dropped", relations::cache_dropped),
    Member::new("cache_renamed", relations::cache_renamed),
    // Columns.
    Member::at_parse("get_columns_in_relation", AtParse::List, columns::get_columns_in_relation),
    Member::at_parse("describe_relation", AtParse::List, columns::describe_relation),
    Member::at_parse("get_columns_in_table", AtParse::List, columns::get_columns_in_table),
    Member::at_parse("get_missing_columns", AtParse::List, columns::get_missing_columns),
    Member::at_parse("expand_target_column_types", AtParse::None, columns::expand_target_column_types),
    Member::new("quote", columns::quote),
    Member::new("quote_as_configured", columns::quote_as_configured),
    Member::new("quote_seed_column", columns::quote_seed_column),
    Member::new("render_raw_columns_constraints", constraints::render_raw_columns_constraints),
    Member::new("render_raw_model_constraints", constraints::render_raw_model_constraints),
    // Snapshots and incremental models.
    Member::at_parse("valid_snapshot_target", AtParse::None, snapshot::valid_snapshot_target),
    Member::at_parse(
        "assert_valid_snapshot_target_given_strategy",
        AtParse::None,
        snapshot::assert_valid_snapshot_target_given_strategy,
    ),
    Member::at_parse("get_hard_deletes_behavior", AtParse::None, snapshot::get_hard_deletes_behavior),
    Member::at_parse("get_incremental_strategy_macro", AtParse::None, strategy::get_incremental_strategy_macro),
    Member::new("valid_incremental_strategies", strategy::valid_incremental_strategies),
    Member::new("builtin_incremental_strategies", strategy::builtin_incremental_strategies),
    Member::new("batch_id_for_model", strategy::batch_id_for_model),
    Member::new("get_temp_relation_path", strategy::get_temp_relation_path),
    Member::new("standardize_grants_dict", relations::standardize_grants_dict),
    // Seeds.
    Member::new("convert_type", seed::convert_type),
    Member::new("seed_rows_query", seed::seed_rows_query),
    Member::new("get_seed_file_path", seed::get_seed_file_path),
    Member::new("get_binding_char", seed::get_binding_char),
    Member::new("convert_datetimes_to_strs", query::convert_datetimes_to_strs),
    // Catalogs of other table formats.
    Member::new("get_catalog_integration", get_catalog_integration),
    Member::new("build_catalog_relation", build_catalog_relation),
    // What only DuckDB has.
    Member::new("external_root", external::external_root),
    Member::new("external_write_options", external::external_write_options),
    Member::new("external_read_location", external::external_read_location),
    Member::at_parse("location_exists", AtParse::False, external::location_exists),
    Member::at_parse("store_relation", AtParse::None, external::store_relation),
    Member::new("disable_transactions", external::disable_transactions),
    Member::new("is_motherduck", external::is_motherduck),
    Member::new("is_ducklake", external::is_ducklake),
    Member::new("use_ducklake_table_workarounds", external::is_ducklake),
    Member::new("parse_index", index::parse_index),
    Member::new("warn_once", external::warn_once),
];

fn property(scope: &Scope, name: &str) -> Option<Value> {
    match name {
        "Relation" => Some(RelationClass::value(scope.context.invocation.quoting)),
        "Column" => Some(ColumnClass::value()),
        "behavior" => Some(behavior::value(scope)),
        "config" => Some(configuration(scope)),
        _ => None,
    }
}

fn class(scope: &Scope, name: &str) -> Option<Value> {
    match name {
        "Relation" | "Column" => property(scope, name),
        _ => None,
    }
}

/// `adapter.config`: the parts of the project and profile that macros are known to read.
fn configuration(scope: &Scope) -> Value {
    let invocation = &scope.context.invocation;
    let quoting = invocation.quoting;
    let of_target = |key: &str| invocation.target.get(key).cloned().unwrap_or(Plain::Null);
    from_plain(&serde_json::json!({
        "project_name": invocation.project_name,
        "profile_name": of_target("profile_name"),
        "target_name": of_target("name"),
        "threads": of_target("threads"),
        "credentials": invocation.target,
        "quoting": {
            "database": quoting.database,
            "schema": quoting.schema,
            "identifier": quoting.identifier,
        },
        "cli_vars": invocation.cli_vars,
        "args": invocation.args,
    }))
}

fn adapter_type(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.bind([])?;
    let adapter_type = scope.context.invocation.target.get("type").and_then(Plain::as_str);
    Ok(Value::from(adapter_type.unwrap_or("duckdb")))
}

fn nice_connection_name(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.bind([])?;
    let model = scope.context.node.as_ref().map(|node| (node.model)());
    let id = model.as_ref().and_then(|model| model.get("unique_id")?.as_str());
    Ok(Value::from(id.unwrap_or("master")))
}

fn get_catalog_integration(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let name = arguments.one("name")?;
    Err(raise::compilation(format!("there is no catalog `{name}`: catalogs are not configured")))
}

fn build_catalog_relation(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.one("model")?;
    Ok(Value::from(()))
}

/// Calls a macro by its bare name with keyword arguments, so that the project's own one wins.
pub(super) fn call_macro(
    scope: &Scope,
    state: &mut State<'_, '_>,
    name: &str,
    keywords: &[(&str, Value)],
) -> Result<Value, Error> {
    let Some(callee) = scope.engine.macro_value(&scope.context, name) else {
        return Err(raise::compilation(format!("dbt could not find a macro with the name \"{name}\" in any package")));
    };
    let keywords: Kwargs = keywords.iter().map(|(name, value)| (*name, value.clone())).collect();
    callee.call(state, &[keywords.into()])
}

/// Returns the relation that an argument is.
pub(super) fn relation(arguments: &Arguments<'_>, name: &str, value: &Value) -> Result<Relation, Error> {
    if let Some(object) = value.downcast_object_ref::<RelationObject>() {
        return Ok(object.relation().clone());
    }
    let (function, kind) = (arguments.function(), kind_name(value));
    Err(raise::compilation(format!("'adapter.{function}' expects argument '{name}' to be a relation, not {kind}")))
}

/// Returns a setting of the target.
pub(super) fn target<'a>(scope: &'a Scope, key: &str) -> Option<&'a Plain> {
    scope.context.invocation.target.get(key)
}
