//! Reads single arguments of a call.

use minijinja::{Error, ErrorKind, Value};

/// Returns whether an optional argument was left out or given as none.
pub(crate) fn is_absent(value: &Value) -> bool {
    value.is_undefined() || value.is_none()
}

/// Returns the argument, or `none` when it was left out.
pub(crate) fn or_none(value: Value) -> Value {
    if value.is_undefined() { Value::from(()) } else { value }
}

/// Returns the text of an argument that must be text.
///
/// # Errors
/// When it is something else.
pub(crate) fn text(function: &str, name: &str, value: &Value) -> Result<String, Error> {
    // A text that leaves a traced render for the database must be the one that was meant.
    value.as_str().map(crate::template::without_marks).ok_or_else(|| {
        let kind = kind_name(value);
        Error::new(ErrorKind::InvalidOperation, format!("{function}(): `{name}` must be text, not {kind}"))
    })
}

/// Returns the text of an argument that may be none; anything but text counts by how it prints.
pub(crate) fn optional_text(value: &Value) -> Option<String> {
    if is_absent(value) { None } else { Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned)) }
}

/// Returns the words for a value's kind, as messages use them.
pub(crate) fn kind_name(value: &Value) -> &'static str {
    use minijinja::value::ValueKind;
    match value.kind() {
        ValueKind::Undefined => "an undefined value",
        ValueKind::None => "none",
        ValueKind::Bool => "a truth value",
        ValueKind::Number => "a number",
        ValueKind::String => "text",
        ValueKind::Seq | ValueKind::Iterable => "a list",
        ValueKind::Map => "a mapping",
        _ => "an object",
    }
}
