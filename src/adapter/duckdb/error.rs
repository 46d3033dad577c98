//! DuckDB's errors, which arrive as JSON, into [`AdapterError`]s worded as DuckDB prints them.

use duckdb::Error;
use serde::Deserialize;

use crate::adapter::{AdapterError, ErrorKind};

/// What `errors_as_json` says of an error.
#[derive(Deserialize)]
struct Report {
    exception_type: String,
    exception_message: String,
    #[serde(default)]
    position: Option<String>,
    #[serde(default)]
    candidates: Option<String>,
    #[serde(default)]
    error_subtype: Option<String>,
}

/// The most names to offer; a wrong setting's list has hundreds.
const MOST_CANDIDATES: usize = 300;

/// Reads an error of the crate.
pub(super) fn read(error: &Error) -> AdapterError {
    match error {
        Error::DuckDBFailure(_, Some(text)) => read_text(text),
        Error::NulError(_) => AdapterError::new(ErrorKind::Syntax, "Parser Error: the SQL text has a zero byte in it"),
        other => AdapterError::new(ErrorKind::Other, other.to_string()),
    }
}

/// Reads an error's text.
pub(super) fn read_text(text: &str) -> AdapterError {
    let report = text.find('{').and_then(|start| serde_json::from_str::<Report>(&text[start..]).ok());
    let Some(report) = report else {
        let name = text.split_once(" Error: ").map_or("", |(name, _)| name);
        return AdapterError::new(kind(name, text), text.trim_end());
    };
    let message = format!("{} Error: {}", report.exception_type, report.exception_message);
    let mut error = AdapterError::new(kind(&report.exception_type, &report.exception_message), message);
    error.offset = report.position.and_then(|position| position.parse().ok());
    if report.error_subtype.as_deref() != Some("ENTRY_ALREADY_EXISTS") {
        let candidates = report.candidates.unwrap_or_default();
        let names = candidates.split(',').map(str::trim).filter(|name| !name.is_empty());
        error.candidates = names.take(MOST_CANDIDATES).map(str::to_owned).collect();
    }
    error
}

fn kind(exception: &str, message: &str) -> ErrorKind {
    let says = |words: &str| message.contains(words);
    if says("No space left on device") || says("max_temp_directory_size") || says("not enough space on the disk") {
        return ErrorKind::DiskFull;
    }
    match exception {
        "Parser" | "Syntax" => ErrorKind::Syntax,
        "Binder" | "Parameter Not Allowed" => ErrorKind::Binder,
        "Catalog" | "Dependency" => ErrorKind::Catalog,
        "Conversion" | "Out of Range" | "Mismatch Type" => ErrorKind::Conversion,
        "Constraint" => ErrorKind::Constraint,
        "Out of Memory" => ErrorKind::Memory,
        "INTERRUPT" => ErrorKind::Interrupted,
        "IO" if says("Could not set lock on file") => ErrorKind::Locked,
        "IO" | "Permission" | "HTTP" => ErrorKind::Io,
        "TransactionContext" | "Transaction" if says("onflict") || says("altered by a different transaction") => {
            ErrorKind::Conflict
        }
        _ => ErrorKind::Other,
    }
}

/// Returns whether a transaction survives the error: DuckDB gives up a transaction at run time errors only.
pub(super) fn leaves_transaction_usable(error: &AdapterError) -> bool {
    matches!(error.kind, ErrorKind::Syntax | ErrorKind::Binder)
        || (error.kind == ErrorKind::Catalog && !error.message.starts_with("Dependency"))
}

#[cfg(test)]
mod tests {
    use super::read_text;
    use crate::adapter::ErrorKind;

    #[test]
    fn a_report_becomes_the_text_that_duckdb_prints() {
        let error = read_text(
            r#"{"exception_type":"Binder","exception_message":"Referenced column \"nope\" not found in FROM clause!\nCandidate bindings: \"nopa\"","candidates":"nopa,a","position":"7","error_subtype":"COLUMN_NOT_FOUND","name":"nope"}"#,
        );
        assert_eq!(error.kind, ErrorKind::Binder);
        assert_eq!(
            error.message,
            "Binder Error: Referenced column \"nope\" not found in FROM clause!\nCandidate bindings: \"nopa\""
        );
        assert_eq!(error.offset, Some(7));
        assert_eq!(error.candidates, ["nopa", "a"]);
    }

    #[test]
    fn kinds_are_told_by_the_name_and_the_words() {
        let table = [
            ("Parser Error: syntax error", ErrorKind::Syntax),
            (
                "IO Error: Could not set lock on file \"a.db\": Conflicting lock is held in x (PID 7).",
                ErrorKind::Locked,
            ),
            ("IO Error: Cannot open file \"/x/a.db\": No such file or directory", ErrorKind::Io),
            ("IO Error: Could not write file \"a.db\": No space left on device", ErrorKind::DiskFull),
            ("FATAL Error: Failed to write: No space left on device", ErrorKind::DiskFull),
            ("Out of Memory Error: could not allocate block of size 256.0 KiB", ErrorKind::Memory),
            (
                "Out of Memory Error: failed to offload data block. This limit was set by the 'max_temp_directory_size' setting.",
                ErrorKind::DiskFull,
            ),
            ("INTERRUPT Error: Interrupted!", ErrorKind::Interrupted),
            ("TransactionContext Error: Catalog write-write conflict on create with \"t\"", ErrorKind::Conflict),
            ("TransactionContext Error: Conflict on update!", ErrorKind::Conflict),
            ("TransactionContext Error: cannot commit - no transaction is active", ErrorKind::Other),
            ("Constraint Error: NOT NULL constraint failed: t.a", ErrorKind::Constraint),
            ("Conversion Error: Could not convert string 'a' to INT32", ErrorKind::Conversion),
            ("Invalid Input Error: boom", ErrorKind::Other),
        ];
        for (text, kind) in table {
            assert_eq!(read_text(text).kind, kind, "{text}");
            assert_eq!(read_text(text).message, text);
        }
    }
}
