//! What public projects were seen to write, and what dbt makes of it.

use crate::project::Project;

#[test]
fn a_value_in_yaml_may_be_marked_inside_an_expression_or_an_if() {
    let project = Project::new()
        .configured("models:\n  shop:\n    aside:\n      +enabled: \"{{ target.name == 'prod' | as_bool() }}\"\n")
        .file("models/aside/gone.sql", "select 1 as id\n")
        .model("kept", "select 1 as id\n")
        .model("left_out", "select 1 as id\n")
        .properties(
            "models:\n  - name: kept\n    config:\n      enabled: |\n        {% if target.name == 'dev' -%} {{ true | as_bool }} {%- else -%} {{ false | as_bool }} {%- endif -%}\n  - name: left_out\n    config:\n      enabled: \"{% if target.name == 'dev' %}{{ var('on', false) }}{% endif %}\"\n",
        );
    let ran = project.run(&["list", "--resource-type", "model"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "shop.kept\n"), "{}", ran.stderr);
}

#[test]
fn a_description_may_name_what_nobody_has_defined() {
    let project = Project::new().macros("{% macro latest(t) %}max({{ t }}){% endmacro %}").file(
        "macros/macros.yml",
        "macros:\n  - name: latest\n    description: \"Runs `select max(x) from {{relation}}` once.\"\n",
    );
    let ran = project.run(&["parse"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let manifest = project.json("target/manifest.json");
    assert_eq!(manifest["macros"]["macro.shop.latest"]["description"], "Runs `select max(x) from ` once.");
}

#[test]
fn templates_take_white_space_of_other_alphabets_and_indices_by_tuples() {
    let project = Project::new()
        .macros("{% macro kind(of=validation.any['compound', 'interleaved']) %}{% set x =\u{a0}1\u{a0}+ 1 %}{{ x }}{% endmacro %}")
        .model("a", "select {{ kind('compound') }} as two, '{{ {(1, 2): 'pair'}[1, 2] }}' as found\n");
    assert_eq!(project.run(&["run"]).code, 0);
    assert_eq!(project.query("select two, found from a"), ["2|pair"]);
}

#[test]
fn configs_of_a_test_may_stand_under_its_arguments() {
    let project = Project::new().model("a", "select 1 as id union all select null\n").properties(
        "models:\n  - name: a\n    columns:\n      - name: id\n        data_tests:\n          - not_null:\n              arguments: {where: id is not null, severity: warn}\n",
    );
    let ran = project.run(&["build"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let manifest = project.json("target/manifest.json");
    let test = manifest["nodes"].as_object().unwrap().values().find(|node| node["resource_type"] == "test").unwrap();
    assert_eq!(test["config"]["where"], "id is not null");
    assert_eq!(test["config"]["severity"], "warn");
    assert_eq!(test["test_metadata"]["kwargs"]["where"], serde_json::Value::Null);
}

#[test]
fn a_test_without_a_macro_fails_when_it_is_run() {
    let project = Project::new().model("a", "select 1 as id\n").properties(
        "models:\n  - name: a\n    columns:\n      - name: id\n        data_tests: [nothing_such, {utilz.gone: {arguments: {x: ref('a')}}}, not_null]\n",
    );
    assert_eq!(project.run(&["run"]).code, 0);
    let ran = project.run(&["build"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("warning[W0233]: 'test_nothing_such' is undefined"), "{}", ran.stderr);
    let hint = "This can happen when calling a macro that does not exist. Check for typos and/or install package dependencies with \"dbt deps\".";
    assert_eq!(
        project.statuses(),
        ["a success", "not_null_a_id pass", "nothing_such_a_id error", "utilz_gone_a_id__ref_a_ error"]
    );
    assert_eq!(
        project.message("utilz_gone_a_id__ref_a_"),
        format!(
            "Compilation Error in test utilz_gone_a_id__ref_a_ (models/properties.yml)\n  'utilz' is undefined. {hint}"
        )
    );
}

#[test]
fn a_dispatch_that_leads_nowhere_stops_the_command() {
    let project = Project::new().model("a", "select 1 as id\n").macros(
        "{% macro copied(x) %}{{ adapter.dispatch('copied', 'shop')(x) }}{% endmacro %}\n{% macro snowflake__copied(x) %}{% endmacro %}\n",
    );
    let ran = project.run(&["parse"]);
    assert_eq!(ran.code, 2);
    let words = "In dispatch: No macro named 'copied' found within namespace: 'shop'";
    assert!(ran.stderr.contains("Compilation Error") && ran.stderr.contains(words), "{}", ran.stderr);
}

#[test]
fn the_tested_version_of_a_model_is_text_in_the_manifest_but_for_not_null_and_unique() {
    let project = Project::new().model("a_v1", "select 1 as id\n").properties(
        "models:\n  - name: a\n    latest_version: 1\n    versions:\n      - v: 1\n    columns:\n      - name: id\n        data_tests: [not_null, {accepted_values: {arguments: {values: [1]}}}]\n",
    );
    let ran = project.run(&["parse"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let manifest = project.json("target/manifest.json");
    let tests = manifest["nodes"].as_object().unwrap().values().filter(|node| node["resource_type"] == "test");
    let mut refs: Vec<_> = tests.map(|test| test["refs"][0]["version"].to_string()).collect();
    refs.sort();
    assert_eq!(refs, ["\"1\"", "1"]);
}

#[test]
fn a_test_that_finds_nothing_to_test_stays_among_the_nodes() {
    let project = Project::new()
        .model("a", "select 1 as id\n")
        .model("b", "{{ config(enabled=false) }} select 1 as id\n")
        .properties(
            "models:\n  - name: a\n    columns:\n      - name: id\n        data_tests:\n          - relationships: {arguments: {to: ref('b'), field: id}}\n",
        );
    let ran = project.run(&["build"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(project.statuses(), ["a success"]);
    let manifest = project.json("target/manifest.json");
    let (id, test) = manifest["nodes"].as_object().unwrap().iter().find(|(id, _)| id.starts_with("test.")).unwrap();
    assert_eq!(test["config"]["enabled"], false);
    assert_eq!(test["depends_on"]["nodes"], serde_json::json!(["model.shop.a"]));
    assert_eq!(manifest["parent_map"][id], serde_json::json!(["model.shop.a"]));
    assert_eq!(manifest["child_map"]["model.shop.a"], serde_json::json!([id]));
    assert_eq!(manifest["disabled"].as_object().unwrap().keys().collect::<Vec<_>>(), ["model.shop.b"]);
}

#[test]
fn hooks_of_the_project_show_their_code_in_the_manifest() {
    let project = Project::new()
        .configured("on-run-start: \"create table if not exists {{ target.schema }}.stats (n int)\"\n")
        .model("a", "select 1 as id\n");
    assert_eq!(project.run(&["run"]).code, 0);
    let manifest = project.json("target/manifest.json");
    let hook = &manifest["nodes"]["operation.shop.shop-on-run-start-0"];
    assert_eq!(hook["compiled_code"], "create table if not exists main.stats (n int)");
    assert_eq!((&hook["compiled"], &hook["build_path"]), (&serde_json::json!(true), &serde_json::Value::Null));
}

#[test]
fn sources_exposures_groups_and_unit_tests_take_no_other_keys() {
    for (section, yaml) in [
        ("sources", "sources:\n  - name: s\n    catalog: x\n    tables: [{name: t, foo: 1}]\n"),
        ("exposures", "exposures:\n  - name: e\n    type: dashboard\n    owner: {name: x, foo: 1}\n    catalog: x\n"),
        ("groups", "groups:\n  - name: g\n    owner: {name: x, foo: 1}\n    catalog: x\n"),
        (
            "unit_tests",
            "unit_tests:\n  - name: u\n    model: a\n    given: []\n    expect: {rows: [{id: 1}]}\n    catalog: x\n",
        ),
    ] {
        let ran = Project::new().model("a", "select 1 as id\n").properties(yaml).run(&["parse"]);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(
            ran.stderr
                .contains(&format!("Invalid {section} config given in models/properties.yml @ {section}: {{'name': ")),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("- at path []: Additional properties are not allowed ('catalog' was unexpected)"),
            "{}",
            ran.stderr
        );
    }
    let ran = Project::new()
        .model("a", "select 1 as id\n")
        .properties("models:\n  - name: a\n    catalog: x\n")
        .run(&["parse"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[test]
fn nodes_are_taken_up_by_depth_and_then_by_id() {
    let project = Project::new()
        .file(
            "profiles.yml",
            "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, threads: 1}\n",
        )
        .model("z_first", "select 1 as id\n")
        .model("b_second", "select * from {{ ref('z_first') }}\n")
        .model("a_third", "select * from {{ ref('b_second') }}\n")
        .seed("numbers", "n\n1\n");
    assert_eq!(project.run(&["build"]).code, 0);
    let results = project.json("target/run_results.json");
    let order: Vec<_> =
        results["results"].as_array().unwrap().iter().map(|result| result["unique_id"].clone()).collect();
    assert_eq!(order, ["model.shop.z_first", "seed.shop.numbers", "model.shop.b_second", "model.shop.a_third"]);
}

#[test]
fn macros_note_methods_of_any_object_that_have_a_macros_name() {
    let project = Project::new().macros(
        "{% macro ref(x) %}{{ return(builtins.ref(x)) }}{% endmacro %}\n\
         {% macro count_of(x) %}1{% endmacro %}\n\
         {% macro uses(r) %}{{ r.count_of('x') }}{% set y = ref('a') %}{{ log('x') }}{% endmacro %}\n\
         {% macro far() %}{{ api.x.count_of() }}{{ adapter.count_of(2) }}{% endmacro %}\n",
    );
    assert_eq!(project.run(&["parse"]).code, 0);
    let macros = &project.json("target/manifest.json")["macros"];
    let of = |name: &str| macros[format!("macro.shop.{name}")]["depends_on"]["macros"].clone();
    assert_eq!(of("ref"), serde_json::json!(["macro.shop.ref"]));
    assert_eq!(of("uses"), serde_json::json!(["macro.shop.count_of"]));
    assert_eq!(of("far"), serde_json::json!([]));
}

#[test]
fn a_group_takes_up_no_hooks_of_models() {
    let project = Project::new()
        .configured("models:\n  +post-hook: select 1\n  +persist_docs: {relation: true}\n")
        .model("a", "select 1 as id\n")
        .properties("groups:\n  - name: g\n    owner: {email: a@b.c}\n");
    assert_eq!(project.run(&["parse"]).code, 0);
    let manifest = project.json("target/manifest.json");
    let config = &manifest["groups"]["group.shop.g"]["config"];
    assert_eq!(config, &serde_json::json!({"meta": {}, "persist_docs": {"relation": true}}));
}

#[test]
fn after_a_unit_test_that_fails_the_others_of_its_model_are_skipped() {
    let project = Project::new().model("a", "select 1 as id\n").properties(
        "unit_tests:\n  - {name: u1, model: a, given: [], expect: {rows: [{id: 5}]}}\n  - {name: u2, model: a, given: [], expect: {rows: [{id: 6}]}}\n",
    );
    let statuses = |command: &str| {
        assert_eq!(project.run(&[command]).code, 1);
        let results = project.json("target/run_results.json");
        let of = |result: &serde_json::Value| result["status"].as_str().unwrap().to_owned();
        results["results"].as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(statuses("build"), ["fail", "skipped", "skipped"]);
    assert_eq!(statuses("test"), ["fail", "fail"]);
}

#[test]
fn what_is_below_a_skipped_ephemeral_model_says_so() {
    let project = Project::new()
        .model("bad", "select nothing as id\n")
        .model("eph", "{{ config(materialized='ephemeral') }} select * from {{ ref('bad') }}\n")
        .model("down", "select * from {{ ref('eph') }}\n")
        .model("lower", "select * from {{ ref('down') }}\n");
    let words = |project: &Project, id: &str| {
        let results = project.json("target/run_results.json");
        let all = results["results"].as_array().unwrap();
        let found = all.iter().find(|result| result["unique_id"].as_str().unwrap().starts_with(id)).unwrap();
        assert_eq!(found["status"], "skipped");
        found["message"].as_str().map(str::to_owned)
    };
    let ran = project.run(&["run", "--log-format", "json"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stdout.contains("SKIP relation main.down due to ephemeral model status 'skipped'"), "{}", ran.stdout);
    let blamed = |id: &str| {
        format!("Compilation Error in {id}, caused by compilation error in referenced ephemeral model model.shop.eph")
    };
    assert_eq!(words(&project, "model.shop.down"), Some(blamed("model.shop.down")));
    assert_eq!(words(&project, "model.shop.lower"), None);
    let manifest = project.json("target/manifest.json");
    assert_eq!(manifest["nodes"]["model.shop.eph"]["compiled_code"], serde_json::Value::Null);

    // A test of the ephemeral model comes between: it is skipped after it, and holds back what is below.
    let project = project.properties("models:\n  - name: eph\n    columns: [{name: id, data_tests: [not_null]}]\n");
    assert_eq!(project.run(&["build"]).code, 1);
    assert!(words(&project, "test.shop.not_null_eph_id").unwrap().ends_with("ephemeral model model.shop.eph"));
    assert_eq!(words(&project, "model.shop.down"), None);
}

#[test]
fn messages_name_a_versioned_model_without_its_version() {
    let project = Project::new()
        .model("a_v1", "select nothing as id\n")
        .properties("models:\n  - name: a\n    versions: [{v: 1}]\n");
    assert_eq!(project.run(&["run"]).code, 1);
    let message = project.json("target/run_results.json")["results"][0]["message"].clone();
    let message = message.as_str().unwrap();
    assert!(message.starts_with("Runtime Error in model a (models/a_v1.sql)\n  Binder Error: "), "{message}");
}

#[test]
fn the_catalog_holds_stored_failures() {
    let project = Project::new().model("a", "select 1 as id\n").properties(
        "models:\n  - name: a\n    columns:\n      - name: id\n        data_tests: [{not_null: {config: {store_failures: true}}}, unique]\n",
    );
    assert_eq!(project.run(&["build"]).code, 0);
    assert_eq!(project.run(&["docs", "generate"]).code, 0);
    let catalog = project.json("target/catalog.json");
    let nodes: Vec<&str> = catalog["nodes"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!((nodes.len(), nodes[0]), (2, "model.shop.a"));
    assert!(nodes[1].starts_with("test.shop.not_null_a_id."), "{nodes:?}");
}

#[test]
fn properties_of_a_seed_that_is_turned_off_describe_the_one_that_replaces_it() {
    let project = Project::new()
        .configured("seeds:\n  parts:\n    +enabled: false\n")
        .file("packages.yml", "packages:\n  - local: parts\n")
        .file("parts/dbt_project.yml", "name: parts\nversion: '1.0'\n")
        .file("parts/seeds/exceptions.csv", "id\n1\n")
        .file(
            "parts/seeds/seeds.yml",
            "seeds:\n  - name: exceptions\n    description: What is let through.\n    config: {column_types: {id: varchar}}\n",
        )
        .seed("exceptions", "id\n2\n");
    assert_eq!(project.run(&["deps"]).code, 0);
    assert_eq!(project.run(&["seed"]).code, 0);
    let manifest = project.json("target/manifest.json");
    assert_eq!(manifest["nodes"]["seed.shop.exceptions"]["description"], "What is let through.");
    assert_eq!(project.query("select id || '!' from exceptions"), ["2!"]);
}
