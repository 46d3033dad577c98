//! Names, line endings and encodings, and rows of seeds.

use super::refuses;
use crate::project::Project;

#[test]
fn a_path_with_spaces_and_letters_of_all_kinds() {
    let project = Project::empty()
        .file("mein büro/project.yml", "name: shop\nprofile: shop\n")
        .file(
            "mein büro/profiles.yml",
            "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: \"my dåta.duckdb\"}\n",
        )
        .file("mein büro/models/erste stufe/größe.sql", "select 1 as \"é\"\n")
        .file("mein büro/models/日本.sql", "select * from {{ ref('größe') }}\n")
        .file("mein büro/models/bad.sql", "select 'ñandú' as x, {{ ref('größ') }}\n");
    refuses(
        &project,
        &["run", "--project-dir", "mein büro"],
        2,
        r"error[E0301]: Model 'model.shop.bad' (models/bad.sql) depends on a node named 'größ' which was not found
 --> models/bad.sql:1:25
  |
1 | select 'ñandú' as x, {{ ref('größ') }}
  |                         ^^^^^^^^^^^ not found
  |
  = help: did you mean `größe`?",
    );
    std::fs::remove_file(project.path("mein büro/models/bad.sql")).unwrap();
    let _ = project.run(&["build", "--project-dir", "mein büro"]).success();
    let connection = duckdb::Connection::open(project.path("my dåta.duckdb")).unwrap();
    let one: i32 = connection.query_row("select \"é\" from \"日本\"", [], |row| row.get(0)).unwrap();
    assert_eq!(one, 1);
}

#[test]
fn line_endings_of_windows() {
    let project = Project::new()
        .model("a", "{{ config(materialized='table') }}\r\nselect 1 as id,\r\n  'x' as name\r\n")
        .properties("models:\r\n  - name: a\r\n    columns:\r\n      - name: id\r\n        data_tests: [unique]\r\n")
        .model("b", "select *\r\nfrom {{ ref('c') }}\r\n");
    refuses(
        &project,
        &["build"],
        2,
        r"error[E0301]: Model 'model.shop.b' (models/b.sql) depends on a node named 'c' which was not found
 --> models/b.sql:2:9
  |
2 | from {{ ref('c') }}
  |         ^^^^^^^^ not found
  |
  = help: did you mean `a`?",
    );
    let project = project.model("b", "select id\r\nfrom {{ ref('a') }}\r\nwhere\r\n  missing > 1\r\n");
    refuses(
        &project,
        &["build"],
        1,
        r#"error[E0701]: Binder Error: Referenced column "missing" not found in FROM clause!
 --> models/b.sql:4:3
  |
4 |   missing > 1
  |   ^^^^^^^
  |
  = note: Candidate bindings: "id""#,
    );
    assert_eq!(project.statuses(), ["a success", "b error", "unique_a_id pass"]);
}

#[test]
fn a_byte_order_mark() {
    let mark = "\u{feff}";
    let project = Project::new()
        .file("project.yml", &format!("{mark}name: shop\nprofile: shop\n"))
        .model("a", &format!("{mark}select 1 as id"))
        .macros(&format!("{mark}{{% macro m() %}}2{{% endmacro %}}"))
        .model("b", "select {{ m() }} as id")
        .properties(&format!("{mark}models:\n  - name: a\n    columns: [{{name: id, data_tests: [unique]}}]\n"));
    let _ = project.run(&["build"]).success();
    assert_eq!(project.statuses(), ["a success", "b success", "unique_a_id pass"]);
}

#[test]
fn a_ragged_row_of_a_seed() {
    let project = Project::new().seed("s", "id,name\n1,Ada\n2,Grace,Hopper\n");
    refuses(
        &project,
        &["seed"],
        1,
        r"error[E0723]: the row has 3 fields, but the header has 2 fields
 --> seeds/s.csv:3:9
  |
3 | 2,Grace,Hopper
  |         ^^^^^^ beyond the last column
  |
  = help: put quotes around a field that contains the delimiter",
    );
    assert!(project.relations().is_empty());
}

#[test]
fn a_value_that_does_not_fit_its_column_type() {
    let project = Project::new()
        .configured("seeds:\n  shop:\n    s: {+column_types: {price: 'decimal(5,2)'}}\n")
        .seed("s", "id,price\n1,2.50\n2,dear\n");
    refuses(
        &project,
        &["seed"],
        1,
        r"error[E0726]: `dear` does not fit column `price` of type decimal(5,2)
 --> seeds/s.csv:3:3
  |
3 | 2,dear
  |   ^^^^ not a value of decimal(5,2), as `column_types` declares",
    );
    assert!(project.relations().is_empty());
}

#[test]
fn a_seed_of_another_encoding() {
    let project = Project::new().bytes("seeds/s.csv", b"id,name\n1,Ada\n2,Ren\xe9\n");
    refuses(
        &project,
        &["seed"],
        2,
        r"error[E0109]: the file is not UTF-8
 --> seeds/s.csv:3:6
  |
3 | 2,Ren�
  |      ^ the byte 0xE9 may not stand here
  |
  = help: save it as UTF-8",
    );
}
