//! Definitions of selectors as manifest.json shows them: criteria on the command line's syntax are taken apart.

use super::criterion::Pieces;
use crate::resource::{Map, Value};
use crate::yaml::{Yaml, YamlValue};

/// Returns a definition; `inherited` gives that of a selector named before.
pub(super) fn definition(yaml: &Yaml, inherited: impl Fn(&str) -> Option<Value> + Copy) -> Value {
    if let Some(text) = yaml.as_str() {
        return Value::Object(criterion(text));
    }
    for key in ["union", "intersection"] {
        if let Some(list) = yaml.entry(key) {
            return one(key, list.items().iter().map(|item| definition(item, inherited)).collect());
        }
    }
    let entries = yaml.entries();
    let Some(first) = entries.first() else { return Value::Object(Map::new()) };
    let value = match &first.value.value {
        YamlValue::Sequence(items) => items.iter().map(|item| definition(item, inherited)).collect(),
        _ => first.value.to_value(),
    };
    if first.key == "exclude" {
        return one("exclude", value);
    }
    if entries.len() == 1 {
        let pair = [("method".to_owned(), Value::from(first.key.as_str())), ("value".to_owned(), value)];
        return Value::Object(pair.into_iter().collect());
    }
    let named = || yaml.entry("value").and_then(Yaml::as_str).and_then(inherited);
    let is_inherited = first.key == "method" && first.value.as_str() == Some("selector");
    is_inherited.then(named).flatten().unwrap_or_else(|| yaml.to_value())
}

fn one(key: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(key.to_owned(), value)]))
}

/// Takes a criterion apart; only what it says is shown, depths as text.
fn criterion(text: &str) -> Map {
    let pieces = Pieces::of(text);
    let mut map = Map::new();
    let mut flag = |key: &str, is_there: bool| {
        if is_there {
            map.insert(key.to_owned(), true.into());
        }
    };
    flag("childrens_parents", pieces.has_childrens_parents);
    flag("parents", pieces.parents.is_some());
    if let Some(depth) = pieces.parents.filter(|depth| !depth.is_empty()) {
        map.insert("parents_depth".into(), depth.into());
    }
    map.insert("method".into(), pieces.method_name().into());
    if !pieces.value.is_empty() {
        map.insert("value".into(), pieces.value.into());
    }
    if let Some(depth) = pieces.children {
        map.insert("children".into(), true.into());
        if !depth.is_empty() {
            map.insert("children_depth".into(), depth.into());
        }
    }
    map
}
