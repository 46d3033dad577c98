//! From the arguments `--select`, `--exclude`, `--resource-type` to a set of resources.

use std::collections::BTreeSet;

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::setup::indirect_selection;
use super::workspace::Workspace;
use super::{CommandError, Line, flags};
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{Map, ResourceType, UniqueId, Value};
use crate::select::{EmptyNodes, Request, Selector, select};

/// Returns a command's own arguments as artifacts show them.
pub fn own_args(command: &str, matches: &ArgMatches) -> Map {
    let mut args = Map::new();
    for id in matches.ids().map(clap::Id::as_str) {
        if matches.value_source(id) != Some(ValueSource::CommandLine) || flags::is_negation(id) {
            continue;
        }
        let value = match matches.try_get_many::<String>(id) {
            Ok(Some(values)) => {
                let mut values: Vec<Value> = values.map(|value| flags::value(id, value)).collect();
                if values.len() == 1 && !is_list(id) { values.remove(0) } else { values.into() }
            }
            _ => match matches.try_get_one::<bool>(id) {
                Ok(Some(given)) => Value::from(*given),
                _ => continue,
            },
        };
        let plural = if KINDS.contains(&id) { "s" } else { "" };
        args.insert(id.replace('-', "_") + plural, value);
    }
    if !command.is_empty() {
        for key in ["select", "exclude"] {
            args.entry(key).or_insert_with(|| Value::Array(Vec::new()));
        }
    }
    args
}

/// The arguments that dbt keeps under the plural of their names.
const KINDS: [&str; 2] = ["resource-type", "exclude-resource-type"];

fn is_list(id: &str) -> bool {
    ["select", "exclude"].contains(&id) || KINDS.contains(&id)
}

/// Returns the selected nodes of the given kinds.
///
/// # Errors
/// When the selection cannot be read.
pub fn nodes(workspace: &Workspace, line: &Line, kinds: &[ResourceType]) -> Result<BTreeSet<UniqueId>, CommandError> {
    let chosen = of_kinds(workspace, line, kinds)?;
    Ok(chosen.into_iter().filter(|id| workspace.manifest.runnable(id).is_some()).collect())
}

/// Returns the selected resources of the given kinds.
///
/// # Errors
/// When the selection cannot be read.
pub fn of_kinds(
    workspace: &Workspace,
    line: &Line,
    kinds: &[ResourceType],
) -> Result<BTreeSet<UniqueId>, CommandError> {
    resources_of(workspace, line, &kinds_of(line, kinds))
}

/// Returns the selected resources of all kinds that can be listed.
///
/// # Errors
/// When the selection cannot be read.
pub fn resources(workspace: &Workspace, line: &Line) -> Result<BTreeSet<UniqueId>, CommandError> {
    use ResourceType::{
        Analysis, Exposure, Function, Metric, Model, SavedQuery, Seed, SemanticModel, Snapshot, Source, Test, UnitTest,
    };
    let only = types(line, "resource-type");
    if !values(line, "models").is_empty() {
        let select = (!values(line, "select").is_empty()).then_some("select");
        return match select.or((!only.is_empty()).then_some("resource_type")) {
            None => resources_of(workspace, line, &[Model]),
            Some(other) => {
                let title = format!("\"models\" and \"{other}\" are mutually exclusive arguments");
                Err(Diagnostic::error(Kind::Runtime, "E0179", title).into())
            }
        };
    }
    let all = [Model, Snapshot, Seed, Test, Source, Exposure, UnitTest, Metric, SemanticModel, SavedQuery, Function];
    let mut kinds = kinds_of(line, &all);
    // As in dbt, analyses are listed only when they are asked for.
    if only.iter().any(|name| name == "analysis" || name == "all") {
        kinds.push(Analysis);
    }
    resources_of(workspace, line, &kinds)
}

/// Applies `--resource-type` to the kinds that a command takes.
fn kinds_of(line: &Line, kinds: &[ResourceType]) -> Vec<ResourceType> {
    let only = types(line, "resource-type");
    let is_all = only.is_empty() || only.iter().any(|name| name == "all" || name == "default");
    kinds.iter().copied().filter(|kind| is_all || only.iter().any(|name| name == kind.as_str())).collect()
}

/// Returns the values of an argument that may be given several times; none when the command does not take it.
fn values(line: &Line, id: &str) -> Vec<String> {
    let values = line.matches.try_get_many::<String>(id).ok().flatten();
    values.into_iter().flatten().cloned().collect()
}

/// Returns kinds of resources; the environment may name them too (`DBT_RESOURCE_TYPES`).
fn types(line: &Line, id: &str) -> Vec<String> {
    let mut texts = values(line, id);
    if texts.is_empty() && line.matches.try_contains_id(id).is_ok() {
        let name = format!("{}S", id.replace('-', "_").to_uppercase());
        let variables = [format!("DBT_ENGINE_{name}"), format!("DBT_{name}")];
        texts.extend(variables.iter().find_map(|name| line.environment.get(name)).cloned());
    }
    texts.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect()
}

fn resources_of(
    workspace: &Workspace,
    line: &Line,
    kinds: &[ResourceType],
) -> Result<BTreeSet<UniqueId>, CommandError> {
    if let Some(previous) = &line.retried {
        let is_known = |id: &&UniqueId| workspace.manifest.selectable().any(|known| known == *id);
        return match previous.ids.iter().find(|id| !is_known(id)) {
            Some(gone) => {
                let kind = gone.as_str().split('.').next().unwrap_or_default();
                Err(Diagnostic::error(Kind::Runtime, "E0514", format!("Couldn't find {kind} '{gone}'")).into())
            }
            None => Ok(previous.ids.clone()),
        };
    }
    if kinds.is_empty() {
        return Ok(BTreeSet::new());
    }
    let excluded = types(line, "exclude-resource-type");
    let request = Request {
        select: [values(line, "select"), values(line, "models")].concat(),
        exclude: values(line, "exclude"),
        selector: selector(workspace, line)?,
        indirect: indirect_selection(&workspace.setup.flags),
        resource_types: kinds.to_vec(),
        excluded_resource_types: excluded.iter().filter_map(|name| ResourceType::from_name(name)).collect(),
        empty_nodes: if line.command == "list" { EmptyNodes::Kept } else { EmptyNodes::LeftOut },
    };
    let comparison = workspace.comparison();
    let selection = select(&workspace.manifest, &workspace.graph, &request, comparison.as_ref())?;
    workspace.setup.warn(selection.warnings)?;
    Ok(selection.ids)
}

/// Returns the named selection: that of `--selector`, else the project's default one when nothing else is asked for.
fn selector(workspace: &Workspace, line: &Line) -> Result<Option<Selector>, CommandError> {
    let selectors = &workspace.setup.selectors;
    let named = line.matches.try_get_one::<String>("selector").ok().flatten();
    if let Some(name) = named {
        return Ok(Some(selectors.find(name)?));
    }
    let Some(name) = selectors.default_name() else { return Ok(None) };
    if ["select", "models", "exclude"].iter().any(|id| !values(line, id).is_empty()) {
        return Ok(None);
    }
    workspace.setup.reporter.info(&format!("Using default selector {name}"));
    Ok(Some(selectors.find(name)?))
}
