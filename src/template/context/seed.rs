//! What a seed's materialization sees of its file.

use minijinja::{Error, State, Value};

use super::arguments::Arguments;
use super::callable::Scope;
use super::raise;
use crate::template::values::to_text;

/// `load_agate_table()`.
pub(super) fn load_agate_table(_: &Scope, _: &mut State<'_, '_>, _: &Arguments<'_>) -> Result<Value, Error> {
    Err(raise::compilation("later"))
}

/// `adapter.convert_type(agate_table, col_idx)`.
pub(super) fn convert_type(_: &Scope, _: &mut State<'_, '_>, _: &Arguments<'_>) -> Result<Value, Error> {
    Err(raise::compilation("later"))
}

/// `adapter.seed_rows_query(agate_table, column_types)`.
pub(super) fn seed_rows_query(_: &Scope, _: &mut State<'_, '_>, _: &Arguments<'_>) -> Result<Value, Error> {
    Err(raise::compilation("later"))
}

/// `adapter.get_seed_file_path(model)`: the absolute path of a seed's file.
pub(super) fn get_seed_file_path(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let model = arguments.one("model")?;
    let part = |name: &str| model.get_attr(name).map(|value| to_text(&value));
    let (root, path) = (part("root_path")?, part("original_file_path")?);
    Ok(Value::from(format!("{}/{path}", root.trim_end_matches('/'))))
}

/// `adapter.get_binding_char()`: the mark of a bound value.
pub(super) fn get_binding_char(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.bind([])?;
    Ok(Value::from("?"))
}
