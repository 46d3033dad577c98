//! manifest.json and `run_results.json`: equal to what dbt 1.11 writes for the same project, but for times and ids.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::project::Project;

fn shop() -> Project {
    Project::new()
        .configured("models: {shop: {+tags: [all]}}\nvars: {threshold: 3}\n")
        .seed("raw", "id,name\n1,Ada\n2,Grace\n2,Twin\n")
        .model("stg", "{{ config(materialized='ephemeral') }}\nselect * from {{ ref('raw') }}\n")
        .model(
            "mart",
            "{{ config(materialized='table', meta={'owner': 'ada'}) }}\nselect id, {{ loud('name') }} as name from {{ ref('stg') }} where id < {{ var('threshold') }}\n",
        )
        .model("view", "-- after {{ ref('raw') }}\nselect * from {{ source('crm', 'people') }}\n")
        .file("macros/loud.sql", "{% macro loud(column) %}upper({{ column }}){% endmacro %}\n")
        .file("models/docs.md", "{% docs about %}\nThe mart.\n{% enddocs %}\n")
        .file("tests/no_negative.sql", "select * from {{ ref('mart') }} where id < 0\n")
        .file("analyses/look.sql", "select 1 from {{ ref('mart') }}\n")
        .file(
            "models/all.yml",
            "\
version: 2
models:
  - name: mart
    description: \"{{ doc('about') }}\"
    columns:
      - name: id
        description: The key
        data_tests:
          - unique
          - not_null: {config: {severity: warn}}
sources:
  - name: crm
    schema: main
    description: Customers
    tables:
      - name: people
        identifier: raw
        columns: [{name: id, description: Key}]
exposures:
  - name: board
    type: dashboard
    url: https://example.com/board
    owner: {name: Ada, email: ada@example.com}
    depends_on:
      - ref('mart')
      - source('crm', 'people')
",
        )
}

/// `model.shop.mart` as dbt 1.11 writes it.
const MART: &str = r#"{
  "database": "shop",
  "schema": "main",
  "name": "mart",
  "resource_type": "model",
  "package_name": "shop",
  "path": "mart.sql",
  "original_file_path": "models/mart.sql",
  "unique_id": "model.shop.mart",
  "fqn": ["shop", "mart"],
  "alias": "mart",
  "checksum": {"name": "sha256", "checksum": "3e8813264247ef1dfeaa2137d36c17cbd9b5bf600aecdd0e94ade35c37c519ce"},
  "config": {"enabled": true, "alias": null, "schema": null, "database": null, "tags": ["all"], "meta": {"owner": "ada"}, "group": null, "static_analysis": null, "materialized": "table", "incremental_strategy": null, "batch_size": null, "lookback": 1, "begin": null, "persist_docs": {}, "post-hook": [], "pre-hook": [], "quoting": {}, "column_types": {}, "full_refresh": null, "unique_key": null, "on_schema_change": "ignore", "on_configuration_change": "apply", "grants": {}, "packages": [], "docs": {"show": true, "node_color": null}, "contract": {"enforced": false, "alias_types": true}, "event_time": null, "concurrent_batches": null, "access": "protected", "freshness": null},
  "tags": ["all"],
  "description": "The mart.",
  "columns": {"id": {"name": "id", "description": "The key", "meta": {}, "data_type": null, "constraints": [], "quote": null, "config": {"meta": {}, "tags": []}, "tags": [], "granularity": null, "doc_blocks": []}},
  "meta": {"owner": "ada"},
  "group": null,
  "docs": {"show": true, "node_color": null},
  "patch_path": "shop://models/all.yml",
  "build_path": "target/run/shop/models/mart.sql",
  "unrendered_config": {"tags": ["all"], "materialized": "table", "meta": {"owner": "ada"}},
  "relation_name": "\"shop\".\"main\".\"mart\"",
  "raw_code": "{{ config(materialized='table', meta={'owner': 'ada'}) }}\nselect id, {{ loud('name') }} as name from {{ ref('stg') }} where id < {{ var('threshold') }}",
  "doc_blocks": ["doc.shop.about"],
  "language": "sql",
  "refs": [{"name": "stg", "package": null, "version": null}],
  "sources": [],
  "metrics": [],
  "functions": [],
  "depends_on": {"macros": ["macro.shop.loud"], "nodes": ["model.shop.stg"]},
  "compiled_path": "target/compiled/shop/models/mart.sql",
  "compiled": true,
  "compiled_code": "\nwith __dbt__cte__stg as (\n\nselect * from \"shop\".\"main\".\"raw\"\n) select id, upper(name) as name from __dbt__cte__stg where id < 3",
  "extra_ctes_injected": true,
  "extra_ctes": [{"id": "model.shop.stg", "sql": " __dbt__cte__stg as (\n\nselect * from \"shop\".\"main\".\"raw\"\n)"}],
  "contract": {"enforced": false, "alias_types": true, "checksum": null},
  "access": "protected",
  "constraints": [],
  "version": null,
  "latest_version": null,
  "deprecation_date": null,
  "primary_key": ["id"],
  "time_spine": null
}"#;

