//! What programs and people are told of the freshness of sources, in dbt's words.

use serde_json::{Value, json};

use super::nodes::{Place, line};
use super::{Entry, Level, json_lines};
use crate::diagnostic::Diagnostic;
use crate::resource::Source;

/// What a source was found to be: a status as results have it, or why it could not be asked.
pub type FreshnessOutcome = Result<&'static str, Box<Diagnostic>>;

/// Returns the beginning of a question.
pub fn freshness_started(place: Place, source: &Source) -> Entry {
    let description = format!("freshness of {}.{}", source.source_name, source.name);
    let text = line(place, &format!("START {description}"), "RUN", None);
    let data = json!({"description": description, "index": place.0, "total": place.1});
    Entry::new(Level::Info, "LogStartLine", text, data).plain().about(&info(source, "started"))
}

/// Returns the answer.
pub fn freshness_result(place: Place, source: &Source, outcome: &FreshnessOutcome, seconds: f64) -> Entry {
    let (word, level, status) = match outcome {
        Ok("pass") => ("PASS", Level::Info, "pass"),
        Ok("warn") => ("WARN", Level::Warn, "warn"),
        Ok(_) => ("ERROR STALE", Level::Error, "error"),
        Err(_) => ("ERROR", Level::Error, "runtime error"),
    };
    let text = line(place, &format!("{word} freshness of {}.{}", source.source_name, source.name), word, Some(seconds));
    let data = json!({
        "status": status, "source_name": source.source_name, "table_name": source.name, "index": place.0,
        "total": place.1, "execution_time": seconds,
    });
    Entry::new(level, "LogFreshnessResult", text, data).plain().about(&info(source, status))
}

/// Returns what the end says of a source that is stale or could not be asked.
pub fn freshness_failure(source: &Source, outcome: &FreshnessOutcome) -> Vec<Entry> {
    let (name, path) = (&source.name, &source.original_file_path);
    match outcome {
        Ok("error") => {
            let text = format!("Failure in source {name} ({path})");
            let data = json!({"node_name": name, "path": path, "resource_type": "source"});
            vec![
                Entry::new(Level::Error, "RunResultFailure", text, data).plain(),
                Entry::new(Level::Error, "RunResultErrorNoMessage", "  Status: error", json!({"status": "error"}))
                    .plain(),
            ]
        }
        Ok(_) => Vec::new(),
        Err(diagnostic) => {
            let words = diagnostic.title.replace('\n', "\n  ");
            let message = format!("Runtime Error in source {name} ({path})\n  {words}");
            let shown = format!("Runtime Error in source {name} ({path})");
            vec![
                Entry::new(Level::Error, "RunResultError", format!("  {message}"), json!({"msg": message}))
                    .shown(Level::Error, shown),
            ]
        }
    }
}

/// Returns the end of the command.
pub fn freshness_end(sources: usize, seconds: f64) -> [Entry; 2] {
    [
        super::summary::finished([("source", sources)].into_iter(), seconds).plain(),
        Entry::new(Level::Info, "FreshnessCheckComplete", "Done.", Value::Null).plain(),
    ]
}

fn info(source: &Source, status: &str) -> Value {
    json!({
        "materialized": "",
        "meta": source.meta,
        "node_checksum": "",
        "node_finished_at": "",
        "node_name": source.name,
        "node_path": source.path,
        "node_relation": {
            "alias": "",
            "database": source.database,
            "relation_name": source.relation.render(),
            "schema": source.schema,
        },
        "node_started_at": json_lines::moment(chrono::Utc::now()),
        "node_status": status,
        "resource_type": "source",
        "unique_id": source.unique_id.as_str(),
    })
}
