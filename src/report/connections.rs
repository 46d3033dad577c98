//! Connections by dbt's names for them: each worker has one, and hands it on from node to node.

use std::sync::{Mutex, PoisonError};
use std::thread::ThreadId;

use serde_json::json;

use super::{Entry, Level};

/// Whose connection it is: a worker's, or that of what looks the database up.
type Owner = Option<ThreadId>;

/// The connections in use.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: Mutex<Vec<(Owner, String)>>,
}

impl Connections {
    /// Takes a connection into use under a name; returns what is told of that, when it had another name.
    pub fn take(&self, owner: Owner, name: &str) -> Option<Entry> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, known)) = open.iter_mut().find(|(known, _)| *known == owner) else {
            open.push((owner, name.to_owned()));
            let text = format!("Acquiring new duckdb connection '{name}'");
            let data = json!({"conn_type": "duckdb", "conn_name": name});
            return Some(Entry::new(Level::Debug, "NewConnection", text, data));
        };
        if known == name {
            return None;
        }
        let before = std::mem::replace(known, name.to_owned());
        let text = format!("Re-using an available connection from the pool (formerly {before}, now {name})");
        let data = json!({"orig_conn_name": before, "conn_name": name});
        Some(Entry::new(Level::Debug, "ConnectionReused", text, data))
    }

    /// Gives all back; returns what is told of each.
    pub fn close(&self) -> Vec<Entry> {
        let open = std::mem::take(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner));
        open.into_iter()
            .map(|(_, name)| {
                let text = format!("Connection '{name}' was properly closed.");
                Entry::new(Level::Debug, "ConnectionClosedInCleanup", text, json!({"conn_name": name}))
            })
            .collect()
    }
}

/// Returns what is told when the work under a name has ended.
pub(super) fn closed(name: &str) -> Entry {
    Entry::new(Level::Debug, "ConnectionClosed", format!("On {name}: Close"), json!({"conn_name": name}))
}

/// Returns what is told before the end of a transaction; nothing for other statements.
pub(super) fn ended(name: &str, sql: &str) -> Option<Entry> {
    let event = match sql {
        "COMMIT" => "SQLCommit",
        "ROLLBACK" => "Rollback",
        _ => return None,
    };
    Some(Entry::new(Level::Debug, event, format!("On {name}: {sql}"), json!({"conn_name": name})))
}

#[cfg(test)]
mod tests {
    use super::Connections;

    #[test]
    fn a_connection_is_new_once_and_then_used_again() {
        let connections = Connections::default();
        let told = ["a", "a", "b"].map(|name| connections.take(None, name).map(|entry| entry.name));
        assert_eq!(told, [Some("NewConnection"), None, Some("ConnectionReused")]);
        let closed = connections.close();
        assert_eq!(
            closed.iter().map(|entry| entry.message.as_str()).collect::<Vec<_>>(),
            ["Connection 'b' was properly closed."]
        );
    }
}
