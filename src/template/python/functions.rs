//! dbt's functions that depend on nothing but their arguments.

use minijinja::value::{Tuple, ValueKind};
use minijinja::{Environment, Error, State, Value};

use super::dump::dump;
use super::globals::add;
use crate::diagnostic::SourceFile;
use crate::resource::md5_hex;
use crate::template::arguments::{Arguments, type_error};
use crate::template::values::datetime::{Date, DateTime, read_date, read_moment};
use crate::template::values::json::{self, Layout};
use crate::template::values::{Set, dict, from_plain, iterate, list, mapping_pairs, to_text, type_name};
use crate::yaml::{self, Yaml, YamlValue};

/// Registers them.
pub(super) fn install(env: &mut Environment<'static>) {
    add(env, "fromjson", from_json);
    add(env, "tojson", to_json);
    add(env, "fromyaml", from_yaml);
    add(env, "toyaml", to_yaml);
    add(env, "set", set);
    add(env, "set_strict", set_strict);
    add(env, "zip", zip);
    add(env, "zip_strict", zip_strict);
    add(env, "local_md5", local_md5);
    add(env, "diff_of_two_dicts", diff_of_two_dicts);
}

fn or_none(default: Option<Value>) -> Value {
    default.unwrap_or_else(|| Value::from(()))
}

/// `fromjson(text, default)`: the value of a JSON text; the default when it is none.
///
/// # Errors
/// When the argument is no text.
pub fn from_json(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [text, default] = arguments.options(["string", "default"])?;
    let text = text.ok_or_else(|| arguments.missing("string"))?;
    let json = text.as_str().ok_or_else(|| {
        type_error(format!("the JSON object must be str, bytes or bytearray, not {}", type_name(&text)))
    })?;
    Ok(serde_json::from_str(json).map_or_else(|_| or_none(default), |value| from_plain(&value)))
}

/// `tojson(value, default, sort_keys)`: the value as JSON text.
///
/// # Errors
/// When the value holds what JSON has no form for.
pub fn to_json(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [value, default, sort_keys] = arguments.options(["value", "default", "sort_keys"])?;
    let value = value.ok_or_else(|| arguments.missing("value"))?;
    let layout = Layout { sort_keys: sort_keys.is_some_and(|sort| sort.is_true()), indent: None };
    match json::write(&value, layout) {
        Ok(text) => Ok(Value::from(text)),
        // Python tells a circle from a wrong type, and dbt takes the default for the first only.
        Err(error) if error.detail().is_some_and(|detail| detail.starts_with("Circular")) => Ok(or_none(default)),
        Err(error) => Err(error),
    }
}

/// `fromyaml(text, default)`: the value of a YAML text; the default when it is none.
///
/// # Errors
/// When the arguments do not fit.
pub fn from_yaml(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [text, default] = arguments.options(["value", "default"])?;
    let text = to_text(&text.ok_or_else(|| arguments.missing("value"))?);
    let file = SourceFile::new("fromyaml", text);
    Ok(yaml::read(&file).map_or_else(|_| or_none(default), |yaml| from_yaml_value(&yaml)))
}

/// Dates are dates here, unlike in the files of a project, when they stand without quotes.
fn from_yaml_value(yaml: &Yaml) -> Value {
    match &yaml.value {
        YamlValue::Sequence(items) => list(items.iter().map(from_yaml_value).collect()),
        YamlValue::Mapping(entries) => {
            let pairs = entries.iter().map(|entry| (Value::from(entry.key.as_str()), from_yaml_value(&entry.value)));
            dict(pairs.collect::<Vec<_>>())
        }
        YamlValue::String(text) if yaml.span.text() == text && text.contains('-') => {
            let date = read_date(text).map(|date| Value::from_object(Date::new(date)));
            let moment = || read_moment(text).map(|(naive, zone)| Value::from_object(DateTime::new(naive, zone)));
            date.or_else(moment).unwrap_or_else(|| Value::from(text.as_str()))
        }
        _ => from_plain(&yaml.to_value()),
    }
}

