//! What programs read while a command runs: JSON lines on stdout and in the log file, with dbt's names, codes and words.

use serde_json::Value;

use crate::project::{Project, Ran};

fn events(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

fn named<'a>(events: &'a [Value], name: &str) -> Vec<&'a Value> {
    events.iter().filter(|event| event["info"]["name"] == name).collect()
}

fn one<'a>(events: &'a [Value], name: &str) -> &'a Value {
    let found = named(events, name);
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found[0]
}

fn project() -> Project {
    Project::new()
        .seed("raw", "id\n1\n1\n")
        .model("good", "{{ config(materialized='table') }} select * from {{ ref('raw') }}")
        .model("bad", "select no_such_column from {{ ref('raw') }}")
        .model("below", "select * from {{ ref('bad') }}")
        .properties("models:\n  - name: good\n    columns: [{name: id, data_tests: [unique]}]\n")
}

fn build(project: &Project) -> (Ran, Vec<Value>) {
    let ran = project.run(&["--log-format", "json", "--log-level", "debug", "build"]);
    let events = events(&ran.stdout);
    (ran, events)
}

#[test]
fn events_have_the_names_codes_and_words_of_dbt() {
    let project = project();
    let (_, events) = build(&project);
    let words = [
        ("MainReportVersion", "A001", "info", "Running with dbt=1.11.16"),
        ("AdapterRegistered", "E034", "info", "Registered adapter: duckdb=1.10.1"),
        ("EndOfRunSummary", "Z030", "info", "Completed with 2 errors, 0 partial successes, and 0 warnings:"),
        ("StatsLine", "Z023", "info", "Done. PASS=2 WARN=0 ERROR=2 SKIP=1 NO-OP=0 TOTAL=5"),
        ("EndRunResult", "Q037", "debug", "Command end result"),
    ];
    for (name, code, level, message) in words {
        let info = &one(&events, name)["info"];
        assert_eq!((&info["code"], &info["level"], &info["msg"]), (&code.into(), &level.into(), &message.into()));
        assert_eq!(info["category"], "");
    }
    let stats = serde_json::json!({"pass": 2, "warn": 0, "error": 2, "skip": 1, "noop": 0, "total": 5});
    assert_eq!(one(&events, "StatsLine")["data"]["stats"], stats);
    let line = &one(&events, "FinishedRunningStats")["data"]["stat_line"];
    assert_eq!(line, "1 seed, 1 table model, 1 data test, 2 view models");
    let completed = one(&events, "CommandCompleted");
    assert_eq!(completed["data"]["command"], "dbt build");
    assert_eq!(completed["data"]["success"], false);
}

#[test]
fn the_end_of_a_node_is_told_as_by_dbt() {
    let project = project();
    let (_, events) = build(&project);
    let models = named(&events, "LogModelResult");
    let [good, bad] = ["good", "bad"].map(|name| {
        let of = |event: &&&Value| event["data"]["node_info"]["node_name"] == name;
        *models.iter().find(of).unwrap_or_else(|| panic!("{name} in {models:?}"))
    });
    assert_eq!(good["data"]["status"], "OK");
    assert_eq!(good["data"]["description"], "sql table model main.good");
    assert_eq!(good["data"]["node_info"]["node_status"], "success");
    assert_eq!((&bad["data"]["status"], &bad["info"]["level"]), (&"error".into(), &"error".into()));
    let message = bad["info"]["msg"].as_str().unwrap_or_default();
    assert!(message.contains(" ERROR creating sql view model main.bad ...."), "{message}");
    let test = one(&events, "LogTestResult");
    assert_eq!((&test["data"]["status"], &test["data"]["num_failures"]), (&"fail".into(), &1.into()));
    assert!(test["info"]["msg"].as_str().is_some_and(|text| text.contains(" FAIL 1 unique_good_id ....")));
    let seed = one(&events, "LogSeedResult");
    assert_eq!(seed["data"]["result_message"], "INSERT 2");
    assert_eq!(one(&events, "SkippingDetails")["data"]["node_name"], "below");
    for name in ["NodeStart", "NodeFinished"] {
        assert_eq!(named(&events, name).len(), if name == "NodeStart" { 4 } else { 5 }, "{name}");
    }
    for name in ["NodeCompiling", "LogStartLine", "RunResultFailure", "SQLQuery", "SQLQueryStatus"] {
        assert!(!named(&events, name).is_empty(), "{name}");
    }
    let results: Vec<&Value> =
        named(&events, "NodeFinished").iter().map(|event| &event["data"]["run_result"]["status"]).collect();
    assert!(results.contains(&&Value::from("skipped")), "{results:?}");
}

