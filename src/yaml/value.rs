//! A YAML value with its place.

use crate::diagnostic::Span;
use crate::resource::{Map, Value};

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Yaml {
    /// What it is.
    pub value: YamlValue,
    /// Where it stands; for a value reached through an alias or a merge key, where it was written.
    pub span: Span,
}

/// What a YAML value can be.
#[derive(Clone, Debug)]
pub enum YamlValue {
    /// `null`, `~` or nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// Text; days too, as written.
    String(String),
    /// A day with a time, as Python prints it: `2024-01-31 08:00:00+00:00`.
    Timestamp(String),
    /// A list.
    Sequence(Vec<Yaml>),
    /// A mapping in the order of the file, keys unique.
    Mapping(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key as text; keys that are not text are written as YAML would.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Yaml,
}

impl Yaml {
    /// Returns the value under a key of a mapping; none for other kinds.
    pub fn entry(&self, key: &str) -> Option<&Yaml> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Returns the entries of a mapping; none for other kinds.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            YamlValue::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the items of a list; none for other kinds.
    pub fn items(&self) -> &[Yaml] {
        match &self.value {
            YamlValue::Sequence(items) => items,
            _ => &[],
        }
    }

    /// Returns the text of a text value.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            YamlValue::String(text) | YamlValue::Timestamp(text) => Some(text),
            _ => None,
        }
    }

    /// Returns a truth value.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            YamlValue::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// Returns whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.value, YamlValue::Null)
    }

    /// Returns the words for its kind, as messages use them: `a list`, `text` …
    pub fn kind(&self) -> &'static str {
        match self.value {
            YamlValue::Null => "nothing",
            YamlValue::Bool(_) => "a truth value",
            YamlValue::Integer(_) | YamlValue::Float(_) => "a number",
            YamlValue::String(_) | YamlValue::Timestamp(_) => "text",
            YamlValue::Sequence(_) => "a list",
            YamlValue::Mapping(_) => "a mapping",
        }
    }

    /// Makes a value of which every part stands at one place: what a template at that place made.
    pub fn from_value(value: &Value, span: &Span) -> Self {
        let made = match value {
            Value::Null => YamlValue::Null,
            Value::Bool(truth) => YamlValue::Bool(*truth),
            Value::Number(number) => match number.as_i64() {
                Some(integer) => YamlValue::Integer(integer),
                None => YamlValue::Float(number.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => YamlValue::String(text.clone()),
            Value::Array(items) => YamlValue::Sequence(items.iter().map(|item| Self::from_value(item, span)).collect()),
            Value::Object(map) => YamlValue::Mapping(
                map.iter()
                    .map(|(key, value)| Entry {
                        key: key.clone(),
                        key_span: span.clone(),
                        value: Self::from_value(value, span),
                    })
                    .collect(),
            ),
        };
        Self { value: made, span: span.clone() }
    }

    /// Returns the value without places; a day with a time in the form of ISO 8601, as dbt writes it.
    pub fn to_value(&self) -> Value {
        match &self.value {
            YamlValue::Null => Value::Null,
            YamlValue::Bool(value) => Value::Bool(*value),
            YamlValue::Integer(number) => Value::from(*number),
            YamlValue::Float(number) => float_value(*number),
            YamlValue::String(text) => Value::from(text.as_str()),
            YamlValue::Timestamp(text) => Value::from(text.replacen(' ', "T", 1)),
            YamlValue::Sequence(items) => items.iter().map(Self::to_value).collect(),
            YamlValue::Mapping(_) => Value::Object(self.to_map()),
        }
    }

    /// Returns the value without places; a day with a time as Python prints it, which is what vars show.
    pub fn to_printed(&self) -> Value {
        match &self.value {
            YamlValue::Timestamp(text) => Value::from(text.as_str()),
            YamlValue::Sequence(items) => items.iter().map(Self::to_printed).collect(),
            YamlValue::Mapping(_) => Value::Object(self.to_printed_map()),
            _ => self.to_value(),
        }
    }

    /// Returns a mapping as [`Self::to_printed`] does; an empty one for other kinds.
    pub fn to_printed_map(&self) -> Map {
        self.entries().iter().map(|entry| (entry.key.clone(), entry.value.to_printed())).collect()
    }

    /// Returns a mapping without places; an empty one for other kinds.
    pub fn to_map(&self) -> Map {
        self.entries().iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect()
    }
}

/// JSON has no infinity and no NaN; they become the text that Python prints for them.
fn float_value(number: f64) -> Value {
    if number.is_finite() {
        return Value::from(number);
    }
    let text = if number.is_nan() {
        "nan"
    } else if number > 0.0 {
        "inf"
    } else {
        "-inf"
    };
    Value::from(text)
}
