//! The shapes that entries of properties files must have, and the first place where one does not fit, in dbt's words.
//!
//! The readers of the sections say what is wrong at its place; programs look for what dbt says, and that quotes the whole entry.

use super::{PropertiesFile, words};
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::parse::generic::text::repr;
use crate::resource::Value;
use crate::yaml::{Entry, Yaml, YamlValue};

/// What a value must be.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Truth,
    Number,
    Whole,
    /// A mapping of anything.
    Map,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of such values.
    List(&'static Shape),
    /// A mapping with these keys.
    Record(&'static Record),
    /// One of these, or null where [`Shape::Null`] is among them.
    Either(&'static [Shape]),
    Null,
}

/// Keys with what their values must be.
type Keys = &'static [(&'static str, Shape)];

/// The keys of a mapping, in the order in which dbt looks at them.
struct Record {
    /// Those that other mappings have too; they come first.
    shared: &'static [Keys],
    keys: Keys,
    others: Others,
    needed: &'static [&'static str],
}

/// What becomes of keys that a mapping is not known to have.
#[derive(PartialEq)]
enum Others {
    Taken,
    Refused,
}

/// What does not fit.
struct Misfit {
    path: Vec<String>,
    reason: String,
    span: Span,
}

use Shape::{Either, List, Map, Null, Number, Text, Truth, Whole, Word};

const fn open(keys: Keys, needed: &'static [&'static str]) -> Record {
    Record { shared: &[], keys, others: Others::Taken, needed }
}

const fn closed(keys: Keys, needed: &'static [&'static str]) -> Record {
    Record { shared: &[], keys, others: Others::Refused, needed }
}

/// What has a name and a description.
const fn described(shared: &'static [Keys], keys: Keys) -> Record {
    Record { shared, keys, others: Others::Taken, needed: &["name"] }
}

const MAY_TEXT: Shape = Either(&[Text, Null]);
const MAY_TRUTH: Shape = Either(&[Truth, Null]);
const TEXTS: Shape = List(&Text);
const MAPS: Shape = List(&Map);
const TESTS: Shape = List(&Either(&[Map, Text]));
const MAY_TESTS: Shape = Either(&[TESTS, Null]);
const DOCS: Shape = Shape::Record(&closed(&[("show", Truth), ("node_color", MAY_TEXT)], &[]));
const COLUMNS: Shape = List(&Shape::Record(&COLUMN));
const ROWS: Shape = Either(&[Text, MAPS, Null]);
const FORMAT: Shape = Word(&["csv", "dict", "sql"]);
const MAY_VERSIONS: Shape = Either(&[List(&Either(&[Text, Number])), Null]);

/// What every entry that describes something has.
const DESCRIBED: Keys = &[
    ("name", Text),
    ("description", Text),
    ("meta", Map),
    ("data_type", MAY_TEXT),
    ("constraints", MAPS),
    ("docs", DOCS),
    ("config", Map),
];

const TESTED: Keys = &[("data_tests", TESTS), ("tests", TESTS)];

/// What is built has these.
const BUILT: Keys = &[("columns", COLUMNS), ("quote_columns", MAY_TRUTH), ("access", MAY_TEXT)];

const COLUMN: Record =
    described(&[DESCRIBED, TESTED], &[("quote", MAY_TRUTH), ("tags", TEXTS), ("granularity", MAY_TEXT)]);

const PLAIN_COLUMNS: Shape = List(&Shape::Record(&PLAIN));

/// A column that nothing is tested of.
const PLAIN: Record = described(&[DESCRIBED], &[]);

const ANALYSIS: Record = described(&[DESCRIBED], &[("columns", PLAIN_COLUMNS), ("access", MAY_TEXT)]);

const NODE: Record = described(&[DESCRIBED, TESTED, BUILT], &[]);

