//! A profile for a project that is there: by the project's `profile_template.yml`, else a usual one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::answers::{AnswerKind, Answers};
use super::{unwritable, write};
use crate::cli::arguments::profiles_folder;
use crate::cli::{CommandError, Done, Line};
use crate::diagnostic::{Diagnostic, Kind, SourceFile};
use crate::project::ProjectFile;
use crate::report::{Entry, Level, Reporter};
use crate::resource::{Map, Value};
use crate::template::{Secrets, YamlScope, YamlText, write_yaml};
use crate::yaml;

const FILE: &str = "profiles.yml";
const TEMPLATE: &str = "profile_template.yml";

/// What a profile is without a template.
const USUAL: &str = "\
{name}:
  outputs:
    dev:
      type: duckdb
      path: dev.duckdb
      threads: 4
  target: dev
";

/// Refuses a profile that is not there.
///
/// # Errors
/// When it is not, or the profiles cannot be read.
pub(super) fn must_exist(line: &Line, name: &str) -> Result<(), CommandError> {
    let file = profiles_folder(line).join(FILE);
    if read(&file)?.is_some_and(|profiles| profiles.contains_key(name)) {
        return Ok(());
    }
    let title = format!("Could not find profile named '{name}'");
    let help = format!("looked for it in `{}`", file.display());
    Err(Diagnostic::error(Kind::Runtime, "E0120", title).with_help(help).into())
}

/// Writes the profile of a project, after asking what its template asks for.
///
/// # Errors
/// When a file cannot be read or written, or answers are missing.
pub(super) fn set_up(
    line: &Line,
    reporter: &Reporter,
    project: &ProjectFile,
    answers: &mut Answers,
) -> Result<Done, CommandError> {
    let environment = std::sync::Arc::new(line.environment.clone());
    let renderer = YamlText::new(YamlScope { environment, vars: Vec::new(), target: None, secrets: Secrets::Allowed });
    let name = project.profile(&renderer)?.map(|(name, _)| name);
    let name = name.or_else(|| project.yaml.entry("name").and_then(|name| name.as_str()).map(str::to_owned));
    let name = name.unwrap_or_else(|| "default".to_owned());
    tell(reporter, "SettingUpProfile", "Setting up your profile.".to_owned());
    let file = place(line, project).join(FILE);
    let mut profiles = read(&file)?.unwrap_or_default();
    if profiles.contains_key(&name) {
        let question = format!("The profile {name} already exists in {}. Continue and overwrite it?", file.display());
        match answers.confirm(reporter, &question)? {
            None => return Err(unanswered()),
            Some(false) => return Ok(Done::Success),
            Some(true) => {}
        }
    }
    if let Some(template) = template(&project.root) {
        match target(&template, reporter, answers)? {
            Some(target) => {
                profiles.insert(name.clone(), profile(target));
                save(&file, &profiles)?;
                let text = format!(
                    "Profile {name} written to {} using project's profile_template.yml and your supplied values. Run \
                     'dbt debug' to validate the connection.",
                    file.display()
                );
                tell(reporter, "ProfileWrittenWithProjectTemplateYAML", text);
                return Ok(Done::Success);
            }
            None => tell(reporter, "InvalidProfileTemplateYAML", format!("Invalid {TEMPLATE} in project.")),
        }
    }
    usual(&file, &name, profiles)?;
    let text = format!(
        "Profile {name} written to {} using target's sample configuration. Once updated, you'll be able to start \
         developing with dbt.",
        file.display()
    );
    tell(reporter, "ProfileWrittenWithSample", text);
    Ok(Done::Success)
}

/// Returns the folder to write the profile into: the one asked for, else where profiles are, else the project's.
fn place(line: &Line, project: &ProjectFile) -> PathBuf {
    let folder = line.current.join(profiles_folder(line));
    if line.flags.setting("profiles-dir").is_some() || folder.join(FILE).is_file() {
        return folder;
    }
    project.root.clone()
}

/// Adds the usual profile; the rest of the file stays as it is written when the name is new.
fn usual(file: &Path, name: &str, mut profiles: Map) -> Result<(), Diagnostic> {
    let text = USUAL.replace("{name}", name);
    if profiles.is_empty() {
        return write(file, &text);
    }
    if !profiles.contains_key(name) {
        let before = fs::read_to_string(file).map_err(|error| unwritable(file, &error))?;
        return write(file, &format!("{}\n\n{text}", before.trim_end()));
    }
    let target = serde_json::json!({"type": "duckdb", "path": "dev.duckdb", "threads": 4});
    profiles.insert(name.to_owned(), serde_json::json!({"outputs": {"dev": target}, "target": "dev"}));
    save(file, &profiles)
}

