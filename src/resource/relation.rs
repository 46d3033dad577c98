//! The name of a table or view in the database, and the only place that quotes identifiers.

use std::fmt;

/// What a relation is in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelationKind {
    /// A table.
    Table,
    /// A view.
    View,
    /// A common table expression: an ephemeral model or a fixture.
    Cte,
    /// A materialized view.
    MaterializedView,
    /// A file outside the database behind a view.
    External,
    /// A table function.
    Function,
}

impl RelationKind {
    /// Returns dbt's name of the kind.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::Cte => "cte",
            Self::MaterializedView => "materialized_view",
            Self::External => "external",
            Self::Function => "function",
        }
    }

    /// Returns the kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Table, Self::View, Self::Cte, Self::MaterializedView, Self::External, Self::Function]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// Which parts of a relation's name are quoted, or, as an include policy, shown at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QuotePolicy {
    /// The database part.
    pub database: bool,
    /// The schema part.
    pub schema: bool,
    /// The identifier part.
    pub identifier: bool,
}

impl QuotePolicy {
    /// All parts; DuckDB's default in dbt.
    pub const ALL: Self = Self { database: true, schema: true, identifier: true };
}

/// A possibly partial name `database.schema.identifier` with what is known of the thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Relation {
    /// Database (catalog) name.
    pub database: Option<String>,
    /// Schema name.
    pub schema: Option<String>,
    /// Table or view name.
    pub identifier: Option<String>,
    /// What it is, when known.
    pub kind: Option<RelationKind>,
    /// Which parts are quoted.
    pub quote: QuotePolicy,
    /// Which parts are rendered.
    pub include: QuotePolicy,
    /// Text that stands in the relation's place when it is not a table: `read_csv(…)` of an external source. Rendered verbatim.
    pub external: Option<String>,
    /// How many rows are read of it where a template writes it down: 0 with `--empty`.
    pub limit: Option<u64>,
    /// The condition on what is read of it where a template writes it down: a window of event time.
    pub filter: Option<String>,
}

impl Relation {
    /// Makes a whole name of unknown kind, everything quoted and included.
    pub fn new(database: impl Into<String>, schema: impl Into<String>, identifier: impl Into<String>) -> Self {
        Self {
            database: Some(database.into()),
            schema: Some(schema.into()),
            identifier: Some(identifier.into()),
            kind: None,
            quote: QuotePolicy::ALL,
            include: QuotePolicy::ALL,
            external: None,
            limit: None,
            filter: None,
        }
    }

    /// Returns the same name with its kind.
    pub fn of_kind(mut self, kind: RelationKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Returns the name as SQL: `"db"."schema"."identifier"`, or the text that stands in its place.
    pub fn render(&self) -> String {
        if let Some(external) = &self.external {
            return external.clone();
        }
        if self.kind == Some(RelationKind::Cte) {
            return self.identifier.clone().unwrap_or_default();
        }
        let mut text = String::new();
        let parts = [
            (&self.database, self.include.database, self.quote.database),
            (&self.schema, self.include.schema, self.quote.schema),
            (&self.identifier, self.include.identifier, self.quote.identifier),
        ];
        for (name, included, quoted) in parts {
            let (Some(name), true) = (name, included) else { continue };
            if !text.is_empty() {
                text.push('.');
            }
            if quoted {
                text.push_str(&quote(name));
            } else {
                text.push_str(name);
            }
        }
        text
    }

    /// Returns what a template writes down: the name, or the query that reads the rows that this run may see.
    pub fn read(&self) -> String {
        let limited = self.limited();
        match &self.filter {
            Some(filter) => format!("(select * from {limited} where {filter})"),
            None => limited,
        }
    }

    /// Returns the name, or the query that reads as many rows as are allowed.
    pub fn limited(&self) -> String {
        match self.limit {
            Some(0) => format!("(select * from {} where false limit 0)", self.render()),
            Some(limit) => format!("(select * from {} limit {limit})", self.render()),
            None => self.render(),
        }
    }

    /// Returns the key by which the database tells relations apart: lower-cased database, schema and identifier.
    pub fn key(&self) -> (String, String, String) {
        let lower = |part: &Option<String>| part.as_deref().unwrap_or_default().to_lowercase();
        (lower(&self.database), lower(&self.schema), lower(&self.identifier))
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.read())
    }
}

/// Quotes an identifier for SQL: in double quotes, with those inside doubled.
pub fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::{QuotePolicy, Relation};

    #[test]
    fn a_relation_that_is_read_in_part_still_has_its_name() {
        let relation =
            Relation { limit: Some(0), filter: Some("at >= 'x'".to_owned()), ..Relation::new("d", "s", "t") };
        assert_eq!(
            relation.to_string(),
            r#"(select * from (select * from "d"."s"."t" where false limit 0) where at >= 'x')"#
        );
        assert_eq!(relation.render(), r#""d"."s"."t""#);
    }

    #[test]
    fn a_relation_renders_its_included_parts_quoted() {
        let mut relation = Relation::new("dev", "main", "a \"b\"");
        assert_eq!(relation.render(), r#""dev"."main"."a ""b""""#);
        relation.include.database = false;
        relation.quote = QuotePolicy { database: false, schema: false, identifier: true };
        assert_eq!(relation.render(), r#"main."a ""b""""#);
    }
}
