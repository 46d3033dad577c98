//! Binds the arguments of a call to names the way Python does, with Python's words when they do not fit.

use minijinja::value::Kwargs;
use minijinja::{Error, ErrorKind, Value};

/// The arguments of one call.
pub struct Arguments<'a> {
    function: &'a str,
    positional: &'a [Value],
    keywords: Option<Kwargs>,
}

impl<'a> Arguments<'a> {
    /// Splits positional from keyword arguments.
    pub fn new(function: &'a str, arguments: &'a [Value]) -> Self {
        let keywords = arguments.last().filter(|last| last.is_kwargs());
        match keywords {
            Some(last) => Self {
                function,
                positional: &arguments[..arguments.len() - 1],
                keywords: Kwargs::try_from(last.clone()).ok(),
            },
            None => Self { function, positional: arguments, keywords: None },
        }
    }

    /// Returns the positional arguments.
    pub fn positional(&self) -> &'a [Value] {
        self.positional
    }

    /// Returns the keyword arguments in order.
    pub fn keywords(&self) -> Vec<(String, Value)> {
        let Some(keywords) = &self.keywords else { return Vec::new() };
        keywords.args().map(|name| (name.to_owned(), keywords.peek::<Value>(name).unwrap_or_default())).collect()
    }

    /// Returns one keyword argument.
    pub fn keyword(&self, name: &str) -> Option<Value> {
        self.keywords().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Binds all arguments to parameters, in order; what is not given is none.
    ///
    /// # Errors
    /// When there are too many, an unknown keyword, or one given twice.
    pub fn bind<const N: usize>(&self, names: [&str; N]) -> Result<[Option<Value>; N], Error> {
        if self.positional.len() > N {
            let plural = if N == 1 { "" } else { "s" };
            let given = self.positional.len();
            let limit = if N == 0 { "no".to_owned() } else { format!("at most {N}") };
            return Err(self.error(&format!("takes {limit} argument{plural} ({given} given)")));
        }
        let mut bound = [const { None }; N];
        for (slot, value) in bound.iter_mut().zip(self.positional) {
            *slot = Some(value.clone());
        }
        for (name, value) in self.keywords() {
            let Some(index) = names.iter().position(|known| *known == name) else {
                return Err(self.error(&format!("got an unexpected keyword argument '{name}'")));
            };
            if bound[index].is_some() {
                return Err(self.error(&format!("got multiple values for argument '{name}'")));
            }
            bound[index] = Some(value);
        }
        Ok(bound)
    }

    /// Returns the error for a parameter that was not given.
    pub fn missing(&self, name: &str) -> Error {
        self.error(&format!("missing required argument '{name}'"))
    }

    /// Makes an error that begins with the function's name.
    pub fn error(&self, message: &str) -> Error {
        type_error(format!("{}() {message}", self.function))
    }
}

/// Makes the error for a call or an operation that does not fit its values.
pub fn type_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, message.into())
}
