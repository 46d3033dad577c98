//! What nodes become in the database, and with how many statements.

use serde_json::{Value, json};

use super::harness::Shop;

fn table() -> Value {
    json!({"materialized": "table"})
}

fn view() -> Value {
    json!({"materialized": "view"})
}

#[test]
fn a_table_is_replaced_by_one_statement_and_a_view_by_a_rename() {
    let shop = Shop::new();
    for sql in ["select 1 as a", "select 2 as a"] {
        let statements = shop.build("v", &view(), sql);
        assert_eq!(statements[0], format!("create view \"memory\".\"main\".\"v__dbt_tmp\" as ( {sql} );"));
        let renamed = "alter view \"memory\".\"main\".\"v__dbt_tmp\" rename to \"v\"";
        assert_eq!(statements.last().map(String::as_str), Some(renamed));
        let expected = format!("create or replace table \"memory\".\"main\".\"t\" as ( {sql} );");
        assert_eq!(shop.build("t", &table(), sql), [expected]);
    }
    assert_eq!(shop.rows("select v.a, t.a from v, t"), "2|2");
}

#[test]
fn a_relation_of_another_kind_is_exchanged() {
    let shop = Shop::new();
    let kinds = "select 'table' from duckdb_tables() union all select 'view' from duckdb_views() where not internal";
    shop.build("m", &view(), "select 1 as a");
    shop.build("m", &table(), "select 2 as a");
    assert_eq!((shop.rows(kinds), shop.rows("from m")), ("table".to_owned(), "2".to_owned()));
    shop.build("m", &view(), "select 3 as a");
    assert_eq!((shop.rows(kinds), shop.rows("from m")), ("view".to_owned(), "3".to_owned()));
}

#[test]
fn a_failed_build_leaves_the_old_relation() {
    let shop = Shop::new();
    shop.build("m", &view(), "select 1 as a");
    shop.failure("m", &table(), "select cast('x' as int) as a from range(1)");
    assert_eq!(shop.rows("from m"), "1");
    let hook = json!({"materialized": "table", "post-hook": [{"sql": "select * from nope", "transaction": true}]});
    shop.failure("m", &hook, "select 2 as a");
    assert_eq!(shop.rows("from m"), "1");
}

#[test]
fn a_table_may_select_from_itself() {
    let shop = Shop::new();
    shop.build("t", &table(), "select 1 as a");
    shop.build("t", &table(), "select a + 1 as a from t");
    assert_eq!(shop.rows("from t"), "2");
}

#[test]
fn an_overridden_create_table_as_takes_effect() {
    let own = "{% macro create_table_as(temporary, relation, sql) %}\
        create table {{ relation }} as select *, 'own' as b from ({{ sql }}){% endmacro %}";
    let shop = Shop::with_macros(own);
    for round in 0..2 {
        shop.build("t", &table(), &format!("select {round} as a"));
    }
    assert_eq!(shop.rows("from t"), "1|own");
    assert_eq!(shop.rows("select table_name from duckdb_tables()"), "t");
}

#[test]
fn hooks_run_in_their_order_inside_the_transaction_or_outside_of_it() {
    let shop = Shop::new();
    shop.rows("create table hook_log (word varchar, started timestamp)");
    let hook = |word: &str, transaction: bool| json!({"sql": format!("insert into hook_log values ('{word}', now())"), "transaction": transaction});
    let config = json!({
        "materialized": "table",
        "pre-hook": [hook("in", true), hook("before", false)],
        "post-hook": [hook("after", false), hook("{{ this.name }}", true), {"sql": " ", "transaction": true}],
    });
    shop.build("t", &config, "select 1 as a");
    assert_eq!(shop.rows("select word from hook_log"), "before; in; t; after");
    let begun_together = "select count(distinct started) from hook_log where word in ('in', 't')";
    assert_eq!(shop.rows(begun_together), "1");
    assert_eq!(shop.rows("select count(distinct started) from hook_log"), "3");
}

