//! The pages of docs/guide are executed: their files are written, their commands run, their output compared.
//!
//! In a page, a fenced block with `file=PATH` after its language is a file of the page's project. A `console` block holds
//! commands after `$ `, with the lines that must appear in their output, in order; `...` stands for any lines. `martlet` is the
//! program, `cat` and `ls` show files; a command followed by `# exits N` must end with that code.

use std::fs;
use std::path::Path;

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
            (None, Some(info)) => open = Some(Block { info: info.trim().to_owned(), text: String::new(), line: number + 1 }),
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
        let words: Vec<String> = line.split_whitespace().map(|word| if is_time(word) { "0.00s".to_owned() } else { word.to_owned() }).collect();
        if !words.is_empty() {
            lines.push(words.join(" "));
        }
    }
    lines
}

fn is_time(word: &str) -> bool {
    word.strip_suffix('s').is_some_and(|number| number.contains('.') && number.parse::<f64>().is_ok())
}

fn execute(project: &Project, command: &str, place: &str) -> String {
    let (line, wanted) = match command.split_once("# exits ") {
        Some((line, code)) => (line.trim(), code.trim().parse().unwrap()),
        None => (command, 0),
    };
    let words = words(line);
    let arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
    match words[0].as_str() {
        "martlet" => {
            let ran = project.run(&arguments);
            let shown = format!("{}\n{}", ran.stderr, ran.stdout);
            assert_eq!(ran.code, wanted, "{place}: {line}\n{shown}");
            shown
        }
        "cat" => project.read(arguments[0]),
        "ls" => {
            let entries = fs::read_dir(project.path(arguments[0])).unwrap();
            let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
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
        assert!(rest.any(|line| line == wanted), "{place}: expected the line\n{wanted}\nin\n{}", lines.join("\n"));
    }
}

fn run_page(path: &Path) -> usize {
    let page = fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let mut project = Project::empty();
    let mut commands = 0;
    for block in blocks(&page) {
        let place = format!("{name}:{}", block.line);
        if let Some((_, file)) = block.info.split_once("file=") {
            project = project.file(file.trim(), &block.text);
        } else if block.info == "console" {
            for part in format!("\n{}", block.text).split("\n$ ").skip(1) {
                let (command, expected) = part.split_once('\n').unwrap_or((part, ""));
                let shown = execute(&project, command, &place);
                compare(&normal(expected), &shown, &place);
                commands += 1;
            }
        }
    }
    commands
}

#[test]
fn the_commands_of_the_guide_do_what_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/guide");
    let mut pages: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let commands: usize = pages.iter().map(|page| run_page(page)).sum();
    assert!(commands >= pages.len(), "every page shows a command");
}
