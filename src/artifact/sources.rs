//! `sources.json`, schema v3: how fresh the sources are.

use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{ArtifactError, Stamp, write_json};
use crate::resource::{Freshness, UniqueId, dictionary};
use crate::run::Timing;

/// How fresh a source was found to be.
#[derive(Clone, Debug)]
pub struct SourceFreshness {
    /// The source.
    pub unique_id: UniqueId,
    /// The time of its newest row.
    pub max_loaded_at: DateTime<Utc>,
    /// When it was asked, by the database's clock.
    pub snapshotted_at: DateTime<Utc>,
    /// `pass`, `warn` or `error`.
    pub status: &'static str,
    /// What it was judged by.
    pub criteria: Freshness,
    /// The database's word.
    pub message: String,
    /// Its steps.
    pub timing: Vec<Timing>,
    /// Seconds that asking took.
    pub execution_time: f64,
}

impl SourceFreshness {
    /// Returns the age in seconds.
    pub fn age(&self) -> f64 {
        let age = self.snapshotted_at - self.max_loaded_at;
        #[expect(clippy::cast_precision_loss, reason = "seconds far below 2^53")]
        let seconds = age.num_seconds() as f64;
        seconds + f64::from(age.subsec_nanos() / 1_000) / 1e6
    }
}

/// Writes the results to a file.
///
/// # Errors
/// When the file cannot be written.
pub fn write_sources(
    path: &Path,
    stamp: &Stamp,
    results: &[SourceFreshness],
    elapsed_time: f64,
) -> Result<(), ArtifactError> {
    let file = json!({
        "metadata": stamp.metadata("sources/v3"),
        "results": results.iter().map(result).collect::<Vec<_>>(),
        "elapsed_time": elapsed_time,
    });
    write_json(path, &file)
}

fn result(result: &SourceFreshness) -> Value {
    json!({
        "unique_id": result.unique_id.as_str(),
        "max_loaded_at": moment(result.max_loaded_at),
        "snapshotted_at": moment(result.snapshotted_at),
        "max_loaded_at_time_ago_in_s": result.age(),
        "status": result.status,
        "criteria": dictionary::freshness(&result.criteria),
        "adapter_response": {"_message": result.message},
        "timing": result.timing.iter().map(super::run_results::timing).collect::<Vec<_>>(),
        "thread_id": "Thread-1 (worker)",
        "execution_time": result.execution_time,
    })
}

/// As Python's `isoformat` writes a time in UTC.
fn moment(time: DateTime<Utc>) -> String {
    let precision = if time.timestamp_subsec_micros() == 0 { SecondsFormat::Secs } else { SecondsFormat::Micros };
    time.to_rfc3339_opts(precision, false)
}
