//! Filters that change texts.

use minijinja::{Error, State, Value};

use super::Filter;
use super::pretty::pretty;
use crate::template::arguments::Arguments;
use crate::template::python::format::percent;
use crate::template::python::methods::whole;
use crate::template::python::text;
use crate::template::values::{dict, to_text, tuple};

pub(super) const FILTERS: &[(&str, Filter)] = &[
    ("upper", upper),
    ("lower", lower),
    ("capitalize", capitalize),
    ("title", title),
    ("trim", trim),
    ("replace", replace),
    ("wordcount", word_count),
    ("format", format),
    ("string", string),
    ("pprint", pprint),
];

fn upper(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    Ok(Value::from(to_text(value).to_uppercase()))
}

fn lower(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    Ok(Value::from(to_text(value).to_lowercase()))
}

fn capitalize(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    Ok(Value::from(text::capitalize(&to_text(value))))
}

/// Upper-cases what begins a text or follows a space, hyphen or opening bracket.
fn title(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    let mut out = String::new();
    let mut begins = true;
    for character in to_text(value).chars() {
        let separates = character.is_whitespace() || "-({[<".contains(character);
        if begins && !separates {
            out.extend(character.to_uppercase());
        } else {
            out.extend(character.to_lowercase());
        }
        begins = separates;
    }
    Ok(Value::from(out))
}

fn trim(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [characters] = arguments.options(["chars"])?;
    let characters = characters.filter(|characters| !characters.is_none()).map(|characters| to_text(&characters));
    Ok(Value::from(text::strip(&to_text(value), "strip", characters.as_deref())))
}

fn replace(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [old, new, count] = arguments.options(["old", "new", "count"])?;
    let (Some(old), Some(new)) = (old, new) else { return Err(arguments.missing("new")) };
    let (text, old, new) = (to_text(value), to_text(&old), to_text(&new));
    Ok(Value::from(match usize::try_from(whole(count.as_ref(), -1)?) {
        Ok(count) => text.replacen(&old, &new, count),
        Err(_) => text.replace(&old, &new),
    }))
}

fn word_count(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    let text = to_text(value);
    let is_part = |character: char| character.is_alphanumeric() || character == '_';
    Ok(Value::from(text.split(|character| !is_part(character)).filter(|word| !word.is_empty()).count()))
}

fn format(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let keywords = arguments.keywords();
    let values = if keywords.is_empty() {
        tuple(arguments.positional().to_vec())
    } else {
        dict(keywords.iter().cloned().map(|(name, value)| (Value::from(name), value)).collect::<Vec<_>>())
    };
    percent(&to_text(value), &values).map(Value::from)
}

fn string(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    Ok(if value.is_safe() { value.clone() } else { Value::from(to_text(value)) })
}

fn pprint(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    Ok(Value::from(pretty(value)))
}