/// `test.shop.unique_mart_id.64fd3f9a60` as dbt 1.11 writes it.
const TEST: &str = r#"{
  "database": "shop",
  "schema": "main_dbt_test__audit",
  "name": "unique_mart_id",
  "resource_type": "test",
  "package_name": "shop",
  "path": "unique_mart_id.sql",
  "original_file_path": "models/all.yml",
  "unique_id": "test.shop.unique_mart_id.64fd3f9a60",
  "fqn": ["shop", "unique_mart_id"],
  "alias": "unique_mart_id",
  "checksum": {"name": "none", "checksum": ""},
  "config": {"enabled": true, "alias": null, "schema": "dbt_test__audit", "database": null, "tags": [], "meta": {}, "group": null, "static_analysis": null, "materialized": "test", "severity": "ERROR", "store_failures": null, "store_failures_as": null, "where": null, "limit": null, "fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0"},
  "tags": [],
  "description": "",
  "columns": {},
  "meta": {},
  "group": null,
  "docs": {"show": true, "node_color": null},
  "patch_path": null,
  "build_path": "target/run/shop/models/all.yml/unique_mart_id.sql",
  "unrendered_config": {},
  "relation_name": null,
  "raw_code": "{{ test_unique(**_dbt_generic_test_kwargs) }}",
  "doc_blocks": [],
  "language": "sql",
  "refs": [{"name": "mart", "package": null, "version": null}],
  "sources": [],
  "metrics": [],
  "functions": [],
  "depends_on": {"nodes": ["model.shop.mart"]},
  "compiled_path": "target/compiled/shop/models/all.yml/unique_mart_id.sql",
  "compiled": true,
  "extra_ctes_injected": true,
  "extra_ctes": [],
  "contract": {"enforced": false, "alias_types": true, "checksum": null},
  "column_name": "id",
  "file_key_name": "models.mart",
  "attached_node": "model.shop.mart",
  "test_metadata": {"name": "unique", "kwargs": {"column_name": "id", "model": "{{ get_where_subquery(ref('mart')) }}"}, "namespace": null}
}"#;

/// `seed.shop.raw` as dbt 1.11 writes it.
const SEED: &str = r#"{
  "database": "shop",
  "schema": "main",
  "name": "raw",
  "resource_type": "seed",
  "package_name": "shop",
  "path": "raw.csv",
  "original_file_path": "seeds/raw.csv",
  "unique_id": "seed.shop.raw",
  "fqn": ["shop", "raw"],
  "alias": "raw",
  "checksum": {"name": "sha256", "checksum": "a92e74dffdd27dd468fe66a7bd5847c8b3b170c0acc010356aaf93c0f73ce889"},
  "config": {"enabled": true, "alias": null, "schema": null, "database": null, "tags": [], "meta": {}, "group": null, "static_analysis": null, "materialized": "seed", "incremental_strategy": null, "batch_size": null, "lookback": 1, "begin": null, "persist_docs": {}, "post-hook": [], "pre-hook": [], "quoting": {}, "column_types": {}, "full_refresh": null, "unique_key": null, "on_schema_change": "ignore", "on_configuration_change": "apply", "grants": {}, "packages": [], "docs": {"show": true, "node_color": null}, "contract": {"enforced": false, "alias_types": true}, "event_time": null, "concurrent_batches": null, "delimiter": ",", "quote_columns": null},
  "tags": [],
  "description": "",
  "columns": {},
  "meta": {},
  "group": null,
  "docs": {"show": true, "node_color": null},
  "patch_path": null,
  "build_path": "target/run/shop/seeds/raw.csv",
  "unrendered_config": {},
  "relation_name": "\"shop\".\"main\".\"raw\"",
  "raw_code": "",
  "doc_blocks": [],
  "depends_on": {"macros": []}
}"#;

