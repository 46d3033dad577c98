//! What `ref` and `source` mean while a node is compiled or run.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use indexmap::IndexMap;

use super::ephemeral::cte_name;
use crate::adapter::Session;
use crate::diagnostic::{Diagnostic, Kind, SourceFile, Span};
use crate::manifest::{Manifest, MetricLookup, NodeLookup, SourceLookup};
use crate::parse::{Reference, plugin_source};
use crate::resource::{
    Batch, Column, EventWindow, FunctionCall, Map, MetricCall, Node, RefCall, Relation, RelationKind, ResourceType,
    SemanticNode, Source, SourceCall, UniqueId, Value, dictionary, quote,
};
use crate::state::Deferral;
use crate::template::{ResolveError, Resolver};

/// Which rows refs and sources read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// None at all: `--empty`.
    pub are_none: bool,
    /// Those in a window of event time: `--sample`.
    pub sample: Option<EventWindow>,
}

/// Resolves the names that one node calls.
pub struct NodeResolver {
    manifest: Arc<Manifest>,
    /// The node; none for inline SQL and operations, which may refer to anything.
    node: Option<UniqueId>,
    package: String,
    limit: Option<u64>,
    /// The event time that is read of what has one.
    window: Option<EventWindow>,
    selected: Arc<Vec<String>>,
    /// Ephemeral models that were referred to, each once, in order.
    ephemeral: Mutex<Vec<UniqueId>>,
    deferred: Option<Deferred>,
    /// Through which plugins load sources; without, nothing is loaded.
    session: Option<Arc<Session>>,
}

/// Where refs to what does not exist in the target are deferred to.
struct Deferred {
    deferral: Arc<Deferral>,
    /// Knows what exists; without, nothing does.
    session: Option<Arc<Session>>,
}

impl NodeResolver {
    /// Makes a resolver for a node, or for one batch of it.
    pub fn for_node(
        manifest: &Arc<Manifest>,
        (node, batch): (&Node, Option<&Batch>),
        rows: Rows,
        selected: &Arc<Vec<String>>,
    ) -> Self {
        let window = match (batch.map(|batch| batch.window), rows.sample) {
            (Some(batch), Some(sample)) => Some(sample.within(batch)),
            (batch, sample) => batch.or(sample),
        };
        Self {
            manifest: Arc::clone(manifest),
            node: Some(node.unique_id.clone()),
            package: node.package.clone(),
            limit: rows.are_none.then_some(0),
            // As in dbt, tests and hooks read everything.
            window: window.filter(|_| matches!(node.resource_type, ResourceType::Model | ResourceType::Snapshot)),
            selected: Arc::clone(selected),
            ephemeral: Mutex::default(),
            deferred: None,
            session: None,
        }
    }

    /// Makes a resolver for a text that is no node.
    pub fn for_text(manifest: &Arc<Manifest>, package: &str, selected: &Arc<Vec<String>>) -> Self {
        Self {
            manifest: Arc::clone(manifest),
            node: None,
            package: package.to_owned(),
            limit: None,
            window: None,
            selected: Arc::clone(selected),
            ephemeral: Mutex::default(),
            deferred: None,
            session: None,
        }
    }

    /// Returns the resolver with refs deferred to another state; `session` knows what exists in the target.
    pub fn deferring(mut self, deferral: Option<&Arc<Deferral>>, session: Option<&Arc<Session>>) -> Self {
        self.deferred = deferral.map(|deferral| Deferred { deferral: Arc::clone(deferral), session: session.cloned() });
        self.session = session.cloned();
        self
    }

