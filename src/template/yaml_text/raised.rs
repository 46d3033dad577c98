//! Messages of our own on their way through minijinja.

use std::fmt;

use minijinja::{Error, ErrorKind};

use crate::diagnostic::Diagnostic;

/// A message of our own on its way through minijinja.
#[derive(Debug)]
struct Raised(Box<Diagnostic>);

impl fmt::Display for Raised {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.title)
    }
}

impl std::error::Error for Raised {}

/// Returns our own message inside an error.
pub(super) fn raised(error: &Error) -> Option<&Diagnostic> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(raised) = cause.downcast_ref::<Raised>() {
            return Some(&raised.0);
        }
        source = cause.source();
    }
    None
}

/// Returns the name that an error is about when nobody has defined it.
pub(super) fn unknown_name(error: &Error, word: &str) -> Option<String> {
    match error.kind() {
        ErrorKind::UndefinedError | ErrorKind::UnknownFunction => {
            Some(word.trim().split(['(', '.', '[']).next().unwrap_or_default().trim().to_owned())
        }
        // Of a call of something inside it, only the message tells the name.
        ErrorKind::UnknownMethod => {
            let message = words(error);
            message.split_once("(`")?.1.strip_suffix("` is undefined)").map(str::to_owned)
        }
        _ => None,
    }
}

/// Returns minijinja's words for an error.
pub(super) fn words(error: &Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}

/// Sends a message of our own through minijinja.
pub(super) fn raise(diagnostic: Diagnostic) -> Error {
    Error::new(ErrorKind::InvalidOperation, diagnostic.title.clone()).with_source(Raised(Box::new(diagnostic)))
}
