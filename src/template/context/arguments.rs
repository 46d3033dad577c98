//! Binds the arguments of a call to names, as Python does: by position or by keyword, with defaults, each once.

use minijinja::value::Kwargs;
use minijinja::{Error, ErrorKind, Value};

/// The arguments of one call.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
    function: &'a str,
    positional: &'a [Value],
    keyword: Vec<(String, Value)>,
}

impl<'a> Arguments<'a> {
    /// Takes the arguments as the engine passes them: keywords, if any, stand together at the end.
    pub fn new(function: &'a str, values: &'a [Value]) -> Self {
        match values.split_last() {
            Some((last, positional)) if last.is_kwargs() => Self { function, positional, keyword: keyword_pairs(last) },
            _ => Self { function, positional: values, keyword: Vec::new() },
        }
    }

    /// Returns the name of the called function, for messages.
    pub fn function(&self) -> &str {
        self.function
    }

    /// Returns the arguments given by position.
    pub fn positional(&self) -> &'a [Value] {
        self.positional
    }

    /// Returns the arguments given by keyword, in order.
    pub fn keywords(&self) -> &[(String, Value)] {
        &self.keyword
    }

    /// Returns the argument given by that keyword.
    pub fn keyword(&self, name: &str) -> Option<&Value> {
        self.keyword.iter().find(|(keyword, _)| keyword == name).map(|(_, value)| value)
    }

    /// Returns the arguments after the first `count` positional ones, to hand on to another function.
    pub fn after(&self, count: usize) -> Vec<Value> {
        let mut rest: Vec<Value> = self.positional.iter().skip(count).cloned().collect();
        if !self.keyword.is_empty() {
            rest.push(self.keyword.iter().cloned().collect::<Kwargs>().into());
        }
        rest
    }

    /// Binds all arguments to `names` in order; a name that ends in `?` may be left out and is then undefined.
    ///
    /// # Errors
    /// When an argument is missing, unknown, given twice, or one too many; in Python's words.
    pub fn bind<const N: usize>(&self, names: [&str; N]) -> Result<[Value; N], Error> {
        let function = self.function;
        if self.positional.len() > N {
            let given = self.positional.len();
            let takes = if N == 1 { "1 positional argument".to_owned() } else { format!("{N} positional arguments") };
            let were = if given == 1 { "was" } else { "were" };
            return Err(refuse(
                ErrorKind::TooManyArguments,
                format!("{function}() takes {takes} but {given} {were} given"),
            ));
        }
        let mut bound = [const { Value::UNDEFINED }; N];
        for (slot, value) in bound.iter_mut().zip(self.positional) {
            *slot = value.clone();
        }
        let mut given = [false; N];
        given[..self.positional.len()].fill(true);
        for (keyword, value) in &self.keyword {
            let Some(index) = names.iter().position(|name| name.trim_end_matches('?') == keyword) else {
                return Err(self.unknown_keyword(keyword, &names));
            };
            if given[index] {
                let message = format!("{function}() got multiple values for argument '{keyword}'");
                return Err(refuse(ErrorKind::TooManyArguments, message));
            }
            given[index] = true;
            bound[index] = value.clone();
        }
        let missing: Vec<&str> =
            (0..N).filter(|index| !given[*index] && !names[*index].ends_with('?')).map(|index| names[index]).collect();
        if missing.is_empty() { Ok(bound) } else { Err(self.missing(&missing)) }
    }

    /// Binds one argument, that must be given.
    pub fn one(&self, name: &str) -> Result<Value, Error> {
        self.bind([name]).map(|[value]| value)
    }

    fn missing(&self, names: &[&str]) -> Error {
        let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        let list = match quoted.as_slice() {
            [one] => one.clone(),
            [first, second] => format!("{first} and {second}"),
            [start @ .., last] => format!("{}, and {last}", start.join(", ")),
            [] => String::new(),
        };
        let (count, function) = (names.len(), self.function);
        let plural = if count == 1 { "" } else { "s" };
        refuse(
            ErrorKind::MissingArgument,
            format!("{function}() missing {count} required positional argument{plural}: {list}"),
        )
    }

    fn unknown_keyword(&self, keyword: &str, names: &[&str]) -> Error {
        let known = names.iter().map(|name| name.trim_end_matches('?'));
        // Any one-letter name is near any other; a hint helps only for words.
        let near = crate::diagnostic::nearest(keyword, known).filter(|_| keyword.len() > 2);
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let function = self.function;
        refuse(
            ErrorKind::TooManyArguments,
            format!("{function}() got an unexpected keyword argument '{keyword}'{hint}"),
        )
    }
}

