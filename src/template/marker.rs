//! Texts that `as_native`, `as_bool` and `as_number` have marked: they stay texts inside an expression, and are read as Python
//! literals when they are all that a text in YAML gives.

use minijinja::value::ValueKind;
use minijinja::{Environment, Value};

use super::values::to_text;

/// The filters, with the word for the type that they want.
const FILTERS: [(&str, &str); 3] = [("as_native", "native"), ("as_bool", "bool"), ("as_number", "number")];

/// Marks a value as a text to be read. minijinja's mark of safe texts serves, as nothing is escaped here.
pub(super) fn mark(value: &Value) -> Value {
    Value::from_safe_string(to_text(value))
}

/// Reads what a text in YAML gave: a marked text as the literal that it is, of the type of the text's last marking filter.
///
/// # Errors
/// Dbt's words when the literal is of another type.
pub(super) fn finish(value: Value, written: &str) -> Result<Value, String> {
    if !value.is_safe() {
        return Ok(value);
    }
    let wanted = FILTERS.into_iter().max_by_key(|(filter, _)| written.rfind(filter)).map_or("native", |(_, kind)| kind);
    let native = as_native(&value);
    let fits = match wanted {
        "bool" => native.kind() == ValueKind::Bool,
        "number" => native.kind() == ValueKind::Number,
        _ => true,
    };
    if fits { Ok(native) } else { Err(format!("Could not convert value '{value}' into type '{wanted}'")) }
}

/// Reads a text as a Python literal; what is none stays text.
fn as_native(value: &Value) -> Value {
    let Some(text) = value.as_str().map(str::trim) else { return value.clone() };
    let unread = || Value::from(value.as_str().unwrap_or_default());
    if text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return number(text).unwrap_or_else(unread);
    }
    if !matches!(text, "True" | "False" | "None") && !text.starts_with(['\'', '"', '[', '(', '{']) {
        return unread();
    }
    let environment = Environment::empty();
    let read = environment.compile_expression(text).and_then(|expression| expression.eval(()));
    read.ok().filter(|value| !value.is_undefined()).unwrap_or_else(unread)
}

/// Reads a number as Python writes one: `1_000` is one, `007` is none.
fn number(text: &str) -> Option<Value> {
    let digits = text.trim_start_matches(['+', '-']);
    let has_zeros = digits.len() > 1 && digits.starts_with('0') && digits.chars().all(|c| c.is_ascii_digit());
    if has_zeros || digits.len() + 1 < text.len() || !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let cleaned = text.replace('_', "");
    let integer = cleaned.parse::<i64>().map(Value::from);
    integer.or_else(|_| cleaned.parse::<f64>().map(Value::from)).ok()
}
