//! Merges the places that configure a node into one mapping, by dbt's rules.
//!
//! In order: the defaults of its kind, its own package's project file by path, its properties, its own `config()` calls, and, for
//! a node of another package, the root project's file. Most keys are replaced by a later place; some are joined, see [`merge`].

mod checks;
mod defaults;
mod keys;
mod merge;
mod tree;

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostics;
use crate::project::Project;
use crate::resource::{Map, NodeConfig, ResourceType, Value};

pub(super) use checks::{check_function, check_merged};
pub(super) use keys::{check_call, check_mapping};
pub(super) use merge::{apply_call, finish, hook_key};
pub(super) use tree::{ConfigTree, UnusedPath};

use defaults::defaults;
use merge::Rules;

/// What configures one node besides the project files.
#[derive(Clone, Copy)]
pub(super) struct Own<'a> {
    /// The `config` of its properties, as rendered.
    pub patch: Option<&'a Map>,
    /// Its `config()` calls.
    pub call: &'a Map,
}

/// The result of merging.
pub(super) struct Merged {
    /// The configuration.
    pub config: NodeConfig,
    /// The same places without defaults and without joining, as dbt keeps them for comparing states.
    pub unrendered: Map,
}

type Trees = BTreeMap<String, BTreeMap<ResourceType, ConfigTree>>;

/// The config trees of all packages, ready for look-up.
pub(super) struct Configs {
    root: String,
    /// Whether states are compared by what was written also where that is a template in a model or a properties file.
    pub(super) keeps_templates: bool,
    trees: Trees,
    /// The trees before their templates were rendered, of the packages that have templates in them.
    unrendered: Trees,
    defaults: BTreeMap<ResourceType, Map>,
}

impl Configs {
    /// Reads the config trees of the project and its packages; reports values of wrong types where they stand.
    pub(super) fn new(project: &Project, diagnostics: &mut Diagnostics) -> Self {
        let mut trees = BTreeMap::new();
        let mut unrendered = BTreeMap::new();
        for package in std::iter::once(project).chain(&project.packages) {
            let of_package: BTreeMap<ResourceType, ConfigTree> = package
                .configs
                .iter()
                .map(|(resource_type, yaml)| (*resource_type, ConfigTree::new(yaml, *resource_type, diagnostics)))
                .collect();
            trees.insert(package.name.clone(), of_package);
            if package.file.text.contains("{{") || package.file.text.contains("{%") {
                unrendered.insert(package.name.clone(), as_written(package));
            }
        }
        let defaults = ResourceType::ALL.into_iter().map(|kind| (kind, defaults(kind))).collect();
        let keeps_templates = project.flags.get("state_modified_compare_more_unrendered_values");
        let keeps_templates = keeps_templates.and_then(Value::as_bool).unwrap_or_default();
        Self { root: project.name.clone(), keeps_templates, trees, unrendered, defaults }
    }

    /// Merges the configuration of one node.
    pub(super) fn merge(&self, kind: ResourceType, package: &str, fqn: &[String], own: Own<'_>) -> Merged {
        let rules = Rules::of(kind);
        let mut config = self.defaults.get(&kind).cloned().unwrap_or_default();
        let mut take = |layer: &Map| rules.apply(&mut config, layer);
        levels(&self.trees, package, kind, fqn, &mut take);
        own.patch.into_iter().for_each(&mut take);
        take(own.call);
        if package != self.root {
            levels(&self.trees, &self.root, kind, fqn, &mut take);
        }
        finish(kind, &mut config);
        let unrendered = self.unrendered(kind, package, fqn, own);
        Merged { config: NodeConfig(config), unrendered }
    }

