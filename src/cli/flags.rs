//! The switches and settings that many commands share: one table each, and what they come to.
//!
//! A switch is decided by the command line, else by the environment (`DBT_FAIL_FAST=1`), else by `flags:` of the project file,
//! else by its default; as in dbt.

use std::collections::BTreeMap;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches};

use crate::resource::{Map, Value};

/// A flag that is on or off, with a `--no-` form.
struct Switch {
    name: &'static str,
    short: Option<char>,
    default: bool,
    help: &'static str,
    effect: Effect,
}

/// What giving a flag does; `--help` shows those that do something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// It works.
    Some,
    /// It is taken for the sake of scripts written for dbt and changes nothing here.
    None,
}

const fn switch(name: &'static str, default: bool, help: &'static str) -> Switch {
    Switch { name, short: None, default, help, effect: Effect::Some }
}

const fn without_effect(name: &'static str, default: bool) -> Switch {
    Switch { name, short: None, default, help: "Accepted as in dbt, changes nothing", effect: Effect::None }
}

const fn shortened(switch: Switch, short: char) -> Switch {
    Switch { short: Some(short), ..switch }
}

const SWITCHES: [Switch; 33] = [
    shortened(switch("debug", false, "Show what the program does in detail"), 'd'),
    shortened(switch("fail-fast", false, "Stop at the first failure, leaving out what was not begun"), 'x'),
    shortened(switch("quiet", false, "Show errors only"), 'q'),
    shortened(switch("full-refresh", false, "Make the tables of incremental models and seeds anew"), 'f'),
    switch("store-failures", false, "Keep the failing rows of each test in a table"),
    switch("use-colors", true, "Use colour on a terminal"),
    switch("print", true, "Show what templates print"),
    switch("write-json", true, "Write manifest.json and run_results.json"),
    switch("warn-error", false, "Treat warnings as errors, those of tests too"),
    switch("introspect", true, "Let templates query the database while compiling"),
    switch("version-check", true, "Check `require-dbt-version` of the projects"),
    switch("empty", false, "Let refs and sources give no rows, to try the SQL without data"),
    switch("defer", false, "Let refs to what is not built here mean what --state or --defer-state has"),
    switch("favor-state", false, "With --defer, prefer that state for all that is not selected"),
    without_effect("populate-cache", true),
    switch("inject-ephemeral-ctes", true, "With compile, put ephemeral models into what refers to them"),
    without_effect("cache-selected-only", false),
    without_effect("export-saved-queries", false),
    without_effect("include-saved-query", false),
    without_effect("log-cache-events", false),
    without_effect("macro-debugging", false),
    without_effect("partial-parse", true),
    without_effect("partial-parse-file-diff", true),
    without_effect("send-anonymous-usage-stats", false),
    switch("show-all-deprecations", false, "Show every deprecation, not only the first of each kind"),
    without_effect("show-resource-report", false),
    without_effect("single-threaded", false),
    without_effect("static-parser", true),
    without_effect("strict-mode", false),
    without_effect("upload-to-artifacts-ingest-api", false),
    without_effect("use-colors-file", true),
    without_effect("use-experimental-parser", false),
    without_effect("use-fast-test-edges", false),
];

/// A flag with a value.
struct Setting {
    name: &'static str,
    short: Option<char>,
    value: &'static str,
    possible: &'static [&'static str],
    help: &'static str,
    effect: Effect,
}

const fn setting(name: &'static str, value: &'static str, help: &'static str) -> Setting {
    Setting { name, short: None, value, possible: &[], help, effect: Effect::Some }
}

const fn one_of(setting: Setting, possible: &'static [&'static str]) -> Setting {
    Setting { possible, ..setting }
}

const fn setting_without_effect(name: &'static str) -> Setting {
    Setting {
        name,
        short: None,
        value: "VALUE",
        possible: &[],
        help: "Accepted as in dbt, changes nothing",
        effect: Effect::None,
    }
}

