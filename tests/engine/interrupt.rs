//! Ctrl-C and sudden death: what was committed stays, and the database can be used afterwards.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::project::Project;

/// A first model that is quick and a second one that would take hours.
fn project() -> Project {
    Project::new()
        .model("first", "{{ config(materialized='table') }} select 1 as id")
        .model(
            "long",
            "{{ config(materialized='table') }} select count(*) as n from range(10000000) a, range(10000000) b where a.range * b.range % 7 = {{ 3 }} -- after {{ ref('first') }}",
        )
        .model("after", "select * from {{ ref('long') }}")
}

fn start(project: &Project) -> Child {
    let mut command = project.command(&["--debug", "run"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until the long query runs: its compiled SQL has been written.
fn wait_for_query(project: &Project) {
    let path = project.path("target/compiled/shop/models/long.sql");
    let begun = Instant::now();
    while !path.exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the query never began");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(200));
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_the_run_in_order() {
    let project = project();
    let mut child = start(&project);
    wait_for_query(&project);
    signal(&child, "-INT");
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130), "{stderr}");
    assert!(stderr.contains("Interrupted: what was not begun was skipped"), "{stderr}");
    assert!(stderr.contains("PASS=1 WARN=0 ERROR=1 SKIP=1 NO-OP=0 TOTAL=3"), "{stderr}");
    assert_eq!(project.statuses(), ["after skipped", "first success", "long error"]);
    assert_eq!(project.relations(), ["main.first table"]);
    let _ = project.run(&["run", "--select", "first"]).success();
}

#[test]
#[cfg(unix)]
fn a_killed_process_leaves_what_was_committed() {
    let project = project();
    let mut child = start(&project);
    wait_for_query(&project);
    signal(&child, "-KILL");
    child.wait().unwrap();
    assert_eq!(project.relations(), ["main.first table"]);
    assert_eq!(project.query("select id from first"), ["1"]);
    let _ = project.run(&["run", "--select", "first"]).success();
}
