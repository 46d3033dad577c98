//! What dbt calls deprecated: told once of a kind, counted, and summed up; in its words.

use serde_json::Value;

use crate::project::Project;

fn project() -> Project {
    Project::new().model("a", "select 1 as id").properties(
        "models:
  - name: a
    columns:
      - name: id
        data_tests:
          - accepted_values: {values: [1]}
          - accepted_values: {values: [1, 2], where: '1=1', name: named}
exposures:
  - {name: bad name, type: dashboard, owner: {email: a@example.com}}
",
    )
}

fn found(project: &Project, arguments: &[&str]) -> Vec<Value> {
    let all: Vec<&str> = ["--log-format", "json"].into_iter().chain(arguments.iter().copied()).collect();
    let ran = project.run(&all).success();
    let events = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.filter(|event| event["info"]["code"].as_str().is_some_and(|code| code.starts_with('D'))).collect()
}

fn names(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["info"]["name"].as_str()).collect()
}

#[test]
fn the_first_of_each_kind_is_told_and_all_are_summed_up() {
    let events = found(&project(), &["parse"]);
    let expected = [
        "MissingArgumentsPropertyInGenericTestDeprecation",
        "PropertyMovedToConfigDeprecation",
        "ExposureNameDeprecation",
        "DeprecationsSummary",
    ];
    assert_eq!(names(&events), expected);
    let words = "[WARNING][MissingArgumentsPropertyInGenericTestDeprecation]: Deprecated\nfunctionality\nFound top-level \
                 arguments to test `accepted_values` defined on 'a' in package\n";
    assert!(events[0]["info"]["msg"].as_str().unwrap().starts_with(words), "{}", events[0]);
    let summaries = &events[3]["data"]["summaries"];
    assert_eq!(summaries[0]["occurrences"], 2);
    assert_eq!(summaries[1]["event_code"], "D030");
    let events = found(&project(), &["--show-all-deprecations", "parse"]);
    assert_eq!(events.len(), 5);
    assert_eq!(events[4]["data"]["show_all_hint"], false);
}

#[test]
fn they_are_silenced_and_made_errors_by_name() {
    let options = "{silence: [Deprecations]}";
    assert_eq!(names(&found(&project(), &["--warn-error-options", options, "parse"])), [""; 0]);
    let ran = project().run(&["--warn-error", "parse"]).code(2);
    assert!(ran.stderr.contains("Compilation Error"), "{}", ran.stderr);
    let events = found(&project(), &["--warn-error-options", "{include: all, exclude: [Deprecations]}", "parse"]);
    assert_eq!(names(&events)[0], "WEOIncludeExcludeDeprecation");
    assert_eq!(events[0]["data"]["found_exclude"], true);
}

#[test]
fn variables_that_look_like_those_of_the_program_are_told_of() {
    let project = Project::new().model("a", "select 1 as id").env("DBT_ENGINE_MINE", "1").env("DBT_ENGINE_DEBUG", "0");
    let events = found(&project, &["parse"]);
    assert_eq!(names(&events), ["EnvironmentVariableNamespaceDeprecation", "DeprecationsSummary"]);
    assert_eq!(events[0]["data"]["env_var"], "DBT_ENGINE_MINE");
}

#[test]
fn without_the_flag_arguments_is_an_argument() {
    let project = Project::new()
        .file("macros/t.sql", "{% test t(model, arguments) %}select 1 where '{{ arguments.x }}' != '7'{% endtest %}")
        .model("a", "select 1 as id")
        .properties("models:\n  - name: a\n    data_tests: [{t: {arguments: {x: 7}}}]\n")
        .configured("flags: {require_generic_test_arguments_property: false}");
    let ran = project.run(&["build"]).success();
    assert!(ran.stderr.contains("test definition of `t` ({'x': 7})"), "{}", ran.stderr);
}

#[test]
fn a_test_that_is_nowhere_fails_when_it_is_run() {
    let project = Project::new()
        .model("a", "select 1 as id")
        .properties("models:\n  - name: a\n    data_tests: [nowhere, {not_null: {column_name: id, x: 1}}]\n");
    let ran = project.run(&["run"]).success();
    assert!(ran.stderr.contains("'test_nowhere' is undefined"), "{}", ran.stderr);
    let ran = project.run(&["test"]).code(1);
    assert!(ran.stderr.contains("PASS=0 WARN=0 ERROR=2"), "{}", ran.stderr);
}

#[test]
fn flags_of_the_profile_file_are_obeyed() {
    let project = Project::new().model("a", "select 1 as id").file(
        "profiles.yml",
        "config: {write_json: false}\nshop: {target: dev, outputs: {dev: {type: duckdb, path: shop.duckdb}}}\n",
    );
    let ran = project.run(&["run"]).success();
    assert!(ran.stderr.contains("User config should be moved"), "{}", ran.stderr);
    assert!(!project.path("target/manifest.json").exists());
}

#[test]
fn configuration_of_nothing_is_told_of() {
    let project = Project::new().model("a", "select 1 as id").configured("data_tests: {enabled: true}");
    let ran = project.run(&["--warn-error", "parse"]).code(2);
    let words = "There are 1 unused configuration paths:\n- data_tests";
    assert!(ran.stderr.contains(words), "{}", ran.stderr);
}
