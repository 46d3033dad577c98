//! Views, tables, ephemeral models; where and under which names they are built; hooks, contracts, descriptions.

use crate::project::Project;

#[test]
fn a_model_is_a_view_unless_configured() {
    let project = Project::new()
        .model("plain", "select 1 as id")
        .model("stored", "{{ config(materialized='table') }} select * from {{ ref('plain') }}");
    let _ = project.run(&["run"]).success();
    assert_eq!(project.relations(), ["main.plain view", "main.stored table"]);
    assert_eq!(project.query("select * from stored"), ["1"]);
    assert_eq!(project.statuses(), ["plain success", "stored success"]);
}

#[test]
fn a_second_run_replaces_what_it_built() {
    let project =
        Project::new().model("v", "select 1 as id").model("t", "{{ config(materialized='table') }} select 1 as id");
    let _ = project.run(&["run"]).success();
    let project =
        project.model("v", "select 2 as id").model("t", "{{ config(materialized='table') }} select 2 as other");
    let _ = project.run(&["run"]).success();
    assert_eq!(project.query("select id from v union all select other from t"), ["2", "2"]);
    assert_eq!(project.relations(), ["main.t table", "main.v view"]);
}

#[test]
fn a_view_becomes_a_table_and_a_table_a_view() {
    let table = "{{ config(materialized='table') }} select 1 as id";
    let view = "{{ config(materialized='view') }} select 2 as id";
    let project = Project::new().model("a", table).model("b", view);
    let _ = project.run(&["run"]).success();
    assert_eq!(project.relations(), ["main.a table", "main.b view"]);
    let project = project.model("a", view).model("b", table);
    let _ = project.run(&["run"]).success();
    assert_eq!(project.relations(), ["main.a view", "main.b table"]);
    assert_eq!(project.query("select a.id, b.id from a, b"), ["2|1"]);
}

#[test]
fn a_view_becomes_an_incremental_table_and_back() {
    let incremental = "{{ config(materialized='incremental') }} select 1 as id";
    let project = Project::new().model("a", "select 2 as id");
    let _ = project.run(&["run"]).success();
    let project = project.model("a", incremental);
    let _ = project.run(&["run"]).success();
    assert_eq!(project.relations(), ["main.a table"]);
    assert_eq!(project.query("select id from a"), ["1"]);
    let project = project.model("a", "select 3 as id");
    let _ = project.run(&["run"]).success();
    assert_eq!(project.relations(), ["main.a view"]);
}

#[test]
fn a_failing_table_leaves_the_former_one_whole() {
    let project = Project::new().model("t", "{{ config(materialized='table') }} select 1 as id");
    let _ = project.run(&["run"]).success();
    let project = project.model("t", "{{ config(materialized='table') }} select error('stop') as id");
    let _ = project.run(&["run"]).code(1);
    assert_eq!(project.query("select id from t"), ["1"]);
    assert_eq!(project.relations(), ["main.t table"]);
    assert_eq!(project.statuses(), ["t error"]);
}

#[test]
fn ephemeral_models_become_ctes_of_whoever_reads_them() {
    let project = Project::new()
        .model("first", "{{ config(materialized='ephemeral') }} select 1 as id")
        .model("second", "{{ config(materialized='ephemeral') }} select id + 1 as id from {{ ref('first') }}")
        .model(
            "last",
            "with own as (select * from {{ ref('second') }})\nselect id from own union all select id from {{ ref('first') }}",
        );
    let _ = project.run(&["run"]).success();
    assert_eq!(project.relations(), ["main.last view"]);
    assert_eq!(project.query("select id from last order by id"), ["1", "2"]);
    let compiled = project.read("target/compiled/shop/models/last.sql");
    let expected = "with  __dbt__cte__first as (\n select 1 as id\n),  __dbt__cte__second as (\n select id + 1 as id from __dbt__cte__first\n), own as (select * from __dbt__cte__second)\nselect id from own union all select id from __dbt__cte__first";
    assert_eq!(compiled, expected);
}

#[test]
fn an_ephemeral_model_with_a_cte_of_its_own_can_be_read() {
    let project = Project::new()
        .model("inner", "{{ config(materialized='ephemeral') }} with x as (select 1 as id) select * from x")
        .model("outer", "select id from {{ ref('inner') }} -- with a comment");
    let _ = project.run(&["run"]).success();
    assert_eq!(project.query("select id from \"outer\""), ["1"]);
}

