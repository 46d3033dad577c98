//! Entries of `metrics`.

use std::sync::Arc;

use super::fields::Fields;
use super::shape::{self, GRANULARITY, Key, Rule, Words};
use super::{PropertiesFile, Written};
use crate::diagnostic::{Diagnostic, Kind};
use crate::parse::config::check_mapping;
use crate::resource::{Map, ResourceType, Value};

/// A metric.
#[derive(Debug)]
pub(crate) struct MetricEntry {
    /// The file.
    pub file: Arc<PropertiesFile>,
    /// Name.
    pub name: Written,
    /// Its properties in the form of artifacts.
    pub body: Map,
}

const TYPE: Words = Words { name: "MetricType", words: &["simple", "ratio", "cumulative", "derived", "conversion"] };
const CALCULATION: Words = Words { name: "ConversionCalculationType", words: &["conversions", "conversion_rate"] };
const PERIOD: Words = Words { name: "PeriodAggregation", words: &["first", "last", "average"] };

const METRIC: &[Key] = &[
    Key::must("name", Rule::Text),
    Key::may("description", Rule::Text),
    Key::must("label", Rule::Text),
    Key::must("type", Rule::OneOf(&TYPE)),
    Key::must("type_params", Rule::Part(TYPE_PARAMS)),
    Key::may("filter", Rule::Filter),
    Key::may("time_granularity", Rule::Text),
    Key::may("meta", Rule::Free),
    Key::may("tags", Rule::Texts),
    Key::may("config", Rule::Free),
];

const TYPE_PARAMS: &[Key] = &[
    Key::may("measure", Rule::Named(MEASURE)),
    Key::may("numerator", Rule::Named(INPUT)),
    Key::may("denominator", Rule::Named(INPUT)),
    Key::may("expr", Rule::Expression),
    Key::may("window", Rule::Window),
    Key::may("grain_to_date", Rule::OneOf(&GRANULARITY)),
    Key::may("metrics", Rule::NamedParts(INPUT)),
    Key::may("conversion_type_params", Rule::Part(CONVERSION)),
    Key::may("cumulative_type_params", Rule::Part(CUMULATIVE)),
];

const MEASURE: &[Key] = &[
    Key::must("name", Rule::Text),
    Key::may("filter", Rule::Filter),
    Key::may("alias", Rule::Text),
    Key::may("join_to_timespine", Rule::Truth),
    Key::may("fill_nulls_with", Rule::Whole),
];

const INPUT: &[Key] = &[
    Key::must("name", Rule::Text),
    Key::may("filter", Rule::Filter),
    Key::may("alias", Rule::Text),
    Key::may("offset_window", Rule::Window),
    Key::may("offset_to_grain", Rule::Text),
];

const CONVERSION: &[Key] = &[
    Key::must("base_measure", Rule::Named(MEASURE)),
    Key::must("conversion_measure", Rule::Named(MEASURE)),
    Key::must("entity", Rule::Text),
    Key::may("calculation", Rule::OneOfOr(&CALCULATION, "conversion_rate")),
    Key::may("window", Rule::Window),
    Key::may("constant_properties", Rule::PartsOrNull(PROPERTY)),
];

const PROPERTY: &[Key] = &[Key::must("base_property", Rule::Text), Key::must("conversion_property", Rule::Text)];

const CUMULATIVE: &[Key] = &[
    Key::may("window", Rule::Window),
    Key::may("grain_to_date", Rule::Text),
    Key::may("period_agg", Rule::OneOfOr(&PERIOD, "first")),
];

/// Reads one metric.
pub(super) fn read(fields: &mut Fields<'_>) -> Option<MetricEntry> {
    if let Some(config) = fields.value("config") {
        check_mapping(ResourceType::Metric, config, fields.diagnostics);
    }
    let (name, mut body) = shape::read("metrics", METRIC, fields)?;
    if let Some(diagnostic) = bad_name(&fields.file.path, &name) {
        fields.diagnostics.push(diagnostic);
        return None;
    }
    finish(&mut body);
    Some(MetricEntry { file: Arc::clone(fields.file), name, body })
}

/// Makes the metric that a measure with `create_metric: true` stands for.
pub(super) fn of_measure(file: &Arc<PropertiesFile>, name: Written, measure: &Map) -> MetricEntry {
    let text = |key: &str| measure.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let Value::Object(mut body) = shape::named(METRIC, &name.text) else {
        return MetricEntry { file: Arc::clone(file), name, body: Map::new() };
    };
    let Value::Object(mut params) = shape::named(TYPE_PARAMS, &name.text) else {
        return MetricEntry { file: Arc::clone(file), name, body };
    };
    params.shift_remove("name");
    params.insert("measure".into(), shape::named(MEASURE, &name.text));
    params.insert("expr".into(), text("expr").unwrap_or(&name.text).into());
    let described = format!("Metric created from measure {}", name.text);
    body.insert("label".into(), text("label").unwrap_or(&name.text).into());
    body.insert("description".into(), text("description").unwrap_or(&described).into());
    body.insert("type".into(), "simple".into());
    body.insert("type_params".into(), Value::Object(params));
    finish(&mut body);
    MetricEntry { file: Arc::clone(file), name, body }
}

/// Brings the parameters into the form of artifacts: what earlier versions wrote beside the parameters of cumulative metrics counts as
/// one of these.
fn finish(body: &mut Map) {
    let is_cumulative = body.get("type").and_then(Value::as_str) == Some("cumulative");
    let Some(Value::Object(params)) = body.get_mut("type_params") else { return };
    params.insert("input_measures".into(), Value::Array(Vec::new()));
    params.insert("metric_aggregation_params".into(), Value::Null);
    if !is_cumulative {
        params.insert("cumulative_type_params".into(), Value::Null);
        return;
    }
    let mut own = match params.get("cumulative_type_params") {
        Some(Value::Object(own)) => own.clone(),
        _ => Map::from_iter([("period_agg".to_owned(), Value::from("first"))]),
    };
    for key in ["window", "grain_to_date"] {
        if own.get(key).is_none_or(Value::is_null) {
            own.insert(key.into(), params.get(key).cloned().unwrap_or_default());
        }
    }
    own.insert("metric".into(), Value::Null);
    params.insert("cumulative_type_params".into(), Value::Object(own));
}

/// Says what is wrong with a name, in dbt's words.
fn bad_name(path: &str, name: &Written) -> Option<Diagnostic> {
    let text = name.text.as_str();
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let rules = [
        (text.contains(' '), "cannot contain spaces"),
        (text.chars().count() > 250, "cannot contain more than 250 characters"),
        (!text.starts_with(|letter: char| letter.is_ascii_alphabetic()), "must begin with a letter"),
        (text.is_empty() || !text.chars().all(is_word), "must contain only letters, numbers and underscores"),
    ];
    let broken: Vec<&str> = rules.iter().filter(|(is_broken, _)| *is_broken).map(|(_, rule)| *rule).collect();
    if broken.is_empty() {
        return None;
    }
    let broken = broken.join(", ");
    let title =
        format!("Invalid metrics config given in {path} @ metrics: The metric name '{text}' is invalid.  It {broken}");
    Some(Diagnostic::error(Kind::Parsing, "E0211", title).at(name.span.clone(), "rename it"))
}
