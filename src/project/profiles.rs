//! `profiles.yml`: where it lies, which profile and output of it are meant.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::fields::Fields;
use super::render::{Rendering, TextRenderer, has_template, never};
use super::schema::printed;
use super::{ProjectFile, Target, credentials, read_text, secrets};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::resource::Map;
use crate::yaml::{self, Yaml, YamlValue};

const FILE: &str = "profiles.yml";

/// What chooses the target besides the project file.
pub struct TargetOptions<'a> {
    /// Renders `profiles.yml`; may give away secrets.
    pub renderer: &'a dyn TextRenderer,
    /// `--profiles-dir`.
    pub profiles_dir: Option<PathBuf>,
    /// `--profile`.
    pub profile: Option<String>,
    /// `--target`.
    pub target: Option<String>,
    /// `--threads`.
    pub threads: Option<usize>,
    /// The environment: `DBT_PROFILES_DIR` and the home folder.
    pub environment: &'a BTreeMap<String, String>,
    /// The folder the program runs in.
    pub current: PathBuf,
}

/// Loads the target that a project and the command line mean.
///
/// # Errors
/// When there is no such profile or output, or it is not a usable duckdb output.
pub fn load_target(project: &ProjectFile, options: &TargetOptions<'_>) -> Result<(Target, Diagnostics), Diagnostics> {
    let profile = chosen_profile(project, options)?;
    let file = find(project, options, &profile)?;
    let yaml = secrets::starred(&yaml::read(&file)?);
    let name = profile.name.as_str();
    let outputs = choose(&yaml, &profile, &file.path)?;
    let target_name = target_name(outputs, options)?;
    let output = choose_output(outputs, name, &target_name)?;
    let mut diagnostics = Diagnostics::new();
    let flags = old_flags(project, &yaml, &mut diagnostics);
    let output = Rendering { renderer: options.renderer, is_late: never }.tree(output, &mut diagnostics);
    check_type(&output, name, &target_name)?;
    let credentials = credentials::read(&output, &options.current, &mut diagnostics);
    let threads = threads(&output, options, &mut diagnostics);
    let mut context = credentials.context;
    context.insert("type".to_owned(), "duckdb".into());
    context.insert("threads".to_owned(), threads.into());
    context.insert("name".to_owned(), target_name.as_str().into());
    context.insert("target_name".to_owned(), target_name.as_str().into());
    context.insert("profile_name".to_owned(), name.into());
    let target = Target {
        profile_name: name.to_owned(),
        name: target_name,
        schema: credentials.schema,
        database: credentials.database,
        threads,
        context,
        duckdb: credentials.duckdb,
        flags,
    };
    diagnostics.into_result(target)
}

/// Reads flags of a profile file and tells that they belong into the project file; both together are refused.
fn old_flags(project: &ProjectFile, yaml: &Yaml, diagnostics: &mut Diagnostics) -> Map {
    let Some(config) = yaml.entry("config").filter(|config| !config.entries().is_empty()) else { return Map::new() };
    if project.yaml.entry("flags").is_some_and(|flags| !flags.entries().is_empty()) {
        let title = "Do not specify both 'config' in profiles.yml and 'flags' in dbt_project.yml. \
                     Using 'config' in profiles.yml is deprecated.";
        diagnostics.push(Diagnostic::error(Kind::Parsing, "E0129", title).at(config.span.clone(), "remove this"));
        return Map::new();
    }
    let title =
        "User config should be moved from the 'config' key in profiles.yml to the 'flags' key in dbt_project.yml.";
    let diagnostic = Diagnostic::warning(Kind::Parsing, "W0151", title)
        .at(config.span.clone(), "still obeyed")
        .as_event("ProjectFlagsMovedDeprecation", []);
    diagnostics.push(diagnostic);
    config.to_map()
}

/// The name of the profile, with its place when the project file gives it.
struct Profile {
    name: String,
    span: Option<Span>,
}

fn chosen_profile(project: &ProjectFile, options: &TargetOptions<'_>) -> Result<Profile, Diagnostics> {
    if let Some(name) = &options.profile {
        return Ok(Profile { name: name.clone(), span: None });
    }
    match project.profile(options.renderer).map_err(|diagnostic| *diagnostic)? {
        Some((name, span)) => Ok(Profile { name, span: Some(span) }),
        None => Err(Diagnostic::error(Kind::Runtime, "E0121", "the project names no profile")
            .in_path(project.file.path.clone())
            .with_note(format!("a profile is an entry of `{FILE}` that says which database to use"))
            .with_help("add a line such as `profile: my_project`, or give `--profile`")
            .into()),
    }
}

