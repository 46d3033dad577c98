//! Runs a plan: hooks of the project, then the nodes on worker threads, then hooks again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::event::{Event, EventSink};
use super::hook::{self, HookTime};
use super::microbatch::{BatchSettings, Microbatch};
use super::node::{Execution, broken_above};
use super::plan::Plan;
use super::result::{NodeResult, RunResults, Status};
use super::schedule::{self, Outcome, Work};
use super::{prepare, skipped_by_stop};
use crate::adapter::{Adapter, AdapterError, Interrupt, QueryLog, RelationCache, Session};
use crate::compile::{Compiled, Compiler};
use crate::diagnostic::Diagnostic;
use crate::resource::{Node, ResourceType, UniqueId, Value};

/// Lets another thread, such as the handler of Ctrl-C, end a run.
#[derive(Default)]
pub struct Stop {
    requested: AtomicBool,
    running: Mutex<Vec<Interrupt>>,
}

impl Stop {
    /// Stops the statements that run; nothing new is begun.
    pub fn request(&self) {
        self.requested.store(true, Ordering::SeqCst);
        for interrupt in self.running.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            interrupt();
        }
    }

    /// Returns whether the run is to end.
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::SeqCst)
    }

    fn add(&self, interrupt: Interrupt) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).push(interrupt);
    }
}

/// What is done to each node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// It is compiled, and built or tested; the project's hooks run before and after all.
    Build,
    /// Its relation in another state is copied or looked through; hooks do not run.
    Clone,
}

/// How to run.
#[derive(Clone, Debug)]
pub struct RunSettings {
    /// What is done to each node.
    pub task: Task,
    /// Worker threads.
    pub threads: usize,
    /// The interpreter of Python models.
    pub python: String,
    /// Folders of the user's own modules for them.
    pub module_paths: Vec<String>,
    /// How the batches of microbatch models are found.
    pub batches: BatchSettings,
    /// Whether the first failure ends the run.
    pub fail_fast: bool,
    /// Whether nothing is built after a hook of `on-run-start` has failed.
    pub skip_after_failed_start: bool,
    /// Whether a test that warns fails.
    pub warnings_fail: bool,
    /// Absolute folder of artifacts; compiled and executed SQL is written below it.
    pub target_path: PathBuf,
    /// That folder as messages show it.
    pub shown_target_path: String,
}

/// Runs nodes.
pub struct Runner<'a> {
    /// Renders them.
    pub compiler: &'a Compiler,
    /// The database.
    pub adapter: &'a dyn Adapter,
    /// How to run.
    pub settings: RunSettings,
    /// Takes what happens.
    pub events: EventSink,
    /// Takes each statement.
    pub query_log: Option<QueryLog>,
    /// Ends the run early.
    pub stop: Arc<Stop>,
}

/// What a run leaves: results, and the compiled code of nodes for manifest.json.
#[derive(Debug)]
pub struct RunOutput {
    /// What came of the nodes.
    pub results: RunResults,
    /// Compiled nodes.
    pub compiled: HashMap<UniqueId, Arc<Compiled>>,
    /// A mistake in a hook at the end: the command stops with it, but the results stand.
    pub stopped_by: Option<Box<Diagnostic>>,
}

