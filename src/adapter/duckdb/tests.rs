//! The adapter against DuckDB itself.

use std::time::{Duration, Instant};

use super::DuckdbAdapter;
use crate::adapter::{Adapter, AdapterError, Connection, Datum, ErrorKind, FileExport, FileFormat, Formulas};
use crate::resource::{Attachment, DuckdbTarget, Relation, RelationKind, Value};

fn memory() -> Box<dyn Connection> {
    open(":memory:").connect().unwrap()
}

fn open(path: &str) -> DuckdbAdapter {
    DuckdbAdapter::open(&target(path)).unwrap()
}

fn target(path: &str) -> DuckdbTarget {
    DuckdbTarget { path: path.to_owned(), ..DuckdbTarget::default() }
}

fn refused(target: &DuckdbTarget) -> AdapterError {
    DuckdbAdapter::open(target).expect_err("the database should not open")
}

fn text(connection: &mut dyn Connection, sql: &str) -> String {
    let (_, table) = connection.query(sql, None).unwrap();
    let row = |row: &Vec<Datum>| row.iter().map(Datum::to_string).collect::<Vec<_>>().join("|");
    table.rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn values_of_every_type_print_as_duckdb_casts_them_to_text() {
    let mut connection = memory();
    connection.execute("set TimeZone = 'UTC'").unwrap();
    let expressions = "true; 1::tinyint; -5::smallint; 7; 9223372036854775807; -170141183460469231731687303715884105727::hugeint;
        340282366920938463463374607431768211455::uhugeint; 18446744073709551615::ubigint; 1.50::decimal(5,2); -0.05::decimal(4,2);
        0::decimal(9,0); 12345678901234567890123456789012345.678::decimal(38,3); 0.1; 1e15::double; 1e16::double; 1.5e300::double;
        1e-4::double; 1e-5::double; 100::double; '-0.0'::double; 'nan'::double; '-inf'::double; 123456789012345678::double;
        'a b'; ''; 'żółw'; date '2024-02-29'; date '0001-01-01'; '0044-03-15 (BC)'::date; date '9999-12-31'; 'infinity'::date; '-infinity'::date;
        time '00:00:00'; time '10:00:00.100'; time '24:00:00'; timestamp '2024-01-31 10:00:00'; timestamp '1969-12-31 23:59:59.999999';
        'infinity'::timestamp; timestamp_s '2024-01-01 10:00:00'; timestamp_ms '2024-01-01 10:00:00.12'; timestamp_ns '2024-01-01 10:00:00.123456789';
        timestamptz '2024-01-01 10:00:00.1+02'; interval '1 year 2 months 3 days 04:05:06.7'; interval '-1 year -2 months 3 days -04:05:06.7';
        interval '0 days'; interval '25:00:00'; uuid '00000000-0000-0000-0000-000000000001'; '\\xAA\\x00a''\"\\x5C'::blob; '1010'::bit;
        'b'::enum('a', 'b'); [1, null, 3]; []::int[]; ['a:b', 'a=b', 'a(b', 'a b', ' a', 'it''s', 'a\"b', '{x}', 'NULL', '-', '', null];
        [[1], [2, 3]]; array[1, 2]::int[2]; {'a': 1, 'b': 'x:y', 'c': null, 'it''s': time '10:00:00'}; map {'k': 1, 'a:b': null}; map {1: 'a b'};
        {'a': {'b': [1.50::decimal(3,2)]}}; [timestamp '2024-01-01 10:00:00']; [date '2024-01-01']; [interval 1 day]; ['\\xAA'::blob];
        union_value(num := 2); '10:00:00.5+02:30'::timetz; '12345678901234567890123456789'::bignum; [340282366920938463463374607431768211455::uhugeint];
        [true]; ['1'::bit]; {'v': '10:00:00+02'::timetz}; time_ns '10:00:00.123456789'; 42::variant; ['1.5', 'nan']::double[]";
    for expression in expressions.split(';').map(str::trim) {
        let shown = text(connection.as_mut(), &format!("select {expression}"));
        let expected = text(connection.as_mut(), &format!("select cast({expression} as varchar)"));
        assert_eq!(shown, expected, "{expression}");
    }
    assert_eq!(text(connection.as_mut(), "select null, null::int[]"), "NULL|NULL");
}

#[test]
fn a_number_of_32_bits_is_widened_as_pythons_client_widens_it() {
    assert_eq!(text(memory().as_mut(), "select 3.3::float, 0.5::float"), "3.299999952316284|0.5");
}

#[test]
fn the_types_of_columns_are_named_as_duckdb_names_them() {
    let mut connection = memory();
    let sql = "select 1 as a, 1.5 as b, [1.5::double] as c, {'x': 1, 'y z': 'q'} as d, map {'k': 1} as e, timestamptz '2024-01-01' as f, \
               'a'::enum('a', 'b') as g, array[1, 2]::int[2] as h, '{}'::json as i, 'x' as \"J k\", uuid() as l, union_value(num := 2) as m";
    let expected = [
        ("a", "INTEGER"),
        ("b", "DECIMAL(2,1)"),
        ("c", "DOUBLE[]"),
        ("d", "STRUCT(x INTEGER, \"y z\" VARCHAR)"),
        ("e", "MAP(VARCHAR, INTEGER)"),
        ("f", "TIMESTAMP WITH TIME ZONE"),
        ("g", "ENUM('a', 'b')"),
        ("h", "INTEGER[2]"),
        ("i", "JSON"),
        ("J k", "VARCHAR"),
        ("l", "UUID"),
        ("m", "UNION(num INTEGER)"),
    ];
    let (_, table) = connection.query(sql, Some(1)).unwrap();
    let queried: Vec<_> =
        table.columns.iter().map(|column| (column.name.as_str(), column.data_type.as_str())).collect();
    assert_eq!(queried, expected);
    let described = connection.describe(sql).unwrap();
    assert_eq!(described, table.columns);
}

#[test]
fn an_error_names_its_place_in_the_whole_text() {
    let mut connection = memory();
    let table = [
        ("select nope from (select 1 as nopa)", Some("nope from"), ErrorKind::Binder),
        ("select 1; -- é\nselect 'é', nope from (select 1 as a)", Some("nope from"), ErrorKind::Binder),
        ("select 1;\nselec 2", Some("selec 2"), ErrorKind::Syntax),
        ("/* c */ select * from no_table", Some("no_table"), ErrorKind::Catalog),
        ("create table t (a int);\n insert into t values ('x')", Some("'x')"), ErrorKind::Conversion),
        ("select error('boom')", None, ErrorKind::Other),
    ];
    for (sql, place, kind) in table {
        let error = connection.execute(sql).unwrap_err();
        assert_eq!(error.offset, place.map(|place| sql.find(place).unwrap()), "{sql}: {error:?}");
        assert_eq!(error.kind, kind, "{sql}");
        assert_eq!(error.sql.as_deref(), Some(sql));
        let error = memory().query(sql, Some(1)).unwrap_err();
        assert_eq!(error.kind, kind, "{sql}");
    }
    let sql = "select 1;\nselect a,\n  nope\nfrom (select 1 as a)";
    let error = connection.execute(sql).unwrap_err();
    assert_eq!(
        error.with_excerpt(),
        "Binder Error: Referenced column \"nope\" not found in FROM clause!\nCandidate bindings: \"a\"\n\nLINE 3:   nope\n          ^"
    );
    assert_eq!(error.candidates, ["a"]);
    let error = connection.describe("select\n nope").unwrap_err();
    assert_eq!(error.offset, Some(8));
}

#[test]
fn an_error_while_rows_are_fetched_is_reported_not_a_panic() {
    let mut connection = memory();
    let sql = "select cast(case when range = 900000 then 'x' else '1' end as int) from range(1000000)";
    let error = connection.query(sql, None).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conversion);
    assert!(error.message.starts_with("Conversion Error: Could not convert string 'x' to INT32"), "{}", error.message);
    assert_eq!(text(connection.as_mut(), "select 1"), "1");
}

