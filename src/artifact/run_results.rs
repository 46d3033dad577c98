//! `run_results.json`, schema v6.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{ArtifactError, Stamp, timestamp, write_json};
use crate::resource::EventWindow;
use crate::run::{BatchResults, NodeResult, RunResults, Timing};

/// Writes what came of a command to `run_results.json` in a folder; `args` are the command's flags.
///
/// # Errors
/// When the file cannot be written.
pub fn write_run_results(
    folder: &Path,
    stamp: &Stamp,
    results: &RunResults,
    args: &Map<String, Value>,
) -> Result<(), ArtifactError> {
    let file = json!({
        "metadata": stamp.metadata("run-results/v6"),
        "results": results.results.iter().map(node_result).collect::<Vec<_>>(),
        "elapsed_time": results.elapsed_time,
        "args": args,
    });
    write_json(&folder.join("run_results.json"), &file)
}

fn node_result(result: &NodeResult) -> Value {
    json!({
        "status": result.status.as_str(),
        "timing": result.timing.iter().map(timing).collect::<Vec<_>>(),
        "thread_id": result.thread_id,
        "execution_time": result.execution_time,
        "adapter_response": result.adapter_response,
        "message": result.message,
        "failures": result.failures,
        "unique_id": result.unique_id.as_str(),
        "compiled": compiled(result),
        "compiled_code": result.compiled_code,
        "relation_name": relation_name(result),
        "batch_results": result.batch_results.as_ref().map(batches),
    })
}

/// Tells whether a node was compiled; null for seeds, which are not.
fn compiled(result: &NodeResult) -> Value {
    let id = result.unique_id.as_str();
    if ["seed.", "exposure.", "saved_query.", "macro."].iter().any(|kind| id.starts_with(kind)) {
        Value::Null
    } else {
        result.compiled_code.is_some().into()
    }
}

/// As in dbt, a seed's relation is not named.
fn relation_name(result: &NodeResult) -> Option<&str> {
    result.relation_name.as_deref().filter(|_| !result.unique_id.as_str().starts_with("seed."))
}

fn batches(results: &BatchResults) -> Value {
    let moment = |moment: chrono::DateTime<chrono::Utc>| moment.format("%Y-%m-%dT%H:%M:%S%.f+00:00").to_string();
    let pairs = |windows: &[EventWindow]| -> Vec<Value> {
        windows.iter().map(|window| json!([moment(window.start), moment(window.end)])).collect()
    };
    json!({"successful": pairs(&results.successful), "failed": pairs(&results.failed)})
}

pub(super) fn timing(timing: &Timing) -> Value {
    json!({
        "name": timing.name,
        "started_at": timestamp(timing.started_at),
        "completed_at": timestamp(timing.completed_at),
    })
}

#[cfg(test)]
mod tests {
    use super::write_run_results;
    use crate::artifact::Stamp;
    use crate::resource::UniqueId;
    use crate::run::{NodeResult, RunResults};

    #[test]
    fn a_result_has_the_keys_of_the_schema() {
        let folder = tempfile::tempdir().unwrap();
        let stamp =
            Stamp { invocation_id: "i".into(), started_at: chrono::DateTime::default(), env: serde_json::Map::new() };
        let skipped = NodeResult::skipped(UniqueId::from_text("model.p.a"), None);
        let results = RunResults { results: vec![skipped], elapsed_time: 0.5, interrupted: false };
        write_run_results(folder.path(), &stamp, &results, &serde_json::Map::new()).unwrap();
        let text = std::fs::read_to_string(folder.path().join("run_results.json")).unwrap();
        let file: serde_json::Value = serde_json::from_str(&text).unwrap();
        let expected = serde_json::json!({
            "status": "skipped", "timing": [], "thread_id": "main", "execution_time": 0.0, "adapter_response": {}, "message": null,
            "failures": null, "unique_id": "model.p.a", "compiled": false, "compiled_code": null, "relation_name": null,
            "batch_results": null,
        });
        assert_eq!(file["results"][0], expected);
        assert_eq!(file["metadata"]["dbt_schema_version"], "https://schemas.getdbt.com/dbt/run-results/v6.json");
        assert_eq!(file["metadata"]["invocation_started_at"], "1970-01-01T00:00:00.000000Z");
    }
}
