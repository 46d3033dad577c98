//! What commands stand on: the project set up, and the project parsed.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::arguments::{arguments, template_flags};
use super::event_time::EventTime;
use super::warnings::{Fate, WarnPolicy};
use super::{CommandError, Flags, Line};
use crate::artifact::{ADAPTER_VERSION, DBT_VERSION, ManifestContext, NodeOutput, Stamp, write_json, write_manifest};
use crate::compile::{CommentSetting, Compiler, CompilerParts, Rows};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::graph::Graph;
use crate::manifest::{Manifest, SpacedNames};
use crate::parse;
use crate::project::{LoadOptions, Project, ProjectFile, Target, TargetOptions, VersionCheck, load_target, parse_vars};
use crate::report::{Entry, Format, Level, LogFile, LogFileOptions, ReportOptions, Reporter};
use crate::resource::{Map, UniqueId, Value};
use crate::select::{IndirectSelection, Selectors};
use crate::state::{Comparison, ComparisonSettings, Deferral, DeferralUse, PreviousState};
use crate::template::{Engine, EngineOptions, Invocation, PackageOverrides, Saying, Secrets, YamlScope, YamlText};

/// The file by which `clean` knows a folder that Martlet made.
pub const MARKER: &str = ".martlet-output";

/// A project with its target, before its resources are read.
pub struct ProjectSetup {
    /// The project.
    pub project: Project,
    /// The chosen output of its profile.
    pub target: Target,
    /// What all templates share.
    pub invocation: Arc<Invocation>,
    /// Flags of the command line, the environment and the project.
    pub flags: Flags,
    /// Shows what happens.
    pub reporter: Arc<Reporter>,
    /// The flags as artifacts show them.
    pub args: Map,
    /// What becomes of warnings.
    pub warnings: WarnPolicy,
    /// The project's named selections.
    pub selectors: Selectors,
}

/// A project that was read and resolved.
pub struct Workspace {
    /// The project.
    pub setup: ProjectSetup,
    /// Renders its templates.
    pub engine: Arc<Engine>,
    /// Its resources.
    pub manifest: Arc<Manifest>,
    /// Who depends on whom.
    pub graph: Graph,
    /// The state that `--state` names.
    pub past: Option<PreviousState>,
    /// Where refs are deferred to.
    pub deferral: Option<Arc<Deferral>>,
    /// What the command line says about event time.
    pub event_time: EventTime,
}

impl ProjectSetup {
    /// Finds and loads the project and its target.
    ///
    /// # Errors
    /// All mistakes of the project file, the profile and `--vars`.
    pub fn load(line: &Line) -> Result<Self, CommandError> {
        let mut flags = line.flags.clone();
        let project_dir = flags.setting("project-dir").map(PathBuf::from);
        let file = ProjectFile::find(project_dir.as_deref(), &line.current)?;
        if let Some(project_flags) = file.yaml.entry("flags") {
            flags.add_project(&project_flags.to_map());
        }
        let vars = match flags.setting("vars") {
            Some(text) => parse_vars(text, &line.current)?,
            None => Map::new(),
        };
        let scope = |target: Option<&Map>, secrets| {
            let environment = Arc::new(line.environment.clone());
            YamlText::new(YamlScope { environment, vars: vec![vars.clone()], target: target.cloned(), secrets })
        };
        let secrets = scope(None, Secrets::Allowed);
        let target_options = TargetOptions {
            renderer: &secrets,
            profiles_dir: flags.setting("profiles-dir").map(|folder| line.current.join(folder)),
            profile: flags.setting("profile").map(str::to_owned),
            target: flags.setting("target").map(str::to_owned),
            threads: threads(&flags)?,
            environment: &line.environment,
            // As in dbt, relative paths of the profile and of files in SQL are those of the process.
            current: line.current.clone(),
        };
        let (target, mut warnings) = load_target(&file, &target_options)?;
        let renderer = scope(Some(&target.context), Secrets::Refused);
        let options = LoadOptions {
            renderer: &renderer,
            package_renderer: &secrets,
            target_path: flags.setting("target-path").map(|folder| line.current.join(folder)),
            log_path: flags.setting("log-path").map(|folder| line.current.join(folder)),
            version_check: if flags.is_on("version-check") { VersionCheck::Check } else { VersionCheck::Skip },
        };
        let (project, more) = Project::load(file, &options)?;
        warnings.extend(more);
        let reporter = reporter(line, &flags, &project, &target.database);
        let args = arguments(line, &flags, &vars, &project);
        begin(&reporter, &args);
        adapter_registered(&reporter);
        let policy = WarnPolicy::read(&flags)?;
        let invocation = invocation(line, &flags, (&project, &target), (&args, vars), (&reporter, &policy));
        let selectors = Selectors::read(project.selectors.as_ref(), indirect_selection(&flags))?;
        let setup = Self { project, target, invocation, flags, reporter, args, warnings: policy, selectors };
        warnings.extend(deprecated_arguments(line));
        setup.warn(warnings)?;
        setup.warn(renamed_variables(line))?;
        Ok(setup)
    }

