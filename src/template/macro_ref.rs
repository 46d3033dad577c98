//! A macro as templates see it: the one way to call one.
//!
//! Calling through this object rather than through minijinja's bare macro is what makes `return` end a macro with a value,
//! hands on `varargs` and `kwargs`, checks arguments in Jinja's words and keeps the calls on the way to an error.

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, PoisonError};

use minijinja::value::{Kwargs, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::Context;
use super::library::Library;
use super::state::{returned, runtime};
use super::values::{dict, from_plain};
use crate::diagnostic::nearest;
use crate::resource::{MacroDefinition, MacroParameter, UniqueId};

/// A macro that can be called.
pub struct MacroRef {
    library: Arc<Library>,
    index: usize,
}

/// What a call of a macro came to.
pub(super) enum Outcome {
    /// The text it rendered.
    Text(Value),
    /// What it returned.
    Returned(Value),
}

/// A call of a macro that failed; the source of the error at the call's place.
#[derive(Debug)]
pub(super) struct CallFailure {
    /// The macro.
    pub id: UniqueId,
    /// What failed in it.
    pub error: Error,
}

impl fmt::Display for CallFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "in {}: {}", self.id, self.error)
    }
}

impl std::error::Error for CallFailure {}

impl MacroRef {
    pub(super) fn new(library: &Arc<Library>, index: usize) -> Self {
        Self { library: Arc::clone(library), index }
    }

    fn definition(&self) -> Option<&MacroDefinition> {
        self.library.definition(self.index)
    }

    fn id(&self) -> UniqueId {
        self.definition().map_or_else(|| UniqueId::from_text(""), |definition| definition.unique_id.clone())
    }

    /// Calls the macro in a running render.
    pub(super) fn outcome(&self, state: &mut State<'_, '_>, args: &[Value]) -> Result<Outcome, Error> {
        let runtime = runtime(state)?;
        if runtime.depth == 0 {
            let mut record = runtime.scope.context.record.lock().unwrap_or_else(PoisonError::into_inner);
            let id = self.id();
            if !record.macros.contains(&id) {
                record.macros.push(id);
            }
        }
        if let Some(value) = self.overriding(&runtime.scope.context) {
            return Ok(Outcome::Returned(value));
        }
        let bare = match runtime.loaded.get(&self.index) {
            Some(bare) => bare.clone(),
            None => self.load(state).map_err(|error| self.wrap(error))?,
        };
        let args = self.arrange(args)?;
        Self::step(state, 1)?;
        let result = bare.call(state, &args);
        Self::step(state, -1)?;
        match result {
            Ok(text) => Ok(Outcome::Text(text)),
            Err(error) => match returned(&error) {
                Some(value) => Ok(Outcome::Returned(value)),
                None => Err(self.wrap(error)),
            },
        }
    }

    /// The value that a unit test puts in the place of the macro's result.
    fn overriding(&self, context: &Context) -> Option<Value> {
        if context.extra.is_empty() {
            return None;
        }
        let definition = self.definition()?;
        let qualified = || context.extra.get(definition.unique_id.as_str());
        context.extra.get(&format!("macro.{}", definition.name)).or_else(qualified).map(from_plain)
    }

    fn step(state: &mut State<'_, '_>, step: isize) -> Result<(), Error> {
        let runtime = runtime(state)?;
        runtime.depth = runtime.depth.saturating_add_signed(step);
        Ok(())
    }

    /// Brings the macro's unit into the render.
    fn load(&self, state: &mut State<'_, '_>) -> Result<Value, Error> {
        let runtime = runtime(state)?;
        let no_way = || Error::new(ErrorKind::InvalidOperation, "macros cannot be called here");
        let include = runtime.include.clone().ok_or_else(no_way)?;
        runtime.loading = Some(self.index);
        let scope = Arc::clone(&runtime.scope);
        scope.begin_loading(self.index);
        let result = include.call(state, &[Value::from(self.id().as_str())]);
        scope.end_loading();
        result?;
        let runtime = super::state::runtime(state)?;
        runtime.loaded.get(&self.index).cloned().ok_or_else(no_way)
    }

    fn wrap(&self, error: Error) -> Error {
        let id = self.id();
        Error::new(ErrorKind::InvalidOperation, "a macro failed").with_source(CallFailure { id, error })
    }