impl Runner<'_> {
    /// Runs the plan.
    ///
    /// # Errors
    /// When the database cannot be opened or prepared; failures of nodes are in the results.
    pub fn run(&self, plan: &Plan) -> Result<RunOutput, Box<Diagnostic>> {
        let started = Instant::now();
        let cache = Arc::new(RelationCache::new());
        let main = self.session(&cache).map_err(|error| Box::new(prepare::unreachable(&error)))?;
        main.serve(self.compiler.caller("master", None)?);
        let nodes: Vec<&Node> = plan.nodes.iter().filter_map(|id| self.compiler.manifest().runnable(id)).collect();
        prepare::fill_cache(&main, &self.databases(&nodes), &self.events)?;
        prepare::create_schemas(self.compiler, &main, &nodes, &self.events)?;
        main.serve(self.compiler.caller("master", None)?);
        let state = State::default();
        let at_start = match self.settings.task {
            Task::Build => hook::run_all(self, &main, HookTime::Start, &state)?,
            Task::Clone => Outcome::Passed,
        };
        (self.events)(&Event::Started { total: plan.nodes.len(), threads: self.settings.threads });
        let is_off = at_start == Outcome::Stop && self.settings.skip_after_failed_start;
        let round = Round {
            runner: self,
            plan,
            cache: &cache,
            state: &state,
            total: plan.nodes.len(),
            is_off,
            busy: AtomicUsize::new(0),
        };
        schedule::run_all(plan, self.settings.threads, &round);
        if !is_off && self.settings.task == Task::Build {
            self.compile_ephemeral(&main, &state);
        }
        (self.events)(&Event::Finished);
        let at_end = match self.settings.task {
            Task::Build => hook::run_all(self, &main, HookTime::End, &state),
            Task::Clone => Ok(Outcome::Passed),
        };
        Ok(RunOutput { stopped_by: at_end.err(), ..state.finish(started, self.stop.is_requested()) })
    }

    /// Does other work between the project's hooks; after a hook at the start has failed it is left out, when the settings say so.
    /// The results are those of hooks that failed.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn between_hooks(&self, work: impl FnOnce()) -> Result<RunOutput, Box<Diagnostic>> {
        let started = Instant::now();
        let cache = Arc::new(RelationCache::new());
        let main = self.session(&cache).map_err(|error| Box::new(prepare::unreachable(&error)))?;
        main.serve(self.compiler.caller("master", None)?);
        let state = State::default();
        let at_start = hook::run_all(self, &main, HookTime::Start, &state)?;
        if at_start != Outcome::Stop {
            work();
        }
        let at_end = hook::run_all(self, &main, HookTime::End, &state);
        Ok(RunOutput { stopped_by: at_end.err(), ..state.finish(started, self.stop.is_requested()) })
    }

    /// Returns the databases in which relations are looked up; what refs are deferred for may be in any of the project's.
    fn databases<'a>(&'a self, nodes: &[&'a Node]) -> BTreeSet<&'a str> {
        let mut databases: BTreeSet<&str> = nodes.iter().map(|node| node.database.as_str()).collect();
        if let Some(deferral) = self.compiler.deferral() {
            databases.extend(self.compiler.manifest().nodes.values().map(|node| node.database.as_str()));
            databases.extend(deferral.databases());
        }
        databases
    }

    /// Compiles the ephemeral models that were selected or taken in, which no node of the plan stands for.
    fn compile_ephemeral(&self, session: &Arc<Session>, state: &State) {
        let mut wanted: BTreeSet<UniqueId> =
            self.compiler.selected().iter().map(|id| UniqueId::from_text(id)).collect();
        let mut all = state.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.extend(all.values().flat_map(|compiled| compiled.ctes.iter().map(|cte| cte.id.clone())));
        let broken = state.broken();
        for node in wanted.iter().filter_map(|id| self.compiler.manifest().runnable(id)) {
            if !node.is_ephemeral() || self.stop.is_requested() || self.is_held_back(&node.unique_id, &broken) {
                continue;
            }
            // One that cannot be compiled has failed with those that take it in.
            let execution = Execution { runner: self, node, thread_id: "MainThread", batch: None };
            if let Ok(compiled) = execution.compile(session) {
                all.insert(node.unique_id.clone(), compiled);
            }
        }
    }

    /// Returns what a node is below.
    fn above(&self, id: &UniqueId) -> BTreeSet<&UniqueId> {
        let manifest = self.compiler.manifest();
        let mut above = BTreeSet::new();
        let mut open: Vec<&UniqueId> = manifest.parents_of(id).iter().collect();
        while let Some(at) = open.pop() {
            if above.insert(at) {
                open.extend(manifest.parents_of(at));
            }
        }
        above
    }

    /// Returns whether `other` is one of those above a node, or a test of nothing but those.
    fn holds_back(&self, other: &UniqueId, above: &BTreeSet<&UniqueId>) -> bool {
        let tested = self.compiler.manifest().parents_of(other);
        let is_test = other.as_str().starts_with("test.") && !tested.is_empty();
        above.contains(other) || is_test && tested.iter().all(|id| above.contains(id))
    }

    /// Returns whether a node is not run because of one of those that failed or were skipped.
    fn is_held_back(&self, id: &UniqueId, broken: &BTreeSet<UniqueId>) -> bool {
        let above = self.above(id);
        broken.iter().any(|other| self.holds_back(other, &above))
    }

    /// Returns the selected ephemeral model above a node that was skipped itself, if nothing between them was skipped after it.
    fn skipped_ephemeral(&self, node: &Node, broken: &BTreeSet<UniqueId>) -> Option<&UniqueId> {
        let manifest = self.compiler.manifest();
        let is_one = |parent: &&UniqueId| {
            manifest.runnable(parent).is_some_and(Node::is_ephemeral)
                && self.compiler.selected().iter().any(|id| id == parent.as_str())
                && self.is_held_back(parent, broken)
        };
        let found = manifest.parents_of(&node.unique_id).iter().rev().find(is_one)?;
        let above = self.above(&node.unique_id);
        let is_later = |other: &UniqueId| self.holds_back(other, &above) && self.above(other).contains(found);
        let is_test = node.resource_type == ResourceType::Test;
        (is_test || !broken.iter().any(is_later)).then_some(found)
    }

    /// Opens a connection that Ctrl-C can interrupt.
    pub(super) fn session(&self, cache: &Arc<RelationCache>) -> Result<Arc<Session>, AdapterError> {
        let connection = self.adapter.connect()?;
        self.stop.add(connection.interrupt());
        Ok(Arc::new(Session::new(connection, Arc::clone(cache), self.query_log.clone())))
    }
}

