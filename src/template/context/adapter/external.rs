//! What only dbt-duckdb has: files outside the database, and how the database is attached.

use minijinja::{Error, State, Value};

use super::query::session;
use super::{Arguments, Scope, raise, relation, target};
use crate::diagnostic::Kind;
use crate::resource::{RelationKind, Value as Plain};
use crate::template::context::Saying;
use crate::template::context::adapter::query::run;
use crate::template::context::arguments::{is_absent, text};
use crate::template::values::{RelationObject, from_plain, to_text};

/// `external_root()`: the folder that external models are written to.
pub(super) fn external_root(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.bind([])?;
    Ok(Value::from(target(scope, "external_root").and_then(Plain::as_str).unwrap_or(".")))
}

/// `external_write_options(write_location, rendered_options)`: the options of `COPY`; fills in the format that the location tells.
///
/// The mapping itself is changed, because macros read the format from it afterwards.
pub(super) fn external_write_options(
    _: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [location, options] = arguments.bind(["write_location", "rendered_options"])?;
    let location = text(arguments.function(), "write_location", &location)?;
    let mut pairs = pairs(&options)?;
    let find = |pairs: &[(String, String)], key: &str| pairs.iter().position(|(known, _)| known == key);
    let mut changes = crate::resource::Map::new();
    if find(&pairs, "format").is_none() {
        let format = match extension(&location) {
            Some(extension) => extension,
            None if find(&pairs, "delimiter").is_some() => "csv".to_owned(),
            None => "parquet".to_owned(),
        };
        changes.insert("format".to_owned(), Plain::from(format.as_str()));
        pairs.push(("format".to_owned(), format));
    }
    let is_csv = find(&pairs, "format").is_some_and(|index| pairs[index].1 == "csv");
    if is_csv && find(&pairs, "header").is_none() {
        changes.insert("header".to_owned(), Plain::from(1));
        pairs.push(("header".to_owned(), "1".to_owned()));
    }
    if let Some(index) = find(&pairs, "partition_by") {
        let columns = &pairs[index].1;
        if columns.contains(',') && !columns.starts_with('(') {
            let listed = format!("({columns})");
            changes.insert("partition_by".to_owned(), Plain::from(listed.as_str()));
            pairs[index].1 = listed;
        }
    }
    if !changes.is_empty() {
        options.call_method(state, "update", &[from_plain(&Plain::Object(changes))])?;
    }
    let written = pairs.iter().map(|(key, value)| {
        let is_text = ["delimiter", "quote", "escape", "null"].contains(&key.to_lowercase().as_str());
        if is_text && !value.starts_with('\'') { format!("{key} '{value}'") } else { format!("{key} {value}") }
    });
    Ok(Value::from(written.collect::<Vec<_>>().join(", ")))
}

fn pairs(options: &Value) -> Result<Vec<(String, String)>, Error> {
    let keys = options.try_iter()?;
    keys.map(|key| Ok((to_text(&key), to_text(&options.get_item(&key)?)))).collect()
}

/// Returns the extension of a path, in lower case.
fn extension(location: &str) -> Option<String> {
    let name = location.rsplit('/').next().unwrap_or(location);
    let (stem, extension) = name.rsplit_once('.')?;
    if stem.trim_start_matches('.').is_empty() || extension.is_empty() {
        return None;
    }
    Some(extension.to_lowercase())
}

/// `external_read_location(write_location, rendered_options)`: where what was written is read; a pattern for partitioned files.
pub(super) fn external_read_location(
    _: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [location, options] = arguments.bind(["write_location", "rendered_options"])?;
    let option = |key: &str| options.get_item(&Value::from(key)).unwrap_or_default();
    let (partition_by, per_thread) = (option("partition_by"), option("per_thread_output"));
    if !partition_by.is_true() && !per_thread.is_true() {
        return Ok(location);
    }
    let mut parts = vec![to_text(&location), "*".to_owned()];
    if partition_by.is_true() {
        parts.extend(to_text(&partition_by).split(',').map(|_| "*".to_owned()));
    }
    let format = option("format");
    let format = if is_absent(&format) { "parquet".to_owned() } else { to_text(&format) };
    Ok(Value::from(format!("{}.{format}", parts.join("/"))))
}

