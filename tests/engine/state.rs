//! Earlier states of a project: selection by them, deferral to them, `retry` and `clone`; expected values are those of dbt.

#![allow(unused_must_use, reason = "a run is judged where it is made")]

use crate::project::Project;

const PROFILES: &str = "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, schema: main}\n    other: {type: duckdb, path: shop.duckdb, schema: other}\n";

const PROPERTIES: &str = "models:
  - name: orders
    description: one
    columns: [{name: id, data_tests: [unique, not_null]}]
  - name: noted
    columns: [{name: id, description: the id}]
  - name: fixed
    config: {contract: {enforced: true}}
    columns: [{name: id, data_type: integer, constraints: [{type: not_null}]}, {name: name, data_type: varchar}]
  - name: versioned
    latest_version: 1
    config: {contract: {enforced: true}}
    columns: [{name: id, data_type: integer}]
    versions: [{v: 1}]
sources:
  - name: app
    schema: main
    tables: [{name: users, identifier: raw}]
exposures:
  - {name: board, type: dashboard, owner: {name: Ada}, depends_on: [ref('daily')]}
";

fn shop() -> Project {
    Project::new()
        .file("profiles.yml", PROFILES)
        .seed("raw", "id,v\n1,2\n")
        .macros("{% macro cents(x) %}{{ inner(x) }}{% endmacro %}\n{% macro inner(x) %}({{ x }} / 100){% endmacro %}")
        .model("orders", "select id, {{ cents('v') }} as v from {{ ref('raw') }}")
        .model("daily", "{{ config(meta={'owner': 'ada'}) }} select * from {{ ref('orders') }}")
        .model("noted", "{{ config(persist_docs={'columns': true}, schema='x') }} select 1 as id")
        .model("fixed", "{{ config(materialized='table') }} select 1 as id, 'x' as name")
        .model("versioned_v1", "{{ config(materialized='table') }} select 1 as id")
        .properties(PROPERTIES)
        .file("selectors.yml", "selectors:\n  - name: changed\n    definition: {method: state, value: modified, children: true, indirect_selection: empty}\n")
}

fn with_state() -> Project {
    let project = shop();
    project.run(&["parse", "--target-path", "before"]).success();
    project
}

/// Writes a file anew with one text replaced.
fn changed(project: Project, path: &str, from: &str, to: &str) -> Project {
    let text = project.read(path);
    assert!(text.contains(from), "{path} has no {from}");
    project.file(path, &text.replace(from, to))
}

#[track_caller]
fn listed(project: &Project, arguments: &[&str]) -> String {
    let ran = project.run(&[&["list", "--output", "name", "--state", "before"], arguments].concat()).success();
    let mut names: Vec<&str> = ran.stdout.lines().collect();
    names.sort_unstable();
    names.join(" ")
}

#[test]
fn what_changed_is_selected_aspect_by_aspect() {
    let schema = "models/properties.yml";
    let tests = "not_null_orders_id orders unique_orders_id";
    let cases: Vec<(&str, &str, &str, &str, &str)> = vec![
        (schema, "description: one", "description: uno", "modified", ""),
        ("models/daily.sql", "select *", "select id", "modified", "daily"),
        ("models/daily.sql", "select *", "select id", "modified.configs", ""),
        ("models/daily.sql", "select *", "select id", "modified+", "board daily"),
        ("models/daily.sql", "'ada'", "'bob'", "modified.configs", "daily"),
        ("macros/macros.sql", "/ 100", "/ 1000", "modified", tests),
        ("macros/macros.sql", "/ 100", "/ 1000", "modified.macros", tests),
        ("macros/macros.sql", "/ 100", "/ 1000", "modified.body", ""),
        ("seeds/raw.csv", "1,2", "1,3", "modified", "raw"),
        ("seeds/raw.csv", "1,2", "1,3", "modified.body", "raw"),
        (schema, "the id", "an id", "modified", "noted"),
        (schema, "the id", "an id", "modified.persisted_descriptions", "noted"),
        ("models/noted.sql", "schema='x'", "schema='y'", "modified.relation", "noted"),
        (schema, "identifier: raw", "identifier: other", "modified", "app.users"),
        (schema, "name: Ada", "name: Bob", "modified", "board"),
        (schema, "- name: orders\n", "- name: orders\n    access: public\n", "modified", tests),
        (schema, "data_type: varchar", "data_type: varchar, description: x", "modified", ""),
        (schema, "[unique, not_null]", "[unique, not_null, {unique: {name: second}}]", "new", "second"),
    ];
    for (path, from, to, state, expected) in cases {
        let project = changed(with_state(), path, from, to);
        // dbt takes the tests of a model along when it selects the model.
        let found = listed(&project, &["--select", &format!("state:{state}")]);
        let found: Vec<&str> =
            found.split(' ').filter(|name| expected.contains("_id") || !name.ends_with("_orders_id")).collect();
        assert_eq!(found.join(" "), expected, "{path}: {from} -> {to}, {state}");
    }
}

