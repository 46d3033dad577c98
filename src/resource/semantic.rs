//! The semantic layer: semantic models, metrics and saved queries.

use super::{Map, NodeConfig, RefCall, ResourceType, UniqueId};
use crate::diagnostic::Span;

/// A semantic model, a metric or a saved query: what properties files declare for query engines of metrics, not for this one.
///
/// The three share all that parsing, resolving and selecting look at; the rest is kept as the mapping that artifacts hold.
#[derive(Clone, Debug)]
pub struct SemanticNode {
    /// `SemanticModel`, `Metric` or `SavedQuery`.
    pub resource_type: ResourceType,
    /// Its id.
    pub unique_id: UniqueId,
    /// Package.
    pub package: String,
    /// Name.
    pub name: String,
    /// Path of the properties file relative to the resource path.
    pub path: String,
    /// Path of the properties file relative to the package's root.
    pub original_file_path: String,
    /// Package, folders, name.
    pub fqn: Vec<String>,
    /// Rendered description; a semantic model may have none.
    pub description: Option<String>,
    /// Title.
    pub label: Option<String>,
    /// Free properties.
    pub meta: Map,
    /// Tags.
    pub tags: Vec<String>,
    /// The group it is in.
    pub group: Option<String>,
    /// Merged configuration.
    pub config: NodeConfig,
    /// Unrendered configuration.
    pub unrendered_config: Map,
    /// The models it refers to.
    pub refs: Vec<RefCall>,
    /// The metrics it names, each with its package when that is given.
    pub metrics: Vec<MetricCall>,
    /// What only its kind has, by the keys of artifacts, in their order.
    pub body: Map,
    /// The entry in the properties file.
    pub span: Span,
}

/// A metric as another resource names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricCall {
    /// Package, when given.
    pub package: Option<String>,
    /// Name.
    pub name: String,
}

impl MetricCall {
    /// Names a metric of whichever package has it.
    pub fn of(name: &str) -> Self {
        Self { package: None, name: name.to_owned() }
    }
}
