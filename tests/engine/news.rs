//! What dbt tells beside results: groups, newer versions, materializations of packages, warnings that end no command.

#![allow(unused_must_use, reason = "a run is judged where it is made")]

use serde_json::{Value, json};

use crate::project::Project;

fn events(project: &Project, arguments: &[&str], name: &str) -> Vec<Value> {
    let ran = project.run(&[arguments, &["--log-format", "json"]].concat());
    let lines = ran.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|event| event["info"]["name"] == name).collect()
}

#[test]
fn results_tell_the_group_of_their_node() {
    let project = Project::new()
        .model("a", "{{ config(group='sales') }} select 1 as id\n")
        .model("b", "select 1 as id\n")
        .properties("groups:\n  - name: sales\n    owner: {name: Ada, email: ada@example.org}\n");
    let results = events(&project, &["run"], "LogModelResult");
    let groups: Vec<&Value> = results.iter().map(|event| &event["data"]["group"]).collect();
    let owner = json!({"email": "ada@example.org", "name": "Ada"});
    let group = json!({"name": "sales", "owner": owner, "package_name": "shop"});
    assert!(groups.contains(&&group) && groups.contains(&&Value::Null), "{groups:?}");
}

#[test]
fn a_reference_without_version_tells_of_a_newer_one() {
    let project = Project::new()
        .model("a_v1", "select 1 as id\n")
        .model("a_v2", "select 2 as id\n")
        .model("free", "select * from {{ ref('a') }}\n")
        .model("pinned", "select * from {{ ref('a', v=1) }}\n")
        .properties("models:\n  - name: a\n    latest_version: 1\n    versions: [{v: 1}, {v: 2}]\n");
    let told = events(&project, &["run"], "UnpinnedRefNewVersionAvailable");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["data"]["ref_max_version"], "2");
    assert_eq!(told[0]["data"]["node_info"]["node_name"], "free");
    let message = told[0]["info"]["msg"].as_str().unwrap();
    assert!(message.contains("  Try out v2: {{ ref('shop', 'a', v='2') }}"), "{message}");
}

#[test]
fn a_package_that_replaces_a_materialization_is_told_of() {
    let project = |flag: &str| {
        Project::new()
            .configured(&format!("flags: {{require_explicit_package_overrides_for_builtin_materializations: {flag}}}\n"))
            .file("packages.yml", "packages: [{local: dep}]\n")
            .file("dep/dbt_project.yml", "name: dep\nversion: '1.0'\n")
            .file(
                "dep/macros/view.sql",
                "{% materialization view, default %}{{ exceptions.raise_compiler_error('mine') }}{% endmaterialization %}",
            )
            .model("a", "select 1 as id\n")
    };
    for (flag, code, count) in [("false", 1, 1), ("true", 0, 0)] {
        let project = project(flag);
        project.run(&["deps"]).success();
        project.run(&["run"]).code(code);
        let told = events(&project, &["run"], "PackageMaterializationOverrideDeprecation");
        assert_eq!(told.len(), count, "{flag}");
    }
}

#[test]
fn what_dbt_only_tells_ends_no_command_unless_the_project_asks_for_it() {
    let model = "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='at', batch_size='day', begin='2024-01-01') }} select 1 as id, timestamp '2024-01-01' as at\n";
    let project = |flags: &str| Project::new().configured(flags).model("a", model);
    let usual = project("");
    usual
        .run(&["parse", "--warn-error"])
        .success()
        .says("no 'ref' or 'source' input with an 'event_time' configuration");
    let strict = project("flags: {require_all_warnings_handled_by_warn_error: true}\n");
    strict.run(&["parse", "--warn-error"]).code(2);
}

#[test]
fn names_that_yaml_does_not_know_cannot_be_called() {
    let test = "models:\n  - name: a\n    columns:\n      - name: id\n        data_tests:\n          - not_null: {config: {where: \"id = {{ ref('a') }}\"}}\n";
    let project = Project::new().model("a", "select 1 as id\n").properties(test);
    project
        .run(&["parse"])
        .code(2)
        .says("Compilation Error")
        .says("Invalid generic test configuration given in models/properties.yml: \nThe a.id column's \"not_null\" test references an undefined macro in its where configuration argument. The macro 'ref' is undefined.");
    let project =
        Project::new().model("a", "select 1 as id\n").configured("models: {+alias: \"x{{ nothing.at_all() }}\"}\n");
    project.run(&["parse"]).code(2).says("Could not render x{{ nothing.at_all() }}: 'nothing' is undefined");
    let project = Project::new().model("a", "select 1 as id\n").configured("models: {+alias: \"x{{ nothing }}\"}\n");
    project.run(&["parse"]).success();
}

#[test]
fn flags_that_contradict_each_other_are_told_before_the_project_is_read() {
    let project = Project::empty();
    let ran = project.run(&["--warn-error", "--warn-error-options", "{\"error\": \"all\"}", "deps"]);
    ran.code(2).says("warn_error_options: not allowed with argument warn_error");
    let ran = project.run(&["compile", "--select", "a", "--inline", "select 1 as id"]);
    ran.code(2).says("inline: not allowed with argument select");
    project.run(&["run"]).code(2).says("No dbt_project.yml found at expected path $PROJECT/dbt_project.yml");
    let ran = project.run(&["run", "--project-dir", "nope"]);
    ran.code(2).says("Error: Invalid value for '--project-dir': Path 'nope' does not exist.");
    let ran = Project::new().run(&["run", "--profiles-dir", "nope"]);
    ran.code(2).says(
        "Error: Invalid value for '--profiles-dir': Path 'nope' does not exist.\nCould not find profile named 'shop'",
    );
}

#[test]
fn state_modified_tells_of_a_test_whose_macro_is_gone() {
    let project = Project::new()
        .model("a", "select 1 as id\n")
        .properties("models:\n  - name: a\n    columns: [{name: id, data_tests: [own]}]\n")
        .file("tests/generic/own.sql", "{% test own(model, column_name) %}select 1 where false{% endtest %}");
    project.run(&["run", "--target-path", "state"]).success();
    std::fs::remove_file(project.path("tests/generic/own.sql")).unwrap();
    let ran = project.run(&["run", "--select", "state:modified", "--state", "state"]);
    ran.code(2).says("Compilation Error").says("depends on a macro or test that does not exist");
}

#[test]
fn debug_takes_any_profile_for_a_project_that_names_none() {
    let project = Project::new().file("custom/dbt_project.yml", "{invalid-key: not a valid key}\n");
    let ran = project.run(&["debug", "--project-dir", "custom"]);
    ran.code(1).says("  profiles.yml file [OK found and valid]").says("  dbt_project.yml file [ERROR invalid]");
}
