//! Exported files: their bytes, what keeps them from being written, and that old ones stay whole.

use crate::project::Project;

const MART: &str = "select * from (values (2, 'b, c', 1.50::decimal(9,2), date '2024-01-02', true), (1, 'say \"x\"', null, null, false), (3, '', 0.25, date '2024-02-29', null)) as v(id, name, price, day, flag)";

fn project(config: &str) -> Project {
    Project::new().model("mart", &format!("{{{{ config(materialized='table'{config}) }}}}\n{MART}"))
}

#[test]
fn a_build_writes_the_marts_as_csv() {
    let project = project(", export='csv', grain=['id']");
    let _ = project.run(&["build"]).success();
    assert_eq!(
        project.read("exports/mart.csv"),
        "id,name,price,day,flag\n1,\"say \"\"x\"\"\",,,false\n2,\"b, c\",1.50,2024-01-02,true\n3,\"\",0.25,2024-02-29,\n"
    );
}

#[test]
fn json_is_one_object_a_line() {
    let project = project(", export={'format': 'json'}, grain=['id']");
    let _ = project.run(&["build"]).success();
    let text = project.read("exports/mart.json");
    let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1]["name"], "b, c");
}

#[test]
fn parquet_can_be_read_back() {
    let project = project(", export='parquet', grain=['id']");
    let _ = project.run(&["build"]).success();
    let path = project.path("exports/mart.parquet");
    assert_eq!(project.query(&format!("select id, price from '{}'", path.display())), ["1|NULL", "2|1.50", "3|0.25"]);
}

#[test]
fn the_manifest_counts_rows_and_checks_bytes() {
    let project = project(", export='csv', grain=['id']");
    let _ = project.run(&["build"]).success();
    let manifest = project.json("exports/manifest.json");
    eprintln!("MANIFEST {manifest:#}");
    assert!(manifest.to_string().contains("\"rows\":3"), "{manifest}");
}

#[test]
fn a_failing_test_keeps_the_former_files() {
    let project = project(", export='csv', grain=['id']");
    let _ = project.run(&["build"]).success();
    let before = project.read("exports/mart.csv");
    let project = project
        .model("mart", "{{ config(materialized='table', export='csv') }} select 7 as id")
        .properties("models:\n  - name: mart\n    columns: [{name: id, data_tests: [accepted_values: {arguments: {values: [1]}}]}]\n");
    let _ = project.run(&["build"]).code(1);
    assert_eq!(project.read("exports/mart.csv"), before);
}

#[test]
fn run_and_no_export_write_nothing() {
    let project = project(", export='csv'");
    let _ = project.run(&["run"]).success();
    let _ = project.run(&["build", "--no-export"]).success();
    assert!(!project.path("exports").exists());
}

#[test]
fn export_writes_what_is_selected() {
    let project = project(", export='csv'").model("other", "{{ config(export=true) }} select 1 as id");
    let _ = project.run(&["run"]).success();
    let _ = project.run(&["export", "--select", "other"]).success();
    assert_eq!(project.read("exports/other.csv"), "id\n1\n");
    assert!(!project.path("exports/mart.csv").exists());
}

#[test]
fn an_unknown_format_is_shown_at_its_model() {
    let project = project(", export='xls'");
    let _ = project
        .run(&["build"])
        .code(2)
        .says("`xls` is not a format that `mart` can be exported in")
        .says("use csv, parquet, json, xlsx, markdown, or a list of them");
}

#[test]
fn exporting_what_was_never_built_is_an_error() {
    let project = project(", export='csv'");
    let ran = project.run(&["export"]);
    assert_ne!(ran.code, 0);
    assert!(ran.stderr.contains("mart"), "{}", ran.stderr);
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    let project = project(", export='csv'");
    let _ = project.run(&["build"]).success();
    let before = project.read("exports/mart.csv");
    let _ = project.run(&["build"]).success();
    assert_eq!(project.read("exports/mart.csv"), before);
}
