//! Merge keys: `<<: *other` and `<<: [*one, *two]`.

use std::collections::HashMap;

use super::{Entry, Yaml, YamlValue};
use crate::diagnostic::{Diagnostic, Kind, Span};

/// Puts the entries of merged mappings before a mapping's own, as PyYAML orders them; the mapping's own win.
pub(super) fn merge(merged: Vec<Yaml>, own: Vec<Entry>) -> Result<Vec<Entry>, Diagnostic> {
    let mut entries = Entries::default();
    for source in merged {
        match source.value {
            YamlValue::Mapping(inner) => entries.add_all(inner),
            YamlValue::Sequence(items) => {
                // The first of a list wins, so it comes last.
                for item in items.into_iter().rev() {
                    let YamlValue::Mapping(inner) = item.value else {
                        return Err(not_a_mapping(&item));
                    };
                    entries.add_all(inner);
                }
            }
            _ => return Err(not_a_mapping(&source)),
        }
    }
    entries.add_all(own);
    Ok(entries.list)
}

/// A mapping in which a later entry replaces the value of an earlier one and keeps its place.
#[derive(Default)]
struct Entries {
    list: Vec<Entry>,
    places: HashMap<String, usize>,
}

impl Entries {
    fn add_all(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            if let Some(&place) = self.places.get(&entry.key) {
                self.list[place] = entry;
            } else {
                self.places.insert(entry.key.clone(), self.list.len());
                self.list.push(entry);
            }
        }
    }
}

fn not_a_mapping(value: &Yaml) -> Diagnostic {
    Diagnostic::error(Kind::Parsing, "E0110", "a merge key `<<` takes a mapping or a list of mappings")
        .at(value.span.clone(), format!("this is {}", value.kind()))
}

/// Says that a key stands twice in one mapping.
pub(super) fn duplicate(key: &str, first: Span, second: Span) -> Diagnostic {
    // dbt reads a file without the empty lines at its head.
    let before = second.file.text.get(..second.range.start).unwrap_or_default().trim_start();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let words = format!("Duplicate key '{key}' in \"<unicode string>\", line {line}, column {column}");
    let file = second.file.path.clone();
    let diagnostic =
        Diagnostic::error(Kind::Parsing, "E0111", format!("the key `{key}` is given twice in one mapping"))
            .as_event("DuplicateYAMLKeysDeprecation", [("duplicate_description", &words), ("file", &file)])
            .at(second, "given again")
            .with_context(first, "first given here")
            .with_help("remove one of them; YAML keeps only the last and drops the other in silence");
    Diagnostic { words: Some(format!("{words} in file `{file}`")), ..diagnostic }
}
