//! The line of a node, for people.

use anstyle::{AnsiColor, Style};

use super::nodes;
use crate::resource::{Node, ResourceType};
use crate::run::{NodeResult, Status};

/// Returns a count with its noun: `1 node`, `2 nodes`.
pub fn count(number: usize, noun: &str) -> String {
    let noun = match noun.strip_suffix('y') {
        _ if number == 1 => noun.to_owned(),
        Some(stem) if noun.ends_with("query") => format!("{stem}ies"),
        _ => format!("{noun}s"),
    };
    format!("{} {noun}", grouped(number as u64))
}

/// Returns a number with its thousands apart: `12,480`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns what users call a node of its kind: its materialization for a model, else its type.
pub fn kind(node: &Node) -> &str {
    match node.resource_type {
        ResourceType::Model => node.config.materialized(),
        ResourceType::Operation => "hook",
        other => other.as_str(),
    }
}

/// Returns the line for a node that a worker takes up.
pub fn started(index: usize, total: usize, node: &Node) -> String {
    format!("{}  Running       {:<11} {}", place(index, total), kind(node), shown_name(index, total, node))
}

/// Returns the line for a node that ended: its place, what was done, the time, the kind, the name, and a detail.
pub fn finished(index: usize, total: usize, node: &Node, result: &NodeResult) -> String {
    let (word, style) = verb(node, result.status);
    let time = format!("{:.2}s", result.execution_time);
    let detail = detail(result);
    let line = format!(
        "{} {style}{word:>8}{style:#} {time:>6} {:<11} {:<40} {detail}",
        place(index, total),
        kind(node),
        shown_name(index, total, node)
    );
    line.trim_end().to_owned()
}

/// Returns the name that dbt shows for hooks and unit tests, and the plain one of other nodes.
fn shown_name(index: usize, total: usize, node: &Node) -> String {
    match node.resource_type {
        ResourceType::Operation => nodes::hook_name(node, (index, total)),
        ResourceType::UnitTest => nodes::test_name(node),
        _ => node.search_name().clone(),
    }
}

fn place(index: usize, total: usize) -> String {
    let width = total.to_string().len();
    format!("  [{index:>width$}/{total}]")
}

fn verb(node: &Node, status: Status) -> (&'static str, Style) {
    let green = AnsiColor::Green.on_default();
    match status {
        Status::Success if node.resource_type == ResourceType::Seed => ("Seeded", green),
        Status::Success if node.resource_type == ResourceType::Operation => ("Ran", green),
        Status::Success => ("Created", green),
        Status::Pass => ("Passed", green),
        Status::Warn => ("Warned", AnsiColor::Yellow.on_default().bold()),
        Status::Fail => ("Failed", AnsiColor::Red.on_default().bold()),
        Status::Error => ("Error", AnsiColor::Red.on_default().bold()),
        Status::PartialSuccess => ("Partial", AnsiColor::Red.on_default().bold()),
        Status::Skipped => ("Skipped", AnsiColor::Cyan.on_default()),
        Status::NoOp => ("No-op", AnsiColor::Cyan.on_default()),
    }
}

fn detail(result: &NodeResult) -> String {
    match (result.status, result.failures, result.rows_affected) {
        (Status::Skipped, ..) => match &result.skipped_because_of {
            Some(cause) => format!("because of {}", short(cause.as_str())),
            None => String::new(),
        },
        (Status::Fail | Status::Warn, Some(failures), _) => {
            format!("{} failing", count(usize::try_from(failures).unwrap_or_default(), "row"))
        }
        (Status::Success, _, Some(rows)) => count(usize::try_from(rows).unwrap_or(usize::MAX), "row"),
        _ => String::new(),
    }
}

/// Returns an id without its type, package and hash: the name.
pub fn short(id: &str) -> &str {
    let mut parts = id.splitn(3, '.');
    let is_test = parts.next() == Some("test");
    let name = parts.nth(1).unwrap_or(id);
    match name.rsplit_once('.') {
        Some((name, _)) if is_test => name,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::{count, grouped, short};

    #[test]
    fn counts_are_readable_and_correct_in_the_singular() {
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(12_480, "row"), "12,480 rows");
        let numbers = [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")];
        for (number, text) in numbers {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn ids_are_shown_by_their_names() {
        assert_eq!(short("model.shop.orders.v2"), "orders.v2");
        assert_eq!(short("test.shop.unique_orders_id.5e8de06530"), "unique_orders_id");
    }
}
