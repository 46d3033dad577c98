//! `run-operation`: calls a macro.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use crate::artifact::write_run_results;
use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line};
use crate::diagnostic::{Diagnostic, Kind};
use crate::project::parse_vars;
use crate::report::{Entry, Level};
use crate::resource::{Map, UniqueId};
use crate::run::{NodeResult, RunResults, Status, Timing, unreachable};
use crate::template::Arguments;

/// Runs the command.
pub fn run(workspace: &Workspace, line: &Line) -> Result<Done, CommandError> {
    workspace.write_manifest(&HashMap::new())?;
    let name = line.matches.get_one::<String>("macro").map_or("", String::as_str);
    let keyword = match line.matches.get_one::<String>("args") {
        Some(text) => parse_vars(text, &line.current)
            .map_err(|diagnostic| Diagnostic { title: diagnostic.title.replace("--vars", "--args"), ..diagnostic })?,
        None => Map::new(),
    };
    let root = workspace.setup.project.name.as_str();
    let (package, bare) = match name.split_once('.') {
        Some((package, bare)) => (Some(package), bare),
        None => (None, name),
    };
    let registry = workspace.engine.registry();
    let Some(found) = registry.find(package, bare, root) else {
        let names = registry.macros().map(|known| known.name.as_str());
        let title = format!("dbt could not find a macro with the name '{bare}' in any package");
        return Err(Diagnostic::error(Kind::Runtime, "E0170", title).with_nearest(bare, names).into());
    };
    let id = found.unique_id.clone();
    // In dbt, `model` is the macro itself.
    let model = serde_json::json!({
        "name": found.name,
        "unique_id": id.as_str(),
        "resource_type": "macro",
        "package_name": found.package,
        "path": found.original_file_path,
        "original_file_path": found.original_file_path,
    });
    let session = workspace.session()?;
    let compiler = workspace.compiler(Vec::new());
    session.serve(compiler.caller("macro", None)?);
    let context = compiler.text_context(
        &compiler.text_resolver_on(root, Some(&session)),
        Some(&session),
        BTreeMap::from([("model".to_owned(), model)]),
    );
    let started_at = Utc::now();
    let called = workspace.engine.call(&id, Arguments { positional: Vec::new(), keyword }, &context);
    let called = called.map_err(|failure| failure.into_diagnostic("E0171"));
    // As in dbt, a transaction that the macro left open is not kept: what `statement` began is for `adapter.commit()` to end.
    let closed = session.rollback();
    let committed = called.and_then(|_| closed.map_err(|error| unreachable(&error)));
    let status = if committed.is_ok() { Status::Success } else { Status::Error };
    write_result(workspace, id, status, started_at)?;
    match committed {
        Ok(()) => Ok(Done::Success),
        Err(diagnostic) => {
            let exc = diagnostic.all_words();
            let text = format!("Encountered an error while running operation: {exc}");
            let data = serde_json::json!({"exc": exc});
            let reporter = &workspace.setup.reporter;
            reporter.tell(&Entry::new(Level::Error, "RunningOperationCaughtError", text, data));
            reporter.diagnostic(&diagnostic);
            Ok(Done::Failure)
        }
    }
}

/// The macro's own result, as dbt writes it; `retry` looks for it.
fn write_result(
    workspace: &Workspace,
    id: UniqueId,
    status: Status,
    started_at: DateTime<Utc>,
) -> Result<(), CommandError> {
    let setup = &workspace.setup;
    if !setup.flags.is_on("write-json") {
        return Ok(());
    }
    let now = Utc::now();
    let timing = |name, started_at| Timing { name, started_at, completed_at: now };
    let seconds = (now - started_at).to_std().unwrap_or_default().as_secs_f64();
    let result = NodeResult {
        status,
        timing: vec![timing("compile", now), timing("execute", started_at)],
        thread_id: "MainThread".to_owned(),
        execution_time: seconds,
        failures: Some(i64::from(status == Status::Error)),
        ..NodeResult::skipped(id, None)
    };
    let results = RunResults { results: vec![result], elapsed_time: seconds, interrupted: false };
    let folder = setup.target_folder()?;
    write_run_results(&folder, &setup.stamp(), &results, &setup.args)?;
    setup.reporter.wrote("RunExecutionResult", &folder.join("run_results.json"));
    Ok(())
}
