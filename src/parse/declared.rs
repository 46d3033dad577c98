//! Makes what only properties files declare: exposures, groups, unit tests; and joins macros with what is said of them.

use std::collections::{BTreeMap, BTreeSet};

use super::Parser;
use super::annotations;
use super::calls::{called_macros, lost_dispatch};
use super::config::Own;
use super::literal::{Call, Reference};
use super::parsed::{MacroArgument, MacroEntry};
use super::properties::{ExposureEntry, GroupEntry, MacroEntryPatch, UnitTestEntry};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::resource::{
    DocsConfig, Exposure, Group, Map, MetricCall, RefCall, ResourceType, SourceCall, UniqueId, UnitTest, Value,
};

impl Parser<'_> {
    /// Makes an exposure.
    pub(super) fn exposure(&self, entry: &ExposureEntry, diagnostics: &mut Diagnostics) -> Exposure {
        let package = &entry.file.package;
        let mut fqn = entry.file.fqn();
        fqn.push(entry.name.text.clone());
        let own = Own { patch: Some(&entry.config), call: &Map::new() };
        let merged = self.configs.merge(ResourceType::Exposure, package, &fqn, own);
        let mut config = merged.config;
        // As in dbt, what the project says of all exposures is added to what one has of its own.
        let own = Own { patch: None, call: &Map::new() };
        let project = self.configs.merge(ResourceType::Exposure, package, &[], own).config;
        let tags: BTreeSet<String> = entry.tags.iter().cloned().chain(project.tags()).chain(config.tags()).collect();
        let tags: Vec<String> = tags.into_iter().collect();
        let mut meta = project.map("meta").cloned().unwrap_or_default();
        meta.extend(entry.meta.clone());
        meta.extend(config.map("meta").cloned().unwrap_or_default());
        config.0.insert("tags".into(), tags.clone().into());
        config.0.insert("meta".into(), Value::Object(meta.clone()));
        let Used { refs, sources, metrics } = references(entry, diagnostics);
        let (description, _) = self.docs.describe(entry.description.as_ref(), &self.caller(package), diagnostics);
        Exposure {
            unique_id: UniqueId::new(ResourceType::Exposure, package, &entry.name.text),
            package: package.clone(),
            name: entry.name.text.clone(),
            path: entry.file.relative.clone(),
            original_file_path: entry.file.path.clone(),
            fqn,
            exposure_type: entry.exposure_type.clone(),
            owner: entry.owner.clone(),
            description,
            label: entry.label.clone(),
            maturity: entry.maturity.clone(),
            url: entry.url.clone(),
            meta,
            tags,
            config,
            unrendered_config: merged.unrendered,
            refs,
            sources,
            metrics,
            span: entry.name.span.clone(),
        }
    }

    /// Makes a group.
    pub(super) fn group(&self, entry: &GroupEntry, diagnostics: &mut Diagnostics) -> Group {
        let package = &entry.file.package;
        let mut fqn = entry.file.fqn();
        fqn.push(entry.name.text.clone());
        let own = Own { patch: Some(&entry.config), call: &Map::new() };
        let mut config = self.configs.merge(ResourceType::Group, package, &fqn, own).config;
        // As in dbt, a group takes up what the project file says of models, all but their hooks.
        for hook in ["pre-hook", "post-hook"] {
            config.0.shift_remove(hook);
        }
        let (description, _) = self.docs.describe(entry.description.as_ref(), &self.caller(package), diagnostics);
        Group {
            unique_id: UniqueId::new(ResourceType::Group, package, &entry.name.text),
            package: package.clone(),
            name: entry.name.text.clone(),
            path: entry.file.relative.clone(),
            original_file_path: entry.file.path.clone(),
            owner: entry.owner.clone(),
            description,
            config,
            span: entry.name.span.clone(),
        }
    }

    /// Makes a unit test; which versions of its model it is for is known only when names are resolved.
    pub(super) fn unit_test(&self, entry: &UnitTestEntry, diagnostics: &mut Diagnostics) -> UnitTest {
        let package = &entry.file.package;
        let inner: Vec<&str> = entry.file.path.split('/').skip(1).collect();
        let folders = inner.iter().take(inner.len().saturating_sub(1)).map(|folder| (*folder).to_owned());
        let names = [entry.model.text.clone(), entry.name.text.clone()];
        let fqn: Vec<String> = std::iter::once(package.clone()).chain(folders).chain(names).collect();
        let own = Own { patch: Some(&entry.config), call: &Map::new() };
        let config = self.configs.merge(ResourceType::UnitTest, package, &fqn, own).config;
        let (description, _) = self.docs.describe(entry.description.as_ref(), &self.caller(package), diagnostics);
        UnitTest {
            unique_id: UniqueId::new(
                ResourceType::UnitTest,
                package,
                &format!("{}.{}", entry.model.text, entry.name.text),
            ),
            package: package.clone(),
            name: entry.name.text.clone(),
            model: entry.model.text.clone(),
            version: None,
            tested_node: None,
            path: entry.file.relative.clone(),
            original_file_path: entry.file.path.clone(),
            fqn,
            description,
            given: entry.given.clone(),
            expect: entry.expect.clone(),
            overrides: entry.overrides.clone(),
            versions: entry.versions.clone(),
            config,
            checksum: String::new(),
            node: None,
            span: entry.name.span.clone(),
        }
    }

    /// Joins all macros with what properties files say of them.
    pub(super) fn macros(
        &self,
        patches: &[MacroEntryPatch],
        diagnostics: &mut Diagnostics,
    ) -> BTreeMap<UniqueId, MacroEntry> {
        let mut entries = BTreeMap::new();
        // dbt stops at the first dispatch that leads nowhere, whether anybody calls it or not.
        let definitions = self.templates.definitions();
        diagnostics.extend(definitions.iter().find_map(|definition| lost_dispatch(definition, &self.templates)));
        for definition in definitions {
            let entry = MacroEntry {
                definition: definition.clone(),
                description: String::new(),
                arguments: self.own_arguments(definition),
                depends_on_macros: called_macros(definition, &self.templates),
                meta: Map::new(),
                docs: DocsConfig::default(),
                patch_path: None,
            };
            entries.insert(definition.unique_id.clone(), entry);
        }
        let mut places: BTreeMap<UniqueId, Span> = BTreeMap::new();
        for patch in patches {
            let id = UniqueId::new(ResourceType::Macro, &patch.file.package, &patch.name.text);
            let Some(entry) = entries.get_mut(&id) else {
                diagnostics.push(self.unknown_macro(patch));
                continue;
            };
            if let Some(first) = places.insert(id, patch.name.span.clone()) {
                diagnostics.push(
                    Diagnostic::error(
                        Kind::Compilation,
                        "E0222",
                        format!("the macro `{}` is described twice", patch.name.text),
                    )
                    .at(patch.name.span.clone(), "here")
                    .with_context(first, "and here"),
                );
                continue;
            }
            if self.templates.lists_arguments() {
                diagnostics.extend(annotations::check(&entry.arguments, patch));
            }
            self.describe_macro(entry, patch, diagnostics);
        }
        entries
    }

    /// Returns the parameters as arguments when dbt would list them.
    fn own_arguments(&self, definition: &crate::resource::MacroDefinition) -> Vec<MacroArgument> {
        // dbt lists them for what stands in folders of macros, not for tests in folders of tests.
        let is_test = definition.kind == crate::resource::MacroKind::Test;
        let is_internal = super::templates::INTERNAL.contains(&definition.package.as_str());
        let is_among_tests = definition.original_file_path.starts_with("tests/");
        if !self.templates.lists_arguments() || is_test && (is_internal || is_among_tests) {
            return Vec::new();
        }
        let argument =
            |name: &String| MacroArgument { name: name.clone(), argument_type: None, description: String::new() };
        definition.parameters.iter().map(|parameter| argument(&parameter.name)).collect()
    }

    fn unknown_macro(&self, patch: &MacroEntryPatch) -> Diagnostic {
        let own = self.templates.definitions().iter().filter(|definition| definition.package == patch.file.package);
        Diagnostic::warning(
            Kind::Parsing,
            "W0221",
            format!("found patch for macro \"{}\" which was not found", patch.name.text),
        )
        .at(patch.name.span.clone(), "there is no such macro")
        .as_event("MacroNotFoundForPatch", [("patch_name", patch.name.text.as_str())])
        .with_nearest(&patch.name.text, own.map(|definition| definition.name.as_str()))
    }

    fn describe_macro(&self, entry: &mut MacroEntry, patch: &MacroEntryPatch, diagnostics: &mut Diagnostics) {
        let caller = self.caller(&patch.file.package);
        entry.description = self.docs.describe(patch.description.as_ref(), &caller, diagnostics).0;
        let described: Vec<MacroArgument> = patch
            .arguments
            .iter()
            .map(|(name, argument_type, description)| MacroArgument {
                name: name.clone(),
                argument_type: argument_type.clone(),
                description: self.docs.describe(description.as_ref(), &caller, diagnostics).0,
            })
            .collect();
        if !described.is_empty() {
            entry.arguments = described;
        }
        entry.meta.clone_from(&patch.meta);
        entry.docs = DocsConfig {
            show: patch.docs.get("show").and_then(Value::as_bool).unwrap_or(true),
            node_color: patch.docs.get("node_color").and_then(Value::as_str).map(str::to_owned),
        };
        entry.patch_path = Some(patch.file.id());
    }
}

/// What an exposure is made of.
#[derive(Default)]
struct Used {
    refs: Vec<RefCall>,
    sources: Vec<SourceCall>,
    metrics: Vec<MetricCall>,
}

fn references(entry: &ExposureEntry, diagnostics: &mut Diagnostics) -> Used {
    let mut used = Used::default();
    for written in &entry.depends_on {
        match Reference::read(&written.text, &written.span) {
            Some(Reference::Ref(call)) => {
                if !used.refs.iter().any(|known| known.is_same(&call)) {
                    used.refs.push(call);
                }
            }
            Some(Reference::Source(call)) => used.sources.push(call),
            None if let Some(call) = Call::whole(&written.text).and_then(|call| call.as_metric()) => {
                used.metrics.push(call);
            }
            None => diagnostics.push(
                Diagnostic::error(
                    Kind::Parsing,
                    "E0237",
                    format!("`{}` is none of `ref(…)`, `source(…)` and `metric(…)`", written.text),
                )
                .at(written.span.clone(), "what the exposure is made of is expected here"),
            ),
        }
    }
    used
}
