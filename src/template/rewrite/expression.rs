//! Rules inside of tags: literals, `%`, sums, `do`, `set`.

use super::edit::{Edits, Layer, span};
use crate::template::scan::{Level, TokenKind, Tokens, chain_end, chain_start, ends_operand, postfix_end};

/// Rewrites literals and arithmetic of one tag.
pub(super) fn operators(tokens: &Tokens<'_>, start: usize, end: usize, edits: &mut Edits) {
    for index in start + 1..end {
        match tokens.kind(index) {
            Some(TokenKind::Open) => literal(tokens, start, index, edits),
            Some(TokenKind::Operator) if index > start + 1 && ends_operand(tokens, index - 1) => {
                arithmetic(tokens, index, edits);
                comparison(tokens, index, edits);
            }
            Some(TokenKind::Operator) if tokens.text_of(index) == "-" => negation(tokens, index, edits),
            // minijinja has no sign for plus.
            Some(TokenKind::Operator) if tokens.text_of(index) == "+" => edits.replace(tokens.list[index].range(), ""),
            _ => {}
        }
    }
}

/// White space of other alphabets, which the template engine does not take for any.
pub(super) fn blanks(tokens: &Tokens<'_>, start: usize, end: usize, edits: &mut Edits) {
    for index in start..end {
        let gap = tokens.list[index].range().end..tokens.list[index + 1].range().start;
        if !tokens.text[gap.clone()].is_ascii() {
            edits.replace(gap, " ");
        }
    }
}

/// `{{ a, b }}` prints a tuple; `{% for x in a, b %}` goes over one.
pub(super) fn bare_tuple(tokens: &Tokens<'_>, start: usize, end: usize, edits: &mut Edits) {
    let is_word =
        |at: usize, words: &[&str]| tokens.kind(at) == Some(TokenKind::Name) && words.contains(&tokens.text_of(at));
    let first = match tokens.keyword(start) {
        "" if tokens.kind(start) == Some(TokenKind::ExprStart) => start + 1,
        "for" => (start..end).find(|at| is_word(*at, &["in"])).map_or(end, |at| at + 1),
        _ => return,
    };
    let is_loop = first > start + 1;
    let (mut at, mut has_comma) = (first, false);
    while at < end && !(is_loop && (is_word(at, &["if", "recursive"]) || tokens.is(at, TokenKind::Operator, ":"))) {
        has_comma |= tokens.is(at, TokenKind::Operator, ",");
        at = if tokens.kind(at) == Some(TokenKind::Open) { tokens.list[at].pair as usize + 1 } else { at + 1 };
    }
    if has_comma && at > first {
        edits.wrap(span(tokens, first, at - 1), "(", ")", Layer::Do);
    }
}

/// `x['a', 'b']` is an index by a tuple.
fn tuple_index(tokens: &Tokens<'_>, index: usize, close: usize, edits: &mut Edits) {
    let mut at = index + 1;
    let mut has_comma = false;
    while at < close {
        match tokens.kind(at) {
            Some(TokenKind::Open) => at = tokens.list[at].pair as usize,
            _ if tokens.is(at, TokenKind::Operator, ":") => return,
            _ => has_comma |= tokens.is(at, TokenKind::Operator, ","),
        }
        at += 1;
    }
    if has_comma {
        edits.wrap(span(tokens, index + 1, close - 1), "(", ")", Layer::Literal);
    }
}

/// `[1]` and `{'a': 1}` can be changed; not after `in`, where nobody can get hold of them.
fn literal(tokens: &Tokens<'_>, start: usize, index: usize, edits: &mut Edits) {
    let bracket = tokens.text_of(index);
    let before = index - 1;
    let is_index = before > start && ends_operand(tokens, before);
    let is_after_in = tokens.is(before, TokenKind::Name, "in");
    if bracket == "[" && is_index {
        tuple_index(tokens, index, tokens.list[index].pair as usize, edits);
    }
    if bracket == "(" || (bracket == "[" && is_index) || is_after_in {
        return;
    }
    let close = tokens.list[index].pair as usize;
    let after = if bracket == "[" { "|__l)" } else { "|__d)" };
    edits.wrap(span(tokens, index, close), "(", after, Layer::Literal);
}

/// `a % b` formats texts too, `a + b` joins lists and adds to dates: `(a)|__mod(b)`, `(a)|__add(b)`. What is plain for the
/// template engine stays: two literals, and a sum with a literal text.
fn arithmetic(tokens: &Tokens<'_>, index: usize, edits: &mut Edits) {
    let operator = tokens.text_of(index);
    let (Some(level), Some(filter)) = (Level::of(operator), filter(operator)) else { return };
    let first = chain_start(tokens, index, level);
    let after = chain_end(tokens, index + 1, level.tighter());
    if first >= index || after <= index + 1 {
        return;
    }
    let literal = |from: usize, to: usize, kind: TokenKind| to == from + 1 && tokens.kind(from) == Some(kind);
    let text = literal(first, index, TokenKind::Text) || literal(index + 1, after, TokenKind::Text);
    let numbers = literal(first, index, TokenKind::Number) && literal(index + 1, after, TokenKind::Number);
    if numbers && !matches!(operator, "%" | "/" | "//") || text && operator == "+" {
        return;
    }
    let place = tokens.list[index].range();
    edits.wrap(span(tokens, first, index - 1), "(", ")", Layer::Arithmetic);
    edits.wrap(place.start..tokens.list[after - 1].range().end, "", ")", Layer::Arithmetic);
    edits.replace(place, filter);
}

