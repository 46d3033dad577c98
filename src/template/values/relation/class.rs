//! `api.Relation`, the class of relations.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::{RelationObject, kind, policy_from, with_path};
use crate::resource::{QuotePolicy, Relation};
use crate::template::arguments::{Arguments, type_error};
use crate::template::values::to_text;

/// What dbt puts before the name of an ephemeral model's query.
const EPHEMERAL_PREFIX: &str = "__dbt__cte__";

/// `api.Relation`.
pub struct RelationClass {
    pub(super) quoting: QuotePolicy,
}

impl RelationClass {
    /// Makes the class; relations created by it are quoted by `quoting` unless told otherwise.
    pub fn value(quoting: QuotePolicy) -> Value {
        Value::from_object(Self { quoting })
    }

    fn create(&self, arguments: &Arguments) -> Result<Value, Error> {
        let mut keywords = arguments.keywords().to_vec();
        let names = ["database", "schema", "identifier", "type"];
        if arguments.positional().len() > names.len() {
            return Err(arguments.error("takes at most 4 arguments"));
        }
        for (name, value) in names.iter().zip(arguments.positional()) {
            keywords.push(((*name).to_owned(), value.clone()));
        }
        let given = |wanted: &str| keywords.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
        let relation = Relation {
            database: None,
            schema: None,
            identifier: None,
            kind: kind(given("type"))?,
            quote: policy_from(given("quote_policy"), self.quoting),
            include: policy_from(given("include_policy"), QuotePolicy::ALL),
            external: None,
            limit: None,
            filter: None,
        };
        Ok(RelationObject::value(with_path(relation, &keywords)))
    }

    /// Calls a method that a relation has of its class.
    pub(super) fn call_class(&self, method: &str, arguments: &Arguments) -> Result<Value, Error> {
        match method {
            "create" | "create_from_parts" => self.create(arguments),
            "get_relation_type" => {
                let [name] = arguments.options(["value"])?;
                let name = name.ok_or_else(|| arguments.missing("value"))?;
                kind(Some(&name)).map(|kind| kind.map_or_else(|| Value::from(()), |kind| Value::from(kind.as_str())))
            }
            "add_ephemeral_prefix" => {
                let [name] = arguments.options(["name"])?;
                let name = name.ok_or_else(|| arguments.missing("name"))?;
                Ok(Value::from(format!("{EPHEMERAL_PREFIX}{}", to_text(&name))))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

/// Returns the class's names of types of relations.
pub(super) fn class_constant(name: &str) -> Option<Value> {
    Some(match name {
        "Table" => Value::from("table"),
        "View" => Value::from("view"),
        "CTE" => Value::from("cte"),
        "External" => Value::from("external"),
        "MaterializedView" => Value::from("materialized_view"),
        "Function" => Value::from("function"),
        "PointerTable" => Value::from("pointer_table"),
        _ => return None,
    })
}

impl fmt::Debug for RelationClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<class 'DuckDBRelation'>")
    }
}

impl Object for RelationClass {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            // A class that can be called with a name, as dbt's enumeration of types is.
            "get_relation_type" => Some(Value::from_function(|name: Value| -> Result<Value, Error> {
                kind(Some(&name))?.map(|kind| Value::from(kind.as_str())).ok_or_else(|| type_error("a name is missing"))
            })),
            name => class_constant(name),
        }
    }

    fn call(self: &Arc<Self>, _: &mut State, args: &[Value]) -> Result<Value, Error> {
        self.create(&Arguments::new("Relation", args))
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        self.call_class(method, &Arguments::new(method, args))
    }
}
