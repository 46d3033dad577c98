//! Names that two nodes of one package have: a `ref` could mean either.

use std::collections::HashMap;

use super::{Manifest, place};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::project::Project;
use crate::resource::{Detail, ModelDetail, Node};

/// Checks the names of what `ref` can mean. Two kinds of resources with one name are an error under the flag
/// `require_unique_project_resource_names`, else a warning; a model with versions and one without are always an error.
pub(super) fn check(manifest: &Manifest, project: &Project, diagnostics: &mut Diagnostics) {
    let must_be_unique = project.flags.get("require_unique_project_resource_names") == Some(&true.into());
    let mut plain: HashMap<(&str, &str), &Node> = HashMap::new();
    let mut versioned: HashMap<(&str, &str), &Node> = HashMap::new();
    for node in manifest.nodes.values().filter(|node| node.resource_type.is_refable()) {
        let key = (node.package.as_str(), node.name.as_str());
        let is_versioned = matches!(&node.detail, Detail::Model(ModelDetail { version: Some(_), .. }));
        let other = if is_versioned { plain.get(&key) } else { versioned.get(&key) };
        if let Some(other) = other {
            diagnostics.push(both_kinds(node, other));
        }
        let known = if is_versioned { &mut versioned } else { &mut plain };
        if let Some(first) = known.insert(key, node).filter(|_| !is_versioned) {
            diagnostics.push(if must_be_unique { refusal(first, node) } else { warning(first, node) });
        }
    }
}

fn refusal(first: &Node, node: &Node) -> Diagnostic {
    let title = format!("dbt found two resources with the name \"{}\"", node.name);
    let note = format!(
        "Since these resources have the same name, dbt will be unable to find the correct resource when looking for ref(\"{}\").",
        node.name
    );
    at_both(Diagnostic::error(Kind::Compilation, "E0320", title), first, node)
        .with_note(note)
        .with_help("To fix this, change the name of one of these resources")
}

fn warning(first: &Node, node: &Node) -> Diagnostic {
    let (name, package) = (&node.name, &node.package);
    let title = format!(
        "Found resources with the same name '{name}' in package '{package}': '{}' and '{}'. \
         Please update one of the resources to have a unique name.",
        first.unique_id, node.unique_id
    );
    at_both(Diagnostic::warning(Kind::Compilation, "W0320", title), first, node).as_event(
        "DuplicateNameDistinctNodeTypesDeprecation",
        [
            ("resource_name", name),
            ("unique_id1", first.unique_id.as_str()),
            ("unique_id2", node.unique_id.as_str()),
            ("package_name", package),
        ],
    )
}

fn both_kinds(node: &Node, other: &Node) -> Diagnostic {
    let title = format!("dbt found versioned and unversioned models with the name \"{}\".", node.name);
    at_both(Diagnostic::error(Kind::Parsing, "E0321", title), other, node)
        .with_help("change the name of the unversioned resource, or add it to the versions")
}

fn at_both(diagnostic: Diagnostic, first: &Node, node: &Node) -> Diagnostic {
    diagnostic
        .at(place::first_line(node), format!("{} ({})", node.unique_id, node.original_file_path))
        .with_context(place::first_line(first), format!("{} ({})", first.unique_id, first.original_file_path))
}
