//! `--select`, `--exclude` and what goes with them, seen through `list`; expected lists are those of dbt.

use crate::project::Project;

fn shop() -> Project {
    Project::new()
        .configured("models:\n  shop:\n    staging: {+tags: [stage]}\n    marts: {+materialized: table}\n")
        .seed("raw_orders", "id,customer\n1,1\n")
        .file("models/sources.yml", "sources:\n  - name: crm\n    tags: [outside]\n    tables: [{name: people, columns: [{name: id, data_tests: [not_null]}]}]\n")
        .file("models/staging/stg_orders.sql", "select * from {{ ref('raw_orders') }}")
        .file("models/staging/stg_people.sql", "{{ config(tags=['people']) }} select 1 as id from {{ source('crm', 'people') }}")
        .file("models/marts/orders.sql", "select o.* from {{ ref('stg_orders') }} o, {{ ref('stg_people') }} p")
        .file("models/marts/daily.sql", "{{ config(tags='night', meta={'owner': 'ada'}) }} select * from {{ ref('orders') }}")
        .file("models/marts/people.sql", "{{ config(materialized='view') }} select * from {{ ref('stg_people') }}")
        .file(
            "models/marts/marts.yml",
            "models:\n  - name: orders\n    columns: [{name: id, data_tests: [unique, {relationships: {to: ref('stg_orders'), field: id}}]}]\n  - name: people\n    columns: [{name: id, data_tests: [not_null: {tags: [deep]}]}]\nexposures:\n  - name: board\n    type: dashboard\n    owner: {name: Ada}\n    depends_on: [ref('daily')]\n",
        )
        .file("tests/orders_are_few.sql", "select * from {{ ref('orders') }} where id > 100")
        .file("analyses/look.sql", "select * from {{ ref('people') }}")
}

#[track_caller]
fn listed(project: &Project, arguments: &[&str]) -> String {
    let ran = project.run(&[&["list", "--output", "name"], arguments].concat()).success();
    let mut names: Vec<&str> = ran.stdout.lines().collect();
    names.sort_unstable();
    names.join(" ")
}

const RELATIONSHIP: &str = "relationships_orders_id__id__ref_stg_orders_";

#[test]
fn expressions_select_what_dbt_selects() {
    let project = shop();
    let all_of_orders = format!("orders orders_are_few {RELATIONSHIP} unique_orders_id");
    let cases: Vec<(&[&str], String)> = vec![
        (&["-s", "orders"], all_of_orders.clone()),
        (&["-s", "shop.marts.orders"], all_of_orders.clone()),
        (&["-s", "marts", "--resource-type", "model"], "daily orders people".into()),
        (&["-s", "+orders", "--resource-type", "model"], "orders stg_orders stg_people".into()),
        (&["-s", "orders+", "--resource-type", "model"], "daily orders".into()),
        (&["-s", "1+daily", "--resource-type", "model"], "daily orders".into()),
        (&["-s", "stg_people+1", "--resource-type", "model"], "orders people stg_people".into()),
        (&["-s", "@people", "--resource-type", "model"], "people stg_people".into()),
        (&["-s", "@stg_people", "--resource-type", "model"], "daily orders people stg_orders stg_people".into()),
        (&["-s", "tag:stage"], format!("{RELATIONSHIP} stg_orders stg_people")),
        (&["-s", "tag:stage,tag:people"], "stg_people".into()),
        (&["-s", "tag:night tag:people"], "daily stg_people".into()),
        (&["-s", "tag:night", "tag:people"], "daily stg_people".into()),
        (&["-s", "path:models/marts", "--resource-type", "model"], "daily orders people".into()),
        (&["-s", "models/staging"], format!("{RELATIONSHIP} stg_orders stg_people")),
        (&["-s", "stg_orders.sql"], format!("{RELATIONSHIP} stg_orders")),
        (&["-s", "file:people.sql"], "not_null_people_id people".into()),
        (&["-s", "source:crm"], "crm.people source_not_null_crm_people_id".into()),
        (&["-s", "source:crm.people+", "--resource-type", "model"], "daily orders people stg_people".into()),
        (&["-s", "config.materialized:table", "--resource-type", "model"], "daily orders".into()),
        (&["-s", "config.meta.owner:ada"], "daily".into()),
        (&["-s", "resource_type:seed"], "raw_orders".into()),
        (&["-s", "resource_type:source"], "crm.people source_not_null_crm_people_id".into()),
        (&["-s", "test_type:singular"], "orders_are_few".into()),
        (&["-s", "test_name:not_null"], "not_null_people_id source_not_null_crm_people_id".into()),
        (&["-s", "test_type:generic,tag:deep"], "not_null_people_id".into()),
        (&["-s", "package:shop", "--resource-type", "seed"], "raw_orders".into()),
        (&["-s", "package:this", "--resource-type", "analysis"], "look".into()),
        (&["-s", "exposure:board"], "board".into()),
        (&["-s", "+exposure:board", "--resource-type", "model"], "daily orders stg_orders stg_people".into()),
        (&["-s", "stg_*", "--resource-type", "model"], "stg_orders stg_people".into()),
        (&["-s", "*_people", "--resource-type", "model"], "stg_people".into()),
        (&["-s", "+daily", "--exclude", "+stg_orders", "--resource-type", "model"], "daily orders stg_people".into()),
        (&["-s", "marts", "--exclude", "config.materialized:view", "--resource-type", "model"], "daily orders".into()),
        (&["--exclude", "resource_type:test", "marts", "staging"], "crm.people raw_orders".into()),
        (&["--resource-type", "exposure"], "board".into()),
        (&["--resource-type", "source", "--resource-type", "seed"], "crm.people raw_orders".into()),
        (&["--exclude-resource-type", "test", "-s", "orders"], "orders".into()),
        (&["-s", "orders", "--indirect-selection", "cautious"], "orders orders_are_few unique_orders_id".into()),
        (&["-s", "orders", "--indirect-selection", "buildable"], all_of_orders.clone()),
        (&["-s", "orders", "--indirect-selection", "empty"], "orders".into()),
        (&["-s", "stg_orders"], format!("{RELATIONSHIP} stg_orders")),
        (&["-s", "stg_orders", "--indirect-selection", "cautious"], "stg_orders".into()),
    ];
    let mut wrong = Vec::new();
    for (arguments, expected) in cases {
        let found = listed(&project, arguments);
        if found != expected {
            wrong.push(format!("{arguments:?}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn run_builds_what_is_selected_with_its_ancestors() {
    let project = shop();
    let _ = project.run(&["seed"]).success();
    let _ = project.run(&["run", "--select", "+stg_orders"]).success();
    assert_eq!(project.statuses(), ["stg_orders success"]);
    let _ = project.run(&["build", "--select", "raw_orders+1", "--exclude", "resource_type:test"]).success();
    assert_eq!(project.statuses(), ["raw_orders success", "stg_orders success"]);
}
