//! One node's work: compile, materialize or test, and judge what came of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use chrono::{DateTime, Utc};

use super::event::{Event, Stage};
use super::microbatch::BatchRun;
use super::result::{NodeResult, Status, Timing};
use super::runner::{Runner, Task};
use super::{python, unit_test, verdict};
use crate::adapter::{Response, Session};
use crate::compile::Compiled;
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{Hook, Map, Node, RelationKind, ResourceType, UniqueId, Value};
use crate::template::{Arguments, Context, Failure, FailureCause, Frame};

/// A node in the hands of a worker thread.
pub struct Execution<'a> {
    /// Who runs it.
    pub runner: &'a Runner<'a>,
    /// The node.
    pub node: &'a Node,
    /// The thread.
    pub thread_id: &'a str,
    /// The batch of it, when it is built in batches.
    pub batch: Option<BatchRun<'a>>,
}

/// How far the work has come, with its times.
struct Progress {
    started: Instant,
    timing: Vec<Timing>,
}

impl Progress {
    fn begin() -> Self {
        Self { started: Instant::now(), timing: Vec::with_capacity(2) }
    }

    fn end(&mut self, name: &'static str, started_at: DateTime<Utc>) {
        self.timing.push(Timing { name, started_at, completed_at: Utc::now() });
    }
}

/// Returns dbt's words for a node that is skipped because of an ephemeral model above it.
pub(super) fn broken_above(id: &UniqueId, cause: &UniqueId) -> String {
    format!("Compilation Error in {id}, caused by compilation error in referenced ephemeral model {cause}")
}