/// `analysis.shop.look` as dbt 1.11 writes it.
const ANALYSIS: &str = r#"{
  "database": "shop",
  "schema": "main",
  "name": "look",
  "resource_type": "analysis",
  "package_name": "shop",
  "path": "analysis/look.sql",
  "original_file_path": "analyses/look.sql",
  "unique_id": "analysis.shop.look",
  "fqn": ["shop", "analysis", "look"],
  "alias": "look",
  "checksum": {"name": "sha256", "checksum": "a2eb45fac1b75df945dadaedaa42a7622746f887a87478e88a48cbe868908666"},
  "config": {"enabled": true, "alias": null, "schema": null, "database": null, "tags": ["all"], "meta": {}, "group": null, "static_analysis": null, "materialized": "view", "incremental_strategy": null, "batch_size": null, "lookback": 1, "begin": null, "persist_docs": {}, "post-hook": [], "pre-hook": [], "quoting": {}, "column_types": {}, "full_refresh": null, "unique_key": null, "on_schema_change": "ignore", "on_configuration_change": "apply", "grants": {}, "packages": [], "docs": {"show": true, "node_color": null}, "contract": {"enforced": false, "alias_types": true}, "event_time": null, "concurrent_batches": null},
  "tags": ["all"],
  "description": "",
  "columns": {},
  "meta": {},
  "group": null,
  "docs": {"show": true, "node_color": null},
  "patch_path": null,
  "build_path": null,
  "unrendered_config": {"tags": ["all"]},
  "relation_name": null,
  "raw_code": "select 1 from {{ ref('mart') }}",
  "doc_blocks": [],
  "language": "sql",
  "refs": [{"name": "mart", "package": null, "version": null}],
  "sources": [],
  "metrics": [],
  "functions": [],
  "depends_on": {"macros": [], "nodes": ["model.shop.mart"]},
  "compiled_path": null,
  "contract": {"enforced": false, "alias_types": true, "checksum": null}
}"#;

/// `source.shop.crm.people` as dbt 1.11 writes it.
const SOURCE: &str = r#"{
  "database": "shop",
  "schema": "main",
  "name": "people",
  "resource_type": "source",
  "package_name": "shop",
  "path": "models/all.yml",
  "original_file_path": "models/all.yml",
  "unique_id": "source.shop.crm.people",
  "fqn": ["shop", "crm", "people"],
  "source_name": "crm",
  "source_description": "Customers",
  "loader": "",
  "identifier": "raw",
  "quoting": {"database": null, "schema": null, "identifier": null, "column": null},
  "loaded_at_field": null,
  "loaded_at_query": null,
  "freshness": {"warn_after": {"count": null, "period": null}, "error_after": {"count": null, "period": null}, "filter": null},
  "external": null,
  "description": "",
  "columns": {"id": {"name": "id", "description": "Key", "meta": {}, "data_type": null, "constraints": [], "quote": null, "config": {"meta": {}, "tags": []}, "tags": [], "granularity": null, "doc_blocks": []}},
  "meta": {},
  "source_meta": {},
  "tags": [],
  "config": {"enabled": true, "event_time": null, "freshness": {"warn_after": {"count": null, "period": null}, "error_after": {"count": null, "period": null}, "filter": null}, "loaded_at_field": null, "loaded_at_query": null, "meta": {}, "tags": [], "static_analysis": null},
  "patch_path": null,
  "unrendered_config": {"loaded_at_field": null, "loaded_at_query": null, "meta": {}, "tags": []},
  "relation_name": "\"shop\".\"main\".\"raw\"",
  "unrendered_database": null,
  "unrendered_schema": "main",
  "doc_blocks": []
}"#;

/// `exposure.shop.board` as dbt 1.11 writes it.
const EXPOSURE: &str = r#"{
  "name": "board",
  "resource_type": "exposure",
  "package_name": "shop",
  "path": "all.yml",
  "original_file_path": "models/all.yml",
  "unique_id": "exposure.shop.board",
  "fqn": ["shop", "board"],
  "type": "dashboard",
  "owner": {"email": "ada@example.com", "name": "Ada"},
  "description": "",
  "label": null,
  "maturity": null,
  "meta": {},
  "tags": [],
  "config": {"enabled": true, "tags": [], "meta": {}},
  "unrendered_config": {},
  "url": "https://example.com/board",
  "depends_on": {"macros": [], "nodes": ["source.shop.crm.people", "model.shop.mart"]},
  "refs": [{"name": "mart", "package": null, "version": null}],
  "sources": [["crm", "people"]],
  "metrics": []
}"#;

