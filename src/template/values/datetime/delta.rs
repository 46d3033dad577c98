//! Python's `timedelta`.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{DynObject, Object, ObjectRepr, ValueKind};
use minijinja::{Error, ErrorKind, State, Value};

use super::super::{Operator, value_error};
use super::amount;
use crate::template::arguments::Arguments;

const SECOND: i128 = 1_000_000;
const DAY: i128 = 86_400 * SECOND;

/// A span of time in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeDelta {
    microseconds: i128,
}

impl TimeDelta {
    /// The longest span.
    pub const MAX: Self = Self { microseconds: 1_000_000_000 * DAY - 1 };
    /// The longest span backward.
    pub const MIN: Self = Self { microseconds: -999_999_999 * DAY };

    /// Makes a span of whole days.
    pub fn from_days(days: i64) -> Self {
        Self { microseconds: i128::from(days) * DAY }
    }

    /// Makes a span of whole seconds.
    pub fn from_seconds(seconds: i64) -> Self {
        Self { microseconds: i128::from(seconds) * SECOND }
    }

    /// Makes a span of microseconds.
    pub fn from_microseconds(microseconds: i64) -> Self {
        Self { microseconds: i128::from(microseconds) }
    }

    /// Builds one from the arguments of `timedelta(…)`.
    ///
    /// # Errors
    /// When an argument is no number or the span is too long.
    pub fn build(arguments: &Arguments) -> Result<Self, Error> {
        let names = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"];
        let units = [DAY, SECOND, 1, 1_000, 60 * SECOND, 3_600 * SECOND, 7 * DAY];
        let mut total = 0_i128;
        for (value, unit) in arguments.options(names)?.iter().zip(units) {
            let Some(value) = value else { continue };
            total =
                total.saturating_add(match value.is_integer().then(|| i128::try_from(value.clone()).ok()).flatten() {
                    Some(whole) => whole.saturating_mul(unit),
                    None => fraction(amount(value)?, unit),
                });
        }
        Self { microseconds: total }.checked()
    }

    /// Takes the span out of a value.
    pub fn of(value: &Value) -> Option<Self> {
        value.downcast_object_ref::<Self>().copied()
    }

    fn checked(self) -> Result<Self, Error> {
        if self < Self::MIN || self > Self::MAX {
            return Err(value_error(format!("days={}; must have magnitude <= 999999999", self.microseconds / DAY)));
        }
        Ok(self)
    }

    /// Returns the whole days, rounded down.
    pub fn days(self) -> i64 {
        i64::try_from(self.microseconds.div_euclid(DAY)).unwrap_or(i64::MAX)
    }

    /// Returns the span in microseconds.
    pub fn microseconds(self) -> i128 {
        self.microseconds
    }

    fn seconds(self) -> i128 {
        self.microseconds.rem_euclid(DAY) / SECOND
    }

    fn fraction(self) -> i128 {
        self.microseconds.rem_euclid(SECOND)
    }

    #[expect(clippy::cast_precision_loss, reason = "Python gives a float too")]
    fn total_seconds(self) -> f64 {
        self.microseconds as f64 / 1e6
    }

    pub(super) fn negated(self) -> Self {
        Self { microseconds: -self.microseconds }
    }

    pub(super) fn plus(self, other: Self) -> Result<Self, Error> {
        Self { microseconds: self.microseconds + other.microseconds }.checked()
    }

    pub(super) fn divided(self, operator: Operator, other: Self) -> Result<Value, Error> {
        if other.microseconds == 0 {
            return Err(value_error("division by zero"));
        }
        if operator == Operator::Divide {
            return Ok(Value::from(self.total_seconds() / other.total_seconds()));
        }
        let quotient = floor(self.microseconds, other.microseconds);
        if operator == Operator::FloorDivide {
            return Ok(i64::try_from(quotient).map_or_else(|_| Value::from(quotient), Value::from));
        }
        Ok(Value::from_object(Self { microseconds: self.microseconds - quotient * other.microseconds }))
    }

    /// The span times or by a number; none when the operand is no number.
    pub(super) fn scaled(self, operator: Operator, number: &Value) -> Option<Result<Value, Error>> {
        if number.kind() != ValueKind::Number {
            return None;
        }
        let whole = number.is_integer().then(|| i128::try_from(number.clone()).ok()).flatten();
        let made = match (operator, whole) {
            (Operator::Multiply, Some(whole)) => Some(self.microseconds.saturating_mul(whole)),
            (_, Some(0)) => return Some(Err(value_error("division by zero"))),
            (Operator::FloorDivide, Some(whole)) => Some(floor(self.microseconds, whole)),
            (operator, _) => {
                let factor = f64::try_from(number.clone()).unwrap_or(f64::NAN);
                let factor = if operator == Operator::Multiply { factor } else { 1.0 / factor };
                factor.is_finite().then(|| fraction(factor, self.microseconds))
            }
        };
        let span = made.ok_or_else(|| value_error("division by zero"));
        Some(span.and_then(|microseconds| Self { microseconds }.checked()).map(Value::from_object))
    }
}

fn floor(left: i128, right: i128) -> i128 {
    let quotient = left / right;
    if left % right != 0 && (left < 0) != (right < 0) { quotient - 1 } else { quotient }
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a cast of a float saturates")]
fn fraction(amount: f64, unit: i128) -> i128 {
    (amount * unit as f64).round_ties_even() as i128
}

impl fmt::Display for TimeDelta {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.days();
        if days != 0 {
            let plural = if days.abs() == 1 { "" } else { "s" };
            write!(formatter, "{days} day{plural}, ")?;
        }
        let seconds = self.seconds();
        write!(formatter, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        match self.fraction() {
            0 => Ok(()),
            fraction => write!(formatter, ".{fraction:06}"),
        }
    }
}

impl fmt::Debug for TimeDelta {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [("days", i128::from(self.days())), ("seconds", self.seconds()), ("microseconds", self.fraction())];
        let shown: Vec<String> =
            parts.iter().filter(|(_, value)| *value != 0).map(|(name, value)| format!("{name}={value}")).collect();
        let shown = if shown.is_empty() { "0".to_owned() } else { shown.join(", ") };
        write!(formatter, "datetime.timedelta({shown})")
    }
}

impl Object for TimeDelta {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.microseconds != 0
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "days" => Some(Value::from(self.days())),
            "seconds" => Some(Value::from(i64::try_from(self.seconds()).unwrap_or(0))),
            "microseconds" => Some(Value::from(i64::try_from(self.fraction()).unwrap_or(0))),
            _ => None,
        }
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        other.downcast_ref::<Self>().map(|other| self.as_ref().cmp(other))
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        match method {
            "total_seconds" => {
                Arguments::new(method, args).options([])?;
                Ok(Value::from(self.total_seconds()))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_ref(), formatter)
    }
}
