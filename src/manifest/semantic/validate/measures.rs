//! Rules on measures: how they aggregate, over which time, and that a name means one of them.

use std::collections::BTreeMap;

use super::{Issues, Layer, list, listed, name, parts, set, text};
use crate::resource::{SemanticNode, Value};

pub(super) fn check(layer: &Layer<'_>, issues: &mut Issues) {
    let mut homes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (model, measure) in layer.measures() {
        percentile(model, measure, issues);
        count(model, measure, issues);
        let homes = homes.entry(name(measure)).or_default();
        if !homes.is_empty() {
            let names = listed(homes.iter().copied());
            let title =
                format!("Found measure with name {} in multiple semantic models with names ({names})", name(measure));
            issues.error(model, title);
        }
        homes.push(&model.name);
        let time = time_of(model, measure, issues);
        if let Some(time) = time {
            non_additive(model, measure, time, issues);
        }
    }
}

fn percentile(model: &SemanticNode, measure: &Value, issues: &mut Issues) {
    let (called, agg) = (name(measure), text(measure, "agg").unwrap_or_default());
    let params = measure.get("agg_params").unwrap_or(&Value::Null);
    let percentile = params.get("percentile").and_then(Value::as_f64);
    let is_on = |key: &str| params.get(key) == Some(&true.into());
    match (agg, percentile) {
        ("percentile", None) => issues.error(
            model,
            format!("Measure '{called}' uses a PERCENTILE aggregation, which requires agg_params.percentile to be provided."),
        ),
        ("percentile", Some(value)) if value <= 0.0 || value >= 1.0 => issues.error(
            model,
            format!(
                "Percentile aggregation parameter for measure '{called}' is '{value:?}', but must be between 0 and 1 (non-inclusive). For example, to indicate the 65th percentile value, set 'percentile: 0.65'. For percentile values of 0, please use MIN, for percentile values of 1, please use MAX."
            ),
        ),
        ("percentile", _) => {}
        ("median", _) => {
            #[expect(clippy::float_cmp, reason = "the number as it is written")]
            if let Some(value) = percentile.filter(|value| *value != 0.5) {
                issues.error(
                    model,
                    format!("Measure '{called}' uses a MEDIAN aggregation, while percentile is set to '{value:?}', a conflicting value. Please remove the parameter or set to '0.5'."),
                );
            }
            if is_on("use_discrete_percentile") {
                issues.error(
                    model,
                    format!("Measure '{called}' uses a MEDIAN aggregation, while use_discrete_percentile is set to true. Please remove the parameter or set to False."),
                );
            }
        }
        _ => {
            let mut wrong = Vec::new();
            wrong.extend(percentile.filter(|value| *value != 0.0).map(|_| "percentile"));
            let flags = ["use_discrete_percentile", "use_approximate_percentile"];
            wrong.extend(flags.into_iter().filter(|key| is_on(key)));
            if !wrong.is_empty() {
                let wrong = wrong.join(", ");
                issues.error(
                    model,
                    format!("Measure '{called}' with aggregation '{agg}' uses agg_params ({wrong}) only relevant to Percentile measures."),
                );
            }
        }
    }
}

fn count(model: &SemanticNode, measure: &Value, issues: &mut Issues) {
    if text(measure, "agg") != Some("count") {
        return;
    }
    let called = name(measure);
    match text(measure, "expr") {
        None => issues.error(
            model,
            format!("Measure '{called}' uses a COUNT aggregation, which requires an expr to be provided. Provide 'expr: 1' if a count of all rows is desired."),
        ),
        Some(expr) if expr.to_lowercase().starts_with("distinct ") => issues.error(
            model,
            format!(
                "Measure '{called}' uses a 'count' aggregation with a DISTINCT expr: '{expr}. This is not supported as it effectively converts an additive measure into a non-additive one, and this could cause certain queries to return incorrect results. Please use the count_distinct aggregation type."
            ),
        ),
        Some(_) => {}
    }
}

/// Returns the time dimension that a measure is aggregated over.
fn time_of<'a>(model: &'a SemanticNode, measure: &Value, issues: &mut Issues) -> Option<&'a Value> {
    let called = name(measure);
    let default = model.body.get("defaults").and_then(|defaults| text(defaults, "agg_time_dimension"));
    let own = text(measure, "agg_time_dimension").filter(|own| !own.is_empty());
    let Some(wanted) = own.or(default) else {
        issues.error(
            model,
            format!("An error occurred while checking aggregation time dimension for a semantic model - AssertionError: Aggregation time dimension for measure {called} is not set! This should either be set directly on the measure specification in the model, or else defaulted to the primary time dimension in the data source"),
        );
        return None;
    };
    let found = parts(model, "dimensions").iter().find(|dimension| name(dimension) == wanted);
    if found.is_none_or(|dimension| text(dimension, "type") != Some("time")) {
        issues.error(
            model,
            format!(
                "In semantic model '{}', measure '{called}' has the aggregation time dimension set to '{wanted}', which is not a valid time dimension in the semantic model",
                model.name
            ),
        );
    }
    if found.is_none() && !measure["non_additive_dimension"].is_null() {
        issues.error(
            model,
            format!(
                "Measure '{called}' has a agg_time_dimension of {wanted} that is not defined as a dimension in semantic model '{}'.",
                model.name
            ),
        );
    }
    found
}

fn non_additive(model: &SemanticNode, measure: &Value, time: &Value, issues: &mut Issues) {
    let Some(written) = measure.get("non_additive_dimension").filter(|written| !written.is_null()) else { return };
    let (called, wanted) = (name(measure), name(written));
    let granularity =
        |dimension: &Value| dimension["type_params"]["time_granularity"].as_str().unwrap_or_default().to_uppercase();
    match parts(model, "dimensions").iter().find(|dimension| name(dimension) == wanted) {
        None => issues.error(
            model,
            format!(
                "Measure '{called}' has a non_additive_dimension with name '{wanted}' that is not defined as a dimension in semantic model '{}'.",
                model.name
            ),
        ),
        Some(found) => {
            if text(found, "type") != Some("time") {
                issues.error(
                    model,
                    format!("Measure '{called}' has a non_additive_dimension with name'{wanted}' that is defined as a categorical dimension which is not supported."),
                );
            }
            let (own, base) = (granularity(found), granularity(time));
            if !own.is_empty() && !base.is_empty() && own != base {
                issues.error(
                    model,
                    format!(
                        "Measure '{called}' has a non_additive_dimension with name '{wanted}' that has a base time granularity ({own}) that is not equal to the measure's agg_time_dimension {} with a base granularity of ({base}).",
                        name(time)
                    ),
                );
            }
        }
    }
    let choice = text(written, "window_choice").unwrap_or_default();
    if !["min", "max"].contains(&choice) {
        issues.error(
            model,
            format!("Measure '{called}' has a non_additive_dimension with an invalid 'window_choice' of '{choice}'. Only choices supported are 'min' or 'max'."),
        );
    }
    let entities: Vec<&str> = parts(model, "entities").iter().map(name).collect();
    let groupings = list(written.get("window_groupings")).iter().filter_map(Value::as_str);
    let unknown: Vec<&str> = groupings.filter(|grouping| !entities.contains(grouping)).collect();
    if !unknown.is_empty() {
        issues.error(
            model,
            format!("Measure '{called}' has a non_additive_dimension with an invalid 'window_groupings'. These entities {} do not exist in the semantic model.", set(unknown)),
        );
    }
}
