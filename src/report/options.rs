//! What the command line decides about the report: its form, its least level, its secrets.

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people, on stderr.
    Text,
    /// One JSON object a line, on stdout, in the shape of dbt's structured logs.
    Json,
}

/// How much is shown; each level shows what the later ones show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Everything, statements included.
    Debug,
    /// What happens.
    Info,
    /// Warnings.
    Warn,
    /// Errors.
    Error,
    /// Nothing.
    None,
}

impl Level {
    /// Returns dbt's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::None => "none",
        }
    }
}

/// What the command line decides about the report.
#[derive(Clone, Debug)]
pub struct ReportOptions {
    /// Text or JSON.
    pub format: Format,
    /// Least level to show.
    pub level: Level,
    /// Whether colour may be used; it is only where the terminal takes it.
    pub colour: bool,
    /// Id that JSON lines carry.
    pub invocation_id: String,
    /// What the environment adds to each JSON line.
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// The target's own database, which lines on nodes do not name.
    pub database: String,
    /// Texts that are struck out wherever they would be shown.
    pub secrets: Vec<String>,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self {
            format: Format::Text,
            level: Level::Info,
            colour: false,
            invocation_id: String::new(),
            extra: serde_json::Map::new(),
            database: String::new(),
            secrets: Vec::new(),
        }
    }
}

impl ReportOptions {
    /// Returns whether stderr takes colour and the user wants it.
    pub(super) fn is_coloured(&self) -> bool {
        self.colour && anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
    }
}
