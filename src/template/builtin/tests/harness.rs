//! A project of one node over a database in memory, which writes down the statements that it is given.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::DateTime;
use serde_json::json;

use crate::adapter::duckdb::DuckdbAdapter;
use crate::adapter::{Adapter, Datum, QueryRecord, RelationCache, Session};
use crate::diagnostic::SourceFile;
use crate::resource::{
    DuckdbTarget, Map, NodeConfig, QuotePolicy, RefCall, Relation, SourceCall, UniqueId, Value as Plain,
};
use crate::template::context::{Context, Invocation, Memory, NodeView, Phase, Record, ResolveError, Resolver};
use crate::template::{Arguments, Engine, EngineOptions, Failure, Registry, builtin};

/// Makes an engine of the built-in macros and those of a project `shop`.
pub fn engine(macros: &str) -> Arc<Engine> {
    let mut registry = Registry::new();
    let mut add = |package: &str, path: &str, text: &str| {
        let file = SourceFile::new(format!("{package}/{path}"), text);
        registry.add_file(package, path, &file).expect("the macros are well formed");
    };
    add("shop", "macros/own.sql", macros);
    for file in builtin::FILES {
        add(file.package, file.path, file.text);
    }
    let options = EngineOptions {
        root_package: "shop".to_owned(),
        internal_packages: vec!["dbt_duckdb".to_owned(), "dbt".to_owned()],
        dispatch: Vec::new(),
        adapter_type: "duckdb",
        overrides: crate::template::PackageOverrides::Explicit,
    };
    Engine::new(registry, options)
}

/// A database and a project in which nodes can be built one after another.
pub struct Shop {
    engine: Arc<Engine>,
    session: Arc<Session>,
    statements: Arc<Mutex<Vec<String>>>,
    /// What templates see as `flags`.
    pub flags: Plain,
    /// What was warned of and logged.
    pub said: Arc<Mutex<Vec<String>>>,
}

impl Shop {
    /// Opens an empty database.
    pub fn new() -> Self {
        Self::with_macros("")
    }

