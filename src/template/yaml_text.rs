//! Templates in YAML values: `env_var`, `var` and `target`, with results of every type.
//!
//! A text that is one `{{ … }}` gives the value of its expression, as dbt's native rendering does; any other text gives text,
//! and so does a constant such as `{{ 1 }}`.
//! `as_native`, `as_bool` and `as_number` read a text as a Python literal.

mod lookup;
mod raised;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value as JinjaValue};

use lookup::{SECRET_PREFIX, SECRET_START, Vars, env_var, stand_in};
use raised::{raised, unknown_name, words};

use super::native::constant_expressions;
use super::values::to_text;
use super::{marker, python, scan};
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::project::TextRenderer;
use crate::resource::{Map, Value};

/// Whether secrets may be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// In `profiles.yml` and `packages.yml`.
    Allowed,
    /// Everywhere else.
    Refused,
}

/// What a template in YAML may ask for.
#[derive(Clone, Debug)]
pub struct YamlScope {
    /// Environment variables.
    pub environment: Arc<BTreeMap<String, String>>,
    /// Vars; an earlier mapping wins over a later one.
    pub vars: Vec<Map>,
    /// `target`; none before the profile is read.
    pub target: Option<Map>,
    /// Whether secrets may be asked for.
    pub secrets: Secrets,
}

/// Renders texts of YAML files.
pub struct YamlText {
    environment: Environment<'static>,
    names: Vec<String>,
    variables: Arc<BTreeMap<String, String>>,
}

impl YamlText {
    /// Makes a renderer.
    pub fn new(scope: YamlScope) -> Self {
        let mut environment = Environment::new();
        environment.set_debug(true);
        // What opens a database or fetches code is better told that a name is unknown than given nothing.
        environment.set_undefined_behavior(match scope.secrets {
            Secrets::Allowed => UndefinedBehavior::Strict,
            Secrets::Refused => UndefinedBehavior::Lenient,
        });
        python::install(&mut environment);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.add_filter("as_text", |value: JinjaValue| to_text(&value));
        for name in ["as_native", "as_bool", "as_number"] {
            environment.add_filter(name, |value: JinjaValue| marker::mark(&value));
        }
        environment.set_formatter(python::print_counted);
        environment.add_function("fromjson", |text: String, default: Option<JinjaValue>| from_json(&text, default));
        environment.add_function("tojson", |value: JinjaValue, default: Option<JinjaValue>| to_json(&value, default));
        // Nothing is executed while files are read; templates that are shared with models ask for it.
        environment.add_global("execute", JinjaValue::from(false));
        if let Some(target) = &scope.target {
            environment.add_global("target", JinjaValue::from(Serde(target)));
            environment.add_global("env", JinjaValue::from(Serde(target)));
        }
        let names: Vec<String> =
            ["env_var", "var", "target", "env", "tojson", "fromjson"].into_iter().map(str::to_owned).collect();
        environment.add_global("var", JinjaValue::from_object(Vars::new(scope.vars)));
        let (variables, secrets) = (Arc::clone(&scope.environment), scope.secrets);
        environment.add_function("env_var", move |name: String, default: Option<JinjaValue>| {
            env_var(&variables, secrets, &name, default)
        });
        Self { environment, names, variables: scope.environment }
    }

    /// Puts secrets in the place of their stand-ins, which templates had in hands.
    fn revealed(&self, value: Value) -> Value {
        match value {
            Value::String(text) if text.contains(SECRET_START) => {
                let mut shown = text;
                for (name, secret) in self.variables.iter().filter(|(name, _)| name.starts_with(SECRET_PREFIX)) {
                    shown = shown.replace(&stand_in(name), secret);
                }
                Value::String(shown)
            }
            other => other,
        }
    }

    fn explain(&self, error: &Error, text: &str, offset: usize, span: &Span) -> Box<Diagnostic> {
        let range = error.range().map(|range| range.start + offset..range.end + offset);
        let word = range.clone().and_then(|range| text.get(range)).unwrap_or_default();
        let diagnostic = match (raised(error), unknown_name(error, word)) {
            (Some(diagnostic), _) => diagnostic.clone(),
            (None, Some(name)) => {
                Diagnostic::error(Kind::Compilation, "E0132", format!("`{name}` is not defined in YAML files"))
                    .with_nearest(&name, self.names.iter().map(String::as_str))
                    .in_words(format!("'{name}' is undefined"))
            }
            _ => Diagnostic::error(
                Kind::Compilation,
                "E0132",
                format!("this template cannot be rendered: {}", words(error)),
            ),
        };
        Box::new(diagnostic.at(place(span, text, range), ""))
    }
}

