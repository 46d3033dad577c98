//! Compiles unit tests: the code of a model, with the rows of its inputs in the place of what it refers to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use indexmap::IndexMap;

use super::columns::ColumnFinder;
use super::compiler::{Compiled, Compiler};
use super::ephemeral::{Cte, cte_name, inject};
use super::foreign_key::ForeignKeys;
use super::resolver::NodeResolver;
use crate::adapter::{ColumnType, Session};
use crate::diagnostic::{Diagnostic, Kind, SourceFile};
use crate::manifest::{NodeLookup, SourceLookup};
use crate::parse::Reference;
use crate::resource::{
    FunctionCall, Given, Node, NodeConfig, RefCall, Relation, RelationKind, SourceCall, UniqueId, UnitTest, Value,
    dictionary,
};
use crate::template::{
    Context, Failure, FailureCause, Invocation, Memory, NodeView, Phase, ResolveError, Resolver, Template,
};

/// An input of a unit test, resolved.
struct Input<'a> {
    given: &'a Given,
    /// Name of the node or source that the rows stand for.
    name: String,
    /// Its place in the database.
    relation: Relation,
    /// Name of the expression that holds the rows.
    cte: String,
}

impl Compiler {
    /// Compiles a unit test; `session` tells the types of the inputs' columns.
    ///
    /// # Errors
    /// When an input is not known, a template fails, or the types of an input cannot be found.
    pub fn compile_unit_test(&self, test: &UnitTest, session: &Arc<Session>) -> Result<Compiled, Failure> {
        let node = test.node.as_deref().ok_or_else(|| failed("E0612", "the model of the unit test is not known"))?;
        let inputs = self.inputs(test)?;
        let this = test.tested_node.as_ref().and_then(|id| inputs.get(id)).map(|input| cte_relation(&input.cte));
        let mut used: Vec<UniqueId> = Vec::new();
        if this.is_some() {
            used.extend(test.tested_node.clone());
        }
        let resolver = Arc::new(FixtureResolver {
            inner: self.text_resolver(&test.package),
            compiler_names: names(&inputs),
            test_id: test.unique_id.clone(),
            path: test.original_file_path.clone(),
            manifest: Arc::clone(self.manifest()),
            package: test.package.clone(),
            used: Mutex::new(used),
        });
        let context = self.test_context(test, node, (this, Arc::clone(&resolver)), session);
        let template =
            Template { name: test.unique_id.to_string(), package: node.package.clone(), span: node.span.clone() };
        let sql = self.engine().render(&template, &context)?;
        let mut ctes = Vec::new();
        for id in resolver.used.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let Some(input) = inputs.get(id) else { continue };
            let sql = self.fixture(test, (id, input), session)?;
            ctes.push(Cte { id: id.clone(), name: input.cte.clone(), sql });
        }
        let (sql, segments) = inject(&test.unique_id, &sql, &ctes);
        Ok(Compiled { sql, ctes, segments, foreign_keys: ForeignKeys::default(), batch: None })
    }

    /// Finds what the inputs stand for.
    fn inputs<'a>(&self, test: &'a UnitTest) -> Result<IndexMap<UniqueId, Input<'a>>, Failure> {
        let mut inputs = IndexMap::new();
        for given in &test.given {
            let (id, input) = self.input(test, given).map_err(of_diagnostic)?;
            inputs.insert(id, input);
        }
        Ok(inputs)
    }

    fn input<'a>(&self, test: &'a UnitTest, given: &'a Given) -> Result<(UniqueId, Input<'a>), Box<Diagnostic>> {
        let manifest = self.manifest();
        let of_node = |node: &Node| {
            let relation = Relation::new(&node.database, &node.schema, &node.alias);
            let relation = node.relation.clone().unwrap_or(relation);
            let input = Input { given, name: node.name.clone(), relation, cte: cte_name(&node.alias) };
            (node.unique_id.clone(), input)
        };
        let missing = || {
            let title = format!(
                "Unit test '{}' had an input ({}) which was not found in the manifest.",
                test.name, given.input
            );
            Box::new(Diagnostic::error(Kind::Parsing, "E0613", title).at(given.input_span.clone(), ""))
        };
        if given.input.trim() == "this" {
            let tested = test.tested_node.as_ref().and_then(|id| manifest.nodes.get(id));
            return tested.map(of_node).ok_or_else(missing);
        }
        match Reference::read(&given.input, &given.input_span) {
            Some(Reference::Ref(call)) => {
                let package = call.package.as_deref();
                match manifest.find_ref(package, &call.name, call.version.as_deref(), &test.package) {
                    NodeLookup::Found(node) => Ok(of_node(node)),
                    _ => Err(missing()),
                }
            }
            Some(Reference::Source(call)) => match manifest.find_source(&call.source, &call.table, &test.package) {
                SourceLookup::Found(source) => {
                    let cte = cte_name(&format!("{}__{}", source.source_name, source.name));
                    let relation = source.relation.clone();
                    Ok((source.unique_id.clone(), Input { given, name: source.name.clone(), relation, cte }))
                }
                _ => Err(missing()),
            },
            None => {
                let title = format!(
                    "Unit test given inputs must be either a 'ref', 'source' or 'this' call. Got: '{}'.",
                    given.input
                );
                Err(Box::new(Diagnostic::error(Kind::Parsing, "E0613", title).at(given.input_span.clone(), "")))
            }
        }
    }

    /// The context that the model's code is rendered in: names mean the inputs, and what the test overrides is replaced.
    fn test_context(
        &self,
        test: &UnitTest,
        node: &Node,
        (this, resolver): (Option<Relation>, Arc<FixtureResolver>),
        session: &Arc<Session>,
    ) -> Arc<Context> {
        let mut invocation = Invocation::clone(self.invocation());
        let mut extra = BTreeMap::new();
        if let Some(overrides) = &test.overrides {
            invocation.cli_vars.extend(overrides.vars.clone());
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let variables = overrides.env_vars.iter().map(|(name, value)| (name.clone(), text(value)));
            invocation.environment.extend(variables);
            for (name, value) in &overrides.macros {
                let is_macro = self.engine().registry().find(None, name, &test.package).is_some();
                if !is_macro && !name.contains('.') {
                    extra.insert(name.clone(), value.clone());
                }
                extra.insert(format!("macro.{name}"), value.clone());
            }
        }
        let dictionary = Value::Object(dictionary::node(node, self.manifest().parents_of(&test.unique_id)));
        let view = NodeView {
            model: Arc::new(move || dictionary.clone()),
            this,
            config: node.config.clone(),
            database: node.database.clone(),
            schema: node.schema.clone(),
            batch: None,
        };
        Arc::new(Context {
            invocation: Arc::new(invocation),
            phase: Phase::Execute,
            package: test.package.clone(),
            node: Some(view),
            resolver,
            session: Some(Arc::clone(session)),
            record: Arc::default(),
            extra,
            memory: Memory::default(),
        })
    }

    /// Renders the rows of an input as a query.
    fn fixture(
        &self,
        test: &UnitTest,
        (id, input): (&UniqueId, &Input<'_>),
        session: &Arc<Session>,
    ) -> Result<String, Failure> {
        let mut extra = BTreeMap::new();
        let text = match &input.given.rows.rows {
            Value::String(sql) => sql.clone(),
            rows => {
                extra.insert("fixture_rows".to_owned(), rows.clone());
                if let Some(columns) = ColumnFinder::new(self, session).unbuilt(id, &input.relation) {
                    extra.insert("fixture_columns".to_owned(), described(&columns));
                }
                "{{ get_fixture_sql(fixture_rows, none) }}".to_owned()
            }
        };
        let file = SourceFile::new(format!("{} ({})", test.original_file_path, input.given.input), text);
        let template = Template::whole(input.name.as_str(), test.package.as_str(), &file);
        let model = serde_json::json!({
            "name": input.name, "alias": input.relation.identifier, "resource_type": "model",
            "database": input.relation.database, "schema": input.relation.schema,
            "unique_id": id.as_str(), "package_name": test.package, "original_file_path": test.original_file_path,
            "config": {"materialized": "ephemeral"},
        });
        let context = Context {
            invocation: Arc::clone(self.invocation()),
            phase: Phase::Execute,
            package: test.package.clone(),
            node: Some(NodeView {
                model: Arc::new(move || model.clone()),
                this: Some(input.relation.clone()),
                config: NodeConfig::default(),
                database: input.relation.database.clone().unwrap_or_default(),
                schema: input.relation.schema.clone().unwrap_or_default(),
                batch: None,
            }),
            resolver: self.text_resolver(&test.package),
            session: Some(Arc::clone(session)),
            record: Arc::default(),
            extra,
            memory: Memory::default(),
        };
        let mut rendered = self.engine().render(&template, &Arc::new(context));
        if let Err(failure) = &mut rendered {
            // The call is ours; what the user wrote is the input.
            for frame in failure.frames.iter_mut().filter(|frame| Arc::ptr_eq(&frame.span.file, &file)) {
                frame.span = input.given.rows.span.clone();
            }
        }
        rendered
    }
}

