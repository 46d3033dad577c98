//! Each command once, with its own arguments and the forms of its output.

use crate::project::Project;

fn shop() -> Project {
    Project::new()
        .seed("raw", "id,name\n1,Ada\n2,Grace\n")
        .model("stg", "select * from {{ ref('raw') }}")
        .model(
            "mart",
            "{{ config(materialized='table', tags=['daily']) }} select id, upper(name) as name from {{ ref('stg') }}",
        )
        .properties(
            "models:\n  - name: mart\n    description: The mart\n    columns: [{name: id, data_tests: [unique]}]\n",
        )
}

#[test]
fn build_runs_seeds_models_and_tests_in_their_order() {
    let project = shop();
    let ran = project.run(&["build"]).success();
    assert_eq!(project.statuses(), ["mart success", "raw success", "stg success", "unique_mart_id pass"]);
    let place = |text: &str| ran.stderr.find(text).unwrap_or_else(|| panic!("{text} in {}", ran.stderr));
    let places = ["seed        raw", "view        stg", "table       mart", "test        unique_mart_id"].map(place);
    assert!(places.is_sorted(), "{}", ran.stderr);
    assert!(ran.stderr.contains("Done. PASS=4 WARN=0 ERROR=0 SKIP=0 NO-OP=0 TOTAL=4"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}

#[test]
fn run_test_and_seed_take_their_own_kinds() {
    let project = shop();
    let _ = project.run(&["seed"]).success();
    assert_eq!(project.statuses(), ["raw success"]);
    let _ = project.run(&["run"]).success();
    assert_eq!(project.statuses(), ["mart success", "stg success"]);
    let _ = project.run(&["test"]).success();
    assert_eq!(project.statuses(), ["unique_mart_id pass"]);
}

#[test]
fn build_takes_resource_types() {
    let project = shop();
    let _ = project.run(&["build", "--resource-type", "seed", "--resource-type", "model"]).success();
    assert_eq!(project.statuses(), ["mart success", "raw success", "stg success"]);
    let _ = project.run(&["build", "--exclude-resource-type", "test"]).success();
    assert_eq!(project.statuses().len(), 3);
}

#[test]
fn a_run_without_anything_to_do_succeeds() {
    let project = Project::new();
    let ran = project.run(&["run"]).success();
    assert!(ran.stderr.contains("Nothing to do"), "{}", ran.stderr);
}

#[test]
fn fail_fast_stops_at_the_first_failure() {
    let project = Project::new()
        .file(
            "profiles.yml",
            "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, threads: 1}\n",
        )
        .model("a", "{{ config(materialized='table') }} select error('no') as id")
        .model("b", "select 1 as id")
        .model("c", "select 1 as id");
    let _ = project.run(&["run", "--fail-fast"]).code(1);
    assert_eq!(project.statuses(), ["a error", "b skipped", "c skipped"]);
}

#[test]
fn quiet_shows_errors_only() {
    let project = shop();
    let ran = project.run(&["build", "--quiet"]).success();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let project = project.model("stg", "select error('no') as id, 'x' as name");
    let ran = project.run(&["run", "-q"]).code(1);
    assert!(ran.stderr.contains("no") && !ran.stderr.contains("Parsed"), "{}", ran.stderr);
}

#[test]
fn compile_writes_sql_and_shows_one_model() {
    let project = shop();
    let _ = project.run(&["compile"]).success().stdout("");
    assert_eq!(project.read("target/compiled/shop/models/stg.sql"), "select * from \"shop\".\"main\".\"raw\"");
    let _ = project.run(&["compile", "--select", "stg"]).success().stdout("select * from \"shop\".\"main\".\"raw\"\n");
    assert!(project.relations().is_empty());
}

#[test]
fn compile_takes_sql_of_the_command_line() {
    let project = shop();
    let inline = "select {{ 1 + 1 }} from {{ ref('stg') }}";
    let _ = project.run(&["compile", "--inline", inline]).success().stdout("select 2 from \"shop\".\"main\".\"stg\"\n");
    let ran = project.run(&["compile", "--quiet", "--inline", inline, "--output", "json"]).success();
    let shown: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(shown["compiled"], "select 2 from \"shop\".\"main\".\"stg\"");
}

#[test]
fn list_has_four_forms() {
    let project = shop();
    let list = |output: &str| project.run(&["list", "--output", output]).success().stdout;
    assert_eq!(list("selector"), "shop.mart\nshop.stg\nshop.raw\nshop.unique_mart_id\n");
    assert_eq!(list("name"), "mart\nstg\nraw\nunique_mart_id\n");
    assert_eq!(list("path"), "models/mart.sql\nmodels/stg.sql\nseeds/raw.csv\nmodels/properties.yml\n");
    let lines = list("json");
    let mart: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    let keys: Vec<&str> = mart.as_object().unwrap().keys().map(String::as_str).collect();
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    assert_eq!(
        sorted,
        [
            "alias",
            "config",
            "depends_on",
            "name",
            "original_file_path",
            "package_name",
            "resource_type",
            "tags",
            "unique_id"
        ]
    );
    assert_eq!(mart["depends_on"]["nodes"][0], "model.shop.stg");
    let _ = project.run(&["ls", "-s", "mart", "--resource-type", "model"]).success().stdout("shop.mart\n");
    let keys = ["list", "-s", "mart", "--resource-type", "model", "--output", "json", "--output-keys", "name", "tags"];
    let shown: serde_json::Value = serde_json::from_str(&project.run(&keys).success().stdout).unwrap();
    assert_eq!(shown, serde_json::json!({"name": "mart", "tags": ["daily"]}));
}

#[test]
fn list_of_nothing_says_so() {
    let ran = shop().run(&["list", "-s", "nobody"]).success();
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("No nodes selected!"), "{}", ran.stderr);
}

#[test]
fn show_previews_rows() {
    let project = shop();
    let _ = project.run(&["build"]).success();
    let _ = project
        .run(&["show", "--select", "mart"])
        .success()
        .stdout("| id | name  |\n|----|-------|\n|  1 | ADA   |\n|  2 | GRACE |\n");
    let _ = project
        .run(&["show", "--select", "raw", "--limit", "1"])
        .success()
        .stdout("| id | name |\n|----|------|\n|  1 | Ada  |\n");
    let _ = project
        .run(&["show", "-q", "--inline", "select count(*) as n from {{ ref('mart') }}"])
        .success()
        .stdout("| n |\n|---|\n| 2 |\n");
    let json = project.run(&["show", "-q", "--select", "mart", "--output", "json"]).success().stdout;
    let shown: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        shown,
        serde_json::json!({"node": "mart", "show": [{"id": 1, "name": "ADA"}, {"id": 2, "name": "GRACE"}]})
    );
    let _ = project
        .run(&["show", "-q", "--select", "mart", "--output", "csv"])
        .success()
        .stdout("id,name\n1,ADA\n2,GRACE\n");
}

