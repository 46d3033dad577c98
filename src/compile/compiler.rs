//! Renders nodes into statements.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::code::NodeCode;
use super::comment::CommentSetting;
use super::ephemeral::{Cte, Segment, cte_name, inject};
use super::foreign_key::ForeignKeys;
use super::resolver::{NodeResolver, Rows};
use crate::adapter::Session;
use crate::diagnostic::SourceFile;
use crate::manifest::Manifest;
use crate::resource::{Batch, Node, Relation, ResourceType, UniqueId, Value, dictionary};
use crate::state::Deferral;
use crate::template::{Context, Engine, Failure, Invocation, Memory, NodeView, Phase, Record, Template};

/// What a compiler is made of.
pub struct CompilerParts {
    /// Renders templates.
    pub engine: Arc<Engine>,
    /// The project.
    pub manifest: Arc<Manifest>,
    /// What all templates share.
    pub invocation: Arc<Invocation>,
    /// The ids that the command selected, for `selected_resources`.
    pub selected: Vec<String>,
    /// Which rows refs and sources read.
    pub rows: Rows,
    /// Where refs are deferred to.
    pub deferral: Option<Arc<Deferral>>,
    /// The comment on each statement.
    pub comment: CommentSetting,
}

/// Turns nodes into statements; shared by all worker threads.
pub struct Compiler {
    engine: Arc<Engine>,
    manifest: Arc<Manifest>,
    invocation: Arc<Invocation>,
    selected: Arc<Vec<String>>,
    rows: Rows,
    deferral: Option<Arc<Deferral>>,
    comment: CommentSetting,
    /// Ephemeral models that were rendered already.
    ephemeral: Mutex<HashMap<UniqueId, Arc<Rendered>>>,
    /// Nodes that could not be compiled because of an ephemeral model, with that model.
    broken: Mutex<HashMap<UniqueId, UniqueId>>,
}

/// The rendered code of a node, and the ephemeral models it refers to.
#[derive(Debug)]
struct Rendered {
    sql: String,
    ephemeral: Vec<UniqueId>,
}

/// A compiled node.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The statement.
    pub sql: String,
    /// The ephemeral models in it, in order.
    pub ctes: Vec<Cte>,
    /// Which part of the statement is whose code.
    pub segments: Vec<Segment>,
    /// What its foreign keys refer to.
    pub foreign_keys: ForeignKeys,
    /// The batch that it computes.
    pub batch: Option<Batch>,
}

impl Compiled {
    /// Takes SQL that has no templates and is no node.
    pub fn plain(sql: &str) -> Self {
        Self {
            sql: sql.to_owned(),
            ctes: Vec::new(),
            segments: Vec::new(),
            foreign_keys: ForeignKeys::default(),
            batch: None,
        }
    }
}

impl Compiler {
    /// Makes a compiler.
    pub fn new(parts: CompilerParts) -> Self {
        Self {
            engine: parts.engine,
            manifest: parts.manifest,
            invocation: parts.invocation,
            selected: Arc::new(parts.selected),
            rows: parts.rows,
            deferral: parts.deferral,
            comment: parts.comment,
            ephemeral: Mutex::default(),
            broken: Mutex::default(),
        }
    }

    /// Returns the engine that renders.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// Returns the project.
    pub fn manifest(&self) -> &Arc<Manifest> {
        &self.manifest
    }

    /// Returns where refs are deferred to.
    pub fn deferral(&self) -> Option<&Arc<Deferral>> {
        self.deferral.as_ref()
    }

    /// Returns what all templates share.
    pub fn invocation(&self) -> &Arc<Invocation> {
        &self.invocation
    }

    /// Returns what the project says about comments on statements.
    pub(super) fn comment_setting(&self) -> &CommentSetting {
        &self.comment
    }

    /// Returns the ids that the command selected.
    pub fn selected(&self) -> &[String] {
        &self.selected
    }

    /// Compiles a node; `session` lets its templates query the database.
    ///
    /// # Errors
    /// When a template fails, its own or that of an ephemeral model that it takes in.
    pub fn compile(&self, node: &Node, session: Option<&Arc<Session>>) -> Result<Compiled, Failure> {
        self.compile_batch(node, None, session)
    }

