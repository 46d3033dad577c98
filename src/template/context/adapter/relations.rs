//! Relations and schemas: what exists, and the macros that create, rename and drop. The cache follows what the macros do.

use minijinja::{Error, State, Value};

use super::query::{commit_open, session};
use super::{Arguments, Scope, call_macro, raise, relation};
use crate::resource::{QuotePolicy, Relation, RelationKind, Value as Plain};
use crate::template::context::arguments::{is_absent, optional_text, text};
use crate::template::values::{RelationObject, from_plain, list, to_text};

/// `get_relation(database, schema, identifier)`: the relation of that name, or none.
pub(super) fn get_relation(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [database, schema, identifier] = arguments.bind(["database", "schema", "identifier"])?;
    let database = database_name(scope, &database);
    let (Some(schema), Some(identifier)) = (optional_text(&schema), optional_text(&identifier)) else {
        return Ok(Value::from(()));
    };
    found(scope, state, &database, &schema, &identifier)
        .map(|found| found.map_or_else(|| Value::from(()), RelationObject::value))
}

/// `already_exists(schema, name)`: an old spelling of "is there such a relation".
pub(super) fn already_exists(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [schema, name] = arguments.bind(["schema", "name"])?;
    let database = database_name(scope, &Value::UNDEFINED);
    found(scope, state, &database, &to_text(&schema), &to_text(&name)).map(|found| Value::from(found.is_some()))
}

/// Looks a relation up. A name that differs only in case is an error, as in dbt, unless that part is not quoted.
fn found(
    scope: &Scope,
    state: &mut State<'_, '_>,
    database: &str,
    schema: &str,
    identifier: &str,
) -> Result<Option<Relation>, Error> {
    fill(scope, state, database, schema)?;
    let cache = &session(scope, "get_relation")?.cache;
    let Some(relation) = cache.relation(database, schema, identifier) else { return Ok(None) };
    let quoting = scope.context.invocation.quoting;
    let differs = |known: &Option<String>, asked: &str, quoted: bool| quoted && known.as_deref() != Some(asked);
    if differs(&relation.identifier, identifier, quoting.identifier && relation.quote.identifier) {
        let searched = Relation::new(database, schema, identifier);
        return Err(raise::compilation(format!(
            "When searching for a relation, dbt found an approximate match. Instead of guessing \nwhich relation to use, dbt \
             will move on. Please delete {relation}, or rename it to be less ambiguous.\nSearched for: {searched}\n\
             Found: {relation}"
        )));
    }
    Ok(Some(relation))
}

/// Makes sure that the cache knows what is in a schema.
fn fill(scope: &Scope, state: &mut State<'_, '_>, database: &str, schema: &str) -> Result<(), Error> {
    let cache = &session(scope, "get_relation")?.cache;
    if cache.has_schema(database, schema) {
        return Ok(());
    }
    for relation in listed(scope, state, schema_relation(scope, database, schema))? {
        cache.add(relation);
    }
    cache.add_schema(database, schema);
    Ok(())
}

fn schema_relation(scope: &Scope, database: &str, schema: &str) -> Relation {
    let mut relation = Relation::new(database, schema, "");
    relation.quote = scope.context.invocation.quoting;
    without_identifier(relation)
}

fn without_identifier(mut relation: Relation) -> Relation {
    relation.identifier = None;
    relation.include.identifier = false;
    relation
}

/// Asks the macro of that name for the relations of a schema.
fn listed(scope: &Scope, state: &mut State<'_, '_>, schema: Relation) -> Result<Vec<Relation>, Error> {
    let keywords = [("schema_relation", RelationObject::value(schema))];
    let answer = call_macro(scope, state, "list_relations_without_caching", &keywords)?;
    let mut relations = Vec::new();
    for row in answer.try_iter()? {
        let part = |index: usize| row.get_item_by_index(index).map(|value| to_text(&value));
        let kind = part(3)?;
        let mut relation = Relation::new(part(0)?, part(2)?, part(1)?);
        relation.quote = QuotePolicy::ALL;
        relation.kind = Some(RelationKind::from_name(&kind).unwrap_or(RelationKind::External));
        relations.push(relation);
    }
    Ok(relations)
}

fn database_name(scope: &Scope, given: &Value) -> String {
    optional_text(given)
        .or_else(|| super::target(scope, "database").and_then(Plain::as_str).map(str::to_owned))
        .unwrap_or_default()
}

/// `list_relations(database, schema)`: what is in a schema, from the cache when it is known there.
pub(super) fn list_relations(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [database, schema] = arguments.bind(["database", "schema"])?;
    let (database, schema) = (database_name(scope, &database), text("list_relations", "schema", &schema)?);
    fill(scope, state, &database, &schema)?;
    let relations = session(scope, "list_relations")?.cache.relations_in(&database, &schema);
    Ok(list(relations.into_iter().map(RelationObject::value).collect()))
}

/// `list_relations_without_caching(schema_relation)`: asks the database.
pub(super) fn list_relations_without_caching(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let schema = relation(arguments, "schema_relation", &arguments.one("schema_relation")?)?;
    Ok(list(listed(scope, state, schema)?.into_iter().map(RelationObject::value).collect()))
}

/// `list_schemas(database)`.
pub(super) fn list_schemas(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let answer = call_macro(scope, state, "list_schemas", &[("database", arguments.one("database")?)])?;
    answer.try_iter()?.map(|row| row.get_item_by_index(0)).collect::<Result<Vec<_>, _>>().map(list)
}

