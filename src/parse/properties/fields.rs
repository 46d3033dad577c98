//! Reads the fields of one mapping, with a message for each that is not what it must be.

use std::sync::Arc;

use super::{PropertiesFile, Written};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::resource::{Map, Value};
use crate::yaml::{Entry, Yaml, YamlValue};

/// A mapping being read.
pub(super) struct Fields<'a> {
    /// The file it stands in.
    pub file: &'a Arc<PropertiesFile>,
    /// The mapping.
    pub yaml: &'a Yaml,
    /// Where mistakes go.
    pub diagnostics: &'a mut Diagnostics,
}

impl<'a> Fields<'a> {
    pub(super) fn new(file: &'a Arc<PropertiesFile>, yaml: &'a Yaml, diagnostics: &'a mut Diagnostics) -> Self {
        Self { file, yaml, diagnostics }
    }

    /// Reads a mapping inside this one.
    pub(super) fn of<'b>(&'b mut self, yaml: &'b Yaml) -> Fields<'b> {
        Fields { file: self.file, yaml, diagnostics: self.diagnostics }
    }

    /// Returns a value that is there and not null.
    pub(super) fn value(&self, key: &str) -> Option<&'a Yaml> {
        self.yaml.entry(key).filter(|value| !value.is_null())
    }

    /// Returns a text. Numbers and truth values are refused, as by dbt: YAML would change their spelling.
    pub(super) fn text(&mut self, key: &str) -> Option<Written> {
        let value = self.value(key)?;
        if value.as_str().is_none() {
            self.wrong(key, "text", value);
        }
        value.as_str().map(|text| Written { text: text.to_owned(), span: value.span.clone() })
    }

    /// Returns a text without its place.
    pub(super) fn plain(&mut self, key: &str) -> Option<String> {
        self.text(key).map(|written| written.text)
    }

    /// Returns the name of the entry; reports that it is missing.
    pub(super) fn name(&mut self, what: &str) -> Option<Written> {
        if self.value("name").is_none() {
            let span =
                self.yaml.entries().first().map_or_else(|| self.yaml.span.clone(), |entry| entry.key_span.clone());
            self.diagnostics.push(if what == "a data test" {
                // As in dbt: most often a generic test that stands in the place of a singular one.
                let path = &self.file.path;
                let title =
                    format!("Unable to parse 'data_tests' section of file '{path}'\nParsing Error\n  Entry did not contain a name");
                Diagnostic::warning(Kind::Parsing, "W0214", title).at(span, "in this entry").as_event("Note", [])
            } else {
                Diagnostic::error(Kind::Parsing, "E0214", format!("{what} has no `name`")).at(span, "in this entry")
            });
            return None;
        }
        self.text("name")
    }

    /// Returns a truth value.
    pub(super) fn bool(&mut self, key: &str) -> Option<bool> {
        let value = self.value(key)?;
        if value.as_bool().is_none() {
            self.wrong(key, "`true` or `false`", value);
        }
        value.as_bool()
    }

    /// Returns the items of a list; none when it is not there.
    pub(super) fn list(&mut self, key: &str) -> &'a [Yaml] {
        match self.value(key) {
            None => &[],
            Some(value) => {
                if !matches!(value.value, YamlValue::Sequence(_)) {
                    self.wrong(key, "a list", value);
                }
                value.items()
            }
        }
    }

    /// Returns the mappings of a list.
    pub(super) fn mappings(&mut self, key: &str) -> Vec<&'a Yaml> {
        let items = self.list(key);
        let mut mappings = Vec::with_capacity(items.len());
        for item in items {
            if matches!(item.value, YamlValue::Mapping(_)) {
                mappings.push(item);
            } else {
                self.wrong(&format!("{key}` entry `"), "a mapping", item);
            }
        }
        mappings
    }

    /// Returns a mapping without places; an empty one when it is not there.
    pub(super) fn map(&mut self, key: &str) -> Map {
        match self.value(key) {
            None => Map::new(),
            Some(value) => {
                if !matches!(value.value, YamlValue::Mapping(_)) {
                    self.wrong(key, "a mapping", value);
                }
                value.to_map()
            }
        }
    }

    /// Returns texts written as a list, or as one text.
    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        let Some(value) = self.value(key) else { return Vec::new() };
        if let Some(text) = value.as_str() {
            return vec![text.to_owned()];
        }
        let mut texts = Vec::new();
        for item in self.list(key) {
            match item.as_str() {
                Some(text) => texts.push(text.to_owned()),
                None => self.wrong(key, "a list of texts", item),
            }
        }
        texts
    }

    /// Returns a version: a number or a text, as text.
    pub(super) fn version(&mut self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        match &value.value {
            YamlValue::Integer(_) | YamlValue::Float(_) | YamlValue::String(_) => Some(scalar(&value.to_value())),
            _ => {
                self.wrong(key, "a number or text", value);
                None
            }
        }
    }

    /// Warns of keys that are not among `known`.
    pub(super) fn expect_keys(&mut self, what: &str, known: &[&str]) {
        for Entry { key, key_span, .. } in self.yaml.entries() {
            if !known.contains(&key.as_str()) {
                self.diagnostics.push(
                    Diagnostic::warning(Kind::Parsing, "W0211", format!("unknown key `{key}` in {what}"))
                        .at(key_span.clone(), "it has no effect")
                        .with_nearest(key, known.iter().copied()),
                );
            }
        }
    }

    /// Reports keys that are not among `known`, where dbt takes no others.
    pub(super) fn require_keys(&mut self, section: &str, known: &[&str]) {
        let unknown: Vec<&Entry> =
            self.yaml.entries().iter().filter(|entry| !known.contains(&entry.key.as_str())).collect();
        let Some(first) = unknown.first() else { return };
        let names: Vec<String> = unknown.iter().map(|entry| format!("'{}'", entry.key)).collect();
        let were = if names.len() == 1 { "was" } else { "were" };
        let title = format!("Additional properties are not allowed ({} {were} unexpected)", names.join(", "));
        let shown = crate::parse::generic::text::repr(&self.yaml.to_value());
        let path = &self.yaml.span.file.path;
        let words = format!("Invalid {section} config given in {path} @ {section}: {shown} - at path []: {title}");
        let diagnostic = Diagnostic::error(Kind::Parsing, "E0211", title)
            .at(first.key_span.clone(), "")
            .with_nearest(&first.key, known.iter().copied());
        self.diagnostics.push(Diagnostic { words: Some(words), ..diagnostic });
    }

    /// Reports a value of a wrong kind.
    pub(super) fn wrong(&mut self, key: &str, expected: &str, value: &Yaml) {
        self.diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0211", format!("`{key}` must be {expected}"))
                .at(value.span.clone(), format!("this is {}", value.kind())),
        );
    }

    /// Returns where a key stands, else the whole entry.
    pub(super) fn key_span(&self, key: &str) -> Span {
        let entry = self.yaml.entries().iter().find(|entry| entry.key == key);
        entry.map_or_else(|| self.yaml.span.clone(), |entry| entry.key_span.clone())
    }

    /// `data_tests` or, by its older name, `tests`; both is an error.
    pub(super) fn tests(&mut self) -> Option<Vec<Yaml>> {
        let old = self.value("tests").is_some_and(|tests| !tests.items().is_empty());
        if old && self.value("data_tests").is_some() {
            let diagnostic = Diagnostic::error(Kind::Parsing, "E0215", "`tests` and `data_tests` say the same thing")
                .at(self.key_span("tests"), "remove this one")
                .with_context(self.key_span("data_tests"), "and keep this one")
                .with_note("Invalid test config: cannot have both 'tests' and 'data_tests' defined");
            self.diagnostics.push(diagnostic);
        }
        let key = if self.value("data_tests").is_some() { "data_tests" } else { "tests" };
        self.value(key)?;
        Some(self.list(key).to_vec())
    }

    /// A date or time as ISO 8601 with a zone, as dbt's manifest has it.
    pub(super) fn date(&mut self, key: &str) -> Option<String> {
        let written = self.text(key)?;
        let text = written.text.trim();
        let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(0, 0, 0));
        let formats = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"];
        let parsed =
            day.or_else(|| formats.iter().find_map(|format| chrono::NaiveDateTime::parse_from_str(text, format).ok()));
        if let Some(parsed) = parsed {
            return Some(parsed.and_utc().to_rfc3339());
        }
        let zoned = chrono::DateTime::parse_from_rfc3339(text)
            .or_else(|_| chrono::DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%:z"));
        if zoned.is_err() {
            self.diagnostics.push(
                Diagnostic::error(Kind::Parsing, "E0211", format!("`{key}` must be a date such as 2031-12-31"))
                    .at(written.span, ""),
            );
        }
        zoned.ok().map(|zoned| zoned.to_rfc3339())
    }
}

/// A number or text as text.
pub(super) fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
