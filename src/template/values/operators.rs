//! Python's arithmetic for all values: the engine's own operators know nothing of lists, dates and decimals.
//!
//! The rewriter turns `a + b` into a filter where one of these may be meant; plain numbers and text behave as the engine's.

use minijinja::value::{Tuple, ValueKind};
use minijinja::{Error, ErrorKind, Value};

use super::datetime;
use super::list::value_error;
use super::{Decimal, List, Set, View, is_undefined, iterate, type_name};
use crate::template::arguments::type_error;

/// Texts and lists are not repeated beyond this length.
const MAX_REPEATED: usize = 10_000_000;

/// An operator with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `//`
    FloorDivide,
    /// `%` on numbers
    Remainder,
    /// `**`
    Power,
}

impl Operator {
    /// Returns how it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::FloorDivide => "//",
            Self::Remainder => "%",
            Self::Power => "** or pow()",
        }
    }
}

/// A number of Python's: whole ones and floats count differently.
#[derive(Clone, Copy)]
enum Number {
    Whole(i128),
    Float(f64),
}

impl Number {
    fn of(value: &Value) -> Option<Self> {
        match value.kind() {
            ValueKind::Bool => Some(Self::Whole(i128::from(value.is_true()))),
            ValueKind::Number if value.is_integer() => i128::try_from(value.clone()).ok().map(Self::Whole),
            ValueKind::Number => f64::try_from(value.clone()).ok().map(Self::Float),
            _ => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "Python rounds whole numbers to floats too")]
    fn float(self) -> f64 {
        match self {
            Self::Whole(number) => number as f64,
            Self::Float(number) => number,
        }
    }
}

/// Computes `left operator right` as Python does.
///
/// # Errors
/// When the operands do not fit, on division by zero, and when the result is too large.
pub fn apply(operator: Operator, left: &Value, right: &Value) -> Result<Value, Error> {
    if let (Some(left), Some(right)) = (Number::of(left), Number::of(right)) {
        return numbers(operator, left, right);
    }
    if let Some(result) = decimals(operator, left, right) {
        return result.map(Decimal::value);
    }
    let result = match operator {
        Operator::Add => add(left, right)?,
        Operator::Subtract => subtract(left, right)?,
        Operator::Multiply => match repeat(left, right)? {
            Some(value) => Some(value),
            None => repeat(right, left)?,
        },
        _ => None,
    };
    if let Some(result) = result {
        return Ok(result);
    }
    datetime::compute(operator, left, right).unwrap_or_else(|| Err(unsupported(operator, left, right)))
}

/// Computes `left % right` for numbers.
///
/// # Errors
/// As [`apply`].
pub fn remainder(left: &Value, right: &Value) -> Result<Value, Error> {
    apply(Operator::Remainder, left, right)
}

/// Computes `-value` as Python does: numbers, decimals, durations, and booleans as numbers.
///
/// # Errors
/// When it has no negative.
pub fn negate(value: &Value) -> Result<Value, Error> {
    if is_undefined(value) {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    if value.kind() == ValueKind::String || value.is_tuple() || is_list(value) {
        return Err(type_error(format!("bad operand type for unary -: '{}'", type_name(value))));
    }
    apply(Operator::Multiply, value, &Value::from(-1))
}

fn unsupported(operator: Operator, left: &Value, right: &Value) -> Error {
    let (left, right) = (type_name(left), type_name(right));
    type_error(format!("unsupported operand type(s) for {}: '{left}' and '{right}'", operator.symbol()))
}

/// Python's `Decimal` computes with whole numbers; with floats it does not, but templates cannot tell which is which.
fn decimals(operator: Operator, left: &Value, right: &Value) -> Option<Result<Decimal, Error>> {
    let is_decimal = |value: &Value| value.downcast_object_ref::<Decimal>().is_some();
    if !is_decimal(left) && !is_decimal(right) {
        return None;
    }
    Some(Decimal::of(left)?.compute(operator, Decimal::of(right)?))
}

fn numbers(operator: Operator, left: Number, right: Number) -> Result<Value, Error> {
    if let (Number::Whole(left), Number::Whole(right)) = (left, right) {
        let too_large = || value_error("the number becomes too large");
        let made = match operator {
            Operator::Add => left.checked_add(right),
            Operator::Subtract => left.checked_sub(right),
            Operator::Multiply => left.checked_mul(right),
            Operator::FloorDivide | Operator::Remainder if right == 0 => {
                return Err(value_error("integer division or modulo by zero"));
            }
            Operator::FloorDivide => floor_divide(left, right),
            Operator::Remainder => floor_divide(left, right).map(|quotient| left - quotient * right),
            Operator::Power if right >= 0 => u32::try_from(right).ok().and_then(|right| left.checked_pow(right)),
            Operator::Power | Operator::Divide => {
                return floats(operator, Number::Whole(left).float(), Number::Whole(right).float());
            }
        };
        return made.map(whole).ok_or_else(too_large);
    }
    floats(operator, left.float(), right.float())
}

fn floor_divide(left: i128, right: i128) -> Option<i128> {
    let quotient = left.checked_div(right)?;
    let is_exact = left == quotient.checked_mul(right)?;
    Some(if !is_exact && (left < 0) != (right < 0) { quotient - 1 } else { quotient })
}

fn floats(operator: Operator, left: f64, right: f64) -> Result<Value, Error> {
    let by_zero = || value_error("division by zero");
    Ok(Value::from(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide | Operator::FloorDivide | Operator::Remainder if right == 0.0 => return Err(by_zero()),
        Operator::Divide => left / right,
        Operator::FloorDivide => (left / right).floor(),
        Operator::Remainder => {
            let rest = left % right;
            if rest != 0.0 && (rest < 0.0) != (right < 0.0) { rest + right } else { rest }
        }
        Operator::Power if left == 0.0 && right < 0.0 => return Err(by_zero()),
        Operator::Power => left.powf(right),
    }))
}

