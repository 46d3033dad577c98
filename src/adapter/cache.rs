//! What exists in the database, known without asking: filled once, kept true by the macros that create and drop.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::resource::Relation;

type Key = (String, String, String);

/// The relations and schemas that exist, shared by all worker threads.
#[derive(Debug, Default)]
pub struct RelationCache {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    relations: BTreeMap<Key, Relation>,
    schemas: BTreeSet<(String, String)>,
}

impl RelationCache {
    /// Makes an empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    fn with<T>(&self, action: impl FnOnce(&mut State) -> T) -> T {
        // A panic elsewhere cannot leave the maps half changed: each action is one map operation.
        action(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds a relation and its schema.
    pub fn add(&self, relation: Relation) {
        let key = relation.key();
        self.with(|state| {
            state.schemas.insert((key.0.clone(), key.1.clone()));
            state.relations.insert(key, relation);
        });
    }

    /// Removes a relation.
    pub fn remove(&self, relation: &Relation) {
        self.with(|state| state.relations.remove(&relation.key()));
    }

    /// Gives a relation another name, replacing what had it.
    pub fn rename(&self, from: &Relation, to: &Relation) {
        self.with(|state| {
            let kind = state.relations.remove(&from.key()).and_then(|relation| relation.kind).or(to.kind);
            let mut renamed = to.clone();
            renamed.kind = kind;
            state.relations.insert(to.key(), renamed);
        });
    }

    /// Returns the relation of that name, with its kind.
    pub fn relation(&self, database: &str, schema: &str, identifier: &str) -> Option<Relation> {
        let key = (database.to_lowercase(), schema.to_lowercase(), identifier.to_lowercase());
        self.with(|state| state.relations.get(&key).cloned())
    }

    /// Returns the relations of a schema, sorted by name.
    pub fn relations_in(&self, database: &str, schema: &str) -> Vec<Relation> {
        let (database, schema) = (database.to_lowercase(), schema.to_lowercase());
        let in_schema = |key: &Key| key.0 == database && key.1 == schema;
        self.with(|state| {
            state.relations.iter().filter(|(key, _)| in_schema(key)).map(|(_, relation)| relation.clone()).collect()
        })
    }

    /// Notes that a schema exists.
    pub fn add_schema(&self, database: &str, schema: &str) {
        self.with(|state| state.schemas.insert((database.to_lowercase(), schema.to_lowercase())));
    }

    /// Forgets a schema and all that is in it.
    pub fn remove_schema(&self, database: &str, schema: &str) {
        let (database, schema) = (database.to_lowercase(), schema.to_lowercase());
        self.with(|state| {
            state.relations.retain(|key, _| !(key.0 == database && key.1 == schema));
            state.schemas.remove(&(database, schema));
        });
    }

    /// Returns whether a schema is known to exist.
    pub fn has_schema(&self, database: &str, schema: &str) -> bool {
        self.with(|state| state.schemas.contains(&(database.to_lowercase(), schema.to_lowercase())))
    }
}
