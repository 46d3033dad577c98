//! One criterion: `[@][N+][method[.argument…]:]value[+[N]]`.

use super::IndirectSelection;
use super::method::{Method, Search};
use crate::diagnostic::{Diagnostic, Kind, Span};

/// How far relatives come along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Not at all.
    Nothing,
    /// All of them.
    All,
    /// Over at most so many edges.
    Edges(usize),
}

impl Reach {
    /// Returns over how many edges to walk; none when there is no walk.
    pub fn depth(self) -> Option<usize> {
        match self {
            Self::Nothing => None,
            Self::All => Some(usize::MAX),
            Self::Edges(edges) => Some(edges),
        }
    }
}

/// How relatives come along.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    /// `@`: with descendants, and the ancestors of all of these.
    pub has_childrens_parents: bool,
    pub parents: Reach,
    pub children: Reach,
}

/// One criterion of a selection.
#[derive(Clone, Debug)]
pub(super) struct Criterion {
    pub search: Search,
    pub parts: Parts,
    pub indirect: IndirectSelection,
    /// Where it stands.
    pub span: Span,
}

impl Criterion {
    /// Reads the text of a span.
    pub fn parse(span: &Span, indirect: IndirectSelection) -> Result<Self, Diagnostic> {
        let text = span.text();
        let pieces = Pieces::of(text);
        if pieces.has_childrens_parents && pieces.children.is_some() {
            let title = format!("Invalid node spec {text} - \"@\" prefix and \"+\" suffix are incompatible");
            return Err(Diagnostic::error(Kind::Runtime, "E0502", title)
                .at(span.clone(), "")
                .with_help("`@` already takes the descendants; remove the `+`"));
        }
        let value = pieces.value;
        let start = span.range.start + (value.as_ptr() as usize - text.as_ptr() as usize);
        let value_span = Span::new(&span.file, start..start + value.len());
        let search = match pieces.method {
            Some(method) => {
                let start = start - 1 - method.len();
                let method_span = Span::new(&span.file, start..start + method.len());
                Search::new(method, &method_span, value, &value_span)?
            }
            None => Search::of_method(default_method(value), value),
        };
        let parts = Parts {
            has_childrens_parents: pieces.has_childrens_parents,
            parents: pieces.parents.map_or(Reach::Nothing, reach),
            children: pieces.children.map_or(Reach::Nothing, reach),
        };
        Ok(Self { search, parts, indirect, span: span.clone() })
    }
}

/// A criterion's text taken apart.
pub(super) struct Pieces<'a> {
    pub has_childrens_parents: bool,
    /// The digits before `+`, when there is one.
    pub parents: Option<&'a str>,
    pub method: Option<&'a str>,
    pub value: &'a str,
    /// The digits after `+`, when there is one.
    pub children: Option<&'a str>,
}

impl<'a> Pieces<'a> {
    /// Takes any text apart.
    pub fn of(text: &'a str) -> Self {
        let (has_childrens_parents, rest) = match text.strip_prefix('@') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (parents, rest) = before(rest);
        let (rest, children) = after(rest);
        let (method, value) = split_method(rest);
        Self { has_childrens_parents, parents, method, value, children }
    }

    /// Returns the method's name, also when none is written.
    pub fn method_name(&self) -> &'a str {
        self.method.unwrap_or_else(|| default_method(self.value).name())
    }
}

/// Splits `N+` off the beginning.
fn before(text: &str) -> (Option<&str>, &str) {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match text[digits..].strip_prefix('+') {
        Some(rest) => (Some(&text[..digits]), rest),
        None => (None, text),
    }
}

/// Splits `+N` off the end.
fn after(text: &str) -> (&str, Option<&str>) {
    let head = text.trim_end_matches(|c: char| c.is_ascii_digit());
    match head.strip_suffix('+') {
        Some(rest) => (rest, Some(&text[head.len()..])),
        None => (text, None),
    }
}

fn reach(digits: &str) -> Reach {
    match digits {
        "" => Reach::All,
        // More edges than a number holds are all of them.
        digits => digits.parse().map_or(Reach::All, Reach::Edges),
    }
}

/// Splits `method.argument:` off the beginning.
fn split_method(text: &str) -> (Option<&str>, &str) {
    match text.split_once(':') {
        Some((method, value))
            if !method.is_empty() && method.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.') =>
        {
            (Some(method), value)
        }
        _ => (None, text),
    }
}

/// Returns the method that a bare value means.
fn default_method(value: &str) -> Method {
    let is_file = value
        .rsplit_once('.')
        .is_some_and(|(_, extension)| ["sql", "py", "csv"].iter().any(|known| extension.eq_ignore_ascii_case(known)));
    if value.contains(['/', '\\']) {
        Method::Path
    } else if is_file {
        Method::File
    } else {
        Method::Fqn
    }
}