    /// Compiles a node so that it computes one batch.
    ///
    /// # Errors
    /// When a template fails, its own or that of an ephemeral model that it takes in.
    pub fn compile_batch(
        &self,
        node: &Node,
        batch: Option<&Batch>,
        session: Option<&Arc<Session>>,
    ) -> Result<Compiled, Failure> {
        if node.language == "python" && node.resource_type != ResourceType::Function {
            // Braces are Python's own there.
            return Ok(Compiled::plain(&node.raw_code));
        }
        let rendered = self.render(node, batch, session)?;
        if self.invocation.flags.get("INJECT_EPHEMERAL_CTES") == Some(&false.into()) {
            return Ok(Compiled::plain(&rendered.sql));
        }
        let ctes = self.ctes(&rendered.ephemeral, session).map_err(|(cause, failure)| {
            let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
            broken.insert(node.unique_id.clone(), cause);
            failure
        })?;
        let (sql, segments) = inject(&node.unique_id, &rendered.sql, &ctes);
        let foreign_keys =
            ForeignKeys::of(node, &self.resolver(node, batch).deferring(self.deferral.as_ref(), session));
        Ok(Compiled { sql, ctes, segments, foreign_keys, batch: batch.copied() })
    }

    /// Returns the ephemeral model for whose sake a node could not be compiled.
    pub fn broken_ephemeral(&self, id: &UniqueId) -> Option<UniqueId> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Compiles SQL with templates that is no node.
    ///
    /// # Errors
    /// When a template fails.
    pub fn compile_text(&self, file: &Arc<SourceFile>, session: Option<&Arc<Session>>) -> Result<Compiled, Failure> {
        let package = &self.manifest.project_name;
        let resolver = self.text_resolver_on(package, session);
        let template = Template::whole(file.path.as_str(), package.as_str(), file);
        let context = self.text_context(&resolver, session, BTreeMap::new());
        let sql = self.engine.render(&template, &context)?;
        let ctes = self.ctes(&resolver.ephemeral(), session).map_err(|(_, failure)| failure)?;
        let id = UniqueId::new(ResourceType::SqlOperation, package, "inline_query");
        let (sql, segments) = inject(&id, &sql, &ctes);
        Ok(Compiled { sql, ctes, segments, foreign_keys: ForeignKeys::default(), batch: None })
    }

    /// Returns the context of a text that is no node: inline SQL, a hook of the project, an operation. `extra` are further names.
    pub fn text_context(
        &self,
        resolver: &Arc<NodeResolver>,
        session: Option<&Arc<Session>>,
        extra: BTreeMap<String, Value>,
    ) -> Arc<Context> {
        Arc::new(Context {
            invocation: Arc::clone(&self.invocation),
            phase: Phase::Execute,
            package: resolver.package().to_owned(),
            node: None,
            resolver: Arc::clone(resolver) as Arc<dyn crate::template::Resolver>,
            session: session.cloned(),
            record: Arc::default(),
            extra,
            memory: Memory::default(),
        })
    }

    /// Returns a resolver for texts of a package that are no nodes.
    pub fn text_resolver(&self, package: &str) -> Arc<NodeResolver> {
        Arc::new(NodeResolver::for_text(&self.manifest, package, &self.selected))
    }

    /// Returns such a resolver that defers refs; `session` knows what exists in the target.
    pub fn text_resolver_on(&self, package: &str, session: Option<&Arc<Session>>) -> Arc<NodeResolver> {
        let resolver = NodeResolver::for_text(&self.manifest, package, &self.selected);
        Arc::new(resolver.deferring(self.deferral.as_ref(), session))
    }

    /// Returns the context in which a node is compiled and run, with the resolver that it uses; `extra` are further names.
    pub fn context(
        &self,
        node: &Node,
        session: Option<&Arc<Session>>,
        extra: BTreeMap<String, Value>,
    ) -> (Arc<Context>, Arc<NodeResolver>) {
        self.batch_context(node, None, session, extra)
    }

