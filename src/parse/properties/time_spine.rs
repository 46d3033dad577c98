//! `time_spine` of a model: which of its columns count time, for query engines of metrics.

use super::fields::Fields;
use super::shape::{self, GRANULARITY, Key, Rule};
use super::{ColumnEntry, NodeEntry};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::parse::generic::text::repr;
use crate::resource::{Map, Value};
use crate::yaml::Yaml;

const TIME_SPINE: &[Key] =
    &[Key::must("standard_granularity_column", Rule::Text), Key::may("custom_granularities", Rule::Parts(CUSTOM))];

const CUSTOM: &[Key] = &[Key::must("name", Rule::Text), Key::may("column_name", Rule::Text)];

/// Reads the unit of time of a column, which may be written in any case.
pub(super) fn granularity(fields: &mut Fields<'_>) -> Option<String> {
    let written = fields.plain("granularity")?;
    let span = fields.value("granularity").map_or_else(|| fields.yaml.span.clone(), |yaml| yaml.span.clone());
    let read = GRANULARITY.read(&written, &span);
    read.map(str::to_owned).map_err(|mistake| fields.diagnostics.push(*mistake)).ok()
}

/// Reads a time spine into the form of artifacts.
pub(super) fn read(yaml: &Yaml, diagnostics: &mut Diagnostics) -> Map {
    shape::part("models", TIME_SPINE, yaml, diagnostics)
}

/// Reports columns of a time spine that the model does not have, in dbt's words.
pub(super) fn check(entry: &NodeEntry, yaml: &Yaml, diagnostics: &mut Diagnostics) {
    let Some(spine) = &entry.time_spine else { return };
    let columns = latest_columns(entry);
    let names: Vec<&str> = columns.iter().map(|column| column.column.name.as_str()).collect();
    let mut refuse = |title: String, at: &Yaml, label: &str| {
        diagnostics.push(Diagnostic::error(Kind::Parsing, "E0211", title).at(at.span.clone(), label));
    };
    let place = yaml.entry("standard_granularity_column").unwrap_or(yaml);
    let standard = spine.get("standard_granularity_column").and_then(Value::as_str).unwrap_or_default();
    match columns.iter().find(|column| column.column.name == standard) {
        None => {
            let latest = if entry.latest_version.is_some() { " for latest version" } else { "" };
            let title = format!(
                "Time spine standard granularity column must be defined on the model. Got invalid column name \
                 '{standard}' for model '{}'. Valid names{latest}: {}.",
                entry.name.text,
                repr(&names.clone().into())
            );
            return refuse(title, place, "not among the columns of the model");
        }
        Some(column) if column.column.granularity.is_none() => {
            let title = format!(
                "Time spine standard granularity column must have a granularity defined. Please add one for column \
                 '{standard}' in model '{}'.",
                entry.name.text
            );
            return refuse(title, place, "this column has none");
        }
        Some(_) => {}
    }
    let custom = spine.get("custom_granularities").and_then(Value::as_array).into_iter().flatten();
    let named = custom.filter_map(|part| {
        let text = |key: &str| part.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        text("column_name").or_else(|| text("name"))
    });
    let missing: Vec<&str> = named.filter(|name| !names.contains(name)).collect();
    if !missing.is_empty() {
        let title = format!(
            "Time spine custom granularity columns do not exist in the model. Columns not found: {}; Available columns: {}",
            repr(&missing.clone().into()),
            repr(&names.clone().into())
        );
        refuse(title, yaml.entry("custom_granularities").unwrap_or(yaml), "");
    }
}

/// The columns of the latest version, when it is said which that is; else those of the model.
fn latest_columns(entry: &NodeEntry) -> Vec<&ColumnEntry> {
    let latest = entry.latest_version.as_ref();
    let version = latest.and_then(|latest| entry.versions.iter().find(|version| version.v == latest.text));
    match version {
        None => entry.columns.iter().collect(),
        Some(version) => {
            let picked = entry.columns.iter().filter(|column| version.picked.has(&column.column.name));
            picked.chain(&version.columns).collect()
        }
    }
}
