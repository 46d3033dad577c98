//! What users read when a template fails, and where.

use super::*;

/// Renders and shows the failure: message, then `path:line:column text` of each call, innermost first.
fn shown(macros: &str, text: &str) -> String {
    match render_with(macros, text) {
        Ok(found) => format!("no failure: {found}"),
        Err(failure) => {
            let frames = failure.frames.iter().map(|frame| {
                let span = &frame.span;
                format!("{} `{}`", span.location(), span.text().replace('\n', "\\n"))
            });
            let help = failure.help.iter().map(|help| format!("help: {help}"));
            std::iter::once(failure.message()).chain(help).chain(frames).collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn undefined_names_are_named() {
    let cases = [
        ("a\n  {{ nope() }}", "'nope' is undefined\nmodels/m.sql:2:6 `nope`"),
        ("{{ x.y }}", "'x' is undefined\nmodels/m.sql:1:4 `x`"),
        ("{% set a = {} %}{{ 1 ~ a.b.c }}", "'a.b' is undefined\nmodels/m.sql:1:24 `a.b`"),
        ("{% set a = {} %}{{ a.b['c'].d }}", "'a.b' is undefined\nmodels/m.sql:1:20 `a.b`"),
        ("{{ x.y() }}", "'x' is undefined\nmodels/m.sql:1:4 `x`"),
        ("{% set a = {} %}{{ a.b.c(1) }}", "'a.b' is undefined\nmodels/m.sql:1:20 `a.b`"),
        ("{{ {'a': 1}['b'].c }}", "'dict object' has no attribute 'b'\nmodels/m.sql:1:4 `{'a': 1}['b']`"),
        ("{{ 'a'.nope() }}", "'str object' has no attribute 'nope'\nmodels/m.sql:1:4 `'a'.nope()`"),
        ("{{ none.nope() }}", "'None' has no attribute 'nope'\nmodels/m.sql:1:4 `none.nope()`"),
        ("{% set a = 'x' %}{{ a() }}", "'str' object is not callable\nmodels/m.sql:1:21 `a()`"),
        ("{{ 1 + x.y|length }}", "'x' is undefined\nmodels/m.sql:1:8 `x`"),
        ("{{ 2 * nope + 1 }}", "'nope' is undefined\nmodels/m.sql:1:8 `nope`"),
        ("{{ a - 1 }}", "'a' is undefined\nmodels/m.sql:1:4 `a`"),
        ("{{ 1 + [nope.x][0] }}", "'nope' is undefined\nmodels/m.sql:1:9 `nope`"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown("", text), expected, "{text}");
    }
}

#[test]
fn unknown_filters_tests_tags_and_macros_are_named() {
    let macros = "{% macro star(x) %}{% endmacro %}";
    let cases = [
        ("{{ 1 | nope }}", "No filter named 'nope' found.\nmodels/m.sql:1:8 `nope`"),
        ("{{ f(1, [2] | nope(1)) }}", "No filter named 'nope' found.\nmodels/m.sql:1:15 `nope`"),
        ("{{ 1 is nope }}", "No test named 'nope' found.\nmodels/m.sql:1:9 `nope`"),
        ("{{ stra() }}", "'stra' is undefined\nhelp: did you mean `star`?\nmodels/m.sql:1:4 `stra`"),
        ("{{ root.stra(1) }}", "'dict object' has no attribute 'stra'\nmodels/m.sql:1:4 `root.stra(1)`"),
        ("a\n{% fro x in y %}{% endfor %}", "`endfor` has no `for` before it\nmodels/m.sql:2:17 `{% endfor %}`"),
        ("{% snapshott x %}", "Encountered unknown tag 'snapshott'.\nmodels/m.sql:1:4 `snapshott`"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(macros, text), expected, "{text}");
    }
}

#[test]
fn syntax_errors_are_shown_at_their_place() {
    let cases = [
        ("a {{ x ", "`{{` is never closed\nhelp: close it with `}}`\nmodels/m.sql:1:3 `{{`"),
        ("{% if x %}\na", "`if` is never closed\nhelp: close it with `{% endif %}`\nmodels/m.sql:1:1 `{% if x %}`"),
        ("{{ a b }}", "expected `}}`, got identifier\nmodels/m.sql:1:6 `b`"),
        ("{{ f(a b) }}", "expected `,`, got identifier\nmodels/m.sql:1:8 `b`"),
        ("{{ a $ b }}", "unexpected character\nmodels/m.sql:1:6 `$`"),
        ("{% set 1 = 2 %}", "expected identifier, got integer\nmodels/m.sql:1:8 `1`"),
        ("{{ }}", "unexpected end of variable block\nmodels/m.sql:1:4 `}}`"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown("", text), expected, "{text}");
    }
}

#[test]
fn calls_that_led_to_a_failure_are_told_innermost_first() {
    let macros = "{% macro one() %}
  {{ two(1) }}
{% endmacro %}
{% macro two(x) %}{% if true: %}{{ [1] and three() }}{% endif %}{% endmacro %}
{% macro three() %}
{% for i in [1] %}{{ i | nope }}{% endfor %}{% endmacro %}
{% macro over() %}{{ two(1, 2) }}{% endmacro %}
{% macro keyword() %}{{ two(y=2) }}{% endmacro %}
{% macro raises() %}{{ boom('no such table') }}{% endmacro %}
{% macro block() %}{{ caller() }}{% endmacro %}
{% macro broken() %}{{ a b }}{% endmacro %}
";
    let cases = [
        (
            "x\n{{ one() }}",
            "No filter named 'nope' found.\nmacros/root_0.sql:6:26 `nope`\nmacros/root_0.sql:4:44 `three()`\nmacros/root_0.sql:2:6 `two(1)`\nmodels/m.sql:2:4 `one()`",
        ),
        (
            "{{ over() }}",
            "macro 'dbt_macro__two' takes not more than 1 argument(s)\nmacros/root_0.sql:7:22 `two(1, 2)`\nmodels/m.sql:1:4 `over()`",
        ),
        (
            "{{ keyword() }}",
            "macro 'dbt_macro__two' takes no keyword argument 'y'; did you mean 'x'?\nmacros/root_0.sql:8:25 `two(y=2)`\nmodels/m.sql:1:4 `keyword()`",
        ),
        (
            "{{ raises() }}",
            "no such table\nmacros/root_0.sql:9:24 `boom('no such table')`\nmodels/m.sql:1:4 `raises()`",
        ),
        (
            "{% call block() %}\n{{ x.y }}{% endcall %}",
            "'x' is undefined\nmodels/m.sql:2:4 `x`\nmodels/m.sql:1:9 `block()`",
        ),
        ("{{ broken() }}", "expected `}}`, got identifier\nmacros/root_0.sql:11:26 `b`\nmodels/m.sql:1:4 `broken()`"),
        (
            "{% call two(1) %}{% endcall %}",
            "macro 'dbt_macro__two' takes no keyword argument 'caller': it cannot be used in a call block\nmodels/m.sql:1:9 `two(1)`",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(macros, text), expected, "{text}");
    }
}

#[test]
fn places_are_right_in_texts_with_crlf_and_other_alphabets() {
    assert_eq!(shown("", "größe\r\n日本 {{ [1] and nope.x }}\r\n"), "'nope' is undefined\nmodels/m.sql:2:15 `nope`");
}

#[test]
fn endless_recursion_is_reported_with_few_calls() {
    let failure =
        render_with("{% macro again() %}{{ again() }}{% endmacro %}", "{{ again() }}").expect_err("it never ends");
    assert_eq!(failure.message(), "maximum recursion depth exceeded");
    assert!(failure.frames.len() <= 24);
    assert_eq!(failure.frames.last().map(|frame| frame.span.location()).as_deref(), Some("models/m.sql:1:4"));
}

#[test]
fn return_outside_of_a_macro_is_an_error() {
    assert_eq!(shown("", "{{ return(1) }}"), "`return` works only inside of a macro\nmodels/m.sql:1:4 `return(1)`");
}

#[test]
fn mistakes_in_macros_that_nobody_calls_can_be_asked_for() {
    let engine = engine(&[
        ("root", "{% macro good() %}{% endmacro %}\n{% macro bad() %}{{ a b }}{% endmacro %}"),
        ("dbt", "{% macro worse() %}{{ a b }}{% endmacro %}"),
    ]);
    let found: Vec<_> =
        engine.check_macros("root").into_iter().map(|failure| failure.into_diagnostic("E0262")).collect();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].one_line(), "expected `}}`, got identifier (macros/root_0.sql:2:23)");
}

#[test]
fn the_caret_stands_in_a_file_of_the_user() {
    let engine = engine(&[
        (
            "dbt",
            "{% macro inner() %}{{ boom('no such table') }}{% endmacro %}{% macro outer() %}{{ caller() }}{% endmacro %}",
        ),
        ("root", "{% macro own() %}\n{{ inner() }}{% endmacro %}"),
    ]);
    let shown = |text: &str| {
        let diagnostic = render_in(&engine, Phase::Execute, text).expect_err("it fails").into_diagnostic("E0262");
        let context = diagnostic.context.iter().map(|label| label.span.location());
        let shown: Vec<_> =
            std::iter::once(diagnostic.one_line()).chain(context).chain(diagnostic.notes.clone()).collect();
        shown.join("; ")
    };
    assert_eq!(
        shown("{{ own() }}"),
        "no such table (macros/root_1.sql:2:4); models/m.sql:1:4; in built-in macro `dbt.inner` (macros/dbt_0.sql:1:23)"
    );
    assert_eq!(
        shown("{% call outer() %}\n{{ x.y }}{% endcall %}"),
        "'x' is undefined (models/m.sql:2:4); models/m.sql:1:9"
    );
}
