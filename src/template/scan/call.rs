//! Calls that can be told from the text alone: `ref` and `source` with their places, and the macros that a macro calls.

use super::{TokenKind, Tokens, tokens};
use crate::diagnostic::Span;
use crate::resource::{RefCall, SourceCall};
use crate::template::Template;

/// A call of `ref` or `source` whose arguments are literals.
#[derive(Clone, Debug)]
pub enum StaticCall {
    /// `ref`.
    Ref(RefCall),
    /// `source`.
    Source(SourceCall),
}

/// Finds the calls of `ref` and `source` with literal arguments; each knows its place. A text that cannot be read has none.
pub fn calls(template: &Template) -> Vec<StaticCall> {
    let Ok(tokens) = tokens(template.text()) else { return Vec::new() };
    let offset = template.span.range.start;
    let mut found = Vec::new();
    for (name, open) in plain_calls(&tokens) {
        let function = tokens.text_of(name);
        if function != "ref" && function != "source" {
            continue;
        }
        let close = tokens.list[open].pair as usize;
        let range = tokens.list[name].range().start + offset..tokens.list[close].range().end + offset;
        let span = Some(Span::new(&template.span.file, range));
        let Some(arguments) = literals(&tokens, open) else { continue };
        let positional: Vec<&String> =
            arguments.iter().filter(|(key, _)| key.is_none()).map(|(_, value)| value).collect();
        let version = arguments.iter().find(|(key, _)| matches!(*key, Some("version" | "v")));
        let version = version.map(|(_, value)| value.clone());
        match (function, positional.as_slice()) {
            ("ref", [name]) => {
                found.push(StaticCall::Ref(RefCall {
                    package: None,
                    name: (*name).clone(),
                    version,
                    is_text_version: false,
                    span,
                }));
            }
            ("ref", [package, name]) => {
                let package = Some((*package).clone());
                found.push(StaticCall::Ref(RefCall {
                    package,
                    name: (*name).clone(),
                    version,
                    is_text_version: false,
                    span,
                }));
            }
            ("source", [source, table]) => {
                let call = SourceCall { source: (*source).clone(), table: (*table).clone(), span };
                found.push(StaticCall::Source(call));
            }
            _ => {}
        }
    }
    found
}

/// Returns where `call` stands.
pub fn place_of_ref(calls: &[StaticCall], call: &RefCall) -> Option<Span> {
    calls.iter().find_map(|known| match known {
        StaticCall::Ref(known) if known.is_same(call) => known.span.clone(),
        _ => None,
    })
}

/// Returns where `call` stands.
pub fn place_of_source(calls: &[StaticCall], call: &SourceCall) -> Option<Span> {
    calls.iter().find_map(|known| match known {
        StaticCall::Source(known) if known.source == call.source && known.table == call.table => known.span.clone(),
        _ => None,
    })
}

/// A call in a macro's text that may be a call of a macro.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MacroCall {
    /// `name(…)`.
    Plain(String),
    /// `package.name(…)`.
    Qualified(String, String),
    /// `adapter.dispatch('name', 'namespace')`.
    Dispatch {
        /// The name.
        name: String,
        /// The namespace, when it is given.
        namespace: Option<String>,
    },
}

/// Returns the keyword arguments of the first call of `config`, each as dbt notes an argument that it does not evaluate: what a
/// literal is, or the text of the expression.
pub fn config_keywords(text: &str) -> Vec<(String, String)> {
    let Ok(tokens) = tokens(text) else { return Vec::new() };
    let Some((_, open)) = plain_calls(&tokens).find(|(name, _)| tokens.text_of(*name) == "config") else {
        return Vec::new();
    };
    let close = tokens.list[open].pair as usize;
    let mut found = Vec::new();
    let mut at = open + 1;
    while at < close {
        let end = argument_end(&tokens, at, close);
        if tokens.is(at + 1, TokenKind::Operator, "=") && at + 2 < end {
            let range = tokens.list[at + 2].range().start..tokens.list[end - 1].range().end;
            let value = text.get(range).unwrap_or_default();
            let shown = match tokens.kind(at + 2) {
                Some(TokenKind::Text) if end == at + 3 => format!("Const(value='{}')", unquoted(value)),
                Some(TokenKind::Number) if end == at + 3 => format!("Const(value={value})"),
                _ => value.to_owned(),
            };
            let key = tokens.text_of(at).to_owned();
            let shown = format!("Keyword(key='{key}', value={shown})");
            found.push((key, shown));
        }
        at = end + 1;
    }
    found
}

