//! The end of a run: counts by kind and status, and each failure again.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

use super::text::count;
use crate::run::{RunResults, Status};

/// The counts of one kind of node.
#[derive(Clone, Debug, Default)]
pub struct KindCount {
    /// What users call the kind: `seed`, `view`, `table`, `test` …
    pub kind: String,
    /// How many ended in each status, in the order of [`Status::ALL`].
    pub counts: [usize; 8],
    /// Seconds of work of all of them together.
    pub seconds: f64,
}

/// A node that failed or warned, for the list at the end.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What users call its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Error, failure or warning.
    pub status: Status,
    /// Where it stands: `path:line:column`.
    pub location: String,
    /// What went wrong, in one line.
    pub message: String,
    /// Path of its compiled SQL.
    pub compiled_path: Option<String>,
    /// A command to see the failing rows.
    pub see_rows: Option<String>,
    /// How many nodes were skipped because of it.
    pub skipped: usize,
}

/// Returns the lines about one failure.
pub fn failure(failure: &Failure) -> String {
    let word = match failure.status {
        Status::Warn => "Warning",
        Status::Fail => "Failure",
        _ => "Error",
    };
    let message = failure.message.trim_end().replace('\n', "\n  ");
    let mut text = format!("\n{word} in {} {} ({})\n  {message}", failure.kind, failure.name, failure.location);
    if failure.skipped > 0 {
        text.push_str(&format!("\n  {} skipped because of it", count(failure.skipped, "node")));
    }
    if let Some(path) = &failure.compiled_path {
        text.push_str(&format!("\n  compiled code at {path}"));
    }
    if let Some(command) = &failure.see_rows {
        text.push_str(&format!("\n  see the rows: {command}"));
    }
    text
}

/// Returns the table of counts and dbt's closing line.
pub fn closing(results: &RunResults, counts: &[KindCount]) -> Vec<String> {
    let mut lines = Vec::new();
    if !counts.is_empty() {
        lines.push(format!("\n{}", table(counts)));
    }
    if results.interrupted {
        lines.push("Interrupted: what was not begun was skipped".to_owned());
    }
    let total = results.results.len();
    lines.push(format!("Finished {} in {:.2}s", count(total, "node"), results.elapsed_time));
    lines.push(completed(results));
    lines.push(done(results));
    lines
}

/// Returns dbt's line on how the whole went.
fn completed(results: &RunResults) -> String {
    let errors = results.count(Status::Error) + results.count(Status::Fail);
    let (warnings, partial) = (count(results.count(Status::Warn), "warning"), results.count(Status::PartialSuccess));
    let successes = if partial == 1 { "1 partial success".to_owned() } else { format!("{partial} partial successes") };
    match (errors, partial, results.count(Status::Warn)) {
        _ if results.interrupted => "Exited because of keyboard interrupt".to_owned(),
        (0, 0, 0) => "Completed successfully".to_owned(),
        (0, 0, _) => format!("Completed with {warnings}:"),
        (0, ..) => format!("Completed with {successes} and {warnings}"),
        _ => format!("Completed with {}, {successes}, and {warnings}:", count(errors, "error")),
    }
}

/// Returns the line that programs look for in dbt's output.
fn done(results: &RunResults) -> String {
    let sum = |statuses: &[Status]| statuses.iter().map(|status| results.count(*status)).sum::<usize>();
    format!(
        "Done. PASS={} WARN={} ERROR={} SKIP={} NO-OP={} TOTAL={}",
        sum(&[Status::Success, Status::Pass]),
        sum(&[Status::Warn]),
        sum(&[Status::Error, Status::Fail, Status::PartialSuccess]),
        sum(&[Status::Skipped]),
        sum(&[Status::NoOp]),
        results.results.len()
    )
}

fn table(counts: &[KindCount]) -> String {
    let shown: Vec<usize> =
        (0..Status::ALL.len()).filter(|&status| counts.iter().any(|kind| kind.counts[status] > 0)).collect();
    let mut table = Table::new();
    table.load_style(NOTHING);
    let mut header = vec!["kind".to_owned(), "nodes".to_owned()];
    header.extend(shown.iter().map(|&status| Status::ALL[status].as_str().to_owned()));
    header.push("seconds".to_owned());
    table.set_header(header);
    for kind in counts {
        let mut row = vec![kind.kind.clone(), kind.counts.iter().sum::<usize>().to_string()];
        row.extend(shown.iter().map(|&status| match kind.counts[status] {
            0 => String::new(),
            number => number.to_string(),
        }));
        row.push(format!("{:.2}", kind.seconds));
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

#[cfg(test)]
mod tests {
    use super::{Failure, KindCount, closing, failure};
    use crate::resource::UniqueId;
    use crate::run::{NodeResult, RunResults, Status};

    #[test]
    fn the_end_counts_kinds_and_statuses() {
        let results = [Status::Success, Status::Pass, Status::Fail]
            .into_iter()
            .map(|status| NodeResult { status, ..NodeResult::skipped(UniqueId::from_text("model.p.a"), None) });
        let results = RunResults { results: results.collect(), elapsed_time: 1.5, interrupted: false };
        let kinds = [
            KindCount { kind: "table".into(), counts: [1, 0, 0, 0, 0, 0, 0, 0], seconds: 0.25 },
            KindCount { kind: "test".into(), counts: [0, 1, 0, 1, 0, 0, 0, 0], seconds: 0.5 },
        ];
        let expected = "
 kind   nodes  success  pass  fail  seconds
 table      1        1                 0.25
 test       2              1     1     0.50
Finished 3 nodes in 1.50s
Completed with 1 error, 0 partial successes, and 0 warnings:
Done. PASS=2 WARN=0 ERROR=1 SKIP=0 NO-OP=0 TOTAL=3";
        assert_eq!(closing(&results, &kinds).join("\n"), expected);
    }

    #[test]
    fn a_failure_names_its_place_and_what_to_do() {
        let shown = failure(&Failure {
            kind: "test".into(),
            name: "unique_a_id".into(),
            status: Status::Fail,
            location: "models/a.yml:5:11".into(),
            message: "Got 1 result, configured to fail if != 0".into(),
            compiled_path: Some("target/compiled/p/models/a.yml/unique_a_id.sql".into()),
            see_rows: Some("martlet show --select unique_a_id".into()),
            skipped: 2,
        });
        let expected = "
Failure in test unique_a_id (models/a.yml:5:11)
  Got 1 result, configured to fail if != 0
  2 nodes skipped because of it
  compiled code at target/compiled/p/models/a.yml/unique_a_id.sql
  see the rows: martlet show --select unique_a_id";
        assert_eq!(shown, expected);
    }
}
