//! Plugins of dbt-duckdb in the user's own interpreter; rows, messages and what plugins see are those of dbt-duckdb 1.10.1.
//! The interpreter is the one that `MARTLET_TEST_PYTHON` names, else `python3`; without dbt-duckdb, the stand-in for it is tested. What an interpreter lacks besides is told, and that is tested.

use std::process::Command;

use crate::project::Project;

const PROFILES: &str = "shop:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: shop.duckdb
      module_paths: [plug]
      settings: {memory_limit: 1GB}
      plugins:
        - {module: lister, alias: li, config: {base: 10}}
        - {module: lister}
";

const LISTER: &str = r#"
import json
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.duckdb.utils import SourceConfig, TargetConfig

class Plugin(BasePlugin):
    def initialize(self, config):
        self.config = dict(config)

    def configure_connection(self, conn):
        conn.execute(f"create or replace macro twice_{self.name}(x) as x * 2")

    def configure_cursor(self, cursor):
        cursor.execute(f"set variable base_{self.name} = {self.config.get('base', 1)}")

    def load(self, source_config: SourceConfig):
        import duckdb
        if source_config.get("boom"):
            raise ValueError("boom of " + source_config.table_name())
        facts = json.dumps(source_config.as_dict(), sort_keys=True).replace("'", "''")
        rows = source_config.get("rows", 2)
        return duckdb.sql(f"select i + {self.config.get('base', 1)} as i, 7::hugeint as h, '{facts}' as facts from range({rows}) t(i)")

    def store(self, target_config: TargetConfig):
        if target_config.config.get("fail"):
            raise RuntimeError("no store for you")
        columns = [(column.name, column.dtype) for column in target_config.column_list]
        told = [self.name, self.config, str(target_config.relation), columns, target_config.location.as_dict(),
                target_config.config.get("key"), target_config.config.get("other", 7)]
        with open(target_config.relation.identifier + ".json", "w") as file:
            json.dump(told, file)
"#;

fn project() -> Project {
    Project::new().env("MARTLET_PYTHON", &python()).file("profiles.yml", PROFILES).file("plug/lister.py", LISTER)
}

/// Returns the interpreter of the tests.
fn python() -> String {
    std::env::var("MARTLET_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

/// Returns whether the interpreter of these tests can do what a plugin needs.
fn python_can(program: &str) -> bool {
    Command::new(python()).args(["-c", program]).output().is_ok_and(|output| output.status.success())
}

#[test]
fn finished_files_are_handed_to_plugins() {
    if !python_can("") {
        return;
    }
    let project = project()
        .model("st", "{{ config(materialized='external', plugin='li', key='value') }} select 1 as id, 'x' as n")
        .model("bad", "{{ config(materialized='external', plugin='lister', fail=true) }} select 1 as id")
        .model("no", "{{ config(materialized='external', plugin='nope') }} select 1 as id")
        .model(
            "own",
            "{{ config(materialized='table') }} select twice_li(getvariable('base_li')) as a, twice_lister(1) as b",
        );
    let ran = project.run(&["run"]).code(1).says("no store for you");
    let _ = ran.says("Plugin nope not found; known plugins are: li,lister");
    let told = project.json("st.json");
    let columns = serde_json::json!([["id", "INTEGER"], ["n", "VARCHAR"]]);
    let config = serde_json::json!({"base": 10, "memory_limit": "1GB"});
    let place = serde_json::json!({"path": "./st.parquet", "format": "parquet"});
    assert_eq!(told, serde_json::json!(["li", config, "\"shop\".\"main\".\"st\"", columns, place, "value", 7]));
    // As in dbt, the file and its view are there when the plugin fails.
    assert_eq!(project.query("select count(*) from duckdb_views() where view_name = 'bad'"), ["1"]);
    assert_eq!(project.query("select a || '-' || b from own"), ["20-2"]);
}

#[test]
fn plugins_load_sources_into_tables() {
    let sources = "sources:
  - name: raw
    schema: landing
    config: {plugin: li, tags: [t], meta: {rows: 3}}
    tables:
      - {name: one, columns: [{name: i, data_tests: [unique]}]}
      - {name: two, identifier: second, config: {meta: {rows: 1, materialization: view}}}
      - {name: bad, config: {meta: {boom: true}}}
      - {name: unused, config: {plugin: nope}}
";
    let project = project()
        .properties(sources)
        .model("a", "{{ config(materialized='table') }} select * from {{ source('raw', 'one') }}")
        .model("b", "{{ config(materialized='table') }} select * from {{ source('raw', 'two') }}")
        .model("c", "select * from {{ source('raw', 'bad') }}");
    if !python_can("import duckdb") {
        if python_can("") {
            let _ = project.run(&["run"]).code(1).says("No module named 'duckdb'").says("pip install duckdb");
        }
        return;
    }
    let _ = project.run(&["build"]).code(1).says("boom of shop.landing.bad").says("PASS=3");
    assert_eq!(project.query("select i || typeof(h) from a order by 1"), ["10HUGEINT", "11HUGEINT", "12HUGEINT"]);
    assert_eq!(project.query("select i from landing.second"), ["10"]);
    let facts = r#"{"database": "shop", "identifier": "one", "name": "one", "plugin": "li", "rows": 3, "schema": "landing", "tags": ["t"]}"#;
    assert_eq!(project.query("select distinct facts from a"), [facts]);
}

#[test]
fn plugins_that_cannot_begin_stop_what_needs_the_database() {
    if !python_can("") {
        return;
    }
    let of = |module: &str| PROFILES.replace("{module: lister}", &format!("{{module: {module}}}"));
    let project = project().model("a", "select 1 as id").file("plug/empty.py", "");
    for (module, says) in [
        ("missing", "Unable to import module 'missing': No module named 'missing'"),
        ("empty", "Module 'empty' does not have a Plugin class."),
    ] {
        std::fs::write(project.path("profiles.yml"), of(module)).unwrap();
        let _ = project.run(&["run"]).code(2).says(says);
        let _ = project.run(&["parse"]).success();
    }
}

#[test]
fn an_interpreter_that_is_not_there_is_named() {
    let project = project().model("a", "select 1 as id").env("MARTLET_PYTHON", "no-such-python");
    let _ = project.run(&["run"]).code(2).says("`no-such-python` cannot run").says("MARTLET_PYTHON");
}

#[test]
fn a_source_of_a_plugin_without_plugins_is_told_in_dbts_words() {
    let sources = "sources: [{name: raw, meta: {plugin: excel}, tables: [{name: one}]}]";
    let project = Project::new().properties(sources).model("a", "select * from {{ source('raw', 'one') }}");
    let _ = project.run(&["run"]).code(1).says("Plugin excel not found; known plugins are:");
}
