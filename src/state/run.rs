//! What an earlier command did and left undone, for `retry`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::PreviousState;
use super::same::text;
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{Map, UniqueId, Value};

/// The statuses of nodes that are run again.
const RETRIED: [&str; 5] = ["error", "fail", "skipped", "runtime error", "partial success"];

/// A command as `run_results.json` tells of it.
#[derive(Clone, Debug)]
pub struct PreviousRun {
    /// The command, such as `build`.
    pub command: String,
    /// Its flags and arguments.
    pub args: Map,
    /// The nodes to run again.
    pub ids: BTreeSet<UniqueId>,
    /// The batches of microbatch models of which some passed and some failed: `{successful, failed}`.
    pub batches: BTreeMap<UniqueId, Value>,
    /// When that command began.
    pub started_at: Option<String>,
}

/// Whether nodes that ended with a warning are run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warned {
    /// They are.
    Retried,
    /// They count as passed.
    Passed,
}

impl PreviousRun {
    /// Reads `run_results.json` of a folder, named relative to the project's root.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn load(shown: &str, root: &Path, warned: Warned) -> Result<Self, Box<Diagnostic>> {
        let Some(file) = PreviousState::results_of(&root.join(shown))? else {
            let title = format!("Could not find previous run in '{shown}' target directory");
            let diagnostic = Diagnostic::error(Kind::Runtime, "E0512", title);
            return Err(Box::new(diagnostic.with_help("run a command first, or give its folder with --state")));
        };
        let args = file.get("args").and_then(Value::as_object).cloned().unwrap_or_default();
        let command = text(&args, "which").to_owned();
        let is_operation = command == "run-operation";
        let results: Vec<&Map> =
            file.get("results").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object).collect();
        let counts = |result: &&&Map| is_operation || !text(result, "unique_id").starts_with("operation.");
        let is_retried = |result: &&&Map| {
            let status = text(result, "status");
            RETRIED.contains(&status) || (status == "warn" && warned == Warned::Retried)
        };
        let id = |result: &Map| UniqueId::from_text(text(result, "unique_id"));
        let metadata = file.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
        let started = ["invocation_started_at", "generated_at"].iter().find_map(|key| metadata.get(*key)?.as_str());
        Ok(Self {
            ids: results.iter().filter(is_retried).filter(counts).map(|result| id(result)).collect(),
            batches: results
                .iter()
                .filter(counts)
                .filter_map(|result| Some((id(result), half_done(result.get("batch_results")?)?)))
                .collect(),
            started_at: started.map(str::to_owned),
            command,
            args,
        })
    }
}

/// Returns the batches when some passed and some failed: else the model is simply run again.
fn half_done(batches: &Value) -> Option<Value> {
    let has = |key: &str| batches.get(key).and_then(Value::as_array).is_some_and(|list| !list.is_empty());
    (has("successful") && has("failed")).then(|| batches.clone())
}
