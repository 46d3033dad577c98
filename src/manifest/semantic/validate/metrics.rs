//! Rules on metrics: their inputs, aliases, windows and units of time.

use std::collections::BTreeMap;

use serde_json::json;

use super::names::check_name;
use super::{GRANULARITIES, Issues, Layer, list, name, parts, text};
use crate::diagnostic::{Diagnostic, Kind};
use crate::project::Project;
use crate::resource::{SemanticNode, Value};

const NO_CUSTOM: &str = "Custom granularities are not supported for this field yet.";

pub(super) fn check(layer: &Layer<'_>, issues: &mut Issues) {
    let mut aliases: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for metric in &layer.metrics {
        measure_aliases(layer, metric, &mut aliases, issues);
        match kind(metric) {
            "cumulative" => cumulative(layer, metric, issues),
            "derived" => derived(metric, issues),
            "conversion" => conversion(layer, metric, issues),
            _ => {}
        }
        offsets(layer, metric, issues);
    }
}

/// Tells of windows that are written where older versions had them.
pub(super) fn check_old_parameters(layer: &Layer<'_>, project: &Project, issues: &mut Issues) {
    let is_old = |metric: &&&SemanticNode| {
        let params = params(metric);
        !params["window"].is_null() || !params["grain_to_date"].is_null()
    };
    let old: Vec<&SemanticNode> = layer.metrics.iter().filter(is_old).copied().collect();
    let Some(first) = old.first() else { return };
    if project.flags.get("require_nested_cumulative_type_params") == Some(&true.into()) {
        let names: Vec<&str> = old.iter().map(|metric| metric.name.as_str()).collect();
        issues.error(first, format!(
            "Cumulative fields `type_params.window` and `type_params.grain_to_date` should be nested under `type_params.cumulative_type_params.window` and `type_params.cumulative_type_params.grain_to_date`. Invalid metrics: {}. See documentation on behavior changes: https://docs.getdbt.com/reference/global-configs/behavior-changes.",
            names.join(", ")
        ));
        return;
    }
    let title = "Cumulative fields `type_params.window` and `type_params.grain_to_date` have been moved and will soon be deprecated. Please nest those values under `type_params.cumulative_type_params.window` and `type_params.cumulative_type_params.grain_to_date`. See documentation on behavior changes: https://docs.getdbt.com/reference/global-configs/behavior-changes.";
    issues.0.push(
        Diagnostic::warning(Kind::Parsing, "W0323", title)
            .at(first.span.clone(), "")
            .as_event("MFCumulativeTypeParamsDeprecation", []),
    );
}

fn kind(metric: &SemanticNode) -> &str {
    metric.body.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn params(metric: &SemanticNode) -> &Value {
    metric.body.get("type_params").unwrap_or(&Value::Null)
}

fn measure_aliases<'a>(
    layer: &Layer<'a>,
    metric: &'a SemanticNode,
    aliases: &mut BTreeMap<&'a str, Vec<&'a str>>,
    issues: &mut Issues,
) {
    let inputs = list(params(metric).get("input_measures"));
    let mut by_name: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for input in inputs {
        by_name.entry(name(input)).or_default().push(input);
    }
    for (measure, inputs) in by_name.iter().filter(|(_, inputs)| inputs.len() > 1) {
        let unnamed = inputs.iter().filter(|input| !input["filter"].is_null() && input["alias"].is_null());
        let unnamed: Vec<String> = unnamed.map(ToString::to_string).collect();
        if !unnamed.is_empty() {
            issues.error(metric, format!(
                "PydanticMetric {} depends on multiple different constrained versions of measure {measure}. In such cases, aliases must be provided, but the following input measures have constraints specified without an alias: [{}].",
                metric.name,
                unnamed.join(", ")
            ));
        }
    }
    for input in inputs {
        let Some(alias) = text(input, "alias") else { continue };
        check_name(metric, alias, issues);
        if layer.measures().any(|(_, measure)| name(measure) == alias) {
            issues.error(metric, format!(
                "Alias `{alias}` for measure `{}` conflicts with measure names defined elsewhere in the model! This can cause ambiguity for certain types of query. Please choose another alias.",
                name(input)
            ));
        }
        let users = aliases.entry(alias).or_default();
        if !users.is_empty() {
            issues.error(metric, format!(
                "Measure alias {alias} conflicts with a measure alias used elsewhere in the model! This can cause ambiguity for certain types of query. Please choose another alias, or, if the measures are constrained in the same way, consider centralizing that definition in a new semantic model. Measure specification: {input}. Existing metrics with that measure alias used: {}",
                super::listed(users.iter().copied())
            ));
        }
        users.push(&metric.name);
    }
}

fn cumulative(layer: &Layer<'_>, metric: &SemanticNode, issues: &mut Issues) {
    let (outer, own) = (params(metric), &params(metric)["cumulative_type_params"]);
    let (old, new) = (&outer["window"], &own["window"]);
    if !old.is_null() && !new.is_null() && old != new {
        let shown = |window: &Value| format!("count={} granularity={}", window["count"], quoted(window));
        issues.error(metric, format!(
            "Got differing values for `window` on cumulative metric '{}'. In `type_params.window`, got '{}'. In `type_params.cumulative_type_params.window`, got '{}'. Please remove the value from `type_params.window`.",
            metric.name,
            shown(old),
            shown(new)
        ));
    }
    let grain = own["grain_to_date"].as_str().map(str::to_lowercase);
    if let Some(grain) = grain.as_deref().filter(|grain| !GRANULARITIES.contains(grain)) {
        issues.error(metric, format!("Invalid time granularity found in `grain_to_date`: '{grain}'. {NO_CUSTOM}"));
    }
    if !new.is_null() && grain.is_some() {
        let title = "Both window and grain_to_date set for cumulative metric. Please set one or the other.";
        issues.error(metric, title.to_owned());
    }
    window(metric, new, (layer, Custom::Refused), issues);
}

