//! Makes the resources of the semantic layer from their entries.

use super::Parser;
use super::config::Own;
use super::literal::Reference;
use super::parsed::Parsed;
use super::properties::{MetricEntry, Properties, PropertiesFile, SemanticModelEntry, Written, parts};
use super::twins::{Twin, twins};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::resource::{Map, NodeConfig, ResourceType, SemanticNode, UniqueId, Value};

/// Makes semantic models with the metrics that they declare, and metrics.
pub(super) fn make(parser: &Parser<'_>, properties: &Properties, parsed: &mut Parsed, diagnostics: &mut Diagnostics) {
    for entry in &properties.semantic_models {
        let (node, metrics) = semantic_model(parser, entry, diagnostics);
        add(node, parsed, diagnostics);
        for metric in metrics {
            add(metric, parsed, diagnostics);
        }
    }
    for entry in &properties.metrics {
        let node = metric(parser, entry, diagnostics);
        add(node, parsed, diagnostics);
    }
}

/// Takes a resource of the semantic layer among the enabled or the disabled ones; reports a second one of its name.
pub(super) fn add(node: SemanticNode, parsed: &mut Parsed, diagnostics: &mut Diagnostics) {
    if let Some(first) = parsed.semantic.get(&node.unique_id) {
        let kind = node.resource_type.as_str();
        diagnostics.push(twins(
            &if kind == "saved_query" { "saved_queries".to_owned() } else { format!("{kind}s") },
            &node.name,
            &Twin { id: node.unique_id.as_str(), span: &node.span },
            &Twin { id: first.unique_id.as_str(), span: &first.span },
        ));
    } else if node.config.is_enabled() {
        parsed.semantic.insert(node.unique_id.clone(), node);
    } else {
        parsed.disabled.semantic.push(node);
    }
}

/// Makes what the three kinds have in common: identity and merged configuration. The entry's own `config` is taken out of its body.
pub(super) fn declared(
    parser: &Parser<'_>,
    kind: ResourceType,
    (file, name): (&PropertiesFile, &Written),
    mut body: Map,
    diagnostics: &mut Diagnostics,
) -> SemanticNode {
    let package = &file.package;
    let mut fqn = file.fqn();
    fqn.push(name.text.clone());
    let own_config = match body.shift_remove("config") {
        Some(Value::Object(config)) => config,
        _ => Map::new(),
    };
    let own = Own { patch: Some(&own_config), call: &Map::new() };
    let merged = parser.configs.merge(kind, package, &fqn, own);
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    let description = text("description").map(|text| {
        let written = Written { text, span: name.span.clone() };
        parser.docs.describe(Some(&written), &parser.caller(package), diagnostics).0
    });
    let label = text("label");
    for key in ["name", "description", "label"] {
        body.shift_remove(key);
    }
    SemanticNode {
        resource_type: kind,
        unique_id: UniqueId::new(kind, package, &name.text),
        package: package.clone(),
        name: name.text.clone(),
        path: file.relative.clone(),
        original_file_path: file.path.clone(),
        fqn,
        description,
        label,
        meta: Map::new(),
        tags: Vec::new(),
        group: merged.config.text("group").map(str::to_owned),
        config: merged.config,
        unrendered_config: merged.unrendered,
        refs: Vec::new(),
        metrics: Vec::new(),
        body,
        span: name.span.clone(),
    }
}

fn semantic_model(
    parser: &Parser<'_>,
    entry: &SemanticModelEntry,
    diagnostics: &mut Diagnostics,
) -> (SemanticNode, Vec<SemanticNode>) {
    let kind = ResourceType::SemanticModel;
    let mut node = declared(parser, kind, (&entry.file, &entry.name), entry.body.clone(), diagnostics);
    node.body.insert("node_relation".into(), Value::Null);
    node.body.insert("metadata".into(), Value::Null);
    let meta = node.config.map("meta").cloned().unwrap_or_default();
    for section in ["entities", "measures", "dimensions"] {
        for part in parts(&mut node.body, section) {
            describe_part(parser, entry, part, diagnostics);
            let mut joined = meta.clone();
            let own = part.get("config").and_then(|config| config.get("meta")).and_then(Value::as_object);
            joined.extend(own.cloned().unwrap_or_default());
            part.insert("config".into(), serde_json::json!({"meta": joined}));
        }
    }
    match Reference::read(&entry.model.text, &entry.model.span) {
        Some(Reference::Ref(call)) => node.refs.push(call),
        _ => diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0237", format!("`{}` is not `ref(…)`", entry.model.text))
                .at(entry.model.span.clone(), "the model that the semantic model is about is expected here"),
        ),
    }
    let metrics = entry.metrics.iter().map(|made| {
        let mut made = MetricEntry { file: made.file.clone(), name: made.name.clone(), body: made.body.clone() };
        let config = serde_json::json!({"enabled": node.config.is_enabled(), "meta": meta});
        made.body.insert("config".into(), config);
        metric(parser, &made, diagnostics)
    });
    let metrics = metrics.collect();
    (node, metrics)
}

fn describe_part(parser: &Parser<'_>, entry: &SemanticModelEntry, part: &mut Map, diagnostics: &mut Diagnostics) {
    let Some(text) = part.get("description").and_then(Value::as_str).map(str::to_owned) else { return };
    let written = Written { text, span: entry.name.span.clone() };
    let (text, _) = parser.docs.describe(Some(&written), &parser.caller(&entry.file.package), diagnostics);
    part.insert("description".into(), text.into());
}

fn metric(parser: &Parser<'_>, entry: &MetricEntry, diagnostics: &mut Diagnostics) -> SemanticNode {
    let kind = ResourceType::Metric;
    let mut node = declared(parser, kind, (&entry.file, &entry.name), entry.body.clone(), diagnostics);
    node.description.get_or_insert_default();
    node.body.insert("metadata".into(), Value::Null);
    let written = match node.body.shift_remove("meta") {
        Some(Value::Object(meta)) => meta,
        _ => Map::new(),
    };
    // As in dbt, a `meta` of the configuration takes the place of the metric's own one.
    let configured = node.config.map("meta").filter(|meta| !meta.is_empty()).cloned();
    node.meta = configured.unwrap_or(written);
    node.tags = NodeConfig(Map::from_iter(node.body.shift_remove_entry("tags"))).texts("tags");
    node
}
