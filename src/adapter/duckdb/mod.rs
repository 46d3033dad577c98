//! DuckDB behind the adapter's seam: the only module that names the `duckdb` crate.
//!
//! One database is open for the whole command and each worker has a connection of its own to it. What surprises:
//!
//! - `prepare` of several statements runs all but the last; [`split`] takes a text apart first, so that each error's place is
//!   known and nothing runs twice.
//! - Parser, binder and catalog errors leave a transaction usable; every other error makes it unusable, and then `COMMIT`
//!   answers OK but rolls back. [`connection`] keeps track.
//! - Errors come as JSON with a byte offset (`errors_as_json`); [`error`] puts them back into the words that DuckDB prints.

mod connection;
mod error;
mod export;
mod literal;
mod number;
mod open;
mod plugins;
mod read_mail;
mod retry;
mod rows;
mod seed;
mod split;
mod temporal;
mod types;
mod value;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use duckdb::Connection as Database;

use super::{Adapter, AdapterError, Connection, ErrorKind};
use crate::resource::{DuckdbTarget, Value};
use connection::{DuckdbConnection, Transactions};
use plugins::Plugins;
use retry::Retry;

/// The version of the library that the program is linked to: the `duckdb` crate's minor number encodes it.
pub const LIBRARY_VERSION: &str = "1.5.5";

/// An open DuckDB database.
pub struct DuckdbAdapter {
    database: Mutex<Option<Database>>,
    settings: BTreeMap<String, Value>,
    transactions: Transactions,
    retry: Retry,
    writable_file: bool,
    plugins: Option<Arc<Plugins>>,
}

impl std::fmt::Debug for DuckdbAdapter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DuckdbAdapter")
    }
}

impl DuckdbAdapter {
    /// Opens the database of a profile's output: loads its extensions, creates its secrets, attaches its databases.
    ///
    /// # Errors
    /// When the file cannot be opened, is locked by another process, or the database refuses what the profile asks for.
    pub fn open(target: &DuckdbTarget) -> Result<Self, AdapterError> {
        let plugins = Plugins::start(target)?.map(Arc::new);
        let database = open::open(target, plugins.as_deref())?;
        if let Some(plugins) = &plugins {
            plugins.connect(database.try_clone().map_err(|error| error::read(&error))?);
        }
        Ok(Self {
            plugins,
            database: Mutex::new(Some(database)),
            settings: target.settings.clone(),
            transactions: if target.disable_transactions { Transactions::Off } else { Transactions::On },
            retry: Retry::of(target),
            writable_file: open::is_writable_file(target),
        })
    }

    fn with_database<T>(&self, action: impl FnOnce(&Database) -> Result<T, AdapterError>) -> Result<T, AdapterError> {
        match &*self.database.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(database) => action(database),
            None => Err(AdapterError::new(ErrorKind::Other, "the database was closed already")),
        }
    }
}

impl Adapter for DuckdbAdapter {
    fn adapter_type(&self) -> &'static str {
        "duckdb"
    }

    fn connect(&self) -> Result<Box<dyn Connection>, AdapterError> {
        let connection = self.with_database(|database| database.try_clone().map_err(|error| error::read(&error)))?;
        open::apply_settings(&connection, &self.settings)?;
        for statement in self.plugins.iter().flat_map(|plugins| &plugins.cursor) {
            connection.execute_batch(statement).map_err(|error| error::read(&error))?;
        }
        let plugins = self.plugins.clone();
        Ok(Box::new(DuckdbConnection::new(connection, self.transactions, self.retry.clone()).with_plugins(plugins)))
    }

    fn version(&self) -> String {
        let version = self.with_database(|database| database.version().map_err(|error| error::read(&error)));
        format!("DuckDB {}", version.unwrap_or_else(|_| "of unknown version".to_owned()))
    }

    fn close(&self) -> Result<(), AdapterError> {
        if let Some(plugins) = &self.plugins {
            plugins.end();
        }
        let Some(database) = self.database.lock().unwrap_or_else(PoisonError::into_inner).take() else {
            return Ok(());
        };
        if !self.writable_file {
            return Ok(());
        }
        // Dropping the last connection writes the log into the file as well, but keeps silent when it cannot.
        match database.execute_batch("CHECKPOINT").map_err(|error| error::read(&error)) {
            // A connection that still has a transaction open keeps the log from being merged; the next open will do it.
            Err(error)
                if error.message.contains("other transactions") || error.message.contains("transactions active") =>
            {
                Ok(())
            }
            other => other,
        }
    }
}
