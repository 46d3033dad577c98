//! Data tests: the four built in ones and others, their configurations, names, and what they keep from being built.

use crate::project::Project;

const ORDERS: &str = "select * from (values (1, 'open', 10), (2, 'open', 10), (2, 'shut', 11), (null, 'odd', 99)) as v(id, status, customer)";

/// Models `orders` with mistakes and `customers`; `tests` is the list of tests of one column of `orders`.
fn project(column: &str, tests: &str) -> Project {
    Project::new().model("orders", ORDERS).model("customers", "select unnest([10, 11]) as id").properties(&format!(
        "models:\n  - name: orders\n    columns:\n      - name: {column}\n        data_tests:\n{tests}"
    ))
}

/// Builds and returns the one test's name, status and count of failures.
#[track_caller]
fn judged(project: &Project) -> String {
    let _ = project.run(&["run"]).success();
    let _ = project.run(&["test"]);
    let statuses = project.statuses();
    assert_eq!(statuses.len(), 1, "{statuses:?}");
    let name = statuses[0].split(' ').next().unwrap();
    format!("{} {}", statuses[0], project.result(name)["failures"])
}

#[test]
fn the_built_in_tests_count_what_is_wrong() {
    let cases = [
        ("id", "          - unique\n", "unique_orders_id fail 1"),
        ("id", "          - not_null\n", "not_null_orders_id fail 1"),
        (
            "status",
            "          - accepted_values:\n              arguments: {values: [open, shut]}\n",
            "accepted_values_orders_status__open__shut fail 1",
        ),
        (
            "status",
            "          - accepted_values: {values: [open, shut, odd]}\n",
            "accepted_values_orders_status__open__shut__odd pass 0",
        ),
        (
            "customer",
            "          - accepted_values:\n              arguments: {values: [10, 11, 99], quote: false}\n",
            "accepted_values_orders_customer__False__10__11__99 pass 0",
        ),
        (
            "customer",
            "          - relationships:\n              arguments: {to: ref('customers'), field: id}\n",
            "relationships_orders_customer__id__ref_customers_ fail 1",
        ),
        (
            "customer",
            "          - relationships: {to: ref('customers'), field: id, config: {where: customer < 99}}\n",
            "relationships_orders_customer__id__ref_customers_ pass 0",
        ),
    ];
    for (column, tests, expected) in cases {
        assert_eq!(judged(&project(column, tests)), expected);
    }
}

#[test]
fn configurations_decide_how_failures_are_judged() {
    let cases = [
        ("{severity: warn}", "unique_orders_id warn 1", "Got 1 result, configured to warn if != 0"),
        ("{where: \"status = 'open'\"}", "unique_orders_id pass 0", ""),
        ("{warn_if: '>5', error_if: '>10'}", "unique_orders_id pass 0", ""),
        ("{error_if: '>10'}", "unique_orders_id warn 1", "Got 1 result, configured to warn if != 0"),
        ("{error_if: '= 1'}", "unique_orders_id fail 1", "Got 1 result, configured to fail if = 1"),
        ("{fail_calc: sum(n_records)}", "unique_orders_id fail 2", "Got 2 results, configured to fail if != 0"),
        (
            "{fail_calc: 'case when count(*) > 0 then 7 else 0 end'}",
            "unique_orders_id fail 7",
            "Got 7 results, configured to fail if != 0",
        ),
        ("{severity: warn, error_if: '>0', warn_if: '>3'}", "unique_orders_id pass 0", ""),
        ("{enabled: true, tags: [x]}", "unique_orders_id fail 1", "Got 1 result, configured to fail if != 0"),
    ];
    for (config, expected, message) in cases {
        let nested = project("id", &format!("          - unique:\n              config: {config}\n"));
        assert_eq!(judged(&nested), expected, "{config}");
        assert_eq!(nested.message("unique_orders_id"), message, "{config}");
    }
}

#[test]
fn configurations_may_stand_beside_the_arguments() {
    let flat = project("id", "          - unique: {severity: warn, where: id is not null}\n");
    assert_eq!(judged(&flat), "unique_orders_id warn 1");
}

