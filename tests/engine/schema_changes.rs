//! Incremental models whose columns change: every strategy with every `on_schema_change`, against what dbt made of them.

use std::fmt::Write as _;

use crate::project::Project;

/// What the second run selects, after `select 1 as id, 'a' as name union all select 2, 'b'` in the first.
const SECOND: [(&str, &str); 6] = [
    ("added", "select 2 as id, 'n' as name, 7 as more union all select 3, 'o', 8"),
    ("removed", "select 2 as id union all select 3"),
    ("retyped", "select 2 as id, 20.5::double as name union all select 3, 30.5"),
    ("wider", "select 3000000000 as id, 'n' as name"),
    ("reordered", "select 'n' as name, 2 as id union all select 'o', 3"),
    ("same", "select 2 as id, 'n' as name union all select 3, 'o'"),
];

/// Strategy, `on_schema_change`, change; then, of dbt 1.11 with dbt-duckdb 1.10: status of the second run, columns, rows.
const CASES: [(&str, &str, &str, &str, &str, &str); 69] = [
    ("append", "ignore", "added", "success", "id INTEGER, name VARCHAR", "1|a; 2|b; 2|n; 3|o"),
    ("append", "ignore", "removed", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("append", "ignore", "retyped", "success", "id INTEGER, name VARCHAR", "1|a; 2|20.5; 2|b; 3|30.5"),
    ("append", "ignore", "wider", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("append", "ignore", "reordered", "success", "id INTEGER, name VARCHAR", "1|a; 2|b; 2|n; 3|o"),
    ("append", "ignore", "same", "success", "id INTEGER, name VARCHAR", "1|a; 2|b; 2|n; 3|o"),
    (
        "append",
        "append_new_columns",
        "added",
        "success",
        "id INTEGER, name VARCHAR, more INTEGER",
        "1|a|NULL; 2|b|NULL; 2|n|7; 3|o|8",
    ),
    ("append", "append_new_columns", "removed", "success", "id INTEGER, name VARCHAR", "1|a; 2|NULL; 2|b; 3|NULL"),
    ("append", "append_new_columns", "retyped", "success", "id INTEGER, name VARCHAR", "1|a; 2|20.5; 2|b; 3|30.5"),
    ("append", "append_new_columns", "wider", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("append", "append_new_columns", "reordered", "success", "id INTEGER, name VARCHAR", "1|a; 2|b; 2|n; 3|o"),
    ("append", "append_new_columns", "same", "success", "id INTEGER, name VARCHAR", "1|a; 2|b; 2|n; 3|o"),
    (
        "append",
        "sync_all_columns",
        "added",
        "success",
        "id INTEGER, name VARCHAR, more INTEGER",
        "1|a|NULL; 2|b|NULL; 2|n|7; 3|o|8",
    ),
    ("append", "sync_all_columns", "removed", "success", "id INTEGER", "1; 2; 2; 3"),
    ("append", "sync_all_columns", "retyped", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("append", "sync_all_columns", "reordered", "success", "id INTEGER, name VARCHAR", "1|a; 2|b; 2|n; 3|o"),
    ("append", "sync_all_columns", "same", "success", "id INTEGER, name VARCHAR", "1|a; 2|b; 2|n; 3|o"),
    ("append", "fail", "added", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("append", "fail", "removed", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("append", "fail", "retyped", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("append", "fail", "wider", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("append", "fail", "reordered", "success", "id INTEGER, name VARCHAR", "1|a; 2|b; 2|n; 3|o"),
    ("append", "fail", "same", "success", "id INTEGER, name VARCHAR", "1|a; 2|b; 2|n; 3|o"),
    ("delete+insert", "ignore", "added", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    ("delete+insert", "ignore", "removed", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("delete+insert", "ignore", "retyped", "success", "id INTEGER, name VARCHAR", "1|a; 2|20.5; 3|30.5"),
    ("delete+insert", "ignore", "wider", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("delete+insert", "ignore", "reordered", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    ("delete+insert", "ignore", "same", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    (
        "delete+insert",
        "append_new_columns",
        "added",
        "success",
        "id INTEGER, name VARCHAR, more INTEGER",
        "1|a|NULL; 2|n|7; 3|o|8",
    ),
    ("delete+insert", "append_new_columns", "removed", "success", "id INTEGER, name VARCHAR", "1|a; 2|NULL; 3|NULL"),
    ("delete+insert", "append_new_columns", "retyped", "success", "id INTEGER, name VARCHAR", "1|a; 2|20.5; 3|30.5"),
    ("delete+insert", "append_new_columns", "wider", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("delete+insert", "append_new_columns", "reordered", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    ("delete+insert", "append_new_columns", "same", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    (
        "delete+insert",
        "sync_all_columns",
        "added",
        "success",
        "id INTEGER, name VARCHAR, more INTEGER",
        "1|a|NULL; 2|n|7; 3|o|8",
    ),
    ("delete+insert", "sync_all_columns", "removed", "success", "id INTEGER", "1; 2; 3"),
    ("delete+insert", "sync_all_columns", "retyped", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("delete+insert", "sync_all_columns", "reordered", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    ("delete+insert", "sync_all_columns", "same", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    ("delete+insert", "fail", "added", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("delete+insert", "fail", "removed", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("delete+insert", "fail", "retyped", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("delete+insert", "fail", "wider", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("delete+insert", "fail", "reordered", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    ("delete+insert", "fail", "same", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    ("merge", "ignore", "added", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("merge", "ignore", "removed", "success", "id INTEGER, name VARCHAR", "1|a; 2|b; 3|NULL"),
    ("merge", "ignore", "retyped", "success", "id INTEGER, name VARCHAR", "1|a; 2|20.5; 3|30.5"),
    ("merge", "ignore", "wider", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("merge", "ignore", "reordered", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    ("merge", "ignore", "same", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    (
        "merge",
        "append_new_columns",
        "added",
        "success",
        "id INTEGER, name VARCHAR, more INTEGER",
        "1|a|NULL; 2|n|7; 3|o|8",
    ),
    ("merge", "append_new_columns", "removed", "success", "id INTEGER, name VARCHAR", "1|a; 2|b; 3|NULL"),
    ("merge", "append_new_columns", "retyped", "success", "id INTEGER, name VARCHAR", "1|a; 2|20.5; 3|30.5"),
    ("merge", "append_new_columns", "wider", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("merge", "append_new_columns", "reordered", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    ("merge", "append_new_columns", "same", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    (
        "merge",
        "sync_all_columns",
        "added",
        "success",
        "id INTEGER, name VARCHAR, more INTEGER",
        "1|a|NULL; 2|n|7; 3|o|8",
    ),
    ("merge", "sync_all_columns", "removed", "success", "id INTEGER", "1; 2; 3"),
    ("merge", "sync_all_columns", "retyped", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("merge", "sync_all_columns", "reordered", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    ("merge", "sync_all_columns", "same", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    ("merge", "fail", "added", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("merge", "fail", "removed", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("merge", "fail", "retyped", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("merge", "fail", "wider", "error", "id INTEGER, name VARCHAR", "1|a; 2|b"),
    ("merge", "fail", "reordered", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
    ("merge", "fail", "same", "success", "id INTEGER, name VARCHAR", "1|a; 2|n; 3|o"),
];

fn model(strategy: &str, on_schema_change: &str, change: &str) -> String {
    let second = SECOND.iter().find(|(name, _)| *name == change).unwrap().1;
    let mut config = format!("incremental_strategy='{strategy}', on_schema_change='{on_schema_change}'");
    if strategy != "append" {
        write!(config, ", unique_key='id'").unwrap();
    }
    format!(
        "{{{{ config(materialized='incremental', {config}) }}}}\n{{% if is_incremental() %}}{second}{{% else %}}\
         select 1 as id, 'a' as name union all select 2, 'b'{{% endif %}}\n"
    )
}

fn name(strategy: &str, on_schema_change: &str, change: &str) -> String {
    format!("{}__{on_schema_change}__{change}", strategy.replace('+', "_"))
}

#[test]
fn every_strategy_meets_every_change_of_columns_as_in_dbt() {
    let mut project = Project::new();
    for (strategy, on_schema_change, change, ..) in CASES {
        project = project.model(&name(strategy, on_schema_change, change), &model(strategy, on_schema_change, change));
    }
    let _ = project.run(&["run"]).success();
    let _ = project.run(&["run"]).code(1);
    for (strategy, on_schema_change, change, status, columns, rows) in CASES {
        let name = name(strategy, on_schema_change, change);
        assert_eq!(project.result(&name)["status"], status, "{name}");
        assert_eq!(project.columns(&name).join(", "), columns, "{name}");
        let names = columns.split(", ").map(|column| column.split(' ').next().unwrap());
        let shown: Vec<String> = names.map(|name| format!("coalesce({name}::varchar, 'NULL')")).collect();
        let sql = format!("select concat_ws('|', {}) as line from {name} order by line", shown.join(", "));
        assert_eq!(project.query(&sql).join("; "), rows, "{name}");
    }
}
