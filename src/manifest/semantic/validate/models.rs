//! Rules on semantic models: their entities, their dimensions, and that these agree with other models'.

use std::collections::{BTreeMap, BTreeSet};

use super::{Issues, Layer, listed, name, parts, set, text};
use crate::resource::{SemanticNode, Value};

pub(super) fn check(layer: &Layer<'_>, issues: &mut Issues) {
    for model in &layer.models {
        validity_window(model, issues);
        natural_entities(model, issues);
        default_time(model, issues);
        primary_entity(model, issues);
    }
    dimensions_agree(layer, issues);
    pairs_are_unique(layer, issues);
    labels(layer, issues);
    entity_labels(layer, issues);
}

const REQUIREMENTS: &str = "Semantic models using dimension validity params to define a validity window must have exactly two time dimensions with validity params specified - one marked `is_start` and the other marked `is_end`.";

fn of_type<'a>(model: &'a SemanticNode, kinds: &[&str]) -> Vec<&'a str> {
    let entities = parts(model, "entities").iter();
    entities.filter(|entity| text(entity, "type").is_some_and(|kind| kinds.contains(&kind))).map(name).collect()
}

fn validity(dimension: &Value) -> Option<&Value> {
    dimension.get("type_params")?.get("validity_params").filter(|params| !params.is_null())
}

fn validity_window(model: &SemanticNode, issues: &mut Issues) {
    let dimensions: Vec<&Value> = parts(model, "dimensions").iter().filter(|one| validity(one).is_some()).collect();
    if dimensions.is_empty() {
        return;
    }
    let names = listed(dimensions.iter().map(|dimension| name(dimension)));
    let marked = |key: &str| -> Vec<&str> {
        let is_marked = |one: &&&Value| validity(one).and_then(|params| params.get(key)) == Some(&true.into());
        dimensions.iter().filter(is_marked).map(|dimension| name(dimension)).collect()
    };
    let (starts, ends, called) = (marked("is_start"), marked("is_end"), &model.name);
    if dimensions.len() == 1 && starts.len() == 1 && ends.len() == 1 {
        issues.error(model, format!(
            "Semantic model {called} has a single validity param dimension that defines its window: `{}`. This is not a currently supported configuration! {REQUIREMENTS} If you have one column defining a window, as in a daily snapshot table, you can define a separate dimension and increment the time value in the `expr` field as a work-around.",
            name(dimensions[0])
        ));
    } else if dimensions.len() != 2 {
        issues.error(model, format!(
            "Semantic model {called} has {} dimensions defined with validity params. They are: {names}. There must be either zero or two! If you wish to define a validity window for this semantic model, please follow these requirements: {REQUIREMENTS}",
            dimensions.len()
        ));
    } else if starts.len() != 1 || ends.len() != 1 {
        issues.error(model, format!(
            "Semantic model {called} has two validity param dimensions defined, but does not have exactly one each marked with is_start and is_end! Dimensions: {names}. is_start dimensions: []. is_end dimensions: {}. {REQUIREMENTS}",
            listed(ends)
        ));
    }
    let keys = of_type(model, &["primary", "unique"]);
    if of_type(model, &["natural"]).is_empty() {
        issues.error(model, format!(
            "Semantic model {called} has validity param dimensions defined, but does not have an entity with type `natural` set. The natural key for this semantic model is what we use to process a validity window join. Primary or unique entities, if any, might be suitable for use as natural keys: ({}).",
            listed(keys.iter().copied())
        ));
    }
    if !keys.is_empty() {
        issues.error(model, format!(
            "Semantic model {called} has validity param dimensions defined and also has one or more entities designated as `primary` or `unique`. This is not yet supported, as we do not currently process joins against these key types for semantic models with validity windows specified."
        ));
    }
    let measures = parts(model, "measures");
    if !measures.is_empty() {
        issues.error(model, format!(
            "Semantic model {called} has both measures and validity param dimensions defined. This is not currently supported! Please remove either the measures or the validity params. Measure names: {}. Validity param dimension names: {names}.",
            listed(measures.iter().map(name))
        ));
    }
}

fn natural_entities(model: &SemanticNode, issues: &mut Issues) {
    let natural: BTreeSet<&str> = of_type(model, &["natural"]).into_iter().collect();
    if natural.len() > 1 {
        issues.error(model, format!(
            "Semantic models can have at most one natural entity, but semantic model `{}` has {} distinct natural entities set! {}.",
            model.name,
            natural.len(),
            set(natural.iter().copied())
        ));
    }
    if !natural.is_empty() && !parts(model, "dimensions").iter().any(|one| validity(one).is_some()) {
        issues.error(model, format!(
            "The use of `natural` entities is currently supported only in conjunction with a validity window defined in the set of time dimensions associated with the semantic model. Semantic model `{}` uses a natural entity ({}) but does not define a validity window!",
            model.name,
            set(natural)
        ));
    }
}