#[test]
fn a_limit_stops_the_query() {
    let mut connection = memory();
    let (_, table) = connection.query("select range from range(100000000000)", Some(3)).unwrap();
    assert_eq!(table.rows.len(), 3);
    connection.begin().unwrap();
    connection.query("select range from range(100000000000)", Some(3)).unwrap();
    connection.execute("create table t as select 1 as a").unwrap();
    connection.commit().unwrap();
    assert_eq!(text(connection.as_mut(), "from t"), "1");
}

#[test]
fn rows_are_counted_for_statements_that_write() {
    let mut connection = memory();
    let table = [
        ("create table t as select range as a from range(5)", Some(5)),
        ("insert into t values (7), (8)", Some(2)),
        ("update t set a = 0 where a > 3", Some(3)),
        ("delete from t where a = 99", Some(0)),
        ("with x as (select 1 as a) insert into t select a from x", Some(1)),
        ("create view v as select 1 as a", None),
        ("select 1 as \"Count\"", None),
        ("drop view v", None),
        ("", None),
        ("-- nothing", None),
    ];
    for (sql, expected) in table {
        let response = connection.execute(sql).unwrap();
        assert_eq!((response.message.as_str(), response.rows_affected), ("OK", expected), "{sql}");
    }
}

#[test]
fn several_statements_run_once_each_and_the_last_gives_the_rows() {
    let mut connection = memory();
    let sql = "create table t (a int); insert into t values (1); insert into t values (2); from t order by a";
    assert_eq!(text(connection.as_mut(), sql), "1\n2");
    assert_eq!(text(connection.as_mut(), "pivot (select 'x' as k, 1 as v) on k using sum(v)"), "1");
}

