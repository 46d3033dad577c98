//! What happens while nodes run, for whoever reports it.

use std::sync::Arc;

use super::result::NodeResult;
use crate::resource::Node;

/// One thing that happened.
pub enum Event<'a> {
    /// The nodes are about to run.
    Started {
        /// How many nodes.
        total: usize,
        /// On how many threads.
        threads: usize,
    },
    /// A worker takes up a node.
    NodeStarted {
        /// Its number in the order of starting, from 1.
        index: usize,
        /// How many nodes there are.
        total: usize,
        /// The node.
        node: &'a Node,
        /// Name of the worker thread.
        thread_id: &'a str,
    },
    /// A node has ended, or was skipped.
    NodeFinished {
        /// Its number in the order of starting, from 1.
        index: usize,
        /// How many nodes there are.
        total: usize,
        /// The node.
        node: &'a Node,
        /// What came of it.
        result: &'a NodeResult,
    },
    /// Everything has ended.
    Finished,
}

/// Takes events from any worker thread.
pub type EventSink = Arc<dyn Fn(&Event<'_>) + Send + Sync>;
