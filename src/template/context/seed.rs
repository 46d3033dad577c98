//! What a seed's materialization sees of its file: columns, types and a count, but never all rows at once.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::adapter::{run, session};
use super::arguments::kind_name;
use super::callable::Scope;
use super::raise;
use crate::adapter::{SeedOptions, SeedSchema};
use crate::resource::{NodeConfig, Value as Plain};
use crate::template::arguments::Arguments;
use crate::template::values::{TableObject, list, to_text};

/// `load_agate_table()`: reads a seed's file once and tells its columns.
pub(super) fn load_agate_table(
    scope: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    arguments.bind([])?;
    let model = scope.context.node.as_ref().map(|node| (node.model)()).unwrap_or_default();
    let part = |name: &str| model.get(name).and_then(Plain::as_str).unwrap_or_default();
    let resource_type = part("resource_type");
    if resource_type != "seed" {
        return Err(raise::compilation(format!("can only load_agate_table for seeds (got a {resource_type})")));
    }
    let shown = part("original_file_path");
    let path: PathBuf = Path::new(part("root_path")).join(shown);
    let options = scope.context.node.as_ref().map(|node| options(&node.config)).unwrap_or_default();
    let schema = Arc::new(SeedSchema::scan(&path, shown, &options).map_err(raise::resolve)?);
    scope.context.memory.remember_seed(Arc::clone(&schema));
    Ok(Value::from_object(SeedTable { scope: scope.clone(), schema }))
}

fn options(config: &NodeConfig) -> SeedOptions {
    let declared = config.map("column_types").into_iter().flatten();
    SeedOptions {
        delimiter: config.text("delimiter").map(str::to_owned),
        column_types: declared
            .filter_map(|(name, sql_type)| Some((name.clone(), sql_type.as_str()?.to_owned())))
            .collect(),
        ..SeedOptions::default()
    }
}

/// A seed's file in the place of agate's table: `column_names`, `column_types`, `columns`, and `rows`, which are read only when a
/// macro goes through them.
struct SeedTable {
    scope: Scope,
    schema: Arc<SeedSchema>,
}

impl SeedTable {
    fn names(&self) -> Value {
        list(self.schema.columns.iter().map(|column| Value::from(column.name.as_str())).collect())
    }

    fn types(&self) -> Value {
        list(self.schema.columns.iter().map(|column| Value::from(column.inferred.as_str())).collect())
    }

    fn columns(&self) -> Value {
        let column = |index: usize| {
            let column = &self.schema.columns[index];
            Value::from_pairs([
                ("name", Value::from(column.name.as_str())),
                ("index", Value::from(index)),
                ("data_type", Value::from(column.inferred.as_str())),
            ])
        };
        list((0..self.schema.columns.len()).map(column).collect())
    }
}

impl fmt::Debug for SeedTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<seed {}>", self.schema.shown_path)
    }
}

impl Object for SeedTable {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "column_names" => Some(self.names()),
            "column_types" => Some(self.types()),
            "columns" => Some(self.columns()),
            "rows" => Some(Value::from_object(SeedRows(Arc::clone(self)))),
            "original_abspath" => Some(Value::from(self.schema.path.to_string_lossy().into_owned())),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Arc::new(SeedRows(Arc::clone(self))).enumerate()
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        usize::try_from(self.schema.rows).ok()
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self:?}")
    }
}

/// The rows of a seed: counted without reading, read through the database when a macro of the user goes through them.
struct SeedRows(Arc<SeedTable>);

impl fmt::Debug for SeedRows {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<{} rows>", self.0.schema.rows)
    }
}

impl Object for SeedRows {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let SeedTable { scope, schema } = &*self.0;
        let rows = run(scope, "load_agate_table", |session| {
            let sql = session.connection().seed_query(schema);
            session.query(&sql, None)
        })
        .and_then(|(_, table)| TableObject::value(Arc::new(table)).get_attr("rows")?.try_iter());
        match rows {
            Ok(rows) => Enumerator::Iter(Box::new(rows)),
            Err(error) => Enumerator::Iter(Box::new(std::iter::once(Value::from(error)))),
        }
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        usize::try_from(self.0.schema.rows).ok()
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self:?}")
    }
}

/// Returns the seed that an argument is.
fn seed<'a>(arguments: &Arguments<'_>, value: &'a Value) -> Result<&'a SeedTable, Error> {
    value.downcast_object_ref::<SeedTable>().ok_or_else(|| {
        let (function, kind) = (arguments.function(), kind_name(value));
        let message = format!("'adapter.{function}' needs the table of load_agate_table(), not {kind}");
        raise::compilation(message)
    })
}

/// The type that stands for a class of agate's columns.
fn sql_type(class: &str) -> &'static str {
    match class {
        "Integer" => "integer",
        "Number" => "float8",
        "Boolean" => "boolean",
        "Date" => "date",
        "DateTime" => "timestamp without time zone",
        "TimeDelta" => "time",
        _ => "text",
    }
}

/// `adapter.convert_type(agate_table, col_idx)`: the SQL type of a column.
pub(super) fn convert_type(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [table, index] = arguments.bind(["agate_table", "col_idx"])?;
    let position = index.as_usize();
    if let Some(object) = table.downcast_object_ref::<TableObject>() {
        // A table that a query gave.
        let class = position.and_then(|position| object.class_of(position));
        return Ok(class.map_or_else(|| Value::from(()), |class| Value::from(sql_type(class))));
    }
    let seed = seed(arguments, &table)?;
    match position.and_then(|position| seed.schema.columns.get(position)) {
        Some(column) => Ok(Value::from(column.sql_type.as_str())),
        None => Err(raise::compilation(format!(
            "'adapter.convert_type': there is no column {} in {}",
            to_text(&index),
            seed.schema.shown_path
        ))),
    }
}

/// `adapter.seed_rows_query(agate_table, column_types={})`: a query over the file, which the database reads itself.
pub(super) fn seed_rows_query(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    // The types that the config declares are in the schema already.
    let [table, _] = arguments.bind(["agate_table", "column_types?"])?;
    let seed = seed(arguments, &table)?;
    let query = session(scope, arguments.function())?.connection().seed_query(&seed.schema);
    Ok(Value::from(query))
}

/// `adapter.get_seed_file_path(model)`: the absolute path of a seed's file.
pub(super) fn get_seed_file_path(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let model = arguments.one("model")?;
    let part = |name: &str| model.get_attr(name).map(|value| to_text(&value));
    let (root, path) = (part("root_path")?, part("original_file_path")?);
    Ok(Value::from(Path::new(&root).join(path).to_string_lossy().into_owned()))
}

/// `adapter.get_binding_char()`: the mark of a bound value.
pub(super) fn get_binding_char(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.bind([])?;
    Ok(Value::from("?"))
}
