//! The named selectors of `selectors.yml`: each definition into the same expression that `--select` gives.

use indexmap::IndexMap;

use super::criterion::{Criterion, Parts, Reach};
use super::expression::Expression;
use super::method::Search;
use super::{IndirectSelection, Selector, described};
use crate::diagnostic::{Diagnostic, Kind, SourceFile, Span};
use crate::resource::{Map, Value};
use crate::yaml::{Yaml, YamlValue};

/// The named selectors of a project, in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Selectors {
    list: IndexMap<String, Named>,
}

#[derive(Clone, Debug)]
struct Named {
    selector: Selector,
    is_default: bool,
    /// The entry as manifest.json shows it.
    described: Map,
}

impl Selectors {
    /// Reads the rendered file; `indirect` holds where a definition says nothing of it.
    ///
    /// # Errors
    /// The first mistake of the file, in dbt's words.
    pub fn read(file: Option<&Yaml>, indirect: IndirectSelection) -> Result<Self, Box<Diagnostic>> {
        let mut selectors = Self::default();
        let Some(list) = file.and_then(|file| file.entry("selectors")) else {
            return match file {
                Some(file) => Err(malformed(file, "the key `selectors` is missing")),
                None => Ok(selectors),
            };
        };
        if !matches!(list.value, YamlValue::Sequence(_)) {
            return Err(malformed(list, "expected a list"));
        }
        for entry in list.items() {
            selectors.add(entry, indirect)?;
        }
        Ok(selectors)
    }

    /// Returns the selector of a name.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn find(&self, name: &str) -> Result<Selector, Box<Diagnostic>> {
        let names = || self.list.keys().map(String::as_str);
        match self.list.get(name) {
            Some(named) => Ok(named.selector.clone()),
            None => {
                let known: Vec<String> = names().map(|name| format!("'{name}'")).collect();
                let title = format!("Could not find selector named {name}, expected one of [{}]", known.join(", "));
                Err(Box::new(Diagnostic::error(Kind::Runtime, "E0505", title).with_nearest(name, names())))
            }
        }
    }

    /// Returns the name of the selector that is used when nothing is asked for.
    pub fn default_name(&self) -> Option<&str> {
        self.list.iter().find(|(_, named)| named.is_default).map(|(name, _)| name.as_str())
    }

    /// Returns the selectors as manifest.json shows them.
    pub fn to_map(&self) -> Map {
        self.list.iter().map(|(name, named)| (name.clone(), Value::Object(named.described.clone()))).collect()
    }

    fn add(&mut self, entry: &Yaml, indirect: IndirectSelection) -> Result<(), Box<Diagnostic>> {
        let Some(name) = entry.entry("name").and_then(Yaml::as_str) else {
            return Err(malformed(entry, "a selector needs a `name`"));
        };
        let Some(definition) = entry.entry("definition") else {
            return Err(malformed(entry, "a selector needs a `definition`"));
        };
        if !matches!(definition.value, YamlValue::String(_) | YamlValue::Mapping(_)) {
            return Err(malformed(definition, "expected text or a mapping"));
        }
        let is_default = match entry.entry("default") {
            None => false,
            Some(value) => value.as_bool().ok_or_else(|| malformed(value, "expected `true` or `false`"))?,
        };
        if let (true, Some(other)) = (is_default, self.default_name()) {
            let text = format!(
                "Error when parsing the selector file. Found multiple selectors with `default: true`:{other} and {name}"
            );
            return Err(unread(&text, entry));
        }
        let reader = Reader { known: self, indirect };
        let keys: Vec<&str> = definition.entries().iter().map(|entry| entry.key.as_str()).collect();
        if keys.len() > 1 && keys.iter().any(|key| ["union", "intersection"].contains(key)) {
            let text = format!(
                "Only a single 'union' or 'intersection' key is allowed in a root level selector definition; found {}.",
                keys.join(",")
            );
            return Err(unread(&text, definition));
        }
        let selector = Selector { expression: reader.expression(definition)? };
        let mut described = entry.to_map();
        described.insert("definition".into(), described::definition(definition, |name| self.definition(name)));
        self.list.insert(name.to_owned(), Named { selector, is_default, described });
        Ok(())
    }

    fn definition(&self, name: &str) -> Option<Value> {
        self.list.get(name).and_then(|named| named.described.get("definition")).cloned()
    }
}

