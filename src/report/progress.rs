//! The events of a run as they come: nodes and batches that start and end, the bar, the closing lines.

use std::io::IsTerminal;
use std::sync::PoisonError;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::summary::{self, Failure, KindCount};
use super::{Entry, Format, Level, Reporter, batch, connections, json_lines, nodes, text};
use crate::resource::{Node, ResourceType, UniqueId};
use crate::run::{Event, NodeResult, RunResults, Stage, Status};

impl Reporter {
    /// Returns `node_info` of a node with its state.
    pub(super) fn info_of(&self, node: &Node, status: &str, finished: Option<chrono::DateTime<chrono::Utc>>) -> Value {
        let started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let began = started.get(node.unique_id.as_str()).map_or("", String::as_str);
        json_lines::node_info(node, status, began, finished)
    }

    fn begin(&self, node: &Node) -> Value {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        started.insert(node.unique_id.to_string(), json_lines::moment(chrono::Utc::now()));
        drop(started);
        self.info_of(node, "started", None)
    }

    /// Shows what the nodes do.
    pub fn event(&self, event: &Event<'_>) {
        match event {
            Event::Started { total, .. } => self.start(*total),
            Event::NodeStarted { index, total, node, .. } => self.node_started((*index, *total), node),
            Event::NodeStage { node, stage } => {
                let status = if *stage == Stage::Compiling { "compiling" } else { "executing" };
                for entry in nodes::stage(*stage, node, &self.info_of(node, status, None)) {
                    self.tell(&entry);
                }
            }
            Event::Looking { name } => {
                if let Some(entry) = self.connections.take(None, name) {
                    self.tell(&entry);
                }
            }
            Event::SchemaMissing { database, schema } => self.tell(&nodes::schema_made(database, schema)),
            Event::HookStarted { index, total, node } => {
                self.tell(&nodes::hook_started((*index, *total), node, &self.begin(node)));
            }
            Event::NodeFinished { index, total, node, result } => {
                self.node_finished((*index, *total), node, result);
                self.with_bar(|bar| bar.inc(1));
            }
            Event::BatchStarted { number, total, node, batch, placement } => {
                let info = self.info_of(node, "executing", None);
                let text = batch::placed(node, batch, *placement);
                self.tell(&Entry::new(Level::Debug, "MicrobatchExecutionDebug", text, Value::Null).plain());
                let data = json_lines::batch((*number, *total), &batch::of(node, batch), None);
                let text = batch::started((*number, *total), node, batch);
                self.tell(&Entry::new(Level::Info, "LogStartBatch", text, data).about(&info).plain());
            }
            Event::BatchFinished { number, total, node, batch, result } => {
                let info = self.info_of(node, "executing", None);
                let text = batch::finished((*number, *total), node, batch, result);
                let level = if result.status == Status::Error { Level::Error } else { Level::Info };
                let data = json_lines::batch((*number, *total), &batch::of(node, batch), Some(result));
                let entry = Entry::new(level, "LogBatchResult", text, data).about(&info).plain();
                self.tell(&self.with_group(entry, node));
                self.failed(result, &info);
            }
            Event::Finished => {
                if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
                    bar.finish_and_clear();
                }
                for entry in self.connections.close() {
                    self.tell(&entry);
                }
            }
        }
    }

    fn node_started(&self, place: nodes::Place, node: &Node) {
        let info = self.begin(node);
        let [start, line] = nodes::started(place, node, &info, &self.settings().options.database);
        self.tell(&start);
        self.tell(&line.shown(Level::Debug, text::started(place.0, place.1, node)));
        if let Some(entry) = self.connections.take(Some(std::thread::current().id()), node.unique_id.as_str()) {
            self.tell(&entry.about(&info));
        }
        self.working.lock().unwrap_or_else(PoisonError::into_inner).insert(std::thread::current().id(), info);
        self.with_bar(|bar| bar.set_message(node.search_name()));
    }

    /// Notes the group that a node belongs to: the events of its results tell it.
    pub fn belongs(&self, id: &UniqueId, group: Value) {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_string(), group);
    }

    fn with_group(&self, entry: Entry, node: &Node) -> Entry {
        match self.groups.lock().unwrap_or_else(PoisonError::into_inner).get(node.unique_id.as_str()) {
            Some(group) if matches!(entry.name, "LogModelResult" | "LogTestResult" | "LogBatchResult") => {
                entry.with("group", group.clone())
            }
            _ => entry,
        }
    }

    fn node_finished(&self, place: nodes::Place, node: &Node, result: &NodeResult) {
        let finished = (result.status != Status::Skipped).then(chrono::Utc::now);
        let info = self.info_of(node, result.status.as_str(), finished);
        let is_hook = node.resource_type == ResourceType::Operation;
        let entry = if is_hook {
            nodes::hook_finished(place, node, result, &info)
        } else {
            let entry = nodes::result(place, node, result, &self.settings().options.database).about(&info);
            self.with_group(entry, node)
        };
        let level = if result.status.is_failure() { Level::Error } else { Level::Info };
        if result.status != Status::Skipped {
            self.tell(&connections::closed(node.unique_id.as_str()).about(&info));
        }
        self.failed_before(result, &info);
        self.tell(&entry.shown(level, text::finished(place.0, place.1, node, result)));
        if let Some(diagnostic) = &result.diagnostic {
            self.people(Level::Error, &self.drawn(diagnostic));
        }
        self.working.lock().unwrap_or_else(PoisonError::into_inner).remove(&std::thread::current().id());
        if !is_hook {
            self.tell(&nodes::finished(node, result, &info));
        }
    }

    /// Tells programs why a node could not be built, before its own line, as dbt does.
    fn failed_before(&self, result: &NodeResult, info: &Value) {
        if result.diagnostic.is_some() {
            let text = result.message.clone().unwrap_or_default();
            let data = json!({"exc": text});
            self.tell(&Entry::new(Level::Debug, "CatchableExceptionOnRun", text, data).about(info));
        }
    }

    fn failed(&self, result: &NodeResult, info: &Value) {
        self.failed_before(result, info);
        if let Some(diagnostic) = &result.diagnostic {
            self.people(Level::Error, &self.drawn(diagnostic));
        }
    }

    /// Tells that all nodes have ended.
    pub fn ended(&self, results: &RunResults, counts: &[KindCount]) {
        for entry in summary::end(results, counts) {
            self.tell(&entry);
        }
    }

    /// Shows the table of counts, each failure again, and dbt's closing line.
    pub fn summary(&self, results: &RunResults, failures: &[Failure], counts: &[KindCount]) {
        for failure in failures {
            self.people(Level::Error, &summary::failure(failure));
        }
        for line in summary::closing(results, counts) {
            self.people(Level::Info, &line);
        }
        for entry in summary::events(results, failures) {
            self.tell(&entry);
        }
    }

    fn start(&self, total: usize) {
        let options = self.settings().options.clone();
        let shows_bar =
            options.format == Format::Text && options.level <= Level::Info && std::io::stderr().is_terminal();
        if shows_bar {
            let style = ProgressStyle::with_template("  Running {bar:24} {pos}/{len} {elapsed} {msg}");
            let bar = ProgressBar::new(total as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(100));
            *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
        }
    }
}
