//! Renders templates without a database, to learn what they refer to and how they configure themselves.

use crate::diagnostic::Span;
use crate::resource::{FunctionCall, Map, MetricCall, NodeConfig, RefCall, Relation, SourceCall, UniqueId};

/// What a template asked for while it was rendered.
#[derive(Debug, Default)]
pub(crate) struct Extracted {
    /// Calls of `ref` in order.
    pub refs: Vec<RefCall>,
    /// Calls of `source` in order.
    pub sources: Vec<SourceCall>,
    /// Calls of `function` in order.
    pub functions: Vec<FunctionCall>,
    /// Calls of `metric` in order.
    pub metrics: Vec<MetricCall>,
    /// Keyword arguments of `config()`.
    pub config: Map,
    /// Macros that the template itself called.
    pub macros: Vec<UniqueId>,
    /// Whether dbt, too, reads the template without rendering it.
    pub is_static: bool,
}

impl Extracted {
    /// Returns whether it refers to a node or source.
    pub(crate) fn refers(&self) -> bool {
        !self.refs.is_empty() || !self.sources.is_empty()
    }

    /// Adds what another template of the same node asked for.
    pub(crate) fn merge(&mut self, other: Self) {
        for reference in other.refs {
            if !self.refs.iter().any(|known| known.is_same(&reference)) {
                self.refs.push(reference);
            }
        }
        for source in other.sources {
            if !self.sources.iter().any(|known| known.source == source.source && known.table == source.table) {
                self.sources.push(source);
            }
        }
        self.functions.extend(other.functions);
        self.metrics.extend(other.metrics);
        for id in other.macros {
            if !self.macros.contains(&id) {
                self.macros.push(id);
            }
        }
    }
}

/// A template to be rendered for what it asks for.
pub(crate) struct Request<'a> {
    /// Unique name.
    pub name: &'a str,
    /// The package whose macros it sees.
    pub package: &'a str,
    /// The text.
    pub template: &'a Span,
    /// `this`.
    pub this: &'a Relation,
    /// `config`, as far as known.
    pub config: &'a NodeConfig,
    /// `model`.
    pub model: Map,
}
