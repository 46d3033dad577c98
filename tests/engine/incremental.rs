//! Incremental models: strategies, keys, predicates, changed columns, full refresh.

use crate::project::Project;

/// A model over the seed `input` with the given configuration; the second run is given other rows.
fn project(config: &str) -> Project {
    let sql = format!("{{{{ config(materialized='incremental'{config}) }}}}\nselect * from {{{{ ref('input') }}}}");
    Project::new().seed("input", "id,part,name\n1,x,one\n2,x,two\n3,y,three\n").model("a", &sql)
}

/// Builds twice: first with the rows of [`project`], then with these.
#[track_caller]
fn twice(project: Project, second: &str) -> Project {
    let _ = project.run(&["build"]).success();
    let project = project.seed("input", second);
    let _ = project.run(&["build"]).success();
    project
}

const ROWS: &str = "select id, part, name from a order by all";
const SECOND: &str = "id,part,name\n2,x,TWO\n4,y,four\n";

#[test]
fn append_adds_rows() {
    let project = twice(project(", incremental_strategy='append'"), SECOND);
    assert_eq!(project.query(ROWS), ["1|x|one", "2|x|TWO", "2|x|two", "3|y|three", "4|y|four"]);
}

#[test]
fn delete_and_insert_without_a_key_only_inserts() {
    let project = twice(project(""), SECOND);
    assert_eq!(project.query(ROWS), ["1|x|one", "2|x|TWO", "2|x|two", "3|y|three", "4|y|four"]);
}

#[test]
fn delete_and_insert_replaces_the_rows_of_a_key() {
    let project = twice(project(", unique_key='id'"), SECOND);
    assert_eq!(project.query(ROWS), ["1|x|one", "2|x|TWO", "3|y|three", "4|y|four"]);
}

#[test]
fn delete_and_insert_replaces_the_rows_of_a_composite_key() {
    let strategy = ", incremental_strategy='delete+insert', unique_key=['id', 'part']";
    let project = twice(project(strategy), "id,part,name\n2,x,TWO\n3,z,new\n");
    assert_eq!(project.query(ROWS), ["1|x|one", "2|x|TWO", "3|y|three", "3|z|new"]);
}

#[test]
fn predicates_narrow_what_is_deleted() {
    let config = ", unique_key='id', incremental_predicates=[\"part = 'x'\"]";
    let project = twice(project(config), "id,part,name\n2,x,TWO\n3,y,THREE\n");
    assert_eq!(project.query(ROWS), ["1|x|one", "2|x|TWO", "3|y|THREE", "3|y|three"]);
}

#[test]
fn merge_updates_and_inserts() {
    let project = twice(project(", incremental_strategy='merge', unique_key='id'"), SECOND);
    assert_eq!(project.query(ROWS), ["1|x|one", "2|x|TWO", "3|y|three", "4|y|four"]);
}

#[test]
fn merge_takes_a_composite_key_and_leaves_columns_out() {
    let config = ", incremental_strategy='merge', unique_key=['id', 'part'], merge_exclude_columns=['name']";
    let project = twice(project(config), SECOND);
    assert_eq!(project.query(ROWS), ["1|x|one", "2|x|two", "3|y|three", "4|y|four"]);
}

#[test]
fn merge_updates_only_named_columns() {
    let config = ", incremental_strategy='merge', unique_key='id', merge_update_columns=['part']";
    let project = twice(project(config), "id,part,name\n2,changed,TWO\n");
    assert_eq!(project.query(ROWS), ["1|x|one", "2|changed|two", "3|y|three"]);
}

#[test]
fn merge_obeys_predicates() {
    let config =
        ", incremental_strategy='merge', unique_key='id', incremental_predicates=[\"DBT_INTERNAL_DEST.part = 'x'\"]";
    let project = twice(project(config), "id,part,name\n2,x,TWO\n3,y,THREE\n");
    assert_eq!(project.query(ROWS), ["1|x|one", "2|x|TWO", "3|y|THREE", "3|y|three"]);
}

#[test]
fn is_incremental_is_true_from_the_second_run_on_and_not_on_a_full_refresh() {
    let project = Project::new().model(
        "a",
        "{{ config(materialized='incremental') }}\nselect {% if is_incremental() %}(select max(id) + 1 from {{ this }}){% else %}1{% endif %} as id",
    );
    for _ in 0..3 {
        let _ = project.run(&["run"]).success();
    }
    assert_eq!(project.query("select id from a order by id"), ["1", "2", "3"]);
    let _ = project.run(&["run", "--full-refresh"]).success();
    assert_eq!(project.query("select id from a"), ["1"]);
}

#[test]
fn a_model_that_refuses_full_refreshes_keeps_its_rows() {
    let project = Project::new().model(
        "a",
        "{{ config(materialized='incremental', full_refresh=false) }} select {{ is_incremental() }} as again",
    );
    let _ = project.run(&["run"]).success();
    let _ = project.run(&["run", "--full-refresh"]).success();
    assert_eq!(project.query("select again from a order by again"), ["false", "true"]);
}

/// Builds a model of three columns, then one whose third column has another name.
fn changed(on_schema_change: &str) -> (Project, i32) {
    let model = |columns: &str| {
        format!(
            "{{{{ config(materialized='incremental', unique_key='id', on_schema_change='{on_schema_change}') }}}}\nselect {columns}"
        )
    };
    let project = Project::new().model("a", &model("1 as id, 'x' as kept, 'old' as gone"));
    let _ = project.run(&["run"]).success();
    let project = project.model("a", &model("2 as id, 'y' as kept, 7 as added"));
    let code = project.run(&["run"]).code;
    (project, code)
}

