//! The expression at an error's place, as tokens.

use std::ops::Range;

use crate::template::scan::{Level, TokenKind, Tokens, chain_end, postfix_start, tokens};

/// Returns the range of a line without blanks around it; lines count from 1.
pub(super) fn line(text: &str, number: usize) -> Range<usize> {
    let mut start = 0;
    for line in text.split_inclusive('\n').take(number.saturating_sub(1)) {
        start += line.len();
    }
    let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
    tidy(text, start..end)
}

/// Returns the call of the innermost `{% call … %}` around a line, of the macro of that name when there is one.
pub(super) fn call_block(text: &str, number: usize, callee: Option<&str>) -> Option<Range<usize>> {
    let tokens = tokens(text).ok()?;
    let line = |offset: usize| text[..offset].matches('\n').count() + 1;
    let plain = callee.map(|name| name.rsplit("__").next().unwrap_or(name));
    let mut open = Vec::new();
    let mut found: Vec<(bool, usize)> = Vec::new();
    for (start, end) in tokens.tags() {
        match tokens.keyword(start) {
            "call" => open.push(start),
            "endcall" => {
                let Some(call) = open.pop() else { continue };
                let lines = line(tokens.list[call].range().start)..=line(tokens.list[end].range().start);
                if lines.contains(&number) {
                    let names = (call..tokens.list[call].pair as usize).map(|index| tokens.text_of(index));
                    let is_callee = plain.is_some_and(|plain| names.into_iter().any(|name| name.contains(plain)));
                    found.push((!is_callee, call));
                }
            }
            _ => {}
        }
    }
    // Inner blocks end first; a stable order keeps them first among equals.
    found.sort_by_key(|(is_other, _)| *is_other);
    let (_, call) = found.first()?;
    let end = tokens.list[*call].pair as usize;
    let first = match tokens.kind(call + 2)? {
        TokenKind::Open => tokens.list[call + 2].pair as usize + 1,
        _ => call + 2,
    };
    (first < end).then(|| tokens.list[first].range().start..tokens.list[end - 1].range().end)
}

/// Takes blanks and the signs of tags off both ends of a range, and keeps it inside the text.
pub(super) fn tidy(text: &str, range: Range<usize>) -> Range<usize> {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (boundary(range.start), boundary(range.end));
    let Some(part) = text.get(start..end) else { return start..start };
    let mut left = part.trim_start();
    for opening in ["{{", "{%"] {
        if let Some(rest) = left.strip_prefix(opening) {
            left = rest.trim_start_matches(['-', '+']).trim_start();
        }
    }
    if left.is_empty() {
        return start..end;
    }
    let left_start = end - left.len();
    left_start..left_start + left.trim_end().len()
}

/// One of the operands of an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// The tokens at an error's place.
pub(super) struct Place<'a, 't> {
    tokens: &'a Tokens<'t>,
    /// Index of the first token.
    first: usize,
    /// Index after the last token.
    after: usize,
}

impl<'a, 't> Place<'a, 't> {
    /// Finds the tokens in a range. The template engine's ranges leave out the begin of long chains such as `a.b.c`.
    pub fn new(tokens: &'a Tokens<'t>, range: Range<usize>) -> Self {
        let first = tokens.list.partition_point(|token| token.range().end <= range.start);
        let after = tokens.list.partition_point(|token| token.range().start < range.end).max(first);
        let is_inside = after > first && after <= tokens.list.len();
        let is_value = |index: usize| {
            matches!(tokens.kind(index), Some(TokenKind::Name | TokenKind::Close | TokenKind::Text | TokenKind::Number))
        };
        let begins_chain = |index: usize| {
            tokens.is(index, TokenKind::Operator, ".") || tokens.is(index, TokenKind::Operator, "|") || {
                tokens.kind(index) == Some(TokenKind::Open) && tokens.text_of(index) != "{"
            }
        };
        let first = if is_inside && begins_chain(first) && first > 0 && is_value(first - 1) {
            postfix_start(tokens, first)
        } else {
            first
        };
        Self { tokens, first, after }
    }

    /// Returns the range of the whole expression.
    pub fn whole(&self) -> Range<usize> {
        self.range(self.first, self.after)
    }

    /// Returns the text of the value that is left when `postfixes` of its attributes, indices or calls are taken off.
    pub fn base(&self, postfixes: usize) -> Option<&'t str> {
        self.base_range(postfixes).and_then(|range| self.tokens.text.get(range))
    }

    /// Returns the range of [`Self::base`].
    pub fn base_range(&self, postfixes: usize) -> Option<Range<usize>> {
        let mut after = self.after;
        for _ in 0..postfixes {
            let last = after.checked_sub(1)?;
            after = match self.tokens.kind(last)? {
                TokenKind::Close => self.tokens.list[last].pair as usize,
                TokenKind::Name | TokenKind::Number
                    if self.tokens.is(last.checked_sub(1)?, TokenKind::Operator, ".") =>
                {
                    last - 1
                }
                _ => return None,
            };
        }
        let first = postfix_start(self.tokens, after);
        (after > first).then(|| self.range(first, after))
    }

    /// Returns the range of an operand of the last `operator`, when that operand is one name with what follows it.
    pub fn operand(&self, operator: &str, side: Side) -> Option<Range<usize>> {
        let operator = operator.split(' ').next().unwrap_or(operator);
        let mut at = self.after;
        while at > self.first {
            at -= 1;
            match self.tokens.kind(at)? {
                TokenKind::Close => at = self.tokens.list[at].pair as usize,
                TokenKind::Operator if self.tokens.text_of(at) == operator => {
                    return match side {
                        Side::Left => Some(self.range(postfix_start(self.tokens, at), at)),
                        Side::Right => Some(self.range(at + 1, chain_end(self.tokens, at + 1, Level::Value))),
                    };
                }
                _ => {}
            }
        }
        None
    }

    /// Returns a part of the text.
    pub fn text(&self, range: Range<usize>) -> Option<&'t str> {
        self.tokens.text.get(range)
    }

    /// Returns the range of `name` where it stands behind `sign` (`|` or `is`).
    pub fn name_after(&self, sign: &str, name: &str) -> Option<Range<usize>> {
        let is_after = |index: usize| {
            let before = if self.tokens.is(index - 1, TokenKind::Name, "not") { index - 2 } else { index - 1 };
            self.tokens.text_of(before) == sign
        };
        let found = (self.first.max(2)..self.tokens.list.len())
            .find(|index| self.tokens.is(*index, TokenKind::Name, name) && is_after(*index))?;
        Some(self.tokens.list[found].range())
    }

    /// Returns the range of the first token that is this name.
    pub fn name(&self, name: &str) -> Option<Range<usize>> {
        let found = (self.first..self.after).find(|index| self.tokens.is(*index, TokenKind::Name, name))?;
        Some(self.tokens.list[found].range())
    }

    fn range(&self, first: usize, after: usize) -> Range<usize> {
        let start = self.tokens.list.get(first).map_or(self.tokens.text.len(), |token| token.range().start);
        let end =
            after.checked_sub(1).and_then(|last| self.tokens.list.get(last)).map_or(start, |token| token.range().end);
        start..end.max(start)
    }
}
