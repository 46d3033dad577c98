//! `source freshness`; statuses, limits and events are those of real dbt.

use crate::project::Project;

/// Sources with a limit of one day on files that a seed has written.
fn project(tables: &str) -> Project {
    Project::new().seed("old", "ts\n2020-01-01 00:00:00\n").properties(&format!(
        "sources:\n  - name: raw\n    schema: main\n    config: {{loaded_at_field: ts, freshness: {{warn_after: {{count: 1, period: day}}}}}}\n    tables:\n{tables}"
    ))
}

#[test]
fn a_limit_of_null_is_told_from_one_that_is_not_there() {
    let project = project(
        "      - {name: old}\n      - {name: late, identifier: old, config: {freshness: {warn_after: null, error_after: {count: 1, period: day}}}}\n",
    );
    let _ = project.run(&["seed"]).success();
    let _ = project.run(&["source", "freshness"]).code(1).says("1 of 2 ERROR STALE freshness of raw.late");
    let sources = project.json("target/sources.json");
    let criteria = |index: usize| sources["results"][index]["criteria"].to_string();
    assert_eq!(
        criteria(0),
        r#"{"warn_after":null,"error_after":{"count":1,"period":"day"},"filter":null}"#,
        "the order is that of names"
    );
    assert_eq!(
        criteria(1),
        r#"{"warn_after":{"count":1,"period":"day"},"error_after":{"count":null,"period":null},"filter":null}"#
    );
}

#[test]
fn a_source_that_cannot_be_asked_is_an_error_of_the_run_and_no_result_of_the_file() {
    let project = project("      - {name: missing}\n");
    let _ = project
        .run(&["--log-format-file", "json", "source", "freshness"])
        .code(1)
        .says("Runtime Error in source missing");
    let log = project.read("logs/dbt.log");
    assert!(log.contains("\"status\":\"runtime error\"") && log.contains("\"RunResultError\""), "{log}");
    assert_eq!(project.json("target/sources.json")["results"].as_array().map(Vec::len), Some(0));
}

#[test]
fn the_query_of_a_source_is_not_that_of_a_table_with_a_field_of_its_own() {
    let project = Project::new().properties(
        "sources:\n  - name: raw\n    config: {loaded_at_query: select 1}\n    tables:\n      - {name: a, config: {loaded_at_field: id}}\n      - {name: b}\n",
    );
    let _ = project.run(&["parse"]).success();
    let manifest = project.json("target/manifest.json");
    assert!(manifest["sources"]["source.shop.raw.a"]["loaded_at_query"].is_null());
    assert_eq!(manifest["sources"]["source.shop.raw.b"]["loaded_at_query"], "select 1");
}

#[test]
fn a_macro_that_answers_with_a_table_alone_is_told_of() {
    let project = project("      - {name: old}\n").macros(
        "{% macro collect_freshness(source, loaded_at_field, filter) %}\n{% call statement('x', fetch_result=True) %}select max(ts) as max_loaded_at, current_timestamp as snapshotted_at from {{ source }}{% endcall %}\n{{ return(load_result('x').table) }}\n{% endmacro %}\n",
    );
    let _ = project.run(&["seed"]).success();
    let _ = project.run(&["source", "freshness"]).says("The 'collect_freshness' macro signature has changed");
}
