//! What a template sees by name while it renders: dbt's context (`ref`, `config`, `var`, `adapter`, `this`, `graph` …).

mod adapter;
mod arguments;
mod callable;
mod config;
mod contract;
mod exceptions;
mod memory;
mod model;
mod names;
mod output;
mod raise;
mod reference;
mod seed;
mod statement;
#[cfg(test)]
mod tests;
mod variables;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};

use crate::adapter::Session;
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{
    Batch, FunctionCall, Map, MetricCall, NodeConfig, QuotePolicy, RefCall, Relation, SourceCall, UniqueId, Value,
};

pub use memory::Memory;
pub use names::lookup;

/// Whether templates may look at the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The project is being read: `execute` is false, `ref` and `source` only record, unknown names are tolerated.
    Parse,
    /// A node is being compiled or run: `execute` is true.
    Execute,
}

/// How a template says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saying {
    /// For the log: `log(…)`.
    Log,
    /// For the user, as a line of the log: `log(…, info=true)`.
    Info,
    /// For the user, as it is, even when nothing else is shown: `print(…)`.
    Print,
    /// A warning of the adapter's, which is never an error.
    AdapterWarning,
}

/// Takes a line that a template says.
pub type LogSink = Arc<dyn Fn(&str, Saying) + Send + Sync>;

/// What is the same for every template of one command. Built once by `cli`.
#[derive(Clone)]
pub struct Invocation {
    /// UUID of this run of the program.
    pub invocation_id: String,
    /// When it began.
    pub run_started_at: DateTime<Utc>,
    /// The version of dbt whose language is spoken, as `dbt_version`.
    pub dbt_version: String,
    /// Name of the root project.
    pub project_name: String,
    /// What templates see as `target` (and `env`).
    pub target: Map,
    /// `quoting` of the root project: the policy of relations that macros create.
    pub quoting: QuotePolicy,
    /// What templates see as `flags`: upper-case names.
    pub flags: Map,
    /// What templates see as `invocation_args_dict`.
    pub args: Map,
    /// What packages read from `builtins.ref.config`: dbt's own object of the project and the command line.
    pub runtime: Map,
    /// The environment variables; secrets (`DBT_ENV_SECRET_…`) are refused to templates of nodes.
    pub environment: BTreeMap<String, String>,
    /// `--vars`: these win over all.
    pub cli_vars: Map,
    /// The `vars` of each project by package name, as its project file has them: global ones and, under a package's name,
    /// scoped ones. The root project's win over a package's own; scoped ones win over global ones.
    pub project_vars: BTreeMap<String, Map>,
    /// Takes the text of `log()` and `print()`.
    pub log: LogSink,
    /// Takes the text of `exceptions.warn()`; returns whether it is to be an error.
    pub warn: Arc<dyn Fn(&str) -> bool + Send + Sync>,
}

/// What names mean, known by the stage that renders: the parser records, the compiler looks them up.
pub trait Resolver: Send + Sync {
    /// Returns the relation that a `ref` stands for.
    ///
    /// # Errors
    /// When there is no such node, or it may not be referred to from here.
    fn reference(&self, call: &RefCall) -> Result<Relation, ResolveError>;

    /// Returns the relation that a `source` stands for.
    ///
    /// # Errors
    /// When there is no such source.
    fn source(&self, call: &SourceCall) -> Result<Relation, ResolveError>;

    /// Returns the relation that a `function` stands for.
    ///
    /// # Errors
    /// When there is no such function.
    fn function(&self, call: &FunctionCall) -> Result<Relation, ResolveError> {
        let title = format!("depends on a function named '{}' which was not found", call.name);
        Err(Box::new(Diagnostic::error(Kind::Compilation, "E0601", title)))
    }

    /// Returns the dictionary of the metric that a `metric` stands for.
    ///
    /// # Errors
    /// When there is no such metric.
    fn metric(&self, call: &MetricCall) -> Result<Map, ResolveError> {
        let title = format!("depends on a metric named '{}' which was not found", call.name);
        Err(Box::new(Diagnostic::error(Kind::Compilation, "E0601", title)))
    }

    /// Returns the text of a `{% docs %}` block.
    ///
    /// # Errors
    /// When there is no such block.
    fn doc(&self, package: Option<&str>, name: &str) -> Result<String, ResolveError>;

    /// Returns `graph`: `{nodes, sources, exposures, groups, metrics, …}`, each by unique id. Asked for only when a template names it.
    fn graph(&self) -> Value;

    /// Returns `selected_resources`: the ids that the command selected.
    fn selected_resources(&self) -> Vec<String>;

    /// Returns the node's own relation in the state that refs are deferred to.
    fn defer_relation(&self) -> Option<Relation> {
        None
    }
}

/// A name that does not resolve: the message, to be completed with the place of the call.
pub type ResolveError = Box<Diagnostic>;

/// What a render asked for, collected while it ran. Complete also when the render failed.
#[derive(Debug, Default)]
pub struct Record {
    /// Calls of `ref` in order, while the project is read also those that say the same.
    pub refs: Vec<RefCall>,
    /// Calls of `source` in order, while the project is read also those that say the same.
    pub sources: Vec<SourceCall>,
    /// Calls of `function` in order, while the project is read also those that say the same.
    pub functions: Vec<FunctionCall>,
    /// Calls of `metric` in order, likewise.
    pub metrics: Vec<MetricCall>,
    /// Keyword arguments of `config()`, later calls over earlier ones.
    pub config: Map,
    /// Macros called, each once, in order of the first call.
    pub macros: Vec<UniqueId>,
    /// Names of vars asked for.
    pub vars: Vec<String>,
    /// Names of environment variables asked for.
    pub env_vars: Vec<String>,
    /// The last text given to `write()`: what the materialization runs, for `target/run`.
    pub written: Option<String>,
}

/// A value that is costly to make and seldom looked at.
pub type Lazy = Arc<dyn Fn() -> Value + Send + Sync>;

/// What a template sees of the node it belongs to.
pub struct NodeView {
    /// `model`: the node as its dictionary in the manifest.
    pub model: Lazy,
    /// `this`.
    pub this: Option<Relation>,
    /// `config`: the merged configuration, as far as known in this phase.
    pub config: NodeConfig,
    /// `database` and `schema`.
    pub database: String,
    /// See `database`.
    pub schema: String,
    /// `model.batch`, for one batch of a microbatch model.
    pub batch: Option<Batch>,
}

/// All that one render sees.
pub struct Context {
    /// What all renders share.
    pub invocation: Arc<Invocation>,
    /// Whether the database may be looked at.
    pub phase: Phase,
    /// The package of the node or macro that is rendered: scopes vars and unprefixed macros.
    pub package: String,
    /// The node; none for hooks of the project, operations and YAML values.
    pub node: Option<NodeView>,
    /// Resolves names.
    pub resolver: Arc<dyn Resolver>,
    /// The worker's connection; none while parsing.
    pub session: Option<Arc<Session>>,
    /// What this render asks for.
    pub record: Arc<Mutex<Record>>,
    /// Further names: `sql`, `compiled_code`, `pre_hooks`, `post_hooks`, `results`, `schemas`, `load_agate_table` data …
    /// Under `macro.name` or `macro.package.name`: the value that calls of that macro give, for unit tests.
    pub extra: BTreeMap<String, Value>,
    /// What templates leave for each other and for the runner: results of statements. Begins as `Memory::default()`.
    pub memory: Memory,
}
