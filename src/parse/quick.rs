//! Templates so plain that reading them tells what rendering would: calls of `ref`, `source`, `config` and `var` with literal
//! arguments, and nothing else. Most models are; skipping their rendering makes parsing several times faster.

use super::config::apply_call;
use super::literal::Reader;
use crate::diagnostic::Span;
use crate::resource::{FunctionCall, Map, RefCall, SourceCall, Value};

/// What a template refers to, and how it configures itself.
#[derive(Debug, Default)]
pub(crate) struct Plain {
    /// Calls of `ref` in order, as dbt lists them: also those that say the same.
    pub refs: Vec<RefCall>,
    /// Calls of `source`, each once, in order.
    pub sources: Vec<SourceCall>,
    /// Calls of `function` in order.
    pub functions: Vec<FunctionCall>,
    /// Keyword arguments of `config()`.
    pub config: Map,
    /// Whether it asks for what dbt does not read without rendering either.
    pub is_beyond_dbt: bool,
}

/// Reads a template; nothing when it must be rendered.
pub(crate) fn read(template: &Span) -> Option<Plain> {
    let text = template.text();
    let mut plain = Plain::default();
    let mut at = 0;
    while let Some(found) = text[at..].find('{') {
        let open = at + found;
        match text.as_bytes().get(open + 1) {
            Some(b'#') => at = open + text[open..].find("#}")? + 2,
            Some(b'{') => at = expression(template, open + 2, &mut plain)?,
            Some(b'%') => return None,
            _ => at = open + 1,
        }
    }
    Some(plain)
}

/// Reads what stands between `{{` and `}}`; returns where it ends.
fn expression(template: &Span, start: usize, plain: &mut Plain) -> Option<usize> {
    let text = template.text();
    let begin = start + usize::from(text[start..].starts_with(['-', '+']));
    let space = text[begin..].len() - text[begin..].trim_start().len();
    let mut reader = Reader { text, at: begin + space };
    let call = reader.call()?;
    let rest = text[reader.at..].trim_start();
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    if !rest.starts_with("}}") {
        return None;
    }
    let end = text.len() - rest.len() + 2;
    let offset = template.range.start;
    let span = Span::new(&template.file, offset + call.range.start..offset + call.range.end);
    match call.name.as_str() {
        "ref" => plain.refs.push(call.as_ref(Some(span))?),
        "source" => {
            let source = call.as_source(Some(span))?;
            if !plain.sources.iter().any(|known| known.source == source.source && known.table == source.table) {
                plain.sources.push(source);
            }
        }
        "function" if call.keywords.is_empty() => {
            plain.is_beyond_dbt = true;
            plain.functions.push(call.as_function(span)?);
        }
        "config" if call.arguments.is_empty() && !call.keywords.is_empty() => {
            let is_hook = |key: &String| key.ends_with("_hook");
            let is_read = call.keywords.iter().all(|(key, value)| !is_hook(key) && is_read_by_dbt(value));
            plain.is_beyond_dbt |= !is_read || has_small_truth(&text[call.range.clone()]);
            let mut keywords = Map::new();
            for (key, value) in call.keywords {
                let key = super::config::hook_key(&key).to_owned();
                if keywords.insert(key, value).is_some() {
                    return None;
                }
            }
            if plain.config.is_empty() {
                plain.config = keywords;
            } else {
                apply_call(&mut plain.config, &keywords);
            }
        }
        // What a var is does not matter here, and one that is missing is an error only when the node runs.
        "var" if (1..=2).contains(&call.arguments.len()) && call.keywords.is_empty() => {
            plain.is_beyond_dbt = true;
        }
        _ => return None,
    }
    Some(end)
}

/// Returns whether dbt reads a value of `config()` without rendering: texts, truth values, and lists and mappings of them.
fn is_read_by_dbt(value: &Value) -> bool {
    match value {
        Value::String(_) | Value::Bool(_) => true,
        Value::Array(items) => items.iter().all(is_read_by_dbt),
        Value::Object(map) => map.values().all(is_read_by_dbt),
        Value::Null | Value::Number(_) => false,
    }
}

/// Returns whether `true` or `false` stands outside of quotes: dbt reads Python's `True` alone.
fn has_small_truth(call: &str) -> bool {
    let mut quote = None;
    let unquoted = call.chars().map(|character| match quote {
        Some(open) if open == character => {
            quote = None;
            ' '
        }
        Some(_) => ' ',
        None if matches!(character, '"' | '\'') => {
            quote = Some(character);
            ' '
        }
        None => character,
    });
    let unquoted: String = unquoted.collect();
    unquoted.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| matches!(word, "true" | "false"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::diagnostic::{SourceFile, Span};

    fn read(text: &str) -> Option<(Vec<String>, Vec<String>, Value)> {
        let file = SourceFile::new("models/a.sql", text);
        let plain = super::read(&Span::new(&file, 0..text.len()))?;
        let refs = plain.refs.iter().map(|call| format!("{}@{}", call.name, call.span.as_ref().unwrap().location()));
        let sources = plain.sources.iter().map(|call| format!("{}.{}", call.source, call.table));
        Some((refs.collect(), sources.collect(), Value::Object(plain.config)))
    }

    #[test]
    fn plain_templates_are_read_with_places() {
        let text = "{{ config(materialized='view', tags='x') }}\n{#- ref('no') #}\n-- {{ ref('b') }}\nselect {a: 1}, {{ var('x', 1) }} from {{- ref('a') -}} join {{ source('s', 't') }} join {{ ref('a') }}";
        let (refs, sources, config) = read(text).unwrap();
        assert_eq!(refs, ["b@models/a.sql:3:7", "a@models/a.sql:4:43", "a@models/a.sql:4:92"]);
        assert_eq!(sources, ["s.t"]);
        assert_eq!(config, json!({"materialized": "view", "tags": "x"}));
    }

    #[test]
    fn all_else_must_be_rendered() {
        let texts = [
            "{% if true %}{{ ref('a') }}{% endif %}",
            "{{ ref('a').schema }}",
            "{{ dbt_utils.star(ref('a')) }}",
            "{{ ref(name) }}",
            "{{ this }}",
            "{{ ref('a')",
            "{{ config(pre_hook='a', **{'pre-hook': 'b'}) }}",
        ];
        for text in texts {
            assert!(read(text).is_none(), "{text}");
        }
    }
}
