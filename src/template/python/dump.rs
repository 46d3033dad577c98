//! YAML text as PyYAML's `safe_dump` writes it: block style, ASCII only, long lines folded.

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use crate::template::values::datetime::{Date, DateTime, read_date, read_moment};
use crate::template::values::{float_text, iterate, mapping_pairs, ordering, to_text, type_name, value_error};
use crate::yaml::{YamlValue, read_scalar};

/// The column after which a text is folded at the next space.
const WIDTH: usize = 80;

/// How deep values may nest.
const MAX_DEPTH: usize = 200;

/// Writes a value.
///
/// # Errors
/// When it holds what YAML has no form for.
pub(super) fn dump(value: &Value, sorts_keys: bool) -> Result<String, Error> {
    write(value, Dumper { out: String::new(), sorts_keys, list_indent: 0, depth: 0 })
}

/// Writes a value with sorted keys and lists indented, as dbt writes the files of packages.
///
/// # Errors
/// As [`dump`].
pub(in crate::template) fn dump_indented(value: &Value) -> Result<String, Error> {
    write(value, Dumper { out: String::new(), sorts_keys: true, list_indent: 2, depth: 0 })
}

fn write(value: &Value, dumper: Dumper) -> Result<String, Error> {
    let mut dumper = dumper;
    match shape(value)? {
        Shape::Scalar(text) => {
            let is_plain = style(&text) == Style::Plain || text.is_plain;
            dumper.scalar(&text, 2);
            dumper.out.push_str(if is_plain { "\n...\n" } else { "\n" });
        }
        Shape::Sequence(items) if items.is_empty() => dumper.out.push_str("[]\n"),
        Shape::Mapping(pairs) if pairs.is_empty() => dumper.out.push_str("{}\n"),
        Shape::Sequence(items) => dumper.sequence(&items, 0)?,
        Shape::Mapping(pairs) => dumper.mapping(pairs, 0)?,
    }
    Ok(dumper.out)
}

enum Shape {
    Scalar(Scalar),
    Sequence(Vec<Value>),
    Mapping(Vec<(Value, Value)>),
}

struct Scalar {
    text: String,
    /// Whether the text is written as it is, whatever it looks like: numbers, truth values, dates.
    is_plain: bool,
}

fn shape(value: &Value) -> Result<Shape, Error> {
    let plain = |text: String| Ok(Shape::Scalar(Scalar { text, is_plain: true }));
    match value.kind() {
        ValueKind::None => plain("null".to_owned()),
        ValueKind::Bool => plain(if value.is_true() { "true" } else { "false" }.to_owned()),
        ValueKind::Number if value.is_integer() => plain(to_text(value)),
        ValueKind::Number => plain(float(f64::try_from(value.clone()).unwrap_or(f64::NAN))),
        ValueKind::String => Ok(Shape::Scalar(Scalar { text: to_text(value), is_plain: false })),
        ValueKind::Seq => Ok(Shape::Sequence(iterate(value)?)),
        ValueKind::Map if mapping_pairs(value).is_some() && type_name(value) == "dict" => {
            Ok(Shape::Mapping(mapping_pairs(value).unwrap_or_default()))
        }
        _ if value.downcast_object_ref::<Date>().is_some() || value.downcast_object_ref::<DateTime>().is_some() => {
            plain(to_text(value))
        }
        _ => Err(value_error(format!("cannot represent an object of type {} in YAML", type_name(value)))),
    }
}

