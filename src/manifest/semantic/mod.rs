//! What semantic models, metrics and saved queries depend on, and whether they fit together.

mod metrics;
mod time_spines;
mod validate;

use serde_json::json;

pub use time_spines::TimeSpine;

use super::access::{self, Referrer};
use super::resolve::{Absence, Who, add, missing_node};
use super::{Manifest, NodeLookup};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::project::Project;
use crate::resource::{MetricCall, ResourceType, SemanticNode, UniqueId, Value};

/// What a name of a metric means.
pub(crate) enum MetricLookup<'a> {
    /// This metric.
    Found(&'a SemanticNode),
    /// A metric that is disabled.
    Disabled,
    /// Nothing.
    Missing,
}

/// Finds what the resources of the semantic layer depend on, and checks that metrics and semantic models fit together.
pub(super) fn resolve(manifest: &mut Manifest, project: &Project, diagnostics: &mut Diagnostics) {
    if manifest.semantic.is_empty() {
        return;
    }
    semantic_models(manifest, project, diagnostics);
    metrics::resolve(manifest, diagnostics);
    saved_queries(manifest, diagnostics);
    // Names that mean nothing would be told of once more.
    if !diagnostics.has_errors() {
        time_spines::check(manifest, diagnostics);
    }
    if !diagnostics.has_errors() {
        validate::validate(manifest, project, diagnostics);
    }
}

impl Manifest {
    /// Returns the metric that a name means: of the package asked for, else of the root project, of the calling package, of any.
    pub(crate) fn find_metric(&self, call: &MetricCall, from: &str) -> MetricLookup<'_> {
        let named = |node: &&SemanticNode| node.resource_type == ResourceType::Metric && node.name == call.name;
        let found = pick(self.semantic.values().filter(named), call.package.as_deref(), (&self.project_name, from));
        let disabled =
            || pick(self.disabled.semantic.iter().filter(named), call.package.as_deref(), (&self.project_name, from));
        match found {
            Some(metric) => MetricLookup::Found(metric),
            None if disabled().is_some() => MetricLookup::Disabled,
            None => MetricLookup::Missing,
        }
    }

    /// Adds the metrics that something names to what it depends on; reports those that mean nothing.
    pub(super) fn metric_parents(
        &self,
        who: &Who<'_>,
        calls: &[MetricCall],
        parents: &mut Vec<UniqueId>,
        diagnostics: &mut Diagnostics,
    ) {
        for call in calls {
            match self.find_metric(call, who.package) {
                MetricLookup::Found(metric) => add(parents, &metric.unique_id),
                _ => diagnostics.push(missing_metric(self, who, call)),
            }
        }
    }
}

/// Picks one of several resources of the same name.
fn pick<'a>(
    candidates: impl Iterator<Item = &'a SemanticNode>,
    package: Option<&str>,
    (root, from): (&str, &str),
) -> Option<&'a SemanticNode> {
    let candidates: Vec<&SemanticNode> = candidates.collect();
    let of = |wanted: &str| candidates.iter().copied().find(|node| node.package == wanted);
    match package {
        Some(package) => of(package),
        None => of(root).or_else(|| of(from)).or_else(|| candidates.first().copied()),
    }
}

/// Says that a metric is not there or disabled.
pub(super) fn missing_metric(manifest: &Manifest, who: &Who<'_>, call: &MetricCall) -> Diagnostic {
    let package =
        call.package.as_ref().map(|package| format!(" in package or project '{package}'")).unwrap_or_default();
    let (was, label) = match manifest.find_metric(call, who.package) {
        MetricLookup::Disabled => ("is disabled", "disabled"),
        _ => ("was not found", "not found"),
    };
    let title = format!("{}{package} which {was}", who.depends_on("metric", &call.name));
    let names = manifest.semantic_of(ResourceType::Metric).map(|metric| metric.name.as_str());
    Diagnostic::error(Kind::Compilation, "E0320", title).at(who.span.clone(), label).with_nearest(&call.name, names)
}

/// Returns who names something, for messages.
fn who(node: &SemanticNode) -> Who<'_> {
    Who {
        kind: node.resource_type.title(),
        id: &node.unique_id,
        path: &node.original_file_path,
        package: &node.package,
        span: &node.span,
    }
}

/// Finds the model that each semantic model is about.
fn semantic_models(manifest: &mut Manifest, project: &Project, diagnostics: &mut Diagnostics) {
    let mut found: Vec<(UniqueId, Vec<UniqueId>, Value)> = Vec::new();
    for node in manifest.semantic_of(ResourceType::SemanticModel) {
        let mut parents = Vec::new();
        let mut relation = Value::Null;
        for call in &node.refs {
            let span: Span = call.span.clone().unwrap_or_else(|| node.span.clone());
            match manifest.look_up(call, &node.package) {
                NodeLookup::Found(target) => {
                    let group = node.group.as_deref();
                    let referrer = Referrer { id: &node.unique_id, package: &node.package, group, span };
                    diagnostics.extend(access::refusal(referrer, target, project));
                    add(&mut parents, &target.unique_id);
                    relation = json!({
                        "alias": target.alias,
                        "schema_name": target.schema,
                        "database": target.database,
                        "relation_name": target.relation.as_ref().map(crate::resource::Relation::render),
                    });
                }
                NodeLookup::Disabled(_) => {
                    diagnostics.push(missing_node(manifest, &who(node), call, Absence::Disabled));
                }
                NodeLookup::Missing => diagnostics.push(missing_node(manifest, &who(node), call, Absence::NotFound)),
            }
        }
        found.push((node.unique_id.clone(), parents, relation));
    }
    for (id, parents, relation) in found {
        if let Some(node) = manifest.semantic.get_mut(&id) {
            node.body.insert("node_relation".into(), relation);
        }
        manifest.parents.insert(id, parents);
    }
}

/// Finds the metrics that saved queries name.
fn saved_queries(manifest: &mut Manifest, diagnostics: &mut Diagnostics) {
    let mut found: Vec<(UniqueId, Vec<UniqueId>)> = Vec::new();
    for node in manifest.semantic_of(ResourceType::SavedQuery) {
        let mut parents = Vec::new();
        manifest.metric_parents(&who(node), &node.metrics, &mut parents, diagnostics);
        found.push((node.unique_id.clone(), parents));
    }
    manifest.parents.extend(found);
}
