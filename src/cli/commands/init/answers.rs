//! Questions to the user, and the answers: lines of stdin, in the form that dbt asks them.

use std::io::{self, BufRead, StdinLock};

use crate::report::Reporter;
use crate::resource::Value;

/// Where answers come from.
pub(super) struct Answers {
    lines: io::Lines<StdinLock<'static>>,
}

/// Of which kind an answer is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerKind {
    Text,
    Integer,
    Float,
    Truth,
}

impl Answers {
    /// Reads them from stdin.
    pub(super) fn new() -> Self {
        Self { lines: io::stdin().lock().lines() }
    }

    /// Asks until there is an answer; none when there are no more.
    ///
    /// # Errors
    /// When the question cannot be written.
    pub(super) fn ask(&mut self, reporter: &Reporter, question: &str) -> io::Result<Option<String>> {
        loop {
            match self.line(reporter, question)? {
                Some(answer) if answer.is_empty() => {}
                answer => return Ok(answer),
            }
        }
    }

    /// Asks for a value until the answer is one; an empty answer takes the default. None when there are no more answers.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(super) fn ask_value(
        &mut self,
        reporter: &Reporter,
        question: &str,
        (kind, default): (AnswerKind, Option<&Value>),
    ) -> io::Result<Option<Value>> {
        let shown = default.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let question = match &shown {
            Some(default) => format!("{question} [{default}]"),
            None => question.to_owned(),
        };
        loop {
            let Some(answer) = self.line(reporter, &question)? else { return Ok(None) };
            match (answer.is_empty(), default) {
                (true, Some(default)) => return Ok(Some(default.clone())),
                (true, None) => {}
                _ => match kind.read(&answer) {
                    Ok(value) => return Ok(Some(value)),
                    Err(expected) => reporter.data(&format!("Error: '{answer}' is not a valid {expected}.\n"))?,
                },
            }
        }
    }

    /// Asks for yes or no; an empty answer is no.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(super) fn confirm(&mut self, reporter: &Reporter, question: &str) -> io::Result<Option<bool>> {
        let question = format!("{question} [y/N]");
        loop {
            let Some(answer) = self.line(reporter, &question)? else { return Ok(None) };
            match answer.to_lowercase().as_str() {
                "y" | "yes" => return Ok(Some(true)),
                "" | "n" | "no" => return Ok(Some(false)),
                _ => reporter.data("Error: invalid input\n")?,
            }
        }
    }

    fn line(&mut self, reporter: &Reporter, question: &str) -> io::Result<Option<String>> {
        reporter.data(&format!("{question}: "))?;
        let line = self.lines.next().transpose()?;
        if line.is_none() {
            reporter.data("\n")?;
        }
        Ok(line.map(|line| line.trim().to_owned()))
    }
}

impl AnswerKind {
    /// Returns the kind of the type that a template names.
    pub(super) fn of(name: Option<&str>) -> Option<Self> {
        match name {
            None | Some("string") => Some(Self::Text),
            Some("int") => Some(Self::Integer),
            Some("float") => Some(Self::Float),
            Some("bool") => Some(Self::Truth),
            Some(_) => None,
        }
    }

    /// Reads an answer, or says what was expected.
    fn read(self, answer: &str) -> Result<Value, &'static str> {
        match self {
            Self::Text => Ok(answer.into()),
            Self::Integer => answer.parse::<i64>().map(Value::from).map_err(|_| "integer"),
            Self::Float => answer.parse::<f64>().map(Value::from).map_err(|_| "float"),
            Self::Truth => match answer.to_lowercase().as_str() {
                "1" | "true" | "t" | "yes" | "y" | "on" => Ok(true.into()),
                "0" | "false" | "f" | "no" | "n" | "off" => Ok(false.into()),
                _ => Err("boolean"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::AnswerKind;

    #[test]
    fn answers_are_read_by_their_kind() {
        assert_eq!(AnswerKind::Integer.read("5432"), Ok(json!(5432)));
        assert_eq!(AnswerKind::Integer.read("x"), Err("integer"));
        assert_eq!(AnswerKind::Truth.read("No"), Ok(json!(false)));
        assert_eq!(AnswerKind::Text.read("007"), Ok(json!("007")));
        assert_eq!(AnswerKind::of(Some("date")), None);
    }
}