#[test]
fn a_contract_makes_the_table_with_its_constraints() {
    let shop = Shop::new();
    let config = json!({
        "materialized": "table",
        "contract": {"enforced": true},
        "columns": {
            "id": {"name": "id", "data_type": "int", "constraints": [{"type": "not_null"}]},
            "name": {"name": "name", "data_type": "text"},
        },
    });
    for _ in 0..2 {
        shop.build("t", &config, "select 'x' as name, 1 as id");
    }
    assert_eq!(
        shop.rows("select column_name, data_type, is_nullable from duckdb_columns() where table_name = 't'"),
        "id|INTEGER|false; name|VARCHAR|true"
    );
    let message = shop.failure("t", &config, "select 'x' as name, 'y' as id");
    assert!(message.contains("id"), "{message}");
    assert_eq!(shop.rows("from t"), "1|x");
}

#[test]
fn comments_and_indexes_are_written() {
    let shop = Shop::new();
    let config = json!({
        "materialized": "table",
        "description": "it's t",
        "persist_docs": {"relation": true, "columns": true},
        "columns": {"A": {"name": "A", "description": "first"}, "nope": {"name": "nope", "description": "x"}},
        "indexes": [{"columns": ["a"], "unique": true}],
    });
    shop.build("t", &config, "select 1 as a");
    assert_eq!(shop.rows("select comment from duckdb_tables()"), "it's t");
    assert_eq!(shop.rows("select comment from duckdb_columns() where table_name = 't'"), "first");
    assert_eq!(shop.rows("select is_unique, expressions from duckdb_indexes()"), "true|[a]");
    assert!(shop.said.lock().unwrap().iter().any(|text| text.contains("nope")));
}

fn incremental(more: Value) -> Value {
    let mut config = json!({"materialized": "incremental"});
    if let (Some(config), Value::Object(more)) = (config.as_object_mut(), more) {
        config.extend(more);
    }
    config
}

#[test]
fn incremental_strategies_add_and_exchange_rows() {
    let first = "select * from (values (1, 1, 'a'), (2, 1, 'b')) t(id, k, name)";
    let second = "select * from (values (2, 1, 'B'), (2, 2, 'c'), (3, null, 'd')) t(id, k, name)";
    let cases = [
        (json!({"incremental_strategy": "append"}), "1|1|a; 2|1|B; 2|1|b; 2|2|c; 3|NULL|d"),
        (json!({}), "1|1|a; 2|1|B; 2|1|b; 2|2|c; 3|NULL|d"),
        (json!({"unique_key": "id"}), "1|1|a; 2|1|B; 2|2|c; 3|NULL|d"),
        (json!({"unique_key": ["id", "k"]}), "1|1|a; 2|1|B; 2|2|c; 3|NULL|d"),
        (json!({"unique_key": "id", "incremental_predicates": ["name = 'z'"]}), "1|1|a; 2|1|B; 2|1|b; 2|2|c; 3|NULL|d"),
        (json!({"unique_key": ["id", "k"], "incremental_strategy": "merge"}), "1|1|a; 2|1|B; 2|2|c; 3|NULL|d"),
        (
            json!({"unique_key": ["id", "k"], "incremental_strategy": "merge", "merge_update_columns": ["k"]}),
            "1|1|a; 2|1|b; 2|2|c; 3|NULL|d",
        ),
        (
            json!({"merge_on_using_columns": ["id", "k"], "incremental_strategy": "merge",
                "merge_insert_condition": "DBT_INTERNAL_SOURCE.id < 3",
                "merge_update_set_expressions": {"name": "DBT_INTERNAL_DEST.name || DBT_INTERNAL_SOURCE.name"}}),
            "1|1|a; 2|1|bB; 2|2|c",
        ),
        (
            json!({"unique_key": ["id", "k"], "incremental_strategy": "merge", "merge_clauses": {
                "when_matched": [{"action": "delete"}],
                "when_not_matched": [{"action": "insert", "mode": "explicit", "insert": {"columns": ["id"]}}]}}),
            "1|1|a; 2|NULL|NULL; 3|NULL|NULL",
        ),
    ];
    for (config, expected) in cases {
        let shop = Shop::new();
        let config = incremental(config);
        shop.build("i", &config, first);
        shop.build("i", &config, second);
        assert_eq!(shop.rows("select * from i order by id, k nulls last, name"), expected, "{config}");
        assert_eq!(shop.rows("select count(*) from duckdb_tables()"), "1", "{config}");
    }
}

