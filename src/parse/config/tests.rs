//! Merging, with values taken from real dbt.

use std::sync::Arc;

use serde_json::json;

use super::merge::{Rules, apply_call, finish};
use super::{ConfigTree, defaults::defaults};
use crate::diagnostic::{Diagnostics, SourceFile};
use crate::resource::{Map, ResourceType, Value};
use crate::yaml;

fn map(value: Value) -> Map {
    value.as_object().cloned().unwrap()
}

fn merged(kind: ResourceType, layers: &[Value]) -> Map {
    let mut config = defaults(kind);
    for layer in layers {
        Rules::of(kind).apply(&mut config, &map(layer.clone()));
    }
    finish(kind, &mut config);
    config
}

#[test]
fn tags_and_hooks_are_joined_and_the_rest_is_replaced() {
    let config = merged(
        ResourceType::Model,
        &[
            json!({"tags": ["all"], "materialized": "table", "pre-hook": "select 1", "meta": {"a": 1, "b": 1}}),
            json!({"tags": "staging", "materialized": "view", "schema": "stg"}),
            json!({"tags": ["x"], "pre_hook": [{"sql": "select 2", "transaction": false}], "meta": {"b": 2}}),
        ],
    );
    assert_eq!(config["tags"], json!(["all", "staging", "x"]));
    assert_eq!(config["materialized"], "view");
    assert_eq!(config["meta"], json!({"a": 1, "b": 2}));
    assert_eq!(
        config["pre-hook"],
        json!([
            {"sql": "select 1", "transaction": true, "index": null},
            {"sql": "select 2", "transaction": false, "index": null}
        ])
    );
}

#[test]
fn grants_are_extended_only_with_a_plus() {
    let cases = [
        (json!({"select": ["a"]}), json!({"+select": ["b"]}), json!({"select": ["a", "b"]})),
        (json!({"select": "a"}), json!({"select": ["b"]}), json!({"select": ["b"]})),
        (json!({"select": "a"}), json!({"insert": "b"}), json!({"select": ["a"], "insert": ["b"]})),
    ];
    for (first, second, expected) in cases {
        let layers = [json!({"grants": first}), json!({"grants": second})];
        assert_eq!(merged(ResourceType::Model, &layers)["grants"], expected);
    }
}

#[test]
fn docs_keep_what_a_later_place_does_not_say() {
    let config =
        merged(ResourceType::Model, &[json!({"docs": {"node_color": "red"}}), json!({"docs": {"show": false}})]);
    assert_eq!(config["docs"], json!({"show": false, "node_color": "red"}));
    let config = merged(ResourceType::Model, &[json!({"contract": {"enforce": true}, "docs": {"colour": "red"}})]);
    assert_eq!(config["contract"], json!({"enforced": false, "alias_types": true}));
    assert_eq!(config["docs"], json!({"show": true, "node_color": null}));
}

#[test]
fn store_failures_follows_its_form() {
    let cases = [
        (json!({"store_failures": true}), json!(true), json!("table")),
        (json!({"store_failures": false}), json!(false), json!("ephemeral")),
        (json!({"store_failures_as": "view"}), json!(true), json!("view")),
        (json!({"store_failures": true, "store_failures_as": "ephemeral"}), json!(false), json!("ephemeral")),
        (json!({}), json!(null), json!(null)),
    ];
    for (layer, stores, form) in cases {
        let config = merged(ResourceType::Test, &[layer]);
        assert_eq!((&config["store_failures"], &config["store_failures_as"]), (&stores, &form));
    }
}

#[test]
fn several_config_calls_are_one() {
    let mut calls = map(json!({"tags": "a", "grants": {"+select": ["x"]}}));
    apply_call(&mut calls, &map(json!({"tags": ["b"], "alias": "c"})));
    assert_eq!(Value::Object(calls), json!({"tags": ["a", "b"], "grants": {"+select": ["x"]}, "alias": "c"}));
}

#[test]
fn a_tree_gives_the_keys_of_each_level_and_names_unused_paths() {
    let text = "+materialized: table\nshop:\n  tags: all\n  staging:\n    +schema: stg\n    +meta: {a: 1}\n  gone:\n    +enabled: false\n";
    let file = SourceFile::new("dbt_project.yml", text);
    let yaml = yaml::read(&Arc::clone(&file)).unwrap();
    let mut diagnostics = Diagnostics::new();
    let tree = ConfigTree::new(&yaml, ResourceType::Model, &mut diagnostics);
    assert!(diagnostics.is_empty());
    let fqn: Vec<String> = ["shop", "staging", "a"].map(str::to_owned).to_vec();
    let mut levels = Vec::new();
    tree.levels(&fqn, &mut |level: &Map| levels.push(Value::Object(level.clone())));
    assert_eq!(
        levels,
        [json!({"materialized": "table"}), json!({"tags": "all"}), json!({"schema": "stg", "meta": {"a": 1}})]
    );
    let mut unused = Vec::new();
    tree.unused(&[&fqn], "models", &mut unused);
    let paths: Vec<&str> = unused.iter().map(|unused| unused.path.as_str()).collect();
    assert_eq!(paths, ["models.shop.gone"]);
}

#[test]
fn a_config_of_a_wrong_type_is_an_error_at_its_value() {
    let file = SourceFile::new("dbt_project.yml", "shop:\n  +enabled: maybe\n");
    let yaml = yaml::read(&file).unwrap();
    let mut diagnostics = Diagnostics::new();
    ConfigTree::new(&yaml, ResourceType::Model, &mut diagnostics);
    let messages: Vec<String> = diagnostics.into_sorted().iter().map(crate::diagnostic::Diagnostic::one_line).collect();
    assert_eq!(messages, ["config `enabled` must be `true` or `false` (dbt_project.yml:2:13)"]);
}