fn default_time(model: &SemanticNode, issues: &mut Issues) {
    let wanted = model.body.get("defaults").and_then(|defaults| text(defaults, "agg_time_dimension"));
    let Some(wanted) = wanted else { return };
    let is_there = |one: &Value| name(one) == wanted && text(one, "type") == Some("time");
    if !parts(model, "dimensions").iter().any(is_there) {
        issues.error(model, format!(
            "Default aggregation time dimension was specified as '{wanted}' which doesn't exist as a time dimension in semantic model named '{}'.",
            model.name
        ));
    }
}

fn primary_entity(model: &SemanticNode, issues: &mut Issues) {
    let primary = of_type(model, &["primary"]);
    let written = model.body.get("primary_entity").and_then(Value::as_str).filter(|name| !name.is_empty());
    match (primary.as_slice(), written) {
        ([], None) if !parts(model, "dimensions").is_empty() => issues.error(model, format!(
            "The semantic model {} contains dimensions, but it does not define a primary entity. Either add an entity with type PRIMARY or set a value for the primary_entity key.",
            model.name
        )),
        ([one], Some(written)) => issues.error(model, format!(
            "The semantic model `{}` has an entity named `{one}` with type primary but it also has the `primary_entity` field set to `{written}`. Both should not be present in the model.",
            model.name
        )),
        ([_, _, ..], _) => issues.error(model, format!(
            "Semantic models can have only one primary entity. The semantic model `{}` has {}: {}",
            model.name,
            primary.len(),
            primary.join(", ")
        )),
        _ => {}
    }
}

/// Dimensions of one name are of one type, and either all partitions or none.
fn dimensions_agree(layer: &Layer<'_>, issues: &mut Issues) {
    let mut known: BTreeMap<&str, &Value> = BTreeMap::new();
    for model in &layer.models {
        for dimension in parts(model, "dimensions") {
            let called = name(dimension);
            let Some(first) = known.get(called) else {
                known.insert(called, dimension);
                continue;
            };
            let kind = |one: &Value| format!("DimensionType.{}", text(one, "type").unwrap_or_default().to_uppercase());
            if kind(first) != kind(dimension) {
                issues.error(model, format!(
                    "In semantic model `{}`, type conflict for dimension `{called}` - already in model as type `{}` but got `{}`",
                    model.name,
                    kind(first),
                    kind(dimension)
                ));
            }
            let partition = |one: &Value| if one["is_partition"] == true { "True" } else { "False" };
            if partition(first) != partition(dimension) {
                issues.error(model, format!(
                    "In semantic model `{}, conflicting is_partition attribute for dimension `DimensionReference(element_name='{called}')` - already in model with is_partition as `{}` but got `{}``",
                    model.name,
                    partition(first),
                    partition(dimension)
                ));
            }
        }
    }
}

/// A dimension belongs to the primary entity of its model; the two together name it.
fn pairs_are_unique(layer: &Layer<'_>, issues: &mut Issues) {
    let mut known: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for model in &layer.models {
        let written = model.body.get("primary_entity").and_then(Value::as_str);
        let Some(entity) = written.or_else(|| of_type(model, &["primary"]).first().copied()) else { continue };
        for dimension in parts(model, "dimensions") {
            let called = name(dimension);
            if let Some(first) = known.get(&(entity, called)) {
                issues.error(model, format!(
                    "Duplicate dimension + primary entity pairing detected, dimension + primary entity pairings must be unique. Semantic model `{}` has a primary entity of `{entity}` and dimension `{called}`, but this pairing is already in use on semantic model `{first}`.",
                    model.name
                ));
            } else {
                known.insert((entity, called), &model.name);
            }
        }
    }
}

fn labels(layer: &Layer<'_>, issues: &mut Issues) {
    for (kind, nodes) in [("metric", &layer.metrics), ("semantic model", &layer.models)] {
        let mut known: BTreeMap<&str, &str> = BTreeMap::new();
        for node in nodes {
            let Some(label) = node.label.as_deref() else { continue };
            if let Some(first) = known.get(label) {
                issues.error(
                    node,
                    format!(
                        "Can't use label `{label}` for  {kind} `{}` as it's already used for {kind} `{first}`",
                        node.name
                    ),
                );
            } else {
                known.insert(label, &node.name);
            }
        }
    }
    for model in &layer.models {
        for (title, section) in [("Dimension", "dimensions"), ("Entity", "entities"), ("Measure", "measures")] {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for label in parts(model, section).iter().filter_map(|part| text(part, "label")) {
                *counts.entry(label).or_default() += 1;
            }
            for (label, count) in counts.into_iter().filter(|(_, count)| *count > 1) {
                issues.error(model, format!(
                    "{title} labels must be unique within a semantic model. The label `{label}` was used for {count} {section} on semantic model `{}",
                    model.name
                ));
            }
        }
    }
}

fn entity_labels(layer: &Layer<'_>, issues: &mut Issues) {
    let mut known: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for model in &layer.models {
        for entity in parts(model, "entities") {
            let Some(label) = text(entity, "label") else { continue };
            let (first, home) = *known.entry(name(entity)).or_insert((label, &model.name));
            if first != label {
                issues.error(model, format!(
                    "Entities with the same name must have the same label or the label must be `None`. Entity `{}` on semantic model `{}` has label `{label}` but the same entity on semantic model `{home}`",
                    name(entity),
                    model.name
                ));
            }
        }
    }
}
