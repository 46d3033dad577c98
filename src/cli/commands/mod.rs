//! One file per command.

mod clean;
mod compile;
mod debug;
mod deps;
mod docs;
mod export;
mod freshness;
mod idle;
mod init;
mod list;
mod news;
mod nodes;
mod operation;
mod parse;
mod retry;
mod serve;
mod show;

use super::bare::BareProject;
use super::event_time::EventTime;
use super::workspace::Workspace;
use super::{CommandError, Done, Line, explain};
use crate::report::Reporter;

/// Runs the command of a line.
///
/// # Errors
/// What stops a command before its nodes run; failures of nodes are [`Done::Failure`].
pub fn run(line: &Line, reporter: &Reporter) -> Result<Done, CommandError> {
    EventTime::read(line)?;
    compile::refuse_selection(line)?;
    match line.command.as_str() {
        "build" | "run" | "test" | "seed" | "snapshot" | "clone" => nodes::run(&Workspace::load(line)?, line),
        "compile" => compile::run(&Workspace::load(line)?, line),
        "show" => show::run(&Workspace::load(line)?, line),
        "list" => list::run(&Workspace::load(line)?, line),
        "export" => export::run(&Workspace::load(line)?, line),
        "parse" => parse::run(&Workspace::load(line)?),
        "run-operation" => operation::run(&Workspace::load(line)?, line),
        "docs generate" => docs::generate(&Workspace::load(line)?, line),
        "docs serve" => serve::run(&BareProject::load(line)?, line),
        "source freshness" => freshness::run(&Workspace::load(line)?, line),
        "retry" => retry::run(line, reporter),
        "debug" => debug::run(line, reporter),
        "clean" => clean::run(&BareProject::load(line)?, line),
        "deps" => deps::run(&BareProject::load(line)?, line),
        "init" => init::run(line, reporter),
        _ => explain::run(line, reporter),
    }
}