#[test]
fn aliases_and_schemas_decide_the_relation() {
    let project = Project::new()
        .configured("models:\n  shop:\n    marts:\n      +schema: marts\n      +materialized: table\n")
        .model("a", "{{ config(alias='renamed') }} select 1 as id")
        .file("models/marts/b.sql", "select * from {{ ref('a') }}")
        .file("models/marts/c.sql", "{{ config(schema='other', alias='C d') }} select * from {{ ref('b') }}");
    let _ = project.run(&["run"]).success();
    assert_eq!(project.relations(), ["main.renamed view", "main_marts.b table", "main_other.C d table"]);
    assert_eq!(project.query("select * from main_other.\"C d\""), ["1"]);
}

#[test]
fn a_project_overrides_how_schemas_and_aliases_are_named() {
    let project = Project::new()
        .macros(
            "{% macro generate_schema_name(custom_schema_name, node) %}{{ (custom_schema_name or target.schema) | trim }}{% endmacro %}\n\
             {% macro generate_alias_name(custom_alias_name=none, node=none) %}{{ node.name }}_x{% endmacro %}",
        )
        .model("a", "{{ config(schema='marts') }} select 1 as id")
        .model("b", "select * from {{ ref('a') }}");
    let _ = project.run(&["run"]).success();
    assert_eq!(project.relations(), ["main.b_x view", "marts.a_x view"]);
}

#[test]
fn a_model_can_be_built_in_an_attached_database() {
    let project = Project::new()
        .file(
            "profiles.yml",
            "shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: shop.duckdb\n      attach:\n        - {path: other.duckdb, alias: second}\n",
        )
        .model("a", "{{ config(materialized='table', database='second', schema='far') }} select 1 as id")
        .model("b", "{{ config(materialized='table') }} select id + 1 as id from {{ ref('a') }}");
    let _ = project.run(&["run"]).success();
    assert_eq!(project.relations(), ["main.b table"]);
    assert_eq!(project.query("select id from b"), ["2"]);
    let connection = duckdb::Connection::open(project.path("other.duckdb")).unwrap();
    let id: i32 = connection.query_row("select id from main_far.a", [], |row| row.get(0)).unwrap();
    assert_eq!(id, 1);
}

#[test]
fn hooks_run_around_their_model() {
    let project = Project::new()
        .configured(
            "on-run-start:\n  - create table if not exists log (what varchar)\non-run-end:\n  - insert into log values ('end {{ results | length }} {{ schemas | join }}')\nmodels:\n  +pre-hook: insert into log values ('project before {{ this.name }}')\n",
        )
        .model(
            "a",
            "{{ config(materialized='table', pre_hook=\"insert into log values ('before')\", post_hook=[\"insert into log select 'after ' || count(*) from {{ this }}\", {'sql': \"insert into log values ('outside')\", 'transaction': false}]) }} select 1 as id",
        );
    let _ = project.run(&["run"]).success();
    let expected = ["project before a", "before", "after 1", "outside", "end 1 main"];
    assert_eq!(project.query("select what from log order by rowid"), expected);
}

#[test]
fn a_failing_post_hook_undoes_its_model() {
    let project = Project::new().model("a", "{{ config(materialized='table') }} select 1 as id");
    let _ = project.run(&["run"]).success();
    let project =
        project.model("a", "{{ config(materialized='table', post_hook='select error(\\'no\\')') }} select 2 as id");
    let _ = project.run(&["run"]).code(1);
    assert_eq!(project.query("select id from a"), ["1"]);
}

#[test]
fn a_failing_hook_at_the_start_fails_the_command_and_the_models_are_built() {
    let project = Project::new().configured("on-run-start: [\"select error('stop')\"]\n").model("a", "select 1 as id");
    let _ = project.run(&["run"]).code(1);
    assert_eq!(project.statuses(), ["a success", "shop-on-run-start-0 error"]);
}

#[test]
fn a_failing_hook_at_the_start_skips_everything_when_the_project_says_so() {
    let project = Project::new()
        .configured("on-run-start: [\"select error('stop')\"]\nflags: {skip_nodes_if_on_run_start_fails: true}\n")
        .model("a", "select 1 as id")
        .model("b", "select 1 as id");
    let _ = project.run(&["run"]).code(1);
    assert_eq!(project.statuses(), ["a skipped", "b skipped", "shop-on-run-start-0 error"]);
    assert!(project.relations().is_empty());
}

#[test]
fn the_sql_header_stands_before_the_statement() {
    let project = Project::new().model(
        "a",
        "{{ config(materialized='table') }}\n{% call set_sql_header(config) %}\ncreate temporary macro twice(x) as x * 2;\n{% endcall %}\nselect twice(21) as answer",
    );
    let _ = project.run(&["run"]).success();
    assert_eq!(project.query("select answer from a"), ["42"]);
}

const CONTRACT: &str = "models:\n  - name: a\n    config: {materialized: table, contract: {enforced: true}}\n    columns:\n      - {name: id, data_type: integer, constraints: [{type: not_null}, {type: primary_key}]}\n      - {name: name, data_type: varchar, constraints: [{type: check, expression: length(name) > 1}]}\n";

