//! What must hold between resources, and within the configuration of one.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::{Manifest, names, place};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::parse::UnusedConfig;
use crate::project::Project;
use crate::resource::{Detail, Freshness, ModelDetail, Node, ResourceType, Value};

/// Checks all nodes.
pub(super) fn check(manifest: &Manifest, project: &Project, diagnostics: &mut Diagnostics) {
    one_relation_each(manifest, diagnostics);
    names::check(manifest, project, diagnostics);
    for source in manifest.sources.values() {
        let is_limited = source.freshness.as_ref().is_some_and(Freshness::has_limit);
        if is_limited && source.loaded_at_field.is_none() && source.loaded_at_query.is_none() {
            let name = format!("{}.{}", source.source_name, source.name);
            let title = format!(
                "The configured adapter does not support metadata-based freshness. A loaded_at_field must be specified for \
                 source '{name}'."
            );
            diagnostics.push(
                Diagnostic::warning(Kind::Parsing, "W0313", title.as_str())
                    .as_event("FreshnessConfigProblem", [("msg", &title)])
                    .at(source.span.clone(), "its freshness cannot be told")
                    .with_help(
                        "DuckDB does not say when a table was changed last; name the column that tells the load time",
                    ),
            );
        }
    }
    default_arguments(manifest, diagnostics);
    let groups: BTreeSet<&str> = manifest.groups.values().map(|group| group.name.as_str()).collect();
    for node in manifest.semantic.values() {
        group((&node.name, node.group.as_deref()), || node.span.clone(), &groups, diagnostics);
    }
    for node in manifest.nodes.values() {
        group((&node.name, node.group.as_deref()), || place::first_line(node), &groups, diagnostics);
        public(node, diagnostics);
        if node.resource_type == ResourceType::Snapshot {
            snapshot(node, diagnostics);
        }
    }
}

pub(super) fn error(node: &Node, code: &'static str, title: String) -> Diagnostic {
    Diagnostic::error(Kind::Parsing, code, title).at(place::first_line(node), "")
}

/// Arguments that may be left out stand behind those that may not.
fn default_arguments(manifest: &Manifest, diagnostics: &mut Diagnostics) {
    for node in manifest.functions() {
        let Detail::Function(detail) = &node.detail else { continue };
        let first = detail.arguments.iter().position(|argument| argument.default_value.is_some());
        let Some(first) = first else { continue };
        for argument in detail.arguments[first..].iter().filter(|argument| argument.default_value.is_none()) {
            let title = format!(
                "Non-defaulted argument '{}' of function '{}' comes after a defaulted argument. Non-defaulted arguments \
                 cannot come after defaulted arguments. Give it a `default_value`, or move it up",
                argument.name, node.name
            );
            diagnostics.push(
                Diagnostic::error(Kind::Parsing, "E0317", title)
                    .at(argument.span.clone(), "has no `default_value`")
                    .with_context(detail.arguments[first].span.clone(), "this one has"),
            );
        }
    }
}

/// Two nodes with one relation would overwrite each other.
fn one_relation_each(manifest: &Manifest, diagnostics: &mut Diagnostics) {
    let mut taken: HashMap<String, &Node> = HashMap::new();
    for node in manifest.nodes.values() {
        let Some(relation) = &node.relation else { continue };
        let (database, schema, identifier) = relation.key();
        match taken.entry(format!("{database}\0{schema}\0{identifier}")) {
            std::collections::hash_map::Entry::Vacant(vacant) => {
                vacant.insert(node);
            }
            std::collections::hash_map::Entry::Occupied(first) => {
                let title = format!(
                    "dbt found two resources with the database representation \"{}\".\ndbt cannot create two resources \
                     with identical database representations. To fix this,\nchange the configuration of one of these resources:\
                     \n- {} ({})\n- {} ({})",
                    relation.render(),
                    first.get().unique_id,
                    first.get().original_file_path,
                    node.unique_id,
                    node.original_file_path
                );
                diagnostics.push(
                    Diagnostic::error(Kind::Compilation, "E0306", title)
                        .at(place::first_line(node), "this one")
                        .with_context(place::first_line(first.get()), "and this one")
                        .with_help("give one of them another `alias`, `schema` or `database`"),
                );
            }
        }
    }
}