fn described(columns: &[ColumnType]) -> Value {
    columns.iter().map(|column| serde_json::json!({"name": column.name, "data_type": column.data_type})).collect()
}

fn names(inputs: &IndexMap<UniqueId, Input<'_>>) -> BTreeMap<UniqueId, String> {
    inputs.iter().map(|(id, input)| (id.clone(), input.cte.clone())).collect()
}

fn cte_relation(name: &str) -> Relation {
    Relation::new("", "", name).of_kind(RelationKind::Cte)
}

fn of_diagnostic(diagnostic: Box<Diagnostic>) -> Failure {
    Failure { cause: FailureCause::Resolve(diagnostic), frames: Vec::new(), help: None }
}

fn failed(code: &'static str, title: &str) -> Failure {
    of_diagnostic(Box::new(Diagnostic::error(Kind::Compilation, code, title)))
}

/// Resolves names to the inputs of a unit test, and to nothing else.
struct FixtureResolver {
    inner: Arc<NodeResolver>,
    compiler_names: BTreeMap<UniqueId, String>,
    test_id: UniqueId,
    path: String,
    manifest: Arc<crate::manifest::Manifest>,
    package: String,
    /// The inputs that were referred to, each once, in order.
    used: Mutex<Vec<UniqueId>>,
}

