//! `list`: shows the resources of the project.

use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line, selection};
use crate::manifest::Manifest;
use crate::resource::{Map, UniqueId, Value, dictionary};

/// The keys of `--output json` when none are named, as in dbt.
const KEYS: [&str; 13] = [
    "alias",
    "name",
    "package_name",
    "depends_on",
    "tags",
    "config",
    "resource_type",
    "source_name",
    "original_file_path",
    "unique_id",
    "metric",
    "source",
    "macro",
];

/// Runs the command.
pub fn run(workspace: &Workspace, line: &Line) -> Result<Done, CommandError> {
    let chosen = selection::resources(workspace, line)?;
    let format = line.matches.get_one::<String>("output").map_or("selector", String::as_str);
    let keys: Vec<String> = line.matches.get_many::<String>("output-keys").into_iter().flatten().cloned().collect();
    let manifest = &workspace.manifest;
    let mut lines: Vec<String> = chosen
        .iter()
        .filter_map(|id| match format {
            "json" => Some(json(manifest, id, &keys)),
            "name" => name(manifest, id),
            "path" => path(manifest, id),
            _ => selector(manifest, id),
        })
        .collect();
    lines.sort();
    if lines.is_empty() {
        workspace.setup.reporter.info("No nodes selected!");
        return Ok(Done::Success);
    }
    workspace.setup.reporter.data(&format!("{}\n", lines.join("\n")))?;
    Ok(Done::Success)
}

fn selector(manifest: &Manifest, id: &UniqueId) -> Option<String> {
    if let Some(node) = manifest.nodes.get(id) {
        return Some(node.fqn.join("."));
    }
    if let Some(source) = manifest.sources.get(id) {
        return Some(format!("source:{}.{}.{}", source.package, source.source_name, source.name));
    }
    if let Some(exposure) = manifest.exposures.get(id) {
        return Some(format!("exposure:{}.{}", exposure.package, exposure.name));
    }
    manifest.unit_tests.get(id).map(|test| format!("unit_test:{}.{}", test.package, test.name))
}

fn name(manifest: &Manifest, id: &UniqueId) -> Option<String> {
    if let Some(node) = manifest.nodes.get(id) {
        return Some(node.search_name());
    }
    if let Some(source) = manifest.sources.get(id) {
        return Some(format!("{}.{}", source.source_name, source.name));
    }
    let exposure = manifest.exposures.get(id).map(|exposure| exposure.name.clone());
    exposure.or_else(|| manifest.unit_tests.get(id).map(|test| test.name.clone()))
}

fn path(manifest: &Manifest, id: &UniqueId) -> Option<String> {
    let node = manifest.nodes.get(id).map(|node| node.original_file_path.clone());
    let source = || manifest.sources.get(id).map(|source| source.original_file_path.clone());
    let exposure = || manifest.exposures.get(id).map(|exposure| exposure.original_file_path.clone());
    let unit_test = || manifest.unit_tests.get(id).map(|test| test.original_file_path.clone());
    node.or_else(source).or_else(exposure).or_else(unit_test)
}

fn json(manifest: &Manifest, id: &UniqueId, keys: &[String]) -> String {
    let whole = whole(manifest, id);
    let is_wanted =
        |key: &str| if keys.is_empty() { KEYS.contains(&key) } else { keys.iter().any(|wanted| wanted == key) };
    let shown: Map = whole.into_iter().filter(|(key, _)| is_wanted(key)).collect();
    Value::Object(shown).to_string()
}

fn whole(manifest: &Manifest, id: &UniqueId) -> Map {
    if let Some(node) = manifest.nodes.get(id) {
        return dictionary::node(node, manifest.parents_of(id));
    }
    let source = manifest.sources.get(id).map(dictionary::source);
    let exposure =
        || manifest.exposures.get(id).map(|exposure| dictionary::exposure(exposure, manifest.parents_of(id)));
    match source.or_else(exposure) {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}
