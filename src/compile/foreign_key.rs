//! What the foreign keys of a model refer to: `ref('a')` in the properties file becomes the name of a relation.

use std::collections::BTreeMap;

use super::resolver::NodeResolver;
use crate::resource::{Constraint, Detail, Map, Node, Value};

/// The relations by the text that names them in the properties file.
#[derive(Clone, Debug, Default)]
pub struct ForeignKeys(BTreeMap<String, String>);

impl ForeignKeys {
    /// Resolves the foreign keys of a node.
    pub fn of(node: &Node, resolver: &NodeResolver) -> Self {
        let Detail::Model(detail) = &node.detail else { return Self::default() };
        let of_columns = node.columns.values().flat_map(|column| &column.constraints);
        let all = detail.constraints.iter().chain(of_columns).filter_map(target);
        Self(all.filter_map(|to| Some((to.to_owned(), resolver.relation_name(to)?))).collect())
    }

    /// Puts them into the dictionary of the node.
    pub fn fill(&self, model: &mut Map) {
        if self.0.is_empty() {
            return;
        }
        self.fill_constraints(model);
        let columns = model.get_mut("columns").and_then(Value::as_object_mut);
        for column in columns.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
            self.fill_constraints(column);
        }
    }

    fn fill_constraints(&self, owner: &mut Map) {
        let constraints = owner.get_mut("constraints").and_then(Value::as_array_mut);
        for constraint in constraints.into_iter().flatten().filter_map(Value::as_object_mut) {
            let name = constraint.get("to").and_then(Value::as_str).and_then(|to| self.0.get(to));
            if let Some(name) = name.cloned() {
                constraint.insert("to".into(), name.into());
            }
        }
    }
}

fn target(constraint: &Constraint) -> Option<&str> {
    constraint.to.as_deref().filter(|_| constraint.constraint_type == "foreign_key")
}
