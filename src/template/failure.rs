//! What a render takes and what it gives back when it fails, free of minijinja's types.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::registry::Registry;
use crate::adapter::AdapterError;
use crate::diagnostic::{Diagnostic, Kind, SourceFile, Span};
use crate::resource::UniqueId;

/// What dbt adds when a name is undefined.
const UNDEFINED: &str = ". This can happen when calling a macro that does not exist. Check for typos and/or install package \
    dependencies with \"dbt deps\".";

/// A text to be rendered: a whole file or a part of one (a snapshot block, a YAML value, a hook).
#[derive(Clone, Debug)]
pub struct Template {
    /// Name for caches and messages, unique among the templates of an engine: a node's id, or `path:offset`.
    pub name: String,
    /// The package whose macros it sees without a prefix.
    pub package: String,
    /// The text and where it stands.
    pub span: Span,
}

impl Template {
    /// Takes a whole file.
    pub fn whole(name: impl Into<String>, package: impl Into<String>, file: &Arc<SourceFile>) -> Self {
        let range = 0..file.text.len();
        Self { name: name.into(), package: package.into(), span: Span::new(file, range) }
    }

    /// Returns the text to be rendered.
    pub fn text(&self) -> &str {
        self.span.text()
    }
}

/// A call on the way to a failure.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The macro it is in; none for the template itself.
    pub macro_id: Option<UniqueId>,
    /// Where in that file, exact to the expression when known, else the line.
    pub span: Span,
}

/// Why a render failed.
#[derive(Clone, Debug)]
pub enum FailureCause {
    /// The template is wrong, or it raised an error itself.
    Template(String),
    /// A name could not be resolved; the message was made where the names are known.
    Resolve(Box<Diagnostic>),
    /// The database refused a statement that the template ran.
    Database(Box<AdapterError>),
}

impl FailureCause {
    /// Returns the cause in words.
    pub fn message(&self) -> String {
        match self {
            Self::Template(message) => message.clone(),
            Self::Resolve(diagnostic) => diagnostic.title.clone(),
            Self::Database(error) => error.message.clone(),
        }
    }
}

/// Carries a cause through the template engine: an error that a function raises comes out as the render's cause.
#[derive(Clone, Debug)]
pub struct RaisedCause(pub FailureCause);

impl RaisedCause {
    /// Makes the error to be returned from a function that templates call.
    pub fn raise(cause: FailureCause) -> minijinja::Error {
        let message = cause.message();
        minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, message).with_source(Self(cause))
    }
}

impl fmt::Display for RaisedCause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message())
    }
}

impl std::error::Error for RaisedCause {}

/// A render that failed: the cause, and the chain of calls that led to it, innermost first.
///
/// The last frame is the template itself, so there is always a place in the user's own file.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Why.
    pub cause: FailureCause,
    /// The calls, innermost first.
    pub frames: Vec<Frame>,
    /// What to do, when that is known: "did you mean".
    pub help: Option<String>,
}

impl Failure {
    /// Returns the cause in words.
    pub fn message(&self) -> String {
        self.cause.message()
    }

    /// Returns whether a name, attribute or element was asked for that nothing has.
    pub fn is_undefined(&self) -> bool {
        let FailureCause::Template(message) = &self.cause else { return false };
        let is_missing = message.contains(" has no attribute '") || message.contains(" has no element ");
        message.ends_with(" is undefined") || message.starts_with('\'') && is_missing
    }

