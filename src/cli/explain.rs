//! `explain`: what a message's code means, in a paragraph.

use super::{CommandError, Done, Line};
use crate::diagnostic::{Diagnostic, Kind};
use crate::report::Reporter;

/// The families of codes: the first three characters, and what they tell.
const FAMILIES: [(&str, &str); 8] = [
    (
        "E01",
        "The project, its profile or the command line cannot be used as they are. The message names the file and key; nothing was run.",
    ),
    (
        "E02",
        "A file of the project cannot be read as what it should be: a template, a properties file, a seed. Nothing was run.",
    ),
    (
        "E03",
        "A name does not resolve: a `ref`, `source`, macro, test or docs block means nothing, or two resources claim one name. Nothing was run.",
    ),
    (
        "E04",
        "The models refer to each other in a circle. The message shows each `ref` of the chain; one of them has to go.",
    ),
    ("E05", "The selection cannot be read: an unknown method, a bad pattern. See the guide's page on selection."),
    (
        "E06",
        "A template failed while a node was compiled. The caret is at the innermost place, the calls that led there follow.",
    ),
    (
        "E07",
        "A node failed while it ran, or files could not be exported: the database refused a statement, a seed does not fit, a file could not be written. Other nodes ran on; what was exported before is untouched.",
    ),
    ("W", "Something will not do what it seems to. `--warn-error` turns warnings into errors."),
];

/// Runs the command.
pub fn run(line: &Line, reporter: &Reporter) -> Result<Done, CommandError> {
    let code = line.matches.get_one::<String>("code").map_or_else(String::new, |code| code.to_uppercase());
    let is_code = code.len() == 5 && code[1..].bytes().all(|digit| digit.is_ascii_digit());
    let family = FAMILIES.iter().find(|(prefix, _)| is_code && code.starts_with(prefix));
    let Some((_, text)) = family else {
        let title = format!("there is no message with the code `{code}`");
        return Err(Diagnostic::error(Kind::Usage, "E0176", title).with_help("codes look like E0301 or W0201").into());
    };
    reporter.data(&format!("{code}: {text}\n"))?;
    Ok(Done::Success)
}
