//! Names resolved into one immutable [`Manifest`]: which node each `ref` and `source` means, and who depends on whom.

mod access;
mod checks;
mod keys;
mod lookup;
mod microbatch;
mod names;
mod place;
mod resolve;
mod semantic;
mod unit_tests;

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::parse::{Disabled, MacroEntry};
use crate::resource::{
    Detail, Doc, Exposure, FunctionCall, Group, Node, ResourceType, SemanticNode, Source, UniqueId, UnitTest,
};

pub use checks::SpacedNames;
pub use lookup::{NodeLookup, SourceLookup};
pub(crate) use semantic::MetricLookup;
pub use semantic::TimeSpine;

/// A project as it is after parsing and resolving. Nothing in it changes any more.
#[derive(Debug)]
pub struct Manifest {
    /// Name of the root project.
    pub project_name: String,
    /// Models, seeds, snapshots, functions, analyses, data tests and operations that are enabled.
    pub nodes: IndexMap<UniqueId, Node>,
    /// Sources that are enabled.
    pub sources: IndexMap<UniqueId, Source>,
    /// Exposures that are enabled.
    pub exposures: IndexMap<UniqueId, Exposure>,
    /// Groups.
    pub groups: IndexMap<UniqueId, Group>,
    /// Blocks of documentation.
    pub docs: IndexMap<UniqueId, Doc>,
    /// Unit tests that are enabled, with the nodes they test.
    pub unit_tests: IndexMap<UniqueId, UnitTest>,
    /// Semantic models, metrics and saved queries that are enabled.
    pub semantic: IndexMap<UniqueId, SemanticNode>,
    /// Macros of all packages, built-in ones too.
    pub macros: BTreeMap<UniqueId, MacroEntry>,
    /// What is there but disabled.
    pub disabled: Disabled,
    /// Whether microbatch models are built in batches: not when the project has a strategy of its own for them.
    pub runs_in_batches: bool,
    /// For each node, exposure and unit test, what it depends on: dbt's `depends_on.nodes`.
    pub parents: IndexMap<UniqueId, Vec<UniqueId>>,
    /// Disabled tests that refer to what is not there or disabled, with the rest of what they refer to.
    pub orphans: IndexMap<UniqueId, Vec<UniqueId>>,
    /// For each node and source, what depends on it.
    pub children: IndexMap<UniqueId, Vec<UniqueId>>,
    names: lookup::Names,
}

impl Manifest {
    /// Returns the node of an id: also a unit test as the node that runs it.
    pub fn runnable(&self, id: &UniqueId) -> Option<&Node> {
        let of_test = || self.unit_tests.get(id).and_then(|test| test.node.as_deref());
        self.nodes.get(id).or_else(of_test)
    }

    /// Returns what a node, exposure or unit test depends on.
    pub fn parents_of(&self, id: &UniqueId) -> &[UniqueId] {
        self.parents.get(id).or_else(|| self.orphans.get(id)).map_or(&[], Vec::as_slice)
    }

    /// Returns what depends on a node or source.
    pub fn children_of(&self, id: &UniqueId) -> &[UniqueId] {
        self.children.get(id).map_or(&[], Vec::as_slice)
    }

    /// Returns the ids of all that can be selected: nodes but for operations, sources, exposures, unit tests, the semantic layer.
    pub fn selectable(&self) -> impl Iterator<Item = &UniqueId> {
        let nodes = self.nodes.values().filter(|node| node.resource_type != ResourceType::Operation);
        nodes
            .map(|node| &node.unique_id)
            .chain(self.sources.keys())
            .chain(self.exposures.keys())
            .chain(self.unit_tests.keys())
            .chain(self.semantic.keys())
    }

    /// Returns the enabled semantic models, metrics or saved queries.
    pub fn semantic_of(&self, kind: ResourceType) -> impl Iterator<Item = &SemanticNode> {
        self.semantic.values().filter(move |node| node.resource_type == kind)
    }

    /// Returns the node that `ref` means when it is called in `from_package`.
    ///
    /// Without a package, the root project is looked in before the calling package and that before all others, as in dbt. Without a version, a
    /// versioned model's latest one is meant.
    pub fn find_ref(
        &self,
        package: Option<&str>,
        name: &str,
        version: Option<&str>,
        from_package: &str,
    ) -> NodeLookup<'_> {
        self.names.node(self, lookup::Wanted { package, name, version }, from_package)
    }

    /// Returns the table that `source` means when it is called in `from_package`.
    pub fn find_source(&self, source: &str, table: &str, from_package: &str) -> SourceLookup<'_> {
        self.names.source(self, (source, table), from_package)
    }

    /// Returns the function that `function` means when it is called in `from_package`.
    pub fn find_function(&self, call: &FunctionCall, from_package: &str) -> NodeLookup<'_> {
        self.names.function(self, call, from_package)
    }

    /// Returns the functions of the database that the project makes.
    pub fn functions(&self) -> impl Iterator<Item = &Node> {
        self.nodes.values().filter(|node| node.resource_type == ResourceType::Function)
    }

    /// Returns the versions of a versioned model, as users write them.
    pub fn versions_of(&self, name: &str) -> Vec<&str> {
        let nodes = self.nodes.values().filter(|node| node.name == name);
        nodes
            .filter_map(|node| match &node.detail {
                Detail::Model(detail) => detail.version.as_deref(),
                _ => None,
            })
            .collect()
    }

    /// Returns the docs block that `doc` means when it is called in `from_package`.
    pub fn find_doc(&self, package: Option<&str>, name: &str, from_package: &str) -> Option<&Doc> {
        self.names.doc(self, package, name, from_package)
    }
}

#[cfg(test)]
mod tests;
