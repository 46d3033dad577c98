//! A message for the user: what is wrong, where in the user's own files, and what to do.
//!
//! Every stage returns its mistakes as [`Diagnostic`]s; [`render`] draws them. Nothing here prints.

mod nearest;
mod render;
mod source;

pub use nearest::nearest;
pub use render::{Style, render};
pub use source::{Position, SourceFile, Span};

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The command cannot do what was asked.
    Error,
    /// The command goes on; `--warn-error` turns it into an error.
    Warning,
}

/// The family of a message, by the words that dbt uses for it.
///
/// Programs that drive dbt look for these words in its output, so a report names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A template or a reference that cannot be compiled.
    Compilation,
    /// A file that cannot be read as what it should be.
    Parsing,
    /// A project, profile or environment that cannot be used.
    Runtime,
    /// The database refused a statement.
    Database,
    /// The command line itself is wrong.
    Usage,
    /// A contract was broken since an earlier state of the project.
    Contract,
}

impl Kind {
    /// Returns dbt's name of the family, such as `Compilation Error`.
    pub fn title(self) -> &'static str {
        match self {
            Self::Compilation => "Compilation Error",
            Self::Parsing => "Parsing Error",
            Self::Runtime => "Runtime Error",
            Self::Database => "Runtime Error",
            Self::Usage => "Usage Error",
            Self::Contract => "Breaking change to contract Error",
        }
    }
}

/// A place in a user's file, with what is to be said there.
#[derive(Clone, Debug)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What to write beside the caret; may be empty.
    pub message: String,
}

/// One message for the user.
///
/// The title and the label messages are in lower case without a full stop, with names in backticks.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The family by dbt's words.
    pub kind: Kind,
    /// Stable code such as `E0302`: E01 project, E02 parse, E03 resolve, E04 graph, E05 select, E06 compile, E07 run.
    pub code: &'static str,
    /// What is wrong, in one line.
    pub title: String,
    /// The place that the mistake is at; drawn with `^`.
    pub primary: Option<Label>,
    /// Other places that explain it; drawn with `-`.
    pub context: Vec<Label>,
    /// A path to name when there is no place inside a file to point at.
    pub path: Option<String>,
    /// Further facts, each one line.
    pub notes: Vec<String>,
    /// What to do, each one line.
    pub help: Vec<String>,
    /// The message as dbt words it in artifacts, when it is more than the title and the facts.
    pub words: Option<String>,
    /// The node that it is about, as dbt names it behind the family: `model orders (models/orders.sql)`.
    pub subject: Option<String>,
    /// dbt's event, for logs that programs read and for options that name it.
    pub event: Option<Event>,
}

/// dbt's name of what a message tells, with the facts that its logs give.
#[derive(Clone, Debug)]
pub struct Event {
    /// The name, such as `DeprecatedModel`.
    pub name: &'static str,
    /// The facts.
    pub facts: Vec<(&'static str, serde_json::Value)>,
}

impl Diagnostic {
    /// Adds the words in which dbt says the same, which programs look for.
    #[must_use]
    pub fn in_words(self, words: impl Into<String>) -> Self {
        Self { words: Some(words.into()), ..self }
    }

    /// Names the node that it is about.
    #[must_use]
    pub fn about(self, subject: impl Into<String>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }

    /// Returns the family, and the node that it is about, as dbt begins its messages.
    pub fn heading(&self) -> String {
        match &self.subject {
            Some(subject) => format!("{} in {subject}", self.kind.title()),
            None => self.kind.title().to_owned(),
        }
    }

    /// Returns the message without a drawing around it, as programs read it: the title with the notes.
    pub fn all_words(&self) -> String {
        match &self.words {
            Some(words) => words.clone(),
            None => std::iter::once(&self.title).chain(&self.notes).map(String::as_str).collect::<Vec<_>>().join("\n"),
        }
    }

    /// Makes an error without a place.
    pub fn error(kind: Kind, code: &'static str, title: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            kind,
            code,
            title: title.into(),
            primary: None,
            context: Vec::new(),
            path: None,
            notes: Vec::new(),
            help: Vec::new(),
            words: None,
            subject: None,
            event: None,
        }
    }

    /// Makes a warning without a place.
    pub fn warning(kind: Kind, code: &'static str, title: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(kind, code, title) }
    }

    /// Sets the place of the mistake.
    pub fn at(mut self, span: Span, message: impl Into<String>) -> Self {
        self.primary = Some(Label { span, message: message.into() });
        self
    }

    /// Names dbt's event.
    pub fn as_event<const N: usize>(mut self, name: &'static str, facts: [(&'static str, &str); N]) -> Self {
        let facts = facts.into_iter().map(|(key, value)| (key, value.into())).collect();
        self.event = Some(Event { name, facts });
        self
    }

    /// Adds a fact to dbt's event that is no text.
    pub fn with_fact(mut self, key: &'static str, value: impl Into<serde_json::Value>) -> Self {
        if let Some(event) = &mut self.event {
            event.facts.push((key, value.into()));
        }
        self
    }

    /// Adds a place that explains the mistake.
    pub fn with_context(mut self, span: Span, message: impl Into<String>) -> Self {
        self.context.push(Label { span, message: message.into() });
        self
    }

    /// Names a file or folder that has no text to point into.
    pub fn in_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Adds a fact.
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a remedy.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds "did you mean" when one of `candidates` is near `name`.
    pub fn with_nearest<'a>(self, name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(name, candidates) {
            Some(near) => {
                let help = format!("did you mean `{near}`?");
                self.with_help(help)
            }
            None => self,
        }
    }

    /// Returns whether this stops the command.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Returns `path:line:column` of the mistake, or the path alone, or nothing.
    pub fn location(&self) -> Option<String> {
        match &self.primary {
            Some(label) => Some(label.span.location()),
            None => self.path.clone(),
        }
    }

    /// Returns the message in one line, as logs and `run_results.json` give it: title and location.
    pub fn one_line(&self) -> String {
        match self.location() {
            Some(location) => format!("{} ({location})", self.title),
            None => self.title.clone(),
        }
    }

    fn sort_key(&self) -> (String, usize, &str, &str) {
        let (path, offset) = match &self.primary {
            Some(label) => (label.span.file.path.clone(), label.span.range.start),
            None => (self.path.clone().unwrap_or_default(), 0),
        };
        (path, offset, self.code, &self.title)
    }
}

/// The mistakes of one stage: any number, reported sorted by file and place, each once.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Makes an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of another list.
    pub fn extend(&mut self, other: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(other);
    }

    /// Returns the messages in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Returns whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(Diagnostic::is_error)
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Joins what dbt says of the same mistakes: its words go to the first error, or stand for themselves where there is none.
    #[must_use]
    pub fn refused(mut self, refusal: Option<Diagnostic>) -> Self {
        let Some(refusal) = refusal else { return self };
        match self.0.iter_mut().find(|diagnostic| diagnostic.is_error()) {
            None => self.push(refusal),
            Some(error) if error.words.is_none() => error.words = refusal.words,
            Some(_) => {}
        }
        self
    }

    /// Returns them sorted by file and place, without repetitions.
    pub fn into_sorted(self) -> Vec<Diagnostic> {
        let mut list = self.0;
        list.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
        list.dedup_by(|a, b| a.sort_key() == b.sort_key());
        list
    }

    /// Returns `value` with the warnings when there is no error, else all messages.
    ///
    /// # Errors
    /// The whole list, when one of its messages is an error.
    pub fn into_result<T>(self, value: T) -> Result<(T, Self), Self> {
        if self.has_errors() { Err(self) } else { Ok((value, self)) }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
