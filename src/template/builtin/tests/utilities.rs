//! The functions for users (`dbt.dateadd` …), by what DuckDB makes of them. The values are those that dbt 1.11 with dbt-duckdb 1.10
//! gives.

use super::harness::Shop;

fn gives(cases: &[(&str, &str)]) {
    let shop = Shop::new();
    for (expression, expected) in cases {
        let sql = shop.render(&format!("select cast({{{{ {expression} }}}} as varchar)"));
        assert_eq!(shop.rows(&sql), *expected, "{expression}: {sql}");
    }
}

#[test]
fn dates_are_moved_and_compared() {
    gives(&[
        ("dbt.dateadd('day', 1, \"date '2024-01-31'\")", "2024-02-01 00:00:00"),
        ("dbt.dateadd('week', -2, \"date '2024-01-31'\")", "2024-01-17 00:00:00"),
        ("dbt.dateadd('month', 1, \"date '2024-01-31'\")", "2024-02-29 00:00:00"),
        ("dbt.dateadd('quarter', '1', \"timestamp '2024-01-31 10:00:00'\")", "2024-04-30 10:00:00"),
        ("dbt.dateadd('hour', '1 + 1', \"timestamp '2024-01-31 23:00:00'\")", "2024-02-01 01:00:00"),
        ("dbt.datediff(\"'2024-01-31'\", \"'2024-02-01'\", 'month')", "1"),
        ("dbt.datediff(\"'2024-01-31 23:59:00'\", \"'2024-02-01 00:01:00'\", 'day')", "1"),
        ("dbt.datediff(\"'2024-02-01'\", \"'2023-12-31'\", 'year')", "-1"),
        // Saturday to Sunday is another week, Sunday to Saturday is not.
        ("dbt.datediff(\"'2024-01-06'\", \"'2024-01-07'\", 'week')", "1"),
        ("dbt.datediff(\"'2024-01-07'\", \"'2024-01-13'\", 'week')", "0"),
        ("dbt.datediff(\"'2024-01-14'\", \"'2024-01-07'\", 'week')", "-2"),
        ("dbt.date_trunc('month', \"date '2024-01-31'\")", "2024-01-01 00:00:00"),
        ("dbt.last_day(\"date '2024-02-05'\", 'month')", "2024-02-29"),
        ("dbt.last_day(\"date '2024-02-05'\", 'quarter')", "2024-03-31"),
        ("dbt.last_day(\"date '2024-02-05'\", 'year')", "2024-12-31"),
        ("dbt.date(2024, 2, 29)", "2024-02-29"),
    ]);
}

#[test]
fn texts_are_taken_apart_and_put_together() {
    gives(&[
        ("dbt.concat([\"'a'\", \"'b'\"])", "ab"),
        ("dbt.split_part(\"'a|b|c'\", \"'|'\", 2)", "b"),
        ("dbt.split_part(\"'a|b|c'\", \"'|'\", -1)", "c"),
        ("dbt.split_part(\"'a|b|c'\", \"'|'\", 4)", "NULL"),
        ("dbt.replace(\"'abc'\", \"'b'\", \"'x'\")", "axc"),
        ("dbt.position(\"'c'\", \"'abc'\")", "3"),
        ("dbt.right(\"'abc'\", 2)", "bc"),
        ("dbt.length(\"'abc'\")", "3"),
        ("dbt.hash(\"'a'\")", "0cc175b9c0f1b6a831c399e269772661"),
        ("dbt.string_literal(dbt.escape_single_quotes(\"it's\"))", "it's"),
    ]);
}

#[test]
fn groups_become_one_value() {
    let cases = [
        ("dbt.listagg('x', \"'|'\", 'order by x desc')", "c|b|a"),
        ("dbt.listagg('x', \"'|'\", 'order by x desc', 2)", "c|b"),
        ("dbt.bool_or(\"x = 'b'\")", "true"),
        ("dbt.any_value(\"'z'\")", "z"),
    ];
    let shop = Shop::new();
    for (expression, expected) in cases {
        let sql = shop.render(&format!("select {{{{ {expression} }}}} from (values ('a'), ('b'), ('c')) t(x)"));
        assert_eq!(shop.rows(&sql), expected, "{expression}: {sql}");
    }
}

