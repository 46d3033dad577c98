//! `init`: new projects, and profiles for projects that are there; words, questions and exit codes are those of dbt.

#![allow(unused_must_use, reason = "a run is judged where it is made")]

use std::io::Write;
use std::process::Stdio;

use crate::project::Project;

const QUESTION: &str = "Enter a name for your project (letters, digits, underscore): ";

/// Runs a command with answers to its questions; returns its code, stdout and stderr.
fn answered(project: &Project, arguments: &[&str], answers: &str) -> (i32, String, String) {
    let mut command = project.command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_project_that_is_there_is_left_alone() {
    let project = Project::empty();
    project.run(&["init", "fresh"]).success();
    std::fs::write(project.path("fresh/project.yml"), "name: mine\n").unwrap();
    project.run(&["init", "fresh"]).success().says("A project called fresh already exists here.");
    assert_eq!(project.read("fresh/project.yml"), "name: mine\n");
}

#[test]
fn names_are_asked_for_until_one_is_valid() {
    let project = Project::empty();
    let (code, stdout, stderr) = answered(&project, &["init", "bad-name", "-s"], "1st\ndbt\nfresh\n");
    assert_eq!(code, 0, "{stderr}");
    let refused = |name: &str| format!("{name} is not a valid project name.\n{QUESTION}");
    assert_eq!(stdout, refused("bad-name") + &refused("1st") + &refused("dbt"));
    assert!(project.path("fresh/dbt_project.yml").is_file());
    let (code, stdout, stderr) = answered(&project, &["init"], "");
    assert_eq!((code, stdout.trim_end()), (2, QUESTION.trim_end()));
    assert!(stderr.contains("a project needs a name"), "{stderr}");
    project.run(&["init", "1 bad"]).code(2).says("`1 bad` cannot be the name of a project");
}

#[test]
fn a_project_may_use_a_profile_that_is_there() {
    let profiles = "shared:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shared.duckdb}\n";
    let project = Project::empty().file("profiles.yml", profiles);
    project.run(&["init", "fresh", "--profile", "none"]).code(2).says("Could not find profile named 'none'");
    assert!(!project.path("fresh").exists());
    project.run(&["init", "fresh", "--profile", "shared"]).success();
    assert!(project.read("fresh/dbt_project.yml").contains("profile: shared\n"));
    assert!(!project.path("fresh/profiles.yml").exists());
    project.run(&["build", "--project-dir", "fresh"]).success();
}

#[test]
fn in_a_project_its_profile_is_made() {
    let project = Project::empty().file("dbt_project.yml", "name: shop\nprofile: shop\n");
    project.run(&["init", "--profile", "x"]).code(2).says(
        "Runtime Error\nerror[E0169]: Can not init existing project with specified profile, edit dbt_project.yml instead",
    );
    project.run(&["init", "--skip-profile-setup"]).success();
    assert!(!project.path("profiles.yml").exists());
    project.run(&["init"]).success().says("Setting up your profile.").says("using target's sample configuration");
    project.run(&["debug"]).success();
    let (code, stdout, _) = answered(&project, &["init"], "maybe\nn\n");
    assert_eq!(code, 0);
    let question = "Continue and overwrite it? [y/N]: ";
    assert_eq!(stdout.matches(question).count(), 2, "{stdout}");
}

#[test]
fn a_template_of_the_project_asks_for_its_profile() {
    let template = "fixed:
  type: duckdb
  threads: 4
prompts:
  target:
    hint: 'The target name'
    type: string
  path:
    default: shop.duckdb
  _choose_memory:
    small:
      _fixed_settings: {memory_limit: 1GB}
    large:
      retries:
        hint: how often
        type: int
";
    let others = "other:\n  target: dev\n  outputs:\n    dev: {type: duckdb}\n";
    let project = Project::empty()
        .file("dbt_project.yml", "name: shop\nprofile: shop\n")
        .file("profile_template.yml", template)
        .file("profiles.yml", others);
    let (code, stdout, stderr) = answered(&project, &["init"], "ci\n\n2\nmany\n3\n");
    assert_eq!(code, 0, "{stderr}");
    let expected = "target (The target name): path [shop.duckdb]: [1] small\n[2] large\nDesired memory option (enter a number): \
                    retries (how often): Error: 'many' is not a valid integer.\nretries (how often): ";
    assert_eq!(stdout, expected);
    assert!(stderr.contains("using project's profile_template.yml and your supplied values"), "{stderr}");
    let expected = "other:
  outputs:
    dev:
      type: duckdb
  target: dev
shop:
  outputs:
    ci:
      path: shop.duckdb
      retries: 3
      threads: 4
      type: duckdb
  target: ci
";
    assert_eq!(project.read("profiles.yml"), expected);
}

#[test]
fn a_template_that_is_none_is_told_of() {
    let project = Project::empty()
        .file("dbt_project.yml", "name: shop\nprofile: shop\n")
        .file("profile_template.yml", "invalid template");
    project.run(&["init"]).success().says("Invalid profile_template.yml in project.");
    assert!(project.read("profiles.yml").starts_with("shop:\n"));
}
