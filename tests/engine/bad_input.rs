//! What users do wrong, each with the whole message, its place and the exit code.

mod code;
mod command_line;
mod dbt_words;
mod project_files;
mod references;
mod surroundings;
mod text;

use crate::project::Project;

/// Runs the program and requires the exit code and a text, as it is, on stderr.
#[track_caller]
fn refuses(project: &Project, arguments: &[&str], code: i32, text: &str) {
    let ran = project.run(arguments);
    assert_eq!(ran.code, code, "stdout:\n{}\nstderr:\n{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains(text), "expected:\n{text}\nstderr:\n{}", ran.stderr);
}
