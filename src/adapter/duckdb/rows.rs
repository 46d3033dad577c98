//! One prepared statement: what it did, or its rows one after another.

use duckdb::arrow::array::{Array as _, AsArray as _};
use duckdb::arrow::datatypes::Int64Type;
use duckdb::core::LogicalTypeHandle;
use duckdb::{Connection as Database, Statement as Prepared};

use super::{error, types, value};
use crate::adapter::{AdapterError, ColumnType, Datum, ErrorKind, Response, Table};

/// Returns the answer to a statement that went well.
pub(super) fn ok(rows_affected: Option<u64>) -> Response {
    Response { message: "OK".to_owned(), rows_affected }
}

/// Runs a statement for what it does.
pub(super) fn execute(database: &Database, text: &str, verb: &str) -> Result<Response, AdapterError> {
    let mut prepared = database.prepare(text).map_err(|error| error::read(&error))?;
    let changed = prepared.raw_execute().map_err(|error| error::read(&error))?;
    Ok(ok(written_rows(&prepared, verb, changed)))
}

/// Returns how many rows a statement wrote: what its one column `Count` says. A query may have such a column too.
fn written_rows(prepared: &Prepared<'_>, verb: &str, changed: usize) -> Option<u64> {
    let is_count = matches!(prepared.schema().fields().as_ref(), [field] if field.name() == "Count");
    match verb {
        _ if !is_count => None,
        "SELECT" | "FROM" | "VALUES" | "TABLE" | "SHOW" | "DESCRIBE" | "PRAGMA" | "CALL" | "" => None,
        "WITH" => (changed > 0).then_some(changed as u64),
        _ => {
            // The crate's own count stays 0 for tables made from queries.
            let batch = prepared.step().ok()??;
            let count = batch.columns().first()?.as_primitive_opt::<Int64Type>()?;
            u64::try_from(*count.values().first()?).ok()
        }
    }
}

/// Runs a query and keeps at most so many of its rows.
pub(super) fn fetch(database: &Database, text: &str, most: usize) -> Result<(Response, Table), AdapterError> {
    let mut rows = Vec::new();
    // All rows at once are had sooner; only a limit is worth a stream, which stops the query early.
    let delivery = if most == usize::MAX { Delivery::Whole } else { Delivery::Streamed };
    let mut keep = |row: Vec<Datum>| {
        rows.push(row);
        Ok(())
    };
    let columns = visit(database, text, delivery, &mut limited(most, &mut keep))?;
    Ok((ok(None), Table { columns, rows }))
}

/// Whether the database makes the whole result before the first row is seen.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    Whole,
    Streamed,
}

/// Whether a taker of rows has enough.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    More,
    NoMore,
}

/// Takes rows one by one.
pub(super) type Taker<'a> = dyn FnMut(Vec<Datum>) -> Result<Wanted, AdapterError> + 'a;

/// Hands on at most so many rows.
pub(super) fn limited(
    most: usize,
    each: &mut dyn FnMut(Vec<Datum>) -> Result<(), AdapterError>,
) -> impl FnMut(Vec<Datum>) -> Result<Wanted, AdapterError> {
    let mut left = most;
    move |row| {
        if left == 0 {
            return Ok(Wanted::NoMore);
        }
        each(row)?;
        left -= 1;
        Ok(if left == 0 { Wanted::NoMore } else { Wanted::More })
    }
}

/// Runs a query and hands its rows on one by one; returns its columns.
pub(super) fn visit(
    database: &Database,
    text: &str,
    delivery: Delivery,
    taker: &mut Taker<'_>,
) -> Result<Vec<ColumnType>, AdapterError> {
    let mut prepared = database.prepare(text).map_err(|error| error::read(&error))?;
    let started = match delivery {
        Delivery::Whole => prepared.raw_execute().map(drop),
        Delivery::Streamed => prepared.stream_arrow([]).map(drop),
    };
    if let Err(error) = started {
        // The crate cannot decode VARIANT and refuses such results as a whole.
        return match error {
            duckdb::Error::FromSqlConversionFailure(..) => visit_as_text(database, text, delivery, taker),
            other => Err(error::read(&other)),
        };
    }
    let fields = prepared.schema();
    let handles: Vec<LogicalTypeHandle> =
        (0..fields.fields().len()).map(|index| prepared.column_logical_type(index)).collect();
    if !handles.iter().all(types::is_exact_in_arrow) {
        drop(prepared);
        return visit_as_text(database, text, delivery, taker);
    }
    let names = fields.fields().iter().map(|field| field.name().clone());
    let columns: Vec<ColumnType> =
        names.zip(&handles).map(|(name, handle)| ColumnType { name, data_type: types::name(handle) }).collect();
    hand_on(&prepared, &handles, taker)?;
    drop(prepared);
    if handles.iter().any(types::is_incomplete)
        && let Ok(complete) = described_types(database, text)
    {
        return Ok(complete);
    }
    Ok(columns)
}

fn hand_on(prepared: &Prepared<'_>, handles: &[LogicalTypeHandle], taker: &mut Taker<'_>) -> Result<(), AdapterError> {
    while let Some(batch) = prepared.step().map_err(|error| error::read(&error))? {
        for row in 0..batch.len() {
            let values = handles.iter().zip(batch.columns()).map(|(handle, array)| value::datum(handle, array, row));
            let values: Option<Vec<Datum>> = values.collect();
            let values =
                values.ok_or_else(|| AdapterError::new(ErrorKind::Other, "a value came in an unknown form"))?;
            if taker(values)? == Wanted::NoMore {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The types that Arrow carries whole.
const CARRIED: [&str; 17] = [
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "FLOAT",
    "DOUBLE",
    "DATE",
    "TIMESTAMP",
    "TIME",
    "DECIMAL",
    "TIMESTAMP WITH TIME ZONE",
];

fn is_carried(data_type: &str) -> bool {
    CARRIED.contains(&data_type.split('(').next().unwrap_or_default()) && !data_type.ends_with(']')
}

/// Runs a query again, its columns of types that Arrow cannot carry cast to text.
fn visit_as_text(
    database: &Database,
    text: &str,
    delivery: Delivery,
    taker: &mut Taker<'_>,
) -> Result<Vec<ColumnType>, AdapterError> {
    let columns = described_types(database, text)?;
    let names: Vec<String> = (0..columns.len()).map(|index| format!("c{index}")).collect();
    let shown = names.iter().zip(&columns).map(|(name, column)| {
        if is_carried(&column.data_type) { name.clone() } else { format!("cast({name} as varchar)") }
    });
    let shown = shown.collect::<Vec<_>>().join(", ");
    // The line break ends a comment at the end of the text.
    visit(database, &format!("select {shown} from ({text}\n) as t({})", names.join(", ")), delivery, taker)?;
    Ok(columns)
}

fn described_types(database: &Database, text: &str) -> Result<Vec<ColumnType>, AdapterError> {
    fetch(database, &format!("DESCRIBE {text}"), usize::MAX).map(|(_, table)| described(table))
}

/// Reads the answer of `DESCRIBE`, whose first two columns are name and type.
pub(super) fn described(table: Table) -> Vec<ColumnType> {
    let column = |row: Vec<Datum>| match row.into_iter().take(2).collect::<Vec<_>>().as_slice() {
        [name, data_type] => Some(ColumnType { name: name.to_string(), data_type: data_type.to_string() }),
        _ => None,
    };
    table.rows.into_iter().filter_map(column).collect()
}
