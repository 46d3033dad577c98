//! Files that cannot be read, templates and SQL that are wrong.

use super::refuses;
use crate::project::Project;

#[test]
#[cfg(unix)]
fn a_file_that_cannot_be_read() {
    let project = Project::new().model("b", "select 1 as id");
    std::os::unix::fs::symlink(project.path("nowhere"), project.path("models/a.sql")).unwrap();
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0109]: cannot read `models/a.sql`: there is no such file
--> models/a.sql",
    );
}

#[test]
fn a_model_that_is_not_text() {
    let project = Project::new().bytes("models/a.sql", b"select 1 as id,\n  '\xe9t\xe9' as name\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0109]: the file is not UTF-8
 --> models/a.sql:2:4
  |
2 |   '�t�' as name
  |    ^ the byte 0xE9 may not stand here
  |
  = help: save it as UTF-8",
    );
}

#[test]
fn an_empty_model() {
    let project = Project::new().model("a", "").model("b", "-- nothing yet\n").model("c", "select 1 as id");
    refuses(
        &project,
        &["run"],
        1,
        r"warning[W0220]: the model `a` is empty and is not run
--> models/a.sql",
    );
}

#[test]
fn a_model_that_is_not_a_select() {
    let project = Project::new().model("a", "-- tidy up\ndrop table if exists x\n");
    refuses(
        &project,
        &["run"],
        1,
        r#"error[E0701]: Parser Error: syntax error at or near "drop"
 --> models/a.sql:2:1
  |
2 | drop table if exists x
  | ^^^^"#,
    );
}

#[test]
fn a_model_of_two_statements() {
    let project = Project::new().model("a", "{{ config(materialized='table') }}\nselect 1 as id;\nselect 2 as id\n");
    refuses(
        &project,
        &["run"],
        1,
        r"error[E0701]: Parser Error: syntax error at end of input
 --> models/a.sql:2:15
  |
2 | select 1 as id;
  |               ^",
    );
}

#[test]
fn a_model_that_ends_with_a_semicolon() {
    let project = Project::new().model("a", "{{ config(materialized='table') }}\nselect 1 as id;\n");
    refuses(
        &project,
        &["run"],
        1,
        r"error[E0701]: Parser Error: syntax error at end of input
 --> models/a.sql:2:15
  |
2 | select 1 as id;
  |               ^",
    );
}

#[test]
fn a_jinja_error_three_macros_deep() {
    let project = Project::new()
        .file("macros/one.sql", "{% macro one(x) %}\n  {{ two(x) }}\n{% endmacro %}\n")
        .file("macros/two.sql", "{% macro two(x) %}{{ three(x) }}{% endmacro %}\n")
        .file("macros/three.sql", "{% macro three(x) %}\n\n  {{ x.nothing.more }}\n{% endmacro %}\n")
        .model("a", "select 1 as id,\n  {{ one('y') }} as n\n");
    refuses(
        &project,
        &["run"],
        1,
        r"error[E0605]: 'x.nothing' is undefined
 --> macros/three.sql:3:6
  |
3 |   {{ x.nothing.more }}
  |      ^^^^^^^^^ in macro `shop.three`
  |
 ::: macros/two.sql:1:22
  |
1 | {% macro two(x) %}{{ three(x) }}{% endmacro %}
  |                      -------- called here, in macro `shop.two`
  |
 ::: macros/one.sql:2:6
  |
2 |   {{ two(x) }}
  |      ------ called here, in macro `shop.one`
  |
 ::: models/a.sql:2:6
  |
2 |   {{ one('y') }} as n
  |      -------- called here",
    );
}

#[test]
fn an_error_raised_by_a_macro() {
    let project = Project::new()
        .macros("{% macro check(x) %}\n  {% if x > 1 %}{{ exceptions.raise_compiler_error('x must be small, not ' ~ x) }}{% endif %}\n{% endmacro %}\n")
        .model("a", "select {{ check(5) }} 1 as id\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0240]: x must be small, not 5
 --> macros/macros.sql:2:30
  |
2 |   {% if x > 1 %}{{ exceptions.raise_compiler_error('x must be small, not ' ~ x) }}{% endif %}
  |                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ in macro `shop.check`
  |
 ::: models/a.sql:1:11
  |
1 | select {{ check(5) }} 1 as id
  |           -------- called here",
    );
}

#[test]
fn a_template_that_is_not_closed() {
    let project =
        Project::new().model("a", "select\n{% if true %}\n  1 as id\n").model("b", "select {{ 1 + }} as id\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0240]: `if` is never closed
 --> models/a.sql:2:1
  |
2 | {% if true %}
  | ^^^^^^^^^^^^^
  |
  = help: close it with `{% endif %}`",
    );
}

#[test]
fn a_macro_that_is_not_closed() {
    let project = Project::new().macros("{% macro m(x) %}\n  {{ x }}\n").model("a", "select 1 as id");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0260]: `macro m` is never closed
 --> macros/macros.sql:1:1
  |
