//! What it takes to write a relation to a file.

use std::path::Path;

use crate::resource::Relation;

/// How a file holds rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileFormat {
    /// Comma separated values: UTF-8, a header, RFC 4180 quotes, line feeds, nothing for NULL.
    Csv,
    /// Apache Parquet, compressed with zstd.
    Parquet,
    /// One JSON object a line.
    Json,
}

impl FileFormat {
    /// Returns the format of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "parquet" => Some(Self::Parquet),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// Returns its name, which is also the extension of its files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Json => "json",
        }
    }
}

/// What becomes of text that a spreadsheet would run as a formula: `=1+1`, `+1`, `-1`, `@sum`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Formulas {
    /// It stays as it is; for readers that are programs.
    #[default]
    Kept,
    /// An apostrophe goes before it, which spreadsheets take for text (OWASP, "CSV Injection").
    Escaped,
}

/// A relation to be written to a file.
#[derive(Clone, Copy, Debug)]
pub struct FileExport<'a> {
    /// What is written.
    pub relation: &'a Relation,
    /// Names of the columns that the rows are sorted by; none for all columns in order.
    pub order_by: &'a [String],
    /// How.
    pub format: FileFormat,
    /// Whether texts that look like formulas are made harmless; CSV only.
    pub formulas: Formulas,
    /// Where to; an existing file is replaced.
    pub path: &'a Path,
}
