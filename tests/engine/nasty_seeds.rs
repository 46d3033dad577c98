//! Seeds with everything that makes CSV files nasty, loaded in one run: names, types and values as dbt loads them.

use crate::project::Project;

/// Name, file, columns, rows.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// What dbt 1.11 with dbt-duckdb 1.10 made of each file.
const AS_DBT: [Case; 47] = [
    ("apostrophe", "a,b\n1,it's\n2,don't\n", "a INTEGER, b VARCHAR", &["1|it's", "2|don't"]),
    ("backslash", "a,b\n1,\"x\\\"\n2,c:\\d\n", "a INTEGER, b VARCHAR", &["1|x\\", "2|c:\\d"]),
    ("blank_lines", "a,b\n1,x\n\n2,y\n\n", "a INTEGER, b VARCHAR", &["1|x", "2|y"]),
    ("bom", "\u{feff}a,b\n1,x\n", "a INTEGER, b VARCHAR", &["1|x"]),
    ("boolean", "a,b\ntrue,yes\nfalse,no\nTrue,y\n", "a BOOLEAN, b VARCHAR", &["true|yes", "false|no", "true|y"]),
    ("boolean_words", "a,b\nt,1\nf,0\n", "a VARCHAR, b INTEGER", &["t|1", "f|0"]),
    ("dates", "a,b\n2024-01-02,x\n2024-02-03,y\n", "a DATE, b VARCHAR", &["2024-01-02|x", "2024-02-03|y"]),
    ("dates_mixed", "a,b\n2024-01-02,x\n01/02/2024,y\n", "a VARCHAR, b VARCHAR", &["2024-01-02|x", "01/02/2024|y"]),
    ("dates_us", "a,b\n01/02/2024,x\n12/31/2024,y\n", "a VARCHAR, b VARCHAR", &["01/02/2024|x", "12/31/2024|y"]),
    ("decimal", "a,b\n1.5,x\n2,y\n", "a DOUBLE, b VARCHAR", &["1.5|x", "2.0|y"]),
    ("duplicate_header", "a,a\n1,2\n", "a INTEGER, a_2 INTEGER", &["1|2"]),
    ("empty_header", "a,\n1,2\n", "a INTEGER, b INTEGER", &["1|2"]),
    ("empty_quoted", "a,b\n1,\"\"\n2,\n3,x\n", "a INTEGER, b VARCHAR", &["1|NULL", "2|NULL", "3|x"]),
    ("empty_strings", "a,b\n,\n,x\n1,\n", "a INTEGER, b VARCHAR", &["NULL|NULL", "NULL|x", "1|NULL"]),
    ("exponent", "a,b\n1e3,x\n2,y\n", "a INTEGER, b VARCHAR", &["1000|x", "2|y"]),
    ("hash_comment", "a,b\n#1,x\n2,y # z\n", "a VARCHAR, b VARCHAR", &["#1|x", "2|y # z"]),
    ("header_case", "Id,NAME,select\n1,x,y\n", "Id INTEGER, NAME VARCHAR, select VARCHAR", &["1|x|y"]),
    ("header_only", "a,b\n", "a INTEGER, b INTEGER", &[]),
    ("header_quoted", "\"a\",\"b c\"\n1,x\n", "a INTEGER, b c VARCHAR", &["1|x"]),
    ("header_space", "first name,b\n1,x\n", "first name INTEGER, b VARCHAR", &["1|x"]),
    ("hex", "a,b\n0x1F,1_000\n2,3\n", "a VARCHAR, b INTEGER", &["0x1F|1000", "2|3"]),
    ("json", "a,b\n1,\"{\"\"k\"\": [1, 2]}\"\n", "a INTEGER, b VARCHAR", &["1|{\"k\": [1, 2]}"]),
    ("latin", "a,b\n1,é\n2,ß\n", "a INTEGER, b VARCHAR", &["1|é", "2|ß"]),
    ("leading_zero", "a,b\n007,x\n008,y\n", "a INTEGER, b VARCHAR", &["7|x", "8|y"]),
    ("mixed_types", "a,b\n1,x\ntwo,y\n3.5,z\n", "a VARCHAR, b VARCHAR", &["1|x", "two|y", "3.5|z"]),
    ("no_final_newline", "a,b\n1,x\n2,y", "a INTEGER, b VARCHAR", &["1|x", "2|y"]),
    ("null_column", "a,b\n1,\n2,\n", "a INTEGER, b INTEGER", &["1|NULL", "2|NULL"]),
    (
        "null_words",
        "a,b\nnull,x\nNA,y\nN/A,z\nnone,w\n.,v\n1,u\n",
        "a VARCHAR, b VARCHAR",
        &["null|x", "NA|y", "N/A|z", "none|w", ".|v", "1|u"],
    ),
    ("one_column", "a\nx\n\ny\n", "a VARCHAR", &["x", "NULL", "y"]),
    ("pipe", "a,b\n1,x|y\n2,z|w\n", "a INTEGER, b VARCHAR", &["1|x|y", "2|z|w"]),
    ("plus", "a,b\n+1,x\n-2,y\n", "a INTEGER, b VARCHAR", &["1|x", "-2|y"]),
    ("quote_crlf", "a,b\r\n1,\"two\r\nlines\"\r\n2,plain\r\n", "a INTEGER, b VARCHAR", &["1|two\r\nlines", "2|plain"]),
    ("quote_double", "a,b\n1,\"x, y\"\n2,\"say \"\"hi\"\"\"\n", "a INTEGER, b VARCHAR", &["1|x, y", "2|say \"hi\""]),
    ("quote_middle", "a,b\n1,x \"y\" z\n2,w\n", "a INTEGER, b VARCHAR", &["1|x \"y\" z", "2|w"]),
    ("quote_newline", "a,b\n1,\"two\nlines\"\n2,plain\n", "a INTEGER, b VARCHAR", &["1|two\nlines", "2|plain"]),
    ("quote_single", "a,b\nx,''\n'',y\n'','z'\n", "a VARCHAR, b VARCHAR", &["x|NULL", "NULL|y", "NULL|z"]),
    ("quoted_names", "Group,b\n1,x\n", "Group INTEGER, b VARCHAR", &["1|x"]),
    ("semicolon", "a;b\n1;x,y\n2;z\n", "a INTEGER, b VARCHAR", &["1|x,y", "2|z"]),
    (
        "slow",
        "a,b,c\n1,'',true\n2,\"x, y\",false\n,\"\",\n",
        "a INTEGER, b VARCHAR, c BOOLEAN",
        &["1|''|true", "2|x, y|false", "NULL|NULL|NULL"],
    ),
    ("spaces", "a, b\n1, x\n2,  y \n", "a INTEGER,  b VARCHAR", &["1| x", "2|  y "]),
    ("tab_inside", "a,b\n1,x\ty\n2,z\n", "a INTEGER, b VARCHAR", &["1|x\ty", "2|z"]),
    ("times", "a,b\n03:04:05,x\n12:30,y\n", "a VARCHAR, b VARCHAR", &["03:04:05|x", "12:30|y"]),
    (
        "timestamps",
        "a,b\n2024-01-02 03:04:05,x\n2024-02-03T04:05:06,y\n",
        "a VARCHAR, b VARCHAR",
        &["2024-01-02 03:04:05|x", "2024-02-03T04:05:06|y"],
    ),
    (
        "timestamps_fraction",
        "a,b\n2024-01-02 03:04:05.123456,x\n2024-01-02 03:04:05.1,y\n",
        "a VARCHAR, b VARCHAR",
        &["2024-01-02 03:04:05.123456|x", "2024-01-02 03:04:05.1|y"],
    ),
    (
        "timestamps_zone",
        "a,b\n2024-01-02 03:04:05+01:00,x\n2024-02-03T04:05:06Z,y\n",
        "a VARCHAR, b VARCHAR",
        &["2024-01-02 03:04:05+01:00|x", "2024-02-03T04:05:06Z|y"],
    ),
    ("typed", "id,amount\n007,1.005\n,2\n", "id VARCHAR, amount DECIMAL(10,2)", &["007|1.01", "NULL|2.00"]),
    ("zero_one", "a,b\n0,x\n1,y\n", "a INTEGER, b VARCHAR", &["0|x", "1|y"]),
];

