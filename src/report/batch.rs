//! The lines of batches, in dbt's words.

use crate::resource::{Batch, Node};
use crate::run::{NodeResult, Placement, Status};

/// How wide such a line is before its status.
const WIDTH: usize = 80;

/// Returns what dbt calls a batch.
pub fn of(node: &Node, batch: &Batch) -> String {
    format!("batch {} of {}.{}", batch.name(), node.schema, node.alias)
}

/// Returns the line for how a batch is run.
pub fn placed(node: &Node, batch: &Batch, placement: Placement) -> String {
    let how = match placement {
        Placement::Alone => "sequentially",
        Placement::Beside => "concurrently",
    };
    format!("{} is being run {how}", of(node, batch))
}

/// Returns the line for a batch that is taken up.
pub fn started(place: (usize, usize), node: &Node, batch: &Batch) -> String {
    let text = dotted(place, &format!("START {}", of(node, batch)));
    format!("Batch {text} [RUN]")
}

/// Returns the line for a batch that ended.
pub fn finished(place: (usize, usize), node: &Node, batch: &Batch, result: &NodeResult) -> String {
    let (word, status) = match result.status {
        Status::Success => ("OK created", result.message.clone().unwrap_or_default()),
        Status::Skipped => ("SKIP", "SKIPPED".to_owned()),
        _ => ("ERROR creating", "ERROR".to_owned()),
    };
    let text = dotted(place, &format!("{word} {}", of(node, batch)));
    format!("Batch {text} [{status} in {:.2}s]", result.execution_time)
}

fn dotted((number, total): (usize, usize), text: &str) -> String {
    let mut text = format!("{number} of {total} {text} ");
    while text.len() < WIDTH {
        text.push('.');
    }
    text
}
