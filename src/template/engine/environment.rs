//! Environments of minijinja as the dialect needs them.

use std::sync::Arc;

use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use crate::template::explain::ScanFailure;
use crate::template::library::{Library, Marking};
use crate::template::{native, python, state};

/// Each call of a macro costs about five of these.
const RECURSION_LIMIT: usize = 2_000;

/// Makes the environment of parsing, which tolerates undefined values.
pub(super) fn environment(library: &Arc<Library>) -> Environment<'static> {
    let mut environment = Environment::new();
    // With debugging on, every error copies its template's text, and `return` is an error.
    environment.set_debug(false);
    environment.set_auto_reload(false);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_recursion_limit(RECURSION_LIMIT);
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    python::install(&mut environment);
    native::install(&mut environment);
    environment.set_unknown_method_callback(state::unknown_method);
    state::install(&mut environment);
    set_loader(&mut environment, library, Marking::Off);
    environment
}

/// Lets macros be compiled when they are first called.
pub(super) fn set_loader(environment: &mut Environment<'static>, library: &Arc<Library>, marking: Marking) {
    let library = Arc::clone(library);
    environment.set_loader(move |name| match library.unit(name, marking) {
        None => Ok(None),
        Some(Ok(text)) => Ok(Some(text)),
        Some(Err(error)) => {
            let message = error.message.clone();
            Err(Error::new(ErrorKind::SyntaxError, message).with_source(ScanFailure { unit: name.to_owned(), error }))
        }
    });
}
