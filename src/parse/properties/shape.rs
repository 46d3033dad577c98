//! Shapes of mappings as tables: which keys there may be, of which kind, and what stands in their place when they are not written.
//!
//! Semantic models, metrics and saved queries are deep and go into artifacts almost as they are written, so their mappings are
//! read by such tables into the form that artifacts have.

use serde_json::json;

use super::Written;
use super::fields::{Fields, scalar};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::parse::generic::text::repr;
use crate::resource::{Map, Value};
use crate::yaml::{Yaml, YamlValue};

/// A key of a mapping.
pub(super) struct Key {
    name: &'static str,
    rule: Rule,
    is_needed: bool,
}

/// What a value must be, and what it becomes.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// Text, else null.
    Text,
    /// A truth value, else false.
    Truth,
    /// A whole number, else null.
    Whole,
    /// A number, else null.
    Number,
    /// Text, or a truth value or whole number that becomes text; else null.
    Scalar,
    /// Text or a truth value that becomes text; else null.
    Expression,
    /// One of the words of an enumeration in any case; else null.
    OneOf(&'static Words),
    /// The same, with the word that is meant when there is none.
    OneOfOr(&'static Words, &'static str),
    /// Conditions: one text or a list of them.
    Filter,
    /// A number of units of time, such as `7 days`.
    Window,
    /// A list of texts, else an empty one.
    Texts,
    /// The same, or a text that is the only one.
    TextOrTexts,
    /// Any mapping, else an empty one.
    Free,
    /// A mapping of this shape, else null.
    Part(&'static [Key]),
    /// The same, or a text that is the part's name.
    Named(&'static [Key]),
    /// A list of mappings of this shape, else an empty list.
    Parts(&'static [Key]),
    /// The same, else null.
    PartsOrNull(&'static [Key]),
    /// A list of mappings of this shape or of names, else an empty list.
    NamedParts(&'static [Key]),
}

/// An enumeration.
pub(crate) struct Words {
    /// As dbt names it in messages.
    pub name: &'static str,
    /// Its words.
    pub words: &'static [&'static str],
}

impl Key {
    /// A key that may be left out.
    pub(super) const fn may(name: &'static str, rule: Rule) -> Self {
        Self { name, rule, is_needed: false }
    }

    /// A key that must be there.
    pub(super) const fn must(name: &'static str, rule: Rule) -> Self {
        Self { name, rule, is_needed: true }
    }
}

impl Words {
    /// Reads one of the words, in any case.
    pub(crate) fn read(&self, text: &str, place: &Span) -> Result<&'static str, Box<Diagnostic>> {
        if let Some(found) = self.words.iter().find(|word| word.eq_ignore_ascii_case(text)) {
            return Ok(found);
        }
        let title = format!("Invalid enum value: `{text}` in enum {}", self.name);
        let mistake = Diagnostic::error(Kind::Parsing, "E0211", title)
            .at(place.clone(), format!("one of {} is expected", self.words.join(", ")))
            .with_nearest(text, self.words.iter().copied());
        Err(Box::new(mistake))
    }
}

/// The units of time that are known everywhere.
pub(super) const GRANULARITY: Words = Words {
    name: "TimeGranularity",
    words: &[
        "nanosecond",
        "microsecond",
        "millisecond",
        "second",
        "minute",
        "hour",
        "day",
        "week",
        "month",
        "quarter",
        "year",
    ],
};

/// Reads one entry of a section by its shape; nothing when it has mistakes, which are reported.
pub(super) fn read(section: &'static str, shape: &'static [Key], fields: &mut Fields<'_>) -> Option<(Written, Map)> {
    let mut reader = Reader { section, file: fields.file.path.clone(), path: Vec::new(), mistakes: Vec::new() };
    let map = reader.mapping(shape, fields.yaml);
    let name = fields
        .value("name")
        .and_then(|name| name.as_str().map(|text| Written { text: text.to_owned(), span: name.span.clone() }));
    let is_sound = reader.mistakes.is_empty();
    fields.diagnostics.extend(reader.mistakes.into_iter().map(|mistake| whole(section, fields.yaml, mistake)));
    name.filter(|_| is_sound).map(|name| (name, map))
}

/// Adds dbt's words, which quote the whole entry.
fn whole(section: &str, entry: &Yaml, mistake: Diagnostic) -> Diagnostic {
    let mark = format!(" @ {section}: ");
    let Some((place, reason)) = mistake.title.split_once(&mark) else { return mistake };
    let words = format!("{place}{mark}{} - {reason}", repr(&entry.to_value()));
    mistake.in_words(words)
}

/// Reads a mapping that is part of an entry; its mistakes are reported.
pub(super) fn part(section: &'static str, shape: &'static [Key], yaml: &Yaml, diagnostics: &mut Diagnostics) -> Map {
    let file = yaml.span.file.path.clone();
    let mut reader = Reader { section, file, path: Vec::new(), mistakes: Vec::new() };
    let map = reader.mapping(shape, yaml);
    diagnostics.extend(reader.mistakes);
    map
}

struct Reader {
    section: &'static str,
    file: String,
    /// Where in the entry, as Python writes keys and places.
    path: Vec<String>,
    mistakes: Vec<Diagnostic>,
}

impl Reader {
    fn mapping(&mut self, shape: &'static [Key], yaml: &Yaml) -> Map {
        for entry in yaml.entries() {
            if !shape.iter().any(|key| key.name == entry.key) {
                let reason = format!("Additional properties are not allowed ('{}' was unexpected)", entry.key);
                let mistake = self.mistake(&reason).at(entry.key_span.clone(), "unknown here");
                self.mistakes.push(mistake.with_nearest(&entry.key, shape.iter().map(|key| key.name)));
            }
        }
        for key in shape.iter().filter(|key| key.is_needed && yaml.entry(key.name).is_none()) {
            let place = yaml.entries().first().map_or_else(|| yaml.span.clone(), |entry| entry.key_span.clone());
            let reason = format!("'{}' is a required property", key.name);
            let mistake = self.mistake(&reason).at(place, format!("`{}` is missing here", key.name));
            self.mistakes.push(mistake);
        }
        let mut map = Map::new();
        for key in shape {
            self.path.push(format!("'{}'", key.name));
            let value = match yaml.entry(key.name) {
                Some(value) if !value.is_null() || key.is_needed => self.value(key.rule, value),
                _ => key.rule.absent(),
            };
            self.path.pop();
            map.insert(key.name.to_owned(), value);
        }
        map
    }

    fn value(&mut self, rule: Rule, yaml: &Yaml) -> Value {
        match (rule, &yaml.value) {
            (Rule::Text, YamlValue::String(_))
            | (Rule::Truth, YamlValue::Bool(_))
            | (Rule::Whole | Rule::Number, YamlValue::Integer(_))
            | (Rule::Number, YamlValue::Float(_))
            | (Rule::Free, YamlValue::Mapping(_)) => yaml.to_value(),
            (Rule::Scalar, YamlValue::Integer(_)) => scalar(&yaml.to_value()).into(),
            (Rule::Scalar | Rule::Expression, YamlValue::String(text)) => text.as_str().into(),
            (Rule::Scalar | Rule::Expression, YamlValue::Bool(truth)) => if *truth { "True" } else { "False" }.into(),
            (Rule::OneOf(words) | Rule::OneOfOr(words, _), YamlValue::String(text)) => {
                self.taken(words.read(text, &yaml.span).map(Value::from))
            }
            (Rule::Filter, YamlValue::String(text)) => json!({"where_filters": [{"where_sql_template": text}]}),
            (Rule::Filter, YamlValue::Sequence(items)) if items.iter().all(|item| item.as_str().is_some()) => {
                let filters = items.iter().map(|item| json!({"where_sql_template": item.as_str()}));
                json!({"where_filters": filters.collect::<Vec<_>>()})
            }
            (Rule::Window, YamlValue::String(text)) => self.taken(window(text, yaml)),
            (Rule::TextOrTexts, YamlValue::String(text)) => json!([text]),
            (Rule::Texts | Rule::TextOrTexts, YamlValue::Sequence(items))
                if items.iter().all(|item| item.as_str().is_some()) =>
            {
                yaml.to_value()
            }
            (Rule::Part(shape) | Rule::Named(shape), YamlValue::Mapping(_)) => Value::Object(self.mapping(shape, yaml)),
            (Rule::Named(shape), YamlValue::String(name)) => named(shape, name),
            (Rule::Parts(_) | Rule::PartsOrNull(_) | Rule::NamedParts(_), YamlValue::Sequence(items)) => {
                let one = match rule {
                    Rule::NamedParts(shape) => Rule::Named(shape),
                    Rule::Parts(shape) | Rule::PartsOrNull(shape) => Rule::Part(shape),
                    other => other,
                };
                let mut values = Vec::with_capacity(items.len());
                for (place, item) in items.iter().enumerate() {
                    self.path.push(place.to_string());
                    values.push(self.value(one, item));
                    self.path.pop();
                }
                Value::Array(values)
            }
            _ => {
                let reason = format!("{} {}", repr(&yaml.to_value()), rule.mismatch());
                let expected = format!("{} is expected here, this is {}", rule.words(), yaml.kind());
                let mistake = self.mistake(&reason).at(yaml.span.clone(), expected);
                self.mistakes.push(mistake);
                Value::Null
            }
        }
    }

    fn taken(&mut self, read: Result<Value, Box<Diagnostic>>) -> Value {
        read.unwrap_or_else(|mistake| {
            self.mistakes.push(*mistake);
            Value::Null
        })
    }

    fn mistake(&self, reason: &str) -> Diagnostic {
        let path = self.path.join("][");
        let title =
            format!("Invalid {0} config given in {1} @ {0}: at path [{path}]: {reason}", self.section, self.file);
        Diagnostic::error(Kind::Parsing, "E0211", title)
    }
}

impl Rule {
    /// Returns what stands for a value that is not written.
    fn absent(self) -> Value {
        match self {
            Self::Truth => false.into(),
            Self::Texts | Self::TextOrTexts | Self::Parts(_) | Self::NamedParts(_) => Value::Array(Vec::new()),
            Self::Free => Value::Object(Map::new()),
            Self::OneOfOr(_, word) => word.into(),
            _ => Value::Null,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Text | Self::OneOf(_) | Self::OneOfOr(..) | Self::Window => "text",
            Self::Truth => "`true` or `false`",
            Self::Whole => "a whole number",
            Self::Number => "a number",
            Self::Scalar => "text, a truth value or a whole number",
            Self::Expression => "text or a truth value",
            Self::Filter | Self::TextOrTexts => "text or a list of texts",
            Self::Texts => "a list of texts",
            Self::Free | Self::Part(_) => "a mapping",
            Self::Named(_) => "a name or a mapping",
            Self::Parts(_) | Self::PartsOrNull(_) | Self::NamedParts(_) => "a list",
        }
    }

    fn mismatch(self) -> &'static str {
        match self {
            Self::Text | Self::OneOf(_) | Self::OneOfOr(..) | Self::Window => "is not of type 'string'",
            Self::Truth => "is not of type 'boolean'",
            Self::Whole => "is not of type 'integer'",
            Self::Number => "is not of type 'number'",
            Self::Free | Self::Part(_) => "is not of type 'object'",
            Self::Texts | Self::Parts(_) | Self::PartsOrNull(_) | Self::NamedParts(_) => "is not of type 'array'",
            Self::Scalar | Self::Expression | Self::Filter | Self::TextOrTexts | Self::Named(_) => {
                "is not valid under any of the given schemas"
            }
        }
    }
}

/// Returns a part of which only the name is written.
pub(super) fn named(shape: &'static [Key], name: &str) -> Value {
    let mut map: Map = shape.iter().map(|key| (key.name.to_owned(), key.rule.absent())).collect();
    map.insert("name".into(), name.into());
    Value::Object(map)
}

/// Reads a number of units of time; the plural of a known unit counts as the unit.
fn window(text: &str, yaml: &Yaml) -> Result<Value, Box<Diagnostic>> {
    let wrong = |title: String| Box::new(Diagnostic::error(Kind::Parsing, "E0211", title).at(yaml.span.clone(), ""));
    let lower = text.to_lowercase();
    let Some((count, unit)) = lower.split_once(' ').filter(|(_, unit)| !unit.contains(' ')) else {
        return Err(wrong(format!(
            "Invalid window ({text}) in cumulative/conversion metric. Should be of the form `<count> <granularity>`, e.g., `28 days`"
        )));
    };
    let number = count.parse::<u64>().ok().filter(|_| count.chars().all(|digit| digit.is_ascii_digit()));
    let Some(number) = number else {
        return Err(wrong(format!("Invalid count ({count}) in cumulative/conversion metric window string: ({text})")));
    };
    let singular = unit.strip_suffix('s').filter(|unit| GRANULARITY.words.contains(unit)).unwrap_or(unit);
    Ok(json!({"count": number, "granularity": singular}))
}
