//! The language of format specifications: `>10`, `,.2f`, `#x` …

use minijinja::value::ValueKind;
use minijinja::{Error, State, Value};

use super::float::{self, Zeros};
use crate::template::arguments::type_error;
use crate::template::values::{Decimal, to_text, type_name, value_error};

/// Fields are not padded beyond this width.
pub(super) const MAX_WIDTH: usize = 100_000;

/// A parsed specification.
#[derive(Clone, Debug)]
struct Spec {
    fill: char,
    align: Option<char>,
    sign: char,
    is_alternate: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

/// Formats a value by a specification, as Python's `format()` does.
///
/// # Errors
/// When the specification cannot be read or does not fit the value.
pub(super) fn format(state: &mut State, value: &Value, spec: &str) -> Result<String, Error> {
    if spec.is_empty() {
        return Ok(to_text(value));
    }
    if value.kind() == ValueKind::Plain && Decimal::of(value).is_none() {
        // Dates take a pattern of `strftime`.
        return value
            .call_method(state, "__format__", &[Value::from(spec)])
            .map(|text| to_text(&text))
            .map_err(|_| type_error(format!("unsupported format string passed to {}.__format__", type_name(value))));
    }
    let spec = Spec::parse(spec, value)?;
    match value.kind() {
        ValueKind::Number | ValueKind::Bool | ValueKind::Plain => spec.number(value),
        ValueKind::String | ValueKind::Undefined => spec.text(&to_text(value)),
        _ => Err(type_error(format!("unsupported format string passed to {}.__format__", type_name(value)))),
    }
}

impl Spec {
    fn parse(text: &str, value: &Value) -> Result<Self, Error> {
        let wrong =
            || value_error(format!("Invalid format specifier '{text}' for object of type '{}'", type_name(value)));
        let characters: Vec<char> = text.chars().collect();
        let at = |index: usize| characters.get(index).copied();
        let is_align = |character: Option<char>| matches!(character, Some('<' | '>' | '=' | '^'));
        let mut spec = Self {
            fill: ' ',
            align: None,
            sign: '-',
            is_alternate: false,
            width: 0,
            grouping: None,
            precision: None,
            kind: None,
        };
        let mut index = 0;
        if is_align(at(1)) {
            spec.fill = characters[0];
            spec.align = at(1);
            index = 2;
        } else if is_align(at(0)) {
            spec.align = at(0);
            index = 1;
        }
        if let Some(sign @ ('+' | '-' | ' ')) = at(index) {
            spec.sign = sign;
            index += 1;
        }
        if at(index) == Some('z') {
            index += 1;
        }
        if at(index) == Some('#') {
            spec.is_alternate = true;
            index += 1;
        }
        if at(index) == Some('0') {
            if spec.align.is_none() {
                spec.fill = '0';
                spec.align = Some('=');
            }
            index += 1;
        }
        spec.width = number(&characters, &mut index).unwrap_or(0);
        if let Some(grouping @ (',' | '_')) = at(index) {
            spec.grouping = Some(grouping);
            index += 1;
        }
        if at(index) == Some('.') {
            index += 1;
            spec.precision = Some(number(&characters, &mut index).ok_or_else(wrong)?);
        }
        spec.kind = at(index);
        if index + usize::from(spec.kind.is_some()) != characters.len() || spec.width > MAX_WIDTH {
            return Err(wrong());
        }
        if spec.precision.is_some_and(|precision| precision > MAX_WIDTH) {
            return Err(wrong());
        }
        Ok(spec)
    }

    fn unknown(kind: char, value: &Value) -> Error {
        value_error(format!("Unknown format code '{kind}' for object of type '{}'", type_name(value)))
    }

    fn text(&self, text: &str) -> Result<String, Error> {
        if let Some(kind) = self.kind.filter(|kind| *kind != 's') {
            return Err(Self::unknown(kind, &Value::from(text)));
        }
        if self.align == Some('=') && self.fill != '0' {
            return Err(value_error("'=' alignment not allowed in string format specifier"));
        }
        let cut: String = match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text.to_owned(),
        };
        Ok(self.pad(&cut, '<'))
    }