/// Reads definitions; those before may be named.
struct Reader<'a> {
    known: &'a Selectors,
    indirect: IndirectSelection,
}

impl Reader<'_> {
    fn expression(&self, yaml: &Yaml) -> Result<Expression, Box<Diagnostic>> {
        if let Some(text) = yaml.as_str() {
            return self.text(text, yaml);
        }
        for key in ["union", "intersection"] {
            if let Some(list) = yaml.entry(key) {
                return self.group(key, list);
            }
        }
        self.criterion(yaml)
    }

    /// A definition in the syntax of the command line is one criterion: spaces and commas are not special.
    fn text(&self, text: &str, yaml: &Yaml) -> Result<Expression, Box<Diagnostic>> {
        // The text may have been made by a template, so that it is not what stands in the file.
        let span = if yaml.span.text() == text {
            yaml.span.clone()
        } else {
            let file = SourceFile::new(yaml.span.file.path.as_str(), text);
            Span::new(&file, 0..text.len())
        };
        let criterion = Criterion::parse(&span, self.indirect).map_err(|diagnostic| unread(&diagnostic.title, yaml))?;
        Ok(Expression::Criterion(Box::new(criterion)))
    }

    /// `union:` or `intersection:`, with at most one `exclude:` in its list.
    fn group(&self, key: &str, list: &Yaml) -> Result<Expression, Box<Diagnostic>> {
        let mut parts = Vec::new();
        let mut without = None;
        for item in checked_list(key, list)? {
            let Some(excluded) = item.entry("exclude") else {
                parts.push(self.expression(item)?);
                continue;
            };
            if item.entry("method").is_some() {
                parts.push(self.criterion(item)?);
                continue;
            }
            if without.is_some() {
                let text = "You cannot provide multiple exclude arguments to the same selector set operator:";
                return Err(unread(text, item));
            }
            without = self.exclusion(excluded)?;
        }
        let whole = match key {
            "union" => Expression::Union(parts, IndirectSelection::Eager),
            _ => Expression::Intersection(parts, IndirectSelection::Eager, None),
        };
        Ok(less(whole, without))
    }

    fn exclusion(&self, list: &Yaml) -> Result<Option<Expression>, Box<Diagnostic>> {
        let mut parts = Vec::new();
        for item in checked_list("exclude", list)? {
            parts.push(self.expression(item)?);
        }
        Ok(match parts.len() {
            0 => None,
            1 => parts.pop(),
            _ => Some(Expression::Union(parts, IndirectSelection::Eager)),
        })
    }

    /// `{method, value, …}` or `{method: value}`.
    fn criterion(&self, yaml: &Yaml) -> Result<Expression, Box<Diagnostic>> {
        if let [single] = yaml.entries() {
            let parts = Parts { has_childrens_parents: false, parents: Reach::Nothing, children: Reach::Nothing };
            return self.search(yaml, (&single.key, &single.value), parts, self.indirect);
        }
        let (Some(method), Some(value)) = (yaml.entry("method"), yaml.entry("value")) else {
            let keys: Vec<String> = yaml.entries().iter().map(|entry| format!("'{}'", entry.key)).collect();
            let text =
                format!("Expected either 1 key or else \"method\" and \"value\" keys, but got [{}]", keys.join(", "));
            return Err(unread(&text, yaml));
        };
        let method = scalar(method).ok_or_else(|| malformed(method, "expected text"))?;
        if method == "selector" {
            return self.inherited(value);
        }
        let parts = Parts {
            has_childrens_parents: is_true(yaml.entry("childrens_parents")),
            parents: reach(yaml, "parents", "parents_depth")?,
            children: reach(yaml, "children", "children_depth")?,
        };
        let indirect = match yaml.entry("indirect_selection") {
            None => self.indirect,
            Some(mode) => mode.as_str().and_then(IndirectSelection::from_name).ok_or_else(|| {
                let shown = scalar(mode).unwrap_or_default();
                unread(&format!("'{shown}' is not a valid IndirectSelection"), mode)
            })?,
        };
        let found = self.search(yaml, (&method, value), parts, indirect)?;
        let without = match yaml.entry("exclude") {
            Some(list) => self.exclusion(list)?,
            None => None,
        };
        Ok(less(found, without))
    }

    fn inherited(&self, value: &Yaml) -> Result<Expression, Box<Diagnostic>> {
        let name = scalar(value).unwrap_or_default();
        match self.known.list.get(&name) {
            Some(named) => Ok(named.selector.expression.clone()),
            None => {
                let text = format!("Existing selector definition for {name} not found.");
                let names = self.known.list.keys().map(String::as_str);
                Err(Box::new(unread(&text, value).with_nearest(&name, names)))
            }
        }
    }

    fn search(
        &self,
        yaml: &Yaml,
        (method, value): (&str, &Yaml),
        parts: Parts,
        indirect: IndirectSelection,
    ) -> Result<Expression, Box<Diagnostic>> {
        let text = scalar(value).ok_or_else(|| malformed(value, "expected text"))?;
        if parts.has_childrens_parents && parts.children != Reach::Nothing {
            let text = format!("Invalid node spec {text} - \"@\" prefix and \"+\" suffix are incompatible");
            return Err(unread(&text, yaml));
        }
        let search = Search::new(method, &yaml.span, &text, &value.span)
            .map_err(|diagnostic| unread(&diagnostic.title, yaml))?;
        let criterion = Criterion { search, parts, indirect, span: value.span.clone() };
        Ok(Expression::Criterion(Box::new(criterion)))
    }
}

