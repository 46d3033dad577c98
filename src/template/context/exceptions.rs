//! `exceptions`: the errors and warnings that macros raise by name.

use minijinja::{Error, State, Value};

use super::arguments::is_absent;
use super::callable::{Member, Scope, Shape};
use super::config::missing_config as missing_config_message;
use super::{contract, raise};
use crate::adapter::{AdapterError, ErrorKind};
use crate::diagnostic::Kind;
use crate::template::arguments::Arguments;
use crate::template::values::to_text;

/// `exceptions.raise_compiler_error(…)` and the others.
pub(super) const EXCEPTIONS: Shape = Shape {
    name: "exceptions",
    functions: &[
        Member::new("warn", warn),
        Member::new("missing_config", missing_config),
        Member::new("missing_materialization", missing_materialization),
        Member::new("missing_relation", missing_relation),
        Member::new("raise_ambiguous_alias", raise_ambiguous_alias),
        Member::new("raise_ambiguous_catalog_match", raise_ambiguous_catalog_match),
        Member::new("raise_cache_inconsistent", raise_cache_inconsistent),
        Member::new("raise_dataclass_not_dict", raise_dataclass_not_dict),
        Member::new("raise_compiler_error", raise_compiler_error),
        Member::new("raise_database_error", raise_database_error),
        Member::new("raise_dep_not_found", raise_dep_not_found),
        Member::new("raise_dependency_error", raise_dependency_error),
        Member::new("raise_duplicate_patch_name", raise_duplicate_patch_name),
        Member::new("raise_duplicate_resource_name", raise_duplicate_resource_name),
        Member::new("raise_invalid_property_yml_version", raise_invalid_property_yml_version),
        Member::new("raise_not_implemented", raise_not_implemented),
        Member::new("relation_wrong_type", relation_wrong_type),
        Member::new("raise_contract_error", raise_contract_error),
        Member::new("column_type_missing", column_type_missing),
        Member::new("raise_fail_fast_error", raise_fail_fast_error),
        Member::new("warn_snapshot_timestamp_data_types", warn_snapshot_timestamp_data_types),
    ],
    ..Shape::EMPTY
};

type Outcome = Result<Value, Error>;

/// Returns an attribute of a node, relation or mapping as text; empty when it has none.
fn field(value: &Value, name: &str) -> String {
    match value.get_attr(name) {
        Ok(found) if !is_absent(&found) => to_text(&found),
        _ => String::new(),
    }
}

fn warn(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [message, _] = arguments.bind(["msg", "node?"])?;
    if (scope.context.invocation.warn)(&to_text(&message)) {
        return Err(raise::compilation(to_text(&message)));
    }
    Ok(Value::from(""))
}

fn missing_config(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [model, name] = arguments.bind(["model", "name"])?;
    Err(raise::compilation(missing_config_message(&field(&model, "unique_id"), &to_text(&name))))
}

fn missing_materialization(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [model, adapter] = arguments.bind(["model", "adapter_type"])?;
    let materialized = model.get_attr("config").map(|config| field(&config, "materialized")).unwrap_or_default();
    let adapter = to_text(&adapter);
    let searched = if adapter == "default" { "'default'".to_owned() } else { format!("'default' and '{adapter}'") };
    Err(raise::compilation(format!(
        "No materialization '{materialized}' was found for adapter {adapter}! (searched types {searched})"
    )))
}

fn missing_relation(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [relation, _] = arguments.bind(["relation", "model?"])?;
    Err(raise::compilation(format!("Relation {} not found!", to_text(&relation))))
}

fn raise_ambiguous_alias(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [first, second, name] = arguments.bind(["node_1", "node_2", "duped_name?"])?;
    let name = if is_absent(&name) {
        ["database", "schema", "alias"].map(|part| field(&first, part)).join(".")
    } else {
        to_text(&name)
    };
    Err(raise::compilation(format!(
        "dbt found two resources with the database representation \"{name}\"; give one of them another name:\n{}\n{}",
        listed(&first),
        listed(&second)
    )))
}

/// A node as one line of a list: id and file.
fn listed(node: &Value) -> String {
    format!("- {} ({})", field(node, "unique_id"), field(node, "original_file_path"))
}

