//! What Python and Jinja2 bring along: methods of texts and numbers, filters, tests, global functions and modules.

mod checks;
mod dump;
mod filters;
mod format;
pub mod functions;
mod globals;
mod methods;
mod modules;
mod text;

use chrono::{DateTime as ChronoDateTime, Utc};
pub(super) use dump::dump_indented;
use minijinja::value::ValueKind;
use minijinja::{Environment, Error, Output, State, Value, escape_formatter};

use crate::template::values::datetime::DateTime;
use crate::template::values::to_text;
use methods::attribute;

/// Registers all of it: filters, tests, global functions, modules, methods, and how values are printed.
pub fn install(env: &mut Environment<'static>) {
    filters::install(env);
    checks::install(env);
    globals::install(env);
    functions::install(env);
    modules::install(env);
    env.set_unknown_method_callback(unknown_method);
    env.set_formatter(print);
}

/// Calls a method that a value does not know itself: those of texts, numbers, tuples and minijinja's own lists and maps.
///
/// # Errors
/// With the kind `UnknownMethod` when the value holds something callable under the name; with Jinja's words when it has nothing.
pub fn unknown_method(state: &mut State, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    methods::call(state, value, method, args)
}

/// Returns a moment as templates see dbt's own: aware of being in UTC.
pub fn datetime_value(moment: ChronoDateTime<Utc>) -> Value {
    Value::from_object(DateTime::utc(moment))
}

/// Prints a value as Python's `str` gives it.
fn print(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::String => Ok(out.write_str(value.as_str().unwrap_or_default())?),
        ValueKind::Undefined | ValueKind::Invalid => escape_formatter(out, state, value),
        _ => Ok(out.write_str(&to_text(value))?),
    }
}

/// How many values a render has printed, and the last of them.
const PRINTED: [&str; 2] = ["printed count", "printed value"];

/// Prints a value as Python's `str` gives it, and keeps it for [`only_printed`].
pub(super) fn print_counted(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    let count = state.get_temp(PRINTED[0]).and_then(|count| count.as_i64()).unwrap_or_default();
    state.set_temp(PRINTED[0], Value::from(count + 1));
    state.set_temp(PRINTED[1], value.clone());
    print(out, state, value)
}

/// Returns the value that a render printed, when it is the only one.
pub(super) fn only_printed(state: &State) -> Option<Value> {
    let count = state.get_temp(PRINTED[0])?;
    if count == Value::from(1) { state.get_temp(PRINTED[1]) } else { None }
}

#[cfg(test)]
mod tests;