fn save(file: &Path, profiles: &Map) -> Result<(), Diagnostic> {
    write(file, &write_yaml(&Value::Object(profiles.clone())))
}

fn read(file: &Path) -> Result<Option<Map>, Diagnostic> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unwritable(file, &error)),
    };
    Ok(Some(yaml::read(&SourceFile::new(file.display().to_string(), text))?.to_map()))
}

/// Reads the project's template; none when there is none.
fn template(root: &Path) -> Option<Value> {
    let text = fs::read_to_string(root.join(TEMPLATE)).ok()?;
    Some(yaml::read(&SourceFile::new(TEMPLATE, text)).map_or(Value::Null, |yaml| yaml.to_value()))
}

/// Returns the target that a template and the answers make; none when the template is none.
fn target(template: &Value, reporter: &Reporter, answers: &mut Answers) -> Result<Option<Map>, CommandError> {
    let part = |key: &str| match template.get(key) {
        None | Some(Value::Null) => Some(Map::new()),
        Some(Value::Object(map)) => Some(map.clone()),
        Some(_) => None,
    };
    let (true, Some(mut target), Some(prompts)) = (template.is_object(), part("fixed"), part("prompts")) else {
        return Ok(None);
    };
    let is_complete = ask(&prompts, &mut target, reporter, answers)?;
    Ok(is_complete.then_some(target))
}

/// Asks for what a template prompts; false when it is no such template.
fn ask(prompts: &Map, target: &mut Map, reporter: &Reporter, answers: &mut Answers) -> Result<bool, CommandError> {
    for (key, prompt) in prompts {
        if let Some(choice) = key.strip_prefix("_choose") {
            let Some(chosen) = choose(choice, prompt, reporter, answers)? else { return Ok(false) };
            if !ask(&chosen, target, reporter, answers)? {
                return Ok(false);
            }
            continue;
        }
        if let Some(fixed) = key.strip_prefix("_fixed_") {
            target.insert(fixed.to_owned(), prompt.clone());
            continue;
        }
        let text = |part: &str| prompt.get(part).and_then(Value::as_str);
        let (true, Some(kind)) = (prompt.is_object(), AnswerKind::of(text("type"))) else { return Ok(false) };
        let question = text("hint").map_or_else(|| key.clone(), |hint| format!("{key} ({hint})"));
        let default = prompt.get("default").filter(|default| !default.is_null());
        let answer = answers.ask_value(reporter, &question, (kind, default))?;
        target.insert(key.clone(), answer.ok_or_else(unanswered)?);
    }
    Ok(true)
}

/// Asks which of several sets of prompts is meant.
fn choose(
    choice: &str,
    options: &Value,
    reporter: &Reporter,
    answers: &mut Answers,
) -> Result<Option<Map>, CommandError> {
    let Some(options) = options.as_object() else { return Ok(None) };
    let lines: Vec<String> = options.keys().enumerate().map(|(index, key)| format!("[{}] {key}", index + 1)).collect();
    let kind = choice.trim_start_matches('_').replace('_', " ");
    let question = format!("{}\nDesired {kind} option (enter a number)", lines.join("\n"));
    let answer = answers.ask_value(reporter, &question, (AnswerKind::Integer, None))?.ok_or_else(unanswered)?;
    let place =
        answer.as_u64().and_then(|number| usize::try_from(number).ok()).and_then(|number| number.checked_sub(1));
    let chosen = place.and_then(|place| options.values().nth(place));
    Ok(chosen.and_then(Value::as_object).cloned())
}

/// Returns the profile of one target; the template may name it.
fn profile(mut target: Map) -> Value {
    let name = target.shift_remove("target").and_then(|name| name.as_str().map(str::to_owned));
    let name = name.unwrap_or_else(|| "dev".to_owned());
    serde_json::json!({"outputs": {name.clone(): target}, "target": name})
}

fn tell(reporter: &Reporter, event: &'static str, text: String) {
    reporter.tell(&Entry::new(Level::Info, event, text, Value::Null).plain());
}

fn unanswered() -> CommandError {
    Diagnostic::error(Kind::Usage, "E0162", "Aborted: there is no answer to the question on stdin").into()
}
