//! `var` and `env_var`: what the user sets from outside.

use std::sync::Arc;

use minijinja::{Error, State, Value};
use serde::Serialize;

use super::arguments::{is_absent, text};
use super::callable::{Member, Scope, Shape};
use super::{Context, raise};
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{Map, Value as Plain};
use crate::template::arguments::Arguments;
use crate::template::values::from_plain;

/// Environment variables with this prefix are refused to templates of nodes.
const SECRET_PREFIX: &str = "DBT_ENV_SECRET_";
/// Environment variables with this prefix are metadata: `dbt_metadata_envs`.
const METADATA_PREFIX: &str = "DBT_ENV_CUSTOM_ENV_";

/// `var(name, default)` with `var.has_var(name)`.
pub(super) const VAR: Shape =
    Shape { name: "var", functions: &[Member::new("has_var", has_var)], call: Some(var), ..Shape::EMPTY };

fn var(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [name, default] = arguments.bind(["name", "default?"])?;
    let name = text("var", "name", &name)?;
    scope.record(|record| {
        if !record.vars.contains(&name) {
            record.vars.push(name.clone());
        }
    });
    match lookup(&scope.context, &name) {
        Some(Plain::String(value)) if has_template(value) => {
            scope.engine.render_nested(&scope.context, value).map(Value::from)
        }
        Some(value) => Ok(from_plain(value)),
        None if has_default(arguments) => Ok(default),
        // The macros that name nodes are called while the project is read, but for good.
        None if scope.is_parsing() && scope.context.node.is_some() => Ok(Value::from(())),
        None => Err(missing_var(&scope.context, &name)),
    }
}

/// Even an undefined value given as the default counts as one.
fn has_default(arguments: &Arguments<'_>) -> bool {
    arguments.positional().len() > 1 || arguments.keyword("default").is_some()
}

fn has_var(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let name = arguments.one("name")?;
    Ok(Value::from(name.as_str().is_some_and(|name| lookup(&scope.context, name).is_some())))
}

fn has_template(value: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|mark| value.contains(mark))
}

/// Finds a var: the command line's first, then the root project's, then the package's own; scoped before global ones.
fn lookup<'a>(context: &'a Context, name: &str) -> Option<&'a Plain> {
    layers(context).find_map(|layer| layer.get(name))
}

/// Returns the mappings that vars come from, the strongest first.
fn layers<'a>(context: &'a Context) -> impl DoubleEndedIterator<Item = &'a Map> {
    let invocation = &context.invocation;
    let (package, root) = (context.package.as_str(), invocation.project_name.as_str());
    let own = if package == root { None } else { invocation.project_vars.get(package) };
    let of_project = move |vars: Option<&'a Map>| [vars.and_then(|vars| vars.get(package)?.as_object()), vars];
    let from_root = of_project(invocation.project_vars.get(root));
    std::iter::once(Some(&invocation.cli_vars)).chain(from_root).chain(of_project(own)).flatten()
}

fn missing_var(context: &Context, name: &str) -> Error {
    let mut known = Map::new();
    for layer in layers(context).rev() {
        known.extend(layer.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    for (_, value) in known.iter_mut().filter(|(name, _)| name.starts_with("DBT_ENV_SECRET")) {
        *value = "*****".into();
    }
    let node = node_name(context).unwrap_or_else(|| "<Configuration>".to_owned());
    let listed = pretty(&known);
    let title = format!("Required var '{name}' not found in config:\nVars supplied to {node} = {listed}");
    let diagnostic = Diagnostic::error(Kind::Compilation, "E0610", title)
        .with_nearest(name, known.keys().map(String::as_str))
        .with_help(format!("give it a value under `vars:` in the project file, or with --vars '{{{name}: …}}'"));
    raise::resolve(Box::new(diagnostic))
}

/// Returns the name of the node that is rendered.
pub(super) fn node_name(context: &Context) -> Option<String> {
    let model = match &context.node {
        Some(node) => (node.model)(),
        None => context.extra.get("model")?.clone(),
    };
    model.get("name")?.as_str().map(str::to_owned)
}

/// Writes a mapping as indented JSON with sorted keys.
fn pretty(map: &Map) -> String {
    let sorted: std::collections::BTreeMap<&String, &Plain> = map.iter().collect();
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    match sorted.serialize(&mut serializer) {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => "{}".to_owned(),
    }
}

/// `env_var(name, default)`: an environment variable as text.
pub(super) fn env_var(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [name, default] = arguments.bind(["var", "default?"])?;
    let name = text("env_var", "var", &name)?;
    if name.starts_with(SECRET_PREFIX) {
        let message = format!(
            "Secret env vars are allowed only in profiles.yml or packages.yml. Found '{name}' referenced elsewhere."
        );
        return Err(raise::of_kind(Kind::Parsing, "E0612", message));
    }
    let environment = &scope.context.invocation.environment;
    let value = match environment.get(&name) {
        Some(value) => Value::from(value.as_str()),
        None if !is_absent(&default) => default,
        None => {
            let title = format!("Env var required but not provided: '{name}'");
            let diagnostic = Diagnostic::error(Kind::Parsing, "E0611", title)
                .with_nearest(&name, environment.keys().map(String::as_str))
                .with_help(format!("set it, or give a default: env_var('{name}', '…')"));
            return Err(raise::resolve(Box::new(diagnostic)));
        }
    };
    scope.record(|record| {
        if !record.env_vars.contains(&name) {
            record.env_vars.push(name);
        }
    });
    Ok(value)
}

/// `dbt_metadata_envs`: the environment variables meant for artifacts, without their prefix.
pub(super) fn metadata(context: &Arc<Context>) -> Value {
    let named = context.invocation.environment.iter().filter_map(|(name, value)| {
        let name = name.strip_prefix(METADATA_PREFIX)?;
        Some((name.to_owned(), Plain::from(value.as_str())))
    });
    from_plain(&Plain::Object(named.collect()))
}
