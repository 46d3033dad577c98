//! Takes typed values out of a YAML mapping, reports what has the wrong type, and what it does not know.

use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::resource::Map;
use crate::yaml::{Yaml, YamlValue};

/// A mapping that is being read; every mistake goes into one list, and reading goes on.
pub(super) struct Fields<'a> {
    yaml: &'a Yaml,
    diagnostics: &'a mut Diagnostics,
    /// Says in dbt's words that a value is of a wrong type.
    words: Option<fn(&str, &Yaml) -> String>,
}

impl<'a> Fields<'a> {
    /// Takes a mapping; what is none has no fields.
    pub fn new(yaml: &'a Yaml, diagnostics: &'a mut Diagnostics) -> Self {
        Self { yaml, diagnostics, words: None }
    }

    /// Says of values of a wrong type also what dbt says of them.
    pub fn in_words(self, words: fn(&str, &Yaml) -> String) -> Self {
        Self { words: Some(words), ..self }
    }

    /// Returns a value that is not null.
    pub fn value(&self, key: &str) -> Option<&'a Yaml> {
        self.yaml.entry(key).filter(|value| !value.is_null())
    }

    /// Adds a mistake.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Returns a text; a number or a truth value is taken as it is written.
    pub fn text(&mut self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        match &value.value {
            YamlValue::String(text) | YamlValue::Timestamp(text) => Some(text.clone()),
            YamlValue::Integer(_) | YamlValue::Float(_) => Some(value.span.text().to_owned()),
            _ => self.wrong(key, value, "text"),
        }
    }

    /// Returns a truth value.
    pub fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.value(key)?;
        match value.as_bool() {
            Some(truth) => Some(truth),
            None => self.wrong(key, value, "`true` or `false`"),
        }
    }

    /// Returns a count; digits in quotes are one too.
    pub fn count(&mut self, key: &str) -> Option<usize> {
        let value = self.value(key)?;
        let count = match &value.value {
            YamlValue::Integer(number) => usize::try_from(*number).ok(),
            YamlValue::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match count {
            Some(count) => Some(count),
            None => self.wrong(key, value, "a whole number from 0"),
        }
    }

    /// Returns a list of texts with their places.
    pub fn texts(&mut self, key: &str) -> Option<Vec<(String, Span)>> {
        let value = self.value(key)?;
        let YamlValue::Sequence(items) = &value.value else {
            return self.wrong(key, value, "a list of texts");
        };
        let mut texts = Vec::new();
        for item in items {
            match &item.value {
                YamlValue::String(text) | YamlValue::Timestamp(text) => texts.push((text.clone(), item.span.clone())),
                YamlValue::Integer(_) | YamlValue::Float(_) => {
                    texts.push((item.span.text().to_owned(), item.span.clone()));
                }
                _ => {
                    self.wrong::<()>(key, item, "a list of texts");
                }
            }
        }
        Some(texts)
    }

    /// Returns a list of texts; a single text is a list of one.
    pub fn text_or_texts(&mut self, key: &str) -> Option<Vec<(String, Span)>> {
        let value = self.value(key)?;
        match value.as_str() {
            Some(text) => Some(vec![(text.to_owned(), value.span.clone())]),
            None => self.texts(key),
        }
    }

    /// Returns a list.
    pub fn list(&mut self, key: &str) -> Option<&'a [Yaml]> {
        let value = self.value(key)?;
        match &value.value {
            YamlValue::Sequence(items) => Some(items),
            _ => self.wrong(key, value, "a list"),
        }
    }

    /// Returns a mapping.
    pub fn mapping(&mut self, key: &str) -> Option<&'a Yaml> {
        let value = self.value(key)?;
        match &value.value {
            YamlValue::Mapping(_) => Some(value),
            _ => self.wrong(key, value, "a mapping"),
        }
    }

    /// Returns a mapping without places.
    pub fn map(&mut self, key: &str) -> Map {
        self.mapping(key).map(Yaml::to_map).unwrap_or_default()
    }

    /// Warns of keys that are not among the known ones.
    pub fn warn_unknown(&mut self, known: &[&str], of: &str) {
        for entry in self.yaml.entries() {
            if !known.contains(&entry.key.as_str()) {
                let warning = Diagnostic::warning(Kind::Parsing, "W0102", format!("{of} knows no key `{}`", entry.key))
                    .at(entry.key_span.clone(), "ignored")
                    .with_nearest(&entry.key, known.iter().copied());
                self.diagnostics.push(warning);
            }
        }
    }

    /// Reports a value of the wrong type.
    pub fn wrong<T>(&mut self, key: &str, value: &Yaml, wanted: &str) -> Option<T> {
        let diagnostic = wrong_type(key, value, wanted);
        self.diagnostics.push(match self.words {
            Some(words) => Diagnostic { kind: Kind::Runtime, ..diagnostic.in_words(words(key, value)) },
            None => diagnostic,
        });
        None
    }
}

/// Says that a value is not of the kind that its key takes.
pub(super) fn wrong_type(key: &str, value: &Yaml, wanted: &str) -> Diagnostic {
    Diagnostic::error(Kind::Parsing, "E0102", format!("`{key}` must be {wanted}"))
        .at(value.span.clone(), format!("this is {}", value.kind()))
}
