//! `build`, `run`, `test`, `seed` and `snapshot`: run the nodes of their kinds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{compile, export, idle, news, show};
use crate::adapter::Adapter;
use crate::adapter::duckdb::DuckdbAdapter;
use crate::artifact::write_run_results;
use crate::cli::warnings::Fate;
use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line, selection};
use crate::compile::Compiler;
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::manifest::Manifest;
use crate::report::{Entry, Failure, KindCount, Level, kind, node_info};
use crate::resource::{Node, ResourceType, UniqueId, read_moment};
use crate::run::{
    Ancestry, BatchResults, BatchSettings, Gate, NodeResult, Plan, RunOutput, RunResults, RunSettings, Runner, Status,
    Stop, Task, unreachable,
};

/// Runs the command.
pub fn run(workspace: &Workspace, line: &Line) -> Result<Done, CommandError> {
    use ResourceType::{Exposure, Function, Model, SavedQuery, Seed, Snapshot, Test, UnitTest};
    let (kinds, gate): (&[ResourceType], Gate) = match line.command.as_str() {
        "build" => (&[Model, Seed, Snapshot, Test, UnitTest, Exposure, SavedQuery, Function], Gate::Tests),
        "test" => (&[Test, UnitTest], Gate::Open),
        "seed" => (&[Seed], Gate::Open),
        "snapshot" => (&[Snapshot], Gate::Open),
        "clone" => (&[Model, Seed, Snapshot], Gate::Open),
        _ => (&[Model], Gate::Open),
    };
    let chosen = selection::of_kinds(workspace, line, kinds)?;
    let manifest = &workspace.manifest;
    let is_idle = |id: &UniqueId| manifest.exposures.contains_key(id) || manifest.semantic.contains_key(id);
    let (workless, chosen): (BTreeSet<_>, BTreeSet<_>) = chosen.into_iter().partition(is_idle);
    let plan = plan(workspace, &chosen, gate);
    let task = if line.command == "clone" { Task::Clone } else { Task::Build };
    let plan = if task == Task::Clone { plan.independent() } else { plan };
    if plan.nodes.is_empty() && workless.is_empty() {
        let title = "Nothing to do. Try checking your model configs and model specification args";
        let warning = Diagnostic::warning(Kind::Runtime, "W0502", title).as_event("NothingToDo", []);
        workspace.setup.warn(warning.into())?;
        let results = RunResults { results: Vec::new(), elapsed_time: 0.0, interrupted: false };
        let output = RunOutput { results, compiled: std::collections::HashMap::new(), stopped_by: None };
        write_artifacts(workspace, &output)?;
        return Ok(Done::Success);
    }
    // One database for the whole command: what is built in memory must still be there to be exported.
    let adapter = DuckdbAdapter::open(&workspace.setup.target.duckdb).map_err(|error| unreachable(&error))?;
    let mut output = execute((workspace, line), (&chosen, &plan), task, &adapter)?;
    idle::add(workspace, &workless, &mut output.results);
    let done = report(workspace, &output)?;
    if let Some(diagnostic) = output.stopped_by {
        return Err(diagnostic.into());
    }
    if line.command == "seed" && line.matches.get_flag("show") {
        let session = workspace.session_on(&adapter)?;
        show::seeds(workspace, &output.results, &session)?;
    }
    if line.command == "build" && !line.matches.get_flag("no-export") {
        match done {
            Done::Success => export::after_build(workspace, &chosen, &output.results, &adapter)?,
            _ => export::held_back(workspace, &chosen)?,
        }
    }
    match adapter.close() {
        Ok(()) => Ok(done),
        Err(error) => {
            // Told after the summary, which says what was committed before the disk was full.
            workspace.setup.reporter.diagnostic(&unreachable(&error));
            Ok(Done::Failure)
        }
    }
}

