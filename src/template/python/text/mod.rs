//! The methods of Python's `str`.

mod cut;
mod find;

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, State, Value};

use super::format;
use crate::template::arguments::{Arguments, type_error};
use crate::template::values::{dict, integer, iterate, mapping_pairs, pairs_of, to_text, type_name, value_error};

pub(super) use cut::{lines, strip};

/// Texts are not padded beyond this width.
const MAX_WIDTH: usize = 10_000_000;

/// Calls a method of a text.
///
/// # Errors
/// With the kind `UnknownMethod` when there is none of that name; else when the arguments do not fit.
pub(super) fn call(state: &mut State, text: &str, method: &str, args: &[Value]) -> Result<Value, Error> {
    let arguments = Arguments::new(method, args);
    if let Some(made) = changed(text, method) {
        arguments.options([])?;
        return Ok(Value::from(made));
    }
    if let Some(verdict) = is_kind(text, method) {
        arguments.options([])?;
        return Ok(Value::from(verdict));
    }
    match method {
        "format" => format::format(state, text, &arguments).map(Value::from),
        "format_map" => {
            let [mapping] = arguments.options(["mapping"])?;
            let pairs = pairs_of(&mapping.ok_or_else(|| arguments.missing("mapping"))?)?;
            format::format_map(state, text, &pairs).map(Value::from)
        }
        "join" => join(text, &arguments),
        "center" | "ljust" | "rjust" | "zfill" | "expandtabs" => padded(text, method, &arguments),
        "translate" => translate(text, &arguments),
        "maketrans" => table(&arguments),
        "encode" => {
            arguments.options(["encoding", "errors"])?;
            Ok(Value::from_bytes(text.as_bytes().to_vec()))
        }
        _ => match find::call(text, method, &arguments) {
            Err(error) if error.kind() == ErrorKind::UnknownMethod => cut::call(text, method, &arguments),
            result => result,
        },
    }
}

/// Python's white space, which has four control characters more than Unicode's.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

fn changed(text: &str, method: &str) -> Option<String> {
    Some(match method {
        "upper" => text.to_uppercase(),
        "lower" => text.to_lowercase(),
        "casefold" => text.to_lowercase().replace('ß', "ss"),
        "title" => title(text),
        "capitalize" => capitalize(text),
        "swapcase" => text
            .chars()
            .flat_map(|character| {
                if character.is_uppercase() {
                    character.to_lowercase().collect::<Vec<_>>()
                } else {
                    character.to_uppercase().collect()
                }
            })
            .collect(),
        _ => return None,
    })
}

/// Upper-cases the first character and lower-cases the rest.
pub(super) fn capitalize(text: &str) -> String {
    let mut characters = text.chars();
    let first: String = characters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    first + &characters.as_str().to_lowercase()
}

fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_inside = false;
    for character in text.chars() {
        if !character.is_alphabetic() {
            out.push(character);
            is_inside = false;
        } else if is_inside {
            out.extend(character.to_lowercase());
        } else {
            out.extend(character.to_uppercase());
            is_inside = true;
        }
    }
    out
}

fn is_kind(text: &str, method: &str) -> Option<bool> {
    let all = |test: fn(char) -> bool| !text.is_empty() && text.chars().all(test);
    let cased = || text.chars().any(|character| character.is_uppercase() || character.is_lowercase());
    Some(match method {
        "isalpha" => all(char::is_alphabetic),
        "isalnum" => all(char::is_alphanumeric),
        "isdecimal" => all(|character| character.is_ascii_digit()),
        "isdigit" => all(|character| character.is_ascii_digit() || "⁰¹²³⁴⁵⁶⁷⁸⁹".contains(character)),
        "isnumeric" => all(char::is_numeric),
        "isspace" => all(is_space),
        "isascii" => text.is_ascii(),
        "isprintable" => !text.chars().any(char::is_control),
        "islower" => cased() && !text.chars().any(char::is_uppercase),
        "isupper" => cased() && !text.chars().any(char::is_lowercase),
        "istitle" => cased() && title(text) == text,
        "isidentifier" => {
            let is_part = |character: char| character.is_alphanumeric() || character == '_';
            text.chars().all(is_part) && text.chars().next().is_some_and(|first| is_part(first) && !first.is_numeric())
        }
        _ => return None,
    })
}

