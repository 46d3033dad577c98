//! Entries of `semantic_models`.

use std::sync::Arc;

use super::fields::Fields;
use super::metric::{self, MetricEntry};
use super::shape::{self, GRANULARITY, Key, Rule, Words};
use super::{PropertiesFile, Written};
use crate::parse::config::check_mapping;
use crate::resource::{Map, ResourceType, Value};

/// A semantic model.
#[derive(Debug)]
pub(crate) struct SemanticModelEntry {
    /// The file.
    pub file: Arc<PropertiesFile>,
    /// Name.
    pub name: Written,
    /// The call of `ref` that names its model.
    pub model: Written,
    /// Its properties in the form of artifacts.
    pub body: Map,
    /// The metrics that its measures stand for by themselves.
    pub metrics: Vec<MetricEntry>,
}

const AGGREGATION: Words = Words {
    name: "AggregationType",
    words: &["sum", "min", "max", "count_distinct", "sum_boolean", "average", "percentile", "median", "count"],
};
const ENTITY_TYPE: Words = Words { name: "EntityType", words: &["foreign", "natural", "primary", "unique"] };
const DIMENSION_TYPE: Words = Words { name: "DimensionType", words: &["categorical", "time"] };

const SEMANTIC_MODEL: &[Key] = &[
    Key::must("name", Rule::Text),
    Key::must("model", Rule::Text),
    Key::may("description", Rule::Text),
    Key::may("label", Rule::Text),
    Key::may("defaults", Rule::Part(&[Key::may("agg_time_dimension", Rule::Text)])),
    Key::may("entities", Rule::Parts(ENTITY)),
    Key::may("measures", Rule::Parts(MEASURE)),
    Key::may("dimensions", Rule::Parts(DIMENSION)),
    Key::may("primary_entity", Rule::Text),
    Key::may("config", Rule::Free),
];

const ENTITY: &[Key] = &[
    Key::must("name", Rule::Text),
    Key::must("type", Rule::OneOf(&ENTITY_TYPE)),
    Key::may("description", Rule::Text),
    Key::may("label", Rule::Text),
    Key::may("role", Rule::Text),
    Key::may("expr", Rule::Text),
    Key::may("config", Rule::Free),
];

const MEASURE: &[Key] = &[
    Key::must("name", Rule::Text),
    Key::must("agg", Rule::OneOf(&AGGREGATION)),
    Key::may("description", Rule::Text),
    Key::may("label", Rule::Text),
    Key::may("create_metric", Rule::Truth),
    Key::may("expr", Rule::Scalar),
    Key::may("agg_params", Rule::Part(AGG_PARAMS)),
    Key::may("non_additive_dimension", Rule::Part(NON_ADDITIVE)),
    Key::may("agg_time_dimension", Rule::Text),
    Key::may("config", Rule::Free),
];

const AGG_PARAMS: &[Key] = &[
    Key::may("percentile", Rule::Number),
    Key::may("use_discrete_percentile", Rule::Truth),
    Key::may("use_approximate_percentile", Rule::Truth),
];

const NON_ADDITIVE: &[Key] = &[
    Key::must("name", Rule::Text),
    Key::must("window_choice", Rule::OneOf(&AGGREGATION)),
    Key::may("window_groupings", Rule::Texts),
];

const DIMENSION: &[Key] = &[
    Key::must("name", Rule::Text),
    Key::must("type", Rule::OneOf(&DIMENSION_TYPE)),
    Key::may("description", Rule::Text),
    Key::may("label", Rule::Text),
    Key::may("is_partition", Rule::Truth),
    Key::may("type_params", Rule::Part(DIMENSION_PARAMS)),
    Key::may("expr", Rule::Text),
    Key::may("config", Rule::Free),
];

const DIMENSION_PARAMS: &[Key] = &[
    Key::must("time_granularity", Rule::OneOf(&GRANULARITY)),
    Key::may("validity_params", Rule::Part(&[Key::may("is_start", Rule::Truth), Key::may("is_end", Rule::Truth)])),
];

/// Reads one semantic model.
pub(super) fn read(fields: &mut Fields<'_>) -> Option<SemanticModelEntry> {
    if let Some(config) = fields.value("config") {
        check_mapping(ResourceType::SemanticModel, config, fields.diagnostics);
    }
    let (name, mut body) = shape::read("semantic_models", SEMANTIC_MODEL, fields)?;
    let model = fields.text("model")?;
    let mut metrics = Vec::new();
    let spans = fields.value("measures").map(crate::yaml::Yaml::items).unwrap_or_default();
    for (place, measure) in parts(&mut body, "measures").enumerate() {
        let name = measure.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        if measure.get("create_metric") == Some(&true.into()) {
            let span =
                spans.get(place).and_then(|yaml| yaml.entry("name")).map_or(&fields.yaml.span, |name| &name.span);
            metrics.push(metric::of_measure(fields.file, Written { text: name, span: span.clone() }, measure));
        }
        // As in dbt, artifacts do not tell it.
        measure.insert("create_metric".into(), false.into());
    }
    for dimension in parts(&mut body, "dimensions") {
        dimension.insert("metadata".into(), Value::Null);
    }
    for section in ["entities", "measures", "dimensions"] {
        for part in parts(&mut body, section) {
            let meta = part.get("config").and_then(|config| config.get("meta")).cloned();
            let meta = meta.unwrap_or_else(|| Value::Object(Map::new()));
            part.insert("config".into(), serde_json::json!({"meta": meta}));
        }
    }
    Some(SemanticModelEntry { file: Arc::clone(fields.file), name, model, body, metrics })
}

/// Returns the entities, measures or dimensions of a semantic model.
pub(crate) fn parts<'a>(body: &'a mut Map, section: &str) -> impl Iterator<Item = &'a mut Map> {
    body.get_mut(section).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}
