//! Writes entries: to the terminal, as JSON lines, to the log file; always without secrets.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::ThreadId;

use indicatif::ProgressBar;
use serde_json::{Value, json};

use super::connections::Connections;
use super::{Deprecations, Entry, Format, Level, LogFile, ReportOptions, Shown, json_lines};

/// Shows what happens.
pub struct Reporter {
    settings: RwLock<Arc<Settings>>,
    pub(super) bar: Mutex<Option<ProgressBar>>,
    /// When the work on each node began.
    pub(super) started: Mutex<BTreeMap<String, String>>,
    /// What each worker thread has in its hands.
    pub(super) working: Mutex<HashMap<ThreadId, Value>>,
    began: AtomicBool,
    pub(super) connections: Connections,
    /// What is told of the groups of nodes, by the nodes' ids.
    pub(super) groups: Mutex<BTreeMap<String, Value>>,
    /// What was deprecated so far.
    pub deprecations: Deprecations,
}

/// What is shown instead of a secret.
const STARS: &str = "*****";

/// What is decided about the report at the moment.
pub(super) struct Settings {
    pub(super) options: ReportOptions,
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
            groups: Mutex::default(),
            deprecations: Deprecations::default(),
        }
    }

    /// Goes on by other options, with a log file: what the project says of both is known now.
    pub fn settle(&self, options: ReportOptions, file: Option<LogFile>) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Settings { options, file });
    }

    pub(super) fn settings(&self) -> Arc<Settings> {
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

    pub(super) fn with_bar(&self, action: impl FnOnce(&ProgressBar)) {
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

fn to_stderr(text: &str, is_coloured: bool) {
    let choice = if is_coloured { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never };
    let mut stderr = anstream::AutoStream::new(std::io::stderr().lock(), choice);
    // There is nowhere left to complain when stderr is closed.
    let _ = writeln!(stderr, "{text}");
}
