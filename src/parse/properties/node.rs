//! Entries of `models`, `seeds`, `snapshots`, `analyses` and `data_tests`.

use std::sync::Arc;

use super::fields::Fields;
use super::{PropertiesFile, Section, Written, function, time_spine};
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::parse::config::check_mapping;
use crate::resource::{Column, Constraint, FunctionDetail, Map, Value};
use crate::yaml::{Yaml, YamlValue};

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

/// One version of a versioned model.
#[derive(Debug)]
pub(crate) struct VersionEntry {
    /// The version.
    pub v: String,
    /// Where it stands.
    pub span: Span,
    /// The file's name without extension, when it is not `name_vN`.
    pub defined_in: Option<String>,
    /// Description, when not the model's own.
    pub description: Option<Written>,
    /// Configuration over the model's own.
    pub config: Map,
    /// The same with templates as they are written.
    pub written_config: Map,
    /// Columns of this version only.
    pub columns: Vec<ColumnEntry>,
    /// Which of the model's columns it has.
    pub picked: PickedColumns,
    /// Tests in place of the model's own.
    pub tests: Option<Vec<Yaml>>,
    /// Constraints in place of the model's own.
    pub constraints: Vec<Constraint>,
    /// When it is to go.
    pub deprecation_date: Option<String>,
}

/// `include` and `exclude` of a version.
#[derive(Debug, Default)]
pub(crate) struct PickedColumns {
    /// The columns it has; none means all.
    pub include: Option<Vec<String>>,
    /// The columns it has not.
    pub exclude: Vec<String>,
}

impl PickedColumns {
    /// Returns whether a version has a column of its model.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.include.as_ref().is_none_or(|include| include.iter().any(|name| name == column))
            && !self.exclude.iter().any(|name| name == column)
    }
}

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

const VERSION_KEYS: &[&str] = &[
    "v",
    "defined_in",
    "description",
    "access",
    "config",
    "constraints",
    "docs",
    "data_tests",
    "tests",
    "columns",
    "deprecation_date",
];

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
        tests: tests(fields).unwrap_or_default(),
        quote_columns: fields.bool("quote_columns"),
        constraints: constraints(fields),
        latest_version,
        versions,
        deprecation_date: date(fields, "deprecation_date"),
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

/// Returns a configuration with its templates as they are written: a value that a template made keeps the template's place.
fn written(config: &Map, fields: &Fields<'_>) -> Map {
    let place = |key: &str| {
        let inside = fields.yaml.entry("config").and_then(|config| config.entry(key));
        inside.or_else(|| fields.yaml.entry(key))
    };
    let as_written = |key: &String, value: &Value| place(key).map_or_else(|| value.clone(), as_written);
    config.iter().map(|(key, value)| (key.clone(), as_written(key, value))).collect()
}

fn as_written(yaml: &Yaml) -> Value {
    // Every part of what a template made stands where the template stands.
    let is_made = match &yaml.value {
        YamlValue::Mapping(entries) => entries.iter().all(|entry| entry.key_span.range == yaml.span.range),
        YamlValue::Sequence(items) => items.iter().all(|item| item.span.range == yaml.span.range),
        _ => true,
    };
    let text = yaml.span.text();
    match &yaml.value {
        _ if is_made && (text.contains("{{") || text.contains("{%")) => text.trim_matches(['"', '\'']).into(),
        YamlValue::Mapping(entries) => {
            Value::Object(entries.iter().map(|entry| (entry.key.clone(), as_written(&entry.value))).collect())
        }
        YamlValue::Sequence(items) => items.iter().map(as_written).collect(),
        _ => yaml.to_value(),
    }
}

/// The `config` mapping with the keys that may also stand beside it moved in.
fn config(section: Section, fields: &mut Fields<'_>) -> Map {
    let mut config = fields.map("config");
    if let Some(yaml) = fields.value("config") {
        check_mapping(section.resource_type(), yaml, fields.diagnostics);
    }
    for key in ["meta", "docs", "group", "contract", "access"] {
        let Some(value) = fields.value(key) else { continue };
        if config.contains_key(key) {
            let inside =
                fields.yaml.entry("config").and_then(|config| config.entry(key)).map(|value| value.span.clone());
            let mut diagnostic =
                Diagnostic::error(Kind::Parsing, "E0215", format!("`{key}` stands both in `config` and beside it"))
                    .at(fields.key_span(key), "remove this one");
            if let Some(inside) = inside {
                diagnostic = diagnostic.with_context(inside, "and here");
            }
            fields.diagnostics.push(diagnostic);
            continue;
        }
        config.insert(key.to_owned(), value.to_value());
    }
    if let Some(access) = config.get("access").and_then(Value::as_str)
        && !matches!(access, "private" | "protected" | "public")
    {
        let diagnostic = Diagnostic::error(
            Kind::Parsing,
            "E0216",
            format!("`{access}` is no access: it is `private`, `protected` or `public`"),
        )
        .at(fields.key_span("access"), "")
        .with_nearest(access, ["private", "protected", "public"]);
        fields.diagnostics.push(diagnostic);
    }
    config
}