const LOG_FORMATS: &[&str] = &["text", "debug", "json", "default"];
const LOG_LEVELS: &[&str] = &["debug", "info", "warn", "error", "none"];

const SETTINGS: [Setting; 22] = [
    setting("project-dir", "DIR", "Folder of the project file (default: the current folder or the nearest above it)"),
    setting("profiles-dir", "DIR", "Folder of profiles.yml (default: the project's, then ~/.martlet, ~/.dbt)"),
    setting("profile", "NAME", "Profile to use instead of the project's"),
    Setting { short: Some('t'), ..setting("target", "NAME", "Output of the profile to use instead of its default") },
    setting("target-path", "DIR", "Folder for artifacts and compiled SQL"),
    setting("log-path", "DIR", "Folder for the log file"),
    setting("vars", "YAML", "Vars as a YAML mapping, or @FILE to read them from a file"),
    setting("threads", "N", "How many nodes run at once"),
    setting("state", "DIR", "Folder of artifacts of an earlier run, to compare with or to defer to"),
    setting("defer-state", "DIR", "Folder of artifacts to defer to, instead of --state"),
    setting("warn-error-options", "YAML", "Which warnings are errors: {error: [NAME], warn: [NAME], silence: [NAME]}"),
    one_of(setting("log-format", "FORMAT", "Write events as text to stderr, or as JSON lines to stdout"), LOG_FORMATS),
    one_of(setting("log-level", "LEVEL", "Show only what is at least this severe"), LOG_LEVELS),
    one_of(
        setting("indirect-selection", "MODE", "Which tests to take along with selected nodes"),
        &["eager", "cautious", "buildable", "empty"],
    ),
    one_of(setting("log-format-file", "FORMAT", "Write the log file as text or as JSON lines"), LOG_FORMATS),
    one_of(setting("log-level-file", "LEVEL", "Keep only what is at least this severe in the log file"), LOG_LEVELS),
    setting("log-file-max-bytes", "N", "Size at which the log file is begun anew, 0 for never"),
    setting_without_effect("partial-parse-file-path"),
    setting("printer-width", "N", "How wide the words on deprecations are"),
    setting_without_effect("sqlparse"),
    setting_without_effect("record-timing-info"),
    setting_without_effect("maximum-seed-size-mib"),
];

/// Returns the arguments of all switches and settings; they may stand before or after the command.
pub fn arguments() -> Vec<Arg> {
    let mut arguments = Vec::new();
    for switch in &SWITCHES {
        let negation = negation(switch.name);
        let mut arg = Arg::new(switch.name).long(switch.name).help(switch.help).overrides_with(&negation);
        if let Some(short) = switch.short {
            arg = arg.short(short);
        }
        arguments.push(global(arg.action(ArgAction::SetTrue), switch.effect));
        let no = Arg::new(&negation).long(&negation).overrides_with(switch.name).action(ArgAction::SetTrue);
        arguments.push(global(no, Effect::None));
    }
    for setting in &SETTINGS {
        let mut arg = Arg::new(setting.name).long(setting.name).help(setting.help).value_name(setting.value);
        if let Some(short) = setting.short {
            arg = arg.short(short);
        }
        if !setting.possible.is_empty() {
            arg = arg.value_parser(PossibleValuesParser::new(setting.possible)).ignore_case(true);
        }
        arguments.push(global(arg.num_args(1), setting.effect));
    }
    arguments
}

fn global(arg: Arg, effect: Effect) -> Arg {
    arg.global(true).hide(effect != Effect::Some).help_heading("Global options")
}

/// Returns the `--no-` form of a switch.
fn negation(name: &str) -> String {
    format!("no-{name}")
}

/// What the switches and settings of one command come to.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    switches: BTreeMap<&'static str, bool>,
    settings: BTreeMap<&'static str, String>,
}

