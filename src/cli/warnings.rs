//! Which warnings end a command, which are shown and which are not: `--warn-error` and `--warn-error-options`.

use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Severity, SourceFile, nearest};
use crate::report::{DEPRECATIONS_SUMMARY, DeprecationRules, Naming, Reporter, Shows, event_code, event_names};
use crate::resource::{Map, Value};
use crate::yaml;

use super::{CommandError, Flags};

/// What becomes of warnings, by the names of dbt's events.
#[derive(Clone, Debug, Default)]
pub struct WarnPolicy {
    fails: Names,
    shown: Vec<String>,
    silenced: Vec<String>,
    /// Old names of lists that were given.
    old_names: Vec<&'static str>,
    reach: Reach,
}

/// Which warnings the policy is about: the project's flag `require_all_warnings_handled_by_warn_error`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Reach {
    /// All but those that dbt only tells of.
    #[default]
    Most,
    All,
}

/// What dbt only tells of: warnings that end no command, unless the project asks for it.
const ONLY_TOLD: [&str; 4] =
    ["FreshnessConfigProblem", "MicrobatchModelNoEventTimeInputs", "SemanticValidationFailure", "WarnStateTargetEqual"];

/// What becomes of a warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is not shown.
    Silent,
    /// It is shown.
    Shown,
    /// It ends the command.
    Error,
}

/// The name that stands for all events that are deprecations.
const DEPRECATIONS: &str = "Deprecations";

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
            return Err(wrong("warn_error_options: not allowed with argument warn_error"));
        }
        Self::of_options(&options)
    }

    /// Reads `{error: …, warn: …, silence: …}`.
    ///
    /// # Errors
    /// When a list is given by its old and its new name, a name is no event's, or `warn` is an exception from nothing.
    fn of_options(options: &Map) -> Result<Self, Box<Diagnostic>> {
        let errors = either(options, "error", "include")?;
        let shown = list(either(options, "warn", "exclude")?)?;
        let silenced = list(options.get("silence"))?;
        let old_names = ["include", "exclude"].into_iter().filter(|name| options.contains_key(*name)).collect();
        let policy = Self { fails: names(errors)?, shown, silenced, old_names, reach: Reach::default() };
        let has_deprecations = |list: &[String]| list.iter().any(|name| name == DEPRECATIONS);
        let is_exception = match &policy.fails {
            Names::All => true,
            Names::None => has_deprecations(&policy.silenced),
            Names::Some(names) => has_deprecations(names) || has_deprecations(&policy.silenced),
        };
        if !policy.shown.is_empty() && !is_exception {
            return Err(wrong(&format!(
                "`warn` can only be specified if `error` is one of ('all', '*') or {DEPRECATIONS} is in `error` or silence."
            )));
        }
        Ok(policy)
    }

    /// Follows the project's flag of behaviour.
    #[must_use]
    pub fn under(self, project: &Map) -> Self {
        let all = project.get("require_all_warnings_handled_by_warn_error") == Some(&Value::Bool(true));
        Self { reach: if all { Reach::All } else { Reach::Most }, ..self }
    }

    /// Lets deprecations be told by this policy and the flags, and tells of old names in it.
    ///
    /// # Errors
    /// When that ends the command.
    pub fn apply(&self, flags: &Flags, project: &Map, reporter: &Reporter) -> Result<(), CommandError> {
        let is_named = project.get("require_event_names_in_deprecations") == Some(&Value::Bool(true));
        reporter.deprecations.obey(DeprecationRules {
            shows: if flags.is_on("show-all-deprecations") { Shows::All } else { Shows::First },
            naming: if is_named { Naming::Always } else { Naming::Usual },
            is_summary_silent: self.fate(DEPRECATIONS_SUMMARY) == Fate::Silent,
            width: flags.setting("printer-width").and_then(|text| text.parse().ok()).filter(|width| *width > 0),
        });
        self.show(self.renamed(), reporter)
    }

    /// Warns of old names of lists.
    fn renamed(&self) -> Diagnostics {
        let mut warnings = Diagnostics::new();
        if self.old_names.is_empty() {
            return warnings;
        }
        let found: Vec<String> = self.old_names.iter().map(|name| format!("`{name}`")).collect();
        let mut title = format!("Found {} in `warn_error_options` specification.", found.join(" and "));
        for (old, new) in [("include", "error"), ("exclude", "warn")] {
            if self.old_names.contains(&old) {
                title.push_str(&format!(" Please use `{new}` instead of `{old}`."));
            }
        }
        let has = |name: &str| self.old_names.contains(&name);
        let warning = Diagnostic::warning(Kind::Usage, "W0166", title).as_event("WEOIncludeExcludeDeprecation", []);
        warnings.push(warning.with_fact("found_include", has("include")).with_fact("found_exclude", has("exclude")));
        warnings
    }

    /// Returns what becomes of an event: its own name wins over `Deprecations`, that over `all`; then to be silent wins over to be
    /// shown, that over to fail.
    pub fn fate(&self, event: &str) -> Fate {
        if self.reach == Reach::Most && ONLY_TOLD.contains(&event) {
            return Fate::Shown;
        }
        let fails: &[String] = match &self.fails {
            Names::Some(names) => names,
            _ => &[],
        };
        let lists = [(&*self.silenced, Fate::Silent), (&*self.shown, Fate::Shown), (fails, Fate::Error)];
        let is_deprecation = event_code(event).starts_with('D');
        for name in std::iter::once(event).chain(is_deprecation.then_some(DEPRECATIONS)) {
            if let Some((_, fate)) = lists.iter().find(|(list, _)| list.iter().any(|known| known == name)) {
                return *fate;
            }
        }
        if matches!(self.fails, Names::All) { Fate::Error } else { Fate::Shown }
    }

    /// Shows warnings, save for those that are silenced.
    ///
    /// # Errors
    /// Those that end the command.
    pub fn show(&self, warnings: Diagnostics, reporter: &Reporter) -> Result<(), CommandError> {
        let mut errors = Diagnostics::new();
        for warning in warnings.into_sorted() {
            let name = warning.event.as_ref().map_or("", |event| event.name);
            match self.fate(name) {
                // What ends the command is not counted, as in dbt.
                Fate::Error => {
                    errors.push(Diagnostic { severity: Severity::Error, kind: Kind::Compilation, ..warning });
                }
                _ if !reporter.deprecations.is_told(name) => {}
                Fate::Silent => {}
                Fate::Shown => reporter.diagnostic(&warning),
            }
        }
        errors.into_result(()).map(|_| ()).map_err(CommandError::from)
    }
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

