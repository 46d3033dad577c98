//! Which texts of a properties file are rendered when it is read, and which later.
//!
//! Descriptions wait for the docs blocks, test arguments for the test, hooks and freshness queries for the run.

use crate::diagnostic::Diagnostics;
use crate::project::TextRenderer;
use crate::yaml::{Entry, Yaml, YamlValue};

const LATE: &[&str] =
    &["tests", "data_tests", "description", "loaded_at_query", "pre_hook", "post_hook", "pre-hook", "post-hook"];

/// Renders the texts of an entry that are due now. Keys are never rendered.
pub(super) fn render(yaml: &Yaml, renderer: &dyn TextRenderer, diagnostics: &mut Diagnostics) -> Yaml {
    if !has_template(&yaml.span.file.text) {
        return yaml.clone();
    }
    walk(yaml, renderer, diagnostics)
}

fn walk(yaml: &Yaml, renderer: &dyn TextRenderer, diagnostics: &mut Diagnostics) -> Yaml {
    let value = match &yaml.value {
        YamlValue::String(text) if has_template(text) => match renderer.render(text, &yaml.span) {
            Ok(value) => return Yaml::from_value(&value, &yaml.span),
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                YamlValue::Null
            }
        },
        YamlValue::Sequence(items) => {
            YamlValue::Sequence(items.iter().map(|item| walk(item, renderer, diagnostics)).collect())
        }
        YamlValue::Mapping(entries) => {
            YamlValue::Mapping(entries.iter().map(|entry| walk_entry(entry, renderer, diagnostics)).collect())
        }
        other => other.clone(),
    };
    Yaml { value, span: yaml.span.clone() }
}

fn walk_entry(entry: &Entry, renderer: &dyn TextRenderer, diagnostics: &mut Diagnostics) -> Entry {
    if LATE.contains(&entry.key.as_str()) {
        return entry.clone();
    }
    Entry { value: walk(&entry.value, renderer, diagnostics), ..entry.clone() }
}

fn has_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}
