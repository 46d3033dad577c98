//! What happens while nodes run, for whoever reports it.

use std::sync::Arc;

use super::result::NodeResult;
use crate::resource::{Batch, Node};

/// One thing that happened.
pub enum Event<'a> {
    /// The nodes are about to run.
    Started {
        /// How many nodes.
        total: usize,
        /// On how many threads.
        threads: usize,
    },
    /// Something is looked up or made in the database before nodes run.
    Looking {
        /// dbt's name for the connection.
        name: &'a str,
    },
    /// A schema is not there and is made.
    SchemaMissing {
        /// The database.
        database: &'a str,
        /// The schema.
        schema: &'a str,
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
    /// A node's work has come to a step.
    NodeStage {
        /// The node.
        node: &'a Node,
        /// The step that begins.
        stage: Stage,
    },
    /// A hook of the project is about to run.
    HookStarted {
        /// Its number among the hooks of its time, from 1.
        index: usize,
        /// How many there are.
        total: usize,
        /// The hook.
        node: &'a Node,
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
    /// A worker takes up a batch of a microbatch model.
    BatchStarted {
        /// Its number among the model's batches, from 1.
        number: usize,
        /// How many batches the model has.
        total: usize,
        /// The model.
        node: &'a Node,
        /// The batch.
        batch: &'a Batch,
        /// Whether others run meanwhile.
        placement: Placement,
    },
    /// A batch has ended, or was skipped.
    BatchFinished {
        /// Its number among the model's batches, from 1.
        number: usize,
        /// How many batches the model has.
        total: usize,
        /// The model.
        node: &'a Node,
        /// The batch.
        batch: &'a Batch,
        /// What came of it.
        result: &'a NodeResult,
    },
    /// Everything has ended.
    Finished,
}

/// A step of a node's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Its template is rendered.
    Compiling,
    /// Its materialization runs.
    Executing,
}

/// Whether other batches of the same model run at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// They do not.
    Alone,
    /// They may.
    Beside,
}

/// Takes events from any worker thread.
pub type EventSink = Arc<dyn Fn(&Event<'_>) + Send + Sync>;
