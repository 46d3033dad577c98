//! The built-in materializations on a real database, through the functions of the context.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::json;

use super::fake::{Fake, map};
use crate::adapter::duckdb::DuckdbAdapter;
use crate::adapter::{Adapter, Datum, RelationCache, Session};
use crate::diagnostic::SourceFile;
use crate::resource::{DuckdbTarget, NodeConfig, Relation, RelationKind, UniqueId, Value as Plain};
use crate::template::context::{Context, Memory, NodeView, Phase, Record};
use crate::template::{Arguments, Engine, EngineOptions, Registry, builtin};

/// A database in memory, and an engine with the built-in macros.
struct World {
    engine: Arc<Engine>,
    session: Arc<Session>,
    base: Fake,
}

impl World {
    fn new() -> Self {
        let target = DuckdbTarget { path: ":memory:".to_owned(), ..DuckdbTarget::default() };
        let connection = DuckdbAdapter::open(&target).unwrap().connect().unwrap();
        let session = Session::new(connection, Arc::new(RelationCache::new()), None);
        Self { engine: engine(), session: Arc::new(session), base: Fake::new(Phase::Execute) }
    }

    /// Makes the context of a node with that configuration; `model` adds to its dictionary.
    fn context(&self, name: &str, config: &Plain, model: Plain) -> Arc<Context> {
        let mut dictionary = map(json!({
            "name": name, "alias": name, "unique_id": format!("model.shop.{name}"), "resource_type": "model",
            "config": config, "columns": {}, "language": "sql", "description": "about it",
        }));
        dictionary.extend(map(model));
        let code = dictionary.get("compiled_code").cloned().unwrap_or_default();
        let base = &self.base.context;
        Arc::new(Context {
            invocation: Arc::clone(&base.invocation),
            phase: Phase::Execute,
            package: "shop".to_owned(),
            node: Some(NodeView {
                batch: None,
                model: Arc::new(move || Plain::Object(dictionary.clone())),
                this: Some(Relation::new("memory", "main", name)),
                config: NodeConfig(map(config.clone())),
                database: "memory".to_owned(),
                schema: "main".to_owned(),
            }),
            resolver: Arc::clone(&base.resolver),
            session: Some(Arc::clone(&self.session)),
            record: Arc::new(Mutex::new(Record::default())),
            extra: BTreeMap::from([("sql".to_owned(), code.clone()), ("compiled_code".to_owned(), code)]),
            memory: Memory::default(),
        })
    }

    /// Runs a materialization as the runner does; returns the message when it fails.
    fn build(&self, materialization: &str, context: &Arc<Context>) -> Result<(), String> {
        let id = UniqueId::from_text(&format!("macro.{materialization}"));
        self.engine.call(&id, Arguments::default(), context).map_err(|failure| failure.message())?;
        let node = context.node.as_ref().unwrap();
        let kind = if node.config.materialized() == "view" { RelationKind::View } else { RelationKind::Table };
        self.session.cache.add(node.this.clone().unwrap().of_kind(kind));
        Ok(())
    }

    fn build_model(&self, name: &str, config: &Plain, sql: &str) {
        let materialization = match config["materialized"].as_str().unwrap() {
            "view" => "dbt.materialization_view_default",
            "table" => "dbt_duckdb.materialization_table_duckdb",
            _ => "dbt_duckdb.materialization_incremental_duckdb",
        };
        let context = self.context(name, config, json!({"compiled_code": sql}));
        assert_eq!(self.build(materialization, &context), Ok(()), "{name}");
    }

    /// Returns the rows of a query in words.
    fn rows(&self, sql: &str) -> String {
        let (_, table) = self.session.query(sql, None).unwrap();
        let cell = |datum: &Datum| match datum {
            Datum::Integer(number) => number.to_string(),
            Datum::Text(text) => text.clone(),
            Datum::Null => "null".to_owned(),
            other => format!("{other:?}"),
        };
        let row = |row: &Vec<Datum>| row.iter().map(cell).collect::<Vec<_>>().join(" ");
        table.rows.iter().map(row).collect::<Vec<_>>().join(", ")
    }
}

