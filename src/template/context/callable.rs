//! Functions and namespaces of the context as objects that templates call, hand on and look into.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::{Context, Phase};
use crate::diagnostic::nearest;
use crate::template::arguments::Arguments;
use crate::template::engine::Engine;
use crate::template::values::{self, TableObject};

/// Where a function of the context works: the engine that renders and the context of the render.
#[derive(Clone)]
pub(crate) struct Scope {
    /// The engine.
    pub engine: Arc<Engine>,
    /// The context.
    pub context: Arc<Context>,
}

impl Scope {
    /// Returns whether the project is only being read.
    pub fn is_parsing(&self) -> bool {
        self.context.phase == Phase::Parse
    }

    /// Changes what the render has asked for.
    pub fn record(&self, change: impl FnOnce(&mut super::Record)) {
        change(&mut self.context.record.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

/// The code behind a function.
pub(crate) type Call = fn(&Scope, &mut State<'_, '_>, &Arguments<'_>) -> Result<Value, Error>;

/// A function as a value.
pub(crate) struct Function {
    member: Member,
    scope: Scope,
}

impl Function {
    /// Makes a value of a function.
    pub fn value(member: Member, scope: &Scope) -> Value {
        Value::from_object(Self { member, scope: scope.clone() })
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<function {}>", self.member.name)
    }
}

impl Object for Function {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        self.member.call(&self.scope, state, args)
    }

    /// dbt's `ref` and `source` carry the project's configuration, which packages look into.
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let carries = matches!(self.member.name, "ref" | "source") && key.as_str() == Some("config");
        carries.then(|| values::from_plain(&self.scope.context.invocation.runtime.clone().into()))
    }
}

/// What a function gives while the project is read, when it may not look at the database then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AtParse {
    /// It runs as always.
    Runs,
    /// `none`.
    None,
    /// `false`.
    False,
    /// An empty list.
    List,
    /// An empty response and a table without columns.
    Answer,
    /// A pair of `none`.
    Pair,
}

/// A function of a namespace.
#[derive(Clone, Copy)]
pub(crate) struct Member {
    name: &'static str,
    at_parse: AtParse,
    call: Call,
}

impl Member {
    /// A function that runs in both phases.
    pub const fn new(name: &'static str, call: Call) -> Self {
        Self { name, at_parse: AtParse::Runs, call }
    }

    /// A function that runs only when the database may be looked at.
    pub const fn at_parse(name: &'static str, at_parse: AtParse, call: Call) -> Self {
        Self { name, at_parse, call }
    }

    /// Returns its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    fn call(&self, scope: &Scope, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        match self.at_parse {
            AtParse::Runs => {}
            _ if !scope.is_parsing() => {}
            AtParse::None => return Ok(Value::from(())),
            AtParse::False => return Ok(Value::from(false)),
            AtParse::List => return Ok(values::list(Vec::new())),
            AtParse::Answer => {
                return Ok(values::tuple(vec![Value::from(""), TableObject::value(Arc::default())]));
            }
            AtParse::Pair => return Ok(values::tuple(vec![Value::from(()), Value::from(())])),
        }
        (self.call)(scope, state, &Arguments::new(self.name, args))
    }
}

/// What a namespace is made of.
pub(crate) struct Shape {
    /// Its name.
    pub name: &'static str,
    /// Its functions.
    pub functions: &'static [Member],
    /// Its plain members.
    pub property: fn(&Scope, &str) -> Option<Value>,
    /// What calling the namespace itself does.
    pub call: Option<Call>,
}

impl Shape {
    /// A namespace without plain members, that cannot be called itself.
    pub const EMPTY: Self = Self { name: "", functions: &[], property: |_, _| None, call: None };
}

/// An object with functions, such as `adapter` or `config`.
pub(crate) struct Namespace {
    shape: &'static Shape,
    scope: Scope,
}

impl Namespace {
    /// Makes a namespace.
    pub fn value(shape: &'static Shape, scope: &Scope) -> Value {
        Value::from_object(Self { shape, scope: scope.clone() })
    }

    fn function(&self, name: &str) -> Option<Member> {
        self.shape.functions.iter().find(|member| member.name == name).copied()
    }
}

impl fmt::Debug for Namespace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<{}>", self.shape.name)
    }
}

impl Object for Namespace {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        match self.function(name) {
            Some(member) => Some(Function::value(member, &self.scope)),
            None => (self.shape.property)(&self.scope, name),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let name = self.shape.name;
        let Some(call) = self.shape.call else {
            return Err(Error::new(ErrorKind::InvalidOperation, format!("`{name}` is not a function")));
        };
        call(&self.scope, state, &Arguments::new(name, args))
    }

    fn call_method(self: &Arc<Self>, state: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        if let Some(member) = self.function(method) {
            return member.call(&self.scope, state, args);
        }
        if let Some(value) = (self.shape.property)(&self.scope, method) {
            return value.call(state, args);
        }
        if method == "keys" && self.shape.name == "exceptions" {
            return Ok(values::list(self.shape.functions.iter().map(|member| Value::from(member.name)).collect()));
        }
        if self.scope.is_parsing() {
            // As in dbt, what a guard such as `if execute` protects must not fail while the project is read.
            return Ok(Value::UNDEFINED);
        }
        let name = self.shape.name;
        let known = self.shape.functions.iter().map(|member| member.name);
        let hint = nearest(method, known).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Err(Error::new(ErrorKind::InvalidOperation, format!("`{name}` has no function `{method}`{hint}")))
    }
}
