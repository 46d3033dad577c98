//! Whether metrics and semantic models fit together, by the rules and in the words that query engines of metrics have.

mod filters;
mod measures;
mod metrics;
mod models;
mod names;
mod spines;

use super::super::Manifest;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::project::Project;
use crate::resource::{ResourceType, SemanticNode, Value};

/// The units of time, from the finest on.
const GRANULARITIES: [&str; 11] =
    ["nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"];

/// Checks the semantic layer as a whole. As in dbt, one without metrics or without semantic models is not looked at.
pub(super) fn validate(manifest: &Manifest, project: &Project, diagnostics: &mut Diagnostics) {
    let of = |kind: ResourceType| manifest.semantic_of(kind).collect::<Vec<_>>();
    let layer = Layer {
        models: of(ResourceType::SemanticModel),
        metrics: of(ResourceType::Metric),
        custom_granularities: custom_granularities(manifest),
    };
    if layer.models.is_empty() || layer.metrics.is_empty() {
        return;
    }
    let mut issues = Issues(Vec::new());
    measures::check(&layer, &mut issues);
    models::check(&layer, &mut issues);
    names::check(&layer, &mut issues);
    metrics::check(&layer, &mut issues);
    filters::check(&layer, &mut issues);
    spines::check(manifest, &layer, &mut issues);
    spines::check_declared(manifest, project, &mut issues);
    metrics::check_old_parameters(&layer, project, &mut issues);
    let is_sound = !issues.0.iter().any(Diagnostic::is_error);
    diagnostics.extend(issues.0);
    if !is_sound {
        diagnostics.push(Diagnostic::error(Kind::Parsing, "E0323", "Semantic Manifest validation failed."));
    }
}

/// What is checked.
struct Layer<'a> {
    models: Vec<&'a SemanticNode>,
    metrics: Vec<&'a SemanticNode>,
    /// The units of time that time spines name.
    custom_granularities: Vec<String>,
}

impl<'a> Layer<'a> {
    /// Returns all measures with their semantic models.
    fn measures(&self) -> impl Iterator<Item = (&'a SemanticNode, &'a Value)> {
        self.models.iter().flat_map(|model| list(model.body.get("measures")).iter().map(|measure| (*model, measure)))
    }

    /// Returns the first semantic model that has a measure.
    fn model_of(&self, measure: &str) -> Option<&'a SemanticNode> {
        self.measures().find(|(_, known)| name(known) == measure).map(|(model, _)| model)
    }
}

fn custom_granularities(manifest: &Manifest) -> Vec<String> {
    manifest.time_spines().flat_map(|spine| spine.custom.iter().map(|unit| name(unit).to_owned())).collect()
}

/// What is wrong.
struct Issues(Vec<Diagnostic>);

impl Issues {
    fn error(&mut self, node: &SemanticNode, message: String) {
        let diagnostic = Diagnostic::error(Kind::Parsing, "E0322", message.clone());
        self.0.push(diagnostic.at(node.span.clone(), "").as_event("SemanticValidationFailure", [("msg", &message)]));
    }

    fn warn(&mut self, node: &SemanticNode, message: String) {
        let diagnostic = Diagnostic::warning(Kind::Parsing, "W0322", message.clone());
        self.0.push(diagnostic.at(node.span.clone(), "").as_event("SemanticValidationFailure", [("msg", &message)]));
    }
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

fn name(value: &Value) -> &str {
    text(value, "name").unwrap_or_default()
}

fn parts<'a>(node: &'a SemanticNode, section: &str) -> &'a [Value] {
    list(node.body.get(section))
}

/// Writes names as Python writes a list of them.
fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("'{name}'")).collect();
    format!("[{}]", names.join(", "))
}

/// Writes names as Python writes a set of them; sorted, so that it is always the same.
fn set<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: std::collections::BTreeSet<&str> = names.into_iter().collect();
    let names: Vec<String> = names.into_iter().map(|name| format!("'{name}'")).collect();
    format!("{{{}}}", names.join(", "))
}
