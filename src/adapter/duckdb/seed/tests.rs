//! Seeds as DuckDB loads them against what dbt made of the same files.

use std::path::Path;

use indexmap::IndexMap;

use crate::adapter::duckdb::DuckdbAdapter;
use crate::adapter::{Adapter, Connection, Datum, NullWord, SeedOptions, SeedSchema};
use crate::resource::DuckdbTarget;

/// Rows of a file with the header `k,v`; the type that dbt-core 1.11.16 with dbt-duckdb 1.10.1 gave to `v`; its values.
type Case = (&'static str, &'static str, &'static str);

/// Files that dbt loads by default.
const LOADED_BY_DEFAULT: &[Case] = &[
    ("r0,1\nr1,0\nr2,1\n", "INTEGER", "1|0|1"),
    ("r0,true\nr1,false\nr2,TRUE\n", "BOOLEAN", "true|false|true"),
    ("r0,2024-01-31\nr1,2024-02-01\nr2,2023-12-31\n", "DATE", "2024-01-31|2024-02-01|2023-12-31"),
    ("r0,2024-1-3\nr1,2024-02-01\nr2,2023-12-31\n", "DATE", "2024-01-03|2024-02-01|2023-12-31"),
    ("r0,20240131\nr1,20240201\nr2,20240301\n", "INTEGER", "20240131|20240201|20240301"),
    ("r0,2024/01/31\nr1,2024/01/01\nr2,2024/02/02\n", "VARCHAR", "2024/01/31|2024/01/01|2024/02/02"),
    ("r0, 2024-01-31 \nr1,2024-01-01\nr2,2024-01-01\n", "DATE", "2024-01-31|2024-01-01|2024-01-01"),
    ("r0,01/31/2024\nr1,02/01/2024\nr2,03/01/2024\n", "VARCHAR", "01/31/2024|02/01/2024|03/01/2024"),
    ("r0,2024-02-30\nr1,2024-01-01\nr2,2024-01-01\n", "VARCHAR", "2024-02-30|2024-01-01|2024-01-01"),
    ("r0,1.50\nr1,2\nr2,3\n", "DOUBLE", "1.5|2.0|3.0"),
    ("r0,0.1\nr1,0.2\nr2,0.30\n", "DOUBLE", "0.1|0.2|0.3"),
    ("r0,1234567890.123456789\nr1,2\nr2,3\n", "DOUBLE", "1234567890.1234567|2.0|3.0"),
    ("r0,1.0\nr1,2.00\nr2,3\n", "INTEGER", "1|2|3"),
    ("r0,.5\nr1,5.\nr2,3\n", "DOUBLE", "0.5|5.0|3.0"),
    (
        "r0,2024-01-31 10:00:00\nr1,2024-01-31 11:00:00\nr2,\n",
        "TIMESTAMP",
        "2024-01-31 10:00:00|2024-01-31 11:00:00|NULL",
    ),
    ("r0,2024-1-3 1:2:3\nr1,2024-01-31 11:00:00\nr2,\n", "TIMESTAMP", "2024-01-03 01:02:03|2024-01-31 11:00:00|NULL"),
    ("r0,2024-01-31 10:00\nr1,2024-01-31 11:00\nr2,\n", "VARCHAR", "2024-01-31 10:00|2024-01-31 11:00|NULL"),
    (
        "r0,2024-01-31 10:00:00.5\nr1,2024-01-31 11:00:00\nr2,\n",
        "VARCHAR",
        "2024-01-31 10:00:00.5|2024-01-31 11:00:00|NULL",
    ),
    ("r0,\nr1,\nr2,\n", "INTEGER", "NULL|NULL|NULL"),
    ("r0,1e5\nr1,2\nr2,3\n", "INTEGER", "100000|2|3"),
    ("r0,1e-5\nr1,2\nr2,3\n", "DOUBLE", "1e-05|2.0|3.0"),
    ("r0,0x1F\nr1,2\nr2,3\n", "VARCHAR", "0x1F|2|3"),
    ("r0,1234567890123456789012345678901234567890123\nr1,1\nr2,2\n", "DOUBLE", "1.2345678901234567e+42|1.0|2.0"),
    ("r0,1\nr1,2\nr2,-3\n", "INTEGER", "1|2|-3"),
    ("r0,1\nr1,\nr2,2\n", "INTEGER", "1|NULL|2"),
    (
        "r0,2024-01-31T10:00:00\nr1,2024-01-31T11:00:00\nr2,\n",
        "TIMESTAMP",
        "2024-01-31 10:00:00|2024-01-31 11:00:00|NULL",
    ),
    (
        "r0,2024-01-31T24:00:00\nr1,2024-01-31T11:00:00\nr2,\n",
        "VARCHAR",
        "2024-01-31T24:00:00|2024-01-31T11:00:00|NULL",
    ),
    (
        "r0,2024-01-31T10:00:00.123456Z\nr1,2024-01-31T11:00:00.5\nr2,\n",
        "TIMESTAMP",
        "2024-01-31 10:00:00.123456|2024-01-31 11:00:00.5|NULL",
    ),
    (
        "r0,2024-01-31T10:00:00.123456789\nr1,2024-01-31T10:00:00\nr2,\n",
        "TIMESTAMP",
        "2024-01-31 10:00:00.123456|2024-01-31 10:00:00|NULL",
    ),
    (
        "r0,2024-01-31T10:00:00+02:00\nr1,2024-01-31T11:00:00Z\nr2,\n",
        "TIMESTAMP",
        "2024-01-31 10:00:00|2024-01-31 11:00:00|NULL",
    ),
    (
        "r0,2024-01-31T10:00:00+0200\nr1,2024-01-31T11:00:00-03\nr2,\n",
        "TIMESTAMP",
        "2024-01-31 10:00:00|2024-01-31 11:00:00|NULL",
    ),
    (
        "r0, 2024-01-31T10:00:00 \nr1,2024-01-31T10:00:00\nr2,\n",
        "TIMESTAMP",
        "2024-01-31 10:00:00|2024-01-31 10:00:00|NULL",
    ),
    (
        "r0,2024-01-31T10:00:00Z\nr1,2024-01-31T11:00:00Z\nr2,\n",
        "TIMESTAMP",
        "2024-01-31 10:00:00|2024-01-31 11:00:00|NULL",
    ),
    ("r0,00123\nr1,7\nr2,0\n", "INTEGER", "123|7|0"),
    ("r0,\"a\nb\"\nr1,\"c\r\nd\"\nr2,e\n", "VARCHAR", "a\nb|c\r\nd|e"),
    ("r0,2024-01-31\nr1,2024-01-31 10:00:00\nr2,2024-01-31\n", "VARCHAR", "2024-01-31|2024-01-31 10:00:00|2024-01-31"),
    ("r0,2024-01-31\nr1,2024-01-31T10:00:00\nr2,2024-01-31\n", "VARCHAR", "2024-01-31|2024-01-31T10:00:00|2024-01-31"),
    (
        "r0,2024-01-31 10:00:00\nr1,2024-01-31T10:00:00\nr2,\n",
        "VARCHAR",
        "2024-01-31 10:00:00|2024-01-31T10:00:00|NULL",
    ),
    ("r0,1\nr1,true\nr2,0\n", "VARCHAR", "1|true|0"),
    ("r0,1\nr1,a\nr2,0\n", "VARCHAR", "1|a|0"),
    ("r0,-\nr1,1\nr2,2\n", "VARCHAR", "-|1|2"),
    ("r0,-2147483648\nr1,2147483647\nr2,0\n", "INTEGER", "-2147483648|2147483647|0"),
    ("r0,(5)\nr1,2\nr2,3\n", "VARCHAR", "(5)|2|3"),
    ("r0,+1\nr1,2\nr2,3\n", "INTEGER", "1|2|3"),
    ("r0,\nr1,x\nr2,y\n", "VARCHAR", "NULL|x|y"),
    ("r0,\"\"\"a\"\"\"\nr1,it's\nr2,x;y\n", "VARCHAR", "\"a\"|it's|x;y"),
    ("r0,NaN\nr1,1.5\nr2,2\n", "DOUBLE", "nan|1.5|2.0"),
    ("r0, 1 \nr1,2\nr2,3\n", "INTEGER", "1|2|3"),
    ("r0,\t1\nr1,2\nr2,3\n", "INTEGER", "1|2|3"),
    ("r0,a\nr1,null\nr2,NULL\n", "VARCHAR", "a|null|NULL"),
    ("r0, a \nr1,\nr2,b  \n", "VARCHAR", " a |NULL|b  "),
    ("r0,t\nr1,f\nr2,t\n", "VARCHAR", "t|f|t"),
    ("r0,10:30\nr1,11:30\nr2,12:30\n", "VARCHAR", "10:30|11:30|12:30"),
    ("r0,1_000\nr1,2\nr2,3\n", "INTEGER", "1000|2|3"),
    ("r0,żółw\nr1,日本\nr2,😀\n", "VARCHAR", "żółw|日本|😀"),
    ("r0,yes\nr1,no\nr2,yes\n", "VARCHAR", "yes|no|yes"),
];

/// Files that dbt refuses by default and loads with `fast: false`; here they load at once.
const LOADED_ROW_BY_ROW: &[Case] = &[
    ("r0,\"tr,ue\"\nr1,false\nr2,true\n", "BOOLEAN", "true|false|true"),
    ("r0,true\nr1,null\nr2,\n", "BOOLEAN", "true|NULL|NULL"),
    ("r0, true\nr1,false \nr2,True\n", "BOOLEAN", "true|false|true"),
    ("r0,\"1,000\"\nr1,2\nr2,3\n", "INTEGER", "1000|2|3"),
    ("r0,\"1,0,0,0\"\nr1,2\nr2,3\n", "INTEGER", "1000|2|3"),
    ("r0,2024-01-31\nr1,\nr2,null\n", "DATE", "2024-01-31|NULL|NULL"),
    ("r0,１\nr1,2\nr2,3\n", "INTEGER", "1|2|3"),
    ("r0,1\nr1,NULL\nr2, \n", "INTEGER", "1|NULL|NULL"),
    ("r0,20240131T100000\nr1,20240131T110000Z\nr2,\n", "TIMESTAMP", "2024-01-31 10:00:00|2024-01-31 11:00:00|NULL"),
    (
        "r0,\"2024-01-31T10:00:00,5\"\nr1,2024-01-31T11:00:00\nr2,\n",
        "TIMESTAMP",
        "2024-01-31 10:00:00.5|2024-01-31 11:00:00|NULL",
    ),
    ("r0,2024-01-31T10:00\nr1,2024-01-31T11\nr2,\n", "TIMESTAMP", "2024-01-31 10:00:00|2024-01-31 11:00:00|NULL"),
    ("r0,$1.5\nr1,2\nr2,3\n", "DOUBLE", "1.5|2.0|3.0"),
    ("r0,€5\nr1,-$2\nr2,3\n", "INTEGER", "5|-2|3"),
    ("r0,\u{a0}1\nr1,2\nr2,3\n", "INTEGER", "1|2|3"),
    ("r0,\"-1,000.50\"\nr1,2\nr2,3\n", "DOUBLE", "-1000.5|2.0|3.0"),
    ("r0,null\nr1,null\nr2,\n", "INTEGER", "NULL|NULL|NULL"),
    ("r0,50%\nr1,2\nr2,3\n", "INTEGER", "50|2|3"),
    ("r0,1.5%\nr1,%2\nr2,3\n", "DOUBLE", "1.5|2.0|3.0"),
    ("r0,1\nr1,null\nr2,2\n", "INTEGER", "1|NULL|2"),
    ("r0,$ 5\nr1,--5\nr2,-+7\n", "INTEGER", "5|5|-7"),
    ("r0,\"$1,234.50 \"\nr1,£2\nr2,Null\n", "DOUBLE", "1234.5|2.0|NULL"),
    (
        "r0,2024-01-31  10:00:00\nr1,2024-01-31\t11:00:00\nr2,\n",
        "TIMESTAMP",
        "2024-01-31 10:00:00|2024-01-31 11:00:00|NULL",
    ),
    (
        "r0,20240131T1000\nr1,20240131T10\nr2,2024-01-31T10:00:00.1234567+02:00\n",
        "TIMESTAMP",
        "2024-01-31 10:00:00|2024-01-31 10:00:00|2024-01-31 10:00:00.123456",
    ),
];

/// Numbers too wide for dbt's `integer`, which dbt refuses in any case; here the column is wider.
const TOO_WIDE_FOR_DBT: &[Case] = &[
    ("r0,3000000000\nr1,1\nr2,2\n", "BIGINT", "3000000000|1|2"),
    ("r0,9223372036854775808\nr1,1\nr2,-2\n", "HUGEINT", "9223372036854775808|1|-2"),
    ("r0,12345678901234567890\nr1,1\nr2,\n", "HUGEINT", "12345678901234567890|1|NULL"),
    ("r0,\"3,000,000,000\"\nr1,1\nr2,2\n", "BIGINT", "3000000000|1|2"),
    ("r0,inf\nr1,2\nr2,-Infinity\n", "DOUBLE", "inf|2.0|-inf"),
    ("r0,nan\nr1,2\nr2,3\n", "DOUBLE", "nan|2.0|3.0"),
];

fn memory() -> Box<dyn Connection> {
    let target = DuckdbTarget { path: ":memory:".to_owned(), ..DuckdbTarget::default() };
    DuckdbAdapter::open(&target).unwrap().connect().unwrap()
}

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Loads a file and returns its columns as `name type` and its rows, values separated by `|`.
fn load(connection: &mut dyn Connection, path: &Path, options: &SeedOptions) -> (Vec<String>, Vec<String>) {
    let schema = SeedSchema::scan(path, "seeds/s.csv", options).unwrap_or_else(|error| panic!("{path:?}: {error:?}"));
    let columns = schema.columns.iter().map(|column| format!("\"{}\" {}", column.name, column.sql_type));
    let create = format!("create or replace table s ({})", columns.collect::<Vec<_>>().join(", "));
    connection.execute(&create).unwrap();
    let insert = format!("insert into s {}", connection.seed_query(&schema));
    let response = connection.execute(&insert).unwrap_or_else(|error| panic!("{path:?}: {error}\n{insert}"));
    assert_eq!(response.rows_affected, Some(schema.rows), "{path:?}");
    let (_, table) = connection.query("select columns(*)::varchar from s", None).unwrap();
    let types = connection.describe("from s").unwrap();
    let types = types.into_iter().map(|column| format!("{} {}", column.name, column.data_type)).collect();
    let row = |row: &Vec<Datum>| row.iter().map(Datum::to_string).collect::<Vec<_>>().join("|");
    (types, table.rows.iter().map(row).collect())
}

#[test]
fn types_and_values_are_those_of_dbt() {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = memory();
    for (rows, data_type, values) in [LOADED_BY_DEFAULT, LOADED_ROW_BY_ROW, TOO_WIDE_FOR_DBT].concat() {
        let path = write(folder.path(), "s.csv", format!("k,v\n{rows}"));
        let (types, rows_loaded) = load(connection.as_mut(), &path, &SeedOptions::default());
        assert_eq!(types[1], format!("v {data_type}"), "{rows}");
        let loaded: Vec<&str> =
            rows_loaded.iter().filter_map(|row| row.split_once('|')).map(|(_, value)| value).collect();
        assert_eq!(loaded.join("|"), values, "{rows}");
    }
}

#[test]
fn without_the_fast_reader_the_word_null_is_null_in_text_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "s.csv", "k,v\nr0,a\nr1,null\nr2,NULL\nr3, \nr4, b \n");
    let options = SeedOptions { null_word: NullWord::Null, ..SeedOptions::default() };
    let (_, rows) = load(memory().as_mut(), &path, &options);
    assert_eq!(rows, ["r0|a", "r1|NULL", "r2|NULL", "r3|NULL", "r4| b "]);
}

