//! Checks what properties files say of the arguments of macros against the macros.

use super::MacroArgument;
use super::properties::MacroEntryPatch;
use crate::diagnostic::{Diagnostic, Kind};

/// The types of arguments, and how many types each takes in brackets.
const TYPES: [(&str, usize); 11] = [
    ("str", 0),
    ("string", 0),
    ("bool", 0),
    ("int", 0),
    ("integer", 0),
    ("float", 0),
    ("any", 0),
    ("relation", 0),
    ("column", 0),
    ("list", 1),
    ("optional", 1),
];

/// Returns what is wrong; as dbt, which does this only when `validate_macro_args` is set.
pub(super) fn check(arguments: &[MacroArgument], patch: &MacroEntryPatch) -> Vec<Diagnostic> {
    if patch.arguments.is_empty() {
        return Vec::new();
    }
    let name = &patch.name.text;
    let mut titles = Vec::new();
    for (argument, (written, _, _)) in arguments.iter().zip(&patch.arguments) {
        if *written != argument.name {
            titles.push(format!("Argument {written} in yaml for macro {name} does not match the jinja definition."));
        }
    }
    if patch.arguments.len() != arguments.len() {
        titles
            .push(format!("The number of arguments in the yaml for macro {name} does not match the jinja definition."));
    }
    for (written, kind, _) in &patch.arguments {
        let kind: String = kind.iter().flat_map(|kind| kind.chars()).filter(|letter| !letter.is_whitespace()).collect();
        if !kind.is_empty() && rest_of_type(&kind) != Some("") {
            titles.push(format!("Argument {written} in the yaml for macro {name} has an invalid type."));
        }
    }
    let warning = |title: String| {
        let event = Diagnostic::warning(Kind::Parsing, "W0233", title.clone());
        event.at(patch.name.span.clone(), "").as_event("InvalidMacroAnnotation", [("msg", &title)])
    };
    titles.into_iter().map(warning).collect()
}

/// Returns what stands after a type at the beginning of a text; nothing when there is none.
fn rest_of_type(text: &str) -> Option<&str> {
    let end = text.find(|letter: char| !letter.is_ascii_lowercase()).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let number = if name == "dict" { 2 } else { TYPES.iter().find(|(known, _)| *known == name)?.1 };
    for index in 0..number {
        rest = rest_of_type(rest.strip_prefix(if index == 0 { '[' } else { ',' })?)?;
    }
    if number == 0 { Some(rest) } else { rest.strip_prefix(']') }
}

#[cfg(test)]
mod tests {
    use super::rest_of_type;

    #[test]
    fn types_take_as_many_types_as_they_have_room_for() {
        for right in ["string", "list[int]", "dict[str,list[any]]", "optional[relation]"] {
            assert_eq!(rest_of_type(right), Some(""), "{right}");
        }
        for wrong in ["invalid", "int[int]", "list", "dict[str]", "list[int", "List[int]"] {
            assert_ne!(rest_of_type(wrong), Some(""), "{wrong}");
        }
    }
}
