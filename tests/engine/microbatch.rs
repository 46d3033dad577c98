//! Models that are built in batches of event time, and the windows of `--sample` and `--empty`.

use crate::project::Project;

const INPUT: &str = "{{ config(materialized='table', event_time='happened') }}\n\
    select 1 as id, timestamp '2020-01-01' as happened union all select 2, timestamp '2020-01-02' union all select 3, timestamp '2020-01-03'";

fn project(config: &str, more: &str) -> Project {
    let sql = format!(
        "{{{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='day',\n\
         begin='2020-01-01'{config}) }}}}\nselect *, '{{{{ model.batch.id }}}}' as batch, {{{{ is_incremental() }}}} as adds\n\
         from {{{{ ref('input') }}}} {more}"
    );
    Project::new().model("input", INPUT).model("a", &sql)
}

const WINDOW: [&str; 5] = ["run", "--event-time-start", "2020-01-01", "--event-time-end", "2020-01-04"];

#[test]
fn each_batch_reads_its_own_window_and_has_its_own_files() {
    let project = project("", "");
    let _ = project.run(&WINDOW).success();
    assert_eq!(
        project.query("select id, batch, adds from a order by id"),
        ["1|20200101|false", "2|20200102|true", "3|20200103|true"]
    );
    let compiled = project.read("target/compiled/shop/models/a/a_2020-01-02.sql");
    assert!(compiled.contains(
        "(select * from \"shop\".\"main\".\"input\" where happened >= '2020-01-02 00:00:00+00:00' and happened < '2020-01-03 00:00:00+00:00')"
    ));
    assert!(project.read("target/run/shop/models/a/a_2020-01-02.sql").contains("delete from"));
    let result = project.result("a");
    assert_eq!(result["message"], "SUCCESS");
    assert_eq!(result["adapter_response"], serde_json::json!({}));
    assert_eq!(result["batch_results"]["failed"], serde_json::json!([]));
    assert_eq!(
        result["batch_results"]["successful"][1],
        serde_json::json!(["2020-01-02T00:00:00+00:00", "2020-01-03T00:00:00+00:00"])
    );
}

#[test]
fn a_batch_that_fails_leaves_the_others_and_is_retried_alone() {
    let condition = "{% if model.batch and model.batch.id == var('bad', '') | string %} where error('bad') {% endif %}";
    let project = project("", condition);
    let bad = [&WINDOW[..], &["--vars", "{bad: 20200102}"]].concat();
    let _ = project.run(&bad).code(1);
    assert_eq!(project.result("a")["status"], "partial success");
    assert_eq!(project.message("a"), "PARTIAL SUCCESS (2/3)");
    assert_eq!(project.query("select id from a order by id"), ["1", "3"]);
    let ran = project.run(&["retry", "--vars", "{}"]).success();
    assert!(ran.stderr.contains("Batch 1 of 1 OK created batch 2020-01-02 of main.a"), "{}", ran.stderr);
    assert_eq!(project.query("select id from a order by id"), ["1", "2", "3"]);
    assert_eq!(project.result("a")["batch_results"]["successful"].as_array().map(Vec::len), Some(3));
}

#[test]
fn when_the_first_batch_fails_the_others_are_not_tried() {
    let project = project("", "{% if model.batch and model.batch.id == '20200101' %} where error('bad') {% endif %}");
    let ran = project.run(&WINDOW).code(1);
    assert!(ran.stderr.contains("Batch 3 of 3 SKIP batch 2020-01-03 of main.a"), "{}", ran.stderr);
    assert_eq!(project.message("a"), "ERROR");
    assert_eq!(project.result("a")["batch_results"]["failed"].as_array().map(Vec::len), Some(3));
}

#[test]
fn hooks_run_once_and_batches_may_run_beside_each_other() {
    let config = ", concurrent_batches=true, pre_hook=\"create table if not exists hooked (n varchar); insert into hooked values ('before')\", \
                  post_hook=\"insert into hooked values ('after')\"";
    let project = project(config, "");
    let ran = project.run(&[&WINDOW[..], &["--threads", "4", "--log-level", "debug"]].concat()).success();
    assert!(ran.stderr.contains("batch 2020-01-02 of main.a is being run concurrently"), "{}", ran.stderr);
    assert!(ran.stderr.contains("batch 2020-01-03 of main.a is being run sequentially"), "{}", ran.stderr);
    assert_eq!(project.query("select n from hooked"), ["before", "after"]);
    assert_eq!(project.query("select count(*) from a"), ["3"]);
}

#[test]
fn what_a_microbatch_model_lacks_is_said_in_dbts_words() {
    let model = |config: &str| {
        let sql = format!(
            "{{{{ config(materialized='incremental', incremental_strategy='microbatch'{config}) }}}}\nselect 1 as id"
        );
        Project::new().model("a", &sql).run(&["parse"]).code(2).stderr
    };
    let said = model("");
    for words in [
        "must provide an 'event_time' (string) config",
        "must provide a 'begin' (datetime) config",
        "must provide a 'batch_size' config",
    ] {
        assert!(said.contains(words), "{said}");
    }
    let said = model(", event_time='happened', begin='soon', batch_size='week'");
    assert!(said.contains("must provide a 'begin' config of valid datetime (ISO format), but got: soon."), "{said}");
    assert!(said.contains("one of ['hour', 'day', 'month', 'year'], but got: week."), "{said}");
}

#[test]
fn a_sample_reads_a_window_of_what_has_an_event_time() {
    let sql = "select * from {{ ref('input') }} union all select 9, null from {{ ref('input').render() }}";
    let project =
        Project::new().model("input", INPUT).model("a", &format!("{{{{ config(materialized='table') }}}}\n{sql}"));
    let _ = project.run(&["run", "--sample", "{start: '2020-01-02', end: '2020-01-03'}"]).success();
    assert_eq!(project.query("select id from a order by id"), ["2", "9", "9", "9"]);
    let ran = project.run(&["run", "--sample", "3 weeks"]).code(2);
    assert!(
        ran.stderr.contains("Invalid grain size 'weeks'. Must be one of ['hour', 'day', 'month', 'year', 'hours'"),
        "{}",
        ran.stderr
    );
}

#[test]
fn an_empty_run_reads_no_rows_but_a_rendered_name_is_a_name() {
    let sql = "{{ config(materialized='table') }}\nselect id from {{ ref('input') }} union all select count(*) from {{ ref('input').render() }}";
    let project = Project::new().model("input", INPUT).model("a", sql);
    let _ = project.run(&["run", "--empty"]).success();
    assert_eq!(project.query("select id from a"), ["3"]);
}

#[test]
fn both_ends_of_the_window_are_needed() {
    let ran = project("", "").run(&["run", "--event-time-start", "2020-01-01"]).code(2);
    assert!(
        ran.stderr.contains("The flag `--event-time-start` was specified, but `--event-time-end` was not."),
        "{}",
        ran.stderr
    );
}
