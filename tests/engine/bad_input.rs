//! What users do wrong, each with the whole message, its place and the exit code.

use std::process::Command;

use crate::project::Project;

/// Runs the program and requires the exit code and a text, as it is, on stderr.
#[track_caller]
fn refuses(project: &Project, arguments: &[&str], code: i32, text: &str) {
    let ran = project.run(arguments);
    assert_eq!(ran.code, code, "stdout:\n{}\nstderr:\n{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains(text), "expected:\n{text}\nstderr:\n{}", ran.stderr);
}

#[test]
fn a_folder_without_a_project_file() {
    refuses(
        &Project::empty(),
        &["run"],
        2,
        r"error[E0101]: there is no `project.yml` or `dbt_project.yml`
--> $PROJECT
 = note: looked for in this folder and those above it
 = help: go to your project's folder or give `--project-dir`; `martlet init` makes a new project",
    );
}

#[test]
fn a_project_folder_that_does_not_exist() {
    refuses(
        &Project::new(),
        &["run", "--project-dir", "nowhere"],
        2,
        r"error[E0101]: there is no `project.yml` or `dbt_project.yml`
--> nowhere
 = note: this folder of `--project-dir` does not exist
 = help: go to your project's folder or give `--project-dir`; `martlet init` makes a new project",
    );
}

#[test]
fn broken_yaml_in_the_project_file() {
    let project = Project::new().file("project.yml", "name: shop\nprofile: [shop\nmodels:\n  +tags: x\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0119]: a `:` may not stand here
 --> project.yml:3:7
  |
3 | models:
  |       ^ reading stopped here
  |
  = help: close the bracket above, or put the text in quotes",
    );
}

#[test]
fn broken_yaml_in_a_properties_file() {
    let project = Project::new().model("a", "select 1 as id").properties("models:\n  - name: a\n   description: x\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0119]: this line does not fit the lines above it
 --> models/properties.yml:3:4
  |
3 |    description: x
  |    ^ reading stopped here
  |
  = help: keys of one mapping, and `-` of one list, start in the same column",
    );
}

#[test]
fn a_key_given_twice() {
    let project = Project::new().configured("models:\n  +tags: a\nvars: {}\nmodels:\n  +tags: b\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0111]: the key `models` is given twice in one mapping
 --> project.yml:6:1
  |
3 | models:
  | ------ first given here
...
6 | models:
  | ^^^^^^ given again
  |
  = help: remove one of them; YAML keeps only the last and drops the other in silence",
    );
}

#[test]
fn an_unknown_key_of_the_project_file() {
    let project = Project::new().configured("model-path: [models]\n").model("a", "select 1 as id");
    refuses(&project, &["run"], 0, "?");
}

#[test]
fn an_unknown_config_in_the_project_file() {
    let project =
        Project::new().configured("models:\n  shop:\n    +materialised: table\n").model("a", "select 1 as id");
    refuses(&project, &["run"], 0, "?");
}

#[test]
fn an_unknown_config_in_a_model() {
    let project = Project::new().model("a", "{{ config(materialised='table') }}\nselect 1 as id");
    refuses(&project, &["run"], 0, "?");
}

#[test]
fn an_unknown_config_in_a_properties_file() {
    let project = Project::new()
        .model("a", "select 1 as id")
        .properties("models:\n  - name: a\n    config:\n      materialised: table\n");
    refuses(&project, &["run"], 0, "?");
}

#[test]
fn properties_of_a_model_that_does_not_exist() {
    let project = Project::new().model("orders", "select 1 as id").properties("models:\n  - name: ordrs\n");
    refuses(&project, &["run"], 0, "?");
}

#[test]
fn a_folder_of_the_project_file_that_holds_nothing() {
    let project = Project::new()
        .configured("models:\n  shop:\n    martz:\n      +tags: x\n")
        .file("models/marts/a.sql", "select 1 as id");
    refuses(
        &project,
        &["run"],
        0,
        r"warning[W0311]: Configuration paths exist in your project.yml file which do not apply to any resources
 --> project.yml:5:5
  |
5 |     martz:
  |     ^^^^^ - models.shop.martz",
    );
}

#[test]
fn an_unknown_ref() {
    let project = Project::new()
        .model("orders", "select 1 as id")
        .model("a", "select *\nfrom {{ ref('ordrs') }}\n")
        .model("b", "select * from {{ ref('nobody') }}");
    refuses(&project, &["run"], 2, "?");
}

#[test]
fn an_unknown_source() {
    let project = Project::new()
        .properties("sources:\n  - name: crm\n    tables: [{name: people}]\n")
        .model("a", "select * from {{ source('crm', 'peple') }}\n")
        .model("b", "select * from {{ source('cmr', 'people') }}\n");
    refuses(&project, &["run"], 2, "?");
}

#[test]
fn an_unknown_macro() {
    let project = Project::new()
        .macros("{% macro cents(x) %}{{ x }} / 100{% endmacro %}")
        .model("a", "select\n  {{ cent('amount') }} as amount\n");
    refuses(&project, &["run"], 1, "?");
}

#[test]
fn an_unknown_var() {
    let project = Project::new().configured("vars: {threshold: 1}\n").model("a", "select {{ var('treshold') }} as n\n");
    refuses(&project, &["run"], 1, "?");
}

#[test]
fn an_unknown_materialization() {
    let project = Project::new().model("a", "{{ config(materialized='tabel') }}\nselect 1 as id\n");
    refuses(&project, &["run"], 1, "?");
}

#[test]
fn an_unknown_test() {
    let project = Project::new()
        .model("a", "select 1 as id")
        .properties("models:\n  - name: a\n    columns:\n      - name: id\n        data_tests:\n          - uniqe\n          - not_nul: {config: {severity: warn}}\n");
    refuses(&project, &["test"], 2, "?");
}

#[test]
fn a_wrong_argument_of_a_macro() {
    let project = Project::new()
        .macros("{% macro cents(column, digits=2) %}round({{ column }} / 100, {{ digits }}){% endmacro %}")
        .model("a", "select {{ cents('x', digit=3) }} as n\n");
    refuses(&project, &["run"], 2, "?");
}

#[test]
fn a_wrong_argument_of_a_test() {
    let project = Project::new()
        .model("a", "select 1 as id")
        .properties("models:\n  - name: a\n    columns:\n      - name: id\n        data_tests:\n          - accepted_values:\n              arguments: {vales: [1]}\n");
    refuses(&project, &["test"], 2, "?");
}

#[test]
fn too_many_arguments_of_ref() {
    let project = Project::new().model("a", "select * from {{ ref('x', 'y', 'z') }}\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0240]: ref() takes at most two arguments (3 given)
 --> models/a.sql:1:18
  |
1 | select * from {{ ref('x', 'y', 'z') }}
  |                  ^^^^^^^^^^^^^^^^^^",
    );
}

#[test]
fn a_cycle() {
    let project = Project::new()
        .model("a", "select * from {{ ref('c') }}\n")
        .model("b", "-- two\nselect * from {{ ref('a') }}\n")
        .model("c", "select 1 as id\nunion all\nselect * from {{ ref('b') }}\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0401]: Found a cycle: a -> c -> b -> a
 --> models/a.sql:1:18
  |
1 | select * from {{ ref('c') }}
  |                  ^^^^^^^^ `a` refers to `c`
  |
 ::: models/c.sql:3:18
  |
3 | select * from {{ ref('b') }}
  |                  -------- `c` refers to `b`
  |
 ::: models/b.sql:2:18
  |
2 | select * from {{ ref('a') }}
  |                  -------- `b` refers to `a`",
    );
}

#[test]
fn a_model_that_reads_itself() {
    refuses(
        &Project::new().model("a", "select * from {{ ref('a') }}\n"),
        &["run"],
        2,
        r"error[E0401]: Found a cycle: a -> a
 --> models/a.sql:1:18
  |
1 | select * from {{ ref('a') }}
  |                  ^^^^^^^^ `a` refers to `a`",
    );
}

#[test]
fn two_models_with_one_name() {
    let project = Project::new().file("models/x/a.sql", "select 1 as id\n").file("models/y/a.sql", "select 2 as id\n");
    refuses(
        &project,
        &["run"],
        2,
        r#"error[E0220]: dbt found two models with the name "a"
 --> models/y/a.sql:1:1
  |
1 | select 2 as id
  | ^^^^^^^^^^^^^^ this one
  |
 ::: models/x/a.sql:1:1
  |
1 | select 1 as id
  | -------------- and this one
  |
  = help: rename one of the files"#,
    );
}

#[test]
fn two_models_with_one_relation() {
    let project = Project::new().model("a", "select 1 as id\n").model("b", "{{ config(alias='A') }}\nselect 2 as id\n");
    refuses(
        &project,
        &["run"],
        2,
        r#"error[E0306]: dbt found two resources with the database representation ""shop"."main"."A"".
              dbt cannot create two resources with identical database representations. To fix this,
              change the configuration of one of these resources:
              - model.shop.a (models/a.sql)
              - model.shop.b (models/b.sql)
 --> models/b.sql:1:1
  |
1 | {{ config(alias='A') }}
  | ^^^^^^^^^^^^^^^^^^^^^^^ this one
  |
 ::: models/a.sql:1:1
  |
1 | select 1 as id
  | -------------- and this one
  |
  = help: give one of them another `alias`, `schema` or `database`"#,
    );
}

#[test]
fn two_macros_with_one_name() {
    let project = Project::new()
        .file("macros/x.sql", "{% macro m() %}1{% endmacro %}\n")
        .file("macros/y.sql", "\n{% macro m() %}2{% endmacro %}\n");
    refuses(
        &project,
        &["run"],
        2,
        r#"error[E0261]: dbt found multiple macros named "m" in the project "shop".
 --> macros/y.sql:2:1
  |
2 | {% macro m() %}2{% endmacro %}
  | ^^^^^^^^^^^^^^^ again here
  |
 ::: macros/x.sql:1:1
  |
1 | {% macro m() %}1{% endmacro %}
  | --------------- defined here
  |
  = note: All macros require unique names, to fix this error rename or remove any duplicates.
  = note: They can be found in these files: macros/y.sql macros/x.sql"#,
    );
}

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
    refuses(&project, &["run"], 1, "?");
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
    refuses(&project, &["run"], 1, "?");
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
fn no_profiles_file() {
    let project = Project::empty().file("project.yml", "name: shop\nprofile: shop\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0120]: could not find profile named `shop`: there is no `profiles.yml`
 --> project.yml:2:10
  |
2 | profile: shop
  |          ^^^^ asked for here
  |
  = note: looked for `profiles.yml`
  = note: looked for `.martlet/profiles.yml`
  = note: looked for `.dbt/profiles.yml`
  = help: write this to `profiles.yml` beside the project file:
          shop:
            target: dev
            outputs:
              dev:
                type: duckdb
                path: shop.duckdb",
    );
}

#[test]
fn a_missing_profile() {
    let project = Project::new().file("project.yml", "name: shop\nprofile: shpo\n");
    refuses(&project, &["run"], 2, "?");
}

#[test]
fn a_missing_target() {
    refuses(
        &Project::new(),
        &["run", "--target", "prod"],
        2,
        r"error[E0123]: the profile `shop` does not have a target named `prod`
 --> profiles.yml:4:5
  |
4 |     dev: {type: duckdb, path: shop.duckdb, threads: 2}
  |     ^^^
  |
  = note: its targets are: dev",
    );
}

#[test]
fn a_target_of_another_database() {
    let project =
        Project::new().file("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: postgres, host: x}\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0124]: the type `postgres` is not supported
 --> profiles.yml:4:17
  |
4 |     dev: {type: postgres, host: x}
  |                 ^^^^^^^^
  |
  = help: Martlet runs on DuckDB: write `type: duckdb`",
    );
}

#[test]
fn a_missing_variable_of_the_environment() {
    let project = Project::new().file(
        "profiles.yml",
        "shop:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: \"{{ env_var('SHOP_DB') }}\"\n",
    );
    refuses(
        &project,
        &["run"],
        2,
        r#"error[E0130]: the environment variable `SHOP_DB` is not set
 --> profiles.yml:6:17
  |
6 |       path: "{{ env_var('SHOP_DB') }}"
  |                 ^^^^^^^^^^^^^^^^^^
  |
  = help: set it, or give a default: env_var('SHOP_DB', 'default')"#,
    );
}

#[test]
fn a_missing_variable_of_the_environment_in_a_model() {
    refuses(
        &Project::new().model("a", "select '{{ env_var('SHOP_DAY') }}' as day\n"),
        &["run"],
        2,
        r"error[E0611]: Env var required but not provided: 'SHOP_DAY'
 --> models/a.sql:1:12
  |
1 | select '{{ env_var('SHOP_DAY') }}' as day
  |            ^^^^^^^^^^^^^^^^^^^
  |
  = help: set it, or give a default: env_var('SHOP_DAY', '…')",
    );
}

#[test]
fn a_database_locked_by_another_program() {
    let project = Project::new().model("a", "select 1 as id");
    let held = duckdb::Connection::open(project.path("shop.duckdb")).unwrap();
    held.execute_batch("create table kept (id int)").unwrap();
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0702]: IO Error: the database `$PROJECT/shop.duckdb` is locked by the process ",
    );
    drop(held);
    let _ = project.run(&["run"]).success();
}