/// What dbt reads as a number but DuckDB's `COPY`, which dbt then uses, does not: dbt fails, Martlet loads it by dbt's own types.
const LOADED_ALL_THE_SAME: [Case; 6] = [
    (
        "big",
        "a,b\n9223372036854775807,x\n9223372036854775808,y\n",
        "a HUGEINT, b VARCHAR",
        &["9223372036854775807|x", "9223372036854775808|y"],
    ),
    ("currency", "a,b\n$1.50,x\n$2.00,y\n", "a DOUBLE, b VARCHAR", &["1.5|x", "2.0|y"]),
    ("infinity", "a,b\ninf,nan\n1,2\n", "a DOUBLE, b DOUBLE", &["inf|nan", "1.0|2.0"]),
    ("percent", "a,b\n10%,x\n20%,y\n", "a INTEGER, b VARCHAR", &["10|x", "20|y"]),
    ("thousands", "a,b\n\"1,000\",x\n\"2,500\",y\n", "a INTEGER, b VARCHAR", &["1000|x", "2500|y"]),
    ("unicode_digits", "a,b\n١,x\n2,y\n", "a INTEGER, b VARCHAR", &["1|x", "2|y"]),
];

/// What cannot be loaded.
const REFUSED: [(&str, &str); 4] = [
    ("quote_single_number", "a,b\n1,'x'\n2,'y, z'\n"),
    ("ragged_long", "a,b\n1,x\n2,y,z\n"),
    ("ragged_short", "a,b,c\n1,x,2\n2,y\n"),
    ("unclosed", "a,b\n1,\"x\n2,y\n"),
];

