//! Values of texts in YAML, as Jinja's native rendering gives them: typed when the text is one `{{ … }}` that is not constant.

use std::ops::Range;

use minijinja::{Environment, State, Value};

use super::marker;
use super::scan::{TokenKind, Tokens, ends_operand};
use super::scope::Scope;
use super::values::to_text;

/// Words that name no value.
const WORDS: [&str; 14] =
    ["and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None", "recursive"];

/// Returns the range inside the braces of a text that is one `{{ … }}` with a value of its own type.
///
/// One line end behind it does not count. Jinja prints what is constant while it compiles, before it could be native; only
/// the filters `as_native`, `as_bool` and `as_number` escape that.
pub(super) fn single_expression(tokens: &Tokens<'_>) -> Option<Range<usize>> {
    let last = tokens.list.first().filter(|token| token.kind == TokenKind::ExprStart)?.pair as usize;
    let is_last = match tokens.list.get(last + 1) {
        None => true,
        Some(data) => tokens.list.len() == last + 2 && matches!(tokens.text.get(data.range()), Some("\n" | "\r\n")),
    };
    if !is_last || last < 2 || is_constant(tokens, 0, last) {
        return None;
    }
    Some(tokens.list[1].range().start..tokens.list[last - 1].range().end)
}

/// Returns what is written inside each `{{ … }}` that Jinja prints while it compiles.
pub(super) fn constant_expressions<'t>(tokens: &Tokens<'t>) -> Vec<&'t str> {
    let expressions = tokens.tags().filter(|(start, _)| tokens.kind(*start) == Some(TokenKind::ExprStart));
    let constants = expressions.filter(|(start, end)| end - start > 1 && is_constant(tokens, *start, *end));
    let text = tokens.text;
    constants
        .map(|(start, end)| &text[tokens.list[start + 1].range().start..tokens.list[end - 1].range().end])
        .collect()
}

fn is_constant(tokens: &Tokens<'_>, first: usize, last: usize) -> bool {
    let mut is_constant = true;
    for index in first + 1..last {
        let text = tokens.text_of(index);
        match tokens.kind(index) {
            Some(TokenKind::Name) => {
                let before = tokens.text_of(index - 1);
                if text.starts_with("as_") && before == "|" {
                    return false;
                }
                let is_keyword = tokens.is(index + 1, TokenKind::Operator, "=");
                let is_variable = !matches!(before, "." | "|" | "is") && !WORDS.contains(&text) && !is_keyword;
                is_constant &= !is_variable;
            }
            Some(TokenKind::Open) if text == "(" && ends_operand(tokens, index - 1) => {
                let is_filter = index > 2 && matches!(tokens.text_of(index - 2), "|" | "is" | "not");
                is_constant &= is_filter;
            }
            _ => {}
        }
    }
    is_constant
}

/// Adds the filters that say what type a text in YAML has; in other texts they do nothing.
pub(super) fn install(environment: &mut Environment<'static>) {
    let is_for_value = |state: &State<'_, '_>| Scope::of(state).is_ok_and(|scope| scope.is_for_value());
    environment.add_filter(
        "as_text",
        move |state: &State<'_, '_>, value: Value| {
            if is_for_value(state) { Value::from(to_text(&value)) } else { value }
        },
    );
    for name in ["as_native", "as_bool", "as_number"] {
        environment.add_filter(
            name,
            move |state: &State<'_, '_>, value: Value| {
                if is_for_value(state) { marker::mark(&value) } else { value }
            },
        );
    }
}
