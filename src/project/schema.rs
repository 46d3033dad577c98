//! What dbt's schema of the project file says of values that do not fit it: words that programs look for.

use super::semver::is_project_version;
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::Value;
use crate::yaml::{Entry, Yaml, YamlValue};

/// Keys whose values are mappings and nothing else.
const MAPPINGS: [&str; 14] = [
    "models",
    "seeds",
    "snapshots",
    "analyses",
    "sources",
    "tests",
    "data_tests",
    "unit_tests",
    "metrics",
    "semantic-models",
    "saved-queries",
    "exposures",
    "functions",
    "flags",
];

/// Returns what the schema says of a value of a wrong type.
pub(super) fn words(key: &str, value: &Yaml) -> String {
    let why = match key {
        "name" => "is not of type 'string'",
        "dispatch" => "is not of type 'array'",
        "restrict-access" => "is not of type 'boolean'",
        key if MAPPINGS.contains(&key) => "is not of type 'object'",
        _ => OTHER,
    };
    let key = if key == "tests" { "data_tests" } else { key };
    format!("at path ['{key}']: {} {why}", printed(&value.to_value()))
}

/// Returns what is wrong with a project's `version`.
pub(super) fn version(value: &Yaml) -> Option<Diagnostic> {
    let fits = match &value.value {
        YamlValue::Float(_) => true,
        YamlValue::String(text) => is_project_version(text),
        _ => false,
    };
    // As in dbt, a number is compared as text.
    let text = match &value.value {
        YamlValue::Integer(_) => format!("at path ['version']: '{}' {OTHER}", value.span.text().trim()),
        _ => words("version", value),
    };
    let diagnostic = Diagnostic::error(Kind::Runtime, "E0102", "`version` must be a version such as `1.0.0`");
    (!fits).then(|| diagnostic.at(value.span.clone(), "").in_words(text))
}

const OTHER: &str = "is not valid under any of the given schemas";

/// Reports a key that the project file has not.
pub(super) fn unknown(entry: &Entry, known: &[&str]) -> Diagnostic {
    let key = &entry.key;
    Diagnostic::error(Kind::Runtime, "E0102", format!("a project file knows no key `{key}`"))
        .at(entry.key_span.clone(), "not known")
        .with_nearest(key, known.iter().copied())
        .in_words(format!("at path []: Additional properties are not allowed ('{key}' was unexpected)"))
}

/// Returns a value as Python prints it.
pub(super) fn printed(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("'{text}'"),
        Value::Array(items) => format!("[{}]", items.iter().map(printed).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| format!("'{key}': {}", printed(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
    }
}
