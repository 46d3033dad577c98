//! What one node's templates leave for each other: results of statements, and values made once.

use std::sync::{Mutex, OnceLock, PoisonError};

use indexmap::IndexMap;
use minijinja::Value;

use crate::adapter::{Response, Table};

/// The memory of one context; all renders with that context share it, as dbt's do.
#[derive(Debug, Default)]
pub struct Memory {
    results: Mutex<IndexMap<String, Option<StatementResult>>>,
    pub(super) model: OnceLock<Value>,
    pub(super) graph: OnceLock<Value>,
}

/// What a statement gave back.
#[derive(Clone, Debug)]
pub(super) struct StatementResult {
    /// What templates see under `response`, `data` and `table`.
    pub view: Value,
    /// The response in plain data, when there is one.
    pub response: Option<Response>,
    /// The rows in plain data, when the statement fetched some.
    pub table: Option<Table>,
}

impl Memory {
    /// Returns the response of the statement of that name (`main` is the one a materialization reports), when there was one.
    pub fn response(&self, name: &str) -> Option<Response> {
        self.with(|results| results.get(name)?.as_ref()?.response.clone())
    }

    /// Returns the rows that the statement of that name fetched, when there were some.
    pub fn table(&self, name: &str) -> Option<Table> {
        self.with(|results| results.get(name)?.as_ref()?.table.clone())
    }

    pub(super) fn store(&self, name: &str, result: StatementResult) {
        self.with(|results| results.insert(name.to_owned(), Some(result)));
    }

    /// Takes a result out, or copies it when it is `main`; the inner none tells that it was taken before.
    pub(super) fn take(&self, name: &str) -> Option<Option<StatementResult>> {
        self.with(|results| {
            let slot = results.get_mut(name)?;
            Some(if name == "main" { slot.clone() } else { slot.take() })
        })
    }

    fn with<T>(&self, action: impl FnOnce(&mut IndexMap<String, Option<StatementResult>>) -> T) -> T {
        action(&mut self.results.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