#[test]
fn a_contract_decides_types_and_order_of_columns() {
    let project = Project::new().model("a", "select 'Ada' as name, 1 as id").properties(CONTRACT);
    let _ = project.run(&["run"]).success();
    assert_eq!(project.columns("a"), ["id INTEGER", "name VARCHAR"]);
    assert_eq!(project.query("select id, name from a"), ["1|Ada"]);
}

#[test]
fn a_contract_refuses_columns_of_another_type_and_unknown_ones() {
    let project = Project::new().model("a", "select 'Ada' as name, '1' as id, 2 as more").properties(CONTRACT);
    let _ = project.run(&["run"]).code(1);
    let message = project.message("a");
    let table = "| column_name | definition_type | contract_type | mismatch_reason     |\n  | ----------- | --------------- | ------------- | ------------------- |\n  | id          | VARCHAR         | INTEGER       | data type mismatch  |\n  | more        | INTEGER         |               | missing in contract |";
    assert!(message.contains("This model has an enforced contract that failed."), "{message}");
    assert!(message.contains(table), "{message}");
}

#[test]
fn constraints_of_a_contract_are_enforced_by_the_database() {
    let project = Project::new().model("a", "select 1 as id, 'A' as name").properties(CONTRACT);
    let _ = project.run(&["run"]).code(1);
    assert!(project.message("a").contains("CHECK constraint failed"), "{}", project.message("a"));
    let project = project.model("a", "select null::integer as id, 'Ada' as name");
    let _ = project.run(&["run"]).code(1);
    assert!(project.message("a").contains("NOT NULL constraint failed"), "{}", project.message("a"));
}

#[test]
fn descriptions_are_kept_in_the_database() {
    let project = Project::new()
        .configured("models:\n  +persist_docs: {relation: true, columns: true}\n")
        .model("a", "{{ config(materialized='table') }} select 1 as id")
        .model("b", "select 1 as id")
        .properties(
            "models:\n  - name: a\n    description: It's a table\n    columns: [{name: id, description: Its key}]\n  - name: b\n    description: A view\n",
        );
    let _ = project.run(&["run"]).success();
    assert_eq!(project.query("select comment from duckdb_tables()"), ["It's a table"]);
    assert_eq!(project.query("select comment from duckdb_views() where view_name = 'b'"), ["A view"]);
    assert_eq!(project.query("select comment from duckdb_columns() where table_name = 'a'"), ["Its key"]);
}

#[test]
fn indexes_are_created() {
    let project = Project::new().model(
        "a",
        "{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}, {'columns': ['id', 'name']}]) }} select 1 as id, 'x' as name",
    );
    let _ = project.run(&["run"]).success();
    let _ = project.run(&["run"]).success();
    assert_eq!(
        project
            .query("select is_unique, count(*) from duckdb_indexes() where table_name = 'a' group by all order by all"),
        ["false|1", "true|1"]
    );
}

#[test]
fn a_disabled_model_is_not_built() {
    let project = Project::new().model("a", "{{ config(enabled=false) }} select 1 as id").model("b", "select 1 as id");
    let _ = project.run(&["run"]).success();
    assert_eq!(project.relations(), ["main.b view"]);
}

#[test]
fn a_materialization_of_the_project_is_used() {
    let project = Project::new()
        .macros(
            "{% materialization twice, default %}\n  {%- set target_relation = this.incorporate(type='table') -%}\n  {% call statement('main') %}create or replace table {{ target_relation }} as select * from ({{ sql }}) union all select * from ({{ sql }}){% endcall %}\n  {{ adapter.commit() }}\n  {{ return({'relations': [target_relation]}) }}\n{% endmaterialization %}",
        )
        .model("a", "{{ config(materialized='twice') }} select 1 as id")
        .model("b", "select count(*) as n from {{ ref('a') }}");
    let _ = project.run(&["run"]).success();
    assert_eq!(project.query("select n from b"), ["2"]);
}

#[test]
fn an_error_skips_what_is_downstream_and_nothing_else() {
    let project = Project::new()
        .model("a", "select error('no') as id")
        .model("bad", "{{ config(materialized='table') }} select * from {{ ref('a') }}")
        .model("child", "select * from {{ ref('bad') }}")
        .model("grandchild", "select * from {{ ref('child') }}")
        .model("other", "select 1 as id");
    let ran = project.run(&["run"]).code(1);
    assert_eq!(project.statuses(), ["a success", "bad error", "child skipped", "grandchild skipped", "other success"]);
    assert!(
        ran.stderr.contains("PASS=2 WARN=0 ERROR=1 SKIP=2 NO-OP=0 TOTAL=5") || ran.stdout.contains("ERROR=1 SKIP=2")
    );
}
