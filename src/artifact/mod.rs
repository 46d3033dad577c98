//! The published JSON shapes: `manifest.json` (v12), `run_results.json` (v6), `catalog.json` (v1) and `sources.json` (v3), as
//! dbt's readers expect them.
//!
//! Each is written beside its place and renamed, so that a reader never sees half of one.

mod catalog;
mod manifest;
mod page;
mod run_results;
mod semantic_manifest;
mod sources;
mod write;

pub use catalog::{CatalogColumn, write_catalog};
pub use manifest::{ManifestContext, NodeOutput, write_manifest};
pub use page::{write_page, write_static_page};
pub use run_results::write_run_results;
pub use semantic_manifest::write_semantic_manifest;
pub use sources::{SourceFreshness, write_sources};
pub use write::{ArtifactError, write_json};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

/// The version of dbt whose language and artifacts are spoken.
pub const DBT_VERSION: &str = "1.11.16";
/// The version of the adapter for DuckDB whose behaviour is meant.
pub const ADAPTER_VERSION: &str = "1.10.1";

/// What every artifact says of the command that wrote it.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// UUID of the run of the program.
    pub invocation_id: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Environment variables `DBT_ENV_CUSTOM_ENV_…`, without the prefix.
    pub env: serde_json::Map<String, Value>,
}

impl Stamp {
    fn metadata(&self, schema: &str) -> serde_json::Map<String, Value> {
        let metadata = json!({
            "dbt_schema_version": format!("https://schemas.getdbt.com/dbt/{schema}.json"),
            "dbt_version": DBT_VERSION,
            "generated_at": timestamp(Utc::now()),
            "invocation_id": self.invocation_id,
            "invocation_started_at": timestamp(self.started_at),
            "env": self.env,
        });
        match metadata {
            Value::Object(map) => map,
            _ => serde_json::Map::new(),
        }
    }
}

/// Returns a time as artifacts write it: ISO 8601, microseconds, `Z`.
pub fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}