/// Returns the nodes that can be run out of those chosen: all but ephemeral models and analyses.
fn runnable(manifest: &Manifest, chosen: &BTreeSet<UniqueId>) -> BTreeSet<UniqueId> {
    let runs = |id: &&UniqueId| manifest.runnable(id).is_some_and(|node| !node.is_ephemeral());
    chosen.iter().filter(runs).cloned().collect()
}

fn plan(workspace: &Workspace, chosen: &BTreeSet<UniqueId>, gate: Gate) -> Plan {
    let runnable = runnable(&workspace.manifest, chosen);
    let is_test = |id: &&UniqueId| workspace.manifest.nodes.get(*id).is_some_and(|node| node.test().is_some());
    let tests: BTreeSet<UniqueId> = runnable.iter().filter(is_test).cloned().collect();
    let order = Order::new(workspace, &runnable, gate);
    Plan::new(&order, &runnable, &tests, gate)
}

fn execute(
    (workspace, line): (&Workspace, &Line),
    (chosen, plan): (&BTreeSet<UniqueId>, &Plan),
    task: Task,
    adapter: &DuckdbAdapter,
) -> Result<RunOutput, CommandError> {
    let compiler = workspace.compiler(chosen.iter().map(ToString::to_string).collect());
    let runner = runner((workspace, line), task, &compiler, adapter)?;
    stop_on_ctrl_c(&runner.stop);
    news::tell(workspace, plan.nodes.iter(), adapter.adapter_type())?;
    let target = &workspace.setup.target;
    let text = format!("Concurrency: {} threads (target='{}')", target.threads, target.name);
    let data = serde_json::json!({
        "num_threads": target.threads, "target_name": target.name, "node_count": plan.nodes.len(),
    });
    let reporter = &workspace.setup.reporter;
    reporter.gap();
    reporter.tell(&Entry::new(Level::Info, "ConcurrencyLine", text, data));
    reporter.gap();
    Ok(runner.run(plan)?)
}

/// Returns what runs nodes and hooks, as the command line wants it.
pub(super) fn runner<'a>(
    (workspace, line): (&Workspace, &Line),
    task: Task,
    compiler: &'a Compiler,
    adapter: &'a DuckdbAdapter,
) -> Result<Runner<'a>, CommandError> {
    let setup = &workspace.setup;
    let reporter = Arc::clone(&setup.reporter);
    Ok(Runner {
        compiler,
        adapter,
        settings: RunSettings {
            task,
            threads: setup.target.threads,
            python: setup.target.duckdb.plugins.python.clone(),
            module_paths: setup.target.duckdb.plugins.module_paths.clone(),
            batches: batches(workspace, line),
            fail_fast: setup.flags.is_on("fail-fast"),
            warnings_fail: setup.warnings.fate("LogTestResult") == Fate::Error,
            target_path: setup.target_folder()?,
            shown_target_path: setup.shown_target_path(),
            skip_after_failed_start: setup.project_flag("skip_nodes_if_on_run_start_fails"),
        },
        events: Arc::new(move |event| reporter.event(event)),
        query_log: workspace.query_log(),
        stop: Arc::new(Stop::default()),
    })
}

/// Returns how batches are found: those of a repeated run go up to the time of then.
fn batches(workspace: &Workspace, line: &Line) -> BatchSettings {
    let event_time = workspace.event_time;
    let retried = line.retried.as_ref();
    let of_then = retried.and_then(|run| read_moment(run.started_at.as_deref()?));
    let previous = retried.into_iter().flat_map(|run| &run.batches);
    BatchSettings {
        are_used: workspace.manifest.runs_in_batches,
        window: event_time.sample.or(event_time.window),
        now: of_then.unwrap_or(line.started_at),
        previous: previous.map(|(id, written)| (id.clone(), BatchResults::read(written))).collect(),
    }
}

