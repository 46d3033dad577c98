//! What programs are told of nodes: that they began, how far they are, how they ended; in dbt's words.

use serde_json::{Value, json};

use super::entry::Entry;
use super::{Level, json_lines};
use crate::resource::{Node, ResourceType};
use crate::run::{NodeResult, Stage, Status};

/// How wide a line is before its status.
const WIDTH: usize = 80;

/// A node's place among those of a run: its number and how many there are.
pub type Place = (usize, usize);

/// Returns a line with its status, as dbt lines them up.
pub fn line((index, total): Place, message: &str, status: &str, seconds: Option<f64>) -> String {
    let mut text = format!("{index} of {total} {message} ");
    while text.chars().count() < WIDTH {
        text.push('.');
    }
    let time = seconds.map(|seconds| format!(" in {seconds:.2}s")).unwrap_or_default();
    format!("{text} [{status}{time}]")
}

/// Returns the line of something that there is nothing to do for.
pub fn no_op_line(place: Place, description: &str) -> String {
    line(place, &format!("NO-OP {description}"), "NO-OP", Some(0.0))
}

/// Cuts a line that is wider than the terminal is taken to be.
fn cut(text: String) -> String {
    let Some((dotted, status)) = text.rsplit_once(" [") else { return text };
    if dotted.chars().count() <= WIDTH - 3 {
        return text;
    }
    let kept: String = dotted.chars().take(WIDTH - 3).collect();
    format!("{kept}... [{status}")
}

/// Returns what dbt calls a node in such lines; `database` is the target's own, which is not named.
pub fn description(node: &Node, database: &str) -> String {
    let place = match node.database.as_str() {
        other if !other.is_empty() && other != database => format!("{other}.{}.{}", node.schema, node.alias),
        _ => format!("{}.{}", node.schema, node.alias),
    };
    match node.resource_type {
        ResourceType::Model => format!("{} {} model {place}", node.language, materialization(node)),
        ResourceType::Seed => format!("seed file {place}"),
        ResourceType::Snapshot => format!("snapshot {place}"),
        ResourceType::Test | ResourceType::UnitTest => format!("{} {}", node.resource_type, test_name(node)),
        other => format!("{other} {place}"),
    }
}

fn materialization(node: &Node) -> &str {
    let strategy = node.config.text("incremental_strategy");
    match node.config.materialized() {
        "incremental" if strategy == Some("microbatch") => "microbatch",
        other => other,
    }
}

/// A unit test is named with its model.
pub fn test_name(node: &Node) -> String {
    let mut parts = node.unique_id.as_str().splitn(4, '.').skip(2);
    match (node.resource_type, parts.next()) {
        (ResourceType::UnitTest, Some(model)) => format!("{model}::{}", node.search_name()),
        _ => node.name.clone(),
    }
}

/// Returns the name of a hook as dbt has it: package, time and number.
pub fn hook_name(node: &Node, (index, _): Place) -> String {
    let time = node.tags.iter().find(|tag| tag.starts_with("on-run-")).map_or("on-run-start", String::as_str);
    format!("{}.{time}.{}", node.package, index.saturating_sub(1))
}

/// Returns the events of a node that a worker takes up.
pub fn started(place: Place, node: &Node, info: &Value, database: &str) -> [Entry; 2] {
    let description = description(node, database);
    let text = line(place, &format!("START {description}"), "RUN", None);
    [
        Entry::new(Level::Debug, "NodeStart", format!("Began running node {}", node.unique_id), Value::Null)
            .about(info),
        Entry::new(
            Level::Info,
            "LogStartLine",
            text,
            json!({"description": description, "index": place.0, "total": place.1}),
        )
        .about(info),
    ]
}

/// Returns the events of a step in a node's work; what was compiled is written before it is executed.
pub fn stage(stage: Stage, node: &Node, info: &Value) -> Vec<Entry> {
    let id = &node.unique_id;
    let step = |name, word| Entry::new(Level::Debug, name, format!("Began {word} node {id}"), Value::Null).about(info);
    if stage == Stage::Compiling {
        return vec![step("NodeCompiling", "compiling")];
    }
    let text = format!("Writing injected SQL for node \"{id}\"");
    let injected = Entry::new(Level::Debug, "WritingInjectedSQLForNode", text, Value::Null).about(info);
    let text = format!("Writing runtime SQL for node \"{id}\"");
    let written = Entry::new(Level::Debug, "JinjaLogDebug", text.as_str(), json!({"msg": text})).about(info);
    let is_compiled = node.resource_type != ResourceType::Seed;
    is_compiled.then_some(injected).into_iter().chain([step("NodeExecuting", "executing"), written]).collect()
}

