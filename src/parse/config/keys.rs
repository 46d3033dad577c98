//! The config keys that are known, and what their values must be.

use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::resource::{Map, ResourceType, Value};
use crate::yaml::{Yaml, YamlValue};

/// What a known key's value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Bool,
    Text,
    TextOrList,
    Number,
    Mapping,
    Any,
}

impl Shape {
    fn words(self) -> &'static str {
        match self {
            Self::Bool => "`true` or `false`",
            Self::Text => "text",
            Self::TextOrList => "text or a list of texts",
            Self::Number => "a whole number",
            Self::Mapping => "a mapping",
            Self::Any => "any value",
        }
    }

    /// Says in the words of dbt's schemas what is wrong with a value.
    fn mismatch(self, value: &Value) -> String {
        let shown = match value {
            Value::String(text) => format!("'{text}'"),
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            other => other.to_string(),
        };
        let wanted = match self {
            Self::Bool => "is not of type 'boolean'",
            Self::Text => "is not of type 'string'",
            Self::Number => "is not of type 'integer'",
            Self::Mapping => "is not of type 'object'",
            Self::TextOrList | Self::Any => "is not valid under any of the given schemas",
        };
        format!("{shown} {wanted}")
    }

    fn fits(self, yaml: &Yaml) -> bool {
        match (self, &yaml.value) {
            (_, YamlValue::Null)
            | (Self::Any, _)
            | (Self::Bool, YamlValue::Bool(_))
            | (Self::Text | Self::TextOrList, YamlValue::String(_) | YamlValue::Timestamp(_))
            | (Self::Number, YamlValue::Integer(_))
            | (Self::Mapping, YamlValue::Mapping(_)) => true,
            (Self::TextOrList, YamlValue::Sequence(items)) => {
                items.iter().all(|item| matches!(item.value, YamlValue::String(_)))
            }
            // What a template gives is known only after rendering.
            (_, YamlValue::String(text)) => text.contains("{{"),
            _ => false,
        }
    }
}

const NODE: &[(&str, Shape)] = &[
    ("enabled", Shape::Bool),
    ("alias", Shape::Text),
    ("schema", Shape::Text),
    ("database", Shape::Text),
    ("tags", Shape::TextOrList),
    ("meta", Shape::Mapping),
    ("group", Shape::Text),
    ("static_analysis", Shape::Any),
    ("materialized", Shape::Text),
    ("incremental_strategy", Shape::Text),
    ("batch_size", Shape::Any),
    ("lookback", Shape::Any),
    ("begin", Shape::Any),
    ("persist_docs", Shape::Mapping),
    ("post-hook", Shape::Any),
    ("pre-hook", Shape::Any),
    ("post_hook", Shape::Any),
    ("pre_hook", Shape::Any),
    ("quoting", Shape::Mapping),
    ("column_types", Shape::Mapping),
    ("full_refresh", Shape::Bool),
    ("unique_key", Shape::TextOrList),
    ("on_schema_change", Shape::Text),
    ("on_configuration_change", Shape::Text),
    ("grants", Shape::Mapping),
    ("packages", Shape::TextOrList),
    ("docs", Shape::Mapping),
    ("contract", Shape::Mapping),
    ("event_time", Shape::Any),
    ("concurrent_batches", Shape::Any),
    ("sql_header", Shape::Text),
    ("incremental_predicates", Shape::Any),
    ("indexes", Shape::Any),
    ("on_error", Shape::Text),
];

const MODEL: &[(&str, Shape)] = &[
    ("access", Shape::Text),
    ("freshness", Shape::Mapping),
    ("location", Shape::Text),
    ("format", Shape::Text),
    ("options", Shape::Mapping),
    ("delimiter", Shape::Text),
    ("parameters", Shape::Any),
    ("partitioned_by", Shape::Any),
    ("sorted_by", Shape::Any),
    ("merge_update_columns", Shape::Any),
    ("merge_exclude_columns", Shape::Any),
    ("merge_update_condition", Shape::Any),
    ("merge_insert_condition", Shape::Any),
    ("merge_update_set_expressions", Shape::Any),
    ("merge_on_using_columns", Shape::Any),
    ("merge_returning_columns", Shape::Any),
    ("merge_clauses", Shape::Any),
    ("export", Shape::Any),
    ("submission_method", Shape::Any),
    ("latest_version_pointer", Shape::Any),
];

const SEED: &[(&str, Shape)] = &[("delimiter", Shape::Text), ("quote_columns", Shape::Bool)];

const SNAPSHOT: &[(&str, Shape)] = &[
    ("strategy", Shape::Text),
    ("target_schema", Shape::Text),
    ("target_database", Shape::Text),
    ("updated_at", Shape::Text),
    ("check_cols", Shape::TextOrList),
    ("snapshot_meta_column_names", Shape::Mapping),
    ("dbt_valid_to_current", Shape::Text),
    ("hard_deletes", Shape::Text),
    ("invalidate_hard_deletes", Shape::Bool),
];

const FUNCTION: &[(&str, Shape)] = &[
    ("type", Shape::Text),
    ("volatility", Shape::Text),
    ("runtime_version", Shape::Text),
    ("entry_point", Shape::Text),
];