1 | {% macro m(x) %}
  | ^^^^^^^^^^^^^^^^
  |
  = help: close it with `{% endmacro %}`",
    );
}

#[test]
fn a_sql_error_in_a_model() {
    let project = Project::new()
        .model("o", "{{ config(materialized='table') }} select 1 as amount")
        .model("a", "{# a long\n comment #}\nselect\n    amuont as x\nfrom {{ ref('o') }}\n");
    refuses(
        &project,
        &["run"],
        1,
        r#"error[E0701]: Binder Error: Referenced column "amuont" not found in FROM clause!
 --> models/a.sql:4:5
  |
4 |     amuont as x
  |     ^^^^^^
  |
  = note: Candidate bindings: "amount"
  = help: did you mean `amount`?"#,
    );
}

#[test]
fn a_sql_error_in_a_line_that_a_macro_made() {
    let project = Project::new()
        .macros("{% macro cents(column) %}\n    round({{ column }} / 100, 2, 3)\n{% endmacro %}\n")
        .model("o", "{{ config(materialized='table') }} select 1 as amount")
        .model("a", "select\n    {{ cents('amount') }} as amount\nfrom {{ ref('o') }}\n");
    refuses(
        &project,
        &["run"],
        1,
        r"error[E0701]: Binder Error: No function matches the given name and argument types 'round(DOUBLE, INTEGER_LITERAL, INTEGER_LITERAL)'. You might need to add explicit type casts.
 --> macros/macros.sql:2:5
  |
2 |     round({{ column }} / 100, 2, 3)
  |     ^^^^^
  |
 ::: models/a.sql:2:8
  |
2 |     {{ cents('amount') }} as amount
  |        --------------- called here
  |
  = note: Candidate functions:
  = note: round(TINYINT) -> TINYINT
  = note: round(TINYINT, INTEGER) -> TINYINT
  = note: round(SMALLINT) -> SMALLINT
  = note: round(SMALLINT, INTEGER) -> SMALLINT
  = note: round(INTEGER) -> INTEGER
  = note: round(INTEGER, INTEGER) -> INTEGER
  = note: round(BIGINT) -> BIGINT
  = note: round(BIGINT, INTEGER) -> BIGINT
  = note: round(HUGEINT) -> HUGEINT
  = note: round(HUGEINT, INTEGER) -> HUGEINT
  = note: round(FLOAT) -> FLOAT
  = note: round(FLOAT, INTEGER) -> FLOAT
  = note: round(DOUBLE) -> DOUBLE
  = note: round(DOUBLE, INTEGER) -> DOUBLE
  = note: round(DECIMAL) -> DECIMAL
  = note: round(DECIMAL, INTEGER) -> DECIMAL",
    );
}

#[test]
fn a_sql_syntax_error() {
    let project = Project::new().model("a", "select 1 as id\nfrm x\n");
    refuses(
        &project,
        &["run"],
        1,
        r#"error[E0701]: Parser Error: syntax error at or near "frm"
 --> models/a.sql:2:1
  |
2 | frm x
  | ^^^"#,
    );
}

#[test]
fn a_table_that_does_not_exist() {
    let project = Project::new().model("a", "select * from main.nobody\n");
    refuses(
        &project,
        &["run"],
        1,
        r"error[E0701]: Catalog Error: Table with name nobody does not exist!
 --> models/a.sql:1:15
  |
1 | select * from main.nobody
  |               ^^^^",
    );
}

#[test]
fn an_error_in_the_data() {
    let project = Project::new().model("a", "{{ config(materialized='table') }}\nselect 'x'::int as id\n");
    refuses(
        &project,
        &["run"],
        1,
        r"error[E0701]: Conversion Error: Could not convert string 'x' to INT32
 --> models/a.sql:2:11
  |
2 | select 'x'::int as id
  |           ^",
    );
}

#[test]
fn an_expression_of_very_many_operators() {
    for operators in ["-", "not ", "x ~ ", "1 + ", "f(1, 2) and "] {
        let project = Project::new().model("a", &format!("{{{{ {}1 }}}}", operators.repeat(50_000)));
        refuses(&project, &["parse"], 2, "this expression has more than 2000 operators in a row");
    }
}

#[test]
fn what_is_not_there_may_be_called_by_a_model_but_not_by_a_macro_while_the_project_is_read() {
    let project = Project::new().model("a", "select 1 as id {% if execute %}{{ 'x'.nope() }}{{ nope() }}{% endif %}");
    let _ = project.run(&["parse"]).success();
    let _ = project.file("models/a.sql", "select 1 as id {{ 'x'.nope() }} {{ nope().x }}").run(&["parse"]).success();
    let project = Project::new().model("a", "{{ m() }}").macros("{% macro m() %}{{ nope() }}{% endmacro %}");
    refuses(&project, &["parse"], 2, "'nope' is undefined");
}

#[test]
fn a_flag_given_twice_counts_once() {
    let _ = Project::new()
        .model("a", "select 1 as id")
        .run(&["run", "--fail-fast", "--fail-fast", "--threads", "1", "--threads", "2"])
        .success();
}
