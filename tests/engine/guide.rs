//! The pages of docs/guide are executed: their files are written, their commands run, their output compared.
//!
//! In a page, a fenced block with `file=PATH` after its language is a file of the page's project. A `console` block holds
//! commands after `$ `, with the lines that must appear in their output, in order; `...` stands for any lines. `martlet` is the
//! program, `cat` and `ls` show files, `cd` goes into a folder; a command followed by `# exits N` must end with that code. A page
//! with the line `<!-- project: bundled -->` begins in a copy of the bundled project.

use std::fs;
use std::path::{Path, PathBuf};

use crate::project::Project;

struct Block {
    info: String,
    text: String,
    line: usize,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (number, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block { info: info.trim().to_owned(), text: String::new(), line: number + 1 });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// Splits a command line at blanks outside quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for letter in line.chars() {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, ' ') => words.push(std::mem::take(&mut word)),
            _ => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// Writes times as `0.00s` and runs of blanks as one, so that pages stay true from run to run.
fn normal(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        // The closing line tells its time twice.
        let line = if line.starts_with("Finished running ") { line.split(" in 0 hours").next().unwrap() } else { line };
        let mut words: Vec<&str> =
            line.split_whitespace().map(|word| if is_time(word) { "0.00s" } else { word }).collect();
        match words.as_mut_slice() {
            // A row of the table of counts ends with seconds.
            [_, .., last] if is_time(&format!("{last}s")) => *last = "0.00",
            [] => continue,
            _ => {}
        }
        lines.push(words.join(" "));
    }
    lines
}

fn is_time(word: &str) -> bool {
    word.strip_suffix('s').is_some_and(|number| number.contains('.') && number.parse::<f64>().is_ok())
}

/// Returns a node's line without its number: several threads finish in any order.
fn node_line(line: &str) -> Option<&str> {
    line.starts_with('[').then(|| line.split_once("] ").map(|(_, rest)| rest)).flatten()
}

fn begin(page: &str) -> Project {
    let is_bundled = page.lines().any(|line| line == "<!-- project: bundled -->");
    if is_bundled { Project::bundled() } else { Project::empty() }
}

fn execute(project: &Project, folder: &str, command: &str, place: &str) -> String {
    let (line, wanted) = match command.split_once("# exits ") {
        Some((line, code)) => (line.trim(), code.trim().parse().unwrap()),
        None => (command, 0),
    };
    let words = words(line);
    let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    match words[0].as_str() {
        "martlet" => {
            let ran = project.run_in(folder, &arguments);
            let shown = format!("{}\n{}", ran.stderr, ran.stdout);
            assert_eq!(ran.code, wanted, "{place}: {line}\n{shown}");
            shown
        }
        "cat" => project.read(&format!("{folder}/{}", arguments[0])),
        "ls" => {
            let entries = fs::read_dir(project.path(folder).join(arguments[0])).unwrap();
            let mut names: Vec<String> =
                entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names.join("\n")
        }
        other => panic!("{place}: the guide's tests do not know the command `{other}`"),
    }
}

fn compare(expected: &[String], shown: &str, place: &str) {
    let lines = normal(shown);
    let mut rest = lines.iter();
    for wanted in expected.iter().filter(|line| *line != "...") {
        let found = match node_line(wanted) {
            Some(wanted) => lines.iter().any(|line| node_line(line) == Some(wanted)),
            None => rest.any(|line| line == wanted),
        };
        assert!(found, "{place}: expected the line\n{wanted}\nin\n{}", lines.join("\n"));
    }
}

/// Runs the commands of a page in the order of the page.
fn run_page(name: &str) {
    let page = fs::read_to_string(folder().join(name)).unwrap();
    let mut project = begin(&page);
    let mut folder = ".".to_owned();
    for block in blocks(&page) {
        let place = format!("{name}:{}", block.line);
        if let Some((_, file)) = block.info.split_once("file=") {
            project = project.file(&format!("{folder}/{}", file.trim()), &block.text);
        } else if block.info == "console" {
            for part in format!("\n{}", block.text).split("\n$ ").skip(1) {
                let (command, expected) = part.split_once('\n').unwrap_or((part, ""));
                if let Some(entered) = command.strip_prefix("cd ") {
                    entered.trim().clone_into(&mut folder);
                    continue;
                }
                let shown = execute(&project, &folder, command, &place);
                compare(&normal(expected), &shown, &place);
            }
        }
    }
}

fn pages() -> Vec<String> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut pages: Vec<String> = entries.collect();
    pages.sort();
    pages
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide")
}

#[test]
fn every_page_with_commands_is_executed_below() {
    let source = include_str!("guide.rs");
    for page in pages() {
        let text = fs::read_to_string(folder().join(&page)).unwrap();
        let is_executed = source.contains(&format!("run_page(\"{page}\")"));
        assert!(is_executed || !text.contains("```console"), "{page} is not executed");
    }
}

#[test]
fn the_first_project_builds() {
    run_page("1-first-project.md");
}

#[test]
fn models_are_as_the_guide_says() {
    run_page("2-models.md");
}

#[test]
fn tests_are_as_the_guide_says() {
    run_page("3-tests.md");
}

#[test]
fn seeds_are_as_the_guide_says() {
    run_page("4-seeds.md");
}

#[test]
fn exports_are_as_the_guide_says() {
    run_page("5-exports.md");
}

#[test]
fn snapshots_are_as_the_guide_says() {
    run_page("11-snapshots.md");
}

#[test]
fn unit_tests_are_as_the_guide_says() {
    run_page("12-unit-tests.md");
}

#[test]
fn macros_and_packages_are_as_the_guide_says() {
    run_page("13-macros-and-packages.md");
}

#[test]
fn files_are_as_the_guide_says() {
    run_page("14-files.md");
}

#[test]
fn documentation_is_as_the_guide_says() {
    run_page("15-documentation.md");
}

#[test]
fn sources_are_as_the_guide_says() {
    run_page("16-sources.md");
}

#[test]
fn large_tables_are_as_the_guide_says() {
    run_page("17-large-tables.md");
}

#[test]
fn models_of_many_hands_are_as_the_guide_says() {
    run_page("18-many-hands.md");
}

#[test]
fn mail_is_as_the_guide_says() {
    run_page("10-mail.md");
}

#[test]
fn ci_is_as_the_guide_says() {
    run_page("6-ci.md");
}

#[test]
fn selection_is_as_the_guide_says() {
    run_page("7-selection.md");
}

#[test]
fn a_dbt_project_runs_as_it_is() {
    run_page("8-coming-from-dbt.md");
}

#[test]
fn the_bundled_project_runs_on_other_tickets() {
    run_page("9-your-own-tickets.md");
}
