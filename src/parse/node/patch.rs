//! What the properties files say of a node, with its version's own words over it.

use crate::parse::properties::{ColumnEntry, NodeEntry, VersionEntry};
use crate::resource::{Constraint, Map, Value};

/// What the properties files say of a node.
#[derive(Clone, Copy)]
pub(in crate::parse) struct Patch<'a> {
    /// The entry.
    pub entry: &'a NodeEntry,
    /// The version it is, for a versioned model.
    pub version: Option<&'a VersionEntry>,
}

impl<'a> Patch<'a> {
    pub(super) fn config(&self) -> Map {
        let mut config = self.entry.config.clone();
        if let Some(version) = self.version {
            deep_merge(&mut config, &version.config);
        }
        config
    }

    pub(super) fn written_config(&self) -> Map {
        let mut config = self.entry.written_config.clone();
        if let Some(version) = self.version {
            deep_merge(&mut config, &version.written_config);
        }
        config
    }

    pub(super) fn columns(&self) -> Vec<&'a ColumnEntry> {
        match self.version {
            None => self.entry.columns.iter().collect(),
            Some(version) => {
                let picked = self.entry.columns.iter().filter(|entry| version.picked.has(&entry.column.name));
                picked.chain(&version.columns).collect()
            }
        }
    }

    pub(super) fn constraints(&self) -> Vec<Constraint> {
        match self.version {
            Some(version) if !version.constraints.is_empty() => version.constraints.clone(),
            _ => self.entry.constraints.clone(),
        }
    }

    /// Returns the latest version of the model: the one that is said to be, else the highest.
    pub(super) fn latest(&self) -> Option<String> {
        if let Some(latest) = &self.entry.latest_version {
            return Some(latest.text.clone());
        }
        let mut latest: Option<&str> = None;
        for version in &self.entry.versions {
            if latest.is_none_or(|latest| is_later(&version.v, latest)) {
                latest = Some(&version.v);
            }
        }
        latest.map(str::to_owned)
    }
}

pub(in crate::parse) fn is_later(version: &str, than: &str) -> bool {
    match (version.parse::<f64>(), than.parse::<f64>()) {
        (Ok(version), Ok(than)) => version > than,
        _ => version > than,
    }
}

fn deep_merge(map: &mut Map, over: &Map) {
    for (key, value) in over {
        match (map.get_mut(key), value) {
            (Some(Value::Object(inner)), Value::Object(over)) => deep_merge(inner, over),
            _ => {
                map.insert(key.clone(), value.clone());
            }
        }
    }
}
