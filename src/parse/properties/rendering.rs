//! Which texts of a properties file are rendered when it is read, and which later.
//!
//! Descriptions wait for the docs blocks, test arguments for the test, hooks and freshness queries for the run.

use crate::diagnostic::Diagnostics;
use crate::project::TextRenderer;
use crate::yaml::{Entry, Yaml, YamlValue};

const LATE: &[&str] =
    &["tests", "data_tests", "description", "loaded_at_query", "pre_hook", "post_hook", "pre-hook", "post-hook"];

/// Renders the texts of an entry of a section that are due now. Keys are never rendered.
pub(super) fn render(section: &str, yaml: &Yaml, renderer: &dyn TextRenderer, diagnostics: &mut Diagnostics) -> Yaml {
    // Conditions are templates of the engine that queries metrics.
    let condition = match section {
        "metrics" => "filter",
        "saved_queries" => "where",
        _ => "",
    };
    let late = |key: &str| LATE.contains(&key) || key == condition;
    Walk { late: &late, renderer, diagnostics }.value(yaml)
}

struct Walk<'a> {
    /// Whether the texts under a key are rendered later.
    late: &'a dyn Fn(&str) -> bool,
    renderer: &'a dyn TextRenderer,
    diagnostics: &'a mut Diagnostics,
}

impl Walk<'_> {
    fn value(&mut self, yaml: &Yaml) -> Yaml {
        let value = match &yaml.value {
            YamlValue::String(text) if has_template(text) => match self.renderer.render(text, &yaml.span) {
                Ok(value) => return Yaml::from_value(&value, &yaml.span),
                Err(diagnostic) => {
                    self.diagnostics.push(*diagnostic);
                    YamlValue::Null
                }
            },
            // Rendering drops the newline at the end of a text, as that of a block in YAML.
            YamlValue::String(text) if text.ends_with('\n') => YamlValue::String(text[..text.len() - 1].to_owned()),
            YamlValue::Sequence(items) => YamlValue::Sequence(items.iter().map(|item| self.value(item)).collect()),
            YamlValue::Mapping(entries) => YamlValue::Mapping(entries.iter().map(|entry| self.entry(entry)).collect()),
            other => other.clone(),
        };
        Yaml { value, span: yaml.span.clone() }
    }

    fn entry(&mut self, entry: &Entry) -> Entry {
        if (self.late)(&entry.key) {
            return entry.clone();
        }
        Entry { value: self.value(&entry.value), ..entry.clone() }
    }
}

fn has_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}
