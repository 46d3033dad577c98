//! Judges a data test by its severity and thresholds, as dbt does.

use super::result::Status;
use crate::adapter::{Datum, Table};
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{Node, NodeConfig, Severity};

/// How a data test is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Pass, warn or fail.
    pub status: Status,
    /// How many failures it counted; 0 when that is few enough to pass, as in dbt.
    pub failures: i64,
    /// The reason, unless it passed.
    pub message: Option<String>,
}

/// Judges a test by the one row that its query gave: `failures`, `should_warn`, `should_error`.
///
/// # Errors
/// When the query gave anything but one row of that kind.
pub fn judge(node: &Node, table: Option<&Table>, warnings_fail: bool) -> Result<Verdict, Box<Diagnostic>> {
    if let Some(word) = table.and_then(untrue) {
        let title = format!(
            "Macro 'get_test_sql' returns '{word}'.  It is not type 'bool' and cannot not be converted reliably to a bool."
        );
        let diagnostic = Diagnostic::error(Kind::Compilation, "E0711", title).at(crate::compile::head(node), "");
        return Err(Box::new(diagnostic));
    }
    let row = table.and_then(read).ok_or_else(|| {
        let title = format!(
            "the query of test `{}` did not give one row of `failures`, `should_warn`, `should_error`",
            node.name
        );
        let diagnostic = Diagnostic::error(Kind::Runtime, "E0706", title)
            .at(crate::compile::head(node), "")
            .with_help("`fail_calc` must be an aggregate that gives one whole number");
        Box::new(diagnostic)
    })?;
    Ok(weigh(&node.config, &row, warnings_fail))
}

/// Returns a text in the place of a truth value that means none.
fn untrue(table: &Table) -> Option<&str> {
    let [row] = table.rows.as_slice() else { return None };
    let [_, warns, fails] = row.as_slice() else { return None };
    [warns, fails].into_iter().find_map(|datum| match datum {
        Datum::Text(word) if truth_word(word).is_none() => Some(word.as_str()),
        _ => None,
    })
}

/// Reads the words that dbt takes for truth values.
fn truth_word(word: &str) -> Option<bool> {
    match word.to_lowercase().as_str() {
        "y" | "yes" | "t" | "true" | "on" | "1" => Some(true),
        "n" | "no" | "f" | "false" | "off" | "0" => Some(false),
        _ => None,
    }
}

struct Row {
    failures: i64,
    warns: bool,
    fails: bool,
}

fn read(table: &Table) -> Option<Row> {
    let [row] = table.rows.as_slice() else { return None };
    let [failures, warns, fails] = row.as_slice() else { return None };
    let truth = |datum: &Datum| match datum {
        Datum::Bool(value) => Some(*value),
        Datum::Text(word) => truth_word(word),
        other => other.as_integer().map(|number| number != 0),
    };
    Some(Row { failures: i64::try_from(failures.as_integer()?).ok()?, warns: truth(warns)?, fails: truth(fails)? })
}

fn weigh(config: &NodeConfig, row: &Row, warnings_fail: bool) -> Verdict {
    let results = if row.failures == 1 { "result" } else { "results" };
    let message = |verb: &str, key: &str| {
        let limit = config.text(key).unwrap_or("!= 0");
        Some(format!("Got {} {results}, configured to {verb} if {limit}", row.failures))
    };
    let (status, message) = if config.severity() == Severity::Error && row.fails {
        (Status::Fail, message("fail", "error_if"))
    } else if row.warns && warnings_fail {
        (Status::Fail, message("fail", "warn_if"))
    } else if row.warns {
        (Status::Warn, message("warn", "warn_if"))
    } else {
        (Status::Pass, None)
    };
    let failures = if status == Status::Pass { 0 } else { row.failures };
    Verdict { status, failures, message }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Row, weigh};
    use crate::resource::NodeConfig;
    use crate::run::Status;

    #[test]
    fn errors_are_weighed_before_warnings_and_only_with_severity_error() {
        let cases = [
            (json!({}), (1, true, true), Status::Fail, Some("Got 1 result, configured to fail if != 0")),
            (
                json!({"severity": "warn"}),
                (2, true, true),
                Status::Warn,
                Some("Got 2 results, configured to warn if != 0"),
            ),
            (
                json!({"error_if": ">10"}),
                (3, true, false),
                Status::Warn,
                Some("Got 3 results, configured to warn if != 0"),
            ),
            (
                json!({"severity": "ERROR", "error_if": ">10"}),
                (11, true, true),
                Status::Fail,
                Some("Got 11 results, configured to fail if >10"),
            ),
            (json!({"warn_if": ">5"}), (3, false, false), Status::Pass, None),
        ];
        for (config, (failures, warns, fails), status, message) in cases {
            let config = NodeConfig(config.as_object().unwrap().clone());
            let verdict = weigh(&config, &Row { failures, warns, fails }, false);
            let counted = if status == Status::Pass { 0 } else { failures };
            assert_eq!((verdict.status, verdict.message.as_deref(), verdict.failures), (status, message, counted));
        }
    }

    #[test]
    fn a_warning_fails_when_warnings_are_errors() {
        let config = NodeConfig(json!({"severity": "warn"}).as_object().unwrap().clone());
        assert_eq!(weigh(&config, &Row { failures: 1, warns: true, fails: true }, true).status, Status::Fail);
    }
}
