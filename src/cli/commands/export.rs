//! `export`, also at the end of `build`: writes the marts to files.

use std::collections::BTreeSet;

use crate::adapter::Session;
use crate::adapter::duckdb::DuckdbAdapter;
use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line, selection};
use crate::diagnostic::{Diagnostic, Kind};
use crate::export::{ExportItem, Format, RunStamp, publish};
use crate::resource::{Node, ResourceType, UniqueId, Value};
use crate::run::{RunResults, Status};

/// Runs the command: exports the selected models that are configured for it, as they stand in the database.
pub fn run(workspace: &Workspace, line: &Line) -> Result<Done, CommandError> {
    let chosen = selection::nodes(workspace, line, &[ResourceType::Model, ResourceType::Seed, ResourceType::Snapshot])?;
    let items = items(workspace, &chosen)?;
    if items.is_empty() {
        workspace.setup.reporter.info("Nothing selected is configured for export");
        return Ok(Done::Success);
    }
    let session = workspace.session()?;
    write(workspace, &items, &session)?;
    Ok(Done::Success)
}

/// Exports what a build made, when all of it went well.
pub fn after_build(
    workspace: &Workspace,
    chosen: &BTreeSet<UniqueId>,
    results: &RunResults,
    adapter: &DuckdbAdapter,
) -> Result<(), CommandError> {
    let built = |id: &&UniqueId| {
        results.results.iter().any(|result| result.unique_id == **id && result.status == Status::Success)
    };
    let built: BTreeSet<UniqueId> = chosen.iter().filter(built).cloned().collect();
    let items = items(workspace, &built)?;
    if items.is_empty() {
        return Ok(());
    }
    let session = workspace.session_on(adapter)?;
    write(workspace, &items, &session)
}

/// Says that a build which did not go well exports nothing, when there is something to export.
pub fn held_back(workspace: &Workspace, chosen: &BTreeSet<UniqueId>) -> Result<(), CommandError> {
    if !items(workspace, chosen)?.is_empty() {
        workspace.setup.reporter.info("Nothing was exported, because not everything passed");
    }
    Ok(())
}

fn items(workspace: &Workspace, chosen: &BTreeSet<UniqueId>) -> Result<Vec<ExportItem>, CommandError> {
    let nodes = chosen.iter().filter_map(|id| workspace.manifest.nodes.get(id));
    let mut items = Vec::new();
    for node in nodes {
        items.extend(item(node)?);
    }
    Ok(items)
}

/// Returns how a node is exported by its `export` config: a format, or a mapping with `format`; nothing when it has none.
fn item(node: &Node) -> Result<Option<ExportItem>, Diagnostic> {
    let Some(relation) = node.relation.clone() else { return Ok(None) };
    let wrong = |shown: &str| {
        Diagnostic::error(
            Kind::Parsing,
            "E0175",
            format!("`{shown}` is not a format that `{}` can be exported in", node.name),
        )
        .at(crate::compile::head(node), "is configured here or in a properties file")
        .with_help("use csv, parquet or json")
    };
    let format = match node.config.value("export") {
        None | Some(Value::Bool(false)) => return Ok(None),
        Some(Value::Bool(true)) => "csv",
        Some(Value::String(format)) => format.as_str(),
        Some(Value::Object(map)) => map.get("format").and_then(Value::as_str).unwrap_or("csv"),
        Some(other) => return Err(wrong(&other.to_string())),
    };
    let format = match format.to_lowercase().as_str() {
        "csv" => Format::Csv,
        "parquet" => Format::Parquet,
        "json" => Format::Json,
        _ => return Err(wrong(format)),
    };
    Ok(Some(ExportItem { name: node.alias.clone(), relation, format, order_by: node.config.texts("grain") }))
}

fn write(workspace: &Workspace, items: &[ExportItem], session: &Session) -> Result<(), CommandError> {
    let setup = &workspace.setup;
    let folder = setup.project.root.join("exports");
    let stamp = RunStamp {
        run_id: setup.invocation.invocation_id.clone(),
        exported_at: setup.invocation.run_started_at,
        as_of: as_of(setup),
    };
    let published = publish(session, items, &folder, &stamp)?;
    let rows: u64 = published.iter().map(|file| file.rows).sum();
    let rows = crate::report::count(usize::try_from(rows).unwrap_or(usize::MAX), "row");
    setup.reporter.info(&format!("Exported {} with {rows} to exports/", crate::report::count(published.len(), "file")));
    Ok(())
}

/// Returns the time that the data stand for, when the project has a var of that name that says so.
fn as_of(setup: &crate::cli::workspace::ProjectSetup) -> Option<String> {
    let invocation = &setup.invocation;
    let project_vars = invocation.project_vars.get(&invocation.project_name);
    let value = invocation.cli_vars.get("as_of").or_else(|| project_vars?.get("as_of"))?;
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
