//! Python's dates, times, spans and zones.

mod date;
mod delta;
mod format;
mod iso;
mod moment;
mod parse;
mod time;
mod zone;

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

pub use date::{Date, calendar_date};
pub use delta::TimeDelta;
pub use iso::{read_date, read_moment, read_time};
pub use moment::DateTime;
pub use parse::parse_moment;
pub use time::{Time, clock_time};
pub use zone::{Placed, Zone};

use super::Operator;
use crate::template::arguments::type_error;

/// Computes with dates and spans; none when neither operand is one or the operator does not fit.
pub(super) fn compute(operator: Operator, left: &Value, right: &Value) -> Option<Result<Value, Error>> {
    let (left_span, right_span) = (TimeDelta::of(left), TimeDelta::of(right));
    match (operator, left_span, right_span) {
        (Operator::Add, Some(left), Some(right)) => Some(left.plus(right).map(Value::from_object)),
        (Operator::Subtract, Some(left), Some(right)) => Some(left.plus(right.negated()).map(Value::from_object)),
        (Operator::Add, Some(span), None) => shifted(right, span),
        (Operator::Add, None, Some(span)) => shifted(left, span),
        (Operator::Subtract, None, Some(span)) => shifted(left, span.negated()),
        (Operator::Subtract, None, None) => difference(left, right),
        (Operator::Divide | Operator::FloorDivide | Operator::Remainder, Some(left), Some(right)) => {
            Some(left.divided(operator, right))
        }
        (Operator::Multiply | Operator::Divide | Operator::FloorDivide, Some(span), None) => {
            span.scaled(operator, right)
        }
        (Operator::Multiply, None, Some(span)) => span.scaled(operator, left),
        _ => None,
    }
}

fn shifted(value: &Value, span: TimeDelta) -> Option<Result<Value, Error>> {
    if let Some(moment) = value.downcast_object_ref::<DateTime>() {
        return Some(moment.plus(span).map(Value::from_object));
    }
    let date = value.downcast_object_ref::<Date>()?;
    Some(date.plus_days(span.days()).map(Value::from_object))
}

fn difference(left: &Value, right: &Value) -> Option<Result<Value, Error>> {
    if let (Some(left), Some(right)) = (left.downcast_object_ref::<DateTime>(), right.downcast_object_ref::<DateTime>())
    {
        return Some(left.minus(right).map(Value::from_object));
    }
    let (left, right) = (left.downcast_object_ref::<Date>()?, right.downcast_object_ref::<Date>()?);
    Some(Ok(Value::from_object(TimeDelta::from_days(left.day_number() - right.day_number()))))
}

/// Reads an optional whole number for a field of a date.
fn field(value: Option<&Value>, default: u32) -> Result<i64, Error> {
    match value {
        Some(value) if !value.is_undefined() => super::integer(value),
        _ => Ok(i64::from(default)),
    }
}

/// Checks a field of a date or time.
fn in_range(name: &str, value: i64, low: i64, high: i64) -> Result<u32, Error> {
    if (low..=high).contains(&value)
        && let Ok(value) = u32::try_from(value)
    {
        return Ok(value);
    }
    Err(super::value_error(format!("{name} must be in {low}..{high}")))
}

/// Returns a number of days or seconds, which may be a fraction.
fn amount(value: &Value) -> Result<f64, Error> {
    if let Some(decimal) = super::Decimal::of(value) {
        return Ok(decimal.to_f64());
    }
    if value.kind() == ValueKind::Number {
        return Ok(f64::try_from(value.clone()).unwrap_or(f64::NAN));
    }
    Err(type_error(format!("unsupported type for timedelta component: {}", super::type_name(value))))
}
