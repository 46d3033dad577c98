//! Which models may be referred to from where.

use super::place;
use crate::diagnostic::{Diagnostic, Kind};
use crate::project::Project;
use crate::resource::{Detail, ModelDetail, Node, RefCall};

/// Returns why a node may not refer to a model.
pub(super) fn refusal(node: &Node, target: &Node, call: &RefCall, project: &Project) -> Option<Diagnostic> {
    let Detail::Model(ModelDetail { access, .. }) = &target.detail else { return None };
    let owner = std::iter::once(project).chain(&project.packages).find(|package| package.name == target.package);
    let is_restricted = owner.is_some_and(|owner| owner.restrict_access) && project.name != target.package;
    let (refused, scope) = match access.as_str() {
        "private" => {
            let same_group = node.group.is_some() && node.group == target.group;
            let outside = node.package != target.package && is_restricted;
            (!same_group || outside, format!("the '{}' group", target.group.as_deref().unwrap_or_default()))
        }
        "protected" => (node.package != target.package && is_restricted, format!("the '{}' package", target.package)),
        _ => return None,
    };
    if !refused {
        return None;
    }
    let title = format!(
        "Node {} attempted to reference node {}, which is not allowed because the referenced node is {access} to {scope}",
        node.unique_id, target.unique_id
    );
    Some(
        Diagnostic::error(Kind::Compilation, "E0303", title)
            .at(place::of_ref(node, call), format!("`{}` is {access}", target.name))
            .with_help(match access.as_str() {
                "private" => "put both into the same group, or make the model protected or public",
                _ => "make the model public",
            }),
    )
}