#[test]
fn without_a_change_all_is_old_and_unmodified() {
    let project = with_state();
    assert_eq!(listed(&project, &["--select", "state:modified state:new"]), "");
    let all = "app.users board daily fixed not_null_orders_id noted orders raw unique_orders_id versioned.v1";
    assert_eq!(listed(&project, &["--select", "state:old"]), all);
    assert_eq!(listed(&project, &["--select", "state:unmodified"]), all);
    project.run(&["list", "--select", "state:changed", "--state", "before"]).code(2).says(
        "Got an invalid selector \"changed\", expected one of \"['new', 'old', 'modified', 'unmodified', 'modified.body', 'modified.configs', 'modified.persisted_descriptions', 'modified.relation', 'modified.macros', 'modified.contract']\"",
    );
    project
        .run(&["list", "--select", "state:new"])
        .code(2)
        .says("Got a state selector method, but no comparison manifest");
    project.run(&["list", "--state", "target"]).says("The state and target directories are the same: 'target'");
}

#[test]
fn a_named_selector_may_compare_states() {
    let project = changed(with_state(), "models/daily.sql", "select *", "select id");
    assert_eq!(listed(&project, &["--selector", "changed"]), "board daily");
    let manifest = project.json("target/manifest.json");
    let expected = serde_json::json!({"name": "changed", "definition":
        {"method": "state", "value": "modified", "children": true, "indirect_selection": "empty"}});
    assert_eq!(manifest["selectors"]["changed"], expected);
    project
        .run(&["run", "--selector", "chnged"])
        .code(2)
        .says("Could not find selector named chnged, expected one of ['changed']");
}

#[test]
fn a_broken_contract_warns_or_fails_when_the_model_has_versions() {
    let project = changed(
        with_state(),
        "models/properties.yml",
        "{name: name, data_type: varchar}",
        "{name: nme, data_type: varchar}",
    );
    let ran = project.run(&["list", "--select", "state:modified.contract", "--state", "before"]).success();
    assert_eq!(ran.stdout, "shop.fixed\n");
    ran.says("Breaking change to contracted, unversioned model fixed (models/fixed.sql)")
        .says("- Columns were removed:");
    let project = changed(
        with_state(),
        "models/properties.yml",
        "columns: [{name: id, data_type: integer}]",
        "columns: [{name: id, data_type: text}]",
    );
    project
        .run(&["list", "--select", "state:modified", "--state", "before"])
        .code(2)
        .says("Breaking change to contract Error")
        .says("id (integer -> text)");
}

#[test]
fn what_is_not_built_here_is_read_from_the_other_state() {
    let project = shop();
    project.run(&["build", "--target-path", "before", "--exclude", "noted"]).success();
    project.run(&["run", "--target", "other", "--select", "daily"]).code(1);
    project
        .run(&["run", "--target", "other", "--select", "daily", "--defer"])
        .code(2)
        .says("--state or --defer-state are required for deferral, but neither was provided");
    project
        .run(&["run", "--target", "other", "--select", "daily", "--defer", "--state", "nowhere"])
        .code(2)
        .says("Could not find manifest in --state path: \"nowhere\"");
    project.run(&["run", "--target", "other", "--select", "daily", "--defer", "--state", "before"]).success();
    assert_eq!(project.query("select id from other.daily"), ["1"]);
    let manifest = project.json("target/manifest.json");
    let deferred = &manifest["nodes"]["model.shop.orders"]["defer_relation"];
    assert_eq!(deferred["relation_name"], "\"shop\".\"main\".\"orders\"");
    // Once it stands in the target, it is read there, unless the other state is preferred.
    project.run(&["build", "--target", "other", "--select", "+orders"]).success();
    let compiled = |arguments: &[&str]| {
        let compile = ["compile", "--target", "other", "--select", "daily", "--defer", "--defer-state", "before"];
        project.run(&[&compile[..], arguments].concat()).success().stdout
    };
    assert!(compiled(&[]).contains("\"shop\".\"other\".\"orders\""));
    assert!(compiled(&["--favor-state"]).contains("\"shop\".\"main\".\"orders\""));
}

