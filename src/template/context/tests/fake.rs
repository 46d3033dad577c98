//! A made-up project, resolver and database.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::{TimeZone, Utc};
use serde_json::json;

use crate::adapter::{
    AdapterError, ColumnType, Connection, Datum, ErrorKind, FileExport, Interrupt, Misfit, RelationCache, Response,
    SeedSchema, Session, Table,
};
use crate::diagnostic::{Diagnostic, Kind, SourceFile};
use crate::resource::{Map, NodeConfig, QuotePolicy, RefCall, Relation, SourceCall, Value as Plain};
use crate::template::context::{Context, Invocation, Memory, NodeView, Phase, Record, ResolveError, Resolver};
use crate::template::{Engine, EngineOptions, Registry};

type Log = Arc<Mutex<Vec<String>>>;

/// A context with what it says and runs.
pub struct Fake {
    pub engine: Arc<Engine>,
    pub context: Arc<Context>,
    pub said: Log,
    ran: Log,
}

impl Fake {
    pub fn new(phase: Phase) -> Self {
        Self::with_macros(phase, "")
    }

    /// Makes a context in a project with these macros.
    pub fn with_macros(phase: Phase, macros: &str) -> Self {
        let (said, ran) = (Log::default(), Log::default());
        let connection = Box::new(FakeConnection { ran: Arc::clone(&ran), is_open: false });
        let cache = Arc::new(RelationCache::new());
        cache.add(Relation::new("dev", "main", "old"));
        let session = Arc::new(Session::new(connection, cache, None));
        let context = Context {
            invocation: Arc::new(invocation(&said)),
            phase,
            package: "shop".to_owned(),
            node: Some(node()),
            resolver: Arc::new(FakeResolver),
            session: (phase == Phase::Execute).then_some(session),
            record: Arc::new(Mutex::new(Record::default())),
            extra: BTreeMap::from([("schemas".to_owned(), json!(["main"]))]),
            memory: Memory::default(),
        };
        Self { engine: engine(macros), context: Arc::new(context), said, ran }
    }

    /// Makes the context of a seed: a file of that text.
    pub fn seed(folder: &std::path::Path, csv: &str) -> Self {
        std::fs::write(folder.join("codes.csv"), csv).unwrap();
        let mut fake = Self::new(Phase::Execute);
        let root = folder.to_string_lossy().into_owned();
        let context = Arc::get_mut(&mut fake.context).unwrap();
        context.node = Some(NodeView {
            model: Arc::new(
                move || json!({"name": "codes", "resource_type": "seed", "root_path": root, "original_file_path": "codes.csv"}),
            ),
            config: NodeConfig(map(json!({"column_types": {"b": "varchar(5)"}}))),
            ..node()
        });
        fake
    }

    /// Renders a template.
    pub fn render(&self, template: &str) -> String {
        match self.engine.render_nested(&self.context, template) {
            Ok(text) => text,
            Err(error) => panic!("{template}: {error}"),
        }
    }

    /// Renders a template that fails, and returns the innermost message.
    pub fn failure(&self, template: &str) -> String {
        match self.engine.render_nested(&self.context, template) {
            Ok(text) => panic!("{template} gave {text}"),
            Err(error) => innermost(&error),
        }
    }

    /// Returns the statements that the database was given.
    pub fn statements(&self) -> String {
        self.ran.lock().unwrap().join("; ")
    }
}

/// Checks that each template gives its text.
pub fn renders(phase: Phase, cases: &[(&str, &str)]) {
    for (template, expected) in cases {
        assert_eq!(Fake::new(phase).render(template), *expected, "{template}");
    }
}

/// Checks that each template fails with its message.
pub fn fails(phase: Phase, cases: &[(&str, &str)]) {
    for (template, expected) in cases {
        assert_eq!(Fake::new(phase).failure(template), *expected, "{template}");
    }
}

fn invocation(said: &Log) -> Invocation {
    let (log, warn) = (Arc::clone(said), Arc::clone(said));
    Invocation {
        invocation_id: "id".to_owned(),
        run_started_at: Utc.with_ymd_and_hms(2024, 5, 6, 7, 8, 9).unwrap(),
        dbt_version: "1.11.16".to_owned(),
        project_name: "shop".to_owned(),
        target: map(json!({"name": "dev", "schema": "main", "database": "dev", "type": "duckdb"})),
        quoting: QuotePolicy::ALL,
        flags: map(json!({"FULL_REFRESH": false})),
        args: Map::new(),
        runtime: Map::new(),
        environment: BTreeMap::from([
            ("HOME_TOWN".to_owned(), "Bern".to_owned()),
            ("DBT_ENV_CUSTOM_ENV_RUN".to_owned(), "7".to_owned()),
        ]),
        cli_vars: map(json!({"cli": 1})),
        project_vars: BTreeMap::from([(
            "shop".to_owned(),
            map(json!({"cli": 0, "global": "global", "scoped": "global", "shop": {"scoped": "scoped"}})),
        )]),
        log: Arc::new(move |text, saying| {
            let info = saying != crate::template::Saying::Log;
            log.lock().unwrap().push(format!("{}: {text}", if info { "info" } else { "log" }));
        }),
        warn: Arc::new(move |text| {
            warn.lock().unwrap().push(format!("warn: {text}"));
            false
        }),
    }
}

fn node() -> NodeView {
    NodeView {
        batch: None,
        model: Arc::new(|| json!({"name": "model_a", "unique_id": "model.shop.model_a", "compiled_code": "select 1"})),
        this: Some(Relation::new("dev", "main", "model_a")),
        config: NodeConfig(map(json!({
            "materialized": "table",
            "meta": {"owner": "me"},
            "persist_docs": {"relation": true},
            "pre-hook": ["set x = 1"],
        }))),
        database: "dev".to_owned(),
        schema: "main".to_owned(),
    }
}