#[test]
fn declared_types_are_cast_from_the_text() {
    let table: &[(&str, &str, &str, &str)] = &[
        ("varchar", "r0,1\nr1,null\nr2,\n", "VARCHAR", "1|null|NULL"),
        ("bigint", "r0,1\nr1,null\nr2,\n", "BIGINT", "1|NULL|NULL"),
        ("bigint", "r0,1\nr1,\nr2,2\n", "BIGINT", "1|NULL|2"),
        ("decimal(10,2)", "r0,1.505\nr1,2\nr2,3\n", "DECIMAL(10,2)", "1.51|2.00|3.00"),
        (
            "timestamp",
            "r0,2024-01-01\nr1,2024-01-01T10:00:00Z\nr2,\n",
            "TIMESTAMP",
            "2024-01-01 00:00:00|2024-01-01 10:00:00|NULL",
        ),
        ("boolean", "r0,t\nr1,yes\nr2,1\n", "BOOLEAN", "true|true|true"),
        ("varchar", "r0,00123\nr1,  x \nr2,\"\"\"q\"\"\"\n", "VARCHAR", "00123|  x |\"q\""),
        ("date", "r0,2024-01-31\nr1, 2024-01-31\nr2,\n", "DATE", "2024-01-31|2024-01-31|NULL"),
        ("integer", "r0,1.5\nr1,2\nr2,3\n", "INTEGER", "2|2|3"),
        ("json", "r0,\"{\"\"a\"\":1}\"\nr1,[]\nr2,\n", "JSON", "{\"a\":1}|[]|NULL"),
        ("varchar[]", "r0,\"[a, b]\"\nr1,[]\nr2,\n", "VARCHAR[]", "[a, b]|[]|NULL"),
        ("double", "r0,1\nr1,2.5\nr2,\n", "DOUBLE", "1.0|2.5|NULL"),
        ("VARCHAR(10)", "r0,1\nr1,2.5\nr2,\n", "VARCHAR", "1|2.5|NULL"),
        (
            "timestamptz",
            "r0,2024-01-01 10:00:00+00\nr1,\nr2,\n",
            "TIMESTAMP WITH TIME ZONE",
            "2024-01-01 10:00:00+00|NULL|NULL",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut connection = memory();
    connection.execute("set TimeZone = 'UTC'").unwrap();
    for (declared, rows, data_type, values) in table {
        let path = write(folder.path(), "s.csv", format!("k,v\n{rows}"));
        let column_types = IndexMap::from([("v".to_owned(), (*declared).to_owned())]);
        let (types, loaded) = load(connection.as_mut(), &path, &SeedOptions { column_types, ..SeedOptions::default() });
        assert_eq!(types[1], format!("v {data_type}"), "{rows}");
        let loaded: Vec<&str> = loaded.iter().filter_map(|row| row.split_once('|')).map(|(_, value)| value).collect();
        assert_eq!(loaded.join("|"), *values, "{declared}: {rows}");
    }
}

#[test]
fn files_written_in_many_ways_load_as_in_dbt() {
    let table: &[(&str, &[&str], &[&str])] = &[
        ("k,v\na,1\n\nb,2\n", &["k VARCHAR", "v INTEGER"], &["a|1", "b|2"]),
        ("v\n1\n\n2\n", &["v INTEGER"], &["1", "NULL", "2"]),
        ("v\n1\n\n\n", &["v INTEGER"], &["1", "NULL", "NULL"]),
        ("k,v\na,\"\"\nb,x\n", &["k VARCHAR", "v VARCHAR"], &["a|NULL", "b|x"]),
        ("\u{feff}a,b\n1,2\n", &["a INTEGER", "b INTEGER"], &["1|2"]),
        ("\u{feff}\"a\",b\n1,2\n", &["a INTEGER", "b INTEGER"], &["1|2"]),
        ("a,b\r\n1,x\r\n2,y\r\n", &["a INTEGER", "b VARCHAR"], &["1|x", "2|y"]),
        ("a,b\r1,x\r2,y\r", &["a INTEGER", "b VARCHAR"], &["1|x", "2|y"]),
        ("a,b\n1,2\r\n3,4\n", &["a INTEGER", "b INTEGER"], &["1|2", "3|4"]),
        ("a,b\n1,x", &["a INTEGER", "b VARCHAR"], &["1|x"]),
        ("a,b\n", &["a INTEGER", "b INTEGER"], &[]),
        ("a,b", &["a INTEGER", "b INTEGER"], &[]),
        ("a,a\n1,2\n", &["a INTEGER", "a_2 INTEGER"], &["1|2"]),
        ("a,b,a_2,a\n1,2,3,4\n", &["a INTEGER", "b INTEGER", "a_2 INTEGER", "a_3 INTEGER"], &["1|2|3|4"]),
        ("a,,\n1,2,3\n", &["a INTEGER", "b INTEGER", "c INTEGER"], &["1|2|3"]),
        (" a , b\n1,2\n", &[" a  INTEGER", " b INTEGER"], &["1|2"]),
        ("Id,NAME\n1,x\n", &["Id INTEGER", "NAME VARCHAR"], &["1|x"]),
        ("a,b\n1,x\"y\"z\n", &["a INTEGER", "b VARCHAR"], &["1|x\"y\"z"]),
        ("a,b\n1,x\0y\n", &["a INTEGER", "b VARCHAR"], &["1|x\0y"]),
        ("a;b\n1;2\n", &["a;b VARCHAR"], &["1;2"]),
        ("a,b,\n1,2,\n", &["a INTEGER", "b INTEGER", "c INTEGER"], &["1|2|NULL"]),
        ("a,\"b\nc\"\n1,2\n", &["a INTEGER", "b\nc INTEGER"], &["1|2"]),
        ("1,2\n3,4\n", &["1 INTEGER", "2 INTEGER"], &["3|4"]),
        ("a,b\n1,\"say \"\"hi\"\"\"\n", &["a INTEGER", "b VARCHAR"], &["1|say \"hi\""]),
        ("a,b\n1,2\n,\n", &["a INTEGER", "b INTEGER"], &["1|2", "NULL|NULL"]),
        ("d\n0001-01-01\n9999-12-31\n", &["d DATE"], &["0001-01-01", "9999-12-31"]),
        ("select,it's\n1,2\n", &["select INTEGER", "it's INTEGER"], &["1|2"]),
        ("a,b\n1, \"x, y\" \n", &["a INTEGER", "b VARCHAR"], &["1|x, y"]),
        ("a,b\n#1,//\n", &["a VARCHAR", "b VARCHAR"], &["#1|//"]),
        ("a,b\n1,x\\\n2,y\n", &["a INTEGER", "b VARCHAR"], &["1|x\\", "2|y"]),
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut connection = memory();
    for (text, types, rows) in table {
        let path = write(folder.path(), "s.csv", text);
        let loaded = load(connection.as_mut(), &path, &SeedOptions::default());
        let owned = |list: &[&str]| list.iter().map(|each| (*each).to_owned()).collect::<Vec<_>>();
        assert_eq!(loaded, (owned(types), owned(rows)), "{text:?}");
    }
}

#[test]
fn the_name_of_a_file_is_no_pattern_and_the_delimiter_is_the_users() {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = memory();
    write(folder.path(), "a1.csv", "a\nwrong\n");
    let path = write(folder.path(), "a[1]*? 'é'.csv", "a;b\n1,5;2\n");
    let options = SeedOptions { delimiter: Some(";".to_owned()), ..SeedOptions::default() };
    let (types, rows) = load(connection.as_mut(), &path, &options);
    assert_eq!((types, rows), (vec!["a INTEGER".to_owned(), "b INTEGER".to_owned()], vec!["15|2".to_owned()]));
    let path = write(folder.path(), "tab.csv", "a\tb\n1\t2,3\n");
    let options = SeedOptions { delimiter: Some("\t".to_owned()), ..SeedOptions::default() };
    assert_eq!(load(connection.as_mut(), &path, &options).1, ["1|23"]);
}

#[test]
fn a_row_longer_than_the_readers_limit_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "s.csv", format!("a,b\n1,{}\n2,y\n", "x".repeat(3_000_000)));
    let mut connection = memory();
    load(connection.as_mut(), &path, &SeedOptions::default());
    let (_, table) = connection.query("select max(length(b)) from s", None).unwrap();
    assert_eq!(table.rows, [[Datum::Integer(3_000_000)]]);
}

#[test]
fn a_value_that_does_not_fit_its_declared_type_is_found_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "s.csv", "k,\"v\n2\"\na,1\n\n\"b\nb\",\"x, y\"\nc,z\n");
    let column_types = IndexMap::from([("v\n2".to_owned(), "integer".to_owned())]);
    let schema =
        SeedSchema::scan(&path, "seeds/s.csv", &SeedOptions { column_types, ..SeedOptions::default() }).unwrap();
    let mut connection = memory();
    connection.begin().unwrap();
    let error = connection.query(&connection.seed_query(&schema), None).unwrap_err();
    assert_eq!(error.kind, crate::adapter::ErrorKind::Conversion);
    let misfit = connection.seed_misfit(&schema).unwrap().expect("the value is found");
    let diagnostic = schema.misfit(misfit);
    assert_eq!(diagnostic.title, "`x, y` does not fit column `v\n2` of type integer");
    assert_eq!(diagnostic.location().as_deref(), Some("seeds/s.csv:6:4"));
}

#[test]
#[ignore = "a measurement, not a fact: run it by hand"]
fn measure_a_large_seed() {
    use std::io::Write as _;
    use std::time::Instant;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.csv");
    let mut connection = memory();
    let make = "copy (select range as id, 'name ' || range as name, range / 7 as price, date '2020-01-01' + (range % 1000)::int as day, \
                range % 2 = 0 as flag, 'some \"quoted\", text ' || range as note from range(2000000)) to ";
    connection.execute(&format!("{make} '{}' (format csv, header)", path.display())).unwrap();
    let bytes = std::fs::metadata(&path).unwrap().len();
    let started = Instant::now();
    let schema = SeedSchema::scan(&path, "s.csv", &SeedOptions::default()).unwrap();
    let scanned = started.elapsed();
    let started = Instant::now();
    connection.execute(&format!("create table s as {}", connection.seed_query(&schema))).unwrap();
    let report = format!("{bytes} bytes: scan {scanned:?}, load {:?}\n", started.elapsed());
    std::io::stderr().write_all(report.as_bytes()).unwrap();
}