    /// Puts surplus arguments where the rewritten signature takes them.
    fn arrange<'a>(&self, args: &'a [Value]) -> Result<Cow<'a, [Value]>, Error> {
        let Some(definition) = self.definition() else { return Ok(Cow::Borrowed(args)) };
        let parameters = Self::parameters(definition);
        let keywords = args.last().filter(|last| last.is_kwargs());
        let positional = &args[..args.len() - usize::from(keywords.is_some())];
        let extras = self.library.extras(self.index);
        if keywords.is_none() && positional.len() <= parameters.len() {
            return Ok(Cow::Borrowed(args));
        }
        let mut arranged = positional[..positional.len().min(parameters.len())].to_vec();
        let mut named: Vec<(String, Value)> = Vec::new();
        if positional.len() > parameters.len() {
            if !extras.varargs {
                let (name, most) = (Self::shown(definition), parameters.len());
                return Err(arity(format!("macro '{name}' takes not more than {most} argument(s)")));
            }
            let rest = minijinja::value::Tuple::new(positional[parameters.len()..].to_vec());
            named.push(("varargs".to_owned(), Value::from(rest)));
        }
        let mut surplus = Vec::new();
        if let Some(keywords) = keywords {
            let keywords = Kwargs::try_from(keywords.clone())?;
            let is_known = |name: &str| {
                let position = parameters.iter().position(|parameter| parameter.name == name);
                position.map_or(name == "caller" && extras.caller, |position| position >= positional.len())
            };
            if named.is_empty() && !extras.kwargs && keywords.args().all(is_known) {
                return Ok(Cow::Borrowed(args));
            }
            for name in keywords.args() {
                let value: Value = keywords.peek(name)?;
                let position = parameters.iter().position(|parameter| parameter.name == name);
                match position {
                    Some(position) if position >= positional.len() => named.push((name.to_owned(), value)),
                    _ if name == "caller" && extras.caller => named.push((name.to_owned(), value)),
                    _ if extras.kwargs => surplus.push((Value::from(name), value)),
                    _ => return Err(Self::unknown_keyword(definition, name)),
                }
            }
        }
        if extras.kwargs {
            named.push(("kwargs".to_owned(), dict(surplus)));
        }
        arranged.push(Value::from(named.into_iter().collect::<Kwargs>()));
        Ok(Cow::Owned(arranged))
    }

    fn parameters(definition: &MacroDefinition) -> Cow<'_, [MacroParameter]> {
        match definition.kind {
            crate::resource::MacroKind::Materialization { .. } => {
                Cow::Owned(vec![MacroParameter { name: "supported_languages".to_owned(), default: None }])
            }
            _ => Cow::Borrowed(&definition.parameters),
        }
    }

    fn unknown_keyword(definition: &MacroDefinition, name: &str) -> Error {
        let shown = Self::shown(definition);
        if name == "caller" {
            return arity(format!(
                "macro '{shown}' takes no keyword argument 'caller': it cannot be used in a call block"
            ));
        }
        let near = nearest(name, definition.parameters.iter().map(|parameter| parameter.name.as_str()));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean '{near}'?"));
        arity(format!("macro '{shown}' takes no keyword argument '{name}'{hint}"))
    }

    /// Returns the name that messages have, which is the one that dbt gives a macro in Jinja.
    fn shown(definition: &MacroDefinition) -> String {
        format!("dbt_macro__{}", definition.name)
    }
}

fn arity(message: String) -> Error {
    Error::new(ErrorKind::TooManyArguments, message)
}

impl fmt::Debug for MacroRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<macro {}>", self.id().as_str().trim_start_matches("macro."))
    }
}

impl Object for MacroRef {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let definition = self.definition()?;
        match key.as_str()? {
            "name" => Some(Value::from(definition.name.as_str())),
            "package_name" => Some(Value::from(definition.package.as_str())),
            "unique_id" => Some(Value::from(definition.unique_id.as_str())),
            _ => None,
        }
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        if runtime(state)?.include.is_none() {
            return self.call_apart(state, args);
        }
        match self.outcome(state, args)? {
            Outcome::Text(value) | Outcome::Returned(value) => Ok(value),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self:?}")
    }
}

impl MacroRef {
    /// Calls the macro in a render of its own, from a text in which no name told that it calls macros.
    fn call_apart(&self, state: &mut State<'_, '_>, args: &[Value]) -> Result<Value, Error> {
        let scope = Arc::clone(&runtime(state)?.scope);
        match scope.engine.call_apart(&scope.context, self, args)? {
            Outcome::Text(value) | Outcome::Returned(value) => Ok(value),
        }
    }
}
