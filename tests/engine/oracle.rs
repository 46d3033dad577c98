//! An independent computation agrees with the bundled project.
//!
//! The marts are computed again from the raw files with the csv crate and plain Rust, from their definitions and not from
//! their SQL, and every cell of the exported files is compared: texts, counts and times exactly, other numbers to one part in
//! a billion. The rows must also stand in the order of the grain.

mod agents;
mod classifier;
mod conversations;
mod forecast;
mod interactions;
mod merchants;
mod raw;
mod service_levels;
mod support_health;

use crate::project::Project;

/// A cell as the computation expects it.
pub enum Cell {
    Text(String),
    Count(usize),
    Number(f64),
    /// Any MD5.
    Hash,
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<usize> for Cell {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl Cell {
    fn is(&self, exported: &str) -> bool {
        match self {
            Self::Empty => exported.is_empty(),
            Self::Hash => exported.len() == 32 && exported.chars().all(|digit| digit.is_ascii_hexdigit()),
            Self::Text(text) => exported == harmless(text),
            Self::Count(count) => exported == count.to_string(),
            Self::Number(number) => exported
                .parse::<f64>()
                .is_ok_and(|exported| (exported - number).abs() <= 1e-9 * exported.abs().max(number.abs())),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Hash => "a hash".to_owned(),
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// The project's exports put an apostrophe before a text that a spreadsheet would run.
fn harmless(text: &str) -> String {
    let escaped = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    if escaped { format!("'{text}") } else { text.to_owned() }
}

/// A mart as the computation expects it.
pub struct Mart {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    pub rows: Vec<Vec<Cell>>,
}

/// Builds the rows of a mart out of values of several kinds.
macro_rules! row {
    ($($value:expr),* $(,)?) => { vec![$($crate::oracle::Cell::from($value)),*] };
}
use row;

fn divided(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| number(part) / number(whole))
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / number(values.len()))
}

/// The quantile between the two nearest values, in proportion.
fn quantile(values: &[f64], part: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = part * number(sorted.len().checked_sub(1)?);
    let below = (0..sorted.len()).rev().find(|below| number(*below) <= place)?;
    let above = (below + 1).min(sorted.len() - 1);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (place - number(below)))
}

/// Returns how many cells were compared, and what differs.
fn differences(project: &Project, mart: &Mart) -> (usize, Vec<String>) {
    let name = mart.name;
    let mut reader = csv::Reader::from_path(project.path(&format!("exports/{name}.csv"))).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    assert_eq!(header, mart.columns, "{name}");
    let exported: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut found = Vec::new();
    if exported.len() != mart.rows.len() {
        found.push(format!("{name}: {} rows exported, {} expected", exported.len(), mart.rows.len()));
    }
    let mut cells = 0;
    for (place, (expected, exported)) in mart.rows.iter().zip(&exported).enumerate() {
        assert_eq!(expected.len(), mart.columns.len(), "{name}");
        for ((column, expected), exported) in mart.columns.iter().zip(expected).zip(exported) {
            cells += 1;
            if !expected.is(exported) {
                found.push(format!("{name}, row {place}, {column}: `{exported}`, expected `{}`", expected.shown()));
            }
        }
    }
    (cells, found)
}

#[test]
fn every_cell_of_the_marts_is_what_the_raw_files_say() {
    let project = Project::bundled();
    let _ = project.run(&["build"]).success();
    let facts = raw::Facts::read(&project.path("data"), &project.path("seeds"));
    let judged = classifier::judge(&facts);
    let mut marts = support_health::marts(&facts, &judged);
    marts.extend(service_levels::marts(&facts, &judged));
    marts.extend(merchants::marts(&facts));
    marts.extend(agents::marts(&facts, &judged));
    marts.extend(forecast::marts(&facts));
    marts.extend(interactions::marts(&facts, &project.path("data")));
    assert!(marts.len() >= 41, "{}", marts.len());
    let mut cells = 0;
    let mut wrong = Vec::new();
    for mart in &marts {
        assert!(!mart.rows.is_empty(), "{} has no rows to compare", mart.name);
        let (compared, found) = differences(&project, mart);
        cells += compared;
        wrong.extend(found);
    }
    let first = wrong.iter().take(20).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {cells} cells differ:\n{first}", wrong.len());
    assert!(cells > 50_000, "{cells} cells");
}