fn group(
    (name, group): (&str, Option<&str>),
    place: impl Fn() -> Span,
    groups: &BTreeSet<&str>,
    diagnostics: &mut Diagnostics,
) {
    let Some(group) = group.filter(|group| !groups.contains(group)) else { return };
    let expected: Vec<String> = groups.iter().map(|group| format!("'{group}'")).collect();
    let title = format!("Invalid group '{group}', expected one of [{}]", expected.join(", "));
    diagnostics.push(
        Diagnostic::error(Kind::Parsing, "E0307", title)
            .at(place(), format!("`{name}` is put into it"))
            .with_nearest(group, groups.iter().copied()),
    );
}

fn public(node: &Node, diagnostics: &mut Diagnostics) {
    if let Detail::Model(ModelDetail { access, .. }) = &node.detail
        && access == "public"
        && node.is_ephemeral()
    {
        let title = format!("`{}` is public, but ephemeral: others could not read it", node.name);
        diagnostics.push(error(node, "E0308", title).with_help("materialize it, or make it protected"));
    }
}

fn snapshot(node: &Node, diagnostics: &mut Diagnostics) {
    let config = &node.config;
    let mut refuse = |title: String, help: &str| diagnostics.push(error(node, "E0309", title).with_help(help));
    let given = |key: &str| {
        let value = config.value(key)?;
        let is_empty = value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty);
        (!is_empty).then_some(value)
    };
    let (Some(strategy), true) = (given("strategy").and_then(Value::as_str), given("unique_key").is_some()) else {
        refuse(
            "Snapshots must be configured with a 'strategy' and 'unique_key'.".to_owned(),
            "for example strategy='timestamp', updated_at='updated_at', unique_key='id'",
        );
        return;
    };
    match (strategy, given("check_cols")) {
        ("check", None) => refuse(
            "A snapshot configured with the check strategy must specify a check_cols configuration.".to_owned(),
            "give it check_cols='all' or a list of columns",
        ),
        ("check", Some(Value::String(text))) if text != "all" => refuse(
            format!("Invalid value for 'check_cols': {text}. Expected 'all' or a list of strings."),
            "write a single column as a list, too",
        ),
        ("timestamp", _) if given("updated_at").is_none() => refuse(
            "A snapshot configured with the timestamp strategy must specify an updated_at configuration.".to_owned(),
            "name the column that tells when a row was changed",
        ),
        ("timestamp", Some(_)) => refuse(
            "A 'timestamp' snapshot should not have 'check_cols'".to_owned(),
            "remove check_cols, or take the strategy check",
        ),
        _ => {}
    }
    if config.materialized() != "snapshot" {
        refuse("A snapshot must have a materialized value of 'snapshot'".to_owned(), "leave `materialized` out");
    }
}

/// Warns of paths in the config trees that configure nothing.
pub(super) fn unused_configs(unused: &[UnusedConfig], project: &Project, diagnostics: &mut Diagnostics) {
    if unused.is_empty() {
        return;
    }
    let file = project.file.path.rsplit('/').next().unwrap_or_default();
    let title = format!("Configuration paths exist in your {file} file which do not apply to any resources");
    let paths: Vec<&str> = unused.iter().map(|config| config.path.as_str()).collect();
    // dbt speaks of its own file, and of paths in any number.
    let words = format!(
        "Configuration paths exist in your dbt_project.yml file which do not apply to any resources.\nThere are {} unused \
         configuration paths:\n- {}",
        paths.len(),
        paths.join("\n- ")
    );
    let mut diagnostic = Diagnostic::warning(Kind::Parsing, "W0311", title)
        .in_words(words)
        .as_event("UnusedResourceConfigPath", [])
        .with_fact("unused_config_paths", paths);
    for path in unused {
        diagnostic = match (&path.span, &diagnostic.primary) {
            (Some(span), None) => diagnostic.at(span.clone(), format!("- {}", path.path)),
            (Some(span), Some(_)) => diagnostic.with_context(span.clone(), format!("- {}", path.path)),
            (None, _) => diagnostic.with_note(format!("- {}", path.path)),
        };
    }
    diagnostics.push(diagnostic);
}

