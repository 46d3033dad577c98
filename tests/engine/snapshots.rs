//! Snapshots: both forms, both strategies, rows that go, columns that come. Expected rows are those that dbt writes.

use crate::project::Project;

const FIRST: &str = "id,part,name,updated_at\n1,a,one,2024-01-01\n2,b,two,2024-01-01\n3,c,three,2024-01-01\n";
const SECOND: &str = "id,part,name,updated_at,extra\n1,a,ONE,2024-01-02,5\n2,b,two,2024-01-01,6\n";
const THIRD: &str =
    "id,part,name,updated_at,extra\n1,a,ONE,2024-01-03,5\n2,b,two,2024-01-01,7\n3,c,three again,2024-01-03,8\n";

/// Runs the seed `input` and the snapshots once with each of three states of the rows.
#[track_caller]
fn thrice(project: Project) -> Project {
    let mut project = project;
    for rows in [FIRST, SECOND, THIRD] {
        project = project.seed("input", rows);
        let _ = project.run(&["seed", "--full-refresh"]).success();
        let _ = project.run(&["snapshot"]).success();
    }
    project
}

fn declared(config: &str) -> Project {
    let yaml = format!("snapshots:\n  - name: snap\n    relation: ref('input')\n    config: {{{config}}}\n");
    Project::new().file("snapshots/snap.yml", &yaml)
}

#[test]
fn a_timestamp_ends_the_version_before_and_new_columns_come_before_the_own_ones() {
    let project = thrice(declared("unique_key: id, strategy: timestamp, updated_at: updated_at"));
    assert_eq!(
        project.query("select id, name, extra, dbt_valid_from, dbt_valid_to from snap order by id, dbt_valid_from"),
        [
            "1|one|NULL|2024-01-01|2024-01-02",
            "1|ONE|5|2024-01-02|2024-01-03",
            "1|ONE|5|2024-01-03|NULL",
            "2|two|NULL|2024-01-01|NULL",
            "3|three|NULL|2024-01-01|2024-01-03",
            "3|three again|8|2024-01-03|NULL",
        ]
    );
    let scd = "select md5('1' || '|' || '2024-01-02') = dbt_scd_id from snap where dbt_valid_from = '2024-01-02'";
    assert_eq!(project.query(scd), ["true"]);
}

#[test]
fn a_block_may_end_versions_of_rows_that_are_gone() {
    let block = "{% snapshot snap %}\n{{ config(strategy='timestamp', unique_key=\"id || '-' || part\", updated_at='updated_at',\n\
                 invalidate_hard_deletes=True, target_schema='history') }}\nselect * from {{ ref('input') }}\n{% endsnapshot %}\n";
    let project =
        thrice(Project::new().file("snapshots/snap.sql", block).model("down", "select * from {{ ref('snap') }}"));
    assert_eq!(project.result("snap")["relation_name"], "\"shop\".\"history\".\"snap\"");
    let _ = project.run(&["run"]).success();
    let rows = "select id, name, dbt_valid_to is null from down order by id, dbt_valid_from";
    assert_eq!(
        project.query(rows),
        ["1|one|false", "1|ONE|false", "1|ONE|true", "2|two|true", "3|three|false", "3|three again|true"]
    );
}

#[test]
fn a_check_of_all_columns_with_a_composite_key_sees_each_change() {
    let project =
        thrice(declared("strategy: check, unique_key: [id, part], check_cols: all, hard_deletes: invalidate"));
    assert_eq!(
        project.query("select id, name, extra, dbt_valid_to is null from snap order by id, dbt_valid_from"),
        [
            "1|one|NULL|false",
            "1|ONE|5|false",
            "1|ONE|5|true",
            "2|two|NULL|false",
            "2|two|6|false",
            "2|two|7|true",
            "3|three|NULL|false",
            "3|three again|8|true",
        ]
    );
}

#[test]
fn rows_that_are_gone_may_be_recorded_under_names_of_the_project() {
    let project = thrice(declared(
        "unique_key: id, strategy: timestamp, updated_at: updated_at, hard_deletes: new_record, dbt_valid_to_current: \"date '9999-12-31'\", \
         snapshot_meta_column_names: {dbt_valid_to: until, dbt_is_deleted: gone}",
    ));
    let rows = "select id, name, gone, until = date '9999-12-31' from snap where id = 3 order by dbt_valid_from, gone";
    let mut found = project.query(rows);
    found.sort();
    assert_eq!(found, ["3|three again|False|true", "3|three|False|false", "3|three|True|false"]);
}

#[test]
fn what_a_snapshot_lacks_is_said_in_dbts_words() {
    let cases = [
        (
            "unique_key: id, strategy: timestamp",
            "A snapshot configured with the timestamp strategy must specify an updated_at configuration.",
        ),
        (
            "unique_key: id, strategy: check",
            "A snapshot configured with the check strategy must specify a check_cols configuration.",
        ),
        (
            "unique_key: id, strategy: check, check_cols: name",
            "Invalid value for 'check_cols': name. Expected 'all' or a list of strings.",
        ),
        ("unique_key: id, updated_at: updated_at", "Snapshots must be configured with a 'strategy' and 'unique_key'."),
    ];
    for (config, words) in cases {
        let ran = declared(config).seed("input", FIRST).run(&["parse"]).code(2);
        assert!(ran.stderr.contains(words), "{config}: {}", ran.stderr);
    }
}

#[test]
fn a_strategy_may_be_a_macro_of_a_package() {
    let block = "{% snapshot snap %}\n{{ config(strategy='shop.own', unique_key='id') }}\nselect * from {{ ref('input') }}\n{% endsnapshot %}\n";
    let own = "{% macro snapshot_own_strategy(node, old, new, config, target_exists) %}\n\
               {{ return({'unique_key': 'id', 'updated_at': 'updated_at', 'row_changed': '(' ~ old ~ '.name != ' ~ new ~ '.name)',\n\
               'scd_id': snapshot_hash_arguments(['id', 'updated_at']), 'invalidate_hard_deletes': false, 'hard_deletes': 'ignore'}) }}\n{% endmacro %}\n";
    let project = thrice(Project::new().file("snapshots/snap.sql", block).macros(own));
    assert_eq!(project.query("select count(*) from snap"), ["5"]);
}
