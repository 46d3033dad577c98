//! What an output of `profiles.yml` says of its database: plain data between the profile's reader and the adapter.

use std::collections::BTreeMap;

use super::{Map, Value};

/// The keys of a duckdb output in `profiles.yml`; see dbt-duckdb's documentation of each.
#[derive(Clone, Debug, Default)]
pub struct DuckdbTarget {
    /// Database file, resolved; `:memory:` for none.
    pub path: String,
    /// Options of the database when it is opened.
    pub config_options: BTreeMap<String, String>,
    /// `SET` for each connection.
    pub settings: BTreeMap<String, Value>,
    /// Extensions to load: name, and repository when not the default one.
    pub extensions: Vec<(String, Option<String>)>,
    /// Databases to attach.
    pub attach: Vec<Attachment>,
    /// Secrets to create, each a mapping as written; values never appear in logs.
    pub secrets: Vec<Map>,
    /// Default folder of external files.
    pub external_root: String,
    /// How often to try again to open a locked file.
    pub connect_attempts: u32,
    /// How often to try a statement; none for once.
    pub query_attempts: Option<u32>,
    /// The errors after which it is tried again, as Python's driver names them.
    pub retryable_exceptions: Vec<String>,
    /// Whether to do without transactions.
    pub disable_transactions: bool,
    /// Whether the database at `path` is a DuckLake.
    pub is_ducklake: bool,
    /// The Python plugins.
    pub plugins: PluginHost,
}

/// The Python plugins of an output, and what they are run with.
#[derive(Clone, Debug, Default)]
pub struct PluginHost {
    /// The interpreter; empty for `python3`.
    pub python: String,
    /// The folder in which rows travel.
    pub folder: String,
    /// Folders of the user's own modules.
    pub module_paths: Vec<String>,
    /// The plugins as written: `module`, `alias` and `config` of each.
    pub plugins: Vec<Map>,
    /// The output as written.
    pub credentials: Map,
}

/// A database to attach.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attachment {
    /// File or address.
    pub path: String,
    /// `sqlite`, `postgres` …; none for DuckDB itself.
    pub attach_type: Option<String>,
    /// Name in SQL; none for the file's stem.
    pub alias: Option<String>,
    /// Whether it is only read.
    pub read_only: bool,
    /// Secret it is opened with.
    pub secret: Option<String>,
    /// Whether it is a DuckLake.
    pub is_ducklake: bool,
    /// Further options.
    pub options: Map,
}