#[test]
fn a_limit_bounds_the_counted_failures() {
    let limited = project(
        "status",
        "          - accepted_values:\n              arguments: {values: [x]}\n              config: {limit: 2}\n",
    );
    assert_eq!(judged(&limited), "accepted_values_orders_status__x fail 2");
}

#[test]
fn a_test_can_be_named_described_and_given_twice() {
    let named = project(
        "id",
        "          - unique: {name: ids_differ}\n          - unique:\n              name: open_ids_differ\n              config: {where: \"status = 'open'\"}\n",
    );
    let _ = named.run(&["build"]).code(1);
    assert_eq!(named.statuses(), ["customers success", "ids_differ fail", "open_ids_differ pass", "orders success"]);
}

#[test]
fn names_and_ids_equal_those_of_dbt() {
    let project = project(
        "status",
        "          - accepted_values:\n              arguments: {values: ['a long value with spaces', 'and/another', 'third one, quite long', 'é']}\n          - not_null:\n              config: {where: 1 = 1}\n          - not_null: {name: again}\n",
    );
    let ran = project.run(&["list", "--resource-type", "test", "--output", "json", "--output-keys", "unique_id"]);
    let mut ids: Vec<String> = ran
        .success()
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["unique_id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    assert_eq!(
        ids,
        [
            "test.shop.accepted_values_orders_status__a_long_value_with_spaces__and_another__third_one_quite_long___.5c78d9712f",
            "test.shop.again.44e448cadf",
            "test.shop.not_null_orders_status.8a27272c0a",
        ]
    );
}

#[test]
fn failures_are_stored_when_asked() {
    let stored = project("id", "          - not_null: {config: {store_failures: true}}\n          - unique\n");
    let _ = stored.run(&["run"]).success();
    let _ = stored.run(&["test"]).code(1);
    assert_eq!(
        stored.relations(),
        ["main.customers view", "main.orders view", "main_dbt_test__audit.not_null_orders_id table"]
    );
    assert_eq!(stored.query("select status from main_dbt_test__audit.not_null_orders_id"), ["odd"]);
    assert_eq!(
        stored.result("not_null_orders_id")["relation_name"],
        "\"shop\".\"main_dbt_test__audit\".\"not_null_orders_id\""
    );
    let _ = stored.run(&["test", "--store-failures"]).code(1);
    assert_eq!(stored.relations().len(), 4);
}

#[test]
fn failures_can_be_stored_as_a_view_in_a_schema_and_with_an_alias() {
    let stored =
        project("id", "          - not_null: {config: {store_failures_as: view, schema: kept, alias: lost_ids}}\n");
    let _ = stored.run(&["build"]).code(1);
    assert!(stored.relations().contains(&"main_kept.lost_ids view".to_owned()), "{:?}", stored.relations());
}

#[test]
fn a_singular_test_fails_with_its_rows() {
    let project = Project::new()
        .model("orders", ORDERS)
        .file("tests/no_lost_ids.sql", "select * from {{ ref('orders') }} where id is null")
        .file("tests/soft.sql", "{{ config(severity='warn') }} select 1 as one from {{ ref('orders') }}")
        .file("tests/fine.sql", "select * from {{ ref('orders') }} where customer > 100");
    let _ = project.run(&["build"]).code(1);
    assert_eq!(project.statuses(), ["fine pass", "no_lost_ids fail", "orders success", "soft warn"]);
    assert_eq!(project.message("soft"), "Got 4 results, configured to warn if != 0");
}

#[test]
fn a_generic_test_of_the_project_is_used_with_its_arguments() {
    let project = project(
        "customer",
        "          - at_most: {arguments: {most: 50}}\n          - at_most: {most: 100}\n",
    )
    .file(
        "tests/generic/at_most.sql",
        "{% test at_most(model, column_name, most=10) %}{{ config(severity='warn') }} select * from {{ model }} where {{ column_name }} > {{ most }}{% endtest %}",
    );
    let _ = project.run(&["build"]).success();
    assert_eq!(
        project.statuses(),
        [
            "at_most_orders_customer__100 pass",
            "at_most_orders_customer__50 warn",
            "customers success",
            "orders success"
        ]
    );
}

