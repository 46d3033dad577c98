//! Texts and the tags and blocks that are found in them.

use super::*;
use crate::resource::MacroKind;

/// Shows tokens in short: kind's first letters and text.
fn shown(text: &str) -> String {
    let tokens = tokens(text).expect("it scans");
    let words = tokens.list.iter().map(|token| {
        let kind = match token.kind {
            TokenKind::Data => "d",
            TokenKind::Raw => "r",
            TokenKind::RawTag => "R",
            TokenKind::Comment => "c",
            TokenKind::Docs => "D",
            TokenKind::TagStart | TokenKind::TagEnd | TokenKind::ExprStart | TokenKind::ExprEnd => "",
            TokenKind::Name => "n",
            TokenKind::Text => "t",
            TokenKind::Number => "#",
            TokenKind::Open | TokenKind::Close => "b",
            TokenKind::Operator => "o",
        };
        format!("{kind}<{}>", &text[token.range()])
    });
    words.collect()
}

#[test]
fn texts_fall_into_tokens() {
    let cases = [
        ("select 1", "d<select 1>"),
        ("a{{ x }}b", "d<a><{{>n<x><}}>d<b>"),
        ("{{- f('}}', \"%}\") -}}", "<{{->n<f>b<(>t<'}}'>o<,>t<\"%}\">b<)><-}}>"),
        ("{% if a // b %}", "<{%>n<if>n<a>o<//>n<b><%}>"),
        ("{{ {'a': {'b': 1}} }}", "<{{>b<{>t<'a'>o<:>b<{>t<'b'>o<:>#<1>b<}>b<}><}}>"),
        ("{# {{ #}x", "c<{# {{ #}>d<x>"),
        ("{% raw %}{{ x }}{% endraw %}y", "R<{% raw %}>r<{{ x }}>R<{% endraw %}>d<y>"),
        ("{%- raw -%}{%- endraw -%}", "R<{%- raw -%}>R<{%- endraw -%}>"),
        ("{% docs a %}don't {{ {% enddocs %}z", "D<{% docs a %}don't {{ {% enddocs %}>d<z>"),
        ("{{ row.0.1 + 1.5e-3 }}", "<{{>n<row>o<.>#<0>o<.>#<1>o<+>#<1.5e-3><}}>"),
        ("{{ 'it\\'s' }}", "<{{>t<'it\\'s'><}}>"),
        ("{{ größe }}", "<{{>n<größe><}}>"),
        ("{ % } }} %}", "d<{ % } }} %}>"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_closed_is_reported_where_it_begins() {
    let cases = [
        ("a {{ x", "`{{` is never closed", "{{"),
        ("a {% if x", "`{%` is never closed", "{%"),
        ("a {% if x \n{% endif %}", "`{%` is never closed", "{%"),
        ("{# x", "this comment is never closed", "{#"),
        ("{{ 'x }}\nb", "this text is never closed", "'x }}"),
        ("{{ x \n}} it's", "", ""),
        ("{{ x \nselect {{ y }} it's", "`{{` is never closed", "{{"),
        ("{{ f(1 }}", "`(` is closed by `}`", "("),
        ("{{ f((1) \n", "`(` is never closed", "("),
        ("{{ f) }}", "`)` closes nothing", ")"),
        ("{{ [1) }}", "`[` is closed by `)`", "["),
        ("{% raw %} x", "this `raw` block is never closed", "{% raw %}"),
        ("{% docs a %} x", "this `docs` block is never closed", "{% docs a %} x"),
        ("{% if x }}", "`}` closes nothing", "}"),
    ];
    for (text, message, place) in cases {
        match tokens(text) {
            Ok(_) => assert_eq!(message, "", "{text}"),
            Err(error) => {
                assert_eq!((error.message.as_str(), &text[error.range.clone()]), (message, place), "{text}");
            }
        }
    }
}

#[test]
fn blocks_are_found_with_their_names_and_parameters() {
    let text = "{# {% macro no() %} #}{% raw %}{% endmacro %}{% endraw %}
{% macro a(x, y=[1, 2], z='%}') -%} {{ '{% endmacro %}' }} {# {% endmacro %} #}{%- endmacro %}
{% test b(model,
   column_name) %}{% endtest %}{% data_test c(model) %}{% enddata_test %}
{% materialization d, adapter='duckdb', supported_languages=['sql', 'python'] %}{% endmaterialization %}
{%- materialization e, default -%}{%- endmaterialization -%}
{% docs f %} {{ {% enddocs %}
{% snapshot g %}select 1{% endsnapshot %}";
    let found = blocks(text).expect("they are read");
    let names: Vec<_> = found.iter().map(Block::macro_name).collect();
    assert_eq!(names, ["a", "test_b", "test_c", "materialization_d_duckdb", "materialization_e_default", "f", "g"]);
    let parameters: Vec<_> =
        found[0].parameters.iter().map(|known| (known.name.as_str(), known.default.as_deref())).collect();
    assert_eq!(parameters, [("x", None), ("y", Some("[1, 2]")), ("z", Some("'%}'"))]);
    assert_eq!(found[1].parameters.len(), 2);
    let MacroKind::Materialization { languages, .. } = &found[3].kind else { panic!("{:?}", found[3].kind) };
    assert_eq!(languages, &["sql", "python"]);
    assert_eq!(&text[found[5].contents.clone()], " {{ ");
    assert_eq!(&text[found[6].contents.clone()], "select 1");
    assert_eq!(&text[found[6].name_range.clone()], "g");
    assert!(
        text[found[0].range.clone()].starts_with("{% macro a")
            && text[found[0].range.clone()].ends_with("{%- endmacro %}")
    );
}

#[test]
fn blocks_out_of_place_are_reported() {
    let cases = [
        ("{% macro a() %}", "`macro a` is never closed", "{% macro a() %}"),
        ("{% endmacro %}", "`endmacro` has no `macro` before it", "{% endmacro %}"),
        ("{% macro a() %}{% endtest %}", "`endtest` has no `test` before it", "{% endtest %}"),
        (
            "{% macro a() %}\n{% macro b() %}{% endmacro %}",
            "`macro` stands inside of the `macro` of line 1",
            "{% macro b() %}",
        ),
        (
            "{% if x %}{% macro a() %}{% endmacro %}{% endif %}",
            "`macro` stands inside of the `if` of line 1",
            "{% macro a() %}",
        ),
        ("{% macro a() %}{% if x %}{% endmacro %}", "`if` is never closed", "{% if x %}"),
        ("{% macro a() %}{% endif %}{% endmacro %}", "`endif` has no `if` before it", "{% endif %}"),
        ("{% for x in y %}{% endif %}", "`endif` stands where `endfor` is needed", "{% endif %}"),
        ("{% macro a %}{% endmacro %}", "`macro a` has no parameters", "{% macro a %}"),
        ("{% macro () %}{% endmacro %}", "this `macro` has no name", "{% macro () %}"),
        (
            "{% materialization a, foo='b' %}{% endmaterialization %}",
            "materialization `a` has an unknown argument `foo`",
            "foo",
        ),
        ("{% docs %}x{% enddocs %}", "this `docs` block has no name", "{%"),
    ];
    for (text, message, place) in cases {
        let error = blocks(text).expect_err(text);
        assert_eq!((error.message.as_str(), &text[error.range.clone()]), (message, place), "{text}");
    }
}

#[test]
fn prose_around_docs_blocks_is_not_read_as_templates() {
    let text = "Use {{ and {% like this. {# {% docs no %} #}\n{% docs yes %}\n don't {% raw %}{% enddocs %}{% endraw %}\n{% enddocs %} it's";
    let found = docs_blocks(text).expect("it is read");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, "yes");
    assert!(text[found[0].contents.clone()].contains("{% raw %}{% enddocs %}{% endraw %}"));
}

#[test]
fn unbalanced_statements_are_found() {
    let cases = [
        ("{% if a %}", Some("`if` is never closed")),
        ("{% for a in b %}{% if c %}{% endfor %}", Some("`endfor` stands where `endif` is needed")),
        ("{% endcall %}", Some("`endcall` has no `call` before it")),
        ("{% set x %}", Some("`set` is never closed")),
        ("{% set x = f(a=1) %}{% set y %}{% endset %}{% call f() %}{% endcall %}", None),
    ];
    for (text, expected) in cases {
        let found = unbalanced(&tokens(text).expect("it scans"));
        assert_eq!(found.map(|error| error.message), expected.map(str::to_owned), "{text}");
    }
}

#[test]
fn literal_references_know_their_place() {
    let file = SourceFile::new(
        "models/a.sql",
        "x{{ ref('a') }} {{ ref(\"p\", 'b', v=2) }} {{ source('s', 't') }} {{ ref(name) }} {{ x.ref('no') }} {# ref('no') #}",
    );
    let template = crate::template::Template::whole("model.p.a", "p", &file);
    let found = calls(&template);
    let places: Vec<_> = found
        .iter()
        .map(|call| match call {
            StaticCall::Ref(call) => call.span.as_ref().map(Span::text),
            StaticCall::Source(call) => call.span.as_ref().map(Span::text),
        })
        .collect();
    assert_eq!(places, [Some("ref('a')"), Some("ref(\"p\", 'b', v=2)"), Some("source('s', 't')")]);
    let wanted = crate::resource::RefCall {
        package: Some("p".into()),
        name: "b".into(),
        version: Some("2".into()),
        is_text_version: false,
        span: None,
    };
    assert_eq!(place_of_ref(&found, &wanted).map(|span| span.location()).as_deref(), Some("models/a.sql:1:20"));
}

#[test]
fn calls_of_macros_are_told_from_the_text() {
    let text = "{% macro a(x) %}{{ b(c(x)) }}{{ p.d() }}{{ x|e(1) }}{{ ref('x') }}{{ x.y.z() }}{{ 'n()' }}
        {{ return(adapter.dispatch('f', 'p')(x)) }}{% do adapter.quote(x) %}{{ adapter.dispatch(macro_name='g') () }}{% if (x) %}{% endif %}{% endmacro %}";
    let plain = |name: &str| MacroCall::Plain(name.into());
    let dispatch = |name: &str, namespace: Option<&str>| MacroCall::Dispatch {
        name: name.into(),
        namespace: namespace.map(str::to_owned),
    };
    assert_eq!(
        macro_calls(text),
        [
            plain("b"),
            plain("c"),
            MacroCall::Qualified("p".into(), "d".into()),
            plain("return"),
            dispatch("f", Some("p")),
            dispatch("g", None),
        ]
    );
}

/// A small generator of numbers, so that the property below needs no further crate and always tests the same texts.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of pieces")]
fn any_text_is_scanned_without_panic_and_with_places_inside_of_it() {
    let pieces = [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-",
        "+",
        " ",
        "\n",
        "\r\n",
        "'",
        "\"",
        "\\",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "raw",
        "endraw",
        "docs",
        "enddocs",
        " macro ",
        "endmacro",
        "test",
        "materialization",
        "snapshot",
        "if",
        "endif",
        "x",
        "é",
        "\u{1f600}",
        "1",
        ".",
        ",",
        "|",
        "%",
        "=",
        ":",
        "ref",
        "set",
        "do",
        "**",
        "adapter.dispatch",
        "\u{feff}",
        "varargs",
    ];
    let mut numbers = Numbers(7);
    for _ in 0..20_000 {
        let length = numbers.below(14);
        let text: String = (0..length).map(|_| pieces[numbers.below(pieces.len())]).collect();
        let check = |error: &ScanError| {
            assert!(text.get(error.range.clone()).is_some(), "{text:?}: {error:?}");
        };
        match tokens(&text) {
            Ok(found) => {
                let mut at = 0;
                for token in &found.list {
                    assert!(token.start as usize >= at && token.end > token.start, "{text:?}");
                    assert!(text.get(token.range()).is_some(), "{text:?}");
                    at = token.end as usize;
                }
                if let Some(error) = unbalanced(&found) {
                    check(&error);
                }
            }
            Err(error) => check(&error),
        }
        for found in [blocks(&text), docs_blocks(&text)] {
            match found {
                Ok(found) => found.iter().for_each(|block| {
                    assert!(text.get(block.range.clone()).is_some() && text.get(block.contents.clone()).is_some());
                    assert_eq!(text.get(block.name_range.clone()), Some(block.name.as_str()), "{text:?}");
                }),
                Err(error) => check(&error),
            }
        }
        let _ = macro_calls(&text);
        let rewritten = crate::template::rewrite::rewrite(
            &text,
            crate::template::rewrite::Unit::Template,
            crate::template::rewrite::Marks::Unit(0),
            &|_| true,
        );
        if let Ok(rewritten) = rewritten {
            assert_eq!(
                rewritten.text.matches('\n').count(),
                text.matches('\n').count(),
                "{text:?}: {:?}",
                rewritten.text
            );
            for at in 0..=rewritten.text.len() {
                let back = rewritten.map.back(at..rewritten.text.len());
                assert!(back.end <= text.len() && back.start <= back.end, "{text:?} {at} {back:?}");
            }
        }
    }
}

#[test]
fn keywords_of_config_are_kept_as_they_are_written() {
    let text = "{{ config(materialized=env_var('X', 'a,b'), tags=['x', 'y'], alias = 'z', n=1) }}{{ config(b=2) }}";
    let expected = [
        ("materialized", "Keyword(key='materialized', value=env_var('X', 'a,b'))"),
        ("tags", "Keyword(key='tags', value=['x', 'y'])"),
        ("alias", "Keyword(key='alias', value=Const(value='z'))"),
        ("n", "Keyword(key='n', value=Const(value=1))"),
    ];
    let found = config_keywords(text);
    let found: Vec<(&str, &str)> = found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(found, expected);
    assert!(config_keywords("config(a=1) {{ this.config(a=1) }}").is_empty());
}
