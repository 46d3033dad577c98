//! The configuration of an entry: `config` and the keys that may stand beside it, as values and as they are written.

use super::Section;
use super::fields::Fields;
use crate::diagnostic::{Diagnostic, Kind};
use crate::parse::config::check_mapping;
use crate::resource::{Map, Value};
use crate::yaml::{Yaml, YamlValue};

/// Returns a configuration with its templates as they are written: a value that a template made keeps the template's place.
pub(super) fn written(config: &Map, fields: &Fields<'_>) -> Map {
    let place = |key: &str| {
        let inside = fields.yaml.entry("config").and_then(|config| config.entry(key));
        inside.or_else(|| fields.yaml.entry(key))
    };
    let as_written = |key: &String, value: &Value| place(key).map_or_else(|| value.clone(), as_written);
    config.iter().map(|(key, value)| (key.clone(), as_written(key, value))).collect()
}

fn as_written(yaml: &Yaml) -> Value {
    // Every part of what a template made stands where the template stands.
    let is_made = match &yaml.value {
        YamlValue::Mapping(entries) => entries.iter().all(|entry| entry.key_span.range == yaml.span.range),
        YamlValue::Sequence(items) => items.iter().all(|item| item.span.range == yaml.span.range),
        _ => true,
    };
    let text = yaml.span.text();
    match &yaml.value {
        _ if is_made && (text.contains("{{") || text.contains("{%")) => text.trim_matches(['"', '\'']).into(),
        YamlValue::Mapping(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.clone(), as_written(&entry.value))).collect())
        }
        YamlValue::Sequence(items) => items.iter().map(as_written).collect(),
        _ => yaml.to_value(),
    }
}

/// The `config` mapping with the keys that may also stand beside it moved in.
pub(super) fn config(section: Section, fields: &mut Fields<'_>) -> Map {
    let mut config = fields.map("config");
    if let Some(yaml) = fields.value("config") {
        check_mapping(section.resource_type(), yaml, fields.diagnostics);
    }
    for key in ["meta", "docs", "group", "contract", "access"] {
        let Some(value) = fields.value(key) else { continue };
        if config.contains_key(key) {
            let inside =
                fields.yaml.entry("config").and_then(|config| config.entry(key)).map(|value| value.span.clone());
            let mut diagnostic =
                Diagnostic::error(Kind::Parsing, "E0215", format!("`{key}` stands both in `config` and beside it"))
                    .at(fields.key_span(key), "remove this one");
            if let Some(inside) = inside {
                diagnostic = diagnostic.with_context(inside, "and here");
            }
            fields.diagnostics.push(diagnostic);
            continue;
        }
        config.insert(key.to_owned(), value.to_value());
    }
    if let Some(access) = config.get("access").and_then(Value::as_str)
        && !matches!(access, "private" | "protected" | "public")
    {
        let diagnostic = Diagnostic::error(
            Kind::Parsing,
            "E0216",
            format!("`{access}` is no access: it is `private`, `protected` or `public`"),
        )
        .at(fields.key_span("access"), "")
        .with_nearest(access, ["private", "protected", "public"]);
        fields.diagnostics.push(diagnostic);
    }
    config
}
