//! Turns dbt's dialect of Jinja into what minijinja takes, by edits that leave all lines where they are.
//!
//! minijinja's lists and mappings cannot be changed, so a literal is handed to a filter that makes one that can (`__l`, `__d`);
//! arithmetic and comparisons become filters that know Python's texts, lists, dates and decimals (`__mod`, `__add`, `__lt` …);
//! what filters give is made into lists of their own where it is kept (`__m`).
//! dbt's own tags become macros. [`EditMap`] leads errors back to the user's text.

mod block;
mod edit;
mod expression;
mod mark;

use std::ops::Range;

use super::scan::{ScanError, TokenKind, Tokens, tokens};
use edit::Edits;

pub use edit::EditMap;
pub(super) use mark::{EXPRESSION_END, EXPRESSION_PLACE, EXPRESSION_START, PLACE_END, PLACE_START};

/// What stands before a macro's own name, so that the name means the callable object and not the bare macro.
pub(super) const PREFIX: &str = "dbt_macro__";

/// Lets macros of other units come into the render: hands their unit's name to `include`.
pub(super) const PROLOGUE: &str = "{%macro __inc(__n)%}{%include __n%}{%endmacro%}{%do __boot(__inc)%}";

/// What is to be rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit<'a> {
    /// A text that is rendered by itself. `names` tells whether a name brings in macros, which need the prologue.
    Template,
    /// A macro's block, whose name with its kind's prefix is given.
    Macro(&'a str),
}

/// Whether the text is to tell where its output comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// No.
    None,
    /// Yes; the number tells this text from others.
    Unit(u32),
}

/// A rewritten text.
#[derive(Debug)]
pub struct Rewritten {
    /// What the template engine compiles.
    pub text: String,
    /// The way back.
    pub map: EditMap,
    /// What a macro takes beyond its parameters.
    pub extras: Extras,
}

/// What a macro takes beyond its parameters, told from the names in its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// It names `varargs`.
    pub varargs: bool,
    /// It names `kwargs`.
    pub kwargs: bool,
    /// It names `caller`.
    pub caller: bool,
}

/// Rewrites a text; `names` is asked for every name in it whether it brings in macros.
///
/// # Errors
/// When the text cannot be read as tags.
pub fn rewrite(text: &str, unit: Unit<'_>, marks: Marks, names: &dyn Fn(&str) -> bool) -> Result<Rewritten, ScanError> {
    let tokens = tokens(text)?;
    let mut edits = Edits::default();
    let extras = extras(&tokens);
    for (start, end) in tokens.tags() {
        if tokens.kind(start) == Some(TokenKind::TagStart) {
            if block::is_replaced(&tokens, start, &mut edits)? {
                continue;
            }
            block::header(&tokens, start, extras, &mut edits);
            block::colon(&tokens, start, end, &mut edits);
            expression::do_call(&tokens, start, end, &mut edits);
            expression::set_value(&tokens, start, end, &mut edits);
        }
        expression::bare_tuple(&tokens, start, end, &mut edits);
        expression::blanks(&tokens, start, end, &mut edits);
        expression::operators(&tokens, start, end, &mut edits);
    }
    block::docs(&tokens, &mut edits);
    carriage_returns(text, &mut edits);
    match unit {
        Unit::Macro(name) => edits.insert(text.len(), format!("{{%do __def({PREFIX}{name})%}}")),
        Unit::Template => {
            if text.starts_with('\u{feff}') {
                edits.replace(0..3, "");
            }
            if mentions(&tokens, names) {
                edits.begin(PROLOGUE);
            }
        }
    }
    if let Marks::Unit(number) = marks {
        mark::mark(&tokens, number, &mut edits);
    }
    let (text, map) = edits.apply(text);
    Ok(Rewritten { text, map, extras })
}

/// Rewrites an expression that stands alone, for its value: `wrap` names the function that takes it.
///
/// # Errors
/// When it cannot be read.
pub fn rewrite_value(text: &str, expression: Range<usize>, wrap: &'static str) -> Result<(String, EditMap), ScanError> {
    let tokens = tokens(text)?;
    let mut edits = Edits::default();
    for (start, end) in tokens.tags() {
        expression::blanks(&tokens, start, end, &mut edits);
        expression::operators(&tokens, start, end, &mut edits);
    }
    carriage_returns(text, &mut edits);
    edits.begin(PROLOGUE);
    edits.wrap(expression, wrap, "))", edit::Layer::Mark);
    Ok(edits.apply(text))
}

fn extras(tokens: &Tokens<'_>) -> Extras {
    let mut extras = Extras::default();
    for (index, token) in tokens.list.iter().enumerate().filter(|(_, token)| token.kind == TokenKind::Name) {
        match tokens.text.get(token.range()) {
            Some("varargs") => extras.varargs = true,
            Some("kwargs") => extras.kwargs = true,
            Some("caller") if !tokens.is(index.wrapping_sub(1), TokenKind::Operator, ".") => extras.caller = true,
            _ => {}
        }
    }
    extras
}

fn mentions(tokens: &Tokens<'_>, names: &dyn Fn(&str) -> bool) -> bool {
    tokens.list.iter().enumerate().any(|(index, token)| {
        token.kind == TokenKind::Name
            && !tokens.is(index.wrapping_sub(1), TokenKind::Operator, ".")
            && names(tokens.text_of(index))
    })
}

/// Jinja gives every line one kind of end.
fn carriage_returns(text: &str, edits: &mut Edits) {
    for (at, _) in text.match_indices("\r\n") {
        edits.replace(at..at + 1, "");
    }
}

/// As many line ends as `text` has.
fn newlines(text: &str) -> String {
    "\n".repeat(text.matches('\n').count())
}

#[cfg(test)]
mod tests;