fn join(separator: &str, arguments: &Arguments) -> Result<Value, Error> {
    let [items] = arguments.options(["iterable"])?;
    let items = iterate(&items.ok_or_else(|| arguments.missing("iterable"))?)?;
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        if item.kind() != ValueKind::String {
            let name = type_name(item);
            return Err(type_error(format!("sequence item {index}: expected str instance, {name} found")));
        }
        if index > 0 {
            out.push_str(separator);
        }
        out.push_str(item.as_str().unwrap_or_default());
    }
    Ok(Value::from(out))
}

fn padded(text: &str, method: &str, arguments: &Arguments) -> Result<Value, Error> {
    if method == "expandtabs" {
        let [size] = arguments.options(["tabsize"])?;
        let size = size.map_or(Ok(8), |size| integer(&size))?;
        return Ok(Value::from(expand_tabs(text, usize::try_from(size).unwrap_or(0).min(MAX_WIDTH))));
    }
    let [width, fill] = arguments.options(["width", "fillchar"])?;
    let width = usize::try_from(integer(&width.ok_or_else(|| arguments.missing("width"))?)?).unwrap_or(0);
    if width > MAX_WIDTH {
        return Err(value_error("the text would become too long"));
    }
    let fill = fill.map_or_else(|| " ".to_owned(), |fill| to_text(&fill));
    if fill.chars().count() != 1 {
        return Err(type_error("The fill character must be exactly one character long"));
    }
    let space = width.saturating_sub(text.chars().count());
    Ok(Value::from(match method {
        "ljust" => format!("{text}{}", fill.repeat(space)),
        "rjust" => format!("{}{text}", fill.repeat(space)),
        "zfill" => {
            let signed = text.strip_prefix(['-', '+']);
            let (sign, digits) = signed.map_or(("", text), |digits| (&text[..1], digits));
            format!("{sign}{}{digits}", "0".repeat(space))
        }
        _ => center(text, width, &fill),
    }))
}

/// Pads on both sides; of an odd space the larger half stands where Python puts it.
pub(super) fn center(text: &str, width: usize, fill: &str) -> String {
    let space = width.saturating_sub(text.chars().count());
    let left = space / 2 + (space & width & 1);
    format!("{}{text}{}", fill.repeat(left), fill.repeat(space - left))
}

fn expand_tabs(text: &str, size: usize) -> String {
    let mut out = String::new();
    let mut column = 0;
    for character in text.chars() {
        match character {
            '\t' => {
                let space = if size == 0 { 0 } else { size - column % size };
                out.push_str(&" ".repeat(space));
                column += space;
            }
            '\n' | '\r' => {
                out.push(character);
                column = 0;
            }
            _ => {
                out.push(character);
                column += 1;
            }
        }
    }
    out
}

fn translate(text: &str, arguments: &Arguments) -> Result<Value, Error> {
    let [table] = arguments.options(["table"])?;
    let table = table.as_ref().and_then(mapping_pairs).ok_or_else(|| type_error("translate() needs a mapping"))?;
    let mut out = String::new();
    for character in text.chars() {
        let code = Value::from(u32::from(character));
        match table.iter().find(|(key, _)| *key == code).map(|(_, value)| value) {
            None => out.push(character),
            Some(value) if value.is_none() => {}
            Some(value) => match value.as_i64().and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32) {
                Some(replaced) => out.push(replaced),
                None => out.push_str(&to_text(value)),
            },
        }
    }
    Ok(Value::from(out))
}

/// `maketrans`: from a mapping, or from two texts of one length and one of characters to drop.
fn table(arguments: &Arguments) -> Result<Value, Error> {
    let [from, to, dropped] = arguments.options(["x", "y", "z"])?;
    let from = from.ok_or_else(|| arguments.missing("x"))?;
    let code = |character: char| Value::from(u32::from(character));
    let Some(to) = to else {
        let pairs = pairs_of(&from)?.into_iter().map(|(key, value)| {
            let first = key.as_str().and_then(|text| text.chars().next());
            (first.map_or(key.clone(), code), value)
        });
        return Ok(dict(pairs));
    };
    let (from, to) = (to_text(&from), to_text(&to));
    if from.chars().count() != to.chars().count() {
        return Err(value_error("the first two maketrans arguments must have equal length"));
    }
    let pairs = from.chars().zip(to.chars()).map(|(from, to)| (code(from), code(to)));
    let dropped = dropped.map(|dropped| to_text(&dropped)).unwrap_or_default();
    let dropped = dropped.chars().map(|character| (code(character), Value::from(()))).collect::<Vec<_>>();
    Ok(dict(pairs.chain(dropped)))
}
