//! A node of the DAG that the engine can run: model, seed, snapshot, analysis, data test, operation.

use std::sync::Arc;

use indexmap::IndexMap;

use super::{Column, Constraint, Map, MetricCall, NodeConfig, Relation, ResourceType, UniqueId, Value};
use crate::diagnostic::{SourceFile, Span};

/// A `ref(…)` as it was called while the node was parsed.
#[derive(Clone, Debug)]
pub struct RefCall {
    /// Package, when given.
    pub package: Option<String>,
    /// Name.
    pub name: String,
    /// Version, when given: a number or a text, as text.
    pub version: Option<String>,
    /// Whether the version was given as a text, which it then stays in the manifest.
    pub is_text_version: bool,
    /// Where the call stands, when that is known: not for names that a template computed.
    pub span: Option<Span>,
}

impl RefCall {
    /// Returns whether both name the same thing, wherever they stand.
    pub fn is_same(&self, other: &Self) -> bool {
        (&self.package, &self.name, &self.version) == (&other.package, &other.name, &other.version)
    }
}

/// A `source(…)` as it was called while the node was parsed.
#[derive(Clone, Debug)]
pub struct SourceCall {
    /// Name of the source.
    pub source: String,
    /// Name of the table.
    pub table: String,
    /// Where the call stands, when that is known.
    pub span: Option<Span>,
}

/// A `function(…)` as it was called while the node was parsed.
#[derive(Clone, Debug)]
pub struct FunctionCall {
    /// Package, when given.
    pub package: Option<String>,
    /// Name.
    pub name: String,
    /// Where the call stands, when that is known.
    pub span: Option<Span>,
}

/// What tells whether a node's file changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-256, in hex, of the file's text without white space around it.
    Sha256(String),
    /// The path of a seed that is too large to be read for this.
    Path(String),
    /// Nothing: the node has no file of its own.
    #[default]
    None,
}

impl Checksum {
    /// Returns the name of the kind as artifacts give it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sha256(_) => "sha256",
            Self::Path(_) => "path",
            Self::None => "none",
        }
    }

    /// Returns the text itself; empty for none.
    pub fn text(&self) -> &str {
        match self {
            Self::Sha256(text) | Self::Path(text) => text,
            Self::None => "",
        }
    }
}

/// How a node shows in the documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocsConfig {
    /// Whether it shows at all.
    pub show: bool,
    /// Colour in the graph.
    pub node_color: Option<String>,
}

impl Default for DocsConfig {
    fn default() -> Self {
        Self { show: true, node_color: None }
    }
}

/// What all nodes have in common. Immutable once parsed.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its id.
    pub unique_id: UniqueId,
    /// Its kind.
    pub resource_type: ResourceType,
    /// The package it belongs to.
    pub package: String,
    /// Its name; a versioned model's name is without version.
    pub name: String,
    /// Path of its file relative to the resource path (`staging/stg_a.sql`), with `/`.
    pub path: String,
    /// Path of its file relative to its package's root (`models/staging/stg_a.sql`), with `/`.
    pub original_file_path: String,
    /// Package, folders and name, as selection by `fqn` uses them.
    pub fqn: Vec<String>,
    /// Name in the database.
    pub alias: String,
    /// Database it is built in.
    pub database: String,
    /// Schema it is built in.
    pub schema: String,
    /// Its place in the database; none for what makes no relation (analyses, operations, tests that store nothing).
    pub relation: Option<Relation>,
    /// The template text: the file's text without a byte order mark, trimmed; a seed has none.
    pub raw_code: String,
    /// `sql` or `python`.
    pub language: String,
    /// What tells whether its file changed.
    pub checksum: Checksum,
    /// The file that the raw code stands in and where; a generic test's is the entry in the properties file.
    pub span: Span,
    /// Its merged configuration.
    pub config: NodeConfig,
    /// Its tags: those of its configuration, for tests also those of the column or source they are on.
    pub tags: Vec<String>,
    /// Its group; a generic test is in the group of the node it is on.
    pub group: Option<String>,
    /// Configuration from the node's own places as written, templates unrendered.
    pub unrendered_config: Map,
    /// The keyword arguments of `config()` calls in the code.
    pub config_call: Map,
    /// Rendered description.
    pub description: String,
    /// The docs blocks that the description is made of.
    pub doc_blocks: Vec<UniqueId>,
    /// Columns by name, in order.
    pub columns: IndexMap<String, Column>,
    /// Documentation settings.
    pub docs: DocsConfig,
    /// `package://path` of its properties file.
    pub patch_path: Option<String>,
    /// Its calls of `ref` in order, also those that say the same.
    pub refs: Vec<RefCall>,
    /// Its calls of `source` in order, also those that say the same.
    pub sources: Vec<SourceCall>,
    /// Its calls of `function` in order, also those that say the same.
    pub functions: Vec<FunctionCall>,
    /// The metrics it calls.
    pub metrics: Vec<MetricCall>,
    /// Ids of the macros it called while parsed, each once, in order.
    pub macros: Vec<UniqueId>,
    /// What only its kind has.
    pub detail: Detail,
}

