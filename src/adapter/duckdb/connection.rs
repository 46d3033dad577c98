//! A connection: statements one after another, with what DuckDB does not say about its transactions.

use std::sync::Arc;

use duckdb::Connection as Database;

use super::literal::literal;
use super::plugins::{self, Plugins};
use super::retry::Retry;
use super::rows::{Delivery, described, execute, fetch, limited, ok, visit};
use super::split::{Statement, split};
use super::{error, export, seed};
use crate::adapter::{
    AdapterError, ColumnType, Connection, Datum, ErrorKind, FileExport, Interrupt, Misfit, Response, SeedSchema, Table,
};
use crate::resource::{Map, Relation, RelationKind};

/// Whether `begin` and `commit` do what they say; a profile can ask for statements to commit by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transactions {
    On,
    Off,
}

/// Where the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Each statement commits by itself.
    Idle,
    /// A transaction is open.
    Open,
    /// A transaction is open, but an error made it unusable.
    Failed,
}

/// Which rows of a statement are wanted.
#[derive(Clone, Copy)]
enum Rows {
    None,
    AtMost(usize),
}

/// A connection to an open DuckDB database.
pub(super) struct DuckdbConnection {
    database: Database,
    transactions: Transactions,
    retry: Retry,
    state: State,
    plugins: Option<Arc<Plugins>>,
}

impl DuckdbConnection {
    pub(super) fn new(database: Database, transactions: Transactions, retry: Retry) -> Self {
        Self { database, transactions, retry, state: State::Idle, plugins: None }
    }

    /// Gives the connection the profile's plugins.
    pub(super) fn with_plugins(self, plugins: Option<Arc<Plugins>>) -> Self {
        Self { plugins, ..self }
    }

    /// Runs the statements of a text, the last of them with its rows.
    fn run(&mut self, sql: &str, rows: Rows) -> Result<(Response, Table), AdapterError> {
        let statements = split(sql);
        let Some((last, before)) = statements.split_last() else { return Ok((ok(None), Table::default())) };
        for statement in before {
            self.run_one(sql, statement, Rows::None)?;
        }
        self.run_one(sql, last, rows)
    }

    fn run_one(&mut self, sql: &str, statement: &Statement, rows: Rows) -> Result<(Response, Table), AdapterError> {
        let ends = matches!(statement.verb.as_str(), "COMMIT" | "END");
        if ends && self.state == State::Failed {
            return Err(self.refuse_commit());
        }
        let text = &sql[statement.range.clone()];
        let mut attempt = 1;
        let outcome = loop {
            let outcome = match rows {
                Rows::None => {
                    execute(&self.database, text, &statement.verb).map(|response| (response, Table::default()))
                }
                Rows::AtMost(most) => fetch(&self.database, text, most),
            };
            // A transaction that the error ended takes no second attempt.
            let may_go_on = |error: &AdapterError| self.state == State::Idle || error::leaves_transaction_usable(error);
            let pause = outcome.as_ref().err().filter(|error| may_go_on(error));
            match pause.and_then(|error| self.retry.pause(error, attempt)) {
                Some(pause) => std::thread::sleep(pause),
                None => break outcome,
            }
            attempt += 1;
        };
        self.follow(&statement.verb, outcome.as_ref().err());
        outcome.map_err(|mut error| {
            error.offset = error.offset.map(|offset| offset + statement.range.start).filter(|at| *at <= sql.len());
            error.sql = Some(sql.to_owned());
            error
        })
    }

    /// Keeps the state true after a statement.
    fn follow(&mut self, verb: &str, error: Option<&AdapterError>) {
        self.state = match (verb, error, self.state) {
            ("BEGIN" | "START", None, _) => State::Open,
            ("COMMIT" | "END" | "ROLLBACK" | "ABORT", _, _) => State::Idle,
            (_, Some(error), State::Open) if !error::leaves_transaction_usable(error) => State::Failed,
            (_, _, state) => state,
        };
    }

    fn refuse_commit(&mut self) -> AdapterError {
        self.state = State::Idle;
        let rolled_back = self.database.execute_batch("ROLLBACK");
        let cause =
            "TransactionContext Error: the transaction was rolled back, because an earlier statement of it failed";
        match rolled_back {
            Ok(()) => AdapterError::new(ErrorKind::Other, cause),
            Err(error) => AdapterError::new(ErrorKind::Other, format!("{cause}; {}", error::read(&error).message)),
        }
    }

    fn control(&mut self, statement: &str) -> Result<(), AdapterError> {
        let outcome = self.database.execute_batch(statement).map_err(|error| error::read(&error));
        self.follow(statement, outcome.as_ref().err());
        outcome
    }
}

impl Connection for DuckdbConnection {
    fn execute(&mut self, sql: &str) -> Result<Response, AdapterError> {
        self.run(sql, Rows::None).map(|(response, _)| response)
    }

    fn query(&mut self, sql: &str, limit: Option<usize>) -> Result<(Response, Table), AdapterError> {
        self.run(sql, Rows::AtMost(limit.unwrap_or(usize::MAX)))
    }

    fn each_row(
        &mut self,
        query: &str,
        each: &mut dyn FnMut(Vec<Datum>) -> Result<(), AdapterError>,
    ) -> Result<(), AdapterError> {
        let taken = visit(&self.database, query, Delivery::Streamed, &mut limited(usize::MAX, each));
        self.follow("SELECT", taken.as_ref().err());
        taken.map(drop)
    }

