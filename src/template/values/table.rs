//! A query's answer as templates see it: made to be used like an agate table.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use minijinja::value::{Enumerator, Object, ObjectRepr, ValueKind};
use minijinja::{Error, ErrorKind, State, Value};

use super::datum::{self, kind_of};
use super::list::value_error;
use super::mapped::{ColumnFacts, Mapped};
use super::{compare, iterate, printed, to_text, tuple};
use crate::adapter::Table;
use crate::template::arguments::{Arguments, type_error};

/// A table. Its rows are made when a template first looks at them.
pub struct TableObject {
    table: Arc<Table>,
    names: Arc<Vec<String>>,
    rows: OnceLock<Vec<Value>>,
}

impl TableObject {
    /// Makes a table as a template sees it.
    pub fn value(table: Arc<Table>) -> Value {
        let names = Arc::new(unique_names(&table));
        Value::from_object(Self { table, names, rows: OnceLock::new() })
    }

    /// Returns the plain table.
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// Returns agate's class of a column's values; none when there is no such column.
    pub fn class_of(&self, index: usize) -> Option<&'static str> {
        (index < self.names.len()).then(|| kind_of(&self.table, index))
    }

    fn rows(&self) -> &[Value] {
        self.rows.get_or_init(|| {
            let rows = self.table.rows.iter();
            rows.map(|row| Mapped::row(&self.names, row.iter().map(datum::value).collect())).collect()
        })
    }

    fn column(&self, index: usize) -> Value {
        let values = self.rows().iter().map(|row| row.get_item_by_index(index).unwrap_or_default());
        let facts = ColumnFacts { name: self.names[index].clone(), index, data_type: kind_of(&self.table, index) };
        Mapped::column(facts, values.collect())
    }

    fn attribute(&self, name: &str) -> Option<Value> {
        match name {
            "rows" => Some(Mapped::sequence(self.rows().to_vec(), None)),
            "columns" => {
                let columns = (0..self.names.len()).map(|index| self.column(index));
                Some(Mapped::sequence(columns.collect(), Some(Arc::clone(&self.names))))
            }
            "column_names" => Some(tuple(self.names.iter().map(|name| Value::from(name.as_str())).collect())),
            "column_types" => {
                let kinds = (0..self.names.len()).map(|index| Value::from(kind_of(&self.table, index)));
                Some(tuple(kinds.collect()))
            }
            "row_names" => Some(Value::from(())),
            _ => None,
        }
    }

    fn index(&self, key: &Value) -> Result<usize, Error> {
        let found = match key.as_str() {
            Some(name) => self.names.iter().position(|known| known == name),
            None => key.as_usize().filter(|index| *index < self.names.len()),
        };
        found.ok_or_else(|| value_error(format!("the table has no column {}", super::repr(key))))
    }

    fn indexes(&self, key: &Value) -> Result<Vec<usize>, Error> {
        if matches!(key.kind(), ValueKind::Seq | ValueKind::Iterable) {
            return iterate(key)?.iter().map(|key| self.index(key)).collect();
        }
        Ok(vec![self.index(key)?])
    }

    fn with_columns(&self, indexes: &[usize]) -> Value {
        let table = Table {
            columns: indexes.iter().map(|index| self.table.columns[*index].clone()).collect(),
            rows: self.table.rows.iter().map(|row| indexes.iter().map(|index| row[*index].clone()).collect()).collect(),
        };
        Self::value(Arc::new(table))
    }

    fn with_rows(&self, indexes: impl IntoIterator<Item = usize>) -> Value {
        let rows = indexes.into_iter().filter_map(|index| self.table.rows.get(index).cloned()).collect();
        Self::value(Arc::new(Table { columns: self.table.columns.clone(), rows }))
    }

    fn renamed(&self, names: &Value) -> Result<Value, Error> {
        let mut table = Table::clone(&self.table);
        if let Some(pairs) = super::mapping_pairs(names) {
            let by_name: BTreeMap<String, String> =
                pairs.iter().map(|(old, new)| (to_text(old), to_text(new))).collect();
            for (column, name) in table.columns.iter_mut().zip(self.names.iter()) {
                column.name.clone_from(by_name.get(name).unwrap_or(name));
            }
        } else if !names.is_none() {
            let names = iterate(names)?;
            if names.len() != table.columns.len() {
                return Err(value_error("rename() needs as many names as there are columns"));
            }
            for (column, name) in table.columns.iter_mut().zip(&names) {
                column.name = to_text(name);
            }
        }
        Ok(Self::value(Arc::new(table)))
    }

    /// Sorts by a column, several, or what a macro returns for a row; nothing sorts last, as in agate.
    fn ordered(&self, state: &mut State, key: &Value, reverse: bool) -> Result<Value, Error> {
        let keys = self.keys_of_rows(state, key)?;
        let mut indexes: Vec<usize> = (0..keys.len()).collect();
        let mut failure = None;
        indexes.sort_by(|left, right| {
            let ordering = keys[*left].iter().zip(&keys[*right]).map(|(left, right)| nulls_last(left, right));
            let ordering = ordering.into_iter().find(|ordering| !matches!(ordering, Ok(Ordering::Equal)));
            let ordering = ordering.unwrap_or(Ok(Ordering::Equal)).unwrap_or_else(|error| {
                failure = Some(error);
                Ordering::Equal
            });
            if reverse { ordering.reverse() } else { ordering }
        });
        match failure {
            Some(error) => Err(error),
            None => Ok(self.with_rows(indexes)),
        }
    }

    fn keys_of_rows(&self, state: &mut State, key: &Value) -> Result<Vec<Vec<Value>>, Error> {
        if key.kind() == ValueKind::Plain {
            let rows = self.rows().iter();
            return rows.map(|row| key.call(state, std::slice::from_ref(row)).map(|key| vec![key])).collect();
        }
        let indexes = self.indexes(key)?;
        let of_row = |row: &Value| {
            indexes.iter().map(|index| row.get_item_by_index(*index).unwrap_or_default()).collect::<Vec<_>>()
        };
        Ok(self.rows().iter().map(of_row).collect())
    }

    fn limited(&self, arguments: &Arguments) -> Result<Value, Error> {
        let [first, end, step] = arguments.options(["start_or_stop", "stop", "step"])?;
        let length = self.table.rows.len();
        let (start, end) = match (&first, &end) {
            (Some(start), Some(end)) => (super::bound(Some(start), 0, length)?, super::bound(Some(end), 0, length)?),
            (end, _) => (0, super::bound(end.as_ref(), length, length)?),
        };
        let step = step.and_then(|step| step.as_usize()).filter(|step| *step > 0).unwrap_or(1);
        Ok(self.with_rows((start..end.max(start)).step_by(step)))
    }

    fn distinct(&self, state: &mut State, key: Option<&Value>) -> Result<Value, Error> {
        let keys = match key.filter(|key| !key.is_none()) {
            Some(key) => self.keys_of_rows(state, key)?,
            None => self.rows().iter().map(iterate).collect::<Result<_, Error>>()?,
        };
        let mut seen = indexmap::IndexSet::new();
        let kept: Vec<usize> = keys
            .into_iter()
            .enumerate()
            .filter(|(_, key)| seen.insert(tuple(key.clone())))
            .map(|(index, _)| index)
            .collect();
        Ok(self.with_rows(kept))
    }

    fn filtered(&self, state: &mut State, test: &Value) -> Result<Value, Error> {
        let mut kept = Vec::new();
        for (index, row) in self.rows().iter().enumerate() {
            let verdict = test.call(state, std::slice::from_ref(row))?;
            // A macro answers with text: the word it prints.
            let verdict = verdict.as_str().map_or(verdict.is_true(), |text| text.trim() == "True");
            if verdict {
                kept.push(index);
            }
        }
        Ok(self.with_rows(kept))
    }
}

