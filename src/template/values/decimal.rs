//! Python's `Decimal`, as the numbers of query results are: prints with its scale, counts with 28 digits.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{DynObject, Object, ObjectRepr, ValueKind};
use minijinja::{Error, State, Value};

use super::list::value_error;
use super::operators::Operator;
use crate::template::arguments::{Arguments, type_error};

/// Digits kept by operations: Python's default context.
const PRECISION: u32 = 28;

/// A decimal number: `coefficient × 10^exponent`.
#[derive(Clone, Copy)]
pub struct Decimal {
    coefficient: i128,
    exponent: i32,
}

impl Decimal {
    /// Reads `-12.50`, `1e20`; none when the text is no number or has more than 38 digits.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (mantissa, exponent) = match text.find(['e', 'E']) {
            Some(index) => (&text[..index], text[index + 1..].parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
        if !is_numeric(unsigned) || !is_numeric(fraction) || (unsigned.is_empty() && fraction.is_empty()) {
            return None;
        }
        let digits = format!("{unsigned}{fraction}");
        let coefficient: i128 = digits.parse().ok()?;
        let coefficient = if whole.starts_with('-') { -coefficient } else { coefficient };
        let scale = i32::try_from(fraction.len()).ok()?;
        Some(Self { coefficient, exponent: exponent.checked_sub(scale)? })
    }

    /// Takes a number of any kind; none for other values and for infinities.
    pub fn of(value: &Value) -> Option<Self> {
        if let Some(decimal) = value.downcast_object_ref::<Self>() {
            return Some(*decimal);
        }
        match value.kind() {
            ValueKind::Bool => Some(Self { coefficient: i128::from(value.is_true()), exponent: 0 }),
            ValueKind::Number if value.is_integer() => {
                Some(Self { coefficient: i128::try_from(value.clone()).ok()?, exponent: 0 })
            }
            ValueKind::Number => Self::parse(&super::float_text(f64::try_from(value.clone()).ok()?)),
            _ => None,
        }
    }

    /// Makes a value of it.
    pub fn value(self) -> Value {
        Value::from_object(self)
    }

    /// Returns the nearest float.
    pub fn to_f64(self) -> f64 {
        format!("{}e{}", self.coefficient, self.exponent).parse().unwrap_or(f64::NAN)
    }

    /// Returns the whole part.
    pub fn truncated(self) -> Option<i128> {
        match u32::try_from(self.exponent) {
            Ok(exponent) => self.coefficient.checked_mul(10_i128.checked_pow(exponent)?),
            Err(_) => Some(power(self.exponent.unsigned_abs()).map_or(0, |unit| self.coefficient / unit)),
        }
    }

    /// Compares two numbers of which at least one is a decimal.
    pub(super) fn compare(left: &Value, right: &Value) -> Option<Ordering> {
        let is_decimal = |value: &Value| value.downcast_object_ref::<Self>().is_some();
        if !is_decimal(left) && !is_decimal(right) {
            return None;
        }
        let (left, right) = (Self::of(left)?, Self::of(right)?);
        match left.aligned(right) {
            Some((left, right, _)) => Some(left.cmp(&right)),
            None => left.to_f64().partial_cmp(&right.to_f64()),
        }
    }

    /// Brings two numbers to one exponent.
    fn aligned(self, other: Self) -> Option<(i128, i128, i32)> {
        let exponent = self.exponent.min(other.exponent);
        let scale = |number: Self| {
            number.coefficient.checked_mul(power(u32::try_from(number.exponent.checked_sub(exponent)?).ok()?)?)
        };
        Some((scale(self)?, scale(other)?, exponent))
    }

    /// Computes with two decimals as Python does.
    ///
    /// # Errors
    /// On a division by zero and when the result has too many digits.
    pub(super) fn compute(self, operator: Operator, other: Self) -> Result<Self, Error> {
        let too_large = || value_error("the decimal number becomes too large");
        let made = match operator {
            Operator::Add | Operator::Subtract => self.aligned(other).and_then(|(left, right, exponent)| {
                let right = if operator == Operator::Add { right } else { right.checked_neg()? };
                Some(Self { coefficient: left.checked_add(right)?, exponent })
            }),
            Operator::Multiply => self
                .coefficient
                .checked_mul(other.coefficient)
                .map(|coefficient| Self { coefficient, exponent: self.exponent.saturating_add(other.exponent) }),
            Operator::Divide | Operator::FloorDivide | Operator::Remainder if other.coefficient == 0 => {
                return Err(value_error("division by zero"));
            }
            Operator::Divide => self.divide(other),
            Operator::FloorDivide => {
                self.aligned(other).map(|(left, right, _)| Self { coefficient: left / right, exponent: 0 })
            }
            Operator::Remainder => {
                self.aligned(other).map(|(left, right, exponent)| Self { coefficient: left % right, exponent })
            }
            Operator::Power => Self::of(&Value::from(self.to_f64().powf(other.to_f64()))),
        };
        made.map(Self::rounded).ok_or_else(too_large)
    }

