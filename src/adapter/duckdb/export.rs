//! The `COPY` that writes a relation to a file, each column in the form that readers of exports are promised.

use super::literal::{literal, quoted_list};
use super::open::absolute;
use crate::adapter::{ColumnType, FileExport, FileFormat, Formulas};
use crate::resource::quote;

/// Returns the statement that writes the file.
pub(super) fn copy(export: &FileExport<'_>, columns: &[ColumnType]) -> String {
    let shown = columns.iter().map(|column| match export.format {
        FileFormat::Parquet => quote(&column.name),
        FileFormat::Csv if export.formulas == Formulas::Escaped => renamed(harmless(column), &harmless_name(column)),
        FileFormat::Csv => renamed(csv_form(column), &column.name),
        FileFormat::Json => renamed(json_form(column), &column.name),
    });
    let shown = shown.collect::<Vec<_>>().join(", ");
    let order = if export.order_by.is_empty() {
        // Without a grain, all columns together still give the same bytes for the same rows.
        " order by all".to_owned()
    } else {
        format!(" order by {}", quoted_list(export.order_by.iter().map(String::as_str)))
    };
    let options = match export.format {
        FileFormat::Csv => r#"format csv, header true, delimiter ',', quote '"', escape '"', nullstr ''"#,
        FileFormat::Parquet => "format parquet, compression zstd",
        FileFormat::Json => "format json, array false",
    };
    // The inner query sorts by the relation's own values; outside they are text already.
    format!(
        "copy (select {shown} from (select * from {}{order})) to {} ({options})",
        export.relation.render(),
        literal(&absolute(export.path).to_string_lossy())
    )
}

fn renamed(expression: String, name: &str) -> String {
    format!("{expression} as {}", quote(name))
}

/// What a cell of a spreadsheet must not begin with, also in the wide forms of East Asian scripts.
const FORMULA_STARTS: &str = "-=+@\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}";

fn harmless_name(column: &ColumnType) -> String {
    let runs = column.name.trim_start().starts_with(|start| FORMULA_STARTS.contains(start));
    if runs { format!("'{}", column.name) } else { column.name.clone() }
}

/// As [`csv_form`], with an apostrophe before text that a spreadsheet would run. Numbers and times are no text.
fn harmless(column: &ColumnType) -> String {
    let form = csv_form(column);
    if column.data_type != "VARCHAR" && !column.data_type.starts_with("ENUM") {
        return form;
    }
    format!(
        "case when regexp_matches({form}::varchar, '^\\s*[{FORMULA_STARTS}]|^[\\t\\r]') \
         then '''' || {form} else {form} end"
    )
}

/// CSV has only text: times become ISO 8601, numbers have no exponent, nested values are JSON.
fn csv_form(column: &ColumnType) -> String {
    let name = quote(&column.name);
    if is_nested(&column.data_type) {
        return format!("cast(to_json({name}) as varchar)");
    }
    match column.data_type.as_str() {
        "DOUBLE" | "FLOAT" => plain_number(&name),
        _ => json_form(column),
    }
}

/// JSON has numbers and nesting of its own; only times are written out.
fn json_form(column: &ColumnType) -> String {
    let name = quote(&column.name);
    match column.data_type.as_str() {
        "TIMESTAMP" | "TIMESTAMP_S" | "TIMESTAMP_MS" | "TIMESTAMP_NS" => iso_time(&name),
        "TIMESTAMP WITH TIME ZONE" => iso_time(&format!("timezone('UTC', {name})")),
        _ => name,
    }
}

fn is_nested(data_type: &str) -> bool {
    data_type.ends_with(']') || ["STRUCT(", "MAP(", "UNION("].iter().any(|start| data_type.starts_with(start))
}

/// `2024-01-31 10:00:00.5` as `2024-01-31T10:00:00.5Z`; a time without zone counts as UTC, infinity stays.
fn iso_time(expression: &str) -> String {
    format!(
        "case when isfinite({expression}) then replace(cast({expression} as varchar), ' ', 'T') || 'Z' else cast({expression} as varchar) end"
    )
}

/// A floating point number by its shortest digits, written out where DuckDB would use an exponent.
fn plain_number(name: &str) -> String {
    let text = format!("cast({name} as varchar)");
    format!(
        "case when {text} like '%e+%' and abs({name}) < 1e37 then cast(cast({text} as decimal(38,0)) as varchar) || '.0' \
         when {text} like '%e-%' and abs({name}) >= 1e-13 then rtrim(cast(cast({text} as decimal(38,30)) as varchar), '0') \
         else {text} end"
    )
}
