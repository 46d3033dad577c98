//! dbt's `Relation` as templates see it: the class `api.Relation` and its instances.

mod class;

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{DynObject, Enumerator, Object, ValueKind};
use minijinja::{Error, State, Value};

pub use class::RelationClass;
use class::class_constant;

use super::list::value_error;
use super::{Dict, to_text};
use crate::resource::{QuotePolicy, Relation, RelationKind, quote};
use crate::template::arguments::Arguments;

/// Parts of a name, by dbt's words for them.
const PARTS: [&str; 3] = ["database", "schema", "identifier"];

/// A relation. It is a mapping, because packages test for that before they use one.
#[derive(Clone)]
pub struct RelationObject {
    relation: Relation,
}

impl RelationObject {
    /// Makes a relation as a template sees it.
    pub fn value(relation: Relation) -> Value {
        Value::from_object(Self { relation })
    }

    /// Returns the plain relation.
    pub fn relation(&self) -> &Relation {
        &self.relation
    }

    fn attribute(&self, name: &str) -> Option<Value> {
        let relation = &self.relation;
        let is = |kind: RelationKind| Value::from(relation.kind == Some(kind));
        Some(match name {
            "database" => text_or_none(relation.database.as_ref()),
            "schema" => text_or_none(relation.schema.as_ref()),
            "identifier" | "name" | "table" => text_or_none(relation.identifier.as_ref()),
            "type" => relation.kind.map_or_else(|| Value::from(()), |kind| Value::from(kind.as_str())),
            "is_table" => is(RelationKind::Table),
            "is_view" => is(RelationKind::View),
            "is_cte" => is(RelationKind::Cte),
            "is_materialized_view" => is(RelationKind::MaterializedView),
            "is_function" => is(RelationKind::Function),
            "is_external" => is(RelationKind::External),
            "is_pointer" | "can_be_renamed" | "can_be_replaced" | "dbt_created" | "require_alias" => Value::from(false),
            "quote_character" => Value::from("\""),
            "path" => Value::from_object(Fields { name: "Path", values: parts_of(relation).to_vec() }),
            "quote_policy" => policy_value(relation.quote),
            "include_policy" => policy_value(relation.include),
            "metadata" => Dict::value([(Value::from("type"), Value::from("DuckDBRelation"))]),
            "external" => text_or_none(relation.external.as_ref()),
            "information_schema_view" if relation.schema.as_deref() == Some("INFORMATION_SCHEMA") => {
                text_or_none(relation.identifier.as_ref())
            }
            "limit" => relation.limit.map_or_else(|| Value::from(()), Value::from),
            "event_time_filter" => text_or_none(relation.filter.as_ref()),
            "catalog" => Value::from(()),
            _ => return class_constant(name),
        })
    }

    fn invoke(&self, method: &str, arguments: &Arguments) -> Result<Value, Error> {
        let relation = self.relation.clone();
        match method {
            "render" => {
                arguments.options([])?;
                Ok(Value::from(relation.render()))
            }
            "render_limited" => {
                arguments.options([])?;
                Ok(Value::from(relation.limited()))
            }
            "include" => Ok(Self::value(Relation { include: policy(arguments, relation.include)?, ..relation })),
            "quote" => Ok(Self::value(Relation { quote: policy(arguments, relation.quote)?, ..relation })),
            "replace_path" => Ok(Self::value(with_path(relation, arguments.keywords()))),
            "incorporate" | "replace" => incorporate(relation, arguments).map(Self::value),
            "matches" => matches(&relation, arguments).map(Value::from),
            "information_schema" => {
                let [view] = arguments.options(["view_name"])?;
                Ok(Self::value(information_schema(relation, view.as_ref())))
            }
            "information_schema_only" => Ok(Self::value(information_schema(relation, None))),
            "without_identifier" => Ok(Self::value(Relation { identifier: None, ..relation })),
            "quoted" => {
                let [name] = arguments.options(["identifier"])?;
                Ok(Value::from(quote(&to_text(&name.ok_or_else(|| arguments.missing("identifier"))?))))
            }
            "get" => {
                let [key, default] = arguments.options(["key", "default"])?;
                let found = key.as_ref().and_then(Value::as_str).and_then(|key| self.attribute(key));
                Ok(found.or(default).unwrap_or_else(|| Value::from(())))
            }
            "to_dict" => Ok(Dict::value(self.fields())),
            _ => RelationClass { quoting: QuotePolicy::ALL }.call_class(method, arguments),
        }
    }

    fn fields(&self) -> Vec<(Value, Value)> {
        let names = ["database", "schema", "identifier", "type"];
        names.into_iter().map(|name| (Value::from(name), self.attribute(name).unwrap_or_default())).collect()
    }
}

fn text_or_none(text: Option<&String>) -> Value {
    text.map_or_else(|| Value::from(()), |text| Value::from(text.as_str()))
}