const MODEL: Record = described(
    &[DESCRIBED, TESTED, BUILT],
    &[
        ("latest_version", Either(&[Text, Number, Null])),
        ("versions", List(&Shape::Record(&VERSION))),
        ("deprecation_date", MAY_TEXT),
        ("time_spine", Either(&[Shape::Record(&TIME_SPINE), Null])),
    ],
);

const VERSION: Record = closed(
    &[
        ("v", Either(&[Text, Number])),
        ("defined_in", MAY_TEXT),
        ("description", Text),
        ("access", MAY_TEXT),
        ("config", Map),
        ("constraints", MAPS),
        ("docs", DOCS),
        ("data_tests", MAY_TESTS),
        ("tests", MAY_TESTS),
        ("columns", List(&Either(&[Shape::Record(&INCLUDE), Shape::Record(&COLUMN)]))),
        ("deprecation_date", MAY_TEXT),
    ],
    &["v"],
);

const INCLUDE: Record = closed(&[("include", Either(&[Text, TEXTS])), ("exclude", TEXTS)], &["include"]);

const TIME_SPINE: Record = closed(
    &[
        ("standard_granularity_column", Text),
        (
            "custom_granularities",
            List(&Shape::Record(&closed(&[("name", Text), ("column_name", MAY_TEXT)], &["name"]))),
        ),
    ],
    &["standard_granularity_column"],
);

const QUOTING: Shape = Shape::Record(&closed(
    &[("database", MAY_TRUTH), ("schema", MAY_TRUTH), ("identifier", MAY_TRUTH), ("column", MAY_TRUTH)],
    &[],
));

const AGE: Shape = Either(&[
    Shape::Record(&closed(
        &[("count", Either(&[Whole, Null])), ("period", Either(&[Word(&["minute", "hour", "day"]), Null]))],
        &[],
    )),
    Null,
]);

const FRESHNESS: Shape =
    Either(&[Shape::Record(&closed(&[("warn_after", AGE), ("error_after", AGE), ("filter", MAY_TEXT)], &[])), Null]);

const EXTERNAL: Shape = Either(&[
    Shape::Record(&open(
        &[
            ("location", MAY_TEXT),
            ("file_format", MAY_TEXT),
            ("row_format", MAY_TEXT),
            ("tbl_properties", MAY_TEXT),
            ("partitions", Either(&[TEXTS, List(&Shape::Record(&PARTITION)), Null])),
        ],
        &[],
    )),
    Null,
]);

const PARTITION: Record = open(&[("name", Text), ("description", Text), ("data_type", Text), ("meta", Map)], &[]);

const TABLE: Record = described(
    &[DESCRIBED, TESTED],
    &[
        ("columns", COLUMNS),
        ("loaded_at_field", MAY_TEXT),
        ("loaded_at_query", MAY_TEXT),
        ("identifier", MAY_TEXT),
        ("quoting", QUOTING),
        ("freshness", FRESHNESS),
        ("external", EXTERNAL),
        ("tags", TEXTS),
    ],
);

const SOURCE: Record = closed(
    &[
        ("name", Text),
        ("description", Text),
        ("meta", Map),
        ("database", MAY_TEXT),
        ("schema", MAY_TEXT),
        ("loader", Text),
        ("quoting", QUOTING),
        ("freshness", FRESHNESS),
        ("loaded_at_field", MAY_TEXT),
        ("loaded_at_query", MAY_TEXT),
        ("tables", List(&Shape::Record(&TABLE))),
        ("tags", TEXTS),
        ("config", Map),
        ("loaded_at_field_present", MAY_TRUTH),
        ("unrendered_database", MAY_TEXT),
        ("unrendered_schema", MAY_TEXT),
    ],
    &["name"],
);

const OWNER: Shape = Shape::Record(&open(&[("email", Either(&[Text, TEXTS, Null])), ("name", MAY_TEXT)], &[]));

