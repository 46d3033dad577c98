//! A column as the user describes it in a properties file.

use super::{Map, UniqueId, Value};

/// A column's declared properties.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    /// Its name as written.
    pub name: String,
    /// What it means; rendered.
    pub description: String,
    /// The docs blocks that the description is made of.
    pub doc_blocks: Vec<UniqueId>,
    /// Declared type, as written.
    pub data_type: Option<String>,
    /// Whether the name is to be quoted.
    pub quote: Option<bool>,
    /// Free properties.
    pub meta: Map,
    /// Tags, which its tests inherit.
    pub tags: Vec<String>,
    /// Declared constraints.
    pub constraints: Vec<Constraint>,
    /// Its `config`: `meta` and `tags`, as merged.
    pub config: Map,
    /// `granularity`, for time spines.
    pub granularity: Option<String>,
    /// Keys dbt does not know, kept as written.
    pub extra: Map,
}

/// A declared constraint of a column or a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// `not_null`, `unique`, `primary_key`, `foreign_key`, `check` or `custom`.
    pub constraint_type: String,
    /// Optional name.
    pub name: Option<String>,
    /// Condition of a `check`, or the whole of a `custom` one.
    pub expression: Option<String>,
    /// Columns it is over, for a model's constraint.
    pub columns: Vec<String>,
    /// The relation a foreign key refers to, unrendered.
    pub to: Option<String>,
    /// The columns a foreign key refers to.
    pub to_columns: Vec<String>,
    /// Whether to warn when the database does not know the kind.
    pub warn_unsupported: bool,
    /// Whether to warn when the database does not enforce it.
    pub warn_unenforced: bool,
}

impl Constraint {
    /// Returns the constraint as dbt's artifacts and macros see it.
    pub fn to_value(&self) -> Value {
        serde_json::json!({
            "type": self.constraint_type,
            "name": self.name,
            "expression": self.expression,
            "warn_unenforced": self.warn_unenforced,
            "warn_unsupported": self.warn_unsupported,
            "to": self.to,
            "to_columns": self.to_columns,
            "columns": self.columns,
        })
    }
}
