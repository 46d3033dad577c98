//! The end of a run: counts by kind and status, and each failure again.

use std::collections::BTreeMap;

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use serde_json::json;

use super::text::count;
use super::{Entry, Level, json_lines, nodes};
use crate::run::{RunResults, Status};

/// The counts of one kind of node.
#[derive(Clone, Debug, Default)]
pub struct KindCount {
    /// What users call the kind: `seed`, `view`, `table`, `test` …
    pub kind: String,
    /// What dbt calls it: `seed`, `table model`, `test` …
    pub word: String,
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
    /// The name without version, as dbt has it.
    pub node_name: String,
    /// Its file.
    pub path: String,
    /// What events tell of the node.
    pub info: serde_json::Value,
    /// Whether its result has words.
    pub message_given: Option<String>,
    /// The relation with a test's failing rows.
    pub relation: Option<String>,
    /// The group that the node belongs to.
    pub group: Option<serde_json::Value>,
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
    if let Some(relation) = &failure.relation {
        text.push_str(&format!("\n{}", see_failures(relation)));
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
    lines.push(if counts.is_empty() {
        format!("Finished {} in {:.2}s", count(results.results.len(), "node"), results.elapsed_time)
    } else {
        finished(words(counts), results.elapsed_time).message
    });
    lines.push(completed(results));
    lines.push(done(results));
    lines
}

/// Returns what programs are told when all nodes have ended, in dbt's words.
pub fn end(results: &RunResults, counts: &[KindCount]) -> [Entry; 3] {
    [Entry::gap(), finished(words(counts), results.elapsed_time), ended(results)]
}

/// Returns what programs are told at the very end, in dbt's words and order.
pub fn events(results: &RunResults, failures: &[Failure]) -> Vec<Entry> {
    let mut events = vec![Entry::gap(), summed(results)];
    let (warnings, errors): (Vec<_>, Vec<_>) = failures.iter().partition(|failure| failure.status == Status::Warn);
    for failure in errors.into_iter().chain(warnings) {
        if failure.status == Status::PartialSuccess {
            continue;
        }
        events.extend(failed(failure));
    }
    let [pass, warn, error, skip, noop] = stats(results);
    let total = results.results.len();
    let stats = json!({"pass": pass, "warn": warn, "error": error, "skip": skip, "noop": noop, "total": total});
    events.push(Entry::gap());
    events.push(Entry::new(Level::Info, "StatsLine", done(results), json!({"stats": stats})));
    events
}

fn words(counts: &[KindCount]) -> impl Iterator<Item = (&str, usize)> {
    counts.iter().map(|kind| (kind.word.as_str(), kind.counts.iter().sum()))
}

/// Returns the counts of what was run, and the time that it took.
pub fn finished<'a>(counts: impl Iterator<Item = (&'a str, usize)>, seconds: f64) -> Entry {
    let line = stat_line(counts);
    let (minutes, left) = ((seconds / 60.0).floor(), seconds % 60.0);
    let (hours, minutes) = ((minutes / 60.0).floor(), minutes % 60.0);
    let execution = format!(" in {hours:.0} hours {minutes:.0} minutes and {left:.2} seconds");
    let text = format!("Finished running {line}{execution} ({seconds:.2}s).");
    let data = json!({"stat_line": line, "execution": execution, "execution_time": seconds});
    Entry::new(Level::Info, "FinishedRunningStats", text, data)
}

/// Returns counts with dbt's nouns, in the order of its words.
fn stat_line<'a>(counts: impl Iterator<Item = (&'a str, usize)>) -> String {
    let mut sums: BTreeMap<&str, usize> = BTreeMap::new();
    for (word, number) in counts {
        *sums.entry(word).or_default() += number;
    }
    sums.iter().map(|(word, number)| counted(*number, word)).collect::<Vec<_>>().join(", ")
}

/// Returns a count with dbt's noun for a kind of resource.
pub fn counted(number: usize, word: &str) -> String {
    let noun = match word {
        "test" => "data test",
        other => other,
    };
    let noun = match noun {
        _ if number == 1 => noun.to_owned(),
        "analysis" => "analyses".to_owned(),
        "saved_query" => "saved queries".to_owned(),
        other => format!("{other}s"),
    };
    format!("{number} {}", noun.replace('_', " "))
}

fn ended(results: &RunResults) -> Entry {
    let all: Vec<_> = results.results.iter().map(nodes::run_result).collect();
    let data = json!({
        "results": all,
        "elapsed_time": results.elapsed_time,
        "generated_at": json_lines::stamp(chrono::Utc::now()),
        "success": results.is_success(),
    });
    Entry::new(Level::Debug, "EndRunResult", "Command end result", data)
}