    /// Shows warnings; with `--warn-error` they end the command.
    ///
    /// # Errors
    /// With `--warn-error`, when there is a warning.
    pub fn warn(&self, warnings: Diagnostics) -> Result<(), CommandError> {
        self.warnings.show(warnings, &self.reporter)
    }

    /// Returns who writes artifacts.
    pub fn stamp(&self) -> Stamp {
        let custom = self.invocation.environment.iter().filter_map(|(name, value)| {
            let name = name.strip_prefix("DBT_ENV_CUSTOM_ENV_")?;
            Some((name.to_owned(), Value::from(value.as_str())))
        });
        Stamp {
            invocation_id: self.invocation.invocation_id.clone(),
            started_at: self.invocation.run_started_at,
            env: custom.collect(),
        }
    }

    /// Reads the artifacts of a folder that the command line names.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn previous_state(&self, shown: &str) -> Result<PreviousState, CommandError> {
        let (state, warnings) = PreviousState::load(shown, &self.project.root, &self.project.target_folder())?;
        self.warn(warnings)?;
        Ok(state)
    }

    /// Returns whether the project sets one of dbt's flags of behaviour, which only project files have.
    pub fn project_flag(&self, name: &str) -> bool {
        self.project.flags.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Returns the target folder as messages show it: relative to the project when it is inside.
    pub fn shown_target_path(&self) -> String {
        let folder = self.project.target_folder();
        let shown = folder.strip_prefix(&self.project.root).unwrap_or(&folder);
        shown.to_string_lossy().replace('\\', "/")
    }

    /// Makes the target folder, with the mark that lets `clean` delete it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn target_folder(&self) -> Result<PathBuf, CommandError> {
        let folder = self.project.target_folder();
        let marker = folder.join(MARKER);
        if !marker.exists() {
            fs::create_dir_all(&folder)
                .and_then(|()| fs::write(&marker, "Martlet made this folder; `martlet clean` deletes it.\n"))
                .map_err(|error| inaccessible(&folder, &error))?;
        }
        Ok(folder)
    }
}

impl Workspace {
    /// Reads the project's resources and resolves them.
    ///
    /// # Errors
    /// All mistakes of the project's files.
    pub fn load(line: &Line) -> Result<Self, CommandError> {
        let event_time = EventTime::read(line)?;
        let setup = ProjectSetup::load(line)?;
        let started = Instant::now();
        let registry = parse::load_macros(&setup.project)?;
        let options = EngineOptions {
            root_package: setup.project.name.clone(),
            internal_packages: vec!["dbt_duckdb".to_owned(), "dbt".to_owned()],
            dispatch: setup.project.dispatch.clone(),
            adapter_type: "duckdb",
            overrides: overrides(&setup.project),
        };
        let engine = Engine::new(registry, options);
        let broken: Vec<_> =
            setup.project.with_packages().flat_map(|package| engine.check_macros(&package.name)).collect();
        if !broken.is_empty() {
            let mut mistakes = Diagnostics::new();
            mistakes.extend(broken.into_iter().map(|failure| failure.into_diagnostic("E0262")));
            return Err(mistakes.into());
        }
        let (parsed, warnings) = parse::parse(&setup.project, &setup.target, &setup.invocation, &engine)?;
        setup.warn(warnings)?;
        let (manifest, warnings) = Manifest::resolve(parsed, &setup.project)?;
        setup.warn(warnings)?;
        let graph = Graph::new(manifest.parents.clone());
        if let Some(cycle) = graph.cycle() {
            return Err(manifest.cycle(&cycle).into());
        }
        setup.warn(manifest.deprecations(line.started_at))?;
        let all = if setup.flags.is_on("debug") { SpacedNames::All } else { SpacedNames::First };
        let is_refused = setup.project.flags.get("require_resource_names_without_spaces") != Some(&false.into());
        let spaced = manifest.spaced_names(if is_refused { SpacedNames::Refused } else { all });
        setup.warn(spaced.into_result(())?.1)?;
        let shown = counts(&manifest, started);
        let found = found(&manifest);
        let text = format!("Found {found}");
        let entry = Entry::new(Level::Info, "FoundStats", text, serde_json::json!({"stat_line": found}));
        setup.reporter.tell(&entry.shown(Level::Info, shown));
        let past = match setup.flags.setting("state").filter(|_| uses_state(line)) {
            Some(shown) => Some(setup.previous_state(shown)?),
            None => None,
        };
        let mut workspace =
            Self { setup, engine, manifest: Arc::new(manifest), graph, past, deferral: None, event_time };
        if let Some(used) = deferral_use(line, &workspace.setup.flags) {
            workspace.defer_to_state(used)?;
        }
        Ok(workspace)
    }

