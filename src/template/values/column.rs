//! dbt's `Column` as templates see it: the class `api.Column` and its instances.

mod facts;

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use minijinja::value::{DynObject, Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use facts::{Facts, from_description, numeric_type, precision, string_type};

use super::list::value_error;
use super::{Dict, List, repr, to_text};
use crate::adapter::ColumnType;
use crate::resource::quote;
use crate::template::arguments::Arguments;

const ATTRIBUTES: [&str; 6] = ["column", "dtype", "char_size", "numeric_precision", "numeric_scale", "fields"];

/// A column. It is a mapping like a relation, because packages print and compare its attributes.
pub struct ColumnObject {
    facts: Facts,
}

impl ColumnObject {
    /// Makes a column of a name and a type.
    pub fn value(name: impl Into<String>, dtype: impl Into<String>) -> Value {
        Value::from_object(Self { facts: Facts::new(name.into(), dtype.into()) })
    }

    /// Makes a column of a relation, which the catalog also knows the precision of.
    pub fn of_relation(column: ColumnType) -> Value {
        let (numeric_precision, numeric_scale) = precision(&column.data_type);
        let facts = Facts { numeric_precision, numeric_scale, ..Facts::new(column.name, column.data_type) };
        Value::from_object(Self { facts })
    }

    /// Makes the columns that one column of a query stands for: a struct is taken apart into its fields.
    pub fn flattened(column: ColumnType) -> Vec<Value> {
        let facts = Facts::new(column.name, column.data_type);
        facts.flatten().into_iter().map(|facts| Value::from_object(Self { facts })).collect()
    }

    fn attribute(&self, name: &str) -> Option<Value> {
        let facts = &self.facts;
        let number = |value: Option<i64>| value.map_or_else(|| Value::from(()), Value::from);
        Some(match name {
            "name" | "column" => Value::from(facts.column.as_str()),
            "dtype" => Value::from(facts.dtype.as_str()),
            "data_type" => Value::from(facts.data_type()),
            "quoted" => Value::from(quote(&facts.column)),
            "char_size" => number(facts.char_size),
            "numeric_precision" => number(facts.numeric_precision),
            "numeric_scale" => number(facts.numeric_scale),
            "fields" => {
                let fields = facts.fields().into_iter().map(|facts| Value::from_object(Self { facts }));
                List::value(fields.collect())
            }
            "TYPE_LABELS" => type_labels(),
            _ => return None,
        })
    }

    fn invoke(&self, method: &str, arguments: &Arguments) -> Result<Value, Error> {
        let facts = &self.facts;
        Ok(match method {
            "is_string" => Value::from(facts.is_string()),
            "is_float" => Value::from(facts.is_float()),
            "is_integer" => Value::from(facts.is_integer()),
            "is_numeric" => Value::from(facts.is_numeric()),
            "is_number" => Value::from(facts.is_float() || facts.is_integer() || facts.is_numeric()),
            "is_struct" => Value::from(!facts.fields().is_empty()),
            "string_size" if facts.is_string() => Value::from(facts.string_size()),
            "string_size" => {
                return Err(value_error(format!("string_size() of the column `{}`, which is no text", facts.column)));
            }
            "can_expand_to" => {
                let [other] = arguments.options(["other_column"])?;
                let other = other.ok_or_else(|| arguments.missing("other_column"))?;
                let other = other.downcast_object_ref::<Self>().map(|column| &column.facts);
                Value::from(other.is_some_and(|other| {
                    facts.is_string() && other.is_string() && other.string_size() > facts.string_size()
                }))
            }
            "literal" => {
                let [value] = arguments.options(["value"])?;
                let value = value.ok_or_else(|| arguments.missing("value"))?;
                Value::from(format!("{}::{}", to_text(&value), facts.data_type()))
            }
            "flatten" => {
                let columns = facts.flatten().into_iter().map(|facts| Value::from_object(Self { facts }));
                List::value(columns.collect())
            }
            "to_column_dict" | "to_dict" => {
                let attributes = ATTRIBUTES.into_iter();
                Dict::value(
                    attributes
                        .map(|name| (Value::from(name), self.attribute(name).unwrap_or_default()))
                        .collect::<Vec<_>>(),
                )
            }
            _ => return call_class(method, arguments),
        })
    }
}

fn type_labels() -> Value {
    Dict::value([(Value::from("STRING"), Value::from("TEXT"))])
}

fn translate_type(dtype: &str) -> String {
    if dtype.eq_ignore_ascii_case("string") { "TEXT".to_owned() } else { dtype.to_owned() }
}

fn integer(value: Option<&Value>) -> Result<Option<i64>, Error> {
    let Some(value) = value.filter(|value| !value.is_none()) else { return Ok(None) };
    match super::Decimal::of(value).and_then(super::Decimal::truncated).and_then(|number| i64::try_from(number).ok()) {
        Some(number) => Ok(Some(number)),
        None => {
            to_text(value).trim().parse().map(Some).map_err(|_| {
                value_error(format!("{} is no whole number, as the size of a column must be", repr(value)))
            })
        }
    }
}

impl fmt::Debug for ColumnObject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DuckDBColumn(")?;
        for (index, name) in ATTRIBUTES.into_iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(formatter, "{separator}{name}={}", repr(&self.attribute(name).unwrap_or_default()))?;
        }
        formatter.write_str(")")
    }
}