impl Flags {
    /// Reads the command line and the environment.
    pub fn new(matches: &ArgMatches, environment: &BTreeMap<String, String>) -> Self {
        let mut flags = Self::default();
        for switch in &SWITCHES {
            let given = if matches.get_flag(switch.name) {
                Some(true)
            } else if matches.get_flag(&negation(switch.name)) {
                Some(false)
            } else {
                variable(environment, switch.name).map(|text| is_truth(text))
            };
            if let Some(value) = given {
                flags.switches.insert(switch.name, value);
            }
        }
        flags.add_renamed(environment);
        for setting in &SETTINGS {
            let typed = matches.get_one::<String>(setting.name).cloned();
            if let Some(value) = typed.or_else(|| variable(environment, setting.name).cloned()) {
                flags.settings.entry(setting.name).or_insert(value);
            }
        }
        flags
    }

    /// Variables of old names win over all else, as in dbt.
    fn add_renamed(&mut self, environment: &BTreeMap<String, String>) {
        for (old, name) in renamed(environment) {
            let text = environment.get(old).map(String::as_str).unwrap_or_default();
            match name {
                "state" => {
                    self.settings.insert("state", text.to_owned());
                }
                "print" => {
                    self.switches.insert("print", !is_truth(text));
                }
                switch => {
                    self.switches.insert(switch, is_truth(text));
                }
            }
        }
    }

    /// Adds what the project file says in `flags:`, for what is not decided yet.
    pub fn add_project(&mut self, project: &Map) {
        for switch in &SWITCHES {
            if let Some(value) = project.get(&switch.name.replace('-', "_")).and_then(Value::as_bool) {
                self.switches.entry(switch.name).or_insert(value);
            }
        }
        for setting in &SETTINGS {
            if let Some(value) = project.get(&setting.name.replace('-', "_")).filter(|value| !value.is_null()) {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                self.settings.entry(setting.name).or_insert(text);
            }
        }
    }

    /// Returns whether a switch is on.
    pub fn is_on(&self, name: &str) -> bool {
        let default = || SWITCHES.iter().any(|switch| switch.name == name && switch.default);
        self.switches.get(name).copied().unwrap_or_else(default)
    }

    /// Returns whether a switch was given at all, and how.
    pub fn given(&self, name: &str) -> Option<bool> {
        self.switches.get(name).copied()
    }

    /// Returns whether there is a switch of that name.
    pub fn is_switch(&self, name: &str) -> bool {
        SWITCHES.iter().any(|switch| switch.name == name)
    }

    /// Returns a setting, when it was given.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(String::as_str)
    }

    /// Returns all of them with dbt's names (`full_refresh`), as artifacts and templates show them.
    pub fn to_map(&self) -> Map {
        let mut map = Map::new();
        for switch in &SWITCHES {
            map.insert(switch.name.replace('-', "_"), self.is_on(switch.name).into());
        }
        for setting in &SETTINGS {
            if let Some(value) = self.setting(setting.name) {
                map.insert(setting.name.replace('-', "_"), self::value(setting.name, value));
            }
        }
        map
    }
}

/// Returns whether a name is that of a switch turned off, such as `no-debug`.
pub fn is_negation(name: &str) -> bool {
    name.strip_prefix("no-").is_some_and(|positive| SWITCHES.iter().any(|switch| switch.name == positive))
}

/// Returns a value as artifacts show it: counts are numbers.
pub fn value(name: &str, text: &str) -> Value {
    const COUNTS: [&str; 5] = ["threads", "limit", "printer-width", "log-file-max-bytes", "maximum-seed-size-mib"];
    match text.parse::<i64>() {
        Ok(number) if COUNTS.contains(&name) => number.into(),
        _ => text.into(),
    }
}

/// Returns the variable that stands for a flag: `DBT_ENGINE_X` or `DBT_X`.
pub(super) fn variable<'a>(environment: &'a BTreeMap<String, String>, name: &str) -> Option<&'a String> {
    let name = name.replace('-', "_").to_uppercase();
    let candidates = [format!("DBT_ENGINE_{name}"), format!("DBT_{name}")];
    candidates.iter().find_map(|name| environment.get(name)).filter(|text| !text.is_empty())
}

