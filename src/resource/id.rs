//! Names that are unique in a project, and the kinds of resources they name.

use std::fmt;
use std::sync::Arc;

/// The id of a resource as dbt writes it: `type.package.name`, for tests with a hash at the end.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UniqueId(Arc<str>);

impl UniqueId {
    /// Makes the id `type.package.name`.
    pub fn new(resource_type: ResourceType, package: &str, name: &str) -> Self {
        Self(format!("{}.{package}.{name}", resource_type.as_str()).into())
    }

    /// Takes an id that was written before, such as one read from a manifest.
    pub fn from_text(text: &str) -> Self {
        Self(text.into())
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UniqueId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for UniqueId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The kinds of resources, by dbt's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResourceType {
    /// A SQL or Python model.
    Model,
    /// A file in an analysis path: compiled, never run.
    Analysis,
    /// A data test, generic or singular.
    Test,
    /// A snapshot.
    Snapshot,
    /// A hook of `on-run-start` or `on-run-end`.
    Operation,
    /// A CSV file that is loaded as a table.
    Seed,
    /// A SQL text given on the command line.
    SqlOperation,
    /// A block of documentation.
    Doc,
    /// A table that something else makes.
    Source,
    /// A macro.
    Macro,
    /// A use of the project's tables.
    Exposure,
    /// A metric.
    Metric,
    /// A group of models.
    Group,
    /// A saved query.
    SavedQuery,
    /// A semantic model.
    SemanticModel,
    /// A unit test.
    UnitTest,
    /// A user-defined function.
    Function,
}

impl ResourceType {
    /// Every kind that can be listed or selected, in the order of dbt's own list.
    pub const ALL: [Self; 17] = [
        Self::Model,
        Self::Analysis,
        Self::Test,
        Self::Snapshot,
        Self::Operation,
        Self::Seed,
        Self::SqlOperation,
        Self::Doc,
        Self::Source,
        Self::Macro,
        Self::Exposure,
        Self::Metric,
        Self::Group,
        Self::SavedQuery,
        Self::SemanticModel,
        Self::UnitTest,
        Self::Function,
    ];

    /// Returns the name as it stands in ids and artifacts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Analysis => "analysis",
            Self::Test => "test",
            Self::Snapshot => "snapshot",
            Self::Operation => "operation",
            Self::Seed => "seed",
            Self::SqlOperation => "sql_operation",
            Self::Doc => "doc",
            Self::Source => "source",
            Self::Macro => "macro",
            Self::Exposure => "exposure",
            Self::Metric => "metric",
            Self::Group => "group",
            Self::SavedQuery => "saved_query",
            Self::SemanticModel => "semantic_model",
            Self::UnitTest => "unit_test",
            Self::Function => "function",
        }
    }

    /// Returns the name as dbt begins a message with it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Model => "Model",
            Self::Analysis => "Analysis",
            Self::Test => "Test",
            Self::Snapshot => "Snapshot",
            Self::Operation => "Operation",
            Self::Seed => "Seed",
            Self::SqlOperation => "Sql_Operation",
            Self::Doc => "Doc",
            Self::Source => "Source",
            Self::Macro => "Macro",
            Self::Exposure => "Exposure",
            Self::Metric => "Metric",
            Self::Group => "Group",
            Self::SavedQuery => "Saved_Query",
            Self::SemanticModel => "Semantic_Model",
            Self::UnitTest => "Unit_Test",
            Self::Function => "Function",
        }
    }

    /// Returns the word for several of the kind, as dbt's messages have it.
    pub fn plural(self) -> String {
        match self {
            Self::Analysis => "analyses".to_owned(),
            Self::Test => "data_tests".to_owned(),
            Self::SavedQuery => "saved_queries".to_owned(),
            other => format!("{}s", other.as_str()),
        }
    }

    /// Returns the kind of that name; the inverse of [`Self::as_str`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|resource_type| resource_type.as_str() == name)
    }

    /// Returns whether resources of this kind may be named by `ref`.
    pub fn is_refable(self) -> bool {
        matches!(self, Self::Model | Self::Seed | Self::Snapshot)
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
