//! What dbt's Jinja renders, case by case.

use super::*;

#[test]
fn plain_jinja() {
    check(
        "",
        &[
            ("select 1\n", "select 1"),
            ("select 1\n\n", "select 1\n"),
            ("select {{ 1 }}\n", "select 1"),
            ("a\r\n{{ 1 }}\r\nb\r\n", "a\n1\nb"),
            ("\u{feff}select {{ 1 }}", "select 1"),
            ("größe {{ 'ß' }} 日本", "größe ß 日本"),
            ("{% set x = 1 %}{{ x }}", "1"),
            ("{% set x %}a{{ 1 }}{% endset %}[{{ x }}]", "[a1]"),
            ("{% if true: %}a{% else: %}b{% endif %}", "a"),
            ("{% for i in range(3) if i != 1 %}{{ loop.index }}{{ i }}{{ ',' if not loop.last }}{% endfor %}", "10,22"),
            ("{% for i in [] %}x{% else %}none{% endfor %}", "none"),
            (
                "{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}",
                "013",
            ),
            ("{% for a, b in [(1, 2), (3, 4)] %}{{ a }}{{ b }} {% endfor %}", "12 34 "),
            (
                "{% for i in [1, 2] %}{{ loop.first }} {{ loop.last }} {{ loop.length }} {{ loop.index0 }} {{ loop.revindex }};{% endfor %}",
                "True False 2 0 2;False True 2 1 1;",
            ),
            ("a {%- if true -%} b {%- endif -%} c", "abc"),
            ("a {{- 1 -}} b", "a1b"),
            ("{# c #}a{#- b -#} d", "ad"),
            ("{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
            (
                "{% set ns = namespace(x=1) %}{% for i in range(3) %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}",
                "4",
            ),
            ("{{ none }} {{ true }} {{ 1.0 }} {{ 3 / 2 }} {{ 4 // 3 }}", "None True 1.0 1.5 1"),
            ("{{ 'a' ~ none ~ true ~ 1 }}", "aNoneTrue1"),
            ("[{{ nothing }}]", "[]"),
            ("{{ 'x' if nothing is defined else 'y' }}", "y"),
            ("{{ nothing | default('d') }}", "d"),
            ("{% do log_nothing if false else none %}a", "a"),
            ("{% filter upper %}a{{ 'b' }}{% endfilter %}", "AB"),
            ("{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}", "12"),
            ("{{ 'a' 'b' }} {{ \"it's\" }} {{ 'a\\'b' }}", "ab it's a'b"),
            ("{{ '\\d' }}", "\\d"),
            ("{{ range(3) | list | length }}", "3"),
            ("{{ [1, 2, 3][1:] | length }} {{ 'abc'[-1] }}", "2 c"),
            ("{% docs x %}{{ no {% enddocs %}a", "a"),
            ("{% macro local() %}x{% endmacro %}a", "a"),
            ("{% set if_ = 1 %}{{ if_ }}", "1"),
            ("{{ execute }}", "True"),
        ],
    );
}

#[test]
fn arithmetic_binds_as_in_python() {
    check(
        "",
        &[
            ("{{ 7 * 3 % 5 }} {{ 7 + 3 % 5 }} {{ 2 * (3 + 4) % 5 }}", "1 10 4"),
            ("{{ 10 - 2 - 3 }} {{ 2 ** 3 ** 1 }} {{ -2 + 5 }} {{ 1 - -1 }}", "5 8 3 2"),
            ("{% set a = 7 %}{{ a + 2 * a - 1 }}", "20"),
            ("{% set a = 7 %}{{ a % 2 == 1 and not a % 7 }}", "True"),
        ],
    );
}

#[test]
fn macros_and_their_arguments() {
    let macros = "
{% macro plain(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}
{% macro later(a, b=a ~ '!') %}{{ a }}{{ b }}{% endmacro %}
{% macro rest() %}{{ varargs | length }}{% for v in varargs %},{{ v }}{% endfor %};{% for k, v in kwargs|dictsort %}{{ k }}={{ v }},{% endfor %}{% endmacro %}
{% macro forward() %}{{ rest(*varargs, **kwargs) }}{% endmacro %}
{% macro some(a) %}{{ a }}|{{ varargs | join(',') }}{% endmacro %}
{% macro block(x=1) %}<{{ caller(x) if caller else 'no caller' }}>{% endmacro %}
{% macro twice() %}{{ caller() }}{{ caller() }}{% endmacro %}
{% macro explicit(caller=none) %}{{ 'called' if caller else 'alone' }}{% endmacro %}
{% macro colon(x): %}{% if x: %}y{% endif %}{% endmacro %}
{% macro spaced( ) -%}   a   {%- endmacro %}
{% macro multi(
    a,
    b = 'x'
) %}{{ a }}{{ b }}{% endmacro %}
{% macro inner_set() %}{% set q %}{{ plain(1) }}{% endset %}{{ q }}{% endmacro %}
";
    check(
        macros,
        &[
            ("{{ plain(1) }} {{ plain(1, 3) }} {{ plain(b=4, a=5) }} {{ plain(1, b=none) }}", "1-2 1-3 5-4 1-None"),
            ("{{ plain() }}", "-2"),
            ("{{ later(1) }} {{ later(1, 2) }}", "11! 12"),
            ("{{ rest() }} {{ rest(1, 2, x=3) }}", "0; 2,1,2;x=3,"),
            ("{{ forward(1, y=2) }}", "1,1;y=2,"),
            ("{{ some(1, 2, 3) }} {{ some(a=1) }}", "1|2,3 1|"),
            ("{{ block() }} {% call(y) block(x=5) %}[{{ y }}]{% endcall %}", "<no caller> <[5]>"),
            ("{% set z = 'q' %}{% call twice() %}{{ z }}{% endcall %}", "qq"),
            ("{% for i in range(2) %}{% call twice() %}{{ i }}{% endcall %}{% endfor %}", "0011"),
            ("{% call explicit() %}{% endcall %}{{ explicit() }}", "calledalone"),
            ("{{ colon(true) }}{{ spaced() }}{{ multi(1) }}{{ inner_set() }}", "ya1x1-2"),
            ("{{ root.plain(1) }}", "1-2"),
            ("{% set m = plain %}{{ m(1) }}", "1-2"),
            ("{% set d = {'f': plain} %}{{ d['f'](1) }}{{ d.f(2) }}", "1-22-2"),
        ],
    );
}

#[test]
fn return_ends_a_macro_with_a_value() {
    let macros = "
{% macro list() %}noise{{ return([1, 2]) }}noise{% endmacro %}
{% macro early(x) %}{% for i in range(9) %}{% if i == x %}{{ return(i) }}{% endif %}{% endfor %}none{% endmacro %}
{% macro fact(n) %}{% if n <= 1 %}{% do return(1) %}{% endif %}{{ return(n * fact(n - 1)) }}{% endmacro %}
{% macro depth(n) %}{{ return(0 if n == 0 else depth(n - 1)) }}{% endmacro %}
{% macro nothing() %}{{ return(none) }}{% endmacro %}
{% macro yes() %}{{ return(true) }}{% endmacro %}
{% macro wrap() %}<{{ caller() }}>{% endmacro %}
{% macro hands_on() %}{{ return(list()) }}{% endmacro %}
{% macro ref(x) %}{{ return('own ' ~ x) }}{% endmacro %}
{% macro text() %}  a  {% endmacro %}
";
    check(
        macros,
        &[
            ("{{ list()[1] }} {{ early(3) }} {{ early(30) }} {{ fact(5) }}", "2 3 none 120"),
            ("{{ depth(100) }}", "0"),
            ("[{{ nothing() }}] {% if yes() %}y{% endif %}", "[None] y"),
            ("{% call wrap() %}a{% do return('b') %}c{% endcall %}", "b"),
            ("{{ hands_on() | length }}", "2"),
            ("{{ ref('x') }}", "own x"),
            ("[{{ text() }}] [{{ text() | trim }}]", "[  a  ] [a]"),
        ],
    );
}

#[test]
fn own_blocks_keep_control_of_white_space() {
    let macros = "a {%- macro x() -%}  b  {%- endmacro -%} c
{% test t(model) -%}  {{ model }}  {%- endtest %}
{% materialization m, adapter='duckdb' -%}  {{ return({'relations': [supported_languages[0]]}) }}  {%- endmaterialization %}
{% data_test u(model): %}{{ model }}{% enddata_test %}";
    check(
        macros,
        &[
            ("[{{ x() }}]", "[b]"),
            ("[{{ test_t('q') }}] [{{ root.test_u('r') }}]", "[q] [r]"),
            ("{{ materialization_m_duckdb()['relations'][0] }}", "sql"),
        ],
    );
}

#[test]
fn unknown_names_are_tolerated_while_the_project_is_read() {
    let engine = engine(&[("pkg", "{% macro m() %}m{% endmacro %}")]);
    let cases = [
        ("{{ nope() }}{{ nope.a.b() }}{{ nope['x'](1).y }}", ""),
        ("{% for x in nope.rows %}x{% endfor %}{% if nope %}y{% endif %}", ""),
        ("{{ none.columns[0].values() }}", ""),
        ("{{ pkg.m() }}{{ pkg.other(1) }}", "m"),
        ("{% set x = nope() %}{{ x.y() }}{{ 'a' if x else 'b' }}", "b"),
        ("{{ 'in' if 1 in nope else 'out' }}", "out"),
        ("{{ execute }}", "False"),
    ];
    for (text, expected) in cases {
        assert_eq!(render_in(&engine, Phase::Parse, text).expect(text), expected, "{text}");
    }
    assert!(render_in(&engine, Phase::Execute, "{{ nope() }}").is_err());
}