    /// Long division to the full precision; what divides evenly keeps only the digits it needs.
    fn divide(self, other: Self) -> Option<Self> {
        let ideal = self.exponent.checked_sub(other.exponent)?;
        let negative = (self.coefficient < 0) != (other.coefficient < 0);
        let (dividend, divisor) = (self.coefficient.unsigned_abs(), other.coefficient.unsigned_abs());
        let (mut quotient, mut rest) = (dividend / divisor, dividend % divisor);
        let mut exponent = ideal;
        while rest != 0 && digits(quotient) <= PRECISION {
            rest = rest.checked_mul(10)?;
            quotient = quotient.checked_mul(10)?.checked_add(rest / divisor)?;
            rest %= divisor;
            exponent -= 1;
        }
        let coefficient = i128::try_from(quotient).ok()?;
        Some(Self { coefficient: if negative { -coefficient } else { coefficient }, exponent })
    }

    /// Rounds half to even, to the precision of the context.
    fn rounded(self) -> Self {
        let surplus = digits(self.coefficient.unsigned_abs()).saturating_sub(PRECISION);
        if surplus == 0 { self } else { self.to_exponent(self.exponent + surplus.cast_signed()) }
    }

    /// Rounds half to even so that the number has this exponent; unchanged when that cannot be written.
    pub fn to_exponent(self, exponent: i32) -> Self {
        let shift = exponent.saturating_sub(self.exponent);
        let Some(unit) = power(shift.unsigned_abs()) else { return self };
        if shift <= 0 {
            let coefficient = self.coefficient.checked_mul(unit);
            return coefficient.map_or(self, |coefficient| Self { coefficient, exponent });
        }
        let (quotient, rest) = (self.coefficient / unit, (self.coefficient % unit).abs());
        let is_up = rest > unit - rest || (rest == unit - rest && quotient % 2 != 0);
        let step = if self.coefficient < 0 { -1 } else { 1 };
        Self { coefficient: if is_up { quotient + step } else { quotient }, exponent }
    }

    /// Returns how many digits stand after the point, zeros at the end not counted.
    pub(super) fn fraction_digits(self) -> usize {
        let (mut coefficient, mut exponent) = (self.coefficient, self.exponent);
        while exponent < 0 && coefficient % 10 == 0 {
            coefficient /= 10;
            exponent += 1;
        }
        usize::try_from(-i64::from(exponent)).unwrap_or(0)
    }

    /// Returns the number without its sign.
    pub fn absolute(self) -> Self {
        Self { coefficient: self.coefficient.saturating_abs(), exponent: self.exponent }
    }
}

fn power(exponent: u32) -> Option<i128> {
    10_i128.checked_pow(exponent)
}

fn digits(number: u128) -> u32 {
    number.checked_ilog10().map_or(1, |log| log + 1)
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.coefficient < 0 { "-" } else { "" };
        let digits = self.coefficient.unsigned_abs().to_string();
        let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
        // The place of the point, counted from the left end of the digits.
        let point = length.saturating_add(self.exponent);
        if self.exponent > 0 || point <= -6 {
            let (first, rest) = digits.split_at(1);
            let separator = if rest.is_empty() { "" } else { "." };
            let exponent = point - 1;
            let plus = if exponent < 0 { "" } else { "+" };
            return write!(formatter, "{sign}{first}{separator}{rest}E{plus}{exponent}");
        }
        if self.exponent == 0 {
            return write!(formatter, "{sign}{digits}");
        }
        match usize::try_from(point) {
            Ok(point) if point > 0 => write!(formatter, "{sign}{}.{}", &digits[..point], &digits[point..]),
            _ => write!(formatter, "{sign}0.{}{digits}", "0".repeat(usize::try_from(-point).unwrap_or(0))),
        }
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Decimal('{self}')")
    }
}

impl Object for Decimal {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.coefficient != 0
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?;
        Self::compare(&self.value(), &other.value())
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new(method, args);
        match method {
            "quantize" => {
                let [unit] = arguments.options(["exp"])?;
                let unit = unit.as_ref().and_then(Self::of).ok_or_else(|| arguments.missing("exp"))?;
                Ok(self.to_exponent(unit.exponent).value())
            }
            "is_zero" => Ok(Value::from(self.coefficient == 0)),
            "is_signed" => Ok(Value::from(self.coefficient < 0)),
            "copy_abs" => Ok(self.absolute().value()),
            "as_integer_ratio" => Err(type_error("as_integer_ratio() is not offered for decimal numbers")),
            _ => Err(Error::from(minijinja::ErrorKind::UnknownMethod)),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_ref(), formatter)
    }
}
