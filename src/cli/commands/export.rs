//! `export`, also at the end of `build`: writes the marts to files.

use std::collections::{BTreeMap, BTreeSet};

use crate::adapter::Session;
use crate::adapter::duckdb::DuckdbAdapter;
use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line, selection};
use crate::diagnostic::{Diagnostic, Kind};
use crate::export::{ExportItem, FileFormat, Format, Formulas, RunStamp, publish};
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

/// What is exported, by folder.
type Items = BTreeMap<String, Vec<ExportItem>>;

fn items(workspace: &Workspace, chosen: &BTreeSet<UniqueId>) -> Result<Items, CommandError> {
    let nodes = chosen.iter().filter_map(|id| workspace.manifest.nodes.get(id));
    let mut all = Items::new();
    for node in nodes {
        let items = node_items(node)?;
        if !items.is_empty() {
            all.entry(folder(node)?).or_default().extend(items);
        }
    }
    Ok(all)
}

/// Returns the folder that a node is exported to, relative to the project: `exports`, or what the mapping's `folder` says.
fn folder(node: &Node) -> Result<String, Diagnostic> {
    let Some(value) = node.config.value("export").and_then(|export| export.get("folder")) else {
        return Ok("exports".to_owned());
    };
    let stays_inside = |folder: &&str| {
        let mut parts = std::path::Path::new(folder).components();
        !folder.is_empty() && parts.all(|part| matches!(part, std::path::Component::Normal(_)))
    };
    value.as_str().filter(stays_inside).map(str::to_owned).ok_or_else(|| {
        misconfigured(
            node,
            format!("`{}` is not a folder inside the project that `{}` can be exported to", value, node.name),
        )
        .with_help("name a folder relative to the project, such as `reports`")
    })
}

/// Returns how a node is exported by its `export` config: `true`, a format, a list of formats, or a mapping with `format`,
/// `formulas` and `name`; nothing when it has none.
fn node_items(node: &Node) -> Result<Vec<ExportItem>, Diagnostic> {
    let Some(relation) = &node.relation else { return Ok(Vec::new()) };
    let (formats, formulas) = match node.config.value("export") {
        None | Some(Value::Bool(false) | Value::Null) => return Ok(Vec::new()),
        Some(Value::Object(map)) => (map.get("format"), formulas(node, map.get("formulas"))?),
        Some(other) => (Some(other), Formulas::Kept),
    };
    let formats = formats_of(node, formats)?;
    let export = node.config.value("export");
    let name = export.and_then(|export| export.get("name")).and_then(Value::as_str).unwrap_or(&node.alias);
    let item = |format| ExportItem {
        name: name.to_owned(),
        relation: relation.clone(),
        format,
        formulas,
        order_by: node.config.texts("grain"),
    };
    Ok(formats.into_iter().map(item).collect())
}

fn formats_of(node: &Node, value: Option<&Value>) -> Result<Vec<Format>, Diagnostic> {
    let wrong = |shown: &str| {
        misconfigured(node, format!("`{shown}` is not a format that `{}` can be exported in", node.name))
            .with_nearest(shown, Format::NAMES)
            .with_help(format!("use {}, or a list of them", Format::NAMES.join(", ")))
    };
    match value {
        None | Some(Value::Bool(true)) => Ok(vec![Format::File(FileFormat::Csv)]),
        Some(Value::String(name)) => Ok(vec![Format::from_name(&name.to_lowercase()).ok_or_else(|| wrong(name))?]),
        Some(Value::Array(names)) => {
            let lists = names.iter().map(|name| formats_of(node, Some(name))).collect::<Result<Vec<_>, _>>()?;
            Ok(lists.concat())
        }
        Some(other) => Err(wrong(&other.to_string())),
    }
}

fn formulas(node: &Node, value: Option<&Value>) -> Result<Formulas, Diagnostic> {
    match value.map(Value::as_str) {
        None | Some(Some("kept")) => Ok(Formulas::Kept),
        Some(Some("escaped")) => Ok(Formulas::Escaped),
        Some(_) => {
            let title = format!("`formulas` in the export of `{}` is neither kept nor escaped", node.name);
            Err(misconfigured(node, title)
                .with_help("`escaped` puts an apostrophe before texts that a spreadsheet would run as formulas"))
        }
    }
}

fn misconfigured(node: &Node, title: String) -> Diagnostic {
    Diagnostic::error(Kind::Parsing, "E0175", title)
        .at(crate::compile::head(node), "is configured here or in a properties file")
}

fn write(workspace: &Workspace, items: &Items, session: &Session) -> Result<(), CommandError> {
    let setup = &workspace.setup;
    let stamp = RunStamp {
        run_id: setup.invocation.invocation_id.clone(),
        exported_at: setup.invocation.run_started_at,
        as_of: as_of(setup),
    };
    for (folder, items) in items {
        let published = publish(session, items, &setup.project.root.join(folder), &stamp)?;
        let rows: u64 = published.iter().map(|file| file.rows).sum();
        let rows = crate::report::count(usize::try_from(rows).unwrap_or(usize::MAX), "row");
        let files = crate::report::count(published.len(), "file");
        setup.reporter.info(&format!("Exported {files} with {rows} to {folder}/"));
    }
    Ok(())
}

/// Returns the time that the data stand for, when the project has a var of that name that says so.
fn as_of(setup: &crate::cli::setup::ProjectSetup) -> Option<String> {
    let invocation = &setup.invocation;
    let project_vars = invocation.project_vars.get(&invocation.project_name);
    let value = invocation.cli_vars.get("as_of").or_else(|| project_vars?.get("as_of"))?;
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
