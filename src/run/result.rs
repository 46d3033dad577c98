//! What came of the nodes of a command.

use chrono::{DateTime, Utc};

use crate::diagnostic::Diagnostic;
use crate::resource::{EventWindow, Map, UniqueId, Value, read_moment};

/// How a node ended, by dbt's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It was built.
    Success,
    /// It could not be built, or a test's query failed.
    Error,
    /// It was not tried, because something before it failed.
    Skipped,
    /// A test found nothing.
    Pass,
    /// A test found too much.
    Fail,
    /// A test found something, but only warns.
    Warn,
    /// There was nothing to do.
    NoOp,
    /// Some batches of an incremental model were built, others failed.
    PartialSuccess,
}

impl Status {
    /// Every status, in the order in which summaries count them.
    pub const ALL: [Self; 8] = [
        Self::Success,
        Self::Pass,
        Self::Warn,
        Self::Fail,
        Self::Error,
        Self::Skipped,
        Self::NoOp,
        Self::PartialSuccess,
    ];

    /// Returns the word in `run_results.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::Skipped => "skipped",
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::NoOp => "no-op",
            Self::PartialSuccess => "partial success",
        }
    }

    /// Returns whether this makes the command fail, and what is downstream be skipped.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::Error | Self::Fail | Self::PartialSuccess)
    }
}

/// One step of a node's work.
#[derive(Clone, Debug)]
pub struct Timing {
    /// `compile` or `execute`.
    pub name: &'static str,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub completed_at: DateTime<Utc>,
}

/// What came of one node.
#[derive(Clone, Debug)]
pub struct NodeResult {
    /// The node.
    pub unique_id: UniqueId,
    /// How it ended.
    pub status: Status,
    /// Its steps; none when it was skipped.
    pub timing: Vec<Timing>,
    /// Name of the worker thread.
    pub thread_id: String,
    /// Seconds from its start to its end.
    pub execution_time: f64,
    /// The database's word, the error, or how a test was judged.
    pub message: Option<String>,
    /// A test's count of failures, 0 when it passed; 0 or 1 for a hook.
    pub failures: Option<i64>,
    /// Rows written, when the database counted them.
    pub rows_affected: Option<u64>,
    /// The database's answer to the main statement.
    pub adapter_response: Map,
    /// The compiled statement; none when compiling failed or was not reached.
    pub compiled_code: Option<String>,
    /// Name of the relation that was built, or that holds a test's failing rows.
    pub relation_name: Option<String>,
    /// The error in full.
    pub diagnostic: Option<Diagnostic>,
    /// What came of the batches of a microbatch model.
    pub batch_results: Option<BatchResults>,
    /// For a skipped node: the node whose failure caused it.
    pub skipped_because_of: Option<UniqueId>,
}

impl NodeResult {
    /// Makes the result of a node that was not tried.
    pub fn skipped(unique_id: UniqueId, cause: Option<UniqueId>) -> Self {
        Self {
            unique_id,
            status: Status::Skipped,
            timing: Vec::new(),
            thread_id: "main".to_owned(),
            execution_time: 0.0,
            message: None,
            failures: None,
            rows_affected: None,
            adapter_response: Map::new(),
            compiled_code: None,
            relation_name: None,
            diagnostic: None,
            batch_results: None,
            skipped_because_of: cause,
        }
    }
}

/// What came of the batches of a microbatch model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchResults {
    /// Those that were built, those of an earlier run that was repeated too.
    pub successful: Vec<EventWindow>,
    /// Those that failed or were not tried.
    pub failed: Vec<EventWindow>,
}

impl BatchResults {
    /// Makes the results of one batch.
    pub fn of(window: EventWindow, is_successful: bool) -> Self {
        if is_successful {
            Self { successful: vec![window], failed: Vec::new() }
        } else {
            Self { successful: Vec::new(), failed: vec![window] }
        }
    }

    /// Reads what `run_results.json` says.
    pub fn read(written: &Value) -> Self {
        let moment = |value: Option<&Value>| value.and_then(Value::as_str).and_then(read_moment);
        let windows = |key: &str| {
            let pairs = written.get(key).and_then(Value::as_array).into_iter().flatten();
            pairs
                .filter_map(|pair| Some(EventWindow { start: moment(pair.get(0))?, end: moment(pair.get(1))? }))
                .collect()
        };
        Self { successful: windows("successful"), failed: windows("failed") }
    }
}

/// What came of a command.
#[derive(Clone, Debug)]
pub struct RunResults {
    /// The results in the order in which the nodes ended.
    pub results: Vec<NodeResult>,
    /// Seconds of the whole.
    pub elapsed_time: f64,
    /// Whether the user stopped it.
    pub interrupted: bool,
}

impl RunResults {
    /// Returns whether every node did well enough for exit code 0.
    pub fn is_success(&self) -> bool {
        !self.interrupted
            && !self.results.iter().any(|result| result.status.is_failure() || result.status == Status::Skipped)
    }

    /// Returns how many nodes ended so.
    pub fn count(&self, status: Status) -> usize {
        self.results.iter().filter(|result| result.status == status).count()
    }
}
