//! Finds which entry of the properties files describes which node.

use std::collections::{HashMap, HashSet};

use super::Parser;
use super::generic::{Target, Tested};
use super::node::{Draft, Patch};
use super::properties::{ColumnEntry, NodeEntry, Properties, Section, VersionEntry};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::resource::{Node, ResourceType, UniqueId};

/// Tells whether the project file turns a node off.
type IsOff<'a> = dyn Fn(&Draft) -> bool + 'a;

/// Which entry, and which version of it, describes the node of a draft.
#[derive(Clone, Copy)]
struct Found {
    entry: usize,
    version: Option<usize>,
}

/// The entries of all drafts.
pub(super) struct Patches<'a> {
    properties: &'a Properties,
    /// By draft.
    by_draft: HashMap<usize, Found>,
    /// By entry and version: the draft.
    drafts: HashMap<(usize, Option<usize>), usize>,
}

/// Drafts by name; looked up only.
struct Names {
    own: HashMap<(String, ResourceType, String), usize>,
    any: HashMap<(ResourceType, String), usize>,
    /// Nodes that are off, while another package has one of the same name that is not.
    replaced: HashSet<(String, ResourceType, String)>,
    refable: HashMap<String, ResourceType>,
}

impl Names {
    fn new(drafts: &[Draft], is_off: &IsOff<'_>) -> Self {
        let mut names =
            Self { own: HashMap::new(), any: HashMap::new(), replaced: HashSet::new(), refable: HashMap::new() };
        for (index, draft) in drafts.iter().enumerate() {
            names.own.entry((draft.package.clone(), draft.kind, draft.name.clone())).or_insert(index);
            let any = names.any.entry((draft.kind, draft.name.clone())).or_insert(index);
            let first = &drafts[*any];
            // As in dbt, one that the project file turns off is described only when no other package has one of its name.
            if first.package != draft.package && is_off(first) && !is_off(draft) {
                names.replaced.insert((first.package.clone(), first.kind, first.name.clone()));
                *any = index;
            } else if first.package != draft.package && is_off(draft) && !is_off(first) {
                names.replaced.insert((draft.package.clone(), draft.kind, draft.name.clone()));
            }
            if draft.kind.is_refable() {
                names.refable.entry(draft.name.clone()).or_insert(draft.kind);
            }
        }
        names
    }

    /// Reports an entry that enables a node, when several disabled ones have its name.
    fn ambiguous(&self, entry: &NodeEntry, drafts: &[Draft]) -> Option<Diagnostic> {
        let kind = entry.section.resource_type();
        let key = (entry.file.package.clone(), kind, entry.name.text.clone());
        if entry.config.get("enabled") != Some(&true.into()) || !self.own.contains_key(&key) {
            return None;
        }
        let alike = drafts
            .iter()
            .filter(|draft| draft.kind == kind && draft.package == entry.file.package && draft.name == entry.name.text);
        let alike: Vec<&Draft> = alike.collect();
        let is_disabled = |draft: &&Draft| {
            let call = crate::template::scan::config_keywords(draft.code.text());
            call.iter().any(|(key, value)| key == "enabled" && value.to_lowercase().ends_with("value=false)"))
        };
        if alike.len() < 2 || !alike.iter().all(is_disabled) {
            return None;
        }
        let title = format!(
            "Found {} matching disabled nodes for {kind} '{}'. Multiple nodes for the same unique id cannot be enabled \
             in the schema file. They must be enabled in `dbt_project.yml` or in the sql files.",
            alike.len(),
            entry.name.text
        );
        Some(Diagnostic::error(Kind::Parsing, "E0228", title).at(entry.name.span.clone(), "which one is this?"))
    }

    /// Finds a node of the entry's own package; an entry may also describe a node of another package.
    fn find(&self, entry: &NodeEntry, name: &str) -> Option<usize> {
        let kind = entry.section.resource_type();
        let key = (entry.file.package.clone(), kind, name.to_owned());
        let own = self.own.get(&key).filter(|_| !self.replaced.contains(&key));
        own.or_else(|| self.any.get(&(kind, name.to_owned()))).copied()
    }
}

impl<'a> Patches<'a> {
    /// Looks for the node of each entry; reports entries without one, and nodes with two.
    pub(super) fn find(
        (drafts, is_off): (&[Draft], &IsOff<'_>),
        properties: &'a Properties,
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let names = Names::new(drafts, is_off);
        let mut patches = Self { properties, by_draft: HashMap::new(), drafts: HashMap::new() };
        for (index, entry) in properties.nodes.iter().enumerate() {
            if entry.versions.is_empty() {
                diagnostics.extend(names.ambiguous(entry, drafts));
                match names.find(entry, &entry.name.text) {
                    Some(draft) => patches.join(draft, Found { entry: index, version: None }, diagnostics),
                    None => diagnostics.push(no_node(entry, &entry.name.text, &names, drafts)),
                }
                continue;
            }
            for (number, version) in entry.versions.iter().enumerate() {
                match versioned(entry, version, &names) {
                    Ok(draft) => patches.join(draft, Found { entry: index, version: Some(number) }, diagnostics),
                    Err(name) => diagnostics.push(no_node(entry, &name, &names, drafts)),
                }
            }
        }
        patches
    }

    fn join(&mut self, draft: usize, found: Found, diagnostics: &mut Diagnostics) {
        let entry = &self.properties.nodes[found.entry];
        if let Some(first) = self.by_draft.get(&draft) {
            let first = &self.properties.nodes[first.entry];
            let title = format!("the {} `{}` is described twice", entry.section.resource_type(), entry.name.text);
            diagnostics.push(
                Diagnostic::error(Kind::Compilation, "E0222", title)
                    .at(entry.name.span.clone(), "here")
                    .with_context(first.name.span.clone(), "and here")
                    .with_help("join the two entries"),
            );
            return;
        }
        self.by_draft.insert(draft, found);
        self.drafts.insert((found.entry, found.version), draft);
    }

    /// Returns what describes a draft's node.
    pub(super) fn of(&self, draft: usize) -> Option<Patch<'a>> {
        let found = self.by_draft.get(&draft)?;
        let entry = &self.properties.nodes[found.entry];
        Some(Patch { entry, version: found.version.map(|version| &entry.versions[version]) })
    }

