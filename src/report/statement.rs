//! Statements as debug events: the connection that ran them, their text, what came of them.

use serde_json::json;

use super::{Entry, Level, Reporter, connections};
use crate::adapter::QueryRecord;
use crate::resource::Node;

impl Reporter {
    /// Shows a statement that was run for a node, or for none, and what came of it.
    pub fn statement(&self, record: &QueryRecord<'_>, node: Option<&Node>) {
        let about = |entry: Entry| match node {
            Some(node) => entry.about(&self.info_of(node, "executing", None)),
            None => entry,
        };
        if let Some(entry) = self.connections.take(Some(std::thread::current().id()), record.caller) {
            self.tell(&about(entry));
        }
        if let Some(entry) = connections::ended(record.caller, record.sql) {
            self.tell(&about(entry));
            if record.sql == "ROLLBACK" {
                return;
            }
        }
        let data = json!({"conn_name": record.caller, "sql": record.sql});
        let text = format!("Using duckdb connection \"{}\"", record.caller);
        let used = json!({"conn_type": "duckdb", "conn_name": record.caller});
        self.tell(&about(Entry::new(Level::Debug, "ConnectionUsed", text, used)));
        let text = format!("On {}: {}", record.caller, record.sql);
        self.tell(&about(Entry::new(Level::Debug, "SQLQuery", text, data).plain()));
        let seconds = record.elapsed.as_secs_f64();
        let entry = match record.outcome {
            Ok(response) => {
                let data = json!({"status": response.message, "elapsed": seconds, "query_id": ""});
                let text = format!("SQL status: {} in {seconds:.3} seconds", response.message);
                Entry::new(Level::Debug, "SQLQueryStatus", text, data)
            }
            Err(error) => {
                let text = format!("duckdb adapter: duckdb error: {}", error.message);
                let data =
                    json!({"name": "duckdb", "base_msg": format!("duckdb error: {}", error.message), "args": []});
                Entry::new(Level::Debug, "AdapterEventDebug", text, data)
            }
        };
        self.tell(&about(entry.plain()));
    }
}
