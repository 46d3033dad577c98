//! Python's comparisons: numbers of all kinds with each other, text with text, sequences item by item.

use std::cmp::Ordering;

use minijinja::value::{Tuple, ValueKind};
use minijinja::{Error, Value};

use super::datetime::DateTime;
use super::{Decimal, List, is_undefined, type_name};
use crate::template::arguments::type_error;

/// How deep nested containers are compared before they are taken for different; Python raises an error there.
const MAX_DEPTH: usize = 100;

/// Compares two sequences for the engine, which wants some order for any two values.
pub(super) fn sequences(left: &[Value], right: &[Value]) -> Ordering {
    sequences_at(left, right, 0)
}

/// Compares two mappings for the engine: equal when they hold the same, in whatever order.
pub(super) fn mappings(left: &[(Value, Value)], right: &[(Value, Value)]) -> Ordering {
    mappings_at(left, right, 0)
}

fn sequences_at(left: &[Value], right: &[Value], depth: usize) -> Ordering {
    for (left, right) in left.iter().zip(right) {
        let ordering = values_at(left, right, depth + 1);
        if ordering.is_ne() {
            return ordering;
        }
    }
    left.len().cmp(&right.len())
}

fn mappings_at(left: &[(Value, Value)], right: &[(Value, Value)], depth: usize) -> Ordering {
    let is_equal = left.len() == right.len()
        && left.iter().all(|(key, value)| {
            let other = right.iter().find(|(other, _)| other == key);
            other.is_some_and(|(_, other)| values_at(value, other, depth + 1).is_eq())
        });
    if is_equal {
        return Ordering::Equal;
    }
    let keys = |pairs: &[(Value, Value)]| pairs.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
    sequences_at(&keys(left), &keys(right), depth).then(Ordering::Less)
}

fn values_at(left: &Value, right: &Value, depth: usize) -> Ordering {
    if depth > MAX_DEPTH {
        return Ordering::Less;
    }
    if let (Some(left), Some(right)) = (left.downcast_object_ref::<List>(), right.downcast_object_ref::<List>()) {
        if std::ptr::eq(left, right) {
            return Ordering::Equal;
        }
        return sequences_at(&left.items(), &right.items(), depth);
    }
    if let (Some(left), Some(right)) =
        (left.downcast_object_ref::<super::Dict>(), right.downcast_object_ref::<super::Dict>())
    {
        if std::ptr::eq(left, right) {
            return Ordering::Equal;
        }
        return mappings_at(&left.pairs(), &right.pairs(), depth);
    }
    if let (Some(left), Some(right)) = (left.downcast_object_ref::<Tuple>(), right.downcast_object_ref::<Tuple>()) {
        return sequences_at(left, right, depth);
    }
    if let Some(ordering) = Decimal::compare(left, right) {
        return ordering;
    }
    left.cmp(right)
}

/// Returns whether two values are equal for Python.
pub fn is_equal(left: &Value, right: &Value) -> bool {
    match Decimal::compare(left, right) {
        Some(ordering) => ordering.is_eq(),
        None => left == right,
    }
}

/// Returns the order of two values.
///
/// # Errors
/// When Python knows none: a number and a text, for instance.
pub fn ordering(left: &Value, right: &Value) -> Result<Ordering, Error> {
    let is_numeric = |value: &Value| matches!(value.kind(), ValueKind::Number | ValueKind::Bool);
    if is_numeric(left) && is_numeric(right) {
        return Ok(numbers(left, right));
    }
    if let Some(ordering) = Decimal::compare(left, right) {
        return Ok(ordering);
    }
    if left.kind() == ValueKind::String && right.kind() == ValueKind::String {
        return Ok(left.cmp(right));
    }
    if let (Some(left), Some(right)) = (left.downcast_object_ref::<DateTime>(), right.downcast_object_ref::<DateTime>())
        && !left.is_comparable(right)
    {
        return Err(type_error("can't compare offset-naive and offset-aware datetimes"));
    }
    // While the project is read, what is undefined comes before everything, so that no guard fails.
    if !left.is_undefined() && is_undefined(left) || !right.is_undefined() && is_undefined(right) {
        return Ok(Ordering::Less);
    }
    let names = [type_name(left), type_name(right)];
    let is_ordered = names[0] == names[1] && !matches!(names[0], "dict" | "NoneType" | "Undefined");
    if !is_ordered {
        return Err(type_error(format!("'<' not supported between instances of '{}' and '{}'", names[0], names[1])));
    }
    if let (Some(left), Some(right)) = (items(left), items(right)) {
        let different = left.iter().zip(&right).find(|(left, right)| !is_equal(left, right));
        return match different {
            Some((left, right)) => ordering(left, right),
            None => Ok(left.len().cmp(&right.len())),
        };
    }
    Ok(left.cmp(right))
}

/// Booleans count as 0 and 1, which minijinja's own order does not know.
fn numbers(left: &Value, right: &Value) -> Ordering {
    let number = |value: &Value| {
        if value.kind() == ValueKind::Bool { Value::from(i64::from(value.is_true())) } else { value.clone() }
    };
    number(left).cmp(&number(right))
}

fn items(value: &Value) -> Option<Vec<Value>> {
    if let Some(list) = value.downcast_object_ref::<List>() {
        return Some(list.items());
    }
    value.downcast_object_ref::<Tuple>().map(|tuple| tuple.to_vec())
}

/// Sorts values by their keys as Python's `sorted` does: stable, also in reverse.
///
/// # Errors
/// When two keys have no order.
pub fn order(keyed: Vec<(Value, Value)>, reverse: bool) -> Result<Vec<Value>, Error> {
    let mut keyed = keyed;
    let mut failure = None;
    keyed.sort_by(|left, right| {
        let ordered = if failure.is_some() { Ok(Ordering::Equal) } else { ordering(&left.0, &right.0) };
        let ordered = ordered.unwrap_or_else(|error| {
            failure = Some(error);
            Ordering::Equal
        });
        if reverse { ordered.reverse() } else { ordered }
    });
    match failure {
        Some(error) => Err(error),
        None => Ok(keyed.into_iter().map(|(_, value)| value).collect()),
    }
}