#[test]
fn a_generic_test_may_be_for_the_whole_model() {
    let project = Project::new()
        .model("orders", ORDERS)
        .macros("{% test has_rows(model, least) %}select 1 as one where (select count(*) from {{ model }}) < {{ least }}{% endtest %}")
        .properties("models:\n  - name: orders\n    data_tests:\n      - has_rows: {arguments: {least: 3}}\n      - unique: {column_name: id, config: {severity: warn}}\n");
    let _ = project.run(&["build"]).success();
    assert_eq!(project.statuses(), ["has_rows_orders_3 pass", "orders success", "unique_orders_id warn"]);
}

#[test]
fn a_failing_test_skips_what_is_downstream_of_its_model() {
    let project = project("id", "          - unique\n          - not_null: {config: {severity: warn}}\n")
        .model("child", "select * from {{ ref('orders') }}")
        .model("grandchild", "select * from {{ ref('child') }}");
    let ran = project.run(&["build"]).code(1);
    assert_eq!(
        project.statuses(),
        [
            "child skipped",
            "customers success",
            "grandchild skipped",
            "not_null_orders_id warn",
            "orders success",
            "unique_orders_id fail"
        ]
    );
    assert!(format!("{}{}", ran.stdout, ran.stderr).contains("PASS=2 WARN=1 ERROR=1 SKIP=2 NO-OP=0 TOTAL=6"));
}

#[test]
fn tests_of_a_skipped_model_are_skipped() {
    let project = Project::new()
        .model("a", "{{ config(materialized='table') }} select error('no') as id")
        .model("b", "select * from {{ ref('a') }}")
        .properties("models:\n  - name: a\n    columns: [{name: id, data_tests: [unique]}]\n  - name: b\n    columns: [{name: id, data_tests: [not_null]}]\n");
    let _ = project.run(&["build"]).code(1);
    assert_eq!(project.statuses(), ["a error", "b skipped", "not_null_b_id skipped", "unique_a_id skipped"]);
}

#[test]
fn a_test_whose_query_fails_is_an_error_whatever_its_severity() {
    let project = project("missing", "          - unique: {config: {severity: warn}}\n");
    let _ = project.run(&["build"]).code(1);
    assert_eq!(project.statuses(), ["customers success", "orders success", "unique_orders_missing error"]);
}

#[test]
fn warnings_become_failures_when_asked() {
    let project = project("id", "          - unique: {config: {severity: warn}}\n");
    let _ = project.run(&["run"]).success();
    let _ = project.run(&["--warn-error", "test"]).code(1);
    assert_eq!(project.statuses(), ["unique_orders_id fail"]);
}

#[test]
fn sources_and_seeds_are_tested_too() {
    let project = Project::new()
        .seed("s", "id\n1\n1\n")
        .file("seeds/seeds.yml", "seeds:\n  - name: s\n    columns: [{name: id, data_tests: [unique]}]\n")
        .file(
            "models/sources.yml",
            "sources:\n  - name: raw\n    schema: main\n    tables:\n      - name: s\n        columns: [{name: id, data_tests: [not_null, unique: {config: {severity: warn}}]}]\n",
        );
    let _ = project.run(&["seed"]).success();
    let _ = project.run(&["test"]).code(1);
    assert_eq!(
        project.statuses(),
        ["source_not_null_raw_s_id pass", "source_unique_raw_s_id warn", "unique_s_id fail"]
    );
}

#[test]
fn tests_take_variables_and_macros_in_their_arguments() {
    let project = project(
        "customer",
        "          - accepted_values: {arguments: {values: \"{{ var('known') }}\", quote: false}, name: known_customers}\n",
    )
    .configured("vars: {known: [10, 11, 99]}\n");
    assert_eq!(judged(&project), "known_customers pass 0");
}
