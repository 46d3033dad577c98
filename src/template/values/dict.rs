//! Python's dict: mutable, shared by reference, in the order of insertion.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;
use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr, Tuple, ValueKind};
use minijinja::{Error, ErrorKind, State, Value};

use super::list::value_error;
use super::{List, Set, View, compare, iterate, type_name};
use crate::template::arguments::{Arguments, type_error};

/// A dict. The lock is only ever held for one operation on the map, as for [`super::List`].
#[derive(Default)]
pub struct Dict {
    entries: Mutex<IndexMap<Value, Value>>,
}

impl Dict {
    /// Makes a dict; later values win over earlier ones of the same key.
    pub fn new(pairs: impl IntoIterator<Item = (Value, Value)>) -> Self {
        Self { entries: Mutex::new(pairs.into_iter().collect()) }
    }

    /// Makes a dict as a template sees it.
    pub fn value(pairs: impl IntoIterator<Item = (Value, Value)>) -> Value {
        Value::from_object(Self::new(pairs))
    }

    /// Returns a copy of the entries.
    pub fn pairs(&self) -> Vec<(Value, Value)> {
        self.with(|entries| entries.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    /// Returns the value of a key.
    pub fn entry(&self, key: &Value) -> Option<Value> {
        is_hashable(key).then(|| self.with(|entries| entries.get(key).cloned()))?
    }

    /// Sets the value of a key.
    pub fn set(&self, key: Value, value: Value) {
        drop(self.with(|entries| entries.insert(key, value)));
    }

    /// Returns what tells this dict from others.
    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    fn with<T>(&self, action: impl FnOnce(&mut IndexMap<Value, Value>) -> T) -> T {
        // A panic elsewhere cannot leave the map half changed: each action is one operation on it.
        action(&mut self.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn remove(&self, key: &Value) -> Option<Value> {
        is_hashable(key).then(|| self.with(|entries| entries.shift_remove(key)))?
    }

    fn update(&self, arguments: &Arguments) -> Result<(), Error> {
        if arguments.positional().len() > 1 {
            return Err(arguments.error("takes at most 1 argument"));
        }
        let mut pairs = match arguments.positional().first() {
            Some(other) => pairs_of(other)?,
            None => Vec::new(),
        };
        pairs.extend(arguments.keywords().iter().cloned().map(|(name, value)| (Value::from(name), value)));
        for (key, value) in pairs {
            self.set(hashable(key)?, super::materialise(&value));
        }
        Ok(())
    }
}

/// Returns the entries of a mapping, or of an iterable of pairs, as `dict(…)` takes them.
///
/// # Errors
/// When it is neither.
pub fn pairs_of(value: &Value) -> Result<Vec<(Value, Value)>, Error> {
    if let Some(pairs) = mapping_pairs(value) {
        return Ok(pairs);
    }
    iterate(value)?
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let pair = iterate(item)?;
            let length = pair.len();
            <[Value; 2]>::try_from(pair).map(|[key, value]| (key, value)).map_err(|_| {
                value_error(format!("dictionary update sequence element #{index} has length {length}; 2 is required"))
            })
        })
        .collect()
}

/// Returns the entries of any mapping, ours or minijinja's.
pub fn mapping_pairs(value: &Value) -> Option<Vec<(Value, Value)>> {
    if let Some(dict) = value.downcast_object_ref::<Dict>() {
        return Some(dict.pairs());
    }
    let object = value.as_object().filter(|object| object.repr() == ObjectRepr::Map)?;
    object.try_iter_pairs().map(Iterator::collect)
}

/// Checks that a value can be a key.
///
/// # Errors
/// When it can be changed.
pub fn hashable(key: Value) -> Result<Value, Error> {
    if is_hashable(&key) {
        return Ok(key);
    }
    Err(type_error(format!("unhashable type: '{}'", type_name(&key))))
}

/// Mutable values cannot be keys: a dict looked up in itself would wait for its own lock.
fn is_hashable(key: &Value) -> bool {
    if let Some(tuple) = key.downcast_object_ref::<Tuple>() {
        return tuple.iter().all(is_hashable);
    }
    let is_own_container = key.downcast_object_ref::<List>().is_some()
        || key.downcast_object_ref::<Dict>().is_some()
        || key.downcast_object_ref::<Set>().is_some()
        || key.downcast_object_ref::<View>().is_some();
    let is_foreign =
        key.as_object().is_some_and(|object| !super::is_ours(object) && object.repr() != ObjectRepr::Plain);
    !is_own_container && !is_foreign
}

impl fmt::Debug for Dict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&super::repr(&Self::value(self.pairs())))
    }
}