/// What the worker threads fill.
#[derive(Default)]
pub(super) struct State {
    results: Mutex<Vec<NodeResult>>,
    compiled: Mutex<HashMap<UniqueId, Arc<Compiled>>>,
    /// Databases and schemas that nodes were built in, for the hooks at the end.
    schemas: Mutex<BTreeSet<(String, String)>>,
}

impl State {
    pub(super) fn add(&self, result: NodeResult, compiled: Option<Arc<Compiled>>) {
        if let Some(compiled) = compiled {
            let mut all = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(result.unique_id.clone(), compiled);
        }
        self.results.lock().unwrap_or_else(PoisonError::into_inner).push(result);
    }

    /// Returns the nodes that failed or were skipped.
    fn broken(&self) -> BTreeSet<UniqueId> {
        let results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        let is_broken = |result: &&NodeResult| result.status.is_failure() || result.status == Status::Skipped;
        results.iter().filter(is_broken).map(|result| result.unique_id.clone()).collect()
    }

    /// Returns what hooks at the end see: `results`, `schemas`, `database_schemas`.
    pub(super) fn for_hooks(&self, compiler: &Compiler) -> BTreeMap<String, Value> {
        let results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        // As in dbt, hooks are among the results only when they failed.
        let is_hook = |result: &NodeResult| result.unique_id.as_str().starts_with("operation.");
        let nodes = results.iter().filter(|result| !is_hook(result) || result.status == Status::Error);
        let views: Vec<Value> = nodes.map(|result| hook::result_view(compiler, result)).collect();
        let schemas = self.schemas.lock().unwrap_or_else(PoisonError::into_inner);
        let names: BTreeSet<&str> = schemas.iter().map(|(_, schema)| schema.as_str()).collect();
        let pairs: Vec<Value> =
            schemas.iter().map(|(database, schema)| serde_json::json!([database, schema])).collect();
        [
            ("results".to_owned(), views.into()),
            ("schemas".to_owned(), names.into_iter().collect()),
            ("database_schemas".to_owned(), pairs.into()),
        ]
        .into()
    }

