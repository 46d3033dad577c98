//! A query's answer in plain data.

use std::fmt::{self, Write as _};

/// A column of a table or a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnType {
    /// Name.
    pub name: String,
    /// The database's name of the type, such as `DECIMAL(18,3)`.
    pub data_type: String,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// SQL NULL.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number of any SQL width.
    Integer(i128),
    /// A binary floating point number; a 32-bit one is widened.
    Float(f64),
    /// A decimal number as text with its scale: `1.50`.
    Decimal(String),
    /// Text, and whatever has no kind of its own here, as the database writes it.
    Text(String),
    /// A date: `2024-01-31`.
    Date(String),
    /// A time of day: `10:30:00`.
    Time(String),
    /// A timestamp without zone: `2024-01-31 10:30:00.5`.
    Timestamp(String),
    /// A timestamp with zone, in UTC: `2024-01-31 10:30:00.5+00`.
    TimestampTz(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// A list.
    List(Vec<Datum>),
    /// A struct, by field.
    Struct(Vec<(String, Datum)>),
    /// A map, in the order of its entries.
    Map(Vec<(Datum, Datum)>),
}

impl Datum {
    /// Returns the number when this is a whole one, also for whole decimals and floats.
    pub fn as_integer(&self) -> Option<i128> {
        match self {
            Self::Integer(number) => Some(*number),
            #[expect(clippy::cast_possible_truncation, reason = "counts come as whole numbers far below 2^53")]
            Self::Float(number) if number.fract() == 0.0 => Some(*number as i128),
            Self::Decimal(text) => text.split('.').next()?.parse().ok(),
            Self::Bool(value) => Some(i128::from(*value)),
            _ => None,
        }
    }
}

impl fmt::Display for Datum {
    /// Writes the value as DuckDB's own cast to text does; NULL is written `NULL`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("NULL"),
            Self::Bool(value) => write!(formatter, "{value}"),
            Self::Integer(number) => write!(formatter, "{number}"),
            Self::Float(number) => formatter.write_str(&float_text(*number)),
            Self::Decimal(text)
            | Self::Text(text)
            | Self::Date(text)
            | Self::Time(text)
            | Self::Timestamp(text)
            | Self::TimestampTz(text) => formatter.write_str(text),
            Self::Blob(bytes) => bytes.iter().try_for_each(|byte| match byte {
                b'\\' | b'\'' | b'"' | 0..32 | 127.. => write!(formatter, "\\x{byte:02X}"),
                _ => formatter.write_char(char::from(*byte)),
            }),
            Self::List(items) => {
                formatter.write_char('[')?;
                write_separated(formatter, items, |formatter, item| formatter.write_str(&item.nested()))?;
                formatter.write_char(']')
            }
            Self::Struct(fields) => {
                formatter.write_char('{')?;
                write_separated(formatter, fields, |formatter, (name, value)| {
                    write!(formatter, "'{}': {}", escaped(name), value.nested())
                })?;
                formatter.write_char('}')
            }
            Self::Map(entries) => {
                formatter.write_char('{')?;
                write_separated(formatter, entries, |formatter, (key, value)| {
                    write!(formatter, "{}={}", key.nested(), value.nested())
                })?;
                formatter.write_char('}')
            }
        }
    }
}

impl Datum {
    /// Returns the text inside a list, struct or map: quoted where it would be ambiguous.
    fn nested(&self) -> String {
        let text = self.to_string();
        match self {
            Self::Null | Self::List(_) | Self::Struct(_) | Self::Map(_) | Self::Blob(_) => text,
            _ if is_ambiguous(&text) => format!("'{}'", escaped(&text)),
            _ => text,
        }
    }
}

fn is_ambiguous(text: &str) -> bool {
    text.is_empty()
        || text.starts_with(' ')
        || text.ends_with(' ')
        || text.eq_ignore_ascii_case("null")
        || text.contains(['\'', '"', ',', ':', '=', '(', ')', '[', ']', '{', '}'])
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

fn write_separated<T>(
    formatter: &mut fmt::Formatter<'_>,
    items: &[T],
    write: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            formatter.write_str(", ")?;
        }
        write(formatter, item)?;
    }
    Ok(())
}

/// Writes a number with the fewest digits that read back as the same one: `1.0`, `0.1`, `1e+16`, `1e-05`.
fn float_text(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf".to_owned() } else { "-inf".to_owned() };
    }
    let scientific = format!("{number:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        return format!("{number:?}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// Rows that were fetched, by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Columns in order.
    pub columns: Vec<ColumnType>,
    /// Rows in order; each as long as `columns`.
    pub rows: Vec<Vec<Datum>>,
}

/// What the database reports of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// `OK`, or the statement's own word.
    pub message: String,
    /// Rows written, when the database counts them.
    pub rows_affected: Option<u64>,
}