fn parts_of(relation: &Relation) -> [(&'static str, Value); 3] {
    let values = [&relation.database, &relation.schema, &relation.identifier];
    let mut values = values.into_iter().map(|part| text_or_none(part.as_ref()));
    PARTS.map(|name| (name, values.next().unwrap_or_default()))
}

fn policy_value(policy: QuotePolicy) -> Value {
    let values = [policy.database, policy.schema, policy.identifier];
    let values = PARTS.into_iter().zip(values).map(|(name, value)| (name, Value::from(value)));
    Value::from_object(Fields { name: "Policy", values: values.collect() })
}

/// Reads `database=…, schema=…, identifier=…` on top of a policy.
fn policy(arguments: &Arguments, base: QuotePolicy) -> Result<QuotePolicy, Error> {
    let [database, schema, identifier] = arguments.options(PARTS)?;
    let given =
        |value: Option<Value>, base: bool| value.filter(|value| !value.is_none()).map_or(base, |value| value.is_true());
    Ok(QuotePolicy {
        database: given(database, base.database),
        schema: given(schema, base.schema),
        identifier: given(identifier, base.identifier),
    })
}

fn policy_from(value: Option<&Value>, base: QuotePolicy) -> QuotePolicy {
    let Some(value) = value.filter(|value| value.kind() == ValueKind::Map) else { return base };
    let part = |name: &str, base: bool| {
        let found = value.get_attr(name).ok().filter(|found| !found.is_undefined() && !found.is_none());
        found.map_or(base, |found| found.is_true())
    };
    QuotePolicy {
        database: part("database", base.database),
        schema: part("schema", base.schema),
        identifier: part("identifier", base.identifier),
    }
}

fn part(value: &Value) -> Option<String> {
    (!value.is_none() && !value.is_undefined()).then(|| to_text(value))
}

fn with_path(mut relation: Relation, parts: &[(String, Value)]) -> Relation {
    for (name, value) in parts {
        match name.as_str() {
            "database" => relation.database = part(value),
            "schema" => relation.schema = part(value),
            "identifier" => relation.identifier = part(value),
            _ => {}
        }
    }
    relation
}

fn kind(value: Option<&Value>) -> Result<Option<RelationKind>, Error> {
    let Some(name) = value.and_then(part) else { return Ok(None) };
    RelationKind::from_name(&name)
        .map(Some)
        .ok_or_else(|| value_error(format!("'{name}' is not a type of relation: table, view, cte, external …")))
}

fn incorporate(relation: Relation, arguments: &Arguments) -> Result<Relation, Error> {
    let mut relation = relation;
    for (name, value) in arguments.keywords() {
        match name.as_str() {
            "path" => {
                let parts = super::mapping_pairs(value).unwrap_or_default();
                let parts: Vec<_> = parts.iter().map(|(key, value)| (to_text(key), value.clone())).collect();
                relation = with_path(relation, &parts);
            }
            "type" => relation.kind = kind(Some(value))?,
            "quote_policy" => relation.quote = policy_from(Some(value), relation.quote),
            "include_policy" => relation.include = policy_from(Some(value), relation.include),
            _ => {}
        }
    }
    Ok(relation)
}

fn matches(relation: &Relation, arguments: &Arguments) -> Result<bool, Error> {
    let wanted = arguments.options(PARTS)?;
    let own = [&relation.database, &relation.schema, &relation.identifier];
    let searched: Vec<(String, &str)> = wanted
        .iter()
        .zip(own)
        .filter_map(|(wanted, own)| Some((part(wanted.as_ref()?)?, own.as_deref().unwrap_or_default())))
        .collect();
    if searched.is_empty() {
        return Err(value_error("Tried to match relation, but no search path was passed!"));
    }
    if searched.iter().all(|(wanted, own)| wanted == own) {
        return Ok(true);
    }
    if searched.iter().all(|(wanted, own)| wanted.to_lowercase() == own.to_lowercase()) {
        let wanted: Vec<String> = searched.iter().map(|(wanted, _)| quote(wanted)).collect();
        return Err(value_error(format!(
            "looking for the relation {}, only one of other case was found: {}; rename it",
            wanted.join("."),
            relation.render()
        )));
    }
    Ok(false)
}

fn information_schema(relation: Relation, view: Option<&Value>) -> Relation {
    Relation {
        schema: Some("INFORMATION_SCHEMA".to_owned()),
        identifier: view.and_then(part),
        kind: Some(RelationKind::View),
        quote: QuotePolicy { database: relation.quote.database, schema: false, identifier: false },
        include: QuotePolicy::ALL,
        external: None,
        limit: None,
        filter: None,
        database: relation.database,
    }
}

impl fmt::Display for RelationObject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.relation, formatter)
    }
}

impl fmt::Debug for RelationObject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<DuckDBRelation {}>", self.relation)
    }
}

impl Object for RelationObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.attribute(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.attribute(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["database", "schema", "identifier", "type"])
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        let other = other.downcast_ref::<Self>()?;
        let key = |object: &Self| {
            let Relation { database, schema, identifier, kind, quote, include, .. } = object.relation.clone();
            let Relation { external, limit, filter, .. } = object.relation.clone();
            let flags = [quote, include].map(|policy| (policy.database, policy.schema, policy.identifier));
            ((database, schema, identifier), kind, flags, (external, limit, filter))
        };
        Some(key(self).cmp(&key(other)))
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        self.invoke(method, &Arguments::new(method, args))
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_ref(), formatter)
    }
}

/// A named record: `Policy(database=True, …)`.
struct Fields {
    name: &'static str,
    values: Vec<(&'static str, Value)>,
}

impl fmt::Debug for Fields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<_> = self.values.iter().map(|(name, value)| format!("{name}={}", super::repr(value))).collect();
        write!(formatter, "{}({})", self.name, values.join(", "))
    }
}

impl Object for Fields {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let key = key.as_str()?;
        self.values.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&PARTS)
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_ref(), formatter)
    }
}
