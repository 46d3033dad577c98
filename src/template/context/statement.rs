//! Results of statements: `store_result`, `store_raw_result`, `load_result`, and the response object in them.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, State, Value};

use super::arguments::{is_absent, optional_text, or_none, text};
use super::callable::Scope;
use super::memory::{StatementResult, Taken};
use super::raise;
use crate::adapter::Response;
use crate::template::arguments::Arguments;
use crate::template::values::{TableObject, dict, list, read_mapping, repr, tuple};

/// What the database answered to a statement: prints its message, and has `rows_affected` and `code`.
pub(crate) struct ResponseObject {
    response: Response,
    code: Option<String>,
}

impl ResponseObject {
    /// Makes a value of a response.
    pub fn value(response: Response) -> Value {
        Value::from_object(Self { response, code: None })
    }
}

impl fmt::Debug for ResponseObject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = repr(&Value::from(self.response.message.as_str()));
        let code = repr(&Value::from(self.code.as_deref()));
        let rows = repr(&Value::from(self.response.rows_affected));
        write!(formatter, "AdapterResponse(_message={message}, code={code}, rows_affected={rows}, query_id=None)")
    }
}

impl Object for ResponseObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "_message" => Some(Value::from(self.response.message.as_str())),
            "code" => Some(Value::from(self.code.as_deref())),
            "rows_affected" => Some(Value::from(self.response.rows_affected)),
            "query_id" => Some(Value::from(())),
            _ => None,
        }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.response.message)
    }
}

/// A stored result as `load_result` gives it: `response`, `table`, and `data`, the rows as tuples, made when asked for.
#[derive(Debug)]
struct ResultObject {
    response: Value,
    table: Value,
}

impl Object for ResultObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "response" => Some(self.response.clone()),
            "table" => Some(self.table.clone()),
            "data" => Some(self.data()),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["response", "data", "table"])
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        read_mapping(&Value::from_dyn_object(Arc::clone(self)), method, args)
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = ["response", "data", "table"].map(|name| (Value::from(name), self.get_value_by_str(name)));
        let parts = parts.into_iter().map(|(name, value)| (name, value.unwrap_or_default()));
        formatter.write_str(&repr(&dict(parts)))
    }
}

impl ResultObject {
    fn data(&self) -> Value {
        let rows = self.table.get_attr("rows").and_then(|rows| rows.try_iter());
        list(rows.into_iter().flatten().map(|row| tuple(row.try_iter().into_iter().flatten().collect())).collect())
    }
}

/// `store_result(name, response, agate_table=none)`.
pub(super) fn store_result(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [name, response, table] = arguments.bind(["name", "response", "agate_table?"])?;
    store(scope, &text("store_result", "name", &name)?, or_none(response), table);
    Ok(Value::from(""))
}

/// `store_raw_result(name, message, code, rows_affected, agate_table=none)`.
pub(super) fn store_raw_result(
    scope: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [name, message, code, rows_affected, table] =
        arguments.bind(["name", "message?", "code?", "rows_affected?", "agate_table?"])?;
    let rows_affected = optional_text(&rows_affected).and_then(|count| count.parse().ok());
    let response = Response { message: optional_text(&message).unwrap_or_default(), rows_affected };
    let response = Value::from_object(ResponseObject { response, code: optional_text(&code) });
    store(scope, &text("store_raw_result", "name", &name)?, response, table);
    Ok(Value::from(""))
}

fn store(scope: &Scope, name: &str, response: Value, table: Value) {
    let table = if is_absent(&table) { TableObject::value(Arc::default()) } else { table };
    let (plain, code) = match response.downcast_object_ref::<ResponseObject>() {
        Some(object) => (Some(object.response.clone()), object.code.clone()),
        None => (optional_text(&response).map(|message| Response { message, rows_affected: None }), None),
    };
    let rows = table.downcast_object_ref::<TableObject>().map(|object| Arc::clone(object.table()));
    let view = Value::from_object(ResultObject { response, table });
    scope.context.memory.store(name, StatementResult { view, response: plain, code, table: rows });
}

/// `load_result(name)`: a stored result, once; `main` any number of times; none when there was no such statement.
pub(super) fn load_result(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let name = arguments.one("name")?;
    let name = text("load_result", "name", &name)?;
    match scope.context.memory.take(&name) {
        Taken::NeverStored => Ok(Value::from(())),
        Taken::Now(result) => Ok(result.view),
        Taken::Before => Err(raise::compilation(format!(
            "The 'statement' result named '{name}' has already been loaded into a variable"
        ))),
    }
}
