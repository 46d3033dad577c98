//! Resources as the dictionaries that templates see (`model`, `graph`) and that manifest.json (v12) holds.
//!
//! One shape serves both, as in dbt. Keys stand in the order of dbt's own files.

mod node;
mod other;
mod semantic;

pub use node::{column, node, unset_contract};
pub use other::{doc, exposure, freshness, group, macro_definition, source, unit_test};
pub use semantic::semantic;

use super::{FunctionCall, RefCall, SourceCall, UniqueId, Value};

fn ids(ids: &[UniqueId]) -> Vec<Value> {
    ids.iter().map(|id| Value::from(id.as_str())).collect()
}

fn refs(calls: &[RefCall]) -> Vec<Value> {
    let reference = |call: &RefCall| serde_json::json!({"name": call.name, "package": call.package, "version": call.version.as_deref().map(|text| if call.is_text_version { text.into() } else { version(text) })});
    calls.iter().map(reference).collect()
}

fn sources(calls: &[SourceCall]) -> Vec<Value> {
    calls.iter().map(|call| serde_json::json!([call.source, call.table])).collect()
}

fn functions(calls: &[FunctionCall]) -> Vec<Value> {
    let words = |call: &FunctionCall| call.package.iter().chain([&call.name]).cloned().collect::<Vec<String>>();
    calls.iter().map(|call| words(call).into()).collect()
}

/// A version as dbt writes it: a number where it is one.
fn version(text: &str) -> Value {
    if let Ok(number) = text.parse::<i64>() {
        return number.into();
    }
    match text.parse::<f64>() {
        Ok(number) => number.into(),
        Err(_) => text.into(),
    }
}
