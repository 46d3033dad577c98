//! Where each part of a rendered text came from.

use super::*;

const MACROS: &str = "{% macro columns(n) -%}
  {% for i in range(n) %}
  c{{ i }}{{ ',' if not loop.last }}
  {%- endfor %}
{%- endmacro %}
{% macro value() %}{{ return('v' ~ 1) }}{% endmacro %}
{% macro outer() %}<{{ columns(1) }}>{% endmacro %}";

const MODEL: &str = "{{ ref('x') }} -- größe
select
  {{ columns(2) }},\r
    {{ value() }} as v, {%- if true %} tail{% endif %}
from {{ outer() }}
";

/// The place of the first occurrence of a part of the output: what it came from, then the calls around.
fn origin(text: &str, map: &OutputMap, part: &str) -> Vec<String> {
    let offset = text.find(part).unwrap_or_else(|| panic!("{part} is not in {text}"));
    let Some(located) = map.locate(offset) else { return Vec::new() };
    let kind = if located.is_expression { "made by" } else { "copied" };
    let position = located.span.location();
    let text = if located.is_expression { located.span.text().to_owned() } else { String::new() };
    let calls = located.frames.iter().map(|frame| format!("{} {}", frame.span.location(), frame.span.text()));
    std::iter::once(format!("{kind} {position} {text}").trim_end().to_owned()).chain(calls).collect()
}

#[test]
fn each_part_of_the_output_leads_back_to_its_place() {
    let engine = engine(&[("root", MACROS)]);
    let context = context("root", Phase::Execute);
    let plain = engine.render(&template(MODEL), &context).expect("it renders");
    let (text, map) = engine.render_traced(&template(MODEL), &context).expect("it renders");
    assert_eq!(text, plain);
    assert_eq!(origin(&text, &map, "<x>"), ["made by models/m.sql:1:4 ref('x')"]);
    assert_eq!(origin(&text, &map, "größe"), ["copied models/m.sql:1:19"]);
    assert_eq!(origin(&text, &map, "elect"), ["copied models/m.sql:2:2"]);
    assert_eq!(origin(&text, &map, "c1"), ["copied macros/root_0.sql:3:3", "models/m.sql:3:6 columns(2)"]);
    assert_eq!(origin(&text, &map, "1,"), ["made by macros/root_0.sql:3:7 i", "models/m.sql:3:6 columns(2)"]);
    assert_eq!(origin(&text, &map, "v1"), ["made by models/m.sql:4:8 value()"]);
    assert_eq!(origin(&text, &map, "tail"), ["copied models/m.sql:4:40"]);
    assert_eq!(
        origin(&text, &map, "c0>"),
        ["copied macros/root_0.sql:3:3", "macros/root_0.sql:7:24 columns(1)", "models/m.sql:5:9 outer()"]
    );
    let sorted = map.pieces.windows(2).all(|pair| pair[0].0.end <= pair[1].0.start);
    assert!(sorted && map.pieces.iter().all(|(range, _)| range.end <= text.len()));
}

#[test]
fn copied_text_leads_back_to_the_very_byte() {
    let engine = engine(&[]);
    let model = "select\r\n  a, {{ 1 }} b\r\n{% raw %}{{ c }}{% endraw %}, (d\n  {# x #} e)\n";
    let (text, map) = engine.render_traced(&template(model), &context("root", Phase::Execute)).expect("it renders");
    assert_eq!(text, "select\n  a, 1 b\n{{ c }}, (d\n   e)");
    for (at, sign) in text.char_indices().filter(|(_, sign)| sign.is_alphabetic()) {
        let located = map.locate(at).expect("it is known");
        assert_eq!(model[located.span.range.start..].chars().next(), Some(sign));
    }
}

#[test]
fn a_text_that_depends_on_itself_differs_from_the_real_one() {
    let engine = engine(&[]);
    let model = "{% set x %}abc{% endset %}{{ x | length }}";
    let (text, _) = engine.render_traced(&template(model), &context("root", Phase::Execute)).expect("it renders");
    assert_ne!(text, "3");
}

#[test]
fn marks_can_be_taken_off() {
    let engine = engine(&[("root", MACROS)]);
    let marked =
        engine.rewritten(&template(MODEL), &context("root", Phase::Execute), Marks::Unit(0)).expect("it scans").0;
    assert!(!crate::template::without_marks(&marked).contains(['\u{e000}', '\u{e001}']));
    assert_eq!(crate::template::without_marks("a\u{e000}0,1\u{e001}b\u{e002}0,1,2\u{e003}c\u{e004}d"), "abcd");
}