    /// Has the plugin of a source load it, when it has one.
    fn load(&self, source: &Source) -> Result<(), ResolveError> {
        let (Some(session), Some((plugin, facts))) = (&self.session, plugin_source(source)) else { return Ok(()) };
        session.connection().load_source(&plugin, &facts).map_err(|error| {
            let mut diagnostic = Diagnostic::error(Kind::Compilation, "E0605", error.message.clone()).with_help(
                format!("a plugin of the profile loads the source `{}.{}`", source.source_name, source.name),
            );
            for help in error.help {
                diagnostic = diagnostic.with_help(help);
            }
            Box::new(diagnostic)
        })
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
            let cte = Relation::new(&node.database, &node.schema, cte_name(&node.alias)).of_kind(RelationKind::Cte);
            return self.narrowed(cte, node.config.text("event_time"), &node.columns);
        }
        if let Some(other) = self.deferred.as_ref().and_then(|deferred| self.elsewhere(deferred, node)) {
            return self.narrowed(other, node.config.text("event_time"), &node.columns);
        }
        let relation = node.relation.clone();
        let relation = relation.unwrap_or_else(|| Relation::new(&node.database, &node.schema, &node.alias));
        self.narrowed(relation, node.config.text("event_time"), &node.columns)
    }

    fn elsewhere(&self, deferred: &Deferred, node: &Node) -> Option<Relation> {
        let is_selected = self.selected.iter().any(|id| id == node.unique_id.as_str());
        let exists = || {
            let session = deferred.session.as_ref();
            session.is_some_and(|session| session.cache.relation(&node.database, &node.schema, &node.alias).is_some())
        };
        deferred.deferral.instead(&node.unique_id, is_selected, exists).cloned()
    }

    /// Makes a relation one of which only the rows are read that this run may see.
    fn narrowed(
        &self,
        mut relation: Relation,
        event_time: Option<&str>,
        columns: &IndexMap<String, Column>,
    ) -> Relation {
        relation.limit = self.limit;
        if let (Some(window), Some(name)) = (self.window, event_time) {
            let is_quoted = columns.values().any(|column| column.name == name && column.quote == Some(true));
            let name = if is_quoted { quote(name) } else { name.to_owned() };
            let (start, end) = (sql_moment(window.start), sql_moment(window.end));
            relation.filter = Some(format!("{name} >= '{start}' and {name} < '{end}'"));
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

    /// What is wrong with a name, told of the node that names it.
    fn told(&self, problem: &str) -> String {
        let node = self.node.as_ref().and_then(|id| self.manifest.nodes.get(id));
        node.map_or_else(
            || problem.to_owned(),
            |node| {
                let kind = node.resource_type.as_str();
                let (first, rest) = kind.split_at(kind.len().min(1));
                format!("{}{rest} '{}' ({}) {problem}", first.to_uppercase(), node.unique_id, node.original_file_path)
            },
        )
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
            format!("dbt was unable to infer all dependencies for the model \"{name}\"."),
        )
        .with_note(format!(
            "This typically happens when ref() is placed within a conditional block: `ref('{}')` was not reached while the \
             project was read",
            call.name
        ))
        .with_help(format!(
            "To fix this, add the following hint to the top of the model \"{name}\": -- depends_on: {{{{ ref('{}') }}}}",
            call.name
        ));
        Some(Box::new(at_call(diagnostic, call.span.as_ref())))
    }
}

