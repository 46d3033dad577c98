//! Where in a node's code a name is called.

use super::{Manifest, NodeLookup};
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::resource::{FunctionCall, MetricCall, Node, RefCall, SourceCall, UniqueId};

/// Returns where a node calls a `ref`: the call when it can be found, else the first line of the code.
pub(super) fn of_ref(node: &Node, call: &RefCall) -> Span {
    call.span.clone().unwrap_or_else(|| find(node, "ref", &call.name))
}

/// Returns where a node calls a `source`.
pub(super) fn of_source(node: &Node, call: &SourceCall) -> Span {
    call.span.clone().unwrap_or_else(|| find(node, "source", &call.table))
}

/// Returns where a node calls a `function`.
pub(super) fn of_function(node: &Node, call: &FunctionCall) -> Span {
    call.span.clone().unwrap_or_else(|| find(node, "function", &call.name))
}

/// Returns where a node calls a `metric`.
pub(super) fn of_metric(node: &Node, call: &MetricCall) -> Span {
    find(node, "metric", &call.name)
}

/// Looks for a call of `function` that has the name in quotes among its arguments.
fn find(node: &Node, function: &str, name: &str) -> Span {
    let text = node.span.text();
    for quote in ['\'', '"'] {
        let quoted = format!("{quote}{name}{quote}");
        for (at, _) in text.match_indices(&quoted) {
            let Some(open) = text[..at].rfind('(') else { continue };
            let before = text[..open].trim_end();
            if before.ends_with(function) && !text[open..at].contains(')') {
                let start = node.span.range.start + before.len() - function.len();
                let end = text[at..].find(')').map_or(at + quoted.len(), |close| at + close + 1);
                return Span::new(&node.span.file, start..node.span.range.start + end);
            }
        }
    }
    first_line(node)
}

/// Returns the first line of a node's code.
pub(super) fn first_line(node: &Node) -> Span {
    let text = node.span.text();
    let length = text.find('\n').unwrap_or(text.len());
    Span::new(&node.span.file, node.span.range.start..node.span.range.start + length)
}

impl Manifest {
    /// Returns where a node refers to another: the call of `ref` or `source` that means it.
    pub fn reference_span(&self, from: &UniqueId, to: &UniqueId) -> Option<Span> {
        let node = self.nodes.get(from)?;
        let means = |call: &&RefCall| match self.look_up(call, &node.package) {
            NodeLookup::Found(target) => &target.unique_id == to,
            _ => false,
        };
        if let Some(call) = node.refs.iter().find(means) {
            return Some(of_ref(node, call));
        }
        let is_called = |call: &&FunctionCall| match self.find_function(call, &node.package) {
            NodeLookup::Found(target) => &target.unique_id == to,
            _ => false,
        };
        if let Some(call) = node.functions.iter().find(is_called) {
            return Some(of_function(node, call));
        }
        let source = self.sources.get(to)?;
        let call = node.sources.iter().find(|call| call.source == source.source_name && call.table == source.name)?;
        Some(of_source(node, call))
    }

    /// Reports a cycle: nodes each of which refers to the next one, and the last to the first.
    pub fn cycle(&self, nodes: &[UniqueId]) -> Diagnostic {
        let name = |id: &UniqueId| self.nodes.get(id).map_or_else(|| id.to_string(), Node::search_name);
        let mut chain: Vec<String> = nodes.iter().map(name).collect();
        chain.extend(nodes.first().map(name));
        let title = format!("Found a cycle: {}", chain.join(" -> "));
        let ids: Vec<&str> = nodes.iter().map(UniqueId::as_str).collect();
        let words = format!("Found a cycle: {}", ids.join(" --> "));
        let mut diagnostic = Diagnostic::error(Kind::Compilation, "E0401", title).in_words(words);
        for (index, from) in nodes.iter().enumerate() {
            let to = &nodes[(index + 1) % nodes.len()];
            let Some(span) = self.reference_span(from, to) else { continue };
            let label = format!("`{}` refers to `{}`", name(from), name(to));
            diagnostic = match diagnostic.primary {
                None => diagnostic.at(span, label),
                Some(_) => diagnostic.with_context(span, label),
            };
        }
        diagnostic
    }
}
