//! What one node's templates leave for each other: results of statements, and values made once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use indexmap::IndexMap;
use minijinja::Value;

use crate::adapter::{Response, SeedSchema, Table};
use crate::resource::{Map, Value as Plain};

/// The memory of one context; all renders with that context share it, as dbt's do.
#[derive(Debug, Default)]
pub struct Memory {
    results: Mutex<IndexMap<String, Option<StatementResult>>>,
    seed: Mutex<Option<Arc<SeedSchema>>>,
    pub(super) model: OnceLock<Value>,
    pub(super) graph: OnceLock<Value>,
    /// What templates put into `context` with `update`.
    updates: Mutex<BTreeMap<String, Value>>,
}

/// What a statement gave back.
#[derive(Clone, Debug)]
pub(super) struct StatementResult {
    /// What templates see under `response`, `data` and `table`.
    pub view: Value,
    /// The response in plain data, when there is one.
    pub response: Option<Response>,
    /// The code of a response that a template made up, such as `INSERT`.
    pub code: Option<String>,
    /// The rows in plain data, when the statement fetched some.
    pub table: Option<Arc<Table>>,
}

/// What asking for a result gives.
pub(super) enum Taken {
    /// There was no statement of that name.
    NeverStored,
    /// Its result was taken before.
    Before,
    /// Its result.
    Now(StatementResult),
}

impl Memory {
    /// Returns the response of the statement of that name (`main` is the one a materialization reports), when there was one.
    pub fn response(&self, name: &str) -> Option<Response> {
        self.with(|results| results.get(name)?.as_ref()?.response.clone())
    }

    /// Returns the response as artifacts show it: `_message`, with `code` and `rows_affected` when they are known.
    pub fn adapter_response(&self, name: &str) -> Map {
        let found = self
            .with(|results| results.get(name)?.as_ref().map(|result| (result.response.clone(), result.code.clone())));
        let Some((Some(response), code)) = found else { return Map::new() };
        let message = ("_message".to_owned(), Plain::from(response.message));
        let code = code.map(|code| ("code".to_owned(), Plain::from(code)));
        let rows = response.rows_affected.map(|rows| ("rows_affected".to_owned(), Plain::from(rows)));
        std::iter::once(message).chain(code).chain(rows).collect()
    }

    /// Returns the rows that the statement of that name fetched, when there were some.
    pub fn table(&self, name: &str) -> Option<Arc<Table>> {
        self.with(|results| results.get(name)?.as_ref()?.table.clone())
    }

    pub(super) fn store(&self, name: &str, result: StatementResult) {
        self.with(|results| results.insert(name.to_owned(), Some(result)));
    }

    /// Takes a result out, or copies it when it is `main`.
    pub(super) fn take(&self, name: &str) -> Taken {
        self.with(|results| match results.get_mut(name) {
            None => Taken::NeverStored,
            Some(slot) if name == "main" => slot.clone().map_or(Taken::Before, Taken::Now),
            Some(slot) => slot.take().map_or(Taken::Before, Taken::Now),
        })
    }

    /// Keeps the file that a seed is loaded from, to find the place of a value that does not fit.
    pub(super) fn remember_seed(&self, schema: Arc<SeedSchema>) {
        *self.seed.lock().unwrap_or_else(PoisonError::into_inner) = Some(schema);
    }

    pub(super) fn seed(&self) -> Option<Arc<SeedSchema>> {
        self.seed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a name into `context`, for this render.
    pub(super) fn set_name(&self, name: &str, value: Value) {
        self.updates.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), value);
    }

    /// Returns what a template put into `context` under a name.
    pub(super) fn name(&self, name: &str) -> Option<Value> {
        self.updates.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn with<T>(&self, action: impl FnOnce(&mut IndexMap<String, Option<StatementResult>>) -> T) -> T {
        action(&mut self.results.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
