//! Calls whose arguments are literals, read from text without rendering: `ref('a', v=2)`, `config(tags=['x'])`.
//!
//! Jinja and Python write such literals alike, so this reads SQL models, Python models and properties files.

use std::ops::Range;

use crate::diagnostic::Span;
use crate::resource::{FunctionCall, Map, MetricCall, RefCall, SourceCall, Value};

/// A call with literal arguments.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    /// The function, with dots: `ref`, `dbt.config`.
    pub name: String,
    /// Arguments by position.
    pub arguments: Vec<Value>,
    /// Arguments by name.
    pub keywords: Map,
    /// Where it stands in the text.
    pub range: Range<usize>,
}

impl Call {
    /// Reads a text that is one call and nothing else.
    pub(crate) fn whole(text: &str) -> Option<Self> {
        let mut reader = Reader { text, at: 0 };
        reader.skip_space();
        let call = reader.call()?;
        reader.skip_space();
        (reader.at == text.len()).then_some(call)
    }

    /// Reads the call that begins at a place in a text.
    pub(crate) fn at(text: &str, start: usize) -> Option<Self> {
        Reader { text, at: start }.call()
    }

    /// Returns it as a `ref`, when it is a well-formed one.
    pub(crate) fn as_ref(&self, span: Option<Span>) -> Option<RefCall> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let (package, name) = match self.arguments.as_slice() {
            [name] | [Value::Null, name] => (None, text(name)?),
            [package, name] => (Some(text(package)?), text(name)?),
            _ => return None,
        };
        let mut version = None;
        for (key, value) in &self.keywords {
            match (key.as_str(), value) {
                ("v" | "version", Value::Null) => {}
                ("v" | "version", Value::String(text)) => version = Some(text.clone()),
                ("v" | "version", Value::Number(number)) => version = Some(number.to_string()),
                _ => return None,
            }
        }
        Some(RefCall { package, name, version, is_text_version: false, span })
    }

    /// Returns it as a `function`, when it is a well-formed one.
    pub(crate) fn as_function(&self, span: Span) -> Option<FunctionCall> {
        match self.arguments.as_slice() {
            [Value::String(name)] => Some(FunctionCall { package: None, name: name.clone(), span: Some(span) }),
            [Value::String(package), Value::String(name)] => {
                Some(FunctionCall { package: Some(package.clone()), name: name.clone(), span: Some(span) })
            }
            _ => None,
        }
    }

    /// Returns it as a call of `metric`, when it is one.
    pub(crate) fn as_metric(&self) -> Option<MetricCall> {
        match self.arguments.as_slice() {
            _ if self.name != "metric" => None,
            [Value::String(name)] if self.keywords.is_empty() => Some(MetricCall::of(name)),
            [Value::String(package), Value::String(name)] if self.keywords.is_empty() => {
                Some(MetricCall { package: Some(package.clone()), name: name.clone() })
            }
            _ => None,
        }
    }

    /// Returns it as a `source`, when it is a well-formed one.
    pub(crate) fn as_source(&self, span: Option<Span>) -> Option<SourceCall> {
        match self.arguments.as_slice() {
            [Value::String(source), Value::String(table)] if self.keywords.is_empty() => {
                Some(SourceCall { source: source.clone(), table: table.clone(), span })
            }
            _ => None,
        }
    }
}

/// What a text refers to when it is one call of `ref` or `source`.
pub enum Reference {
    /// A node.
    Ref(RefCall),
    /// A source.
    Source(SourceCall),
}

impl Reference {
    /// Reads a text such as `ref('a')` or `source('a', 'b')`.
    pub fn read(text: &str, span: &Span) -> Option<Self> {
        let call = Call::whole(text)?;
        match call.name.as_str() {
            "ref" => call.as_ref(Some(span.clone())).map(Self::Ref),
            "source" => call.as_source(Some(span.clone())).map(Self::Source),
            _ => None,
        }
    }
}

