//! Finds the columns of what is not built, by binding its query: nothing is run and nothing is written.

use std::sync::{Arc, Mutex, PoisonError};

use super::code::NodeCode;
use super::compiler::Compiler;
use super::ephemeral::{Cte, cte_name, inject};
use super::resolver::NodeResolver;
use crate::adapter::{ColumnType, SeedOptions, SeedSchema, Session};
use crate::manifest::{Manifest, NodeLookup, SourceLookup};
use crate::resource::{
    Detail, FunctionCall, Node, NodeConfig, RefCall, Relation, RelationKind, ResourceType, Source, SourceCall,
    UniqueId, Value, quote,
};
use crate::template::{ResolveError, Resolver};

/// Finds columns of nodes and sources.
pub(super) struct ColumnFinder<'a> {
    compiler: &'a Compiler,
    session: &'a Arc<Session>,
}

impl<'a> ColumnFinder<'a> {
    /// Makes a finder; the session binds queries.
    pub(super) fn new(compiler: &'a Compiler, session: &'a Arc<Session>) -> Self {
        Self { compiler, session }
    }

    /// Returns the columns that a node or source would have; none when it exists, where the database itself tells, and when they
    /// cannot be found.
    pub(super) fn unbuilt(&self, id: &UniqueId, relation: &Relation) -> Option<Vec<ColumnType>> {
        if exists(self.session, relation) {
            return None;
        }
        let sql = match (self.compiler.manifest().nodes.get(id), self.compiler.manifest().sources.get(id)) {
            (Some(node), _) => self.query(node)?,
            (None, Some(source)) => format!("select * from {}", of_source(source)?),
            _ => return None,
        };
        self.session.connection().describe(&sql).ok()
    }

    /// Returns a query with the columns of a node: what it refers to and is not built is taken in like an ephemeral model.
    fn query(&self, node: &Node) -> Option<String> {
        let mut ctes: Vec<Cte> = Vec::new();
        let own = self.code(node, &mut ctes, 0)?;
        Some(inject(&node.unique_id, &own, &ctes).0)
    }

    fn code(&self, node: &Node, ctes: &mut Vec<Cte>, depth: usize) -> Option<String> {
        // A project cannot have a circle here; the limit only bounds the stack.
        if depth > 200 || node.language == "python" {
            return None;
        }
        if node.resource_type == ResourceType::Seed {
            return of_seed(node);
        }
        let (context, _) = self.compiler.context(node, Some(self.session), std::collections::BTreeMap::new());
        let inner = self.compiler.text_resolver_on(&node.package, Some(self.session));
        let resolver = Arc::new(UnbuiltResolver {
            inner,
            manifest: Arc::clone(self.compiler.manifest()),
            session: Arc::clone(self.session),
            package: node.package.clone(),
            wanted: Mutex::default(),
        });
        let context = crate::template::Context {
            invocation: Arc::clone(&context.invocation),
            phase: context.phase,
            package: node.package.clone(),
            node: Arc::into_inner(context).and_then(|context| context.node),
            resolver: Arc::clone(&resolver) as Arc<dyn Resolver>,
            session: Some(Arc::clone(self.session)),
            record: Arc::default(),
            extra: std::collections::BTreeMap::new(),
            memory: crate::template::Memory::default(),
        };
        let sql = self.compiler.engine().render(&NodeCode::of(node).template, &Arc::new(context)).ok()?;
        let wanted = resolver.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for id in wanted {
            let parent = self.compiler.manifest().nodes.get(&id)?;
            if !ctes.iter().any(|cte| cte.id == id) {
                let code = self.code(parent, ctes, depth + 1)?;
                ctes.push(Cte { id, name: cte_name(&parent.alias), sql: code });
            }
        }
        Some(match node.resource_type {
            ResourceType::Snapshot => with_snapshot_columns(&sql, node),
            _ => sql,
        })
    }
}

fn exists(session: &Session, relation: &Relation) -> bool {
    let parts = (&relation.database, &relation.schema, &relation.identifier);
    let (Some(database), Some(schema), Some(identifier)) = parts else { return false };
    let known = || session.cache.relation(database, schema, identifier).is_some();
    if known() {
        return true;
    }
    if session.cache.has_schema(database, schema) {
        return false;
    }
    // A database that cannot be looked at holds nothing.
    let _ = session.fill_cache(database);
    known()
}

