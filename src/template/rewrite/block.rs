//! Rules for whole tags: dbt's own blocks become macros, signatures take what callers may hand over.

use super::edit::{Edits, span};
use super::{Extras, PREFIX, newlines};
use crate::template::scan::{ScanError, TokenKind, Tokens, materialization_head, parameter_tokens};

/// Replaces the head of a materialization and the ends of dbt's own blocks; tells whether nothing else is to be done there.
pub(super) fn is_replaced(tokens: &Tokens<'_>, start: usize, edits: &mut Edits) -> Result<bool, ScanError> {
    let end = tokens.list[start].pair as usize;
    match tokens.keyword(start) {
        "endtest" | "enddata_test" | "endmaterialization" => {
            edits.replace(tokens.list[start + 1].range(), "endmacro");
            Ok(true)
        }
        "materialization" => {
            let head = materialization_head(tokens, start)?;
            let range = span(tokens, start + 1, end - 1);
            let languages = if head.languages.is_empty() { vec!["sql".to_owned()] } else { head.languages };
            let languages: Vec<String> = languages.iter().map(|language| format!("'{}'", plain(language))).collect();
            let text = format!(
                "macro {PREFIX}materialization_{}_{}(supported_languages=[{}]){}",
                head.name,
                plain(&head.adapter),
                languages.join(","),
                newlines(&tokens.text[range.clone()]),
            );
            edits.replace(range, text);
            Ok(true)
        }
        _ => Ok(false),
    }
}

/// Keeps what can stand in a name, so that a strange head cannot become other template code.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The head of a macro or test: its name, its signature.
pub(super) fn header(tokens: &Tokens<'_>, start: usize, extras: Extras, edits: &mut Edits) {
    let keyword = tokens.keyword(start);
    if !matches!(keyword, "macro" | "test" | "data_test") || tokens.kind(start + 2) != Some(TokenKind::Name) {
        return;
    }
    let name = tokens.list[start + 2].range();
    if keyword == "macro" {
        edits.insert(name.start, PREFIX);
    } else {
        edits.replace(tokens.list[start + 1].range(), "macro");
        edits.insert(name.start, format!("{PREFIX}test_"));
    }
    if tokens.is(start + 3, TokenKind::Open, "(") {
        signature(tokens, start, extras, edits);
    }
}

fn signature(tokens: &Tokens<'_>, start: usize, extras: Extras, edits: &mut Edits) {
    let open = start + 3;
    let close = tokens.list[open].pair as usize;
    let parameters = parameter_tokens(tokens, open);
    let is_taken = |name: &str| parameters.iter().any(|(index, _)| tokens.text_of(*index) == name);
    let mut added = Vec::new();
    if extras.varargs && !is_taken("varargs") {
        added.push("varargs=()");
    }
    if extras.kwargs && !is_taken("kwargs") {
        added.push("kwargs={}");
    }
    if !added.is_empty() {
        let needs_comma = !parameters.is_empty() && !tokens.is(close - 1, TokenKind::Operator, ",");
        let comma = if needs_comma { "," } else { "" };
        edits.insert(tokens.list[close].range().start, format!("{comma}{}", added.join(",")));
    }
    defaults(tokens, start, &parameters, edits);
}

/// minijinja evaluates defaults from the last to the first; one that names another parameter moves into the body.
fn defaults(tokens: &Tokens<'_>, start: usize, parameters: &[(usize, Option<(usize, usize)>)], edits: &mut Edits) {
    let names: Vec<&str> = parameters.iter().map(|(index, _)| tokens.text_of(*index)).collect();
    let mut body = String::new();
    let end = tokens.list[start].pair as usize;
    let sign = tokens.text_of(end).trim_end_matches("%}");
    for (name, default) in parameters {
        let Some((first, last)) = default else { continue };
        let names_another = (*first..=*last).any(|index| {
            tokens.kind(index) == Some(TokenKind::Name)
                && names.contains(&tokens.text_of(index))
                && !tokens.is(index - 1, TokenKind::Operator, ".")
        });
        let range = span(tokens, *first, *last);
        let text = &tokens.text[range.clone()];
        if !names_another || text.contains('\n') {
            continue;
        }
        let name = tokens.text_of(*name);
        body.extend(["{%set ", name, "=(", text, ") if ", name, " is undefined else ", name, sign, "%}"]);
        edits.replace(range, "__u");
    }
    if !body.is_empty() {
        edits.insert(tokens.list[end].range().end, body);
    }
}

/// `{% if x: %}`: Jinja lets the colon pass.
pub(super) fn colon(tokens: &Tokens<'_>, start: usize, end: usize, edits: &mut Edits) {
    if end > start + 2 && tokens.is(end - 1, TokenKind::Operator, ":") {
        edits.replace(tokens.list[end - 1].range(), "");
    }
}

/// A `docs` block in a template makes no text.
pub(super) fn docs(tokens: &Tokens<'_>, edits: &mut Edits) {
    for token in tokens.list.iter().filter(|token| token.kind == TokenKind::Docs) {
        let text = tokens.text.get(token.range()).unwrap_or_default();
        edits.replace(token.range(), format!("{{#{}#}}", newlines(text)));
    }
}
