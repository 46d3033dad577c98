//! Templates in YAML values: what is rendered while the project is loaded, and what is left for later.

use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::resource::Value;
use crate::yaml::{Entry, Yaml, YamlValue};

/// Renders a text with templates in it to a value.
///
/// `template` implements it; `project` stands below and only asks.
pub trait TextRenderer {
    /// Renders a text that stands at a place. A text that is one `{{ … }}` gives the value of the expression, any other gives text.
    ///
    /// # Errors
    /// When the template is wrong, or asks for a variable that is not set.
    fn render(&self, text: &str, span: &Span) -> Result<Value, Box<Diagnostic>>;
}

/// Returns whether a text has a template in it.
pub(super) fn has_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

/// Renders every text inside a value, save under keys that `is_late` names; keys are never rendered.
pub(super) struct Rendering<'a> {
    /// What renders.
    pub renderer: &'a dyn TextRenderer,
    /// The keys under which templates stay as they are.
    pub is_late: fn(&str) -> bool,
}

impl Rendering<'_> {
    /// Renders a value; a text that fails is reported and stays as it is.
    pub fn tree(&self, yaml: &Yaml, diagnostics: &mut Diagnostics) -> Yaml {
        let value = match &yaml.value {
            YamlValue::String(text) if has_template(text) => match self.renderer.render(text, &yaml.span) {
                Ok(value) => return Yaml::from_value(&value, &yaml.span),
                Err(diagnostic) => {
                    let words = format!("Could not render {text}: {}", diagnostic.all_words());
                    diagnostics.push(diagnostic.in_words(words));
                    YamlValue::String(text.clone())
                }
            },
            YamlValue::Sequence(items) => {
                YamlValue::Sequence(items.iter().map(|item| self.tree(item, diagnostics)).collect())
            }
            YamlValue::Mapping(entries) => YamlValue::Mapping(
                entries
                    .iter()
                    .map(|entry| {
                        let is_late = (self.is_late)(&entry.key);
                        let value = if is_late { entry.value.clone() } else { self.tree(&entry.value, diagnostics) };
                        Entry { value, key: entry.key.clone(), key_span: entry.key_span.clone() }
                    })
                    .collect(),
            ),
            other => other.clone(),
        };
        Yaml { value, span: yaml.span.clone() }
    }
}

/// Nothing is left for later.
pub(super) fn never(_key: &str) -> bool {
    false
}

/// Hooks are rendered when they run.
pub(super) fn is_hook(key: &str) -> bool {
    matches!(key.trim_start_matches(['+', ' ']), "pre-hook" | "post-hook" | "pre_hook" | "post_hook")
}