#[test]
fn is_incremental_tells_whether_rows_are_added() {
    let mut shop = Shop::new();
    let config = incremental(json!({}));
    let asked = "{{ is_incremental() }}";
    assert_eq!(shop.render(asked), "False");
    shop.build("m", &config, "select 1 as a");
    assert_eq!(shop.render_with("m", &config, asked), "True");
    assert_eq!(shop.render_with("m", &table(), asked), "False");
    shop.flags["FULL_REFRESH"] = json!(true);
    assert_eq!(shop.render_with("m", &config, asked), "False");
    shop.build("m", &config, "select 2 as a");
    assert_eq!(shop.rows("from m"), "2");
}

#[test]
fn changed_columns_are_dealt_with_as_configured() {
    let second = "select 1 as id, 'n' as added, 7::bigint as typ";
    let cases = [
        ("append_new_columns", "id gone typ added", "1|1|5|NULL; 1|NULL|7|n"),
        ("sync_all_columns", "id typ added", "1|5|NULL; 1|7|n"),
    ];
    for (on_schema_change, columns, rows) in cases {
        let shop = Shop::new();
        let config = incremental(json!({"on_schema_change": on_schema_change}));
        shop.build("i", &config, "select 1 as id, 1 as gone, 5 as typ");
        shop.build("i", &config, second);
        let names =
            "select string_agg(column_name, ' ' order by column_index) from duckdb_columns() where table_name = 'i'";
        assert_eq!(shop.rows(names), columns);
        assert_eq!(shop.rows("select * from i order by typ"), rows);
    }
    let shop = Shop::new();
    let config = incremental(json!({"on_schema_change": "fail"}));
    shop.build("i", &config, "select 1 as id, 1 as gone, 5 as typ");
    assert_eq!(
        shop.failure("i", &config, second),
        "The source and target schemas on this incremental model are out of sync!
the columns of the query are not those of \"memory\".\"main\".\"i\", and on_schema_change is fail
  Source columns not in target: added
  Target columns not in source: gone
  New column types: typ, now BIGINT
run with --full-refresh to make the table anew, or set on_schema_change to append_new_columns or sync_all_columns"
    );
    let config = incremental(json!({}));
    shop.build("i", &config, "select 2 as id, 3 as gone, 6 as typ, 'n' as added");
    assert_eq!(shop.rows("select * from i order by id"), "1|1|5; 2|3|6");
}

#[test]
fn a_merge_that_is_configured_wrongly_is_refused_with_all_mistakes() {
    let shop = Shop::new();
    let config = incremental(json!({"incremental_strategy": "merge", "unique_key": "id", "merge_update_columns": "a",
        "merge_clauses": {"when_matched": [{"action": "upsert", "mode": "names"}], "otherwise": []}}));
    shop.build("i", &config, "select 1 as id");
    let message = shop.failure("i", &config, "select 1 as id");
    assert_eq!(
        message,
        "MERGE configuration errors:
merge_update_columns must be a list
merge_clauses.when_matched[0].action must be one of update, delete, do_nothing, error, not upsert
merge_clauses.when_matched[0].mode must be one of by_name, by_position, star, explicit, not names
When merge_clauses is specified, the following basic merge configurations will be ignored and should be removed: \
merge_update_columns. Define your merge behavior within merge_clauses instead."
    );
}

#[test]
fn a_seed_is_loaded_by_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let mut shop = Shop::new();
    let config = json!({"materialized": "seed", "resource_type": "seed", "original_file_path": "s.csv",
        "root_path": folder.path().to_string_lossy(), "column_types": {"code": "varchar"}});
    let write = |text: &str| std::fs::write(folder.path().join("s.csv"), text).unwrap();
    write("id,code\n1,007\n2,008\n");
    assert_eq!(shop.build("s", &config, "").len(), 2);
    assert_eq!(shop.rows("select * from s order by id"), "1|007; 2|008");
    write("id,code\n3,009\n");
    assert_eq!(shop.build("s", &config, "").len(), 2);
    assert_eq!(shop.rows("from s"), "3|009");
    shop.flags["FULL_REFRESH"] = json!(true);
    write("id,code,more\n4,010,x\n");
    assert_eq!(shop.build("s", &config, "").len(), 3);
    assert_eq!(shop.rows("from s"), "4|010|x");
}

