//! What a database says when it refuses a statement.

use std::fmt;

/// The family of a database error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The text is not SQL.
    Syntax,
    /// A column, type or function does not fit.
    Binder,
    /// A table, view, schema or function does not exist, or exists already.
    Catalog,
    /// A value cannot be converted.
    Conversion,
    /// A constraint is violated.
    Constraint,
    /// The file is locked by another process.
    Locked,
    /// A file cannot be read or written.
    Io,
    /// The disk or the temporary directory is full.
    DiskFull,
    /// Memory ran out.
    Memory,
    /// The statement was interrupted.
    Interrupted,
    /// Two transactions changed the same thing.
    Conflict,
    /// Anything else.
    Other,
}

/// An error of the database, with its place in the SQL text when the database gives one.
#[derive(Clone, Debug, thiserror::Error)]
pub struct AdapterError {
    /// The family.
    pub kind: ErrorKind,
    /// The database's words, such as `Binder Error: Referenced column "x" not found`; several lines are possible.
    pub message: String,
    /// Byte offset into the SQL text that was given, when known.
    pub offset: Option<usize>,
    /// Names that the database offers instead of an unknown one.
    pub candidates: Vec<String>,
    /// The SQL text that was run, when there was one.
    pub sql: Option<String>,
}

impl AdapterError {
    /// Makes an error without a place.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), offset: None, candidates: Vec::new(), sql: None }
    }
}

impl fmt::Display for AdapterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}