#[test]
fn the_log_file_has_what_stdout_shows_and_statements_without_being_asked() {
    let project = project();
    let ran = project.run(&["--log-format-file", "json", "run", "--select", "good"]);
    assert_eq!(ran.stdout, "");
    let events = events(&project.read("logs/dbt.log"));
    for name in ["MainReportVersion", "SQLQuery", "NodeFinished", "MainEncounteredError", "CommandCompleted"] {
        let is_there = !named(&events, name).is_empty();
        assert_eq!(is_there, name != "MainEncounteredError", "{name}");
    }
}

#[test]
fn data_of_commands_are_events_among_json_lines() {
    let project = project();
    let ran = project.run(&["--log-format", "json", "compile", "--inline", "select 1 as one"]).success();
    let found = events(&ran.stdout);
    assert_eq!(one(&found, "CompiledNode")["data"]["compiled"], "select 1 as one");
    let ran = project.run(&["--log-format", "json", "show", "--inline", "select 1 as one"]).success();
    let found = events(&ran.stdout);
    assert!(
        one(&found, "ShowNode")["info"]["msg"].as_str().is_some_and(|text| text.starts_with("Previewing inline node:"))
    );
    let ran = project.run(&["--log-format", "json", "list", "--output", "name"]).success();
    let found = events(&ran.stdout);
    assert_eq!(named(&found, "PrintEvent").len(), 5);
}

#[test]
fn the_environment_is_in_the_lines_and_old_variables_are_told_of() {
    let project = project().env("DBT_ENV_CUSTOM_ENV_run", "nightly").env("DBT_NO_PRINT", "1");
    let ran = project.run(&["--log-format", "json", "parse"]).success();
    let found = events(&ran.stdout);
    assert!(found.iter().all(|event| event["info"]["extra"]["run"] == "nightly"));
    let renamed = one(&found, "EnvironmentVariableRenamed");
    assert_eq!(renamed["info"]["code"], "D009");
    let expected = "[WARNING]: Deprecated functionality\nThe environment variable `DBT_NO_PRINT` has been renamed as";
    assert!(renamed["info"]["msg"].as_str().is_some_and(|text| text.starts_with(expected)), "{renamed}");
}

#[test]
fn debug_says_which_checks_failed() {
    let project = project();
    let all = project.run(&["debug"]).success();
    assert!(all.stderr.contains("dbt_project.yml file [OK found and valid]"), "{}", all.stderr);
    let ran = project.run(&["debug", "--target", "nope"]).code(1);
    for words in [
        "profiles.yml file [ERROR invalid]",
        "dbt_project.yml file [OK found and valid]",
        "Connection test skipped since no profile was found",
        "1 check failed:",
        "Profile loading failed for the following reason:",
        "does not have a target named 'nope'. The valid target names for this profile are:",
    ] {
        assert!(ran.stderr.contains(words), "{words} in {}", ran.stderr);
    }
}

