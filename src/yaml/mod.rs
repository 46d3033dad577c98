//! YAML into typed values that keep file, line and column; the only caller of the YAML reader.
//!
//! Reads what PyYAML reads in dbt projects: YAML 1.1 truth words (`yes`, `no`, `on`, `off`), anchors, merge keys, dates as
//! text, octal and underscored numbers; a key given twice is a warning that shows both places.

mod build;
mod merge;
mod mistake;
mod scalar;
mod value;

use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Severity, SourceFile};

pub use value::{Entry, Yaml, YamlValue};

/// Reads a file that holds one YAML document; an empty file is null.
///
/// # Errors
/// When the text is not YAML, holds several documents, or nests or repeats beyond all reason.
pub fn read(file: &Arc<SourceFile>) -> Result<Yaml, Diagnostic> {
    build::build(file, &file.text)
}

/// Reads a file as dbt reads those of a project: white space at its end does not belong to its last value.
///
/// # Errors
/// As [`read`], save that of equal keys in one mapping the last one counts; they are warnings that come along.
pub fn read_trimmed(file: &Arc<SourceFile>) -> Result<(Yaml, Vec<Diagnostic>), Diagnostic> {
    warned(file, file.text.trim_end())
}

/// Reads a file and warns of equal keys in one mapping, of which the last one counts.
///
/// # Errors
/// As [`read`].
pub fn read_warned(file: &Arc<SourceFile>) -> Result<(Yaml, Vec<Diagnostic>), Diagnostic> {
    warned(file, &file.text)
}

fn warned(file: &Arc<SourceFile>, text: &str) -> Result<(Yaml, Vec<Diagnostic>), Diagnostic> {
    let (yaml, repeated) = build::build_with_repeated(file, text)?;
    let warning = |repeated: Diagnostic| Diagnostic { severity: Severity::Warning, code: "W0111", ..repeated };
    Ok((yaml, repeated.into_iter().map(warning).collect()))
}

/// Reads a text as PyYAML reads an unquoted scalar: a truth word, null, a number, or else text.
pub fn read_scalar(text: &str) -> YamlValue {
    scalar::plain(text)
}

#[cfg(test)]
mod tests;
