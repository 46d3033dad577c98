//! `'%s and %d' % (a, b)`.

use minijinja::value::{Tuple, ValueKind};
use minijinja::{Error, Value};

use super::float::{self, Zeros};
use super::spec::MAX_WIDTH;
use crate::template::arguments::type_error;
use crate::template::values::{Decimal, mapping_pairs, repr, to_text, type_name, value_error};

/// Formats a text by its `%` conversions.
///
/// # Errors
/// When values are missing, left over, or do not fit.
pub fn percent(pattern: &str, values: &Value) -> Result<String, Error> {
    let mut formatter = Formatter::new(pattern, values);
    let text = formatter.run()?;
    let is_left_over = formatter.used < formatter.values.len() && mapping_pairs(values).is_none();
    if is_left_over && !(formatter.has_names || values.kind() == ValueKind::Undefined) {
        return Err(type_error("not all arguments converted during string formatting"));
    }
    Ok(text)
}

struct Formatter<'a> {
    pattern: std::iter::Peekable<std::str::Chars<'a>>,
    whole: &'a Value,
    values: Vec<Value>,
    used: usize,
    has_names: bool,
}

#[derive(Default)]
struct Conversion {
    is_left: bool,
    is_zero: bool,
    is_alternate: bool,
    sign: Option<char>,
    width: usize,
    precision: Option<usize>,
}

impl<'a> Formatter<'a> {
    fn new(pattern: &'a str, whole: &'a Value) -> Self {
        let values = match whole.downcast_object_ref::<Tuple>() {
            Some(tuple) => tuple.to_vec(),
            None => vec![whole.clone()],
        };
        Self { pattern: pattern.chars().peekable(), whole, values, used: 0, has_names: false }
    }

    fn run(&mut self) -> Result<String, Error> {
        let mut out = String::new();
        while let Some(character) = self.pattern.next() {
            if character != '%' {
                out.push(character);
            } else if self.pattern.next_if_eq(&'%').is_some() {
                out.push('%');
            } else {
                let text = self.conversion()?;
                out.push_str(&text);
            }
        }
        Ok(out)
    }

    fn next_value(&mut self) -> Result<Value, Error> {
        let value = self.values.get(self.used).cloned();
        self.used += 1;
        value.ok_or_else(|| type_error("not enough arguments for format string"))
    }

    fn named(&mut self) -> Result<Option<Value>, Error> {
        if self.pattern.next_if_eq(&'(').is_none() {
            return Ok(None);
        }
        let (mut name, mut depth) = (String::new(), 1);
        for character in self.pattern.by_ref() {
            depth += match character {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if depth == 0 {
                break;
            }
            name.push(character);
        }
        if depth != 0 {
            return Err(value_error("incomplete format key"));
        }
        let pairs = mapping_pairs(self.whole).ok_or_else(|| type_error("format requires a mapping"))?;
        self.has_names = true;
        let found = pairs.into_iter().find(|(key, _)| key.as_str() == Some(&name)).map(|(_, value)| value);
        found.map(Some).ok_or_else(|| value_error(format!("there is no value for the key '{name}' to format")))
    }

    fn size(&mut self) -> Result<Option<i64>, Error> {
        if self.pattern.next_if_eq(&'*').is_some() {
            let value = self.next_value()?;
            return value.as_i64().map(Some).ok_or_else(|| type_error("* wants int"));
        }
        let mut digits = String::new();
        while let Some(digit) = self.pattern.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        Ok(digits.parse().ok())
    }

    fn conversion(&mut self) -> Result<String, Error> {
        let named = self.named()?;
        let mut conversion = Conversion::default();
        while let Some(flag) = self.pattern.next_if(|flag| matches!(flag, '-' | '+' | ' ' | '#' | '0')) {
            match flag {
                '-' => conversion.is_left = true,
                '#' => conversion.is_alternate = true,
                '0' => conversion.is_zero = true,
                sign if conversion.sign != Some('+') => conversion.sign = Some(sign),
                _ => {}
            }
        }
        let limit = |size: i64| usize::try_from(size.unsigned_abs()).unwrap_or(MAX_WIDTH).min(MAX_WIDTH);
        if let Some(width) = self.size()? {
            conversion.is_left |= width < 0;
            conversion.width = limit(width);
        }
        if self.pattern.next_if_eq(&'.').is_some() {
            conversion.precision = Some(self.size()?.map_or(0, limit));
        }
        while self.pattern.next_if(|length| matches!(length, 'h' | 'l' | 'L')).is_some() {}
        let kind = self.pattern.next().ok_or_else(|| value_error("incomplete format"))?;
        if kind == '%' {
            return Ok("%".to_owned());
        }
        let value = match named {
            Some(value) => value,
            None => self.next_value()?,
        };
        conversion.write(kind, &value)
    }
}

impl Conversion {
    fn write(&self, kind: char, value: &Value) -> Result<String, Error> {
        match kind {
            's' => Ok(self.text(to_text(value))),
            'r' | 'a' => Ok(self.text(repr(value))),
            'c' => {
                let character = match value.as_i64() {
                    Some(code) => u32::try_from(code).ok().and_then(char::from_u32).map(String::from),
                    None => value.as_str().filter(|text| text.chars().count() == 1).map(ToOwned::to_owned),
                };
                character.map(|text| self.text(text)).ok_or_else(|| type_error("%c requires int or char"))
            }
            'd' | 'i' | 'u' | 'x' | 'X' | 'o' => self.integer(kind, value),
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => self.float(kind, value),
            _ => Err(value_error(format!("unsupported format character '{kind}'"))),
        }
    }