/// `check_schema_exists(database, schema)`: asks the macro of that name.
pub(super) fn check_schema_exists(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [database, schema] = arguments.bind(["database", "schema"])?;
    let catalog = Relation::new(database_name(scope, &database), to_text(&schema), "INFORMATION_SCHEMA");
    let information_schema = RelationObject::value(catalog).call_method(state, "information_schema", &[])?;
    let keywords = [("information_schema", information_schema), ("schema", schema)];
    let answer = call_macro(scope, state, "check_schema_exists", &keywords)?;
    let count = answer.get_item_by_index(0).and_then(|row| row.get_item_by_index(0))?;
    Ok(Value::from(count > Value::from(0)))
}

/// `create_schema(relation)`: calls the macro, and commits.
pub(super) fn create_schema(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let schema = without_identifier(relation(arguments, "relation", &arguments.one("relation")?)?);
    call_macro(scope, state, "create_schema", &[("relation", RelationObject::value(schema))])?;
    commit_open(scope)?;
    Ok(Value::from(()))
}

/// `drop_schema(relation)`: calls the macro, commits, and forgets what was in the schema.
pub(super) fn drop_schema(scope: &Scope, state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let schema = without_identifier(relation(arguments, "relation", &arguments.one("relation")?)?);
    call_macro(scope, state, "drop_schema", &[("relation", RelationObject::value(schema.clone()))])?;
    commit_open(scope)?;
    let database = schema.database.unwrap_or_default();
    session(scope, "drop_schema")?.cache.remove_schema(&database, &schema.schema.unwrap_or_default());
    Ok(Value::from(()))
}

/// `drop_relation(relation)`.
pub(super) fn drop_relation(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let value = arguments.one("relation")?;
    let dropped = relation(arguments, "relation", &value)?;
    if dropped.kind.is_none() {
        return Err(raise::compilation(format!("Tried to drop relation {dropped}, but its type is null.")));
    }
    session(scope, "drop_relation")?.cache.remove(&dropped);
    call_macro(scope, state, "drop_relation", &[("relation", value)])?;
    Ok(Value::from(()))
}

/// `rename_relation(from_relation, to_relation)`.
pub(super) fn rename_relation(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [from, to] = arguments.bind(["from_relation", "to_relation"])?;
    rename_in_cache(scope, arguments, &from, &to)?;
    call_macro(scope, state, "rename_relation", &[("from_relation", from), ("to_relation", to)])?;
    Ok(Value::from(()))
}

/// `truncate_relation(relation)`.
pub(super) fn truncate_relation(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let value = arguments.one("relation")?;
    call_macro(scope, state, "truncate_relation", &[("relation", value)])?;
    Ok(Value::from(()))
}

/// `cache_added(relation)`: says that a relation was created.
pub(super) fn cache_added(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let value = not_none(arguments, "relation", arguments.one("relation")?, "cache")?;
    let added = relation(arguments, "relation", &value)?;
    if let Some(session) = &scope.context.session {
        session.cache.add(added);
    }
    Ok(Value::from(""))
}

/// `cache_dropped(relation)`: says that a relation was dropped.
pub(super) fn cache_dropped(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let value = not_none(arguments, "relation", arguments.one("relation")?, "drop")?;
    let dropped = relation(arguments, "relation", &value)?;
    if let Some(session) = &scope.context.session {
        session.cache.remove(&dropped);
    }
    Ok(Value::from(""))
}

/// `cache_renamed(from_relation, to_relation)`: says that a relation was renamed.
pub(super) fn cache_renamed(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [from, to] = arguments.bind(["from_relation", "to_relation"])?;
    rename_in_cache(scope, arguments, &from, &to)?;
    Ok(Value::from(""))
}

fn rename_in_cache(scope: &Scope, arguments: &Arguments<'_>, from: &Value, to: &Value) -> Result<(), Error> {
    if is_absent(from) || is_absent(to) {
        let shown = |value: &Value| if is_absent(value) { "null relation".to_owned() } else { to_text(value) };
        return Err(raise::compilation(format!("Attempted to rename {} to {}", shown(from), shown(to))));
    }
    let (from, to) = (relation(arguments, "from_relation", from)?, relation(arguments, "to_relation", to)?);
    if let Some(session) = &scope.context.session {
        session.cache.rename(&from, &to);
    }
    Ok(())
}

fn not_none(arguments: &Arguments<'_>, name: &str, value: Value, doing: &str) -> Result<Value, Error> {
    if is_absent(&value) {
        let function = arguments.function();
        return Err(raise::compilation(format!("Attempted to {doing} a null relation: {function}({name}=none)")));
    }
    Ok(value)
}

/// `standardize_grants_dict(table)`: grantees by privilege, from rows of `grantee` and `privilege_type`.
pub(super) fn standardize_grants_dict(
    _: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let table = arguments.one("grants_table")?;
    let mut grants = crate::resource::Map::new();
    for row in table.try_iter()? {
        let cell = |name: &str| row.get_item(&Value::from(name)).map(|value| to_text(&value));
        let (grantee, privilege) = (cell("grantee")?, cell("privilege_type")?);
        let grantees = grants.entry(privilege).or_insert_with(|| Plain::Array(Vec::new()));
        if let Plain::Array(list) = grantees {
            list.push(Plain::from(grantee));
        }
    }
    Ok(from_plain(&Plain::Object(grants)))
}
