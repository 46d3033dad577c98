//! `source freshness`: how old the newest row of each source is.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use serde_json::Value;

use super::nodes;
use crate::adapter::Session;
use crate::adapter::duckdb::DuckdbAdapter;
use crate::artifact::{SourceFreshness, write_sources};
use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line, selection};
use crate::diagnostic::{Diagnostic, Kind, SourceFile};
use crate::report::{self, FreshnessOutcome, Level};
use crate::resource::{Age, Freshness, ResourceType, Source, dictionary};
use crate::run::{Task, Timing, unreachable};
use crate::template::Template;

/// Runs the command.
pub fn run(workspace: &Workspace, line: &Line) -> Result<Done, CommandError> {
    let setup = &workspace.setup;
    let started = Instant::now();
    if let Some(path) = line.matches.get_one::<String>("output") {
        let title =
            format!("Custom output path usage `--output {path}` usage detected in `dbt source freshness` command.");
        let warning = Diagnostic::warning(Kind::Usage, "W0168", title);
        setup
            .warn(warning.as_event("CustomOutputPathInSourceFreshnessDeprecation", [("path", path.as_str())]).into())?;
    }
    workspace.write_manifest(&HashMap::new())?;
    let chosen = selection::of_kinds(workspace, line, &[ResourceType::Source])?;
    let limited: Vec<(&Source, &Freshness)> = chosen
        .iter()
        .filter_map(|id| workspace.manifest.sources.get(id))
        .filter_map(|source| Some((source, source.freshness.as_ref().filter(|freshness| freshness.has_limit())?)))
        .collect();
    if limited.is_empty() {
        let title = "Nothing to do. Try checking your model configs and model specification args";
        setup.warn(Diagnostic::warning(Kind::Runtime, "W0502", title).as_event("NothingToDo", []).into())?;
    }
    let (results, outcomes, hooks_failed) =
        if limited.is_empty() { Default::default() } else { all(workspace, line, &limited)? };
    let path = match line.matches.get_one::<String>("output") {
        Some(path) => line.current.join(path),
        None => setup.target_folder()?.join("sources.json"),
    };
    write_sources(&path, &setup.stamp(), &results, started.elapsed().as_secs_f64())?;
    summarize(workspace, &limited, &outcomes, started);
    let is_failure = |outcome: &FreshnessOutcome| !matches!(outcome, Ok("pass" | "warn"));
    Ok(if hooks_failed || outcomes.iter().any(is_failure) { Done::Failure } else { Done::Success })
}

/// Judges all, between the hooks of the project unless its flags say otherwise; tells whether a hook failed.
fn all(
    workspace: &Workspace,
    line: &Line,
    limited: &[(&Source, &Freshness)],
) -> Result<(Vec<SourceFreshness>, Vec<FreshnessOutcome>, bool), CommandError> {
    let adapter = DuckdbAdapter::open(&workspace.setup.target.duckdb).map_err(|error| unreachable(&error))?;
    let session = workspace.session_on(&adapter)?;
    let (mut results, mut outcomes) = (Vec::new(), Vec::new());
    let mut work = || {
        for (number, (source, freshness)) in limited.iter().enumerate() {
            let place = (number + 1, limited.len());
            outcomes.push(one(workspace, &session, (source, freshness), place).map(|result| {
                let status = result.status;
                results.push(result);
                status
            }));
        }
    };
    let runs_hooks = workspace.setup.project.flags.get("source_freshness_run_project_hooks");
    if runs_hooks == Some(&Value::Bool(false)) {
        if workspace.manifest.nodes.values().any(|node| node.resource_type == ResourceType::Operation) {
            let title = "In a future version of dbt, the `source freshness` command will start running `on-run-start` and \
                         `on-run-end` hooks by default. For more information: \
                         https://docs.getdbt.com/reference/global-configs/legacy-behaviors";
            let warning = Diagnostic::warning(Kind::Compilation, "W0169", title);
            workspace.setup.warn(warning.as_event("SourceFreshnessProjectHooksNotRun", []).into())?;
        }
        work();
        return Ok((results, outcomes, false));
    }
    let compiler = workspace.compiler(limited.iter().map(|(source, _)| source.unique_id.to_string()).collect());
    let output = nodes::runner((workspace, line), Task::Build, &compiler, &adapter)?.between_hooks(work)?;
    match output.stopped_by {
        Some(diagnostic) => Err(diagnostic.into()),
        None => Ok((results, outcomes, !output.results.is_success())),
    }
}