#[test]
fn a_commit_after_a_failure_is_an_error_and_nothing_stays() {
    let mut connection = memory();
    connection.execute("create table t (a int primary key)").unwrap();
    connection.begin().unwrap();
    connection.execute("insert into t values (1)").unwrap();
    connection.execute("insert into t values (1)").unwrap_err();
    let error = connection.commit().unwrap_err();
    assert!(error.message.contains("rolled back"), "{}", error.message);
    assert_eq!(text(connection.as_mut(), "select count(*) from t"), "0");

    connection.execute("begin; insert into t values (1)").unwrap();
    connection.execute("select error('x')").unwrap_err();
    connection.execute("commit").unwrap_err();
    assert_eq!(text(connection.as_mut(), "select count(*) from t"), "0");

    connection.begin().unwrap();
    connection.execute("insert into t values (1)").unwrap();
    connection.execute("select nope").unwrap_err();
    connection.commit().expect("an error of the binder leaves the transaction usable");
    assert_eq!(text(connection.as_mut(), "select count(*) from t"), "1");

    connection.begin().unwrap();
    connection.begin().unwrap();
    connection.execute("insert into t values (2)").unwrap();
    connection.rollback().unwrap();
    connection.rollback().unwrap();
    connection.commit().unwrap();
    assert_eq!(text(connection.as_mut(), "select count(*) from t"), "1");
}

#[test]
fn a_profile_can_do_without_transactions() {
    let adapter = DuckdbAdapter::open(&DuckdbTarget { disable_transactions: true, ..target(":memory:") }).unwrap();
    let mut connection = adapter.connect().unwrap();
    connection.begin().unwrap();
    connection.execute("create table t as select 1 as a").unwrap();
    connection.rollback().unwrap();
    assert_eq!(text(connection.as_mut(), "from t"), "1");
}

#[test]
fn two_transactions_on_one_table_conflict() {
    let adapter = open(":memory:");
    let (mut one, mut two) = (adapter.connect().unwrap(), adapter.connect().unwrap());
    one.begin().unwrap();
    two.begin().unwrap();
    one.execute("create table t as select 1 as a").unwrap();
    let error = two.execute("create table t as select 2 as a").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    two.rollback().unwrap();
    one.commit().unwrap();
}

