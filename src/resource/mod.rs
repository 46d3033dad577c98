//! Plain data of the field: nodes, sources, exposures, macros and what they are made of. No I/O, no templates.

mod checksum;
mod column;
mod config;
mod credentials;
pub mod dictionary;
mod event_time;
mod id;
mod node;
mod relation;
mod semantic;
mod source;
mod unit_test;

pub use checksum::{hex, md5_hex, sha256_hex};
pub use column::{Column, Constraint};
pub use config::{Hook, NodeConfig, Severity};
pub use credentials::{Attachment, DuckdbTarget, PluginHost};
pub use event_time::{Batch, BatchSize, EventWindow, read_moment};
pub use id::{ResourceType, UniqueId};
pub use node::{
    Checksum, Detail, DocsConfig, FunctionArgument, FunctionCall, FunctionDetail, FunctionReturns, ModelDetail, Node,
    RefCall, SourceCall, TestDetail,
};
pub use relation::{QuotePolicy, Relation, RelationKind, quote};
pub use semantic::{MetricCall, SemanticNode};
pub use source::{
    Age, Doc, Exposure, Freshness, FreshnessLimit, Group, MacroDefinition, MacroKind, MacroParameter, Owner, Source,
};
pub use unit_test::{Fixture, FixtureFormat, Given, Overrides, UnitTest};

/// A value of a config, a var, `meta` or a test argument: what YAML and JSON can say.
pub type Value = serde_json::Value;

/// A mapping of such values that keeps the order of the user's file.
pub type Map = serde_json::Map<String, Value>;
