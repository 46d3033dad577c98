//! Statements: `adapter.execute` and its relatives, transactions, and what queries look like.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::columns::described;
use super::{Arguments, Scope, call_macro, raise};
use crate::adapter::{AdapterError, Datum, Session, Table};
use crate::template::context::arguments::{is_absent, text};
use crate::template::context::statement::ResponseObject;
use crate::template::values::{TableObject, list, tuple};

/// Returns the session of the render.
pub(in crate::template::context) fn session<'a>(scope: &'a Scope, function: &str) -> Result<&'a Session, Error> {
    scope.context.session.as_deref().ok_or_else(|| {
        raise::compilation(format!(
            "'adapter.{function}' needs the database, which this command does not connect to: connection never acquired \
             for thread"
        ))
    })
}

/// Runs something on the session. As in dbt, a statement that fails ends the transaction it was in.
pub(in crate::template::context) fn run<T>(
    scope: &Scope,
    function: &str,
    action: impl FnOnce(&Session) -> Result<T, AdapterError>,
) -> Result<T, Error> {
    let session = session(scope, function)?;
    action(session).map_err(|error| {
        // The statement's own error is what the user must see; a rollback that fails too adds nothing.
        let _ = session.rollback();
        misfit(scope, session).unwrap_or_else(|| raise::database(error))
    })
}

/// For a seed, returns the message that points at the value in the file which the database could not take.
fn misfit(scope: &Scope, session: &Session) -> Option<Error> {
    let seed = scope.context.memory.seed()?;
    let misfit = session.connection().seed_misfit(&seed).ok()??;
    Some(raise::resolve(seed.misfit(misfit)))
}

fn begin(scope: &Scope, session: &Session) -> Result<(), AdapterError> {
    if transactions_are_off(scope) { Ok(()) } else { session.begin() }
}

/// Returns whether the profile turns transactions off.
pub(super) fn transactions_are_off(scope: &Scope) -> bool {
    super::target(scope, "disable_transactions").and_then(crate::resource::Value::as_bool).unwrap_or(false)
}

/// `execute(sql, auto_begin=False, fetch=False, limit=none)`: the response and the rows.
pub(super) fn execute(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [sql, auto_begin, fetch, limit] = arguments.bind(["sql", "auto_begin?", "fetch?", "limit?"])?;
    let sql = text("execute", "sql", &sql)?;
    let limit = if is_absent(&limit) { None } else { limit.as_usize() };
    let (response, table) = run(scope, "execute", |session| {
        if auto_begin.is_true() {
            begin(scope, session)?;
        }
        if fetch.is_true() {
            session.query(&sql, limit)
        } else {
            session.execute(&sql).map(|response| (response, Table::default()))
        }
    })?;
    Ok(tuple(vec![ResponseObject::value(response), TableObject::value(Arc::new(table))]))
}

/// `add_query(sql, auto_begin=True, bindings=none)`: a connection (none here) and a cursor over the rows.
pub(super) fn add_query(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let [sql, auto_begin, bindings, _] = arguments.bind(["sql", "auto_begin?", "bindings?", "abridge_sql_log?"])?;
    let sql = text("add_query", "sql", &sql)?;
    if bindings.is_true() {
        return Err(raise::compilation("'adapter.add_query' takes no bindings: write the values into the SQL"));
    }
    let (_, table) = run(scope, "add_query", |session| {
        if auto_begin.is_undefined() || auto_begin.is_true() {
            begin(scope, session)?;
        }
        session.query(&sql, None)
    })?;
    let cursor = Cursor { table: Arc::new(table), next: Mutex::new(0) };
    Ok(tuple(vec![Value::from(()), Value::from_object(cursor)]))
}

/// The rows of a query, taken one after another.
struct Cursor {
    table: Arc<Table>,
    next: Mutex<usize>,
}

impl fmt::Debug for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<cursor>")
    }
}

impl Object for Cursor {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, _: &[Value]) -> Result<Value, Error> {
        let rows = TableObject::value(Arc::clone(&self.table)).get_attr("rows")?;
        let total = self.table.rows.len();
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        match method {
            "fetchone" if *next < total => {
                *next += 1;
                rows.get_item_by_index(*next - 1)
            }
            "fetchone" => Ok(Value::from(())),
            "fetchall" => {
                let rest = rows.try_iter()?.skip(*next).collect();
                *next = total;
                Ok(list(rest))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

/// `get_column_schema_from_query(sql)`: the columns a query would have; structs by their fields.
pub(super) fn get_column_schema_from_query(
    scope: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let sql = text("get_column_schema_from_query", "sql", &arguments.one("sql")?)?;
    let columns = run(scope, arguments.function(), |session| {
        session.connection().describe(&sql).map_err(|mut error| {
            error.sql.get_or_insert_with(|| sql.clone());
            error
        })
    })?;
    Ok(described(columns))
}

/// `validate_sql(sql)`: asks the database to plan a statement.
pub(super) fn validate_sql(
    scope: &Scope,
    state: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let sql = arguments.one("sql")?;
    call_macro(scope, state, "validate_sql", &[("sql", sql)])?.get_attr("response")
}

/// `run_sql_for_tests(sql, fetch, conn)`: for adapters' own tests; rows as lists.
pub(super) fn run_sql_for_tests(
    scope: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let [sql, fetch, _] = arguments.bind(["sql", "fetch?", "conn?"])?;
    let sql = text("run_sql_for_tests", "sql", &sql)?;
    let (_, table) = run(scope, arguments.function(), |session| session.query(&sql, None))?;
    let rows = TableObject::value(Arc::new(table)).get_attr("rows")?;
    match fetch.as_str() {
        Some("one") => Ok(rows.get_item_by_index(0).unwrap_or_default()),
        Some("all") => Ok(rows),
        _ => Ok(Value::from(())),
    }
}

/// `commit()`: commits what is open.
pub(super) fn commit(scope: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.bind([])?;
    commit_open(scope)?;
    Ok(Value::from(()))
}

/// Commits the open transaction, if any.
pub(super) fn commit_open(scope: &Scope) -> Result<(), Error> {
    run(scope, "commit", Session::commit)
}

/// `get_partitions_metadata(table)`: no partitions here.
pub(super) fn get_partitions_metadata(_: &Scope, _: &mut State<'_, '_>, _: &Arguments<'_>) -> Result<Value, Error> {
    Err(raise::compilation("'adapter.get_partitions_metadata' is not implemented for DuckDB"))
}

/// `convert_datetimes_to_strs(table)`: the same table with its timestamps as text.
pub(super) fn convert_datetimes_to_strs(
    _: &Scope,
    _: &mut State<'_, '_>,
    arguments: &Arguments<'_>,
) -> Result<Value, Error> {
    let value = arguments.one("table")?;
    let Some(object) = value.downcast_object_ref::<TableObject>() else { return Ok(value) };
    let mut table = Table::clone(object.table());
    for cell in table.rows.iter_mut().flatten() {
        if let Datum::Timestamp(moment) | Datum::TimestampTz(moment) = cell {
            *cell = Datum::Text(std::mem::take(moment));
        }
    }
    for column in &mut table.columns {
        if column.data_type.to_uppercase().starts_with("TIMESTAMP") {
            "VARCHAR".clone_into(&mut column.data_type);
        }
    }
    Ok(TableObject::value(Arc::new(table)))
}