fn summed(results: &RunResults) -> Entry {
    let data = json!({
        "num_errors": errors(results),
        "num_warnings": results.count(Status::Warn),
        "num_partial_success": results.count(Status::PartialSuccess),
        "keyboard_interrupt": results.interrupted,
    });
    Entry::new(Level::Info, "EndOfRunSummary", completed(results), data)
}

/// Returns the events of one failure: its name, its message, where its SQL and its rows are.
fn failed(failure: &Failure) -> Vec<Entry> {
    let data = json!({"resource_type": failure.kind, "node_name": failure.node_name, "path": failure.path});
    let place = format!("in {} {} ({})", failure.kind, failure.node_name, failure.path);
    let message = failure.message_given.as_deref();
    let mut events = match failure.status {
        Status::Skipped => {
            let text = message.unwrap_or_default();
            let gap = Entry { level: Level::Debug, ..Entry::gap() };
            return vec![gap, Entry::new(Level::Debug, "RunResultError", format!("  {text}"), json!({"msg": text}))];
        }
        Status::Warn => {
            let text = message.unwrap_or_default();
            vec![
                Entry::new(Level::Warn, "RunResultWarning", format!("Warning {place}"), data),
                Entry::new(Level::Warn, "RunResultWarningMessage", text, json!({"msg": text})),
            ]
        }
        _ => vec![Entry::new(Level::Error, "RunResultFailure", format!("Failure {place}"), data)],
    };
    match message {
        _ if failure.status == Status::Warn => {}
        Some(text) => {
            events.push(Entry::new(Level::Error, "RunResultError", format!("  {text}"), json!({"msg": text})));
        }
        None => {
            let status = failure.status.as_str();
            let text = format!("  Status: {status}");
            events.push(Entry::new(Level::Error, "RunResultErrorNoMessage", text, json!({"status": status})));
        }
    }
    if let Some(path) = &failure.compiled_path {
        let text = format!("  compiled code at {path}");
        events.push(Entry::gap());
        events.push(Entry::new(Level::Info, "SQLCompiledPath", text, json!({"path": path})));
    }
    if let Some(relation) = &failure.relation {
        let data = json!({"relation_name": relation});
        events.push(Entry::gap());
        events.push(Entry::new(Level::Info, "CheckNodeTestFailure", see_failures(relation), data));
    }
    let about = |entry: Entry| if entry.name == "Formatting" { entry } else { entry.about(&failure.info) };
    let told = events.into_iter().map(about).map(|entry| match &failure.group {
        Some(group) if matches!(entry.name, "RunResultWarning" | "RunResultFailure" | "RunResultError") => {
            entry.with("group", group.clone())
        }
        _ => entry,
    });
    std::iter::once(Entry::gap()).chain(told).collect()
}

/// Returns dbt's words on where a test's failing rows are.
fn see_failures(relation: &str) -> String {
    let query = format!("select * from {relation}");
    let border = "-".repeat(query.len());
    format!("  See test failures:\n  {border}\n  {query}\n  {border}")
}

/// Returns how many nodes failed, with those that could not be tried because of a broken ephemeral model.
fn errors(results: &RunResults) -> usize {
    let is_broken = |result: &&crate::run::NodeResult| result.status == Status::Skipped && result.message.is_some();
    results.count(Status::Error) + results.count(Status::Fail) + results.results.iter().filter(is_broken).count()
}

/// Returns dbt's line on how the whole went.
fn completed(results: &RunResults) -> String {
    let errors = errors(results);
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
    let [pass, warn, error, skip, noop] = stats(results);
    let total = results.results.len();
    format!("Done. PASS={pass} WARN={warn} ERROR={error} SKIP={skip} NO-OP={noop} TOTAL={total}")
}

/// Returns how many passed, warned, failed, were skipped and had nothing to do.
fn stats(results: &RunResults) -> [usize; 5] {
    let sum = |statuses: &[Status]| statuses.iter().map(|status| results.count(*status)).sum::<usize>();
    [
        sum(&[Status::Success, Status::Pass]),
        sum(&[Status::Warn]),
        sum(&[Status::Error, Status::Fail, Status::PartialSuccess]),
        sum(&[Status::Skipped]),
        sum(&[Status::NoOp]),
    ]
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
            KindCount {
                kind: "table".into(),
                word: "table model".into(),
                counts: [1, 0, 0, 0, 0, 0, 0, 0],
                seconds: 0.25,
            },
            KindCount { kind: "test".into(), word: "test".into(), counts: [0, 1, 0, 1, 0, 0, 0, 0], seconds: 0.5 },
        ];
        let expected = "
 kind   nodes  success  pass  fail  seconds
 table      1        1                 0.25
 test       2              1     1     0.50
Finished running 1 table model, 2 data tests in 0 hours 0 minutes and 1.50 seconds (1.50s).
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
            node_name: "unique_a_id".into(),
            path: "models/a.yml".into(),
            info: serde_json::Value::Null,
            message_given: None,
            relation: None,
            group: None,
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
