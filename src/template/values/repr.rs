//! Writes values as Python prints them: `str()` for a value by itself, `repr()` inside of containers.

use std::fmt::Write as _;

use minijinja::Value;
use minijinja::value::{DynObject, ObjectRepr, Tuple, ValueKind};

use super::{Dict, List, Set, View};

/// How deep containers are printed; a list that contains itself ends here.
const MAX_DEPTH: usize = 100;

/// Returns a value as `str()` gives it; an undefined value is empty.
pub fn to_text(value: &Value) -> String {
    if let Some(text) = value.as_str().filter(|_| value.kind() == ValueKind::String) {
        return text.to_owned();
    }
    if value.is_undefined() {
        return String::new();
    }
    if value.as_object().is_some_and(|object| is_ours(object) && !is_container(value)) {
        return value.to_string();
    }
    repr(value)
}

/// Our objects print themselves: `Display` is Python's `str`, `Debug` its `repr`.
fn is_ours(object: &DynObject) -> bool {
    object.type_name().starts_with(env!("CARGO_CRATE_NAME"))
}

fn is_container(value: &Value) -> bool {
    let is_view = value.downcast_object_ref::<View>().is_some();
    let is_set = value.downcast_object_ref::<Set>().is_some();
    is_view || is_set || value.downcast_object_ref::<List>().is_some() || value.downcast_object_ref::<Dict>().is_some()
}

/// Returns a value as `repr()` gives it.
pub fn repr(value: &Value) -> String {
    let mut out = String::new();
    Printer::default().write(value, &mut out);
    out
}

/// Returns a float as Python prints it: `1.0`, `1e+20`, `1e-07`, `inf`.
pub fn float_text(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{number}");
        return if plain.contains('.') { plain } else { format!("{plain}.0") };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.unsigned_abs())
}

/// Writes a text in quotes as Python's `repr` does: single quotes unless it holds some and no double ones.
pub fn quote_text(text: &str, out: &mut String) {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    out.push(quote);
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if character == quote => {
                out.push('\\');
                out.push(quote);
            }
            _ if is_printable(character) => out.push(character),
            _ => escape(character, out),
        }
    }
    out.push(quote);
}

fn escape(character: char, out: &mut String) {
    let code = u32::from(character);
    // Writing to a string cannot fail.
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Returns whether Python counts a character as printable: no control, format, private or separator other than the space.
fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    !matches!(u32::from(character),
        0x80..=0xa0 | 0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x1680 | 0x180e | 0x2000..=0x200f
        | 0x2028..=0x202f | 0x205f..=0x206f | 0x3000 | 0xe000..=0xf8ff | 0xfeff | 0xfff0..=0xfffb | 0xfffe..=0xffff
        | 0xe0000..=0x0010_ffff)
}

#[derive(Default)]
struct Printer {
    /// Addresses of the containers around the current value.
    path: Vec<usize>,
}

impl Printer {
    fn write(&mut self, value: &Value, out: &mut String) {
        match value.kind() {
            ValueKind::Undefined => out.push_str("Undefined"),
            ValueKind::None => out.push_str("None"),
            ValueKind::Bool => out.push_str(if value.is_true() { "True" } else { "False" }),
            ValueKind::Number => out.push_str(&number_text(value)),
            ValueKind::String => quote_text(value.as_str().unwrap_or_default(), out),
            ValueKind::Bytes => quote_bytes(value.as_bytes().unwrap_or_default(), out),
            _ => self.container(value, out),
        }
    }

    fn container(&mut self, value: &Value, out: &mut String) {
        if let Some(list) = value.downcast_object_ref::<List>() {
            return self.sequence(list.address(), &list.items(), ["[", "]"], out);
        }
        if let Some(dict) = value.downcast_object_ref::<Dict>() {
            return self.mapping(dict.address(), &dict.pairs(), out);
        }
        if let Some(set) = value.downcast_object_ref::<Set>() {
            let items = set.items();
            if items.is_empty() {
                return out.push_str("set()");
            }
            return self.sequence(set.address(), &items, ["{", "}"], out);
        }
        if let Some(view) = value.downcast_object_ref::<View>() {
            out.push_str(view.name());
            self.sequence(0, view.items(), ["([", "])"], out);
            return;
        }
        if let Some(tuple) = value.downcast_object_ref::<Tuple>() {
            let close = if tuple.len() == 1 { ",)" } else { ")" };
            return self.sequence(0, tuple, ["(", close], out);
        }
        self.foreign(value, out);
    }

    /// Objects of minijinja itself print as the nearest thing of Python.
    fn foreign(&mut self, value: &Value, out: &mut String) {
        let Some(object) = value.as_object() else { return };
        if is_ours(object) {
            // Writing to a string cannot fail.
            let _ = write!(out, "{object:?}");
            return;
        }
        match object.repr() {
            ObjectRepr::Seq | ObjectRepr::Iterable if value.len().is_some() => {
                let items: Vec<Value> = value.try_iter().map(Iterator::collect).unwrap_or_default();
                self.sequence(0, &items, ["[", "]"], out);
            }
            ObjectRepr::Map => {
                let pairs: Vec<_> = object.try_iter_pairs().map(Iterator::collect).unwrap_or_default();
                self.mapping(0, &pairs, out);
            }
            _ => {
                let _ = write!(out, "{object}");
            }
        }
    }

    fn sequence(&mut self, address: usize, items: &[Value], brackets: [&str; 2], out: &mut String) {
        if !self.enter(address) {
            out.push_str(brackets[0]);
            out.push_str("...");
            return out.push_str(brackets[1]);
        }
        out.push_str(brackets[0]);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write(item, out);
        }
        out.push_str(brackets[1]);
        self.path.pop();
    }

    fn mapping(&mut self, address: usize, pairs: &[(Value, Value)], out: &mut String) {
        if !self.enter(address) {
            return out.push_str("{...}");
        }
        out.push('{');
        for (index, (key, value)) in pairs.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write(key, out);
            out.push_str(": ");
            self.write(value, out);
        }
        out.push('}');
        self.path.pop();
    }

    /// Notes a container; false when it is inside of itself.
    fn enter(&mut self, address: usize) -> bool {
        let is_inside = address != 0 && self.path.contains(&address);
        if is_inside || self.path.len() >= MAX_DEPTH {
            return false;
        }
        self.path.push(address);
        true
    }
}

fn number_text(value: &Value) -> String {
    if value.is_integer() {
        return value.to_string();
    }
    f64::try_from(value.clone()).map_or_else(|_| value.to_string(), float_text)
}

fn quote_bytes(bytes: &[u8], out: &mut String) {
    out.push_str("b'");
    for byte in bytes {
        match byte {
            b'"' => out.push('"'),
            byte => out.extend(byte.escape_ascii().map(char::from)),
        }
    }
    out.push('\'');
}