/// Returns the event of a schema that is about to be made.
pub fn schema_made(database: &str, schema: &str) -> Entry {
    let text = format!("Creating schema \"database: \"{database}\"\nschema: \"{schema}\"\n\"");
    let data = json!({"relation": {"database": database, "schema": schema, "identifier": ""}});
    Entry::new(Level::Debug, "SchemaCreation", text, data)
}

/// Returns the event of a hook that is about to run.
pub fn hook_started(place: Place, node: &Node, info: &Value) -> Entry {
    let statement = hook_name(node, place);
    let text = cut(line(place, &format!("START hook: {statement}"), "RUN", None));
    let data = json!({"statement": statement, "index": place.0, "total": place.1});
    Entry::new(Level::Info, "LogHookStartLine", text, data).about(info)
}

/// Returns the event of a hook that ended.
pub fn hook_finished(place: Place, node: &Node, result: &NodeResult, info: &Value) -> Entry {
    let statement = hook_name(node, place);
    let word = match result.status {
        Status::Success => "OK",
        Status::Skipped => "SKIP",
        _ => "ERROR",
    };
    let text = cut(line(place, &format!("{word} hook: {statement}"), word, Some(result.execution_time)));
    let data = json!({
        "statement": statement,
        "index": place.0,
        "total": place.1,
        "status": result.status.as_str(),
        "execution_time": result.execution_time,
    });
    Entry::new(Level::Info, "LogHookEndLine", text, data).about(info)
}

/// Returns the event that says how a node ended.
pub fn result(place: Place, node: &Node, result: &NodeResult, database: &str) -> Entry {
    match (result.status, node.resource_type) {
        (Status::Skipped, _) => skipped(place, node, result),
        (_, ResourceType::Test | ResourceType::UnitTest) => tested(place, node, result),
        (_, ResourceType::Seed) => seeded(place, node, result),
        (_, ResourceType::Snapshot) => snapshotted(place, node, result, database),
        (_, ResourceType::Function) => defined(place, node, result, database),
        _ => built(place, node, result, database),
    }
}

fn skipped(place: Place, node: &Node, result: &NodeResult) -> Entry {
    if result.message.as_deref().is_some_and(|message| message.contains("referenced ephemeral model")) {
        // The ephemeral model is itself skipped when something above it failed.
        let status = if result.skipped_because_of.is_some() { "skipped" } else { "error" };
        let message = format!("SKIP relation {}.{} due to ephemeral model status '{status}'", node.schema, node.name);
        let data = json!({
            "schema": node.schema, "relation": node.name, "index": place.0, "total": place.1, "status": status,
        });
        return Entry::new(Level::Error, "LogSkipBecauseError", line(place, &message, "ERROR SKIP", None), data);
    }
    let message = match node.resource_type {
        ResourceType::Model | ResourceType::Seed | ResourceType::Snapshot => {
            format!("SKIP relation {}.{}", node.schema, node.name)
        }
        other => format!("SKIP {other} {}", node.name),
    };
    let data = json!({
        "resource_type": node.resource_type.as_str(), "schema": node.schema, "node_name": node.name,
        "index": place.0, "total": place.1,
    });
    Entry::new(Level::Info, "SkippingDetails", line(place, &message, "SKIP", None), data)
}

fn tested(place: Place, node: &Node, result: &NodeResult) -> Entry {
    let failures = result.failures.unwrap_or_default();
    let (level, status) = match result.status {
        Status::Pass => (Level::Info, "PASS".to_owned()),
        Status::Warn => (Level::Warn, format!("WARN {failures}")),
        Status::Fail => (Level::Error, format!("FAIL {failures}")),
        _ => (Level::Error, "ERROR".to_owned()),
    };
    let name = test_name(node);
    let text = line(place, &format!("{status} {name}"), &status, Some(result.execution_time));
    let mut data = json!({
        "name": name, "status": result.status.as_str(), "index": place.0, "num_models": place.1,
        "execution_time": result.execution_time, "num_failures": failures,
    });
    if let Some(attached) = node.test().and_then(|test| test.attached.as_ref()) {
        data["attached_node"] = attached.as_str().into();
    }
    Entry::new(level, "LogTestResult", text, data)
}