impl Object for ColumnObject {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.attribute(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.attribute(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&ATTRIBUTES)
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        other.downcast_ref::<Self>().map(|other| self.facts.cmp(&other.facts))
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        self.invoke(method, &Arguments::new(method, args))
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_ref(), formatter)
    }
}

/// `api.Column`.
#[derive(Debug)]
pub struct ColumnClass;

impl ColumnClass {
    /// Makes the class.
    pub fn value() -> Value {
        Value::from_object(Self)
    }
}

fn construct(arguments: &Arguments) -> Result<Value, Error> {
    let [column, dtype, char_size, precision, scale] =
        arguments.options(["column", "dtype", "char_size", "numeric_precision", "numeric_scale"])?;
    let column = column.ok_or_else(|| arguments.missing("column"))?;
    let dtype = dtype.ok_or_else(|| arguments.missing("dtype"))?;
    let facts = Facts {
        column: to_text(&column),
        dtype: to_text(&dtype),
        char_size: integer(char_size.as_ref())?,
        numeric_precision: integer(precision.as_ref())?,
        numeric_scale: integer(scale.as_ref())?,
    };
    Ok(Value::from_object(ColumnObject { facts }))
}

fn call_class(method: &str, arguments: &Arguments) -> Result<Value, Error> {
    match method {
        "create" => {
            let [name, dtype] = arguments.options(["name", "label_or_dtype"])?;
            let name = name.ok_or_else(|| arguments.missing("name"))?;
            let dtype = dtype.ok_or_else(|| arguments.missing("label_or_dtype"))?;
            Ok(ColumnObject::value(to_text(&name), translate_type(&to_text(&dtype))))
        }
        "translate_type" => {
            let [dtype] = arguments.options(["dtype"])?;
            Ok(Value::from(translate_type(&to_text(&dtype.ok_or_else(|| arguments.missing("dtype"))?))))
        }
        "string_type" => {
            let [size] = arguments.options(["size"])?;
            let size = integer(size.as_ref())?.ok_or_else(|| arguments.missing("size"))?;
            Ok(Value::from(string_type(size)))
        }
        "numeric_type" => {
            let [dtype, precision, scale] = arguments.options(["dtype", "precision", "scale"])?;
            let dtype = to_text(&dtype.ok_or_else(|| arguments.missing("dtype"))?);
            Ok(Value::from(numeric_type(&dtype, integer(precision.as_ref())?, integer(scale.as_ref())?)))
        }
        "from_description" => {
            let [name, description] = arguments.options(["name", "raw_data_type"])?;
            let name = to_text(&name.ok_or_else(|| arguments.missing("name"))?);
            let description = to_text(&description.ok_or_else(|| arguments.missing("raw_data_type"))?);
            Ok(Value::from_object(ColumnObject { facts: from_description(name, &description)? }))
        }
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

impl Object for ColumnClass {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        (key.as_str()? == "TYPE_LABELS").then(type_labels)
    }

    fn call(self: &Arc<Self>, _: &mut State, args: &[Value]) -> Result<Value, Error> {
        construct(&Arguments::new("Column", args))
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        call_class(method, &Arguments::new(method, args))
    }
}