/// `-x` for decimals, durations and booleans; minijinja knows numbers only. Its filters come after the sign, as in Jinja.
fn negation(tokens: &Tokens<'_>, index: usize, edits: &mut Edits) {
    let first = index + 1;
    let is_value = matches!(tokens.kind(first), Some(TokenKind::Name)) || tokens.is(first, TokenKind::Open, "(");
    let after = postfix_end(tokens, first);
    if !is_value || after <= first {
        return;
    }
    edits.wrap(span(tokens, first, after - 1), "((", ")|__neg)", Layer::Literal);
    edits.replace(tokens.list[index].range(), "");
}

fn filter(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "+" => "|__add(",
        "-" => "|__sub(",
        "*" => "|__mul(",
        "/" => "|__div(",
        "//" => "|__floordiv(",
        "%" => "|__mod(",
        "**" => "|__pow(",
        _ => return None,
    })
}

/// `a < b` compares decimals and dates too: `(a)|__lt(b)`. Equality with a literal text or word stays, and so does a
/// comparison of a chain such as `a < b < c`.
fn comparison(tokens: &Tokens<'_>, index: usize, edits: &mut Edits) {
    let filter = match tokens.text_of(index) {
        "==" => "|__eq(",
        "!=" => "|__ne(",
        "<" => "|__lt(",
        "<=" => "|__le(",
        ">" => "|__gt(",
        ">=" => "|__ge(",
        _ => return,
    };
    let first = chain_start(tokens, index, Level::Sum);
    let after = chain_end(tokens, index + 1, Level::Sum);
    if first >= index || after <= index + 1 || is_chained(tokens, first.wrapping_sub(1)) || is_chained(tokens, after) {
        return;
    }
    let plain = |from: usize, to: usize| {
        let is_word = matches!(tokens.text_of(from).to_ascii_lowercase().as_str(), "true" | "false" | "none");
        to == from + 1 && (tokens.kind(from) == Some(TokenKind::Text) || is_word)
    };
    let is_equality = matches!(tokens.text_of(index), "==" | "!=");
    if is_equality && (plain(first, index) || plain(index + 1, after)) {
        return;
    }
    let place = tokens.list[index].range();
    edits.wrap(span(tokens, first, index - 1), "(", ")", Layer::Comparison);
    edits.wrap(place.start..tokens.list[after - 1].range().end, "", ")", Layer::Comparison);
    edits.replace(place, filter);
}

/// Whether the token beside a comparison's operand makes it part of a longer one: another comparison, `in`, `is`.
fn is_chained(tokens: &Tokens<'_>, index: usize) -> bool {
    match tokens.kind(index) {
        Some(TokenKind::Operator) => matches!(tokens.text_of(index), "==" | "!=" | "<" | "<=" | ">" | ">="),
        Some(TokenKind::Name) => match tokens.text_of(index) {
            "in" | "is" => true,
            // `not` before an operand negates the comparison; after one it begins `not in`.
            "not" => {
                tokens.is(index + 1, TokenKind::Name, "in") || tokens.is(index.wrapping_sub(1), TokenKind::Name, "is")
            }
            _ => tokens.is(index.wrapping_sub(1), TokenKind::Name, "is"),
        },
        _ => false,
    }
}

/// `{% set x = … %}`: what filters, slices and `split` give can be changed too.
pub(super) fn set_value(tokens: &Tokens<'_>, start: usize, end: usize, edits: &mut Edits) {
    if tokens.keyword(start) != "set" {
        return;
    }
    let Some(assign) = (start + 2..end).find(|index| tokens.is(*index, TokenKind::Operator, "=")) else { return };
    let makes_sequence = |index: usize| {
        let is_filter = tokens.is(index, TokenKind::Operator, "|");
        is_filter || tokens.is(index, TokenKind::Name, "split") || is_slice(tokens, index)
    };
    let last = if tokens.is(end - 1, TokenKind::Operator, ":") { end - 1 } else { end };
    if (assign + 1..last).any(makes_sequence) {
        edits.wrap(span(tokens, assign + 1, last - 1), "((", ")|__m)", Layer::Set);
    }
}

/// `x[1:]`, which minijinja makes a view of `x`.
fn is_slice(tokens: &Tokens<'_>, index: usize) -> bool {
    if !tokens.is(index, TokenKind::Open, "[") || !ends_operand(tokens, index.wrapping_sub(1)) {
        return false;
    }
    let close = tokens.list[index].pair as usize;
    (index + 1..close).any(|inner| tokens.is(inner, TokenKind::Operator, ":"))
}

/// `{% do EXPR %}` for any expression; minijinja knows it for calls only.
pub(super) fn do_call(tokens: &Tokens<'_>, start: usize, end: usize, edits: &mut Edits) {
    if tokens.keyword(start) != "do" || end <= start + 2 {
        return;
    }
    let first = start + 2;
    let is_call = tokens.kind(end - 1) == Some(TokenKind::Close)
        && tokens.text_of(end - 1) == ")"
        && is_postfix_chain(tokens, first, end)
        && ends_operand(tokens, (tokens.list[end - 1].pair as usize).wrapping_sub(1));
    if !is_call {
        edits.wrap(span(tokens, first, end - 1), "__do((", "))", Layer::Do);
    }
}

/// Whether the tokens are one value with attributes, indices and calls, without filters and operators.
fn is_postfix_chain(tokens: &Tokens<'_>, first: usize, end: usize) -> bool {
    let mut at = first;
    while at < end {
        match tokens.kind(at) {
            Some(TokenKind::Open) => at = tokens.list[at].pair as usize + 1,
            Some(TokenKind::Operator) if tokens.text_of(at) != "." => return false,
            Some(TokenKind::Name) if at > first && !tokens.is(at - 1, TokenKind::Operator, ".") => return false,
            _ => at += 1,
        }
    }
    true
}
