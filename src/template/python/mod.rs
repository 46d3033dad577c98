//! What Python and Jinja2 bring along: methods of texts and numbers, filters, tests, global functions and modules.

use chrono::{DateTime as ChronoDateTime, Utc};
use minijinja::{Environment, Error, State, Value};

use crate::template::values::datetime::DateTime;

/// Registers all of it.
pub fn install(env: &mut Environment<'static>) {
    let _ = env;
}

/// Calls a method that a value itself does not have; the engine hands every such call here.
pub fn unknown_method(state: &mut State<'_, '_>, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    minijinja_contrib::pycompat::unknown_method_callback(state, value, method, args)
}

/// Returns a moment as templates see dbt's own: aware of being in UTC.
pub fn datetime_value(moment: ChronoDateTime<Utc>) -> Value {
    Value::from_object(DateTime::utc(moment))
}