#[test]
fn show_limits_to_five_rows_unless_told_otherwise() {
    let project = Project::new();
    let rows = |arguments: &[&str]| {
        let base = ["show", "-q", "--output", "csv", "--inline", "select * from range(10)"];
        project.run(&[&base, arguments].concat()).success().stdout.lines().count() - 1
    };
    assert_eq!((rows(&[]), rows(&["--limit", "2"]), rows(&["--limit", "-1"])), (5, 2, 10));
}

#[test]
fn parse_writes_the_manifest_and_no_database() {
    let project = shop();
    let _ = project.run(&["parse"]).success();
    assert!(project.json("target/manifest.json")["nodes"]["model.shop.mart"].is_object());
    assert!(!project.path("shop.duckdb").exists());
}

#[test]
fn show_writes_its_results() {
    let project = shop();
    let _ = project.run(&["seed"]).success();
    let _ = project.run(&["show", "--inline", "select id from {{ ref('raw') }}", "--limit", "1"]).success();
    let result = &project.json("target/run_results.json")["results"][0];
    assert_eq!(result["unique_id"], "sql_operation.shop.inline_query");
    assert_eq!(result["adapter_response"]["_message"], "OK");
    assert!(result["compiled_code"].as_str().is_some_and(|sql| sql.contains("limit 1")), "{result}");
    let _ = project.run(&["run"]).success();
    let _ = project.run(&["show", "--select", "mart"]).success();
    let result = &project.json("target/run_results.json")["results"][0];
    assert_eq!(result["unique_id"], "model.shop.mart");
    assert!(result["compiled_code"].as_str().is_some_and(|sql| sql.contains("limit 5")), "{result}");
}