const EXPOSURE: Record = closed(
    &[
        ("name", Text),
        ("type", Word(&["dashboard", "notebook", "analysis", "ml", "application"])),
        ("owner", OWNER),
        ("description", Text),
        ("label", MAY_TEXT),
        ("maturity", Either(&[Word(&["low", "medium", "high"]), Null])),
        ("meta", Map),
        ("tags", TEXTS),
        ("url", MAY_TEXT),
        ("depends_on", TEXTS),
        ("config", Map),
    ],
    &["name", "type", "owner"],
);

const GROUP: Record =
    closed(&[("name", Text), ("owner", OWNER), ("description", MAY_TEXT), ("config", Map)], &["name", "owner"]);

const MACRO: Record = described(
    &[DESCRIBED],
    &[(
        "arguments",
        List(&Shape::Record(&closed(&[("name", Text), ("type", MAY_TEXT), ("description", Text)], &["name"]))),
    )],
);

const UNIT_TEST: Record = closed(
    &[
        ("name", Text),
        ("model", Text),
        (
            "given",
            List(&Shape::Record(&closed(
                &[("input", Text), ("rows", ROWS), ("format", FORMAT), ("fixture", MAY_TEXT)],
                &["input"],
            ))),
        ),
        ("expect", Shape::Record(&closed(&[("rows", ROWS), ("format", FORMAT), ("fixture", MAY_TEXT)], &[]))),
        ("description", Text),
        (
            "overrides",
            Either(&[Shape::Record(&closed(&[("macros", Map), ("vars", Map), ("env_vars", Map)], &[])), Null]),
        ),
        ("config", Map),
        (
            "versions",
            Either(&[Shape::Record(&closed(&[("include", MAY_VERSIONS), ("exclude", MAY_VERSIONS)], &[])), Null]),
        ),
    ],
    &["name", "model", "given", "expect"],
);

const FUNCTION: Record = open(
    &[
        ("returns", Shape::Record(&closed(&[("data_type", Text), ("description", MAY_TEXT)], &["data_type"]))),
        ("name", Text),
        ("description", Text),
        ("meta", Map),
        ("data_type", MAY_TEXT),
        ("constraints", MAPS),
        ("docs", DOCS),
        ("config", Map),
        ("access", MAY_TEXT),
        ("arguments", List(&Shape::Record(&ARGUMENT))),
    ],
    &["returns", "name"],
);

const ARGUMENT: Record =
    open(&[("name", Text), ("data_type", Text), ("description", MAY_TEXT)], &["name", "data_type"]);

/// Returns dbt's refusal of an entry that does not have the shape of its section.
pub(super) fn refusal(section: &str, file: &PropertiesFile, entry: &Yaml) -> Option<Diagnostic> {
    if matches!(section, "data_tests" | "tests") {
        return None;
    }
    // A source without a name and the like are refused before dbt looks at shapes.
    if section != "unit_tests" && entry.entry("name").is_none() {
        let words = words::no_name(section, file);
        return Some(
            Diagnostic::error(Kind::Parsing, "E0214", words.as_str()).at(entry.span.clone(), "").in_words(words),
        );
    }
    let record = record(section)?;
    let misfit = record.misfit(entry, &mut Vec::new())?;
    let Value::Object(mut shown) = entry.to_value() else { return None };
    if !matches!(section, "sources" | "exposures" | "groups" | "unit_tests") {
        shown.insert("original_file_path".into(), file.path.as_str().into());
        shown.insert("yaml_key".into(), section.into());
        shown.insert("package_name".into(), file.package.as_str().into());
    }
    let place = format!("at path [{}]: {}", misfit.path.join("]["), misfit.reason);
    let shown = repr(&Value::Object(shown));
    let words = format!("Invalid {section} config given in {} @ {section}: {shown} - {place}", file.path);
    Some(Diagnostic::error(Kind::Parsing, "E0211", place).at(misfit.span, "").in_words(words))
}

