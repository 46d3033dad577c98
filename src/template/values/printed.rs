//! Draws a table as text the way agate's `print_table` does.

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use super::{Decimal, bound, to_text};
use crate::template::arguments::Arguments;

/// Agate's limits: rows, columns, characters of a column, digits after the point.
const ROWS: usize = 20;
const COLUMNS: usize = 6;
const WIDTH: usize = 20;
const PRECISION: usize = 3;

/// One field of the drawing.
pub(super) struct Cell {
    text: String,
    is_right: bool,
}

impl Cell {
    pub(super) fn text(text: &str) -> Self {
        Self { text: text.to_owned(), is_right: false }
    }
}

/// Draws names over rows.
pub(super) fn table(names: &[&str], rows: &[Vec<Cell>]) -> String {
    let length = |text: &str| text.chars().count();
    let widths: Vec<usize> = (0..names.len())
        .map(|index| rows.iter().map(|row| length(&row[index].text)).chain([length(names[index])]).max().unwrap_or(0))
        .collect();
    let is_right = |index: usize| rows.first().is_some_and(|row| row[index].is_right);
    let line = |texts: &[&str]| {
        let padded = texts.iter().enumerate().map(|(index, text)| {
            let space = " ".repeat(widths[index].saturating_sub(length(text)));
            if is_right(index) { format!("{space}{text}") } else { format!("{text}{space}") }
        });
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let mut out = line(names);
    out.push_str(&line(&dashes.iter().map(String::as_str).collect::<Vec<_>>()));
    for row in rows {
        out.push_str(&line(&row.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>()));
    }
    out
}

/// Draws the rows of a table; `max_rows`, `max_columns` and `max_column_width` limit it.
pub(super) fn rows(names: &[String], rows: &[Value], arguments: &Arguments) -> Result<String, Error> {
    let limit = |name: &str, default: usize| match arguments.keyword(name) {
        Some(value) => bound(Some(value), usize::MAX, usize::MAX),
        None => Ok(default),
    };
    let (max_rows, max_columns) = (limit("max_rows", ROWS)?, limit("max_columns", COLUMNS)?);
    let max_width = limit("max_column_width", WIDTH)?;
    let shown_rows = rows.len().min(max_rows);
    let shown_columns = names.len().min(max_columns);
    let mut columns: Vec<Vec<Cell>> = Vec::new();
    for index in 0..shown_columns {
        let values: Vec<Value> =
            rows[..shown_rows].iter().map(|row| row.get_item_by_index(index).unwrap_or_default()).collect();
        columns.push(cells(&values, max_width));
    }
    let mut heads: Vec<String> = names[..shown_columns].iter().map(|name| shortened(name, max_width)).collect();
    let mut drawn: Vec<Vec<Cell>> = (0..shown_rows).map(|_| Vec::new()).collect();
    let is_right: Vec<bool> = columns.iter().map(|column| column.first().is_some_and(|cell| cell.is_right)).collect();
    for column in columns {
        for (row, cell) in drawn.iter_mut().zip(column) {
            row.push(cell);
        }
    }
    if shown_rows < rows.len() {
        drawn.push(is_right.iter().map(|is_right| Cell { text: "...".to_owned(), is_right: *is_right }).collect());
    }
    if shown_columns < names.len() {
        heads.push("...".to_owned());
        for row in &mut drawn {
            row.push(Cell::text("..."));
        }
    }
    Ok(table(&heads.iter().map(String::as_str).collect::<Vec<_>>(), &drawn))
}

/// The cells of a column: numbers share their digits after the point and stand at the right, as all but text does.
fn cells(values: &[Value], max_width: usize) -> Vec<Cell> {
    let precision = values.iter().filter_map(Decimal::of).map(Decimal::fraction_digits).max().unwrap_or(0);
    let is_text = values.iter().any(|value| value.kind() == ValueKind::String);
    let is_decimal = values.iter().any(|value| value.downcast_object_ref::<Decimal>().is_some());
    let written = values.iter().map(|value| {
        let text = match Decimal::of(value).filter(|_| is_decimal) {
            _ if value.is_none() => String::new(),
            Some(decimal) => shortened(&grouped(decimal, precision), max_width),
            None => shortened(&to_text(value), max_width),
        };
        Cell { text, is_right: !is_text }
    });
    written.collect()
}

fn grouped(decimal: Decimal, precision: usize) -> String {
    let shown = precision.min(PRECISION);
    let text = decimal.to_exponent(-i32::try_from(shown).unwrap_or(0)).to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut out = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    if precision > PRECISION {
        out.push('…');
    }
    out
}

fn shortened(text: &str, max_width: usize) -> String {
    if text.chars().count() <= max_width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max_width.saturating_sub(3)).collect();
    format!("{kept}...")
}
