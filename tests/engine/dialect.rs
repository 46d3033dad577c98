//! The names that templates use: each expression prints what dbt prints, each mistake is told in dbt's words.
//!
//! The tables were printed by dbt-core 1.11.16 with dbt-duckdb 1.10.1 out of the same expressions.

mod adapter;
mod filters;
mod global_macros;
mod names;
mod python;

use std::fmt::Write as _;

use serde_json::Value;

use crate::project::Project;

/// The macros that the expressions call.
const MACROS: &str = "
{% materialization probe, default %}
{% call statement('main') %}select 1{% endcall %}
{{ return({'relations': []}) }}
{% endmaterialization %}
{% macro tabledata() %}{{ return(run_query(\"select 1 as id, 'a' as name, 2.5::double as num, date '2024-01-02' as d, timestamp '2024-01-02 03:04:05' as ts, true as b, null as nothing, 1.20::decimal(10,2) as dec union all select 2, 'b', 3.5, date '2024-01-03', timestamp '2024-01-02 03:04:05.123456', false, null, 3.40 order by 1\")) }}{% endmacro %}
{% macro default__dd(x) %}default {{ x }}{% endmacro %}{% macro duckdb__dd(x) %}duck {{ x }}{% endmacro %}
{% macro dd(x) %}{{ return(adapter.dispatch('dd', 'shop')(x)) }}{% endmacro %}{% macro default__only(x) %}only {{ x }}{% endmacro %}
{% macro varg() %}{{ varargs }}{{ kwargs }}{% endmacro %}
";

const PROPERTIES: &str = "
version: 2
sources: [{name: src, schema: main, tables: [{name: base}]}]
models:
  - name: base
    description: the base
    columns: [{name: id, data_type: int, description: \"{{ doc('d1') }}\", meta: {x: 1}, tags: [t]}]
    config: {meta: {k: v}}
";

/// Makes a project with a model for each expression.
fn project(rows: &[(&str, &str)]) -> Project {
    let base = "{{ config(materialized='table') }} select 1 as id, 'a'::varchar(10) as name, 2.5::decimal(10,3) as num, current_date as d";
    let mut project = Project::new()
        .configured("vars: {v1: one, v2: [1, 2], v3: {a: 1}}\nmodels: {shop: {+materialized: probe}}\n")
        .file(
            "profiles.yml",
            "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: db.duckdb, schema: main, threads: 1}\n",
        )
        .file("models/docs.md", "{% docs d1 %}Doc one{% enddocs %}")
        .env("PV", "pv")
        .env("DBT_ENV_CUSTOM_ENV_A", "ca")
        .seed("s", "id,name\n1,x\n2,y\n")
        .properties(PROPERTIES)
        .macros(MACROS)
        .model("base", base);
    for (index, (text, _)) in rows.iter().enumerate() {
        // What prints by itself stands as it is; a bare expression is printed as a tuple or in brackets.
        let is_template = text.contains("{%") || text.contains("{{");
        let body = if is_template { (*text).to_owned() } else { format!("{{{{ ({text}) }}}}") };
        let mut model = String::from("-- depends_on: {{ ref('base') }}\n");
        let _ = write!(model, ">>{{%- if execute -%}}{body}{{%- endif -%}}<<");
        project = project.model(&format!("m{index:04}"), &model);
    }
    project
}

/// What became of each model: its status, and its code or message.
fn outcomes(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    let project = project(rows);
    let _ = project.run(&["build"]);
    let field = |result: &Value, name: &str| result[name].as_str().unwrap_or_default().to_owned();
    let outcome = |index: usize| {
        let result = project.result(&format!("m{index:04}"));
        let status = field(&result, "status");
        let code = field(&result, "compiled_code");
        let printed =
            code.rsplit_once("<<").and_then(|(code, _)| code.split_once(">>")).map(|(_, code)| code.to_owned());
        let told = if status == "success" { printed.unwrap_or_default() } else { field(&result, "message") };
        (status, told)
    };
    (0..rows.len()).map(outcome).collect()
}

/// Compares all rows, and shows those that differ.
#[track_caller]
fn check(rows: &[(&str, &str)], is_equal: fn(&str, &str) -> bool) {
    let mut differences = String::new();
    for ((text, expected), (status, printed)) in rows.iter().zip(outcomes(rows)) {
        if status != "success" || !is_equal(&printed, expected) {
            let _ = writeln!(differences, "{text}\n  expected {expected}\n  {status} {printed}");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[track_caller]
fn check_failures(rows: &[(&str, &str)]) {
    let mut differences = String::new();
    for ((text, expected), (status, told)) in rows.iter().zip(outcomes(rows)) {
        if status != "error" || !told.contains(expected) {
            let _ = writeln!(differences, "{text}\n  expected {expected}\n  {status} {told}");
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

fn is_same(printed: &str, expected: &str) -> bool {
    printed == expected
}

/// The same SQL: white space and the case of keywords are free.
fn is_same_sql(printed: &str, expected: &str) -> bool {
    let plain = |text: &str| text.replace("\\n", "").split_whitespace().collect::<String>().to_lowercase();
    plain(printed) == plain(expected)
}

#[test]
fn methods_operators_and_formatting_are_those_of_python() {
    check(python::ROWS, is_same);
}

#[test]
fn filters_tests_and_loops_are_those_of_jinja() {
    check(filters::ROWS, is_same);
}

#[test]
fn names_of_the_context_mean_what_they_mean_in_dbt() {
    check(names::ROWS, is_same);
}

#[test]
fn the_adapter_relations_columns_and_tables_answer_as_in_dbt() {
    check(adapter::ROWS, is_same);
}

#[test]
fn global_macros_give_the_same_sql() {
    check(global_macros::ROWS, is_same_sql);
}

#[test]
fn mistakes_in_expressions_are_told_in_the_same_words() {
    check_failures(&[python::FAILURES, filters::FAILURES].concat());
}

#[test]
fn mistakes_with_dbts_own_names_are_told_in_the_same_words() {
    check_failures(&[names::FAILURES, adapter::FAILURES, global_macros::FAILURES].concat());
}
