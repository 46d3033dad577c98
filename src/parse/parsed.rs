//! What parsing gives.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::diagnostic::Span;
use crate::resource::{
    Doc, DocsConfig, Exposure, Group, MacroDefinition, Map, Node, SemanticNode, Source, UniqueId, UnitTest,
};

/// The resources of a project and its packages, names not yet resolved.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Models, seeds, snapshots, analyses, data tests and operations that are enabled.
    pub nodes: IndexMap<UniqueId, Node>,
    /// Sources that are enabled.
    pub sources: IndexMap<UniqueId, Source>,
    /// Exposures that are enabled.
    pub exposures: IndexMap<UniqueId, Exposure>,
    /// Groups.
    pub groups: IndexMap<UniqueId, Group>,
    /// Blocks of documentation.
    pub docs: IndexMap<UniqueId, Doc>,
    /// Unit tests that are enabled.
    pub unit_tests: IndexMap<UniqueId, UnitTest>,
    /// Semantic models, metrics and saved queries that are enabled.
    pub semantic: IndexMap<UniqueId, SemanticNode>,
    /// Macros of all packages, built-in ones too.
    pub macros: BTreeMap<UniqueId, MacroEntry>,
    /// What is there but disabled.
    pub disabled: Disabled,
    /// Paths of the project file's config trees that configure nothing.
    pub unused_configs: Vec<UnusedConfig>,
}

/// A path in a config tree of the project file that no resource is under.
#[derive(Clone, Debug)]
pub struct UnusedConfig {
    /// The path with dots, such as `models.shop.staging`.
    pub path: String,
    /// Where its last key stands.
    pub span: Option<Span>,
}

/// Resources that their configuration disables. They are listed in artifacts, and explain a `ref` that fails.
#[derive(Debug, Default)]
pub struct Disabled {
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Sources.
    pub sources: Vec<Source>,
    /// Exposures.
    pub exposures: Vec<Exposure>,
    /// Semantic models, metrics and saved queries.
    pub semantic: Vec<SemanticNode>,
    /// Unit tests.
    pub unit_tests: Vec<UnitTest>,
}

/// A macro with what properties files say of it.
#[derive(Clone, Debug)]
pub struct MacroEntry {
    /// The macro itself.
    pub definition: MacroDefinition,
    /// Rendered description.
    pub description: String,
    /// Documented arguments.
    pub arguments: Vec<MacroArgument>,
    /// The macros that it calls, as far as they can be told from its text.
    pub depends_on_macros: Vec<UniqueId>,
    /// Free properties.
    pub meta: Map,
    /// Documentation settings.
    pub docs: DocsConfig,
    /// `package://path` of its properties file.
    pub patch_path: Option<String>,
}

/// An argument of a macro as a properties file documents it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MacroArgument {
    /// Name.
    pub name: String,
    /// Type, as written.
    pub argument_type: Option<String>,
    /// Rendered description.
    pub description: String,
}
