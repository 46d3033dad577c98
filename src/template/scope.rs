//! What names mean in one render: macros first, then dbt's context, then the language's own functions.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::library::Library;
use super::values::read_mapping;
use super::{Context, Engine, Phase};
use crate::resource::UniqueId;

/// The name by which functions find the scope of the render they run in.
const OWN_NAME: &str = "__scope";
/// No macro is being loaded.
const NO_MACRO: usize = usize::MAX;

/// The root of a render's names.
pub(super) struct Scope {
    /// The engine that renders.
    pub engine: Arc<Engine>,
    /// What the render sees.
    pub context: Arc<Context>,
    /// The macro that is being loaded: names in it may also mean its own package's macros.
    loading: AtomicUsize,
    taken: Mutex<Option<Value>>,
    rendering: Rendering,
}

/// What a render is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rendering {
    /// Its text.
    Text,
    /// The value of an expression in YAML.
    Value,
}

impl Scope {
    /// Makes the scope of a render.
    pub fn new(engine: &Arc<Engine>, context: &Arc<Context>, rendering: Rendering) -> Arc<Self> {
        Arc::new(Self {
            engine: Arc::clone(engine),
            context: Arc::clone(context),
            loading: AtomicUsize::new(NO_MACRO),
            taken: Mutex::new(None),
            rendering,
        })
    }

    /// Returns it as the value that a render starts from.
    pub fn root(self: &Arc<Self>) -> Value {
        Value::from_dyn_object(Arc::clone(self))
    }

    /// Returns the scope of a running render.
    pub fn of(state: &State<'_, '_>) -> Result<Arc<Self>, Error> {
        let scope = state.lookup(OWN_NAME).and_then(|value| value.downcast_object::<Self>());
        scope.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "this works only while a template is rendered"))
    }

    /// Says which macro is being loaded.
    pub fn begin_loading(&self, index: usize) {
        self.loading.store(index, Ordering::Relaxed);
    }

    /// Says that none is.
    pub fn end_loading(&self) {
        self.loading.store(NO_MACRO, Ordering::Relaxed);
    }

    /// Keeps the value of an expression.
    pub fn keep(&self, value: Value) {
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    /// Returns the value that was kept.
    pub fn take(&self) -> Option<Value> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Returns whether the render is for a value rather than for text.
    pub fn is_for_value(&self) -> bool {
        self.rendering == Rendering::Value
    }

    /// Returns whether the project is only being read.
    pub fn is_parsing(&self) -> bool {
        self.context.phase == Phase::Parse
    }

    /// Returns whether a template of this name is a macro's.
    pub fn is_macro(&self, name: &str) -> bool {
        self.engine.registry().get(&UniqueId::from_text(name)).is_some()
    }

    fn find(&self, name: &str) -> Option<Value> {
        let Self { engine, context, .. } = self;
        let loading = self.loading.load(Ordering::Relaxed);
        if let Some(value) = engine.macro_value(context, name) {
            return Some(value);
        }
        if name == "graph" && loading != NO_MACRO {
            // A macro takes in all names of its text when it is loaded, also those that it never comes to; this one is costly.
            return Some(Value::from_object(Later {
                engine: Arc::clone(engine),
                context: Arc::clone(context),
                name: "graph",
            }));
        }
        if let Some(value) = engine.context_value(context, name) {
            return Some(value);
        }
        if engine.is_global(name) {
            return None;
        }
        if let Some(value) = engine.library.definition(loading).and_then(|own| engine.own_macro(&own.package, name)) {
            return Some(value);
        }
        // As in dbt, only the node's own text may call what nothing is: a macro may not, even while the project is read.
        (self.is_parsing() && loading == NO_MACRO).then(ParseUndefined::value)
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<scope>")
    }
}

impl Object for Scope {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        match key {
            OWN_NAME => Some(self.root()),
            // What the rewriter made is the language's own.
            key if key.starts_with("__") => None,
            _ => self.find(key),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }
}

/// A name that means nothing while the project is read: it can be called, looked into and iterated over, prints as nothing
/// and is false, so that what a guard such as `if execute` protects does not fail then.
#[derive(Debug)]
pub struct ParseUndefined;

impl ParseUndefined {
    /// Makes one.
    pub fn value() -> Value {
        Value::from_object(Self)
    }

    /// Returns whether a value is one.
    pub fn is(value: &Value) -> bool {
        value.downcast_object_ref::<Self>().is_some()
    }
}

impl Object for ParseUndefined {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, _: &Value) -> Option<Value> {
        Some(Value::from_dyn_object(Arc::clone(self)))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Empty
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }

    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, _: &[Value]) -> Result<Value, Error> {
        Ok(Value::from_dyn_object(Arc::clone(self)))
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, _: &str, _: &[Value]) -> Result<Value, Error> {
        Ok(Value::from_dyn_object(Arc::clone(self)))
    }

    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

/// A mapping of the context that is made when it is first looked into.
struct Later {
    engine: Arc<Engine>,
    context: Arc<Context>,
    name: &'static str,
}

impl Later {
    fn value(&self) -> Value {
        self.engine.context_value(&self.context, self.name).unwrap_or_default()
    }
}

impl fmt::Debug for Later {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.value(), formatter)
    }
}

impl Object for Later {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.value().get_item(key).ok().filter(|value| !value.is_undefined())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.value().try_iter().map(Iterator::collect).unwrap_or_default())
    }

    fn call_method(self: &Arc<Self>, state: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        self.value().call_method(state, method, args)
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value(), formatter)
    }
}

/// The macros of one package, under the package's name.
#[derive(Debug)]
pub(super) struct PackageObject {
    /// Its name.
    pub name: String,
    /// All macros.
    pub library: Arc<Library>,
    /// The macros as values, by index.
    pub values: Arc<Vec<Value>>,
}

impl PackageObject {
    fn find(&self, name: &str) -> Option<Value> {
        let index = self.library.registry.index_of(Some(&self.name), name, "")?;
        self.values.get(index).cloned()
    }
}

impl Object for PackageObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.find(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let macros = self.library.registry.macros();
        let own = macros.filter(|known| {
            known.package == self.name || (self.name == "dbt" && self.library.registry.is_internal(&known.package))
        });
        Enumerator::Values(own.map(|known| Value::from(known.name.as_str())).collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call_method(self: &Arc<Self>, state: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        if let Some(found) = self.find(method) {
            return found.call(state, args);
        }
        if matches!(method, "keys" | "values" | "items" | "get") {
            return read_mapping(&Value::from_dyn_object(Arc::clone(self)), method, args);
        }
        if Scope::of(state)?.is_parsing() {
            return Ok(ParseUndefined::value());
        }
        Err(Error::new(ErrorKind::InvalidOperation, format!("'dict object' has no attribute '{method}'")))
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<package {}>", self.name)
    }
}