const TEST: &[(&str, Shape)] = &[
    ("enabled", Shape::Bool),
    ("alias", Shape::Text),
    ("schema", Shape::Text),
    ("database", Shape::Text),
    ("tags", Shape::TextOrList),
    ("meta", Shape::Mapping),
    ("group", Shape::Text),
    ("static_analysis", Shape::Any),
    ("materialized", Shape::Text),
    ("severity", Shape::Text),
    ("store_failures", Shape::Bool),
    ("store_failures_as", Shape::Text),
    ("where", Shape::Text),
    ("limit", Shape::Number),
    ("fail_calc", Shape::Text),
    ("warn_if", Shape::Text),
    ("error_if", Shape::Text),
    ("sql_header", Shape::Text),
];

const SOURCE: &[(&str, Shape)] = &[
    ("enabled", Shape::Bool),
    ("event_time", Shape::Any),
    ("freshness", Shape::Mapping),
    ("loaded_at_field", Shape::Text),
    ("loaded_at_query", Shape::Text),
    ("meta", Shape::Mapping),
    ("tags", Shape::TextOrList),
    ("static_analysis", Shape::Any),
    ("external_location", Shape::Text),
    ("formatter", Shape::Text),
    ("plugin", Shape::Text),
];

const PLAIN: &[(&str, Shape)] =
    &[("enabled", Shape::Bool), ("tags", Shape::TextOrList), ("meta", Shape::Mapping), ("static_analysis", Shape::Any)];

const SEMANTIC: &[(&str, Shape)] = &[("enabled", Shape::Bool), ("group", Shape::Text), ("meta", Shape::Mapping)];

const SAVED_QUERY: &[(&str, Shape)] = &[
    ("enabled", Shape::Bool),
    ("group", Shape::Text),
    ("meta", Shape::Mapping),
    ("export_as", Shape::Text),
    ("schema", Shape::Text),
    ("cache", Shape::Mapping),
];

const DOCUMENTED: &[(&str, Shape)] = &[("meta", Shape::Mapping), ("docs", Shape::Mapping), ("tags", Shape::TextOrList)];

fn tables(kind: ResourceType) -> [&'static [(&'static str, Shape)]; 2] {
    match kind {
        ResourceType::Model => [NODE, MODEL],
        ResourceType::Seed => [NODE, SEED],
        ResourceType::Snapshot => [NODE, SNAPSHOT],
        ResourceType::Test => [TEST, &[]],
        ResourceType::Function => [NODE, FUNCTION],
        ResourceType::Source => [SOURCE, &[]],
        ResourceType::Exposure | ResourceType::UnitTest => [PLAIN, &[]],
        ResourceType::Metric | ResourceType::SemanticModel => [SEMANTIC, &[]],
        ResourceType::SavedQuery => [SAVED_QUERY, &[]],
        ResourceType::Macro | ResourceType::Group | ResourceType::Doc => [DOCUMENTED, &[]],
        _ => [NODE, &[]],
    }
}

/// Returns the known config keys of a kind.
fn known_keys(kind: ResourceType) -> impl Iterator<Item = &'static str> {
    tables(kind).into_iter().flatten().map(|(key, _)| *key)
}

/// Reports a value of a wrong type.
pub(super) fn check_value(kind: ResourceType, key: &str, value: &Yaml, diagnostics: &mut Diagnostics) {
    let shape = tables(kind).into_iter().flatten().find(|(known, _)| *known == key).map(|(_, shape)| *shape);
    let Some(shape) = shape else { return };
    if !shape.fits(value) {
        diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0212", format!("config `{key}` must be {}", shape.words()))
                .at(value.span.clone(), format!("this is {}", value.kind()))
                .with_note(shape.mismatch(&value.to_value())),
        );
        return;
    }
    if let ("severity", Some(text)) = (key, value.as_str())
        && !text.contains("{{")
        && !text.eq_ignore_ascii_case("warn")
        && !text.eq_ignore_ascii_case("error")
    {
        diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0213", format!("severity must be `warn` or `error`, not `{text}`"))
                .at(value.span.clone(), ""),
        );
    }
}

/// Checks a `config` mapping of a properties file: types of known keys, and keys that look like slips of known ones.
pub(crate) fn check_mapping(kind: ResourceType, config: &Yaml, diagnostics: &mut Diagnostics) {
    for entry in config.entries() {
        check_value(kind, &entry.key, &entry.value, diagnostics);
        check_key(kind, &entry.key, &entry.key_span, diagnostics);
    }
}

/// Checks the keyword arguments of `config()`; `place` tells where a key stands.
pub(crate) fn check_call(kind: ResourceType, call: &Map, place: &dyn Fn(&str) -> Span, diagnostics: &mut Diagnostics) {
    for (key, value) in call {
        match tables(kind).into_iter().flatten().find(|(known, _)| known == key) {
            Some((_, shape)) if !shape.fits(&Yaml::from_value(value, &place(key))) => diagnostics.push(
                Diagnostic::error(Kind::Compilation, "E0212", format!("config `{key}` must be {}", shape.words()))
                    .at(place(key), format!("it is given {}", Yaml::from_value(value, &place(key)).kind()))
                    .with_note(shape.mismatch(value)),
            ),
            Some(_) => {}
            None => check_key(kind, key, &place(key), diagnostics),
        }
    }
}

/// Custom keys are legal, so only one that is near a known key is doubted.
pub(super) fn check_key(kind: ResourceType, key: &str, span: &Span, diagnostics: &mut Diagnostics) {
    if known_keys(kind).any(|known| known == key) {
        return;
    }
    let diagnostic = Diagnostic::warning(Kind::Parsing, "W0210", format!("unknown config `{key}`"))
        .at(span.clone(), "not a config that is known")
        .with_nearest(key, known_keys(kind));
    if !diagnostic.help.is_empty() {
        diagnostics.push(diagnostic);
    }
}
