//! Agate's sequences whose items have names too: rows, columns, and the rows and columns of a table.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Tuple};
use minijinja::{Error, ErrorKind, State, Value};

use super::list::search;
use super::{Dict, List, order, repr, tuple};
use crate::template::arguments::Arguments;

/// How many items a sequence shows when it is printed.
const SHOWN: usize = 5;

/// A sequence that is indexed by number or by name.
pub struct Mapped {
    class: &'static str,
    values: Vec<Value>,
    keys: Option<Arc<Vec<String>>>,
    column: Option<ColumnFacts>,
}

/// What a column knows of itself.
pub(super) struct ColumnFacts {
    pub(super) name: String,
    pub(super) index: usize,
    pub(super) data_type: &'static str,
}

impl Mapped {
    /// Makes a row.
    pub fn row(names: &Arc<Vec<String>>, values: Vec<Value>) -> Value {
        Value::from_object(Self { class: "Row", values, keys: Some(Arc::clone(names)), column: None })
    }

    /// Makes a sequence of rows, which have no names, or of columns, which have.
    pub(super) fn sequence(values: Vec<Value>, keys: Option<Arc<Vec<String>>>) -> Value {
        Value::from_object(Self { class: "MappedSequence", values, keys, column: None })
    }

    /// Makes a column.
    pub(super) fn column(facts: ColumnFacts, values: Vec<Value>) -> Value {
        Value::from_object(Self { class: "Column", values, keys: None, column: Some(facts) })
    }

    /// Returns the items.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    fn by_name(&self, name: &str) -> Option<Value> {
        let index = self.keys.as_ref()?.iter().position(|key| key == name)?;
        self.values.get(index).cloned()
    }

    fn pairs(&self) -> Vec<(Value, Value)> {
        let keys = self.keys.iter().flat_map(|keys| keys.iter());
        keys.zip(&self.values).map(|(key, value)| (Value::from(key.as_str()), value.clone())).collect()
    }

    /// The methods that only columns have.
    fn column_method(&self, method: &str) -> Result<Value, Error> {
        let present = || self.values.iter().filter(|value| !value.is_none()).cloned();
        match method {
            "values_without_nulls" => Ok(tuple(present().collect())),
            "values_distinct" => {
                let distinct: indexmap::IndexSet<Value> = self.values.iter().cloned().collect();
                Ok(tuple(distinct.into_iter().collect()))
            }
            "values_sorted" | "values_without_nulls_sorted" => {
                let mut sorted = order(present().map(|value| (value.clone(), value)).collect(), false)?;
                if method == "values_sorted" {
                    sorted.resize(self.values.len(), Value::from(()));
                }
                Ok(List::value(sorted))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

impl fmt::Debug for Mapped {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown: Vec<String> = self.values.iter().take(SHOWN).map(repr).collect();
        if self.values.len() > SHOWN {
            shown.push("...".to_owned());
        }
        write!(formatter, "<agate.{}: ({})>", self.class, shown.join(", "))
    }
}

impl Object for Mapped {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        if let Some(name) = key.as_str() {
            return self.get_value_by_str(name);
        }
        self.values.get(key.as_usize()?).cloned()
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        if let Some(value) = self.by_name(key) {
            return Some(value);
        }
        let column = self.column.as_ref()?;
        match key {
            "name" => Some(Value::from(column.name.as_str())),
            "index" => Some(Value::from(column.index)),
            "data_type" => Some(Value::from(column.data_type)),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.values.clone())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.values.len())
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new(method, args);
        match method {
            "values" => {
                arguments.options([])?;
                Ok(tuple(self.values.clone()))
            }
            "keys" => {
                arguments.options([])?;
                let names = |keys: &Arc<Vec<String>>| tuple(keys.iter().map(|key| Value::from(key.as_str())).collect());
                Ok(self.keys.as_ref().map_or_else(|| Value::from(()), names))
            }
            "items" => {
                arguments.options([])?;
                let pairs = self.pairs().into_iter().map(|(key, value)| Value::from(Tuple::from([key, value])));
                Ok(tuple(pairs.collect()))
            }
            "dict" => {
                arguments.options([])?;
                Ok(Dict::value(self.pairs()))
            }
            "get" => {
                let [key, default] = arguments.options(["key", "default"])?;
                let key = key.ok_or_else(|| arguments.missing("key"))?;
                Ok(self.get_value(&key).or(default).unwrap_or_else(|| Value::from(())))
            }
            "index" | "count" => search(&self.values, "tuple", method, args),
            _ if self.column.is_some() => self.column_method(method),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_ref(), formatter)
    }
}
