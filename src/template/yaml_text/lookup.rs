//! `env_var` and `var` in YAML.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::value::{Object, ObjectRepr, Serde};
use minijinja::{Error, ErrorKind, State, Value as JinjaValue};

use super::Secrets;
use super::raised::{raise, raised, words};
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{Map, Value};

/// Environment variables of this prefix are secrets.
pub(super) const SECRET_PREFIX: &str = "DBT_ENV_SECRET_";
/// Vars whose texts ask for vars are followed this far.
const DEEPEST_VAR: usize = 20;

/// How the stand-in of a secret begins, in dbt's form.
pub(super) const SECRET_START: &str = "$$$DBT_ENV_SECRET_START$$$";

/// Returns what stands for a secret variable while templates are rendered.
pub(super) fn stand_in(name: &str) -> String {
    format!("{SECRET_START}{name}$$$DBT_ENV_SECRET_END$$$")
}

/// Answers `env_var(name, default)`.
pub(super) fn env_var(
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

/// The callable `var`.
#[derive(Debug)]
pub(super) struct Vars {
    maps: Vec<Map>,
    depth: AtomicUsize,
}

impl Vars {
    /// Makes the callable; an earlier mapping wins over a later one.
    pub(super) fn new(maps: Vec<Map>) -> Self {
        Self { maps, depth: AtomicUsize::new(0) }
    }

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
