//! Edits of a text, and the way back from places in the edited text to places in the original.

use std::borrow::Cow;
use std::ops::Range;

use crate::template::scan::{Token, Tokens};

/// Which of several wrappings of one and the same range is the outer one: the later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    Literal,
    Arithmetic,
    Comparison,
    Set,
    Do,
    Mark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    /// At the very begin.
    First,
    /// Closes a wrapping; the inner one first.
    Close(i64, i64),
    /// Opens a wrapping; the outer one first.
    Open(i64, i64),
    /// Takes the place of text.
    Replace,
}

#[derive(Debug)]
struct Edit {
    at: usize,
    order: Order,
    delete: usize,
    insert: Cow<'static, str>,
}

/// Edits to be made, in any order.
#[derive(Debug, Default)]
pub(super) struct Edits(Vec<Edit>);

impl Edits {
    /// Puts a text before everything.
    pub fn begin(&mut self, text: impl Into<Cow<'static, str>>) {
        self.0.push(Edit { at: 0, order: Order::First, delete: 0, insert: text.into() });
    }

    /// Puts a text in the place of a range.
    pub fn replace(&mut self, range: Range<usize>, text: impl Into<Cow<'static, str>>) {
        let delete = range.end - range.start;
        self.0.push(Edit { at: range.start, order: Order::Replace, delete, insert: text.into() });
    }

    /// Puts a text at a place.
    pub fn insert(&mut self, at: usize, text: impl Into<Cow<'static, str>>) {
        self.replace(at..at, text);
    }

    /// Puts texts around a range.
    pub fn wrap(
        &mut self,
        range: Range<usize>,
        before: impl Into<Cow<'static, str>>,
        after: impl Into<Cow<'static, str>>,
        layer: Layer,
    ) {
        let (start, end, layer) = (offset(range.start), offset(range.end), layer as i64);
        self.0.push(Edit { at: range.start, order: Order::Open(-end, -layer), delete: 0, insert: before.into() });
        self.0.push(Edit { at: range.end, order: Order::Close(-start, layer), delete: 0, insert: after.into() });
    }

    /// Makes the edits. What lies in a range that was replaced is not edited any more.
    pub fn apply(mut self, text: &str) -> (String, EditMap) {
        self.0.sort_by_key(|edit| (edit.at, edit.order));
        let inserted: usize = self.0.iter().map(|edit| edit.insert.len()).sum();
        let mut output = String::with_capacity(text.len() + inserted);
        let mut map = EditMap { pieces: Vec::with_capacity(self.0.len()) };
        let mut at = 0;
        for edit in self.0 {
            if edit.at < at {
                continue;
            }
            output.push_str(&text[at..edit.at]);
            let start = output.len();
            output.push_str(&edit.insert);
            at = edit.at + edit.delete;
            map.pieces.push(Piece { output: start..output.len(), source: edit.at..at });
        }
        output.push_str(&text[at..]);
        (output, map)
    }
}

fn offset(offset: usize) -> i64 {
    i64::try_from(offset).unwrap_or(i64::MAX)
}

/// The range in the text of the tokens from `first` to `last`.
pub(super) fn span(tokens: &Tokens<'_>, first: usize, last: usize) -> Range<usize> {
    let range = |index: usize| tokens.list.get(index).map_or(0..0, Token::range);
    range(first).start..range(last).end
}

#[derive(Clone, Debug)]
struct Piece {
    output: Range<usize>,
    source: Range<usize>,
}

/// The way back from an edited text to the original.
#[derive(Clone, Debug, Default)]
pub struct EditMap {
    pieces: Vec<Piece>,
}

impl EditMap {
    /// Returns the original range of a range in the edited text. What was put in maps to the place where it was put in.
    pub fn back(&self, range: Range<usize>) -> Range<usize> {
        let start = self.back_from(range.start, |piece| piece.source.start);
        let end = self.back_from(range.end, |piece| piece.source.end);
        start..end.max(start)
    }

    fn back_from(&self, offset: usize, inside: fn(&Piece) -> usize) -> usize {
        let index = self.pieces.partition_point(|piece| piece.output.start <= offset);
        let Some(piece) = index.checked_sub(1).and_then(|index| self.pieces.get(index)) else { return offset };
        if offset < piece.output.end { inside(piece) } else { piece.source.end + (offset - piece.output.end) }
    }
}