    fn finish(self, started: Instant, interrupted: bool) -> RunOutput {
        let results = self.results.into_inner().unwrap_or_else(PoisonError::into_inner);
        let elapsed_time = started.elapsed().as_secs_f64();
        RunOutput {
            results: RunResults { results, elapsed_time, interrupted },
            compiled: self.compiled.into_inner().unwrap_or_else(PoisonError::into_inner),
            stopped_by: None,
        }
    }
}

/// The nodes of one run, handed out by the schedule.
struct Round<'a> {
    runner: &'a Runner<'a>,
    plan: &'a Plan,
    cache: &'a Arc<RelationCache>,
    state: &'a State,
    total: usize,
    /// Whether the nodes are only skipped.
    is_off: bool,
    /// How many nodes are being worked on.
    busy: AtomicUsize,
}

impl Round<'_> {
    fn node(&self, number: usize) -> Option<&Node> {
        self.runner.compiler.manifest().runnable(&self.plan.nodes[number])
    }

    fn end(&self, index: usize, node: &Node, result: NodeResult, compiled: Option<Arc<Compiled>>) {
        (self.runner.events)(&Event::NodeFinished { index, total: self.total, node, result: &result });
        self.state.add(result, compiled);
    }
}

impl Work for Round<'_> {
    type Worker = (String, Result<Arc<Session>, AdapterError>);

    fn worker(&self, number: usize) -> Self::Worker {
        (format!("Thread-{} (worker)", number + 1), self.runner.session(self.cache))
    }

    fn perform(&self, (thread_id, session): &mut Self::Worker, number: usize, index: usize) -> Outcome {
        let Some(node) = self.node(number) else { return Outcome::Passed };
        if self.is_off || self.runner.stop.is_requested() {
            self.end(index, node, skipped_by_stop(node), None);
            return Outcome::Stop;
        }
        (self.runner.events)(&Event::NodeStarted { index, total: self.total, node, thread_id });
        self.busy.fetch_add(1, Ordering::SeqCst);
        let execution = Execution { runner: self.runner, node, thread_id, batch: None };
        let (result, compiled) = match session {
            Ok(session) if Microbatch::is(self.runner, node) => {
                let (runner, cache, busy) = (self.runner, self.cache, &self.busy);
                (Microbatch { runner, node, thread_id, cache, busy }.perform(session), None)
            }
            Ok(session) => execution.perform(session),
            Err(error) => (execution.failed(prepare::unreachable(error)), None),
        };
        self.busy.fetch_sub(1, Ordering::SeqCst);
        let status = result.status;
        if node.resource_type != ResourceType::Test && status == Status::Success {
            let mut schemas = self.state.schemas.lock().unwrap_or_else(PoisonError::into_inner);
            schemas.insert((node.database.clone(), node.schema.clone()));
        }
        self.end(index, node, result, compiled);
        match status.is_failure() {
            true if self.runner.settings.fail_fast => Outcome::Stop,
            _ if self.runner.stop.is_requested() => Outcome::Stop,
            true => Outcome::Failed,
            false if status == Status::Skipped => Outcome::Failed,
            false => Outcome::Passed,
        }
    }

    fn skip(&self, number: usize, cause: Option<usize>, index: usize) {
        let Some(node) = self.node(number) else { return };
        let id = &node.unique_id;
        let cause = cause.map(|cause| self.plan.nodes[cause].clone());
        let above = cause.as_ref().and_then(|_| self.runner.skipped_ephemeral(node, &self.state.broken()));
        let message = above.map(|above| broken_above(id, above));
        self.end(index, node, NodeResult { message, ..NodeResult::skipped(id.clone(), cause) }, None);
    }
}
