//! What refers to nothing, to itself, or to two things.

use super::refuses;
use crate::project::Project;

#[test]
fn an_unknown_ref() {
    let project = Project::new()
        .model("orders", "select 1 as id")
        .model("a", "select *\nfrom {{ ref('ordrs') }}\n")
        .model("b", "select * from {{ ref('nobody') }}");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0301]: Model 'model.shop.a' (models/a.sql) depends on a node named 'ordrs' which was not found
 --> models/a.sql:2:9
  |
2 | from {{ ref('ordrs') }}
  |         ^^^^^^^^^^^^ not found
  |
  = help: did you mean `orders`?",
    );
}

#[test]
fn an_unknown_source() {
    let project = Project::new()
        .properties("sources:\n  - name: crm\n    tables: [{name: people}]\n")
        .model("a", "select * from {{ source('crm', 'peple') }}\n")
        .model("b", "select * from {{ source('cmr', 'people') }}\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0302]: Model 'model.shop.a' (models/a.sql) depends on a source named 'crm.peple' which was not found
 --> models/a.sql:1:18
  |
1 | select * from {{ source('crm', 'peple') }}
  |                  ^^^^^^^^^^^^^^^^^^^^^^ not found
  |
  = help: did you mean `crm.people`?",
    );
}

#[test]
fn an_unknown_macro() {
    let project = Project::new()
        .macros("{% macro cents(x) %}{{ x }} / 100{% endmacro %}")
        .model("a", "select\n  {{ cent('amount') }} as amount\n");
    refuses(
        &project,
        &["run"],
        1,
        r"error[E0605]: 'cent' is undefined
 --> models/a.sql:2:6
  |
2 |   {{ cent('amount') }} as amount
  |      ^^^^
  |
  = help: did you mean `cents`?",
    );
}

#[test]
fn an_unknown_var() {
    let project = Project::new().configured("vars: {threshold: 1}\n").model("a", "select {{ var('treshold') }} as n\n");
    refuses(
        &project,
        &["run"],
        1,
        r#"error[E0610]: Required var 'treshold' not found in config:
              Vars supplied to a = {
                  "threshold": 1
              }
 --> models/a.sql:1:11
  |
1 | select {{ var('treshold') }} as n
  |           ^^^^^^^^^^^^^^^
  |
  = help: did you mean `threshold`?
  = help: give it a value under `vars:` in the project file, or with --vars '{treshold: …}'"#,
    );
}

#[test]
fn an_unknown_materialization() {
    let project = Project::new().model("a", "{{ config(materialized='tabel') }}\nselect 1 as id\n");
    refuses(
        &project,
        &["run"],
        1,
        r"error[E0607]: No materialization 'tabel' was found for adapter duckdb! (searched types 'default' and 'duckdb')
 --> models/a.sql:1:1
  |
1 | {{ config(materialized='tabel') }}
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ is to be built with it
  |
  = help: did you mean `table`?
  = help: known ones: clone, external, function, incremental, materialized_view, seed, snapshot, table, table_function, test, unit, view",
    );
}

#[test]
fn an_unknown_test() {
    let project = Project::new()
        .model("a", "select 1 as id")
        .properties("models:\n  - name: a\n    columns:\n      - name: id\n        data_tests:\n          - uniqe\n          - not_nul: {config: {severity: warn}}\n");
    refuses(
        &project,
        &["test"],
        1,
        r"error[E0605]: 'test_not_nul' is undefined
 --> models/properties.yml:7:13
  |
7 |           - not_nul: {config: {severity: warn}}
  |             ^^^^^^^
  |
  = help: did you mean `test_not_null`?",
    );
}

#[test]
fn a_wrong_argument_of_a_macro() {
    let project = Project::new()
        .macros("{% macro cents(column, digits=2) %}round({{ column }} / 100, {{ digits }}){% endmacro %}")
        .model("a", "select {{ cents('x', digit=3) }} as n\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0240]: macro 'dbt_macro__cents' takes no keyword argument 'digit'; did you mean 'digits'?
 --> models/a.sql:1:11
  |
1 | select {{ cents('x', digit=3) }} as n
  |           ^^^^^^^^^^^^^^^^^^^",
    );
}

