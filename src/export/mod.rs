//! Relations into CSV, Parquet, JSON, XLSX and Markdown files, published together with a manifest of checksums.
//!
//! The form of the files: UTF-8 without a byte order mark, a header, RFC 4180 quotes, line feeds; nothing for NULL and `""` for
//! an empty text; points in time as `2024-01-31T10:00:00Z` (one without a zone counts as UTC); numbers without exponents or
//! thousands separators as far as their type can be written out; nested values as JSON; rows sorted by the grain, or by all
//! columns when there is none. JSON files hold one object a line. Parquet is compressed with zstd.
//!
//! How files are replaced: everything is written into a folder beside them first. When all of it is there, that folder is
//! renamed, and only then its files are moved over the former ones; a process killed before leaves the former files whole, and
//! one killed in between is finished by the next [`publish`] or [`recover`].

mod check;
mod lines;
mod manifest;
mod staging;
mod workbook;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::adapter::{AdapterError, ColumnType, FileExport, Session};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::resource::Relation;
use staging::Staging;

pub use crate::adapter::{FileFormat, Formulas};
pub use staging::recover;

/// How a file holds rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// A form that the database writes by itself.
    File(FileFormat),
    /// A workbook for Excel and its kin: typed cells, links that open.
    Xlsx,
    /// The lines of a text: the relation's one text column, a line a row, in the order of the grain.
    Markdown,
}

impl Format {
    /// The names of all formats.
    pub const NAMES: [&str; 5] = ["csv", "parquet", "json", "xlsx", "markdown"];

    /// Returns the format of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "xlsx" => Some(Self::Xlsx),
            "markdown" | "md" => Some(Self::Markdown),
            _ => FileFormat::from_name(name).map(Self::File),
        }
    }

    /// Returns the extension of its files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File(format) => format.as_str(),
            Self::Xlsx => "xlsx",
            Self::Markdown => "md",
        }
    }
}

/// A relation to publish.
#[derive(Clone, Debug)]
pub struct ExportItem {
    /// Name of the file without its extension.
    pub name: String,
    /// What is written.
    pub relation: Relation,
    /// How.
    pub format: Format,
    /// What becomes of texts that look like formulas, in CSV; cells of a workbook never run.
    pub formulas: Formulas,
    /// The columns that sort the rows: the grain.
    pub order_by: Vec<String>,
}

impl ExportItem {
    /// Returns the name of the file.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.name, self.format.as_str())
    }
}

/// The run that publishes, as the manifest names it.
#[derive(Clone, Debug)]
pub struct RunStamp {
    /// Its id.
    pub run_id: String,
    /// When it began.
    pub exported_at: DateTime<Utc>,
    /// The time that the data stand for, when the project says so.
    pub as_of: Option<String>,
}

/// A file that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The item's name.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// How many rows it has.
    pub rows: u64,
    /// Its length.
    pub bytes: u64,
    /// Its checksum in hex.
    pub sha256: String,
    /// Its columns with the database's types.
    pub columns: Vec<ColumnType>,
}

/// Writes the items into a folder, replacing files of the same names and the manifest, all together or not at all.
///
/// Files in the folder that are not among the items stay, and stay in the manifest.
///
/// # Errors
/// Everything that is wrong with the items, when nothing is written; or what went wrong while they were written.
pub fn publish(
    session: &Session,
    items: &[ExportItem],
    folder: &Path,
    stamp: &RunStamp,
) -> Result<Vec<Published>, Diagnostics> {
    let columns = check::check(session, items)?;
    recover(folder).map_err(|error| unwritable(folder, &error))?;
    let staging = Staging::new(folder).map_err(|error| unwritable(folder, &error))?;
    let mut published = Vec::new();
    let mut mistakes = Diagnostics::new();
    for (item, columns) in items.iter().zip(columns) {
        match write(session, item, columns, &staging, folder) {
            Ok(file) => published.push(file),
            Err(diagnostic) => mistakes.push(*diagnostic),
        }
    }
    if mistakes.has_errors() {
        // Dropping the staging folder removes what was written.
        return Err(mistakes);
    }
    let text = manifest::text(folder, items, &published, stamp);
    staging.commit(&text).map_err(|error| unwritable(folder, &error))?;
    Ok(published)
}

fn write(
    session: &Session,
    item: &ExportItem,
    columns: Vec<ColumnType>,
    staging: &Staging,
    folder: &Path,
) -> Result<Published, Box<Diagnostic>> {
    let path = staging.path(&item.file_name());
    let rows = match item.format {
        Format::Xlsx => workbook::write(session, item, &columns, &path),
        Format::Markdown => lines::write(session, item, &columns, &path),
        Format::File(format) => {
            let (relation, order_by, formulas) = (&item.relation, &item.order_by[..], item.formulas);
            session.connection().export(&FileExport { relation, order_by, format, formulas, path: &path })
        }
    };
    let rows = rows.map_err(|error| refused(item, &error))?;
    let (bytes, sha256) = staging::checksum(&path).map_err(|error| {
        let title = format!("the export of `{}` cannot be read back: {error}", item.name);
        Box::new(Diagnostic::error(Kind::Runtime, "E0743", title))
    })?;
    Ok(Published { name: item.name.clone(), path: folder.join(item.file_name()), rows, bytes, sha256, columns })
}

fn refused(item: &ExportItem, error: &AdapterError) -> Box<Diagnostic> {
    let mut lines = error.message.lines();
    let title = format!("`{}` cannot be exported: {}", item.name, lines.next().unwrap_or_default());
    let mut diagnostic = Diagnostic::error(Kind::Database, "E0742", title)
        .with_note("nothing was replaced: the files that were exported before are whole");
    diagnostic.notes.extend(lines.filter(|line| !line.is_empty()).map(str::to_owned));
    diagnostic.help.clone_from(&error.help);
    Box::new(diagnostic)
}

fn unwritable(folder: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(Kind::Runtime, "E0743", format!("the exports cannot be written: {error}"))
        .in_path(folder.to_string_lossy())
        .with_help("look at the rights of the folder and at the free space on the disk")
}
