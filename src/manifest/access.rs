//! Which models may be referred to from where.

use super::place;
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::project::Project;
use crate::resource::{Detail, ModelDetail, Node, RefCall, UniqueId};

/// Who refers to a model.
pub(super) struct Referrer<'a> {
    /// Its id.
    pub id: &'a UniqueId,
    /// Its package.
    pub package: &'a str,
    /// Its group; exposures have none.
    pub group: Option<&'a str>,
    /// Where the call stands.
    pub span: Span,
}

impl<'a> Referrer<'a> {
    /// Takes a node that calls `ref`.
    pub(super) fn node(node: &'a Node, call: &RefCall) -> Self {
        let span = place::of_ref(node, call);
        Self { id: &node.unique_id, package: &node.package, group: node.group.as_deref(), span }
    }
}

/// Returns why a model may not be referred to.
pub(super) fn refusal(referrer: Referrer<'_>, target: &Node, project: &Project) -> Option<Diagnostic> {
    let Detail::Model(ModelDetail { access, .. }) = &target.detail else { return None };
    let owner = std::iter::once(project).chain(&project.packages).find(|package| package.name == target.package);
    let is_restricted = owner.is_some_and(|owner| owner.restrict_access) && project.name != target.package;
    let (refused, scope) = match access.as_str() {
        "private" => {
            let same_group = referrer.group.is_some() && referrer.group == target.group.as_deref();
            let outside = referrer.package != target.package && is_restricted;
            (!same_group || outside, format!("the '{}' group", target.group.as_deref().unwrap_or_default()))
        }
        "protected" => {
            (referrer.package != target.package && is_restricted, format!("the '{}' package", target.package))
        }
        _ => return None,
    };
    if !refused {
        return None;
    }
    let title = format!(
        "Node {} attempted to reference node {}, which is not allowed because the referenced node is {access} to {scope}",
        referrer.id, target.unique_id
    );
    Some(
        Diagnostic::error(Kind::Compilation, "E0303", title)
            .at(referrer.span, format!("`{}` is {access}", target.name))
            .with_help(match access.as_str() {
                "private" => "put both into the same group, or make the model protected or public",
                _ => "make the model public",
            }),
    )
}