/// The first Ctrl-C ends the run in order, the second one at once.
fn stop_on_ctrl_c(stop: &Arc<Stop>) {
    let stop = Arc::clone(stop);
    let handler = move || {
        if stop.is_requested() {
            std::process::abort();
        }
        stop.request();
    };
    // Without a handler Ctrl-C ends the program at once, which leaves the database whole too.
    let _ = ctrlc::set_handler(handler);
}

/// The order of the graph; where nodes wait for tests, a unit test stands before its model, with the model's parents.
struct Order<'a> {
    ids: Vec<UniqueId>,
    manifest: &'a Manifest,
    /// For each model with unit tests, and for each of those, its parents and the tests before it.
    tested: BTreeMap<UniqueId, Vec<UniqueId>>,
}

impl<'a> Order<'a> {
    fn new(workspace: &'a Workspace, chosen: &BTreeSet<UniqueId>, gate: Gate) -> Self {
        let manifest = &*workspace.manifest;
        let mut tested: BTreeMap<UniqueId, Vec<UniqueId>> = BTreeMap::new();
        if gate == Gate::Open {
            return Self { ids: workspace.graph.order().clone(), manifest, tested };
        }
        for test in manifest.unit_tests.values().filter(|test| chosen.contains(&test.unique_id)) {
            if let Some(model) = &test.tested_node {
                tested.entry(model.clone()).or_default().push(test.unique_id.clone());
            }
        }
        let mut ids = Vec::new();
        let order = workspace.graph.order();
        for id in &order {
            if let Some(tests) = tested.get(id) {
                ids.extend(tests.iter().cloned());
            }
            if !manifest.unit_tests.contains_key(id) {
                ids.push(id.clone());
            }
        }
        // As in dbt, those of one model come one after the other, and after one that fails the others are skipped.
        let mut before = BTreeMap::new();
        for (model, tests) in &tested {
            for (count, id) in tests.iter().chain([model]).enumerate() {
                let above = tests[..count].iter().chain(manifest.parents_of(model)).cloned().collect();
                before.insert(id.clone(), above);
            }
        }
        Self { ids, manifest, tested: before }
    }
}

impl Ancestry for Order<'_> {
    fn in_order(&self) -> &[UniqueId] {
        &self.ids
    }

    fn parents(&self, id: &UniqueId) -> &[UniqueId] {
        self.tested.get(id).map_or_else(|| self.manifest.parents_of(id), Vec::as_slice)
    }
}

fn report(workspace: &Workspace, output: &RunOutput) -> Result<Done, CommandError> {
    let setup = &workspace.setup;
    let results = &output.results;
    let counts = counts(workspace, results);
    let told: Vec<KindCount> = counts.iter().cloned().chain(idle::counts(&workspace.manifest, results)).collect();
    setup.reporter.ended(results, &told);
    write_artifacts(workspace, output)?;
    let failures = failures(workspace, results);
    setup.reporter.summary(results, &failures, &counts);
    Ok(match results {
        results if results.interrupted => Done::Interrupted,
        results if results.is_success() => Done::Success,
        _ => Done::Failure,
    })
}

fn write_artifacts(workspace: &Workspace, output: &RunOutput) -> Result<(), CommandError> {
    let setup = &workspace.setup;
    workspace.write_manifest(&compile::outputs(&output.compiled))?;
    if setup.flags.is_on("write-json") {
        let folder = setup.target_folder()?;
        write_run_results(&folder, &setup.stamp(), &output.results, &setup.args)?;
        setup.reporter.wrote("RunExecutionResult", &folder.join("run_results.json"));
    }
    Ok(())
}

fn failures(workspace: &Workspace, results: &RunResults) -> Vec<Failure> {
    let is_shown = |result: &&NodeResult| match result.status {
        Status::Warn => true,
        // It was not tried because of a broken ephemeral model.
        Status::Skipped => result.message.is_some() && !result.unique_id.as_str().starts_with("operation."),
        status => status.is_failure(),
    };
    let shown = results.results.iter().filter(is_shown);
    shown
        .filter_map(|result| {
            let node = workspace.manifest.runnable(&result.unique_id)?;
            Some(failure(workspace, node, result, results))
        })
        .collect()
}

