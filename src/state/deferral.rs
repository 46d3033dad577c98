//! Deferral: the relations of an earlier state, for refs to what is not built here.

use std::collections::BTreeMap;

use serde_json::json;

use super::PreviousState;
use super::same::text;
use crate::diagnostic::{Diagnostic, Kind};
use crate::manifest::Manifest;
use crate::resource::{Map, Relation, ResourceType, UniqueId, Value};

/// Where an earlier state has what this project's refs name.
#[derive(Debug)]
pub struct Deferral {
    nodes: BTreeMap<UniqueId, Deferred>,
    /// Whether refs are deferred at all; without, the relations are only known.
    defers: bool,
    /// Whether the other state is preferred to what stands in the target already.
    favors: bool,
}

#[derive(Debug)]
struct Deferred {
    relation: Relation,
    described: Value,
}

/// How the relations of an earlier state are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeferralUse {
    /// They are only known, for `clone`.
    Known,
    /// Refs to what does not exist in the target mean them: `--defer`.
    Missing,
    /// Refs to what is not selected mean them: `--favor-state`.
    Favoured,
}

impl Deferral {
    /// Takes the relations out of a state's manifest.
    ///
    /// # Errors
    /// When the state has no manifest.
    pub fn new(state: &PreviousState, manifest: &Manifest, used: DeferralUse) -> Result<Self, Box<Diagnostic>> {
        let Some(old) = state.section("nodes") else {
            let title = format!("Could not find manifest in --state path: \"{}\"", state.shown);
            return Err(Box::new(Diagnostic::error(Kind::Runtime, "E0511", title)));
        };
        let functions = state.section("functions");
        let nodes = manifest.nodes.iter().filter_map(|(id, node)| {
            let old = old.get(id.as_str()).or_else(|| functions?.get(id.as_str()))?.as_object()?;
            let resource_type = ResourceType::from_name(text(old, "resource_type"))?;
            if !(resource_type.is_refable() || resource_type == ResourceType::Function) || is_ephemeral(old) {
                return None;
            }
            let mut relation = Relation::new(text(old, "database"), text(old, "schema"), text(old, "alias"));
            if let Some(own) = &node.relation {
                relation.quote = own.quote;
                relation.include = own.include;
            }
            Some((id.clone(), Deferred { relation, described: described(old) }))
        });
        Ok(Self { nodes: nodes.collect(), defers: used != DeferralUse::Known, favors: used == DeferralUse::Favoured })
    }

    /// Returns a node's relation in the other state.
    pub fn relation(&self, id: &UniqueId) -> Option<&Relation> {
        self.nodes.get(id).map(|deferred| &deferred.relation)
    }

    /// Returns the relation that a ref to a node means instead of the node's own; `exists` asks for that one in the target.
    pub fn instead(&self, id: &UniqueId, is_selected: bool, exists: impl FnOnce() -> bool) -> Option<&Relation> {
        let deferred = self.nodes.get(id).filter(|_| self.defers)?;
        ((self.favors && !is_selected) || !exists()).then_some(&deferred.relation)
    }

    /// Returns the databases that the relations are in.
    pub fn databases(&self) -> impl Iterator<Item = &str> {
        self.nodes.values().filter_map(|deferred| deferred.relation.database.as_deref())
    }

    /// Returns `defer_relation` as manifest.json and templates show it.
    pub fn described(&self, id: &UniqueId) -> Option<&Value> {
        self.nodes.get(id).map(|deferred| &deferred.described)
    }
}

fn is_ephemeral(node: &Map) -> bool {
    let materialized = node.get("config").and_then(|config| config.get("materialized"));
    materialized.and_then(Value::as_str) == Some("ephemeral")
}

fn described(node: &Map) -> Value {
    let is_seed = text(node, "resource_type") == "seed";
    let take = |key: &str| node.get(key).cloned().unwrap_or_default();
    json!({
        "database": take("database"),
        "schema": take("schema"),
        "alias": take("alias"),
        "relation_name": take("relation_name"),
        "resource_type": take("resource_type"),
        "name": take("name"),
        "description": take("description"),
        "compiled_code": if is_seed { Value::Null } else { take("compiled_code") },
        "meta": take("meta"),
        "tags": take("tags"),
        "config": take("config"),
    })
}
