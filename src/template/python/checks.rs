//! Jinja2's tests (`is …`), with Jinja2's meaning.

use std::cmp::Ordering;

use minijinja::value::{ObjectRepr, ValueKind};
use minijinja::{Environment, Error, Value};

use crate::template::values::{
    Decimal, Operator, Set, View, apply, is_equal, is_undefined, iterate, ordering, to_text,
};

/// Which orders a test lets pass.
type Accepts = fn(Ordering) -> bool;

/// Registers all tests. `sameas`, `filter`, `test` and `escaped` are minijinja's own.
pub(super) fn install(env: &mut Environment<'static>) {
    env.add_test("defined", |value: &Value| !is_undefined(value));
    env.add_test("undefined", is_undefined as fn(&Value) -> bool);
    env.add_test("none", |value: &Value| value.is_none());
    env.add_test("boolean", |value: &Value| value.kind() == ValueKind::Bool);
    env.add_test("true", |value: &Value| value.kind() == ValueKind::Bool && value.is_true());
    env.add_test("false", |value: &Value| value.kind() == ValueKind::Bool && !value.is_true());
    env.add_test("integer", |value: &Value| value.is_integer());
    env.add_test("float", |value: &Value| value.is_number() && !value.is_integer());
    env.add_test("number", is_number);
    env.add_test("string", |value: &Value| value.kind() == ValueKind::String);
    env.add_test("mapping", |value: &Value| value.kind() == ValueKind::Map && !is_callable(value));
    env.add_test("iterable", |value: &Value| is_undefined(value) || is_iterable(value));
    env.add_test("sequence", is_sequence);
    env.add_test("callable", is_callable);
    env.add_test("odd", |value: &Value| remainder(value, 2).map(|rest| is_equal(&rest, &Value::from(1))));
    env.add_test("even", |value: &Value| remainder(value, 2).map(|rest| is_equal(&rest, &Value::from(0))));
    env.add_test("divisibleby", |value: &Value, number: &Value| {
        apply(Operator::Remainder, value, number).map(|rest| is_equal(&rest, &Value::from(0)))
    });
    env.add_test("lower", |value: &Value| is_case(&to_text(value), char::is_uppercase));
    env.add_test("upper", |value: &Value| is_case(&to_text(value), char::is_lowercase));
    env.add_test("in", |value: &Value, container: &Value| contains(container, value));
    for name in ["eq", "equalto", "=="] {
        env.add_test(name, |left: &Value, right: &Value| is_equal(left, right));
    }
    for name in ["ne", "!="] {
        env.add_test(name, |left: &Value, right: &Value| !is_equal(left, right));
    }
    let orders: [(&[&str], Accepts); 4] = [
        (&["lt", "lessthan", "<"], Ordering::is_lt),
        (&["le", "<="], Ordering::is_le),
        (&["gt", "greaterthan", ">"], Ordering::is_gt),
        (&["ge", ">="], Ordering::is_ge),
    ];
    for (names, accepts) in orders {
        for name in names {
            env.add_test(*name, move |left: &Value, right: &Value| ordering(left, right).map(accepts));
        }
    }
}

fn is_number(value: &Value) -> bool {
    value.is_number() || value.kind() == ValueKind::Bool || value.downcast_object_ref::<Decimal>().is_some()
}

fn is_iterable(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::String | ValueKind::Seq | ValueKind::Map | ValueKind::Iterable)
        && !is_callable(value)
}

/// Whatever has a length and can be indexed: texts and mappings too, sets and views not.
fn is_sequence(value: &Value) -> bool {
    let is_set = value.downcast_object_ref::<Set>().is_some() || value.downcast_object_ref::<View>().is_some();
    is_iterable(value) && !is_set && value.len().is_some()
}

/// Macros and functions. minijinja does not tell, so this is told from what the object is.
fn is_callable(value: &Value) -> bool {
    let Some(object) = value.as_object() else { return false };
    let name = object.type_name();
    if name.contains("minijinja::") && name.contains("Macro") {
        return true;
    }
    let is_data = ["Decimal", "Date", "DateTime", "Time", "TimeDelta", "Placed", "Match", "Pattern", "PackageObject"];
    let own = name.rsplit("::").next().unwrap_or_default();
    object.repr() == ObjectRepr::Plain && !is_data.contains(&own)
}

fn remainder(value: &Value, number: i64) -> Result<Value, Error> {
    apply(Operator::Remainder, value, &Value::from(number))
}

fn is_case(text: &str, is_other: fn(char) -> bool) -> bool {
    let is_cased = |character: char| character.is_uppercase() || character.is_lowercase();
    text.chars().any(is_cased) && !text.chars().any(is_other)
}

fn contains(container: &Value, value: &Value) -> Result<bool, Error> {
    if let Some(text) = container.as_str() {
        return Ok(text.contains(&to_text(value)));
    }
    Ok(iterate(container)?.iter().any(|item| is_equal(item, value)))
}