#[test]
fn the_catalog_lists_tables_and_views_of_all_schemas() {
    let mut connection = memory();
    connection
        .execute(
            "create schema \"S 2\"; create table t (a int, \"B c\" decimal(5,2)); create view \"S 2\".v as select 1 as x; \
             create temp table hidden (a int); create schema empty_one",
        )
        .unwrap();
    let listed: Vec<_> = connection.relations("memory").unwrap();
    assert_eq!(
        listed,
        [
            Relation::new("memory", "S 2", "v").of_kind(RelationKind::View),
            Relation::new("memory", "main", "t").of_kind(RelationKind::Table),
        ]
    );
    assert_eq!(connection.schemas("memory").unwrap(), ["S 2", "empty_one", "main"]);
    let columns = connection.columns(&Relation::new("memory", "main", "t")).unwrap();
    let columns: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.data_type.as_str())).collect();
    assert_eq!(columns, [("a", "INTEGER"), ("B c", "DECIMAL(5,2)")]);
    for missing in [
        Relation::new("memory", "main", "nope"),
        Relation::new("memory", "no_schema", "t"),
        Relation::new("no_database", "main", "t"),
    ] {
        assert_eq!(connection.columns(&missing).unwrap(), [], "{missing}");
    }
    connection.execute("create view broken as from t; drop table t").unwrap();
    connection.columns(&Relation::new("memory", "main", "broken")).expect_err("the view is there, its table is not");
    assert_eq!(connection.columns(&Relation::new("memory", "main", "odd name")).unwrap(), []);
}

#[test]
fn an_interrupt_stops_what_runs_and_the_connection_goes_on() {
    let mut connection = memory();
    let interrupt = connection.interrupt();
    let watcher = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        interrupt();
        interrupt
    });
    let started = Instant::now();
    let error = connection.execute("select count(*) from range(100000000) a, range(100000000) b").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Interrupted);
    assert!(started.elapsed() < Duration::from_secs(30));
    let interrupt = watcher.join().unwrap();
    interrupt();
    assert_eq!(text(connection.as_mut(), "select 1"), "1");
    drop(connection);
    interrupt();
}

#[test]
fn a_database_that_cannot_be_opened_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("text.duckdb"), "this is no database, but it is long enough to look like one".repeat(300))
        .unwrap();

    let error = refused(&target(folder.path().to_str().unwrap()));
    assert!(error.message.ends_with("is a folder, not a database file"), "{}", error.message);
    let error = refused(&target(&path("no/such/a.duckdb")));
    assert!(error.message.contains("there is no folder `"), "{}", error.message);
    let error = refused(&target(&path("text.duckdb")));
    assert!(error.message.contains("is not a DuckDB database"), "{}", error.message);
    assert_eq!(error.kind, ErrorKind::Io);

    let mut wrong = target(":memory:");
    wrong.config_options.insert("thread".to_owned(), "1".to_owned());
    let error = refused(&wrong);
    assert!(error.message.contains("not recognized: thread"), "{}", error.message);
    let mut wrong = target(":memory:");
    wrong.settings.insert("no_such".to_owned(), Value::from(1));
    let error = refused(&wrong);
    assert!(error.message.contains("unrecognized configuration parameter \"no_such\""), "{}", error.message);
    let wrong = DuckdbTarget { extensions: vec![("no_such_extension".to_owned(), None)], ..target(":memory:") };
    let error = refused(&wrong);
    assert!(error.message.starts_with("the extension `no_such_extension` cannot be loaded"), "{}", error.message);
}

#[test]
fn settings_hold_on_every_connection_and_databases_are_attached() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other file.duckdb").to_str().unwrap().to_owned();
    let first = open(&other);
    first.connect().unwrap().execute("create table t as select 1 as a").unwrap();
    first.close().unwrap();
    drop(first);
    let mut profile = target(":memory:");
    profile.settings.insert("TimeZone".to_owned(), Value::from("Asia/Tokyo"));
    profile.config_options.insert("threads".to_owned(), "1".to_owned());
    profile.attach.push(Attachment {
        path: other,
        alias: Some("other db".to_owned()),
        read_only: true,
        ..Attachment::default()
    });
    let adapter = DuckdbAdapter::open(&profile).unwrap();
    let (mut one, mut two) = (adapter.connect().unwrap(), adapter.connect().unwrap());
    for connection in [one.as_mut(), two.as_mut()] {
        assert_eq!(text(connection, "select current_setting('TimeZone'), current_setting('threads')"), "Asia/Tokyo|1");
        assert_eq!(text(connection, "from \"other db\".t"), "1");
    }
    one.execute("create table \"other db\".x as select 1").unwrap_err();
    assert!(adapter.version().starts_with("DuckDB v1."), "{}", adapter.version());
}

