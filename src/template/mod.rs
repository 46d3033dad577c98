//! dbt's Jinja dialect on minijinja: text with templates in, SQL (or a value) out. The only module that knows minijinja.
//!
//! Values cross this module's border as [`crate::resource::Value`]; templates see them as Python-like objects.
//! - [`scan`] finds tags and blocks, [`rewrite`] turns the dialect into what minijinja takes, with a map of the edits;
//! - [`registry`] holds the macros of all packages and resolves names and dispatch;
//! - [`engine`] renders; a macro is only ever called through its own callable object, which makes `return`, `varargs`,
//!   namespaces and error traces work;
//! - [`values`] and [`python`] are the objects and methods that templates use;
//! - [`builtin`] holds the built-in macros and materializations as embedded files;
//! - [`context`] is what a template sees by name: `ref`, `config`, `adapter`, `this` …

mod arguments;
pub mod builtin;
pub mod context;
pub mod engine;
mod explain;
mod failure;
mod library;
pub mod macro_ref;
mod marker;
mod native;
pub mod python;
pub mod registry;
mod rewrite;
pub mod scan;
mod scope;
mod state;
mod trace;
pub mod values;
mod yaml_text;

pub use context::{Context, Invocation, Memory, NodeView, Phase, Record, ResolveError, Resolver, Saying};
pub use engine::{Arguments, CallResult, Engine, EngineOptions};
pub use failure::{Failure, FailureCause, Frame, Located, OutputMap, RaisedCause, Template};
pub use macro_ref::MacroRef;
pub use registry::{PackageOverrides, Registry};
pub use scope::ParseUndefined;
pub use state::{state_context, state_engine};
pub use trace::without_marks;
pub use yaml_text::{Secrets, YamlScope, YamlText};

use crate::resource::Value;

/// Writes a value as YAML as dbt writes the files of packages; nothing when it nests too deep.
pub fn write_yaml(value: &Value) -> String {
    python::dump_indented(&values::from_plain(value)).unwrap_or_default()
}