fn float(number: f64) -> String {
    let text = float_text(number);
    match text.as_str() {
        "nan" => ".nan".to_owned(),
        "inf" => ".inf".to_owned(),
        "-inf" => "-.inf".to_owned(),
        text if !text.contains('.') => text.replacen('e', ".0e", 1),
        text => text.to_owned(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    Single,
    Double,
}

/// Chooses how a text is quoted.
fn style(scalar: &Scalar) -> Style {
    if scalar.is_plain {
        return Style::Plain;
    }
    let text = scalar.text.as_str();
    let is_special = text.chars().any(|character| character != '\n' && !(' '..='~').contains(&character));
    if is_special || text.contains(" \n") || text.contains("\n ") {
        return Style::Double;
    }
    if has_indicator(text) || text.contains('\n') || text.starts_with(' ') || text.ends_with(' ') {
        return Style::Single;
    }
    let is_text = matches!(read_scalar(text), YamlValue::String(_));
    let is_date = read_date(text).is_some_and(|_| text.contains('-')) || read_moment(text).is_some();
    if !is_text || is_date || matches!(text, "=" | "<<") { Style::Single } else { Style::Plain }
}

/// Whether a text holds what YAML reads as its own.
fn has_indicator(text: &str) -> bool {
    if text.is_empty() || text.starts_with("---") || text.starts_with("...") {
        return true;
    }
    let is_space = |next: Option<char>| next.is_none_or(char::is_whitespace);
    let mut characters = text.chars().peekable();
    let mut previous = None;
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        let is_own = match (previous, character) {
            (None, '-' | '?') => is_space(next),
            (None, first) if "#,[]{}&*!|>'\"%@`".contains(first) => true,
            (_, ':') => is_space(next),
            (Some(' '), '#') => true,
            _ => false,
        };
        if is_own {
            return true;
        }
        previous = Some(character);
    }
    false
}

struct Dumper {
    out: String,
    sorts_keys: bool,
    /// How far the items of a list stand from the key above them.
    list_indent: usize,
    depth: usize,
}

impl Dumper {
    fn enter(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(value_error("the value is nested too deep for YAML")) } else { Ok(()) }
    }

    fn sequence(&mut self, items: &[Value], indent: usize) -> Result<(), Error> {
        self.enter()?;
        for (index, item) in items.iter().enumerate() {
            if index > 0 || !self.is_inline() {
                self.out.push_str(&" ".repeat(indent));
            }
            self.out.push_str("- ");
            match shape(item)? {
                Shape::Scalar(scalar) => self.line(&scalar, indent + 2),
                Shape::Sequence(items) if items.is_empty() => self.out.push_str("[]\n"),
                Shape::Mapping(pairs) if pairs.is_empty() => self.out.push_str("{}\n"),
                Shape::Sequence(items) => self.sequence(&items, indent + 2)?,
                Shape::Mapping(pairs) => self.mapping(pairs, indent + 2)?,
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn mapping(&mut self, pairs: Vec<(Value, Value)>, indent: usize) -> Result<(), Error> {
        self.enter()?;
        let mut pairs = pairs;
        if self.sorts_keys {
            pairs.sort_by(|left, right| ordering(&left.0, &right.0).unwrap_or(std::cmp::Ordering::Equal));
        }
        for (index, (key, value)) in pairs.into_iter().enumerate() {
            if index > 0 || !self.is_inline() {
                self.out.push_str(&" ".repeat(indent));
            }
            let Shape::Scalar(key) = shape(&key)? else { return Err(value_error("a key of a mapping must be plain")) };
            self.scalar(&key, usize::MAX);
            self.out.push(':');
            match shape(&value)? {
                Shape::Scalar(scalar) => {
                    self.out.push(' ');
                    self.line(&scalar, indent + 2);
                }
                Shape::Sequence(items) if items.is_empty() => self.out.push_str(" []\n"),
                Shape::Mapping(pairs) if pairs.is_empty() => self.out.push_str(" {}\n"),
                Shape::Sequence(items) => {
                    self.out.push('\n');
                    self.sequence(&items, indent + self.list_indent)?;
                }
                Shape::Mapping(pairs) => {
                    self.out.push('\n');
                    self.mapping(pairs, indent + 2)?;
                }
            }
        }
        self.depth -= 1;
        Ok(())
    }

    /// Whether the place is after the dash of a list's item.
    fn is_inline(&self) -> bool {
        self.out.ends_with("- ")
    }

    fn line(&mut self, scalar: &Scalar, indent: usize) {
        self.scalar(scalar, indent);
        self.out.push('\n');
    }

    /// Writes a scalar; lines after the first are indented. A key is never folded.
    fn scalar(&mut self, scalar: &Scalar, indent: usize) {
        match style(scalar) {
            Style::Plain => self.folded(&scalar.text, indent),
            Style::Single => {
                self.out.push('\'');
                self.folded(&scalar.text.replace('\'', "''"), indent);
                self.out.push('\'');
            }
            Style::Double => self.double(&scalar.text),
        }
    }

    fn column(&self) -> usize {
        self.out.rsplit('\n').next().map_or(0, |line| line.chars().count())
    }

    /// Writes a text, breaking the line at a single space beyond the width, and doubling line ends.
    fn folded(&mut self, text: &str, indent: usize) {
        let new_line = |out: &mut String| {
            out.push('\n');
            out.push_str(&" ".repeat(if indent == usize::MAX { 0 } else { indent }));
        };
        let characters: Vec<char> = text.chars().collect();
        let mut index = 0;
        while index < characters.len() {
            let run = characters[index..].iter().take_while(|next| **next == characters[index]).count();
            match characters[index] {
                ' ' => {
                    let is_inner = index > 0 && index + run < characters.len();
                    if run == 1 && is_inner && indent != usize::MAX && self.column() > WIDTH {
                        new_line(&mut self.out);
                    } else {
                        self.out.push_str(&" ".repeat(run));
                    }
                    index += run;
                }
                '\n' => {
                    self.out.push_str(&"\n".repeat(run));
                    new_line(&mut self.out);
                    index += run;
                }
                character => {
                    self.out.push(character);
                    index += 1;
                }
            }
        }
    }

    /// Writes a text with escapes, on one line.
    fn double(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            let escaped = match character {
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                '\0' => "\\0".to_owned(),
                '\u{7}' => "\\a".to_owned(),
                '\u{8}' => "\\b".to_owned(),
                '\t' => "\\t".to_owned(),
                '\n' => "\\n".to_owned(),
                '\u{b}' => "\\v".to_owned(),
                '\u{c}' => "\\f".to_owned(),
                '\r' => "\\r".to_owned(),
                '\u{1b}' => "\\e".to_owned(),
                '\u{85}' => "\\N".to_owned(),
                '\u{a0}' => "\\_".to_owned(),
                ' '..='~' => character.to_string(),
                _ => match u32::from(character) {
                    code @ 0..=0xff => format!("\\x{code:02X}"),
                    code @ 0x100..=0xffff => format!("\\u{code:04X}"),
                    code => format!("\\U{code:08X}"),
                },
            };
            self.out.push_str(&escaped);
        }
        self.out.push('"');
    }
}
