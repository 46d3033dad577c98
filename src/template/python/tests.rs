//! Templates rendered here and by real Jinja2 with Python 3.

mod dates;
mod filters;
mod modules;
mod objects;
mod text;
mod values;

use std::sync::Arc;

use minijinja::{Environment, Value, context};

use crate::adapter::{ColumnType, Datum, Table};
use crate::resource::{QuotePolicy, Relation, RelationKind};
use crate::template::rewrite::{Marks, Unit, rewrite};
use crate::template::values::{ColumnClass, RelationClass, RelationObject, TableObject, from_plain, to_plain};

/// Stands for an error, in the place of a text.
const REFUSED: &str = "\0";

fn table() -> Table {
    let date = |text: &str| Datum::Date(text.to_owned());
    let decimal = |text: &str| Datum::Decimal(text.to_owned());
    let text = |text: &str| Datum::Text(text.to_owned());
    let rows = vec![
        vec![
            Datum::Integer(1),
            decimal("1.50"),
            Datum::Float(2.0),
            text("x"),
            Datum::Bool(true),
            date("2024-01-31"),
            Datum::Timestamp("2024-01-31 10:30:00.5".to_owned()),
            Datum::TimestampTz("2024-01-31 10:30:00+00".to_owned()),
            Datum::List(vec![Datum::Integer(1), Datum::Integer(2)]),
            Datum::Struct(vec![("a".to_owned(), Datum::Integer(1)), ("b".to_owned(), text("x"))]),
            Datum::Null,
        ],
        vec![Datum::Null, decimal("-2.00"), Datum::Float(1e20), text("it's"), Datum::Bool(false)],
        vec![Datum::Integer(1), Datum::Null, Datum::Float(1e-7), Datum::Null, Datum::Null, date("2024-02-01")],
    ];
    let names = ["id", "d", "f", "t", "b", "dt", "ts", "tz", "l", "s", "n"];
    let column = |name: &&str| ColumnType { name: (*name).to_owned(), data_type: String::new() };
    let filled = rows.into_iter().map(|mut row| {
        row.resize(names.len(), Datum::Null);
        row
    });
    Table { columns: names.iter().map(column).collect(), rows: filled.collect() }
}

fn names() -> Value {
    let relation = Relation::new("db", "s", "i");
    context! {
        r => RelationObject::value(relation.clone().of_kind(RelationKind::Table)),
        v => RelationObject::value(relation),
        R => RelationClass::value(QuotePolicy::ALL),
        C => ColumnClass::value(),
        t => TableObject::value(Arc::new(table())),
        empty => TableObject::value(Arc::default()),
    }
}

fn render(template: &str) -> Result<String, String> {
    let mut env = Environment::new();
    super::install(&mut env);
    env.add_function("__do", |_: minijinja::Value| "");
    let rewritten = rewrite(template, Unit::Template, Marks::None, &|_| false).map_err(|error| error.message)?;
    env.render_str(&rewritten.text, names()).map_err(|error| format!("{error:#}"))
}

fn check(cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (template, expected) in cases {
        let made = render(template);
        let is_right = match &made {
            Ok(text) => text == expected,
            Err(_) => *expected == REFUSED,
        };
        if !is_right {
            wrong.push(format!("{template}\n  expected {expected:?}\n  made     {made:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn texts_have_the_methods_and_formats_of_python() {
    check(text::CASES);
}

#[test]
fn values_count_and_print_as_in_python() {
    check(values::CASES);
}

#[test]
fn filters_and_tests_are_those_of_jinja() {
    check(filters::CASES);
}

#[test]
fn modules_are_those_of_python() {
    check(modules::CASES);
}

#[test]
fn dates_are_those_of_python() {
    check(dates::CASES);
}

#[test]
fn relations_columns_and_tables_are_those_of_dbt() {
    check(objects::CASES);
}

#[test]
fn a_table_is_drawn_as_agate_draws_it() {
    let mut table = table();
    table.columns.truncate(4);
    table.rows.iter_mut().for_each(|row| row.truncate(4));
    table.rows[0][0] = Datum::Integer(1_234_567);
    table.rows[0][3] = Datum::Text("a long text that exceeds twenty characters".to_owned());
    table.rows[0][1] = Datum::Decimal("1234.56789".to_owned());
    let mut env = Environment::new();
    super::install(&mut env);
    env.add_function("print", |text: String| assert_eq!(text, DRAWN.trim_end()));
    let context = context! { t => TableObject::value(Arc::new(table)) };
    let made = env.render_str("{{ t.print_table(max_columns=3, max_rows=2) }}", context);
    assert_eq!(made.ok().as_deref(), Some("None"));
}

const DRAWN: &str = "\
|      id |          d |                    f | ... |
| ------- | ---------- | -------------------- | --- |
| 1234567 | 1,234.568… |                    2 | ... |
|         |    -2.000… | 100,000,000,000,0... | ... |
|     ... |        ... |                  ... | ... |
";

#[test]
fn plain_data_comes_back_as_it_went_in() {
    let plain = serde_json::json!({"b": [1, 2.5, null, true, "x", {}], "a": {"c": []}});
    assert_eq!(to_plain(&from_plain(&plain)), plain);
    let relation = RelationObject::value(Relation::new("db", "s", "i"));
    assert_eq!(to_plain(&relation), serde_json::json!("\"db\".\"s\".\"i\""));
    assert_eq!(to_plain(&Value::UNDEFINED), serde_json::Value::Null);
}

#[test]
fn a_list_that_contains_itself_stops_nothing() {
    let template = "{% set l = [] %}{% do l.append(l) %}{% set m = [] %}{% do m.append(m) %}\
                    {{ l == l }}{{ l == m }}{{ l in l }}{{ l|length }}{{ l.index(l) }}{{ l|string }}";
    assert_eq!(render(template).as_deref(), Ok("TrueFalseTrue10[[...]]"));
    assert!(render("{% set l = [] %}{% do l.append(l) %}{{ l|unique|list }}").is_err());
    let circle =
        "{% set d = {} %}{% do d.update({'a': d}) %}{{ tojson(d, 'circle') }}{{ toyaml(d, 'circle') }}{{ d.get(d) }}";
    assert_eq!(render(circle).as_deref(), Ok("circlecircleNone"));
}

#[test]
fn what_a_list_is_made_of_is_shared_and_a_sum_is_not() {
    let template = "{% set a = [1] %}{% set b = a %}{% set c = a + [2] %}{% do b.append(3) %}{{ a }}{{ c }}";
    assert_eq!(render(template).as_deref(), Ok("[1, 3][1, 2]"));
}
