//! Filters that make numbers.

use minijinja::value::ValueKind;
use minijinja::{Error, State, Value};

use super::Filter;
use crate::template::arguments::{Arguments, type_error};
use crate::template::python::methods::whole;
use crate::template::values::datetime::TimeDelta;
use crate::template::values::{Decimal, Operator, apply, to_text, type_name, value_error};

pub(super) const FILTERS: &[(&str, Filter)] = &[
    ("int", int),
    ("float", float),
    ("abs", absolute),
    ("round", round),
    ("as_text", same),
    ("as_bool", same),
    ("as_native", same),
    ("as_number", same),
];

/// dbt's type hints mean something in YAML only; in SQL they change nothing.
fn same(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    Ok(value.clone())
}

fn int(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [default, base] = arguments.options(["default", "base"])?;
    let base = u32::try_from(whole(base.as_ref(), 10)?).ok().filter(|base| (2..=36).contains(base)).unwrap_or(10);
    let made = match value.kind() {
        ValueKind::Number | ValueKind::Bool if value.is_integer() => return Ok(value.clone()),
        ValueKind::Bool => Some(i128::from(value.is_true())),
        ValueKind::Number => f64::try_from(value.clone()).ok().and_then(truncated),
        ValueKind::String => {
            let text = to_text(value);
            parse(&text, base).or_else(|| number(&text).and_then(truncated))
        }
        _ => Decimal::of(value).and_then(Decimal::truncated),
    };
    let made = made.map(|number| i64::try_from(number).map_or_else(|_| Value::from(number), Value::from));
    Ok(made.or(default).unwrap_or_else(|| Value::from(0)))
}

#[expect(clippy::cast_possible_truncation, reason = "numbers beyond the limit are refused before")]
fn truncated(number: f64) -> Option<i128> {
    (number.abs() < 1e37).then_some(number.trunc() as i128)
}

/// Reads a whole number as Python's `int` does: spaces around, a sign, underscores, and the prefix of the base.
fn parse(text: &str, base: u32) -> Option<i128> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let prefix = match base {
        2 => "0b",
        8 => "0o",
        16 => "0x",
        _ => "\0",
    };
    let digits = match digits.get(..2) {
        Some(start) if start.eq_ignore_ascii_case(prefix) => &digits[2..],
        _ => digits,
    };
    if digits.starts_with(['+', '-', '_']) || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    i128::from_str_radix(&format!("{sign}{}", digits.replace('_', "")), base).ok()
}

/// Reads a float as Python's `float` does.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.replace('_', "");
    let is_spaced = text.starts_with('_') || text.ends_with('_') || text.contains("__");
    plain.parse().ok().filter(|_| !is_spaced)
}

fn float(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [default] = arguments.options(["default"])?;
    let made = match value.kind() {
        ValueKind::Bool => Some(if value.is_true() { 1.0 } else { 0.0 }),
        ValueKind::Number => f64::try_from(value.clone()).ok().or_else(|| number(&to_text(value))),
        ValueKind::String => number(&to_text(value)),
        _ => Decimal::of(value).map(Decimal::to_f64),
    };
    Ok(made.map(Value::from).or(default).unwrap_or_else(|| Value::from(0.0)))
}

fn absolute(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    if let Some(decimal) = value.downcast_object_ref::<Decimal>() {
        return Ok(decimal.absolute().value());
    }
    let is_negative = match (value.kind(), TimeDelta::of(value)) {
        (_, Some(span)) => span.microseconds() < 0,
        (ValueKind::Number | ValueKind::Bool, None) => Decimal::of(value).map_or(0.0, Decimal::to_f64) < 0.0,
        _ => return Err(type_error(format!("bad operand type for abs(): '{}'", type_name(value)))),
    };
    let factor = Value::from(if is_negative { -1 } else { 1 });
    apply(Operator::Multiply, value, &factor)
}

fn round(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [precision, method] = arguments.options(["precision", "method"])?;
    let precision = i32::try_from(whole(precision.as_ref(), 0)?).unwrap_or(0).clamp(-300, 300);
    let method = method.map_or_else(|| "common".to_owned(), |method| to_text(&method));
    let number = Decimal::of(value)
        .ok_or_else(|| type_error(format!("type {} doesn't define __round__ method", type_name(value))));
    if method != "common" {
        let factor = 10_f64.powi(precision);
        let scaled = number?.to_f64() * factor;
        let moved = match method.as_str() {
            "ceil" => scaled.ceil(),
            "floor" => scaled.floor(),
            _ => return Err(value_error("method must be common, ceil or floor")),
        };
        return Ok(Value::from(moved / factor));
    }
    if let Some(decimal) = value.downcast_object_ref::<Decimal>() {
        return Ok(decimal.to_exponent(-precision).value());
    }
    if value.kind() == ValueKind::Number && !value.is_integer() {
        return Ok(Value::from(rounded(f64::try_from(value.clone()).unwrap_or(f64::NAN), precision)));
    }
    let number = number?;
    if precision >= 0 {
        return Ok(number.truncated().map_or_else(
            || value.clone(),
            |whole| i64::try_from(whole).map_or_else(|_| Value::from(whole), Value::from),
        ));
    }
    let whole = number.to_exponent(-precision).truncated().unwrap_or_default();
    Ok(i64::try_from(whole).map_or_else(|_| Value::from(whole), Value::from))
}

/// Rounds to digits after the point as Python does: by the exact value of the float, halves to even.
fn rounded(number: f64, precision: i32) -> f64 {
    if let Ok(digits) = usize::try_from(precision) {
        return format!("{number:.digits$}").parse().unwrap_or(number);
    }
    let unit = 10_f64.powi(-precision);
    (number / unit).round_ties_even() * unit
}
