//! A text that a query wrote line by line, such as a report in Markdown.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use super::ExportItem;
use crate::adapter::{AdapterError, ColumnType, Datum, ErrorKind, Session};
use crate::resource::quote;

/// Writes the lines in the order of the grain and returns how many rows there were; a row of several lines stays so, NULL is an
/// empty line.
///
/// # Errors
/// The database's, and the file's; also when there is not exactly one text column beside the grain.
pub(super) fn write(
    session: &Session,
    item: &ExportItem,
    columns: &[ColumnType],
    path: &Path,
) -> Result<u64, AdapterError> {
    let is_grain = |name: &str| item.order_by.iter().any(|column| column.eq_ignore_ascii_case(name));
    let texts: Vec<&ColumnType> =
        columns.iter().filter(|column| column.data_type == "VARCHAR" && !is_grain(&column.name)).collect();
    let ([text], false) = (texts.as_slice(), item.order_by.is_empty()) else {
        return Err(failed("its lines need one text column, and a grain that orders them"));
    };
    let order = item.order_by.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ");
    let query = format!("select {} from {} order by {order}", quote(&text.name), item.relation.render());
    let mut file = BufWriter::new(File::create(path).map_err(|error| failed(&error.to_string()))?);
    let mut rows = 0;
    session.connection().each_row(&query, &mut |row| {
        rows += 1;
        let line = match row.first() {
            Some(Datum::Text(line)) => line.as_str(),
            _ => "",
        };
        writeln!(file, "{line}").map_err(|error| failed(&error.to_string()))
    })?;
    file.flush().map_err(|error| failed(&error.to_string()))?;
    Ok(rows)
}

fn failed(message: &str) -> AdapterError {
    AdapterError::new(ErrorKind::Other, message)
}