#[test]
fn a_wrong_argument_of_a_test() {
    let project = Project::new()
        .model("a", "select 1 as id")
        .properties("models:\n  - name: a\n    columns:\n      - name: id\n        data_tests:\n          - accepted_values:\n              arguments: {vales: [1]}\n");
    refuses(
        &project,
        &["test"],
        2,
        r"error[E0235]: the test `accepted_values` takes no argument `vales`
 --> models/properties.yml:7:27
  |
7 |               arguments: {vales: [1]}
  |                           ^^^^^
  |
 ::: dbt/macros/generic_test/accepted_values.sql:2:1
  |
2 | {% test accepted_values(model, column_name, values, quote=True) %}
  | ------------------------------------------------------------------ the test is defined here
  |
  = help: did you mean `values`?",
    );
}

#[test]
fn too_many_arguments_of_ref() {
    let project = Project::new().model("a", "select * from {{ ref('x', 'y', 'z') }}\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0240]: ref() takes at most two arguments (3 given)
 --> models/a.sql:1:18
  |
1 | select * from {{ ref('x', 'y', 'z') }}
  |                  ^^^^^^^^^^^^^^^^^^",
    );
}

#[test]
fn a_cycle() {
    let project = Project::new()
        .model("a", "select * from {{ ref('c') }}\n")
        .model("b", "-- two\nselect * from {{ ref('a') }}\n")
        .model("c", "select 1 as id\nunion all\nselect * from {{ ref('b') }}\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0401]: Found a cycle: a -> c -> b -> a
 --> models/a.sql:1:18
  |
1 | select * from {{ ref('c') }}
  |                  ^^^^^^^^ `a` refers to `c`
  |
 ::: models/c.sql:3:18
  |
3 | select * from {{ ref('b') }}
  |                  -------- `c` refers to `b`
  |
 ::: models/b.sql:2:18
  |
2 | select * from {{ ref('a') }}
  |                  -------- `b` refers to `a`",
    );
}

#[test]
fn a_model_that_reads_itself() {
    refuses(
        &Project::new().model("a", "select * from {{ ref('a') }}\n"),
        &["run"],
        2,
        r"error[E0401]: Found a cycle: a -> a
 --> models/a.sql:1:18
  |
1 | select * from {{ ref('a') }}
  |                  ^^^^^^^^ `a` refers to `a`",
    );
}

#[test]
fn two_models_with_one_name() {
    let project = Project::new().file("models/x/a.sql", "select 1 as id\n").file("models/y/a.sql", "select 2 as id\n");
    refuses(
        &project,
        &["run"],
        2,
        r#"error[E0220]: dbt found two models with the name "a"
 --> models/y/a.sql:1:1
  |
1 | select 2 as id
  | ^^^^^^^^^^^^^^ this one
  |
 ::: models/x/a.sql:1:1
  |
1 | select 1 as id
  | -------------- and this one
  |
  = note: Since these resources have the same name, dbt will be unable to find the correct resource
          when looking for ref("a").
  = note: To fix this, change the name of one of these resources:
          - model.shop.a (models/x/a.sql)
          - model.shop.a (models/y/a.sql)
  = help: rename one of the files"#,
    );
}

#[test]
fn two_models_with_one_relation() {
    let project = Project::new().model("a", "select 1 as id\n").model("b", "{{ config(alias='A') }}\nselect 2 as id\n");
    refuses(
        &project,
        &["run"],
        2,
        r#"error[E0306]: dbt found two resources with the database representation ""shop"."main"."A"".
              dbt cannot create two resources with identical database representations. To fix this,
              change the configuration of one of these resources:
              - model.shop.a (models/a.sql)
              - model.shop.b (models/b.sql)
 --> models/b.sql:1:1
  |
1 | {{ config(alias='A') }}
  | ^^^^^^^^^^^^^^^^^^^^^^^ this one
  |
 ::: models/a.sql:1:1
  |
1 | select 1 as id
  | -------------- and this one
  |
  = help: give one of them another `alias`, `schema` or `database`"#,
    );
}

#[test]
fn two_macros_with_one_name() {
    let project = Project::new()
        .file("macros/x.sql", "{% macro m() %}1{% endmacro %}\n")
        .file("macros/y.sql", "\n{% macro m() %}2{% endmacro %}\n");
    refuses(
        &project,
        &["run"],
        2,
        r#"error[E0261]: dbt found multiple macros named "m" in the project "shop".
 --> macros/y.sql:2:1
  |
2 | {% macro m() %}2{% endmacro %}
  | ^^^^^^^^^^^^^^^ again here
  |
 ::: macros/x.sql:1:1
  |
1 | {% macro m() %}1{% endmacro %}
  | --------------- defined here
  |
  = note: All macros require unique names, to fix this error rename or remove any duplicates.
  = note: They can be found in these files: macros/y.sql macros/x.sql"#,
    );
}
