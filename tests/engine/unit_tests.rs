//! Unit tests and Python models; values are those of real dbt.

use crate::project::Project;

fn project(given: &str, expect: &str) -> Project {
    Project::new()
        .model("a", "select 1 as id, 'x' as name, current_date as d")
        .model("b", "select id, name || '{{ var(\"v\", 1) }}' as name from {{ ref('a') }}")
        .properties(&format!(
            "unit_tests:\n  - name: ut\n    model: b\n    overrides: {{vars: {{v: 7}}}}\n    given:\n      - input: ref('a')\n        rows: {given}\n    expect:\n      rows: {expect}\n"
        ))
}

fn status(project: &Project, id: &str) -> String {
    let document = project.json("target/run_results.json");
    let mut results = document["results"].as_array().unwrap().iter();
    results.find(|result| result["unique_id"] == id).unwrap()["status"].as_str().unwrap().to_owned()
}

#[test]
fn a_unit_test_needs_no_built_parents() {
    let project = project("[{id: 1, name: q}, {id: 2}]", "[{id: 2, name: null}, {id: 1, name: q7}]");
    let _ = project.run(&["test"]).success().says("PASS=1");
    assert!(project.relations().is_empty(), "{:?}", project.relations());
    assert_eq!(status(&project, "unit_test.shop.b.ut"), "pass");
    let manifest = project.json("target/manifest.json");
    let test = &manifest["unit_tests"]["unit_test.shop.b.ut"];
    assert_eq!(test["depends_on"]["nodes"][0], "model.shop.b");
    assert_eq!(test["checksum"].as_str().map(str::len), Some(64));
}

#[test]
fn a_failing_unit_test_keeps_its_model_from_being_built() {
    let project = project("[{id: 1, name: q}]", "[{id: 1, name: q8}]");
    let _ = project.run(&["build"]).code(1).says("actual differs from expected").says("→ ,1 ,q8→q7");
    assert_eq!(status(&project, "model.shop.b"), "skipped");
    assert_eq!(status(&project, "unit_test.shop.b.ut"), "fail");
}

#[test]
fn a_column_that_is_not_there_is_named_in_dbts_words() {
    let project = project("[{idd: 1}]", "[{id: 1}]");
    let says = "Invalid column name: 'idd' in unit test fixture for 'a'.";
    let _ = project.run(&["test"]).code(1).says(says).says("['id', 'name', 'd']");
}

#[test]
fn a_python_model_without_an_interpreter_says_what_is_missing() {
    let project = Project::new()
        .file("models/p.py", "def model(dbt, session):\n    return session.sql('select 1 as id')\n")
        .env("MARTLET_PYTHON", "no-such-python");
    let _ = project.run(&["run"]).code(1).says("`no-such-python` cannot be started").says("MARTLET_PYTHON");
}

#[test]
fn two_fixtures_of_one_name_are_refused_in_dbts_words() {
    let project = Project::new()
        .model("a", "select 1 as id\n")
        .file("tests/fixtures/x/rows.csv", "id\n1\n")
        .file("tests/fixtures/y/rows.sql", "select 1 as id\n");
    let _ = project
        .run(&["parse"])
        .code(2)
        .says("dbt found two fixtures with the name \"rows\"")
        .says("- fixture.shop.rows (tests/fixtures/x/rows.csv)");
}

#[test]
fn times_in_rows_are_written_as_dbt_writes_them() {
    let project = project(
        "[{id: 1, d: 2020-01-02, name: 2020-01-02 03:04:05.5 +02:00}, {id: 2, name: 2020-1-2T3:04:05Z}]",
        "[{id: 1, name: '2020-01-02 03:04:05'}]",
    );
    let _ = project.run(&["parse"]).success();
    let manifest = project.json("target/manifest.json");
    let test = &manifest["unit_tests"]["unit_test.shop.b.ut"];
    let rows = &test["given"][0]["rows"];
    assert_eq!(rows[0]["name"], "2020-01-02T03:04:05.500000+02:00");
    assert_eq!(rows[0]["d"], "2020-01-02");
    assert_eq!(rows[1]["name"], "2020-01-02T03:04:05+00:00");
    assert_eq!(test["expect"]["rows"][0]["name"], "2020-01-02 03:04:05");
}

#[test]
fn empty_lists_of_versions_and_blocks_of_text_are_as_in_dbt() {
    let project = Project::new()
        .model("a", "select 1 as a")
        .model("b", "select * from {{ ref('a') }}")
        .properties(
            "unit_tests:\n  - name: u\n    model: b\n    versions:\n      include:\n      exclude:\n    given:\n      - input: ref(\"a\")\n        format: sql\n        rows: |\n\n          select 1 as a  \n\n      - input: ref(\"a\")\n        format: csv\n        rows: |\n          a\n          1\n    expect:\n      format: sql\n      rows: \"  select 1 as a  \"\n",
        );
    let _ = project.run(&["parse"]).success();
    let manifest = project.json("target/manifest.json");
    assert_eq!(manifest["unit_tests"]["unit_test.shop.b.u"]["given"][0]["rows"], "\nselect 1 as a  ");
}
