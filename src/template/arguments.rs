//! Binds the arguments of a call to names, as Python does: by position or by keyword, with defaults, each once.

use minijinja::value::Kwargs;
use minijinja::{Error, ErrorKind, Value};

/// The arguments of one call.
#[derive(Debug)]
pub struct Arguments<'a> {
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
        let bound = self.options(names.map(|name| name.trim_end_matches('?')))?;
        let left_out = names.iter().zip(&bound).filter(|(name, value)| value.is_none() && !name.ends_with('?'));
        let missing: Vec<&str> = left_out.map(|(name, _)| *name).collect();
        if missing.is_empty() {
            Ok(bound.map(|value| value.unwrap_or(Value::UNDEFINED)))
        } else {
            Err(self.lacks(&missing))
        }
    }

    /// Binds all arguments to `names` in order, each of which may be left out.
    ///
    /// # Errors
    /// When an argument is unknown, given twice, or one too many; in Python's words.
    pub fn options<const N: usize>(&self, names: [&str; N]) -> Result<[Option<Value>; N], Error> {
        if self.positional.len() > N {
            let given = self.positional.len();
            let takes = if N == 1 { "1 positional argument".to_owned() } else { format!("{N} positional arguments") };
            let were = if given == 1 { "was" } else { "were" };
            return Err(self.error(&format!("takes {takes} but {given} {were} given")));
        }
        let mut bound = [const { None }; N];
        for (slot, value) in bound.iter_mut().zip(self.positional) {
            *slot = Some(value.clone());
        }
        for (keyword, value) in &self.keyword {
            let Some(index) = names.iter().position(|name| name == keyword) else {
                return Err(self.unknown_keyword(keyword, &names));
            };
            if bound[index].is_some() {
                return Err(self.error(&format!("got multiple values for argument '{keyword}'")));
            }
            bound[index] = Some(value.clone());
        }
        Ok(bound)
    }

    /// Binds one argument, that must be given.
    pub fn one(&self, name: &str) -> Result<Value, Error> {
        self.bind([name]).map(|[value]| value)
    }

    /// Returns the error for an argument that must be given and is not.
    pub fn missing(&self, name: &str) -> Error {
        self.lacks(&[name])
    }

    /// Makes an error that begins with the function's name.
    pub fn error(&self, message: &str) -> Error {
        type_error(format!("{}() {message}", self.function))
    }

    fn lacks(&self, names: &[&str]) -> Error {
        let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        let list = match quoted.as_slice() {
            [one] => one.clone(),
            [first, second] => format!("{first} and {second}"),
            [start @ .., last] => format!("{}, and {last}", start.join(", ")),
            [] => String::new(),
        };
        let count = names.len();
        let plural = if count == 1 { "" } else { "s" };
        self.error(&format!("missing {count} required positional argument{plural}: {list}"))
    }

    fn unknown_keyword(&self, keyword: &str, names: &[&str]) -> Error {
        // Any one-letter name is near any other; a hint helps only for words.
        let near = crate::diagnostic::nearest(keyword, names.iter().copied()).filter(|_| keyword.len() > 2);
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        self.error(&format!("got an unexpected keyword argument '{keyword}'{hint}"))
    }
}

/// Returns the pairs of a value that carries keyword arguments.
fn keyword_pairs(value: &Value) -> Vec<(String, Value)> {
    let Ok(kwargs) = Kwargs::try_from(value.clone()) else { return Vec::new() };
    kwargs.args().map(|name| (name.to_owned(), kwargs.peek::<Value>(name).unwrap_or(Value::UNDEFINED))).collect()
}

/// Makes the error for a call or an operation that does not fit its values.
pub fn type_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
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
