//! A match of `modules.re`.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Tuple};
use minijinja::{Error, ErrorKind, State, Value};

use super::compiled::Pattern;
use crate::template::arguments::Arguments;
use crate::template::values::{dict, repr, to_text, value_error};

/// A match; its places are kept in bytes and told in characters.
pub(super) struct Match {
    pub(super) pattern: Arc<Pattern>,
    pub(super) text: Arc<str>,
    /// Where the whole match and its groups stand; none for a group that took no part.
    pub(super) spans: Vec<Option<(usize, usize)>>,
}

impl Match {
    pub(super) fn span(&self) -> (usize, usize) {
        self.spans.first().copied().flatten().unwrap_or_default()
    }

    pub(super) fn group(&self, index: usize) -> Value {
        let span = self.spans.get(index).copied().flatten();
        span.map_or_else(|| Value::from(()), |(start, end)| Value::from(&self.text[start..end]))
    }

    /// What `findall` gives: the text, the only group, or all groups.
    pub(super) fn as_item(&self) -> Value {
        let text = |index: usize| Value::from(to_text(&self.group(index)).as_str()).clone();
        let or_empty = |index: usize| if self.group(index).is_none() { Value::from("") } else { text(index) };
        match self.spans.len() {
            0 | 1 => self.group(0),
            2 => or_empty(1),
            length => Value::from(Tuple::new((1..length).map(or_empty).collect())),
        }
    }

    fn index(&self, group: &Value) -> Result<usize, Error> {
        let found = match group.as_str() {
            Some(name) => self.pattern.named().find(|(known, _)| *known == name).map(|(_, index)| index),
            None => group.as_usize().filter(|index| *index < self.spans.len()),
        };
        found.ok_or_else(|| value_error("no such group"))
    }

    /// Fills `\1`, `\g<name>` and escapes of a replacement in.
    pub(super) fn expand(&self, template: &str) -> Result<String, Error> {
        let mut out = String::new();
        let mut rest = template;
        while let Some(at) = rest.find('\\') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let Some(next) = rest.chars().next() else { return Err(value_error("bad escape (end of pattern)")) };
            if let Some(after) = rest.strip_prefix("g<") {
                let end = after.find('>').ok_or_else(|| value_error("missing >, unterminated name"))?;
                let name = &after[..end];
                let group = name.parse::<usize>().map_or_else(|_| Value::from(name), Value::from);
                out.push_str(&self.text_of(self.index(&group)?));
                rest = &after[end + 1..];
                continue;
            }
            if next.is_ascii_digit() && next != '0' {
                let length = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
                let number: usize = rest[..length].parse().unwrap_or(0);
                let index = self.index(&Value::from(number));
                out.push_str(
                    &self.text_of(index.map_err(|_| value_error(format!("invalid group reference {number}")))?),
                );
                rest = &rest[length..];
                continue;
            }
            let character = match next {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'a' => '\u{7}',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'v' => '\u{b}',
                '0' => '\0',
                '\\' => '\\',
                letter if letter.is_ascii_alphabetic() => return Err(value_error(format!("bad escape \\{letter}"))),
                other => {
                    out.push('\\');
                    other
                }
            };
            out.push(character);
            rest = &rest[next.len_utf8()..];
        }
        out.push_str(rest);
        Ok(out)
    }

    fn text_of(&self, index: usize) -> String {
        let value = self.group(index);
        value.as_str().unwrap_or_default().to_owned()
    }

    fn place(&self, method: &str, group: Option<&Value>) -> Result<Value, Error> {
        let index = group.map_or(Ok(0), |group| self.index(group))?;
        let characters = |byte: usize| i64::try_from(self.text[..byte].chars().count()).unwrap_or(i64::MAX);
        let span = self.spans[index].map_or((-1, -1), |(start, end)| (characters(start), characters(end)));
        Ok(match method {
            "start" => Value::from(span.0),
            "end" => Value::from(span.1),
            _ => Value::from(Tuple::from([Value::from(span.0), Value::from(span.1)])),
        })
    }
}

impl fmt::Debug for Match {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = self.place("span", None).map(|span| repr(&span)).unwrap_or_default();
        write!(formatter, "<re.Match object; span={span}, match={}>", repr(&self.group(0)))
    }
}

impl Object for Match {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str() {
            Some("string") => Some(Value::from(&*self.text)),
            Some("re") => Some(Value::from_dyn_object(Arc::clone(&self.pattern))),
            Some("lastindex") => {
                let last = (1..self.spans.len()).rev().find(|index| self.spans[*index].is_some());
                Some(last.map_or_else(|| Value::from(()), Value::from))
            }
            _ => self.index(key).ok().map(|index| self.group(index)),
        }
    }

    fn call_method(self: &Arc<Self>, _: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new(method, args);
        let or = |value: Value, default: &Option<Value>| match default {
            Some(default) if value.is_none() => default.clone(),
            _ => value,
        };
        match method {
            "group" => match arguments.positional() {
                [] => Ok(self.group(0)),
                [group] => Ok(self.group(self.index(group)?)),
                groups => {
                    let groups = groups.iter().map(|group| Ok(self.group(self.index(group)?)));
                    Ok(Value::from(Tuple::new(groups.collect::<Result<_, Error>>()?)))
                }
            },
            "groups" => {
                let [default] = arguments.options(["default"])?;
                let groups = (1..self.spans.len()).map(|index| or(self.group(index), &default));
                Ok(Value::from(Tuple::new(groups.collect())))
            }
            "groupdict" => {
                let [default] = arguments.options(["default"])?;
                let named = self.pattern.named();
                let pairs = named.map(|(name, index)| (Value::from(name), or(self.group(index), &default)));
                Ok(dict(pairs.collect::<Vec<_>>()))
            }
            "start" | "end" | "span" => {
                let [group] = arguments.options(["group"])?;
                self.place(method, group.as_ref())
            }
            "expand" => {
                let [template] = arguments.options(["template"])?;
                let template = to_text(&template.ok_or_else(|| arguments.missing("template"))?);
                self.expand(&template).map(Value::from)
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}
