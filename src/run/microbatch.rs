//! One microbatch model's work: its batches, each built like a model of its own, and what they come to.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use chrono::{DateTime, Utc};

use super::event::{Event, Placement};
use super::node::Execution;
use super::result::{BatchResults, NodeResult, Status, Timing};
use super::runner::Runner;
use crate::adapter::{RelationCache, Session};
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{Batch, BatchSize, EventWindow, Node, RelationKind, UniqueId, Value, read_moment};

/// How the batches of microbatch models are found.
#[derive(Clone, Debug, Default)]
pub struct BatchSettings {
    /// Whether microbatch models run in batches at all: not when the project has a strategy of its own for them.
    pub are_used: bool,
    /// What the command line wants built.
    pub window: Option<EventWindow>,
    /// The present, as far as batches go up to it.
    pub now: DateTime<Utc>,
    /// What came of the batches of an earlier run that is repeated.
    pub previous: BTreeMap<UniqueId, BatchResults>,
}

/// How a batch is run.
#[derive(Clone, Copy)]
pub struct BatchRun<'a> {
    /// The batch.
    pub batch: &'a Batch,
    /// Whether the model's table is there to be added to.
    pub is_incremental: bool,
}

/// A microbatch model in the hands of a worker thread.
pub(super) struct Microbatch<'a> {
    /// Who runs it.
    pub runner: &'a Runner<'a>,
    /// The model.
    pub node: &'a Node,
    /// The thread.
    pub thread_id: &'a str,
    /// What exists in the database.
    pub cache: &'a Arc<RelationCache>,
    /// How many nodes are being worked on.
    pub busy: &'a AtomicUsize,
}

/// Where a batch stands among the others.
#[derive(Clone, Copy)]
struct Place {
    number: usize,
    total: usize,
    placement: Placement,
}