impl Object for Dict {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.entry(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.with(|entries| entries.keys().cloned().collect()))
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.with(|entries| entries.len()))
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?;
        Some(compare::mappings(&self.pairs(), &other.pairs()))
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new(method, args);
        let none = Value::from(());
        match method {
            "pop" => {
                let [key, default] = arguments.options(["key", "default"])?;
                let key = key.ok_or_else(|| arguments.missing("key"))?;
                self.remove(&key).or(default).ok_or_else(|| key_error(&key))
            }
            "popitem" => {
                arguments.options([])?;
                let last = self.with(IndexMap::pop);
                let (key, value) = last.ok_or_else(|| value_error("popitem(): dictionary is empty"))?;
                Ok(Value::from(Tuple::from([key, value])))
            }
            "setdefault" => {
                let [key, default] = arguments.options(["key", "default"])?;
                let key = key.ok_or_else(|| arguments.missing("key"))?;
                if let Some(value) = self.entry(&key) {
                    return Ok(value);
                }
                let value = super::materialise(&default.unwrap_or(none));
                self.set(hashable(key)?, value.clone());
                Ok(value)
            }
            "update" => self.update(&arguments).map(|()| none),
            "clear" => {
                arguments.options([])?;
                drop(self.with(std::mem::take));
                Ok(none)
            }
            _ => read(&Value::from_dyn_object(Arc::clone(self)), method, args),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&super::repr(&Value::from_dyn_object(Arc::clone(self))))
    }
}

/// The methods of a mapping that change nothing, for ours and minijinja's own.
pub fn read(mapping: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    let arguments = Arguments::new(method, args);
    let pairs = || mapping_pairs(mapping).unwrap_or_default();
    match method {
        "get" => {
            let [key, default] = arguments.options(["key", "default"])?;
            let key = key.ok_or_else(|| arguments.missing("key"))?;
            let found = mapping.as_object().and_then(|object| object.get_value(&key));
            Ok(found.or(default).unwrap_or_else(|| Value::from(())))
        }
        "keys" => {
            arguments.options([])?;
            Ok(View::value("dict_keys", pairs().into_iter().map(|(key, _)| key).collect()))
        }
        "values" => {
            arguments.options([])?;
            Ok(View::value("dict_values", pairs().into_iter().map(|(_, value)| value).collect()))
        }
        "items" => {
            arguments.options([])?;
            let items = pairs().into_iter().map(|(key, value)| Value::from(Tuple::from([key, value])));
            Ok(View::value("dict_items", items.collect()))
        }
        "copy" => {
            arguments.options([])?;
            Ok(Dict::value(pairs()))
        }
        // What dbt gives out as objects of its own (nodes, results, timings) are mappings here.
        "to_dict" => {
            let [_] = arguments.options(["omit_none"])?;
            Ok(Dict::value(pairs()))
        }
        "fromkeys" => {
            let [keys, value] = arguments.options(["iterable", "value"])?;
            let value = value.unwrap_or_else(|| Value::from(()));
            let keys = iterate(&keys.ok_or_else(|| arguments.missing("iterable"))?)?;
            Ok(Dict::value(keys.into_iter().map(|key| (key, value.clone()))))
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

/// Makes a dict of a literal.
///
/// # Errors
/// When a key can be changed and thus cannot be one.
pub fn dict_literal(value: &Value) -> Result<Value, Error> {
    for key in value.try_iter()? {
        let is_changeable = matches!(key.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::Iterable);
        if is_changeable {
            hashable(key)?;
        }
    }
    Ok(super::materialise(value))
}

/// Makes the error for a key that is not there.
fn key_error(key: &Value) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("there is no key {} in this dict", super::repr(key)))
}
