//! Filters that make HTML, addresses and JSON.

use std::fmt::Write as _;

use minijinja::value::ValueKind;
use minijinja::{Error, State, Value};

use super::Filter;
use crate::template::arguments::{Arguments, type_error};
use crate::template::python::methods::whole;
use crate::template::values::json::{self, Layout};
use crate::template::values::{Decimal, is_undefined, iterate, mapping_pairs, to_text, value_error};

pub(super) const FILTERS: &[(&str, Filter)] = &[
    ("escape", escape),
    ("e", escape),
    ("forceescape", force_escape),
    ("safe", safe),
    ("striptags", strip_tags),
    ("xmlattr", xml_attributes),
    ("urlencode", url_encode),
    ("urlize", urlize),
    ("filesizeformat", file_size),
    ("tojson", to_json),
];

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&#39;"),
            '"' => out.push_str("&#34;"),
            _ => out.push(character),
        }
    }
    out
}

fn escape(state: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    if value.is_safe() { Ok(value.clone()) } else { force_escape(state, value, arguments) }
}

fn force_escape(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    Ok(Value::from_safe_string(escaped(&to_text(value))))
}

fn safe(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    Ok(Value::from_safe_string(to_text(value)))
}

fn strip_tags(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    let text = to_text(value);
    let mut rest = text.as_str();
    let mut out = String::new();
    while let Some(at) = rest.find('<') {
        let end = if rest[at..].starts_with("<!--") { "-->" } else { ">" };
        let Some(length) = rest[at..].find(end) else { break };
        out.push_str(&rest[..at]);
        rest = &rest[at + length + end.len()..];
    }
    out.push_str(rest);
    let words: Vec<&str> = out.split_whitespace().collect();
    Ok(Value::from(unescaped(&words.join(" "))))
}

fn unescaped(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&nbsp;", "\u{a0}")];
    let text = pairs.into_iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character));
    text.replace("&amp;", "&")
}

fn xml_attributes(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [auto_space] = arguments.options(["autospace"])?;
    let pairs = mapping_pairs(value).ok_or_else(|| type_error("xmlattr needs a mapping"))?;
    let mut attributes = Vec::new();
    for (key, value) in pairs {
        if value.is_none() || is_undefined(&value) {
            continue;
        }
        let key = to_text(&key);
        if key.contains(|character: char| character.is_whitespace() || "/>=".contains(character)) {
            return Err(value_error(format!("Invalid character in attribute name: '{key}'")));
        }
        attributes.push(format!("{}=\"{}\"", escaped(&key), escaped(&to_text(&value))));
    }
    let text = attributes.join(" ");
    let space = if text.is_empty() || auto_space.is_some_and(|space| !space.is_true()) { "" } else { " " };
    Ok(Value::from(format!("{space}{text}")))
}

fn quoted(text: &str, safe: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-~".contains(&byte) || safe.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn url_encode(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    arguments.options([])?;
    let is_sequence = matches!(value.kind(), ValueKind::Map | ValueKind::Seq | ValueKind::Iterable);
    if !is_sequence {
        return Ok(Value::from(quoted(&to_text(value), "/")));
    }
    let pairs = match mapping_pairs(value) {
        Some(pairs) => pairs,
        None => crate::template::values::pairs_of(value)?,
    };
    let query = |value: &Value| quoted(&to_text(value), "").replace("%20", "+");
    let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{}={}", query(key), query(value))).collect();
    Ok(Value::from(pairs.join("&")))
}

fn urlize(_: &mut State, _: &Value, _: &Arguments) -> Result<Value, Error> {
    Err(type_error("the filter `urlize` is not offered: it makes HTML of addresses, which SQL has no use for"))
}

fn file_size(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [binary] = arguments.options(["binary"])?;
    let binary = binary.is_some_and(|binary| binary.is_true());
    let bytes = match Decimal::of(value) {
        Some(number) => number.to_f64(),
        None => to_text(value).trim().parse().map_err(|_| value_error("filesizeformat needs a number"))?,
    };
    let base: f64 = if binary { 1024.0 } else { 1000.0 };
    if (bytes - 1.0).abs() < f64::EPSILON {
        return Ok(Value::from("1 Byte"));
    }
    if bytes < base {
        return Ok(Value::from(format!("{} Bytes", bytes.trunc())));
    }
    let prefixes = if binary {
        ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
    } else {
        ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
    };
    let mut unit = base;
    for prefix in prefixes {
        if bytes < unit * base || prefix.starts_with('Y') {
            return Ok(Value::from(format!("{:.1} {prefix}", bytes / unit)));
        }
        unit *= base;
    }
    Ok(Value::from(format!("{bytes}")))
}

/// JSON that can stand in HTML: keys sorted, what HTML treats specially escaped.
fn to_json(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [indent] = arguments.options(["indent"])?;
    let indent = indent.filter(|indent| !indent.is_none());
    let indent = indent.map(|indent| whole(Some(&indent), 0)).transpose()?;
    let layout = Layout { sort_keys: true, indent: indent.map(|indent| usize::try_from(indent).unwrap_or(0)) };
    let value = if value.kind() == ValueKind::Iterable { Value::from(iterate(value)?) } else { value.clone() };
    let text = json::write(&value, layout)?;
    let text = text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026").replace('\'', "\\u0027");
    Ok(Value::from_safe_string(text))
}
