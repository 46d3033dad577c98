//! Turns what goes wrong in the context's functions into template errors that keep their cause.

use minijinja::Error;

use super::ResolveError;
use crate::adapter::AdapterError;
use crate::diagnostic::{Diagnostic, Kind};
use crate::template::FailureCause;
use crate::template::failure::RaisedCause;

/// The template is wrong, in dbt's words a compilation error.
pub(crate) fn compilation(message: impl Into<String>) -> Error {
    RaisedCause::raise(FailureCause::Template(message.into()))
}

/// Something of another family than the template is wrong.
pub(crate) fn of_kind(kind: Kind, code: &'static str, message: impl Into<String>) -> Error {
    resolve(Box::new(Diagnostic::error(kind, code, message)))
}

/// A name does not resolve.
pub(crate) fn resolve(diagnostic: ResolveError) -> Error {
    RaisedCause::raise(FailureCause::Resolve(diagnostic))
}

/// The database refused a statement.
pub(crate) fn database(error: AdapterError) -> Error {
    RaisedCause::raise(FailureCause::Database(Box::new(error)))
}
