//! Events into terminal lines or JSON lines; the only module that prints.
//!
//! Data that a program reads goes to stdout; everything else to stderr, except that JSON log lines are data too.

mod batch;
mod catalogue;
mod connections;
mod deprecations;
mod entry;
mod freshness;
mod json_lines;
mod log_file;
mod nodes;
mod summary;
mod text;

use std::collections::{BTreeMap, HashMap};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::ThreadId;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::adapter::QueryRecord;
use crate::diagnostic::{self, Diagnostic, Severity, Style};
use crate::resource::{Node, ResourceType};
use crate::run::{Event, NodeResult, RunResults, Stage, Status};

use connections::Connections;

pub use catalogue::{code as event_code, names as event_names};
pub use deprecations::{DeprecationRules, Deprecations, Naming, SUMMARY as DEPRECATIONS_SUMMARY, Shows};
pub use entry::{Entry, Shown};
pub use freshness::{FreshnessOutcome, freshness_end, freshness_failure, freshness_result, freshness_started};
pub use json_lines::node_info;
pub use log_file::{LogFile, LogFileOptions};
pub use nodes::no_op_line;
pub use summary::{Failure, KindCount, counted};
pub use text::{count, kind};

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people, on stderr.
    Text,
    /// One JSON object a line, on stdout, in the shape of dbt's structured logs.
    Json,
}

/// How much is shown; each level shows what the later ones show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everything, statements included.
    Debug,
    /// What happens.
    Info,
    /// Warnings.
    Warn,
    /// Errors.
    Error,
    /// Nothing.
    None,
}

impl Level {
    /// Returns dbt's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::None => "none",
        }
    }
}

/// What the command line decides about the report.
#[derive(Clone, Debug)]
pub struct ReportOptions {
    /// Text or JSON.
    pub format: Format,
    /// Least level to show.
    pub level: Level,
    /// Whether colour may be used; it is only where the terminal takes it.
    pub colour: bool,
    /// Id that JSON lines carry.
    pub invocation_id: String,
    /// What the environment adds to each JSON line.
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// The target's own database, which lines on nodes do not name.
    pub database: String,
    /// Texts that are struck out wherever they would be shown.
    pub secrets: Vec<String>,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self {
            format: Format::Text,
            level: Level::Info,
            colour: false,
            invocation_id: String::new(),
            extra: serde_json::Map::new(),
            database: String::new(),
            secrets: Vec::new(),
        }
    }
}

/// Shows what happens.
pub struct Reporter {
    settings: RwLock<Arc<Settings>>,
    bar: Mutex<Option<ProgressBar>>,
    /// When the work on each node began.
    started: Mutex<BTreeMap<String, String>>,
    /// What each worker thread has in its hands.
    working: Mutex<HashMap<ThreadId, Value>>,
    began: AtomicBool,
    connections: Connections,
    /// What was deprecated so far.
    pub deprecations: Deprecations,
}

/// What is shown instead of a secret.
const STARS: &str = "*****";

struct Settings {
    options: ReportOptions,
    file: Option<LogFile>,
}

impl Reporter {
    /// Makes a reporter; `file` takes every line too.
    pub fn new(options: ReportOptions, file: Option<LogFile>) -> Self {
        Self {
            settings: RwLock::new(Arc::new(Settings { options, file })),
            bar: Mutex::new(None),
            started: Mutex::default(),
            working: Mutex::default(),
            began: AtomicBool::new(false),
            connections: Connections::default(),
            deprecations: Deprecations::default(),
        }
    }

