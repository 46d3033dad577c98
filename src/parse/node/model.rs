//! What only models have: access, versions, constraints, contracts.

use super::{Patch, first_line};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::parse::contract;
use crate::parse::literal::Reference;
use crate::resource::{Constraint, Detail, ModelDetail, Node};

/// Gives a model what only models have, and checks it.
pub(super) fn complete(node: &mut Node, patch: Option<Patch<'_>>, diagnostics: &mut Diagnostics) {
    let constraints = patch.map(|patch| patch.constraints()).unwrap_or_default();
    add_foreign_keys(node, &constraints, diagnostics);
    let access = node.config.text("access").unwrap_or("protected").to_owned();
    if !matches!(access.as_str(), "private" | "protected" | "public") {
        diagnostics.push(
            Diagnostic::error(
                Kind::Parsing,
                "E0216",
                format!("`{access}` is no access: it is `private`, `protected` or `public`"),
            )
            .at(first_line(&node.span), "this model has it"),
        );
    }
    let version = patch.and_then(|patch| patch.version);
    let detail = ModelDetail {
        version: version.map(|version| version.v.clone()),
        latest_version: version.and(patch).and_then(|patch| patch.latest()),
        access,
        deprecation_date: match (version, patch) {
            (Some(version), _) => version.deprecation_date.clone(),
            (None, Some(patch)) => patch.entry.deprecation_date.clone(),
            (None, None) => None,
        },
        constraints,
        primary_key: Vec::new(),
        contract_checksum: None,
        time_spine: patch.and_then(|patch| patch.entry.time_spine.clone()),
    };
    let checksum = contract::checksum(&node.config, &node.columns, &detail.constraints);
    if patch.is_some() {
        contract::check_prerequisites(node, &detail.constraints, diagnostics);
    }
    contract::check_keys(node, &detail.constraints, diagnostics);
    node.detail = Detail::Model(ModelDetail { contract_checksum: checksum, ..detail });
    if node.raw_code.is_empty() {
        diagnostics.push(
            Diagnostic::warning(Kind::Parsing, "W0220", format!("the model `{}` is empty and is not run", node.name))
                .in_path(node.span.file.path.clone()),
        );
    }
}

/// Foreign keys to a node or source make the model depend on it.
fn add_foreign_keys(node: &mut Node, constraints: &[Constraint], diagnostics: &mut Diagnostics) {
    let of_columns: Vec<Constraint> = node.columns.values().flat_map(|column| column.constraints.clone()).collect();
    for constraint in constraints.iter().chain(&of_columns) {
        let Some(to) = constraint.to.as_deref().filter(|_| constraint.constraint_type == "foreign_key") else {
            continue;
        };
        match Reference::read(to, &node.span) {
            Some(Reference::Ref(mut call)) => {
                call.span = None;
                if !node.refs.iter().any(|known| known.is_same(&call)) {
                    node.refs.push(call);
                }
            }
            Some(Reference::Source(mut call)) => {
                call.span = None;
                node.sources.push(call);
            }
            None => diagnostics.push(
                Diagnostic::error(
                    Kind::Parsing,
                    "E0217",
                    format!(
                        "Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model {}: {to}.",
                        node.name
                    ),
                )
                .at(first_line(&node.span), "on this model"),
            ),
        }
    }
}
