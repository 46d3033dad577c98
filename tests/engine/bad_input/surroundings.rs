//! Profiles, the environment, the database file and the disk.

use std::process::Command;

use super::refuses;
use crate::project::Project;

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
    refuses(
        &project,
        &["run"],
        2,
        r"error[E0122]: could not find profile named `shpo`
 --> project.yml:2:10
  |
2 | profile: shpo
  |          ^^^^ not in `profiles.yml`
  |
  = note: `profiles.yml` has: shop
  = help: did you mean `shop`?",
    );
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
#[cfg(unix)]
fn links_to_folders_are_followed_without_going_in_circles() {
    let project = Project::new().model("a", "select 1 as id").file("elsewhere/b.sql", "select * from {{ ref('a') }}");
    let link = |target: &str, link: &str| std::os::unix::fs::symlink(target, project.path(link)).unwrap();
    link("../elsewhere", "models/more");
    link("../models", "models/again");
    link("nothing.sql", "models/.nothing.sql");
    link("/dev/zero", "models/endless.sql");
    assert_eq!(project.run(&["list", "--output", "path"]).success().stdout, "models/a.sql\nmodels/more/b.sql\n");
}
