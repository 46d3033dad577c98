//! Sources, exposures, groups, docs blocks and macros.

use indexmap::IndexMap;

use super::{Column, Map, MetricCall, NodeConfig, RefCall, Relation, SourceCall, UniqueId};
use crate::diagnostic::Span;

/// A table that something else makes, declared in a properties file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its id: `source.package.source.table`.
    pub unique_id: UniqueId,
    /// Package.
    pub package: String,
    /// Name of the source.
    pub source_name: String,
    /// Name of the table.
    pub name: String,
    /// Path of the properties file relative to the resource path.
    pub path: String,
    /// Path of the properties file relative to the package's root.
    pub original_file_path: String,
    /// Package, folders, source and table.
    pub fqn: Vec<String>,
    /// Database.
    pub database: String,
    /// Schema.
    pub schema: String,
    /// Name in the database.
    pub identifier: String,
    /// Its place in the database, or the text that reads it.
    pub relation: Relation,
    /// Who loads it.
    pub loader: String,
    /// Rendered description of the table.
    pub description: String,
    /// The docs blocks that the description is made of.
    pub doc_blocks: Vec<UniqueId>,
    /// Rendered description of the source.
    pub source_description: String,
    /// Free properties of the source.
    pub source_meta: Map,
    /// Merged configuration; `meta`, `tags` and `freshness` included.
    pub config: NodeConfig,
    /// Free properties of the table.
    pub meta: Map,
    /// Tags.
    pub tags: Vec<String>,
    /// Columns by name.
    pub columns: IndexMap<String, Column>,
    /// When it counts as stale.
    pub freshness: Option<Freshness>,
    /// Expression of the load time.
    pub loaded_at_field: Option<String>,
    /// Query of the load time.
    pub loaded_at_query: Option<String>,
    /// The `external` mapping as written.
    pub external: Option<Map>,
    /// The `quoting` mapping as written.
    pub quoting: Map,
    /// Unrendered configuration.
    pub unrendered_config: Map,
    /// `database` as written.
    pub unrendered_database: Option<String>,
    /// `schema` as written.
    pub unrendered_schema: Option<String>,
    /// Path of the properties file that overrides it, when another package does.
    pub patch_path: Option<String>,
    /// The entry in the properties file.
    pub span: Span,
}

/// When a source counts as stale.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Freshness {
    /// Age that warns.
    pub warn_after: FreshnessLimit,
    /// Age that fails.
    pub error_after: FreshnessLimit,
    /// Condition on the rows looked at.
    pub filter: Option<String>,
}

impl Freshness {
    /// Returns whether any age counts as stale.
    pub fn has_limit(&self) -> bool {
        self.warn_after.age().is_some() || self.error_after.age().is_some()
    }
}

/// What is said of an age.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FreshnessLimit {
    /// Nothing.
    #[default]
    Unset,
    /// That none counts, by `null`; artifacts tell it from nothing.
    Off,
    /// That what is older counts.
    Age(Age),
}

impl FreshnessLimit {
    /// Returns the age that counts.
    pub fn age(&self) -> Option<&Age> {
        match self {
            Self::Age(age) => Some(age),
            Self::Unset | Self::Off => None,
        }
    }
}

/// An age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Age {
    /// How many periods.
    pub count: i64,
    /// `minute`, `hour` or `day`.
    pub period: String,
}

/// Who answers for an exposure or a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Owner {
    /// Name.
    pub name: Option<String>,
    /// Address, or a list of them.
    pub email: Option<super::Value>,
    /// Whatever else stands there.
    pub extra: Map,
}

/// A use of the project's tables, such as a dashboard.
#[derive(Clone, Debug)]
pub struct Exposure {
    /// Its id.
    pub unique_id: UniqueId,
    /// Package.
    pub package: String,
    /// Name.
    pub name: String,
    /// Path of the properties file relative to the resource path.
    pub path: String,
    /// Path of the properties file relative to the package's root.
    pub original_file_path: String,
    /// Package, folders, name.
    pub fqn: Vec<String>,
    /// `dashboard`, `notebook`, `analysis`, `ml` or `application`.
    pub exposure_type: String,
    /// Who answers for it.
    pub owner: Owner,
    /// Rendered description.
    pub description: String,
    /// Title.
    pub label: Option<String>,
    /// `low`, `medium` or `high`.
    pub maturity: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// Free properties.
    pub meta: Map,
    /// Tags.
    pub tags: Vec<String>,
    /// Configuration.
    pub config: NodeConfig,
    /// Unrendered configuration.
    pub unrendered_config: Map,
    /// What it refers to.
    pub refs: Vec<RefCall>,
    /// What it refers to.
    pub sources: Vec<SourceCall>,
    /// What it refers to.
    pub metrics: Vec<MetricCall>,
    /// The entry in the properties file.
    pub span: Span,
}

/// A group of models.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub unique_id: UniqueId,
    /// Package.
    pub package: String,
    /// Name.
    pub name: String,
    /// Path of the properties file relative to the resource path.
    pub path: String,
    /// Path of the properties file relative to the package's root.
    pub original_file_path: String,
    /// Who answers for it.
    pub owner: Owner,
    /// Rendered description.
    pub description: String,
    /// Configuration.
    pub config: NodeConfig,
    /// The entry in the properties file.
    pub span: Span,
}

/// A `{% docs %}` block.
#[derive(Clone, Debug)]
pub struct Doc {
    /// Its id: `doc.package.name`.
    pub unique_id: UniqueId,
    /// Package.
    pub package: String,
    /// Name.
    pub name: String,
    /// Path of the file relative to the resource path.
    pub path: String,
    /// Path of the file relative to the package's root.
    pub original_file_path: String,
    /// Its text, trimmed.
    pub block_contents: String,
}

/// What kind of block defined a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MacroKind {
    /// `{% macro %}`.
    Macro,
    /// `{% test %}` or `{% data_test %}`.
    Test,
    /// `{% materialization %}`.
    Materialization {
        /// Name of the materialization.
        name: String,
        /// The adapter it is for, or `default`.
        adapter: String,
        /// The languages it takes; empty means SQL.
        languages: Vec<String>,
    },
    /// `{% snapshot %}`: not a macro, but the same kind of block.
    Snapshot,
    /// `{% docs %}`: likewise.
    Docs,
}

/// A parameter of a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroParameter {
    /// Name.
    pub name: String,
    /// Default as written.
    pub default: Option<String>,
}

/// A macro, test or materialization as the scanner found it.
#[derive(Clone, Debug)]
pub struct MacroDefinition {
    /// Its id: `macro.package.name`, with the name's prefix of its kind.
    pub unique_id: UniqueId,
    /// Package; the built-in ones are `dbt` and `dbt_duckdb`.
    pub package: String,
    /// Name with the prefix of its kind: `test_x`, `materialization_x_adapter`.
    pub name: String,
    /// What block defined it.
    pub kind: MacroKind,
    /// Its parameters.
    pub parameters: Vec<MacroParameter>,
    /// Path of its file relative to the package's root.
    pub original_file_path: String,
    /// The whole block, from `{%` of the head to `%}` of the end.
    pub span: Span,
}
