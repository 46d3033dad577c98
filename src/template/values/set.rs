//! Python's set, in the order of insertion so that output does not depend on hashes; and the views of a dict.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexSet;
use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::dict::hashable;
use super::list::value_error;
use super::{compare, iterate};
use crate::template::arguments::Arguments;

/// A set. The lock is only ever held for one operation, as for [`super::List`].
#[derive(Default)]
pub struct Set {
    items: Mutex<IndexSet<Value>>,
}

impl Set {
    /// Makes a set as a template sees it.
    ///
    /// # Errors
    /// When an item is mutable and thus cannot be in a set.
    pub fn value(items: impl IntoIterator<Item = Value>) -> Result<Value, Error> {
        let items = items.into_iter().map(hashable).collect::<Result<IndexSet<_>, Error>>()?;
        Ok(Value::from_object(Self { items: Mutex::new(items) }))
    }

    /// Returns a copy of the items.
    pub fn items(&self) -> Vec<Value> {
        self.with(|items| items.iter().cloned().collect())
    }

    /// Returns what tells this set from others.
    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    fn with<T>(&self, action: impl FnOnce(&mut IndexSet<Value>) -> T) -> T {
        // A panic elsewhere cannot leave the set half changed: each action is one operation on it.
        action(&mut self.items.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn snapshot(&self) -> IndexSet<Value> {
        self.with(|items| items.clone())
    }

    /// Returns the items of the sets or iterables given.
    fn others(arguments: &Arguments) -> Result<Vec<IndexSet<Value>>, Error> {
        arguments.positional().iter().map(|other| Ok(iterate(other)?.into_iter().collect())).collect()
    }

    /// The methods that change the set.
    fn change(&self, method: &str, arguments: &Arguments) -> Result<Value, Error> {
        let item = || {
            let [item] = arguments.options(["elem"])?;
            hashable(item.ok_or_else(|| arguments.missing("elem"))?)
        };
        match method {
            "add" => {
                let item = item()?;
                self.with(|items| items.insert(item));
            }
            "discard" => {
                let item = item()?;
                self.with(|items| items.shift_remove(&item));
            }
            "remove" => {
                let item = item()?;
                if !self.with(|items| items.shift_remove(&item)) {
                    return Err(value_error(format!("{} is not in the set", super::repr(&item))));
                }
            }
            "pop" => {
                let first = self.with(|items| items.shift_remove_index(0));
                return first.ok_or_else(|| value_error("pop from an empty set"));
            }
            "clear" => drop(self.with(std::mem::take)),
            "update" => {
                let others = Self::others(arguments)?;
                self.with(|items| items.extend(others.into_iter().flatten()));
            }
            "difference_update" | "intersection_update" | "symmetric_difference_update" => {
                let name = method.trim_end_matches("_update");
                let items = combine(name, self.snapshot(), Self::others(arguments)?);
                drop(self.with(|old| std::mem::replace(old, items)));
            }
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        }
        Ok(Value::from(()))
    }
}

fn combine(method: &str, mut items: IndexSet<Value>, others: Vec<IndexSet<Value>>) -> IndexSet<Value> {
    for other in others {
        match method {
            "union" => items.extend(other),
            "intersection" => items.retain(|item| other.contains(item)),
            "difference" => items.retain(|item| !other.contains(item)),
            _ => items = items.symmetric_difference(&other).cloned().collect(),
        }
    }
    items
}

impl fmt::Debug for Set {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let copy = Value::from_object(Self { items: Mutex::new(self.snapshot()) });
        formatter.write_str(&super::repr(&copy))
    }
}

impl Object for Set {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.items())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.with(|items| items.len()))
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?.snapshot();
        let own = self.snapshot();
        if own == other {
            return Some(Ordering::Equal);
        }
        let [own, other] = [own, other].map(|items| items.into_iter().collect::<Vec<_>>());
        Some(compare::sequences(&own, &other).then(Ordering::Less))
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new(method, args);
        match method {
            "union" | "intersection" | "difference" | "symmetric_difference" => {
                Self::value(combine(method, self.snapshot(), Self::others(&arguments)?))
            }
            "issubset" | "issuperset" | "isdisjoint" => {
                let [other] = arguments.options(["other"])?;
                let other: IndexSet<Value> =
                    iterate(&other.ok_or_else(|| arguments.missing("other"))?)?.into_iter().collect();
                let own = self.snapshot();
                Ok(Value::from(match method {
                    "issubset" => own.is_subset(&other),
                    "issuperset" => own.is_superset(&other),
                    _ => own.is_disjoint(&other),
                }))
            }
            "copy" => Self::value(self.items()),
            _ => self.change(method, &arguments),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&super::repr(&Value::from_dyn_object(Arc::clone(self))))
    }
}

/// What `keys()`, `values()` and `items()` of a dict return: the items as they were at the call.
pub struct View {
    name: &'static str,
    items: Vec<Value>,
}

impl View {
    /// Makes a view as a template sees it; `name` is Python's: `dict_keys` …
    pub fn value(name: &'static str, items: Vec<Value>) -> Value {
        Value::from_object(Self { name, items })
    }

    /// Returns Python's name of the view's type.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the items.
    pub fn items(&self) -> &[Value] {
        &self.items
    }
}

impl fmt::Debug for View {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&super::repr(&Self::value(self.name, self.items.clone())))
    }
}

impl Object for View {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.items.clone())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.items.len())
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&super::repr(&Value::from_dyn_object(Arc::clone(self))))
    }
}
