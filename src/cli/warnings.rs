//! Which warnings end a command, which are shown and which are not: `--warn-error` and `--warn-error-options`.

use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Severity, SourceFile};
use crate::report::Reporter;
use crate::resource::{Map, Value};
use crate::yaml;

use super::{CommandError, Flags};

/// What becomes of warnings, by the names of dbt's events.
#[derive(Clone, Debug, Default)]
pub struct WarnPolicy {
    fails: Names,
    shown: Vec<String>,
    silenced: Vec<String>,
}

#[derive(Clone, Debug, Default)]
enum Names {
    #[default]
    None,
    All,
    Some(Vec<String>),
}

impl WarnPolicy {
    /// Reads the flags.
    ///
    /// # Errors
    /// When they contradict each other, or `--warn-error-options` is no mapping.
    pub fn read(flags: &Flags) -> Result<Self, Box<Diagnostic>> {
        let Some(text) = flags.setting("warn-error-options") else {
            let fails = if flags.is_on("warn-error") { Names::All } else { Names::None };
            return Ok(Self { fails, ..Self::default() });
        };
        let file = SourceFile::new("--warn-error-options", text);
        let read = yaml::read(&file).map_err(Box::new)?;
        if !read.is_null() && read.entries().is_empty() && !matches!(read.value, yaml::YamlValue::Mapping(_)) {
            return Err(wrong("the --warn-error-options are no YAML mapping"));
        }
        let options = read.to_map();
        if flags.is_on("warn-error") && !options.is_empty() {
            return Err(wrong("warn_error: not allowed with argument warn_error_options: give one of the two"));
        }
        let errors = either(&options, "error", "include")?;
        let shown = either(&options, "warn", "exclude")?;
        Ok(Self { fails: names(errors), shown: list(shown), silenced: list(options.get("silence")) })
    }

    /// Returns whether all warnings fail, those of tests too.
    pub fn all_fail(&self) -> bool {
        matches!(self.fails, Names::All)
    }

    /// Shows warnings, save for those that are silenced.
    ///
    /// # Errors
    /// Those that end the command.
    pub fn show(&self, warnings: Diagnostics, reporter: &Reporter) -> Result<(), CommandError> {
        let mut errors = Diagnostics::new();
        for warning in warnings.into_sorted() {
            let name = warning.event.as_ref().map_or("", |event| event.name);
            let is_in = |names: &[String]| names.iter().any(|known| covers(known, name));
            let fails = match &self.fails {
                Names::None => false,
                Names::All => true,
                Names::Some(names) => is_in(names),
            };
            if is_in(&self.silenced) {
                continue;
            }
            if fails && !is_in(&self.shown) {
                errors.push(Diagnostic { severity: Severity::Error, ..warning });
            } else {
                reporter.diagnostic(&warning);
            }
        }
        errors.into_result(()).map(|_| ()).map_err(CommandError::from)
    }
}

/// Whether a name of the options stands for an event: its own, or `Deprecations` for all of those.
fn covers(known: &str, event: &str) -> bool {
    known == event || (known == "Deprecations" && event.ends_with("Deprecation"))
}

fn either<'a>(options: &'a Map, name: &str, old: &str) -> Result<Option<&'a Value>, Box<Diagnostic>> {
    let is_empty = |value: &Value| value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    let given = |key: &str| options.get(key).filter(|value| !is_empty(value));
    match (given(name), given(old)) {
        (Some(_), Some(_)) => {
            Err(wrong(&format!("Only `{old}` or `{name}` can be specified in `warn_error_options`, not both")))
        }
        (new, old) => Ok(new.or(old)),
    }
}

fn names(value: Option<&Value>) -> Names {
    match value {
        None => Names::None,
        Some(Value::String(text)) if matches!(text.as_str(), "all" | "*") => Names::All,
        value => Names::Some(list(value)),
    }
}

fn list(value: Option<&Value>) -> Vec<String> {
    let texts = value.and_then(Value::as_array).into_iter().flatten();
    texts.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn wrong(title: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(Kind::Usage, "E0165", title))
}
