//! What dbt says of sections and entries that are not what they must be.

use super::PropertiesFile;
use crate::diagnostic::{Diagnostic, Severity};
use crate::parse::generic::text::{repr, str};
use crate::yaml::{Yaml, YamlValue};

/// Sections that dbt looks at as soon as it has read a file.
const SEEN_AT_ONCE: &[&str] = &[
    "models",
    "seeds",
    "snapshots",
    "sources",
    "macros",
    "analyses",
    "exposures",
    "metrics",
    "semantic_models",
    "saved_queries",
    "functions",
];

/// Of a section that is no list.
pub(super) fn no_list(mistake: Diagnostic, section: &str, file: &PropertiesFile, value: &Yaml) -> Diagnostic {
    if SEEN_AT_ONCE.contains(&section) {
        let reason = format!("the value of '{section}' is not a list");
        return mistake.in_words(invalid(file, &reason));
    }
    let shown = str(&value.to_value());
    let words = format!("{section} must be a list, got <class '{}'> instead: ({shown})", class(value));
    in_section(mistake, section, file, words)
}

/// Of an item of a section that is no mapping.
pub(super) fn no_mapping(mistake: Diagnostic, section: &str, file: &PropertiesFile, list: &Yaml) -> Diagnostic {
    if SEEN_AT_ONCE.contains(&section) {
        let reason = format!("a list element for '{section}' is not a dictionary");
        return mistake.in_words(invalid(file, &reason));
    }
    let shown = repr(&list.to_value());
    let words = format!(
        "Invalid {section} config given in {} @ {section}: {shown} - expected a dict with string keys",
        file.path
    );
    in_section(mistake, section, file, words)
}

/// Of an entry without a name.
pub(super) fn no_name(section: &str, file: &PropertiesFile) -> String {
    match section {
        _ if SEEN_AT_ONCE.contains(&section) => {
            invalid(file, &format!("a list element for '{section}' does not have a name attribute."))
        }
        _ => "Entry did not contain a name".to_owned(),
    }
}

/// Of a file that is no YAML: the line with those around it. What follows in dbt is its parser's own message.
pub(super) fn unreadable(file: &PropertiesFile, mistake: Diagnostic) -> Diagnostic {
    let Some(label) = &mistake.primary else { return mistake };
    let line = label.span.position().line;
    let first = line.saturating_sub(4);
    let lines = file.source.text.split('\n').enumerate().skip(first).take(line + 3 - first);
    let shown: Vec<String> = lines.map(|(index, text)| format!("    {:<3}| {text}", index + 1)).collect();
    let words = format!(
        "Error reading {}: {} - Runtime Error\n    Syntax error near line {line}\n    {RULE}\n{}\n    \n    Raw Error:\n    {RULE}\n    {}",
        file.package,
        file.relative,
        shown.join("\n"),
        mistake.title
    );
    mistake.in_words(words)
}

const RULE: &str = "------------------------------";

/// Of a file that holds no mapping.
pub(super) fn no_dictionary(file: &PropertiesFile) -> String {
    format!(
        "Error reading {}: {} - Runtime Error\n    Contents of file '{}' are not valid. Dictionary expected.",
        file.package, file.relative, file.path
    )
}

fn invalid(file: &PropertiesFile, reason: &str) -> String {
    format!("The schema file at {} is invalid because {reason}", file.path)
}

/// Makes a warning of what is wrong with the section of singular tests, as dbt does: most often generic tests stand there.
fn in_section(mistake: Diagnostic, section: &str, file: &PropertiesFile, words: String) -> Diagnostic {
    if section != "data_tests" {
        return mistake.in_words(words);
    }
    let words = format!("Unable to parse 'data_tests' section of file '{}'\nParsing Error\n  {words}", file.path);
    Diagnostic { severity: Severity::Warning, code: "W0214", ..mistake.in_words(words) }.as_event("Note", [])
}

fn class(value: &Yaml) -> &'static str {
    match value.value {
        YamlValue::Null => "NoneType",
        YamlValue::Bool(_) => "bool",
        YamlValue::Integer(_) => "int",
        YamlValue::Float(_) => "float",
        YamlValue::String(_) => "str",
        YamlValue::Timestamp(_) => "datetime.datetime",
        YamlValue::Sequence(_) => "list",
        YamlValue::Mapping(_) => "dict",
    }
}
