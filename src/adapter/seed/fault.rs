//! What can be wrong with a seed's file, at its place, as a message that shows the line.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::reader::Record;
use super::{SeedColumn, SeedOptions};
use crate::diagnostic::{Diagnostic, Kind, SourceFile, Span};

/// The most of a line that is shown.
const LONGEST_LINE: u64 = 1 << 20;

/// A place in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Byte offset in the file.
    pub offset: u64,
    /// Length in bytes.
    pub length: u64,
    /// The line, from 1.
    pub line: usize,
    /// Where the line begins.
    pub line_offset: u64,
}

/// A mistake in a seed's file.
#[derive(Debug)]
pub(super) struct Fault {
    code: &'static str,
    title: String,
    place: Option<Place>,
    label: String,
    context: Option<(Place, String)>,
    notes: Vec<String>,
    help: Vec<String>,
}

impl Fault {
    fn new(code: &'static str, title: impl Into<String>) -> Self {
        Self {
            code,
            title: title.into(),
            place: None,
            label: String::new(),
            context: None,
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    fn at(mut self, place: Place, label: impl Into<String>) -> Self {
        self.place = Some(place);
        self.label = label.into();
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The file cannot be read at all.
    #[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err` as it is")]
    pub(super) fn unreadable(error: io::Error) -> Self {
        Self::new("E0720", format!("the seed cannot be read: {error}"))
    }

    /// There is no header.
    pub(super) fn no_header() -> Self {
        let place = Place { line: 1, ..Place::default() };
        Self::new("E0721", "the seed has no header")
            .at(place, "the names of the columns belong here")
            .help("write the column names into the first line")
    }

    /// Two columns have one name.
    pub(super) fn same_name(name: &str, first: Place, second: Place) -> Self {
        let mut fault =
            Self::new("E0722", format!("two columns of the seed are called `{name}`, but for upper and lower case"))
                .at(second, "the same name to a database")
                .help("give each column a name of its own");
        fault.context = Some((first, "the first one".to_owned()));
        fault
    }

    /// A row has not as many fields as the header.
    pub(super) fn ragged(record: &Record, names: &[String]) -> Self {
        let (found, expected) = (record.len(), names.len());
        let title = format!("the row has {}, but the header has {}", counted(found), counted(expected));
        if found > expected {
            let first = record.place(expected);
            let last = record.end();
            let whole = Place { length: last.offset.saturating_sub(first.offset).max(1), ..first };
            return Self::new("E0723", title)
                .at(whole, "beyond the last column")
                .help("put quotes around a field that contains the delimiter");
        }
        let missing = names[found..].iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        Self::new("E0723", title)
            .at(record.end(), format!("no field for {missing}"))
            .help("write an empty field for NULL")
    }

    /// A quote is opened and the file ends.
    pub(super) fn unclosed(open: Place) -> Self {
        Self::new("E0724", "a quoted field is not closed before the end of the seed")
            .at(Place { length: 1, ..open }, "opened here")
            .help("close the quote, or write it twice where it belongs to the text")
    }

    /// Something stands between a closing quote and the delimiter.
    pub(super) fn after_quote(place: Place, open: Place) -> Self {
        let mut fault = Self::new("E0724", "a quoted field goes on after its closing quote")
            .at(Place { length: 1, ..place }, "expected the delimiter or the end of the line")
            .help("write a quote twice where it belongs to the text");
        fault.context = Some((Place { length: 1, ..open }, "opened here".to_owned()));
        fault
    }

    /// The record is not UTF-8; the exact byte is looked for when the message is made.
    pub(super) fn encoding(begin: Place, end: Place) -> Self {
        let whole = Place { length: end.offset - begin.offset, ..begin };
        Self::new("E0725", "the seed is not written in UTF-8")
            .at(whole, "")
            .help("save the file as UTF-8, for example with `iconv -f latin1 -t utf-8`")
    }

    /// A value does not fit its column's type.
    pub(super) fn misfit(record: &Record, index: usize, column: &SeedColumn) -> Self {
        let text = record.field(index);
        let shown: String = text.chars().take(80).collect();
        let by = if column.is_declared { "`column_types` declares" } else { "the other rows say" };
        Self::new("E0726", format!("`{shown}` does not fit column `{}` of type {}", column.name, column.sql_type))
            .at(record.place(index), format!("not a value of {}, as {by}", column.sql_type))
    }

    /// The file is not the one that was read before.
    pub(super) fn changed() -> Self {
        Self::new("E0720", "the seed was changed while it was loaded").help("run the command again")
    }

    /// Makes the message; reads from the file the lines that it shows.
    pub(super) fn into_diagnostic(self, path: &Path, shown_path: &str) -> Box<Diagnostic> {
        let mut diagnostic = Diagnostic::error(Kind::Parsing, self.code, self.title).in_path(shown_path);
        if let Some(place) = self.place {
            match excerpt(path, shown_path, place) {
                Ok((span, note)) => {
                    diagnostic = diagnostic.at(span, self.label);
                    diagnostic.notes.extend(note);
                }
                Err(error) => diagnostic = diagnostic.with_note(format!("in line {}: {error}", place.line)),
            }
        }
        if let Some((place, label)) = self.context {
            diagnostic = with_context(diagnostic, path, shown_path, place, label);
        }
        diagnostic.notes.extend(self.notes);
        diagnostic.help.extend(self.help);
        Box::new(diagnostic)
    }
}

/// Checks `delimiter`, which must be one byte: both readers of a seed ask for that.
pub(super) fn delimiter(options: &SeedOptions, shown_path: &str) -> Result<char, Box<Diagnostic>> {
    let text = options.delimiter.as_deref().unwrap_or(",");
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) if one.is_ascii() && !matches!(one, '"' | '\n' | '\r' | '\0' | ' ') => Ok(one),
        _ => Err(Box::new(
            Diagnostic::error(Kind::Compilation, "E0727", format!("`{text}` cannot be the delimiter of a seed"))
                .in_path(shown_path)
                .with_help("set `delimiter` to one ASCII character, such as `;` or a tab"),
        )),
    }
}

fn counted(fields: usize) -> String {
    if fields == 1 { "1 field".to_owned() } else { format!("{fields} fields") }
}

/// Adds a second place; on the same line it shares the first one's text.
fn with_context(diagnostic: Diagnostic, path: &Path, shown_path: &str, place: Place, label: String) -> Diagnostic {
    let Ok((span, _)) = excerpt(path, shown_path, place) else { return diagnostic };
    let shared = diagnostic.primary.as_ref().filter(|primary| primary.span.file.first_line == place.line);
    match shared.map(|primary| primary.span.file.clone()) {
        Some(file) => diagnostic.with_context(Span::new(&file, span.range), label),
        None => diagnostic.with_note(format!("{label}: line {}", place.line)),
    }
}

/// Reads the line that a place begins on, and points into it.
fn excerpt(path: &Path, shown_path: &str, place: Place) -> io::Result<(Span, Option<String>)> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(place.line_offset))?;
    let within = place.offset - place.line_offset;
    let mut bytes = Vec::new();
    file.take(within + place.length.min(LONGEST_LINE) + LONGEST_LINE).read_to_end(&mut bytes)?;
    let start = usize::try_from(within).unwrap_or(usize::MAX).min(bytes.len());
    let end = start.saturating_add(usize::try_from(place.length).unwrap_or(usize::MAX)).min(bytes.len());
    // A broken byte is looked for in the whole record; it may be on a later line than the record's first.
    if let Err(broken) = std::str::from_utf8(&bytes[..end]) {
        return Ok(broken_byte(&bytes, broken.valid_up_to(), shown_path, place));
    }
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let line_end = bytes[start..].iter().position(is_end).map_or(bytes.len(), |length| start + length);
    let text = String::from_utf8_lossy(&bytes[..line_end]).into_owned();
    let file = SourceFile::excerpt(shown_path, text, place.line);
    Ok((Span::new(&file, start..end.min(line_end).max(start)), None))
}

fn broken_byte(bytes: &[u8], broken: usize, shown_path: &str, place: Place) -> (Span, Option<String>) {
    let before = String::from_utf8_lossy(&bytes[..broken]);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = place.line + before.matches('\n').count();
    let rest = &bytes[broken..];
    let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
    let shown = format!("{}{}", &before[line_start..], String::from_utf8_lossy(&rest[..length]));
    let file = SourceFile::excerpt(shown_path, shown, line);
    let start = broken - line_start;
    let note = format!("the byte is {:#04x}", rest.first().copied().unwrap_or_default());
    // The renderer shows the replacement character, which is three bytes long.
    (Span::new(&file, start..start + '\u{fffd}'.len_utf8()), Some(note))
}