pub fn map(value: Plain) -> Map {
    match value {
        Plain::Object(map) => map,
        _ => Map::new(),
    }
}

struct FakeResolver;

impl Resolver for FakeResolver {
    fn reference(&self, call: &RefCall) -> Result<Relation, ResolveError> {
        if call.name == "nowhere" {
            let title = format!("there is no node `{}`", call.name);
            return Err(Box::new(Diagnostic::error(Kind::Compilation, "E0301", title)));
        }
        let version = call.version.as_ref().map_or_else(String::new, |version| format!("_v{version}"));
        Ok(Relation::new("dev", "main", format!("{}{version}", call.name)))
    }

    fn source(&self, call: &SourceCall) -> Result<Relation, ResolveError> {
        Ok(Relation::new("dev", call.source.as_str(), call.table.as_str()))
    }

    fn doc(&self, _: Option<&str>, name: &str) -> Result<String, ResolveError> {
        Ok(format!("text of {name}"))
    }

    fn graph(&self) -> Plain {
        json!({"nodes": {"model.shop.model_a": {"name": "model_a"}}})
    }

    fn selected_resources(&self) -> Vec<String> {
        vec!["model.shop.model_a".to_owned()]
    }
}

/// Writes down what it is given; `boom` is refused.
struct FakeConnection {
    ran: Log,
    is_open: bool,
}

impl FakeConnection {
    fn note(&self, text: &str) {
        self.ran.lock().unwrap().push(text.to_owned());
    }
}

impl Connection for FakeConnection {
    fn execute(&mut self, sql: &str) -> Result<Response, AdapterError> {
        self.note(sql);
        if sql == "boom" {
            return Err(AdapterError::new(ErrorKind::Syntax, "Parser Error: boom"));
        }
        Ok(Response { message: "OK".to_owned(), rows_affected: None })
    }

    fn query(&mut self, sql: &str, _: Option<usize>) -> Result<(Response, Table), AdapterError> {
        let response = self.execute(sql)?;
        let columns = vec![ColumnType { name: "a".to_owned(), data_type: "INTEGER".to_owned() }];
        Ok((response, Table { columns, rows: vec![vec![Datum::Integer(1)]] }))
    }

    fn describe(&mut self, _: &str) -> Result<Vec<ColumnType>, AdapterError> {
        Ok(vec![ColumnType { name: "a".to_owned(), data_type: "INTEGER".to_owned() }])
    }

    fn relations(&mut self, _: &str) -> Result<Vec<Relation>, AdapterError> {
        Ok(Vec::new())
    }

    fn columns(&mut self, _: &Relation) -> Result<Vec<ColumnType>, AdapterError> {
        Ok(Vec::new())
    }

    fn schemas(&mut self, _: &str) -> Result<Vec<String>, AdapterError> {
        Ok(vec!["main".to_owned()])
    }

    fn seed_query(&self, seed: &SeedSchema) -> String {
        format!("select from {}", seed.shown_path)
    }

    fn seed_misfit(&mut self, _: &SeedSchema) -> Result<Option<Misfit>, AdapterError> {
        Ok(Some(Misfit { row: 2, column: 0 }))
    }

    fn each_row(
        &mut self,
        _: &str,
        _: &mut dyn FnMut(Vec<Datum>) -> Result<(), AdapterError>,
    ) -> Result<(), AdapterError> {
        unreachable!("templates read whole tables")
    }

    fn export(&mut self, _: &FileExport<'_>) -> Result<u64, AdapterError> {
        Ok(0)
    }

    fn is_in_transaction(&self) -> bool {
        false
    }

    fn begin(&mut self) -> Result<(), AdapterError> {
        if !std::mem::replace(&mut self.is_open, true) {
            self.note("begin");
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), AdapterError> {
        if std::mem::replace(&mut self.is_open, false) {
            self.note("commit");
        }
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), AdapterError> {
        if std::mem::replace(&mut self.is_open, false) {
            self.note("rollback");
        }
        Ok(())
    }

    fn load_source(&mut self, plugin: &str, _: &crate::resource::Map) -> Result<(), AdapterError> {
        self.note(&format!("load by {plugin}"));
        Ok(())
    }

    fn store_relation(&mut self, plugin: &str, _: &crate::resource::Map) -> Result<(), AdapterError> {
        self.note(&format!("store by {plugin}"));
        Ok(())
    }

    fn interrupt(&self) -> Interrupt {
        Arc::new(|| {})
    }
}

fn innermost(error: &minijinja::Error) -> String {
    use std::error::Error;
    let mut found = error.detail().unwrap_or_default().to_owned();
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(inner) = inner.downcast_ref::<minijinja::Error>() {
            inner.detail().unwrap_or_default().clone_into(&mut found);
        }
        source = inner.source();
    }
    found
}

fn engine(macros: &str) -> Arc<Engine> {
    let mut registry = Registry::new();
    let file = SourceFile::new("macros/all.sql", macros);
    registry.add_file("shop", "macros/all.sql", &file).expect("the macros of a test are well formed");
    let options = EngineOptions {
        root_package: "shop".to_owned(),
        internal_packages: vec!["dbt_duckdb".to_owned(), "dbt".to_owned()],
        dispatch: Vec::new(),
        adapter_type: "duckdb",
        overrides: crate::template::PackageOverrides::Explicit,
    };
    Engine::new(registry, options)
}