fn quoted(window: &Value) -> String {
    format!("'{}'", window["granularity"].as_str().unwrap_or_default())
}

/// Whether a window may be counted in units that time spines name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Custom {
    Taken,
    Refused,
}

fn window(metric: &SemanticNode, window: &Value, (layer, custom): (&Layer<'_>, Custom), issues: &mut Issues) {
    let Some(written) = text(window, "granularity") else { return };
    let is_custom = |unit: &str| layer.custom_granularities.iter().any(|known| known == unit);
    let is_known = |unit: &str| GRANULARITIES.contains(&unit) || is_custom(unit);
    let unit = written.strip_suffix('s').filter(|unit| is_known(unit)).unwrap_or(written);
    let title = format!("Invalid time granularity '{unit}' in window: '{} {written}'", window["count"]);
    if !is_known(unit) {
        issues.error(metric, title);
    } else if custom == Custom::Refused && !GRANULARITIES.contains(&unit) {
        issues.error(metric, format!("{title} {NO_CUSTOM}"));
    }
}

fn derived(metric: &SemanticNode, issues: &mut Issues) {
    let inputs = list(params(metric).get("metrics"));
    if inputs.is_empty() {
        issues.error(
            metric,
            format!(
                "No input metrics found for derived metric '{}'. Please add metrics to type_params.metrics.",
                metric.name
            ),
        );
    }
    for input in inputs {
        let Some(alias) = text(input, "alias").filter(|alias| !alias.is_empty()) else { continue };
        check_name(metric, alias, issues);
        if inputs.iter().any(|other| name(other) == alias) {
            issues.error(
                metric,
                format!(
                    "Alias '{alias}' for input metric: '{}' is already being used. Please choose another alias.",
                    name(input)
                ),
            );
        }
    }
    let Some(expr) = params(metric)["expr"].as_str().filter(|expr| !expr.is_empty()) else {
        issues.warn(
            metric,
            format!(
                "No `expr` set for derived metric {}. Please add an `expr` that references all input metrics.",
                metric.name
            ),
        );
        return;
    };
    for input in inputs {
        let used = text(input, "alias").unwrap_or_else(|| name(input));
        if !expr.contains(used) {
            issues.warn(metric, format!(
                "Input metric '{used}' is not used in `expr`: '{expr}' for derived metric '{}'. Please update the `expr` or remove the input metric.",
                metric.name
            ));
        }
    }
}

fn offsets(layer: &Layer<'_>, metric: &SemanticNode, issues: &mut Issues) {
    for input in list(params(metric).get("metrics")) {
        window(metric, &input["offset_window"], (layer, Custom::Taken), issues);
        let grain = text(input, "offset_to_grain").map(str::to_lowercase).filter(|grain| !grain.is_empty());
        if let Some(grain) = grain.as_deref().filter(|grain| !GRANULARITIES.contains(grain)) {
            issues
                .error(metric, format!("Invalid time granularity found in `offset_to_grain`: '{grain}'. {NO_CUSTOM}"));
        }
        if grain.is_some() && !input["offset_window"].is_null() {
            issues.error(metric, format!(
                "Both offset_window and offset_to_grain set for derived metric '{}' on input metric '{}'. Please set one or the other.",
                metric.name,
                name(input)
            ));
        }
    }
}

fn conversion(layer: &Layer<'_>, metric: &SemanticNode, issues: &mut Issues) {
    let own = &params(metric)["conversion_type_params"];
    let sides =
        [("base_measure", "base", "base_property"), ("conversion_measure", "conversion", "conversion_property")];
    for (key, side, property) in sides {
        let input = &own[key];
        let Some(model) = layer.model_of(name(input)) else { continue };
        let entity = text(own, "entity").unwrap_or_default();
        if !parts(model, "entities").iter().any(|known| name(known) == entity) {
            issues.error(metric, format!("Entity: {entity} not found in {side} semantic model: {}.", model.name));
        }
        let measure = parts(model, "measures").iter().find(|measure| name(measure) == name(input));
        let agg = measure.and_then(|measure| text(measure, "agg")).unwrap_or_default();
        let sums_ones = agg == "sum" && measure.is_some_and(|measure| measure["expr"] == json!("1"));
        if !["count", "count_distinct"].contains(&agg) && !sums_ones {
            issues.error(metric, format!(
                "For conversion metrics, the measure must be COUNT/SUM(1)/COUNT_DISTINCT. Measure: {} is agg type: AggregationType.{}",
                name(input),
                agg.to_uppercase()
            ));
        }
        if side == "conversion" && !input["filter"].is_null() {
            issues.warn(metric, format!(
                "Measure input {} has a filter. For conversion metrics, filtering on a conversion input measure is not fully supported yet.",
                name(input)
            ));
        }
        for constant in list(own.get("constant_properties")) {
            let wanted = text(constant, property).unwrap_or_default();
            let mut elements = parts(model, "entities").iter().chain(parts(model, "dimensions"));
            if !elements.any(|element| name(element) == wanted) {
                issues.error(
                    metric,
                    format!(
                        "The provided constant property: {wanted}, cannot be found in semantic model {}",
                        model.name
                    ),
                );
            }
        }
    }
    window(metric, &own["window"], (layer, Custom::Refused), issues);
}