fn raise_ambiguous_catalog_match(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [id, first, second] = arguments.bind(["unique_id", "match_1", "match_2"])?;
    let named = |found: &Value| {
        let metadata = found.get_attr("metadata").unwrap_or_default();
        format!("- {}.{}", field(&metadata, "schema"), field(&metadata, "name"))
    };
    Err(raise::compilation(format!(
        "dbt found two relations in your warehouse with similar database identifiers, so that it cannot tell which one was \
         created by the model \"{}\"; one of them must be deleted or renamed:\n{}\n{}",
        to_text(&id),
        named(&first),
        named(&second)
    )))
}

fn raise_cache_inconsistent(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let message = to_text(&arguments.one("message")?);
    Err(raise::of_kind(Kind::Runtime, "E0620", format!("Cache inconsistency detected: {message}")))
}

fn raise_dataclass_not_dict(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let object = to_text(&arguments.one("obj")?);
    Err(raise::compilation(format!(
        "The object (\"{object}\") was used as a dictionary. This capability has been removed from objects of this type."
    )))
}

fn raise_compiler_error(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [message, _] = arguments.bind(["msg", "node?"])?;
    Err(raise::compilation(to_text(&message)))
}

fn raise_database_error(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [message, _] = arguments.bind(["msg", "node?"])?;
    Err(raise::database(AdapterError::new(ErrorKind::Other, to_text(&message))))
}

fn raise_dep_not_found(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [_, description, package] = arguments.bind(["node", "node_description", "required_pkg"])?;
    Err(raise::compilation(format!(
        "Error while parsing {}.\nThe required package \"{}\" was not found. Is the package installed?\n\
         Hint: You may need to run `dbt deps`.",
        to_text(&description),
        to_text(&package)
    )))
}

fn raise_dependency_error(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    Err(raise::of_kind(Kind::Runtime, "E0621", to_text(&arguments.one("msg")?)))
}

fn raise_duplicate_patch_name(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [patch, existing] = arguments.bind(["patch_1", "existing_patch_path"])?;
    Err(raise::compilation(format!(
        "`{}` is described twice; remove one of its entries:\n- {}\n- {}",
        field(&patch, "name"),
        field(&patch, "original_file_path"),
        to_text(&existing)
    )))
}

fn raise_duplicate_resource_name(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [first, second] = arguments.bind(["node_1", "node_2"])?;
    Err(raise::compilation(format!(
        "dbt found two resources with the name \"{}\"; rename one of them:\n{}\n{}",
        field(&first, "name"),
        listed(&first),
        listed(&second)
    )))
}

fn raise_invalid_property_yml_version(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [path, issue] = arguments.bind(["path", "issue"])?;
    Err(raise::compilation(format!(
        "The yml property file at {} is invalid because {}.",
        to_text(&path),
        to_text(&issue)
    )))
}

fn raise_not_implemented(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    Err(raise::of_kind(Kind::Runtime, "E0622", format!("ERROR: {}", to_text(&arguments.one("msg")?))))
}

fn relation_wrong_type(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [relation, expected, _] = arguments.bind(["relation", "expected_type", "model?"])?;
    let (name, expected) = (to_text(&relation), to_text(&expected));
    let found = Some(field(&relation, "type")).filter(|found| !found.is_empty()).unwrap_or_else(|| "None".to_owned());
    Err(raise::compilation(format!(
        "Trying to create {expected} {name}, but it currently exists as a {found}. \
         Either drop {name} manually, or run dbt with `--full-refresh` and dbt will drop it for you."
    )))
}

fn raise_contract_error(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [declared, actual] = arguments.bind(["yaml_columns", "sql_columns"])?;
    Err(raise::compilation(contract::mismatch(&declared, &actual)))
}

fn column_type_missing(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let names = to_text(&arguments.one("column_names")?);
    Err(raise::compilation(format!(
        "Contracted models require data_type to be defined for each column. Please ensure that the column name and \
         data_type are defined within the YAML configuration for the {names} column(s)."
    )))
}

fn raise_fail_fast_error(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [message, _] = arguments.bind(["msg", "node?"])?;
    Err(raise::of_kind(Kind::Runtime, "E0623", to_text(&message)))
}

fn warn_snapshot_timestamp_data_types(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Outcome {
    let [snapshot, updated] = arguments.bind(["snapshot_time_data_type", "updated_at_data_type"])?;
    let message = format!(
        "Data type of snapshot table timestamp columns ({}) doesn't match derived column 'updated_at' ({}). \
         Please update snapshot config 'updated_at'.",
        to_text(&snapshot),
        to_text(&updated)
    );
    if (scope.context.invocation.warn)(&message) {
        return Err(raise::compilation(message));
    }
    Ok(Value::from(()))
}
