//! Methods of values that are not our own objects: texts, numbers, tuples, and minijinja's lists and maps.

use minijinja::value::{ObjectRepr, Tuple, ValueKind};
use minijinja::{Error, ErrorKind, State, Value};

use super::text;
use crate::template::arguments::{Arguments, type_error};
use crate::template::values::{List, integer, iterate, read_mapping, search, type_name, value_error};

/// Calls a method that the value itself does not know. Asked by the engine.
///
/// # Errors
/// With the kind `UnknownMethod` when the value holds something callable under the name; with Jinja's words when it has nothing.
pub(super) fn call(state: &mut State, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    let result = match value.kind() {
        ValueKind::String => text::call(state, value.as_str().unwrap_or_default(), method, args),
        ValueKind::Number | ValueKind::Bool => number(value, method, args),
        ValueKind::Bytes => bytes(value, method, args),
        ValueKind::Seq | ValueKind::Iterable => sequence(state, value, method, args),
        ValueKind::Map => mapping(value, method, args),
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    };
    match result {
        Err(error) if error.kind() == ErrorKind::UnknownMethod => {
            let holds_it = value.as_object().is_some_and(|object| object.get_value_by_str(method).is_some());
            Err(if holds_it || value.is_undefined() { error } else { unknown(value, method) })
        }
        result => result,
    }
}

/// The error for an attribute that is not there, in the words that dbt shows.
fn unknown(value: &Value, method: &str) -> Error {
    let message = match value.kind() {
        ValueKind::None => format!("'None' has no attribute '{method}'"),
        _ => format!("'{} object' has no attribute '{method}'", type_name(value)),
    };
    Error::new(ErrorKind::InvalidOperation, message)
}

fn number(value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    let arguments = Arguments::new(method, args);
    let is_whole = value.is_integer() || value.kind() == ValueKind::Bool;
    let float = || f64::try_from(value.clone()).unwrap_or(f64::NAN);
    let made = match method {
        "is_integer" if is_whole => Value::from(true),
        "is_integer" => Value::from(float().fract() == 0.0),
        "bit_length" | "bit_count" if is_whole => {
            let magnitude = i128::try_from(value.clone()).unwrap_or_default().unsigned_abs();
            let bits = u128::BITS - magnitude.leading_zeros();
            Value::from(if method == "bit_length" { bits } else { magnitude.count_ones() })
        }
        "conjugate" => value.clone(),
        "as_integer_ratio" if is_whole => Value::from(Tuple::from([value.clone(), Value::from(1)])),
        "hex" if !is_whole => return Err(type_error("hex() of a float is not offered")),
        _ => return Err(Error::from(ErrorKind::UnknownMethod)),
    };
    arguments.options([])?;
    Ok(made)
}

fn bytes(value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    let bytes = value.as_bytes().unwrap_or_default();
    match method {
        "decode" => {
            Arguments::new(method, args).options(["encoding", "errors"])?;
            let text = std::str::from_utf8(bytes);
            text.map(Value::from).map_err(|_| value_error("the bytes are no UTF-8 text"))
        }
        "hex" => {
            Arguments::new(method, args).options([])?;
            Ok(Value::from(crate::resource::hex(bytes)))
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

/// Tuples, and minijinja's own lists, which a template gets hold of only where no list of ours was made.
fn sequence(state: &mut State, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    if let Some(tuple) = value.downcast_object_ref::<Tuple>() {
        return search(tuple, "tuple", method, args);
    }
    if value.as_object().is_some_and(|object| object.type_name().starts_with("minijinja::") || is_vector(value)) {
        match method {
            "index" | "count" => return search(&iterate(value)?, "list", method, args),
            "copy" => return Ok(List::value(iterate(value)?)),
            "append" | "extend" | "insert" | "pop" | "remove" | "clear" | "sort" | "reverse" => {
                let _ = state;
                return Err(type_error(format!(
                    "this list cannot be changed by {method}(); give it a name with set, or make a list of it with the \
                     filter list, first"
                )));
            }
            _ => {}
        }
    }
    Err(Error::from(ErrorKind::UnknownMethod))
}

fn is_vector(value: &Value) -> bool {
    value.as_object().is_some_and(|object| object.type_name().starts_with("alloc::vec::"))
}

fn mapping(value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    let is_foreign = value.as_object().is_some_and(|object| {
        object.repr() == ObjectRepr::Map && !object.type_name().starts_with(env!("CARGO_CRATE_NAME"))
    });
    if !is_foreign {
        return Err(Error::from(ErrorKind::UnknownMethod));
    }
    read_mapping(value, method, args)
}

/// Returns what `value.name` means; an undefined value when it has nothing of that name.
pub(super) fn attribute(value: &Value, name: &str) -> Value {
    if value.is_undefined() {
        return Value::UNDEFINED;
    }
    value.get_attr(name).unwrap_or_default()
}

/// Returns what a filter's `attribute='a.b.0'` means: parts between points, numbers as indices.
pub(super) fn path(value: &Value, path: &Value) -> Value {
    if path.is_integer() {
        return item(value, path);
    }
    let Some(path) = path.as_str() else { return Value::UNDEFINED };
    path.split('.').fold(value.clone(), |value, part| match part.parse::<i64>() {
        Ok(index) => item(&value, &Value::from(index)),
        Err(_) => item(&value, &Value::from(part)),
    })
}

fn item(value: &Value, key: &Value) -> Value {
    if value.is_undefined() { Value::UNDEFINED } else { value.get_item(key).unwrap_or_default() }
}

/// Returns a whole number for a filter's argument.
pub(super) fn whole(value: Option<&Value>, default: i64) -> Result<i64, Error> {
    value.filter(|value| !value.is_none()).map_or(Ok(default), integer)
}
