//! The seam to a database: what the engine asks of one, in plain data.
//!
//! [`duckdb`] is the first implementation and the only module that names the `duckdb` crate. The trait must serve a second,
//! distributed engine without change: nothing here assumes one process, one file or one SQL dialect.

mod cache;
mod caller;
pub mod duckdb;
mod error;
mod file;
pub mod mail;
pub mod seed;
mod session;
mod table;

use std::sync::Arc;

use crate::resource::{Map, Relation};

pub use cache::RelationCache;
pub use caller::{Caller, CommentPlace, QueryComment};
pub use error::{AdapterError, ErrorKind};
pub use file::{FileExport, FileFormat, Formulas};
pub use seed::{AgateType, Misfit, NullWord, SeedColumn, SeedOptions, SeedSchema};
pub use session::{QueryLog, QueryRecord, Session};
pub use table::{ColumnType, Datum, Response, Table};

/// Stops the statement that a connection is running; may be called from any thread, any number of times.
pub type Interrupt = Arc<dyn Fn() + Send + Sync>;

/// A database that connections can be opened to.
pub trait Adapter: Send + Sync {
    /// Returns the name by which macros are dispatched, such as `duckdb`.
    fn adapter_type(&self) -> &'static str;

    /// Opens a connection. Each worker thread has its own.
    ///
    /// # Errors
    /// When the database cannot be opened, is locked by another process, or refuses its settings.
    fn connect(&self) -> Result<Box<dyn Connection>, AdapterError>;

    /// Returns the database's name and version, such as `DuckDB v1.5.5`.
    fn version(&self) -> String;

    /// Writes what is pending and closes the database; later connections are refused. Connections must be dropped before.
    ///
    /// # Errors
    /// When what is pending cannot be written.
    fn close(&self) -> Result<(), AdapterError>;
}

/// One connection: statements run on it one after another.
pub trait Connection: Send {
    /// Runs one or more statements and returns the response of the last.
    ///
    /// # Errors
    /// The database's, with the byte offset into `sql` when it gives one.
    fn execute(&mut self, sql: &str) -> Result<Response, AdapterError>;

    /// Runs one or more statements and fetches the rows of the last, at most `limit`.
    ///
    /// # Errors
    /// As [`Self::execute`].
    fn query(&mut self, sql: &str, limit: Option<usize>) -> Result<(Response, Table), AdapterError>;

    /// Runs one query and hands its rows on as they come, so that no more than a few of them are in memory.
    ///
    /// # Errors
    /// As [`Self::execute`], and the first that `each` returns.
    fn each_row(
        &mut self,
        query: &str,
        each: &mut dyn FnMut(Vec<Datum>) -> Result<(), AdapterError>,
    ) -> Result<(), AdapterError>;

    /// Returns the columns that a query would have, without running it.
    ///
    /// # Errors
    /// As [`Self::execute`].
    fn describe(&mut self, sql: &str) -> Result<Vec<ColumnType>, AdapterError>;

    /// Returns all tables and views of a database (catalog), with their kinds.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    fn relations(&mut self, database: &str) -> Result<Vec<Relation>, AdapterError>;

    /// Returns the names of all schemas of a database (catalog), also empty ones.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    fn schemas(&mut self, database: &str) -> Result<Vec<String>, AdapterError>;

    /// Returns the columns of a relation in order; none when it does not exist.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    fn columns(&mut self, relation: &Relation) -> Result<Vec<ColumnType>, AdapterError>;

    /// Returns a query that yields the rows of a seed file, with the columns and types of its schema.
    fn seed_query(&self, seed: &SeedSchema) -> String;

    /// Returns the first value of a seed file that does not fit its column's type, asked when the seed's query failed.
    /// A transaction that the failure made unusable is rolled back.
    ///
    /// # Errors
    /// When the file cannot be read.
    fn seed_misfit(&mut self, seed: &SeedSchema) -> Result<Option<Misfit>, AdapterError>;

    /// Writes a relation to a file and returns how many rows there are in it.
    ///
    /// # Errors
    /// When the relation cannot be read or the file not be written.
    fn export(&mut self, export: &FileExport<'_>) -> Result<u64, AdapterError>;

    /// Has a plugin of the profile load a source into the table of its name; nothing when that was done already.
    ///
    /// # Errors
    /// When there is no such plugin, it fails, or its rows cannot be taken.
    fn load_source(&mut self, plugin: &str, source: &Map) -> Result<(), AdapterError>;

    /// Hands a finished relation to a plugin of the profile, with all that it is told of it.
    ///
    /// # Errors
    /// When there is no such plugin, or it fails.
    fn store_relation(&mut self, plugin: &str, target: &Map) -> Result<(), AdapterError>;

    /// Returns whether a transaction is open, even one that a failure made unusable.
    fn is_in_transaction(&self) -> bool;

    /// Opens a transaction; nothing when one is open.
    ///
    /// # Errors
    /// The database's.
    fn begin(&mut self) -> Result<(), AdapterError>;

    /// Commits the open transaction; nothing when none is open.
    ///
    /// # Errors
    /// The database's; also when an earlier statement made the transaction unusable, because such a commit would roll back in
    /// silence. The transaction is then rolled back.
    fn commit(&mut self) -> Result<(), AdapterError>;

    /// Rolls the open transaction back; nothing when none is open.
    ///
    /// # Errors
    /// The database's.
    fn rollback(&mut self) -> Result<(), AdapterError>;

    /// Returns a handle that stops what runs here.
    fn interrupt(&self) -> Interrupt;
}