impl Microbatch<'_> {
    /// Returns whether a node is built in batches.
    pub(super) fn is(runner: &Runner<'_>, node: &Node) -> bool {
        runner.settings.batches.are_used
            && node.config.materialized() == "incremental"
            && node.config.text("incremental_strategy") == Some("microbatch")
    }

    /// Does the work.
    pub(super) fn perform(&self, session: &Arc<Session>) -> NodeResult {
        let started = Instant::now();
        let began = Utc::now();
        let mut result = NodeResult::skipped(self.node.unique_id.clone(), None);
        self.thread_id.clone_into(&mut result.thread_id);
        result.relation_name = self.node.relation.as_ref().map(crate::resource::Relation::render);
        result.failures = Some(0);
        match self.batches(session) {
            Ok(batches) => self.merge(&mut result, self.run(&batches, session)),
            Err(diagnostic) => {
                result.status = Status::Error;
                result.message = Some(diagnostic.title.clone());
                result.diagnostic = Some(*diagnostic);
            }
        }
        result.execution_time = started.elapsed().as_secs_f64();
        result.timing = vec![
            Timing { name: "compile", started_at: began, completed_at: began },
            Timing { name: "execute", started_at: began, completed_at: Utc::now() },
        ];
        result
    }

    /// Returns what is to be built: what failed before when a run is repeated, else the window cut into batches.
    fn batches(&self, session: &Session) -> Result<Vec<Batch>, Box<Diagnostic>> {
        let config = &self.node.config;
        let missing = |what: &str| {
            let title = format!("Microbatch model '{}' requires a '{what}' configuration.", self.node.name);
            Box::new(Diagnostic::error(Kind::Runtime, "E0712", title).at(crate::compile::head(self.node), ""))
        };
        let size = config.text("batch_size").and_then(BatchSize::from_name).ok_or_else(|| missing("batch_size"))?;
        let settings = &self.runner.settings.batches;
        if let Some(previous) = settings.previous.get(&self.node.unique_id) {
            return Ok(previous.failed.iter().map(|window| Batch { size, window: *window }).collect());
        }
        let end = size.ceiling(settings.window.map_or(settings.now, |window| window.end));
        let start = match settings.window {
            Some(window) => size.floor(window.start),
            None if self.is_incremental(session) => {
                let lookback = config.value("lookback").and_then(Value::as_i64).unwrap_or(1);
                // The end lies on the bound of a batch, so the batch that it ends is the one before.
                size.offset(end, -(lookback + 1))
            }
            None => {
                let begin = config.text("begin").and_then(read_moment).ok_or_else(|| missing("begin"))?;
                size.floor(begin)
            }
        };
        Ok(size.batches(EventWindow { start, end }))
    }

    fn is_incremental(&self, session: &Session) -> bool {
        let node = self.node;
        let existing = session.cache.relation(&node.database, &node.schema, &node.alias);
        let flags = &self.runner.compiler.invocation().flags;
        let wanted = node.config.value("full_refresh").or_else(|| flags.get("FULL_REFRESH"));
        existing.is_some_and(|existing| existing.kind == Some(RelationKind::Table))
            && wanted.and_then(Value::as_bool) != Some(true)
    }

    /// Builds the first batch, then those between, at once if that is possible, then the last one.
    fn run(&self, batches: &[Batch], session: &Arc<Session>) -> Vec<NodeResult> {
        let total = batches.len();
        let (Some(first), true) = (batches.first(), total > 0) else { return Vec::new() };
        let place = |number: usize, placement: Placement| Place { number, total, placement };
        let is_incremental = self.is_incremental(session);
        let result = self.build(BatchRun { batch: first, is_incremental }, place(0, Placement::Alone), session);
        let may_go_on = result.status == Status::Success;
        let mut results = vec![result];
        if !may_go_on {
            let left_out = |number: usize| self.leave_out(&batches[number], place(number, Placement::Alone));
            results.extend((1..total).map(left_out));
            return results;
        }
        let between: Vec<usize> = (1..total.saturating_sub(1)).collect();
        if self.is_concurrent() {
            results.extend(self.run_at_once(batches, &between));
        } else {
            for &number in &between {
                let run = BatchRun { batch: &batches[number], is_incremental: true };
                results.push(self.build(run, place(number, Placement::Alone), session));
            }
        }
        if let (Some(last), true) = (batches.last(), total > 1) {
            let run = BatchRun { batch: last, is_incremental: true };
            results.push(self.build(run, place(total - 1, Placement::Alone), session));
        }
        results
    }

    /// Returns whether batches may run beside each other: not when they read the model's own table, unless the model says so.
    fn is_concurrent(&self) -> bool {
        let wanted = self.node.config.value("concurrent_batches").and_then(Value::as_bool);
        let has_room = self.busy.load(Ordering::SeqCst) < self.runner.settings.threads;
        has_room && wanted.unwrap_or_else(|| !reads_itself(&self.node.raw_code))
    }

    fn run_at_once(&self, batches: &[Batch], numbers: &[usize]) -> Vec<NodeResult> {
        let next = AtomicUsize::new(0);
        let results = Mutex::new(Vec::new());
        let total = batches.len();
        let work = |session: &Arc<Session>| {
            while let Some(&number) = numbers.get(next.fetch_add(1, Ordering::SeqCst)) {
                let run = BatchRun { batch: &batches[number], is_incremental: true };
                let place = Place { number, total, placement: Placement::Beside };
                let result = self.build(run, place, session);
                results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
            }
        };
        let workers = (self.runner.settings.threads - 1).clamp(1, numbers.len().max(1));
        thread::scope(|scope| {
            for number in 0..workers {
                let work = &work;
                let builder = thread::Builder::new()
                    .name(format!("Thread-{}", self.runner.settings.threads + number + 1))
                    .stack_size(16 << 20);
                let spawned = builder.spawn_scoped(scope, move || {
                    if let Ok(session) = self.runner.session(self.cache) {
                        work(&session);
                    }
                });
                drop(spawned);
            }
        });
        // What no thread or session could be had for.
        if let Ok(session) = self.runner.session(self.cache) {
            work(&session);
        }
        results.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn build(&self, run: BatchRun<'_>, place: Place, session: &Arc<Session>) -> NodeResult {
        if self.runner.stop.is_requested() {
            return self.leave_out(run.batch, place);
        }
        let node = self.with_hooks_of(place);
        (self.runner.events)(&Event::BatchStarted {
            number: place.number + 1,
            total: place.total,
            node: self.node,
            batch: run.batch,
            placement: place.placement,
        });
        let execution =
            Execution { runner: self.runner, node: node.as_ref(), thread_id: self.thread_id, batch: Some(run) };
        let (mut result, _) = execution.perform(session);
        result.batch_results = Some(BatchResults::of(run.batch.window, result.status == Status::Success));
        self.tell(run.batch, place, &result);
        result
    }

    /// Hooks run once for the model: those before it with the first batch, those after it with the last.
    fn with_hooks_of(&self, place: Place) -> Cow<'_, Node> {
        let (is_first, is_last) = (place.number == 0, place.number + 1 == place.total);
        if is_first && is_last {
            return Cow::Borrowed(self.node);
        }
        let mut node = self.node.clone();
        let left_out = [("pre-hook", is_first), ("post-hook", is_last)].into_iter().filter(|(_, runs)| !runs);
        for (key, _) in left_out {
            node.config.0.insert(key.to_owned(), Value::Array(Vec::new()));
        }
        Cow::Owned(node)
    }

    fn leave_out(&self, batch: &Batch, place: Place) -> NodeResult {
        let mut result = NodeResult::skipped(self.node.unique_id.clone(), None);
        self.thread_id.clone_into(&mut result.thread_id);
        result.message = Some("SKIPPED".to_owned());
        result.batch_results = Some(BatchResults::of(batch.window, false));
        self.tell(batch, place, &result);
        result
    }

    fn tell(&self, batch: &Batch, place: Place, result: &NodeResult) {
        (self.runner.events)(&Event::BatchFinished {
            number: place.number + 1,
            total: place.total,
            node: self.node,
            batch,
            result,
        });
    }

    /// Gives the model the status that its batches come to.
    fn merge(&self, result: &mut NodeResult, of_batches: Vec<NodeResult>) {
        let mut all = BatchResults::default();
        for batch in of_batches.into_iter().filter_map(|result| result.batch_results) {
            all.successful.extend(batch.successful);
            all.failed.extend(batch.failed);
        }
        all.successful.sort();
        all.failed.sort();
        let (passed, failed) = (all.successful.len(), all.failed.len());
        let (status, message) = match (passed, failed) {
            (_, 0) => (Status::Success, "SUCCESS".to_owned()),
            (0, _) => (Status::Error, "ERROR".to_owned()),
            _ => (Status::PartialSuccess, format!("PARTIAL SUCCESS ({passed}/{})", passed + failed)),
        };
        if let Some(previous) = self.runner.settings.batches.previous.get(&self.node.unique_id) {
            all.successful.extend(previous.successful.iter().copied());
        }
        (result.status, result.message, result.batch_results) = (status, Some(message), Some(all));
    }
}

/// Returns whether a template names `this`.
fn reads_itself(code: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let named = |text: &str| {
        text.match_indices("this")
            .any(|(at, word)| !text[..at].ends_with(is_word) && !text[at + word.len()..].starts_with(is_word))
    };
    let inside = |open: &str, close: &str| {
        let tags = code.split(open).skip(1).map(|rest| rest.split(close).next().unwrap_or(rest));
        tags.into_iter().any(named)
    };
    inside("{{", "}}") || inside("{%", "%}")
}

#[cfg(test)]
mod tests {
    use super::reads_itself;

    #[test]
    fn a_model_reads_itself_when_a_template_names_it() {
        assert!(reads_itself("select * from {{ this }}"));
        assert!(reads_itself("{% if load_relation(this) %}x{% endif %}"));
        assert!(!reads_itself("-- this model\nselect {{ this_one }} from {{ ref('a') }}"));
    }
}
