//! Which measures each metric is made of, directly or through other metrics, and what it depends on.

use std::collections::BTreeMap;

use super::{MetricLookup, pick};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::manifest::Manifest;
use crate::manifest::resolve::add;
use crate::resource::{MetricCall, ResourceType, SemanticNode, UniqueId, Value};

/// Finds the measures and the parents of all metrics.
pub(super) fn resolve(manifest: &mut Manifest, diagnostics: &mut Diagnostics) {
    let mut search = Search { manifest, known: BTreeMap::new(), diagnostics };
    for metric in manifest.semantic_of(ResourceType::Metric) {
        search.visit(metric);
    }
    let known = search.known;
    for (id, Known { measures, parents }) in known {
        if let Some(Value::Object(params)) =
            manifest.semantic.get_mut(&id).and_then(|node| node.body.get_mut("type_params"))
        {
            params.insert("input_measures".into(), Value::Array(measures));
        }
        manifest.parents.insert(id, parents);
    }
}

#[derive(Clone, Default)]
struct Known {
    measures: Vec<Value>,
    parents: Vec<UniqueId>,
}

struct Search<'a, 'd> {
    manifest: &'a Manifest,
    known: BTreeMap<UniqueId, Known>,
    diagnostics: &'d mut Diagnostics,
}

impl<'a> Search<'a, '_> {
    fn visit(&mut self, metric: &'a SemanticNode) {
        if self.known.contains_key(&metric.unique_id) {
            return;
        }
        // A metric that is made of itself ends here; the graph tells of the cycle.
        self.known.insert(metric.unique_id.clone(), Known::default());
        let found = match text(&metric.body, "type") {
            "simple" | "cumulative" => self.of_measures(metric, &["measure"]),
            "conversion" => self.of_measures(metric, &["base_measure", "conversion_measure"]),
            "ratio" => self.of_ratio(metric),
            _ => {
                let inputs = params(metric).get("metrics").and_then(Value::as_array).cloned().unwrap_or_default();
                self.of_metrics(metric, &inputs)
            }
        };
        self.known.insert(metric.unique_id.clone(), found);
    }

    fn of_measures(&mut self, metric: &'a SemanticNode, keys: &[&str]) -> Known {
        let params = params(metric);
        let of_conversion = text(&metric.body, "type") == "conversion";
        let place = if of_conversion { &params["conversion_type_params"] } else { params };
        if of_conversion && place.is_null() {
            let title = format!("{} is a conversion metric and must have conversion_type_params defined.", metric.name);
            self.mistake(metric, title);
            return Known::default();
        }
        let mut known = Known::default();
        for key in keys {
            let measure = &place[*key];
            if measure.is_null() {
                self.mistake(metric, format!("Metric {} should have a measure defined, but it does not.", metric.name));
                continue;
            }
            if !known.measures.contains(measure) {
                known.measures.push(measure.clone());
            }
        }
        for measure in &known.measures {
            let name = measure["name"].as_str().unwrap_or_default();
            match self.model_of(name, metric) {
                Some(model) if model.config.is_enabled() => add(&mut known.parents, &model.unique_id),
                Some(model) => self.mistake(
                    metric,
                    format!("The measure `{name}` is referenced on disabled semantic model `{}`.", model.name),
                ),
                None => {
                    let title =
                        format!("A semantic model having a measure `{name}` does not exist but was referenced.");
                    let names: Vec<&str> = self.manifest.semantic.values().flat_map(measure_names).collect();
                    let mistake = mistake(metric, title).with_nearest(name, names);
                    self.diagnostics.push(mistake);
                }
            }
        }
        known
    }

    fn of_ratio(&mut self, metric: &'a SemanticNode) -> Known {
        let params = params(metric);
        let inputs = [params["numerator"].clone(), params["denominator"].clone()];
        if inputs.iter().any(Value::is_null) {
            let title = "Invalid ratio metric. Both a numerator and denominator must be specified";
            self.mistake(metric, title.to_owned());
            return Known::default();
        }
        self.of_metrics(metric, &inputs)
    }

    fn of_metrics(&mut self, metric: &'a SemanticNode, inputs: &[Value]) -> Known {
        let mut known = Known::default();
        for input in inputs {
            let name = input["name"].as_str().unwrap_or_default();
            let target = match self.manifest.find_metric(&MetricCall::of(name), &metric.package) {
                MetricLookup::Found(target) => target,
                MetricLookup::Disabled => {
                    self.mistake(metric, format!("The metric `{name}` is disabled and thus cannot be referenced."));
                    continue;
                }
                MetricLookup::Missing => {
                    let title =
                        format!("The metric `{name}` does not exist but was referenced by metric `{}`.", metric.name);
                    let names = self.manifest.semantic_of(ResourceType::Metric).map(|metric| metric.name.as_str());
                    let mistake = mistake(metric, title).with_nearest(name, names);
                    self.diagnostics.push(mistake);
                    continue;
                }
            };
            self.visit(target);
            for measure in self.known.get(&target.unique_id).cloned().unwrap_or_default().measures {
                if !known.measures.contains(&measure) {
                    known.measures.push(measure);
                }
            }
            add(&mut known.parents, &target.unique_id);
        }
        known
    }

    /// Returns the semantic model that has a measure, an enabled one first.
    fn model_of(&self, measure: &str, metric: &SemanticNode) -> Option<&'a SemanticNode> {
        let has = |node: &&SemanticNode| measure_names(node).any(|name| name == measure);
        let places = (self.manifest.project_name.as_str(), metric.package.as_str());
        let enabled = pick(self.manifest.semantic.values().filter(has), None, places);
        enabled.or_else(|| pick(self.manifest.disabled.semantic.iter().filter(has), None, places))
    }

    fn mistake(&mut self, metric: &SemanticNode, title: String) {
        self.diagnostics.push(mistake(metric, title));
    }
}

fn mistake(metric: &SemanticNode, title: String) -> Diagnostic {
    Diagnostic::error(Kind::Parsing, "E0321", title).at(metric.span.clone(), "in this metric")
}

fn params(metric: &SemanticNode) -> &Value {
    metric.body.get("type_params").unwrap_or(&Value::Null)
}

fn text<'a>(map: &'a crate::resource::Map, key: &str) -> &'a str {
    map.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Returns the names of the measures of a semantic model; none of anything else.
fn measure_names(node: &SemanticNode) -> impl Iterator<Item = &str> {
    let is_model = node.resource_type == ResourceType::SemanticModel;
    let measures = node.body.get("measures").filter(|_| is_model).and_then(Value::as_array);
    measures.into_iter().flatten().filter_map(|measure| measure.get("name").and_then(Value::as_str))
}
