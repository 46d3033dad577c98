//! YAML into typed values that keep file, line and column; the only caller of the YAML reader.
//!
//! Reads what PyYAML reads in dbt projects: YAML 1.1 truth words (`yes`, `no`, `on`, `off`), anchors, merge keys, dates as
//! text, octal and underscored numbers; a key given twice is an error that shows both places.

mod build;
mod merge;
mod mistake;
mod scalar;
mod value;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, SourceFile};

pub use value::{Entry, Yaml, YamlValue};

/// Reads a file that holds one YAML document; an empty file is null.
///
/// # Errors
/// When the text is not YAML, holds several documents, gives a key twice, or nests or repeats beyond all reason.
pub fn read(file: &Arc<SourceFile>) -> Result<Yaml, Diagnostic> {
    build::build(file, &file.text)
}

/// Reads a file as dbt reads those of a project: white space at its end does not belong to its last value.
///
/// # Errors
/// As [`read`].
pub fn read_trimmed(file: &Arc<SourceFile>) -> Result<Yaml, Diagnostic> {
    build::build(file, file.text.trim_end())
}

/// Reads a text as PyYAML reads an unquoted scalar: a truth word, null, a number, or else text.
pub fn read_scalar(text: &str) -> YamlValue {
    scalar::plain(text)
}

#[cfg(test)]
mod tests;
