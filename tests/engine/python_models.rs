//! Models in Python, by an interpreter with the module `duckdb`: the one that `MARTLET_TEST_PYTHON` names, else `python3`. Where that
//! has no such module, the tests require the message that says so.

use std::process::{Command, Stdio};

use crate::project::Project;

/// Returns the interpreter of the tests.
fn python() -> String {
    std::env::var("MARTLET_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned())
}

fn has_module(name: &str) -> bool {
    let mut command = Command::new(python());
    let command = command.args(["-c", &format!("import {name}")]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Builds a project; false where there is no module `duckdb`, after a look at the message.
fn builds(project: &Project) -> bool {
    let ran = project.run(&["run"]);
    if has_module("duckdb") {
        let _ = ran.success();
        return true;
    }
    let _ = ran.code(1).says("E0722").says("MARTLET_PYTHON");
    false
}

fn project() -> Project {
    Project::new().env("MARTLET_PYTHON", &python()).model(
        "orders",
        "{{ config(materialized='table') }} select 1 as id, 10.5::decimal(10, 2) as amount, date '2025-01-02' as day \
         union all select 2, 20, null",
    )
}

#[test]
fn a_model_returns_a_relation_of_its_inputs() {
    let project = project()
        .file(
            "models/doubled.py",
            "def model(dbt, session):\n    dbt.config(materialized='table')\n    orders = dbt.ref('orders')\n    return orders.project('id, amount * 2 as amount, day')\n",
        )
        .model("below", "select sum(amount) as total from {{ ref('doubled') }}");
    if builds(&project) {
        assert_eq!(project.query("select * from doubled order by id"), ["1|21.00|2025-01-02", "2|40.00|NULL"]);
        assert_eq!(project.query("select total from below"), ["61.00"]);
        assert_eq!(project.columns("doubled")[0], "id INTEGER");
    }
}

#[test]
fn a_model_knows_its_configuration_its_relation_and_its_sources() {
    let project = project()
        .properties(
            "sources:\n  - name: raw\n    schema: main\n    tables: [{name: orders}]\nmodels:\n  - name: told\n    config: {rate: 3, meta: {word: from meta}}\n",
        )
        .file(
            "models/told.py",
            "def model(dbt, session):\n    dbt.config(materialized='table')\n    rate = dbt.config.get('rate')\n    word = dbt.config.get('word', 'none')\n    dbt.ref('orders')\n    rows = dbt.source('raw', 'orders').count('*').fetchall()[0][0]\n    return session.sql(f\"select {rate} as rate, '{word}' as word, {rows} as rows, '{dbt.this.identifier}' as name, {dbt.is_incremental} as later\")\n",
        );
    if builds(&project) {
        assert_eq!(project.query("select * from told"), ["3|from meta|2|told|false"]);
    }
}

#[test]
fn an_incremental_model_reads_what_it_made_before() {
    let model = "def model(dbt, session):\n    dbt.config(materialized='incremental')\n    orders = dbt.ref('orders')\n    if dbt.is_incremental:\n        last = session.sql(f'select max(id) from {dbt.this}').fetchall()[0][0]\n        return orders.filter(f'id > {last}')\n    return orders.filter('id < 2')\n";
    let project = project().file("models/grown.py", model);
    if builds(&project) {
        assert_eq!(project.query("select id from grown"), ["1"]);
        let _ = project.run(&["run"]).success();
        let _ = project.run(&["run"]).success();
        assert_eq!(project.query("select id from grown order by id"), ["1", "2"]);
    }
}

#[test]
fn a_model_that_fails_shows_pythons_trace() {
    let project = project().file(
        "models/broken.py",
        "def model(dbt, session):\n    dbt.config(materialized='table')\n    raise ValueError('no such luck')\n    return None\n",
    );
    if has_module("duckdb") {
        let ran = project.run(&["run"]).code(1);
        let _ = ran.says("Python model failed: ValueError: no such luck").says("models/broken.py");
        assert_eq!(project.statuses(), ["broken error", "orders success"]);
    } else {
        assert!(!builds(&project));
    }
}

#[test]
fn a_model_that_returns_nothing_at_its_end_is_refused_as_the_project_is_read() {
    let project = project().file("models/broken.py", "def model(dbt, session):\n    raise ValueError('no')\n");
    let says = "In current version, model function should return only one dataframe object";
    let _ = project.run(&["parse"]).code(2).says(says).says("models/broken.py:1:1");
}

#[test]
fn a_model_may_return_nothing_to_a_materialization_of_the_project_only() {
    let nothing = "def model(dbt, session):\n    dbt.config(materialized='MADE')\n    return\n";
    let materialization = "{% materialization own, supported_languages=['python'] %}\n{% call statement('main') %}create or replace table {{ this }} as select 7 as n{% endcall %}\n{{ adapter.commit() }}\n{{ return({'relations': [this.incorporate(type='table')]}) }}\n{% endmaterialization %}\n";
    let project = project().macros(materialization).file("models/silent.py", &nothing.replace("MADE", "own"));
    if builds(&project) {
        assert_eq!(project.query("select n from silent"), ["7"]);
        let project = project.file("models/silent.py", &nothing.replace("MADE", "table"));
        let says = "<class 'NoneType'> is not a supported type for dbt Python materialization";
        let _ = project.run(&["run"]).code(1).says(says);
    }
}

#[test]
fn a_model_may_return_a_data_frame() {
    let project = project().file(
        "models/frame.py",
        "import pandas as pd\n\n\ndef model(dbt, session):\n    dbt.config(materialized='table')\n    frame = dbt.ref('orders').df()\n    frame['twice'] = frame['id'] * 2\n    return pd.DataFrame(frame[['id', 'twice']])\n",
    );
    if has_module("duckdb") && !has_module("pandas") {
        let _ = project.run(&["run"]).code(1).says("No module named 'pandas'");
    } else if builds(&project) {
        assert_eq!(project.query("select * from frame order by id"), ["1|2", "2|4"]);
    }
}

#[test]
fn types_that_files_do_not_keep_are_those_of_what_was_returned() {
    let code = "def model(dbt, session):\n    return session.sql(\"select 'a'::enum('a', 'b') as e, '2024-01-01'::timestamp_s as s, 7::hugeint as h, null as n\")\n";
    let project = project().file("models/typed.py", code);
    if !builds(&project) {
        return;
    }
    let types = "select typeof(e) || ' ' || typeof(s) || ' ' || typeof(h) || ' ' || typeof(n) from typed";
    assert_eq!(project.query(types), ["ENUM('a', 'b') TIMESTAMP_S HUGEINT INTEGER"]);
}

#[test]
fn a_model_may_return_batches_that_still_come_out_of_its_session() {
    let code = "import pyarrow as pa\n\ndef model(dbt, session):\n    rows = session.sql('select i from range(5000) t(i)').fetch_record_batch(1000)\n    return pa.RecordBatchReader.from_batches(rows.schema, (batch for batch in rows))\n";
    let project = project().file("models/batches.py", code);
    if !has_module("pyarrow") || !builds(&project) {
        return;
    }
    assert_eq!(project.query("select count(*) from batches"), ["5000"]);
}
