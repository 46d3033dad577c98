//! `docs generate`: what the database has of the project, in catalog.json.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path};
use std::sync::Arc;

use serde_json::Value;

use serde_json::json;

use super::compile;
use crate::adapter::Session;
use crate::artifact::{CatalogColumn, write_catalog, write_page, write_static_page};
use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line, selection};
use crate::diagnostic::{Diagnostic, Kind};
use crate::report::{Entry, Level};
use crate::resource::{Relation, ResourceType, UniqueId};
use crate::template::Arguments;

/// Runs `docs generate`.
pub fn generate(workspace: &Workspace, line: &Line) -> Result<Done, CommandError> {
    use ResourceType::{Model, Seed, Snapshot, Source, Test};
    // As in dbt, the manifest of the command before stays when nothing is compiled.
    if !line.matches.get_flag("no-compile") {
        compile::selected(workspace, line)?;
    }
    let setup = &workspace.setup;
    setup.reporter.line(Level::Info, "BuildingCatalog", "Building catalog", crate::resource::Map::new());
    let wanted = selection::of_kinds(workspace, line, &[Model, Seed, Snapshot, Source, Test])?;
    let mut columns = Vec::new();
    let mut errors = Vec::new();
    if !line.matches.get_flag("empty-catalog") {
        let session = workspace.session()?;
        for (database, schemas) in schemas(workspace, &wanted) {
            match catalog(workspace, &session, &database, &schemas) {
                Ok(found) => columns.extend(found),
                Err(diagnostic) => {
                    errors.push(diagnostic.title.clone());
                    setup.reporter.diagnostic(&diagnostic);
                }
            }
        }
    }
    let folder = setup.target_folder()?;
    copy_assets(workspace, &folder)?;
    let path = folder.join("catalog.json");
    write_catalog(&path, &setup.stamp(), (&workspace.manifest, &wanted), &columns, &errors)?;
    write_page(&folder)?;
    if line.matches.get_flag("static") {
        write_static_page(&folder)?;
    }
    setup.reporter.wrote("CatalogArtifact", &path);
    let shown = path.display().to_string();
    let entry =
        Entry::new(Level::Info, "CatalogWritten", format!("Catalog written to {shown}"), json!({"path": shown}));
    setup.reporter.tell(&entry.plain());
    if errors.is_empty() {
        return Ok(Done::Success);
    }
    let noun = if errors.len() == 1 { "failure" } else { "failures" };
    let title = format!("dbt encountered {} {noun} while writing the catalog", errors.len());
    setup.reporter.diagnostic(&Diagnostic::error(Kind::Runtime, "E0178", title));
    Ok(Done::Failure)
}

/// Copies the folders of `asset-paths` beside the page; what was copied before is replaced.
fn copy_assets(workspace: &Workspace, target: &Path) -> Result<(), CommandError> {
    let project = &workspace.setup.project;
    for name in &project.paths.assets {
        let (from, to) = (project.root.join(name), target.join(name));
        // A path out of the project would be replaced where it lies.
        let is_inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if !is_inside || !from.is_dir() || to.starts_with(&from) {
            continue;
        }
        if to.is_dir() {
            fs::remove_dir_all(&to)?;
        }
        copy_folder(&from, &to)?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), CommandError> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, copy) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_folder(&path, &copy)?;
        } else {
            fs::copy(&path, &copy)?;
        }
    }
    Ok(())
}

/// The schemas in which what is selected stands, by database.
fn schemas(workspace: &Workspace, chosen: &BTreeSet<UniqueId>) -> BTreeMap<String, BTreeSet<String>> {
    let manifest = &workspace.manifest;
    let relation = |id: &UniqueId| -> Option<&Relation> {
        match manifest.nodes.get(id) {
            Some(node) => node.relation.as_ref(),
            None => manifest.sources.get(id).map(|source| &source.relation),
        }
    };
    let mut schemas: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for relation in chosen.iter().filter_map(relation) {
        if let (Some(database), Some(schema)) = (&relation.database, &relation.schema) {
            schemas.entry(database.clone()).or_default().insert(schema.clone());
        }
    }
    schemas
}

/// Asks the macro `get_catalog`, which projects may override.
fn catalog(
    workspace: &Workspace,
    session: &Arc<Session>,
    database: &str,
    schemas: &BTreeSet<String>,
) -> Result<Vec<CatalogColumn>, Box<Diagnostic>> {
    let schemas: Vec<&str> = schemas.iter().map(String::as_str).collect();
    let positional = vec![database.into(), schemas.into()];
    let answer = workspace.call_builtin("martlet__catalog_rows", positional, session)?;
    let names: Vec<String> =
        answer["columns"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_lowercase).collect();
    let rows = answer["rows"].as_array().into_iter().flatten().filter_map(Value::as_array);
    Ok(rows.map(|row| column(&names, row)).collect())
}

fn column(names: &[String], row: &[Value]) -> CatalogColumn {
    let value = |name: &str| {
        let place = names.iter().position(|known| known == name);
        place.and_then(|place| row.get(place)).cloned().unwrap_or_default()
    };
    let text = |name: &str| value(name).as_str().unwrap_or_default().to_owned();
    CatalogColumn {
        relation: [text("table_database"), text("table_schema"), text("table_name")],
        kind: value("table_type"),
        comment: value("table_comment"),
        owner: value("table_owner"),
        name: text("column_name"),
        index: value("column_index").as_i64().unwrap_or_default(),
        data_type: value("column_type"),
        column_comment: value("column_comment"),
    }
}

impl Workspace {
    /// Calls a macro of the built-in packages and commits what it did.
    ///
    /// # Errors
    /// When the macro fails.
    pub(super) fn call_builtin(
        &self,
        name: &str,
        positional: Vec<Value>,
        session: &Arc<Session>,
    ) -> Result<Value, Box<Diagnostic>> {
        let id = UniqueId::new(ResourceType::Macro, "dbt_duckdb", name);
        let compiler = self.compiler(Vec::new());
        session.serve(compiler.caller(name, None)?);
        let resolver = compiler.text_resolver_on(&self.setup.project.name, Some(session));
        let context = compiler.text_context(&resolver, Some(session), BTreeMap::new());
        let arguments = Arguments { positional, keyword: crate::resource::Map::new() };
        let answer = self.engine.call(&id, arguments, &context);
        // A failed question must not spoil the next one.
        let closed = session.rollback();
        let answer = answer.map_err(|failure| Box::new(failure.into_diagnostic("E0171")))?;
        closed.map_err(|error| Box::new(crate::run::unreachable(&error)))?;
        Ok(answer)
    }
}