/// What becomes of names with spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpacedNames {
    /// They are mistakes.
    Refused,
    /// The first is named in a warning, with their number.
    First,
    /// Each is named in a warning.
    All,
}

impl Manifest {
    /// Tells of nodes with a space in their name.
    pub fn spaced_names(&self, rule: SpacedNames) -> Diagnostics {
        let spaced: Vec<&Node> = self.nodes.values().filter(|node| node.name.contains(' ')).collect();
        let mut diagnostics = Diagnostics::new();
        let Some(first) = spaced.first() else { return diagnostics };
        if rule == SpacedNames::Refused {
            let mut diagnostic = Diagnostic::error(Kind::Parsing, "E0314", "Resource names cannot contain spaces")
                .at(place::first_line(first), "");
            for node in &spaced {
                diagnostic = diagnostic.with_note(format!("* '{}' ({})", node.unique_id, node.original_file_path));
            }
            diagnostics.push(diagnostic.with_help("rename them so that their names do not contain any spaces"));
            return diagnostics;
        }
        let shown = if rule == SpacedNames::All { spaced.len() } else { 1 };
        for node in &spaced[..shown] {
            let title = format!("Found spaces in the name of `{}`", node.unique_id);
            let diagnostic = Diagnostic::warning(Kind::Parsing, "W0314", title).at(place::first_line(node), "");
            let facts = [("unique_id", node.unique_id.as_str())];
            diagnostics.push(diagnostic.as_event("SpacesInResourceNameDeprecation", facts));
        }
        let hint = if rule == SpacedNames::All { "" } else { " Run again with `--debug` to see them all." };
        let title = format!(
            "Spaces found in {} resource name(s). This is deprecated, and may lead to errors when using dbt.{hint} For \
             more information: https://docs.getdbt.com/reference/global-configs/legacy-behaviors",
            spaced.len()
        );
        let diagnostic = Diagnostic::warning(Kind::Parsing, "W0314", title);
        diagnostics.push(
            diagnostic
                .as_event("ResourceNamesWithSpacesDeprecation", [])
                .with_fact("count_invalid_names", spaced.len())
                .with_fact("show_debug_hint", rule == SpacedNames::First),
        );
        diagnostics
    }

    /// Warns of models that are past their `deprecation_date`, and of references to models that have one.
    pub fn deprecations(&self, now: DateTime<Utc>) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        for node in self.nodes.values() {
            let Detail::Model(ModelDetail { deprecation_date: Some(date), version, latest_version, .. }) = &node.detail
            else {
                continue;
            };
            let is_past = DateTime::parse_from_rfc3339(date).is_ok_and(|date| date < now);
            let shown = node.search_name();
            if is_past {
                let title = format!(
                    "Model {shown} has passed its deprecation date of {date}. This model should be disabled or removed"
                );
                diagnostics.push(
                    Diagnostic::warning(Kind::Compilation, "W0312", title).at(place::first_line(node), "").as_event(
                        "DeprecatedModel",
                        [
                            ("model_name", &node.name),
                            ("model_version", version.as_deref().unwrap_or_default()),
                            ("deprecation_date", date),
                        ],
                    ),
                );
            }
            for child in self.children_of(&node.unique_id) {
                let Some(child) = self.nodes.get(child).filter(|child| child.resource_type == ResourceType::Model)
                else {
                    continue;
                };
                let when = if is_past { "was deprecated on" } else { "is slated for deprecation on" };
                let title =
                    format!("While compiling '{}': Found a reference to {shown}, which {when} '{date}'", child.name);
                let span = self.reference_span(&child.unique_id, &node.unique_id);
                let event = if is_past { "DeprecatedReference" } else { "UpcomingReferenceDeprecation" };
                let mut diagnostic = Diagnostic::warning(Kind::Compilation, "W0312", title)
                    .at(span.unwrap_or_else(|| place::first_line(child)), "")
                    .as_event(event, [("model_name", &child.name), ("ref_model_name", &node.name)]);
                if let (Some(latest), true) = (latest_version, latest_version != version) {
                    diagnostic = diagnostic.with_help(format!(
                        "a new version of '{}' is available: ref('{}', '{}', v={latest})",
                        node.name, node.package, node.name
                    ));
                }
                diagnostics.push(diagnostic);
            }
        }
        diagnostics
    }
}