/// Reads the first `profiles.yml`: of the folder that was asked for, else of the project, the current folder and the user.
fn find(
    project: &ProjectFile,
    options: &TargetOptions<'_>,
    profile: &Profile,
) -> Result<std::sync::Arc<crate::diagnostic::SourceFile>, Diagnostic> {
    let variables = ["DBT_ENGINE_PROFILES_DIR", "DBT_PROFILES_DIR"];
    let variable = variables.iter().find_map(|name| options.environment.get(*name).filter(|value| !value.is_empty()));
    let asked = options.profiles_dir.clone().or_else(|| variable.map(PathBuf::from));
    let folders = match &asked {
        Some(folder) => vec![options.current.join(folder)],
        None => default_folders(project, options),
    };
    if let Some(folder) = folders.iter().find(|folder| folder.join(FILE).is_file()) {
        let path = folder.join(FILE);
        return read_text(&path, &shown(&path, project, options));
    }
    let name = &profile.name;
    let title = format!("could not find profile named `{name}`: there is no `{FILE}`");
    let mut diagnostic = Diagnostic::error(Kind::Runtime, "E0120", title);
    if let Some(span) = &profile.span {
        diagnostic = diagnostic.at(span.clone(), "asked for here");
    }
    for folder in &folders {
        diagnostic = diagnostic.with_note(format!("looked for `{}`", shown(&folder.join(FILE), project, options)));
    }
    let looked = folders.first().map(|folder| folder.join(FILE).display().to_string()).unwrap_or_default();
    let words = format!(
        "Could not find profile named '{name}'\ndbt looked for a profiles.yml file in {looked}, but did not find one."
    );
    // What dbt says of the argument itself stands before it.
    let words = match asked.filter(|folder| !options.current.join(folder).is_dir()) {
        Some(folder) => {
            let folder = folder.strip_prefix(&options.current).unwrap_or(&folder);
            format!("Error: Invalid value for '--profiles-dir': Path '{}' does not exist.\n{words}", folder.display())
        }
        None => words,
    };
    Err(diagnostic.in_words(words).with_help(format!(
        "write this to `{FILE}` beside the project file:\n{name}:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: {name}.duckdb"
    )))
}

fn default_folders(project: &ProjectFile, options: &TargetOptions<'_>) -> Vec<PathBuf> {
    let mut folders = vec![project.root.clone(), options.current.clone()];
    if let Some(home) = home(options) {
        folders.push(home.join(".martlet"));
        folders.push(home.join(".dbt"));
    }
    folders.dedup();
    folders
}

fn home(options: &TargetOptions<'_>) -> Option<PathBuf> {
    ["HOME", "USERPROFILE"].iter().find_map(|name| options.environment.get(*name)).map(PathBuf::from)
}

/// Returns a path for messages: relative to the project, or with `~`, where that is shorter.
fn shown(path: &Path, project: &ProjectFile, options: &TargetOptions<'_>) -> String {
    let text = |path: &Path| path.display().to_string().replace('\\', "/");
    if let Ok(relative) = path.strip_prefix(&project.root) {
        return text(relative);
    }
    match home(options).and_then(|home| path.strip_prefix(home).ok().map(text)) {
        Some(relative) => format!("~/{relative}"),
        None => text(path),
    }
}

/// Returns the mapping of a profile.
fn choose<'a>(yaml: &'a Yaml, profile: &Profile, path: &str) -> Result<&'a Yaml, Diagnostic> {
    let name = &profile.name;
    let found = yaml.entry(name);
    if let Some(value) = found.filter(|value| matches!(value.value, YamlValue::Mapping(_))) {
        return Ok(value);
    }
    if let Some(value) = found {
        return Err(Diagnostic::error(Kind::Runtime, "E0122", format!("the profile `{name}` is not a mapping"))
            .at(value.span.clone(), format!("this is {}", value.kind()))
            .with_help("it holds `target` and `outputs`"));
    }
    // `config` was once a place for flags.
    let names: Vec<&str> =
        yaml.entries().iter().map(|entry| entry.key.as_str()).filter(|key| *key != "config").collect();
    let diagnostic = Diagnostic::error(Kind::Runtime, "E0122", format!("could not find profile named `{name}`"))
        .in_words(format!("Could not find profile named '{name}'"));
    let diagnostic = match &profile.span {
        Some(span) => diagnostic.at(span.clone(), format!("not in `{path}`")),
        None => diagnostic.in_path(path),
    };
    let diagnostic = diagnostic.with_note(if names.is_empty() {
        format!("`{path}` is empty")
    } else {
        format!("`{path}` has: {}", names.join(", "))
    });
    Err(diagnostic.with_nearest(name, names))
}

