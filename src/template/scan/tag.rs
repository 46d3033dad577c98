//! What single tags say: the parameters of a macro, the head of a materialization, and which tags need an end.

use super::{ScanError, TokenKind, Tokens};
use crate::resource::MacroParameter;

/// Returns the parameters between the brackets of a signature, `open` being the index of its `(`.
pub(crate) fn parameters(tokens: &Tokens<'_>, open: usize) -> Vec<MacroParameter> {
    parameter_tokens(tokens, open)
        .into_iter()
        .map(|(name, default)| MacroParameter {
            name: tokens.text_of(name).to_owned(),
            default: default.map(|(first, last)| {
                let range = tokens.list[first].range().start..tokens.list[last].range().end;
                tokens.text.get(range).unwrap_or_default().to_owned()
            }),
        })
        .collect()
}

/// Returns for each parameter the index of its name, and the indices of the first and last token of its default.
pub(crate) fn parameter_tokens(tokens: &Tokens<'_>, open: usize) -> Vec<(usize, Option<(usize, usize)>)> {
    let close = tokens.list[open].pair as usize;
    let mut found = Vec::new();
    let mut at = open + 1;
    while at < close {
        let name = at;
        let mut end = at;
        while end < close && !tokens.is(end, TokenKind::Operator, ",") {
            end = if tokens.kind(end) == Some(TokenKind::Open) { tokens.list[end].pair as usize + 1 } else { end + 1 };
        }
        if tokens.kind(name) == Some(TokenKind::Name) {
            let has_default = tokens.is(name + 1, TokenKind::Operator, "=") && name + 2 < end;
            found.push((name, has_default.then_some((name + 2, end - 1))));
        }
        at = end + 1;
    }
    found
}

/// The head of a materialization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MaterializationHead {
    /// Its name.
    pub name: String,
    /// The adapter it is for, or `default`.
    pub adapter: String,
    /// The languages it takes; empty when not said.
    pub languages: Vec<String>,
}

/// Reads `{% materialization name, adapter='x' %}` or `…, default`, with `supported_languages=[…]`.
pub(crate) fn materialization_head(tokens: &Tokens<'_>, start: usize) -> Result<MaterializationHead, ScanError> {
    let end = tokens.list[start].pair as usize;
    if tokens.kind(start + 2) != Some(TokenKind::Name) {
        return Err(ScanError::new("this materialization has no name", tokens.list[start + 1].range()));
    }
    let mut head = MaterializationHead {
        name: tokens.text_of(start + 2).to_owned(),
        adapter: "default".to_owned(),
        languages: Vec::new(),
    };
    let mut at = start + 3;
    while tokens.is(at, TokenKind::Operator, ",") {
        let key = tokens.text_of(at + 1);
        let value = at + 3;
        let is_given = tokens.is(at + 2, TokenKind::Operator, "=");
        at = match key {
            "default" => at + 2,
            "adapter" if is_given && tokens.kind(value) == Some(TokenKind::Text) => {
                tokens.text_of(value).trim_matches(['\'', '"']).clone_into(&mut head.adapter);
                value + 1
            }
            "supported_languages" if is_given && tokens.kind(value) == Some(TokenKind::Open) => {
                let close = tokens.list[value].pair as usize;
                let texts = (value..close).filter(|index| tokens.kind(*index) == Some(TokenKind::Text));
                head.languages =
                    texts.map(|index| tokens.text_of(index).trim_matches(['\'', '"']).to_owned()).collect();
                close + 1
            }
            _ => {
                let message = format!("materialization `{}` has an unknown argument `{key}`", head.name);
                let range = tokens.list[(at + 1).min(end)].range();
                return Err(ScanError::new(message, range)
                    .with_help("a materialization takes `default`, `adapter` and `supported_languages`"));
            }
        };
    }
    if at != end && !(tokens.is(at, TokenKind::Operator, ":") && at + 1 == end) {
        return Err(ScanError::new("this is not part of a materialization's head", tokens.list[at.min(end)].range()));
    }
    Ok(head)
}

/// Returns the keyword that closes a tag, for tags that need closing. `is_block_set` tells `{% set x %}` from `{% set x = 1 %}`.
fn end_of(tokens: &Tokens<'_>, start: usize) -> Option<&'static str> {
    let end = tokens.list[start].pair as usize;
    Some(match tokens.keyword(start) {
        "if" => "endif",
        "for" => "endfor",
        "macro" => "endmacro",
        "call" => "endcall",
        "filter" => "endfilter",
        "with" => "endwith",
        "autoescape" => "endautoescape",
        "block" => "endblock",
        "test" => "endtest",
        "data_test" => "enddata_test",
        "materialization" => "endmaterialization",
        "snapshot" => "endsnapshot",
        "set" if !assigns(tokens, start, end) => "endset",
        _ => return None,
    })
}

fn assigns(tokens: &Tokens<'_>, start: usize, end: usize) -> bool {
    let mut at = start + 1;
    while at < end {
        if tokens.is(at, TokenKind::Operator, "=") {
            return true;
        }
        at = if tokens.kind(at) == Some(TokenKind::Open) { tokens.list[at].pair as usize + 1 } else { at + 1 };
    }
    false
}

/// Finds a tag that is not closed, or that closes nothing. Costs a pass, so it is asked for only when something went wrong.
pub fn unbalanced(tokens: &Tokens<'_>) -> Option<ScanError> {
    let mut open: Vec<(usize, &'static str)> = Vec::new();
    let range =
        |start: usize| tokens.list[start].range().start..tokens.list[tokens.list[start].pair as usize].range().end;
    for (start, _) in tokens.tags() {
        let keyword = tokens.keyword(start);
        if let Some(end) = end_of(tokens, start) {
            open.push((start, end));
        } else if keyword.starts_with("end") {
            match open.pop() {
                Some((_, end)) if end == keyword => {}
                Some((first, end)) => {
                    let opener = tokens.keyword(first);
                    let message = format!("`{keyword}` stands where `{end}` is needed");
                    let line = tokens.text[..range(first).start].matches('\n').count() + 1;
                    return Some(
                        ScanError::new(message, range(start))
                            .with_help(format!("`{opener}` on line {line} is closed with `{{% {end} %}}`")),
                    );
                }
                None => {
                    let opener = keyword.trim_start_matches("end");
                    return Some(ScanError::new(format!("`{keyword}` has no `{opener}` before it"), range(start)));
                }
            }
        }
    }
    let (first, end) = open.pop()?;
    let opener = tokens.keyword(first);
    Some(
        ScanError::new(format!("`{opener}` is never closed"), range(first))
            .with_help(format!("close it with `{{% {end} %}}`")),
    )
}