/// `macro.shop.loud` as dbt 1.11 writes it.
const MACRO: &str = r#"{
  "name": "loud",
  "resource_type": "macro",
  "package_name": "shop",
  "path": "macros/loud.sql",
  "original_file_path": "macros/loud.sql",
  "unique_id": "macro.shop.loud",
  "macro_sql": "{% macro loud(column) %}upper({{ column }}){% endmacro %}",
  "depends_on": {"macros": []},
  "description": "",
  "meta": {},
  "docs": {"show": true, "node_color": null},
  "config": {"meta": {}, "docs": {"show": true, "node_color": null}},
  "patch_path": null,
  "arguments": [],
  "supported_languages": null
}"#;

/// `doc.shop.about` as dbt 1.11 writes it.
const DOC: &str = r#"{
  "name": "about",
  "resource_type": "doc",
  "package_name": "shop",
  "path": "docs.md",
  "original_file_path": "models/docs.md",
  "unique_id": "doc.shop.about",
  "block_contents": "The mart."
}"#;

/// The results of `build` as dbt 1.11 writes them, by id, without times.
const RESULTS: &str = r#"[
  {"status": "no-op", "adapter_response": {}, "message": "NO-OP", "failures": 0, "unique_id": "exposure.shop.board", "compiled": null, "relation_name": null},
  {"status": "success", "adapter_response": {"_message": "OK"}, "message": "OK", "failures": null, "unique_id": "model.shop.mart", "compiled": true, "relation_name": "\"shop\".\"main\".\"mart\""},
  {"status": "success", "adapter_response": {"_message": "OK"}, "message": "OK", "failures": null, "unique_id": "model.shop.view", "compiled": true, "relation_name": "\"shop\".\"main\".\"view\""},
  {"status": "success", "adapter_response": {"_message": "INSERT 3", "code": "INSERT", "rows_affected": 3}, "message": "INSERT 3", "failures": null, "unique_id": "seed.shop.raw", "compiled": null, "relation_name": null},
  {"status": "pass", "adapter_response": {"_message": "OK"}, "message": null, "failures": 0, "unique_id": "test.shop.no_negative", "compiled": true, "relation_name": null},
  {"status": "pass", "adapter_response": {"_message": "OK"}, "message": null, "failures": 0, "unique_id": "test.shop.not_null_mart_id.e841890a25", "compiled": true, "relation_name": null},
  {"status": "fail", "adapter_response": {"_message": "OK"}, "message": "Got 1 result, configured to fail if != 0", "failures": 1, "unique_id": "test.shop.unique_mart_id.64fd3f9a60", "compiled": true, "relation_name": null}
]"#;

const PARENTS: &str = r#"{
  "analysis.shop.look": ["model.shop.mart"],
  "exposure.shop.board": ["model.shop.mart", "source.shop.crm.people"],
  "model.shop.mart": ["model.shop.stg"],
  "model.shop.stg": ["seed.shop.raw"],
  "model.shop.view": ["seed.shop.raw", "source.shop.crm.people"],
  "seed.shop.raw": [],
  "source.shop.crm.people": [],
  "test.shop.no_negative": ["model.shop.mart"],
  "test.shop.not_null_mart_id.e841890a25": ["model.shop.mart"],
  "test.shop.unique_mart_id.64fd3f9a60": ["model.shop.mart"]
}"#;

const CHILDREN: &str = r#"{
  "analysis.shop.look": [],
  "exposure.shop.board": [],
  "model.shop.mart": ["analysis.shop.look", "exposure.shop.board", "test.shop.no_negative", "test.shop.not_null_mart_id.e841890a25", "test.shop.unique_mart_id.64fd3f9a60"],
  "model.shop.stg": ["model.shop.mart"],
  "model.shop.view": [],
  "seed.shop.raw": ["model.shop.stg", "model.shop.view"],
  "source.shop.crm.people": ["exposure.shop.board", "model.shop.view"],
  "test.shop.no_negative": [],
  "test.shop.not_null_mart_id.e841890a25": [],
  "test.shop.unique_mart_id.64fd3f9a60": []
}"#;

