//! `modules.re`.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;
use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::compiled::{Pattern, limit, replaced, subject};
use super::pattern::{DOT_ALL, IGNORE_CASE, MULTI_LINE, VERBOSE};
use crate::template::arguments::{Arguments, type_error};
use crate::template::values::{integer, to_text};

/// Patterns that are kept compiled.
const KEPT: usize = 256;

pub(super) fn module() -> Value {
    Value::from_object(Module::default())
}

/// The module; it keeps patterns compiled.
#[derive(Default)]
struct Module {
    patterns: Mutex<IndexMap<(String, i64), Arc<Pattern>>>,
}

impl Module {
    fn pattern(&self, value: &Value, flags: Option<&Value>) -> Result<Arc<Pattern>, Error> {
        if let Some(pattern) = value.downcast_object::<Pattern>() {
            return Ok(pattern);
        }
        let source = value.as_str().ok_or_else(|| type_error("first argument must be string or compiled pattern"))?;
        let flags = flags.map_or(Ok(0), integer)?;
        let key = (source.to_owned(), flags);
        let mut patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pattern) = patterns.get(&key) {
            return Ok(Arc::clone(pattern));
        }
        let pattern = Arc::new(Pattern::new(source, flags)?);
        if patterns.len() >= KEPT {
            patterns.clear();
        }
        patterns.insert(key, Arc::clone(&pattern));
        Ok(pattern)
    }

    fn call_function(&self, state: &mut State, name: &str, args: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new(name, args);
        match name {
            "compile" => {
                let [pattern, flags] = arguments.options(["pattern", "flags"])?;
                let pattern = pattern.ok_or_else(|| arguments.missing("pattern"))?;
                self.pattern(&pattern, flags.as_ref()).map(Value::from_dyn_object)
            }
            "escape" => {
                let [text] = arguments.options(["pattern"])?;
                Ok(Value::from(escape(&to_text(&text.ok_or_else(|| arguments.missing("pattern"))?))))
            }
            "purge" => Ok(Value::from(())),
            "search" | "match" | "fullmatch" | "findall" | "finditer" => {
                let [pattern, text, flags] = arguments.options(["pattern", "string", "flags"])?;
                let (Some(pattern), Some(text)) = (pattern, text) else { return Err(arguments.missing("string")) };
                self.pattern(&pattern, flags.as_ref())?.find(name, &subject(&text)?)
            }
            "split" => {
                let [pattern, text, most, flags] = arguments.options(["pattern", "string", "maxsplit", "flags"])?;
                let (Some(pattern), Some(text)) = (pattern, text) else { return Err(arguments.missing("string")) };
                self.pattern(&pattern, flags.as_ref())?.split(&subject(&text)?, limit(most.as_ref())?)
            }
            "sub" | "subn" => {
                let names = ["pattern", "repl", "string", "count", "flags"];
                let [pattern, replacement, text, count, flags] = arguments.options(names)?;
                let (Some(pattern), Some(replacement), Some(text)) = (pattern, replacement, text) else {
                    return Err(arguments.missing("string"));
                };
                let pattern = self.pattern(&pattern, flags.as_ref())?;
                let made = pattern.replace(state, &replacement, &subject(&text)?, limit(count.as_ref())?)?;
                Ok(replaced(name, made))
            }
            _ => Err(Error::new(ErrorKind::InvalidOperation, format!("module 're' has no attribute '{name}'"))),
        }
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<module 're'>")
    }
}

impl Object for Module {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(Value::from(match key.as_str()? {
            "I" | "IGNORECASE" => IGNORE_CASE,
            "M" | "MULTILINE" => MULTI_LINE,
            "S" | "DOTALL" => DOT_ALL,
            "X" | "VERBOSE" => VERBOSE,
            "U" | "UNICODE" => 32,
            "A" | "ASCII" => 256,
            "NOFLAG" => 0,
            _ => return None,
        }))
    }

    fn call_method(self: &Arc<Self>, state: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        self.call_function(state, method, args)
    }
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\u{b}\u{c}".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
