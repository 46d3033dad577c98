//! `adapter.parse_index`: an index as a model's config describes it.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use chrono::Utc;
use md5::{Digest, Md5};
use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::{Arguments, Scope, raise};
use crate::resource::Value as Plain;
use crate::template::context::arguments::is_absent;
use crate::template::values::{list, repr, to_plain, to_text};

/// `parse_index(raw_index)`: none for none.
pub(super) fn parse_index(_: &Scope, _: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let raw = arguments.one("raw_index")?;
    if is_absent(&raw) {
        return Ok(Value::from(()));
    }
    let Plain::Object(map) = to_plain(&raw) else {
        return Err(raise::compilation(format!("an index must be a mapping with `columns`, not `{}`", to_text(&raw))));
    };
    let columns: Option<Vec<String>> = map
        .get("columns")
        .and_then(Plain::as_array)
        .and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
    let Some(columns) = columns else {
        return Err(raise::compilation("Could not parse index config: `columns` must be a list of names"));
    };
    let unique = match map.get("unique") {
        None => false,
        Some(Plain::Bool(unique)) => *unique,
        Some(other) => {
            return Err(raise::compilation(format!(
                "Could not parse index config: `unique` must be true or false, not `{other}`"
            )));
        }
    };
    Ok(Value::from_object(Index { columns, unique }))
}

/// An index: `columns`, `unique`, and `render(relation)` for its name.
struct Index {
    columns: Vec<String>,
    unique: bool,
}

impl fmt::Debug for Index {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.columns.iter().map(|name| repr(&Value::from(name.as_str()))).collect::<Vec<_>>().join(", ");
        let unique = if self.unique { "True" } else { "False" };
        write!(formatter, "DuckDBIndexConfig(columns=[{columns}], unique={unique})")
    }
}

impl Object for Index {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "columns" => Some(list(self.columns.iter().map(|name| Value::from(name.as_str())).collect())),
            "unique" => Some(Value::from(self.unique)),
            _ => None,
        }
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        if method != "render" {
            return Err(Error::from(ErrorKind::UnknownMethod));
        }
        let relation = Arguments::new(method, args).one("relation")?;
        // As in dbt, the moment keeps the name apart from that of the last run's table, which still exists while this one is built,
        // and from that of a second index over the same columns.
        let unique = if self.unique { "True" } else { "False" };
        let parts = format!("{}_{}_{unique}_{}", self.columns.join("_"), to_text(&relation), Utc::now().to_rfc3339());
        Ok(Value::from(md5_text(&parts)))
    }
}

/// Returns the MD5 sum of a text in hex.
pub(super) fn md5_text(text: &str) -> String {
    Md5::digest(text).iter().fold(String::new(), |mut sum, byte| {
        // Writing to a String cannot fail.
        let _ = write!(sum, "{byte:02x}");
        sum
    })
}
