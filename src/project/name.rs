//! What a project may be called: macros are reached by the name, so it must be an identifier and none of dbt's own words.

use crate::diagnostic::{Diagnostic, Kind, Span};

/// Names that templates use for something else.
const RESERVED: &[&str] = &[
    "_sql_results",
    "adapter",
    "api",
    "column",
    "config",
    "context",
    "database",
    "env",
    "env_var",
    "exceptions",
    "execute",
    "flags",
    "fromjson",
    "fromyaml",
    "graph",
    "invocation_id",
    "load_agate_table",
    "load_result",
    "log",
    "model",
    "modules",
    "post_hooks",
    "pre_hooks",
    "ref",
    "render",
    "return",
    "run_started_at",
    "schema",
    "source",
    "sql",
    "sql_now",
    "store_result",
    "store_raw_result",
    "target",
    "this",
    "tojson",
    "toyaml",
    "try_or_compiler_error",
    "var",
    "write",
];

/// Checks the name of a project; returns what is wrong with it.
pub(super) fn check(name: &str, span: &Span) -> Option<Diagnostic> {
    let error = |title: String| Diagnostic::error(Kind::Parsing, "E0104", title).at(span.clone(), "");
    if RESERVED.contains(&name) {
        return Some(error(format!("a project may not be called `{name}`: templates use this name")));
    }
    let is_identifier = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_identifier {
        return None;
    }
    let proposal: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let proposal = if proposal.starts_with(|c: char| c.is_ascii_digit()) { format!("_{proposal}") } else { proposal };
    let diagnostic = error(format!("`{name}` is no name for a project"))
        .with_note("a name has letters, digits and `_`, and does not begin with a digit");
    Some(if proposal.is_empty() { diagnostic } else { diagnostic.with_help(format!("write `name: {proposal}`")) })
}