fn engine() -> Arc<Engine> {
    let mut registry = Registry::new();
    for file in builtin::FILES {
        let source = SourceFile::new(file.path, file.text);
        registry.add_file(file.package, file.path, &source).unwrap();
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

#[test]
fn tables_and_views_replace_each_other_with_hooks_indexes_and_comments() {
    let world = World::new();
    let config = json!({
        "materialized": "table", "indexes": [{"columns": ["a"], "unique": true}],
        "persist_docs": {"relation": true}, "post-hook": ["create table hooked as select '{{ this.identifier }}' as x"],
    });
    world.build_model("m", &config, "select 1 as a");
    assert_eq!(world.rows("select * from m"), "1");
    assert_eq!(world.rows("select * from hooked"), "m");
    assert_eq!(world.rows("select comment from duckdb_tables() where table_name = 'm'"), "about it");
    assert_eq!(world.rows("select count(*) from duckdb_indexes() where table_name = 'm'"), "1");
    for (materialized, number) in [("view", 2), ("table", 3), ("table", 4)] {
        world.build_model("m", &json!({"materialized": materialized}), &format!("select {number} as a"));
        assert_eq!(world.rows("select * from m"), number.to_string());
        let kind = format!("select table_type from information_schema.tables where table_name = 'm' and {number} > 0");
        assert_eq!(world.rows(&kind), if materialized == "view" { "VIEW" } else { "BASE TABLE" });
    }
}

#[test]
fn incremental_models_add_rows_by_their_strategy_and_take_on_new_columns() {
    let world = World::new();
    for (strategy, expected) in
        [("append", "1 x null, 1 y 5, 2 z 6"), ("delete+insert", "1 y 5, 2 z 6"), ("merge", "1 y 5, 2 z 6")]
    {
        let config = json!({
            "materialized": "incremental", "incremental_strategy": strategy, "unique_key": "id",
            "on_schema_change": "append_new_columns",
        });
        let name = strategy.replace('+', "_");
        world.build_model(&name, &config, "select 1 as id, 'x' as b");
        world.build_model(&name, &config, "select 1 as id, 'y' as b, 5 as c union all select 2, 'z', 6");
        assert_eq!(world.rows(&format!("select * from {name} order by id, b")), expected, "{strategy}");
    }
}

#[test]
fn seeds_are_loaded_and_reloaded_and_a_value_that_does_not_fit_is_named() {
    let world = World::new();
    let folder = tempfile::tempdir().unwrap();
    let seed = |path: &Path| json!({"resource_type": "seed", "root_path": path.to_string_lossy(), "original_file_path": "codes.csv"});
    for (text, expected) in [("a,b\n1,x\n2,y\n", "1 x, 2 y"), ("a,b\n3,z\n", "3 z")] {
        std::fs::write(folder.path().join("codes.csv"), text).unwrap();
        let context = world.context("codes", &json!({"materialized": "seed"}), seed(folder.path()));
        assert_eq!(world.build("dbt.materialization_seed_default", &context), Ok(()));
        assert_eq!(world.rows("select * from codes"), expected);
    }
    let config = json!({"materialized": "seed", "column_types": {"b": "integer"}});
    let context = world.context("other", &config, seed(folder.path()));
    let failed = world.build("dbt.materialization_seed_default", &context);
    assert_eq!(failed, Err("`z` does not fit column `b` of type integer".to_owned()));
    assert_eq!(world.rows("select count(*) from duckdb_tables() where table_name = 'other'"), "0");
}

#[test]
fn queries_of_templates_answer_as_tables_and_columns() {
    let world = World::new();
    world.build_model("m", &json!({"materialized": "table"}), "select 1 as a, {'x': 1} as s");
    let context = world.context("t", &json!({}), json!({}));
    let cases = [
        ("{{ run_query('select 1 as a union all select 2 order by 1').columns[0].values() }}", "(1, 2)"),
        (
            "{{ adapter.check_schema_exists('memory', 'main') }}{{ adapter.check_schema_exists('memory', 'x') }}",
            "TrueFalse",
        ),
        (
            "{% for c in adapter.get_column_schema_from_query('select * from m') %}{{ c.name }} {{ c.dtype }};{% endfor %}",
            "a INTEGER;s.x INTEGER;",
        ),
        ("{{ load_relation(api.Relation.create(database='memory', schema='main', identifier='m')).type }}", "table"),
        ("{{ adapter.location_exists('/no/such.csv') }}", "False"),
    ];
    for (template, expected) in cases {
        let rendered = world.engine.render_nested(&context, template);
        assert_eq!(rendered.map_err(|error| error.to_string()), Ok(expected.to_owned()), "{template}");
    }
}
