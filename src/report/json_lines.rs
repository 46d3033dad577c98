//! Log lines as JSON objects, in the shape of dbt's structured logs: `info` about the line, `data` about the event.

use chrono::{SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use super::{Entry, catalogue};
use crate::diagnostic::Diagnostic;
use crate::resource::{Checksum, Node};
use crate::run::{NodeResult, Status};

/// Returns one line.
pub fn line((invocation_id, extra): (&str, &Map<String, Value>), entry: &Entry) -> String {
    json!({
        "info": {
            "category": "",
            "code": catalogue::code(entry.name),
            "extra": extra,
            "invocation_id": invocation_id,
            "level": entry.level.as_str(),
            "msg": anstream::adapter::strip_str(&entry.message).to_string(),
            "name": entry.name,
            "pid": std::process::id(),
            "thread": thread_name(),
            "ts": stamp(Utc::now()),
        },
        "data": entry.data,
    })
    .to_string()
}

/// Returns dbt's name for a thread: the program's first one has another name there.
pub fn thread_name() -> String {
    match std::thread::current().name() {
        None | Some("main") => "MainThread".to_owned(),
        Some(name) if name.starts_with("Thread-") => format!("{name} (worker)"),
        Some(name) => name.to_owned(),
    }
}

fn node_checksum(node: &Node) -> &str {
    match &node.checksum {
        Checksum::Sha256(text) | Checksum::Path(text) => text,
        Checksum::None => "",
    }
}

/// Returns a moment as `node_info` carries it.
pub fn moment(time: chrono::DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// Returns a moment as results carry it.
pub fn stamp(time: chrono::DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Returns what events tell of a node: `node_info`. `started` is when its work began, empty when it did not.
pub fn node_info(node: &Node, status: &str, started: &str, finished: Option<chrono::DateTime<Utc>>) -> Value {
    json!({
        "materialized": node.config.materialized(),
        "meta": node.config.map("meta").cloned().unwrap_or_default(),
        "node_checksum": node_checksum(node),
        "node_name": node.name,
        "node_path": node.path,
        "node_relation": {
            "alias": node.alias,
            "database": node.database,
            "schema": node.schema,
            "relation_name": node.relation.as_ref().map(crate::resource::Relation::render).unwrap_or_default(),
        },
        "node_started_at": started,
        "node_finished_at": finished.map(moment).unwrap_or_default(),
        "node_status": status,
        "resource_type": node.resource_type.as_str(),
        "unique_id": node.unique_id.as_str(),
    })
}

/// Returns what an event tells of a batch.
pub fn batch((number, total): (usize, usize), description: &str, result: Option<&NodeResult>) -> Value {
    let mut data = json!({"description": description, "batch_index": number, "total_batches": total});
    if let Some(result) = result {
        let status = match result.status {
            Status::Success => result.message.clone().unwrap_or_default(),
            other => other.as_str().to_owned(),
        };
        data["status"] = status.into();
        data["execution_time"] = result.execution_time.into();
    }
    data
}

/// Returns what a line tells of a message: its code, place and help.
pub fn diagnostic(diagnostic: &Diagnostic) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("code".into(), diagnostic.code.into());
    data.insert("title".into(), diagnostic.title.as_str().into());
    data.insert("location".into(), diagnostic.location().into());
    data.insert("help".into(), diagnostic.help.clone().into());
    for (key, value) in diagnostic.event.iter().flat_map(|event| &event.facts) {
        data.insert((*key).into(), value.clone());
    }
    data
}
