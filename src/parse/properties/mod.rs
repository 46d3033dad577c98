//! Properties files (`schema.yml` and the like): YAML into entries, one for each thing described, still with its place.

mod column;
mod config;
mod exposure;
mod fields;
mod function;
mod metric;
mod node;
mod rendering;
mod saved_query;
mod schema;
mod semantic_model;
mod shape;
mod source;
mod time_spine;
mod unit_test;
mod version;
mod words;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, Kind, SourceFile, Span};
use crate::project::TextRenderer;
use crate::resource::ResourceType;
use crate::yaml::{Yaml, YamlValue};

pub(super) use column::ColumnEntry;
pub(super) use exposure::{ExposureEntry, GroupEntry, MacroEntryPatch};
pub(super) use metric::MetricEntry;
pub(super) use node::NodeEntry;
pub(super) use saved_query::{DESTINATION, SavedQueryEntry};
pub(super) use semantic_model::{SemanticModelEntry, parts};
pub(super) use source::{Common, SourceEntry, TableEntry};
pub(super) use unit_test::UnitTestEntry;
pub(super) use version::VersionEntry;

use fields::Fields;

/// A text with its place, as written: templates in it not yet rendered.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A properties file.
#[derive(Debug)]
pub(super) struct PropertiesFile {
    /// The package it belongs to.
    pub package: String,
    /// Its path relative to the package's root.
    pub path: String,
    /// Its path relative to the resource folder.
    pub relative: String,
    /// Its text.
    pub source: Arc<SourceFile>,
}

impl PropertiesFile {
    /// Returns `package://path`, by which artifacts name it.
    pub(super) fn id(&self) -> String {
        format!("{}://{}", self.package, self.path)
    }

    /// Returns the package and the folders that the file is in: the beginning of the fqn of what it declares.
    pub(super) fn fqn(&self) -> Vec<String> {
        let folders = self.relative.rsplit_once('/').map_or("", |(folders, _)| folders);
        std::iter::once(self.package.as_str())
            .chain(folders.split('/').filter(|folder| !folder.is_empty()))
            .map(str::to_owned)
            .collect()
    }
}

/// The sections that describe nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    /// `models:`
    Models,
    /// `seeds:`
    Seeds,
    /// `snapshots:`
    Snapshots,
    /// `analyses:`
    Analyses,
    /// `data_tests:`, for singular tests.
    DataTests,
    /// `functions:`
    Functions,
}

impl Section {
    /// Returns the section's key.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Models => "models",
            Self::Seeds => "seeds",
            Self::Snapshots => "snapshots",
            Self::Analyses => "analyses",
            Self::DataTests => "data_tests",
            Self::Functions => "functions",
        }
    }

    /// Returns the kind of node it describes.
    pub(super) fn resource_type(self) -> ResourceType {
        match self {
            Self::Models => ResourceType::Model,
            Self::Seeds => ResourceType::Seed,
            Self::Snapshots => ResourceType::Snapshot,
            Self::Analyses => ResourceType::Analysis,
            Self::DataTests => ResourceType::Test,
            Self::Functions => ResourceType::Function,
        }
    }
}

/// What all properties files of a project say.
#[derive(Debug, Default)]
pub(super) struct Properties {
    /// Descriptions of nodes.
    pub nodes: Vec<NodeEntry>,
    /// Sources.
    pub sources: Vec<SourceEntry>,
    /// Exposures.
    pub exposures: Vec<ExposureEntry>,
    /// Groups.
    pub groups: Vec<GroupEntry>,
    /// Descriptions of macros.
    pub macros: Vec<MacroEntryPatch>,
    /// Unit tests.
    pub unit_tests: Vec<UnitTestEntry>,
    /// Semantic models.
    pub semantic_models: Vec<SemanticModelEntry>,
    /// `saved_queries:`
    pub saved_queries: Vec<SavedQueryEntry>,
    /// Metrics.
    pub metrics: Vec<MetricEntry>,
    /// Whether a file could not be read at all.
    pub is_partial: bool,
}

const SECTIONS: &[&str] = &[
    "models",
    "seeds",
    "snapshots",
    "analyses",
    "data_tests",
    "tests",
    "sources",
    "exposures",
    "groups",
    "macros",
    "unit_tests",
    "metrics",
    "semantic_models",
    "saved_queries",
    "functions",
    "version",
    "anchors",
];

