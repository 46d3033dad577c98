//! The hooks of the project: statements of `on-run-start` and `on-run-end`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::event::Event;
use super::result::NodeResult;
use super::runner::{Runner, State};
use super::schedule::Outcome;
use crate::adapter::Session;
use crate::compile::Compiler;
use crate::diagnostic::Diagnostic;
use crate::resource::{Detail, Node, ResourceType, Value, dictionary};
use crate::run::{Status, Timing};
use crate::template::Template;

/// When a hook runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookTime {
    /// Before all nodes.
    Start,
    /// After all nodes.
    End,
}

impl HookTime {
    fn tag(self) -> &'static str {
        match self {
            Self::Start => "on-run-start",
            Self::End => "on-run-end",
        }
    }
}

/// Runs the hooks of one time in order: those of packages by their names, then the project's own. A failure ends the run.
pub(super) fn run_all(runner: &Runner<'_>, session: &Arc<Session>, time: HookTime, state: &State) -> Outcome {
    let manifest = runner.compiler.manifest();
    let mut hooks: Vec<(&Node, usize)> = manifest
        .nodes
        .values()
        .filter(|node| node.resource_type == ResourceType::Operation && node.tags.iter().any(|tag| tag == time.tag()))
        .filter_map(|node| match node.detail {
            Detail::Operation { index } => Some((node, index)),
            _ => None,
        })
        .collect();
    hooks.sort_by_key(|(node, index)| (node.package == manifest.project_name, node.package.clone(), *index));
    let total = hooks.len();
    for (place, (node, _)) in hooks.into_iter().enumerate() {
        let result = run(runner, session, node, time, state);
        let failed = result.status.is_failure();
        (runner.events)(&Event::NodeFinished { index: place + 1, total, node, result: &result });
        state.add(result, None);
        if failed {
            return Outcome::Stop;
        }
    }
    Outcome::Passed
}

fn run(runner: &Runner<'_>, session: &Arc<Session>, node: &Node, time: HookTime, state: &State) -> NodeResult {
    let started = std::time::Instant::now();
    let started_at = chrono::Utc::now();
    let outcome = execute(runner, session, node, time, state);
    // A failed statement leaves its transaction open; the failure is what is reported.
    let _ = session.connection().rollback();
    let mut result = NodeResult::skipped(node.unique_id.clone(), None);
    result.execution_time = started.elapsed().as_secs_f64();
    result.timing = vec![Timing { name: "execute", started_at, completed_at: chrono::Utc::now() }];
    match outcome {
        Ok(sql) => {
            result.status = Status::Success;
            result.message = Some("OK".to_owned());
            result.compiled_code = Some(sql);
        }
        Err(diagnostic) => {
            result.status = Status::Error;
            result.message = Some(diagnostic.one_line());
            result.diagnostic = Some(*diagnostic);
        }
    }
    result
}

fn execute(
    runner: &Runner<'_>,
    session: &Arc<Session>,
    node: &Node,
    time: HookTime,
    state: &State,
) -> Result<String, Box<Diagnostic>> {
    let compiler = runner.compiler;
    let resolver = compiler.text_resolver_on(&node.package, Some(session));
    let extra = if time == HookTime::End { state.for_hooks(compiler) } else { BTreeMap::new() };
    let context = compiler.text_context(&resolver, Some(session), extra);
    let template =
        Template { name: node.unique_id.to_string(), package: node.package.clone(), span: node.span.clone() };
    let sql = compiler.engine().render(&template, &context).map_err(|failure| failure.into_diagnostic("E0707"))?;
    if !sql.trim().is_empty() {
        let ran = session.execute(&sql);
        ran.map_err(|error| {
            Diagnostic::error(
                crate::diagnostic::Kind::Database,
                "E0708",
                error.message.lines().next().unwrap_or_default(),
            )
            .at(node.span.clone(), format!("in {}", time.tag()))
        })?;
    }
    session.connection().commit().map_err(|error| super::prepare::unreachable(&error))?;
    Ok(sql)
}

/// Returns a result as `results` shows it to hooks: with its node as a dictionary.
pub(super) fn result_view(compiler: &Compiler, result: &NodeResult) -> Value {
    let manifest = compiler.manifest();
    let node = manifest
        .nodes
        .get(&result.unique_id)
        .map(|node| Value::Object(dictionary::node(node, manifest.parents_of(&node.unique_id))));
    json!({
        "node": node,
        "status": result.status.as_str(),
        "thread_id": result.thread_id,
        "execution_time": result.execution_time,
        "message": result.message,
        "failures": result.failures,
        "adapter_response": result.adapter_response,
        "timing": result.timing.iter().map(|timing| json!({
            "name": timing.name,
            "started_at": timing.started_at.to_rfc3339(),
            "completed_at": timing.completed_at.to_rfc3339(),
        })).collect::<Vec<_>>(),
    })
}