const PROJECT: &str = "seeds:
  shop:
    semicolon: {+delimiter: ';'}
    typed: {+column_types: {id: varchar, amount: 'decimal(10,2)'}}
    quoted_names: {+quote_columns: true}
    slow: {+fast: false}
";

#[track_caller]
fn check(project: &Project, cases: &[Case]) {
    for (name, csv, columns, rows) in cases {
        assert_eq!(project.columns(name).join(", "), *columns, "{name}: {csv:?}");
        let names = columns.split(", ").map(|column| column.rsplit_once(' ').unwrap().0);
        let shown: Vec<String> = names.map(|name| format!("coalesce(\"{name}\"::varchar, 'NULL')")).collect();
        let sql = format!("select concat_ws('|', {}) from \"{name}\" order by rowid", shown.join(", "));
        assert_eq!(project.query(&sql), *rows, "{name}: {csv:?}");
    }
}

#[test]
fn nasty_files_are_loaded_as_dbt_loads_them() {
    let mut project = Project::new().configured(PROJECT);
    let all = AS_DBT.iter().chain(&LOADED_ALL_THE_SAME);
    for (name, csv, ..) in all {
        project = project.seed(name, csv);
    }
    let _ = project.run(&["seed"]).success();
    check(&project, &AS_DBT);
    check(&project, &LOADED_ALL_THE_SAME);
}

#[test]
fn files_that_are_no_tables_are_refused_each_with_its_place() {
    let mut project = Project::new();
    for (name, csv) in REFUSED {
        project = project.seed(name, csv);
    }
    let ran = project.run(&["seed"]).code(1);
    for (name, _) in REFUSED {
        assert!(ran.stderr.contains(&format!("seeds/{name}.csv:")), "{name}: {}", ran.stderr);
    }
}
