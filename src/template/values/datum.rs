//! The values of query results as dbt hands them to templates.

use minijinja::Value;

use super::datetime::{Date, DateTime};
use super::{Decimal, quote_text};
use crate::adapter::{Datum, Table};

/// Returns a value as dbt gives it: numbers that are not whole as decimals, dates as dates, lists and structs as JSON text.
pub(super) fn value(datum: &Datum) -> Value {
    match datum {
        Datum::Null => Value::from(()),
        Datum::Bool(truth) => Value::from(*truth),
        Datum::Integer(number) => i64::try_from(*number).map_or_else(|_| Value::from(*number), Value::from),
        Datum::Float(number) => decimal(&super::float_text(*number)).unwrap_or_else(|| Value::from(*number)),
        Datum::Decimal(text) => decimal(text).unwrap_or_else(|| Value::from(text.as_str())),
        Datum::Text(text) | Datum::Time(text) => Value::from(text.as_str()),
        Datum::Date(text) => Date::parse(text).map_or_else(|| Value::from(text.as_str()), Value::from_object),
        Datum::Timestamp(text) | Datum::TimestampTz(text) => {
            DateTime::parse(text).map_or_else(|| Value::from(text.as_str()), Value::from_object)
        }
        Datum::Blob(bytes) => Value::from(super::repr(&Value::from_bytes(bytes.clone()))),
        Datum::List(_) | Datum::Struct(_) | Datum::Map(_) => {
            let mut text = String::new();
            write_json(datum, &mut text);
            Value::from(text)
        }
    }
}

fn decimal(text: &str) -> Option<Value> {
    Decimal::parse(text).map(Decimal::value)
}

fn write_json(datum: &Datum, out: &mut String) {
    let text = |text: &str, out: &mut String| out.push_str(&super::json::text(text));
    match datum {
        Datum::Null => out.push_str("null"),
        Datum::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Datum::Integer(number) => out.push_str(&number.to_string()),
        Datum::Float(number) => out.push_str(&super::float_text(*number)),
        Datum::Decimal(number) => {
            let number: f64 = number.parse().unwrap_or(f64::NAN);
            out.push_str(&super::float_text(number));
        }
        Datum::Text(value) | Datum::Date(value) | Datum::Time(value) => text(value, out),
        Datum::Timestamp(_) | Datum::TimestampTz(_) => {
            text(&super::to_text(&self::value(datum)).replacen(' ', "T", 1), out);
        }
        Datum::Blob(bytes) => {
            let mut quoted = String::new();
            quote_text(&String::from_utf8_lossy(bytes), &mut quoted);
            text(&quoted, out);
        }
        Datum::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                write_json(item, out);
            }
            out.push(']');
        }
        Datum::Struct(fields) => write_object(fields.iter().map(|(name, value)| (name.clone(), value)), out),
        Datum::Map(entries) => {
            write_object(entries.iter().map(|(key, value)| (super::to_text(&self::value(key)), value)), out);
        }
    }
}

fn write_object<'a>(entries: impl Iterator<Item = (String, &'a Datum)>, out: &mut String) {
    out.push('{');
    for (index, (name, value)) in entries.enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        out.push_str(&super::json::text(&name));
        out.push_str(": ");
        write_json(value, out);
    }
    out.push('}');
}

/// Returns agate's name of a column's type, told from its values as dbt does: a column of nothing is whole numbers.
pub(super) fn kind_of(table: &Table, index: usize) -> &'static str {
    let mut kind = "Integer";
    for datum in table.rows.iter().filter_map(|row| row.get(index)) {
        kind = match datum {
            Datum::Null => continue,
            Datum::Integer(_) => "Integer",
            Datum::Float(_) | Datum::Decimal(_) => "Number",
            Datum::Bool(_) => "Boolean",
            Datum::Date(_) => "Date",
            Datum::Timestamp(_) | Datum::TimestampTz(_) => "DateTime",
            _ => "Text",
        };
        break;
    }
    kind
}
