//! The hooks of the project: statements of `on-run-start` and `on-run-end`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::event::Event;
use super::result::NodeResult;
use super::runner::{Runner, State};
use super::schedule::Outcome;
use crate::adapter::{AdapterError, Session};
use crate::compile::{Compiled, Compiler};
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

/// Runs the hooks of one time in order: the project's own, then those of packages by their names. After one that fails the others are
/// skipped.
///
/// # Errors
/// When a hook's template fails: that stops the command, as in dbt.
pub(super) fn run_all(
    runner: &Runner<'_>,
    session: &Arc<Session>,
    time: HookTime,
    state: &State,
) -> Result<Outcome, Box<Diagnostic>> {
    let hooks = hooks(runner.compiler, time);
    let total = hooks.len();
    let mut outcome = Outcome::Passed;
    for (place, node) in hooks.into_iter().enumerate() {
        let name = format!("{}.{}.{place}", node.package, time.tag());
        let result = if outcome == Outcome::Passed {
            Work { runner, session, node, time }.perform(&name, (place + 1, total), state)?
        } else {
            NodeResult {
                message: Some(format!("{name} skipped")),
                failures: Some(1),
                ..NodeResult::skipped(node.unique_id.clone(), None)
            }
        };
        if result.status.is_failure() {
            outcome = Outcome::Stop;
        }
        (runner.events)(&Event::NodeFinished { index: place + 1, total, node, result: &result });
        let compiled = result.compiled_code.as_deref().map(|sql| Arc::new(Compiled::plain(sql)));
        state.add(result, compiled);
    }
    Ok(outcome)
}

fn hooks(compiler: &Compiler, time: HookTime) -> Vec<&Node> {
    let manifest = compiler.manifest();
    let mut hooks: Vec<(&Node, usize)> = manifest
        .nodes
        .values()
        .filter(|node| node.resource_type == ResourceType::Operation && node.tags.iter().any(|tag| tag == time.tag()))
        .filter_map(|node| match node.detail {
            Detail::Operation { index } => Some((node, index)),
            _ => None,
        })
        .collect();
    hooks.sort_by_key(|(node, index)| (node.package != manifest.project_name, node.package.clone(), *index));
    hooks.into_iter().map(|(node, _)| node).collect()
}

/// One hook with what it takes to run it.
struct Work<'a> {
    runner: &'a Runner<'a>,
    session: &'a Arc<Session>,
    node: &'a Node,
    time: HookTime,
}

impl Work<'_> {
    fn perform(&self, name: &str, place: (usize, usize), state: &State) -> Result<NodeResult, Box<Diagnostic>> {
        let started = std::time::Instant::now();
        let compile_began = chrono::Utc::now();
        let compiled = self.compile(state);
        let execute_began = chrono::Utc::now();
        if compiled.is_ok() {
            let (index, total) = place;
            (self.runner.events)(&Event::HookStarted { index, total, node: self.node });
        }
        let outcome = compiled.and_then(|sql| Ok((self.execute(&sql)?, sql)));
        // A failed statement leaves its transaction open; the failure is what is reported.
        let _ = self.session.rollback();
        let (executed, sql) = outcome?;
        let mut result = NodeResult::skipped(self.node.unique_id.clone(), None);
        result.execution_time = started.elapsed().as_secs_f64();
        result.timing = vec![
            Timing { name: "compile", started_at: compile_began, completed_at: execute_began },
            Timing { name: "execute", started_at: execute_began, completed_at: chrono::Utc::now() },
        ];
        result.compiled_code = Some(sql);
        match executed {
            Ok(()) => {
                result.status = Status::Success;
                result.failures = Some(0);
                result.message = Some(format!("{name} passed"));
            }
            Err(error) => {
                result.status = Status::Error;
                result.failures = Some(1);
                result.message = Some(format!("{name} failed, error:\n {}", error.message));
                result.diagnostic = Some(self.diagnostic(&error));
            }
        }
        Ok(result)
    }

    fn compile(&self, state: &State) -> Result<String, Box<Diagnostic>> {
        let (compiler, node) = (self.runner.compiler, self.node);
        let extra = if self.time == HookTime::End { state.for_hooks(compiler) } else { BTreeMap::new() };
        let context = compiler.text_context(
            &compiler.text_resolver_on(&node.package, Some(self.session)),
            Some(self.session),
            extra,
        );
        let template =
            Template { name: node.unique_id.to_string(), package: node.package.clone(), span: node.span.clone() };
        let rendered = compiler.engine().render(&template, &context);
        rendered.map_err(|failure| Box::new(failure.into_diagnostic("E0707")))
    }

    /// Runs the statement; what the database says against it is the inner result.
    fn execute(&self, sql: &str) -> Result<Result<(), AdapterError>, Box<Diagnostic>> {
        if !sql.trim().is_empty()
            && let Err(error) = self.session.execute(sql)
        {
            return Ok(Err(error));
        }
        self.session.commit().map_err(|error| super::prepare::unreachable(&error))?;
        Ok(Ok(()))
    }

    fn diagnostic(&self, error: &AdapterError) -> Diagnostic {
        let title = error.message.lines().next().unwrap_or_default();
        Diagnostic::error(crate::diagnostic::Kind::Database, "E0708", title)
            .at(self.node.span.clone(), format!("in {}", self.time.tag()))
    }
}

/// Returns a result as `results` shows it to hooks: with its node as a dictionary.
pub(super) fn result_view(compiler: &Compiler, result: &NodeResult) -> Value {
    let manifest = compiler.manifest();
    let node = manifest.runnable(&result.unique_id).map(|node| {
        let mut map = dictionary::node(node, manifest.parents_of(&node.unique_id));
        if let Some(code) = &result.compiled_code {
            map.insert("compiled".into(), true.into());
            map.insert("compiled_code".into(), code.as_str().into());
        }
        Value::Object(map)
    });
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
            "started_at": timing.started_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
            "completed_at": timing.completed_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        })).collect::<Vec<_>>(),
    })
}