#[test]
fn docs_generate_copies_assets_and_leaves_the_manifest_when_nothing_is_compiled() {
    let project = shop().configured("asset-paths: [pictures, nowhere]\n").file("pictures/deep/a.txt", "a picture");
    let _ = project.run(&["build"]).success();
    std::fs::remove_file(project.path("target/manifest.json")).unwrap();
    let _ = project.run(&["docs", "generate", "--no-compile"]).success();
    assert!(!project.path("target/manifest.json").exists());
    assert!(project.path("target/catalog.json").exists());
    let _ = project.run(&["docs", "generate"]).success();
    assert!(project.path("target/manifest.json").exists());
    assert_eq!(std::fs::read_to_string(project.path("target/pictures/deep/a.txt")).unwrap(), "a picture");
    assert!(!project.path("target/nowhere").exists());
}

#[test]
fn debug_checks_project_profile_and_connection() {
    let ran = shop().run(&["debug"]).success();
    for line in ["Connection test: [OK connection ok]", "All checks passed!"] {
        assert!(ran.stderr.contains(line), "{}", ran.stderr);
    }
}

#[test]
fn clean_deletes_what_martlet_made() {
    let project = shop();
    let _ = project.run(&["compile"]).success();
    assert!(project.path("target").exists());
    let _ = project.run(&["clean"]).success();
    assert!(!project.path("target").exists());
    assert!(project.path("models/mart.sql").exists());
}

#[test]
fn clean_refuses_foreign_folders() {
    let refused = [
        ("[models]", "`clean` does not delete `models`: it holds files of the project"),
        ("[keep]", "`clean` does not delete `keep`: neither Martlet nor dbt made it"),
        ("[..]", "`clean` does not delete `..`: it is not inside the project"),
        ("['.']", "`clean` does not delete `.`: it is not inside the project"),
    ];
    for (targets, message) in refused {
        let project = shop().configured(&format!("clean-targets: {targets}\n")).file("keep/mine.txt", "precious");
        let ran = project.run(&["clean"]);
        assert_ne!(ran.code, 0, "{targets}");
        assert!(ran.stderr.contains(message), "{}", ran.stderr);
        assert!(project.path("keep/mine.txt").exists() && project.path("models/mart.sql").exists());
    }
}

#[test]
fn init_makes_a_project_that_builds() {
    let project = Project::empty();
    let _ = project.run(&["init", "fresh"]).success();
    let _ = project
        .run(&["build", "--project-dir", "fresh"])
        .success()
        .says("Done. PASS=7 WARN=0 ERROR=0 SKIP=0 NO-OP=0 TOTAL=7");
}

const OPERATIONS: &str = "{% macro grant_to(who, times=1) %}{% do run_query(\"create table if not exists grants (who varchar, times int)\") %}{% do run_query(\"insert into grants values ('\" ~ who ~ \"', \" ~ times ~ \")\") %}{{ log('granted to ' ~ who, info=True) }}{% endmacro %}\n{% macro broken() %}{{ exceptions.raise_compiler_error('not today') }}{% endmacro %}";

#[test]
fn run_operation_calls_a_macro_with_arguments() {
    let project = Project::new().macros(OPERATIONS);
    let ran = project.run(&["run-operation", "grant_to", "--args", "{who: ada, times: 3}"]).success();
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("granted to ada"));
    assert_eq!(project.query("select * from grants"), ["ada|3"]);
    let _ = project.run(&["run-operation", "shop.grant_to", "--args", "who: grace"]).success();
    assert_eq!(project.query("select who from grants"), ["ada", "grace"]);
}

#[test]
fn an_operation_keeps_what_its_macro_commits() {
    let made = |name: &str, end: &str| {
        let sql = format!("create table {name} as select 1 as a");
        format!("{{% macro {name}() %}}{{% call statement('x') %}}{sql}{{% endcall %}}{end}{{% endmacro %}}\n")
    };
    let queried = "{% macro queried() %}{% do run_query('create table queried as select 1 as a') %}{% endmacro %}";
    let macros = made("open", "") + &made("committed", "{% do adapter.commit() %}") + queried;
    let project = Project::new().macros(&macros);
    for name in ["open", "committed", "queried"] {
        let _ = project.run(&["run-operation", name]).success();
    }
    assert_eq!(project.query("select table_name from duckdb_tables() order by 1"), ["committed", "queried"]);
}

