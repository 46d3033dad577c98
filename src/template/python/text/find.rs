//! Methods that look for a part of a text.

use minijinja::value::Tuple;
use minijinja::{Error, ErrorKind, Value};

use crate::template::arguments::{Arguments, type_error};
use crate::template::values::{bound, to_text, value_error};

/// Calls one of them.
pub(super) fn call(text: &str, method: &str, arguments: &Arguments) -> Result<Value, Error> {
    if !matches!(method, "find" | "rfind" | "index" | "rindex" | "count" | "startswith" | "endswith") {
        return Err(Error::from(ErrorKind::UnknownMethod));
    }
    let [wanted, start, end] = arguments.options(["sub", "start", "end"])?;
    let wanted = wanted.ok_or_else(|| arguments.missing("sub"))?;
    let (part, skipped) = window(text, start.as_ref(), end.as_ref())?;
    if matches!(method, "startswith" | "endswith") {
        return any_end(part, method, &wanted).map(Value::from);
    }
    let Some(wanted) = wanted.as_str() else {
        return Err(type_error(format!("{method}() argument 1 must be str")));
    };
    if method == "count" {
        let count = if wanted.is_empty() { part.chars().count() + 1 } else { part.matches(wanted).count() };
        return Ok(Value::from(count));
    }
    let at = if method.starts_with('r') { part.rfind(wanted) } else { part.find(wanted) };
    match at {
        Some(at) => Ok(Value::from(skipped + part[..at].chars().count())),
        None if method.ends_with("find") => Ok(Value::from(-1)),
        None => Err(value_error("substring not found")),
    }
}

/// The part of a text between two places counted in characters, and how many characters stand before it.
fn window<'a>(text: &'a str, start: Option<&Value>, end: Option<&Value>) -> Result<(&'a str, usize), Error> {
    if start.is_none() && end.is_none() {
        return Ok((text, 0));
    }
    let length = text.chars().count();
    let start = bound(start, 0, length)?;
    let end = bound(end, length, length)?.max(start);
    let byte = |place: usize| text.char_indices().nth(place).map_or(text.len(), |(index, _)| index);
    Ok((&text[byte(start)..byte(end)], start))
}

fn any_end(text: &str, method: &str, wanted: &Value) -> Result<bool, Error> {
    let fits = |wanted: &Value| match wanted.as_str() {
        Some(wanted) if method == "startswith" => Ok(text.starts_with(wanted)),
        Some(wanted) => Ok(text.ends_with(wanted)),
        None => Err(type_error(format!("{method} first arg must be str or a tuple of str, not {}", to_text(wanted)))),
    };
    let Some(options) = wanted.downcast_object_ref::<Tuple>() else { return fits(wanted) };
    for option in options.iter() {
        if fits(option)? {
            return Ok(true);
        }
    }
    Ok(false)
}
