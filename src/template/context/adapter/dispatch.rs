//! `adapter.dispatch`: finds the form of a macro that fits the adapter.

use minijinja::{Error, State, Value};

use super::{Arguments, Scope, raise};
use crate::template::context::arguments::{is_absent, kind_name, text};

/// `dispatch(macro_name, macro_namespace=none)`: `duckdb__name` or `default__name`, from the packages that the project puts first.
pub(super) fn dispatch(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [name, namespace, packages] = arguments.bind(["macro_name", "macro_namespace?", "packages?"])?;
    let name = text("dispatch", "macro_name", &name)?;
    if let Some((package, rest)) = name.split_once('.') {
        return Err(raise::compilation(format!(
            "In adapter.dispatch, \"{name}\" is not the name of a macro. Did you mean \
             `adapter.dispatch(\"{rest}\", macro_namespace=\"{package}\")`?"
        )));
    }
    if !is_absent(&packages) {
        return Err(raise::compilation(format!(
            "In adapter.dispatch(\"{name}\"), the argument \"packages\" has been removed: use \"macro_namespace\""
        )));
    }
    let namespace = match namespace.as_str() {
        Some(namespace) => Some(namespace),
        None if is_absent(&namespace) => None,
        None => {
            let kind = kind_name(&namespace);
            return Err(raise::compilation(format!(
                "In adapter.dispatch, macro_namespace must be none or a string, not {kind}"
            )));
        }
    };
    scope.engine.dispatch(&scope.context, &name, namespace)
}
