//! What models that are built in batches must say.

use super::Manifest;
use super::checks::error;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::project::Project;
use crate::resource::{BatchSize, Node, ResourceType, Value, read_moment};

/// The flag of the project that lets a strategy of its own run in batches, too.
const FLAG: &str = "require_batched_execution_for_custom_microbatch_strategy";

/// Returns whether microbatch models are built in batches: the strategy is the built-in one, or the project wants it so.
pub(super) fn runs_in_batches(manifest: &Manifest, project: &Project) -> bool {
    let is_own = |id: &str| {
        let package = id.strip_suffix(".get_incremental_microbatch_sql");
        package.is_some_and(|package| !matches!(package, "macro.dbt" | "macro.dbt_duckdb"))
    };
    let is_wanted = project.flags.get(FLAG).and_then(Value::as_bool) == Some(true);
    is_wanted || !manifest.macros.keys().any(|id| is_own(id.as_str()))
}

/// Checks all microbatch models.
pub(super) fn check(manifest: &Manifest, diagnostics: &mut Diagnostics) {
    let models: Vec<&Node> = manifest.nodes.values().filter(|node| is_one(node)).collect();
    if !manifest.runs_in_batches {
        if let Some(first) = models.first() {
            let title = "The use of a custom microbatch macro outside of batched execution is deprecated. To use it with batched \
                 execution, set `flags.require_batched_execution_for_custom_microbatch_strategy` to `True` in \
                 `dbt_project.yml`. In the future this will be the default behavior.";
            let diagnostic = Diagnostic::warning(Kind::Compilation, "W0321", title);
            diagnostics.push(diagnostic.at(super::place::first_line(first), "this model is built with it"));
        }
        return;
    }
    for model in models {
        configs(model, diagnostics);
        inputs(manifest, model, diagnostics);
    }
}

/// Writes `begin` as dbt keeps it: as a moment.
pub(super) fn settle(manifest: &mut Manifest) {
    if !manifest.runs_in_batches {
        return;
    }
    for node in manifest.nodes.values_mut().filter(|node| is_one(node)) {
        if let Some(begin) = node.config.text("begin").and_then(read_moment) {
            node.config.0.insert("begin".to_owned(), begin.format("%Y-%m-%dT%H:%M:%S%.f").to_string().into());
        }
    }
}

fn is_one(node: &Node) -> bool {
    node.resource_type == ResourceType::Model
        && node.config.materialized() == "incremental"
        && node.config.text("incremental_strategy") == Some("microbatch")
}

fn configs(node: &Node, diagnostics: &mut Diagnostics) {
    let config = &node.config;
    let name = &node.name;
    let mut refuse = |wanted: String| {
        diagnostics.push(error(node, "E0311", format!("Microbatch model '{name}' {wanted}")));
    };
    match config.value("event_time") {
        Some(Value::String(_)) => {}
        None => refuse(
            "must provide an 'event_time' (string) config that indicates the name of the event time column.".to_owned(),
        ),
        Some(other) => {
            refuse(format!("must provide an 'event_time' config of type string, but got: {}.", type_of(other)));
        }
    }
    match config.value("begin") {
        None => refuse(
            "must provide a 'begin' (datetime) config that indicates the earliest timestamp the microbatch model should be built from."
                .to_owned(),
        ),
        Some(Value::String(begin)) if read_moment(begin).is_none() => {
            refuse(format!("must provide a 'begin' config of valid datetime (ISO format), but got: {begin}."));
        }
        Some(Value::String(_)) => {}
        Some(other) => refuse(format!("must provide a 'begin' config of type datetime, but got: {}.", type_of(other))),
    }
    let size = config.value("batch_size").map(shown);
    if size.as_deref().and_then(BatchSize::from_name).is_none() {
        let sizes = BatchSize::ALL.map(|size| format!("'{}'", size.as_str())).join(", ");
        let size = size.unwrap_or_else(|| "None".to_owned());
        refuse(format!("must provide a 'batch_size' config that is one of [{sizes}], but got: {size}."));
    }
    if let Some(other) = config.value("lookback").filter(|lookback| lookback.as_i64().is_none()) {
        refuse(format!("must provide the optional 'lookback' config as type int, but got: {}).", type_of(other)));
    }
    if let Some(other) = config.value("concurrent_batches").filter(|wanted| !wanted.is_boolean()) {
        refuse(format!(
            "optional 'concurrent_batches' config must be of type `bool` if specified, but got: {}).",
            type_of(other)
        ));
    }
}

/// A model none of whose inputs has an event time reads all of them in each batch.
fn inputs(manifest: &Manifest, node: &Node, diagnostics: &mut Diagnostics) {
    let mut has_one = false;
    for parent in manifest.parents_of(&node.unique_id) {
        let (name, config) = match (manifest.nodes.get(parent), manifest.sources.get(parent)) {
            (Some(parent), _) => (&parent.name, &parent.config),
            (_, Some(parent)) => (&parent.name, &parent.config),
            _ => continue,
        };
        match config.value("event_time") {
            None => {}
            Some(Value::String(_)) => has_one = true,
            Some(other) => {
                let title = format!(
                    "Microbatch model '{}' depends on an input node '{name}' with an 'event_time' config of invalid (non-string) type: {}.",
                    node.name,
                    type_of(other)
                );
                diagnostics.push(error(node, "E0311", title));
                return;
            }
        }
    }
    if !has_one {
        let title = format!(
            "The microbatch model '{}' has no 'ref' or 'source' input with an 'event_time' configuration. \n\
             This means no filtering can be applied and can result in unexpected duplicate records in the resulting microbatch model.",
            node.name
        );
        diagnostics.push(
            Diagnostic::warning(Kind::Compilation, "W0322", title)
                .at(super::place::first_line(node), "")
                .as_event("MicrobatchModelNoEventTimeInputs", [("model_name", &node.name)]),
        );
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Returns Python's name of a value's type, as dbt words it.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "<class 'NoneType'>",
        Value::Bool(_) => "<class 'bool'>",
        Value::Number(number) if number.is_f64() => "<class 'float'>",
        Value::Number(_) => "<class 'int'>",
        Value::String(_) => "<class 'str'>",
        Value::Array(_) => "<class 'list'>",
        Value::Object(_) => "<class 'dict'>",
    }
}
