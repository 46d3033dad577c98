//! What one render keeps while it runs, and the functions that the rewritten text calls.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use minijinja::value::Rest;
use minijinja::{Environment, Error, ErrorKind, State, Value};

use super::scope::{ParseUndefined, Scope};
use super::{Context, python};

/// Lives as long as the render; values of macros are bound to it.
pub(super) struct Runtime {
    /// What names mean.
    pub scope: Arc<Scope>,
    /// The macro that brings other units in.
    pub include: Option<Value>,
    /// The bare macros that were brought in, by index.
    pub loaded: HashMap<usize, Value>,
    /// The macro whose unit is being brought in.
    pub loading: Option<usize>,
    /// How many macros are being called.
    pub depth: usize,
}

/// Returns what the running render keeps.
pub(super) fn runtime<'s>(state: &'s mut State<'_, '_>) -> Result<&'s mut Runtime, Error> {
    if state.get_extension::<Runtime>().is_none() {
        let scope = Scope::of(state)?;
        let runtime = Runtime { scope, include: None, loaded: HashMap::new(), loading: None, depth: 0 };
        return Ok(state.get_or_insert_extension(runtime));
    }
    let missing = || Error::new(ErrorKind::InvalidOperation, "the render has lost its state");
    state.get_extension_mut::<Runtime>().ok_or_else(missing)
}

/// Returns the context of the running render.
///
/// # Errors
/// When no render of this engine is running.
pub fn state_context(state: &State<'_, '_>) -> Result<Arc<Context>, Error> {
    Scope::of(state).map(|scope| Arc::clone(&scope.context))
}

/// Returns the engine of the running render.
///
/// # Errors
/// When no render of this engine is running.
pub fn state_engine(state: &State<'_, '_>) -> Result<Arc<super::Engine>, Error> {
    Scope::of(state).map(|scope| Arc::clone(&scope.engine))
}

/// Carries the value of `return` up to the call of the macro.
pub(super) struct Returned(pub Value);

impl fmt::Debug for Returned {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Returned")
    }
}

impl fmt::Display for Returned {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`return` works only inside of a macro")
    }
}

impl std::error::Error for Returned {}

/// Returns the value when an error is a `return` under way.
pub(super) fn returned(error: &Error) -> Option<Value> {
    let source = std::error::Error::source(error)?;
    source.downcast_ref::<Returned>().map(|returned| returned.0.clone())
}

/// Adds the functions of the rewritten text, and `return`.
pub(super) fn install(environment: &mut Environment<'static>) {
    environment.add_function("__boot", |state: &mut State<'_, '_>, include: Value| -> Result<Value, Error> {
        runtime(state)?.include = Some(include);
        Ok(Value::UNDEFINED)
    });
    environment.add_function("__def", |state: &mut State<'_, '_>, bare: Value| -> Result<Value, Error> {
        let runtime = runtime(state)?;
        if let Some(index) = runtime.loading.take() {
            runtime.loaded.insert(index, bare);
        }
        Ok(Value::UNDEFINED)
    });
    environment.add_function("__do", |_: Value| Value::UNDEFINED);
    environment.add_function("__take", |state: &mut State<'_, '_>, value: Value| -> Result<Value, Error> {
        Scope::of(state)?.keep(value);
        Ok(Value::UNDEFINED)
    });
    // Not `Option<Value>`: that would turn `none` into nothing. Without a value, Python's `return` gives none.
    environment.add_function("return", |values: Rest<Value>| -> Result<Value, Error> {
        let value = values.first().cloned().unwrap_or_else(|| Value::from(()));
        Err(Error::new(ErrorKind::InvalidOperation, "`return` works only inside of a macro")
            .with_source(Returned(value)))
    });
}

/// Calls a method that a value does not have. While the project is read, the node's own text may call what is not there.
pub(super) fn unknown_method(
    state: &mut State<'_, '_>,
    value: &Value,
    method: &str,
    args: &[Value],
) -> Result<Value, Error> {
    let is_lenient = Scope::of(state).is_ok_and(|scope| scope.is_parsing() && !scope.is_macro(state.name()));
    if value.is_undefined() && is_lenient {
        return Ok(ParseUndefined::value());
    }
    let called = python::unknown_method(state, value, method, args);
    let is_missing =
        |error: &Error| error.detail().is_some_and(|text| text.ends_with(&format!("attribute '{method}'")));
    match called {
        Err(error) if is_lenient && is_missing(&error) => Ok(ParseUndefined::value()),
        called => called,
    }
}