/// Judges one source, and says so.
fn one(
    workspace: &Workspace,
    session: &Arc<Session>,
    (source, freshness): (&Source, &Freshness),
    place: (usize, usize),
) -> Result<SourceFreshness, Box<Diagnostic>> {
    let reporter = &workspace.setup.reporter;
    reporter.tell(&report::freshness_started(place, source));
    let began = (Instant::now(), Utc::now());
    let judged = judge(workspace, session, (source, freshness), began);
    let outcome = judged.as_ref().map(|result| result.status).map_err(Clone::clone);
    reporter.tell(&report::freshness_result(place, source, &outcome, began.0.elapsed().as_secs_f64()));
    judged
}

fn judge(
    workspace: &Workspace,
    session: &Arc<Session>,
    (source, freshness): (&Source, &Freshness),
    (began, began_at): (Instant, DateTime<Utc>),
) -> Result<SourceFreshness, Box<Diagnostic>> {
    let answer = ask(workspace, session, source, freshness).map_err(|failure| at_source(source, *failure))?;
    if answer["signature"] == "old" {
        // With warnings as errors it is the source that fails.
        let severity = crate::diagnostic::Severity::Error;
        let is_refused = workspace.setup.warn(old_signature().into()).is_err();
        if is_refused {
            return Err(Box::new(Diagnostic { severity, ..old_signature() }));
        }
    }
    let newest = match &answer["max_loaded_at"] {
        // No row at all is infinitely old.
        Value::Null => Utc.with_ymd_and_hms(1, 1, 1, 0, 0, 0).single().unwrap_or_default(),
        value => moment(source, "max_loaded_at", value)?,
    };
    let snapshotted_at = moment(source, "snapshotted_at", &answer["snapshotted_at"])?;
    let age = snapshotted_at - newest;
    let status = match () {
        () if exceeds(freshness.error_after.age(), age) => "error",
        () if exceeds(freshness.warn_after.age(), age) => "warn",
        () => "pass",
    };
    let timing = |name, started_at| Timing { name, started_at, completed_at: Utc::now() };
    Ok(SourceFreshness {
        unique_id: source.unique_id.clone(),
        max_loaded_at: newest,
        snapshotted_at,
        status,
        criteria: freshness.clone(),
        message: answer["message"].as_str().unwrap_or("OK").to_owned(),
        timing: vec![timing("compile", began_at), timing("execute", began_at)],
        execution_time: began.elapsed().as_secs_f64(),
    })
}

/// A macro of the project that overrides `collect_freshness` answers as before dbt 1.5: with a table alone.
fn old_signature() -> Diagnostic {
    let title = "The 'collect_freshness' macro signature has changed to return the full query result, rather than just a table \
                 of values. See the v1.5 migration guide for details on how to update your custom macro: \
                 https://docs.getdbt.com/guides/migration/versions/upgrading-to-v1.5";
    Diagnostic::warning(Kind::Compilation, "W0170", title).as_event("CollectFreshnessReturnSignature", [])
}

/// What fails in a built-in macro is the question about this source.
fn at_source(source: &Source, failure: Diagnostic) -> Box<Diagnostic> {
    if !failure.location().is_some_and(|place| place.starts_with("dbt/") || place.starts_with("dbt_duckdb/")) {
        return Box::new(failure);
    }
    let here = Diagnostic::error(Kind::Database, "E0171", failure.title).at(source.span.clone(), "cannot be asked");
    Box::new(Diagnostic { help: failure.help, ..here })
}