#[test]
fn debug_tells_of_the_profile_though_the_project_is_wrong() {
    let project = Project::new();
    let ran = project.run(&["debug", "--connection", "--profiles-dir", "nowhere"]).code(1);
    assert!(ran.stderr.contains("dbt looked for a profiles.yml file in nowhere/profiles.yml"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("Profile loading failed"), "{}", ran.stderr);
    let project = project.file("wrong/dbt_project.yml", "invalid-key: not a project\n");
    let profiles = project.path("").display().to_string();
    let ran = project.run(&[
        "debug",
        "--connection",
        "--profile",
        "nope",
        "--project-dir",
        "wrong",
        "--profiles-dir",
        &profiles,
    ]);
    for words in ["2 checks failed:", "Profile loading failed for", "Could not find profile named 'nope'"] {
        assert!(ran.stderr.contains(words), "{words} in {}", ran.stderr);
    }
}

#[test]
fn clean_refuses_in_the_words_of_dbt() {
    let refused = |targets: &str| {
        let project = Project::new().configured(&format!("clean-targets: [{targets}]\n"));
        project.run(&["clean"]).code(2).stderr
    };
    let said = refused("models");
    assert!(said.contains("dbt will not clean the following source paths: ['"), "{said}");
    let said = refused("..");
    assert!(said.contains("dbt will not clean the following directories outside the project: ['"), "{said}");
}

#[test]
fn warnings_of_templates_and_tests_obey_their_names() {
    let project =
        Project::new().model("a", "{% do exceptions.warn('look here') %} select 1 as id, null as b").properties(
            "models:\n  - name: a\n    columns: [{name: b, data_tests: [{not_null: {config: {severity: warn}}}]}]\n",
        );
    let _ = project.run(&["build"]).success();
    let ran = project.run(&["--warn-error", "build"]).code(2);
    assert!(ran.stderr.contains("look here"), "{}", ran.stderr);
    let _ = project.run(&["--warn-error-options", "{error: [LogTestResult]}", "build"]).code(1);
    assert!(project.statuses().iter().any(|status| status.ends_with(" fail")), "{:?}", project.statuses());
    let options = "{error: all, silence: [JinjaLogWarning, LogTestResult]}";
    let _ = project.run(&["--warn-error-options", options, "run"]).success();
    let ran = project.run(&["--warn-error-options", "{error: [Nope]}", "run"]).code(2);
    assert!(ran.stderr.contains("Nope is not a valid dbt error name."), "{}", ran.stderr);
}

#[test]
fn connections_transactions_and_written_files_are_told_of() {
    let project = Project::new()
        .model("a", "{{ config(materialized='table') }} select 1 as id")
        .model("b", "select * from {{ ref('a') }}");
    let ran = project.run(&["--log-format", "json", "--log-level", "debug", "run", "--threads", "1"]).success();
    let found = events(&ran.stdout);
    // As many empty lines as dbt has: around the number of threads, before the counts, before the end and before its line.
    assert_eq!(named(&found, "Formatting").len(), 5);
    for reused in named(&found, "ConnectionReused") {
        assert!(reused["data"]["orig_conn_name"].as_str().is_some_and(|name| !name.is_empty()), "{reused}");
    }
    let names: Vec<&str> =
        named(&found, "ConnectionReused").iter().filter_map(|event| event["data"]["conn_name"].as_str()).collect();
    assert_eq!(names, ["create_shop_main", "list_shop_main", "model.shop.b"]);
    assert!(!named(&found, "SQLCommit").is_empty());
    let written: Vec<&str> =
        named(&found, "ArtifactWritten").iter().filter_map(|event| event["data"]["artifact_type"].as_str()).collect();
    assert_eq!(written, ["WritableManifest", "SemanticManifest", "RunExecutionResult"]);
    let words = "Writing injected SQL for node \"model.shop.a\"";
    assert_eq!(named(&found, "WritingInjectedSQLForNode")[0]["info"]["msg"], words);
}

#[test]
fn failures_name_the_group_of_their_node() {
    let project = Project::new().model("a", "select null as id").properties(
        "groups: [{name: g, owner: {name: n, email: [a@example.com, b@example.com]}}]\nmodels:\n  - {name: a, config: {group: g}, \
         columns: [{name: id, data_tests: [not_null]}]}\n",
    );
    let ran = project.run(&["--log-format", "json", "build"]).code(1);
    let found = events(&ran.stdout);
    let expected = serde_json::json!({
        "name": "g", "package_name": "shop", "owner": {"name": "n", "email": "['a@example.com', 'b@example.com']"},
    });
    for name in ["RunResultFailure", "RunResultError"] {
        assert_eq!(one(&found, name)["data"]["group"], expected);
    }
}

#[test]
fn commands_without_nodes_have_their_events() {
    let project = Project::new().file("target/manifest.json", "{}");
    let names = |arguments: &[&str]| {
        let all: Vec<&str> = ["--log-format", "json"].into_iter().chain(arguments.iter().copied()).collect();
        let found = events(&project.run(&all).success().stdout);
        found.iter().filter_map(|event| event["info"]["name"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(names(&["clean"]), ["MainReportVersion", "CheckCleanPath", "ConfirmCleanPath", "FinishedCleanPaths"]);
    assert_eq!(names(&["deps"]), ["MainReportVersion", "DepsNoPackagesFound", "DepsNoPackagesFound"]);
    assert_eq!(names(&["run"]).last().map(String::as_str), Some("NothingToDo"));
    assert_eq!(names(&["list"]).last().map(String::as_str), Some("NoNodesSelected"));
}

#[test]
fn secrets_are_struck_out_of_all_that_is_shown() {
    let project = Project::new()
        .model("a", "{{ log('a hidden word', info=true) }} select 1 as id")
        .env("DBT_ENV_SECRET_WORD", "hidden");
    let ran = project.run(&["run"]).success();
    assert!(ran.stderr.contains("a ***** word"), "{}", ran.stderr);
    let ran = project.run(&["--log-format", "json", "run"]).success();
    assert!(ran.stdout.contains("a ***** word") && !ran.stdout.contains("hidden"), "{}", ran.stdout);
    assert!(!project.read("logs/dbt.log").contains("hidden"));
}

#[test]
fn mistakes_of_the_command_line_are_told_in_dbts_words_too() {
    let project = Project::new();
    let _ = project.run(&["run", "--nope"]).code(2).says("Error: No such option '--nope'.");
    let _ = project.run(&["nope"]).code(2).says("Error: No such command 'nope'.");
}
