//! Filters that order and group.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Tuple, ValueKind};
use minijinja::{Error, State, Value};

use super::Filter;
use crate::template::arguments::{Arguments, type_error};
use crate::template::python::methods::path;
use crate::template::values::{
    hashable, is_equal, iterate, list, mapping_pairs, order, ordering, repr, tuple, value_error,
};

pub(super) const FILTERS: &[(&str, Filter)] = &[
    ("sort", sort),
    ("unique", unique),
    ("min", minimum),
    ("max", maximum),
    ("groupby", group_by),
    ("dictsort", dict_sort),
];

/// How values are compared: by which attribute, and whether case counts.
struct By {
    attribute: Option<Value>,
    is_case_sensitive: bool,
}

impl By {
    fn new(attribute: Option<Value>, case_sensitive: Option<&Value>) -> Self {
        let attribute = attribute.filter(|attribute| !attribute.is_none());
        Self { attribute, is_case_sensitive: case_sensitive.is_some_and(Value::is_true) }
    }

    fn value(&self, item: &Value) -> Value {
        self.attribute.as_ref().map_or_else(|| item.clone(), |attribute| path(item, attribute))
    }

    fn key(&self, item: &Value) -> Value {
        self.folded(self.value(item))
    }

    fn folded(&self, value: Value) -> Value {
        match value.as_str().filter(|_| !self.is_case_sensitive && value.kind() == ValueKind::String) {
            Some(text) => Value::from(text.to_lowercase()),
            None => value,
        }
    }

    /// The key for sorting, where commas separate several attributes.
    fn keys(&self, item: &Value) -> Value {
        match self.attribute.as_ref().and_then(Value::as_str).filter(|attribute| attribute.contains(',')) {
            Some(attributes) => tuple(
                attributes
                    .split(',')
                    .map(|attribute| self.folded(path(item, &Value::from(attribute.trim()))))
                    .collect(),
            ),
            None => self.key(item),
        }
    }
}

fn sort(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [reverse, case_sensitive, attribute] = arguments.options(["reverse", "case_sensitive", "attribute"])?;
    let by = By::new(attribute, case_sensitive.as_ref());
    let keyed = iterate(value)?.into_iter().map(|item| (by.keys(&item), item)).collect();
    order(keyed, reverse.is_some_and(|reverse| reverse.is_true())).map(list)
}

fn unique(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [case_sensitive, attribute] = arguments.options(["case_sensitive", "attribute"])?;
    let by = By::new(attribute, case_sensitive.as_ref());
    let mut seen = indexmap::IndexSet::new();
    let mut kept = Vec::new();
    for item in iterate(value)? {
        if seen.insert(hashable(by.key(&item))?) {
            kept.push(item);
        }
    }
    Ok(list(kept))
}

fn minimum(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    extreme(value, arguments, std::cmp::Ordering::Less)
}

fn maximum(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    extreme(value, arguments, std::cmp::Ordering::Greater)
}

fn extreme(value: &Value, arguments: &Arguments, wanted: std::cmp::Ordering) -> Result<Value, Error> {
    let [case_sensitive, attribute] = arguments.options(["case_sensitive", "attribute"])?;
    let by = By::new(attribute, case_sensitive.as_ref());
    let mut items = iterate(value)?.into_iter();
    let Some(mut best) = items.next() else { return Ok(Value::UNDEFINED) };
    for item in items {
        if ordering(&by.key(&item), &by.key(&best))? == wanted {
            best = item;
        }
    }
    Ok(best)
}

fn dict_sort(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [case_sensitive, by_what, reverse] = arguments.options(["case_sensitive", "by", "reverse"])?;
    let place = match by_what.as_ref().and_then(Value::as_str).unwrap_or("key") {
        "key" => 0,
        "value" => 1,
        _ => return Err(value_error("You can only sort by either \"key\" or \"value\"")),
    };
    let by = By::new(None, case_sensitive.as_ref());
    let pairs = mapping_pairs(value).ok_or_else(|| type_error("dictsort needs a mapping"))?;
    let keyed = pairs.into_iter().map(|(key, value)| {
        let sorted_by = by.key(if place == 0 { &key } else { &value });
        (sorted_by, Value::from(Tuple::from([key, value])))
    });
    order(keyed.collect(), reverse.is_some_and(|reverse| reverse.is_true())).map(list)
}

fn group_by(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [attribute, default, case_sensitive] = arguments.options(["attribute", "default", "case_sensitive"])?;
    let attribute = attribute.ok_or_else(|| arguments.missing("attribute"))?;
    let by = By::new(Some(attribute), case_sensitive.as_ref());
    let real = |item: &Value| {
        let found = by.value(item);
        if found.is_undefined() { default.clone().unwrap_or(found) } else { found }
    };
    let keyed = iterate(value)?.into_iter().map(|item| (by.folded(real(&item)), item)).collect();
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    for item in order(keyed, false)? {
        let key = by.folded(real(&item));
        match groups.last_mut() {
            Some((last, items)) if is_equal(last, &key) => items.push(item),
            _ => groups.push((key, vec![item])),
        }
    }
    let groups = groups.into_iter().map(|(_, items)| {
        let grouper = items.first().map(&real).unwrap_or_default();
        Value::from_object(Group { grouper, items: list(items) })
    });
    Ok(list(groups.collect()))
}

/// A group: a pair whose parts have names.
struct Group {
    grouper: Value,
    items: Value,
}

impl fmt::Debug for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "({}, {})", repr(&self.grouper), repr(&self.items))
    }
}

impl Object for Group {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match (key.as_str(), key.as_usize()) {
            (Some("grouper"), _) | (_, Some(0)) => Some(self.grouper.clone()),
            (Some("list"), _) | (_, Some(1)) => Some(self.items.clone()),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(vec![self.grouper.clone(), self.items.clone()])
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_ref(), formatter)
    }
}
