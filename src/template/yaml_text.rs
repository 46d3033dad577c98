//! Templates in YAML values: `env_var`, `var` and `target`, with results of every type.
//!
//! A text that is one `{{ … }}` gives the value of its expression, as dbt's native rendering does; any other text gives text,
//! and so does a constant such as `{{ 1 }}`.
//! `as_native`, `as_bool` and `as_number` read a text as a Python literal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::value::{Object, ObjectRepr, Serde};
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, Value as JinjaValue};

use super::native::constant_expressions;
use super::scope::ParseUndefined;
use super::values::to_text;
use super::{marker, python, scan};
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::project::TextRenderer;
use crate::resource::{Map, Value};

/// Environment variables of this prefix are secrets.
const SECRET_PREFIX: &str = "DBT_ENV_SECRET_";
/// Vars whose texts ask for vars are followed this far.
const DEEPEST_VAR: usize = 20;

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
    /// What gives the names that nobody has defined.
    root: JinjaValue,
    variables: Arc<BTreeMap<String, String>>,
}

impl YamlText {
    /// Makes a renderer.
    pub fn new(scope: YamlScope) -> Self {
        let mut environment = Environment::new();
        environment.set_debug(true);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
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
        environment.add_global("var", JinjaValue::from_object(Vars { maps: scope.vars, depth: AtomicUsize::new(0) }));
        let (variables, secrets) = (Arc::clone(&scope.environment), scope.secrets);
        environment.add_function("env_var", move |name: String, default: Option<JinjaValue>| {
            env_var(&variables, secrets, &name, default)
        });
        // What opens a database or fetches code is better told that a name is unknown than given nothing.
        let root = match secrets {
            Secrets::Allowed => JinjaValue::from(()),
            Secrets::Refused => {
                let globals = environment.globals().map(|(name, _)| name.to_owned()).collect();
                JinjaValue::from_object(Tolerant { globals })
            }
        };
        Self { environment, names, root, variables: scope.environment }
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
        let diagnostic = match (raised(error), error.kind()) {
            (Some(diagnostic), _) => diagnostic.clone(),
            (None, ErrorKind::UndefinedError | ErrorKind::UnknownFunction) => {
                let name = word.split('(').next().unwrap_or_default().trim();
                Diagnostic::error(Kind::Compilation, "E0132", format!("`{name}` is not defined in YAML files"))
                    .with_nearest(name, self.names.iter().map(String::as_str))
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
            let mut value = expression.eval(self.root.clone());
            if value.as_ref().is_ok_and(ParseUndefined::is) {
                // What nobody has defined is no value; the strict reading tells what it is.
                value = expression.eval(());
            }
            let value = value.map_err(|error| self.explain(&error, text, inner.start, span))?;
            if value.is_undefined() || ParseUndefined::is(&value) {
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
        let rendered = rendered.and_then(|template| template.render_captured(self.root.clone()));
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

/// A message of our own on its way through minijinja.
#[derive(Debug)]
struct Raised(Box<Diagnostic>);

impl fmt::Display for Raised {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.title)
    }
}

impl std::error::Error for Raised {}

/// Returns our own message inside an error.
fn raised(error: &Error) -> Option<&Diagnostic> {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(raised) = cause.downcast_ref::<Raised>() {
            return Some(&raised.0);
        }
        source = cause.source();
    }
    None
}

/// Returns minijinja's words for an error.
fn words(error: &Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}

fn raise(diagnostic: Diagnostic) -> Error {
    Error::new(ErrorKind::InvalidOperation, diagnostic.title.clone()).with_source(Raised(Box::new(diagnostic)))
}

/// How the stand-in of a secret begins, in dbt's form.
const SECRET_START: &str = "$$$DBT_ENV_SECRET_START$$$";

/// Returns what stands for a secret variable while templates are rendered.
fn stand_in(name: &str) -> String {
    format!("{SECRET_START}{name}$$$DBT_ENV_SECRET_END$$$")
}

fn env_var(
    variables: &BTreeMap<String, String>,
    secrets: Secrets,
    name: &str,
    default: Option<JinjaValue>,
) -> Result<JinjaValue, Error> {
    if name.starts_with(SECRET_PREFIX) && secrets == Secrets::Refused {
        let title = format!("the secret `{name}` may not be used here");
        return Err(raise(
            Diagnostic::error(Kind::Parsing, "E0130", title)
                .with_help("secrets are allowed in `profiles.yml` and `packages.yml` only"),
        ));
    }
    match variables.get(name) {
        // Templates never have a secret in hands, so no filter can change its look.
        Some(_) if name.starts_with(SECRET_PREFIX) => return Ok(JinjaValue::from(stand_in(name))),
        Some(value) => return Ok(JinjaValue::from(value.as_str())),
        None => {}
    }
    match default.filter(|value| !value.is_none() && !value.is_undefined()) {
        Some(value) => Ok(value),
        None => Err(raise(
            Diagnostic::error(Kind::Parsing, "E0130", format!("the environment variable `{name}` is not set"))
                .with_nearest(name, variables.keys().map(String::as_str))
                .with_help(format!("set it, or give a default: env_var('{name}', 'default')")),
        )),
    }
}

/// Gives nothing for a name that is not defined, as Jinja does: it prints as nothing, and can be asked and called.
#[derive(Debug)]
struct Tolerant {
    globals: BTreeSet<String>,
}

impl Object for Tolerant {
    fn get_value(self: &Arc<Self>, key: &JinjaValue) -> Option<JinjaValue> {
        let is_unknown = key.as_str().is_some_and(|name| !self.globals.contains(name));
        is_unknown.then(ParseUndefined::value)
    }
}

/// The callable `var`.
#[derive(Debug)]
struct Vars {
    maps: Vec<Map>,
    depth: AtomicUsize,
}

impl Vars {
    fn find(&self, name: &str) -> Option<&Value> {
        self.maps.iter().find_map(|map| map.get(name))
    }

    fn value(&self, state: &State<'_, '_>, name: &str, default: Option<&JinjaValue>) -> Result<JinjaValue, Error> {
        match self.find(name) {
            Some(Value::String(text)) if text.contains("{{") || text.contains("{%") => {
                if self.depth.fetch_add(1, Ordering::Relaxed) >= DEEPEST_VAR {
                    self.depth.store(0, Ordering::Relaxed);
                    let title = format!("the var `{name}` asks for itself");
                    return Err(raise(Diagnostic::error(Kind::Compilation, "E0131", title)));
                }
                let rendered = state.env().render_str(text, ());
                let depth = self.depth.load(Ordering::Relaxed);
                self.depth.store(depth.saturating_sub(1), Ordering::Relaxed);
                // The place inside the var's text means nothing to the file that asks for it.
                rendered.map(JinjaValue::from).map_err(|error| {
                    let title = format!("the var `{name}` cannot be rendered: {}", words(&error));
                    let unknown = || Diagnostic::error(Kind::Compilation, "E0131", title);
                    raise(raised(&error).cloned().unwrap_or_else(unknown))
                })
            }
            Some(value) => Ok(JinjaValue::from(Serde(value))),
            None => match default {
                Some(value) => Ok(value.clone()),
                None => Err(raise(
                    Diagnostic::error(Kind::Compilation, "E0131", format!("Required var '{name}' not found in config"))
                        .with_nearest(name, self.maps.iter().flat_map(Map::keys).map(String::as_str))
                        .with_help(format!(
                            "set it with --vars '{{{name}: …}}', or give a default: var('{name}', 'default')"
                        )),
                )),
            },
        }
    }
}

impl Object for Vars {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[JinjaValue]) -> Result<JinjaValue, Error> {
        // `none` is a default too: only a missing one is none at all.
        let (name, rest): (String, minijinja::value::Rest<JinjaValue>) = minijinja::value::from_args(args)?;
        let default = rest.first().map(|default| match minijinja::value::Kwargs::try_from(default.clone()) {
            Ok(named) => named.get::<JinjaValue>("default").unwrap_or_default(),
            Err(_) => default.clone(),
        });
        self.value(state, &name, default.as_ref())
    }

    fn call_method(
        self: &Arc<Self>,
        _state: &mut State<'_, '_>,
        method: &str,
        args: &[JinjaValue],
    ) -> Result<JinjaValue, Error> {
        if method != "has_var" {
            return Err(Error::new(ErrorKind::UnknownMethod, format!("`var` has no method `{method}`")));
        }
        let (name,): (String,) = minijinja::value::from_args(args)?;
        Ok(JinjaValue::from(self.find(&name).is_some()))
    }
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
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::{Secrets, YamlScope, YamlText};
    use crate::diagnostic::{SourceFile, Span, Style, render};
    use crate::project::TextRenderer;
    use crate::resource::Map;

    fn renderer(secrets: Secrets) -> YamlText {
        let variables = [("USER_NAME", "ann"), ("COUNT", "4"), ("FLAG", "True"), ("DBT_ENV_SECRET_KEY", "s3cr3t")];
        let map = |value: serde_json::Value| value.as_object().cloned().unwrap_or_else(Map::new);
        YamlText::new(YamlScope {
            environment: Arc::new(variables.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect()),
            vars: vec![
                map(json!({"region": "eu", "deep": "{{ var('region') }}-1", "loop": "{{ var('loop') }}"})),
                map(json!({"region": "us", "sizes": [1, 2]})),
            ],
            target: Some(map(json!({"name": "dev", "threads": 2}))),
            secrets,
        })
    }

    fn value(text: &str) -> Result<serde_json::Value, String> {
        let file = SourceFile::new("t.yml", text);
        let span = Span::new(&file, 0..text.len());
        renderer(Secrets::Refused).render(text, &span).map_err(|error| error.one_line())
    }

    #[test]
    fn one_expression_gives_its_value_and_anything_else_text() {
        let cases = [
            ("plain", json!("plain")),
            ("{{ env_var('COUNT') }}", json!("4")),
            ("{{ env_var('COUNT') | int }}", json!(4)),
            ("{{ env_var('COUNT') | as_number }}", json!(4)),
            ("{{ env_var('FLAG') | as_bool }}", json!(true)),
            ("{{ env_var('COUNT') == 'x' | as_bool }}", json!(false)),
            ("{{ '[1, 2]' | as_native }}", json!([1, 2])),
            ("{{ 'yes' | as_native }}", json!("yes")),
            ("{{ 4 | as_text }}", json!("4")),
            ("{{ true }}", json!("True")),
            ("{{ none }}", json!("None")),
            ("{{ var('none', 7) == 7 }}", json!(true)),
            ("{{ '1_000' | as_number }}", json!(1000)),
            ("{{ '007' | as_native }}", json!("007")),
            ("{{ true }} x", json!("True x")),
            ("{{- var('sizes')[0] + 1 -}}\n", json!(2)),
            ("{{ env_var('NOT_SET', 'x') }}/{{ env_var('USER_NAME') }}", json!("x/ann")),
            ("{{ var('region') }}", json!("eu")),
            ("{{ var('sizes') }}", json!([1, 2])),
            ("{{ var('none', 7) }}", json!(7)),
            ("{{ var('deep') }}", json!("eu-1")),
            ("{{ var.has_var('region') }}", json!(true)),
            ("{{ target.name == 'dev' }}", json!(true)),
            ("{% if target.name == 'dev' %}a{% else %}b{% endif %}", json!("a")),
            ("{{ target.name == 'prod' | as_bool }}", json!(false)),
            (
                "{% if target.name == 'dev' -%} {{ true | as_bool }} {%- else -%} {{ false | as_bool }} {%- endif -%}\n",
                json!(true),
            ),
            ("{% if target.name == 'dev' %}{{ var('sizes') }}{% endif %}", json!([1, 2])),
            ("{% if target.name == 'dev' %}{{ false }}{% endif %}", json!("False")),
            ("a {{ nothing.at_all(1) }}b", json!("a b")),
            ("{{ env_var('USER_NAME').upper() }}", json!("ANN")),
            ("{{ {'a': {'b': var('region')}} }}", json!({"a": {"b": "eu"}})),
            ("{{ {'a': [1, true]} }}", json!("{'a': [1, True]}")),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let cases = [
            ("{{ env_var('NOT_SET') }}", "the environment variable `NOT_SET` is not set (t.yml:1:4)"),
            ("{{ var('nothing') }}", "Required var 'nothing' not found in config (t.yml:1:4)"),
            ("a {{ var('nothing') }}", "Required var 'nothing' not found in config (t.yml:1:6)"),
            ("{{ env_var('DBT_ENV_SECRET_KEY') }}", "the secret `DBT_ENV_SECRET_KEY` may not be used here (t.yml:1:4)"),
            ("{{ ref('a') }}", "`ref` is not defined in YAML files (t.yml:1:4)"),
            ("{{ nothing }}", "`nothing` is not defined in YAML files (t.yml:1:1)"),
            ("{{ var('loop') }}", "the var `loop` asks for itself (t.yml:1:4)"),
            ("{{ 'x' | as_number }}", "Could not convert value 'x' into type 'number' (t.yml:1:1)"),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text), Err(expected.to_owned()), "{text}");
        }
        assert!(value("{{ 1 +").is_err());
        assert!(value("{% if %}").is_err());
    }

