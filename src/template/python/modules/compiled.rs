//! A compiled pattern of `modules.re`.

use std::fmt;
use std::sync::Arc;

use fancy_regex::{Regex, RegexBuilder};
use minijinja::value::{Object, ObjectRepr, Tuple, ValueKind};
use minijinja::{Error, ErrorKind, State, Value};

use super::found::Match;
use super::pattern::{VERBOSE, translate};
use crate::template::arguments::{Arguments, type_error};
use crate::template::values::{dict, integer, list, repr, to_text, value_error};

/// A pattern gives up when it has gone back so often: no pattern stops a render for good.
const BACKTRACKS: usize = 5_000_000;

/// A compiled pattern: as it is, and bound to the beginning or to both ends.
pub(super) struct Pattern {
    source: String,
    flags: i64,
    search: Regex,
    begin: Regex,
    whole: Regex,
    names: Vec<Option<String>>,
}

impl Pattern {
    /// Compiles a pattern of Python.
    pub(super) fn new(source: &str, flags: i64) -> Result<Self, Error> {
        let translated = translate(source, flags)?;
        let compile = |pattern: String| {
            RegexBuilder::new(&pattern).backtrack_limit(BACKTRACKS).build().map_err(|error| {
                value_error(format!("the pattern {} cannot be read: {error}", repr(&Value::from(source))))
            })
        };
        let search = compile(translated.clone())?;
        let names = search.capture_names().map(|name| name.map(ToOwned::to_owned)).collect();
        // The line end closes a comment of a verbose pattern.
        let end = if flags & VERBOSE != 0 { "\n" } else { "" };
        Ok(Self {
            source: source.to_owned(),
            flags,
            search,
            begin: compile(format!("\\A(?:{translated}{end})"))?,
            whole: compile(format!("\\A(?:{translated}{end})\\z"))?,
            names,
        })
    }

    fn at(self: &Arc<Self>, regex: &Regex, text: &Arc<str>, from: usize) -> Result<Option<Match>, Error> {
        let captures = regex.captures_from_pos(&**text, from);
        let captures = captures.map_err(|error| value_error(format!("the pattern gave up: {error}")))?;
        Ok(captures.map(|captures| Match {
            pattern: Arc::clone(self),
            text: Arc::clone(text),
            spans: (0..captures.len())
                .map(|index| captures.get(index).map(|found| (found.start(), found.end())))
                .collect(),
        }))
    }

    /// All matches as Python finds them: an empty one may follow a match that is not, but not another empty one.
    fn all(self: &Arc<Self>, text: &Arc<str>, most: usize) -> Result<Vec<Match>, Error> {
        let mut matches: Vec<Match> = Vec::new();
        let (mut from, mut after_empty) = (0, None);
        while matches.len() < most && from <= text.len() {
            let Some(found) = self.at(&self.search, text, from)? else { break };
            let (start, end) = found.span();
            if start == end && after_empty == Some(start) {
                let Some(next) = text[start..].chars().next() else { break };
                from = start + next.len_utf8();
                after_empty = None;
                continue;
            }
            after_empty = (start == end).then_some(end);
            from = end;
            matches.push(found);
        }
        Ok(matches)
    }

    /// Answers `search`, `match`, `fullmatch`, `finditer` and `findall`.
    pub(super) fn find(self: &Arc<Self>, method: &str, text: &Arc<str>) -> Result<Value, Error> {
        let one = |found: Option<Match>| found.map_or_else(|| Value::from(()), Value::from_object);
        match method {
            "search" => self.at(&self.search, text, 0).map(one),
            "match" => self.at(&self.begin, text, 0).map(one),
            "fullmatch" => self.at(&self.whole, text, 0).map(one),
            "finditer" => Ok(list(self.all(text, usize::MAX)?.into_iter().map(Value::from_object).collect())),
            _ => {
                let found = self.all(text, usize::MAX)?;
                Ok(list(found.iter().map(Match::as_item).collect()))
            }
        }
    }

    /// Answers `split`.
    pub(super) fn split(self: &Arc<Self>, text: &Arc<str>, most: usize) -> Result<Value, Error> {
        let mut parts = Vec::new();
        let mut from = 0;
        for found in self.all(text, most)? {
            let (start, end) = found.span();
            parts.push(Value::from(&text[from..start]));
            parts.extend((1..found.spans.len()).map(|index| found.group(index)));
            from = end;
        }
        parts.push(Value::from(&text[from..]));
        Ok(list(parts))
    }

    /// Answers `sub` and `subn`: the text with its matches replaced, and how many there were.
    pub(super) fn replace(
        self: &Arc<Self>,
        state: &mut State,
        replacement: &Value,
        text: &Arc<str>,
        most: usize,
    ) -> Result<(String, usize), Error> {
        let mut out = String::new();
        let mut from = 0;
        let found = self.all(text, most)?;
        let count = found.len();
        for found in found {
            let (start, end) = found.span();
            out.push_str(&text[from..start]);
            match replacement.as_str() {
                Some(template) => out.push_str(&found.expand(template)?),
                None => out.push_str(&to_text(&replacement.call(state, &[Value::from_object(found)])?)),
            }
            from = end;
        }
        out.push_str(&text[from..]);
        Ok((out, count))
    }

    /// Returns the named groups with their numbers.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, usize)> {
        self.names.iter().enumerate().filter_map(|(index, name)| Some((name.as_deref()?, index)))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "re.compile({})", repr(&Value::from(self.source.as_str())))
    }
}

impl Object for Pattern {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str()? {
            "pattern" => Some(Value::from(self.source.as_str())),
            "flags" => Some(Value::from(self.flags | 32)),
            "groups" => Some(Value::from(self.names.len() - 1)),
            "groupindex" => Some(dict(
                self.named().map(|(name, index)| (Value::from(name), Value::from(index))).collect::<Vec<_>>(),
            )),
            _ => None,
        }
    }

    fn call_method(self: &Arc<Self>, state: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new(method, args);
        match method {
            "search" | "match" | "fullmatch" | "findall" | "finditer" => {
                let [text] = arguments.options(["string"])?;
                self.find(method, &subject(&text.ok_or_else(|| arguments.missing("string"))?)?)
            }
            "split" => {
                let [text, most] = arguments.options(["string", "maxsplit"])?;
                self.split(&subject(&text.ok_or_else(|| arguments.missing("string"))?)?, limit(most.as_ref())?)
            }
            "sub" | "subn" => {
                let [replacement, text, count] = arguments.options(["repl", "string", "count"])?;
                let (Some(replacement), Some(text)) = (replacement, text) else {
                    return Err(arguments.missing("string"));
                };
                let made = self.replace(state, &replacement, &subject(&text)?, limit(count.as_ref())?)?;
                Ok(replaced(method, made))
            }
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }
}

/// Returns the text to look in.
pub(super) fn subject(value: &Value) -> Result<Arc<str>, Error> {
    let text = value.to_str().filter(|_| value.kind() == ValueKind::String);
    text.ok_or_else(|| type_error("expected string or bytes-like object"))
}

/// Returns how many matches are wanted; 0 means all.
pub(super) fn limit(value: Option<&Value>) -> Result<usize, Error> {
    let limit = value.map_or(Ok(0), integer)?;
    Ok(usize::try_from(limit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX))
}

/// What `sub` gives, or `subn` with the count.
pub(super) fn replaced(method: &str, (text, count): (String, usize)) -> Value {
    let text = Value::from(text);
    if method == "subn" { Value::from(Tuple::from([text, Value::from(count)])) } else { text }
}