#[test]
fn results_of_the_run_before_select_and_are_retried() {
    let project = shop()
        .model("broken", "{{ config(tags=var('tag', 'none')) }} select * from nowhere")
        .model("below", "select * from {{ ref('broken') }} where {{ var('condition') }}");
    project.run(&["retry"]).code(2).says("Could not find previous run in 'target' target directory");
    let vars = "{condition: \"1 = 1\", tag: mended}";
    project.run(&["run", "--vars", vars, "--exclude", "daily orders"]).code(1);
    let results = |status: &str| {
        let select = format!("result:{status}");
        let ran = project.run(&["list", "--select", &select, "--state", "target", "--vars", vars, "--output", "name"]);
        ran.success().stdout.trim().replace('\n', " ")
    };
    assert_eq!(results("error"), "broken");
    assert_eq!(results("skipped"), "below");
    project.run(&["retry"]).code(1);
    assert_eq!(project.statuses(), ["below skipped", "broken error"]);
    let project = project.model("broken", "select 1 as id");
    project.run(&["retry"]).success();
    assert_eq!(project.statuses(), ["below success", "broken success"]);
    project
        .run(&["retry"])
        .success()
        .says("Nothing to do. Try checking your model configs and model specification args");
    assert_eq!(project.json("target/run_results.json")["args"]["which"], "run");
}

#[test]
fn an_operation_that_failed_is_retried_with_its_arguments() {
    let project = shop().file(
        "macros/fails.sql",
        "{% macro fails(name) %}{{ exceptions.raise_compiler_error('no ' ~ name) }}{% endmacro %}",
    );
    project.run(&["run-operation", "fails", "--args", "{name: Ada}"]).code(1).says("no Ada");
    assert_eq!(project.json("target/run_results.json")["results"][0]["unique_id"], "macro.shop.fails");
    project.run(&["retry"]).code(1).says("no Ada");
}

#[test]
fn clones_are_views_onto_the_other_state() {
    let project = shop();
    project.run(&["build", "--target-path", "before", "--exclude", "noted"]).success();
    project
        .run(&["clone", "--target", "other"])
        .code(2)
        .says("--state or --defer-state are required for deferral, but neither was provided");
    let clone = ["clone", "--target", "other", "--state", "before", "--exclude", "noted"];
    project.run(&clone).success();
    let kinds =
        "select table_name || ' ' || table_type from information_schema.tables where table_schema = 'other' order by 1";
    let expected = ["daily VIEW", "fixed VIEW", "orders VIEW", "raw VIEW", "versioned_v1 VIEW"];
    assert_eq!(project.query(kinds), expected);
    project.run(&clone).success().says("Relation \"shop\".\"other\".\"orders\" already exists");
    assert_eq!(project.message("orders"), "No-op");
    project.run(&[&clone[..], &["--full-refresh", "--resource-type", "model"]].concat()).success();
    assert_eq!(project.query("select id from other.daily"), ["1"]);
}

#[test]
fn templates_in_properties_are_kept_as_written_when_the_flag_asks_for_it() {
    let project = Project::new()
        .configured("flags: {state_modified_compare_more_unrendered_values: true}\nvars: {who: ada}\n")
        .model("a", "{{ config(tags=['x']) }} {{ config(tags=['y']) }} select 1 as id\n")
        .model("b", "{{ config(alias=var('who')) }} select 1 as id\n")
        .properties("models:\n  - name: a\n    config: {meta: {by: \"{{ var('who') }}\", plain: 1}}\n");
    let _ = project.run(&["parse"]).success();
    let manifest = project.json("target/manifest.json");
    let unrendered = |id: &str| manifest["nodes"][id]["unrendered_config"].to_string();
    // A template that needs no rendering is known by its values; what else stands in one, by its expression.
    assert_eq!(unrendered("model.shop.a"), r#"{"meta":{"by":"{{ var('who') }}","plain":1},"tags":["x","y"]}"#);
    assert!(unrendered("model.shop.b").contains("Keyword(key='alias'"), "{}", unrendered("model.shop.b"));
}
