//! `compile`: renders SQL without running it.

use std::collections::HashMap;
use std::fs;
use std::sync::Arc;

use crate::adapter::Session;
use crate::artifact::NodeOutput;
use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line, selection};
use crate::compile::{Compiled, Compiler};
use crate::diagnostic::{Diagnostics, SourceFile};
use crate::resource::{Node, ResourceType, UniqueId};

/// Runs the command.
pub fn run(workspace: &Workspace, line: &Line) -> Result<Done, CommandError> {
    if let Some(sql) = line.matches.get_one::<String>("inline") {
        let file = SourceFile::new("<--inline>", sql.as_str());
        let session = workspace.session()?;
        let compiled = workspace.compiler(Vec::new()).compile_text(&file, Some(&session));
        let compiled = compiled.map_err(|failure| failure.into_diagnostic("E0605"))?;
        return show(workspace, line, "inline_query", &compiled.sql);
    }
    let kinds = [ResourceType::Model, ResourceType::Test, ResourceType::Analysis, ResourceType::Snapshot];
    let chosen = selection::nodes(workspace, line, &kinds)?;
    let selected = chosen.iter().map(ToString::to_string).collect();
    let compiler = workspace.compiler(selected);
    let session = if workspace.setup.flags.is_on("introspect") { Some(workspace.session()?) } else { None };
    let mut mistakes = Diagnostics::new();
    let mut outputs = HashMap::new();
    let mut last = None;
    for id in &chosen {
        let Some(node) = workspace.manifest.nodes.get(id) else { continue };
        match compile(workspace, &compiler, node, session.as_ref())? {
            Ok(compiled) => {
                outputs.insert(id.clone(), output(&compiled));
                last = Some((node, compiled));
            }
            Err(diagnostic) => mistakes.extend([diagnostic]),
        }
    }
    workspace.write_manifest(&outputs)?;
    if !mistakes.is_empty() {
        return Err(mistakes.into());
    }
    match last {
        Some((node, compiled)) if chosen.len() == 1 => show(workspace, line, &node.name, &compiled.sql),
        _ => Ok(Done::Success),
    }
}

type Outcome = Result<Arc<Compiled>, crate::diagnostic::Diagnostic>;

fn compile(
    workspace: &Workspace,
    compiler: &Compiler,
    node: &Node,
    session: Option<&Arc<Session>>,
) -> Result<Outcome, CommandError> {
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

fn show(workspace: &Workspace, line: &Line, name: &str, sql: &str) -> Result<Done, CommandError> {
    let reporter = &workspace.setup.reporter;
    if line.matches.get_one::<String>("output").is_some_and(|format| format == "json") {
        let shown = serde_json::json!({"node": name, "compiled": sql});
        reporter.data(&format!("{shown:#}\n"))?;
    } else {
        reporter.info(&format!("Compiled `{name}` is:"));
        reporter.data(&format!("{sql}\n"))?;
    }
    Ok(Done::Success)
}
