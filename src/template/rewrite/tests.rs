//! Templates of the dialect and what they are rewritten to.

use super::*;

fn template(text: &str) -> String {
    rewrite(text, Unit::Template, Marks::None, &|_| false).expect("it is rewritten").text
}

#[test]
fn expressions_become_what_the_engine_takes() {
    let cases = [
        ("{{ [1, 2] }}", "{{ ([1, 2]|__l) }}"),
        (
            "{{ x[1] }} {{ f()[1] }} {{ 'a'[0] }} {{ [1][0] }}",
            "{{ x[1] }} {{ f()[1] }} {{ 'a'[0] }} {{ ([1]|__l)[0] }}",
        ),
        ("{{ {'a': [1]} }}", "{{ ({'a': ([1]|__l)}|__d) }}"),
        ("{% for x in [1] %}{% endfor %}", "{% for x in [1] %}{% endfor %}"),
        ("{% if x in [1] or not [2] %}{% endif %}", "{% if x in [1] or not ([2]|__l) %}{% endif %}"),
        ("{{ f(a=[], **{'b': 1}) }}", "{{ f(a=([]|__l), **({'b': 1}|__d)) }}"),
        ("{{ '[1]' }} {# [1] #}{% raw %}[1]{% endraw %}", "{{ '[1]' }} {# [1] #}{% raw %}[1]{% endraw %}"),
        ("{{ a % b }}", "{{ (a) |__mod( b) }}"),
        ("{{ '%s' % (a, b) ~ c }}", "{{ ('%s') |__mod( (a, b)) ~ c }}"),
        ("{{ a * b % -c[0]|int }}", "{{ ((a) |__mul( b)) |__mod( ((c[0])|__neg)|int) }}"),
        ("{{ a % b % c }}", "{{ ((a) |__mod( b)) |__mod( c) }}"),
        ("{% if loop.index % 2 == 0 %}", "{% if ((loop.index) |__mod( 2)) |__eq( 0) %}"),
        ("{% if a > 1 and b <= c[0] + 1 %}", "{% if (a) |__gt( 1) and (b) |__le( (c[0]) |__add( 1)) %}"),
        ("{% if not a == b or c != d|length %}", "{% if not (a) |__eq( b) or (c) |__ne( d|length) %}"),
        ("{{ a == 'x' }}{{ a == none }}{{ true != a }}", "{{ a == 'x' }}{{ a == none }}{{ true != a }}"),
        ("{{ a < b < c }}{{ a in b == c }}{{ a == b in c }}", "{{ a < b < c }}{{ a in b == c }}{{ a == b in c }}"),
        ("{{ a is defined == b }}{{ a == b is none }}", "{{ a is defined == b }}{{ a == b is none }}"),
        ("{{ x(a=b == c) }}", "{{ x(a=(b) |__eq( c)) }}"),
        ("{{ a + b * c - d }}", "{{ ((a) |__add( (b) |__mul( c))) |__sub( d) }}"),
        ("{{ a + b ~ c + d }}", "{{ ((a) |__add( b ~ c)) |__add( d) }}"),
        (
            "{{ -a + b }}{{ +b - a }} {{ a + -b }}",
            "{{ (((a)|__neg)) |__add( b) }}{{ (b) |__sub( a) }} {{ (a) |__add( ((b)|__neg)) }}",
        ),
        ("{{ a, f(b, c) }}{{ f(a, b) }}", "{{ (a, f(b, c)) }}{{ f(a, b) }}"),
        ("{% for x, y in a, b if x %}{% endfor %}", "{% for x, y in (a, b) if x %}{% endfor %}"),
        ("{{ 1 / 0 }}{{ 1 < 'a' }}", "{{ (1) |__div( 0) }}{{ (1) |__lt( 'a') }}"),
        ("{{ [1] + [2] }}", "{{ (([1]|__l)) |__add( ([2]|__l)) }}"),
        ("{{ 'a' + b + 'c' }} {{ 1 + 2 }}", "{{ 'a' + b + 'c' }} {{ 1 + 2 }}"),
        ("{{ -1 }} {{ f(-1, *a, **b) }}", "{{ -1 }} {{ f(-1, *a, **b) }}"),
        ("{{ +3 }} {{ a - +b }}", "{{ 3 }} {{ (a) |__sub( b) }}"),
        ("{{ a ** b // c }}", "{{ ((a) |__pow( b)) |__floordiv( c) }}"),
        ("{{ (a + b) / 2 }}", "{{ (((a) |__add( b))) |__div( 2) }}"),
        ("{{ x.a(1)[2]|f(3) - y if z else w - 1 }}", "{{ (x.a(1)[2]|f(3)) |__sub( y) if z else (w) |__sub( 1) }}"),
        ("{% set x = y|sort %}", "{% set x = ((y|sort)|__m) %}"),
        ("{% set x = y[1:] %}{% set x = y[1] %}", "{% set x = ((y[1:])|__m) %}{% set x = y[1] %}"),
        ("{% set x, y = a.split(',') %}", "{% set x, y = ((a.split(','))|__m) %}"),
        ("{% set x = y %}{% set z | upper %}{% endset %}", "{% set x = y %}{% set z | upper %}{% endset %}"),
        ("{% do x.append(1) %}{% do f(x)(y) %}", "{% do x.append(1) %}{% do f(x)(y) %}"),
        ("{% do x.a if y else f(1) %}", "{% do __do((x.a if y else f(1))) %}"),
        ("{% do f(x)|g(y) %}{% do (x) %}", "{% do __do((f(x)|g(y))) %}{% do __do(((x))) %}"),
        ("{% if x: %}{% else: %}{% endif %}", "{% if x %}{% else %}{% endif %}"),
        ("{% for a in b[1:] : %}{% endfor %}", "{% for a in b[1:]  %}{% endfor %}"),
        ("a\r\nb{{ x }}\r\n", "a\nb{{ x }}\n"),
        ("\u{feff}a", "a"),
        ("{% docs x %}\n{{ {% enddocs %}", "{#\n#}"),
    ];
    for (text, expected) in cases {
        assert_eq!(template(text), expected, "{text}");
    }
}

