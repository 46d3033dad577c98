//! Two resources of one name, in the words of dbt.

use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::resource::{Node, UniqueId};

/// A resource whose name another one has.
pub(super) struct Twin<'a> {
    /// Its id.
    pub id: &'a str,
    /// Where it stands.
    pub span: &'a Span,
}

/// Returns the mistake of two resources other than nodes.
pub(super) fn twins(kinds: &str, name: &str, second: &Twin<'_>, first: &Twin<'_>) -> Diagnostic {
    Diagnostic::error(Kind::Compilation, "E0223", format!("dbt found two {kinds} with the name \"{name}\""))
        .at(second.span.clone(), "this one")
        .with_context(first.span.clone(), "and this one")
        .with_note(consequence(&format!("looking for {name}")))
        .with_note(remedy(first, second))
}

/// Returns the mistake of two nodes with one id.
pub(super) fn twin_nodes(node: &Node, first: &Span) -> Diagnostic {
    let is_generic = node.test().is_some_and(|test| test.generic.is_some());
    let title = format!("dbt found two {} with the name \"{}\"", node.resource_type.plural(), node.name);
    let diagnostic = Diagnostic::error(Kind::Compilation, "E0220", title)
        .at(super::node::first_line(&node.span), "this one")
        .with_context(super::node::first_line(first), "and this one");
    let (second, first) =
        (Twin { id: node.unique_id.as_str(), span: &node.span }, Twin { id: node.unique_id.as_str(), span: first });
    if is_generic {
        return diagnostic
            .with_note(consequence("running tests"))
            .with_note(remedy(&first, &second))
            .with_help("remove one, or give it another `name` or other arguments");
    }
    let looked_for =
        if node.resource_type.is_refable() { format!("ref(\"{}\")", node.name) } else { node.name.clone() };
    diagnostic
        .with_note(consequence(&format!("looking for {looked_for}")))
        .with_note(remedy(&first, &second))
        .with_help("rename one of the files")
}

/// Returns the mistake of two files of rows for unit tests.
pub(super) fn twin_fixtures(package: &str, name: &str, second: &Span, first: &Span) -> Diagnostic {
    let id = UniqueId::from_text(&format!("fixture.{package}.{name}"));
    let twin = |span| Twin { id: id.as_str(), span };
    twins("fixtures", name, &twin(second), &twin(first)).with_help("rename one of the files")
}

fn consequence(action: &str) -> String {
    format!("Since these resources have the same name, dbt will be unable to find the correct resource\nwhen {action}.")
}

fn remedy(first: &Twin<'_>, second: &Twin<'_>) -> String {
    let line = |twin: &Twin<'_>| format!("\n- {} ({})", twin.id, twin.span.file.path);
    format!("To fix this, change the name of one of these resources:{}{}", line(first), line(second))
}