#[test]
fn types_and_casts_are_duckdbs() {
    gives(&[
        ("dbt.safe_cast(\"'1'\", dbt.type_int())", "1"),
        ("dbt.cast(\"'1.5'\", dbt.type_numeric())", "1.500000"),
        ("dbt.cast_bool_to_text('true')", "true"),
        ("dbt.equals('1', '1')", "true"),
        ("dbt.array_construct([1, 2])", "[1, 2]"),
        ("dbt.array_construct([], 'text')", "[]"),
        ("dbt.array_append(dbt.array_construct([1]), 2)", "[1, 2]"),
        ("dbt.array_concat(dbt.array_construct([1]), dbt.array_construct([2]))", "[1, 2]"),
    ]);
    let shop = Shop::new();
    let types = "{{ dbt.type_string() }} {{ dbt.type_timestamp() }} {{ dbt.type_float() }} {{ dbt.type_numeric() }} \
        {{ dbt.type_bigint() }} {{ dbt.type_int() }} {{ dbt.type_boolean() }}";
    assert_eq!(shop.render(types), "TEXT timestamp float numeric(28,6) bigint integer boolean");
}

#[test]
fn series_count_from_one() {
    let shop = Shop::new();
    assert_eq!(shop.rows(&shop.render("{{ dbt.generate_series(3) }}")), "1; 2; 3");
    assert_eq!(shop.rows(&shop.render("{{ dbt.default__generate_series(3) }}")), "1; 2; 3");
    assert_eq!(shop.render("{{ dbt.get_powers_of_two(9) }}"), "4");
}

#[test]
fn a_date_spine_ends_before_its_end() {
    let shop = Shop::new();
    let spine = "{{ dbt.date_spine('day', \"date '2024-02-28'\", \"date '2024-03-02'\") }}";
    let days = format!("select strftime(date_day, '%m-%d') from ({}) as spine", shop.render(spine));
    assert_eq!(shop.rows(&days), "02-28; 02-29; 03-01");
}

#[test]
fn days_are_counted_by_the_programs_own_calendar() {
    let shop = Shop::new();
    let cases = [
        ("{{ dates_in_range('20240228', '20240301') | join(' ') }}", "20240228 20240229 20240301"),
        ("{{ dates_in_range('2024-02-28', in_fmt='%Y-%m-%d', out_fmt='%d.%m.') | join(' ') }}", "28.02."),
        ("{{ partition_range('20240228, 20240229') | join(' ') }}", "20240228 20240229"),
        ("{{ py_current_timestring() | length }}", "20"),
    ];
    for (template, expected) in cases {
        assert_eq!(shop.render(template), expected, "{template}");
    }
}

#[test]
fn columns_of_relations_and_queries_are_known() {
    let shop = Shop::new();
    shop.rows("create table t as select 1 as id, 2.5::decimal(4, 1) as \"W x\"");
    let of_table = "{% set t = api.Relation.create(database='memory', schema='main', identifier='t') %}\
        {% for c in adapter.get_columns_in_relation(t) %}{{ c.name }}:{{ c.dtype }};{% endfor %}";
    assert_eq!(shop.render(of_table), "id:INTEGER;W x:DECIMAL(4,1);");
    let of_nothing = "{% set t = api.Relation.create(database='memory', schema='main', identifier='nope') %}\
        {{ adapter.get_columns_in_relation(t) | length }}";
    assert_eq!(shop.render(of_nothing), "0");
    assert_eq!(shop.render("{{ get_columns_in_query('select 1 as a, 2 as b') | join(',') }}"), "a,b");
    assert_eq!(shop.render("{{ run_query('select 1 as a').rows[0]['a'] }}"), "1");
}