impl Node {
    /// Returns the file it is written in.
    pub fn file(&self) -> &Arc<SourceFile> {
        &self.span.file
    }

    /// Returns the name by which users select and see it: the name, with `.vN` for a versioned model.
    pub fn search_name(&self) -> String {
        match &self.detail {
            Detail::Model(ModelDetail { version: Some(version), .. }) => format!("{}.v{version}", self.name),
            _ => self.name.clone(),
        }
    }

    /// Returns whether it is a model that other nodes take in as a CTE.
    pub fn is_ephemeral(&self) -> bool {
        self.resource_type == ResourceType::Model && self.config.materialized() == "ephemeral"
    }

    /// Returns where its compiled code is written below `compiled/` and `run/` of the target folder: below its package and
    /// file; a generic test has a file of its own name in a folder that is called like its properties file.
    pub fn output_path(&self) -> String {
        // Several nodes can stand in one file (generic tests, snapshots of a properties file): it becomes their folder.
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        if name(&self.path) == name(&self.original_file_path) {
            format!("{}/{}", self.package, self.original_file_path)
        } else {
            format!("{}/{}/{}", self.package, self.original_file_path, self.path)
        }
    }

    /// Returns what a data test says of itself.
    pub fn test(&self) -> Option<&TestDetail> {
        match &self.detail {
            Detail::Test(test) => Some(test),
            _ => None,
        }
    }
}

/// What only one kind of node has.
#[derive(Clone, Debug)]
pub enum Detail {
    /// A model.
    Model(ModelDetail),
    /// A seed: the package's root folder, absolute.
    Seed {
        /// Absolute path of the package's root.
        root_path: String,
    },
    /// A data test.
    Test(TestDetail),
    /// A hook of the project: its place in the list.
    Operation {
        /// Index from 0.
        index: usize,
    },
    /// A function of the database.
    Function(FunctionDetail),
    /// Nothing more.
    Other,
}

/// What only functions have.
#[derive(Clone, Debug, Default)]
pub struct FunctionDetail {
    /// Its arguments, in order.
    pub arguments: Vec<FunctionArgument>,
    /// What it gives.
    pub returns: Option<FunctionReturns>,
}

/// An argument of a function.
#[derive(Clone, Debug)]
pub struct FunctionArgument {
    /// Name.
    pub name: String,
    /// Type, as written.
    pub data_type: String,
    /// Description, as written.
    pub description: Option<String>,
    /// What it is when it is not given.
    pub default_value: Option<Value>,
    /// Where the name stands.
    pub span: Span,
}

/// What a function gives.
#[derive(Clone, Debug)]
pub struct FunctionReturns {
    /// Type, as written.
    pub data_type: String,
    /// Description, as written.
    pub description: Option<String>,
}

/// What only models have.
#[derive(Clone, Debug, Default)]
pub struct ModelDetail {
    /// Version, as text.
    pub version: Option<String>,
    /// The version that an unpinned `ref` means.
    pub latest_version: Option<String>,
    /// `private`, `protected` or `public`.
    pub access: String,
    /// When it is to go, ISO 8601.
    pub deprecation_date: Option<String>,
    /// Constraints over the whole model.
    pub constraints: Vec<Constraint>,
    /// The columns that tell its rows apart, as far as constraints or tests say so; sorted.
    pub primary_key: Vec<String>,
    /// What tells whether its enforced contract changed.
    pub contract_checksum: Option<String>,
    /// The `time_spine` mapping as written.
    pub time_spine: Option<Map>,
}

/// What only data tests have.
#[derive(Clone, Debug, Default)]
pub struct TestDetail {
    /// For a generic test: the name of its macro without `test_`.
    pub generic: Option<String>,
    /// For a generic test of a package: that package.
    pub namespace: Option<String>,
    /// Arguments of the call, `model` and `column_name` included.
    pub arguments: Map,
    /// The column it is attached to.
    pub column: Option<String>,
    /// The node or source it is attached to.
    pub attached: Option<UniqueId>,
    /// Key of the properties file entry's file, `package://path`.
    pub file_key: Option<String>,
}
