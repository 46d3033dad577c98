//! The lock file: which packages were found, and the hash of the list that asked for them.

use sha1::{Digest, Sha1};

use super::DepsOptions;
use super::pinned::Pinned;
use super::spec::Wanted;
use crate::resource::{Map, Value};

/// Returns dbt's hash of a list of packages.
pub(super) fn hash(wanted: &Wanted) -> String {
    let mut texts: Vec<String> = wanted.packages.iter().map(|package| json(&package.hashed)).collect();
    texts.sort();
    Sha1::digest(texts.join("\n").as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns what the lock file holds.
pub(super) fn contents(resolved: &[(Pinned, String)], hash: &str, options: &DepsOptions<'_>) -> Value {
    let packages: Vec<Value> = resolved.iter().map(|(pinned, name)| pinned.locked(name, options)).collect();
    let mut lock = Map::new();
    lock.insert("packages".to_owned(), Value::Array(packages));
    lock.insert("sha1_hash".to_owned(), hash.into());
    Value::Object(lock)
}

/// Writes JSON as Python does, with its keys in order.
fn json(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let mut entries: Vec<(&String, &Value)> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            let entries = entries.into_iter().map(|(key, value)| format!("{}: {}", text(key), json(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::String(string) => text(string),
        other => other.to_string(),
    }
}

/// Writes a text in quotes, with escapes for all that is not ASCII.
fn text(string: &str) -> String {
    let quoted = Value::from(string).to_string();
    let mut units = [0_u16; 2];
    quoted
        .chars()
        .map(|character| {
            if character.is_ascii() {
                return character.to_string();
            }
            character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn json_is_written_as_python_writes_it() {
        let value = json!({"b": [1.0, true, null], "a": "é\"😀", "c": {}});
        assert_eq!(super::json(&value), r#"{"a": "\u00e9\"\ud83d\ude00", "b": [1.0, true, null], "c": {}}"#);
    }
}
