//! Seeds: types, configurations, reloading, and mistakes with their places.

use crate::project::Project;

#[track_caller]
fn loaded(csv: &str) -> Project {
    let project = Project::new().seed("s", csv);
    let _ = project.run(&["seed"]).success();
    project
}

#[test]
fn types_are_inferred_from_all_values() {
    // What dbt 1.11 with dbt-duckdb makes of each column.
    let cases = [
        ("1\n2\n-3", "INTEGER", "1,2,-3"),
        ("1\n2.5", "DOUBLE", "1.0,2.5"),
        ("1\n\"\"", "INTEGER", "1,NULL"),
        ("007\n1", "INTEGER", "7,1"),
        ("true\nfalse", "BOOLEAN", "true,false"),
        ("True\nFALSE\n\"\"", "BOOLEAN", "true,false,NULL"),
        ("yes\nno", "VARCHAR", "yes,no"),
        ("0\n1", "INTEGER", "0,1"),
        ("2024-01-31\n2023-12-01", "DATE", "2024-01-31,2023-12-01"),
        ("2024-01-31\nx", "VARCHAR", "2024-01-31,x"),
        ("2024-01-31 10:20:30\n2024-02-01 00:00:00", "TIMESTAMP", "2024-01-31 10:20:30,2024-02-01 00:00:00"),
        ("2024-01-31T10:20:30\n2024-02-01T00:00:00", "TIMESTAMP", "2024-01-31 10:20:30,2024-02-01 00:00:00"),
        ("31/01/2024\n01/02/2024", "VARCHAR", "31/01/2024,01/02/2024"),
        ("1e3\n2", "INTEGER", "1000,2"),
        ("NULL\nx", "VARCHAR", "NULL,x"),
        ("\" x \"\ny", "VARCHAR", " x ,y"),
        ("10:20\n11:00", "VARCHAR", "10:20,11:00"),
        ("\"\"\n\"\"", "INTEGER", "NULL,NULL"),
        ("1_000\n2", "INTEGER", "1000,2"),
        (".5\n1", "DOUBLE", "0.5,1.0"),
        ("5.\n1", "INTEGER", "5,1"),
        ("2024-01-31 10:20:30+02\n2024-01-31 10:20:30Z", "VARCHAR", "2024-01-31 10:20:30+02,2024-01-31 10:20:30Z"),
        ("0.1\n0.12345678901234567890", "DOUBLE", "0.1,0.12345678901234568"),
        ("2024-1-5\n2024-10-15", "DATE", "2024-01-05,2024-10-15"),
        ("é\nñandú", "VARCHAR", "é,ñandú"),
        ("true\nx", "VARCHAR", "true,x"),
        ("1\nx", "VARCHAR", "1,x"),
        ("-0\n1", "INTEGER", "0,1"),
        ("0.0\n1", "INTEGER", "0,1"),
    ];
    let mut project = Project::new();
    for (number, (values, ..)) in cases.iter().enumerate() {
        let rows: String = values.lines().enumerate().map(|(row, value)| format!("{row},{value}\n")).collect();
        project = project.seed(&format!("s{number}"), &format!("n,v\n{rows}"));
    }
    let _ = project.run(&["seed"]).success();
    let mut wrong = Vec::new();
    for (number, (values, kind, loaded)) in cases.iter().enumerate() {
        let found = (
            project.query(&format!("select column_type from (describe s{number}) where column_name = 'v'")).join(""),
            project.query(&format!("select v from s{number} order by n")).join(","),
        );
        if (found.0.as_str(), found.1.as_str()) != (*kind, *loaded) {
            wrong.push(format!("{values:?}: {found:?}, not {kind} {loaded}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn quotes_line_breaks_and_delimiters_inside_fields_are_kept() {
    let project = loaded("id,text\n1,\"a, b\"\n2,\"line one\nline two\"\n3,\"say \"\"hi\"\"\"\n4,\n");
    assert_eq!(
        project.query("select replace(coalesce(text, 'NULL'), chr(10), '/') as t from s order by id"),
        ["a, b", "line one/line two", "say \"hi\"", "NULL"]
    );
}

#[test]
fn column_types_win_over_inference() {
    let project = Project::new()
        .configured("seeds:\n  shop:\n    s:\n      +column_types: {code: varchar, price: 'decimal(10,2)'}\n")
        .seed("s", "code,price,n\n007,1.5,1\n008,2,2\n");
    let _ = project.run(&["seed"]).success();
    assert_eq!(project.columns("s"), ["code VARCHAR", "price DECIMAL(10,2)", "n INTEGER"]);
    assert_eq!(project.query("select code, price from s order by n"), ["007|1.50", "008|2.00"]);
}

#[test]
fn a_delimiter_can_be_configured() {
    let project = Project::new().configured("seeds:\n  +delimiter: ';'\n").seed("s", "a;b\nk;x\nl;y,z\n");
    let _ = project.run(&["seed"]).success();
    assert_eq!(project.columns("s"), ["a VARCHAR", "b VARCHAR"].map(str::to_owned));
    assert_eq!(project.query("select b from s order by a"), ["x", "y,z"]);
}

#[test]
fn columns_are_quoted_when_configured() {
    let project = Project::new().configured("seeds:\n  +quote_columns: true\n").seed("s", "select,Two Words\n1,x\n");
    let _ = project.run(&["seed"]).success();
    assert_eq!(project.columns("s"), ["select INTEGER", "Two Words VARCHAR"]);
}

#[test]
fn a_seed_is_loaded_again_and_its_dependents_stay() {
    let project = loaded("id\n1\n").model("v", "select * from {{ ref('s') }}");
    let _ = project.run(&["run"]).success();
    let project = project.seed("s", "id\n2\n3\n");
    let _ = project.run(&["seed"]).success();
    assert_eq!(project.query("select id from v order by id"), ["2", "3"]);
}

#[test]
fn a_full_refresh_takes_over_new_columns() {
    let project = loaded("id\n1\n").seed("s", "id,name\n1,x\n");
    let _ = project.run(&["seed"]).code(1);
    assert_eq!(project.query("select * from s"), ["1"]);
    let _ = project.run(&["seed", "--full-refresh"]).success();
    assert_eq!(project.query("select * from s"), ["1|x"]);
}

#[test]
fn a_seed_may_have_no_rows() {
    let project = loaded("id,name\n");
    assert_eq!(project.query("select count(*) as n from s"), ["0"]);
    assert_eq!(project.columns("s"), ["id INTEGER", "name INTEGER"]);
}

#[test]
fn a_seed_has_hooks_aliases_schemas_and_tests() {
    let project = Project::new()
        .configured("seeds:\n  shop:\n    +schema: raw\n    s:\n      +alias: input\n      +post-hook: update {{ this }} set name = upper(name)\n")
        .seed("s", "id,name\n1,x\n")
        .file("seeds/seeds.yml", "seeds:\n  - name: s\n    columns:\n      - {name: id, data_tests: [unique]}\n");
    let _ = project.run(&["build"]).success();
    assert_eq!(project.relations(), ["main_raw.input table"]);
    assert_eq!(project.query("select name from main_raw.input"), ["X"]);
    assert_eq!(project.statuses(), ["s success", "unique_s_id pass"]);
}

#[test]
fn line_endings_of_windows_and_a_byte_order_mark_are_read() {
    let project = Project::new().bytes("seeds/s.csv", b"\xef\xbb\xbfid,name\r\n1,\xc3\xa9t\xc3\xa9\r\n2,b\r\n");
    let _ = project.run(&["seed"]).success();
    assert_eq!(project.columns("s"), ["id INTEGER", "name VARCHAR"]);
    assert_eq!(project.query("select name from s order by id"), ["été", "b"]);
}
