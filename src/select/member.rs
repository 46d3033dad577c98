//! What selection looks at: one view for nodes, sources, exposures, unit tests and the semantic layer.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::manifest::Manifest;
use crate::resource::{
    Detail, Exposure, ModelDetail, Node, NodeConfig, ResourceType, SemanticNode, Source, UniqueId, UnitTest,
};

/// A resource that can be selected.
#[derive(Clone, Debug)]
pub(super) struct Member<'a> {
    pub id: &'a UniqueId,
    pub resource_type: ResourceType,
    pub package: &'a str,
    pub name: &'a str,
    pub fqn: &'a [String],
    pub tags: Cow<'a, [String]>,
    pub original_file_path: &'a str,
    pub patch_path: Option<&'a str>,
    pub group: Option<&'a str>,
    /// The configuration of a node or a source.
    pub config: Option<&'a NodeConfig>,
    /// What only models have.
    pub model: Option<&'a ModelDetail>,
    /// Name of the source that a table belongs to.
    pub source_name: Option<&'a str>,
    /// Name of the test that a generic test is.
    pub generic: Option<&'a str>,
    pub parents: &'a [UniqueId],
    /// Whether there is no code in it.
    pub is_empty: bool,
}

impl Member<'_> {
    /// Returns whether tests of this kind come along with what they test.
    pub fn is_test(&self) -> bool {
        matches!(self.resource_type, ResourceType::Test | ResourceType::UnitTest)
    }

    /// Returns whether it is a versioned model, whose fully qualified name ends in the version.
    pub fn is_versioned(&self) -> bool {
        self.model.is_some_and(|model| model.version.is_some())
    }
}

/// All members, in the order of the manifest.
#[derive(Debug, Default)]
pub(super) struct Members<'a> {
    pub list: Vec<Member<'a>>,
    /// Name of the root project, which `package:this` means.
    pub project_name: &'a str,
    places: HashMap<&'a UniqueId, usize>,
}

impl<'a> Members<'a> {
    /// Views a manifest.
    pub fn of(manifest: &'a Manifest) -> Self {
        let nodes = manifest.nodes.values().filter(|node| node.resource_type != ResourceType::Operation);
        let list = nodes
            .map(|node| of_node(node, manifest))
            .chain(manifest.sources.values().map(of_source))
            .chain(manifest.exposures.values().map(|exposure| of_exposure(exposure, manifest)))
            .chain(manifest.unit_tests.values().map(|test| of_unit_test(test, manifest)))
            .chain(manifest.semantic.values().map(|node| of_semantic(node, manifest)));
        Self::new(list.collect(), &manifest.project_name)
    }

    /// Takes members.
    pub fn new(list: Vec<Member<'a>>, project_name: &'a str) -> Self {
        let places = list.iter().enumerate().map(|(place, member)| (member.id, place)).collect();
        Self { list, project_name, places }
    }

    /// Returns the member of an id.
    pub fn find(&self, id: &UniqueId) -> Option<&Member<'a>> {
        self.places.get(id).map(|&place| &self.list[place])
    }
}

fn of_node<'a>(node: &'a Node, manifest: &'a Manifest) -> Member<'a> {
    Member {
        id: &node.unique_id,
        resource_type: node.resource_type,
        package: &node.package,
        name: &node.name,
        fqn: &node.fqn,
        tags: Cow::Borrowed(&node.tags),
        original_file_path: &node.original_file_path,
        patch_path: node.patch_path.as_deref(),
        // A test's own group is that of what it is on; dbt selects by the configuration, which has none then.
        group: node.config.text("group"),
        config: Some(&node.config),
        model: match &node.detail {
            Detail::Model(model) => Some(model),
            _ => None,
        },
        source_name: None,
        generic: node.test().and_then(|test| test.generic.as_deref()),
        parents: manifest.parents_of(&node.unique_id),
        is_empty: node.resource_type != ResourceType::Seed && node.raw_code.trim().is_empty(),
    }
}

fn of_source(source: &Source) -> Member<'_> {
    Member {
        id: &source.unique_id,
        resource_type: ResourceType::Source,
        package: &source.package,
        name: &source.name,
        fqn: &source.fqn,
        tags: Cow::Borrowed(&source.tags),
        original_file_path: &source.original_file_path,
        patch_path: None,
        group: None,
        config: Some(&source.config),
        model: None,
        source_name: Some(&source.source_name),
        generic: None,
        parents: &[],
        is_empty: false,
    }
}

fn of_exposure<'a>(exposure: &'a Exposure, manifest: &'a Manifest) -> Member<'a> {
    Member {
        id: &exposure.unique_id,
        resource_type: ResourceType::Exposure,
        package: &exposure.package,
        name: &exposure.name,
        fqn: &exposure.fqn,
        tags: Cow::Borrowed(&exposure.tags),
        original_file_path: &exposure.original_file_path,
        patch_path: None,
        group: None,
        config: None,
        model: None,
        source_name: None,
        generic: None,
        parents: manifest.parents_of(&exposure.unique_id),
        is_empty: false,
    }
}

fn of_semantic<'a>(node: &'a SemanticNode, manifest: &'a Manifest) -> Member<'a> {
    Member {
        id: &node.unique_id,
        resource_type: node.resource_type,
        package: &node.package,
        name: &node.name,
        fqn: &node.fqn,
        tags: Cow::Borrowed(&node.tags),
        original_file_path: &node.original_file_path,
        patch_path: None,
        // As in dbt, only metrics are selected by group, and none of the three by configuration.
        group: node.config.text("group").filter(|_| node.resource_type == ResourceType::Metric),
        config: None,
        model: None,
        source_name: None,
        generic: None,
        parents: manifest.parents_of(&node.unique_id),
        is_empty: false,
    }
}

fn of_unit_test<'a>(test: &'a UnitTest, manifest: &'a Manifest) -> Member<'a> {
    Member {
        id: &test.unique_id,
        resource_type: ResourceType::UnitTest,
        package: &test.package,
        name: &test.name,
        fqn: &test.fqn,
        tags: Cow::Owned(test.config.tags()),
        original_file_path: &test.original_file_path,
        patch_path: None,
        group: None,
        config: None,
        model: None,
        source_name: None,
        generic: None,
        parents: manifest.parents_of(&test.unique_id),
        is_empty: false,
    }
}
