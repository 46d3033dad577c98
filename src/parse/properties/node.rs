//! Entries of `models`, `seeds`, `snapshots`, `analyses` and `data_tests`.

use std::sync::Arc;

use super::column::{ColumnEntry, columns, constraints};
use super::config::{config, written};
use super::fields::Fields;
use super::version::{VersionEntry, check_versions, version};
use super::{PropertiesFile, Section, Written, function, time_spine};
use crate::resource::{Constraint, FunctionDetail, Map};
use crate::yaml::Yaml;

/// What a properties file says of a node.
#[derive(Debug)]
pub(crate) struct NodeEntry {
    /// The file.
    pub file: Arc<PropertiesFile>,
    /// The section.
    pub section: Section,
    /// The node's name.
    pub name: Written,
    /// Description, unrendered.
    pub description: Option<Written>,
    /// The configuration: `config`, and the keys that may stand beside it.
    pub config: Map,
    /// The same with templates as they are written.
    pub written_config: Map,
    /// Columns.
    pub columns: Vec<ColumnEntry>,
    /// Tests of the whole node.
    pub tests: Vec<Yaml>,
    /// Whether tests quote the columns' names.
    pub quote_columns: Option<bool>,
    /// Constraints of the whole model.
    pub constraints: Vec<Constraint>,
    /// The version that an unpinned `ref` means.
    pub latest_version: Option<Written>,
    /// The versions of a versioned model.
    pub versions: Vec<VersionEntry>,
    /// When the model is to go.
    pub deprecation_date: Option<String>,
    /// `time_spine` in the form of artifacts.
    pub time_spine: Option<Map>,
    /// For a snapshot without a file: what it is of.
    pub relation: Option<Written>,
    /// For a function: what it takes and gives.
    pub function: Option<FunctionDetail>,
}

const NODE_KEYS: &[&str] =
    &["name", "description", "meta", "docs", "config", "columns", "data_tests", "tests", "group", "quote_columns"];

const MODEL_KEYS: &[&str] = &[
    "name",
    "description",
    "meta",
    "docs",
    "config",
    "columns",
    "data_tests",
    "tests",
    "group",
    "quote_columns",
    "access",
    "contract",
    "constraints",
    "latest_version",
    "versions",
    "deprecation_date",
    "time_spine",
    "data_type",
];

const SNAPSHOT_KEYS: &[&str] = &[
    "name",
    "description",
    "meta",
    "docs",
    "config",
    "columns",
    "data_tests",
    "tests",
    "group",
    "quote_columns",
    "relation",
];

const FUNCTION_KEYS: &[&str] =
    &["name", "description", "meta", "docs", "config", "columns", "data_tests", "tests", "arguments", "returns"];

/// Reads one entry.
pub(super) fn read(section: Section, fields: &mut Fields<'_>) -> Option<NodeEntry> {
    let what = match section {
        Section::Models => "a model",
        Section::Seeds => "a seed",
        Section::Snapshots => "a snapshot",
        Section::Analyses => "an analysis",
        Section::DataTests => "a data test",
        Section::Functions => "a function",
    };
    let name = fields.name(what)?;
    let known = match section {
        Section::Models => MODEL_KEYS,
        Section::Snapshots => SNAPSHOT_KEYS,
        Section::Functions => FUNCTION_KEYS,
        _ => NODE_KEYS,
    };
    fields.expect_keys(what, known);
    let versions: Vec<VersionEntry> = match section {
        Section::Models => {
            fields.mappings("versions").into_iter().filter_map(|yaml| version(&mut fields.of(yaml))).collect()
        }
        _ => Vec::new(),
    };
    let latest_version =
        fields.version("latest_version").map(|text| Written { text, span: fields.key_span("latest_version") });
    check_versions(&name, latest_version.as_ref(), &versions, fields);
    let node_config = config(section, fields);
    let spine = fields.value("time_spine").filter(|yaml| section == Section::Models && !yaml.is_null()).cloned();
    let entry = NodeEntry {
        file: Arc::clone(fields.file),
        section,
        description: fields.text("description"),
        written_config: written(&node_config, fields),
        config: node_config,
        columns: columns(fields),
        tests: fields.tests().unwrap_or_default(),
        quote_columns: fields.bool("quote_columns"),
        constraints: constraints(fields),
        latest_version,
        versions,
        deprecation_date: fields.date("deprecation_date"),
        time_spine: spine.as_ref().map(|yaml| time_spine::read(yaml, fields.diagnostics)),
        relation: fields.text("relation"),
        function: if section == Section::Functions { Some(function::read(&name, fields)?) } else { None },
        name,
    };
    if let Some(yaml) = spine {
        time_spine::check(&entry, &yaml, fields.diagnostics);
    }
    Some(entry)
}
