//! `compile` and SQL of the command line; words and results are those of real dbt.

use crate::project::Project;

fn ephemeral() -> Project {
    Project::new()
        .model("e", "{{ config(materialized='ephemeral') }}select 1 as x")
        .model("f", "{{ config(materialized='ephemeral') }}select * from {{ ref('e') }}")
}

#[test]
fn ephemeral_models_may_be_left_out_of_what_refers_to_them() {
    let project = ephemeral();
    let _ = project.run(&["compile", "--select", "f", "--no-inject-ephemeral-ctes"]).success();
    assert_eq!(project.result("f")["compiled_code"], "select * from __dbt__cte__e");
    let _ = project.run(&["compile", "--select", "f", "--sqlparse", "{MAX_GROUPING_DEPTH: 100}"]).success();
    let with = "with __dbt__cte__e as (\nselect 1 as x\n) select * from __dbt__cte__e";
    assert_eq!(project.result("f")["compiled_code"], with);
    let _ = project.run(&["compile"]).success();
    let results = project.json("target/run_results.json");
    assert_eq!(results["results"], serde_json::json!([]), "ephemeral models are results only when they are asked for");
}

#[test]
fn mistakes_of_inline_sql_are_an_event_of_their_own() {
    let project = ephemeral();
    let asked = ["--log-format", "json", "compile", "--inline", "select * from {{ ref('g') }}"];
    let said = project.run(&asked).code(2).stdout;
    let line = said.lines().find(|line| line.contains(r#""name":"ParseInlineNodeError""#)).expect("the event");
    let event: serde_json::Value = serde_json::from_str(line).unwrap();
    let exc = "Sql_Operation 'sql_operation.shop.inline_query' (from remote system.sql) depends on a node named 'g' \
               which was not found";
    assert_eq!(event["data"]["exc"], exc);
    assert_eq!(event["info"]["code"], "I069");
    let wrong = project.run(&["compile", "--inline", "{{ ref(1) }}"]).code(2);
    let _ =
        wrong.says("Error parsing inline query").says("The name argument to ref() must be a string, got <class 'int'>");
    let shown = project.run(&["show", "--inline", "select 1 +"]).code(2);
    let _ = shown.says("Runtime Error in sql_operation inline_query (from remote system.sql)").says("  Parser Error: ");
}

#[test]
fn cycles_and_wrong_calls_are_told_in_dbts_words() {
    let cycle = Project::new().model("a", "select * from {{ ref('b') }}").model("b", "select * from {{ ref('a') }}");
    let _ = cycle.run(&["run"]).code(2).says("Found a cycle: model.shop.a --> model.shop.b");
    let call = Project::new().macros("{% macro some(a) %}{% endmacro %}").model("m", "{{ some(invalid=1) }}select 1");
    let _ = call.run(&["parse"]).code(2).says("macro 'dbt_macro__some' takes no keyword argument 'invalid'");
    let asks = Project::new().model("m", "{{ adapter.get_columns_in_relation(this) }}select 1 as a");
    let _ = asks.run(&["compile", "--no-introspect"]).code(2).says("connection never acquired for thread");
}