/// Asks through the macros that projects may override.
fn ask(
    workspace: &Workspace,
    session: &Arc<Session>,
    source: &Source,
    freshness: &Freshness,
) -> Result<Value, Box<Diagnostic>> {
    let names = vec![Value::from(source.source_name.as_str()), source.name.as_str().into()];
    if let Some(query) = &source.loaded_at_query {
        let query = rendered(workspace, session, source, query)?;
        return workspace.call_builtin("martlet__freshness_of_query", [names, vec![query.into()]].concat(), session);
    }
    let Some(field) = &source.loaded_at_field else {
        let title = format!(
            "Could not compute freshness for source {}: no 'loaded_at_field' provided and duckdb adapter does not support metadata-based freshness checks.",
            source.name
        );
        return Err(Box::new(
            Diagnostic::error(Kind::Runtime, "E0179", title).at(source.span.clone(), "has limits of freshness"),
        ));
    };
    let more = vec![field.as_str().into(), freshness.filter.as_deref().into()];
    workspace.call_builtin("martlet__freshness", [names, more].concat(), session)
}

/// Renders a `loaded_at_query`, in which `this` is the source.
fn rendered(
    workspace: &Workspace,
    session: &Arc<Session>,
    source: &Source,
    query: &str,
) -> Result<String, Box<Diagnostic>> {
    let compiler = workspace.compiler(Vec::new());
    let file = SourceFile::new(source.original_file_path.as_str(), query);
    let template = Template::whole(file.path.as_str(), source.package.as_str(), &file);
    let about = dictionary::source(source);
    let extra = BTreeMap::from([
        ("this".to_owned(), Value::from(source.relation.render())),
        ("model".to_owned(), about.clone()),
        ("source_node".to_owned(), about),
    ]);
    let context =
        compiler.text_context(&compiler.text_resolver_on(&source.package, Some(session)), Some(session), extra);
    workspace.engine.render(&template, &context).map_err(|failure| Box::new(failure.into_diagnostic("E0605")))
}

/// Reads a moment; a time without a zone is UTC.
fn moment(source: &Source, field: &str, value: &Value) -> Result<DateTime<Utc>, Box<Diagnostic>> {
    let wrong = |what: String| {
        let title = format!("Expected a {what} when querying field '{field}' of table {}", source.relation.render());
        Box::new(Diagnostic::error(Kind::Runtime, "E0179", title).at(source.span.clone(), "this source"))
    };
    match value {
        Value::Null => Err(wrong("non-null value".to_owned())),
        Value::String(text) => {
            let zoned = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc));
            let plain = || text.parse::<chrono::NaiveDateTime>().map(|time| time.and_utc());
            zoned.or_else(|_| plain()).map_err(|_| wrong(format!("timestamp value, not '{text}',")))
        }
        other => {
            let shown = other.get(0).and_then(Value::as_str).unwrap_or_default();
            Err(wrong(format!("timestamp value, not '{shown}',")))
        }
    }
}

fn exceeds(limit: Option<&Age>, age: TimeDelta) -> bool {
    let Some(limit) = limit else { return false };
    let allowed = match limit.period.as_str() {
        "minute" => TimeDelta::try_minutes(limit.count),
        "hour" => TimeDelta::try_hours(limit.count),
        _ => TimeDelta::try_days(limit.count),
    };
    allowed.is_some_and(|allowed| age > allowed)
}

fn summarize(
    workspace: &Workspace,
    limited: &[(&Source, &Freshness)],
    outcomes: &[FreshnessOutcome],
    started: Instant,
) {
    let reporter = &workspace.setup.reporter;
    let [counted, done] = report::freshness_end(limited.len(), started.elapsed().as_secs_f64());
    reporter.tell(&counted);
    for ((source, _), outcome) in limited.iter().zip(outcomes) {
        for entry in report::freshness_failure(source, outcome) {
            reporter.tell(&entry);
        }
        if let Err(diagnostic) = outcome {
            reporter.people(Level::Error, &reporter.drawn(diagnostic));
        }
    }
    reporter.tell(&done);
}