/// Makes a value of a whole number.
fn whole(number: i128) -> Value {
    i64::try_from(number).map_or_else(|_| Value::from(number), Value::from)
}

fn add(left: &Value, right: &Value) -> Result<Option<Value>, Error> {
    if left.kind() == ValueKind::String {
        if right.kind() != ValueKind::String {
            let other = type_name(right);
            return Err(type_error(format!("can only concatenate str (not \"{other}\") to str")));
        }
        let (left, right) = (left.as_str().unwrap_or_default(), right.as_str().unwrap_or_default());
        return Ok(Some(Value::from([left, right].concat())));
    }
    if let (Some(left), Some(right)) = (left.downcast_object_ref::<Tuple>(), right.downcast_object_ref::<Tuple>()) {
        return Ok(Some(Value::from(Tuple::new([left.to_vec(), right.to_vec()].concat()))));
    }
    if !is_list(left) {
        return Ok(None);
    }
    if !is_list(right) {
        let other = type_name(right);
        return Err(type_error(format!("can only concatenate list (not \"{other}\") to list")));
    }
    let mut items = iterate(left)?;
    items.extend(iterate(right)?);
    Ok(Some(List::value(items)))
}

/// Lists, and what minijinja has in place of them.
fn is_list(value: &Value) -> bool {
    let is_sequence = matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) && !value.is_tuple();
    let is_other = value.downcast_object_ref::<Set>().is_some() || value.downcast_object_ref::<View>().is_some();
    is_sequence && !is_other
}

/// The difference of two sets, or of the views of dicts.
fn subtract(left: &Value, right: &Value) -> Result<Option<Value>, Error> {
    let is_set = |value: &Value| {
        value.downcast_object_ref::<Set>().is_some()
            || value.downcast_object_ref::<View>().is_some_and(|view| view.name() != "dict_values")
    };
    if !is_set(left) || !is_set(right) {
        return Ok(None);
    }
    let removed = iterate(right)?;
    Set::value(iterate(left)?.into_iter().filter(|item| !removed.contains(item))).map(Some)
}

fn repeat(value: &Value, count: &Value) -> Result<Option<Value>, Error> {
    let Some(Number::Whole(count)) = Number::of(count) else { return Ok(None) };
    let count = usize::try_from(count.max(0)).unwrap_or(usize::MAX);
    let fits = |length: usize| length.checked_mul(count).is_some_and(|length| length <= MAX_REPEATED);
    let too_long = || value_error("the repeated value is too long");
    if value.kind() == ValueKind::String {
        let text = value.as_str().unwrap_or_default();
        return if fits(text.len()) { Ok(Some(Value::from(text.repeat(count)))) } else { Err(too_long()) };
    }
    if !value.is_tuple() && !is_list(value) {
        return Ok(None);
    }
    let items = iterate(value)?;
    if !fits(items.len()) {
        return Err(too_long());
    }
    let items: Vec<Value> = std::iter::repeat_n(items, count).flatten().collect();
    Ok(Some(if value.is_tuple() { Value::from(Tuple::new(items)) } else { List::value(items) }))
}