fn names(value: Option<&Value>) -> Result<Names, Box<Diagnostic>> {
    match value {
        None => Ok(Names::None),
        Some(Value::String(text)) if matches!(text.as_str(), "all" | "*") => Ok(Names::All),
        Some(Value::String(_)) => Err(wrong("error must be one of ('all', '*') or a list of strings")),
        value => list(value).map(Names::Some),
    }
}

fn list(value: Option<&Value>) -> Result<Vec<String>, Box<Diagnostic>> {
    let texts = value.and_then(Value::as_array).into_iter().flatten();
    texts.map(name).collect()
}

/// Returns the name of an event; others are refused.
fn name(value: &Value) -> Result<String, Box<Diagnostic>> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text == DEPRECATIONS || event_names().any(|known| known == text) {
        return Ok(text);
    }
    let diagnostic = wrong(&format!("{text} is not a valid dbt error name."));
    Err(match nearest(&text, event_names()) {
        Some(near) => Box::new(diagnostic.with_help(format!("did you mean `{near}`?"))),
        None => diagnostic,
    })
}

fn wrong(title: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(Kind::Usage, "E0165", title))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Fate, WarnPolicy};

    fn policy(options: &Value) -> Result<WarnPolicy, String> {
        WarnPolicy::of_options(options.as_object().unwrap()).map_err(|mistake| mistake.title)
    }

    #[test]
    fn names_win_over_deprecations_and_those_over_all() {
        let cases = [
            (json!({}), "LogTestResult", Fate::Shown),
            (json!({"error": "all"}), "LogTestResult", Fate::Error),
            (json!({"include": "*", "exclude": ["LogTestResult"]}), "LogTestResult", Fate::Shown),
            (json!({"error": ["LogTestResult"]}), "LogTestResult", Fate::Error),
            (json!({"error": ["Deprecations"]}), "CustomKeyInConfigDeprecation", Fate::Error),
            (
                json!({"error": ["CustomKeyInConfigDeprecation"], "silence": ["Deprecations"]}),
                "CustomKeyInConfigDeprecation",
                Fate::Error,
            ),
            (json!({"error": "all", "silence": ["Deprecations"]}), "CustomKeyInConfigDeprecation", Fate::Silent),
            (json!({"error": ["NoNodesSelected"]}), "LogTestResult", Fate::Shown),
            (json!({"error": "all"}), "MicrobatchModelNoEventTimeInputs", Fate::Shown),
        ];
        for (options, event, fate) in cases {
            assert_eq!(policy(&options).unwrap().fate(event), fate, "{options} {event}");
        }
    }

    #[test]
    fn what_is_only_told_ends_commands_when_the_project_asks_for_it() {
        let strict = json!({"require_all_warnings_handled_by_warn_error": true});
        let policy = policy(&json!({"error": "all"})).unwrap().under(strict.as_object().unwrap());
        assert_eq!(policy.fate("MicrobatchModelNoEventTimeInputs"), Fate::Error);
    }

    #[test]
    fn what_dbt_refuses_is_refused_in_its_words() {
        let cases = [
            (json!({"error": ["Nope"]}), "Nope is not a valid dbt error name."),
            (
                json!({"error": "all", "include": "all"}),
                "Only `include` or `error` can be specified in `warn_error_options`, not both",
            ),
            (
                json!({"warn": ["NoNodesSelected"]}),
                "`warn` can only be specified if `error` is one of ('all', '*') or Deprecations is in `error` or silence.",
            ),
        ];
        for (options, words) in cases {
            assert_eq!(policy(&options).unwrap_err(), words);
        }
    }
}