    fn describe(&mut self, sql: &str) -> Result<Vec<ColumnType>, AdapterError> {
        let statements = split(sql);
        let Some(last) = statements.last() else { return Ok(Vec::new()) };
        let lead = "DESCRIBE ";
        let text = format!("{lead}{}", &sql[last.range.clone()]);
        let outcome = fetch(&self.database, &text, usize::MAX);
        self.follow("DESCRIBE", outcome.as_ref().err());
        match outcome {
            Ok((_, table)) => Ok(described(table)),
            Err(mut error) => {
                let into_text = |offset: usize| offset.saturating_sub(lead.len()) + last.range.start;
                error.offset = error.offset.map(into_text).filter(|at| *at <= sql.len());
                error.sql = Some(sql.to_owned());
                Err(error)
            }
        }
    }

    fn relations(&mut self, database: &str) -> Result<Vec<Relation>, AdapterError> {
        let database_name = literal(database);
        let sql = format!(
            "select schema_name, table_name, false from duckdb_tables() \
             where database_name = {database_name} and not internal and not temporary \
             union all select schema_name, view_name, true from duckdb_views() \
             where database_name = {database_name} and not internal and not temporary \
             order by 1, 2"
        );
        let (_, table) = self.query(&sql, None)?;
        let relation = |row: Vec<Datum>| match row.as_slice() {
            [Datum::Text(schema), Datum::Text(name), Datum::Bool(is_view)] => {
                let kind = if *is_view { RelationKind::View } else { RelationKind::Table };
                Some(Relation::new(database, schema, name).of_kind(kind))
            }
            _ => None,
        };
        Ok(table.rows.into_iter().filter_map(relation).collect())
    }

    fn schemas(&mut self, database: &str) -> Result<Vec<String>, AdapterError> {
        let sql = format!(
            "select schema_name from duckdb_schemas() where database_name = {} \
             and schema_name not in ('information_schema', 'pg_catalog') order by 1",
            literal(database)
        );
        let (_, table) = self.query(&sql, None)?;
        Ok(table.rows.into_iter().flatten().map(|name| name.to_string()).collect())
    }

    fn columns(&mut self, relation: &Relation) -> Result<Vec<ColumnType>, AdapterError> {
        // The catalog's own tables list every column of the database for each question; this asks for one relation.
        match self.describe(&format!("from {}", relation.render())) {
            Err(error) if is_missing(&error, relation) => Ok(Vec::new()),
            other => other,
        }
    }

    fn seed_query(&self, seed: &SeedSchema) -> String {
        seed::query(seed)
    }

    fn seed_misfit(&mut self, seed: &SeedSchema) -> Result<Option<Misfit>, AdapterError> {
        let Some(sql) = seed::misfit_query(seed) else { return Ok(None) };
        if self.state == State::Failed {
            // The failure that is asked about made the transaction unusable also for questions.
            self.rollback()?;
        }
        let (_, table) = self.query(&sql, Some(1))?;
        Ok(seed::misfit(&table))
    }

    fn export(&mut self, export: &FileExport<'_>) -> Result<u64, AdapterError> {
        let columns = self.columns(export.relation)?;
        let response = self.execute(&export::copy(export, &columns))?;
        Ok(response.rows_affected.unwrap_or(0))
    }

    fn load_source(&mut self, plugin: &str, source: &Map) -> Result<(), AdapterError> {
        self.plugins.as_ref().ok_or_else(|| plugins::unknown(plugin, std::iter::empty()))?.load(plugin, source)
    }

    fn store_relation(&mut self, plugin: &str, target: &Map) -> Result<(), AdapterError> {
        self.plugins.as_ref().ok_or_else(|| plugins::unknown(plugin, std::iter::empty()))?.store(plugin, target)
    }

    fn is_in_transaction(&self) -> bool {
        self.state != State::Idle
    }

    fn begin(&mut self) -> Result<(), AdapterError> {
        if self.state != State::Idle || self.transactions == Transactions::Off {
            return Ok(());
        }
        self.control("BEGIN")
    }

    fn commit(&mut self) -> Result<(), AdapterError> {
        match self.state {
            State::Idle => Ok(()),
            State::Open => self.control("COMMIT"),
            State::Failed => Err(self.refuse_commit()),
        }
    }

    fn rollback(&mut self) -> Result<(), AdapterError> {
        match self.state {
            State::Idle => Ok(()),
            State::Open | State::Failed => self.control("ROLLBACK"),
        }
    }

    fn interrupt(&self) -> Interrupt {
        let handle = self.database.interrupt_handle();
        std::sync::Arc::new(move || handle.interrupt())
    }
}

/// Returns whether the error says that the relation itself, or the schema or database it is in, does not exist.
fn is_missing(error: &AdapterError, relation: &Relation) -> bool {
    let first_line = error.message.lines().next().unwrap_or_default();
    // A view over a missing table fails in the same words, but with that table's name.
    let told = first_line.to_lowercase().replace('"', " ");
    let is_word = |name: &str| told.contains(&format!(" {} ", name.to_lowercase().replace('"', " ")));
    let names = [&relation.identifier, &relation.schema, &relation.database];
    matches!(error.kind, ErrorKind::Catalog | ErrorKind::Binder)
        && ["does not exist", "not found"].iter().any(|words| first_line.contains(words))
        && names.into_iter().flatten().any(|name| is_word(name))
}