#[test]
fn debug_does_not_blame_the_profile_for_a_project_without_one() {
    let project = Project::new().file("custom/dbt_project.yml", "invalid-key: 1\n");
    let ran = project.run(&["debug", "--project-dir", "custom", "--profiles-dir", "."]).code(1);
    let _ = ran
        .says("profiles.yml file [OK found and valid]")
        .says("dbt_project.yml file [ERROR invalid]")
        .says("1 check failed:");
}

#[test]
fn run_operation_tells_what_went_wrong() {
    let project = Project::new().macros(OPERATIONS);
    let _ = project.run(&["run-operation", "broken"]).code(1).says("not today").says("macros/macros.sql:2:");
    let ran = project.run(&["run-operation", "grant_too"]);
    assert_ne!(ran.code, 0);
    let _ = ran.says("'grant_too'").says("did you mean `grant_to`?");
    let _ = project.run(&["run-operation", "grant_to", "--args", "{whom: x}"]).code(1).says("whom");
}

#[test]
fn usage_errors_exit_with_two() {
    let cases: [(&[&str], &str); 5] = [
        (&["biuld"], "  tip: a similar subcommand exists: 'build'\n\nUsage: martlet [OPTIONS] [COMMAND]"),
        (&["run", "--selct", "x"], "  tip: a similar argument exists: '--select'\n\nUsage: martlet run"),
        (&["run", "--threads", "none"], "`--threads` takes a number from 1 on, not `none`"),
        (&["show", "--select", "a", "--output", "xml"], "[possible values: json, text, csv]"),
        (&["run-operation"], "Usage:"),
    ];
    for (line, text) in cases {
        let ran = Project::new().run(line);
        assert_eq!(ran.code, 2, "{line:?}\n{}", ran.stderr);
        assert!(ran.stderr.contains(text), "{line:?}\n{}", ran.stderr);
    }
}

#[test]
fn the_version_names_the_database_too() {
    let ran = Project::empty().run(&["--version"]).success();
    assert!(ran.stdout.starts_with("martlet 0.") && ran.stdout.contains("DuckDB 1.5.5"), "{}", ran.stdout);
}

#[test]
fn log_lines_can_be_json() {
    let ran = shop().run(&["build", "--log-format", "json"]).success();
    let events: Vec<serde_json::Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ended: Vec<&str> = events
        .iter()
        .filter(|event| event["info"]["name"] == "LogModelResult")
        .map(|event| event["data"]["node_info"]["unique_id"].as_str().unwrap())
        .collect();
    assert_eq!(ended, ["model.shop.stg", "model.shop.mart"]);
}

#[test]
fn vars_come_from_the_command_line_or_a_file() {
    let project =
        Project::new().configured("vars: {n: 1}\n").file("more.yml", "n: 3\n").model("a", "select {{ var('n') }} as n");
    let built = |arguments: &[&str]| {
        let _ = project.run(&[&["run"], arguments].concat()).success();
        project.query("select n from a").join("")
    };
    assert_eq!(built(&[]), "1");
    assert_eq!(built(&["--vars", "{n: 2}"]), "2");
    assert_eq!(built(&["--vars", "n: 4"]), "4");
    assert_eq!(built(&["--vars", "@more.yml"]), "3");
}

#[test]
fn targets_and_folders_are_chosen_by_flags() {
    let project = Project::empty()
        .file("app/project.yml", "name: shop\nprofile: shop\n")
        .file("conf/profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: dev.duckdb}\n    prod: {type: duckdb, path: prod.duckdb, schema: live}\n")
        .file("app/models/a.sql", "select '{{ target.name }}' as name");
    let _ = project
        .run(&[
            "run",
            "--project-dir",
            "app",
            "--profiles-dir",
            "conf",
            "--target",
            "prod",
            "--target-path",
            "out",
            "--threads",
            "1",
        ])
        .success();
    assert!(project.path("app/prod.duckdb").exists() || project.path("prod.duckdb").exists());
    assert!(project.path("out/manifest.json").exists() || project.path("app/out/manifest.json").exists());
}
