//! Between the plain data of the rest of the program and the values of templates.

use minijinja::Value;
use minijinja::value::ValueKind;

use super::{Decimal, Dict, List, RelationObject, dict, to_text};
use crate::resource::{Map, Value as Plain};

/// How deep a value may nest; what is deeper (a list that contains itself) becomes null.
const MAX_DEPTH: usize = 200;

/// Returns plain data as a template sees it: lists and dicts are mutable and belong to the template alone.
pub fn from_plain(value: &Plain) -> Value {
    match value {
        Plain::Null => Value::from(()),
        Plain::Bool(truth) => Value::from(*truth),
        Plain::Number(number) => {
            if let Some(integer) = number.as_i64() {
                Value::from(integer)
            } else if let Some(integer) = number.as_u64() {
                Value::from(integer)
            } else {
                Value::from(number.as_f64().unwrap_or(f64::NAN))
            }
        }
        Plain::String(text) => Value::from(text.as_str()),
        Plain::Array(items) => List::value(items.iter().map(from_plain).collect()),
        Plain::Object(map) => {
            Dict::value(map.iter().map(|(key, value)| (Value::from(key.as_str()), from_plain(value))))
        }
    }
}

/// Returns a template's value as plain data: relations as their rendered names, dates as ISO text, undefined as null.
pub fn to_plain(value: &Value) -> Plain {
    to_plain_at(value, 0)
}

fn to_plain_at(value: &Value, depth: usize) -> Plain {
    if depth > MAX_DEPTH {
        return Plain::Null;
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None | ValueKind::Invalid => Plain::Null,
        ValueKind::Bool => Plain::Bool(value.is_true()),
        ValueKind::Number => number(value),
        ValueKind::Seq | ValueKind::Iterable if value.downcast_object_ref::<RelationObject>().is_none() => {
            let items = value.try_iter().map(Iterator::collect::<Vec<_>>).unwrap_or_default();
            items.iter().map(|item| to_plain_at(item, depth + 1)).collect()
        }
        ValueKind::Map if !prints_as_text(value) => {
            let pairs = dict::mapping_pairs(value).unwrap_or_default();
            let entries = pairs.iter().map(|(key, value)| (to_text(key), to_plain_at(value, depth + 1)));
            Plain::Object(entries.collect::<Map>())
        }
        ValueKind::Plain => match value.downcast_object_ref::<Decimal>() {
            Some(decimal) => Plain::from(decimal.to_f64()),
            None => Plain::from(to_text(value)),
        },
        _ => Plain::from(to_text(value)),
    }
}

fn prints_as_text(value: &Value) -> bool {
    value.downcast_object_ref::<RelationObject>().is_some()
        || value.downcast_object_ref::<super::ColumnObject>().is_some()
}

fn number(value: &Value) -> Plain {
    if value.is_integer() {
        if let Some(integer) = value.as_i64() {
            return Plain::from(integer);
        }
        if let Ok(integer) = u64::try_from(value.clone()) {
            return Plain::from(integer);
        }
        return Plain::from(to_text(value));
    }
    let float = f64::try_from(value.clone()).unwrap_or(f64::NAN);
    if float.is_finite() { Plain::from(float) } else { Plain::from(to_text(value)) }
}
