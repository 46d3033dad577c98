//! A user's file as text, and places in it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A file of the user, or a text from the command line, with the name it is shown by.
pub struct SourceFile {
    /// Path relative to the project's root with `/`, or a name such as `<--inline>`.
    pub path: String,
    /// Its whole text, or the lines of a large file that matter.
    pub text: String,
    /// The number of the text's first line in the file; 1 unless this is an excerpt.
    pub first_line: usize,
}

impl SourceFile {
    /// Makes a shared file.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Self::excerpt(path, text, 1)
    }

    /// Makes a file of which only some lines are held, the first of them being line `first_line`.
    pub fn excerpt(path: impl Into<String>, text: impl Into<String>, first_line: usize) -> Arc<Self> {
        Arc::new(Self { path: path.into(), text: text.into(), first_line })
    }

    /// Returns the line and column of a byte offset; an offset past the end is the end.
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position {
            line: before.matches('\n').count() + self.first_line,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// Returns the byte range of a line, without its line end; lines count from `first_line`.
    pub fn line_range(&self, line: usize) -> Range<usize> {
        let mut start = 0;
        for _ in self.first_line..line {
            match self.text[start..].find('\n') {
                Some(newline) => start += newline + 1,
                None => return self.text.len()..self.text.len(),
            }
        }
        let end = self.text[start..].find('\n').map_or(self.text.len(), |newline| start + newline);
        let end = if self.text[start..end].ends_with('\r') { end - 1 } else { end };
        start..end
    }
}

impl fmt::Debug for SourceFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SourceFile({})", self.path)
    }
}

/// A line and a column, both from 1; the column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line from 1.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
}

/// A range of bytes in a file.
#[derive(Clone, Debug)]
pub struct Span {
    /// The file.
    pub file: Arc<SourceFile>,
    /// Byte offsets into its text.
    pub range: Range<usize>,
}

impl Span {
    /// Makes a span.
    pub fn new(file: &Arc<SourceFile>, range: Range<usize>) -> Self {
        Self { file: Arc::clone(file), range }
    }

    /// Returns where it begins.
    pub fn position(&self) -> Position {
        self.file.position(self.range.start)
    }

    /// Returns `path:line:column`.
    pub fn location(&self) -> String {
        let position = self.position();
        format!("{}:{}:{}", self.file.path, position.line, position.column)
    }

    /// Returns the text it covers.
    pub fn text(&self) -> &str {
        self.file.text.get(self.range.clone()).unwrap_or_default()
    }
}