/// A snapshot has its own columns beside those of its query.
fn with_snapshot_columns(sql: &str, node: &Node) -> String {
    let names = node.config.map("snapshot_meta_column_names");
    let name = |key: &str| quote(names.and_then(|names| names.get(key)).and_then(Value::as_str).unwrap_or(key));
    let mut columns = vec![format!("cast(null as varchar) as {}", name("dbt_scd_id"))];
    for key in ["dbt_updated_at", "dbt_valid_from", "dbt_valid_to"] {
        columns.push(format!("cast(null as timestamp) as {}", name(key)));
    }
    format!("select *, {} from (\n{sql}\n)", columns.join(", "))
}

fn empty(columns: &[(String, String)]) -> String {
    let cast = |(name, data_type): &(String, String)| format!("cast(null as {data_type}) as {}", quote(name));
    format!("select {} where false", columns.iter().map(cast).collect::<Vec<_>>().join(", "))
}

fn of_seed(node: &Node) -> Option<String> {
    let Detail::Seed { root_path } = &node.detail else { return None };
    let path = std::path::Path::new(root_path).join(&node.original_file_path);
    let schema = SeedSchema::scan(&path, &node.original_file_path, &seed_options(&node.config)).ok()?;
    let columns: Vec<(String, String)> =
        schema.columns.iter().map(|column| (column.name.clone(), column.sql_type.clone())).collect();
    Some(empty(&columns))
}

fn seed_options(config: &NodeConfig) -> SeedOptions {
    let declared = config.map("column_types").into_iter().flatten();
    SeedOptions {
        delimiter: config.text("delimiter").map(str::to_owned),
        column_types: declared
            .filter_map(|(name, data_type)| Some((name.clone(), data_type.as_str()?.to_owned())))
            .collect(),
        ..SeedOptions::default()
    }
}

/// Returns what to select from for a source's columns: its files, or the types that its properties name.
fn of_source(source: &Source) -> Option<String> {
    if source.relation.external.is_some() {
        return Some(source.relation.render());
    }
    let columns: Option<Vec<(String, String)>> =
        source.columns.iter().map(|(name, column)| Some((name.clone(), column.data_type.clone()?))).collect();
    let columns = columns.filter(|columns| !columns.is_empty())?;
    Some(format!("({})", empty(&columns)))
}

/// Resolves names so that a query can be bound although its parents are not built.
struct UnbuiltResolver {
    inner: Arc<NodeResolver>,
    manifest: Arc<Manifest>,
    session: Arc<Session>,
    package: String,
    wanted: Mutex<Vec<UniqueId>>,
}

impl Resolver for UnbuiltResolver {
    fn reference(&self, call: &RefCall) -> Result<Relation, ResolveError> {
        let package = call.package.as_deref();
        let NodeLookup::Found(node) =
            self.manifest.find_ref(package, &call.name, call.version.as_deref(), &self.package)
        else {
            return self.inner.reference(call);
        };
        let is_built = node.relation.as_ref().is_some_and(|relation| exists(&self.session, relation));
        if is_built && !node.is_ephemeral() {
            return self.inner.reference(call);
        }
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if !wanted.contains(&node.unique_id) {
            wanted.push(node.unique_id.clone());
        }
        Ok(Relation::new(&node.database, &node.schema, cte_name(&node.alias)).of_kind(RelationKind::Cte))
    }

    fn source(&self, call: &SourceCall) -> Result<Relation, ResolveError> {
        if let SourceLookup::Found(source) = self.manifest.find_source(&call.source, &call.table, &self.package)
            && !exists(&self.session, &source.relation)
            && let Some(external) = of_source(source)
        {
            let mut relation = source.relation.clone();
            relation.external = Some(external);
            return Ok(relation);
        }
        self.inner.source(call)
    }

    fn function(&self, call: &FunctionCall) -> Result<Relation, ResolveError> {
        self.inner.function(call)
    }

    fn doc(&self, package: Option<&str>, name: &str) -> Result<String, ResolveError> {
        self.inner.doc(package, name)
    }

    fn graph(&self) -> Value {
        self.inner.graph()
    }

    fn selected_resources(&self) -> Vec<String> {
        self.inner.selected_resources()
    }
}
