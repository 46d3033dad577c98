//! Python models: what they ask `dbt` for, found by reading the code, since only Python could run it.

use super::literal::Call;
use super::render::Extracted;
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::resource::Value;

/// Finds the calls of `dbt.ref`, `dbt.source`, `dbt.config` and `dbt.config.get` outside of comments and strings.
pub(super) fn read(code: &Span) -> Result<Extracted, Diagnostic> {
    let text = code.text();
    let mut extracted = Extracted::default();
    let mut keys: Vec<(Value, Value)> = Vec::new();
    if !text.is_empty() && !text.lines().any(|line| line.trim_start().starts_with("def model(")) {
        return Err(Diagnostic::error(Kind::Parsing, "E0243", "a Python model must define `def model(dbt, session):`")
            .in_path(code.file.path.clone()));
    }
    for at in calls(text) {
        let span = |length: usize| {
            let start = code.range.start + at;
            Span::new(&code.file, start..start + length)
        };
        let name: String = text[at..].chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.')).collect();
        if !matches!(name.as_str(), "dbt.ref" | "dbt.source" | "dbt.config" | "dbt.config.get") {
            continue;
        }
        let Some(call) = Call::at(text, at) else {
            return Err(Diagnostic::error(
                Kind::Parsing,
                "E0243",
                format!("the arguments of `{name}` must be literals"),
            )
            .at(span(name.len()), "this call cannot be read without running it"));
        };
        let place = span(call.range.len());
        match name.as_str() {
            "dbt.ref" => match call.as_ref(Some(place.clone())) {
                Some(reference) if !extracted.refs.iter().any(|known| known.is_same(&reference)) => {
                    extracted.refs.push(reference);
                }
                Some(_) => {}
                None => return Err(wrong(&name, place)),
            },
            "dbt.source" => match call.as_source(Some(place.clone())) {
                Some(source) => extracted.sources.push(source),
                None => return Err(wrong(&name, place)),
            },
            "dbt.config" => super::config::apply_call(&mut extracted.config, &call.keywords),
            _ => match call.arguments.as_slice() {
                [key] => keys.push((key.clone(), Value::Null)),
                [key, default] => keys.push((key.clone(), default.clone())),
                _ => return Err(wrong(&name, place)),
            },
        }
    }
    if !keys.is_empty() {
        let (names, defaults): (Vec<Value>, Vec<Value>) = keys.into_iter().unzip();
        extracted.config.insert("config_keys_used".into(), names.into());
        extracted.config.insert("config_keys_defaults".into(), defaults.into());
    }
    Ok(extracted)
}

fn wrong(name: &str, place: Span) -> Diagnostic {
    Diagnostic::error(Kind::Parsing, "E0243", format!("wrong arguments for `{name}`")).at(place, "")
}

/// Returns where `dbt.` begins outside of comments and strings, but inside `{…}` of f-strings too.
fn calls(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let rest = &text[at..];
        if character == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if character == '\'' || character == '"' {
            let is_format = text[..at].ends_with(['f', 'F']);
            let end = at + string_length(rest, character);
            if is_format {
                found.extend(text[at..end].match_indices("{dbt.").map(|(inner, _)| at + inner + 1));
            }
            at = end;
        } else if rest.starts_with("dbt.")
            && !text[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'))
        {
            found.push(at);
            at += 4;
        } else {
            at += character.len_utf8();
        }
    }
    found
}

fn string_length(rest: &str, quote: char) -> usize {
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let close: &str = if rest.starts_with(&triple) { &triple } else { &triple[..1] };
    let mut at = close.len();
    while let Some(character) = rest[at..].chars().next() {
        if character == '\\' {
            at += 1 + rest[at + 1..].chars().next().map_or(0, char::len_utf8);
        } else if rest[at..].starts_with(close) {
            return at + close.len();
        } else {
            at += character.len_utf8();
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{SourceFile, Span};

    fn read(text: &str) -> Result<(Vec<String>, String), String> {
        let file = SourceFile::new("models/a.py", text);
        let extracted = super::read(&Span::new(&file, 0..text.len())).map_err(|error| error.one_line())?;
        let refs = extracted.refs.iter().map(|call| call.name.clone()).collect();
        Ok((refs, serde_json::to_string(&extracted.config).unwrap()))
    }

    #[test]
    fn calls_are_found_in_code_and_not_in_comments_or_strings() {
        let code = "# dbt.ref('no')\ndef model(dbt, session):\n    '''dbt.ref('no')'''\n    dbt.config(materialized='table', packages=[\"pandas\"])\n    df = dbt.ref('a').df()\n    x = my_dbt.ref('no'); y = f\"{dbt.ref('b')}\"\n    n = dbt.config.get('limit', 5)\n    return df\n";
        let config =
            r#"{"materialized":"table","packages":["pandas"],"config_keys_used":["limit"],"config_keys_defaults":[5]}"#;
        assert_eq!(read(code), Ok((vec!["a".to_owned(), "b".to_owned()], config.to_owned())));
    }

    #[test]
    fn a_computed_name_is_an_error_at_its_call() {
        let code = "def model(dbt, session):\n    return dbt.ref(name)\n";
        let expected = "the arguments of `dbt.ref` must be literals (models/a.py:2:12)";
        assert_eq!(read(code), Err(expected.to_owned()));
    }
}
