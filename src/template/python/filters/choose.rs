//! Filters that choose items and change each: `map`, `select` and their like.

use std::error::Error as _;

use minijinja::{Error, ErrorKind, State, Value};

use super::Filter;
use crate::template::arguments::{Arguments, type_error};
use crate::template::python::methods::path;
use crate::template::values::{is_undefined, iterate, list};

pub(super) const FILTERS: &[(&str, Filter)] = &[
    ("map", map),
    ("select", select),
    ("reject", reject),
    ("selectattr", select_attribute),
    ("rejectattr", reject_attribute),
    ("default", default),
    ("d", default),
];

fn map(state: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let items = items(value)?;
    if arguments.positional().is_empty() {
        let attribute = arguments.keyword("attribute");
        let attribute = attribute.ok_or_else(|| type_error("map requires a filter argument"))?;
        let default = arguments.keyword("default").cloned();
        let mapped = items.iter().map(|item| {
            let found = path(item, attribute);
            if found.is_undefined() { default.clone().unwrap_or(found) } else { found }
        });
        return Ok(list(mapped.collect()));
    }
    let (name, rest) = called(arguments, "map requires a filter argument")?;
    let mapped = items
        .into_iter()
        .map(|item| state.apply_filter(&name, &with(item, &rest)).map_err(|error| unknown(error, "filter", &name)));
    mapped.collect::<Result<Vec<_>, Error>>().map(list)
}

/// Names a filter or test that does not exist.
fn unknown(error: Error, kind: &str, name: &str) -> Error {
    let is_unknown = matches!(error.kind(), ErrorKind::UnknownFilter | ErrorKind::UnknownTest);
    let is_own = is_unknown && error.source().is_none();
    if is_own { Error::new(ErrorKind::InvalidOperation, format!("No {kind} named '{name}'.")) } else { error }
}

/// The items of a value. As in Jinja2, what is false has none, so that these filters take `none` too.
fn items(value: &Value) -> Result<Vec<Value>, Error> {
    if value.is_true() { iterate(value) } else { Ok(Vec::new()) }
}

/// The name of a filter or test, and the arguments to hand on to it.
fn called(arguments: &Arguments, missing: &str) -> Result<(String, Vec<Value>), Error> {
    let name = arguments.positional().first().ok_or_else(|| type_error(missing))?;
    let name = name.as_str().ok_or_else(|| type_error("the name of a filter or test must be text"))?;
    Ok((name.to_owned(), arguments.after(1)))
}

fn with(item: Value, rest: &[Value]) -> Vec<Value> {
    let mut arguments = Vec::with_capacity(rest.len() + 1);
    arguments.push(item);
    arguments.extend_from_slice(rest);
    arguments
}

fn select(state: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    chosen(state, value, arguments.positional(), arguments, Kept::Passing, None)
}

fn reject(state: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    chosen(state, value, arguments.positional(), arguments, Kept::Failing, None)
}

fn select_attribute(state: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    chosen_by_attribute(state, value, arguments, Kept::Passing)
}

fn reject_attribute(state: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    chosen_by_attribute(state, value, arguments, Kept::Failing)
}

fn chosen_by_attribute(state: &mut State, value: &Value, arguments: &Arguments, kept: Kept) -> Result<Value, Error> {
    let Some((attribute, rest)) = arguments.positional().split_first() else {
        return Err(type_error("Missing parameter for attribute name"));
    };
    chosen(state, value, rest, arguments, kept, Some(attribute))
}

/// Which items stay.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kept {
    Passing,
    Failing,
}

#[expect(clippy::too_many_arguments, reason = "four filters in one; each argument is what one of them adds")]
fn chosen(
    state: &mut State,
    value: &Value,
    test: &[Value],
    arguments: &Arguments,
    kept: Kept,
    attribute: Option<&Value>,
) -> Result<Value, Error> {
    let mut chosen = Vec::new();
    for item in items(value)? {
        let tested = attribute.map_or_else(|| item.clone(), |attribute| path(&item, attribute));
        let passes = match test.split_first() {
            None => tested.is_true(),
            Some((name, rest)) => {
                let name = name.as_str().ok_or_else(|| type_error("the name of a test must be text"))?;
                let mut rest = with(tested, rest);
                let keywords = arguments.keywords();
                if !keywords.is_empty() {
                    let keywords: minijinja::value::Kwargs = keywords.iter().cloned().collect();
                    rest.push(Value::from(keywords));
                }
                state.perform_test(name, &rest).map_err(|error| unknown(error, "test", name))?
            }
        };
        if passes == (kept == Kept::Passing) {
            chosen.push(item);
        }
    }
    Ok(list(chosen))
}

fn default(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [default, boolean] = arguments.options(["default_value", "boolean"])?;
    let is_replaced = is_undefined(value) || (boolean.is_some_and(|boolean| boolean.is_true()) && !value.is_true());
    Ok(if is_replaced { default.unwrap_or_else(|| Value::from("")) } else { value.clone() })
}