/// `location_exists(path)`: whether a file can be read.
pub(super) fn location_exists(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let location = text(arguments.function(), "location", &arguments.one("location")?)?;
    let sql = format!("select 1 from '{}' where 1=0", location.replace('\'', "''"));
    super::query::session(scope, arguments.function())?;
    Ok(Value::from(run(scope, arguments.function(), |session| session.execute(&sql)).is_ok()))
}

/// `store_relation(plugin_name, relation, column_list, path, format, config)`: hands a finished relation to a plugin of the profile.
pub(super) fn store_relation(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [plugin, target, columns, path, format, _] =
        arguments.bind(["plugin_name", "relation", "column_list", "path", "format", "config"])?;
    let relation = relation(arguments, "relation", &target)?;
    let columns: Vec<Plain> = columns
        .try_iter()?
        .map(|column| {
            let part = |name: &str| column.get_attr(name).map(|value| to_text(&value));
            Ok(serde_json::json!({"name": part("name")?, "dtype": part("dtype")?}))
        })
        .collect::<Result<_, Error>>()?;
    let config = scope.context.node.as_ref().map(|node| node.config.0.clone()).unwrap_or_default();
    let facts = serde_json::json!({
        "relation": {
            "database": relation.database, "schema": relation.schema, "identifier": relation.identifier,
            "type": relation.kind.map(RelationKind::as_str), "text": relation.render(),
        },
        "columns": columns, "path": to_text(&path), "format": to_text(&format), "config": config,
    });
    let Plain::Object(facts) = facts else { return Ok(Value::from(())) };
    let plugin = to_text(&plugin);
    session(scope, arguments.function())?
        .connection()
        .store_relation(&plugin, &facts)
        .map_err(|error| raise::of_kind(Kind::Runtime, "E0726", error.message))?;
    Ok(Value::from(()))
}

/// `disable_transactions()`: whether the profile turns transactions off.
pub(super) fn disable_transactions(
    scope: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    arguments.bind([])?;
    Ok(Value::from(super::query::transactions_are_off(scope)))
}

/// `is_motherduck()`.
pub(super) fn is_motherduck(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.bind([])?;
    let path = target(scope, "path").and_then(Plain::as_str).unwrap_or_default();
    Ok(Value::from(path.starts_with("md:") || path.starts_with("motherduck:")))
}

/// `is_ducklake(relation)`: whether the relation's database is a DuckLake.
pub(super) fn is_ducklake(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let relation = arguments.one("relation")?;
    let Some(object) = relation.downcast_object_ref::<RelationObject>() else { return Ok(Value::from(false)) };
    let Some(database) = object.relation().database.as_deref() else { return Ok(Value::from(false)) };
    let is_lake = |entry: &Plain| {
        let path = entry.get("path").and_then(Plain::as_str).unwrap_or_default();
        path.starts_with("ducklake:") || entry.get("is_ducklake").and_then(Plain::as_bool).unwrap_or(false)
    };
    let attached = target(scope, "attach").and_then(Plain::as_array).into_iter().flatten();
    let of_attached = attached
        .filter(|entry| is_lake(entry))
        .filter_map(|entry| entry.get("alias").and_then(Plain::as_str))
        .any(|alias| alias == database);
    let main = target(scope, "database").and_then(Plain::as_str) == Some(database)
        && is_lake(&Plain::Object(scope.context.invocation.target.clone()));
    Ok(Value::from(of_attached || main))
}

/// `warn_once(msg)`: a warning of the adapter that is shown once per invocation; it is never an error.
pub(super) fn warn_once(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let message = to_text(&arguments.one("msg")?);
    if scope.engine.is_first_warning(&message) {
        (scope.context.invocation.log)(&format!("DuckDB adapter: {message}"), Saying::AdapterWarning);
    }
    Ok(Value::from(()))
}

#[cfg(test)]
mod tests {
    use super::extension;

    #[test]
    fn the_extension_of_a_location_tells_its_format() {
        let cases =
            [("a/b.CSV", Some("csv")), ("s3://x.y/b", None), ("a/.hidden", None), ("a.b/c.parquet", Some("parquet"))];
        for (location, expected) in cases {
            assert_eq!(extension(location).as_deref(), expected, "{location}");
        }
    }
}
