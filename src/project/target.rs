//! The chosen output of a profile: which database, and how to open it.

use crate::resource::{DuckdbTarget, Map};

/// The chosen output of the profile: which database, how.
#[derive(Clone, Debug)]
pub struct Target {
    /// Name of the profile.
    pub profile_name: String,
    /// Name of the output, as `target.name`.
    pub name: String,
    /// Schema that models are built in by default.
    pub schema: String,
    /// Database (catalog) name; the stem of the database file, unless set.
    pub database: String,
    /// Worker threads.
    pub threads: usize,
    /// The keys of the output as templates see them in `target`.
    pub context: Map,
    /// What the DuckDB adapter needs.
    pub duckdb: DuckdbTarget,
    /// Flags that the profile file gives, as it once did.
    pub flags: Map,
}
