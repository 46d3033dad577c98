//! `compile`: renders SQL without running it.

use std::collections::HashMap;
use std::fs;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};

use crate::adapter::Session;
use crate::artifact::{NodeOutput, write_run_results};
use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line, selection};
use crate::compile::{Compiled, Compiler};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, SourceFile};
use crate::report::{Entry, Level};
use crate::resource::{Node, ResourceType, UniqueId};
use crate::run::{NodeResult, RunResults, Status, Timing};
use crate::template::Failure;

/// Runs the command.
pub fn run(workspace: &Workspace, line: &Line) -> Result<Done, CommandError> {
    if let Some(sql) = line.matches.get_one::<String>("inline") {
        let compiled = inline(workspace, sql)?;
        return show(workspace, line, None, &compiled.sql);
    }
    let compiled = selected(workspace, line)?;
    for (name, compiled) in compiled.iter().filter(|(name, _)| is_named(line, name)) {
        show(workspace, line, Some(name), &compiled.sql)?;
    }
    Ok(Done::Success)
}

/// Returns whether the first thing that is selected names a node; as in dbt, only such nodes are shown.
pub fn is_named(line: &Line, name: &str) -> bool {
    let selected = line.own_args.get("select").and_then(|list| list.get(0)).and_then(serde_json::Value::as_str);
    selected.is_some_and(|text| text.contains(name))
}

/// Says, as dbt does, that SQL of the command line could not be read.
pub fn inline_mistake(workspace: &Workspace, failure: Failure) -> Diagnostic {
    let mut mistake = failure.into_diagnostic("E0605");
    if mistake.kind != Kind::Compilation {
        return mistake;
    }
    let project = &workspace.setup.project.name;
    if mistake.title.starts_with("depends on ") {
        let who = format!("Sql_Operation 'sql_operation.{project}.inline_query' (from remote system.sql)");
        mistake.title = format!("{who} {}", mistake.title);
    }
    let data = serde_json::json!({
        "exc": mistake.title,
        "node_info": {
            "materialized": "", "node_checksum": "", "node_finished_at": "", "node_name": "inline_query",
            "node_path": "sql/inline_query", "node_started_at": "", "node_status": "failed", "resource_type": "",
            "unique_id": format!("sqloperation.{project}.inline_query"),
        },
    });
    let text = format!("Error while parsing node: inline_query\n{}", mistake.title);
    workspace.setup.reporter.tell(&Entry::new(Level::Error, "ParseInlineNodeError", text, data));
    mistake.in_words("Error parsing inline query")
}

/// Compiles what is selected, with its artifacts; returns the nodes' names and what they came to.
pub fn selected(workspace: &Workspace, line: &Line) -> Result<Vec<(String, Arc<Compiled>)>, CommandError> {
    use ResourceType::{Analysis, Function, Model, Seed, Snapshot, Test};
    let chosen = selection::nodes(workspace, line, &[Model, Seed, Test, Analysis, Snapshot, Function])?;
    if chosen.is_empty() {
        let title = "Nothing to do. Try checking your model configs and model specification args";
        let warning = Diagnostic::warning(Kind::Runtime, "W0502", title).as_event("NothingToDo", []);
        workspace.setup.warn(warning.into())?;
    }
    let compiler = workspace.compiler(chosen.iter().map(ToString::to_string).collect());
    let session = if workspace.setup.flags.is_on("introspect") { Some(workspace.session()?) } else { None };
    let mut mistakes = Diagnostics::new();
    let mut outputs = HashMap::new();
    let mut results = Vec::new();
    let mut shown = Vec::new();
    let started = Instant::now();
    let is_asked = line.own_args.get("select").and_then(|list| list.as_array()).is_some_and(|list| !list.is_empty());
    for id in workspace.graph.order().iter().filter(|id| chosen.contains(*id)) {
        let Some(node) = workspace.manifest.nodes.get(id) else { continue };
        let began = (Instant::now(), Utc::now());
        match compile(workspace, &compiler, node, session.as_ref())? {
            Ok(compiled) => {
                // As in dbt, ephemeral models are among the results when they are asked for.
                if is_asked || !node.is_ephemeral() {
                    results.push(node_result(node, &compiled, began));
                }
                if node.resource_type != Seed {
                    outputs.insert(id.clone(), output(&compiled));
                    shown.push((node.name.clone(), compiled));
                }
            }
            Err(diagnostic) => mistakes.extend([diagnostic]),
        }
    }
    workspace.write_manifest(&outputs)?;
    if !mistakes.is_empty() {
        return Err(mistakes.into());
    }
    write_results(workspace, results, started)?;
    Ok(shown)
}

/// Refuses `--inline` beside a selection, which would say nothing then.
///
/// # Errors
/// When both are given.
pub(super) fn refuse_selection(line: &Line) -> Result<(), CommandError> {
    if line.own_args.get("inline").is_none_or(serde_json::Value::is_null) {
        return Ok(());
    }
    let is_given = |name: &&&str| {
        line.own_args.get(**name).is_some_and(|value| value.as_array().is_none_or(|list| !list.is_empty()))
    };
    match ["select", "selector"].iter().find(is_given) {
        None => Ok(()),
        Some(other) => {
            let title = format!("inline: not allowed with argument {other}");
            Err(Diagnostic::error(Kind::Usage, "E0175", title).into())
        }
    }
}

