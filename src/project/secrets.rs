//! Keeps secrets out of messages: a caret shows a line of the file, so the secrets in that line are starred out first.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{SourceFile, Span};
use crate::yaml::{Entry, Yaml, YamlValue};

/// Keys of a secret that say nothing secret.
const HARMLESS: &[&str] = &["type", "name", "provider", "scope", "persistent", "storage"];

/// Returns the same values, whose places lie in a copy of the file that has stars for secrets, byte by byte.
pub(super) fn starred(yaml: &Yaml) -> Yaml {
    let mut ranges = Vec::new();
    collect(yaml, Secrecy::Open, &mut ranges);
    let mut bytes = yaml.span.file.text.clone().into_bytes();
    for range in ranges {
        for byte in bytes.get_mut(range).unwrap_or_default() {
            if *byte != b'\n' && *byte != b'\r' {
                *byte = b'*';
            }
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) => moved(yaml, &SourceFile::new(yaml.span.file.path.clone(), text)),
        Err(_) => yaml.clone(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Secrecy {
    Open,
    Secret,
}

fn collect(yaml: &Yaml, secrecy: Secrecy, ranges: &mut Vec<Range<usize>>) {
    match &yaml.value {
        YamlValue::Mapping(entries) => {
            for entry in entries {
                let key = entry.key.to_lowercase();
                let is_secret = match secrecy {
                    Secrecy::Secret => !HARMLESS.contains(&key.as_str()),
                    Secrecy::Open => key == "secrets" || key.contains("password") || key.contains("token"),
                };
                collect(&entry.value, if is_secret { Secrecy::Secret } else { Secrecy::Open }, ranges);
            }
        }
        YamlValue::Sequence(items) => items.iter().for_each(|item| collect(item, secrecy, ranges)),
        // A template only names its secret.
        YamlValue::String(text) if text.contains("{{") => {}
        _ if secrecy == Secrecy::Secret => ranges.push(yaml.span.range.clone()),
        _ => {}
    }
}

fn moved(yaml: &Yaml, file: &Arc<SourceFile>) -> Yaml {
    let span = |span: &Span| Span::new(file, span.range.clone());
    let value = match &yaml.value {
        YamlValue::Sequence(items) => YamlValue::Sequence(items.iter().map(|item| moved(item, file)).collect()),
        YamlValue::Mapping(entries) => YamlValue::Mapping(
            entries
                .iter()
                .map(|entry| Entry {
                    key: entry.key.clone(),
                    key_span: span(&entry.key_span),
                    value: moved(&entry.value, file),
                })
                .collect(),
        ),
        other => other.clone(),
    };
    Yaml { value, span: span(&yaml.span) }
}
