//! Filters that take sequences apart and put them together.

use minijinja::value::{Tuple, ValueKind};
use minijinja::{Error, State, Value};

use super::Filter;
use crate::template::arguments::{Arguments, type_error};
use crate::template::python::methods::{path, whole};
use crate::template::values::{
    Operator, apply, is_undefined, iterate, list, mapping_pairs, to_text, type_name, value_error,
};

pub(super) const FILTERS: &[(&str, Filter)] = &[
    ("batch", batch),
    ("slice", slice),
    ("sum", sum),
    ("list", to_list),
    ("join", join),
    ("reverse", reverse),
    ("first", first),
    ("last", last),
    ("random", first),
    ("length", length),
    ("count", length),
    ("items", items),
    ("attr", attr),
];

fn size(arguments: &Arguments, value: Option<&Value>, name: &str) -> Result<usize, Error> {
    let value = value.ok_or_else(|| arguments.missing(name))?;
    let size = usize::try_from(whole(Some(value), 0)?).ok().filter(|size| *size > 0);
    size.ok_or_else(|| value_error(format!("{name} must be greater than zero")))
}

fn batch(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [count, fill] = arguments.options(["linecount", "fill_with"])?;
    let count = size(arguments, count.as_ref(), "linecount")?;
    let fill = fill.filter(|fill| !fill.is_none());
    let items = iterate(value)?;
    let batches = items.chunks(count).map(|chunk| {
        let mut chunk = chunk.to_vec();
        if let Some(fill) = &fill {
            chunk.resize(count.min(items.len().max(count)), fill.clone());
        }
        list(chunk)
    });
    Ok(list(batches.collect()))
}

fn slice(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [count, fill] = arguments.options(["slices", "fill_with"])?;
    let count = size(arguments, count.as_ref(), "slices")?;
    let fill = fill.filter(|fill| !fill.is_none());
    let items = iterate(value)?;
    if count > items.len() + 1_000_000 {
        return Err(value_error("slices is too large"));
    }
    let (each, more) = (items.len() / count, items.len() % count);
    let mut rest = items.into_iter();
    let slices = (0..count).map(|index| {
        let length = each + usize::from(index < more);
        let mut slice: Vec<Value> = rest.by_ref().take(length).collect();
        if let Some(fill) = fill.as_ref().filter(|_| more > 0 && index >= more) {
            slice.push(fill.clone());
        }
        list(slice)
    });
    Ok(list(slices.collect()))
}

fn sum(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [attribute, start] = arguments.options(["attribute", "start"])?;
    let attribute = attribute.filter(|attribute| !attribute.is_none());
    let mut total = start.unwrap_or_else(|| Value::from(0));
    for item in iterate(value)? {
        let item = attribute.as_ref().map_or_else(|| item.clone(), |attribute| path(&item, attribute));
        total = apply(Operator::Add, &total, &item)?;
    }
    Ok(total)
}

fn to_list(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    iterate(value).map(list)
}

fn join(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [separator, attribute] = arguments.options(["d", "attribute"])?;
    let separator = separator.map(|separator| to_text(&separator)).unwrap_or_default();
    let attribute = attribute.filter(|attribute| !attribute.is_none());
    let items = iterate(value)?;
    let texts = items.iter().map(|item| match &attribute {
        Some(attribute) => to_text(&path(item, attribute)),
        None => to_text(item),
    });
    Ok(Value::from(texts.collect::<Vec<_>>().join(&separator)))
}

fn reverse(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    if value.kind() == ValueKind::String {
        return Ok(Value::from(value.as_str().unwrap_or_default().chars().rev().collect::<String>()));
    }
    let mut items = iterate(value)?;
    items.reverse();
    Ok(list(items))
}

fn first(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    // `random` gives the first item too: a render gives the same text each time.
    Ok(iterate(value)?.into_iter().next().unwrap_or_default())
}

fn last(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    Ok(iterate(value)?.pop().unwrap_or_default())
}

fn length(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    if is_undefined(value) {
        return Ok(Value::from(0));
    }
    let without = || type_error(format!("object of type '{}' has no len()", type_name(value)));
    value.len().map(Value::from).ok_or_else(without)
}

fn items(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    if is_undefined(value) {
        return Ok(list(Vec::new()));
    }
    let pairs = mapping_pairs(value).ok_or_else(|| type_error("Can only get item pairs from a mapping."))?;
    Ok(list(pairs.into_iter().map(|(key, value)| Value::from(Tuple::from([key, value]))).collect()))
}

fn attr(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [name] = arguments.options(["name"])?;
    let name = name.ok_or_else(|| arguments.missing("name"))?;
    Ok(crate::template::python::methods::attribute(value, name.as_str().unwrap_or_default()))
}