    /// Opens an empty database for a project with macros of its own.
    pub fn with_macros(macros: &str) -> Self {
        let target = DuckdbTarget { path: ":memory:".to_owned(), ..DuckdbTarget::default() };
        let connection = DuckdbAdapter::open(&target).unwrap().connect().unwrap();
        let statements = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&statements);
        let log = Arc::new(move |record: &QueryRecord<'_>| {
            if matches!(record.sql, "BEGIN" | "COMMIT" | "ROLLBACK") {
                return;
            }
            log.lock().unwrap().push(record.sql.split_whitespace().collect::<Vec<_>>().join(" "));
        });
        let cache = Arc::new(RelationCache::new());
        cache.add_schema("memory", "main");
        Self {
            engine: engine(macros),
            session: Arc::new(Session::new(connection, cache, Some(log))),
            statements,
            flags: json!({"FULL_REFRESH": false, "STORE_FAILURES": false}),
            said: Arc::default(),
        }
    }

    /// Renders a template with a node `m`.
    pub fn render(&self, template: &str) -> String {
        self.render_with("m", &json!({"materialized": "table"}), template)
    }

    /// Renders a template with a node of that name and config.
    pub fn render_with(&self, name: &str, config: &Plain, template: &str) -> String {
        let context = self.context(name, config, "select 1");
        self.engine.render_nested(&context, template).unwrap_or_else(|error| panic!("{template}: {error:#}"))
    }

    /// Runs SQL that no log shows and gives its rows as `a|b; c|d`.
    pub fn rows(&self, sql: &str) -> String {
        let (_, table) = self.session.connection().query(sql, None).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let row = |row: &Vec<Datum>| row.iter().map(Datum::to_string).collect::<Vec<_>>().join("|");
        table.rows.iter().map(row).collect::<Vec<_>>().join("; ")
    }

    /// Builds a node and gives the statements that it took.
    pub fn build(&self, name: &str, config: &Plain, sql: &str) -> Vec<String> {
        self.try_build(name, config, sql).unwrap_or_else(|failure| panic!("{name}: {}", failure.message()))
    }

    /// Builds a node that fails and gives the message.
    pub fn failure(&self, name: &str, config: &Plain, sql: &str) -> String {
        match self.try_build(name, config, sql) {
            Ok(statements) => panic!("{name} was built: {statements:?}"),
            Err(failure) => failure.message(),
        }
    }

    fn try_build(&self, name: &str, config: &Plain, sql: &str) -> Result<Vec<String>, Failure> {
        self.statements.lock().unwrap().clear();
        let context = self.context(name, config, sql);
        let materialized = config["materialized"].as_str().unwrap();
        let materialization = self.engine.registry().materialization(materialized, "duckdb").unwrap();
        let id: UniqueId = materialization.unique_id.clone();
        let outcome = self.engine.call(&id, Arguments::default(), &context);
        let left_open = self.session.connection().rollback();
        assert!(left_open.is_ok(), "{name}: {left_open:?}");
        outcome?;
        // As the runner does: what the node has become is known to those that follow.
        self.session.fill_cache("memory").unwrap();
        Ok(self.statements.lock().unwrap().clone())
    }

    fn context(&self, name: &str, config: &Plain, sql: &str) -> Arc<Context> {
        let hooks = |key: &str| config.get(key).cloned().unwrap_or_else(|| json!([]));
        let model = json!({
            "name": name, "alias": name, "unique_id": format!("model.shop.{name}"), "language": "sql",
            "database": "memory", "schema": "main", "resource_type": config.get("resource_type"),
            "config": config, "compiled_code": sql, "description": config.get("description"),
            "columns": config.get("columns").cloned().unwrap_or_else(|| json!({})), "constraints": [],
            "root_path": config.get("root_path"), "original_file_path": config.get("original_file_path"),
        });
        let node = NodeView {
            batch: None,
            model: Arc::new(move || model.clone()),
            this: Some(Relation::new("memory", "main", name)),
            config: NodeConfig(map(config.clone())),
            database: "memory".to_owned(),
            schema: "main".to_owned(),
        };
        Arc::new(Context {
            invocation: Arc::new(self.invocation()),
            phase: Phase::Execute,
            package: "shop".to_owned(),
            node: Some(node),
            resolver: Arc::new(Names),
            session: Some(Arc::clone(&self.session)),
            record: Arc::new(Mutex::new(Record::default())),
            extra: BTreeMap::from([
                ("sql".to_owned(), json!(sql)),
                ("compiled_code".to_owned(), json!(sql)),
                ("pre_hooks".to_owned(), hooks("pre-hook")),
                ("post_hooks".to_owned(), hooks("post-hook")),
            ]),
            memory: Memory::default(),
        })
    }

    fn invocation(&self) -> Invocation {
        let (log, warn) = (Arc::clone(&self.said), Arc::clone(&self.said));
        Invocation {
            invocation_id: "id".to_owned(),
            run_started_at: DateTime::UNIX_EPOCH,
            dbt_version: "1.11.16".to_owned(),
            project_name: "shop".to_owned(),
            target: map(json!({"name": "dev", "schema": "main", "database": "memory", "type": "duckdb"})),
            quoting: QuotePolicy::ALL,
            flags: map(self.flags.clone()),
            args: Map::new(),
            runtime: Map::new(),
            environment: BTreeMap::new(),
            cli_vars: Map::new(),
            project_vars: BTreeMap::new(),
            log: Arc::new(move |text, _| log.lock().unwrap().push(text.to_owned())),
            warn: Arc::new(move |text| {
                warn.lock().unwrap().push(text.to_owned());
                false
            }),
        }
    }
}

fn map(value: Plain) -> Map {
    match value {
        Plain::Object(map) => map,
        _ => Map::new(),
    }
}

struct Names;

impl Resolver for Names {
    fn reference(&self, call: &RefCall) -> Result<Relation, ResolveError> {
        Ok(Relation::new("memory", "main", call.name.as_str()))
    }

    fn source(&self, call: &SourceCall) -> Result<Relation, ResolveError> {
        Ok(Relation::new("memory", call.source.as_str(), call.table.as_str()))
    }

    fn doc(&self, _: Option<&str>, name: &str) -> Result<String, ResolveError> {
        Ok(name.to_owned())
    }

    fn graph(&self) -> Plain {
        json!({"nodes": {}})
    }

    fn selected_resources(&self) -> Vec<String> {
        Vec::new()
    }
}
