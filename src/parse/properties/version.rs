//! Entries of `versions` of a model.

use super::column::{ColumnEntry, columns, constraints, is_pick};
use super::config::{config, written};
use super::fields::Fields;
use super::{Section, Written};
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::resource::{Constraint, Map};
use crate::yaml::Yaml;

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

/// Reads one entry of `versions`.
pub(super) fn version(fields: &mut Fields<'_>) -> Option<VersionEntry> {
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
        tests: fields.tests(),
        constraints: constraints(fields),
        deprecation_date: fields.date("deprecation_date"),
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

/// Reports versions that are given twice, and a latest version that there is not.
pub(super) fn check_versions(
    name: &Written,
    latest: Option<&Written>,
    versions: &[VersionEntry],
    fields: &mut Fields<'_>,
) {
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