    /// Makes the tests of an entry; `made` are the ids and groups of the drafts' nodes.
    pub(super) fn tests(
        &self,
        parser: &Parser<'_>,
        (index, entry): (usize, &NodeEntry),
        made: &[(UniqueId, Option<String>)],
        diagnostics: &mut Diagnostics,
    ) -> Vec<Node> {
        if matches!(entry.section, Section::Analyses | Section::DataTests) {
            return Vec::new();
        }
        // As in dbt, a test is attached to nodes of its own package only.
        let is_own = |id: &UniqueId| id.as_str().split('.').nth(1) == Some(entry.file.package.as_str());
        let node = |version: Option<usize>| {
            let draft = *self.drafts.get(&(index, version))?;
            Some(made[draft].clone()).filter(|(id, _)| is_own(id))
        };
        if entry.versions.is_empty() {
            let target = target(entry, None, node(None));
            return parser.tests(&target, entry.columns.iter(), &entry.tests, diagnostics);
        }
        let mut tests = Vec::new();
        for (number, version) in entry.versions.iter().enumerate() {
            let target = target(entry, Some(version), node(Some(number)));
            let columns: Vec<&ColumnEntry> = entry
                .columns
                .iter()
                .filter(|column| version.picked.has(&column.column.name))
                .chain(&version.columns)
                .collect();
            let own = version.tests.as_ref().unwrap_or(&entry.tests);
            tests.extend(parser.tests(&target, columns.into_iter(), own, diagnostics));
        }
        tests
    }
}

fn target<'a>(
    entry: &'a NodeEntry,
    version: Option<&VersionEntry>,
    node: Option<(UniqueId, Option<String>)>,
) -> Target<'a> {
    let (attached, group) = node.map_or((None, None), |(id, group)| (Some(id), group));
    Target {
        file: &entry.file,
        tested: Tested::Node { name: entry.name.text.clone(), version: version.map(|version| version.v.clone()) },
        attached,
        group,
        file_key: format!("{}.{}", entry.section.key(), entry.name.text),
        tags: Vec::new(),
        quote_columns: entry.quote_columns,
    }
}

/// A version stands in the file that it names, in `name_vN`, or, when it is the latest, in `name`.
fn versioned(entry: &NodeEntry, version: &VersionEntry, names: &Names) -> Result<usize, String> {
    let file = version.defined_in.clone().unwrap_or_else(|| format!("{}_v{}", entry.name.text, version.v));
    if let Some(draft) = names.find(entry, &file) {
        return Ok(draft);
    }
    let latest = match &entry.latest_version {
        Some(latest) => latest.text == version.v,
        None => entry.versions.iter().all(|other| !super::node::is_later(&other.v, &version.v)),
    };
    let plain = if latest { names.find(entry, &entry.name.text) } else { None };
    plain.ok_or(file)
}

fn no_node(entry: &NodeEntry, name: &str, names: &Names, drafts: &[Draft]) -> Diagnostic {
    let section = entry.section.key();
    let at: Span = entry.name.span.clone();
    let is_refable = entry.section.resource_type().is_refable();
    if let Some(kind) = names.refable.get(name).filter(|_| is_refable) {
        return Diagnostic::warning(
            Kind::Parsing,
            "W0222",
            format!("`{name}` is a {kind}, but is described under `{section}`"),
        )
        .at(at, "this entry has no effect")
        .with_help(format!("move it under `{kind}s`"))
        .in_words(format!(
            "'{name}' is a {kind} node, but it is specified in the {section} section of {}. To fix this error, place \
             the `{name}` specification under the {kind}s key instead.",
            entry.file.path
        ))
        .as_event("WrongResourceSchemaFile", [("patch_name", name), ("yaml_key", section)]);
    }
    let same_kind = drafts.iter().filter(|draft| draft.kind == entry.section.resource_type());
    let title = format!(
        "Did not find matching node for patch with name '{name}' in the '{section}' section of file '{}'",
        entry.file.path
    );
    Diagnostic::warning(Kind::Parsing, "W0221", title)
        .at(at, "there is no such node")
        .as_event(
            "NoNodeForYamlKey",
            [("patch_name", name), ("yaml_key", section), ("file_path", entry.file.path.as_str())],
        )
        .with_nearest(name, same_kind.map(|draft| draft.name.as_str()))
}