fn seeded(place: Place, node: &Node, result: &NodeResult) -> Entry {
    let (level, words, status) = outcome(result, "ERROR loading", "OK loaded");
    let text = format!("{words} seed file {}.{}", node.schema, node.alias);
    let data = json!({
        "status": result.status.as_str(), "result_message": result.message.clone().unwrap_or_default(),
        "index": place.0, "total": place.1, "execution_time": result.execution_time,
        "schema": node.schema, "relation": node.alias,
    });
    Entry::new(level, "LogSeedResult", line(place, &text, &status, Some(result.execution_time)), data)
}

fn snapshotted(place: Place, node: &Node, result: &NodeResult, database: &str) -> Entry {
    let (level, words, status) = outcome(result, "ERROR snapshotting", "OK snapshotted");
    let description = description(node, database);
    let text = line(place, &format!("{words} {description}"), &status, Some(result.execution_time));
    let data = json!({
        "description": description, "status": result.status.as_str(), "index": place.0, "total": place.1,
        "execution_time": result.execution_time, "result_message": result.message.clone().unwrap_or_default(),
    });
    Entry::new(level, "LogSnapshotResult", text, data)
}

fn built(place: Place, node: &Node, result: &NodeResult, database: &str) -> Entry {
    let (level, words, status) = match result.status {
        Status::PartialSuccess => {
            let status = result.message.clone().unwrap_or_default();
            (Level::Info, "PARTIALLY created", status)
        }
        _ => outcome(result, "ERROR creating", "OK created"),
    };
    let description = description(node, database);
    let text = line(place, &format!("{words} {description}"), &status, Some(result.execution_time));
    let status = if result.status == Status::Error { "error".to_owned() } else { status };
    let data = json!({
        "description": description, "status": status, "index": place.0, "total": place.1,
        "execution_time": result.execution_time,
    });
    Entry::new(level, "LogModelResult", text, data)
}

fn defined(place: Place, node: &Node, result: &NodeResult, database: &str) -> Entry {
    let (level, words) = match result.status {
        Status::Error | Status::Fail => (Level::Error, "ERROR creating"),
        _ => (Level::Info, "OK created"),
    };
    let description = description(node, database);
    let status = result.status.as_str();
    let text = line(place, &format!("{words} {description}"), &status.to_uppercase(), Some(result.execution_time));
    let data = json!({
        "description": description, "status": status, "index": place.0, "total": place.1,
        "execution_time": result.execution_time,
    });
    Entry::new(level, "LogFunctionResult", text, data)
}

fn outcome(result: &NodeResult, wrong: &'static str, right: &'static str) -> (Level, &'static str, String) {
    match result.status {
        Status::Error | Status::Fail => (Level::Error, wrong, "ERROR".to_owned()),
        _ => (Level::Info, right, result.message.clone().unwrap_or_else(|| "OK".to_owned())),
    }
}

/// Returns the event after a node's work, with its result as `run_results.json` has it.
pub fn finished(node: &Node, result: &NodeResult, info: &Value) -> Entry {
    let text = format!("Finished running node {}", node.unique_id);
    Entry::new(Level::Debug, "NodeFinished", text, json!({"run_result": run_result(result)})).about(info)
}

/// Returns a result as events carry it.
pub fn run_result(result: &NodeResult) -> Value {
    let timing = |timing: &crate::run::Timing| {
        json!({
            "name": timing.name,
            "started_at": json_lines::stamp(timing.started_at),
            "completed_at": json_lines::stamp(timing.completed_at),
        })
    };
    json!({
        "status": result.status.as_str(),
        "message": result.message.clone().unwrap_or_default(),
        "timing_info": result.timing.iter().map(timing).collect::<Vec<_>>(),
        "thread": result.thread_id,
        "execution_time": result.execution_time,
        "adapter_response": result.adapter_response,
        "num_failures": result.failures.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::{cut, line};

    #[test]
    fn lines_are_lined_up_as_in_dbt() {
        let expected = "1 of 28 START seed file main.raw_customers ..................................... [RUN]";
        assert_eq!(line((1, 28), "START seed file main.raw_customers", "RUN", None), expected);
        let expected =
            "11 of 28 PASS unique_stg_customers_customer_id ................................. [PASS in 0.09s]";
        assert_eq!(line((11, 28), "PASS unique_stg_customers_customer_id", "PASS", Some(0.09)), expected);
    }

    #[test]
    fn lines_of_hooks_are_cut() {
        let shown = cut(line((1, 1), &format!("START hook: {}", "a".repeat(100)), "RUN", None));
        assert_eq!(shown.len(), 80 + " [RUN]".len());
        assert!(shown.ends_with("... [RUN]"), "{shown}");
    }
}
