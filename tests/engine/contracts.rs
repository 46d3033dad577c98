//! Contracts, constraints, access, materializations of users, seeds with indexes, hooks of the project: values of real dbt.

use crate::project::Project;

const CONTRACT: &str = "models:\n  - name: a\n    config:\n      materialized: incremental\n      on_schema_change: append_new_columns\n      \
                        contract: {enforced: true}\n    columns:\n      - {name: id, data_type: int}\n      - {name: word, data_type: varchar}\n";

#[test]
fn a_contract_holds_for_later_runs_of_an_incremental_model_too() {
    let project = Project::new().properties(CONTRACT).model("a", "select 'x' as word, 1 as id");
    let _ = project.run(&["run"]).success();
    assert_eq!(project.columns("a"), ["id INTEGER", "word VARCHAR"]);
    let project = project.model("a", "select 2::bigint as id, 'y' as other");
    let _ = project.run(&["run"]).code(1);
    let message = project.message("a");
    let table = "\
  | column_name | definition_type | contract_type | mismatch_reason       |
  | ----------- | --------------- | ------------- | --------------------- |
  | id          | BIGINT          | INTEGER       | data type mismatch    |
  | other       | VARCHAR         |               | missing in contract   |
  | word        |                 | VARCHAR       | missing in definition |";
    assert!(message.contains("This model has an enforced contract that failed."), "{message}");
    assert!(message.contains(table), "{message}");
}

#[test]
fn a_foreign_key_names_the_relation_it_refers_to() {
    let project = Project::new()
        .model("parent", "{{ config(materialized='table') }} select 1 as id")
        .model("child", "select 1 as id, 1 as parent_id")
        .properties(
            "models:\n  - name: parent\n    config: {contract: {enforced: true}}\n    columns:\n      \
             - {name: id, data_type: int, constraints: [{type: primary_key}]}\n  \
             - name: child\n    config: {materialized: table, contract: {enforced: true}}\n    columns:\n      \
             - {name: id, data_type: int}\n      - name: parent_id\n        data_type: int\n        constraints:\n          \
             - {type: foreign_key, to: ref('parent'), to_columns: [id]}\n",
        );
    let _ = project.run(&["run"]).success();
    assert_eq!(project.statuses(), ["child success", "parent success"]);
    let keys = project.query("select constraint_text from duckdb_constraints() where constraint_type = 'FOREIGN KEY' and table_name = 'child'");
    assert_eq!(keys, ["FOREIGN KEY (parent_id) REFERENCES parent(id)"]);
    let manifest = project.json("target/manifest.json");
    let key = &manifest["nodes"]["model.shop.child"]["columns"]["parent_id"]["constraints"][0]["to"];
    assert_eq!(key, "\"shop\".\"main\".\"parent\"");
}

#[test]
fn exposures_may_not_refer_to_private_models() {
    let project = Project::new().model("p", "{{ config(access='private', group='fin') }} select 1 as id").properties(
        "groups:\n  - {name: fin, owner: {name: us}}\nexposures:\n  - name: board\n    type: dashboard\n    \
         owner: {name: us}\n    depends_on: [ref('p')]\n",
    );
    let _ = project.run(&["parse"]).code(2).says(
        "Node exposure.shop.board attempted to reference node model.shop.p, which is not allowed because the referenced node is private to the 'fin' group",
    );
}

#[test]
fn a_materialization_must_return_relations_and_take_the_language() {
    let project = Project::new().model("a", "{{ config(materialized='own') }} select 1 as id").macros(
        "{% materialization own, default %}{% call statement('main') %}select 1{% endcall %}{% endmaterialization %}",
    );
    let _ = project.run(&["run"]).code(1);
    let message = project.message("a");
    let words = "The materialization (\"own\") did not explicitly return a list of relations to add to the cache.";
    assert!(message.contains(words), "{message}");
    let project =
        project.macros("{% materialization own, default, supported_languages=['python'] %}{% endmaterialization %}");
    let _ = project.run(&["run"]).code(1);
    let message = project.message("a");
    let words = "Materialization \"materialization_own_default\" only supports languages ['python']; got \"sql\"";
    assert!(message.contains(words), "{message}");
}

