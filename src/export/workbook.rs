//! A relation as a workbook (XLSX): one sheet, typed cells, links that open. Text is written as text, so no cell can run.

use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as CellFormat, Url, Workbook, Worksheet, XlsxError};

use super::ExportItem;
use crate::adapter::{AdapterError, ColumnType, Datum, ErrorKind, Session};
use crate::resource::quote;

/// The limits of a sheet, from Microsoft's "Excel specifications and limits".
const MOST_ROWS: u64 = 1_048_576;
const MOST_COLUMNS: usize = 16_384;
const LONGEST_TEXT: usize = 32_767;
const LONGEST_URL: usize = 2_079;
const MOST_LINKS: u32 = 65_530;
/// Whole numbers beyond this lose digits in a cell, which holds a double.
const LARGEST_EXACT: i128 = 1 << 53;
/// Digits of a decimal number that a cell keeps.
const EXACT_DIGITS: usize = 15;

/// Writes the rows of an item, sorted by its grain, and returns how many there are.
///
/// # Errors
/// The database's, and the file's; also when the rows are more than a sheet has.
pub(super) fn write(
    session: &Session,
    item: &ExportItem,
    columns: &[ColumnType],
    path: &Path,
) -> Result<u64, AdapterError> {
    if columns.len() > MOST_COLUMNS {
        return Err(failed(format!("{} columns are more than the {MOST_COLUMNS} of a sheet", columns.len())));
    }
    let mut workbook = Workbook::new();
    // Without a date of its own the library writes the present, and no two runs would give the same bytes.
    let born = ExcelDateTime::from_ymd(2000, 1, 1).map_err(refused)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&born));
    if let Some(folder) = path.parent() {
        workbook.set_tempdir(folder).map_err(refused)?;
    }
    let mut sheet = Sheet::new(workbook.add_worksheet_with_constant_memory(), item, columns)?;
    session.connection().each_row(&query(item, columns), &mut |row| sheet.push(&row))?;
    let rows = sheet.finish()?;
    workbook.save(path).map_err(refused)?;
    Ok(rows)
}

fn query(item: &ExportItem, columns: &[ColumnType]) -> String {
    let is_nested =
        |kind: &str| kind.ends_with(']') || ["STRUCT(", "MAP(", "UNION("].iter().any(|start| kind.starts_with(start));
    let shown = columns.iter().map(|column| {
        let name = quote(&column.name);
        if is_nested(&column.data_type) { format!("cast(to_json({name}) as varchar) as {name}") } else { name }
    });
    let shown = shown.collect::<Vec<_>>().join(", ");
    let order = item.order_by.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ");
    let order = if order.is_empty() { "all" } else { &order };
    format!("select {shown} from (select * from {} order by {order})", item.relation.render())
}

struct Sheet<'a> {
    cells: &'a mut Worksheet,
    columns: usize,
    rows: u32,
    links: u32,
    date: CellFormat,
    moment: CellFormat,
}

impl<'a> Sheet<'a> {
    fn new(sheet: &'a mut Worksheet, item: &ExportItem, columns: &[ColumnType]) -> Result<Self, AdapterError> {
        sheet.set_name(sheet_name(&item.name)).map_err(refused)?;
        sheet.set_freeze_panes(1, 0).map_err(refused)?;
        let bold = CellFormat::new().set_bold();
        for (index, column) in columns.iter().enumerate() {
            let at = column_number(index);
            sheet.set_column_width(at, width(column)).map_err(refused)?;
            sheet.write_string_with_format(0, at, shortened(&column.name), &bold).map_err(refused)?;
        }
        Ok(Self {
            cells: sheet,
            columns: columns.len(),
            rows: 0,
            links: 0,
            date: CellFormat::new().set_num_format("yyyy-mm-dd"),
            moment: CellFormat::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        })
    }

    fn push(&mut self, row: &[Datum]) -> Result<(), AdapterError> {
        self.rows += 1;
        if u64::from(self.rows) >= MOST_ROWS {
            return Err(failed(format!("there are more rows than the {MOST_ROWS} of a sheet, its head among them"))
                .with_help("export it as csv or parquet, or make a smaller model for the workbook"));
        }
        row.iter().enumerate().try_for_each(|(index, value)| self.cell(column_number(index), value).map_err(refused))
    }