#[test]
fn blocks_become_macros() {
    let unit = |name: &str, text: &str| {
        rewrite(text, Unit::Macro(name), Marks::None, &|_| true).expect("it is rewritten").text
    };
    let cases = [
        (
            "a",
            "{%- macro a(x) -%}{%- endmacro -%}",
            "{%- macro dbt_macro__a(x) -%}{%- endmacro -%}{%do __def(dbt_macro__a)%}",
        ),
        (
            "test_b",
            "{% test b(x) %}{% endtest %}",
            "{% macro dbt_macro__test_b(x) %}{% endmacro %}{%do __def(dbt_macro__test_b)%}",
        ),
        (
            "materialization_m_duckdb",
            "{% materialization m,\n adapter='duckdb' %}{% endmaterialization %}",
            "{% macro dbt_macro__materialization_m_duckdb(supported_languages=['sql'])\n %}{% endmacro %}{%do __def(dbt_macro__materialization_m_duckdb)%}",
        ),
        (
            "v",
            "{% macro v() %}{{ varargs }}{{ kwargs }}{% endmacro %}",
            "{% macro dbt_macro__v(varargs=(),kwargs={}) %}{{ varargs }}{{ kwargs }}{% endmacro %}{%do __def(dbt_macro__v)%}",
        ),
        (
            "w",
            "{% macro w(a, b=[],) %}{{ varargs }}{% endmacro %}",
            "{% macro dbt_macro__w(a, b=([]|__l),varargs=()) %}{{ varargs }}{% endmacro %}{%do __def(dbt_macro__w)%}",
        ),
        (
            "d",
            "{% macro d(a, b=a~'!') -%} x{% endmacro %}",
            "{% macro dbt_macro__d(a, b=__u) -%}{%set b=(a~'!') if b is undefined else b-%} x{% endmacro %}{%do __def(dbt_macro__d)%}",
        ),
    ];
    for (name, text, expected) in cases {
        assert_eq!(unit(name, text), expected, "{text}");
    }
}

#[test]
fn the_prologue_stands_only_where_a_name_asks_for_it() {
    let rewritten =
        |text: &str| rewrite(text, Unit::Template, Marks::None, &|name| name == "m").expect("it is rewritten").text;
    assert!(rewritten("{{ m() }}").starts_with(PROLOGUE));
    assert_eq!(rewritten("{{ x.m() }} m {{ 'm' }}"), "{{ x.m() }} m {{ 'm' }}");
}

#[test]
fn places_lead_back() {
    let text = "a\r\n{{ x + [1, 2] }} {{ nope }}";
    let rewritten = rewrite(text, Unit::Template, Marks::None, &|_| true).expect("it is rewritten");
    let back = |wanted: &str| {
        let at = rewritten.text.find(wanted).expect("it is there");
        &text[rewritten.map.back(at..at + wanted.len())]
    };
    assert_eq!(back("nope"), "nope");
    assert_eq!(back("[1, 2]|__l"), "[1, 2]");
    assert_eq!(back("(x) |__add( ([1, 2]|__l))"), "x + [1, 2]");
}

#[test]
fn marks_stand_where_white_space_is_not_touched() {
    let text = "  select\n  a {{ x }} b\n\n{% raw %}{{{% endraw %}";
    let rewritten = rewrite(text, Unit::Template, Marks::Unit(3), &|_| false).expect("it is rewritten").text;
    let expected = "  <3,2>select\n  <3,11>a {{ __t(3,16,17,(x)) }} <3,21>b\n\n{% raw %}<3,33>{{{% endraw %}";
    assert_eq!(rewritten.replace(PLACE_START, "<").replace(PLACE_END, ">"), expected);
}
