//! Rules on time spines: one for each unit of time, none coarser than the times that are looked at.

use std::collections::BTreeMap;

use super::super::{Manifest, TimeSpine};
use super::names::check_name;
use super::{GRANULARITIES, Issues, Layer, listed, name, parts};
use crate::diagnostic::{Diagnostic, Kind};
use crate::manifest::place;
use crate::project::Project;
use crate::resource::{Detail, Relation};

const OLD: &str = "Time spines without YAML configuration are in the process of deprecation. Please add YAML configuration for your 'metricflow_time_spine' model. See documentation on MetricFlow time spines: https://docs.getdbt.com/docs/build/metricflow-time-spine and behavior change documentation: https://docs.getdbt.com/reference/global-configs/behavior-changes.";

pub(super) fn check(manifest: &Manifest, layer: &Layer<'_>, issues: &mut Issues) {
    let spines: Vec<TimeSpine<'_>> = manifest.time_spines().collect();
    let Some(first) = layer.models.first().filter(|_| !spines.is_empty()) else { return };
    let mut by_unit: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for spine in &spines {
        let relation = spine.node.relation.as_ref().map(Relation::render).unwrap_or_default();
        by_unit.entry(rank(spine.granularity)).or_default().push(relation);
    }
    let twice: Vec<String> = by_unit
        .iter()
        .filter(|(_, relations)| relations.len() > 1)
        .map(|(unit, relations)| format!("'{}': {}", upper(*unit), listed(relations.iter().map(String::as_str))))
        .collect();
    if !twice.is_empty() {
        let twice = twice.join(", ");
        issues.warn(first, format!("Only one time spine is supported per granularity. Got duplicates: {{{twice}}}"));
    }
    let dimensions = layer.models.iter().flat_map(|model| parts(model, "dimensions"));
    let units = dimensions.filter_map(|dimension| dimension["type_params"]["time_granularity"].as_str());
    let finest = units.map(rank).min();
    if let (Some(finest), Some(spine)) = (finest, by_unit.keys().next().copied())
        && finest < spine
    {
        issues.warn(first, format!(
            "To avoid unexpected query errors, configuring a time spine at or below the smallest time dimension granularity is recommended. Smallest time dimension granularity: {}; Smallest time spine granularity: TimeGranularity.{}",
            upper(finest),
            upper(spine)
        ));
    }
    custom_names(layer, issues);
}

/// Tells of a time spine that is one by its name alone.
pub(super) fn check_declared(manifest: &Manifest, project: &Project, issues: &mut Issues) {
    let is_required = project.flags.get("require_yaml_configuration_for_mf_time_spines") == Some(&true.into());
    let is_declared = |detail: &Detail| matches!(detail, Detail::Model(model) if model.time_spine.is_some());
    let named = manifest.legacy_time_spine().filter(|node| !is_declared(&node.detail));
    let Some(node) = named.filter(|_| !is_required) else { return };
    if manifest.time_spines().any(|spine| spine.granularity.eq_ignore_ascii_case("day")) {
        return;
    }
    issues.0.push(
        Diagnostic::warning(Kind::Parsing, "W0324", OLD)
            .at(place::first_line(node), "")
            .as_event("MFTimespineWithoutYamlConfigurationDeprecation", []),
    );
}

/// The names of units of time are as other names, and no other thing has them.
fn custom_names(layer: &Layer<'_>, issues: &mut Issues) {
    let Some(first) = layer.models.first() else { return };
    let mut twice = Vec::new();
    for (place, unit) in layer.custom_granularities.iter().enumerate() {
        check_name(first, unit, issues);
        if let Some(kind) = taken(layer, unit) {
            issues.error(
                first,
                format!("Can't use name `{unit}` for a custom granularity when it was already used for a {kind}."),
            );
        }
        if layer.custom_granularities[..place].contains(unit) {
            twice.push(unit.as_str());
        }
    }
    if !twice.is_empty() {
        issues.error(
            first,
            format!(
                "Custom granularity names must be unique, but found duplicate custom granularities with the names {}.",
                super::set(twice)
            ),
        );
    }
}

fn taken(layer: &Layer<'_>, unit: &str) -> Option<&'static str> {
    if layer.models.iter().any(|model| model.name == unit) {
        return Some("semantic_model");
    }
    if layer.metrics.iter().any(|metric| metric.name == unit) {
        return Some("metric");
    }
    let sections = [("dimensions", "dimension"), ("entities", "entity"), ("measures", "measure")];
    let has =
        |section: &str| layer.models.iter().flat_map(|model| parts(model, section)).any(|part| name(part) == unit);
    sections.into_iter().find(|(section, _)| has(section)).map(|(_, kind)| kind)
}

fn rank(granularity: &str) -> usize {
    let lower = granularity.to_lowercase();
    GRANULARITIES.iter().position(|known| *known == lower).unwrap_or(GRANULARITIES.len())
}

fn upper(rank: usize) -> String {
    GRANULARITIES.get(rank).copied().unwrap_or_default().to_uppercase()
}
