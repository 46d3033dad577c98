//! Renders with a small context of their own, so that they test the engine alone.

mod dialect;
mod failures;
mod macros;
mod tracing;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use minijinja::value::Object;
use minijinja::{Error, State, Value as JinjaValue};

use super::*;
use crate::adapter::AdapterError;
use crate::resource::{QuotePolicy, RefCall, Relation, SourceCall};
use crate::template::context::{Invocation, Memory, Record, ResolveError, Resolver};
use crate::template::state_engine;

struct NoNames;

impl Resolver for NoNames {
    fn reference(&self, call: &RefCall) -> Result<Relation, ResolveError> {
        Ok(Relation::new("db", "sch", &call.name))
    }
    fn source(&self, call: &SourceCall) -> Result<Relation, ResolveError> {
        Ok(Relation::new("db", "sch", &call.table))
    }
    fn doc(&self, _: Option<&str>, name: &str) -> Result<String, ResolveError> {
        Ok(name.to_owned())
    }
    fn graph(&self) -> Value {
        Value::Null
    }
    fn selected_resources(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A function of the tests' context.
#[derive(Debug)]
struct Function(&'static str);

impl Object for Function {
    fn call(self: &Arc<Self>, state: &mut State<'_, '_>, args: &[JinjaValue]) -> Result<JinjaValue, Error> {
        let context = crate::template::state_context(state)?;
        let engine = state_engine(state)?;
        let text = args.first().map(ToString::to_string).unwrap_or_default();
        match self.0 {
            "dispatch" => {
                let namespace = args.get(1).map(ToString::to_string);
                engine.dispatch(&context, &text, namespace.as_deref())
            }
            "nested" => engine.render_nested(&context, &text).map(JinjaValue::from),
            "boom" => Err(RaisedCause::raise(FailureCause::Database(Box::new(AdapterError::new(
                crate::adapter::ErrorKind::Other,
                text,
            ))))),
            _ => Ok(JinjaValue::from(format!("<{text}>"))),
        }
    }
}

fn lookup(_: &Arc<Engine>, context: &Arc<Context>, name: &str) -> Option<JinjaValue> {
    match name {
        "execute" => Some(JinjaValue::from(context.phase == Phase::Execute)),
        "ref" => Some(JinjaValue::from_object(Function("ref"))),
        "dispatch" => Some(JinjaValue::from_object(Function("dispatch"))),
        "nested" => Some(JinjaValue::from_object(Function("nested"))),
        "boom" => Some(JinjaValue::from_object(Function("boom"))),
        _ => None,
    }
}

/// A context of a package in a phase.
fn context(package: &str, phase: Phase) -> Arc<Context> {
    let invocation = Invocation {
        invocation_id: String::new(),
        run_started_at: chrono::DateTime::UNIX_EPOCH,
        dbt_version: String::new(),
        project_name: "root".to_owned(),
        target: Map::new(),
        quoting: QuotePolicy { database: true, schema: true, identifier: true },
        flags: Map::new(),
        args: Map::new(),
        runtime: Map::new(),
        environment: BTreeMap::new(),
        cli_vars: Map::new(),
        project_vars: BTreeMap::new(),
        log: Arc::new(|_, _| {}),
        warn: Arc::new(|_| false),
    };
    Arc::new(Context {
        invocation: Arc::new(invocation),
        phase,
        package: package.to_owned(),
        node: None,
        resolver: Arc::new(NoNames),
        session: None,
        record: Arc::new(Mutex::new(Record::default())),
        extra: BTreeMap::new(),
        memory: Memory::default(),
    })
}

/// An engine over macros, each given by package and text; every text is a file of its own.
fn engine(macros: &[(&str, &str)]) -> Arc<Engine> {
    let mut registry = Registry::new();
    for (number, (package, text)) in macros.iter().enumerate() {
        let path = format!("macros/{package}_{number}.sql");
        let file = SourceFile::new(path.as_str(), *text);
        registry.add_file(package, &path, &file).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    }
    let options = EngineOptions {
        root_package: "root".to_owned(),
        internal_packages: vec!["dbt_duckdb".to_owned(), "dbt".to_owned()],
        dispatch: Vec::new(),
        adapter_type: "duckdb",
        overrides: crate::template::PackageOverrides::Explicit,
    };
    Engine::with_lookup(registry, options, lookup)
}

fn template(text: &str) -> Template {
    Template::whole("model.root.m", "root", &SourceFile::new("models/m.sql", text))
}

fn render_in(engine: &Arc<Engine>, phase: Phase, text: &str) -> Result<String, Failure> {
    engine.render(&template(text), &context("root", phase))
}

/// Renders over macros of the root project.
fn render_with(macros: &str, text: &str) -> Result<String, Failure> {
    render_in(&engine(&[("root", macros)]), Phase::Execute, text)
}

#[track_caller]
fn check(macros: &str, cases: &[(&str, &str)]) {
    let engine = engine(&[("root", macros)]);
    for (text, expected) in cases {
        match render_in(&engine, Phase::Execute, text) {
            Ok(found) => assert_eq!(&found, expected, "{text}"),
            Err(failure) => panic!("{text}: {failure:?}"),
        }
    }
}

#[test]
fn an_engine_is_shared_by_threads() {
    let engine = engine(&[(
        "root",
        "{% macro double(x) %}{{ return(x * 2) }}{% endmacro %}{% macro outer(n) %}{% for i in range(n) %}{{ double(i) }},{% endfor %}{% endmacro %}",
    )]);
    std::thread::scope(|scope| {
        for thread in 0..4_usize {
            let engine = &engine;
            scope.spawn(move || {
                for turn in 0..50 {
                    let text = format!("{{{{ outer({}) }}}}|{{{{ ref('m{turn}') }}}}", thread + 2);
                    let expected: String = (0..thread + 2).map(|i| format!("{},", i * 2)).collect();
                    let found = render_in(engine, Phase::Execute, &text).expect("it renders");
                    assert_eq!(found, format!("{expected}|<m{turn}>"));
                }
            });
        }
    });
}

#[test]
fn values_of_yaml_keep_their_type() {
    let engine = engine(&[(
        "root",
        "{% macro list() %}{{ return([1, 'a']) }}{% endmacro %}{% macro one() %}{{ return(1) }}{% endmacro %}",
    )]);
    let cases = [
        ("{{ one() + 2 }}", serde_json::json!(3)),
        ("{{ 'a' }}", serde_json::json!("a")),
        ("{{ execute }}\n", serde_json::json!(true)),
        ("{{ list() }}", serde_json::json!([1, "a"])),
        (" {{ one() }}", serde_json::json!(" 1")),
        ("{{ 1 }}{{ 2 }}", serde_json::json!("12")),
        ("plain", serde_json::json!("plain")),
        ("5", serde_json::json!("5")),
        ("{{ none if execute else 1 }}", serde_json::json!(null)),
        ("{{ {'a': [one()]} }}", serde_json::json!({"a": [1]})),
        // Constants are printed while Jinja compiles.
        ("{{ true }}", serde_json::json!("True")),
        ("{{ 1 + 2 }}", serde_json::json!("3")),
        ("{{ [1, 'a'] }}", serde_json::json!("[1, 'a']")),
        ("{{ '1' | as_number }} ", serde_json::json!("1 ")),
        ("{{ '1' | as_number }}", serde_json::json!(1)),
        ("{{ 'True' | as_bool }}", serde_json::json!(true)),
        ("{{ '[1]' | as_native }}", serde_json::json!([1])),
        ("{{ one() | as_text }}", serde_json::json!("1")),
    ];
    for (text, expected) in cases {
        let found = engine.evaluate(&template(text), &context("root", Phase::Execute)).expect(text);
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn all_built_in_macros_compile() {
    let mut registry = Registry::new();
    for file in crate::template::builtin::FILES {
        let source = SourceFile::new(file.path, file.text);
        registry.add_file(file.package, file.path, &source).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    }
    let options = EngineOptions {
        root_package: "root".to_owned(),
        internal_packages: vec!["dbt_duckdb".to_owned(), "dbt".to_owned()],
        dispatch: Vec::new(),
        adapter_type: "duckdb",
        overrides: crate::template::PackageOverrides::Explicit,
    };
    let engine = Engine::new(registry, options);
    for package in ["dbt", "dbt_duckdb"] {
        let mistakes: Vec<_> = engine
            .check_macros(package)
            .into_iter()
            .map(|failure| failure.into_diagnostic("E0262").one_line())
            .collect();
        assert_eq!(mistakes, [""; 0]);
    }
}
