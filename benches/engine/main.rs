//! Micro-benchmarks of what a command does without the database: rendering, reading files, planning.
//!
//! Run with `cargo bench --features bench`; they are no part of the tests, and criterion is compiled for nothing else.

#![allow(clippy::expect_used, missing_docs, reason = "a benchmark that cannot begin may stop")]

mod project;

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::sync::{Arc, Mutex};

use criterion::{Criterion, criterion_group, criterion_main};
use martlet::diagnostic::SourceFile;
use martlet::graph::Graph;
use martlet::resource::{Map, QuotePolicy, RefCall, Relation, SourceCall, UniqueId, Value};
use martlet::run::{Ancestry, Gate, Plan};
use martlet::template::{
    Context, Engine, EngineOptions, Invocation, Memory, PackageOverrides, Phase, Record, Registry, ResolveError,
    Resolver, Template, scan,
};

/// Each name is a relation of that name.
struct Names;

impl Resolver for Names {
    fn reference(&self, call: &RefCall) -> Result<Relation, ResolveError> {
        Ok(Relation::new("db", "main", call.name.as_str()))
    }

    fn source(&self, call: &SourceCall) -> Result<Relation, ResolveError> {
        Ok(Relation::new("db", call.source.as_str(), call.table.as_str()))
    }

    fn doc(&self, _: Option<&str>, _: &str) -> Result<String, ResolveError> {
        Ok(String::new())
    }

    fn graph(&self) -> Value {
        Value::Null
    }

    fn selected_resources(&self) -> Vec<String> {
        Vec::new()
    }
}

fn engine(macros: &str) -> Arc<Engine> {
    let mut registry = Registry::new();
    let file = SourceFile::new("macros/m.sql", macros);
    assert!(registry.add_file("shop", "macros/m.sql", &file).is_ok(), "the macros are well formed");
    engine_of(registry)
}

/// An engine for a project `shop` with the macros of a registry.
fn engine_of(registry: Registry) -> Arc<Engine> {
    let options = EngineOptions {
        root_package: "shop".to_owned(),
        internal_packages: vec!["dbt_duckdb".to_owned(), "dbt".to_owned()],
        dispatch: Vec::new(),
        adapter_type: "duckdb",
        overrides: PackageOverrides::Explicit,
    };
    Engine::new(registry, options)
}

fn invocation() -> Arc<Invocation> {
    Arc::new(Invocation {
        invocation_id: String::new(),
        run_started_at: chrono::DateTime::UNIX_EPOCH,
        dbt_version: String::new(),
        project_name: "shop".to_owned(),
        target: Map::new(),
        quoting: QuotePolicy { database: true, schema: true, identifier: true },
        flags: Map::new(),
        args: Map::new(),
        runtime: Map::new(),
        environment: BTreeMap::new(),
        cli_vars: Map::new(),
        project_vars: BTreeMap::new(),
        log: Arc::new(|_, _| {}),
        warn: Arc::new(|_| true),
    })
}

fn context() -> Arc<Context> {
    Arc::new(Context {
        invocation: invocation(),
        phase: Phase::Execute,
        package: "shop".to_owned(),
        node: None,
        resolver: Arc::new(Names),
        session: None,
        record: Arc::new(Mutex::new(Record::default())),
        extra: BTreeMap::new(),
        memory: Memory::default(),
    })
}

const MACROS: &str = "{% macro cents(column, scale=2) %}({{ column }} / 100)::decimal(16, {{ scale }}){% endmacro %}";
const PLAIN: &str = "with o as (select * from {{ ref('orders') }}) select id, {{ cents('amount') }} as amount from o";
const LOOP: &str = "{% set states = ['open', 'closed', 'lost'] %}select {% for s in states * 20 %}\
    count(*) filter (where state = '{{ s }}') as n_{{ s }}_{{ loop.index }}{{ ',' if not loop.last }} {% endfor %} \
    from {{ source('crm', 'tickets') }}";

fn rendering(criterion: &mut Criterion) {
    let engine = engine(MACROS);
    for (name, text) in [("a model with a macro", PLAIN), ("a loop of 60", LOOP)] {
        let file = SourceFile::new("models/m.sql", text);
        let template = Template::whole(name, "shop", &file);
        criterion.bench_function(&format!("render {name}"), |bencher| {
            bencher.iter(|| engine.render(black_box(&template), &context()).map_err(|failure| failure.message()));
        });
    }
}

fn reading(criterion: &mut Criterion) {
    let blocks = (0..200).map(|number| MACROS.replace("cents", &format!("cents_{number}"))).collect::<String>();
    criterion.bench_function("scan 200 macros", |bencher| bencher.iter(|| scan::blocks(black_box(&blocks)).is_ok()));
    let entry = |number| {
        format!(
            "  - name: m{number}\n    description: Model {number}\n    columns: [{{name: id, data_tests: [unique, not_null]}}]\n"
        )
    };
    let yaml = format!("models:\n{}", (0..500).map(entry).collect::<String>());
    let file = SourceFile::new("models/m.yml", yaml);
    criterion.bench_function("read 500 entries of YAML", |bencher| {
        bencher.iter(|| martlet::yaml::read(black_box(&file)).is_ok());
    });
}

/// Models in layers of 100, each on three of the layer before, each with a test.
struct Layers {
    order: Vec<UniqueId>,
    parents: BTreeMap<UniqueId, Vec<UniqueId>>,
}

impl Layers {
    fn new(models: usize) -> Self {
        let model = |number: usize| UniqueId::from_text(&format!("model.shop.m{number:05}"));
        let mut layers = Self { order: Vec::new(), parents: BTreeMap::new() };
        for number in 0..models {
            let above = (0..3).filter_map(|k| number.checked_sub(100 + k * 7)).map(model).collect();
            let test = UniqueId::from_text(&format!("test.shop.t{number:05}"));
            layers.parents.insert(model(number), above);
            layers.parents.insert(test.clone(), vec![model(number)]);
            layers.order.extend([model(number), test]);
        }
        layers
    }
}

impl Ancestry for Layers {
    fn in_order(&self) -> &[UniqueId] {
        &self.order
    }

    fn parents(&self, id: &UniqueId) -> &[UniqueId] {
        &self.parents[id]
    }
}

fn planning(criterion: &mut Criterion) {
    let layers = Layers::new(5000);
    let chosen: BTreeSet<UniqueId> = layers.order.iter().cloned().collect();
    let tests: BTreeSet<UniqueId> = chosen.iter().filter(|id| id.as_str().starts_with("test.")).cloned().collect();
    criterion.bench_function("order a graph of 10000 nodes", |bencher| {
        bencher.iter(|| Graph::new(black_box(&layers.parents).clone()).order().len());
    });
    criterion.bench_function("plan a build of 5000 models with a test each", |bencher| {
        bencher.iter(|| Plan::new(black_box(&layers), &chosen, &tests, Gate::Tests).nodes.len());
    });
}

criterion_group!(engine_benches, rendering, reading, project::parsing, planning);
criterion_main!(engine_benches);
