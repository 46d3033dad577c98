//! A config tree of a project file: keys for a folder, and subtrees for the folders and resources in it.

use indexmap::IndexMap;

use super::keys::{check_key, check_value};
use crate::diagnostic::{Diagnostics, Span};
use crate::resource::{Map, ResourceType};
use crate::yaml::{Yaml, YamlValue};

/// One level of the tree.
pub(crate) struct ConfigTree {
    own: Map,
    below: IndexMap<String, ConfigTree>,
    key: Option<Span>,
}

/// A path in a config tree that configures nothing.
#[derive(Clone, Debug)]
pub(crate) struct UnusedPath {
    /// The path with dots, beginning with the tree's key.
    pub path: String,
    /// Where its last key stands.
    pub span: Option<Span>,
}

impl ConfigTree {
    /// Reads a tree: keys with `+` and keys whose values are no mappings configure, other mappings are subtrees.
    pub(super) fn new(yaml: &Yaml, kind: ResourceType, diagnostics: &mut Diagnostics) -> Self {
        let mut tree = Self { own: Map::new(), below: IndexMap::new(), key: None };
        for entry in yaml.entries() {
            let plain = entry.key.trim_start_matches('+').trim();
            // As in dbt, exposures take their `meta` as it stands there.
            let is_meta = kind == ResourceType::Exposure && plain == "meta";
            if entry.key.starts_with('+') || is_meta || !matches!(entry.value.value, YamlValue::Mapping(_)) {
                check_key(kind, plain, &entry.key_span, diagnostics);
                if let Some(on) = truth(plain, &entry.value) {
                    tree.own.insert(plain.to_owned(), on.into());
                    continue;
                }
                check_value(kind, plain, &entry.value, diagnostics);
                tree.own.insert(plain.to_owned(), entry.value.to_value());
            } else {
                let mut below = Self::new(&entry.value, kind, diagnostics);
                below.key = Some(entry.key_span.clone());
                tree.below.insert(entry.key.clone(), below);
            }
        }
        tree
    }

    /// Gives the keys of each level on the way to `fqn`, outermost first.
    pub(super) fn levels(&self, fqn: &[String], take: &mut impl FnMut(&Map)) {
        let mut tree = self;
        take(&tree.own);
        for part in fqn {
            match tree.below.get(part) {
                Some(below) => tree = below,
                None => return,
            }
            take(&tree.own);
        }
    }

    /// Returns the whole tree's own keys as unused when there is nothing at all to configure.
    pub(super) fn unused_itself(&self, fqns: &[&[String]], path: &str) -> Option<UnusedPath> {
        let is_unused = fqns.is_empty() && !self.own.is_empty();
        is_unused.then(|| UnusedPath { path: path.to_owned(), span: self.key.clone() })
    }

    /// Collects the subtrees with keys of their own that none of `fqns` is under.
    pub(super) fn unused(&self, fqns: &[&[String]], path: &str, unused: &mut Vec<UnusedPath>) {
        for (name, below) in &self.below {
            let under: Vec<&[String]> =
                fqns.iter().filter(|fqn| fqn.first() == Some(name)).map(|fqn| &fqn[1..]).collect();
            let path = format!("{path}.{name}");
            if under.is_empty() && !below.own.is_empty() {
                unused.push(UnusedPath { path: path.clone(), span: below.key.clone() });
            }
            below.unused(&under, &path, unused);
        }
    }
}

/// Returns what `enabled` means when it is written as text: a rendered template may have left it so.
fn truth(key: &str, value: &Yaml) -> Option<bool> {
    match value.as_str().filter(|_| key == "enabled")? {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}
