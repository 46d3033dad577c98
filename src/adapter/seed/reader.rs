//! A CSV file as a stream of records by DuckDB's lexical rules, each field with its place in the file.

use std::io::Read;
use std::ops::Range;

use super::LineEnds;
use super::fault::{Fault, Place};

/// How much is read at once.
const BLOCK: usize = 1 << 16;

/// Reads records one after another.
pub(super) struct Reader<R> {
    input: R,
    block: Vec<u8>,
    at: usize,
    filled: usize,
    delimiter: u8,
    /// Bytes taken so far.
    offset: u64,
    /// The line that is being read, from 1.
    line: usize,
    /// Where that line begins.
    line_offset: u64,
    ends: [bool; 3],
    longest: u64,
}

/// A record: the values of its fields without quotes, and their places.
#[derive(Debug, Default)]
pub(super) struct Record {
    bytes: Vec<u8>,
    text: String,
    fields: Vec<Field>,
    is_blank: bool,
    end: Place,
}

#[derive(Clone, Debug)]
struct Field {
    value: Range<usize>,
    place: Place,
}

impl Record {
    /// Returns how many fields there are.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    /// Returns whether the record is an empty line.
    pub(super) fn is_blank(&self) -> bool {
        self.is_blank
    }

    /// Returns a field's value.
    pub(super) fn field(&self, index: usize) -> &str {
        self.text.get(self.fields[index].value.clone()).unwrap_or_default()
    }

    /// Returns a field's place.
    pub(super) fn place(&self, index: usize) -> Place {
        self.fields[index].place
    }

    /// Returns the place after the last field.
    pub(super) fn end(&self) -> Place {
        self.end
    }

    fn clear(&mut self) {
        self.bytes = std::mem::take(&mut self.text).into_bytes();
        self.bytes.clear();
        self.fields.clear();
    }

    fn push(&mut self, start: usize, place: Place, end: u64) {
        let place = Place { length: end.saturating_sub(place.offset), ..place };
        self.fields.push(Field { value: start..self.bytes.len(), place });
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the begin of a field, or after spaces there.
    Start,
    /// Inside a field without quotes.
    Plain,
    /// Inside quotes.
    Quoted,
    /// After a quote inside quotes: the end, or the first of two.
    Closed,
    /// After spaces that follow a closing quote.
    Closing,
}

impl<R: Read> Reader<R> {
    /// Begins to read; passes over a byte order mark.
    pub(super) fn new(input: R, delimiter: u8) -> Result<Self, Fault> {
        let mut reader = Self {
            input,
            block: vec![0; BLOCK],
            at: 0,
            filled: 0,
            delimiter,
            offset: 0,
            line: 1,
            line_offset: 0,
            ends: [false; 3],
            longest: 0,
        };
        // Reads of a file may be short, but not of its first three bytes.
        reader.refill()?;
        if reader.block[..reader.filled].starts_with(b"\xef\xbb\xbf") {
            reader.at = 3;
            reader.offset = 3;
            reader.line_offset = 3;
        }
        Ok(reader)
    }

    /// Returns the length of the longest record so far, in bytes.
    pub(super) fn longest_row(&self) -> u64 {
        self.longest
    }

    /// Returns whether more than one kind of line end was met outside quotes.
    pub(super) fn line_ends(&self) -> LineEnds {
        let kinds = self.ends.iter().filter(|met| **met).count();
        if kinds > 1 { LineEnds::Mixed } else { LineEnds::Uniform }
    }

    /// Reads the next record; false at the end of the file.
    pub(super) fn read(&mut self, record: &mut Record) -> Result<bool, Fault> {
        record.clear();
        if self.peek()?.is_none() {
            return Ok(false);
        }
        let begin = self.here();
        let mut place = begin;
        let mut start = 0;
        let mut state = State::Start;
        let end = loop {
            let before = self.here();
            let Some(byte) = self.next()? else {
                if state == State::Quoted {
                    return Err(Fault::unclosed(place));
                }
                break before;
            };
            match (state, byte) {
                (State::Quoted, b'"') => state = State::Closed,
                (State::Quoted, _) => {
                    record.bytes.push(byte);
                    if byte == b'\n' || (byte == b'\r' && self.peek()? != Some(b'\n')) {
                        self.begin_line();
                    }
                }
                (State::Closed, b'"') => {
                    record.bytes.push(byte);
                    state = State::Quoted;
                }
                (_, b'\n' | b'\r') => {
                    self.end_line(byte)?;
                    break before;
                }
                _ if byte == self.delimiter => {
                    record.push(start, place, before.offset);
                    start = record.bytes.len();
                    place = self.here();
                    state = State::Start;
                }
                (State::Closed | State::Closing, b' ') => state = State::Closing,
                (State::Closed | State::Closing, _) => return Err(Fault::after_quote(before, place)),
                (State::Start, b'"') => {
                    record.bytes.truncate(start);
                    place = before;
                    state = State::Quoted;
                }
                (State::Start, b' ') => record.bytes.push(byte),
                (State::Start | State::Plain, _) => {
                    record.bytes.push(byte);
                    state = State::Plain;
                }
            }
            self.copy_run(state, record);
        };
        record.push(start, place, end.offset);
        record.end = end;
        record.is_blank = end.offset == begin.offset;
        self.longest = self.longest.max(end.offset - begin.offset);
        record.text = String::from_utf8(std::mem::take(&mut record.bytes)).map_err(|_| Fault::encoding(begin, end))?;
        Ok(true)
    }

    /// Copies what follows up to the next byte that may mean something: most of a file, without a look at the state.
    fn copy_run(&mut self, state: State, record: &mut Record) {
        let rest = &self.block[self.at..self.filled];
        let length = match state {
            State::Plain => {
                let delimiter = self.delimiter;
                rest.iter().position(|byte| *byte == delimiter || *byte == b'\n' || *byte == b'\r')
            }
            State::Quoted => rest.iter().position(|byte| *byte == b'"' || *byte == b'\n' || *byte == b'\r'),
            State::Start | State::Closed | State::Closing => return,
        };
        let length = length.unwrap_or(rest.len());
        record.bytes.extend_from_slice(&rest[..length]);
        self.at += length;
        self.offset += length as u64;
    }

    fn end_line(&mut self, byte: u8) -> Result<(), Fault> {
        let kind = match byte {
            b'\n' => 0,
            _ if self.peek()? == Some(b'\n') => {
                self.next()?;
                2
            }
            _ => 1,
        };
        self.ends[kind] = true;
        self.begin_line();
        Ok(())
    }

    fn begin_line(&mut self) {
        self.line += 1;
        self.line_offset = self.offset;
    }

    fn here(&self) -> Place {
        Place { offset: self.offset, length: 0, line: self.line, line_offset: self.line_offset }
    }

    fn peek(&mut self) -> Result<Option<u8>, Fault> {
        if self.at == self.filled {
            self.refill()?;
        }
        Ok((self.at < self.filled).then(|| self.block[self.at]))
    }

    fn next(&mut self) -> Result<Option<u8>, Fault> {
        let byte = self.peek()?;
        if byte.is_some() {
            self.at += 1;
            self.offset += 1;
        }
        Ok(byte)
    }

    fn refill(&mut self) -> Result<(), Fault> {
        self.at = 0;
        self.filled = loop {
            match self.input.read(&mut self.block) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                other => break other.map_err(Fault::unreadable)?,
            }
        };
        Ok(())
    }
}
