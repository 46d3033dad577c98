//! A seed's file into the schema that dbt gives it: read once as a stream, each column's type inferred by agate's rules.
//!
//! How a database then loads the file is its own affair ([`super::Connection::seed_query`]). What surprises:
//!
//! - dbt reads seeds twice by two rules: agate decides the types, and DuckDB's reader converts the values. Where both agree
//!   this is the same; where the second refuses a value that the first accepts (`$1.5`, `1,000`, `null` among numbers), the
//!   value is loaded as agate reads it. Whole numbers too wide for `integer` make the column wider.
//! - A ragged row, a broken quote and a broken encoding are errors here with their place, before anything is loaded.

mod cell;
mod column;
mod fault;
mod iso;
mod number;
mod reader;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use crate::diagnostic::Diagnostic;
use column::Evidence;
use fault::Fault;
pub(super) use number::{CURRENCY_SIGNS, OTHER_DIGITS};
use reader::{Reader, Record};

/// What a seed's configuration says of its file.
#[derive(Clone, Debug, Default)]
pub struct SeedOptions {
    /// `delimiter`; none for a comma.
    pub delimiter: Option<String>,
    /// `column_types`, by the column's name as the header has it.
    pub column_types: IndexMap<String, String>,
    /// What `null` means in a column of text.
    pub null_word: NullWord,
}

/// What the word `null`, in any case, means in a column of text; in other columns it is always NULL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NullWord {
    /// It is text, as in dbt-duckdb by default.
    #[default]
    Text,
    /// It is NULL, and so is white space, as in dbt-duckdb with `fast: false`.
    Null,
}

/// A seed's file: its columns with their types, and how it is written.
#[derive(Clone, Debug)]
pub struct SeedSchema {
    /// The file, as it is opened.
    pub path: PathBuf,
    /// The file, as it is shown.
    pub shown_path: String,
    /// What separates fields.
    pub delimiter: char,
    /// Columns in order.
    pub columns: Vec<SeedColumn>,
    /// How many rows there are.
    pub rows: u64,
    /// Length of the longest row in bytes.
    pub longest_row: u64,
    /// Whether lines end in more than one way.
    pub line_ends: LineEnds,
    /// What `null` means in a column of text.
    pub null_word: NullWord,
    /// Which signs may stand around fields.
    pub quotes: Quotes,
}

/// The signs around fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// Only the usual `"`.
    Double,
    /// Some field begins with `'`: dbt leaves it to the database to find out whether that is a quote.
    Unclear,
}

/// How the lines of a file end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnds {
    /// All in one way.
    Uniform,
    /// In more than one way.
    Mixed,
}

/// A column of a seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedColumn {
    /// Its name: the header's, made unique as agate does.
    pub name: String,
    /// What agate takes it for; text when the project declares its type.
    pub inferred: AgateType,
    /// The SQL type, as dbt writes it: declared, or made from the inferred one.
    pub sql_type: String,
    /// Whether the project declares the type.
    pub is_declared: bool,
    /// The form of its values.
    pub form: CellForm,
}

/// agate's types in the order in which dbt tries them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgateType {
    /// A column without rows.
    Integer,
    /// Numbers, or only NULL.
    Number,
    /// `2024-01-31`
    Date,
    /// `2024-01-31 10:00:00`
    DateTime,
    /// `2024-01-31T10:00:00Z` and other forms of ISO 8601.
    IsoDateTime,
    /// `true` and `false`
    Boolean,
    /// Anything else.
    Text,
}

impl AgateType {
    /// Returns agate's name of the type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Integer => "Integer",
            Self::Number => "Number",
            Self::Date => "Date",
            Self::DateTime => "DateTime",
            Self::IsoDateTime => "ISODateTime",
            Self::Boolean => "Boolean",
            Self::Text => "Text",
        }
    }
}

/// Whether a database reads a column's values by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellForm {
    /// Every value is written plainly: `-1.5`, `true`, `2024-01-31`; NULL is an empty field.
    Plain,
    /// Some values need agate's rules: `1,000`, `$5`, `null`, white space around a number.
    Loose,
}

/// A value that does not fit its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The row, from 1, not counting the header.
    pub row: u64,
    /// The column, from 0.
    pub column: usize,
}

impl SeedSchema {
    /// Reads a seed's file once, in bounded memory.
    ///
    /// # Errors
    /// When the file cannot be read or is no proper CSV file, with the place.
    pub fn scan(path: &Path, shown_path: &str, options: &SeedOptions) -> Result<Self, Box<Diagnostic>> {
        let delimiter = fault::delimiter(options, shown_path)?;
        let show = |fault: Fault| fault.into_diagnostic(path, shown_path);
        let mut reader = open(path, delimiter).map_err(show)?;
        let mut record = Record::default();
        let names = column::header(&mut reader, &mut record).map_err(show)?;
        let mut evidence: Vec<Evidence> = names.iter().map(|_| Evidence::default()).collect();
        let mut rows = 0;
        let mut quotes = Quotes::Double;
        while reader.read(&mut record).map_err(show)? {
            // DuckDB passes over empty lines, except where they are the NULLs of a single column.
            if record.is_blank() && names.len() > 1 {
                continue;
            }
            if record.len() != names.len() {
                return Err(show(Fault::ragged(&record, &names)));
            }
            rows += 1;
            for (index, evidence) in evidence.iter_mut().enumerate() {
                let field = record.field(index);
                if field.starts_with('\'') {
                    quotes = Quotes::Unclear;
                }
                evidence.add(field);
            }
        }
        let columns =
            names.into_iter().zip(evidence).map(|(name, evidence)| evidence.conclude(name, options)).collect();
        Ok(Self {
            path: path.to_owned(),
            shown_path: shown_path.to_owned(),
            delimiter,
            columns,
            rows,
            longest_row: reader.longest_row(),
            line_ends: reader.line_ends(),
            null_word: options.null_word,
            quotes,
        })
    }

    /// Returns the message for a value that does not fit its column's type, at its place in the file.
    pub fn misfit(&self, misfit: Misfit) -> Box<Diagnostic> {
        let found = self.find(misfit).unwrap_or_else(|fault| fault);
        found.into_diagnostic(&self.path, &self.shown_path)
    }

    /// Reads the file again up to the misfit.
    fn find(&self, misfit: Misfit) -> Result<Fault, Fault> {
        let mut reader = open(&self.path, self.delimiter)?;
        let mut record = Record::default();
        reader.read(&mut record)?;
        let mut row = 0;
        while reader.read(&mut record)? {
            if record.is_blank() && self.columns.len() > 1 {
                continue;
            }
            row += 1;
            if row == misfit.row && misfit.column < record.len() {
                return Ok(Fault::misfit(&record, misfit.column, &self.columns[misfit.column]));
            }
        }
        Err(Fault::changed())
    }
}

fn open(path: &Path, delimiter: char) -> Result<Reader<File>, Fault> {
    let file = File::open(path).map_err(Fault::unreadable)?;
    // The delimiter was checked to be one byte.
    Reader::new(file, u8::try_from(delimiter).unwrap_or(b','))
}
