//! Which macros a macro calls, as far as its text tells.

use super::templates::{INTERNAL, Templates};
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::resource::{MacroDefinition, UniqueId};
use crate::template::scan::{MacroCall, macro_calls};

/// The context's own functions: a call of one is no call of a macro, even of one of that name.
const CONTEXT: [&str; 18] = [
    "config",
    "diff_of_two_dicts",
    "env_var",
    "fromjson",
    "fromyaml",
    "local_md5",
    "log",
    "print",
    "ref",
    "return",
    "set",
    "set_strict",
    "source",
    "tojson",
    "toyaml",
    "var",
    "zip",
    "zip_strict",
];

/// Returns the macros that a macro's text calls, each once, in order: by name, by package and name, and by dispatch.
pub(super) fn called_macros(definition: &MacroDefinition, templates: &Templates) -> Vec<UniqueId> {
    let text = definition.span.text();
    let body = text.find("%}").map_or(text.len(), |end| end + 2);
    let mut called: Vec<UniqueId> = Vec::new();
    let mut add = |found: Option<&MacroDefinition>| {
        if let Some(found) = found.filter(|found| !called.contains(&found.unique_id)) {
            called.push(found.unique_id.clone());
        }
    };
    // As in dbt: the macro's own name is one that it dispatches, unless it is written with its package.
    let other = |name: &&str| *name != definition.name;
    for (prefix, name, rest) in calls(&text[body..]) {
        match prefix {
            None if CONTEXT.contains(&name) => {}
            None => add(Some(name).filter(other).and_then(|name| templates.anywhere(&definition.package, name))),
            Some("adapter") if name == "dispatch" => {
                let (Some(name), package) = dispatch_arguments(rest) else { continue };
                add(Some(name).filter(other).and_then(|name| templates.anywhere(&definition.package, name)));
                let found = |prefix: &str| {
                    let full = format!("{prefix}{name}");
                    match package {
                        None => templates.resolve(&definition.package, &full),
                        Some("dbt") => templates.own_or_internal(&full),
                        Some(package) => templates.dispatched(package, &full),
                    }
                };
                add(["duckdb__", "default__"].into_iter().find_map(found));
            }
            Some("adapter") => {}
            // As in dbt: what stands before the dot may be any object, and its method the name of a macro.
            Some(package) => add(templates.anywhere(package, name)),
        }
    }
    called
}

/// Says that a macro's text dispatches a name of which there is no form for the adapter and no default one.
pub(super) fn lost_dispatch(definition: &MacroDefinition, templates: &Templates) -> Option<Diagnostic> {
    let text = definition.span.text();
    if !text.contains("dispatch") || INTERNAL.contains(&definition.package.as_str()) {
        return None;
    }
    macro_calls(text).into_iter().find_map(|call| {
        let MacroCall::Dispatch { name, namespace } = call else { return None };
        let lost = templates.registry().dispatch(&name, namespace.as_deref(), &definition.package).err()?;
        let at = text.find(&format!("'{name}'")).or_else(|| text.find(&format!("\"{name}\"")))?;
        let start = definition.span.range.start + at;
        let span = Span::new(&definition.span.file, start..start + name.len() + 2);
        Some(Diagnostic::error(Kind::Compilation, "E0240", lost.message()).at(span, "dispatched here"))
    })
}

/// Returns each `name(` and `package.name(` inside tags, with the text after the parenthesis.
fn calls(text: &str) -> Vec<(Option<&str>, &str, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    for (open, close) in tags(text) {
        let tag = &text[open..close];
        for at in parentheses(tag) {
            let before = tag[..at].trim_end();
            let name_start = before.rfind(|c: char| !is_word(c)).map_or(0, |end| end + 1);
            let name = &before[name_start..];
            let is_filter = before[..name_start].trim_end().ends_with('|');
            if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || is_filter {
                continue;
            }
            let rest = &text[open + at + 1..];
            match before[..name_start].strip_suffix('.') {
                None => found.push((None, name, rest)),
                Some(before) => {
                    let start = before.rfind(|c: char| !is_word(c)).map_or(0, |end| end + 1);
                    let prefix = &before[start..];
                    if !prefix.is_empty() && !before[..start].ends_with('.') {
                        found.push((Some(prefix), name, rest));
                    }
                }
            }
        }
    }
    found
}

/// Returns where parentheses open outside of texts in quotes.
fn parentheses(tag: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut quote = None;
    let mut is_escaped = false;
    for (at, character) in tag.char_indices() {
        match quote {
            Some(_) if is_escaped => is_escaped = false,
            Some(_) if character == '\\' => is_escaped = true,
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if matches!(character, '\'' | '"') => quote = Some(character),
            None if character == '(' => found.push(at),
            None => {}
        }
    }
    found
}

/// Returns where the insides of `{{ … }}` and `{% … %}` stand; comments are passed over.
fn tags(text: &str) -> Vec<(usize, usize)> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('{') {
        let open = at + found;
        let close = match text.as_bytes().get(open + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                at = open + 1;
                continue;
            }
        };
        let end = text[open + 2..].find(close).map_or(text.len(), |end| open + 2 + end);
        if close != "#}" {
            tags.push((open + 2, end));
        }
        at = end;
    }
    tags
}

/// Reads the literal arguments of `adapter.dispatch(name, package)`.
fn dispatch_arguments(rest: &str) -> (Option<&str>, Option<&str>) {
    let inside = rest.split(')').next().unwrap_or_default();
    let mut name = None;
    let mut package = None;
    for (index, argument) in inside.split(',').enumerate() {
        let (key, value) = match argument.split_once('=') {
            Some((key, value)) => (key.trim(), value),
            None => (if index == 0 { "macro_name" } else { "macro_namespace" }, argument),
        };
        let value = value.trim().trim_matches(['"', '\'']);
        match key {
            "macro_name" => name = Some(value),
            "macro_namespace" => package = Some(value),
            _ => {}
        }
    }
    (name, package)
}

#[cfg(test)]
mod tests {
    use super::{calls, dispatch_arguments};

    #[test]
    fn calls_inside_tags_are_found() {
        let text = "f(x) {# g(x) #} {{ a(b.c('d(')) | replace('x', 'y') }} {% do x.y.z(1) %}{% if adapter.dispatch('m', 'p')() %}";
        let found: Vec<(Option<&str>, &str)> =
            calls(text).into_iter().map(|(prefix, name, _)| (prefix, name)).collect();
        assert_eq!(found, [(None, "a"), (Some("b"), "c"), (Some("adapter"), "dispatch")]);
        assert_eq!(dispatch_arguments("'m', macro_namespace=\"p\")()"), (Some("m"), Some("p")));
    }
}
