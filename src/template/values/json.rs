//! JSON text as Python's `json.dumps` writes it.

use std::fmt::Write as _;

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use super::list::value_error;
use super::{Dict, is_ours, iterate, mapping_pairs, to_text, type_name};
use crate::template::arguments::type_error;

/// How deep values may nest; a list that contains itself ends here, as in Python.
const MAX_DEPTH: usize = 500;

/// How JSON is laid out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    /// Whether keys are sorted.
    pub sort_keys: bool,
    /// Spaces per level; everything on one line when none.
    pub indent: Option<usize>,
}

/// Writes a value.
///
/// # Errors
/// When it holds what JSON has no form for: dates, decimals, relations.
pub fn write(value: &Value, layout: Layout) -> Result<String, Error> {
    let mut out = String::new();
    Writer { layout, depth: 0, out: &mut out }.value(value)?;
    Ok(out)
}

/// Writes a text in quotes, everything beyond ASCII escaped.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_text(text, &mut out);
    out
}

fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            _ => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

struct Writer<'a> {
    layout: Layout,
    depth: usize,
    out: &'a mut String,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) -> Result<(), Error> {
        let unserializable = || {
            type_error(format!(
                "Object of type {} is not JSON serializable",
                type_name(value).rsplit('.').next().unwrap_or_default()
            ))
        };
        let is_object = value.as_object().is_some_and(|object| is_ours(object) && !is_container(value));
        match value.kind() {
            ValueKind::None => self.out.push_str("null"),
            ValueKind::Bool => self.out.push_str(if value.is_true() { "true" } else { "false" }),
            ValueKind::Number => self.number(value),
            ValueKind::String => write_text(value.as_str().unwrap_or_default(), self.out),
            ValueKind::Seq if !is_object => self.sequence(&iterate(value)?)?,
            ValueKind::Iterable if !is_object && value.len().is_some() => self.sequence(&iterate(value)?)?,
            ValueKind::Map if !is_object => self.mapping(mapping_pairs(value).unwrap_or_default())?,
            _ => return Err(unserializable()),
        }
        Ok(())
    }

    fn number(&mut self, value: &Value) {
        let text = to_text(value);
        self.out.push_str(match text.as_str() {
            "nan" => "NaN",
            "inf" => "Infinity",
            "-inf" => "-Infinity",
            text => text,
        });
    }

    fn sequence(&mut self, items: &[Value]) -> Result<(), Error> {
        if items.is_empty() {
            self.out.push_str("[]");
            return Ok(());
        }
        self.enter('[')?;
        for (index, item) in items.iter().enumerate() {
            self.separate(index);
            self.value(item)?;
        }
        self.leave(']');
        Ok(())
    }

    fn mapping(&mut self, pairs: Vec<(Value, Value)>) -> Result<(), Error> {
        if pairs.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        let mut named = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            named.push((key_text(&key)?, value));
        }
        if self.layout.sort_keys {
            named.sort_by(|left, right| left.0.cmp(&right.0));
        }
        self.enter('{')?;
        for (index, (key, value)) in named.iter().enumerate() {
            self.separate(index);
            write_text(key, self.out);
            self.out.push_str(": ");
            self.value(value)?;
        }
        self.leave('}');
        Ok(())
    }

    fn enter(&mut self, bracket: char) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(value_error("Circular reference detected"));
        }
        self.out.push(bracket);
        Ok(())
    }

    fn leave(&mut self, bracket: char) {
        self.depth -= 1;
        self.new_line();
        self.out.push(bracket);
    }

    fn separate(&mut self, index: usize) {
        match (index, self.layout.indent) {
            (0, _) => {}
            (_, None) => self.out.push_str(", "),
            (_, Some(_)) => self.out.push(','),
        }
        self.new_line();
    }

    fn new_line(&mut self) {
        if let Some(indent) = self.layout.indent {
            self.out.push('\n');
            self.out.push_str(&" ".repeat(indent * self.depth));
        }
    }
}

fn is_container(value: &Value) -> bool {
    value.downcast_object_ref::<Dict>().is_some() || value.downcast_object_ref::<super::List>().is_some()
}

fn key_text(key: &Value) -> Result<String, Error> {
    match key.kind() {
        ValueKind::String | ValueKind::Number => Ok(to_text(key)),
        ValueKind::None => Ok("null".to_owned()),
        ValueKind::Bool => Ok(if key.is_true() { "true" } else { "false" }.to_owned()),
        _ => Err(type_error(format!("keys must be str, int, float, bool or None, not {}", type_name(key)))),
    }
}
