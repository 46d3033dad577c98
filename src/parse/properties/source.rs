//! Entries of `sources`.

use std::sync::Arc;

use super::column::{ColumnEntry, columns};
use super::fields::Fields;
use super::{PropertiesFile, Written};
use crate::diagnostic::{Diagnostic, Kind};
use crate::parse::config::check_mapping;
use crate::resource::{Map, ResourceType, Value};
use crate::yaml::Yaml;

/// A source with its tables.
#[derive(Debug)]
pub(crate) struct SourceEntry {
    /// The file.
    pub file: Arc<PropertiesFile>,
    /// Name.
    pub name: Written,
    /// The package whose source of the same name it changes, instead of being one itself.
    pub overrides: Option<Written>,
    /// Description, unrendered.
    pub description: Option<Written>,
    /// Database.
    pub database: Option<String>,
    /// Database as written.
    pub unrendered_database: Option<String>,
    /// Schema.
    pub schema: Option<String>,
    /// Schema as written.
    pub unrendered_schema: Option<String>,
    /// Who loads it.
    pub loader: Option<String>,
    /// What its tables have unless they say otherwise.
    pub common: Common,
    /// Its tables.
    pub tables: Vec<TableEntry>,
}

/// What may be said of a source as of a table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Common {
    /// `meta`.
    pub meta: Map,
    /// `tags`.
    pub tags: Vec<String>,
    /// `config`.
    pub config: Map,
    /// `quoting`.
    pub quoting: Map,
    /// `freshness`: none when it is not there, null when it is switched off.
    pub freshness: Option<Value>,
    /// `loaded_at_field`; null when it is switched off.
    pub loaded_at_field: Option<Value>,
    /// `loaded_at_query`.
    pub loaded_at_query: Option<String>,
}

/// A table of a source.
#[derive(Clone, Debug)]
pub(crate) struct TableEntry {
    /// Name.
    pub name: Written,
    /// Description, unrendered.
    pub description: Option<Written>,
    /// Name in the database, when it is another.
    pub identifier: Option<String>,
    /// What it says over its source.
    pub common: Common,
    /// `external` as written.
    pub external: Option<Map>,
    /// Columns.
    pub columns: Vec<ColumnEntry>,
    /// Tests of the whole table.
    pub tests: Vec<Yaml>,
    /// Whether tests quote the columns' names.
    pub quote_columns: Option<bool>,
}

const SOURCE_KEYS: &[&str] = &[
    "name",
    "description",
    "meta",
    "database",
    "schema",
    "loader",
    "quoting",
    "freshness",
    "loaded_at_field",
    "loaded_at_query",
    "tables",
    "tags",
    "config",
    "overrides",
];

const TABLE_KEYS: &[&str] = &[
    "name",
    "description",
    "meta",
    "config",
    "columns",
    "data_tests",
    "tests",
    "loaded_at_field",
    "loaded_at_query",
    "identifier",
    "quoting",
    "freshness",
    "external",
    "tags",
    "docs",
    "data_type",
    "quote_columns",
    "constraints",
];

/// Reads one source; `written` is the entry before rendering.
pub(super) fn read(written: &Yaml, fields: &mut Fields<'_>) -> Option<SourceEntry> {
    let name = fields.name("a source")?;
    fields.require_keys("sources", SOURCE_KEYS);
    let as_written = |key: &str| written.entry(key).and_then(Yaml::as_str).map(str::to_owned);
    let tables: Vec<TableEntry> =
        fields.mappings("tables").into_iter().filter_map(|yaml| table(&mut fields.of(yaml))).collect();
    Some(SourceEntry {
        file: Arc::clone(fields.file),
        overrides: fields.text("overrides"),
        description: fields.text("description"),
        database: fields.plain("database"),
        unrendered_database: as_written("database"),
        schema: fields.plain("schema"),
        unrendered_schema: as_written("schema"),
        loader: fields.plain("loader"),
        common: common(fields),
        tables,
        name,
    })
}

fn table(fields: &mut Fields<'_>) -> Option<TableEntry> {
    let name = fields.name("a table of a source")?;
    fields.expect_keys("a table of a source", TABLE_KEYS);
    Some(TableEntry {
        description: fields.text("description"),
        identifier: fields.plain("identifier"),
        common: common(fields),
        external: fields.value("external").map(Yaml::to_map),
        columns: columns(fields),
        tests: fields.tests().unwrap_or_default(),
        quote_columns: fields.bool("quote_columns"),
        name,
    })
}

fn common(fields: &mut Fields<'_>) -> Common {
    if let Some(config) = fields.value("config") {
        check_mapping(ResourceType::Source, config, fields.diagnostics);
    }
    let freshness = fields.yaml.entry("freshness").map(|yaml| {
        check_freshness(yaml, fields);
        yaml.to_value()
    });
    let field = fields.yaml.entry("loaded_at_field").map(Yaml::to_value);
    if field.as_ref().and_then(Value::as_str) == Some("") {
        let span = fields.key_span("loaded_at_field");
        fields
            .diagnostics
            .push(Diagnostic::error(Kind::Parsing, "E0211", "`loaded_at_field` must not be empty").at(span, ""));
    }
    let config = fields.map("config");
    let query = fields.plain("loaded_at_query");
    let has = |key: &str| config.get(key).is_some_and(|value| !value.is_null());
    let has_field = field.as_ref().is_some_and(|value| !value.is_null()) || has("loaded_at_field");
    if has_field && (query.is_some() || has("loaded_at_query")) {
        let span = fields.key_span("loaded_at_query");
        fields.diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0215", "`loaded_at_field` and `loaded_at_query` exclude each other")
                .at(span, ""),
        );
    }
    Common {
        meta: fields.map("meta"),
        tags: fields.texts("tags"),
        quoting: fields.map("quoting"),
        loaded_at_query: query,
        loaded_at_field: field,
        freshness,
        config,
    }
}

fn check_freshness(yaml: &Yaml, fields: &mut Fields<'_>) {
    for key in ["warn_after", "error_after"] {
        let Some(period) = yaml.entry(key).and_then(|limit| limit.entry("period")) else { continue };
        let Some(text) = period.as_str() else { continue };
        if !matches!(text, "minute" | "hour" | "day") {
            fields.diagnostics.push(
                Diagnostic::error(
                    Kind::Parsing,
                    "E0211",
                    format!("`{text}` is no period: it is `minute`, `hour` or `day`"),
                )
                .at(period.span.clone(), "")
                .with_nearest(text, ["minute", "hour", "day"]),
            );
        }
    }
}
