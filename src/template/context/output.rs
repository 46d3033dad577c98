//! What templates say: `log`, `print`, `write`, and what they render or try themselves.

use minijinja::{Error, State, Value};

use super::Saying;
use super::arguments::text;
use super::callable::Scope;
use super::raise;
use crate::template::arguments::Arguments;
use crate::template::values::to_text;

/// `log(msg, info=False)`: a line for the log, and for the user when `info` is true.
pub(super) fn log(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [message, info] = arguments.bind(["msg", "info?"])?;
    (scope.context.invocation.log)(&to_text(&message), if info.is_true() { Saying::Info } else { Saying::Log });
    Ok(Value::from(""))
}

/// `print(msg)`: a line for the user, unless `--no-print` was given.
pub(super) fn print(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let message = arguments.one("msg")?;
    let invocation = &scope.context.invocation;
    if invocation.flags.get("PRINT").and_then(crate::resource::Value::as_bool).unwrap_or(true) {
        (invocation.log)(&to_text(&message), Saying::Print);
    }
    Ok(Value::from(""))
}

/// `debug()`: dbt opens a debugger of its own language here; nothing happens.
pub(super) fn debug(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.bind([])?;
    Ok(Value::from(""))
}

/// `write(payload)`: keeps the text that a materialization runs; the runner writes it under `target/run`.
pub(super) fn write(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let payload = arguments.one("payload")?;
    if scope.context.node.is_none() {
        return Err(raise::compilation("write() works only for a node: macros have no file under `target/run`"));
    }
    scope.record(|record| record.written = Some(to_text(&payload)));
    Ok(Value::from(""))
}

/// `render(string)`: renders a text with the same context.
pub(super) fn render(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let source = text("render", "string", &arguments.one("string")?)?;
    scope.engine.render_nested(&scope.context, &source).map(Value::from)
}

/// `try_or_compiler_error(message, function, *args)`: calls a function, and says `message` when it fails.
pub(super) fn try_or_compiler_error(
    _: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [message, function, ..] = arguments.positional() else {
        return Err(raise::compilation("try_or_compiler_error() needs a message and a function"));
    };
    let rest = arguments.after(2);
    function.call(state, &rest).map_err(|_| raise::compilation(to_text(message)))
}

/// `submit_python_job(model, code)`: only a materialization may, and Python models are run elsewhere.
pub(super) fn submit_python_job(_: &Scope, _: &mut State<'_, '_>, _: &Arguments<'_>) -> Result<Value, Error> {
    Err(raise::compilation("submit_python_job() is not supported: Python models are not run by templates"))
}

/// `adapter_macro(name)`: removed from dbt long ago.
pub(super) fn adapter_macro(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let name = arguments.positional().first().map(to_text).unwrap_or_default();
    Err(raise::compilation(format!(
        "The \"adapter_macro\" macro has been deprecated. Instead, use the `adapter.dispatch` method to find a macro and call the \
         result. adapter_macro was called for: {name}"
    )))
}