#[test]
fn changed_columns_are_ignored() {
    let model =
        |columns: &str| format!("{{{{ config(materialized='incremental', unique_key='id') }}}}\nselect {columns}");
    let project = Project::new().model("a", &model("1 as id, 'x' as kept"));
    let _ = project.run(&["run"]).success();
    let project = project.model("a", &model("2 as id, 'y' as kept, 7 as added"));
    let _ = project.run(&["run"]).success();
    assert_eq!(project.columns("a"), ["id INTEGER", "kept VARCHAR"]);
    assert_eq!(project.query("select * from a order by id"), ["1|x", "2|y"]);
}

#[test]
fn a_missing_column_fails_when_changes_are_ignored() {
    let (project, code) = changed("ignore");
    assert_eq!(code, 1);
    assert_eq!(project.query("select * from a"), ["1|x|old"]);
    assert!(project.message("a").contains("\"gone\" not found"), "{}", project.message("a"));
}

#[test]
fn new_columns_are_appended() {
    let (project, code) = changed("append_new_columns");
    assert_eq!(code, 0);
    assert_eq!(project.columns("a"), ["id INTEGER", "kept VARCHAR", "gone VARCHAR", "added INTEGER"]);
    assert_eq!(
        project.query("select id, kept, gone is null as g, coalesce(added, 0) as a from a order by id"),
        ["1|x|false|0", "2|y|true|7"]
    );
}

#[test]
fn columns_are_synchronised() {
    let (project, code) = changed("sync_all_columns");
    assert_eq!(code, 0);
    assert_eq!(project.columns("a"), ["id INTEGER", "kept VARCHAR", "added INTEGER"]);
    assert_eq!(project.query("select id, kept, coalesce(added, 0) as a from a order by id"), ["1|x|0", "2|y|7"]);
}

#[test]
fn a_changed_type_is_synchronised() {
    let model = |value: &str| {
        format!(
            "{{{{ config(materialized='incremental', on_schema_change='sync_all_columns') }}}}\nselect {value} as id"
        )
    };
    let project = Project::new().model("a", &model("1"));
    let _ = project.run(&["run"]).success();
    let project = project.model("a", &model("'two'"));
    let _ = project.run(&["run"]).success();
    assert_eq!(project.columns("a"), ["id VARCHAR"]);
    assert_eq!(project.query("select id from a order by id"), ["1", "two"]);
}

#[test]
fn changed_columns_can_be_refused() {
    let (project, code) = changed("fail");
    assert_eq!(code, 1);
    assert_eq!(project.query("select * from a"), ["1|x|old"]);
    let message = project.message("a");
    assert!(message.contains("schemas on this incremental model are out of sync!"), "{message}");
    assert!(message.contains("Source columns not in target: added"), "{message}");
    assert!(message.contains("added") && message.contains("gone"), "{message}");
}

#[test]
fn mistakes_in_strategies_are_worded_as_in_dbt() {
    let both = ", incremental_strategy='merge', unique_key='id', merge_update_columns=['name'], merge_exclude_columns=['part']";
    let expected = [
        (
            both,
            "Model cannot specify merge_update_columns and merge_exclude_columns. Please update model to use only one config\n  \n  > in macro default__get_merge_update_columns",
        ),
        (
            ", incremental_strategy='insert_overwrite'",
            "Runtime Error in model a (models/a.sql)\n  The incremental strategy 'insert_overwrite' is not valid for this adapter",
        ),
        (
            ", incremental_strategy='merge', unique_key='id', merge_clauses={'otherwise': []}",
            "MERGE configuration errors:\n  merge_clauses must contain at least one of 'when_matched' or 'when_not_matched' keys\n",
        ),
    ];
    for (config, words) in expected {
        let project = project(config);
        let _ = project.run(&["build"]).success();
        let _ = project.run(&["build"]).code(1);
        let message = project.message("a");
        assert!(message.contains(words), "{message}");
        assert!(!message.contains("martlet__"), "{message}");
    }
}

#[test]
fn an_unknown_strategy_is_an_error_of_its_model() {
    let project = project(", incremental_strategy='overwrite'");
    let _ = project.run(&["build"]).success();
    let _ = project.run(&["build"]).code(1);
    assert_eq!(project.statuses(), ["a error", "input success"]);
    assert!(project.message("a").contains("overwrite"), "{}", project.message("a"));
}

#[test]
fn a_strategy_of_the_project_is_used() {
    let project = project(", incremental_strategy='mine'").macros(
        "{% macro get_incremental_mine_sql(arg_dict) %}insert into {{ arg_dict['target_relation'] }} select id, part, upper(name) from {{ arg_dict['temp_relation'] }}{% endmacro %}",
    );
    let project = twice(project, "id,part,name\n9,z,nine\n");
    assert_eq!(project.query(ROWS), ["1|x|one", "2|x|two", "3|y|three", "9|z|NINE"]);
}

#[test]
fn a_failing_increment_leaves_the_table_as_it_was() {
    let project = Project::new().model(
        "a",
        "{{ config(materialized='incremental', unique_key='id') }}\nselect 1 as id, {% if is_incremental() %}error('no'){% else %}'x'{% endif %} as name",
    );
    let _ = project.run(&["run"]).success();
    let _ = project.run(&["run"]).code(1);
    assert_eq!(project.query("select * from a"), ["1|x"]);
    assert_eq!(project.relations(), ["main.a table"]);
}