/// `data_tests` or, by its older name, `tests`; both is an error.
pub(super) fn tests(fields: &mut Fields<'_>) -> Option<Vec<Yaml>> {
    let old = fields.value("tests").is_some_and(|tests| !tests.items().is_empty());
    if old && fields.value("data_tests").is_some() {
        let diagnostic = Diagnostic::error(Kind::Parsing, "E0215", "`tests` and `data_tests` say the same thing")
            .at(fields.key_span("tests"), "remove this one")
            .with_context(fields.key_span("data_tests"), "and keep this one")
            .with_note("Invalid test config: cannot have both 'tests' and 'data_tests' defined");
        fields.diagnostics.push(diagnostic);
    }
    let key = if fields.value("data_tests").is_some() { "data_tests" } else { "tests" };
    fields.value(key)?;
    Some(fields.list(key).to_vec())
}

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

fn is_pick(yaml: &Yaml) -> bool {
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
    Some(ColumnEntry { column, description, tests: tests(fields).unwrap_or_default() })
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

fn constraints(fields: &mut Fields<'_>) -> Vec<Constraint> {
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

fn version(fields: &mut Fields<'_>) -> Option<VersionEntry> {
    let Some(v) = fields.version("v") else {
        fields.diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0214", "a version has no `v`")
                .at(fields.yaml.span.clone(), "in this entry"),
        );
        return None;
    };
    fields.expect_keys("a version", VERSION_KEYS);
    let span = fields.yaml.entry("v").map_or_else(|| fields.yaml.span.clone(), |value| value.span.clone());
    let own_config = config(Section::Models, fields);
    Some(VersionEntry {
        v,
        span,
        defined_in: fields.plain("defined_in"),
        description: fields.text("description"),
        written_config: written(&own_config, fields),
        config: own_config,
        picked: picked(fields),
        columns: columns(fields),
        tests: tests(fields),
        constraints: constraints(fields),
        deprecation_date: date(fields, "deprecation_date"),
    })
}

fn picked(fields: &mut Fields<'_>) -> PickedColumns {
    let mut picked = PickedColumns::default();
    for yaml in fields.mappings("columns").into_iter().filter(|yaml| is_pick(yaml)) {
        let mut fields = fields.of(yaml);
        let include = fields.texts("include");
        let all = include.is_empty() || include.iter().any(|name| name == "*" || name == "all");
        picked.include = if all { None } else { Some(include) };
        picked.exclude = fields.texts("exclude");
    }
    picked
}

fn check_versions(name: &Written, latest: Option<&Written>, versions: &[VersionEntry], fields: &mut Fields<'_>) {
    for (index, version) in versions.iter().enumerate() {
        if let Some(first) = versions[..index].iter().find(|first| first.v == version.v) {
            fields.diagnostics.push(
                Diagnostic::error(
                    Kind::Parsing,
                    "E0218",
                    format!("version {} of `{}` is given twice", version.v, name.text),
                )
                .at(version.span.clone(), "here")
                .with_context(first.span.clone(), "and here"),
            );
        }
    }
    if let Some(latest) = latest
        && !versions.iter().any(|version| version.v == latest.text)
    {
        let known: Vec<&str> = versions.iter().map(|version| version.v.as_str()).collect();
        let title = format!("latest_version {} is not one of the versions of `{}`", latest.text, name.text);
        let mut diagnostic = Diagnostic::error(Kind::Parsing, "E0218", title).at(latest.span.clone(), "");
        if !known.is_empty() {
            diagnostic = diagnostic.with_help(format!("the versions are {}", known.join(", ")));
        }
        fields.diagnostics.push(diagnostic);
    }
}

/// A date or time as ISO 8601 with a zone, as dbt's manifest has it.
fn date(fields: &mut Fields<'_>, key: &str) -> Option<String> {
    let written = fields.text(key)?;
    let text = written.text.trim();
    let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.and_hms_opt(0, 0, 0));
    let formats = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"];
    let parsed =
        day.or_else(|| formats.iter().find_map(|format| chrono::NaiveDateTime::parse_from_str(text, format).ok()));
    if let Some(parsed) = parsed {
        return Some(parsed.and_utc().to_rfc3339());
    }
    let zoned = chrono::DateTime::parse_from_rfc3339(text)
        .or_else(|_| chrono::DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%:z"));
    if zoned.is_err() {
        fields.diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0211", format!("`{key}` must be a date such as 2031-12-31"))
                .at(written.span, ""),
        );
    }
    zoned.ok().map(|zoned| zoned.to_rfc3339())
}