/// Returns a moment as it stands in the conditions on event time: as Python writes it.
fn sql_moment(moment: DateTime<Utc>) -> String {
    let format =
        if moment.timestamp_subsec_micros() == 0 { "%Y-%m-%d %H:%M:%S+00:00" } else { "%Y-%m-%d %H:%M:%S%.6f+00:00" };
    moment.format(format).to_string()
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
            NodeLookup::Missing => match &call.version {
                Some(version) => {
                    format!("depends on a node named '{}' with version '{version}' which was not found", call.name)
                }
                None => format!("depends on a node named '{}' which was not found", call.name),
            },
        };
        let problem = self.told(&problem);
        let names = self.manifest.nodes.values().filter(|node| node.resource_type.is_refable());
        let diagnostic = Diagnostic::error(Kind::Compilation, "E0601", problem)
            .with_nearest(&call.name, names.map(|node| node.name.as_str()));
        Err(Box::new(at_call(diagnostic, call.span.as_ref())))
    }

    fn source(&self, call: &SourceCall) -> Result<Relation, ResolveError> {
        let name = format!("{}.{}", call.source, call.table);
        let problem = match self.manifest.find_source(&call.source, &call.table, &self.package) {
            SourceLookup::Found(source) => {
                self.load(source)?;
                let event_time = source.config.text("event_time");
                return Ok(self.narrowed(source.relation.clone(), event_time, &source.columns));
            }
            SourceLookup::Disabled(_) => format!("depends on a source named '{name}' which is disabled"),
            SourceLookup::Missing => format!("depends on a source named '{name}' which was not found"),
        };
        let problem = self.told(&problem);
        let names: Vec<String> =
            self.manifest.sources.values().map(|source| format!("{}.{}", source.source_name, source.name)).collect();
        let diagnostic = Diagnostic::error(Kind::Compilation, "E0602", problem)
            .with_nearest(&name, names.iter().map(String::as_str));
        Err(Box::new(at_call(diagnostic, call.span.as_ref())))
    }

    fn function(&self, call: &FunctionCall) -> Result<Relation, ResolveError> {
        let problem = match self.manifest.find_function(call, &self.package) {
            NodeLookup::Found(node) => {
                let elsewhere = self.deferred.as_ref().and_then(|deferred| self.elsewhere(deferred, node));
                return Ok(elsewhere.unwrap_or_else(|| Relation::new(&node.database, &node.schema, &node.alias)));
            }
            NodeLookup::Disabled(_) => format!("depends on a function named '{}' which is disabled", call.name),
            NodeLookup::Missing => format!("depends on a function named '{}' which was not found", call.name),
        };
        let problem = self.told(&problem);
        let names = self.manifest.functions().map(|node| node.name.as_str());
        let diagnostic = Diagnostic::error(Kind::Compilation, "E0601", problem).with_nearest(&call.name, names);
        Err(Box::new(at_call(diagnostic, call.span.as_ref())))
    }

    fn metric(&self, call: &MetricCall) -> Result<Map, ResolveError> {
        if let MetricLookup::Found(metric) = self.manifest.find_metric(call, &self.package) {
            let dictionary = dictionary::semantic(metric, self.manifest.parents_of(&metric.unique_id));
            return Ok(dictionary.as_object().cloned().unwrap_or_default());
        }
        let title = self.told(&format!("depends on a metric named '{}' which was not found or is disabled", call.name));
        Err(Box::new(Diagnostic::error(Kind::Compilation, "E0601", title)))
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
        let entry = |node: &Node| {
            let dictionary = dictionary::node(node, manifest.parents_of(&node.unique_id));
            (node.unique_id.to_string(), Value::Object(dictionary))
        };
        let (functions, nodes): (Vec<&Node>, Vec<&Node>) =
            manifest.nodes.values().partition(|node| node.resource_type == ResourceType::Function);
        let sources =
            manifest.sources.values().map(|source| (source.unique_id.to_string(), dictionary::source(source)));
        let exposures = manifest.exposures.values().map(|exposure| {
            let parents = manifest.parents_of(&exposure.unique_id);
            (exposure.unique_id.to_string(), dictionary::exposure(exposure, parents))
        });
        let groups = manifest.groups.values().map(|group| (group.unique_id.to_string(), dictionary::group(group)));
        let semantic = |kind: ResourceType| {
            let entry = |node: &SemanticNode| {
                (node.unique_id.to_string(), dictionary::semantic(node, manifest.parents_of(&node.unique_id)))
            };
            Value::Object(manifest.semantic_of(kind).map(entry).collect())
        };
        serde_json::json!({
            "exposures": Value::Object(exposures.collect()),
            "groups": Value::Object(groups.collect()),
            "metrics": semantic(ResourceType::Metric),
            "nodes": Value::Object(nodes.into_iter().map(entry).collect()),
            "sources": Value::Object(sources.collect()),
            "semantic_models": semantic(ResourceType::SemanticModel),
            "saved_queries": semantic(ResourceType::SavedQuery),
            "functions": Value::Object(functions.into_iter().map(entry).collect()),
        })
    }

    fn selected_resources(&self) -> Vec<String> {
        self.selected.as_ref().clone()
    }

    fn defer_relation(&self) -> Option<Relation> {
        self.deferred.as_ref()?.deferral.relation(self.node.as_ref()?).cloned()
    }
}