fn target_name(profile: &Yaml, options: &TargetOptions<'_>) -> Result<String, Diagnostic> {
    if let Some(target) = &options.target {
        return Ok(target.clone());
    }
    let Some(value) = profile.entry("target").filter(|value| !value.is_null()) else { return Ok("default".to_owned()) };
    let wrong = || super::fields::wrong_type("target", value, "text");
    let text = value.as_str().ok_or_else(wrong)?;
    if !has_template(text) {
        return Ok(text.to_owned());
    }
    let rendered = options.renderer.render(text, &value.span).map_err(|diagnostic| *diagnostic)?;
    rendered.as_str().map(str::to_owned).ok_or_else(wrong)
}

/// Returns an output of a profile.
fn choose_output<'a>(profile: &'a Yaml, name: &str, target: &str) -> Result<&'a Yaml, Diagnostic> {
    let Some(outputs) = profile.entry("outputs").filter(|outputs| matches!(outputs.value, YamlValue::Mapping(_)))
    else {
        return Err(Diagnostic::error(Kind::Runtime, "E0123", format!("the profile `{name}` has no `outputs`"))
            .at(profile.span.clone(), "")
            .with_help("add `outputs:` with an entry such as `dev: {type: duckdb, path: dev.duckdb}`"));
    };
    match outputs.entry(target) {
        Some(output) if matches!(output.value, YamlValue::Mapping(_)) => Ok(output),
        Some(output) => {
            let title = format!("the output `{target}` of the profile `{name}` is not a mapping");
            Err(Diagnostic::error(Kind::Runtime, "E0123", title)
                .at(output.span.clone(), format!("this is {}", output.kind())))
        }
        None => {
            let names: Vec<&str> = outputs.entries().iter().map(|entry| entry.key.as_str()).collect();
            let title = format!("the profile `{name}` does not have a target named `{target}`");
            let place = profile.entry("target").filter(|value| value.as_str() == Some(target)).unwrap_or(outputs);
            let listed: Vec<String> = names.iter().map(|name| format!(" - {name}")).collect();
            let words = format!(
                "The profile '{name}' does not have a target named '{target}'. The valid target names for this profile are:\n{}",
                listed.join("\n")
            );
            Err(Diagnostic::error(Kind::Runtime, "E0123", title)
                .in_words(words)
                .at(place.span.clone(), "")
                .with_note(format!("its targets are: {}", names.join(", ")))
                .with_nearest(target, names))
        }
    }
}

fn check_type(output: &Yaml, profile: &str, target: &str) -> Result<(), Diagnostic> {
    match output.entry("type") {
        Some(value) if value.as_str() == Some("duckdb") => Ok(()),
        Some(value) => {
            let kind = value.as_str().map_or_else(|| value.kind().to_owned(), |kind| format!("`{kind}`"));
            Err(Diagnostic::error(Kind::Runtime, "E0124", format!("the type {kind} is not supported"))
                .at(value.span.clone(), "")
                .with_help("Martlet runs on DuckDB: write `type: duckdb`"))
        }
        None => {
            let title = format!("the output `{target}` of the profile `{profile}` has no `type`");
            Err(Diagnostic::error(Kind::Runtime, "E0124", title)
                .at(output.span.clone(), "")
                .with_help("add `type: duckdb`"))
        }
    }
}

fn threads(output: &Yaml, options: &TargetOptions<'_>, diagnostics: &mut Diagnostics) -> usize {
    let words =
        |key: &str, value: &Yaml| format!("at path ['{key}']: {} is not of type 'integer'", printed(&value.to_value()));
    let given = Fields::new(output, diagnostics).in_words(words).count("threads");
    if given == Some(0)
        && let Some(value) = output.entry("threads")
    {
        diagnostics.push(super::fields::wrong_type("threads", value, "1 or more"));
    }
    options.threads.or(given).unwrap_or(1).max(1)
}
