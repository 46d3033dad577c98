//! The interpreter that holds the plugins: one request a line, one answer a line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::adapter::{AdapterError, ErrorKind};
use crate::resource::{Map, PluginHost, Value};

/// The program that the interpreter runs: the second part answers requests, the first stands in for what it may lack.
const PROGRAM: &str = concat!(include_str!("stand_in.py"), "\n\n", include_str!("driver.py"));

/// A running interpreter; it ends when nothing more can be asked of it.
pub(super) struct Process {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    python: String,
}

impl Process {
    /// Starts the interpreter.
    pub fn start(host: &PluginHost) -> Result<Self, AdapterError> {
        let python = if host.python.is_empty() { "python3" } else { &host.python };
        let mut command = Command::new(python);
        command.args(["-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| {
            AdapterError::new(ErrorKind::Other, format!("the profile has plugins, and `{python}` cannot run: {error}"))
                .with_help("install Python 3, or name the interpreter in MARTLET_PYTHON")
        })?;
        let requests = child.stdin.take();
        let Some(answers) = child.stdout.take().map(BufReader::new) else { return Err(gone(python)) };
        Ok(Self { child, requests, answers, python: python.to_owned() })
    }

    /// Asks, and waits for the answer.
    pub fn ask(&mut self, request: &Value) -> Result<Map, AdapterError> {
        let sent =
            self.requests.as_mut().map(|requests| writeln!(requests, "{request}").and_then(|()| requests.flush()));
        let mut line = String::new();
        let read = match sent {
            Some(Ok(())) => self.answers.read_line(&mut line).unwrap_or_default(),
            _ => 0,
        };
        let answer = serde_json::from_str(&line).ok().filter(|_| read > 0);
        let Some(Value::Object(answer)) = answer else { return Err(gone(&self.python)) };
        match answer.get("error").and_then(Value::as_str) {
            Some(error) => {
                let missing = error.contains("No module named 'duckdb'");
                let error = AdapterError::new(ErrorKind::Other, error);
                let help =
                    format!("{} -m pip install duckdb, or name another interpreter in MARTLET_PYTHON", self.python);
                Err(if missing { error.with_help(help) } else { error })
            }
            None => Ok(answer),
        }
    }

    /// Lets the interpreter end by itself, so that plugins can close what they hold, and waits for it.
    pub fn end(&mut self) {
        if self.requests.take().is_some() {
            // How it ends changes nothing for what was stored.
            let _ = self.child.wait();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

fn gone(python: &str) -> AdapterError {
    AdapterError::new(
        ErrorKind::Other,
        format!("`{python}`, which runs the profile's plugins, ended without an answer"),
    )
    .with_help("it may have said above what was wrong")
}
