//! How one place's keys join those of the places before it.

use serde_json::json;

use crate::resource::{Map, ResourceType, Value};

/// How the values of one key are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// The later value stands.
    Replace,
    /// Lists are joined; a single value counts as a list of one.
    Append,
    /// Mappings are joined, later keys over earlier ones.
    Update,
    /// Mappings of lists: a key written with `+` is appended to, any other is replaced.
    Grants,
}

/// Which rules hold for a kind of node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules(ResourceType);

impl Rules {
    pub(super) fn of(kind: ResourceType) -> Self {
        Self(kind)
    }

    fn rule(self, key: &str) -> Rule {
        let kind = self.0;
        let is_node = !matches!(
            kind,
            ResourceType::Test
                | ResourceType::Source
                | ResourceType::Exposure
                | ResourceType::UnitTest
                | ResourceType::Group
        );
        match key {
            "tags" if !matches!(kind, ResourceType::Source | ResourceType::Exposure | ResourceType::Group) => {
                Rule::Append
            }
            "meta" if kind != ResourceType::Exposure => Rule::Update,
            "pre-hook" | "post-hook" | "packages" if is_node => Rule::Append,
            "quoting" | "column_types" | "docs" | "contract" if is_node => Rule::Update,
            "grants" if is_node => Rule::Grants,
            _ => Rule::Replace,
        }
    }

    /// Puts the keys of `layer` over those of `config`.
    pub(super) fn apply(self, config: &mut Map, layer: &Map) {
        for (key, value) in layer {
            let key = hook_key(key);
            let rule = self.rule(key);
            if rule == Rule::Replace || !config.contains_key(key) {
                config.insert(key.to_owned(), value.clone());
                continue;
            }
            if let Some(old) = config.get_mut(key) {
                join(rule, old, value);
                if let (Some(known), Some(map)) = (known_keys(key), old.as_object_mut()) {
                    map.retain(|key, _| known.contains(&key.as_str()));
                }
            }
        }
    }
}

/// Returns the keys of a config that takes no others: as in dbt, those are lost.
fn known_keys(key: &str) -> Option<[&'static str; 2]> {
    match key {
        "docs" => Some(["show", "node_color"]),
        "contract" => Some(["enforced", "alias_types"]),
        _ => None,
    }
}

/// Returns the key as dbt keeps it: hooks have two spellings.
pub(crate) fn hook_key(key: &str) -> &str {
    match key {
        "pre_hook" => "pre-hook",
        "post_hook" => "post-hook",
        other => other,
    }
}

fn join(rule: Rule, old: &mut Value, new: &Value) {
    if new.is_null() {
        return;
    }
    match rule {
        Rule::Replace => *old = new.clone(),
        Rule::Append => {
            let mut items = listed(std::mem::take(old));
            items.extend(listed(new.clone()));
            *old = Value::Array(items);
        }
        Rule::Update => match (old.as_object_mut(), new.as_object()) {
            (Some(old), Some(new)) => clobber(old, new),
            _ => *old = new.clone(),
        },
        Rule::Grants => join_grants(old, new),
    }
}

fn join_grants(old: &mut Value, new: &Value) {
    let (Some(old), Some(new)) = (old.as_object_mut(), new.as_object()) else { return };
    for value in old.values_mut() {
        *value = Value::Array(listed(std::mem::take(value)));
    }
    for (key, value) in new {
        let name = key.trim_start_matches('+');
        match old.get_mut(name).and_then(Value::as_array_mut) {
            Some(items) if name.len() < key.len() => items.extend(listed(value.clone())),
            _ => {
                old.insert(name.to_owned(), Value::Array(listed(value.clone())));
            }
        }
    }
}

fn listed(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        other => vec![other],
    }
}

/// Puts the keys of `layer` over those of `map` without joining anything.
pub(super) fn clobber(map: &mut Map, layer: &Map) {
    for (key, value) in layer {
        map.insert(hook_key(key).to_owned(), value.clone());
    }
}

