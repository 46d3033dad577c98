//! What most commands stand on: the project read and resolved.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use super::counts::{counts, found};
use super::event_time::EventTime;
use super::setup::ProjectSetup;
use super::{CommandError, Flags, Line};
use crate::artifact::{ManifestContext, NodeOutput, write_json, write_manifest, write_semantic_manifest};
use crate::compile::{CommentSetting, Compiler, CompilerParts, Rows};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::graph::Graph;
use crate::manifest::{Manifest, SpacedNames};
use crate::parse;
use crate::project::Project;
use crate::report::{Entry, Level};
use crate::resource::{Map, UniqueId, Value};
use crate::state::{Comparison, ComparisonSettings, Deferral, DeferralUse, PreviousState};
use crate::template::{Engine, EngineOptions, PackageOverrides};

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

impl Workspace {
    /// Reads the project's resources and resolves them.
    ///
    /// # Errors
    /// All mistakes of the project's files.
    pub fn load(line: &Line) -> Result<Self, CommandError> {
        let event_time = EventTime::read(line)?;
        let setup = ProjectSetup::load(line)?;
        let started = Instant::now();
        if !setup.flags.is_on("partial-parse") {
            let text = "Partial parsing not enabled";
            setup.reporter.tell(&Entry::new(Level::Debug, "PartialParsingNotEnabled", text, Value::Null));
        }
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
        self.setup.reporter.wrote("WritableManifest", &folder.join("manifest.json"));
        write_semantic_manifest(&folder, &self.manifest)?;
        self.setup.reporter.wrote("SemanticManifest", &folder.join("semantic_manifest.json"));
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

/// What the project's flag says about packages that replace built-in materializations.
fn overrides(project: &Project) -> PackageOverrides {
    match project.flags.get("require_explicit_package_overrides_for_builtin_materializations") {
        Some(Value::Bool(false)) => PackageOverrides::Implicit,
        _ => PackageOverrides::Explicit,
    }
}