    fn number(&self, value: &Value) -> Result<String, Error> {
        let whole = if value.is_integer() || value.kind() == ValueKind::Bool {
            i128::try_from(value.clone()).ok()
        } else {
            None
        };
        match (whole, self.kind) {
            (Some(number), None | Some('d' | 'n' | 'b' | 'o' | 'x' | 'X' | 'c')) => self.integer(number, value),
            (_, Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%' | 'n')) | (None, None) => self.float(value),
            (_, Some(kind)) => Err(Self::unknown(kind, value)),
        }
    }

    fn integer(&self, number: i128, value: &Value) -> Result<String, Error> {
        if self.precision.is_some() {
            return Err(value_error("Precision not allowed in integer format specifier"));
        }
        let magnitude = number.unsigned_abs();
        let (digits, prefix) = match self.kind.unwrap_or('d') {
            'b' => (format!("{magnitude:b}"), "0b"),
            'o' => (format!("{magnitude:o}"), "0o"),
            'x' => (format!("{magnitude:x}"), "0x"),
            'X' => (format!("{magnitude:X}"), "0X"),
            'c' => {
                let character = u32::try_from(number).ok().and_then(char::from_u32);
                let character = character.ok_or_else(|| Self::unknown('c', value))?;
                return Ok(self.pad(&character.to_string(), '<'));
            }
            _ => (magnitude.to_string(), ""),
        };
        let prefix = if self.is_alternate { prefix } else { "" };
        let size = if matches!(self.kind, Some('b' | 'o' | 'x' | 'X')) { 4 } else { 3 };
        Ok(self.assemble(&format!("{}{prefix}", self.sign_of(number < 0)), &digits, "", size))
    }

    fn float(&self, value: &Value) -> Result<String, Error> {
        let decimal = value.downcast_object_ref::<Decimal>();
        let number = match decimal {
            Some(decimal) => decimal.to_f64(),
            None => f64::try_from(value.clone()).map_err(|_| Self::unknown('f', value))?,
        };
        let magnitude = number.abs();
        let precision = self.precision.unwrap_or(6);
        let zeros = if self.is_alternate { Zeros::Keep } else { Zeros::Cut };
        let text = match (self.kind, decimal) {
            (Some('f' | 'F'), Some(decimal)) => {
                let exponent = i32::try_from(precision).unwrap_or(i32::MAX);
                let exponent = if self.precision.is_some() { Some(-exponent) } else { None };
                exponent.map_or(*decimal, |exponent| decimal.to_exponent(exponent)).absolute().to_string()
            }
            (None, Some(decimal)) if self.precision.is_none() => decimal.absolute().to_string(),
            (None, _) => match self.precision {
                Some(precision) => float::general(magnitude, precision, Zeros::CutToOne),
                None => to_text(&Value::from(magnitude)),
            },
            (Some('e'), _) => float::exponent(magnitude, precision),
            (Some('E'), _) => float::exponent(magnitude, precision).to_uppercase(),
            (Some('G'), _) => float::general(magnitude, precision, zeros).to_uppercase(),
            (Some('g' | 'n'), _) => float::general(magnitude, precision, zeros),
            (Some('%'), _) => float::fixed(magnitude * 100.0, precision),
            _ => float::fixed(magnitude, precision),
        };
        let (whole, fraction) =
            text.find(['.', 'e', 'E', 'i', 'n']).map_or((text.as_str(), ""), |at| text.split_at(at));
        let percent = if self.kind == Some('%') { "%" } else { "" };
        let sign = self.sign_of(number.is_sign_negative() && !number.is_nan());
        Ok(self.assemble(sign, whole, &format!("{fraction}{percent}"), 3))
    }

    fn sign_of(&self, is_negative: bool) -> &'static str {
        match (is_negative, self.sign) {
            (true, _) => "-",
            (false, '+') => "+",
            (false, ' ') => " ",
            _ => "",
        }
    }

    /// Puts sign and prefix, digits in groups and the rest together, and pads.
    fn assemble(&self, head: &str, digits: &str, rest: &str, size: usize) -> String {
        let taken = head.chars().count() + rest.chars().count();
        let is_zero_filled = self.align == Some('=') && self.fill == '0';
        let mut digits = digits.to_owned();
        if is_zero_filled {
            let room = self.width.saturating_sub(taken);
            while grouped(&digits, self.grouping, size).chars().count() < room {
                digits.insert(0, '0');
            }
            let mut text = grouped(&digits, self.grouping, size);
            // A separator cannot stand first: one digit more than asked for, as in Python.
            if text.starts_with([',', '_']) {
                text.insert(0, '0');
            }
            return format!("{head}{text}{rest}");
        }
        let body = format!("{}{rest}", grouped(&digits, self.grouping, size));
        if self.align == Some('=') {
            let space = self.width.saturating_sub(head.chars().count() + body.chars().count());
            return format!("{head}{}{body}", self.fill.to_string().repeat(space));
        }
        self.pad(&format!("{head}{body}"), '>')
    }

    fn pad(&self, text: &str, default: char) -> String {
        let space = self.width.saturating_sub(text.chars().count());
        let fill = |count: usize| self.fill.to_string().repeat(count);
        match self.align.unwrap_or(default) {
            '<' => format!("{text}{}", fill(space)),
            '^' => format!("{}{text}{}", fill(space / 2), fill(space - space / 2)),
            '=' if default == '<' => format!("{text}{}", fill(space)),
            _ => format!("{}{text}", fill(space)),
        }
    }
}

fn grouped(digits: &str, separator: Option<char>, size: usize) -> String {
    let Some(separator) = separator else { return digits.to_owned() };
    let length = digits.chars().count();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (length - index).is_multiple_of(size) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

fn number(characters: &[char], index: &mut usize) -> Option<usize> {
    let start = *index;
    while characters.get(*index).is_some_and(char::is_ascii_digit) {
        *index += 1;
    }
    characters[start..*index].iter().collect::<String>().parse().ok()
}
