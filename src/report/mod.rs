//! Events into terminal lines or JSON lines; the only module that prints.
//!
//! Data that a program reads goes to stdout; everything else to stderr, except that JSON log lines are data too.

mod batch;
mod catalogue;
mod json;
mod log_file;
mod summary;
mod text;

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::adapter::QueryRecord;
use crate::diagnostic::{self, Diagnostic, Severity, Style};
use crate::resource::Node;
use crate::run::{Event, RunResults, Status};

pub use log_file::{LogFile, LogFileOptions};
pub use summary::{Failure, KindCount};
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
    /// How paths of compiled SQL are shown: the target folder.
    pub target_path: String,
}

/// Shows what happens.
pub struct Reporter {
    options: ReportOptions,
    file: Option<LogFile>,
    bar: Mutex<Option<ProgressBar>>,
}

impl Reporter {
    /// Makes a reporter; `file` takes every line too.
    pub fn new(options: ReportOptions, file: Option<LogFile>) -> Self {
        Self { options, file, bar: Mutex::new(None) }
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
        match self.options.format {
            Format::Text => self.around_bar(|| {
                // A closed stdout is the reader's choice.
                let _ = self.data(&format!("{text}\n"));
            }),
            Format::Json => self.line(Level::Info, "PrintEvent", text, serde_json::Map::new()),
        }
    }

    /// Shows a line.
    pub fn line(&self, level: Level, name: &str, text: &str, data: serde_json::Map<String, serde_json::Value>) {
        if let Some(file) = &self.file {
            self.to_file(file, (level, name, text), &data);
        }
        if level < self.options.level {
            return;
        }
        match self.options.format {
            Format::Text => self.around_bar(|| self.to_stderr(text)),
            Format::Json => {
                let line = json::line(&self.options.invocation_id, level, name, text, data);
                let _ = self.data(&format!("{line}\n"));
            }
        }
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
        let level = match diagnostic.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warn,
        };
        let style = if self.is_coloured() { Style::Coloured } else { Style::Plain };
        let drawn = diagnostic::render(diagnostic, style);
        let unnamed = if level == Level::Error { "MainEncounteredError" } else { "Warning" };
        let name = diagnostic.event.as_ref().filter(|_| level == Level::Warn).map_or(unnamed, |event| event.name);
        let text = match level {
            Level::Error => format!("{}\n{drawn}", diagnostic.kind.title()),
            _ => drawn,
        };
        self.line(level, name, &text, json::diagnostic(diagnostic));
    }

    /// Shows a statement that was run for a node, or for none, and what came of it.
    pub fn statement(&self, record: &QueryRecord<'_>, node: Option<&Node>) {
        let mut data = node.map(|node| json::node(node, None)).unwrap_or_default();
        let mut query = data.clone();
        query.insert("conn_name".into(), record.caller.into());
        query.insert("sql".into(), record.sql.into());
        self.line(Level::Debug, "SQLQuery", &format!("On {}: {}", record.caller, record.sql), query);
        let seconds = record.elapsed.as_secs_f64();
        match record.outcome {
            Ok(response) => {
                data.insert("status".into(), response.message.as_str().into());
                data.insert("elapsed".into(), seconds.into());
                data.insert("query_id".into(), "".into());
                let text = format!("SQL status: {} in {seconds:.3} seconds", response.message);
                self.line(Level::Debug, "SQLQueryStatus", &text, data);
            }
            Err(error) => {
                let text = format!("duckdb adapter: duckdb error: {}", error.message);
                self.line(Level::Debug, "AdapterEventDebug", &text, data);
            }
        }
    }

    /// Shows what the nodes do.
    pub fn event(&self, event: &Event<'_>) {
        match event {
            Event::Started { total, threads } => self.start(*total, *threads),
            Event::NodeStarted { index, total, node, .. } => {
                let text = text::started(*index, *total, node);
                self.line(Level::Debug, "LogStartLine", &text, json::node(node, None));
                self.with_bar(|bar| bar.set_message(node.search_name()));
            }
            Event::NodeFinished { index, total, node, result } => {
                let text = text::finished(*index, *total, node, result);
                let level = if result.status.is_failure() { Level::Error } else { Level::Info };
                self.line(level, json::result_event(node, result), &text, json::node(node, Some(result)));
                if let Some(diagnostic) = &result.diagnostic {
                    self.diagnostic(diagnostic);
                }
                self.with_bar(|bar| bar.inc(1));
            }
            Event::BatchStarted { number, total, node, batch, placement } => {
                let text = batch::placed(node, batch, *placement);
                self.line(Level::Debug, "MicrobatchExecutionDebug", &text, serde_json::Map::new());
                let text = batch::started((*number, *total), node, batch);
                let data = json::batch((*number, *total), node, None);
                self.line(Level::Info, "LogStartBatch", &text, data);
            }
            Event::BatchFinished { number, total, node, batch, result } => {
                let text = batch::finished((*number, *total), node, batch, result);
                let level = if result.status == Status::Error { Level::Error } else { Level::Info };
                let data = json::batch((*number, *total), node, Some(result));
                self.line(level, "LogBatchResult", &text, data);
                if let Some(diagnostic) = &result.diagnostic {
                    self.diagnostic(diagnostic);
                }
            }
            Event::Finished => {
                if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
                    bar.finish_and_clear();
                }
            }
        }
    }

    /// Shows the table of counts, each failure again, and dbt's closing line.
    pub fn summary(&self, results: &RunResults, failures: &[Failure], counts: &[KindCount]) {
        for failure in failures {
            self.line(Level::Error, "RunResultError", &summary::failure(failure), serde_json::Map::new());
        }
        for line in summary::closing(results, counts) {
            self.line(Level::Info, "StatsLine", &line, serde_json::Map::new());
        }
    }

    fn start(&self, total: usize, threads: usize) {
        let text = format!("Running {} on {}", text::count(total, "node"), text::count(threads, "thread"));
        self.line(Level::Debug, "ConcurrencyLine", &text, serde_json::Map::new());
        let shows_bar =
            self.options.format == Format::Text && self.options.level <= Level::Info && std::io::stderr().is_terminal();
        if shows_bar {
            let style = ProgressStyle::with_template("  Running {bar:24} {pos}/{len} {elapsed} {msg}");
            let bar = ProgressBar::new(total as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(100));
            *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar);
        }
    }

    fn to_file(
        &self,
        file: &LogFile,
        (level, name, text): (Level, &str, &str),
        data: &serde_json::Map<String, serde_json::Value>,
    ) {
        match file.format() {
            _ if !file.takes(level) => {}
            Format::Text => file.text(level, text),
            Format::Json => {
                let line = json::line(&self.options.invocation_id, level, name, text, data.clone());
                file.write(&format!("{line}\n"));
            }
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

    fn is_coloured(&self) -> bool {
        self.options.colour && anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
    }

    fn to_stderr(&self, text: &str) {
        let choice = if self.is_coloured() { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never };
        let mut stderr = anstream::AutoStream::new(std::io::stderr().lock(), choice);
        // There is nowhere left to complain when stderr is closed.
        let _ = writeln!(stderr, "{text}");
    }
}