    /// Looks up the relations of the state that refs are deferred to.
    ///
    /// # Errors
    /// When no state is named, or it has no manifest.
    fn defer_to_state(&mut self, used: DeferralUse) -> Result<(), CommandError> {
        let own = match self.setup.flags.setting("defer-state") {
            Some(shown) => Some(self.setup.previous_state(shown)?),
            None => None,
        };
        let Some(state) = own.as_ref().or(self.past.as_ref()) else {
            let title = "--state or --defer-state are required for deferral, but neither was provided";
            return Err(Diagnostic::error(Kind::Runtime, "E0513", title).into());
        };
        self.deferral = Some(Arc::new(Deferral::new(state, &self.manifest, used)?));
        Ok(())
    }

    /// Returns the project beside the state that `--state` names.
    pub fn comparison(&self) -> Option<Comparison<'_>> {
        let settings = ComparisonSettings {
            unrendered_sources: self.setup.project_flag("state_modified_compare_more_unrendered_values"),
            now: self.setup.invocation.run_started_at,
        };
        self.past.as_ref().map(|past| Comparison::new(&self.manifest, past, settings))
    }

    /// Returns a compiler; `selected` are the ids that templates see as `selected_resources`.
    pub fn compiler(&self, selected: Vec<String>) -> Compiler {
        Compiler::new(CompilerParts {
            engine: Arc::clone(&self.engine),
            manifest: Arc::clone(&self.manifest),
            invocation: Arc::clone(&self.setup.invocation),
            selected,
            rows: Rows { are_none: self.setup.flags.is_on("empty"), sample: self.event_time.sample },
            deferral: self.deferral.clone(),
            comment: CommentSetting::read(self.setup.project.query_comment.as_ref()),
        })
    }

    /// Writes manifest.json, unless `--no-write-json`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_manifest(&self, outputs: &HashMap<UniqueId, NodeOutput>) -> Result<(), CommandError> {
        if !self.setup.flags.is_on("write-json") {
            return Ok(());
        }
        let stamp = self.setup.stamp();
        let context = ManifestContext {
            stamp: &stamp,
            quoting: self.setup.project.quoting,
            target_path: self.setup.shown_target_path(),
            outputs,
            selectors: self.setup.selectors.to_map(),
            deferral: self.deferral.as_deref(),
        };
        let folder = self.setup.target_folder()?;
        write_manifest(&folder, &self.manifest, &context)?;
        Ok(write_json(&folder.join("graph_summary.json"), &self.graph_summary())?)
    }

    /// Returns which resource comes before which others, by numbers.
    fn graph_summary(&self) -> Value {
        let order = self.graph.order();
        let numbers: HashMap<&UniqueId, usize> = order.iter().enumerate().map(|(number, id)| (id, number)).collect();
        let mut linked = Map::new();
        for (number, id) in order.iter().enumerate() {
            let kind = id.as_str().split('.').next().unwrap_or_default();
            let mut entry = serde_json::json!({"name": id.as_str(), "type": kind});
            let after: Vec<usize> = self.graph.children(id).iter().filter_map(|id| numbers.get(id)).copied().collect();
            if !after.is_empty() {
                entry["succ"] = after.into();
            }
            linked.insert(number.to_string(), entry);
        }
        serde_json::json!({"_invocation_id": self.setup.invocation.invocation_id, "linked": linked})
    }
}