    fn text(&self, text: String) -> String {
        let text = match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text,
        };
        self.pad("", &text, false)
    }

    fn integer(&self, kind: char, value: &Value) -> Result<String, Error> {
        let required =
            |wanted: &str| type_error(format!("%{kind} format: {wanted} is required, not {}", type_name(value)));
        let is_whole = value.is_integer() || value.kind() == ValueKind::Bool;
        let number = if matches!(kind, 'x' | 'X' | 'o') {
            is_whole.then(|| i128::try_from(value.clone()).ok()).flatten().ok_or_else(|| required("an integer"))?
        } else {
            Decimal::of(value).and_then(Decimal::truncated).ok_or_else(|| required("a real number"))?
        };
        let magnitude = number.unsigned_abs();
        let (digits, prefix) = match kind {
            'x' => (format!("{magnitude:x}"), "0x"),
            'X' => (format!("{magnitude:X}"), "0X"),
            'o' => (format!("{magnitude:o}"), "0o"),
            _ => (magnitude.to_string(), ""),
        };
        let digits = format!("{digits:0>width$}", width = self.precision.unwrap_or(0));
        let prefix = if self.is_alternate { prefix } else { "" };
        Ok(self.pad(&format!("{}{prefix}", self.sign_of(number < 0)), &digits, true))
    }

    fn float(&self, kind: char, value: &Value) -> Result<String, Error> {
        let number = match (value.kind(), Decimal::of(value)) {
            (_, Some(decimal)) => decimal.to_f64(),
            (ValueKind::Number, None) => f64::try_from(value.clone()).unwrap_or(f64::NAN),
            _ => return Err(type_error(format!("must be real number, not {}", type_name(value)))),
        };
        let precision = self.precision.unwrap_or(6);
        let zeros = if self.is_alternate { Zeros::Keep } else { Zeros::Cut };
        let text = match kind.to_ascii_lowercase() {
            'e' => float::exponent(number.abs(), precision),
            'f' => float::fixed(number.abs(), precision),
            _ => float::general(number.abs(), precision, zeros),
        };
        let text = if kind.is_ascii_uppercase() { text.to_uppercase() } else { text };
        Ok(self.pad(&self.sign_of(number.is_sign_negative() && !number.is_nan()), &text, true))
    }

    fn sign_of(&self, is_negative: bool) -> String {
        if is_negative { "-".to_owned() } else { self.sign.map(String::from).unwrap_or_default() }
    }

    fn pad(&self, head: &str, body: &str, is_number: bool) -> String {
        let space = self.width.saturating_sub(head.chars().count() + body.chars().count());
        if self.is_left {
            return format!("{head}{body}{}", " ".repeat(space));
        }
        if self.is_zero && is_number {
            return format!("{head}{}{body}", "0".repeat(space));
        }
        format!("{}{head}{body}", " ".repeat(space))
    }
}
