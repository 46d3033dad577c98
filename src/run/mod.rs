//! Runs nodes on worker threads and returns their results.
//!
//! [`Plan`] says who waits for whom, [`schedule`] hands nodes to worker threads, [`node`] does one node's work through its
//! materialization macro, [`verdict`] judges tests. What happens is told as [`Event`]s.

mod event;
mod hook;
mod materialization;
mod microbatch;
mod node;
mod plan;
mod prepare;
mod python;
mod result;
mod runner;
mod schedule;
mod unit_test;
mod verdict;

pub use event::{Event, EventSink, Placement, Stage};
pub use microbatch::{BatchRun, BatchSettings};
pub use plan::{Ancestry, Gate, Plan};
pub use prepare::unreachable;
pub use result::{BatchResults, NodeResult, RunResults, Status, Timing};
pub use runner::{RunOutput, RunSettings, Runner, Stop, Task};

use crate::resource::Node;

/// The result of a node that was not begun because the user ended the run.
fn skipped_by_stop(node: &Node) -> NodeResult {
    NodeResult::skipped(node.unique_id.clone(), None)
}