impl FixtureResolver {
    fn found(&self, id: &UniqueId) -> Option<Relation> {
        let name = self.compiler_names.get(id)?;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if !used.contains(id) {
            used.push(id.clone());
        }
        Some(cte_relation(name))
    }

    fn missing(&self, kind: &str, name: &str) -> ResolveError {
        let title = format!(
            "Unit_Test '{}' ({}) depends on a {kind} named '{name}' which was not found",
            self.test_id, self.path
        );
        let help = format!("give the unit test an input for it: `- input: {kind}…`, with its rows");
        let help = help.replace("node…", "ref(…)").replace("source…", "source(…)");
        Box::new(Diagnostic::error(Kind::Compilation, "E0601", title).with_help(help))
    }
}

impl Resolver for FixtureResolver {
    fn reference(&self, call: &RefCall) -> Result<Relation, ResolveError> {
        let package = call.package.as_deref();
        let found = match self.manifest.find_ref(package, &call.name, call.version.as_deref(), &self.package) {
            NodeLookup::Found(node) => self.found(&node.unique_id),
            _ => None,
        };
        found.ok_or_else(|| self.missing("node", &call.name))
    }

    fn source(&self, call: &SourceCall) -> Result<Relation, ResolveError> {
        let found = match self.manifest.find_source(&call.source, &call.table, &self.package) {
            SourceLookup::Found(source) => self.found(&source.unique_id),
            _ => None,
        };
        found.ok_or_else(|| self.missing("source", &format!("{}.{}", call.source, call.table)))
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
