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
    /// What to do, each one line, when that is known here.
    pub help: Vec<String>,
}

impl AdapterError {
    /// Makes an error without a place.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), offset: None, candidates: Vec::new(), sql: None, help: Vec::new() }
    }

    /// Adds what to do.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

impl AdapterError {
    /// Returns the line of the SQL text that the error is at, from 1, when it is known.
    pub fn line(&self) -> Option<usize> {
        let before = self.sql.as_deref()?.get(..self.offset?)?;
        Some(before.matches('\n').count() + 1)
    }

    /// Returns the message followed by the line of SQL that it is at, marked below as the database's own shell marks it.
    pub fn with_excerpt(&self) -> String {
        let (Some(sql), Some(offset), Some(line)) = (&self.sql, self.offset, self.line()) else {
            return self.message.clone();
        };
        let start = sql[..offset].rfind('\n').map_or(0, |newline| newline + 1);
        let end = sql[offset..].find('\n').map_or(sql.len(), |newline| offset + newline);
        let lead = format!("LINE {line}: ");
        let indent = lead.len() + sql[start..offset].chars().count();
        format!("{}\n\n{lead}{}\n{:indent$}^", self.message, sql[start..end].trim_end_matches('\r'), "")
    }
}

impl fmt::Display for AdapterError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}
