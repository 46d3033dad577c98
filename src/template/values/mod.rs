//! The objects that templates use, made to behave and print like Python's.
//!
//! Lists, dicts and sets are mutable and shared by reference. Every object of ours prints by `Display` as Python's `str` and by
//! `Debug` as its `repr`; [`to_text`] and [`repr`] do so for any value.

mod column;
mod compare;
pub mod datetime;
mod datum;
mod decimal;
mod dict;
pub mod json;
mod list;
mod mapped;
mod metric;
mod operators;
mod plain;
mod printed;
mod relation;
mod repr;
mod set;
mod table;

use minijinja::value::{DynObject, ObjectRepr, Tuple, ValueKind};
use minijinja::{Error, ErrorKind, Value};

use crate::template::arguments::type_error;

pub use column::{ColumnClass, ColumnObject};
pub use compare::{is_equal, order, ordering};
pub use decimal::Decimal;
pub use dict::{Dict, dict_literal, hashable, mapping_pairs, pairs_of, read as read_mapping};
pub use list::{List, bound, integer, search, value_error};
pub use mapped::Mapped;
pub use metric::MetricObject;
pub use operators::{Operator, apply, negate, remainder};
pub use plain::{from_plain, to_plain};
pub use relation::{RelationClass, RelationObject};
pub use repr::{float_text, quote_text, repr, to_text};
pub use set::{Set, View};
pub use table::TableObject;

/// Makes a list.
pub fn list(items: Vec<Value>) -> Value {
    List::value(items)
}

/// Makes a tuple.
pub fn tuple(items: Vec<Value>) -> Value {
    Value::from(Tuple::new(items))
}

/// Makes a dict.
pub fn dict(pairs: impl IntoIterator<Item = (Value, Value)>) -> Value {
    Dict::value(pairs)
}

/// Turns minijinja's own sequences and maps (literals, slices, lazy sums) into lists and dicts that can be changed; all else,
/// tuples and our own objects among them, stays as it is.
pub fn materialise(value: &Value) -> Value {
    let Some(object) = value.as_object() else { return value.clone() };
    if is_ours(object) || value.is_tuple() || value.is_kwargs() {
        return value.clone();
    }
    match object.repr() {
        ObjectRepr::Seq | ObjectRepr::Iterable if value.len().is_some() => {
            let items = value.try_iter().map(|items| items.map(|item| materialise(&item)).collect());
            items.map_or_else(|_| value.clone(), List::value)
        }
        ObjectRepr::Map if object.type_name().contains("IndexMap") || object.type_name().contains("BTreeMap") => {
            let pairs = object.try_iter_pairs().into_iter().flatten();
            Dict::value(pairs.map(|(key, value)| (key, materialise(&value))).collect::<Vec<_>>())
        }
        _ => value.clone(),
    }
}

/// Returns whether an object is one of this program's, not of minijinja's.
fn is_ours(object: &DynObject) -> bool {
    object.type_name().starts_with(env!("CARGO_CRATE_NAME"))
}

/// Returns whether a value is undefined, also as names are while the project is being read.
pub fn is_undefined(value: &Value) -> bool {
    value.is_undefined() || value.as_object().is_some_and(|object| object.type_name().ends_with("::ParseUndefined"))
}

/// Returns the items of an iterable; none for an undefined value, as in Jinja.
///
/// # Errors
/// When Python could not iterate over it.
pub fn iterate(value: &Value) -> Result<Vec<Value>, Error> {
    let not_iterable = || type_error(format!("'{}' object is not iterable", type_name(value)));
    match value.kind() {
        _ if is_undefined(value) => Ok(Vec::new()),
        ValueKind::None | ValueKind::Bool | ValueKind::Number | ValueKind::Plain => Err(not_iterable()),
        ValueKind::String => Ok(value.as_str().unwrap_or_default().chars().map(Value::from).collect()),
        _ => {
            let items: Vec<Value> = value.try_iter().map_err(|_| not_iterable())?.collect();
            match items.last() {
                Some(last) if last.kind() == ValueKind::Invalid => Err(Error::new(
                    ErrorKind::InvalidOperation,
                    last.to_string().trim_start_matches("<invalid value: ").trim_end_matches('>').to_owned(),
                )),
                _ => Ok(items),
            }
        }
    }
}

/// Returns Python's name of a value's type.
pub fn type_name(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::Undefined => "Undefined",
        ValueKind::None => "NoneType",
        ValueKind::Bool => "bool",
        ValueKind::Number if value.is_integer() => "int",
        ValueKind::Number => "float",
        ValueKind::String => "str",
        ValueKind::Bytes => "bytes",
        _ => object_type(value),
    }
}

fn object_type(value: &Value) -> &'static str {
    let Some(object) = value.as_object() else { return "object" };
    if value.is_tuple() {
        return "tuple";
    }
    if let Some(view) = value.downcast_object_ref::<View>() {
        return view.name();
    }
    let name = object.type_name().rsplit("::").next().unwrap_or_default();
    match name {
        "List" => "list",
        "Dict" => "dict",
        "Set" => "set",
        "Decimal" => "decimal.Decimal",
        "RelationObject" => "DuckDBRelation",
        "ColumnObject" => "DuckDBColumn",
        "TableObject" => "Table",
        "Date" => "datetime.date",
        "DateTime" => "datetime.datetime",
        "Time" => "datetime.time",
        "TimeDelta" => "datetime.timedelta",
        _ if is_ours(object) => name_of(name),
        _ => match object.repr() {
            ObjectRepr::Seq => "list",
            ObjectRepr::Iterable => "generator",
            ObjectRepr::Map => "dict",
            _ => "object",
        },
    }
}

fn name_of(name: &'static str) -> &'static str {
    if name.is_empty() { "object" } else { name }
}
