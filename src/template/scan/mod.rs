//! Finds tags, their tokens and the top-level blocks of a text with templates: bytes in, offsets out.
//!
//! Knows the rules of comments, `raw` and `docs` (both verbatim), texts in quotes and brackets, and nothing of the template
//! engine. All offsets are into the text that was given.

mod block;
mod call;
mod lexer;
mod operand;
mod tag;

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Kind, SourceFile, Span};

pub use block::{Block, blocks, docs_blocks};
pub use call::{MacroCall, StaticCall, calls, config_keywords, macro_calls, place_of_ref, place_of_source};
pub use lexer::tokens;
pub(super) use operand::{Level, chain_end, chain_start, ends_operand, postfix_end, postfix_start};
use tag::parameters;
pub use tag::unbalanced;
pub(super) use tag::{materialization_head, parameter_tokens};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Text outside of tags, copied to the output.
    Data,
    /// The text of a `raw` block, copied to the output.
    Raw,
    /// `{% raw %}` or `{% endraw %}`, whole.
    RawTag,
    /// `{# … #}`, whole.
    Comment,
    /// `{% docs … %}` to `{% enddocs %}`, whole.
    Docs,
    /// `{%`, with its sign for white space.
    TagStart,
    /// `%}`, with its sign for white space.
    TagEnd,
    /// `{{`, with its sign for white space.
    ExprStart,
    /// `}}`, with its sign for white space.
    ExprEnd,
    /// A name or a keyword.
    Name,
    /// A text in quotes.
    Text,
    /// A number.
    Number,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// Any other sign.
    Operator,
}

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Byte offset of its begin.
    pub start: u32,
    /// Byte offset of its end.
    pub end: u32,
    /// Index of the token that closes or opens it, for brackets and the ends of tags; else 0.
    pub pair: u32,
}

impl Token {
    /// Returns its range in the text.
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The tokens of a text, in order; together they cover it except for white space inside of tags.
#[derive(Debug)]
pub struct Tokens<'t> {
    /// The text.
    pub text: &'t str,
    /// The tokens.
    pub list: Vec<Token>,
}

impl<'t> Tokens<'t> {
    /// Returns the text of a token.
    pub fn text_of(&self, index: usize) -> &'t str {
        self.list.get(index).and_then(|token| self.text.get(token.range())).unwrap_or_default()
    }

    /// Returns whether the token at `index` is of that kind and reads so.
    pub fn is(&self, index: usize, kind: TokenKind, text: &str) -> bool {
        self.kind(index) == Some(kind) && self.text_of(index) == text
    }

    /// Returns the kind of a token.
    pub fn kind(&self, index: usize) -> Option<TokenKind> {
        self.list.get(index).map(|token| token.kind)
    }

    /// Returns the tags and expressions: each as the indices of its first and last token.
    pub fn tags(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.list.iter().enumerate().filter_map(|(index, token)| match token.kind {
            TokenKind::TagStart | TokenKind::ExprStart => Some((index, token.pair as usize)),
            _ => None,
        })
    }

    /// Returns the keyword of the tag that begins at `index`: `if`, `macro` …; empty for expressions.
    pub fn keyword(&self, index: usize) -> &'t str {
        match (self.kind(index), self.kind(index + 1)) {
            (Some(TokenKind::TagStart), Some(TokenKind::Name)) => self.text_of(index + 1),
            _ => "",
        }
    }
}

/// A text that cannot be read as tags and blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub range: Range<usize>,
    /// What to do.
    pub help: Option<String>,
}

impl ScanError {
    pub(super) fn new(message: impl Into<String>, range: Range<usize>) -> Self {
        Self { message: message.into(), range, help: None }
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Returns it as a message about `file`, in which the scanned text begins at `offset`.
    pub fn into_diagnostic(self, file: &Arc<SourceFile>, offset: usize) -> Diagnostic {
        let span = Span::new(file, self.range.start + offset..self.range.end + offset);
        let diagnostic = Diagnostic::error(Kind::Compilation, "E0260", self.message).at(span, "");
        match self.help {
            Some(help) => diagnostic.with_help(help),
            None => diagnostic,
        }
    }
}

#[cfg(test)]
mod tests;
