//! Publishing with a real database and a real folder.

use std::path::Path;
use std::sync::Arc;

use chrono::{TimeZone as _, Utc};

use super::{ExportItem, FileFormat, Format, Formulas, RunStamp, publish, recover};
use crate::adapter::duckdb::DuckdbAdapter;
use crate::adapter::{Adapter, RelationCache, Session};
use crate::resource::{DuckdbTarget, Relation};

fn session(sql: &str) -> Session {
    let target = DuckdbTarget { path: ":memory:".to_owned(), ..DuckdbTarget::default() };
    let connection = DuckdbAdapter::open(&target).unwrap().connect().unwrap();
    let session = Session::new(connection, Arc::new(RelationCache::new()), None);
    session.execute(sql).unwrap();
    session
}

fn item(name: &str, format: Format, order_by: &[&str]) -> ExportItem {
    let order_by = order_by.iter().map(|each| (*each).to_owned()).collect();
    ExportItem {
        name: name.to_owned(),
        relation: Relation::new("memory", "main", name),
        format,
        formulas: Formulas::Kept,
        order_by,
    }
}

fn stamp(run_id: &str) -> RunStamp {
    let exported_at = Utc.with_ymd_and_hms(2024, 2, 1, 10, 0, 0).unwrap();
    RunStamp { run_id: run_id.to_owned(), exported_at, as_of: Some("2024-01-31".to_owned()) }
}

fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn files_and_manifest_are_published_together() {
    let session = session(
        "create table a as select * from (values (2, 'é'), (1, null)) as v(id, name); create view b as select 1 as x where false",
    );
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("new exports");
    let items = [
        item("a", Format::File(FileFormat::Csv), &["id"]),
        item("b", Format::File(FileFormat::Json), &[]),
        item("b", Format::File(FileFormat::Csv), &[]),
    ];
    let published = publish(&session, &items, &folder, &stamp("run-1")).unwrap();
    assert_eq!(listing(&folder), ["a.csv", "b.csv", "b.json", "manifest.json"]);
    assert_eq!(read(&folder, "a.csv"), "id,name\n1,\n2,é\n");
    assert_eq!(read(&folder, "b.csv"), "x\n");
    assert_eq!(read(&folder, "b.json"), "");
    assert_eq!((published[0].rows, published[0].bytes), (2, 16));
    assert_eq!(
        read(&folder, "manifest.json").split(",\n    \"b.csv\"").next().unwrap(),
        r#"{
  "as_of": "2024-01-31",
  "run_id": "run-1",
  "exported_at": "2024-02-01T10:00:00Z",
  "files": {
    "a.csv": {
      "name": "a",
      "format": "csv",
      "rows": 2,
      "bytes": 16,
      "sha256": "f2ffe388251dd00196b3c07a8dfea874417b41ab0c6221fec90ae469309b433d",
      "columns": [
        {
          "name": "id",
          "type": "INTEGER"
        },
        {
          "name": "name",
          "type": "VARCHAR"
        }
      ],
      "grain": [
        "id"
      ],
      "as_of": "2024-01-31",
      "run_id": "run-1",
      "exported_at": "2024-02-01T10:00:00Z"
    }"#
    );
}

#[test]
fn a_part_of_the_files_can_be_published_and_the_rest_stays_in_the_manifest() {
    let session = session("create table a as select 1 as x; create table b as select 2 as x");
    let folder = tempfile::tempdir().unwrap();
    let both = [item("a", Format::File(FileFormat::Csv), &[]), item("b", Format::File(FileFormat::Csv), &[])];
    publish(&session, &both, folder.path(), &stamp("run-1")).unwrap();
    session.execute("update a set x = 7").unwrap();
    publish(&session, &both[..1], folder.path(), &stamp("run-2")).unwrap();
    assert_eq!(read(folder.path(), "a.csv"), "x\n7\n");
    let manifest: serde_json::Value = serde_json::from_str(&read(folder.path(), "manifest.json")).unwrap();
    assert_eq!(manifest["files"]["a.csv"]["run_id"], "run-2");
    assert_eq!(manifest["files"]["b.csv"]["run_id"], "run-1");
    std::fs::remove_file(folder.path().join("b.csv")).unwrap();
    publish(&session, &both[..1], folder.path(), &stamp("run-3")).unwrap();
    assert!(!read(folder.path(), "manifest.json").contains("b.csv"));
}

#[test]
fn a_failing_item_replaces_nothing() {
    let session = session("create table a as select 1 as x");
    let folder = tempfile::tempdir().unwrap();
    let good = item("a", Format::File(FileFormat::Csv), &[]);
    publish(&session, std::slice::from_ref(&good), folder.path(), &stamp("run-1")).unwrap();
    let before = read(folder.path(), "manifest.json");
    session.execute("update a set x = 7; create view b as select error('boom') as y, 1 as z").unwrap();
    let mistakes =
        publish(&session, &[good, item("b", Format::File(FileFormat::Csv), &[])], folder.path(), &stamp("run-2"))
            .unwrap_err();
    let mistakes = mistakes.into_sorted();
    assert_eq!(mistakes[0].title, "`b` cannot be exported: Invalid Input Error: boom");
    assert_eq!(listing(folder.path()), ["a.csv", "manifest.json"]);
    assert_eq!(read(folder.path(), "a.csv"), "x\n1\n");
    assert_eq!(read(folder.path(), "manifest.json"), before);
}

#[test]
fn all_that_is_wrong_with_the_items_is_said_at_once() {
    let session = session("create table a as select 1 as created_day; create table \"../a\" as select 1 as x");
    let folder = tempfile::tempdir().unwrap();
    let items = [
        item("a", Format::File(FileFormat::Csv), &["created_days"]),
        item("nope", Format::File(FileFormat::Csv), &[]),
        item("../a", Format::File(FileFormat::Csv), &[]),
        ExportItem { name: "A".to_owned(), ..item("a", Format::File(FileFormat::Csv), &[]) },
        ExportItem { name: "manifest".to_owned(), ..item("a", Format::File(FileFormat::Json), &[]) },
    ];
    let mistakes = publish(&session, &items, folder.path(), &stamp("run-1")).unwrap_err().into_sorted();
    let titles: Vec<&str> = mistakes.iter().map(|mistake| mistake.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "\"memory\".\"main\".\"a\" and \"memory\".\"main\".\"a\" are both exported to `A.csv`",
            "`../a.csv` cannot be the name of an exported file",
            "`manifest.json` cannot be the name of an exported file",
            "`a` is to be sorted by `created_days`, but has no such column",
            "`nope` cannot be exported: there is no \"memory\".\"main\".\"nope\" in the database",
        ]
    );
    assert_eq!(mistakes[3].help[0], "did you mean `created_day`?");
    assert_eq!(listing(folder.path()), Vec::<String>::new());
}

