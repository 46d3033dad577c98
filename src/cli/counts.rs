//! Counts what a project holds.

use std::time::Instant;

use crate::manifest::Manifest;
use crate::resource::ResourceType;

/// Counts what was found, with dbt's nouns and in its order.
pub(super) fn found(manifest: &Manifest) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for node in manifest.nodes.values() {
        let word = match node.resource_type {
            ResourceType::Operation => "operation".to_owned(),
            other => other.to_string(),
        };
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, number)) => *number += 1,
            None => counts.push((word, 1)),
        }
    }
    let order = ["model", "analysis", "test", "snapshot", "operation", "seed"];
    counts.sort_by_key(|(word, _)| order.iter().position(|known| known == word));
    let semantic = |kind| manifest.semantic_of(kind).count();
    let others = [
        ("source", manifest.sources.len()),
        ("exposure", manifest.exposures.len()),
        ("metric", semantic(ResourceType::Metric)),
        ("macro", manifest.macros.len()),
        ("group", manifest.groups.len()),
        ("semantic_model", semantic(ResourceType::SemanticModel)),
        ("saved_query", semantic(ResourceType::SavedQuery)),
        ("unit_test", manifest.unit_tests.len()),
    ];
    counts.extend(others.map(|(word, number)| (word.to_owned(), number)));
    let words = counts.iter().filter(|(_, number)| *number > 0).map(|(word, number)| match word.as_str() {
        "operation" => crate::report::counted(*number, "project hook"),
        word => crate::report::counted(*number, word),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Says what was found, in the order in which dbt counts it.
pub(super) fn counts(manifest: &Manifest, started: Instant) -> String {
    let kinds = [
        (ResourceType::Model, "model"),
        (ResourceType::Seed, "seed"),
        (ResourceType::Snapshot, "snapshot"),
        (ResourceType::Test, "data test"),
        (ResourceType::Analysis, "analysis"),
    ];
    let count = |wanted: ResourceType| manifest.nodes.values().filter(|node| node.resource_type == wanted).count();
    let mut parts: Vec<(usize, &str)> = kinds.iter().map(|(kind, noun)| (count(*kind), *noun)).collect();
    parts.push((manifest.sources.len(), "source"));
    parts.push((manifest.exposures.len(), "exposure"));
    let semantic = |kind| manifest.semantic_of(kind).count();
    parts.push((semantic(ResourceType::SemanticModel), "semantic model"));
    parts.push((semantic(ResourceType::Metric), "metric"));
    parts.push((semantic(ResourceType::SavedQuery), "saved query"));
    let shown: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| crate::report::count(number, noun))
        .collect();
    let shown = if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") };
    format!("Parsed {shown} in {:.2}s", started.elapsed().as_secs_f64())
}
