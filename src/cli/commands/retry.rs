//! `retry`: repeats the last command for the nodes that failed or were skipped, with the flags of then.

use std::ffi::OsString;
use std::sync::Arc;

use clap::Arg;

use super::super::{CommandError, Done, Line, flags, line, martlet};
use crate::cli::setup::ProjectSetup;
use crate::diagnostic::{Diagnostic, Kind};
use crate::report::Reporter;
use crate::resource::Value;
use crate::state::{PreviousRun, Warned};

/// The commands that can be repeated, by the names in artifacts, with their words on the command line.
const COMMANDS: [(&str, &[&str]); 9] = [
    ("build", &["build"]),
    ("clone", &["clone"]),
    ("compile", &["compile"]),
    ("generate", &["docs", "generate"]),
    ("run", &["run"]),
    ("run-operation", &["run-operation"]),
    ("seed", &["seed"]),
    ("snapshot", &["snapshot"]),
    ("test", &["test"]),
];

/// Flags that are those of this command, and not of the one before.
const OWN: [&str; 6] = ["log-path", "profiles-dir", "project-dir", "defer-state", "target-path", "warn-error"];

/// Flags that this command may give anew.
const OVERRIDABLE: [&str; 2] = ["vars", "threads"];

/// Runs the command.
pub fn run(current: &Line, reporter: &Reporter) -> Result<Done, CommandError> {
    let setup = ProjectSetup::load(current)?;
    let target = setup.project.target_path.to_string_lossy().into_owned();
    let shown = setup.flags.setting("state").unwrap_or(&target);
    let warned = if setup.flags.is_on("warn-error") { Warned::Retried } else { Warned::Passed };
    let previous = PreviousRun::load(shown, &setup.project.root, warned)?;
    if previous.command == "run-operation" && previous.ids.is_empty() {
        return Ok(Done::Success);
    }
    let mut repeated = repeated(current, &previous)?;
    // The results of this state were what was asked for; the command itself has the state that it had.
    repeated.retried = (previous.command != "run-operation").then_some(previous);
    drop(setup);
    super::run(&repeated, reporter)
}

/// Returns the command line of the run before, as far as it counts, with this one's own flags.
fn repeated(current: &Line, previous: &PreviousRun) -> Result<Line, CommandError> {
    let Some((_, words)) = COMMANDS.iter().find(|(name, _)| *name == previous.command) else {
        let title = format!("the command `{}` cannot be repeated", previous.command);
        return Err(Diagnostic::error(Kind::Runtime, "E0178", title).into());
    };
    let mut root = martlet();
    root.build();
    let command = words.iter().try_fold(&root, |command, word| command.find_subcommand(word));
    let Some(command) = command else {
        let title = format!("the command `{}` is not there", words.join(" "));
        return Err(Diagnostic::error(Kind::Runtime, "E0178", title).into());
    };
    let mut arguments: Vec<String> = vec!["martlet".to_owned()];
    arguments.extend(words.iter().map(|word| (*word).to_owned()));
    for arg in command.get_arguments() {
        arguments.extend(texts(arg, current, previous));
    }
    let arguments: Vec<OsString> = arguments.into_iter().map(OsString::from).collect();
    let matches = root.try_get_matches_from(&arguments).map_err(|error| {
        let title = format!("the command of the run before cannot be repeated: {}", error.kind());
        CommandError::from(Diagnostic::error(Kind::Runtime, "E0178", title).with_note(error.to_string()))
    })?;
    let made = line(&arguments, &matches);
    Ok(Line {
        text: current.text.clone(),
        invocation_id: current.invocation_id.clone(),
        started_at: current.started_at,
        reporter: Arc::clone(&current.reporter),
        ..made
    })
}

/// Returns how an argument was given, in words of the command line.
fn texts(arg: &Arg, current: &Line, previous: &PreviousRun) -> Vec<String> {
    let id = arg.get_id().as_str();
    if flags::is_negation(id) {
        return Vec::new();
    }
    let is_given_anew = OVERRIDABLE.contains(&id) && current.own_args.contains_key(&id.replace('-', "_"));
    if OWN.contains(&id) || is_given_anew {
        return match (current.flags.setting(id), current.flags.given(id)) {
            (Some(text), _) => vec![format!("--{id}={text}")],
            (None, Some(true)) => vec![format!("--{id}")],
            (None, Some(false)) => vec![format!("--no-{id}")],
            (None, None) => Vec::new(),
        };
    }
    let key = id.replace('-', "_");
    let value = previous.args.get(&key).or_else(|| previous.args.get(&format!("{key}s")));
    let takes_value = arg.get_action().takes_values();
    match value {
        Some(Value::Bool(true)) if !takes_value => vec![format!("--{id}")],
        Some(Value::Bool(false)) if !takes_value && current.flags.is_switch(id) => vec![format!("--no-{id}")],
        Some(value) if takes_value => plain(value).into_iter().map(|text| named(arg, id, text)).collect(),
        _ => Vec::new(),
    }
}

fn named(arg: &Arg, id: &str, text: String) -> String {
    if arg.is_positional() { text } else { format!("--{id}={text}") }
}

/// Returns the values in an entry of `args`; mappings are written as JSON, which is YAML too.
fn plain(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Object(map)
            if map.values().all(|value| value.is_null() || value.as_array().is_some_and(Vec::is_empty)) =>
        {
            Vec::new()
        }
        Value::Array(items) => items.iter().flat_map(plain).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}