/// Returns the index of the comma or parenthesis that ends an argument.
fn argument_end(tokens: &Tokens<'_>, start: usize, close: usize) -> usize {
    let mut at = start;
    while at < close && !tokens.is(at, TokenKind::Operator, ",") {
        at = match tokens.kind(at) {
            Some(TokenKind::Open) => (tokens.list[at].pair as usize).max(at) + 1,
            _ => at + 1,
        };
    }
    at.min(close)
}

/// Finds what a macro may call, in order, as dbt tells a macro's dependencies from its text.
pub fn macro_calls(text: &str) -> Vec<MacroCall> {
    let Ok(tokens) = tokens(text) else { return Vec::new() };
    let mut found = Vec::new();
    for (start, end) in tokens.tags() {
        let is_head = matches!(tokens.keyword(start), "macro" | "test" | "data_test" | "materialization");
        for open in start + 1..end {
            if !tokens.is(open, TokenKind::Open, "(") || tokens.kind(open - 1) != Some(TokenKind::Name) {
                continue;
            }
            let is_name_of_head = is_head && open == start + 3;
            if let Some(call) = macro_call(&tokens, open).filter(|_| !is_name_of_head)
                && !found.contains(&call)
            {
                found.push(call);
            }
        }
    }
    found
}

fn macro_call(tokens: &Tokens<'_>, open: usize) -> Option<MacroCall> {
    let name = tokens.text_of(open - 1).to_owned();
    if !tokens.is(open - 2, TokenKind::Operator, ".") {
        let is_call = !tokens.is(open - 2, TokenKind::Operator, "|") && super::ends_operand(tokens, open - 1);
        let is_standard = matches!(name.as_str(), "ref" | "source" | "config");
        return (is_call && !is_standard).then_some(MacroCall::Plain(name));
    }
    let owner = open.checked_sub(3).filter(|owner| tokens.kind(*owner) == Some(TokenKind::Name))?;
    if owner > 0 && (tokens.is(owner - 1, TokenKind::Operator, ".") || tokens.is(owner - 1, TokenKind::Operator, "|")) {
        return None;
    }
    match (tokens.text_of(owner), name.as_str()) {
        ("adapter", "dispatch") => {
            let arguments = literals(tokens, open)?;
            let given = |position: usize, keyword: &str| {
                let by_keyword = arguments.iter().find(|(key, _)| *key == Some(keyword));
                by_keyword
                    .or_else(|| arguments.get(position).filter(|(key, _)| key.is_none()))
                    .map(|(_, value)| value.clone())
            };
            let given = |position: usize, keyword: &str| given(position, keyword).filter(|text| !text.is_empty());
            Some(MacroCall::Dispatch { name: given(0, "macro_name")?, namespace: given(1, "macro_namespace") })
        }
        ("adapter", _) => None,
        (package, _) => Some(MacroCall::Qualified(package.to_owned(), name)),
    }
}

/// Returns the calls of plain names, each as the index of the name and of its `(`.
fn plain_calls<'a>(tokens: &'a Tokens<'_>) -> impl Iterator<Item = (usize, usize)> + 'a {
    tokens.tags().flat_map(move |(start, end)| {
        (start + 2..end).filter_map(move |open| {
            let is_call = tokens.is(open, TokenKind::Open, "(")
                && tokens.kind(open - 1) == Some(TokenKind::Name)
                && !tokens.is(open - 2, TokenKind::Operator, ".")
                && !tokens.is(open - 2, TokenKind::Operator, "|");
            is_call.then_some((open - 1, open))
        })
    })
}

/// An argument: its keyword, if any, and its value as text.
type Literal<'t> = (Option<&'t str>, String);

/// Returns the arguments of a call when all of them are texts or numbers.
fn literals<'t>(tokens: &Tokens<'t>, open: usize) -> Option<Vec<Literal<'t>>> {
    let close = tokens.list[open].pair as usize;
    let mut found = Vec::new();
    let mut at = open + 1;
    while at < close {
        let keyword = tokens.is(at + 1, TokenKind::Operator, "=").then(|| tokens.text_of(at));
        if keyword.is_some() {
            at += 2;
        }
        let value = match tokens.kind(at)? {
            TokenKind::Text => unquoted(tokens.text_of(at)),
            TokenKind::Number => tokens.text_of(at).to_owned(),
            TokenKind::Name if tokens.text_of(at).eq_ignore_ascii_case("none") => String::new(),
            _ => return None,
        };
        found.push((keyword, value));
        at += 1;
        if at < close && !tokens.is(at, TokenKind::Operator, ",") {
            return None;
        }
        at += 1;
    }
    Some(found)
}

fn unquoted(text: &str) -> String {
    let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
    if inner.contains('\\') {
        inner.replace("\\'", "'").replace("\\\"", "\"").replace("\\\\", "\\")
    } else {
        inner.to_owned()
    }
}
