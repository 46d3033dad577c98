//! `adapter.behavior.<flag>`: whether the project turned a change of behaviour on.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use super::Scope;
use crate::resource::{Map, Value as Plain};

/// The changes that the adapter layer knows; all are off unless the project says otherwise.
const KNOWN: [&str; 2] =
    ["require_batched_execution_for_custom_microbatch_strategy", "enable_truthy_nulls_equals_macro"];

/// Makes the object.
pub(super) fn value(scope: &Scope) -> Value {
    Value::from_object(Behavior { flags: scope.context.invocation.flags.clone() })
}

struct Behavior {
    flags: Map,
}

impl fmt::Debug for Behavior {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<behavior>")
    }
}

impl Object for Behavior {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str()?;
        let set = self.flags.get(&name.to_uppercase()).or_else(|| self.flags.get(name));
        if set.is_none() && !KNOWN.contains(&name) {
            return None;
        }
        Some(Value::from_object(Flag { is_on: set.and_then(Plain::as_bool).unwrap_or(false) }))
    }
}

/// One flag: true in a condition when on; `no_warn` tells the same and keeps quiet about a flag that is off.
struct Flag {
    is_on: bool,
}

impl fmt::Debug for Flag {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.is_on { "True" } else { "False" })
    }
}

impl Object for Flag {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        matches!(key.as_str()?, "no_warn" | "setting").then(|| Value::from(self.is_on))
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.is_on
    }
}
