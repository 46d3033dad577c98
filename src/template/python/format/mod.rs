//! Python's ways to put values into texts: `str.format` and `%`.

mod float;
mod percent;
mod spec;

use minijinja::value::ValueKind;
use minijinja::{Error, State, Value};

use super::attribute;
use crate::template::arguments::Arguments;
use crate::template::values::{Dict, repr, to_text, value_error};

pub use percent::percent;

/// How deep `{:{width}}` may nest; Python allows as much.
const MAX_DEPTH: usize = 2;

/// Fills the fields of `{}`, `{0}`, `{name.attribute[key]!r:>10}` in.
///
/// # Errors
/// When a field cannot be read, names nothing, or does not fit its value.
pub fn format(state: &mut State, pattern: &str, arguments: &Arguments) -> Result<String, Error> {
    let keywords = arguments.keywords();
    let mut formatter = Formatter { state, positional: arguments.positional(), keywords, next: 0 };
    formatter.fill(pattern, MAX_DEPTH)
}

/// Fills the fields in from a mapping.
///
/// # Errors
/// As [`format`].
pub fn format_map(state: &mut State, pattern: &str, pairs: &[(Value, Value)]) -> Result<String, Error> {
    let keywords: Vec<_> = pairs.iter().map(|(key, value)| (to_text(key), value.clone())).collect();
    let mut formatter = Formatter { state, positional: &[], keywords: &keywords, next: 0 };
    formatter.fill(pattern, MAX_DEPTH)
}

struct Formatter<'a, 'state, 'template, 'env> {
    state: &'state mut State<'template, 'env>,
    positional: &'a [Value],
    keywords: &'a [(String, Value)],
    next: usize,
}

impl Formatter<'_, '_, '_, '_> {
    fn fill(&mut self, pattern: &str, depth: usize) -> Result<String, Error> {
        let mut out = String::new();
        let mut rest = pattern;
        while let Some(at) = rest.find(['{', '}']) {
            out.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            if rest[at + 1..].starts_with(brace) {
                out.push_str(brace);
                rest = &rest[at + 2..];
                continue;
            }
            if brace == "}" {
                return Err(value_error("Single '}' encountered in format string"));
            }
            let end = field_end(&rest[at + 1..])
                .ok_or_else(|| value_error("expected '}' before end of string in a format"))?;
            let text = self.field(&rest[at + 1..at + 1 + end], depth)?;
            out.push_str(&text);
            rest = &rest[at + end + 2..];
        }
        out.push_str(rest);
        Ok(out)
    }

    fn field(&mut self, field: &str, depth: usize) -> Result<String, Error> {
        if depth == 0 {
            return Err(value_error("Max string recursion exceeded"));
        }
        let end = name_end(field);
        let (name, rest) = field.split_at(end);
        let (conversion, spec) = match rest.strip_prefix('!') {
            Some(rest) => {
                let mut rest = rest.chars();
                let conversion = rest.next();
                (conversion, rest.as_str().strip_prefix(':').unwrap_or(""))
            }
            None => (None, rest.strip_prefix(':').unwrap_or("")),
        };
        let value = self.value(name)?;
        let value = match conversion {
            None => value,
            Some('s') => Value::from(to_text(&value)),
            Some('r' | 'a') => Value::from(repr(&value)),
            Some(other) => return Err(value_error(format!("Unknown conversion specifier '{other}'"))),
        };
        let spec = if spec.contains('{') { self.fill(spec, depth - 1)? } else { spec.to_owned() };
        spec::format(self.state, &value, &spec)
    }

    fn value(&mut self, name: &str) -> Result<Value, Error> {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (first, mut rest) = name.split_at(end);
        let mut value = if first.is_empty() {
            self.next += 1;
            self.positional(self.next - 1)?
        } else if let Ok(index) = first.parse::<usize>() {
            self.positional(index)?
        } else {
            let found = self.keywords.iter().find(|(key, _)| key == first).map(|(_, value)| value.clone());
            found.ok_or_else(|| value_error(format!("there is no value for the field '{first}' to format")))?
        };
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                // The keys of a dict are no attributes for Python, though they are for Jinja.
                let is_dict = value.downcast_object_ref::<Dict>().is_some();
                value = if is_dict { Value::UNDEFINED } else { attribute(&value, &after[..end]) };
                rest = &after[end..];
            } else {
                let end = rest.find(']').ok_or_else(|| value_error("Missing ']' in format string"))?;
                let key = &rest[1..end];
                let key = key.parse::<i64>().map_or_else(|_| Value::from(key), Value::from);
                value = value.get_item(&key)?;
                rest = &rest[end + 1..];
            }
        }
        if value.kind() == ValueKind::Undefined && name.contains(['.', '[']) {
            return Err(value_error(format!("the field '{name}' of a format names nothing")));
        }
        Ok(value)
    }

    fn positional(&self, index: usize) -> Result<Value, Error> {
        let missing = || value_error(format!("Replacement index {index} out of range for positional args tuple"));
        self.positional.get(index).cloned().ok_or_else(missing)
    }
}

/// The end of a field's text: its closing brace, braces inside counted.
fn field_end(text: &str) -> Option<usize> {
    let mut depth = 1_usize;
    for (index, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(index);
        }
    }
    None
}

/// The end of a field's name: `!` or `:` outside of square brackets.
fn name_end(field: &str) -> usize {
    let mut is_inside = false;
    for (index, character) in field.char_indices() {
        match character {
            '[' => is_inside = true,
            ']' => is_inside = false,
            '!' | ':' if !is_inside => return index,
            _ => {}
        }
    }
    field.len()
}