/// Joins the grants of a further call with those before it; each keeps its `+`.
fn extend_grants(old: &mut Map, new: &Map) {
    for (key, value) in new {
        let name = key.trim_start_matches('+');
        let plus = format!("+{name}");
        let known = [name, plus.as_str()].into_iter().find(|known| old.contains_key(*known)).map(str::to_owned);
        match known {
            Some(known) if key.starts_with('+') => {
                let mut items = listed(old.remove(&known).unwrap_or_default());
                items.extend(listed(value.clone()));
                old.insert(known, Value::Array(items));
            }
            known => {
                known.map(|known| old.remove(&known));
                old.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Joins the keyword arguments of a further `config()` call with those of the calls before it.
pub(crate) fn apply_call(calls: &mut Map, call: &Map) {
    for (key, value) in call {
        let rule = Rules(ResourceType::Model).rule(hook_key(key));
        match calls.get_mut(key) {
            // A `+` of a grant must outlive the join, because the project's grants are joined later.
            Some(Value::Object(old)) if rule == Rule::Grants => {
                extend_grants(old, value.as_object().unwrap_or(&Map::new()));
            }
            Some(old) => join(rule, old, value),
            None => {
                calls.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Brings merged values into the one form that dbt's manifest has, whatever form they were written in.
pub(crate) fn finish(kind: ResourceType, config: &mut Map) {
    for key in ["pre-hook", "post-hook"] {
        if let Some(value) = config.get_mut(key) {
            *value = listed(std::mem::take(value)).into_iter().map(hook).collect();
        }
    }
    if kind != ResourceType::Exposure
        && let Some(tags) = config.get_mut("tags")
    {
        *tags = Value::Array(listed(std::mem::take(tags)));
    }
    match kind {
        // Groups take the configs of the models around them, but no hooks.
        ResourceType::Group => config.retain(|key, _| !matches!(key.as_str(), "pre-hook" | "post-hook")),
        ResourceType::Test => store_failures(config),
        ResourceType::Model => freshness(config),
        ResourceType::Snapshot => meta_column_names(config),
        _ => {}
    }
    if let Some(Value::Bool(on)) = config.get("static_analysis") {
        let text = if *on { "on" } else { "off" };
        config.insert("static_analysis".into(), text.into());
    }
    if config.get("enabled").is_some_and(Value::is_null) {
        config.insert("enabled".into(), true.into());
    }
}

/// A hook as `{sql, transaction, index}`; it may be written as text, as JSON text or as a mapping.
fn hook(value: Value) -> Value {
    let written = match value {
        Value::String(text) => match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(map)) => map,
            _ => return json!({"sql": text, "transaction": true, "index": null}),
        },
        Value::Object(map) => map,
        other => return json!({"sql": other.to_string(), "transaction": true, "index": null}),
    };
    json!({
        "sql": written.get("sql").cloned().unwrap_or_else(|| "".into()),
        "transaction": written.get("transaction").and_then(Value::as_bool).unwrap_or(true),
        "index": written.get("index").cloned().unwrap_or_default(),
    })
}

/// `store_failures` and `store_failures_as` say the same thing; the second wins where both are set.
fn store_failures(config: &mut Map) {
    if let Some(form) = config.get("store_failures_as").and_then(Value::as_str) {
        let stores = form != "ephemeral";
        config.insert("store_failures".into(), stores.into());
        return;
    }
    let form = match config.get("store_failures").and_then(Value::as_bool) {
        Some(true) => "table".into(),
        Some(false) => "ephemeral".into(),
        None => Value::Null,
    };
    config.insert("store_failures_as".into(), form);
}

/// A model's `freshness` counts only when it has `build_after`.
fn freshness(config: &mut Map) {
    let build_after = config.get("freshness").and_then(|freshness| freshness.get("build_after")).cloned();
    let value = match build_after {
        Some(Value::Object(written)) => {
            let mut build_after = json!({"count": null, "period": null, "updates_on": "any"});
            if let Some(map) = build_after.as_object_mut() {
                map.extend(written);
            }
            json!({"build_after": build_after})
        }
        _ => Value::Null,
    };
    config.insert("freshness".into(), value);
}

fn meta_column_names(config: &mut Map) {
    let mut names = json!({
        "dbt_valid_to": null, "dbt_valid_from": null, "dbt_scd_id": null, "dbt_updated_at": null, "dbt_is_deleted": null,
    });
    if let (Some(names), Some(Value::Object(written))) =
        (names.as_object_mut(), config.get("snapshot_meta_column_names"))
    {
        names.extend(written.clone());
    }
    config.insert("snapshot_meta_column_names".into(), names);
}
