//! Where the operands of an operator begin and end, told from the tokens alone.

use super::{TokenKind, Tokens};

/// How tightly operators bind: a chain of one level takes in all tighter ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// No operator at all, but a sign.
    Value,
    /// `**` only.
    Power,
    /// `*`, `/`, `//`, `%` and tighter.
    Product,
    /// `~` and tighter.
    Concatenation,
    /// `+`, `-` and tighter.
    Sum,
}

impl Level {
    /// Returns the level of an arithmetic operator.
    pub(crate) fn of(operator: &str) -> Option<Self> {
        Some(match operator {
            "**" => Self::Power,
            "*" | "/" | "//" | "%" => Self::Product,
            "~" => Self::Concatenation,
            "+" | "-" => Self::Sum,
            _ => return None,
        })
    }

    /// Returns the level of an operator's right side.
    pub(crate) fn tighter(self) -> Self {
        match self {
            Self::Sum => Self::Concatenation,
            Self::Concatenation => Self::Product,
            Self::Product => Self::Power,
            Self::Power | Self::Value => Self::Value,
        }
    }

    fn takes(self, operator: &str) -> bool {
        Self::of(operator).is_some_and(|level| level <= self)
    }
}

/// Words that are not values.
const KEYWORDS: [&str; 17] = [
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "else",
    "elif",
    "for",
    "do",
    "set",
    "call",
    "recursive",
    "with",
    "filter",
    "include",
    "extends",
];

/// Returns whether the token at `index` can be the end of a value, so that a following `[` is an index and `-` is binary.
pub(crate) fn ends_operand(tokens: &Tokens<'_>, index: usize) -> bool {
    match tokens.kind(index) {
        Some(TokenKind::Name) => {
            // `x.set` and `x|filter` are names whatever the word is.
            is_after_dot_or_pipe(tokens, index) || !KEYWORDS.contains(&tokens.text_of(index))
        }
        Some(TokenKind::Text | TokenKind::Number | TokenKind::Close) => true,
        _ => false,
    }
}

fn is_after_dot_or_pipe(tokens: &Tokens<'_>, index: usize) -> bool {
    index > 0 && (is_operator(tokens, index - 1, ".") || is_operator(tokens, index - 1, "|"))
}

fn is_operator(tokens: &Tokens<'_>, index: usize, operator: &str) -> bool {
    tokens.is(index, TokenKind::Operator, operator)
}

/// Returns the index after the value that begins at `index`, with what follows it on that level.
pub(crate) fn chain_end(tokens: &Tokens<'_>, index: usize, level: Level) -> usize {
    let mut at = index;
    loop {
        while is_operator(tokens, at, "-") || is_operator(tokens, at, "+") {
            at += 1;
        }
        at = value_end(tokens, at);
        let is_chained = tokens.kind(at) == Some(TokenKind::Operator)
            && level.takes(tokens.text_of(at))
            && ends_operand(tokens, at - 1);
        if !is_chained {
            return at;
        }
        at += 1;
    }
}

/// The end of a name, text, number or bracket with its attributes, indices, calls and filters.
fn value_end(tokens: &Tokens<'_>, index: usize) -> usize {
    operand_end(tokens, index, &[".", "|"])
}

/// Returns the index after the value that begins at `index`, with its attributes, indices and calls, without filters.
pub(crate) fn postfix_end(tokens: &Tokens<'_>, index: usize) -> usize {
    operand_end(tokens, index, &["."])
}

fn operand_end(tokens: &Tokens<'_>, index: usize, links: &[&str]) -> usize {
    let mut at = match tokens.kind(index) {
        Some(TokenKind::Open) => tokens.list[index].pair as usize + 1,
        Some(TokenKind::Text) => {
            let mut at = index;
            while tokens.kind(at) == Some(TokenKind::Text) {
                at += 1;
            }
            at
        }
        Some(TokenKind::Name | TokenKind::Number) => index + 1,
        _ => return index,
    };
    loop {
        match tokens.kind(at) {
            Some(TokenKind::Open) if tokens.text_of(at) != "{" => at = tokens.list[at].pair as usize + 1,
            Some(TokenKind::Operator) if links.contains(&tokens.text_of(at)) => at += 2,
            _ => return at,
        }
    }
}

/// Returns the index of the first token of the value that ends before `index`, with what precedes it on that level.
pub(crate) fn chain_start(tokens: &Tokens<'_>, index: usize, level: Level) -> usize {
    let mut at = index;
    loop {
        at = postfix_start(tokens, at);
        // Signs belong to the value when nothing that they could subtract from stands before them.
        while at > 0
            && (is_operator(tokens, at - 1, "-") || is_operator(tokens, at - 1, "+"))
            && !(at > 1 && ends_operand(tokens, at - 2))
        {
            at -= 1;
        }
        let is_chained = at > 1
            && tokens.kind(at - 1) == Some(TokenKind::Operator)
            && level.takes(tokens.text_of(at - 1))
            && ends_operand(tokens, at - 2);
        if !is_chained {
            return at;
        }
        at -= 1;
    }
}

/// Returns the index of the first token of the name, text, number or bracket, with its attributes, indices, calls and
/// filters, that ends before `index`.
pub(crate) fn postfix_start(tokens: &Tokens<'_>, index: usize) -> usize {
    let mut at = index;
    loop {
        let Some(last) = at.checked_sub(1) else { return at };
        match tokens.kind(last) {
            Some(TokenKind::Close) => {
                let open = tokens.list[last].pair as usize;
                at = open;
                let is_postfix = tokens.text_of(open) != "{" && open > 0 && ends_operand(tokens, open - 1);
                if !is_postfix {
                    return at;
                }
            }
            Some(TokenKind::Text) => {
                at = last;
                if tokens.kind(last.wrapping_sub(1)) != Some(TokenKind::Text) {
                    return at;
                }
            }
            Some(TokenKind::Name | TokenKind::Number) => {
                at = last;
                if !is_after_dot_or_pipe(tokens, last) {
                    return at;
                }
                at = last - 1;
            }
            _ => return at,
        }
    }
}
