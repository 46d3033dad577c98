//! `modules`: what dbt offers of Python's `datetime`, `pytz`, `re` and `itertools`.

mod compiled;
mod datetime;
mod found;
mod itertools;
mod pattern;
mod pytz;
mod regex;

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Environment, Error, ErrorKind, State, Value};

use crate::template::arguments::Arguments;
use crate::template::values::{dict, read_mapping};

/// Registers `modules`.
pub(super) fn install(env: &mut Environment<'static>) {
    let modules = Module {
        name: "modules",
        members: vec![
            ("datetime", Member::Value(datetime::module())),
            ("pytz", Member::Value(pytz::module())),
            ("re", Member::Value(regex::module())),
            ("itertools", Member::Value(itertools::module())),
        ],
    };
    env.add_global("modules", Value::from_object(modules));
}

/// A function of a module.
type Function = fn(&mut State, &Arguments) -> Result<Value, Error>;

/// What a module or a class holds.
#[derive(Clone)]
enum Member {
    Value(Value),
    Function(Function),
}

/// A module, or a class that is called by its member `__init__`.
struct Module {
    name: &'static str,
    members: Vec<(&'static str, Member)>,
}

impl Module {
    /// Its members as the dictionary that dbt has in its place.
    fn names(self: &Arc<Self>) -> Value {
        let named = |(name, _): &(&'static str, Member)| {
            (Value::from(*name), self.get_value(&Value::from(*name)).unwrap_or_default())
        };
        dict(self.members.iter().map(named))
    }

    fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|(known, _)| *known == name).map(|(_, member)| member)
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.member("__init__").is_some() { "class" } else { "module" };
        write!(formatter, "<{kind} '{}'>", self.name)
    }
}

impl Object for Module {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let (name, member) = self.members.iter().find(|(known, _)| Some(*known) == key.as_str())?;
        Some(match member {
            Member::Value(value) => value.clone(),
            Member::Function(function) => Value::from_object(Callable { name, function: *function }),
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call(self: &Arc<Self>, state: &mut State, args: &[Value]) -> Result<Value, Error> {
        match self.member("__init__") {
            Some(Member::Function(function)) => function(state, &Arguments::new(self.name, args)),
            _ => Err(Error::new(ErrorKind::InvalidOperation, "'module' object is not callable")),
        }
    }

    fn call_method(self: &Arc<Self>, state: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        match self.member(method) {
            Some(Member::Function(function)) => function(state, &Arguments::new(method, args)),
            Some(Member::Value(value)) => value.call(state, args),
            None if self.member("__init__").is_none() => read_mapping(&self.names(), method, args).map_err(|_| {
                Error::new(ErrorKind::InvalidOperation, format!("'dict object' has no attribute '{method}'"))
            }),
            None => {
                Err(Error::new(ErrorKind::InvalidOperation, format!("'{}' has no attribute '{method}'", self.name)))
            }
        }
    }
}

/// A function of a module as a value of its own.
struct Callable {
    name: &'static str,
    function: Function,
}

impl fmt::Debug for Callable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<function {}>", self.name)
    }
}

impl Object for Callable {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, state: &mut State, args: &[Value]) -> Result<Value, Error> {
        (self.function)(state, &Arguments::new(self.name, args))
    }
}
