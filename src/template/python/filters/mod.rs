//! Jinja2's filters, with Jinja2's meaning.

mod choose;
mod convert;
mod html;
mod layout;
mod order;
mod pretty;
mod sequence;
mod words;

use std::cmp::Ordering;

use minijinja::value::{Rest, ValueOrKwargs};
use minijinja::{Environment, Error, State, Value};

use super::format::percent;
use crate::template::arguments::Arguments;
use crate::template::values::{Operator, apply, dict_literal, is_equal, materialise, negate, ordering};

/// A filter: the value, and the arguments after it.
type Filter = fn(&mut State, &Value, &Arguments) -> Result<Value, Error>;

/// Registers all filters, and those that the rewriter writes.
pub(super) fn install(env: &mut Environment<'static>) {
    let groups = [sequence::FILTERS, choose::FILTERS, order::FILTERS, words::FILTERS, layout::FILTERS, html::FILTERS];
    for (name, filter) in groups.into_iter().chain([convert::FILTERS]).flatten() {
        add(env, name, *filter);
    }
    for name in ["__l", "__m"] {
        env.add_filter(name, |value: &Value| materialise(value));
    }
    env.add_filter("__d", |value: &Value| dict_literal(value));
    env.add_filter("__mod", |left: &Value, right: &Value| modulo(left, right));
    for (name, operator) in [
        ("__add", Operator::Add),
        ("__sub", Operator::Subtract),
        ("__mul", Operator::Multiply),
        ("__div", Operator::Divide),
        ("__floordiv", Operator::FloorDivide),
        ("__pow", Operator::Power),
    ] {
        env.add_filter(name, move |left: &Value, right: &Value| apply(operator, left, right));
    }
    env.add_filter("__neg", |value: &Value| negate(value));
    comparisons(env);
}

/// The operators that compare, for what minijinja's own order does not know: decimals, dates, values without an order.
fn comparisons(env: &mut Environment<'static>) {
    type Accepts = fn(Ordering) -> bool;
    env.add_filter("__eq", |left: &Value, right: &Value| is_equal(left, right));
    env.add_filter("__ne", |left: &Value, right: &Value| !is_equal(left, right));
    let orders: [(&str, Accepts); 4] =
        [("__lt", Ordering::is_lt), ("__le", Ordering::is_le), ("__gt", Ordering::is_gt), ("__ge", Ordering::is_ge)];
    for (name, accepts) in orders {
        env.add_filter(name, move |left: &Value, right: &Value| ordering(left, right).map(accepts));
    }
}

/// `a % b`: formats a text, or gives the remainder of numbers.
fn modulo(left: &Value, right: &Value) -> Result<Value, Error> {
    match left.as_str() {
        Some(pattern) => percent(pattern, right).map(Value::from),
        None => apply(Operator::Remainder, left, right),
    }
}

fn add(env: &mut Environment<'static>, name: &'static str, filter: Filter) {
    env.add_filter(name, move |state: &mut State<'_, '_>, value: Value, rest: Rest<ValueOrKwargs>| {
        let rest: Vec<Value> = rest.iter().map(|argument| (**argument).clone()).collect();
        filter(state, &value, &Arguments::new(name, &rest))
    });
}