impl Execution<'_> {
    /// Does the work. The session has no open transaction afterwards.
    pub fn perform(&self, session: &Arc<Session>) -> (NodeResult, Option<Arc<Compiled>>) {
        let mut progress = Progress::begin();
        let started_at = Utc::now();
        self.tell(Stage::Compiling);
        let compiled = self.runner.compiler.caller("", Some(self.node)).and_then(|caller| {
            session.serve(caller);
            self.compile(session)
        });
        progress.end("compile", started_at);
        let compiled = match compiled {
            Ok(compiled) => compiled,
            Err(diagnostic) => {
                self.end_transaction(session);
                return (self.not_compiled(self.result(progress, Err(diagnostic), None)), None);
            }
        };
        let started_at = Utc::now();
        self.tell(Stage::Executing);
        let outcome = self.execute(session, &compiled);
        self.end_transaction(session);
        progress.end("execute", started_at);
        (self.result(progress, outcome, Some(&compiled)), Some(compiled))
    }

    fn tell(&self, stage: Stage) {
        if self.batch.is_none() {
            (self.runner.events)(&Event::NodeStage { node: self.node, stage });
        }
    }

    /// A node is skipped, not wrong itself, when it is an ephemeral model in it that cannot be compiled.
    fn not_compiled(&self, result: NodeResult) -> NodeResult {
        let id = &self.node.unique_id;
        let Some(cause) = self.runner.compiler.broken_ephemeral(id) else { return result };
        NodeResult { status: Status::Skipped, message: Some(broken_above(id, &cause)), ..result }
    }

    /// Returns the result of a node whose work could not begin.
    pub fn failed(&self, diagnostic: Diagnostic) -> NodeResult {
        self.result(Progress::begin(), Err(Box::new(diagnostic)), None)
    }

    pub(super) fn compile(&self, session: &Arc<Session>) -> Result<Arc<Compiled>, Box<Diagnostic>> {
        if self.node.resource_type == ResourceType::Seed || self.runner.settings.task == Task::Clone {
            return Ok(Arc::new(Compiled::plain("")));
        }
        let batch = self.batch.map(|run| run.batch);
        let compiler = self.runner.compiler;
        let compiled = match compiler.manifest().unit_tests.get(&self.node.unique_id) {
            Some(test) => compiler.compile_unit_test(test, session),
            None => compiler.compile_batch(self.node, batch, Some(session)),
        };
        let compiled = compiled.map_err(|failure| Box::new(self.compile_failure(failure)))?;
        self.write("compiled", &compiled.sql)?;
        Ok(Arc::new(compiled))
    }

    fn compile_failure(&self, failure: Failure) -> Diagnostic {
        let words = self.words(&failure);
        Diagnostic { words, ..failure.into_diagnostic("E0605") }
    }

    /// Returns what dbt writes of a failure: the message, and the macros that led to it.
    fn words(&self, failure: &Failure) -> Option<String> {
        if let FailureCause::Database(error) = &failure.cause {
            return Some(error.with_excerpt());
        }
        let node = self.node;
        let own = format!("{} {} ({})", node.resource_type, node.name, node.original_file_path);
        failure.words(self.runner.compiler.engine().registry(), &own)
    }

    fn execute(&self, session: &Arc<Session>, compiled: &Arc<Compiled>) -> Result<Done, Box<Diagnostic>> {
        let materialization = self.materialization()?;
        let is_model = self.node.resource_type == ResourceType::Model;
        let is_python = is_model && self.node.language == "python" && self.runner.settings.task == Task::Build;
        let python = if is_python { Some(python::call(self, session)?) } else { None };
        let query = python.as_ref().map(|output| Arc::new(Compiled::plain(&output.sql)));
        let context = self.context(session, query.as_ref().unwrap_or(compiled));
        let engine = self.runner.compiler.engine();
        let called = engine.call_macro(&materialization.unique_id, Arguments::default(), &context);
        self.write_executed(&context)?;
        let returned = called.map_err(|failure| Box::new(self.run_failure(failure, compiled, session)));
        if self.node.resource_type == ResourceType::UnitTest {
            returned.map_err(|diagnostic| unit_test::unfinished(self.node, *diagnostic))?;
            let table = context.memory.table("main");
            let verdict = unit_test::judge(table.as_deref());
            let adapter_response = context.memory.adapter_response("main");
            return Ok(Done { response: context.memory.response("main"), adapter_response, verdict: Some(verdict) });
        }
        let returned = returned?;
        let response = context.memory.response("main");
        let adapter_response = context.memory.adapter_response("main");
        if self.node.resource_type == ResourceType::Test {
            let table = context.memory.table("main");
            let verdict = verdict::judge(self.node, table.as_deref(), self.runner.settings.warnings_fail)?;
            return Ok(Done { response, adapter_response, verdict: Some(verdict) });
        }
        self.check_relations(&returned)?;
        self.note_relation(session);
        Ok(Done { response, adapter_response, verdict: None })
    }

    fn context(&self, session: &Arc<Session>, compiled: &Arc<Compiled>) -> Arc<Context> {
        let code = Value::from(compiled.sql.as_str());
        let hooks = |key: &str| self.node.config.hooks(key).iter().enumerate().map(hook_value).collect::<Vec<_>>();
        let mut extra: BTreeMap<String, Value> = [
            ("sql".to_owned(), code.clone()),
            ("compiled_sql".to_owned(), code.clone()),
            ("compiled_code".to_owned(), code),
            ("pre_hooks".to_owned(), hooks("pre-hook").into()),
            ("post_hooks".to_owned(), hooks("post-hook").into()),
        ]
        .into();
        if self.batch.is_some_and(|run| run.is_incremental) {
            extra.insert("macro.is_incremental".to_owned(), true.into());
            extra.insert("macro.should_full_refresh".to_owned(), false.into());
        }
        let batch = self.batch.map(|run| run.batch);
        self.runner.compiler.batch_context(self.node, batch, Some(session), extra).0
    }

    fn run_failure(&self, failure: Failure, compiled: &Compiled, session: &Arc<Session>) -> Diagnostic {
        match &failure.cause {
            FailureCause::Database(error) => {
                self.rolled_back(session);
                let words = self.words(&failure);
                Diagnostic { words, ..self.runner.compiler.explain(self.node, compiled, error, Some(session)) }
            }
            _ => {
                let words = self.words(&failure);
                Diagnostic { words, ..self.in_users_files(failure) }
            }
        }
    }

    /// Leaves the calls inside the built-in macros out: what the user wrote is the node, and macros of their own.
    fn in_users_files(&self, mut failure: Failure) -> Diagnostic {
        let registry = self.runner.compiler.engine().registry();
        let package = |id: &UniqueId| id.as_str().split('.').nth(1).map(str::to_owned);
        let built_in = |frame: &Frame| {
            let id =
                frame.macro_id.as_ref().filter(|id| package(id).is_some_and(|name| registry.is_internal(&name)))?;
            Some(format!("raised in the built-in macro `{}`", id.as_str().trim_start_matches("macro.")))
        };
        let raised_in = failure.frames.first().and_then(built_in);
        failure.frames.retain(|frame| built_in(frame).is_none());
        let has_place = matches!(&failure.cause, FailureCause::Resolve(diagnostic) if diagnostic.primary.is_some());
        if failure.frames.is_empty() && !has_place {
            failure.frames.push(Frame { macro_id: None, span: crate::compile::head(self.node) });
        }
        let diagnostic = failure.into_diagnostic("E0704");
        match raised_in {
            Some(note) if !has_place => diagnostic.with_note(note),
            _ => diagnostic,
        }
    }

    /// Ends a failed transaction, so that the session can be asked again.
    fn rolled_back(&self, session: &Session) {
        // The failure that led here is what is reported.
        let _ = session.rollback();
    }

    /// A materialization commits what it did; what it left open is undone, as dbt does when it hands the connection back.
    fn end_transaction(&self, session: &Session) {
        self.rolled_back(session);
    }

    fn note_relation(&self, session: &Session) {
        let Some(relation) = self.node.relation.clone() else { return };
        let materialized = match self.runner.settings.task {
            Task::Build => self.node.config.materialized(),
            Task::Clone => "clone",
        };
        let kind = match materialized {
            "view" => RelationKind::View,
            "table" | "incremental" | "seed" | "snapshot" => RelationKind::Table,
            _ => {
                let relations = session.connection().relations(&self.node.database);
                relations.into_iter().flatten().for_each(|relation| session.cache.add(relation));
                return;
            }
        };
        session.cache.add(relation.of_kind(kind));
    }

    fn write_executed(&self, context: &Context) -> Result<(), Box<Diagnostic>> {
        let written = context.record.lock().unwrap_or_else(PoisonError::into_inner).written.take();
        match written {
            Some(text) => self.write("run", &text),
            None => Ok(()),
        }
    }

    fn write(&self, kind: &str, text: &str) -> Result<(), Box<Diagnostic>> {
        let path = self.runner.settings.target_path.join(kind).join(self.output_path());
        write_file(&path, text).map_err(|error| {
            let title = format!("cannot write `{}`: {error}", path.display());
            Box::new(Diagnostic::error(Kind::Runtime, "E0705", title))
        })
    }

    /// Returns the file of the node's code; each batch has its own, in a folder that is called like the model.
    fn output_path(&self) -> String {
        let path = self.node.output_path();
        let Some(run) = self.batch else { return path };
        let (stem, ending) = path.rsplit_once('.').unwrap_or((&path, "sql"));
        let name = stem.rsplit('/').next().unwrap_or(stem);
        format!("{stem}/{name}_{}.{ending}", run.batch.name())
    }

    fn result(
        &self,
        progress: Progress,
        outcome: Result<Done, Box<Diagnostic>>,
        compiled: Option<&Arc<Compiled>>,
    ) -> NodeResult {
        let mut result = NodeResult::skipped(self.node.unique_id.clone(), None);
        self.thread_id.clone_into(&mut result.thread_id);
        result.execution_time = progress.started.elapsed().as_secs_f64();
        result.timing = progress.timing;
        if self.node.resource_type != ResourceType::Seed && self.runner.settings.task == Task::Build {
            result.compiled_code = compiled.map(|compiled| compiled.sql.clone());
        }
        result.relation_name = self.node.relation.as_ref().map(crate::resource::Relation::render);
        match outcome {
            Ok(done) => self.succeed(&mut result, done),
            Err(diagnostic) => {
                result.status = Status::Error;
                result.message = Some(self.error_text(&diagnostic));
                result.diagnostic = Some(*diagnostic);
            }
        }
        result
    }

    fn succeed(&self, result: &mut NodeResult, done: Done) {
        let response = done.response.unwrap_or_default();
        let message = match response.message.as_str() {
            "" if self.runner.settings.task == Task::Clone => "No-op",
            "" => "OK",
            message => message,
        };
        // As in dbt, only seeds tell the rows and the kind of their statement.
        result.adapter_response = match self.node.resource_type {
            ResourceType::Seed => done.adapter_response,
            _ => Map::from_iter([("_message".to_owned(), Value::from(message))]),
        };
        result.rows_affected = response.rows_affected;
        if let Some(verdict) = done.verdict {
            result.status = verdict.status;
            result.failures = Some(verdict.failures);
            result.message = verdict.message;
        } else {
            result.status = Status::Success;
            result.message = Some(message.to_owned());
        }
    }

    /// Returns an error as dbt's artifacts word it: the family, the node, the message, where the compiled code is.
    fn error_text(&self, diagnostic: &Diagnostic) -> String {
        let node = self.node;
        let mut text = format!(
            "{} in {} {} ({})",
            diagnostic.kind.title(),
            node.resource_type,
            node.name,
            node.original_file_path
        );
        let message = match &diagnostic.words {
            Some(words) => words.clone(),
            None => [std::slice::from_ref(&diagnostic.title), diagnostic.notes.as_slice()].concat().join("\n"),
        };
        for line in message.lines() {
            text.push_str("\n  ");
            text.push_str(line);
        }
        text
    }
}

/// What a node's work gave when it ran through.
struct Done {
    response: Option<Response>,
    adapter_response: Map,
    verdict: Option<verdict::Verdict>,
}

fn hook_value((index, hook): (usize, &Hook)) -> Value {
    serde_json::json!({"sql": hook.sql, "transaction": hook.transaction, "index": index})
}

/// Writes a text, making the folder only when it turns out to be absent: most files share theirs.
fn write_file(path: &Path, text: &str) -> std::io::Result<()> {
    match fs::write(path, text) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(path, text)
        }
        written => written,
    }
}