/// Compiles SQL of the command line; as in dbt, it is a node among the results.
fn inline(workspace: &Workspace, sql: &str) -> Result<Compiled, CommandError> {
    let began = (Instant::now(), Utc::now());
    let file = SourceFile::new("<--inline>", sql);
    let session = workspace.session()?;
    let compiled = workspace.compiler(Vec::new()).compile_text(&file, Some(&session));
    let compiled = compiled.map_err(|failure| inline_mistake(workspace, failure))?;
    let id = UniqueId::new(ResourceType::SqlOperation, &workspace.setup.project.name, "inline_query");
    let result = result(id, began);
    write_results(workspace, vec![NodeResult { compiled_code: Some(compiled.sql.clone()), ..result }], began.0)?;
    workspace.write_manifest(&HashMap::new())?;
    Ok(compiled)
}

/// Writes the results of nodes that were not built.
pub fn write_results(workspace: &Workspace, results: Vec<NodeResult>, started: Instant) -> Result<(), CommandError> {
    let setup = &workspace.setup;
    if !setup.flags.is_on("write-json") {
        return Ok(());
    }
    let elapsed_time = started.elapsed().as_secs_f64();
    let results = RunResults { results, elapsed_time, interrupted: false };
    Ok(write_run_results(&setup.target_folder()?, &setup.stamp(), &results, &setup.args)?)
}

fn node_result(node: &Node, compiled: &Compiled, began: (Instant, DateTime<Utc>)) -> NodeResult {
    NodeResult {
        compiled_code: (node.resource_type != ResourceType::Seed).then(|| compiled.sql.clone()),
        relation_name: node.relation.as_ref().map(crate::resource::Relation::render),
        ..result(node.unique_id.clone(), began)
    }
}

/// Returns the result of something that was compiled since a moment.
pub fn result(id: UniqueId, (started, started_at): (Instant, DateTime<Utc>)) -> NodeResult {
    let timing = |name| Timing { name, started_at, completed_at: Utc::now() };
    NodeResult {
        status: Status::Success,
        timing: vec![timing("compile"), timing("execute")],
        thread_id: "MainThread".to_owned(),
        execution_time: started.elapsed().as_secs_f64(),
        ..NodeResult::skipped(id, None)
    }
}

type Outcome = Result<Arc<Compiled>, crate::diagnostic::Diagnostic>;

fn compile(
    workspace: &Workspace,
    compiler: &Compiler,
    node: &Node,
    session: Option<&Arc<Session>>,
) -> Result<Outcome, CommandError> {
    if node.resource_type == ResourceType::Seed {
        return Ok(Ok(Arc::new(Compiled::plain(""))));
    }
    if let Some(session) = session {
        session.serve(compiler.caller("", Some(node))?);
    }
    let compiled = match compiler.compile(node, session) {
        Ok(compiled) => Arc::new(compiled),
        Err(failure) => return Ok(Err(failure.into_diagnostic("E0605"))),
    };
    let path = workspace.setup.target_folder()?.join("compiled").join(node.output_path());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&path, &compiled.sql)?;
    Ok(Ok(compiled))
}

/// Returns what manifest.json says of compiled code.
pub fn output(compiled: &Compiled) -> NodeOutput {
    let ctes = compiled.ctes.iter().map(|cte| (cte.id.clone(), format!(" {} as (\n{}\n)", cte.name, cte.sql)));
    NodeOutput {
        compiled_code: compiled.sql.clone(),
        extra_ctes: ctes.collect(),
        foreign_keys: compiled.foreign_keys.clone(),
    }
}

/// Returns what manifest.json says of all compiled nodes of a run.
pub fn outputs(compiled: &HashMap<UniqueId, Arc<Compiled>>) -> HashMap<UniqueId, NodeOutput> {
    compiled.iter().map(|(id, compiled)| (id.clone(), output(compiled))).collect()
}

/// Shows compiled SQL: of the node of that name, or of the command line.
fn show(workspace: &Workspace, line: &Line, name: Option<&str>, sql: &str) -> Result<Done, CommandError> {
    let reporter = &workspace.setup.reporter;
    let told = |format: &str| {
        let name = name.unwrap_or("inline_query");
        serde_json::json!({"node_name": name, "compiled": sql, "is_inline": name == "inline_query", "output_format": format})
    };
    if line.matches.get_one::<String>("output").is_some_and(|format| format == "json") {
        let shown = match name {
            Some(name) => serde_json::json!({"node": name, "compiled": sql}),
            None => serde_json::json!({"compiled": sql}),
        };
        let entry = Entry::new(Level::Info, "CompiledNode", format!("{shown:#}"), told("json"));
        reporter.output(&entry, None, &format!("{shown:#}\n"))?;
    } else {
        let what = name.map_or_else(|| "inline node".to_owned(), |name| format!("node '{name}'"));
        let heading = format!("Compiled {what} is:");
        let entry = Entry::new(Level::Info, "CompiledNode", format!("{heading}\n{sql}"), told("text"));
        reporter.output(&entry, Some(&heading), &format!("{sql}\n"))?;
    }
    Ok(Done::Success)
}
