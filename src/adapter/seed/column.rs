//! A seed's columns: their names by agate's rules, and the types that their values agree on.

use std::io::Read;

use super::cell::{self, Fit};
use super::fault::Fault;
use super::number::{self, Numbers};
use super::reader::{Reader, Record};
use super::{AgateType, CellForm, SeedColumn, SeedOptions};
use crate::adapter::NullWord;

/// Reads the header and makes the names unique as agate does: `a`, `a_2`, `a_3`; a nameless column is called by a letter.
pub(super) fn header<R: Read>(reader: &mut Reader<R>, record: &mut Record) -> Result<Vec<String>, Fault> {
    if !reader.read(record)? || record.is_blank() {
        return Err(Fault::no_header());
    }
    let mut names: Vec<String> = Vec::new();
    for index in 0..record.len() {
        let written = record.field(index);
        let base = if written.is_empty() { letter(index) } else { written.to_owned() };
        let mut name = base.clone();
        let mut count = 2;
        while names.contains(&name) {
            name = format!("{base}_{count}");
            count += 1;
        }
        if let Some(first) = names.iter().position(|other| other.to_lowercase() == name.to_lowercase()) {
            return Err(Fault::same_name(&name, record.place(first), record.place(index)));
        }
        names.push(name);
    }
    Ok(names)
}

/// `a` … `z`, `aa`, `bb` …
fn letter(index: usize) -> String {
    let letters = "abcdefghijklmnopqrstuvwxyz";
    let at = index % letters.len();
    letters[at..=at].repeat(index / letters.len() + 1)
}

/// The types that agate tests values for, but numbers and text.
const TESTED: [AgateType; 4] = [AgateType::Date, AgateType::DateTime, AgateType::IsoDateTime, AgateType::Boolean];

/// What the values of a column say of its type so far.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    rows: u64,
    /// Rows with a value that is not NULL.
    values: u64,
    /// The word `null` or only white space was met.
    loose_null: bool,
    numbers: Numbers,
    not_number: bool,
    ruled_out: [bool; 4],
    loose: [bool; 4],
}

impl Evidence {
    /// Takes a value into account.
    pub(super) fn add(&mut self, text: &str) {
        self.rows += 1;
        if text.is_empty() {
            return;
        }
        let trimmed = cell::strip(text);
        if trimmed.is_empty() || trimmed.eq_ignore_ascii_case("null") {
            self.loose_null = true;
            return;
        }
        self.values += 1;
        if !self.not_number {
            match number::read(text, trimmed) {
                Some(number) => self.numbers.add(&number),
                None => self.not_number = true,
            }
        }
        for (index, tested) in TESTED.into_iter().enumerate() {
            if self.ruled_out[index] {
                continue;
            }
            match cell::fit(tested, text, trimmed) {
                Fit::Plain => {}
                Fit::Loose => self.loose[index] = true,
                Fit::No => self.ruled_out[index] = true,
            }
        }
    }

    /// Decides.
    pub(super) fn conclude(self, name: String, options: &SeedOptions) -> SeedColumn {
        let inferred = self.inferred();
        if let Some(declared) = options.column_types.get(&name) {
            let form = self.declared_form(inferred, declared, options.null_word);
            let sql_type = declared.clone();
            return SeedColumn { name, inferred: AgateType::Text, sql_type, is_declared: true, form };
        }
        let sql_type = match inferred {
            AgateType::Integer => "integer",
            AgateType::Number => self.numbers.sql_type(),
            AgateType::Date => "date",
            AgateType::DateTime | AgateType::IsoDateTime => "timestamp without time zone",
            AgateType::Boolean => "boolean",
            AgateType::Text => "text",
        };
        let form = self.form(inferred, options.null_word);
        SeedColumn { name, inferred, sql_type: sql_type.to_owned(), is_declared: false, form }
    }

    fn inferred(&self) -> AgateType {
        if self.rows == 0 {
            return AgateType::Integer;
        }
        if !self.not_number {
            return AgateType::Number;
        }
        let possible = TESTED.into_iter().zip(self.ruled_out).find(|(_, ruled_out)| !ruled_out);
        possible.map_or(AgateType::Text, |(tested, _)| tested)
    }

    fn form(&self, inferred: AgateType, null_word: NullWord) -> CellForm {
        let index = TESTED.into_iter().position(|tested| tested == inferred);
        let loose = match inferred {
            AgateType::Text => self.loose_null && null_word == NullWord::Null,
            AgateType::Integer | AgateType::Number => self.loose_null || self.numbers.are_loose(),
            _ => self.loose_null || index.is_some_and(|index| self.loose[index]),
        };
        if loose { CellForm::Loose } else { CellForm::Plain }
    }

    /// A declared type is read plainly where the values are plainly of its family; otherwise the text is cast.
    fn declared_form(&self, inferred: AgateType, declared: &str, null_word: NullWord) -> CellForm {
        let word = declared.split('(').next().unwrap_or_default().trim().to_lowercase();
        let family = match word.as_str() {
            "text" | "varchar" | "string" | "char" | "bpchar" => return self.form(AgateType::Text, null_word),
            _ if self.values == 0 => inferred,
            "tinyint" | "smallint" | "integer" | "int" | "bigint" | "hugeint" | "int2" | "int4" | "int8" | "double"
            | "float" | "real" | "float4" | "float8" | "decimal" | "numeric" => AgateType::Number,
            "boolean" | "bool" => AgateType::Boolean,
            "date" => AgateType::Date,
            "timestamp" | "datetime" => AgateType::DateTime,
            _ => return CellForm::Loose,
        };
        let agrees = family == inferred
            || (family == AgateType::DateTime && inferred == AgateType::IsoDateTime)
            // Any NULLs fit any type.
            || self.values == 0;
        if !agrees || !self.numbers.fit(&word) {
            return CellForm::Loose;
        }
        self.form(inferred, null_word)
    }
}
