//! Macros found by name, package and dispatch, as facts.

use super::*;
use crate::diagnostic::{Style, render};

fn registry(files: &[(&str, &str)]) -> Registry {
    let mut registry = Registry::new();
    for (number, (package, text)) in files.iter().enumerate() {
        let path = format!("macros/{number}.sql");
        let file = SourceFile::new(path.as_str(), *text);
        registry.add_file(package, &path, &file).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
    }
    registry.set_search(Search {
        root: "root".to_owned(),
        internal: vec!["dbt_duckdb".to_owned(), "dbt".to_owned()],
        dispatch: vec![DispatchRule {
            macro_namespace: "utils".to_owned(),
            search_order: vec!["shims".to_owned(), "utils".to_owned()],
        }],
        adapter_type: "duckdb",
        overrides: super::PackageOverrides::Explicit,
    });
    registry
}

fn id(found: Option<&MacroDefinition>) -> &str {
    found.map_or("", |found| found.unique_id.as_str())
}

#[test]
fn blocks_become_definitions_in_order() {
    let registry = registry(&[(
        "root",
        "{% macro a(x, y=1) %}{% endmacro %}{% test b(model) %}{% endtest %}{% docs c %}{% enddocs %}{% snapshot s %}{% endsnapshot %}
        {% materialization d, adapter='duckdb' %}{% endmaterialization %}",
    )]);
    let ids: Vec<_> = registry.macros().map(|known| known.unique_id.as_str()).collect();
    assert_eq!(ids, ["macro.root.a", "macro.root.test_b", "macro.root.materialization_d_duckdb"]);
    let first = registry.get(&UniqueId::from_text("macro.root.a")).expect("it is there");
    assert_eq!(first.span.text(), "{% macro a(x, y=1) %}{% endmacro %}");
    assert_eq!(first.parameters[1].default.as_deref(), Some("1"));
}

#[test]
fn a_name_defined_twice_in_a_package_is_reported_with_both_places() {
    let mut registry = Registry::new();
    let text = "{% macro a() %}{% endmacro %}";
    registry.add_file("root", "macros/a.sql", &SourceFile::new("macros/a.sql", text)).expect("it is new");
    registry
        .add_file("pkg", "macros/a.sql", &SourceFile::new("pkg/macros/a.sql", text))
        .expect("it is another package");
    let again = SourceFile::new("macros/b.sql", format!("\n{text}"));
    let mistakes = registry.add_file("root", "macros/b.sql", &again).expect_err("it is there twice").into_sorted();
    let shown = render(&mistakes[0], Style::Plain);
    assert_eq!(mistakes[0].title, "dbt found multiple macros named \"a\" in the project \"root\".");
    assert_eq!(mistakes[0].location().as_deref(), Some("macros/b.sql:2:1"));
    assert!(shown.contains("macros/a.sql"), "{shown}");
}

#[test]
fn a_file_that_cannot_be_read_is_reported_at_its_place() {
    let mut registry = Registry::new();
    let file = SourceFile::new("macros/a.sql", "\n{% macro a() %}");
    let mistakes = registry.add_file("root", "macros/a.sql", &file).expect_err("it is not closed").into_sorted();
    assert_eq!(mistakes[0].one_line(), "`macro a` is never closed (macros/a.sql:2:1)");
}