#[test]
fn what_a_killed_process_left_is_finished_or_removed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("a.csv", "old");
    write("manifest.json", "old");
    write(".martlet-export-writing/a.csv", "half");
    recover(folder.path()).unwrap();
    assert_eq!(listing(folder.path()), ["a.csv", "manifest.json"]);
    assert_eq!(read(folder.path(), "a.csv"), "old");

    write(".martlet-export-ready/b.csv", "new");
    write(".martlet-export-ready/manifest.json", "new");
    recover(folder.path()).unwrap();
    assert_eq!(listing(folder.path()), ["a.csv", "b.csv", "manifest.json"]);
    assert_eq!(read(folder.path(), "manifest.json"), "new");
    recover(&folder.path().join("not there yet")).unwrap();
}

#[test]
fn the_same_rows_give_the_same_bytes_whatever_their_order() {
    let session = session(
        "create table a as select range as x, range % 7 as y from range(5000); create table b as select * from a order by hash(x)",
    );
    let folder = tempfile::tempdir().unwrap();
    let items = [item("a", Format::File(FileFormat::Csv), &[]), item("b", Format::File(FileFormat::Csv), &[])];
    let published = publish(&session, &items, folder.path(), &stamp("run-1")).unwrap();
    assert_eq!(published[0].sha256, published[1].sha256);
}

#[test]
fn a_text_that_looks_like_a_formula_is_made_harmless_when_asked() {
    let session = session(
        r#"create table a as select * from (values (1, '=1+1', -5), (2, ' @x', 6), (3, 'a=b', 7), (4, null, 8)) as v(id, text, "=n")"#,
    );
    let folder = tempfile::tempdir().unwrap();
    let escaped = ExportItem { formulas: Formulas::Escaped, ..item("a", Format::File(FileFormat::Csv), &["id"]) };
    publish(&session, &[escaped], folder.path(), &stamp("run-1")).unwrap();
    assert_eq!(read(folder.path(), "a.csv"), "id,text,'=n\n1,'=1+1,-5\n2,' @x,6\n3,a=b,7\n4,,8\n");
}

#[test]
fn a_workbook_has_typed_cells_and_the_same_bytes_each_time() {
    let session = session(
        "create table a as select 1 as id, date '2024-01-31' as day, timestamp '2024-01-31 10:00:00' as at, 'https://x.example/1' as link, \
         '=1+1' as text, 1.5::decimal(9,2) as amount, [1, 2] as list, true as flag, 12345678901234567890::hugeint as big",
    );
    let folder = tempfile::tempdir().unwrap();
    let items = [item("a", Format::Xlsx, &["id"])];
    let first = publish(&session, &items, folder.path(), &stamp("run-1")).unwrap();
    let second = publish(&session, &items, folder.path(), &stamp("run-2")).unwrap();
    assert_eq!((first[0].rows, &first[0].sha256), (1, &second[0].sha256));
    assert!(std::fs::read(folder.path().join("a.xlsx")).unwrap().starts_with(b"PK"));
}

#[test]
fn a_report_is_the_lines_of_its_text_column() {
    let session = session(
        "create table a as select * from (values (2, 'second'), (1, '# first'), (3, null)) as v(line_no, line); create table b as select 1 as n",
    );
    let folder = tempfile::tempdir().unwrap();
    publish(&session, &[item("a", Format::Markdown, &["line_no"])], folder.path(), &stamp("run-1")).unwrap();
    assert_eq!(read(folder.path(), "a.md"), "# first\nsecond\n\n");
    let refused = publish(&session, &[item("b", Format::Markdown, &["n"])], folder.path(), &stamp("run-2"));
    assert!(format!("{:?}", refused.unwrap_err()).contains("one text column"));
}
