//! A unit test: a model run on rows that are written down, its result compared with rows that are written down.

use super::{Map, Node, NodeConfig, UniqueId, Value};
use crate::diagnostic::Span;

/// A unit test as its properties file declares it, one for each version of its model.
#[derive(Clone, Debug)]
pub struct UnitTest {
    /// Its id: `unit_test.package.model.name`.
    pub unique_id: UniqueId,
    /// Package.
    pub package: String,
    /// Name.
    pub name: String,
    /// The model it tests, as written.
    pub model: String,
    /// The version of the model it tests, for a versioned one.
    pub version: Option<String>,
    /// The id of the model it tests; none until names are resolved.
    pub tested_node: Option<UniqueId>,
    /// Path of the properties file relative to the resource path.
    pub path: String,
    /// Path of the properties file relative to the package's root.
    pub original_file_path: String,
    /// Package, folders, model and name.
    pub fqn: Vec<String>,
    /// Rendered description.
    pub description: String,
    /// The inputs.
    pub given: Vec<Given>,
    /// What the model must give.
    pub expect: Fixture,
    /// What is replaced while the model is compiled.
    pub overrides: Option<Overrides>,
    /// `versions` as written.
    pub versions: Option<Value>,
    /// Merged configuration.
    pub config: NodeConfig,
    /// What tells whether it changed.
    pub checksum: String,
    /// The test as a node that runs: its code is that of the model; none until names are resolved.
    pub node: Option<Box<Node>>,
    /// The entry in the properties file.
    pub span: Span,
}

impl UnitTest {
    /// Returns the name by which results show it: with `_vN` for a versioned model.
    pub fn versioned_name(&self) -> String {
        match &self.version {
            Some(version) => format!("{}_v{version}", self.name),
            None => self.name.clone(),
        }
    }

    /// Returns the value that is put in the place of a macro's result.
    pub fn macro_override(&self, name: &str) -> Option<&Value> {
        self.overrides.as_ref().and_then(|overrides| overrides.macros.get(name))
    }
}

/// An input of a unit test.
#[derive(Clone, Debug)]
pub struct Given {
    /// `ref('x')`, `source('a', 'b')` or `this`, as written.
    pub input: String,
    /// Where that stands.
    pub input_span: Span,
    /// Its rows.
    pub rows: Fixture,
}

/// Rows that are written down.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// How they are written.
    pub format: FixtureFormat,
    /// A list of mappings, or a text of CSV or SQL; null when they stand in a file.
    pub rows: Value,
    /// Name of the file that they stand in.
    pub fixture: Option<String>,
    /// Where they stand.
    pub span: Span,
}

/// How the rows of a fixture are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixtureFormat {
    /// A list of mappings.
    Dict,
    /// CSV text.
    Csv,
    /// A query.
    Sql,
}

impl FixtureFormat {
    /// Returns the name as users write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dict => "dict",
            Self::Csv => "csv",
            Self::Sql => "sql",
        }
    }
}

/// What a unit test replaces while its model is compiled.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// Results of macros by name.
    pub macros: Map,
    /// Vars.
    pub vars: Map,
    /// Environment variables.
    pub env_vars: Map,
}
