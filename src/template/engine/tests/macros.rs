//! Which macro a name means, and calls from outside of templates.

use super::*;

const NAME: &str = "{% macro name() %}NAME{% endmacro %}";

fn named(name: &str, package: &str) -> (String, String) {
    (package.to_owned(), NAME.replace("NAME", package).replace("name()", &format!("{name}()")))
}

fn engine_of(macros: &[(String, String)]) -> Arc<Engine> {
    engine(&macros.iter().map(|(package, text)| (package.as_str(), text.as_str())).collect::<Vec<_>>())
}

#[test]
fn names_mean_the_own_package_then_the_root_then_the_built_in_ones() {
    let engine = engine_of(&[
        named("a", "pkg"),
        named("a", "root"),
        named("a", "dbt"),
        named("b", "root"),
        named("b", "dbt"),
        named("c", "dbt"),
        named("c", "dbt_duckdb"),
        named("d", "other"),
    ]);
    let in_package = |package: &str, text: &str| {
        let file = SourceFile::new("models/m.sql", text);
        engine.render(&Template::whole("m", package, &file), &context(package, Phase::Execute)).expect(text)
    };
    assert_eq!(in_package("pkg", "{{ a() }} {{ b() }} {{ c() }}"), "pkg root dbt_duckdb");
    assert_eq!(in_package("root", "{{ a() }} {{ b() }} {{ c() }}"), "root root dbt_duckdb");
    assert_eq!(
        in_package("root", "{{ pkg.a() }} {{ dbt.a() }} {{ dbt.c() }} {{ other.d() }}"),
        "pkg dbt dbt_duckdb other"
    );
    assert_eq!(in_package("root", "{{ d is defined }}"), "False");
}

#[test]
fn macros_of_another_package_see_their_own_package() {
    let engine = engine(&[("pkg", "{% macro outer() %}{{ inner() }}{% endmacro %}{% macro inner() %}i{% endmacro %}")]);
    assert_eq!(render_in(&engine, Phase::Execute, "{{ pkg.outer() }}").expect("it renders"), "i");
}

#[test]
fn dispatch_prefers_the_adapter_inside_of_each_package() {
    let engine = engine_of(&[
        named("default__f", "root"),
        named("duckdb__f", "pkg"),
        named("default__g", "pkg"),
        named("default__h", "dbt"),
        named("duckdb__h", "dbt"),
        named("default__h", "dbt_duckdb"),
    ]);
    let check = |text: &str, expected: &str| {
        assert_eq!(render_in(&engine, Phase::Execute, text).expect(text), expected, "{text}");
    };
    check("{{ dispatch('f', 'pkg')() }}", "root");
    check("{{ dispatch('g', 'pkg')() }}", "pkg");
    // The built-in packages count as one, so the adapter's form wins wherever it stands.
    check("{{ dispatch('h', 'dbt')() }}", "dbt");
    check("{{ dispatch('h')() }}", "dbt");
    let failure = render_in(&engine, Phase::Execute, "{{ dispatch('nope', 'pkg')() }}").expect_err("there is none");
    assert_eq!(
        failure.message(),
        "In dispatch: No macro named 'nope' found within namespace: 'pkg'\n    Searched for: 'root.duckdb__nope', \
         'root.default__nope', 'pkg.duckdb__nope', 'pkg.default__nope'"
    );
}

#[test]
fn the_macros_that_a_node_calls_itself_are_recorded() {
    let engine = engine(&[
        (
            "root",
            "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{% endmacro %}{% macro c() %}{{ caller() }}{% endmacro %}",
        ),
        ("pkg", "{% macro d() %}{% endmacro %}"),
    ]);
    let context = context("root", Phase::Parse);
    engine
        .render(&template("{{ a() }}{{ a() }}{% call c() %}{{ pkg.d() }}{% endcall %}"), &context)
        .expect("it renders");
    let record = context.record.lock().expect("nobody panicked");
    let names: Vec<_> = record.macros.iter().map(UniqueId::as_str).collect();
    assert_eq!(names, ["macro.root.a", "macro.root.c"]);
}

#[test]
fn macros_are_called_from_outside_with_plain_values() {
    let engine = engine(&[(
        "root",
        "{% macro sum(a, b=1) %}{{ return({'sum': a + b}) }}{% endmacro %}{% macro text(a) %}<{{ a }}>{% endmacro %}{% macro fails() %}{{ boom('no') }}{% endmacro %}",
    )]);
    let context = context("root", Phase::Execute);
    let call = |name: &str, positional: Vec<Value>, keyword: Value| {
        let keyword = keyword.as_object().cloned().unwrap_or_default();
        engine.call_macro(&UniqueId::from_text(name), Arguments { positional, keyword }, &context)
    };
    let found = call("macro.root.sum", vec![2.into()], serde_json::json!({"b": 3})).expect("it is called");
    assert_eq!(found, CallResult::Returned(serde_json::json!({"sum": 5})));
    let found = call("macro.root.text", vec!["x".into()], Value::Null).expect("it is called");
    assert_eq!(found, CallResult::Text("<x>".to_owned()));
    let failure = call("macro.root.nope", Vec::new(), Value::Null).expect_err("there is none");
    assert_eq!(failure.message(), "macro 'root.nope' is not defined");
    let failure = call("macro.root.fails", Vec::new(), Value::Null).expect_err("it fails");
    assert!(matches!(failure.cause, FailureCause::Database(_)));
    assert_eq!(failure.frames[0].span.text(), "boom('no')");
    let failure = call("macro.root.text", vec![1.into(), 2.into()], Value::Null).expect_err("there are too many");
    assert_eq!(failure.message(), "macro 'dbt_macro__text' takes not more than 1 argument(s)");
    assert_eq!(failure.frames.len(), 1);
}

#[test]
fn texts_are_rendered_inside_of_a_render() {
    let engine = engine(&[("root", "{% macro m(x) %}m{{ x }}{% endmacro %}")]);
    let found = render_in(&engine, Phase::Execute, "{{ nested('{{ m(1) }}') }}|{{ nested('a') }}").expect("it renders");
    assert_eq!(found, "m1|a");
    let failure = render_in(&engine, Phase::Execute, "{{ nested('{{ x.y }}') }}").expect_err("it fails");
    assert_eq!(failure.message(), "'x' is undefined");
    let places: Vec<_> = failure.frames.iter().map(|frame| frame.span.location()).collect();
    assert_eq!(places, ["<rendered text>:1:4", "models/m.sql:1:4"]);
}

#[test]
fn unit_tests_put_values_in_the_place_of_macros() {
    let engine = engine(&[
        ("root", "{% macro a() %}a{% endmacro %}{% macro b() %}{{ a() }}b{% endmacro %}"),
        ("pkg", "{% macro a() %}pkg{% endmacro %}"),
    ]);
    let render = |key: &str, value: Value, text: &str| {
        let mut context = context("root", Phase::Execute);
        Arc::get_mut(&mut context).expect("nobody shares it").extra.insert(key.to_owned(), value);
        engine.render(&template(text), &context).expect("it renders")
    };
    let text = "{{ a() }} {{ b() }} {{ pkg.a() }} {{ 'y' if a() else 'n' }}";
    assert_eq!(render("macro.a", false.into(), text), "False Falseb False n");
    assert_eq!(render("macro.pkg.a", "x".into(), text), "a ab x y");
}