impl TextRenderer for YamlText {
    fn render(&self, text: &str, span: &Span) -> Result<Value, Box<Diagnostic>> {
        self.rendered(text, span).map(|value| self.revealed(value))
    }
}

impl YamlText {
    fn rendered(&self, text: &str, span: &Span) -> Result<Value, Box<Diagnostic>> {
        if !["{{", "{%", "{#"].iter().any(|opening| text.contains(opening)) {
            return Ok(Value::from(text));
        }
        if let Some(inner) = single_expression(text)
            && let Ok(expression) = self.environment.compile_expression(&text[inner.clone()])
        {
            let value = expression.eval(());
            let value = value.map_err(|error| self.explain(&error, text, inner.start, span))?;
            if value.is_undefined() {
                let error = Error::from(ErrorKind::UndefinedError);
                let mut diagnostic = self.explain(&error, text, inner.start, span);
                let name = text[inner].trim();
                diagnostic.title = format!("`{name}` is not defined in YAML files");
                return Err(diagnostic);
            }
            // Jinja prints what is constant while it compiles, before it could be native; only the markers escape that.
            let is_constant = expression.undeclared_variables(false).is_empty() && !text.contains("as_");
            if is_constant {
                return Ok(Value::from(to_text(&value)));
            }
            return native(value, text, span);
        }
        let rendered = self.environment.template_from_named_str("text", text);
        let rendered = rendered.and_then(|template| template.render_captured(()));
        let rendered = rendered.map_err(|error| self.explain(&error, text, 0, span))?;
        match python::only_printed(rendered.state()).filter(|value| to_text(value) == rendered.output()) {
            Some(value) if !prints_constant(text, &value) => native(value, text, span),
            _ => Ok(Value::from(rendered.into_output())),
        }
    }
}

/// Turns the value that a text gave into one of YAML.
fn native(value: JinjaValue, text: &str, span: &Span) -> Result<Value, Box<Diagnostic>> {
    let value = marker::finish(value, text)
        .map_err(|words| Box::new(Diagnostic::error(Kind::Compilation, "E0132", words).at(span.clone(), "")))?;
    Ok(serde_json::to_value(&value).unwrap_or_else(|_| Value::from(value.to_string())))
}

/// Returns whether a value comes from a `{{ … }}` that is constant, which Jinja prints while it compiles.
fn prints_constant(text: &str, value: &JinjaValue) -> bool {
    if value.is_safe() {
        return false;
    }
    let Ok(tokens) = scan::tokens(text) else { return true };
    let constants = constant_expressions(&tokens);
    constants.iter().any(|written| written.eq_ignore_ascii_case(&to_text(value)) || written.starts_with(['\'', '"']))
}

/// Returns the expression inside a text that is one `{{ … }}`; whether it really is one, only the parser knows.
fn single_expression(text: &str) -> Option<Range<usize>> {
    // Jinja drops one line break at the end.
    let end = text.strip_suffix('\n').unwrap_or(text).len();
    let body = &text[..end];
    let inner = body.strip_prefix("{{")?.strip_suffix("}}")?;
    let start = 2 + usize::from(inner.starts_with(['-', '+']));
    let end = end - 2 - usize::from(inner.ends_with('-'));
    (start <= end).then_some(start..end)
}

/// Returns the place of a part of a text in the file; the whole value when the file writes the text differently.
fn place(span: &Span, text: &str, range: Option<Range<usize>>) -> Span {
    let written = span.text();
    let shift = match written {
        _ if written == text => 0,
        _ if written.len() == text.len() + 2 && written.get(1..=text.len()) == Some(text) => 1,
        _ => return span.clone(),
    };
    let Some(range) = range.filter(|range| range.start < range.end && range.end <= text.len()) else {
        return span.clone();
    };
    let start = span.range.start + shift;
    Span::new(&span.file, start + range.start..start + range.end)
}

fn from_json(text: &str, default: Option<JinjaValue>) -> JinjaValue {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => JinjaValue::from(Serde(&value)),
        Err(_) => default.unwrap_or_else(|| JinjaValue::from(())),
    }
}

fn to_json(value: &JinjaValue, default: Option<JinjaValue>) -> JinjaValue {
    match serde_json::to_string(value) {
        Ok(text) => JinjaValue::from(text),
        Err(_) => default.unwrap_or_else(|| JinjaValue::from(())),
    }
}

#[cfg(test)]
mod tests;