#[test]
fn the_value_of_a_secret_is_in_no_message() {
    let mut profile = target(":memory:");
    let secret = serde_json::json!({"type": "no_such_type", "name": "mine", "key_id": "hunter2", "secret": "no_such_typehunter3"});
    profile.secrets.push(secret.as_object().unwrap().clone());
    let error = refused(&profile);
    assert!(error.message.starts_with("the secret `mine` cannot be created"), "{}", error.message);
    assert!(!format!("{error:?}").contains("hunter"), "{error:?}");
}

#[test]
fn what_was_written_is_there_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ä b.duckdb");
    let adapter = open(path.to_str().unwrap());
    let mut connection = adapter.connect().unwrap();
    connection.execute("create table t as select 1 as a").unwrap();
    connection.begin().unwrap();
    connection.execute("create table u as select 1 as a").unwrap();
    connection.execute("select error('x')").unwrap_err();
    drop(connection);
    adapter.close().unwrap();
    adapter.close().unwrap();
    assert!(!folder.path().join("ä b.duckdb.wal").exists());
    assert!(adapter.connect().is_err());
    drop(adapter);
    let again = open(path.to_str().unwrap());
    let mut connection = again.connect().unwrap();
    assert_eq!(connection.relations("ä b").unwrap().len(), 1);
}

#[test]
fn a_relation_is_written_in_the_promised_form() {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = memory();
    connection
        .execute(
            "create table t as select * from (values \
             (2, 'say \"hi\", you', 1e16::double, timestamp '2024-01-31 10:00:00.5', timestamptz '2024-01-31 10:00:00+02', true, [1, 2], date '2024-01-31', 1.50::decimal(5,2)), \
             (1, '', 1.5e-05, 'infinity'::timestamp, null, false, null, null, 0), \
             (3, null, 0.1, null, null, null, [], null, null), \
             (4, E'two\\nlines', 123456789012345678::double, null, null, null, null, null, null)) \
             as v(id, s, d, ts, tz, b, l, day, n)",
        )
        .unwrap();
    let relation = Relation::new("memory", "main", "t");
    let order_by = ["id".to_owned()];
    let mut write = |format: FileFormat| {
        let path = folder.path().join(format!("it's.{}", format.as_str()));
        let rows = connection.export(&FileExport {
            relation: &relation,
            order_by: &order_by,
            format,
            formulas: Formulas::Kept,
            path: &path,
        });
        assert_eq!(rows.unwrap(), 4);
        path
    };
    let csv = std::fs::read_to_string(write(FileFormat::Csv)).unwrap();
    assert_eq!(
        csv,
        "id,s,d,ts,tz,b,l,day,n\n\
         1,\"\",0.000015,infinity,,false,,,0.00\n\
         2,\"say \"\"hi\"\", you\",10000000000000000.0,2024-01-31T10:00:00.5Z,2024-01-31T08:00:00Z,true,\"[1,2]\",2024-01-31,1.50\n\
         3,,0.1,,,,[],,\n\
         4,\"two\nlines\",123456789012345680.0,,,,,,\n"
    );
    let json = std::fs::read_to_string(write(FileFormat::Json)).unwrap();
    assert_eq!(
        json.lines().nth(1).unwrap(),
        r#"{"id":2,"s":"say \"hi\", you","d":10000000000000000.0,"ts":"2024-01-31T10:00:00.5Z","tz":"2024-01-31T08:00:00Z","b":true,"l":[1,2],"day":"2024-01-31","n":1.5}"#
    );
    assert!(std::fs::metadata(write(FileFormat::Parquet)).unwrap().len() > 100);
    connection.execute("delete from t").unwrap();
    let path = folder.path().join("empty.csv");
    let rows = connection.export(&FileExport {
        relation: &relation,
        order_by: &[],
        format: FileFormat::Csv,
        formulas: Formulas::Kept,
        path: &path,
    });
    assert_eq!(rows.unwrap(), 0);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "id,s,d,ts,tz,b,l,day,n\n");
}