/// `toyaml(value, default, sort_keys)`: the value as YAML text; the default when it cannot be written.
///
/// # Errors
/// When the arguments do not fit.
pub fn to_yaml(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [value, default, sort_keys] = arguments.options(["value", "default", "sort_keys"])?;
    let value = value.ok_or_else(|| arguments.missing("value"))?;
    let text = dump(&value, sort_keys.is_some_and(|sort| sort.is_true()));
    Ok(text.map_or_else(|_| or_none(default), Value::from))
}

/// `set(iterable, default)`: a set; the default when the value is not iterable.
///
/// # Errors
/// When the arguments do not fit.
pub fn set(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [value, default] = arguments.options(["value", "default"])?;
    let value = value.ok_or_else(|| arguments.missing("value"))?;
    Ok(iterate(&value).and_then(Set::value).unwrap_or_else(|_| or_none(default)))
}

/// `set_strict(iterable)`: a set.
///
/// # Errors
/// When the value is not iterable or holds what cannot be in a set.
pub fn set_strict(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [value] = arguments.options(["value"])?;
    Set::value(iterate(&value.ok_or_else(|| arguments.missing("value"))?)?)
}

/// Tuples of the items that stand at the same place.
fn zipped(arguments: &Arguments) -> Result<Value, Error> {
    let columns = arguments.positional().iter().map(iterate).collect::<Result<Vec<_>, Error>>()?;
    let length = columns.iter().map(Vec::len).min().unwrap_or(0);
    let row = |index: usize| Value::from(Tuple::new(columns.iter().map(|column| column[index].clone()).collect()));
    Ok(list((0..length).map(row).collect()))
}

/// `zip(…, default)`: tuples of items at the same place; the default when an argument is not iterable.
///
/// # Errors
/// Never; the signature is that of all functions.
pub fn zip(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    Ok(zipped(arguments).unwrap_or_else(|_| or_none(arguments.keyword("default").cloned())))
}

/// `zip_strict(…)`: tuples of items at the same place.
///
/// # Errors
/// When an argument is not iterable.
pub fn zip_strict(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    zipped(arguments)
}

/// `local_md5(text)`: the MD5 of a text in hexadecimal.
///
/// # Errors
/// When the argument is no text.
pub fn local_md5(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [text] = arguments.options(["value"])?;
    let text = text.ok_or_else(|| arguments.missing("value"))?;
    if text.kind() != ValueKind::String {
        return Err(type_error(format!("local_md5() needs a text, not {}", type_name(&text))));
    }
    Ok(Value::from(md5_hex(text.as_str().unwrap_or_default())))
}

/// `diff_of_two_dicts(a, b)`: what `a` has and `b` has not, whatever the case; values are texts or lists of texts.
///
/// # Errors
/// When an argument is no mapping.
pub fn diff_of_two_dicts(_: &mut State, arguments: &Arguments) -> Result<Value, Error> {
    let [left, right] = arguments.options(["dict_a", "dict_b"])?;
    let pairs = |value: Option<Value>| {
        let value = value.ok_or_else(|| arguments.missing("dict_b"))?;
        mapping_pairs(&value).ok_or_else(|| type_error("diff_of_two_dicts() needs two mappings"))
    };
    let (left, right) = (pairs(left)?, pairs(right)?);
    let lower = |value: &Value| to_text(value).to_lowercase();
    let words = |value: &Value| -> Vec<Value> {
        if value.kind() == ValueKind::String { vec![value.clone()] } else { iterate(value).unwrap_or_default() }
    };
    let mut missing = Vec::new();
    for (key, value) in left {
        let other = right.iter().find(|(other, _)| lower(other) == lower(&key)).map(|(_, other)| words(other));
        let Some(other) = other else {
            missing.push((key, value));
            continue;
        };
        let known: Vec<String> = other.iter().map(lower).collect();
        let absent: Vec<Value> = words(&value).into_iter().filter(|word| !known.contains(&lower(word))).collect();
        if !absent.is_empty() {
            missing.push((key, list(absent)));
        }
    }
    Ok(dict(missing))
}
