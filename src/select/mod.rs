//! Selection syntax (`2+orders+`, `tag:nightly,source:app+` …) into a set of resources.
//!
//! A criterion finds members by a method, then brings relatives along; a space unites criteria, a comma intersects them. Tests
//! come along with what they test, as far as [`IndirectSelection`] allows.

mod criterion;
mod described;
mod expression;
mod fqn;
mod glob;
mod member;
mod method;
mod selectors;

use std::collections::BTreeSet;

use crate::diagnostic::Diagnostics;
use crate::graph::Graph;
use crate::manifest::Manifest;
use crate::resource::{ResourceType, UniqueId};
use crate::state::Comparison;

use expression::{Evaluation, Expression};
use member::Members;
pub use selectors::Selectors;

/// Which tests come along with what is selected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IndirectSelection {
    /// Those with any selected parent.
    #[default]
    Eager,
    /// Those with all parents selected.
    Cautious,
    /// Those with all parents selected, or before what is selected.
    Buildable,
    /// None.
    Empty,
}

impl IndirectSelection {
    /// All modes with their names.
    pub const ALL: [(&'static str, Self); 4] =
        [("eager", Self::Eager), ("cautious", Self::Cautious), ("buildable", Self::Buildable), ("empty", Self::Empty)];

    /// Returns the mode of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, mode)| mode)
    }
}

/// What to do with nodes that have no code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmptyNodes {
    /// They are left out: there is nothing to run.
    #[default]
    LeftOut,
    /// They are kept, for lists.
    Kept,
}

/// A selection that has a name in `selectors.yml`.
#[derive(Clone, Debug)]
pub struct Selector {
    expression: Expression,
}

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `--select`, each of its values; none selects everything.
    pub select: Vec<String>,
    /// `--selector`, or the project's default one; then `select` and `exclude` say nothing.
    pub selector: Option<Selector>,
    /// `--exclude`, each of its values.
    pub exclude: Vec<String>,
    /// `--indirect-selection`.
    pub indirect: IndirectSelection,
    /// The kinds of resources that the command takes, after `--resource-type`; none takes all.
    pub resource_types: Vec<ResourceType>,
    /// `--exclude-resource-type`.
    pub excluded_resource_types: Vec<ResourceType>,
    /// What to do with nodes that have no code.
    pub empty_nodes: EmptyNodes,
}

/// What a request selects.
#[derive(Debug)]
pub struct Selection {
    /// The ids, sorted.
    pub ids: BTreeSet<UniqueId>,
    /// Criteria that match nothing.
    pub warnings: Diagnostics,
}

impl Selection {
    /// Returns whether a resource is selected.
    pub fn contains(&self, id: &UniqueId) -> bool {
        self.ids.contains(id)
    }
}

/// Selects resources of a manifest; the graph must have been made of the manifest's `parents`.
///
/// # Errors
/// When a criterion cannot be read: an unknown method, a value that does not suit it, `@` together with `+`; when it compares
/// with an earlier state and `past` is none, or a contract of a versioned model was broken since.
pub fn select(
    manifest: &Manifest,
    graph: &Graph,
    request: &Request,
    past: Option<&Comparison<'_>>,
) -> Result<Selection, Diagnostics> {
    select_members(&Members::of(manifest), graph, request, past)
}

fn select_members(
    members: &Members<'_>,
    graph: &Graph,
    request: &Request,
    past: Option<&Comparison<'_>>,
) -> Result<Selection, Diagnostics> {
    let expression = Expression::parse(request)?;
    let mut evaluation = Evaluation { members, graph, past, warnings: Diagnostics::new() };
    let mut ids = evaluation.select(&expression)?;
    ids.retain(|id| {
        members.find(id).is_some_and(|member| {
            let is_taken = request.resource_types.is_empty() || request.resource_types.contains(&member.resource_type);
            let is_excluded = request.excluded_resource_types.contains(&member.resource_type);
            let is_left_out = member.is_empty && request.empty_nodes == EmptyNodes::LeftOut;
            is_taken && !is_excluded && !is_left_out
        })
    });
    Ok(Selection { ids, warnings: evaluation.warnings })
}

#[cfg(test)]
mod tests;