fn failure(workspace: &Workspace, node: &Node, result: &NodeResult, results: &RunResults) -> Failure {
    let because = |other: &&NodeResult| other.skipped_because_of.as_ref() == Some(&result.unique_id);
    let diagnostic = result.diagnostic.as_ref();
    let location = diagnostic.and_then(crate::diagnostic::Diagnostic::location);
    // dbt's words, which programs look for; the place in the file stands above.
    let message = result.message.clone().or_else(|| diagnostic.map(|diagnostic| diagnostic.title.clone()));
    let is_test = node.resource_type == ResourceType::Test;
    Failure {
        kind: node.resource_type.to_string(),
        name: node.search_name(),
        status: result.status,
        location: location.unwrap_or_else(|| entry(workspace, node).location()),
        message: message.unwrap_or_default(),
        compiled_path: result
            .compiled_code
            .as_ref()
            .map(|_| format!("{}/compiled/{}", workspace.setup.shown_target_path(), node.output_path())),
        see_rows: (is_test && diagnostic.is_none()).then(|| format!("martlet show --select {}", node.name)),
        skipped: results.results.iter().filter(because).count(),
        node_name: node.name.clone(),
        path: node.original_file_path.clone(),
        info: node_info(node, result.status.as_str(), "", None),
        message_given: result.message.clone(),
        relation: node
            .config
            .flag("store_failures", false)
            .then(|| node.relation.as_ref().map(crate::resource::Relation::render))
            .flatten(),
        group: group(workspace, node),
    }
}

/// Returns where a node as a whole is written; a unit test's code is that of its model, but its entry is its own.
fn entry(workspace: &Workspace, node: &Node) -> Span {
    let test = workspace.manifest.unit_tests.get(&node.unique_id);
    test.map_or_else(|| crate::compile::head(node), |test| test.span.clone())
}

/// Returns what events tell of a node's group.
pub(super) fn group(workspace: &Workspace, node: &Node) -> Option<serde_json::Value> {
    let name = node.group.as_ref()?;
    let group = workspace.manifest.groups.values().find(|group| group.name == *name)?;
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => crate::parse::python_repr(other),
    };
    let extra = group.owner.extra.iter().map(|(key, value)| (key.as_str(), text(value)));
    let known = [("name", group.owner.name.clone()), ("email", group.owner.email.as_ref().map(text))];
    let known = known.into_iter().filter_map(|(key, value)| Some((key, value?)));
    let owner: std::collections::BTreeMap<&str, String> = known.chain(extra).collect();
    Some(serde_json::json!({"name": group.name, "package_name": group.package, "owner": owner}))
}

/// Returns what dbt calls a node's kind when it counts.
fn word(node: &Node) -> String {
    match node.resource_type {
        ResourceType::Model => format!("{} model", node.config.materialized()),
        ResourceType::Operation => "project hook".to_owned(),
        other => other.to_string(),
    }
}

fn counts(workspace: &Workspace, results: &RunResults) -> Vec<KindCount> {
    let mut counts: Vec<KindCount> = Vec::new();
    for result in &results.results {
        let Some(node) = workspace.manifest.runnable(&result.unique_id) else { continue };
        let name = kind(node);
        let place = counts.iter().position(|count| count.kind == name).unwrap_or_else(|| {
            counts.push(KindCount { kind: name.to_owned(), word: word(node), ..KindCount::default() });
            counts.len() - 1
        });
        let status = Status::ALL.iter().position(|status| *status == result.status).unwrap_or_default();
        counts[place].counts[status] += 1;
        counts[place].seconds += result.execution_time;
    }
    counts.sort_by(|a, b| a.kind.cmp(&b.kind));
    counts
}