    /// Goes on by other options, with a log file: what the project says of both is known now.
    pub fn settle(&self, options: ReportOptions, file: Option<LogFile>) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Settings { options, file });
    }

    fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns whether this is the first time that it is asked: the program says once who it is.
    pub fn begins(&self) -> bool {
        !self.began.swap(true, Ordering::SeqCst)
    }

    /// Returns whether lines of a level reach anyone.
    pub fn takes(&self, level: Level) -> bool {
        let settings = self.settings();
        level >= settings.options.level || settings.file.as_ref().is_some_and(|file| file.takes(level))
    }

    /// Writes data for programs to stdout, as it is.
    ///
    /// # Errors
    /// When stdout is closed; callers end quietly then.
    pub fn data(&self, text: &str) -> std::io::Result<()> {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    }

    /// Shows the text of a `print()` call: always, on stdout.
    pub fn print(&self, text: &str) {
        let settings = self.settings();
        let entry = Entry::new(Level::Info, "PrintEvent", text, json!({"msg": text}));
        match settings.options.format {
            Format::Text => self.around_bar(|| {
                // A closed stdout is the reader's choice.
                let _ = self.data(&format!("{text}\n"));
            }),
            Format::Json => {
                let _ = self.data(&format!("{}\n", settings.json(&entry)));
            }
        }
        settings.to_file(&entry);
    }

    /// Shows the text of a `log()` call of a template: at the level of the user's own lines, or of the log.
    pub fn said(&self, level: Level, text: &str) {
        let name = if level == Level::Info { "JinjaLogInfo" } else { "JinjaLogDebug" };
        let entry = Entry::new(level, name, text, json!({"msg": text})).plain();
        let working = self.working.lock().unwrap_or_else(PoisonError::into_inner);
        let info = working.get(&std::thread::current().id()).cloned();
        drop(working);
        match info {
            Some(info) => self.tell(&entry.about(&info)),
            None => self.tell(&entry),
        }
    }

    /// Shows data for programs: on stdout as it is, with a heading for people; as an event among JSON lines.
    ///
    /// # Errors
    /// When stdout is closed; callers end quietly then.
    pub fn output(&self, entry: &Entry, heading: Option<&str>, text: &str) -> std::io::Result<()> {
        let settings = self.settings();
        settings.to_file(entry);
        match settings.options.format {
            Format::Json => self.data(&format!("{}\n", settings.json(entry))),
            Format::Text => {
                if let Some(heading) = heading {
                    self.people(Level::Info, heading);
                }
                self.data(text)
            }
        }
    }

    /// Tells of an event.
    pub fn tell(&self, entry: &Entry) {
        let settings = self.settings();
        settings.to_file(entry);
        match (settings.options.format, &entry.shown) {
            (Format::Json, _) if entry.level >= settings.options.level => {
                let _ = self.data(&format!("{}\n", settings.json(entry)));
            }
            (Format::Text, Shown::Same) => self.people(entry.level, &entry.message),
            (Format::Text, Shown::As(level, text)) => self.people(*level, text),
            _ => {}
        }
    }

    /// Shows a line on the terminal alone.
    pub fn people(&self, level: Level, text: &str) {
        let settings = self.settings();
        if settings.options.format == Format::Text && level >= settings.options.level {
            self.around_bar(|| to_stderr(&settings.scrubbed(text), settings.options.is_coloured()));
        }
    }

    /// Shows a line.
    pub fn line(&self, level: Level, name: &'static str, text: &str, data: serde_json::Map<String, Value>) {
        let mut entry = Entry { level, name, message: text.to_owned(), data, shown: Shown::Same };
        let message = anstream::adapter::strip_str(text).to_string();
        entry.data.entry("msg").or_insert_with(|| message.into());
        self.tell(&entry);
    }

    /// Tells of an empty line, which dbt's logs have between their parts.
    pub fn gap(&self) {
        self.tell(&Entry::gap());
    }

    /// Tells of a file that was written for programs, by dbt's name for its kind.
    pub fn wrote(&self, kind: &str, path: &Path) {
        let path = path.display().to_string();
        let data = json!({"artifact_type": kind, "artifact_path": path});
        let text = format!("Wrote artifact {kind} to {path}");
        self.tell(&Entry::new(Level::Debug, "ArtifactWritten", text, data));
    }

    /// Shows a line of information.
    pub fn info(&self, text: &str) {
        self.line(Level::Info, "Note", text, serde_json::Map::new());
    }

    /// Shows a line that only `--debug` shows.
    pub fn debug(&self, text: &str) {
        self.line(Level::Debug, "Note", text, serde_json::Map::new());
    }

    /// Draws a message with its carets.
    pub fn diagnostic(&self, diagnostic: &Diagnostic) {
        let (mut data, words) = (json_lines::diagnostic(diagnostic), self.words_of(diagnostic));
        // dbt's own words beside the drawing: programs look for them.
        let drawn = match self.drawn(diagnostic) {
            drawn if diagnostic.words.is_some() && !drawn.contains(&words) => format!("{words}\n{drawn}"),
            drawn => drawn,
        };
        let heading = diagnostic.event.as_ref().and_then(|event| self.deprecations.heading(event.name));
        let drawn = match heading {
            Some(heading) if !drawn.contains(&heading) => format!("{heading}\n{drawn}"),
            _ => drawn,
        };
        let (level, name, message) = match (diagnostic.severity, &diagnostic.event) {
            // As in dbt, what is wrong with metrics is told before the error that it makes.
            (Severity::Error, Some(event)) if event.name == "SemanticValidationFailure" => {
                (Level::Error, event.name, words)
            }
            (Severity::Error, _) => {
                data.insert("exc".into(), words.into());
                (Level::Error, "MainEncounteredError", format!("Encountered an error:\n{drawn}"))
            }
            // Programs look for dbt's words, without a drawing around them.
            (Severity::Warning, Some(event)) => (Level::Warn, event.name, words),
            (Severity::Warning, None) => (Level::Warn, "Warning", drawn.clone()),
        };
        data.insert("msg".into(), anstream::adapter::strip_str(&message).to_string().into());
        self.tell(&Entry { level, name, message, data, shown: Shown::As(level, drawn) });
    }

    /// Returns dbt's words for a message.
    fn words_of(&self, diagnostic: &Diagnostic) -> String {
        let words = diagnostic.all_words();
        let event = diagnostic.event.as_ref();
        event.and_then(|event| self.deprecations.words(event.name, &words)).unwrap_or(words)
    }

    /// Returns a message with its carets, in the style of the terminal.
    pub fn drawn(&self, diagnostic: &Diagnostic) -> String {
        let style = if self.settings().options.is_coloured() { Style::Coloured } else { Style::Plain };
        let drawn = diagnostic::render(diagnostic, style);
        match diagnostic.severity {
            Severity::Error => format!("{}\n{drawn}", diagnostic.kind.title()),
            Severity::Warning => drawn,
        }
    }

    /// Shows a statement that was run for a node, or for none, and what came of it.
    pub fn statement(&self, record: &QueryRecord<'_>, node: Option<&Node>) {
        let about = |entry: Entry| match node {
            Some(node) => entry.about(&self.info_of(node, "executing", None)),
            None => entry,
        };
        if let Some(entry) = self.connections.take(Some(std::thread::current().id()), record.caller) {
            self.tell(&about(entry));
        }
        if let Some(entry) = connections::ended(record.caller, record.sql) {
            self.tell(&about(entry));
            if record.sql == "ROLLBACK" {
                return;
            }
        }
        let data = json!({"conn_name": record.caller, "sql": record.sql});
        let text = format!("Using duckdb connection \"{}\"", record.caller);
        let used = json!({"conn_type": "duckdb", "conn_name": record.caller});
        self.tell(&about(Entry::new(Level::Debug, "ConnectionUsed", text, used)));
        let text = format!("On {}: {}", record.caller, record.sql);
        self.tell(&about(Entry::new(Level::Debug, "SQLQuery", text, data).plain()));
        let seconds = record.elapsed.as_secs_f64();
        let entry = match record.outcome {
            Ok(response) => {
                let data = json!({"status": response.message, "elapsed": seconds, "query_id": ""});
                let text = format!("SQL status: {} in {seconds:.3} seconds", response.message);
                Entry::new(Level::Debug, "SQLQueryStatus", text, data)
            }
            Err(error) => {
                let text = format!("duckdb adapter: duckdb error: {}", error.message);
                let data =
                    json!({"name": "duckdb", "base_msg": format!("duckdb error: {}", error.message), "args": []});
                Entry::new(Level::Debug, "AdapterEventDebug", text, data)
            }
        };
        self.tell(&about(entry.plain()));
    }

    /// Returns `node_info` of a node with its state.
    fn info_of(&self, node: &Node, status: &str, finished: Option<chrono::DateTime<chrono::Utc>>) -> Value {
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
                self.tell(&Entry::new(level, "LogBatchResult", text, data).about(&info).plain());
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

    fn node_finished(&self, place: nodes::Place, node: &Node, result: &NodeResult) {
        let finished = (result.status != Status::Skipped).then(chrono::Utc::now);
        let info = self.info_of(node, result.status.as_str(), finished);
        let is_hook = node.resource_type == ResourceType::Operation;
        let entry = if is_hook {
            nodes::hook_finished(place, node, result, &info)
        } else {
            nodes::result(place, node, result, &self.settings().options.database).about(&info)
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

    fn with_bar(&self, action: impl FnOnce(&ProgressBar)) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            action(bar);
        }
    }

    fn around_bar(&self, action: impl FnOnce()) {
        match self.bar.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            Some(bar) => bar.suspend(action),
            None => action(),
        }
    }
}

impl Settings {
    fn json(&self, entry: &Entry) -> String {
        let line = json_lines::line((&self.options.invocation_id, &self.options.extra), entry);
        // A secret stands there as JSON writes it.
        let written = |secret: &String| serde_json::to_string(secret).unwrap_or_default();
        self.options.secrets.iter().fold(line, |line, secret| line.replace(written(secret).trim_matches('"'), STARS))
    }

    fn scrubbed(&self, text: &str) -> String {
        self.options.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), STARS))
    }

    fn to_file(&self, entry: &Entry) {
        let Some(file) = self.file.as_ref().filter(|file| file.takes(entry.level)) else { return };
        match file.format() {
            Format::Text => file.text(entry.level, &self.scrubbed(&entry.message)),
            Format::Json => file.write(&format!("{}\n", self.json(entry))),
        }
    }
}

impl ReportOptions {
    fn is_coloured(&self) -> bool {
        self.colour && anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
    }
}

fn to_stderr(text: &str, is_coloured: bool) {
    let choice = if is_coloured { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never };
    let mut stderr = anstream::AutoStream::new(std::io::stderr().lock(), choice);
    // There is nowhere left to complain when stderr is closed.
    let _ = writeln!(stderr, "{text}");
}
