//! Entries of `columns`, and the constraints of columns and models.

use super::fields::Fields;
use super::{Written, time_spine};
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{Column, Constraint, Map, Value};
use crate::yaml::Yaml;

/// What a properties file says of a column.
#[derive(Clone, Debug)]
pub(crate) struct ColumnEntry {
    /// The column; its description is unrendered.
    pub column: Column,
    /// The description with its place.
    pub description: Option<Written>,
    /// Its tests.
    pub tests: Vec<Yaml>,
}

const COLUMN_KEYS: &[&str] = &[
    "name",
    "description",
    "meta",
    "data_type",
    "constraints",
    "docs",
    "config",
    "data_tests",
    "tests",
    "quote",
    "tags",
    "granularity",
    "policy_tags",
];

/// Reads `columns`; an entry that only says `include` or `exclude` is none.
pub(super) fn columns(fields: &mut Fields<'_>) -> Vec<ColumnEntry> {
    let mut columns: Vec<ColumnEntry> = Vec::new();
    for yaml in fields.mappings("columns") {
        if is_pick(yaml) {
            continue;
        }
        if let Some(column) = column(&mut fields.of(yaml)) {
            columns.push(column);
        }
    }
    columns
}

/// Returns whether an entry of `columns` only picks columns of the model for a version.
pub(super) fn is_pick(yaml: &Yaml) -> bool {
    yaml.entry("name").is_none() && (yaml.entry("include").is_some() || yaml.entry("exclude").is_some())
}

fn column(fields: &mut Fields<'_>) -> Option<ColumnEntry> {
    let name = fields.name("a column")?;
    let description = fields.text("description");
    let config = fields.map("config");
    let mut meta = fields.map("meta");
    meta.extend(config.get("meta").and_then(Value::as_object).cloned().unwrap_or_default());
    let mut tags = fields.texts("tags");
    match config.get("tags") {
        Some(Value::String(tag)) => tags.push(tag.clone()),
        Some(Value::Array(more)) => tags.extend(more.iter().filter_map(Value::as_str).map(str::to_owned)),
        _ => {}
    }
    let mut seen = std::collections::BTreeSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    let known = fields.yaml.entries().iter().filter(|entry| !COLUMN_KEYS.contains(&entry.key.as_str()));
    let extra: Map = known.map(|entry| (entry.key.clone(), entry.value.to_value())).collect();
    warn_of_slips(fields);
    let merged = [("meta".to_owned(), Value::Object(meta.clone())), ("tags".to_owned(), Value::from(tags.clone()))];
    let column = Column {
        name: name.text,
        description: description.as_ref().map(|written| written.text.clone()).unwrap_or_default(),
        doc_blocks: Vec::new(),
        data_type: fields.plain("data_type"),
        quote: fields.bool("quote"),
        constraints: constraints(fields),
        granularity: time_spine::granularity(fields),
        config: merged.into_iter().collect(),
        meta,
        tags,
        extra,
    };
    Some(ColumnEntry { column, description, tests: fields.tests().unwrap_or_default() })
}

/// Columns may carry keys of other tools, so only those near a known one are doubted.
fn warn_of_slips(fields: &mut Fields<'_>) {
    for entry in fields.yaml.entries() {
        if COLUMN_KEYS.contains(&entry.key.as_str()) {
            continue;
        }
        let diagnostic =
            Diagnostic::warning(Kind::Parsing, "W0211", format!("unknown key `{}` in a column", entry.key))
                .at(entry.key_span.clone(), "it has no effect")
                .with_nearest(&entry.key, COLUMN_KEYS.iter().copied());
        if !diagnostic.help.is_empty() {
            fields.diagnostics.push(diagnostic);
        }
    }
}

const CONSTRAINTS: &[&str] = &["check", "not_null", "unique", "primary_key", "foreign_key", "custom"];

/// Reads `constraints`.
pub(super) fn constraints(fields: &mut Fields<'_>) -> Vec<Constraint> {
    let mut constraints = Vec::new();
    for yaml in fields.mappings("constraints") {
        let mut fields = fields.of(yaml);
        let Some(kind) = fields.text("type") else {
            fields.diagnostics.push(
                Diagnostic::error(Kind::Parsing, "E0217", "a constraint has no `type`")
                    .at(yaml.span.clone(), "this one"),
            );
            continue;
        };
        if !CONSTRAINTS.contains(&kind.text.as_str()) {
            let diagnostic =
                Diagnostic::error(Kind::Parsing, "E0217", format!("there is no constraint `{}`", kind.text))
                    .at(kind.span, format!("one of {} is expected", CONSTRAINTS.join(", ")))
                    .with_nearest(&kind.text, CONSTRAINTS.iter().copied());
            fields.diagnostics.push(diagnostic);
            continue;
        }
        constraints.push(Constraint {
            constraint_type: kind.text,
            name: fields.plain("name"),
            expression: fields.plain("expression"),
            columns: fields.texts("columns"),
            to: fields.plain("to"),
            to_columns: fields.texts("to_columns"),
            warn_unsupported: fields.bool("warn_unsupported").unwrap_or(true),
            warn_unenforced: fields.bool("warn_unenforced").unwrap_or(true),
        });
    }
    constraints
}
