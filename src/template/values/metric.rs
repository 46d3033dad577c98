//! What `metric()` returns: the metric's name when it is printed, its properties by their names.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

use crate::resource::{Map, MetricCall};

/// A metric as templates see it.
#[derive(Debug)]
pub struct MetricObject {
    name: String,
    package: Option<String>,
    /// The properties; none while the project is read.
    node: Map,
}

impl MetricObject {
    /// Makes it of a call and, once names mean something, of the metric's dictionary.
    pub fn value(call: &MetricCall, node: Map) -> Value {
        let own = node.get("package_name").and_then(crate::resource::Value::as_str).map(str::to_owned);
        Value::from_object(Self { name: call.name.clone(), package: own.or_else(|| call.package.clone()), node })
    }
}

impl Object for MetricObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "metric_name" => Some(Value::from(self.name.as_str())),
            "package_name" => Some(Value::from(self.package.clone())),
            other => self.node.get(other).map(super::from_plain),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}
