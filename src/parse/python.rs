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
    if !text.is_empty() {
        check(code)?;
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

/// Checks the function that every Python model has, in dbt's words.
fn check(code: &Span) -> Result<(), Diagnostic> {
    let text = code.text();
    let statements = statements(text);
    let is_model = |at: &&(usize, usize)| {
        let rest = text[at.0..].strip_prefix("def").filter(|rest| rest.starts_with([' ', '\t'])).map(str::trim_start);
        rest.and_then(|rest| rest.strip_prefix("model")).is_some_and(|rest| rest.trim_start().starts_with('('))
    };
    let found: Vec<&(usize, usize)> = statements.iter().filter(is_model).collect();
    let wrong = |title: &str| Diagnostic::error(Kind::Parsing, "E0243", title).in_path(code.file.path.clone());
    let [(start, _)] = found.as_slice() else {
        let title = format!("dbt allows exactly one model defined per python file, found {}", found.len());
        return Err(wrong(&title).with_help("define `def model(dbt, session):`"));
    };
    let at = |length: usize| Span::new(&code.file, code.range.start + start..code.range.start + start + length);
    let parameters =
        text[*start..].split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(names, _)| names);
    let names: Vec<&str> = parameters.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let mut mistakes = Vec::new();
    if names.first().is_some_and(|name| name.split([':', '=']).next().map(str::trim) != Some("dbt")) {
        mistakes.push("'dbt' not provided for model as the first argument");
    }
    // Annotations such as `dict[str, int]` have commas of their own.
    if names.len() != 2 && !parameters.contains('[') {
        mistakes.push("model function should have two args, `dbt` and a session to current warehouse");
    }
    if !ends_with_return(text, &statements, *start) {
        mistakes.push("In current version, model function should return only one dataframe object");
    }
    if mistakes.is_empty() { Ok(()) } else { Err(wrong(&mistakes.join("\n")).at(at("def model".len()), "")) }
}

/// Returns whether the last statement of the function that begins at `start` returns one thing.
fn ends_with_return(text: &str, statements: &[(usize, usize)], start: usize) -> bool {
    let indent = |at: usize| at - text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let outer = indent(start);
    let mut body = statements.iter().skip_while(|(at, _)| *at <= start).take_while(|(at, _)| indent(*at) > outer);
    let Some(first) = body.next() else {
        // The body may stand behind the colon.
        return true;
    };
    let level = indent(first.0);
    let last = body.filter(|(at, _)| indent(*at) == level).last().unwrap_or(first);
    let statement = &text[last.0..last.1];
    let Some(value) = statement.strip_prefix("return") else { return false };
    let is_word = value.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    !is_word && (value.contains("lambda") || !has_bare_comma(value))
}

/// Returns whether a comma stands outside of brackets and strings.
fn has_bare_comma(value: &str) -> bool {
    let (mut depth, mut at) = (0_i32, 0);
    while let Some(character) = value[at..].chars().next() {
        match character {
            '#' => at += value[at..].find('\n').unwrap_or(value.len() - at),
            '\'' | '"' => at += string_length(&value[at..], character),
            _ => {
                match character {
                    '(' | '[' | '{' => depth += 1,
                    ')' | ']' | '}' => depth -= 1,
                    ',' if depth == 0 => return true,
                    _ => {}
                }
                at += character.len_utf8();
            }
        }
    }
    false
}

/// Returns where each statement that begins a line begins and ends: brackets, strings and backslashes carry lines on.
fn statements(text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let (mut depth, mut at) = (0_i32, 0);
    let mut begun: Option<usize> = None;
    while let Some(character) = text[at..].chars().next() {
        let length = match character {
            '#' => text[at..].find('\n').unwrap_or(text.len() - at),
            '\n' => {
                if depth <= 0
                    && let Some(start) = begun.take()
                {
                    found.push((start, at));
                }
                1
            }
            '\\' => 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
            '\'' | '"' => string_length(&text[at..], character),
            _ => {
                depth += i32::from("([{".contains(character)) - i32::from(")]}".contains(character));
                character.len_utf8()
            }
        };
        if character != '#' && !character.is_whitespace() {
            begun.get_or_insert(at);
        }
        at += length;
    }
    found.extend(begun.map(|start| (start, text.len())));
    found
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
    fn the_function_of_a_model_is_checked_in_dbts_words() {
        for fine in [
            "def model(dbt, session):\n    return dbt.ref(\n        'a'\n    )\n",
            "def model(dbt: object, session) -> object:\n    x = '''\n  no\n'''\n    if x:\n        return 1\n    return [a, b]  # a, b\n",
            "async_x = 1\ndef other():\n    pass\n\ndef model( dbt,\n           session\n):\n\n    # first\n    return f(a, \\\n      b)\n\n# end\nX = 2\n",
            "def model(dbt, session): return 1\n",
            "class A:\n    def model_of(self):\n        pass\ndef model(dbt, session):\n\treturn 1",
        ] {
            assert_eq!(read(fine).map(|_| ()), Ok(()), "{fine}");
        }
        let number = "dbt allows exactly one model defined per python file, found";
        let arguments = "model function should have two args, `dbt` and a session to current warehouse";
        let first = "'dbt' not provided for model as the first argument";
        let object = "In current version, model function should return only one dataframe object";
        for (code, says) in [
            ("def other(dbt, session):\n    return 1\n", format!("{number} 0")),
            ("def model(dbt, session):\n    return 1\ndef model(dbt, session):\n    return 1\n", format!("{number} 2")),
            ("def model(dbt):\n    return 1\n", arguments.to_owned()),
            ("def model(session, dbt):\n    return 1\n", first.to_owned()),
            ("def model(dbt, session):\n    raise KeyError('x')\n", object.to_owned()),
            ("def model(dbt, session):\n    return a, b\n", object.to_owned()),
            ("def model(dbt, session):\n    if x:\n        return 1\n", object.to_owned()),
        ] {
            let told = read(code).expect_err(code);
            assert!(told.starts_with(&says), "{told}");
        }
    }

    #[test]
    fn a_computed_name_is_an_error_at_its_call() {
        let code = "def model(dbt, session):\n    return dbt.ref(name)\n";
        let expected = "the arguments of `dbt.ref` must be literals (models/a.py:2:12)";
        assert_eq!(read(code), Err(expected.to_owned()));
    }
}
