//! `pprint`: values over several lines where one would be too long.

use minijinja::Value;
use minijinja::value::Tuple;

use crate::template::values::{List, dict, mapping_pairs, repr};

/// Lines are kept to this many characters where possible.
const WIDTH: usize = 80;

/// How deep values are looked into.
const MAX_DEPTH: usize = 100;

/// Writes a value, the keys of mappings sorted.
pub(super) fn pretty(value: &Value) -> String {
    Printer { depth: 0 }.write(value, 0, 0)
}

struct Printer {
    depth: usize,
}

impl Printer {
    /// Writes a value that begins at a column and has so many characters after it on its last line.
    fn write(&mut self, value: &Value, column: usize, after: usize) -> String {
        let line = repr(&self.sorted(value));
        if column + line.chars().count() + after <= WIDTH || self.depth > MAX_DEPTH {
            return line;
        }
        self.depth += 1;
        let text = self.broken(value, column, after).unwrap_or(line);
        self.depth -= 1;
        text
    }

    fn broken(&mut self, value: &Value, column: usize, after: usize) -> Option<String> {
        if let Some(mut pairs) = mapping_pairs(value).filter(|pairs| !pairs.is_empty()) {
            pairs.sort();
            let last = pairs.len() - 1;
            let written = pairs.iter().enumerate().map(|(index, (key, value))| {
                let key = repr(key);
                let at = column + 1 + key.chars().count() + 2;
                let after = if index == last { after + 1 } else { 1 };
                format!("{key}: {}", self.write(value, at, after))
            });
            return Some(enclosed('{', &written.collect::<Vec<_>>(), "}", column));
        }
        let (items, open, close) = if let Some(items) = value.downcast_object_ref::<List>() {
            (items.items(), '[', "]")
        } else {
            let tuple = value.downcast_object_ref::<Tuple>()?;
            (tuple.to_vec(), '(', if tuple.len() == 1 { ",)" } else { ")" })
        };
        let last = items.len().checked_sub(1)?;
        let written = items.iter().enumerate().map(|(index, item)| {
            let after = if index == last { after + close.len() } else { 1 };
            self.write(item, column + 1, after)
        });
        Some(enclosed(open, &written.collect::<Vec<_>>(), close, column))
    }

    fn sorted(&self, value: &Value) -> Value {
        if self.depth > MAX_DEPTH {
            return value.clone();
        }
        match mapping_pairs(value).filter(|_| value.downcast_object_ref::<crate::template::values::Dict>().is_some()) {
            Some(mut pairs) => {
                pairs.sort();
                let deeper = Self { depth: self.depth + 1 };
                dict(pairs.into_iter().map(|(key, value)| (key, deeper.sorted(&value))).collect::<Vec<_>>())
            }
            None => value.clone(),
        }
    }
}

fn enclosed(open: char, items: &[String], close: &str, column: usize) -> String {
    format!("{open}{}{close}", items.join(&format!(",\n{}", " ".repeat(column + 1))))
}
