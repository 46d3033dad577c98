//! What `ref` and `source` mean while a node is compiled or run.

use std::sync::{Arc, Mutex, PoisonError};

use super::ephemeral::cte_name;
use crate::adapter::Session;
use crate::diagnostic::{Diagnostic, Kind, SourceFile, Span};
use crate::manifest::{Manifest, NodeLookup, SourceLookup};
use crate::parse::Reference;
use crate::resource::{Node, RefCall, Relation, RelationKind, SourceCall, UniqueId, Value, dictionary};
use crate::state::Deferral;
use crate::template::{ResolveError, Resolver};

/// Whether refs and sources read rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// All of them.
    All,
    /// None: `--empty`.
    None,
}

/// Resolves the names that one node calls.
pub struct NodeResolver {
    manifest: Arc<Manifest>,
    /// The node; none for inline SQL and operations, which may refer to anything.
    node: Option<UniqueId>,
    package: String,
    rows: Rows,
    selected: Arc<Vec<String>>,
    /// Ephemeral models that were referred to, each once, in order.
    ephemeral: Mutex<Vec<UniqueId>>,
    deferred: Option<Deferred>,
}

/// Where refs to what does not exist in the target are deferred to.
struct Deferred {
    deferral: Arc<Deferral>,
    /// Knows what exists; without, nothing does.
    session: Option<Arc<Session>>,
}

impl NodeResolver {
    /// Makes a resolver for a node.
    pub fn for_node(manifest: &Arc<Manifest>, node: &Node, rows: Rows, selected: &Arc<Vec<String>>) -> Self {
        Self {
            manifest: Arc::clone(manifest),
            node: Some(node.unique_id.clone()),
            package: node.package.clone(),
            rows,
            selected: Arc::clone(selected),
            ephemeral: Mutex::default(),
            deferred: None,
        }
    }

    /// Makes a resolver for a text that is no node.
    pub fn for_text(manifest: &Arc<Manifest>, package: &str, selected: &Arc<Vec<String>>) -> Self {
        Self {
            manifest: Arc::clone(manifest),
            node: None,
            package: package.to_owned(),
            rows: Rows::All,
            selected: Arc::clone(selected),
            ephemeral: Mutex::default(),
            deferred: None,
        }
    }

    /// Returns the resolver with refs deferred to another state; `session` knows what exists in the target.
    pub fn deferring(mut self, deferral: Option<&Arc<Deferral>>, session: Option<&Arc<Session>>) -> Self {
        self.deferred = deferral.map(|deferral| Deferred { deferral: Arc::clone(deferral), session: session.cloned() });
        self
    }

    /// Returns the package whose names win.
    pub fn package(&self) -> &str {
        &self.package
    }

