//! The template engine's words into those that users of Jinja know.

use std::ops::Range;

use minijinja::{Error, ErrorKind};

use super::place::{Place, Side};
use crate::diagnostic::nearest;

/// What to say, and the narrower place to say it at.
pub(super) struct Words {
    pub message: String,
    pub help: Option<String>,
    pub range: Option<Range<usize>>,
}

impl Words {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, range: None }
    }

    fn undefined(name: &str, range: Option<Range<usize>>, known: &[&str]) -> Self {
        if let Some(key) = last_key(name) {
            return Self { range, ..Self::new(format!("'dict object' has no attribute '{key}'")) };
        }
        let near = nearest(name, known.iter().copied());
        Self {
            message: format!("'{name}' is undefined"),
            help: near.map(|near| format!("did you mean `{near}`?")),
            range,
        }
    }
}

const TAGS: [&str; 14] = [
    "if", "elif", "else", "endif", "for", "endfor", "set", "endset", "do", "call", "endcall", "macro", "endmacro",
    "filter",
];

/// Returns the words for an error; `known` are the names of macros.
pub(super) fn reword(error: &Error, place: Option<&Place<'_, '_>>, known: &[&str]) -> Words {
    let detail = error.detail().unwrap_or_default();
    match error.kind() {
        ErrorKind::UndefinedError => {
            let base = place.and_then(|place| place.base(1).or_else(|| place.base(0)));
            let range = place.and_then(|place| place.base_range(1).or_else(|| place.base_range(0)));
            match base {
                Some(name) => Words::undefined(name, range, known),
                None => Words::new("an undefined value is used"),
            }
        }
        ErrorKind::UnknownFunction => {
            let name = detail.trim_end_matches(" is unknown");
            Words::undefined(name, place.and_then(|place| place.name(name)), known)
        }
        ErrorKind::UnknownFilter => {
            let name = word(detail, "filter ", " is unknown");
            let range = place.and_then(|place| place.name_after("|", name));
            Words { range, ..Words::new(format!("No filter named '{name}' found.")) }
        }
        ErrorKind::UnknownTest => {
            let name = word(detail, "test ", " is unknown");
            let range = place.and_then(|place| place.name_after("is", name));
            Words { range, ..Words::new(format!("No test named '{name}' found.")) }
        }
        ErrorKind::UnknownMethod => unknown_method(detail, place, known),
        ErrorKind::SyntaxError => syntax(detail),
        ErrorKind::TooManyArguments if detail.is_empty() => Words::new("too many arguments"),
        ErrorKind::MissingArgument if detail.is_empty() => Words::new("an argument is missing"),
        ErrorKind::BadEscape => Words::new("a backslash in this text begins nothing known"),
        _ if detail.is_empty() => Words::new(error.kind().to_string()),
        _ => operation(detail, place, known),
    }
}

/// Names that mean dictionaries, whatever the template.
const DICTIONARIES: [&str; 10] = [
    "builtins",
    "context",
    "dbt_metadata_envs",
    "env",
    "exceptions",
    "graph",
    "invocation_args_dict",
    "model",
    "modules",
    "target",
];

/// The last key of `graph.b` or `graph['b']`: what Jinja names when it knows that it looked into a dictionary.
fn last_key(expression: &str) -> Option<&str> {
    let root = expression.split(['.', '[']).next().unwrap_or_default();
    if !expression.starts_with('{') && !DICTIONARIES.contains(&root) {
        return None;
    }
    let key = match expression.strip_suffix(']') {
        Some(indexed) => {
            let quote = indexed.chars().next_back().filter(|quote| matches!(quote, '\'' | '"'))?;
            indexed.strip_suffix(quote)?.rsplit_once(['[', quote])?.1
        }
        None => expression.rsplit_once('.')?.1,
    };
    (!key.is_empty() && key.chars().all(|letter| letter.is_alphanumeric() || letter == '_')).then_some(key)
}

