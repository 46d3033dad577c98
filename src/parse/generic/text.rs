//! Values as Python writes them: names and hashes of generic tests are made of such texts.

use crate::resource::{Map, Value};

/// Returns `str(value)`.
pub(crate) fn str(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

/// Returns `repr(value)`.
pub(crate) fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => repr_float(float),
            _ => number.to_string(),
        },
        Value::String(text) => repr_text(text),
        Value::Array(items) => bracketed('[', items.iter().map(repr), ']'),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{}: {}", repr_text(key), repr(value)));
            bracketed('{', entries, '}')
        }
    }
}

/// Returns the text that the hash of a test is made of: all keys sorted, all leaves as texts.
pub(super) fn repr_for_hash(map: &Map) -> String {
    fn leaf(value: &Value) -> String {
        match value {
            Value::Object(map) => repr_for_hash(map),
            Value::Array(items) => bracketed('[', items.iter().map(leaf), ']'),
            other => repr_text(&str(other)),
        }
    }
    let mut keys: Vec<&String> = map.keys().collect();
    keys.sort();
    let entries = keys.into_iter().map(|key| format!("{}: {}", repr_text(key), leaf(&map[key])));
    bracketed('{', entries, '}')
}

fn bracketed(open: char, items: impl Iterator<Item = String>, close: char) -> String {
    format!("{open}{}{close}", items.collect::<Vec<_>>().join(", "))
}

fn escape(character: char) -> String {
    format!("\\x{:02x}", character as u32)
}

fn repr_text(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut written = String::with_capacity(text.len() + 2);
    written.push(quote);
    for character in text.chars() {
        match character {
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            _ if character == quote => {
                written.push('\\');
                written.push(character);
            }
            _ if (character as u32) < 0x20 || character as u32 == 0x7f => {
                written.push_str(&escape(character));
            }
            '\u{a0}' | '\u{ad}' => written.push_str(&escape(character)),
            _ => written.push(character),
        }
    }
    written.push(quote);
    written
}

/// The shortest digits that read back as the number, with an exponent from 1e16 up and below 1e-4.
fn repr_float(number: f64) -> String {
    let magnitude = number.abs();
    if magnitude != 0.0 && !(1e-4..1e16).contains(&magnitude) {
        let text = format!("{number:e}");
        return match text.split_once('e') {
            Some((digits, exponent)) => {
                let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
                format!("{digits}e{sign}{exponent:0>2}")
            }
            None => text,
        };
    }
    let text = format!("{number}");
    if text.contains('.') { text } else { format!("{text}.0") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{repr, str};

    #[test]
    fn values_are_written_as_python_writes_them() {
        let cases = [
            (json!(null), "None"),
            (json!(true), "True"),
            (json!(12), "12"),
            (json!(2.5), "2.5"),
            (json!(3.0), "3.0"),
            (json!(1e20), "1e+20"),
            (json!(0.00001), "1e-05"),
            (json!("it's"), "\"it's\""),
            (json!("it's \"so\""), "'it\\'s \"so\"'"),
            (json!("a\\b\n"), "'a\\\\b\\n'"),
            (json!(["a", 1, {"b": false}]), "['a', 1, {'b': False}]"),
        ];
        for (value, expected) in cases {
            assert_eq!(repr(&value), expected);
        }
        assert_eq!(str(&json!("plain")), "plain");
    }
}
