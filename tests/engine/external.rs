//! What dbt-duckdb adds: files as models and sources, table functions, attached databases. Rows and types are those of
//! dbt-duckdb 1.10.1, save for the external model without rows, into which no row is invented here.

use crate::project::Project;

const PROFILES: &str = "shop:
  target: dev
  outputs:
    dev:
      type: duckdb
      path: shop.duckdb
      external_root: out
      retries: {connect_attempts: 2, query_attempts: 2, retryable_exceptions: [IOException]}
      attach: [{path: other.duckdb, alias: other}]
";

fn project() -> Project {
    Project::new()
        .file("profiles.yml", PROFILES)
        .file("out/.keep", "")
        .file("data/one.csv", "id,name\n1,a\n2,b\n")
        .file("data/two.csv", "id,name\n3,c\n")
}

#[test]
fn sources_are_files_named_in_three_styles_and_by_patterns() {
    let sources = "sources:
  - name: files
    config: {meta: {external_location: 'data/{name}.csv'}}
    tables:
      - name: one
      - name: everything
        config: {external_location: \"read_csv('data/*.csv', header=true)\"}
      - {name: old, identifier: two, config: {external_location: 'data/%(identifier)s.csv', formatter: oldstyle}}
      - {name: new, identifier: one, config: {external_location: 'data/$identifier.csv', formatter: template}}
";
    let project = project().properties(sources).model(
        "m",
        "{{ config(materialized='table') }} select 'one' as t, count(*) as n from {{ source('files', 'one') }}
         union all select 'everything', count(*) from {{ source('files', 'everything') }}
         union all select 'old', count(*) from {{ source('files', 'old') }}
         union all select 'new', count(*) from {{ source('files', 'new') }}",
    );
    let _ = project.run(&["run"]).success();
    assert_eq!(project.query("select t || n from m order by 1"), ["everything3", "new2", "old1", "one2"]);
}

#[test]
fn external_models_are_files_that_views_read() {
    let rows = "select * from read_csv('data/*.csv')";
    let project = project()
        .model("pq", &format!("{{{{ config(materialized='external') }}}} {rows}"))
        .model(
            "pipe",
            "{{ config(materialized='external', format='csv', delimiter='|', location='out/c.csv') }} select * from {{ ref('pq') }} order by 1",
        )
        .model("js", &format!("{{{{ config(materialized='external', format='json') }}}} {rows}"))
        .model("part", "{{ config(materialized='external', options={'partition_by': 'name'}) }} select * from {{ ref('pq') }}")
        .model("none", "{{ config(materialized='external', format='csv') }} select id, name from {{ ref('pq') }} where id > 9");
    let each = ["pq", "pipe", "js", "part"];
    let all = each.map(|name| format!("select '{name}' as t, id || name as v from {{{{ ref('{name}') }}}}"));
    let all = all.join(" union all ");
    let project = project.model("read", &format!("{{{{ config(materialized='table') }}}} {all}"));
    let none = "{{ config(materialized='table') }} select count(*) as n from {{ ref('none') }}";
    let project = project.model("nothing", none);
    let _ = project.run(&["run"]).success();
    for name in each {
        let rows = project.query(&format!("select v from read where t = '{name}' order by 1"));
        assert_eq!(rows, ["1a", "2b", "3c"], "{name}");
    }
    assert_eq!(project.read("out/c.csv"), "id|name\n1|a\n2|b\n3|c\n");
    assert!(project.path("out/part/name=b").is_dir());
    assert_eq!(project.read("out/none.csv"), "id,name\n");
    assert_eq!(project.query("select n from nothing"), ["0"]);
}

#[test]
fn table_functions_and_attached_databases_are_built_in() {
    let project = project()
        .model("tf", "{{ config(materialized='table_function', parameters=['a', 'b']) }} select a + b as s")
        .model("att", "{{ config(materialized='table', database='other') }} select 7 as x")
        .model(
            "used",
            "{{ config(materialized='table') }} select x + s as y from {{ ref('att') }}, {{ ref('tf') }}(1, 2)",
        );
    let _ = project.run(&["run"]).success();
    assert_eq!(project.query("select y from used"), ["10"]);
    assert!(project.path("other.duckdb").is_file());
}
