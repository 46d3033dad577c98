//! Python's list: mutable, shared by reference.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::{compare, iterate, order, type_name};
use crate::template::arguments::{Arguments, type_error};

/// A list. The lock is only ever held for one operation on the vector: never while comparing, printing, iterating or
/// calling, so that a list that contains itself cannot stop the program.
#[derive(Default)]
pub struct List {
    items: Mutex<Vec<Value>>,
}

impl List {
    /// Makes a list.
    pub fn new(items: Vec<Value>) -> Self {
        Self { items: Mutex::new(items) }
    }

    /// Makes a list as a template sees it.
    pub fn value(items: Vec<Value>) -> Value {
        Value::from_object(Self::new(items))
    }

    /// Returns a copy of the items.
    pub fn items(&self) -> Vec<Value> {
        self.with(|items| items.clone())
    }

    /// Returns what tells this list from others.
    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    fn with<T>(&self, action: impl FnOnce(&mut Vec<Value>) -> T) -> T {
        // A panic elsewhere cannot leave the vector half changed: each action is one operation on it.
        action(&mut self.items.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts other items in the place of these.
    pub fn replace(&self, items: Vec<Value>) {
        // The old items are dropped after the lock is given back.
        drop(self.with(|old| std::mem::replace(old, items)));
    }

    fn position(&self, wanted: &Value) -> Option<usize> {
        self.items().iter().position(|item| item == wanted)
    }

    fn pop(&self, index: Option<&Value>) -> Result<Value, Error> {
        let index = index.map_or(Ok(-1), integer)?;
        self.with(|items| {
            if items.is_empty() {
                return Err(index_error("pop from empty list"));
            }
            let place = resolve(index, items.len()).ok_or_else(|| index_error("pop index out of range"))?;
            Ok(items.remove(place))
        })
    }

    fn insert(&self, index: &Value, item: Value) -> Result<(), Error> {
        let index = integer(index)?;
        self.with(|items| {
            let length = items.len();
            let place = match usize::try_from(index) {
                Ok(index) => index.min(length),
                Err(_) => length.saturating_sub(usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX)),
            };
            items.insert(place, item);
        });
        Ok(())
    }

    fn remove(&self, wanted: &Value) -> Result<(), Error> {
        let place = self.position(wanted).ok_or_else(|| value_error("list.remove(x): x not in list"))?;
        let removed = self.with(|items| (place < items.len()).then(|| items.remove(place)));
        drop(removed);
        Ok(())
    }

    fn sort(&self, state: &mut State, key: Option<&Value>, reverse: bool) -> Result<(), Error> {
        let keyed = self
            .items()
            .into_iter()
            .map(|item| {
                let sorted_by = match key.filter(|key| !key.is_none()) {
                    Some(key) => key.call(state, std::slice::from_ref(&item))?,
                    None => item.clone(),
                };
                Ok((sorted_by, item))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        self.replace(order(keyed, reverse)?);
        Ok(())
    }
}

impl fmt::Debug for List {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&super::repr(&Self::value(self.items())))
    }
}

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let index = key.as_usize()?;
        self.with(|items| items.get(index).cloned())
    }

    fn get_value_by_str(self: &Arc<Self>, _key: &str) -> Option<Value> {
        None
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.items())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.with(|items| items.len()))
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?;
        Some(compare::sequences(&self.items(), &other.items()))
    }

    fn call_method(self: &Arc<Self>, state: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        let none = Value::from(());
        let arguments = Arguments::new(method, args);
        match method {
            "append" => {
                let [item] = arguments.options(["object"])?;
                let item = super::materialise(&item.ok_or_else(|| arguments.missing("object"))?);
                self.with(|items| items.push(item));
                Ok(none)
            }
            "extend" => {
                let [more] = arguments.options(["iterable"])?;
                let more = iterate(&more.ok_or_else(|| arguments.missing("iterable"))?)?;
                self.with(|items| items.extend(more));
                Ok(none)
            }
            "insert" => {
                let [index, item] = arguments.options(["index", "object"])?;
                let (Some(index), Some(item)) = (index, item) else { return Err(arguments.missing("object")) };
                self.insert(&index, super::materialise(&item)).map(|()| none)
            }
            "pop" => {
                let [index] = arguments.options(["index"])?;
                self.pop(index.as_ref())
            }
            "remove" => {
                let [item] = arguments.options(["value"])?;
                self.remove(&item.ok_or_else(|| arguments.missing("value"))?).map(|()| none)
            }
            "clear" => {
                arguments.options([])?;
                self.replace(Vec::new());
                Ok(none)
            }
            "reverse" => {
                arguments.options([])?;
                self.with(|items| items.reverse());
                Ok(none)
            }
            "copy" => {
                arguments.options([])?;
                Ok(Self::value(self.items()))
            }
            "sort" => {
                let [key, reverse] = arguments.options(["key", "reverse"])?;
                self.sort(state, key.as_ref(), reverse.is_some_and(|reverse| reverse.is_true())).map(|()| none)
            }
            _ => search(&self.items(), "list", method, args),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&super::repr(&Value::from_dyn_object(Arc::clone(self))))
    }
}

/// `index` and `count`, which lists and tuples share.
pub fn search(items: &[Value], kind: &str, method: &str, args: &[Value]) -> Result<Value, Error> {
    let arguments = Arguments::new(method, args);
    match method {
        "count" => {
            let [wanted] = arguments.options(["value"])?;
            let wanted = wanted.ok_or_else(|| arguments.missing("value"))?;
            Ok(Value::from(items.iter().filter(|item| **item == wanted).count()))
        }
        "index" => {
            let [wanted, start, stop] = arguments.options(["value", "start", "stop"])?;
            let wanted = wanted.ok_or_else(|| arguments.missing("value"))?;
            let start = bound(start.as_ref(), 0, items.len())?;
            let stop = bound(stop.as_ref(), items.len(), items.len())?;
            let found = (start..stop).find(|index| items[*index] == wanted);
            found.map(Value::from).ok_or_else(|| value_error(format!("{} is not in {kind}", super::repr(&wanted))))
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

/// Resolves an optional start or end of a range, which may count from the end.
pub fn bound(value: Option<&Value>, default: usize, length: usize) -> Result<usize, Error> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(default) };
    let index = integer(value)?;
    Ok(match usize::try_from(index) {
        Ok(index) => index.min(length),
        Err(_) => length.saturating_sub(usize::try_from(index.unsigned_abs()).unwrap_or(usize::MAX)),
    })
}

/// Returns an index as a whole number.
///
/// # Errors
/// When the value is not one.
pub fn integer(value: &Value) -> Result<i64, Error> {
    if value.is_integer() || matches!(value.kind(), minijinja::value::ValueKind::Bool) {
        return value.as_i64().ok_or_else(|| index_error("cannot fit 'int' into an index-sized integer"));
    }
    Err(type_error(format!("'{}' object cannot be interpreted as an integer", type_name(value))))
}

fn resolve(index: i64, length: usize) -> Option<usize> {
    let place = match usize::try_from(index) {
        Ok(index) => index,
        Err(_) => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
    };
    (place < length).then_some(place)
}

fn index_error(message: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.to_owned())
}

/// Makes the error for a value that is of the right type but cannot be used.
pub fn value_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}