/// Returns the pairs of a value that carries keyword arguments.
fn keyword_pairs(value: &Value) -> Vec<(String, Value)> {
    let Ok(kwargs) = Kwargs::try_from(value.clone()) else { return Vec::new() };
    kwargs.args().map(|name| (name.to_owned(), kwargs.peek::<Value>(name).unwrap_or(Value::UNDEFINED))).collect()
}

fn refuse(kind: ErrorKind, message: String) -> Error {
    Error::new(kind, message)
}

/// Returns whether an optional argument was left out or given as none.
pub(crate) fn is_absent(value: &Value) -> bool {
    value.is_undefined() || value.is_none()
}

/// Returns the argument, or `none` when it was left out.
pub(crate) fn or_none(value: Value) -> Value {
    if value.is_undefined() { Value::from(()) } else { value }
}

/// Returns the text of an argument that must be text.
///
/// # Errors
/// When it is something else.
pub(crate) fn text(function: &str, name: &str, value: &Value) -> Result<String, Error> {
    // A text that leaves a traced render for the database must be the one that was meant.
    value.as_str().map(crate::template::without_marks).ok_or_else(|| {
        let kind = kind_name(value);
        Error::new(ErrorKind::InvalidOperation, format!("{function}(): `{name}` must be text, not {kind}"))
    })
}

/// Returns the text of an argument that may be none; anything but text counts by how it prints.
pub(crate) fn optional_text(value: &Value) -> Option<String> {
    if is_absent(value) { None } else { Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned)) }
}

/// Returns the words for a value's kind, as messages use them.
pub(crate) fn kind_name(value: &Value) -> &'static str {
    use minijinja::value::ValueKind;
    match value.kind() {
        ValueKind::Undefined => "an undefined value",
        ValueKind::None => "none",
        ValueKind::Bool => "a truth value",
        ValueKind::Number => "a number",
        ValueKind::String => "text",
        ValueKind::Seq | ValueKind::Iterable => "a list",
        ValueKind::Map => "a mapping",
        _ => "an object",
    }
}

#[cfg(test)]
mod tests {
    use minijinja::Value;
    use minijinja::value::Kwargs;

    use super::Arguments;

    type Case = (&'static [i64], &'static [(&'static str, i64)], &'static str);

    fn bind(positional: &[i64], keyword: &[(&str, i64)]) -> String {
        let mut values: Vec<Value> = positional.iter().map(|number| Value::from(*number)).collect();
        if !keyword.is_empty() {
            let pairs = keyword.iter().map(|(name, value)| (*name, Value::from(*value)));
            values.push(pairs.collect::<Kwargs>().into());
        }
        match Arguments::new("f", &values).bind(["a", "b", "c?"]) {
            Ok(bound) => bound.map(|value| value.to_string()).join(","),
            Err(error) => error.detail().unwrap_or_default().to_owned(),
        }
    }

    #[test]
    fn arguments_bind_by_position_and_keyword_and_else_python_complains() {
        let cases: &[Case] = &[
            (&[1, 2], &[], "1,2,"),
            (&[1], &[("c", 3), ("b", 2)], "1,2,3"),
            (&[], &[], "f() missing 2 required positional arguments: 'a' and 'b'"),
            (&[1], &[("c", 3)], "f() missing 1 required positional argument: 'b'"),
            (&[1, 2], &[("a", 3)], "f() got multiple values for argument 'a'"),
            (&[1, 2], &[("d", 3)], "f() got an unexpected keyword argument 'd'"),
            (&[1, 2, 3, 4], &[], "f() takes 3 positional arguments but 4 were given"),
        ];
        for (positional, keyword, expected) in cases {
            assert_eq!(bind(positional, keyword), *expected);
        }
    }
}