fn word<'a>(detail: &'a str, before: &str, after: &str) -> &'a str {
    detail.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).unwrap_or(detail)
}

fn unknown_method(detail: &str, place: Option<&Place<'_, '_>>, known: &[&str]) -> Words {
    let Some((kind, method)) = detail.split_once(" has no method named ") else { return Words::new(detail) };
    if kind == "undefined" {
        return match place.and_then(|place| place.base(2)) {
            Some(name) => Words::undefined(name, place.and_then(|place| place.base_range(2)), known),
            None => Words::new(format!("'{method}' is called on an undefined value")),
        };
    }
    let object = match kind {
        "none" => return Words::new(format!("'None' has no attribute '{method}'")),
        other => python_kind(other),
    };
    Words::new(format!("'{object} object' has no attribute '{method}'"))
}

/// Python's name of a kind of values.
fn python_kind(kind: &str) -> &str {
    match kind {
        "map" => "dict",
        "sequence" => "list",
        "string" => "str",
        "number" => "int",
        "none" => "NoneType",
        other => other,
    }
}

fn operation(detail: &str, place: Option<&Place<'_, '_>>, known: &[&str]) -> Words {
    if let Some(kind) = detail.strip_prefix("value of type ").and_then(|rest| rest.strip_suffix(" is not callable")) {
        return match place.and_then(|place| place.base(1)) {
            Some(name) if kind == "undefined" => {
                Words::undefined(name, place.and_then(|place| place.base_range(1)), known)
            }
            _ => Words::new(format!("'{}' object is not callable", python_kind(kind))),
        };
    }
    if let Some(kind) = detail.strip_suffix(" is not iterable").filter(|kind| !kind.ends_with("object")) {
        return Words::new(format!("'{}' object is not iterable", python_kind(kind)));
    }
    if let Some((operator, kinds)) =
        detail.strip_prefix("tried to use ").and_then(|rest| rest.split_once(" operator on unsupported types "))
    {
        let (left, right) = kinds.split_once(" and ").unwrap_or((kinds, ""));
        let (left, right) = (python_kind(left), python_kind(right));
        if operator == "+" && matches!(left, "str" | "list") {
            return Words::new(format!("can only concatenate {left} (not \"{right}\") to {left}"));
        }
        return Words::new(format!("unsupported operand type(s) for {operator}: '{left}' and '{right}'"));
    }
    if let Some((operator, kinds)) =
        detail.strip_prefix("unsupported operand type(s) for ").and_then(|rest| rest.split_once(": "))
        && kinds.contains("Undefined'")
        && let left = kinds.split(" and ").next().unwrap_or_default()
        && let side = if left.ends_with("Undefined'") { Side::Left } else { Side::Right }
        && let Some(range) = place.and_then(|place| place.operand(operator, side))
        && let Some(name) = place.and_then(|place| place.text(range.clone()))
    {
        return Words::undefined(name, Some(range), known);
    }
    if detail == "recursion limit exceeded" {
        return Words {
            help: Some("a macro calls itself without end".to_owned()),
            ..Words::new("maximum recursion depth exceeded")
        };
    }
    Words::new(detail)
}

fn syntax(detail: &str) -> Words {
    if let Some(name) = detail.strip_prefix("unknown statement ") {
        let near = nearest(name, TAGS);
        let help = near.map(|near| format!("did you mean `{near}`?"));
        return Words { help, ..Words::new(format!("Encountered unknown tag '{name}'.")) };
    }
    if let Some((got, expected)) = detail.strip_prefix("unexpected ").and_then(|rest| rest.split_once(", expected ")) {
        return Words::new(format!("expected {}, got {}", jinja_token(expected), jinja_token(got)));
    }
    Words::new(detail)
}

/// Jinja's names of the ends of tags.
fn jinja_token(token: &str) -> &str {
    match token {
        "end of variable block" => "`}}`",
        "end of block" => "`%}`",
        "end of input" => "the end of the template",
        other => other,
    }
}
