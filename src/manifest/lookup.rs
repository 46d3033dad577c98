//! From the names that templates use to the resources they mean.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::Manifest;
use crate::parse::Disabled;
use crate::resource::{Detail, Doc, FunctionCall, ModelDetail, Node, Source, UniqueId};

/// What a `ref` means.
#[derive(Clone, Copy, Debug)]
pub enum NodeLookup<'a> {
    /// This node.
    Found(&'a Node),
    /// A node that is disabled.
    Disabled(&'a Node),
    /// Nothing.
    Missing,
}

/// What a `source` means.
#[derive(Clone, Copy, Debug)]
pub enum SourceLookup<'a> {
    /// This table.
    Found(&'a Source),
    /// A table that is disabled.
    Disabled(&'a Source),
    /// Nothing.
    Missing,
}

/// A node as a `ref` names it.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Package, when given.
    pub package: Option<&'a str>,
    /// Name.
    pub name: &'a str,
    /// Version, when given.
    pub version: Option<&'a str>,
}

/// Where a `ref` without a package looks first: the flag `require_ref_searches_node_package_before_root`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum RefOrder {
    /// In the root project.
    #[default]
    RootFirst,
    /// In the package that calls it.
    OwnFirst,
}

/// Where the resources of each name stand in the manifest. Looked up only, never iterated, so the order of the maps is of no matter.
#[derive(Debug, Default)]
pub(super) struct Names {
    project: String,
    /// Whether a `ref` in a package means that package's own node before one of the root project.
    order: RefOrder,
    /// By name, and by `name.vN` for versioned models; the latest version also by its bare name.
    nodes: HashMap<String, Vec<usize>>,
    disabled_nodes: HashMap<String, Vec<usize>>,
    /// By `source.table`.
    sources: HashMap<String, Vec<usize>>,
    disabled_sources: HashMap<String, Vec<usize>>,
    docs: HashMap<String, Vec<usize>>,
    functions: HashMap<String, Vec<usize>>,
    disabled_functions: HashMap<String, Vec<usize>>,
}

impl Names {
    /// Indexes what was parsed, by position; the manifest must keep the order.
    pub(super) fn new(
        nodes: &IndexMap<UniqueId, Node>,
        sources: &IndexMap<UniqueId, Source>,
        (docs, disabled): (&IndexMap<UniqueId, Doc>, &Disabled),
        (project, order): (&str, RefOrder),
    ) -> Self {
        let mut names = Self { project: project.to_owned(), order, ..Self::default() };
        for (index, node) in nodes.values().enumerate() {
            insert_node(&mut names.nodes, node, index);
            insert_function(&mut names.functions, node, index);
        }
        for (index, node) in disabled.nodes.iter().enumerate() {
            insert_node(&mut names.disabled_nodes, node, index);
            insert_function(&mut names.disabled_functions, node, index);
        }
        for (index, source) in sources.values().enumerate() {
            names.sources.entry(source_key(&source.source_name, &source.name)).or_default().push(index);
        }
        for (index, source) in disabled.sources.iter().enumerate() {
            names.disabled_sources.entry(source_key(&source.source_name, &source.name)).or_default().push(index);
        }
        for (index, doc) in docs.values().enumerate() {
            names.docs.entry(doc.name.clone()).or_default().push(index);
        }
        names
    }

    /// Returns where a `ref` looks first.
    pub(super) fn order(&self) -> RefOrder {
        self.order
    }

    pub(super) fn node<'a>(&self, manifest: &'a Manifest, wanted: Wanted<'_>, from: &str) -> NodeLookup<'a> {
        let key = match wanted.version {
            Some(version) => format!("{}.v{version}", wanted.name),
            None => wanted.name.to_owned(),
        };
        let candidates = self.nodes.get(&key);
        let own = candidates.filter(|_| self.order == RefOrder::OwnFirst && wanted.package.is_none());
        let own = own.and_then(|own| own.iter().copied().find(|&index| manifest.nodes[index].package == from));
        let found =
            own.or_else(|| self.pick(candidates, wanted.package, from, |index| manifest.nodes[index].package.as_str()));
        if let Some(index) = found {
            return NodeLookup::Found(&manifest.nodes[index]);
        }
        let disabled = &manifest.disabled.nodes;
        let found =
            self.pick(self.disabled_nodes.get(&key), wanted.package, from, |index| disabled[index].package.as_str());
        found.map_or(NodeLookup::Missing, |index| NodeLookup::Disabled(&disabled[index]))
    }

    pub(super) fn function<'a>(&self, manifest: &'a Manifest, call: &FunctionCall, from: &str) -> NodeLookup<'a> {
        let package = call.package.as_deref();
        let nodes = &manifest.nodes;
        let found = self.pick(self.functions.get(&call.name), package, from, |index| nodes[index].package.as_str());
        if let Some(index) = found {
            return NodeLookup::Found(&nodes[index]);
        }
        let disabled = &manifest.disabled.nodes;
        let candidates = self.disabled_functions.get(&call.name);
        let found = self.pick(candidates, package, from, |index| disabled[index].package.as_str());
        found.map_or(NodeLookup::Missing, |index| NodeLookup::Disabled(&disabled[index]))
    }

    pub(super) fn source<'a>(&self, manifest: &'a Manifest, wanted: (&str, &str), from: &str) -> SourceLookup<'a> {
        let key = source_key(wanted.0, wanted.1);
        let found = self.pick(self.sources.get(&key), None, from, |index| manifest.sources[index].package.as_str());
        if let Some(index) = found {
            return SourceLookup::Found(&manifest.sources[index]);
        }
        let disabled = &manifest.disabled.sources;
        let found = self.pick(self.disabled_sources.get(&key), None, from, |index| disabled[index].package.as_str());
        found.map_or(SourceLookup::Missing, |index| SourceLookup::Disabled(&disabled[index]))
    }

    pub(super) fn doc<'a>(
        &self,
        manifest: &'a Manifest,
        package: Option<&str>,
        name: &str,
        from: &str,
    ) -> Option<&'a Doc> {
        self.pick(self.docs.get(name), package, from, |index| manifest.docs[index].package.as_str())
            .map(|index| &manifest.docs[index])
    }

    /// Picks one of several resources of the same name: of the package asked for, else of the root project, of the calling
    /// package, of any.
    fn pick<'a>(
        &self,
        candidates: Option<&Vec<usize>>,
        package: Option<&str>,
        from: &str,
        package_of: impl Fn(usize) -> &'a str,
    ) -> Option<usize> {
        let candidates = candidates?;
        let in_package = |wanted: &str| candidates.iter().copied().find(|&index| package_of(index) == wanted);
        match package {
            Some(package) => in_package(package),
            None => in_package(&self.project).or_else(|| in_package(from)).or_else(|| candidates.first().copied()),
        }
    }
}

fn insert_node(map: &mut HashMap<String, Vec<usize>>, node: &Node, index: usize) {
    if !node.resource_type.is_refable() {
        return;
    }
    if let Detail::Model(ModelDetail { version: Some(version), latest_version, .. }) = &node.detail {
        map.entry(format!("{}.v{version}", node.name)).or_default().push(index);
        if latest_version.as_ref() != Some(version) {
            return;
        }
    }
    map.entry(node.name.clone()).or_default().push(index);
}

fn insert_function(map: &mut HashMap<String, Vec<usize>>, node: &Node, index: usize) {
    if matches!(node.detail, Detail::Function(_)) {
        map.entry(node.name.clone()).or_default().push(index);
    }
}

fn source_key(source: &str, table: &str) -> String {
    format!("{source}.{table}")
}