fn nulls_last(left: &Value, right: &Value) -> Result<Ordering, Error> {
    match (left.is_none(), right.is_none()) {
        (false, false) => compare::ordering(left, right),
        (left, right) => Ok(left.cmp(&right)),
    }
}

/// A name that is there already gets a number, as in dbt: `a`, `a_2`, `a_3`.
fn unique_names(table: &Table) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let named = table.columns.iter().map(|column| {
        let count = counts.entry(&column.name).or_default();
        *count += 1;
        if *count == 1 { column.name.clone() } else { format!("{}_{count}", column.name) }
    });
    named.collect()
}

impl fmt::Display for TableObject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = self
            .names
            .iter()
            .enumerate()
            .map(|(index, name)| vec![printed::Cell::text(name), printed::Cell::text(kind_of(&self.table, index))]);
        formatter.write_str(&printed::table(&["column", "data_type"], &kinds.collect::<Vec<_>>()))
    }
}

impl fmt::Debug for TableObject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<agate.table.Table of {} rows>", self.table.rows.len())
    }
}

impl Object for TableObject {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str() {
            Some(name) => self.attribute(name),
            None => self.rows().get(key.as_usize()?).cloned(),
        }
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.attribute(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.rows().to_vec())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.table.rows.len())
    }

    fn call_method(self: &Arc<Self>, state: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new(method, args);
        match method {
            "rename" => {
                let [names, ..] = arguments.options(["column_names", "row_names", "slug_columns", "slug_rows"])?;
                self.renamed(&names.unwrap_or_else(|| Value::from(())))
            }
            "select" => {
                let [key] = arguments.options(["key"])?;
                Ok(self.with_columns(&self.indexes(&key.ok_or_else(|| arguments.missing("key"))?)?))
            }
            "exclude" => {
                let [key] = arguments.options(["key"])?;
                let excluded = self.indexes(&key.ok_or_else(|| arguments.missing("key"))?)?;
                let kept: Vec<usize> = (0..self.names.len()).filter(|index| !excluded.contains(index)).collect();
                Ok(self.with_columns(&kept))
            }
            "order_by" => {
                let [key, reverse] = arguments.options(["key", "reverse"])?;
                let key = key.ok_or_else(|| arguments.missing("key"))?;
                self.ordered(state, &key, reverse.is_some_and(|reverse| reverse.is_true()))
            }
            "limit" => self.limited(&arguments),
            "distinct" => {
                let [key] = arguments.options(["key"])?;
                self.distinct(state, key.as_ref())
            }
            "where" => {
                let [test] = arguments.options(["test"])?;
                self.filtered(state, &test.ok_or_else(|| arguments.missing("test"))?)
            }
            "print_table" | "print_structure" => {
                let text = if method == "print_table" {
                    printed::rows(&self.names, self.rows(), &arguments)?
                } else {
                    self.to_string()
                };
                let print = state.lookup("print").ok_or_else(|| type_error("there is nothing to print to here"))?;
                print.call(state, &[Value::from(text.trim_end())])?;
                Ok(Value::from(()))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_ref(), formatter)
    }
}