    /// Puts the places that configure one node over each other, without defaults and without joining.
    pub(super) fn unrendered(&self, kind: ResourceType, package: &str, fqn: &[String], own: Own<'_>) -> Map {
        let mut unrendered = Map::new();
        let mut take = |layer: &Map| merge::clobber(&mut unrendered, layer);
        // As in dbt, what the project file says of semantic models and saved queries is not kept as it was written, and functions
        // have what it says of models.
        let has_trees = !matches!(kind, ResourceType::SemanticModel | ResourceType::SavedQuery);
        let kind = if kind == ResourceType::Function { ResourceType::Model } else { kind };
        if has_trees {
            levels(self.written(package), package, kind, fqn, &mut take);
        }
        own.patch.into_iter().for_each(&mut take);
        take(own.call);
        if has_trees && package != self.root {
            levels(self.written(&self.root), &self.root, kind, fqn, &mut take);
        }
        unrendered
    }

    /// Returns the tags that the project files give a node, without its own places.
    pub(super) fn tags(&self, kind: ResourceType, package: &str, fqn: &[String], call: &Map) -> Vec<String> {
        let mut tags = Vec::new();
        let mut take = |layer: &Map| match layer.get("tags") {
            Some(Value::String(tag)) => tags.push(tag.clone()),
            Some(Value::Array(items)) => tags.extend(items.iter().filter_map(Value::as_str).map(str::to_owned)),
            _ => {}
        };
        levels(&self.trees, package, kind, fqn, &mut take);
        take(call);
        if package != self.root {
            levels(&self.trees, &self.root, kind, fqn, &mut take);
        }
        tags
    }

    /// Returns the trees that hold a package's as they are written.
    fn written(&self, package: &str) -> &Trees {
        if self.unrendered.contains_key(package) { &self.unrendered } else { &self.trees }
    }

    /// Returns the paths of the root project's trees that no resource is under, given the fqns of all resources by kind.
    pub(super) fn unused<'a>(&'a self, fqns: &BTreeMap<ResourceType, Vec<&'a [String]>>) -> Vec<UnusedPath> {
        let Some(trees) = self.trees.get(&self.root) else { return Vec::new() };
        let nothing = Vec::new();
        let mut unused = Vec::new();
        for (kind, tree) in trees {
            let fqns = fqns.get(kind).unwrap_or(&nothing);
            unused.extend(tree.unused_itself(fqns, tree_name(*kind)));
            tree.unused(fqns, tree_name(*kind), &mut unused);
        }
        unused
    }
}

fn levels(trees: &Trees, package: &str, kind: ResourceType, fqn: &[String], take: &mut impl FnMut(&Map)) {
    if let Some(tree) = trees.get(package).and_then(|trees| trees.get(&tree_of(kind))) {
        tree.levels(fqn, take);
    }
}

/// Reads the config trees of a package once more, with their templates. It was read before, so nothing can be wrong with it.
fn as_written(package: &Project) -> BTreeMap<ResourceType, ConfigTree> {
    let Ok(yaml) = crate::yaml::read(&package.file) else { return BTreeMap::new() };
    let mut nothing = Diagnostics::new();
    let tree = |kind: &ResourceType| {
        let written =
            yaml.entry(tree_name(*kind)).or_else(|| yaml.entry("tests").filter(|_| *kind == ResourceType::Test));
        Some((*kind, ConfigTree::new(written?, *kind, &mut nothing)))
    };
    package.configs.keys().filter_map(tree).collect()
}

/// Returns whose config tree configures a kind: analyses and hooks follow the models'.
pub(super) fn tree_of(kind: ResourceType) -> ResourceType {
    match kind {
        ResourceType::Analysis | ResourceType::Operation | ResourceType::SqlOperation | ResourceType::Group => {
            ResourceType::Model
        }
        other => other,
    }
}

/// Returns the key of a kind's config tree in the project file.
pub(super) fn tree_name(kind: ResourceType) -> &'static str {
    match kind {
        ResourceType::Seed => "seeds",
        ResourceType::Snapshot => "snapshots",
        ResourceType::Source => "sources",
        ResourceType::Test => "data_tests",
        ResourceType::UnitTest => "unit_tests",
        ResourceType::Exposure => "exposures",
        ResourceType::Function => "functions",
        ResourceType::Metric => "metrics",
        ResourceType::SemanticModel => "semantic_models",
        ResourceType::SavedQuery => "saved_queries",
        _ => "models",
    }
}

#[cfg(test)]
mod tests;
