//! The database of a command: its connections, and the log of their statements.

use std::sync::Arc;

use super::CommandError;
use super::workspace::Workspace;
use crate::adapter::duckdb::DuckdbAdapter;
use crate::adapter::{Adapter, QueryLog, QueryRecord, RelationCache, Session};
use crate::resource::UniqueId;
use crate::run::unreachable;

impl Workspace {
    /// Opens the database with what exists in it looked up.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn session(&self) -> Result<Arc<Session>, CommandError> {
        let adapter = DuckdbAdapter::open(&self.setup.target.duckdb).map_err(|error| unreachable(&error))?;
        self.session_on(&adapter)
    }

    /// Connects to a database that is open already, and looks up what exists in it.
    ///
    /// # Errors
    /// When the connection or its catalog cannot be had.
    pub fn session_on(&self, adapter: &DuckdbAdapter) -> Result<Arc<Session>, CommandError> {
        let connection = adapter.connect().map_err(|error| unreachable(&error))?;
        let session = Session::new(connection, Arc::new(RelationCache::new()), self.query_log());
        session.fill_cache(&self.setup.target.database).map_err(|error| unreachable(&error))?;
        Ok(Arc::new(session))
    }

    /// Returns what logs each statement, when the terminal or the log file takes it.
    pub fn query_log(&self) -> Option<QueryLog> {
        if !self.setup.reporter.takes(crate::report::Level::Debug) {
            return None;
        }
        let reporter = Arc::clone(&self.setup.reporter);
        let manifest = Arc::clone(&self.manifest);
        Some(Arc::new(move |record: &QueryRecord<'_>| {
            reporter.statement(record, manifest.nodes.get(&UniqueId::from_text(record.caller)));
        }))
    }
}
