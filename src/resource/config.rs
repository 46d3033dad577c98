//! The merged configuration of a node: a mapping as the user may write it, read through typed getters.

use super::{Map, Value};

/// How a data test's failures are judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Failures fail the command.
    Error,
    /// Failures only warn.
    Warn,
}

/// A statement that runs before or after a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Unrendered SQL.
    pub sql: String,
    /// Whether it runs inside the node's transaction.
    pub transaction: bool,
}

/// The configuration of one node after all its places were merged (project file, properties, `config()`).
///
/// It stays a mapping because templates read any key of it, custom ones too; the values of known keys were
/// checked when they were merged, so the getters need not fail.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeConfig(pub Map);

impl NodeConfig {
    /// Returns any value.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// Returns a text value.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.value(key).and_then(Value::as_str)
    }

    /// Returns a truth value, with what holds when it is not set.
    pub fn flag(&self, key: &str, default: bool) -> bool {
        self.value(key).and_then(Value::as_bool).unwrap_or(default)
    }

    /// Returns a list of texts; a single text counts as a list of one.
    pub fn texts(&self, key: &str) -> Vec<String> {
        match self.value(key) {
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns a nested mapping.
    pub fn map(&self, key: &str) -> Option<&Map> {
        self.value(key).and_then(Value::as_object)
    }

    /// Returns whether the node is enabled (default true).
    pub fn is_enabled(&self) -> bool {
        self.flag("enabled", true)
    }

    /// Returns the name of the materialization; empty when none is set.
    pub fn materialized(&self) -> &str {
        self.text("materialized").unwrap_or_default()
    }

    /// Returns the tags.
    pub fn tags(&self) -> Vec<String> {
        self.texts("tags")
    }

    /// Returns the severity of a data test (default error). Any case is accepted.
    pub fn severity(&self) -> Severity {
        match self.text("severity") {
            Some(text) if text.eq_ignore_ascii_case("warn") => Severity::Warn,
            _ => Severity::Error,
        }
    }

    /// Returns the hooks under `pre-hook` or `post-hook`; each was written as a text or as `{sql, transaction}`.
    pub fn hooks(&self, key: &str) -> Vec<Hook> {
        let items = match self.value(key) {
            Some(Value::Array(items)) => items.as_slice(),
            Some(single) => std::slice::from_ref(single),
            None => &[],
        };
        items.iter().filter_map(hook).collect()
    }
}

fn hook(value: &Value) -> Option<Hook> {
    match value {
        Value::String(sql) => Some(Hook { sql: sql.clone(), transaction: true }),
        Value::Object(map) => Some(Hook {
            sql: map.get("sql")?.as_str()?.to_owned(),
            transaction: map.get("transaction").and_then(Value::as_bool).unwrap_or(true),
        }),
        _ => None,
    }
}