#[test]
fn dispatch_follows_the_rules_of_the_project() {
    let registry = registry(&[
        ("utils", "{% macro default__f() %}{% endmacro %}{% macro duckdb__g() %}{% endmacro %}"),
        ("shims", "{% macro default__f() %}{% endmacro %}"),
        ("root", "{% macro duckdb__f() %}{% endmacro %}"),
        ("dbt", "{% macro default__f() %}{% endmacro %}"),
    ]);
    let dispatch = |name: &str, namespace: Option<&str>| {
        registry.dispatch(name, namespace, "root").map(|found| found.unique_id.to_string())
    };
    assert_eq!(dispatch("f", Some("utils")).as_deref(), Ok("macro.shims.default__f"));
    assert_eq!(dispatch("g", Some("utils")).as_deref(), Ok("macro.utils.duckdb__g"));
    assert_eq!(dispatch("f", Some("dbt")).as_deref(), Ok("macro.root.duckdb__f"));
    assert_eq!(dispatch("f", None).as_deref(), Ok("macro.root.duckdb__f"));
    let missing = dispatch("nope", Some("utils")).expect_err("there is none");
    assert_eq!(
        missing.attempts,
        ["shims.duckdb__nope", "shims.default__nope", "utils.duckdb__nope", "utils.default__nope"]
    );
}

#[test]
fn materializations_of_the_adapter_and_of_the_root_project_win() {
    let of = |name: &str, adapter: &str| format!("{{% materialization {name}, {adapter} %}}{{% endmaterialization %}}");
    let registry = registry(&[
        ("dbt", &(of("table", "default") + &of("view", "default") + &of("own", "default"))),
        ("dbt_duckdb", &of("table", "adapter='duckdb'")),
        ("pkg", &(of("view", "default") + &of("extra", "default"))),
        ("root", &(of("own", "default") + &of("table", "default"))),
    ]);
    let found = |name: &str| id(registry.materialization(name, "duckdb"));
    // One for the adapter wins over the root project's default one.
    assert_eq!(found("table"), "macro.dbt_duckdb.materialization_table_duckdb");
    // A package does not silently replace a built-in one.
    assert_eq!(found("view"), "macro.dbt.materialization_view_default");
    assert_eq!(found("own"), "macro.root.materialization_own_default");
    assert_eq!(found("extra"), "macro.pkg.materialization_extra_default");
    assert_eq!(found("nope"), "");
}

#[test]
fn generic_tests_are_found_in_their_package_or_anywhere() {
    let registry = registry(&[
        ("dbt", "{% test unique(model) %}{% endtest %}"),
        ("pkg", "{% test special(model) %}{% endtest %}"),
        ("root", "{% test own(model) %}{% endtest %}"),
    ]);
    assert_eq!(id(registry.test("unique", None, "root")), "macro.dbt.test_unique");
    assert_eq!(id(registry.test("special", Some("pkg"), "root")), "macro.pkg.test_special");
    assert_eq!(id(registry.test("special", None, "root")), "macro.pkg.test_special");
    assert_eq!(id(registry.test("own", None, "pkg")), "macro.root.test_own");
    assert_eq!(id(registry.test("unique", Some("pkg"), "root")), "");
}

#[test]
fn dependencies_are_told_from_the_text_as_in_dbt() {
    let registry = registry(&[
        (
            "pkg",
            "{% macro a() %}{{ return(adapter.dispatch('a', 'pkg')()) }}{% endmacro %}
             {% macro default__a() %}{{ pkg.b() }}{{ c() }}{{ c() }}{{ nope() }}{{ ref('x') }}{% endmacro %}
             {% macro b() %}{% endmacro %}",
        ),
        ("root", "{% macro c() %}{{ pkg.c() }}{{ dbt.d() }}{% endmacro %}"),
        ("dbt", "{% macro d() %}{{ d() }}{% endmacro %}"),
    ]);
    let of = |name: &str| {
        let definition = registry.get(&UniqueId::from_text(name)).expect("it is there");
        registry.dependencies(definition).iter().map(UniqueId::to_string).collect::<Vec<_>>()
    };
    assert_eq!(of("macro.pkg.a"), ["macro.pkg.default__a"]);
    assert_eq!(of("macro.pkg.default__a"), ["macro.pkg.b", "macro.root.c"]);
    assert_eq!(of("macro.root.c"), ["macro.root.c", "macro.dbt.d"]);
    assert_eq!(of("macro.dbt.d"), [""; 0]);
}