    /// Returns the context in which one batch of a node is compiled and run.
    pub fn batch_context(
        &self,
        node: &Node,
        batch: Option<&Batch>,
        session: Option<&Arc<Session>>,
        extra: BTreeMap<String, Value>,
    ) -> (Arc<Context>, Arc<NodeResolver>) {
        let resolver = Arc::new(self.resolver(node, batch).deferring(self.deferral.as_ref(), session));
        let context = Context {
            invocation: Arc::clone(&self.invocation),
            phase: Phase::Execute,
            package: node.package.clone(),
            node: Some(NodeView { batch: batch.copied(), ..self.view(node, &resolver, extra.get("compiled_code")) }),
            resolver: Arc::clone(&resolver) as Arc<dyn crate::template::Resolver>,
            session: session.cloned(),
            record: Arc::new(Mutex::new(Record::default())),
            extra,
            memory: Memory::default(),
        };
        (Arc::new(context), resolver)
    }

    fn resolver(&self, node: &Node, batch: Option<&Batch>) -> NodeResolver {
        NodeResolver::for_node(&self.manifest, (node, batch), self.rows, &self.selected)
    }

    fn view(&self, node: &Node, resolver: &NodeResolver, compiled: Option<&Value>) -> NodeView {
        let foreign_keys = ForeignKeys::of(node, resolver);
        let manifest = Arc::clone(&self.manifest);
        let id = node.unique_id.clone();
        let compiled = compiled.cloned();
        let model = move || {
            let Some(node) = manifest.runnable(&id) else { return Value::Null };
            let mut map = dictionary::node(node, manifest.parents_of(&id));
            foreign_keys.fill(&mut map);
            if let Some(code) = &compiled {
                map.insert("compiled".into(), true.into());
                map.insert("compiled_code".into(), code.clone());
                map.insert("compiled_sql".into(), code.clone());
            }
            Value::Object(map)
        };
        NodeView {
            model: Arc::new(model),
            this: Some(node.relation.clone().unwrap_or_else(|| self.name_of(node))),
            config: node.config.clone(),
            database: node.database.clone(),
            schema: node.schema.clone(),
            batch: None,
        }
    }

    /// Returns the name that a node without a relation of its own would have, which is what `this` is in ephemeral models and tests.
    fn name_of(&self, node: &Node) -> Relation {
        Relation { quote: self.invocation.quoting, ..Relation::new(&node.database, &node.schema, &node.alias) }
    }

    fn render(&self, node: &Node, batch: Option<&Batch>, session: Option<&Arc<Session>>) -> Result<Rendered, Failure> {
        let (context, resolver) = self.batch_context(node, batch, session, BTreeMap::new());
        let code = NodeCode::of(node);
        let sql = self.engine.render(&code.template, &context).map_err(|failure| code.placed(failure))?;
        Ok(Rendered { sql, ephemeral: resolver.ephemeral() })
    }

    /// Returns the expressions of ephemeral models, each after those that it refers to itself.
    fn ctes(&self, wanted: &[UniqueId], session: Option<&Arc<Session>>) -> Result<Vec<Cte>, (UniqueId, Failure)> {
        let mut ctes: Vec<Cte> = Vec::new();
        // Depth first without recursion: a node is put in when it comes up again after its own ephemeral parents.
        let mut open: Vec<(UniqueId, bool)> = wanted.iter().rev().map(|id| (id.clone(), false)).collect();
        while let Some((id, parents_are_in)) = open.pop() {
            if ctes.iter().any(|cte| cte.id == id) {
                continue;
            }
            let Some(node) = self.manifest.nodes.get(&id) else { continue };
            let rendered = self.ephemeral(node, session).map_err(|failure| (id.clone(), failure))?;
            if parents_are_in || rendered.ephemeral.is_empty() {
                ctes.push(Cte { id, name: cte_name(&node.alias), sql: rendered.sql.clone() });
            } else {
                open.push((id, true));
                open.extend(rendered.ephemeral.iter().rev().map(|parent| (parent.clone(), false)));
            }
        }
        Ok(ctes)
    }

    fn ephemeral(&self, node: &Node, session: Option<&Arc<Session>>) -> Result<Arc<Rendered>, Failure> {
        let known = |compiler: &Self| {
            let rendered = compiler.ephemeral.lock().unwrap_or_else(PoisonError::into_inner);
            rendered.get(&node.unique_id).cloned()
        };
        if let Some(rendered) = known(self) {
            return Ok(rendered);
        }
        let rendered = Arc::new(self.render(node, None, session)?);
        let mut all = self.ephemeral.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(node.unique_id.clone(), Arc::clone(&rendered));
        Ok(rendered)
    }
}
