//! Log lines as JSON objects, in the shape of dbt's structured logs: `info` about the line, `data` about the event.

use chrono::{SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::{Level, catalogue};
use crate::diagnostic::Diagnostic;
use crate::resource::{Checksum, Node, ResourceType};
use crate::run::{NodeResult, Status};

/// Returns one line.
pub fn line(invocation_id: &str, level: Level, name: &str, text: &str, data: Map<String, Value>) -> String {
    let mut data = data;
    let stripped = || anstream::adapter::strip_str(text).to_string();
    let message = data.get("msg").and_then(Value::as_str).map_or_else(stripped, str::to_owned);
    data.entry("msg").or_insert_with(|| message.as_str().into());
    json!({
        "info": {
            "category": "",
            "code": catalogue::code(name),
            "extra": {},
            "invocation_id": invocation_id,
            "level": level.as_str(),
            "msg": message,
            "name": name,
            "pid": std::process::id(),
            "thread": std::thread::current().name().map_or("MainThread", thread_name),
            "ts": Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true),
        },
        "data": data,
    })
    .to_string()
}

/// Returns dbt's name for a thread: the program's first one has another name there.
pub fn thread_name(name: &str) -> &str {
    if name == "main" { "MainThread" } else { name }
}

/// Returns the name of dbt's event for a node's end.
pub fn result_event(node: &Node, result: &NodeResult) -> &'static str {
    match (result.status, node.resource_type) {
        (Status::Skipped, _) => "SkippingDetails",
        (_, ResourceType::Test | ResourceType::UnitTest) => "LogTestResult",
        (_, ResourceType::Seed) => "LogSeedResult",
        (_, ResourceType::Snapshot) => "LogSnapshotResult",
        (_, ResourceType::Operation) => "LogHookEndLine",
        _ => "LogModelResult",
    }
}

fn node_checksum(node: &Node) -> &str {
    match &node.checksum {
        Checksum::Sha256(text) | Checksum::Path(text) => text,
        Checksum::None => "",
    }
}

fn moment(time: chrono::DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// Returns what an event tells of its node.
pub fn node(node: &Node, result: Option<&NodeResult>) -> Map<String, Value> {
    let started = result.and_then(|result| result.timing.first());
    let ended = result.and_then(|result| result.timing.last());
    let info = json!({
        "materialized": node.config.materialized(),
        "meta": node.config.map("meta").cloned().unwrap_or_default(),
        "node_checksum": node_checksum(node),
        "node_name": node.name,
        "node_path": node.path,
        "node_relation": {
            "alias": node.alias,
            "database": node.database,
            "schema": node.schema,
            "relation_name": node.relation.as_ref().map(crate::resource::Relation::render),
        },
        "node_started_at": started.map(|timing| moment(timing.started_at)).unwrap_or_default(),
        "node_finished_at": ended.map(|timing| moment(timing.completed_at)).unwrap_or_default(),
        "node_status": result.map_or("started", |result| result.status.as_str()),
        "resource_type": node.resource_type.as_str(),
        "unique_id": node.unique_id.as_str(),
    });
    let mut data = Map::new();
    data.insert("node_info".into(), info);
    if let Some(result) = result {
        data.insert("status".into(), result.status.as_str().into());
        data.insert("execution_time".into(), result.execution_time.into());
        data.insert("num_failures".into(), result.failures.into());
    }
    data
}

/// Returns what an event tells of a batch.
pub fn batch((number, total): (usize, usize), of: &Node, result: Option<&NodeResult>) -> Map<String, Value> {
    let mut data = node(of, result);
    data.insert("batch_index".into(), number.into());
    data.insert("total_batches".into(), total.into());
    data
}

/// Returns what a line tells of a message: its code, place and help.
pub fn diagnostic(diagnostic: &Diagnostic) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("code".into(), diagnostic.code.into());
    data.insert("title".into(), diagnostic.title.as_str().into());
    data.insert("location".into(), diagnostic.location().into());
    data.insert("help".into(), diagnostic.help.clone().into());
    if diagnostic.event.is_some() {
        // Programs look for dbt's words, without a drawing around them.
        let words: Vec<&str> =
            std::iter::once(&diagnostic.title).chain(&diagnostic.notes).map(String::as_str).collect();
        data.insert("msg".into(), words.join("\n").into());
    }
    for (key, value) in diagnostic.event.iter().flat_map(|event| &event.facts) {
        data.insert((*key).into(), value.as_str().into());
    }
    data
}
