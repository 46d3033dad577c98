//! One worker's connection with what its statements share: the relation cache and the log of queries.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{AdapterError, Caller, Connection, RelationCache, Response, Table};

/// A statement that was run, for logs.
#[derive(Debug)]
pub struct QueryRecord<'a> {
    /// Its text, with its comment.
    pub sql: &'a str,
    /// Whom it was run for: the name of dbt's connection.
    pub caller: &'a str,
    /// How long it took.
    pub elapsed: Duration,
    /// What came of it.
    pub outcome: Result<&'a Response, &'a AdapterError>,
}

/// Takes each statement after it was run.
pub type QueryLog = Arc<dyn Fn(&QueryRecord<'_>) + Send + Sync>;

/// A connection in the hands of one worker thread, shared with the templates that the worker renders.
pub struct Session {
    connection: Mutex<Box<dyn Connection>>,
    /// What exists in the database.
    pub cache: Arc<RelationCache>,
    log: Option<QueryLog>,
    caller: Mutex<Arc<Caller>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Session")
    }
}

impl Session {
    /// Takes a connection into use.
    pub fn new(connection: Box<dyn Connection>, cache: Arc<RelationCache>, log: Option<QueryLog>) -> Self {
        Self { connection: Mutex::new(connection), cache, log, caller: Mutex::default() }
    }

    /// Returns the connection, for what this type has no method for. Never hold it while rendering.
    pub fn connection(&self) -> MutexGuard<'_, Box<dyn Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs statements for somebody else from now on.
    pub fn serve(&self, caller: Caller) {
        *self.caller.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(caller);
    }

    /// Looks up what exists in a database, and puts it into the cache.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn fill_cache(&self, database: &str) -> Result<(), AdapterError> {
        let mut connection = self.connection();
        for schema in connection.schemas(database)? {
            self.cache.add_schema(database, &schema);
        }
        for relation in connection.relations(database)? {
            self.cache.add(relation);
        }
        Ok(())
    }

    /// Runs statements; see [`Connection::execute`].
    ///
    /// # Errors
    /// The database's, with the SQL text.
    pub fn execute(&self, sql: &str) -> Result<Response, AdapterError> {
        self.logged(sql, |connection, sql| connection.execute(sql).map(|response| (response, ())))
            .map(|(response, ())| response)
    }

    /// Runs statements and fetches the last one's rows; see [`Connection::query`].
    ///
    /// # Errors
    /// The database's, with the SQL text.
    pub fn query(&self, sql: &str, limit: Option<usize>) -> Result<(Response, Table), AdapterError> {
        self.logged(sql, |connection, sql| connection.query(sql, limit))
    }

    /// Opens a transaction; see [`Connection::begin`].
    ///
    /// # Errors
    /// The database's.
    pub fn begin(&self) -> Result<(), AdapterError> {
        self.control("BEGIN", |connection| connection.begin())
    }

    /// Commits what is open; see [`Connection::commit`].
    ///
    /// # Errors
    /// The database's.
    pub fn commit(&self) -> Result<(), AdapterError> {
        self.control("COMMIT", |connection| connection.commit())
    }

    /// Rolls back what is open; see [`Connection::rollback`].
    ///
    /// # Errors
    /// The database's.
    pub fn rollback(&self) -> Result<(), AdapterError> {
        self.control("ROLLBACK", |connection| connection.rollback())
    }

    /// Begins or ends a transaction, and logs it when there was something to do.
    fn control(
        &self,
        sql: &str,
        action: impl FnOnce(&mut dyn Connection) -> Result<(), AdapterError>,
    ) -> Result<(), AdapterError> {
        let started = Instant::now();
        let (was_open, outcome, is_open) = {
            let mut connection = self.connection();
            let was_open = connection.is_in_transaction();
            let outcome = action(connection.as_mut());
            (was_open, outcome, connection.is_in_transaction())
        };
        if let Some(log) = self.log.as_ref().filter(|_| was_open != is_open) {
            let caller = Arc::clone(&self.caller.lock().unwrap_or_else(PoisonError::into_inner));
            let response = Response { message: "OK".to_owned(), rows_affected: None };
            let outcome = outcome.as_ref().map(|()| &response);
            log(&QueryRecord { sql, caller: &caller.name, elapsed: started.elapsed(), outcome });
        }
        outcome
    }

    fn logged<T>(
        &self,
        sql: &str,
        action: impl FnOnce(&mut dyn Connection, &str) -> Result<(Response, T), AdapterError>,
    ) -> Result<(Response, T), AdapterError> {
        let caller = Arc::clone(&self.caller.lock().unwrap_or_else(PoisonError::into_inner));
        let commented = caller.comment.as_ref().map(|comment| comment.put_on(sql));
        let (text, before) = commented.as_ref().map_or((sql, 0), |(text, before)| (text.as_str(), *before));
        let started = Instant::now();
        let outcome = action(self.connection().as_mut(), text).map_err(|mut error| {
            // What is reported is the statement as it was given.
            error.offset = error.offset.map(|offset| offset.saturating_sub(before).min(sql.len()));
            error.sql = Some(sql.to_owned());
            error
        });
        if let Some(log) = &self.log {
            let outcome = outcome.as_ref().map(|(response, _)| response);
            log(&QueryRecord { sql: text, caller: &caller.name, elapsed: started.elapsed(), outcome });
        }
        outcome
    }
}