#[test]
fn a_test_is_one_statement_and_stores_its_failures_when_asked() {
    let shop = Shop::new();
    let sql = "select * from (values (1), (2), (3)) t(a)";
    let with = |more: Value| {
        let mut config = json!({"materialized": "test", "fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "> 5"});
        if let (Some(config), Value::Object(more)) = (config.as_object_mut(), more) {
            config.extend(more);
        }
        config
    };
    assert_eq!(
        shop.build("check", &with(json!({"limit": 2})), sql),
        [format!(
            "select count(*) as failures, count(*) != 0 as should_warn, count(*) > 5 as should_error from ( {sql} limit 2 ) dbt_internal_test"
        )]
    );
    shop.build("check", &with(json!({"store_failures": true, "limit": 2})), sql);
    assert_eq!(shop.rows("select count(*) from \"check\""), "2");
    shop.build("check", &with(json!({"store_failures": true, "store_failures_as": "view"})), sql);
    assert_eq!(shop.rows("select count(*) from \"check\""), "3");
    assert_eq!(shop.rows("select view_name from duckdb_views() where not internal"), "check");
}

#[test]
fn generic_tests_select_the_rows_that_fail() {
    let shop = Shop::new();
    shop.rows("create table t as select * from (values (1, 'a'), (1, 'b'), (2, null)) t(id, name)");
    let cases = [
        ("test_unique(model=ref('t'), column_name='id')", "1|2"),
        ("test_not_null(model=ref('t'), column_name='name')", "NULL"),
        ("test_accepted_values(model=ref('t'), column_name='id', values=[2], quote=false)", "1|2"),
        ("test_accepted_values(model=ref('t'), column_name='name', values=['a'])", "b|1"),
        ("test_relationships(model=ref('t'), column_name='id', to=\"(select 2 as x)\", field='x')", "1; 1"),
        ("test_unique(model=get_where_subquery(ref('t')), column_name='id')", "1|2"),
    ];
    for (call, expected) in cases {
        assert_eq!(shop.rows(&shop.render(&format!("{{{{ {call} }}}}"))), expected, "{call}");
    }
}

#[test]
fn a_snapshot_keeps_the_versions_of_rows() {
    let shop = Shop::new();
    let config = json!({"materialized": "snapshot", "strategy": "timestamp", "unique_key": "id", "updated_at": "changed",
        "hard_deletes": "invalidate"});
    let rows = |values: &str| format!("select * from (values {values}) t(id, name, changed)");
    shop.build("s", &config, &rows("(1, 'a', timestamp '2024-01-01'), (2, 'b', timestamp '2024-01-01')"));
    shop.build("s", &config, &rows("(1, 'A', timestamp '2024-02-01')"));
    assert_eq!(
        shop.rows("select id, name, dbt_valid_from::date, coalesce(dbt_valid_to < now()::timestamp + interval 1 hour, false) from s order by 1, 3"),
        "1|a|2024-01-01|true; 1|A|2024-02-01|false; 2|b|2024-01-01|true"
    );
    assert_eq!(shop.rows("select dbt_valid_to::date from s where name = 'a'"), "2024-02-01");
    assert_eq!(shop.rows("select count(*) from duckdb_tables()"), "1");
}

#[test]
fn an_external_model_without_rows_writes_a_file_without_rows() {
    let folder = tempfile::tempdir().unwrap();
    let shop = Shop::new();
    let file = folder.path().join("x.csv");
    let config = json!({"materialized": "external", "location": file.to_string_lossy()});
    shop.build("x", &config, "select 1 as a, 'b' as b where false");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "a,b\n");
    assert_eq!(shop.rows("select column_name, column_type from (describe x)"), "a|INTEGER; b|VARCHAR");
    shop.build("x", &config, "select 1 as a, 'b' as b");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "a,b\n1,b\n");
    assert_eq!(shop.rows("from x"), "1|b");
}

#[test]
fn what_duckdb_lacks_is_said() {
    let shop = Shop::new();
    assert_eq!(
        shop.failure("m", &json!({"materialized": "materialized_view"}), "select 1 as a"),
        "`get_create_materialized_view_as_sql` has not been implemented for this adapter.\n\
         \"memory\".\"main\".\"m\": duckdb has no materialized views; materialize as table or incremental instead"
    );
    shop.build("t", &json!({"materialized": "table", "grants": {"select": ["me"]}}), "select 1 as a");
    assert!(shop.said.lock().unwrap().iter().any(|text| text.contains("Grants")));
}