#[test]
fn a_database_file_that_is_none() {
    let project = Project::new().model("a", "select 1 as id").file("shop.duckdb", &"not a database ".repeat(1000));
    refuses(
        &project,
        &["run"],
        2,
        r#"error[E0702]: IO Error: `$PROJECT/shop.duckdb` is not a DuckDB database
 |
 = note: IO Error: The file "$PROJECT/shop.duckdb" exists, but it is not a valid DuckDB database file!"#,
    );
}

#[test]
fn a_database_in_a_folder_that_does_not_exist() {
    let project = Project::new()
        .model("a", "select 1 as id")
        .file("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: none/shop.duckdb}\n");
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0702]: IO Error: there is no folder `$PROJECT/none` for the database file `$PROJECT/none/shop.duckdb`",
    );
}

#[test]
#[cfg(unix)]
fn a_full_disk() {
    let project = Project::new()
        .model("first", "{{ config(materialized='table') }} select 1 as id")
        .model("large", "{{ config(materialized='table') }} select id, random() as a, random() as b, md5(range::varchar) as c from {{ ref('first') }}, range(2000000)");
    let limited = project.command(&["run"]);
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 20000; exec \"$@\"", "sh"])
        .arg(limited.get_program())
        .args(limited.get_args());
    shell
        .current_dir(project.root())
        .env_clear()
        .envs(limited.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = shell.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).replace(&*project.root().to_string_lossy(), "$PROJECT");
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let text = "error[E0701]: IO Error: Could not write file \"$PROJECT/shop.duckdb\": File too large";
    assert!(stderr.contains(text), "expected:\n{text}\nstderr:\n{stderr}");
    assert_eq!(project.relations(), ["main.first table"]);
}

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
    refuses(&project, &["run", "--project-dir", "mein büro"], 2, "?");
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
    refuses(&project, &["build"], 2, "?");
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