    /// Returns the ephemeral models that were referred to so far.
    pub fn ephemeral(&self) -> Vec<UniqueId> {
        self.ephemeral.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn relation(&self, node: &Node) -> Relation {
        if node.is_ephemeral() {
            let mut ephemeral = self.ephemeral.lock().unwrap_or_else(PoisonError::into_inner);
            if !ephemeral.contains(&node.unique_id) {
                ephemeral.push(node.unique_id.clone());
            }
            return Relation::new(&node.database, &node.schema, cte_name(&node.alias)).of_kind(RelationKind::Cte);
        }
        if let Some(other) = self.deferred.as_ref().and_then(|deferred| self.elsewhere(deferred, node)) {
            return self.limited(other);
        }
        let relation = node.relation.clone();
        self.limited(relation.unwrap_or_else(|| Relation::new(&node.database, &node.schema, &node.alias)))
    }

    fn elsewhere(&self, deferred: &Deferred, node: &Node) -> Option<Relation> {
        let is_selected = self.selected.iter().any(|id| id == node.unique_id.as_str());
        let exists = || {
            let session = deferred.session.as_ref();
            session.is_some_and(|session| session.cache.relation(&node.database, &node.schema, &node.alias).is_some())
        };
        deferred.deferral.instead(&node.unique_id, is_selected, exists).cloned()
    }

    fn limited(&self, mut relation: Relation) -> Relation {
        if self.rows == Rows::None {
            relation.external = Some(format!("(select * from {} where false limit 0)", relation.render()));
        }
        relation
    }

    /// Returns the name in the database of what a text such as `ref('a')` or `source('a', 'b')` refers to.
    pub fn relation_name(&self, text: &str) -> Option<String> {
        let nowhere = Span::new(&SourceFile::new("", ""), 0..0);
        match Reference::read(text, &nowhere)? {
            Reference::Ref(call) => {
                let package = call.package.as_deref();
                match self.manifest.find_ref(package, &call.name, call.version.as_deref(), &self.package) {
                    NodeLookup::Found(node) => {
                        let deferred = self.deferred.as_ref();
                        let elsewhere = deferred.and_then(|deferred| deferred.deferral.relation(&node.unique_id));
                        elsewhere.or(node.relation.as_ref()).map(Relation::render)
                    }
                    _ => None,
                }
            }
            Reference::Source(call) => match self.manifest.find_source(&call.source, &call.table, &self.package) {
                SourceLookup::Found(source) => Some(source.relation.render()),
                _ => None,
            },
        }
    }

    /// A name that only the second render came upon: parsing did not see it, so the order of the nodes is not sure.
    fn unseen(&self, call: &RefCall, found: &Node) -> Option<ResolveError> {
        let node = self.node.as_ref()?;
        if *node == found.unique_id || self.manifest.parents_of(node).contains(&found.unique_id) {
            return None;
        }
        let name = node.as_str().rsplit('.').next().unwrap_or_default();
        let diagnostic = Diagnostic::error(
            Kind::Compilation,
            "E0603",
            format!("dbt was unable to infer all dependencies for the model \"{name}\""),
        )
        .with_note(format!(
            "`ref('{}')` was not reached while the project was read: it stands in a conditional block",
            call.name
        ))
        .with_help(format!("add this line to the top of the model: -- depends_on: {{{{ ref('{}') }}}}", call.name));
        Some(Box::new(at_call(diagnostic, call.span.as_ref())))
    }
}

fn at_call(diagnostic: Diagnostic, span: Option<&crate::diagnostic::Span>) -> Diagnostic {
    match span {
        Some(span) => diagnostic.at(span.clone(), ""),
        None => diagnostic,
    }
}

impl Resolver for NodeResolver {
    fn reference(&self, call: &RefCall) -> Result<Relation, ResolveError> {
        let found = self.manifest.find_ref(call.package.as_deref(), &call.name, call.version.as_deref(), &self.package);
        let problem = match found {
            NodeLookup::Found(node) => {
                return match self.unseen(call, node) {
                    Some(problem) => Err(problem),
                    None => Ok(self.relation(node)),
                };
            }
            NodeLookup::Disabled(node) => format!("depends on a node named '{}' which is disabled", node.search_name()),
            NodeLookup::Missing => format!("depends on a node named '{}' which was not found", call.name),
        };
        let names = self.manifest.nodes.values().filter(|node| node.resource_type.is_refable());
        let diagnostic = Diagnostic::error(Kind::Compilation, "E0601", problem)
            .with_nearest(&call.name, names.map(|node| node.name.as_str()));
        Err(Box::new(at_call(diagnostic, call.span.as_ref())))
    }

    fn source(&self, call: &SourceCall) -> Result<Relation, ResolveError> {
        let name = format!("{}.{}", call.source, call.table);
        let problem = match self.manifest.find_source(&call.source, &call.table, &self.package) {
            SourceLookup::Found(source) => return Ok(self.limited(source.relation.clone())),
            SourceLookup::Disabled(_) => format!("depends on a source named '{name}' which is disabled"),
            SourceLookup::Missing => format!("depends on a source named '{name}' which was not found"),
        };
        let names: Vec<String> =
            self.manifest.sources.values().map(|source| format!("{}.{}", source.source_name, source.name)).collect();
        let diagnostic = Diagnostic::error(Kind::Compilation, "E0602", problem)
            .with_nearest(&name, names.iter().map(String::as_str));
        Err(Box::new(at_call(diagnostic, call.span.as_ref())))
    }

    fn doc(&self, package: Option<&str>, name: &str) -> Result<String, ResolveError> {
        match self.manifest.find_doc(package, name, &self.package) {
            Some(doc) => Ok(doc.block_contents.clone()),
            None => Err(Box::new(Diagnostic::error(
                Kind::Compilation,
                "E0604",
                format!("documentation for `{name}` was not found"),
            ))),
        }
    }

    fn graph(&self) -> Value {
        let manifest = &self.manifest;
        let nodes = manifest.nodes.values().map(|node| {
            let dictionary = dictionary::node(node, manifest.parents_of(&node.unique_id));
            (node.unique_id.to_string(), Value::Object(dictionary))
        });
        let sources =
            manifest.sources.values().map(|source| (source.unique_id.to_string(), dictionary::source(source)));
        let exposures = manifest.exposures.values().map(|exposure| {
            let parents = manifest.parents_of(&exposure.unique_id);
            (exposure.unique_id.to_string(), dictionary::exposure(exposure, parents))
        });
        let groups = manifest.groups.values().map(|group| (group.unique_id.to_string(), dictionary::group(group)));
        serde_json::json!({
            "exposures": Value::Object(exposures.collect()),
            "groups": Value::Object(groups.collect()),
            "metrics": {},
            "nodes": Value::Object(nodes.collect()),
            "sources": Value::Object(sources.collect()),
            "semantic_models": {},
            "saved_queries": {},
            "functions": {},
        })
    }

    fn selected_resources(&self) -> Vec<String> {
        self.selected.as_ref().clone()
    }

    fn defer_relation(&self) -> Option<Relation> {
        self.deferred.as_ref()?.deferral.relation(self.node.as_ref()?).cloned()
    }
}