#[test]
fn a_seed_with_a_unique_index_is_loaded_again() {
    let project = Project::new().seed("words", "id,word\n1,a\n2,b\n").configured(
        "seeds: {shop: {+indexes: [{columns: [id], unique: true}, {columns: [word]}, {columns: [word]}]}}\n",
    );
    for _ in 0..2 {
        let _ = project.run(&["seed"]).success();
        assert_eq!(project.query("select count(*), count(distinct index_name) from duckdb_indexes()"), ["3|3"]);
    }
}

#[test]
fn hooks_after_a_failed_one_are_skipped_and_the_models_still_run() {
    let project = Project::new().model("a", "select 1 as id").configured(
        "on-run-start:\n  - create table once (id int)\n  - insert into nowhere values (1)\n  - drop table once\n\
         on-run-end:\n  - \"{{ log('seen: ' ~ results | map(attribute='status') | join(','), info=true) }}\"\n",
    );
    let _ = project.run(&["run"]).code(1).says("seen: error,success");
    assert_eq!(
        project.statuses(),
        [
            "a success",
            "shop-on-run-end-0 success",
            "shop-on-run-start-0 success",
            "shop-on-run-start-1 error",
            "shop-on-run-start-2 skipped"
        ]
    );
    assert_eq!(project.message("shop-on-run-start-0"), "shop.on-run-start.0 passed");
    assert_eq!(project.message("shop-on-run-start-2"), "shop.on-run-start.2 skipped");
    let failed = project.result("shop-on-run-start-1");
    assert_eq!((&failed["failures"], &failed["thread_id"]), (&1.into(), &"main".into()));
}

#[test]
fn a_hook_that_cannot_be_rendered_stops_the_command_after_the_results_are_written() {
    let project = Project::new()
        .model("a", "select 1 as id")
        .configured("on-run-end: [\"{% if execute %}{{ exceptions.raise_compiler_error('no way') }}{% endif %}\"]\n");
    let _ = project.run(&["run"]).code(2).says("Compilation Error").says("no way");
    assert_eq!(project.statuses(), ["a success"]);
}

#[test]
fn a_seeds_hook_may_name_no_node() {
    let project = Project::new()
        .model("a", "select 1 as id")
        .seed("s", "id\n1\n")
        .configured("seeds: {shop: {+post-hook: \"select * from {{ ref('a') }}\"}}\n");
    let _ = project.run(&["parse"]).code(2).says("Seeds cannot depend on other nodes");
}

#[test]
fn print_reaches_stdout_whatever_is_hidden() {
    let project =
        Project::new().macros("{% macro say() %}{% do print('loud') %}{% do log('quiet', info=true) %}{% endmacro %}");
    let _ = project.run(&["--quiet", "run-operation", "say"]).success().stdout("loud\n");
    let _ = project.run(&["--no-print", "run-operation", "say"]).success().stdout("");
}

#[test]
fn contracts_that_cannot_be_enforced_are_refused_in_the_words_of_dbt() {
    let project = Project::new()
        .model("a", "{{ config(materialized='table', contract={'enforced': true}) }} select 1 as id, 2 as other");
    let _ = project.run(&["run"]).code(1);
    let message = project.message("a");
    assert!(message.contains("This model has an enforced contract, and its 'columns' specification is missing"));
    let described = |columns: &str| format!("models:\n  - name: a\n    columns: [{columns}]\n");
    let cases = [
        ("", 2, "Constraints must be defined in a `yml` schema configuration file like `schema.yml`."),
        (
            "{name: id, data_type: int}, {name: other}",
            1,
            "Please ensure that the column name and data_type are defined within the YAML configuration for the ['other'] column(s).",
        ),
        (
            "{name: id, data_type: int, constraints: [{type: primary_key}]}, {name: other, data_type: int, constraints: [{type: primary_key}]}",
            2,
            "Found 2 columns (['id', 'other']) with primary key constraints defined.",
        ),
    ];
    let mut project = project;
    for (columns, code, words) in cases {
        project = project.properties(&described(columns));
        let _ = project.run(&["run"]).code(code).says(words);
    }
}