/// Not a test of its own: run as another process, it holds the database named in the environment until it is killed.
#[test]
#[ignore = "another test runs it as a process of its own"]
fn hold_a_database() {
    use std::io::Write as _;

    let Ok(path) = std::env::var("MARTLET_TEST_HOLD") else { return };
    let _held = open(&path);
    std::io::stdout().write_all(b"\nheld\n").unwrap();
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_locked_database_names_the_process_that_holds_it_and_can_be_waited_for() {
    use std::io::BufRead as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.duckdb").to_str().unwrap().to_owned();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "adapter::duckdb::tests::hold_a_database", "--ignored", "--nocapture"])
        .env("MARTLET_TEST_HOLD", &path)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line == "held"));

    let error = refused(&target(&path));
    assert_eq!(error.kind, ErrorKind::Locked);
    let first = error.message.lines().next().unwrap();
    assert!(
        first.starts_with(&format!("IO Error: the database `{path}` is locked by the process {} (", child.id())),
        "{first}"
    );
    assert!(error.help[0].starts_with("wait until it has finished"), "{:?}", error.help);

    let waiter = std::thread::spawn(move || {
        DuckdbAdapter::open(&DuckdbTarget { connect_attempts: 50, ..target(&path) }).map(|adapter| adapter.version())
    });
    std::thread::sleep(Duration::from_millis(150));
    child.kill().unwrap();
    child.wait().unwrap();
    waiter.join().unwrap().expect("the database opens as soon as the other process is gone");
}

#[test]
fn what_does_not_fit_into_memory_or_on_the_disk_is_told_apart() {
    let mut profile = target(":memory:");
    profile.config_options.insert("memory_limit".to_owned(), "60MB".to_owned());
    let mut connection = DuckdbAdapter::open(&profile).unwrap().connect().unwrap();
    let error = connection.execute("select len(list(range)) from range(20000000)").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Memory, "{error}");
    assert_eq!(text(connection.as_mut(), "select 1"), "1");
    if cfg!(target_os = "linux") {
        let sql = "copy (select range from range(100000)) to '/dev/full' (format csv, use_tmp_file false)";
        let error = connection.execute(sql).unwrap_err();
        assert_eq!(error.kind, ErrorKind::DiskFull, "{error}");
    }
}

#[test]
#[ignore = "a measurement, not a fact: run it by hand"]
fn measure_calls() {
    use std::io::Write as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.duckdb");
    let started = Instant::now();
    let adapter = open(path.to_str().unwrap());
    let mut lines = vec![format!("open a new file: {:?}", started.elapsed())];
    let started = Instant::now();
    let mut connection = adapter.connect().unwrap();
    lines.push(format!("connect: {:?}", started.elapsed()));
    let mut time = |name: &str, count: u32, action: &mut dyn FnMut(&mut dyn Connection, u32)| {
        let started = Instant::now();
        for index in 0..count {
            action(connection.as_mut(), index);
        }
        lines.push(format!("{name}: {:?}", started.elapsed() / count));
    };
    time("begin + table of one row + commit", 300, &mut |connection, index| {
        connection.begin().unwrap();
        connection.execute(&format!("create table t{index} as select 1 as a, 'x' as b")).unwrap();
        connection.commit().unwrap();
    });
    time("view", 300, &mut |connection, index| {
        connection.execute(&format!("create view v{index} as select * from t{index}")).unwrap();
    });
    time("query of one row", 300, &mut |connection, index| {
        connection.query(&format!("select count(*) from t{index} where a is null"), None).unwrap();
    });
    time("describe", 300, &mut |connection, index| {
        connection.describe(&format!("select * from t{index}")).unwrap();
    });
    time("columns", 300, &mut |connection, index| {
        connection.columns(&Relation::new("a", "main", format!("t{index}"))).unwrap();
    });
    time("relations, 600 of them", 10, &mut |connection, _| {
        assert_eq!(connection.relations("a").unwrap().len(), 600);
    });
    time("fetch 100000 rows of 3", 1, &mut |connection, _| {
        connection.query("select range, range::varchar, range / 3 from range(100000)", None).unwrap();
    });
    drop(connection);
    let started = Instant::now();
    adapter.close().unwrap();
    lines.push(format!("close: {:?}", started.elapsed()));
    std::io::stderr().write_all(lines.join("\n").as_bytes()).unwrap();
}