/// Warns of arguments that dbt has other names for by now.
fn deprecated_arguments(line: &Line) -> Option<Diagnostic> {
    let is_old = |word: &str| matches!(word, "--models" | "--model" | "-m");
    let title = "Usage of `--models`, `--model`, and `-m` is deprecated in favor of `--select` or `-s`.";
    let warning = || Diagnostic::warning(Kind::Usage, "W0163", title).as_event("ModelParamUsageDeprecation", []);
    line.text.split_whitespace().any(is_old).then(warning)
}

/// Returns whether a command looks at an earlier state; `retry` has its own idea of it.
fn uses_state(line: &Line) -> bool {
    !matches!(line.command.as_str(), "parse" | "run-operation" | "export")
}

/// Returns how a command uses the relations of another state; none when it does not.
fn deferral_use(line: &Line, flags: &Flags) -> Option<DeferralUse> {
    let defers = flags.is_on("defer") && uses_state(line) && line.command != "list";
    match (defers, flags.is_on("favor-state")) {
        (true, true) => Some(DeferralUse::Favoured),
        (true, false) => Some(DeferralUse::Missing),
        // As in dbt, `clone` needs the other state whether or not it defers.
        _ => (line.command == "clone").then_some(DeferralUse::Known),
    }
}

/// Returns which tests come along with what is selected, as the flags have it.
pub fn indirect_selection(flags: &Flags) -> IndirectSelection {
    let name = flags.setting("indirect-selection").unwrap_or("eager").to_lowercase();
    IndirectSelection::from_name(&name).unwrap_or_default()
}

/// Counts what was found, with dbt's nouns and in its order.
fn found(manifest: &Manifest) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for node in manifest.nodes.values() {
        let word = match node.resource_type {
            crate::resource::ResourceType::Operation => "operation".to_owned(),
            other => other.to_string(),
        };
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, number)) => *number += 1,
            None => counts.push((word, 1)),
        }
    }
    let order = ["model", "analysis", "test", "snapshot", "operation", "seed"];
    counts.sort_by_key(|(word, _)| order.iter().position(|known| known == word));
    let others = [
        ("source", manifest.sources.len()),
        ("exposure", manifest.exposures.len()),
        ("macro", manifest.macros.len()),
        ("unit_test", manifest.unit_tests.len()),
    ];
    counts.extend(others.map(|(word, number)| (word.to_owned(), number)));
    let words = counts.iter().filter(|(_, number)| *number > 0).map(|(word, number)| match word.as_str() {
        "operation" => crate::report::counted(*number, "project hook"),
        word => crate::report::counted(*number, word),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Warns of variables of the environment that have other names now.
fn renamed_variables(line: &Line) -> Diagnostics {
    let mut warnings = Diagnostics::new();
    for (old, flag) in super::flags::renamed(&line.environment) {
        let new = format!("DBT_ENGINE_{}", flag.replace('-', "_").to_uppercase());
        let title = format!(
            "The environment variable `{old}` has been renamed as `{new}`.\n\
             If `{old}` is currently set, its value will be used instead of `{new}`.\n\
             Set `{new}` and unset `{old}` to avoid this deprecation warning and ensure it works properly in a future release."
        );
        let facts = [("old_name", old), ("new_name", new.as_str())];
        warnings.push(Diagnostic::warning(Kind::Usage, "W0165", title).as_event("EnvironmentVariableRenamed", facts));
    }
    warnings
}

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

fn adapter_registered(reporter: &Reporter) {
    let data = serde_json::json!({"adapter_name": "duckdb", "adapter_version": format!("={ADAPTER_VERSION}")});
    let text = format!("Registered adapter: duckdb={ADAPTER_VERSION}");
    reporter.tell(&Entry::new(Level::Info, "AdapterRegistered", text, data));
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

/// Says what was found, in the order in which dbt counts it.
fn counts(manifest: &Manifest, started: Instant) -> String {
    use crate::resource::ResourceType as Type;
    let kinds = [
        (Type::Model, "model"),
        (Type::Seed, "seed"),
        (Type::Snapshot, "snapshot"),
        (Type::Test, "data test"),
        (Type::Analysis, "analysis"),
    ];
    let count = |wanted: Type| manifest.nodes.values().filter(|node| node.resource_type == wanted).count();
    let mut parts: Vec<(usize, &str)> = kinds.iter().map(|(kind, noun)| (count(*kind), *noun)).collect();
    parts.push((manifest.sources.len(), "source"));
    parts.push((manifest.exposures.len(), "exposure"));
    let shown: Vec<String> = parts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| crate::report::count(number, noun))
        .collect();
    let shown = if shown.is_empty() { "nothing".to_owned() } else { shown.join(", ") };
    format!("Parsed {shown} in {:.2}s", started.elapsed().as_secs_f64())
}

fn threads(flags: &Flags) -> Result<Option<usize>, CommandError> {
    let Some(text) = flags.setting("threads") else { return Ok(None) };
    match text.parse::<usize>() {
        Ok(number) if number > 0 => Ok(Some(number)),
        _ => {
            Err(Diagnostic::error(Kind::Usage, "E0165", format!("`--threads` takes a number from 1 on, not `{text}`"))
                .into())
        }
    }
}

fn inaccessible(folder: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(Kind::Runtime, "E0166", format!("cannot use the folder `{}`: {error}", folder.display()))
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
        }
    }
}

