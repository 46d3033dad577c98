//! Methods that cut texts: strip, split, partition, replace.

use minijinja::{Error, ErrorKind, Value};

use super::is_space;
use crate::template::arguments::Arguments;
use crate::template::values::{integer, list, to_text, tuple, value_error};

/// Calls one of them.
pub(super) fn call(text: &str, method: &str, arguments: &Arguments) -> Result<Value, Error> {
    match method {
        "strip" | "lstrip" | "rstrip" => {
            let [characters] = arguments.options(["chars"])?;
            let characters = characters.filter(|characters| !characters.is_none()).map(|value| to_text(&value));
            Ok(Value::from(strip(text, method, characters.as_deref())))
        }
        "removeprefix" | "removesuffix" => {
            let [part] = arguments.options(["prefix"])?;
            let part = to_text(&part.ok_or_else(|| arguments.missing("prefix"))?);
            let cut = if method == "removeprefix" { text.strip_prefix(&*part) } else { text.strip_suffix(&*part) };
            Ok(Value::from(cut.unwrap_or(text)))
        }
        "split" | "rsplit" => split(text, method, arguments),
        "splitlines" => {
            let [keep] = arguments.options(["keepends"])?;
            let lines = lines(text, keep.is_some_and(|keep| keep.is_true()));
            Ok(list(lines.into_iter().map(Value::from).collect()))
        }
        "partition" | "rpartition" => {
            let [separator] = arguments.options(["sep"])?;
            let separator = to_text(&separator.ok_or_else(|| arguments.missing("sep"))?);
            partition(text, method, &separator)
        }
        "replace" => {
            let [old, new, count] = arguments.options(["old", "new", "count"])?;
            let (Some(old), Some(new)) = (old, new) else { return Err(arguments.missing("new")) };
            let count = count.map_or(Ok(-1), |count| integer(&count))?;
            let (old, new) = (to_text(&old), to_text(&new));
            Ok(Value::from(match usize::try_from(count) {
                Ok(count) => text.replacen(&old, &new, count),
                Err(_) => text.replace(&old, &new),
            }))
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

/// Strips white space, or the characters given, from both ends or one.
pub(in super::super) fn strip<'a>(text: &'a str, method: &str, characters: Option<&str>) -> &'a str {
    let is_cut = |character: char| characters.map_or_else(|| is_space(character), |all| all.contains(character));
    match method {
        "lstrip" => text.trim_start_matches(is_cut),
        "rstrip" => text.trim_end_matches(is_cut),
        _ => text.trim_matches(is_cut),
    }
}

fn split(text: &str, method: &str, arguments: &Arguments) -> Result<Value, Error> {
    let [separator, most] = arguments.options(["sep", "maxsplit"])?;
    let most = most.map_or(Ok(-1), |most| integer(&most))?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let is_reverse = method == "rsplit";
    let parts = match separator.filter(|separator| !separator.is_none()) {
        None if is_reverse => split_spaces_reverse(text, most),
        None => split_spaces(text, most),
        Some(separator) => {
            let separator = to_text(&separator);
            if separator.is_empty() {
                return Err(value_error("empty separator"));
            }
            let limit = most.saturating_add(1);
            if is_reverse {
                let mut parts: Vec<&str> = text.rsplitn(limit, &*separator).collect();
                parts.reverse();
                parts
            } else {
                text.splitn(limit, &*separator).collect()
            }
        }
    };
    Ok(list(parts.into_iter().map(Value::from).collect()))
}

fn split_spaces(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let end = rest.find(is_space).filter(|_| parts.len() < most);
        let Some(end) = end else {
            parts.push(rest);
            break;
        };
        parts.push(&rest[..end]);
        rest = rest[end..].trim_start_matches(is_space);
    }
    parts
}

fn split_spaces_reverse(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim_end_matches(is_space);
    while !rest.is_empty() {
        let start =
            rest.char_indices().rev().find(|(_, character)| is_space(*character)).filter(|_| parts.len() < most);
        let Some((start, space)) = start else {
            parts.push(rest);
            break;
        };
        parts.push(&rest[start + space.len_utf8()..]);
        rest = rest[..start].trim_end_matches(is_space);
    }
    parts.reverse();
    parts
}

/// Splits at ends of lines, `\r\n` counting as one.
pub(in super::super) fn lines(text: &str, keeps_ends: bool) -> Vec<&str> {
    let is_end = |character: char| "\n\r\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{85}\u{2028}\u{2029}".contains(character);
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_end) {
        let end = rest[at..].chars().next().map_or(1, char::len_utf8);
        let after = if rest[at..].starts_with("\r\n") { at + 2 } else { at + end };
        parts.push(if keeps_ends { &rest[..after] } else { &rest[..at] });
        rest = &rest[after..];
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

fn partition(text: &str, method: &str, separator: &str) -> Result<Value, Error> {
    if separator.is_empty() {
        return Err(value_error("empty separator"));
    }
    let found = if method == "partition" { text.split_once(separator) } else { text.rsplit_once(separator) };
    let parts = match found {
        Some((before, after)) => [before, separator, after],
        None if method == "partition" => [text, "", ""],
        None => ["", "", text],
    };
    Ok(tuple(parts.into_iter().map(Value::from).collect()))
}
