//! Who reports what happens, how, and the first and the last of what is told of every command.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Flags, Line};
use crate::artifact::{ADAPTER_VERSION, DBT_VERSION};
use crate::project::Project;
use crate::report::{Entry, Format, Level, LogFile, LogFileOptions, ReportOptions, Reporter};
use crate::resource::{Map, Value, sha256_hex};

/// Says once who runs, and with which arguments.
pub(super) fn begin(reporter: &Reporter, args: &Map) {
    if !reporter.begins() {
        return;
    }
    let data = serde_json::json!({"version": format!("={DBT_VERSION}"), "log_version": 3});
    let text = format!("Running with dbt={DBT_VERSION}");
    reporter.tell(&Entry::new(Level::Info, "MainReportVersion", text, data));
    let texts: BTreeMap<&String, String> = args.iter().map(|(name, value)| (name, python_text(value))).collect();
    let shown: Vec<String> = texts.iter().map(|(name, text)| format!("'{name}': '{text}'")).collect();
    let text = format!("running dbt with arguments {{{}}}", shown.join(", "));
    reporter.tell(&Entry::new(Level::Debug, "MainReportArgs", text, serde_json::json!({"args": texts})));
}

pub(super) fn adapter_registered(reporter: &Reporter) {
    let data = serde_json::json!({"adapter_name": "duckdb", "adapter_version": format!("={ADAPTER_VERSION}")});
    let text = format!("Registered adapter: duckdb={ADAPTER_VERSION}");
    reporter.tell(&Entry::new(Level::Info, "AdapterRegistered", text, data));
}

/// Tells of the vars of the command line, without secrets, and their checksum.
pub(super) fn vars_hashed(reporter: &Reporter, flags: &Flags, vars: Option<&Value>) {
    let vars = vars.map(crate::parse::python_repr).unwrap_or_default();
    let (profile, target) = (flags.setting("profile"), flags.setting("target"));
    let parts = [vars.as_str(), profile.unwrap_or_default(), target.unwrap_or_default(), DBT_VERSION];
    let checksum = sha256_hex(parts.join("\0").as_bytes());
    let (profile, target) = (profile.unwrap_or("None"), target.unwrap_or("None"));
    let text =
        format!("checksum: {checksum}, vars: {vars}, profile: {profile}, target: {target}, version: {DBT_VERSION}");
    let data = serde_json::json!({
        "checksum": checksum, "vars": vars, "profile": profile, "target": target, "version": DBT_VERSION,
    });
    reporter.tell(&Entry::new(Level::Debug, "StateCheckVarsHash", text, data));
}

/// Returns a value as dbt writes arguments out.
fn python_text(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Lets the line's reporter go on as the project wants it, with its log file; `database` is the target's own.
pub(super) fn reporter(line: &Line, flags: &Flags, project: &Project, database: &str) -> Arc<Reporter> {
    let options = ReportOptions { database: database.to_owned(), ..line.report_options(flags) };
    // A log that cannot be written must not stop the work.
    let file = LogFile::open(&project.root.join(&project.log_path), log_file_options(flags)).ok();
    line.reporter.settle(options, file);
    Arc::clone(&line.reporter)
}

/// Returns how to write the log file: what is said of it alone, else what is said of the terminal.
fn log_file_options(flags: &Flags) -> LogFileOptions {
    const USUAL: u64 = 10 * 1024 * 1024;
    let format = flags.setting("log-format-file").or_else(|| flags.setting("log-format"));
    let level = flags.setting("log-level-file").or_else(|| flags.setting("log-level")).map(str::to_lowercase);
    LogFileOptions {
        format: log_format(format),
        level: match level.as_deref() {
            Some("info") => Level::Info,
            Some("warn") => Level::Warn,
            Some("error") => Level::Error,
            Some("none") => Level::None,
            _ => Level::Debug,
        },
        most: flags.setting("log-file-max-bytes").and_then(|text| text.parse().ok()).unwrap_or(USUAL),
    }
}

fn log_format(name: Option<&str>) -> Format {
    match name {
        Some(format) if format.eq_ignore_ascii_case("json") => Format::Json,
        _ => Format::Text,
    }
}

impl Line {
    /// Returns what must not be shown: the values of secret variables.
    fn secrets(&self) -> Vec<String> {
        let secret =
            self.environment.iter().filter(|(name, value)| name.starts_with("DBT_ENV_SECRET") && !value.is_empty());
        secret.map(|(_, value)| value.clone()).collect()
    }

    /// Returns what the environment adds to log lines and artifacts.
    fn custom_environment(&self) -> serde_json::Map<String, serde_json::Value> {
        let custom = self.environment.iter().filter_map(|(name, value)| {
            Some((name.strip_prefix("DBT_ENV_CUSTOM_ENV_")?.to_owned(), value.as_str().into()))
        });
        custom.collect()
    }

    /// Returns how to report, by the flags known so far.
    pub fn report_options(&self, flags: &Flags) -> ReportOptions {
        let format = log_format(flags.setting("log-format"));
        let level = match flags.setting("log-level").map(str::to_lowercase).as_deref() {
            _ if flags.is_on("debug") => Level::Debug,
            _ if flags.is_on("quiet") => Level::Error,
            Some("debug") => Level::Debug,
            Some("warn") => Level::Warn,
            Some("error") => Level::Error,
            Some("none") => Level::None,
            _ => Level::Info,
        };
        ReportOptions {
            format,
            level,
            colour: flags.is_on("use-colors"),
            invocation_id: self.invocation_id.clone(),
            extra: self.custom_environment(),
            database: String::new(),
            secrets: self.secrets(),
        }
    }
}