/// Returns the flags as artifacts and `invocation_args_dict` show them.
fn invocation(
    line: &Line,
    flags: &Flags,
    (project, target): (&Project, &Target),
    (args, cli_vars): (&Map, Map),
    (reporter, policy): (&Arc<Reporter>, &WarnPolicy),
) -> Arc<Invocation> {
    let fate = policy.fate("JinjaLogWarning");
    let template_flags = template_flags(flags, args, project);
    let project_vars: BTreeMap<String, Map> =
        project.with_packages().map(|package| (package.name.clone(), package.vars.clone())).collect();
    let (log, warn) = (Arc::clone(reporter), Arc::clone(reporter));
    Arc::new(Invocation {
        invocation_id: line.invocation_id.clone(),
        run_started_at: line.started_at,
        dbt_version: DBT_VERSION.to_owned(),
        project_name: project.name.clone(),
        target: target.context.clone(),
        quoting: project.quoting,
        flags: template_flags,
        args: args.clone(),
        runtime: runtime(project, target, args, &cli_vars),
        environment: line.environment.clone(),
        cli_vars,
        project_vars,
        log: Arc::new(move |text, saying| match saying {
            Saying::Log => log.said(Level::Debug, text),
            Saying::Info => log.said(Level::Info, text),
            Saying::Print => log.print(text),
        }),
        warn: Arc::new(move |text| {
            if fate == Fate::Shown {
                let warning = Diagnostic::warning(Kind::Compilation, "W0610", text).as_event("JinjaLogWarning", []);
                warn.diagnostic(&warning);
            }
            fate == Fate::Error
        }),
    })
}

/// What the project's flag says about packages that replace built-in materializations.
fn overrides(project: &Project) -> PackageOverrides {
    match project.flags.get("require_explicit_package_overrides_for_builtin_materializations") {
        Some(Value::Bool(false)) => PackageOverrides::Implicit,
        _ => PackageOverrides::Explicit,
    }
}

/// What dbt's configuration object shows of a project and its command line, as far as packages use it.
fn runtime(project: &Project, target: &Target, args: &Map, cli_vars: &Map) -> Map {
    let shown = |package: &Project| serde_json::json!({"project_name": package.name, "version": package.version});
    let dependencies: Map = project.with_packages().map(|package| (package.name.clone(), shown(package))).collect();
    let values = serde_json::json!({
        "project_name": project.name,
        "version": project.version,
        "profile_name": target.context.get("profile_name"),
        "target_name": target.context.get("name"),
        "threads": target.context.get("threads"),
        "project_root": project.root.to_string_lossy(),
        "dependencies": dependencies,
        "vars": project.vars,
        "cli_vars": cli_vars,
        "args": args,
        "credentials": target.context,
    });
    values.as_object().cloned().unwrap_or_default()
}
