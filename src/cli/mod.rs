//! Arguments of the command line and one file per command.
//!
//! The only place that reads the environment, the clock and the current folder; everything below is given them.

mod arguments;
mod bare;
mod command;
mod commands;
mod counts;
mod database;
mod environment;
mod event_time;
mod explain;
mod flags;
mod invocation;
mod opening;
mod reporting;
mod selection;
mod setup;
mod usage;
mod warnings;
mod workspace;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use clap::ArgMatches;

use crate::adapter::duckdb::LIBRARY_VERSION;
use crate::artifact::{ArtifactError, DBT_VERSION};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::report::{Entry, Level, ReportOptions, Reporter};
use crate::resource::Map;
use crate::state::PreviousRun;

pub use command::martlet;
pub use flags::Flags;

/// A command line, with all that the program takes from its surroundings.
pub struct Line {
    /// The command's name.
    pub command: String,
    /// Its own arguments.
    pub matches: ArgMatches,
    /// Those arguments as artifacts show them.
    pub own_args: Map,
    /// Flags of the command line and the environment.
    pub flags: Flags,
    /// The whole line.
    pub text: String,
    /// The environment variables.
    pub environment: BTreeMap<String, String>,
    /// The current folder.
    pub current: PathBuf,
    /// UUID of this run of the program.
    pub invocation_id: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Shows what happens.
    pub reporter: Arc<Reporter>,
    /// For a command that `retry` repeats: what it left undone.
    pub retried: Option<PreviousRun>,
}

/// How a command ended that did not break off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Exit code 0.
    Success,
    /// A node or a test failed: exit code 1.
    Failure,
    /// The user ended it: exit code 130.
    Interrupted,
}

/// Why a command broke off: exit code 2, or 1 where dbt has it so.
#[derive(Debug)]
pub struct CommandError {
    /// The messages.
    pub diagnostics: Diagnostics,
}

impl CommandError {
    /// Returns whether there is nothing but warnings that were asked to end commands.
    pub fn is_warning(&self) -> bool {
        self.diagnostics.clone().into_iter().all(|diagnostic| diagnostic.code.starts_with('W'))
    }
}

impl From<Diagnostics> for CommandError {
    fn from(diagnostics: Diagnostics) -> Self {
        Self { diagnostics }
    }
}

impl From<Diagnostic> for CommandError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: diagnostic.into() }
    }
}

impl From<Box<Diagnostic>> for CommandError {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self { diagnostics: (*diagnostic).into() }
    }
}

impl From<ArtifactError> for CommandError {
    fn from(error: ArtifactError) -> Self {
        Diagnostic::error(Kind::Runtime, "E0167", error.to_string()).into()
    }
}

impl From<std::io::Error> for CommandError {
    fn from(error: std::io::Error) -> Self {
        Diagnostic::error(Kind::Runtime, "E0168", format!("cannot write the output: {error}")).into()
    }
}

/// Runs a command line and returns the program's exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let matches = match martlet().try_get_matches_from(&arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // Help goes to stdout with code 0, mistakes to stderr with code 2; nothing can be done when neither is open.
            let _ = error.print();
            if let Some(words) = usage::words(&error) {
                Reporter::new(ReportOptions::default(), None).info(&words);
            }
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let line = line(&arguments, &matches);
    let reporter = Arc::clone(&line.reporter);
    reporter.settle(line.report_options(&line.flags), None);
    if matches.get_flag("version") {
        let text =
            format!("martlet {} (dbt language {DBT_VERSION}, DuckDB {LIBRARY_VERSION})\n", env!("CARGO_PKG_VERSION"));
        return exit_code(&reporter, reporter.data(&text).map(|()| Done::Success).map_err(CommandError::from));
    }
    if line.command.is_empty() {
        let _ = martlet().print_help();
        return ExitCode::SUCCESS;
    }
    let started = Instant::now();
    // Flags that contradict each other are told before anything is read.
    let outcome = match warnings::WarnPolicy::read(&line.flags) {
        Ok(_) => commands::run(&line, &reporter),
        Err(diagnostic) => Err(diagnostic.into()),
    };
    let is_success = matches!(outcome, Ok(Done::Success));
    let code = exit_code(&reporter, outcome);
    completed(&line, is_success, started);
    code
}

/// Tells programs how the command ended and how long it took.
fn completed(line: &Line, is_success: bool, started: Instant) {
    let (now, elapsed) = (Utc::now(), started.elapsed().as_secs_f64());
    let command = format!("dbt {}", line.command);
    let word = if is_success { "succeeded" } else { "failed" };
    let text = format!("Command `{command}` {word} at {} after {elapsed:.2} seconds", now.format("%H:%M:%S%.6f"));
    if let Some(summary) = line.reporter.deprecations.summary() {
        line.reporter.tell(&summary);
    }
    let data = serde_json::json!({
        "command": command,
        "success": is_success,
        "completed_at": now.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        "elapsed": elapsed,
    });
    line.reporter.tell(&Entry::new(Level::Debug, "CommandCompleted", text, data));
}

fn exit_code(reporter: &Reporter, outcome: Result<Done, CommandError>) -> ExitCode {
    match outcome {
        Ok(Done::Success) => ExitCode::SUCCESS,
        Ok(Done::Failure) => ExitCode::from(1),
        Ok(Done::Interrupted) => ExitCode::from(130),
        Err(error) => {
            for diagnostic in error.diagnostics.into_sorted() {
                reporter.diagnostic(&diagnostic);
            }
            ExitCode::from(2)
        }
    }
}

fn line(arguments: &[OsString], matches: &ArgMatches) -> Line {
    let lossy = |text: OsString| text.to_string_lossy().into_owned();
    let mut environment: BTreeMap<String, String> =
        std::env::vars_os().map(|(name, value)| (lossy(name), lossy(value))).collect();
    flags::name_twice(&mut environment);
    let (mut command, mut own) = (String::new(), matches);
    // `docs generate` and `source freshness` are commands of two words.
    while let Some((word, inner)) = own.subcommand() {
        command = if command.is_empty() { word.to_owned() } else { format!("{command} {word}") };
        own = inner;
    }
    let own = own.clone();
    let text: Vec<String> = arguments.iter().skip(1).map(|part| lossy(part.clone())).collect();
    Line {
        flags: Flags::new(&own, &environment),
        own_args: selection::own_args(&command, &own),
        text: format!("martlet {}", text.join(" ")),
        command,
        matches: own,
        environment,
        current: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        invocation_id: uuid::Uuid::new_v4().to_string(),
        started_at: Utc::now(),
        reporter: Arc::new(Reporter::new(ReportOptions::default(), None)),
        retried: None,
    }
}
