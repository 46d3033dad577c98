//! `adapter.dispatch`: finds the form of a macro that fits the adapter.

use minijinja::{Error, State, Value};

use super::{Arguments, Scope, raise};
use crate::template::context::arguments::{is_absent, text};
use crate::template::values::{to_text, type_name};

/// `dispatch(macro_name, macro_namespace=none)`: `duckdb__name` or `default__name`, from the packages that the project puts first.
pub(super) fn dispatch(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [name, namespace, packages] = arguments.bind(["macro_name", "macro_namespace?", "packages?"])?;
    let name = text("dispatch", "macro_name", &name)?;
    if let Some((package, rest)) = name.split_once('.') {
        return Err(raise::compilation(format!(
            "In adapter.dispatch, got a macro name of \"{name}\", but \".\" is not a valid macro name component. Did you \
             mean `adapter.dispatch(\"{rest}\", macro_namespace=\"{package}\")`?"
        )));
    }
    if !is_absent(&packages) {
        return Err(raise::compilation(format!(
            "The \"packages\" argument of adapter.dispatch() has been deprecated.\nUse the \"macro_namespace\" argument \
             instead.\n\nRaised during dispatch for: {name}"
        )));
    }
    let namespace = match namespace.as_str() {
        Some(namespace) => Some(namespace),
        None if is_absent(&namespace) => None,
        None => {
            let (class, given) = (type_name(&namespace), to_text(&namespace));
            return Err(raise::compilation(format!(
                "In adapter.dispatch, got a <class '{class}'> macro_namespace argument (\"{given}\"), but \
                 macro_namespace should be None or a string."
            )));
        }
    };
    scope.engine.dispatch(&scope.context, &name, namespace)
}