/// Returns what differs between two values, each place in one line.
fn differences(place: &str, expected: &Value, found: &Value, lines: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let keys: BTreeMap<&String, ()> = expected.keys().chain(found.keys()).map(|key| (key, ())).collect();
            for key in keys.into_keys() {
                match (expected.get(key), found.get(key)) {
                    (Some(expected), Some(found)) => differences(&format!("{place}.{key}"), expected, found, lines),
                    (expected, found) => lines.push(format!("{place}.{key}: dbt {expected:?}, here {found:?}")),
                }
            }
        }
        (expected, found) if expected == found => {}
        (expected, found) => lines.push(format!("{place}: dbt {expected}, here {found}")),
    }
}

#[track_caller]
fn assert_equal(place: &str, expected: &str, mut found: Value, left_out: &[&str]) {
    for key in left_out {
        match key.split_once('.') {
            Some((outer, inner)) => drop(found[outer].as_object_mut().unwrap().remove(inner)),
            None => drop(found.as_object_mut().unwrap().remove(*key)),
        }
    }
    let mut lines = Vec::new();
    differences(place, &serde_json::from_str(expected).unwrap(), &found, &mut lines);
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn models_and_seeds_stand_in_the_manifest_as_dbt_has_them() {
    let project = shop();
    let _ = project.run(&["build"]).code(1);
    let manifest = project.json("target/manifest.json");
    let nodes = &manifest["nodes"];
    assert_equal("model", MART, nodes["model.shop.mart"].clone(), &["created_at"]);
    assert_equal("seed", SEED, nodes["seed.shop.raw"].clone(), &["created_at", "root_path"]);
    assert_equal("analysis", ANALYSIS, nodes["analysis.shop.look"].clone(), &["created_at"]);
}

#[test]
fn tests_stand_in_the_manifest_as_dbt_has_them() {
    let project = shop();
    let _ = project.run(&["build"]).code(1);
    let found = project.json("target/manifest.json")["nodes"]["test.shop.unique_mart_id.64fd3f9a60"].clone();
    assert_equal("test", TEST, found, &["created_at", "compiled_code", "depends_on.macros"]);
}

#[test]
fn other_resources_stand_in_the_manifest_as_dbt_has_them() {
    let project = shop();
    let _ = project.run(&["parse"]).success();
    let manifest = project.json("target/manifest.json");
    assert_equal("source", SOURCE, manifest["sources"]["source.shop.crm.people"].clone(), &["created_at"]);
    assert_equal("exposure", EXPOSURE, manifest["exposures"]["exposure.shop.board"].clone(), &["created_at"]);
    assert_equal("macro", MACRO, manifest["macros"]["macro.shop.loud"].clone(), &["created_at"]);
    assert_equal("doc", DOC, manifest["docs"]["doc.shop.about"].clone(), &[]);
}

#[test]
fn the_manifest_has_dbts_sections_and_metadata() {
    let project = shop();
    let _ = project.run(&["parse"]).success();
    let manifest = project.json("target/manifest.json");
    let mut sections: Vec<&str> = manifest.as_object().unwrap().keys().map(String::as_str).collect();
    sections.sort_unstable();
    assert_eq!(
        sections.join(" "),
        "child_map disabled docs exposures functions group_map groups macros metadata metrics nodes parent_map saved_queries selectors semantic_models sources unit_tests"
    );
    let metadata = &manifest["metadata"];
    assert_eq!(metadata["dbt_schema_version"], "https://schemas.getdbt.com/dbt/manifest/v12.json");
    assert_eq!(metadata["project_name"], "shop");
    assert_eq!(metadata["project_id"], "fb54f3c5992b96d001bb16e8e92d968d");
    assert_eq!(metadata["adapter_type"], "duckdb");
    assert_eq!(
        metadata["quoting"],
        serde_json::json!({"database": true, "schema": true, "identifier": true, "column": null})
    );
}

#[test]
fn parents_and_children_are_mapped() {
    let project = shop();
    let _ = project.run(&["parse"]).success();
    let manifest = project.json("target/manifest.json");
    assert_equal("parent_map", PARENTS, manifest["parent_map"].clone(), &[]);
    assert_equal("child_map", CHILDREN, manifest["child_map"].clone(), &[]);
}

#[test]
fn results_are_written_as_dbt_writes_them() {
    let project = shop();
    let _ = project.run(&["build"]).code(1);
    let document = project.json("target/run_results.json");
    assert_eq!(document["metadata"]["dbt_schema_version"], "https://schemas.getdbt.com/dbt/run-results/v6.json");
    assert!(document["elapsed_time"].as_f64().is_some());
    assert_eq!(document["args"]["which"], "build");
    assert_eq!(document["args"]["resource_types"], serde_json::json!([]));
    assert_eq!(document["args"]["show"], false);
    assert!(document["args"]["log_path"].is_string() && document["args"]["profiles_dir"].is_string());
    let by_id = |list: Value| -> BTreeMap<String, Value> {
        let rows = list.as_array().unwrap().clone();
        rows.into_iter().map(|row| (row["unique_id"].as_str().unwrap().to_owned(), row)).collect()
    };
    let expected = by_id(serde_json::from_str(RESULTS).unwrap());
    let mut found = by_id(document["results"].clone());
    for row in found.values_mut() {
        let row = row.as_object_mut().unwrap();
        let timing = row.remove("timing").unwrap();
        let steps: Vec<&str> = timing.as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap()).collect();
        assert_eq!(steps, ["compile", "execute"]);
        for key in ["thread_id", "execution_time", "compiled_code", "batch_results"] {
            assert!(row.remove(key).is_some(), "{key}");
        }
    }
    let mut lines = Vec::new();
    let whole = |rows: BTreeMap<String, Value>| Value::Object(rows.into_iter().collect());
    differences("results", &whole(expected), &whole(found), &mut lines);
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn compiled_and_executed_sql_is_written() {
    let project = shop();
    let _ = project.run(&["build"]).code(1);
    let compiled = project.read("target/compiled/shop/models/mart.sql");
    assert_eq!(
        compiled,
        project.json("target/manifest.json")["nodes"]["model.shop.mart"]["compiled_code"].as_str().unwrap()
    );
    assert!(project.read("target/run/shop/models/mart.sql").contains("create"));
    assert!(project.path("target/compiled/shop/models/all.yml/unique_mart_id.sql").exists());
    assert!(project.path("target/compiled/shop/tests/no_negative.sql").exists());
    assert!(!project.path("target/run/shop/models/stg.sql").exists());
}

#[test]
fn the_same_project_gives_the_same_manifest_but_for_times_and_ids() {
    let project = shop();
    let manifest = || {
        let _ = project.run(&["parse"]).success();
        let text = project.read("target/manifest.json");
        let mut value: Value = serde_json::from_str(&text).unwrap();
        for key in ["generated_at", "invocation_id", "invocation_started_at", "run_started_at"] {
            value["metadata"][key] = Value::Null;
        }
        for section in ["nodes", "sources", "exposures", "macros"] {
            for node in value[section].as_object_mut().unwrap().values_mut() {
                node["created_at"] = Value::Null;
            }
        }
        value.to_string()
    };
    assert_eq!(manifest(), manifest());
}

#[test]
fn json_is_not_written_when_not_wanted() {
    let project = shop();
    let _ = project.run(&["build", "--no-write-json"]).code(1);
    assert!(!project.path("target/manifest.json").exists() && !project.path("target/run_results.json").exists());
}

#[test]
fn show_writes_the_result_of_what_it_shows() {
    let project = Project::new().model("a", "select 1 as id\n");
    let _ = project.run(&["show", "-s", "a"]).success();
    let result = &project.json("target/run_results.json")["results"][0];
    assert_eq!((result["unique_id"].as_str(), result["status"].as_str()), (Some("model.shop.a"), Some("success")));
    assert!(result["compiled_code"].as_str().is_some_and(|sql| sql.contains("limit 5")), "{result}");
    let _ = project.run(&["show", "--inline", "select 2 as x"]).success();
    let result = &project.json("target/run_results.json")["results"][0];
    assert_eq!(result["unique_id"], "sql_operation.shop.inline_query");
}

#[test]
fn docs_blocks_stand_inside_expressions_and_outside_of_the_project() {
    let project = Project::new().model("a", "select 1 as id\n").properties(
        "models:\n  - name: a\n    description: \"{{ doc('d') | upper }} {{ '<%s>' | format(doc('d')) }}\"\n",
    );
    let folder = project.path("elsewhere");
    let project = project
        .file("elsewhere/d.md", "{% docs d %}\nit's\nhere\n{% enddocs %}\n")
        .configured(&format!("docs-paths: [\"{}\"]\n", folder.display()));
    let _ = project.run(&["parse"]).success();
    let manifest = project.json("target/manifest.json");
    assert_eq!(manifest["nodes"]["model.shop.a"]["description"], "IT'S\nHERE <it's\nhere>");
    assert_eq!(manifest["docs"]["doc.shop.d"]["original_file_path"], format!("{}/d.md", folder.display()));
}