fn less(whole: Expression, without: Option<Expression>) -> Expression {
    match without {
        Some(without) => Expression::Difference(Box::new(whole), Box::new(without)),
        None => whole,
    }
}

fn checked_list<'a>(key: &str, list: &'a Yaml) -> Result<&'a [Yaml], Box<Diagnostic>> {
    if !matches!(list.value, YamlValue::Sequence(_)) {
        return Err(unread(&format!("Invalid value for key \"{key}\". Expected a list."), list));
    }
    for item in list.items() {
        if !matches!(item.value, YamlValue::String(_) | YamlValue::Mapping(_)) {
            let text = format!(
                "Invalid value type in key \"{key}\", expected dict or str (value: {}).",
                scalar(item).unwrap_or_default()
            );
            return Err(unread(&text, item));
        }
    }
    Ok(list.items())
}

/// A value of a method: text, or what YAML took for a number or a truth value.
fn scalar(yaml: &Yaml) -> Option<String> {
    match &yaml.value {
        YamlValue::String(text) | YamlValue::Timestamp(text) => Some(text.clone()),
        YamlValue::Bool(truth) => Some(truth.to_string()),
        YamlValue::Integer(number) => Some(number.to_string()),
        YamlValue::Float(number) => Some(number.to_string()),
        YamlValue::Null | YamlValue::Sequence(_) | YamlValue::Mapping(_) => None,
    }
}

/// As in Python, any text that is not empty and any number that is not 0 is true.
fn is_true(yaml: Option<&Yaml>) -> bool {
    match yaml.map(|yaml| &yaml.value) {
        Some(YamlValue::Bool(truth)) => *truth,
        Some(YamlValue::Integer(number)) => *number != 0,
        Some(YamlValue::String(text) | YamlValue::Timestamp(text)) => !text.is_empty(),
        _ => false,
    }
}

fn reach(yaml: &Yaml, key: &str, depth_key: &str) -> Result<Reach, Box<Diagnostic>> {
    if !is_true(yaml.entry(key)) {
        return Ok(Reach::Nothing);
    }
    let Some(depth) = yaml.entry(depth_key).filter(|depth| !depth.is_null()) else { return Ok(Reach::All) };
    match scalar(depth).and_then(|text| text.trim().parse::<usize>().ok()) {
        Some(0) => Ok(Reach::All),
        Some(edges) => Ok(Reach::Edges(edges)),
        None => {
            let shown = scalar(depth).unwrap_or_default();
            Err(unread(&format!("Invalid node spec - could not handle parent depth {shown}"), depth))
        }
    }
}

fn unread(text: &str, yaml: &Yaml) -> Box<Diagnostic> {
    let title = format!("Could not read selector file data: {text}");
    Box::new(Diagnostic::error(Kind::Runtime, "E0506", title).at(yaml.span.clone(), ""))
}

fn malformed(yaml: &Yaml, expected: &str) -> Box<Diagnostic> {
    let diagnostic = Diagnostic::error(Kind::Runtime, "E0507", "Could not parse selector file data")
        .at(yaml.span.clone(), expected)
        .with_note("Valid root-level selector definitions: union, intersection, string, dictionary. No lists.");
    Box::new(diagnostic)
}