    /// Returns what dbt writes of it where that is more than the message: the macros that led to it, and a hint for a name
    /// that nothing has. `own` is the node, as dbt names it.
    pub fn words(&self, registry: &Registry, own: &str) -> Option<String> {
        // As in dbt, only mistakes of templates tell the macros that led to them.
        if matches!(&self.cause, FailureCause::Resolve(diagnostic) if diagnostic.kind == Kind::Runtime) {
            return Some(self.message());
        }
        // Steps that only Martlet has are not told: dbt's chain is known by its names.
        let called = self.frames.iter().filter_map(|frame| registry.get(frame.macro_id.as_ref()?));
        let called = called.filter(|called| !called.name.starts_with("martlet__"));
        let calls: Vec<String> =
            called.map(|called| format!("macro {} ({})", called.name, called.original_file_path)).collect();
        let hint = if self.is_undefined() { UNDEFINED } else { "" };
        if calls.is_empty() {
            return self.is_undefined().then(|| format!("{}{hint}", self.message()));
        }
        let calls = calls.join("\n> called by ");
        Some(format!("{}\n\n> in {calls}\n> called by {own}{hint}", self.message()))
    }

    /// Turns it into a message: the caret at the innermost place in a file of the user's, the calls that led there as context.
    /// Places in built-in macros are only named, unless there are no others.
    pub fn into_diagnostic(self, code: &'static str) -> Diagnostic {
        let mut diagnostic = match self.cause {
            FailureCause::Resolve(diagnostic) => *diagnostic,
            FailureCause::Template(message) => Diagnostic::error(Kind::Compilation, code, message),
            FailureCause::Database(error) => Diagnostic::error(Kind::Database, code, error.message),
        };
        if let Some(help) = self.help {
            diagnostic = diagnostic.with_help(help);
        }
        let own = self.frames.iter().position(|frame| !frame.is_built_in()).unwrap_or(0);
        for (index, frame) in self.frames.into_iter().enumerate() {
            let name = frame.macro_id.as_ref().map(short);
            if index < own || (index > own && frame.is_built_in()) {
                let name = name.unwrap_or_default();
                diagnostic = diagnostic.with_note(format!("in built-in macro `{name}` ({})", frame.span.location()));
            } else if index == own && diagnostic.primary.is_none() {
                let place = name.map_or_else(String::new, |name| format!("in macro `{name}`"));
                diagnostic = diagnostic.at(frame.span, place);
            } else {
                let place =
                    name.map_or_else(|| "called here".to_owned(), |name| format!("called here, in macro `{name}`"));
                diagnostic = diagnostic.with_context(frame.span, place);
            }
        }
        diagnostic
    }
}

impl Frame {
    /// Returns whether it is in a macro that comes with the program.
    fn is_built_in(&self) -> bool {
        let package = self.macro_id.as_ref().and_then(|id| short(id).split('.').next());
        matches!(package, Some("dbt" | "dbt_duckdb"))
    }
}

/// `macro.package.name` as users write it: `package.name`.
fn short(id: &UniqueId) -> &str {
    id.as_str().strip_prefix("macro.").unwrap_or(id.as_str())
}

/// Where a byte of rendered text came from.
#[derive(Clone, Debug)]
pub struct Located {
    /// The place in a user's file: the very byte for text that was copied, the expression for text that it made.
    pub span: Span,
    /// Whether the text was made by an expression rather than copied.
    pub is_expression: bool,
    /// The calls around it, innermost first, when it came out of a macro; the last is in the template itself.
    pub frames: Vec<Frame>,
}

/// For a rendered text, which bytes came from where: sorted, not overlapping ranges of the output.
#[derive(Clone, Debug, Default)]
pub struct OutputMap {
    /// Output ranges with their origin. For copied text the origin's span begins at the byte that the range begins at.
    pub pieces: Vec<(Range<usize>, Located)>,
}

impl OutputMap {
    /// Returns the origin of an output byte, exact to the byte for copied text.
    pub fn locate(&self, offset: usize) -> Option<Located> {
        let index = self.pieces.partition_point(|(range, _)| range.end <= offset);
        let (range, located) = self.pieces.get(index).filter(|(range, _)| range.contains(&offset))?;
        let mut located = located.clone();
        if !located.is_expression {
            located.span.range.start += offset - range.start;
            located.span.range.end = located.span.range.end.max(located.span.range.start);
        }
        Some(located)
    }
}