    #[test]
    fn a_missing_variable_is_shown_at_its_call_in_the_file() {
        let file = SourceFile::new("profiles.yml", "dev:\n  path: \"{{ env_var('USERNAME') }}.duckdb\"\n");
        let span = Span::new(&file, 13..47);
        let text = "{{ env_var('USERNAME') }}.duckdb";
        assert_eq!(span.text(), format!("\"{text}\""));
        let error = renderer(Secrets::Allowed).render(text, &span).expect_err("it is not set");
        let expected = "\
error[E0130]: the environment variable `USERNAME` is not set
 --> profiles.yml:2:13
  |
2 |   path: \"{{ env_var('USERNAME') }}.duckdb\"
  |             ^^^^^^^^^^^^^^^^^^^
  |
  = help: did you mean `USER_NAME`?
  = help: set it, or give a default: env_var('USERNAME', 'default')";
        assert_eq!(render(&error, Style::Plain), expected);
    }

    #[test]
    fn secrets_are_given_where_they_are_allowed() {
        let file = SourceFile::new("profiles.yml", "");
        let span = Span::new(&file, 0..0);
        let value = renderer(Secrets::Allowed).render("{{ env_var('DBT_ENV_SECRET_KEY') }}", &span);
        assert_eq!(value.map_err(|error| error.one_line()), Ok(json!("s3cr3t")));
    }
}