    fn cell(&mut self, at: u16, value: &Datum) -> Result<(), XlsxError> {
        let row = self.rows;
        match value {
            Datum::Null => {}
            Datum::Bool(value) => drop(self.cells.write_boolean(row, at, *value)?),
            Datum::Integer(number) if number.abs() <= LARGEST_EXACT => {
                #[expect(clippy::cast_precision_loss, reason = "whole numbers up to 2^53 are exact")]
                self.cells.write_number(row, at, *number as f64)?;
            }
            Datum::Float(number) if number.is_finite() => drop(self.cells.write_number(row, at, *number)?),
            Datum::Decimal(text) => match exact(text) {
                Some(number) => drop(self.cells.write_number(row, at, number)?),
                None => drop(self.cells.write_string(row, at, text)?),
            },
            Datum::Date(text) => self.moment(at, text, &self.date.clone())?,
            Datum::Timestamp(text) | Datum::TimestampTz(text) => {
                self.moment(at, text.trim_end_matches("+00"), &self.moment.clone())?;
            }
            Datum::Text(text) if is_link(text) && self.links < MOST_LINKS => {
                self.links += 1;
                self.cells.write_url(row, at, Url::new(text.as_str()))?;
            }
            other => drop(self.cells.write_string(row, at, shortened(&other.to_string()))?),
        }
        Ok(())
    }

    /// Times before 1900 and after 9999 have no number in a sheet and stay text.
    fn moment(&mut self, at: u16, text: &str, format: &CellFormat) -> Result<(), XlsxError> {
        match ExcelDateTime::parse_from_str(text) {
            Ok(moment) => drop(self.cells.write_datetime_with_format(self.rows, at, &moment, format)?),
            Err(_) => drop(self.cells.write_string(self.rows, at, text)?),
        }
        Ok(())
    }

    fn finish(self) -> Result<u64, AdapterError> {
        if self.columns > 0 {
            self.cells.autofilter(0, 0, self.rows, column_number(self.columns - 1)).map_err(refused)?;
        }
        Ok(u64::from(self.rows))
    }
}

/// A sheet's name has at most 31 characters and none of `[]:*?/\`; item names have none of those.
fn sheet_name(name: &str) -> String {
    name.chars().take(31).collect()
}

fn column_number(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

/// About as wide as its values are, in characters.
fn width(column: &ColumnType) -> f64 {
    let values: f64 = match column.data_type.as_str() {
        "VARCHAR" => 28.0,
        kind if kind.starts_with("TIMESTAMP") => 20.0,
        _ => 11.0,
    };
    let name = u16::try_from(column.name.chars().count()).unwrap_or(60).min(60);
    values.max(f64::from(name) + 3.0)
}

fn is_link(text: &str) -> bool {
    let lower = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    (lower.starts_with("http://") || lower.starts_with("https://"))
        && text.len() <= LONGEST_URL
        && !text.contains(|character: char| character.is_whitespace() || character.is_control())
}

/// The number when a cell can hold all of its digits.
fn exact(text: &str) -> Option<f64> {
    let digits = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    (digits <= EXACT_DIGITS).then(|| text.parse().ok()).flatten()
}

/// The text, cut where a cell ends.
fn shortened(text: &str) -> String {
    if text.encode_utf16().count() <= LONGEST_TEXT {
        return text.to_owned();
    }
    let mut units = 1;
    let fits = |character: &char| {
        units += character.len_utf16();
        units <= LONGEST_TEXT
    };
    text.chars().take_while(fits).chain(['\u{2026}']).collect()
}

fn failed(message: String) -> AdapterError {
    AdapterError::new(ErrorKind::Other, message)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
fn refused(error: XlsxError) -> AdapterError {
    failed(format!("the workbook cannot be written: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{exact, is_link, shortened};

    #[test]
    fn only_whole_http_addresses_are_links() {
        assert!(is_link("https://x.example/a?b=c") && is_link("HTTP://x.example"));
        for text in ["javascript:alert(1)", "see https://x.example", "https://x.example/a b", "file:///etc/passwd", ""]
        {
            assert!(!is_link(text), "{text}");
        }
    }

    #[test]
    fn numbers_with_more_digits_than_a_cell_holds_stay_text() {
        assert_eq!(exact("1234567890.12345"), Some(1_234_567_890.123_45));
        assert_eq!(exact("-0.000000000000001"), Some(-1e-15));
        assert_eq!(exact("12345678901234567.8"), None);
    }

    #[test]
    fn long_text_is_cut_at_a_whole_character() {
        let text = "\u{1f600}".repeat(20_000);
        let cut = shortened(&text);
        assert!(cut.ends_with('\u{2026}') && cut.encode_utf16().count() <= 32_767);
    }
}
