//! Judges unit tests: the rows that came are compared with those that should have come, in any order.

mod diff;

use super::result::Status;
use super::verdict::Verdict;
use crate::adapter::Table;
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::Node;

/// The column that tells the rows that came from the expected ones; it is the last.
const ROLE: &str = "actual_or_expected";

/// Judges a unit test by the rows of both kinds in one table.
pub fn judge(table: Option<&Table>) -> Verdict {
    let sides = table.map(Sides::of).unwrap_or_default();
    match diff::between(&sides.names, &sides.expected, &sides.actual) {
        None => Verdict { status: Status::Pass, failures: 0, message: None },
        Some(drawn) => {
            let message = format!("\n\nactual differs from expected:\n\n{drawn}\n");
            Verdict { status: Status::Fail, failures: 1, message: Some(message) }
        }
    }
}

/// Says that a unit test's statement could not be run, in dbt's words.
pub fn unfinished(node: &Node, diagnostic: Diagnostic) -> Box<Diagnostic> {
    let title = format!(
        "An error occurred during execution of unit test '{}'. There may be an error in the unit test definition: \
         check the data types.",
        node.name
    );
    let heading = match diagnostic.kind {
        Kind::Database => "Runtime Error".to_owned(),
        kind => format!("{} in unit_test {} ({})", kind.title(), node.name, node.original_file_path),
    };
    let inner = diagnostic.words.clone().unwrap_or_else(|| {
        std::iter::once(&diagnostic.title).chain(&diagnostic.notes).cloned().collect::<Vec<_>>().join("\n")
    });
    let words = format!("{title}\n {heading}\n  {}", inner.replace('\n', "\n  "));
    let note = diagnostic.title.clone();
    let mut wrapped = Diagnostic { title, kind: Kind::Runtime, words: Some(words), ..diagnostic };
    wrapped.notes.insert(0, note);
    Box::new(wrapped)
}

/// The rows of both kinds as texts.
#[derive(Default)]
struct Sides {
    names: Vec<String>,
    expected: Vec<diff::Row>,
    actual: Vec<diff::Row>,
}

impl Sides {
    fn of(table: &Table) -> Self {
        let mut sides = Self::default();
        let is_role = |name: &str| name.eq_ignore_ascii_case(ROLE);
        let names = table.columns.iter().map(|column| column.name.to_lowercase());
        sides.names = names.filter(|name| !is_role(name)).collect();
        let role = table.columns.iter().position(|column| is_role(&column.name));
        for row in &table.rows {
            let cell = |(_, datum): (usize, &crate::adapter::Datum)| match datum {
                crate::adapter::Datum::Null => None,
                datum => Some(datum.to_string()),
            };
            let cells = row.iter().enumerate().filter(|(index, _)| Some(*index) != role).map(cell).collect();
            let is_expected = role.and_then(|role| row.get(role)).is_some_and(|datum| datum.to_string() == "expected");
            if is_expected { sides.expected.push(cells) } else { sides.actual.push(cells) }
        }
        sides
    }
}
