//! Runs nodes on worker threads and returns their results.

mod event;
mod plan;
mod result;
mod schedule;

pub use event::{Event, EventSink};
pub use plan::{Ancestry, Gate, Plan};
pub use result::{NodeResult, RunResults, Status, Timing};