fn record(section: &str) -> Option<&'static Record> {
    Some(match section {
        "models" => &MODEL,
        "seeds" | "snapshots" => &NODE,
        "analyses" => &ANALYSIS,
        "sources" => &SOURCE,
        "exposures" => &EXPOSURE,
        "groups" => &GROUP,
        "macros" => &MACRO,
        "unit_tests" => &UNIT_TEST,
        "functions" => &FUNCTION,
        _ => return None,
    })
}

impl Record {
    fn all_keys(&self) -> impl Iterator<Item = &(&'static str, Shape)> {
        self.shared.iter().copied().flatten().chain(self.keys)
    }

    /// Returns the first thing in a mapping that does not fit: values by the order of the keys, then unknown and missing keys.
    fn misfit(&self, yaml: &Yaml, path: &mut Vec<String>) -> Option<Misfit> {
        for (key, shape) in self.all_keys() {
            let Some(value) = yaml.entry(key) else { continue };
            path.push(format!("'{key}'"));
            let found = shape.misfit(value, path);
            path.pop();
            if found.is_some() {
                return found;
            }
        }
        let here = |reason: String, span: &Span| Some(Misfit { path: path.clone(), reason, span: span.clone() });
        if self.others == Others::Refused {
            let unknown: Vec<&Entry> =
                yaml.entries().iter().filter(|entry| !self.all_keys().any(|(key, _)| *key == entry.key)).collect();
            if let Some(first) = unknown.first() {
                let names: Vec<String> = unknown.iter().map(|entry| format!("'{}'", entry.key)).collect();
                let were = if names.len() == 1 { "was" } else { "were" };
                let reason = format!("Additional properties are not allowed ({} {were} unexpected)", names.join(", "));
                return here(reason, &first.key_span);
            }
        }
        let missing = self.needed.iter().find(|key| yaml.entry(key).is_none())?;
        let span = yaml.entries().first().map_or(&yaml.span, |entry| &entry.key_span);
        here(format!("'{missing}' is a required property"), span)
    }
}

impl Shape {
    fn misfit(self, yaml: &Yaml, path: &mut Vec<String>) -> Option<Misfit> {
        match (self, &yaml.value) {
            (Self::List(item), YamlValue::Sequence(items)) => items.iter().enumerate().find_map(|(index, value)| {
                path.push(index.to_string());
                let found = item.misfit(value, path);
                path.pop();
                found
            }),
            (Self::Record(record), YamlValue::Mapping(_)) => record.misfit(yaml, path),
            _ if self.takes(yaml) => None,
            _ => {
                let reason = format!("{} {}", repr(&yaml.to_value()), self.mismatch());
                Some(Misfit { path: path.clone(), reason, span: yaml.span.clone() })
            }
        }
    }

    /// Returns whether a value that is no list and no mapping of known keys fits.
    fn takes(self, yaml: &Yaml) -> bool {
        match (self, &yaml.value) {
            (Self::Text, YamlValue::String(_) | YamlValue::Timestamp(_))
            | (Self::Truth, YamlValue::Bool(_))
            | (Self::Number | Self::Whole, YamlValue::Integer(_))
            | (Self::Number, YamlValue::Float(_))
            | (Self::Map, YamlValue::Mapping(_))
            | (Self::Null, YamlValue::Null) => true,
            (Self::Whole, YamlValue::Float(number)) => number.fract() == 0.0,
            (Self::Word(words), YamlValue::String(text)) => words.contains(&text.as_str()),
            (Self::Either(shapes), _) => shapes.iter().any(|shape| shape.misfit(yaml, &mut Vec::new()).is_none()),
            _ => false,
        }
    }

    fn mismatch(self) -> String {
        let name = match self {
            Self::Text => "string",
            Self::Truth => "boolean",
            Self::Number => "number",
            Self::Whole => "integer",
            Self::Map | Self::Record(_) => "object",
            Self::List(_) => "array",
            Self::Null => "null",
            Self::Either(_) => return "is not valid under any of the given schemas".to_owned(),
            Self::Word(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
                return format!("is not one of [{}]", words.join(", "));
            }
        };
        format!("is not of type '{name}'")
    }
}