impl Properties {
    /// Reads one file and adds what it says.
    pub(super) fn read(
        &mut self,
        file: &Arc<PropertiesFile>,
        renderer: &dyn TextRenderer,
        diagnostics: &mut Diagnostics,
    ) {
        let yaml = match crate::yaml::read_trimmed(&file.source) {
            Ok((yaml, repeated)) => {
                diagnostics.extend(repeated);
                yaml
            }
            Err(diagnostic) => {
                self.is_partial = true;
                return diagnostics.push(words::unreadable(file, diagnostic));
            }
        };
        match &yaml.value {
            YamlValue::Null => return,
            YamlValue::Mapping(_) => {}
            _ => {
                return diagnostics.push(
                    Diagnostic::error(Kind::Parsing, "E0210", "a properties file must be a mapping")
                        .at(yaml.span.clone(), format!("this is {}", yaml.kind()))
                        .with_note("Dictionary expected")
                        .in_words(words::no_dictionary(file)),
                );
            }
        }
        for entry in yaml.entries() {
            let section = entry.key.as_str();
            if !SECTIONS.contains(&section) {
                diagnostics.push(
                    Diagnostic::warning(
                        Kind::Parsing,
                        "W0211",
                        format!("unknown key `{section}` in a properties file"),
                    )
                    .at(entry.key_span.clone(), "")
                    .with_nearest(section, SECTIONS.iter().copied()),
                );
                continue;
            }
            let is_list = matches!(entry.value.value, YamlValue::Sequence(_));
            if matches!(section, "version" | "anchors") || (section == "tests" && !is_list) {
                continue;
            }
            for item in items(section, file, &entry.value, diagnostics) {
                let mut found = Diagnostics::new();
                let due = rendering::render(section, item, renderer, &mut found);
                let refusal = if found.has_errors() { None } else { schema::refusal(section, file, &due) };
                self.take(section, item, &mut Fields::new(file, &due, &mut found));
                diagnostics.extend(found.refused(refusal));
            }
        }
    }

    fn take(&mut self, section: &str, written: &Yaml, fields: &mut Fields<'_>) {
        match section {
            "models" => self.nodes.extend(node::read(Section::Models, fields)),
            "seeds" => self.nodes.extend(node::read(Section::Seeds, fields)),
            "snapshots" => self.nodes.extend(node::read(Section::Snapshots, fields)),
            "analyses" => self.nodes.extend(node::read(Section::Analyses, fields)),
            "data_tests" | "tests" => self.nodes.extend(node::read(Section::DataTests, fields)),
            "functions" => self.nodes.extend(node::read(Section::Functions, fields)),
            "sources" => self.sources.extend(source::read(written, fields)),
            "exposures" => self.exposures.extend(exposure::read(fields)),
            "groups" => self.groups.extend(exposure::read_group(fields)),
            "macros" => self.macros.extend(exposure::read_macro(fields)),
            "semantic_models" => self.semantic_models.extend(semantic_model::read(fields)),
            "saved_queries" => self.saved_queries.extend(saved_query::read(fields)),
            "metrics" => self.metrics.extend(metric::read(fields)),
            "unit_tests" => self.unit_tests.extend(unit_test::read(fields)),
            _ => {}
        }
    }
}

/// Returns the mappings of a section; reports a section that is no list and items that are no mappings.
fn items<'a>(section: &str, file: &PropertiesFile, value: &'a Yaml, diagnostics: &mut Diagnostics) -> Vec<&'a Yaml> {
    let YamlValue::Sequence(items) = &value.value else {
        let mistake = Diagnostic::error(Kind::Parsing, "E0210", format!("'{section}' is not a list"))
            .at(value.span.clone(), format!("this is {}", value.kind()))
            .with_help(format!("begin each entry with `- name: …` under `{section}:`"));
        diagnostics.push(words::no_list(mistake, section, file, value));
        return Vec::new();
    };
    let mut mappings = Vec::new();
    for item in items {
        if matches!(item.value, YamlValue::Mapping(_)) {
            mappings.push(item);
        } else {
            let mistake =
                Diagnostic::error(Kind::Parsing, "E0210", format!("an entry of `{section}` must be a mapping"))
                    .at(item.span.clone(), format!("this is {}", item.kind()));
            diagnostics.push(words::no_mapping(mistake, section, file, value));
        }
    }
    mappings
}

#[cfg(test)]
mod tests;