/// Reads literals from a text.
pub(crate) struct Reader<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn identifier(&mut self) -> Option<String> {
        self.skip_space();
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let word = &rest[..end];
        if word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let word = word.to_owned();
        self.at += end;
        Some(word)
    }

    /// Reads `name(…)`, with dots in the name.
    pub(crate) fn call(&mut self) -> Option<Call> {
        let start = self.at;
        let mut name = self.identifier()?;
        while self.take(".") {
            name.push('.');
            name.push_str(&self.identifier()?);
        }
        if !self.take("(") {
            return None;
        }
        let mut call = Call { name, arguments: Vec::new(), keywords: Map::new(), range: start..start };
        while !self.take(")") {
            match self.keyword() {
                Some(key) => {
                    call.keywords.insert(key, self.value()?);
                }
                None if call.keywords.is_empty() => call.arguments.push(self.value()?),
                None => return None,
            }
            if !self.take(",") {
                if !self.take(")") {
                    return None;
                }
                break;
            }
        }
        call.range.end = self.at;
        Some(call)
    }

    /// Reads `name=`, unless it is something else.
    fn keyword(&mut self) -> Option<String> {
        let start = self.at;
        if let Some(name) = self.identifier()
            && self.take("=")
            && !self.rest().starts_with('=')
        {
            return Some(name);
        }
        self.at = start;
        None
    }

    /// Reads one literal; nothing when it is an expression.
    pub(crate) fn value(&mut self) -> Option<Value> {
        self.skip_space();
        let value = match self.rest().chars().next()? {
            '\'' | '"' => self.string().map(Value::String),
            '[' => self.list('[', "]"),
            '(' => self.list('(', ")"),
            '{' => self.mapping(),
            c if c.is_ascii_digit() || c == '-' || c == '.' => self.number(),
            _ => match self.identifier()?.as_str() {
                "true" | "True" => Some(Value::Bool(true)),
                "false" | "False" => Some(Value::Bool(false)),
                "none" | "None" => Some(Value::Null),
                _ => None,
            },
        }?;
        self.skip_space();
        // Anything after a literal but the end of an argument would be an operator.
        match self.rest().chars().next() {
            None | Some(',' | ')' | ']' | '}' | ':') => Some(value),
            Some(_) => None,
        }
    }

    fn string(&mut self) -> Option<String> {
        let quote = self.rest().chars().next()?;
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((index, character)) = characters.next() {
            match character {
                '\\' => match characters.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    escaped @ ('\\' | '\'' | '"') => text.push(escaped),
                    // Rarer escapes are left to the template engine.
                    _ => return None,
                },
                _ if character == quote => {
                    self.at += index + quote.len_utf8();
                    return Some(text);
                }
                _ => text.push(character),
            }
        }
        None
    }

    fn number(&mut self) -> Option<Value> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len());
        let text = &rest[..end];
        let value = match text.parse::<i64>() {
            Ok(number) => Value::from(number),
            Err(_) => Value::from(text.parse::<f64>().ok().filter(|number| number.is_finite())?),
        };
        self.at += end;
        Some(value)
    }

    fn list(&mut self, open: char, close: &str) -> Option<Value> {
        self.at += open.len_utf8();
        let mut items = Vec::new();
        let mut is_tuple = open == '[';
        while !self.take(close) {
            items.push(self.value()?);
            if self.take(",") {
                is_tuple = true;
            } else if self.take(close) {
                break;
            } else {
                return None;
            }
        }
        match (is_tuple || items.is_empty(), items.pop()) {
            (false, Some(single)) => Some(single),
            (_, last) => {
                items.extend(last);
                Some(Value::Array(items))
            }
        }
    }

    fn mapping(&mut self) -> Option<Value> {
        self.at += 1;
        let mut map = Map::new();
        while !self.take("}") {
            let Value::String(key) = self.value()? else { return None };
            if !self.take(":") {
                return None;
            }
            map.insert(key, self.value()?);
            if !self.take(",") {
                if !self.take("}") {
                    return None;
                }
                break;
            }
        }
        Some(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Call;

    #[test]
    fn literal_calls_are_read_and_expressions_are_not() {
        let cases = [
            ("ref('a')", Some((json!(["a"]), json!({})))),
            (" ref( \"p\" , 'a', v=2 ) ", Some((json!(["p", "a"]), json!({"v": 2})))),
            (
                "config(tags=['a', \"b\"], meta={'x': {'y': 1.5}}, enabled=true, n=none, t=(1, 2), q=('s'))",
                Some((
                    json!([]),
                    json!({"tags": ["a", "b"], "meta": {"x": {"y": 1.5}}, "enabled": true, "n": null, "t": [1, 2], "q": "s"}),
                )),
            ),
            ("ref('it\\'s')", Some((json!(["it's"]), json!({})))),
            ("ref('a' ~ 'b')", None),
            ("ref(name)", None),
            ("ref('a'", None),
            ("ref('a') + 1", None),
            ("ref(x='a', 'b')", None),
        ];
        for (text, expected) in cases {
            let read = Call::whole(text).map(|call| (Value::from(call.arguments), Value::Object(call.keywords)));
            assert_eq!(read, expected, "{text}");
        }
    }
}