#[test]
fn vars_that_are_no_mapping() {
    refuses(
        &Project::new(),
        &["run", "--vars", "{a: [}"],
        2,
        r"error[E0119]: mismatched bracket '[' closed by '}'
 --> <--vars>:1:5
  |
1 | {a: [}
  |     ^ reading stopped here",
    );
    refuses(
        &Project::new(),
        &["run", "--vars", "word"],
        2,
        r"error[E0140]: `--vars` takes a mapping
 --> <--vars>:1:1
  |
1 | word
  | ^^^^ this is text
  |
  = help: write --vars '{name: value}', or --vars @file.yml",
    );
}

#[test]
fn a_selection_that_cannot_be_read() {
    let project = Project::new().model("a", "select 1 as id");
    refuses(&project, &["run", "--select", "tga:x"], 2, "?");
}

#[test]
fn a_selection_of_nothing() {
    let project = Project::new().model("a", "select 1 as id");
    refuses(&project, &["run", "--select", "b"], 0, "?");
}

#[test]
fn an_unknown_command_and_an_unknown_flag() {
    refuses(&Project::new(), &["biuld"], 2, r"error: unrecognized subcommand 'biuld'");
    refuses(&Project::new(), &["run", "--selct", "a"], 2, r"error: unexpected argument '--selct' found");
}
