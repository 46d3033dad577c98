//! `modules.re`.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use fancy_regex::{Regex, RegexBuilder};
use indexmap::IndexMap;
use minijinja::value::{Enumerator, Object, ObjectRepr, Tuple, ValueKind};
use minijinja::{Error, ErrorKind, State, Value};

use super::pattern::{DOT_ALL, IGNORE_CASE, MULTI_LINE, VERBOSE, translate};
use crate::template::arguments::{Arguments, type_error};
use crate::template::values::{dict, integer, list, repr, to_text, value_error};

/// Patterns that are kept compiled.
const KEPT: usize = 256;

/// A pattern gives up when it has gone back so often: no pattern stops a render for good.
const BACKTRACKS: usize = 5_000_000;

pub(super) fn module() -> Value {
    Value::from_object(Module::default())
}

/// The module; it keeps patterns compiled.
#[derive(Default)]
struct Module {
    patterns: Mutex<IndexMap<(String, i64), Arc<Pattern>>>,
}

impl Module {
    fn pattern(&self, value: &Value, flags: Option<&Value>) -> Result<Arc<Pattern>, Error> {
        if let Some(pattern) = value.downcast_object::<Pattern>() {
            return Ok(pattern);
        }
        let source = value.as_str().ok_or_else(|| type_error("first argument must be string or compiled pattern"))?;
        let flags = flags.map_or(Ok(0), integer)?;
        let key = (source.to_owned(), flags);
        let mut patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pattern) = patterns.get(&key) {
            return Ok(Arc::clone(pattern));
        }
        let pattern = Arc::new(Pattern::new(source, flags)?);
        if patterns.len() >= KEPT {
            patterns.clear();
        }
        patterns.insert(key, Arc::clone(&pattern));
        Ok(pattern)
    }

    fn call_function(&self, state: &mut State, name: &str, args: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new(name, args);
        match name {
            "compile" => {
                let [pattern, flags] = arguments.options(["pattern", "flags"])?;
                let pattern = pattern.ok_or_else(|| arguments.missing("pattern"))?;
                self.pattern(&pattern, flags.as_ref()).map(Value::from_dyn_object)
            }
            "escape" => {
                let [text] = arguments.options(["pattern"])?;
                Ok(Value::from(escape(&to_text(&text.ok_or_else(|| arguments.missing("pattern"))?))))
            }
            "purge" => Ok(Value::from(())),
            "search" | "match" | "fullmatch" | "findall" | "finditer" => {
                let [pattern, text, flags] = arguments.options(["pattern", "string", "flags"])?;
                let (Some(pattern), Some(text)) = (pattern, text) else { return Err(arguments.missing("string")) };
                self.pattern(&pattern, flags.as_ref())?.find(name, &subject(&text)?)
            }
            "split" => {
                let [pattern, text, most, flags] = arguments.options(["pattern", "string", "maxsplit", "flags"])?;
                let (Some(pattern), Some(text)) = (pattern, text) else { return Err(arguments.missing("string")) };
                self.pattern(&pattern, flags.as_ref())?.split(&subject(&text)?, limit(most.as_ref())?)
            }
            "sub" | "subn" => {
                let names = ["pattern", "repl", "string", "count", "flags"];
                let [pattern, replacement, text, count, flags] = arguments.options(names)?;
                let (Some(pattern), Some(replacement), Some(text)) = (pattern, replacement, text) else {
                    return Err(arguments.missing("string"));
                };
                let pattern = self.pattern(&pattern, flags.as_ref())?;
                let made = pattern.replace(state, &replacement, &subject(&text)?, limit(count.as_ref())?)?;
                Ok(replaced(name, made))
            }
            _ => Err(Error::new(ErrorKind::InvalidOperation, format!("module 're' has no attribute '{name}'"))),
        }
    }
}

impl fmt::Debug for Module {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("<module 're'>")
    }
}

impl Object for Module {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(Value::from(match key.as_str()? {
            "I" | "IGNORECASE" => IGNORE_CASE,
            "M" | "MULTILINE" => MULTI_LINE,
            "S" | "DOTALL" => DOT_ALL,
            "X" | "VERBOSE" => VERBOSE,
            "U" | "UNICODE" => 32,
            "A" | "ASCII" => 256,
            "NOFLAG" => 0,
            _ => return None,
        }))
    }

    fn call_method(self: &Arc<Self>, state: &mut State, method: &str, args: &[Value]) -> Result<Value, Error> {
        self.call_function(state, method, args)
    }
}

fn subject(value: &Value) -> Result<Arc<str>, Error> {
    let text = value.to_str().filter(|_| value.kind() == ValueKind::String);
    text.ok_or_else(|| type_error("expected string or bytes-like object"))
}

fn limit(value: Option<&Value>) -> Result<usize, Error> {
    let limit = value.map_or(Ok(0), integer)?;
    Ok(usize::try_from(limit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX))
}

/// What `sub` gives, or `subn` with the count.
fn replaced(method: &str, (text, count): (String, usize)) -> Value {
    let text = Value::from(text);
    if method == "subn" { Value::from(Tuple::from([text, Value::from(count)])) } else { text }
}

fn escape(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if "()[]{}?*+-|^$\\.&~# \t\n\r\u{b}\u{c}".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// A compiled pattern: as it is, and bound to the beginning or to both ends.
struct Pattern {
    source: String,
    flags: i64,
    search: Regex,
    begin: Regex,
    whole: Regex,
    names: Vec<Option<String>>,
}

impl Pattern {
    fn new(source: &str, flags: i64) -> Result<Self, Error> {
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

    fn find(self: &Arc<Self>, method: &str, text: &Arc<str>) -> Result<Value, Error> {
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

    fn split(self: &Arc<Self>, text: &Arc<str>, most: usize) -> Result<Value, Error> {
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

    fn replace(
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

    fn named(&self) -> impl Iterator<Item = (&str, usize)> {
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

/// A match; its places are kept in bytes and told in characters.
struct Match {
    pattern: Arc<Pattern>,
    text: Arc<str>,
    spans: Vec<Option<(usize, usize)>>,
}

impl Match {
    fn span(&self) -> (usize, usize) {
        self.spans.first().copied().flatten().unwrap_or_default()
    }

    fn group(&self, index: usize) -> Value {
        let span = self.spans.get(index).copied().flatten();
        span.map_or_else(|| Value::from(()), |(start, end)| Value::from(&self.text[start..end]))
    }

    /// What `findall` gives: the text, the only group, or all groups.
    fn as_item(&self) -> Value {
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
    fn expand(&self, template: &str) -> Result<String, Error> {
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
