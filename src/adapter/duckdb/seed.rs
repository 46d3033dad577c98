//! The queries that read a seed's file with DuckDB's reader, its columns fixed beforehand.
//!
//! Plain columns are converted by the reader itself, which is fast and runs on all threads; loose ones are read as text and
//! converted by agate's rules, written out in SQL.

#[cfg(test)]
mod tests;

use super::literal::literal;
use super::open::absolute;
use crate::adapter::seed::{AgateType, CURRENCY_SIGNS, CellForm, LineEnds, OTHER_DIGITS, Quotes, SeedColumn};
use crate::adapter::{Datum, Misfit, NullWord, SeedSchema, Table};
use crate::resource::quote;

/// The reader's own limit of a row's length.
const USUAL_ROW: u64 = 2_000_000;

/// What Python's `strip` takes off, but for what no file has.
const WHITE: &str = " \t\n\r\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{1f}\u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";

/// Returns the query that yields a seed's rows.
pub(super) fn query(seed: &SeedSchema) -> String {
    let shown = seed.columns.iter().map(|column| {
        let name = quote(&column.name);
        match column.form {
            CellForm::Plain => name,
            CellForm::Loose => format!("{} as {name}", converted(seed, column, "cast")),
        }
    });
    let shown = shown.collect::<Vec<_>>().join(", ");
    let types = seed.columns.iter().map(|column| match column.form {
        CellForm::Plain => column.sql_type.as_str(),
        CellForm::Loose => "varchar",
    });
    format!("select {shown} from {}", read_csv(seed, types))
}

/// Returns the query for the first value that does not fit; none when every column is plain.
pub(super) fn misfit_query(seed: &SeedSchema) -> Option<String> {
    let loose = |(index, column): (usize, &SeedColumn)| {
        (column.form == CellForm::Loose).then(|| {
            let name = quote(&column.name);
            let value = value(seed, column, &name);
            format!("when {value} is not null and {} is null then {index}", converted(seed, column, "try_cast"))
        })
    };
    let cases: Vec<String> = seed.columns.iter().enumerate().filter_map(loose).collect();
    if cases.is_empty() {
        return None;
    }
    let rows = read_csv(seed, seed.columns.iter().map(|_| "varchar"));
    Some(format!(
        "select martlet_row, martlet_column from (select martlet_row, case {} end as martlet_column \
         from (select row_number() over () as martlet_row, * from {rows})) \
         where martlet_column is not null order by martlet_row limit 1",
        cases.join(" ")
    ))
}

/// Reads the answer of that query.
pub(super) fn misfit(table: &Table) -> Option<Misfit> {
    match table.rows.first()?.as_slice() {
        [Datum::Integer(row), Datum::Integer(column)] => {
            Some(Misfit { row: u64::try_from(*row).ok()?, column: usize::try_from(*column).ok()? })
        }
        _ => None,
    }
}

fn read_csv<'a>(seed: &'a SeedSchema, types: impl Iterator<Item = &'a str>) -> String {
    let columns = seed
        .columns
        .iter()
        .zip(types)
        .map(|(column, data_type)| format!("{}: {}", literal(&column.name), literal(data_type)));
    let quotes = match seed.quotes {
        Quotes::Double => "auto_detect = false, quote = '\"', escape = '\"'",
        Quotes::Unclear => "auto_detect = true",
    };
    let mut text = format!(
        "read_csv({}, {quotes}, header = true, delim = {}, nullstr = '', columns = {{{}}}",
        literal(&unglobbed(&absolute(&seed.path).to_string_lossy())),
        literal(&seed.delimiter.to_string()),
        columns.collect::<Vec<_>>().join(", ")
    );
    if seed.line_ends == LineEnds::Mixed {
        // The file was checked already; being strict, the reader refuses any second kind of line end.
        text.push_str(", strict_mode = false");
    }
    if seed.longest_row >= USUAL_ROW {
        text.push_str(&format!(", max_line_size = {}", seed.longest_row + 16));
    }
    text.push(')');
    text
}

/// Writes a path so that the reader does not take its characters for a pattern.
fn unglobbed(path: &str) -> String {
    let escaped = |character| match character {
        '*' | '?' | '[' => format!("[{character}]"),
        other => other.to_string(),
    };
    path.chars().map(escaped).collect()
}

/// The column's text, NULL where agate takes it for that.
fn value(seed: &SeedSchema, column: &SeedColumn, name: &str) -> String {
    let is_text = column.inferred == AgateType::Text && is_text_type(&column.sql_type);
    if is_text && seed.null_word == NullWord::Text {
        return name.to_owned();
    }
    format!("case when lower(trim({name}, {white})) in ('', 'null') then null else {name} end", white = literal(WHITE))
}

fn is_text_type(sql_type: &str) -> bool {
    let word = sql_type.split('(').next().unwrap_or_default().trim().to_lowercase();
    matches!(word.as_str(), "text" | "varchar" | "string" | "char" | "bpchar")
}

/// The column's value by agate's rules; `cast` is `cast` or `try_cast`.
fn converted(seed: &SeedSchema, column: &SeedColumn, cast: &str) -> String {
    let text = value(seed, column, &quote(&column.name));
    let trimmed = format!("trim({text}, {})", literal(WHITE));
    let source = match column.inferred {
        AgateType::Text => text,
        AgateType::Integer | AgateType::Number => number(&text),
        AgateType::Date => trimmed,
        AgateType::DateTime => format!("regexp_replace({trimmed}, '\\s+', ' ', 'g')"),
        AgateType::IsoDateTime => iso_time(&trimmed),
        AgateType::Boolean => format!("trim(replace({text}, ',', ''), {})", literal(WHITE)),
    };
    format!("{cast}({source} as {})", column.sql_type)
}

/// What may stand in a number besides its digits was checked already, so it can go wherever it stands.
fn number(text: &str) -> String {
    let mut from = String::new();
    let mut to = String::new();
    for zero in OTHER_DIGITS {
        for value in 0..10 {
            from.extend(char::from_u32(u32::from(zero) + value));
            to.extend(char::from_digit(value, 10));
        }
    }
    let noise = format!(",_%{CURRENCY_SIGNS}{WHITE}");
    // `translate` drops the characters that have no counterpart.
    let bare = format!("translate({text}, {}, {})", literal(&format!("{from}{noise}")), literal(&to));
    format!("replace(replace({bare}, '--', ''), '-+', '-')")
}

/// Dates without dashes, clocks without colons or seconds, decimal commas; the zone is passed over, as dbt does.
fn iso_time(trimmed: &str) -> String {
    let steps = [
        (r"^(\d{4})(\d{2})(\d{2})T", r"\1-\2-\3T"),
        (r"(T.*?)(Z|[+-]\d{2}(:?\d{2})?)$", r"\1"),
        (r"T(\d{2})(\d{2})(\d{2})", r"T\1:\2:\3"),
        (r"T(\d{2})(\d{2})$", r"T\1:\2:00"),
        (r"T(\d{2})$", r"T\1:00:00"),
        (r"T(\d{2}:\d{2})$", r"T\1:00"),
        (r"[.,](\d{1,6})\d*$", r".\1"),
    ];
    steps.iter().fold(trimmed.to_owned(), |text, (pattern, replacement)| {
        format!("regexp_replace({text}, {}, {})", literal(pattern), literal(replacement))
    })
}