/// Arguments of single commands that a variable stands for.
const OWN_VARIABLES: [&str; 6] = [
    "EVENT_TIME_START",
    "EVENT_TIME_END",
    "RESOURCE_TYPES",
    "EXCLUDE_RESOURCE_TYPES",
    "SAMPLE",
    "CLEAN_PROJECT_FILES_ONLY",
];

/// Gives each variable that means something both of its names, `DBT_ENGINE_X` and `DBT_X`, as dbt does; the first one wins.
pub(super) fn name_twice(environment: &mut BTreeMap<String, String>) {
    let flags = SWITCHES.iter().map(|switch| switch.name).chain(SETTINGS.iter().map(|setting| setting.name));
    for name in flags.chain(OWN_VARIABLES) {
        let name = name.replace('-', "_").to_uppercase();
        let (new, old) = (format!("DBT_ENGINE_{name}"), format!("DBT_{name}"));
        if let Some(value) = environment.get(&new) {
            environment.insert(old, value.clone());
        } else if let Some(value) = environment.get(&old) {
            environment.insert(new, value.clone());
        }
    }
}

/// Returns whether `DBT_ENGINE_` and a name mean something.
pub(super) fn has_variable(name: &str) -> bool {
    let is = |flag: &str| flag.replace('-', "_").to_uppercase() == name;
    let is_old = |old: &str| old.strip_prefix("DBT_") == Some(name);
    SWITCHES.iter().any(|switch| is(switch.name))
        || SETTINGS.iter().any(|setting| is(setting.name))
        || OWN_VARIABLES.contains(&name)
        || RENAMED.iter().any(|(old, _)| is_old(old))
}

/// The variables that dbt has renamed, with the flags that they stand for.
const RENAMED: [(&str, &str); 4] = [
    ("DBT_ARTIFACT_STATE_PATH", "state"),
    ("DBT_DEFER_TO_STATE", "defer"),
    ("DBT_FAVOR_STATE_MODE", "favor-state"),
    ("DBT_NO_PRINT", "print"),
];

/// Returns which of the renamed variables are set, with their flags.
pub(super) fn renamed(
    environment: &BTreeMap<String, String>,
) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
    RENAMED.into_iter().filter(|(old, _)| environment.get(*old).is_some_and(|text| !text.is_empty()))
}

/// Returns whether a variable's text means yes, by the rules of dbt's command line.
fn is_truth(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "1" | "true" | "t" | "yes" | "y" | "on")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Flags, arguments};

    fn flags(line: &[&str], environment: &[(&str, &str)]) -> Flags {
        let command = clap::Command::new("x").args(arguments());
        let matches = command.try_get_matches_from(std::iter::once(&"x").chain(line)).unwrap();
        let environment = environment.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Flags::new(&matches, &environment.collect::<BTreeMap<_, _>>())
    }

    #[test]
    fn the_command_line_wins_over_the_environment_and_that_over_the_project() {
        let project = serde_json::json!({"fail_fast": true, "use_colors": false, "indirect_selection": "cautious"});
        let mut decided = flags(&["--no-fail-fast"], &[("DBT_FAIL_FAST", "1"), ("DBT_USE_COLORS", "true")]);
        decided.add_project(project.as_object().unwrap());
        assert!(!decided.is_on("fail-fast"));
        assert!(decided.is_on("use-colors"));
        assert_eq!(decided.setting("indirect-selection"), Some("cautious"));
        assert!(decided.is_on("write-json") && !decided.is_on("full-refresh"));
    }

    #[test]
    fn the_last_of_a_switch_and_its_negation_counts() {
        assert!(flags(&["--no-quiet", "--quiet"], &[]).is_on("quiet"));
        assert!(!flags(&["-q", "--no-quiet"], &[]).is_on("quiet"));
    }
}
