//! One thing to tell, in dbt's words for programs and in Martlet's own look for people.

use serde_json::{Map, Value};

use super::Level;

/// An event as programs read it, and what people see of it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its level.
    pub level: Level,
    /// dbt's name for it.
    pub name: &'static str,
    /// dbt's words for it.
    pub message: String,
    /// What it tells.
    pub data: Map<String, Value>,
    /// What the terminal shows of it.
    pub shown: Shown,
}

/// What people see of an event.
#[derive(Clone, Debug)]
pub enum Shown {
    /// The same words.
    Same,
    /// Other words, at their own level.
    As(Level, String),
    /// Nothing.
    Nothing,
}

impl Entry {
    /// Makes an event that only programs see.
    pub fn new(level: Level, name: &'static str, message: impl Into<String>, data: Value) -> Self {
        let data = match data {
            Value::Object(data) => data,
            _ => Map::new(),
        };
        Self { level, name, message: message.into(), data, shown: Shown::Nothing }
    }

    /// Makes the event of an empty line.
    pub fn gap() -> Self {
        Self::new(Level::Info, "Formatting", "", serde_json::json!({"msg": ""}))
    }

    /// Lets people see it in dbt's words.
    pub fn plain(self) -> Self {
        Self { shown: Shown::Same, ..self }
    }

    /// Lets people see it in other words.
    pub fn shown(self, level: Level, text: impl Into<String>) -> Self {
        Self { shown: Shown::As(level, text.into()), ..self }
    }

    /// Adds a fact.
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.data.insert(key.into(), value);
        self
    }

    /// Adds what it tells of its node.
    pub fn about(mut self, node_info: &Value) -> Self {
        self.data.insert("node_info".into(), node_info.clone());
        self
    }
}
