//! The reader against PyYAML: every expected value was taken from `yaml.safe_load`, save that dates stay text here, infinities
//! are written as text, and `1`, `true` and `null` are different keys.

use serde_json::Value;

use super::{read, read_trimmed};
use crate::diagnostic::{SourceFile, Style, render};

#[rustfmt::skip]
const READ_AS_PYYAML_READS: &[(&str, &str)] = &[
    ("v: yes", r#"{"v": true}"#),
    ("v: no", r#"{"v": false}"#),
    ("v: on", r#"{"v": true}"#),
    ("v: off", r#"{"v": false}"#),
    ("v: Yes", r#"{"v": true}"#),
    ("v: NO", r#"{"v": false}"#),
    ("v: On", r#"{"v": true}"#),
    ("v: OFF", r#"{"v": false}"#),
    ("v: true", r#"{"v": true}"#),
    ("v: False", r#"{"v": false}"#),
    ("v: TRUE", r#"{"v": true}"#),
    ("v: y", r#"{"v": "y"}"#),
    ("v: n", r#"{"v": "n"}"#),
    ("v: tRue", r#"{"v": "tRue"}"#),
    ("v: null", r#"{"v": null}"#),
    ("v: ~", r#"{"v": null}"#),
    ("v: Null", r#"{"v": null}"#),
    ("v: NULL", r#"{"v": null}"#),
    ("v: nUll", r#"{"v": "nUll"}"#),
    ("v: ", r#"{"v": null}"#),
    ("v: none", r#"{"v": "none"}"#),
    ("v: 0", r#"{"v": 0}"#),
    ("v: -0", r#"{"v": 0}"#),
    ("v: +12", r#"{"v": 12}"#),
    ("v: 1_000", r#"{"v": 1000}"#),
    ("v: -1_0", r#"{"v": -10}"#),
    ("v: 0o17", r#"{"v": "0o17"}"#),
    ("v: 017", r#"{"v": 15}"#),
    ("v: 0_17", r#"{"v": 15}"#),
    ("v: 08", r#"{"v": "08"}"#),
    ("v: 0x1F", r#"{"v": 31}"#),
    ("v: -0xff", r#"{"v": -255}"#),
    ("v: 0b101", r#"{"v": 5}"#),
    ("v: 0b12", r#"{"v": "0b12"}"#),
    ("v: 1:30", r#"{"v": 90}"#),
    ("v: 1:30:15", r#"{"v": 5415}"#),
    ("v: -1:30", r#"{"v": -90}"#),
    ("v: 1:60", r#"{"v": "1:60"}"#),
    ("v: 01:30", r#"{"v": "01:30"}"#),
    ("v: 12e3", r#"{"v": "12e3"}"#),
    ("v: 1e3", r#"{"v": "1e3"}"#),
    ("v: 1.5e3", r#"{"v": "1.5e3"}"#),
    ("v: 1.5e+3", r#"{"v": 1500.0}"#),
    ("v: 1.5E-3", r#"{"v": 0.0015}"#),
    ("v: 1.", r#"{"v": 1.0}"#),
    ("v: .5", r#"{"v": 0.5}"#),
    ("v: -.5", r#"{"v": "-.5"}"#),
    ("v: +1.5", r#"{"v": 1.5}"#),
    ("v: 1_0.5", r#"{"v": 10.5}"#),
    ("v: .inf", r#"{"v": "inf"}"#),
    ("v: -.Inf", r#"{"v": "-inf"}"#),
    ("v: +.INF", r#"{"v": "inf"}"#),
    ("v: .nan", r#"{"v": "nan"}"#),
    ("v: .NaN", r#"{"v": "nan"}"#),
    ("v: 1:30.5", r#"{"v": 90.5}"#),
    ("v: 1.2.3", r#"{"v": "1.2.3"}"#),
    ("v: 2024-01-31", r#"{"v": "2024-01-31"}"#),
    ("v: 2024-01-31 10:20:30", r#"{"v": "2024-01-31T10:20:30"}"#),
    ("v: 1.0", r#"{"v": 1.0}"#),
    ("v: 100.0", r#"{"v": 100.0}"#),
    ("v: 9223372036854775807", r#"{"v": 9223372036854775807}"#),
    ("v: -9223372036854775808", r#"{"v": -9223372036854775808}"#),
    ("v: 0x", r#"{"v": "0x"}"#),
    ("v: _1", r#"{"v": "_1"}"#),
    ("v: 1_", r#"{"v": 1}"#),
    ("v: +", r#"{"v": "+"}"#),
    ("v: .", r#"{"v": "."}"#),
    ("v: ...x", r#"{"v": "...x"}"#),
    (r#"v: "yes""#, r#"{"v": "yes"}"#),
    ("v: 'no'", r#"{"v": "no"}"#),
    (r#"v: "1""#, r#"{"v": "1"}"#),
    ("v: !!str yes", r#"{"v": "yes"}"#),
    ("v: !!str 1", r#"{"v": "1"}"#),
    (r#"v: !!int "7""#, r#"{"v": 7}"#),
    (r#"v: !!float "1.5""#, r#"{"v": 1.5}"#),
    (r#"v: !!bool "Yes""#, r#"{"v": true}"#),
    (r#"v: !!null """#, r#"{"v": null}"#),
    ("v: ! 12", r#"{"v": 12}"#),
    ("v: =x", r#"{"v": "=x"}"#),
    ("v: {a: 1}", r#"{"v": {"a": 1}}"#),
    ("v: [1, yes, ~]", r#"{"v": [1, true, null]}"#),
    ("v: [a, b,]", r#"{"v": ["a", "b"]}"#),
    ("v: {a: 1,}", r#"{"v": {"a": 1}}"#),
    ("v: {a, b: }", r#"{"v": {"a": null, "b": null}}"#),
    (r#"v: {"a":1}"#, r#"{"v": {"a": 1}}"#),
    ("v: [a: 1]", r#"{"v": [{"a": 1}]}"#),
    ("", "null"),
    ("# nothing", "null"),
    ("---\na: 1\n", r#"{"a": 1}"#),
    ("a: 1\n...\n", r#"{"a": 1}"#),
    ("%YAML 1.1\n---\na: 1\n", r#"{"a": 1}"#),
    ("a: 1\r\nb: yes\r\nc: |\r\n  x\r\n  y\r\n", r#"{"a": 1, "b": true, "c": "x\ny\n"}"#),
    ("\u{feff}a: 1\n", r#"{"a": 1}"#),
    ("a: |\n  x\n   y\n\n", r#"{"a": "x\n y\n"}"#),
    ("a: |-\n  x\n  y\n\n", r#"{"a": "x\ny"}"#),
    ("a: |+\n  x\n\n", r#"{"a": "x\n\n"}"#),
    ("a: >\n  x\n  y\n\n  z\n", r#"{"a": "x y\nz\n"}"#),
    ("a: >-\n  x\n   y\n  z\n", r#"{"a": "x\n y\nz"}"#),
    ("a: |2\n    x\n", r#"{"a": "  x\n"}"#),
    ("a: >+\n  x\n\nb: 1\n", r#"{"a": "x\n\n", "b": 1}"#),
    ("a: x\n  y\n  z\n", r#"{"a": "x y z"}"#),
    ("a: 'it''s'\n", r#"{"a": "it's"}"#),
    ("a: \"x\\ty\\u00e9\\n\"\n", r#"{"a": "x\tyé\n"}"#),
    ("a: \"x\n  y\"\n", r#"{"a": "x y"}"#),
    ("a: 'x\n\n  y'\n", r#"{"a": "x\ny"}"#),
    ("a: x # c\n", r#"{"a": "x"}"#),
    ("a: x#c\n", r#"{"a": "x#c"}"#),
    ("a: http://x:80/y\n", r#"{"a": "http://x:80/y"}"#),
    ("a: b:c\n", r#"{"a": "b:c"}"#),
    ("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n  z: 4\n", r#"{"base": {"x": 1, "y": 2}, "use": {"x": 1, "y": 3, "z": 4}}"#),
    ("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc:\n  z: 0\n  <<: [*a, *b]\n", r#"{"a": {"x": 1}, "b": {"x": 2, "y": 2}, "c": {"x": 1, "y": 2, "z": 0}}"#),
    ("a: &a [1, 2]\nb: *a\n", r#"{"a": [1, 2], "b": [1, 2]}"#),
    ("a: &k name\n*k : 1\n", r#"{"a": "name", "name": 1}"#),
    ("x:\n  \"<<\": 1\n", r#"{"x": {"<<": 1}}"#),
    ("1: a\n2.5: b\nyes: c\n~: d\n", r#"{"1": "a", "2.5": "b", "true": "c", "null": "d"}"#),
    ("? a\n: 1\n? b\n", r#"{"a": 1, "b": null}"#),
    ("- a\n- - b\n  - c\n-\n- d: 1\n  e: 2\n", r#"["a", ["b", "c"], null, {"d": 1, "e": 2}]"#),
    ("a:\n- 1\n- 2\nb:\n  - 3\n", r#"{"a": [1, 2], "b": [3]}"#),
    ("a:\nb:\n  c:\n", r#"{"a": null, "b": {"c": null}}"#),
    ("a: !!set {x, y}\n", r#"{"a": {"x": null, "y": null}}"#),
    ("a: {b: [1, {c: d}]}\n", r#"{"a": {"b": [1, {"c": "d"}]}}"#),
    ("a: \"{{ x }}\"\n", r#"{"a": "{{ x }}"}"#),
    ("a: x{{ y }}\n", r#"{"a": "x{{ y }}"}"#),
    ("+a: 1\n", r#"{"+a": 1}"#),
    ("a:    1   \n\n\n", r#"{"a": 1}"#),
    ("a: [\n  1,\n  2\n]\n", r#"{"a": [1, 2]}"#),
    ("a: {\n  b: 1\n}\n", r#"{"a": {"b": 1}}"#),
    ("a: x\n\n# c\n\nb: y\n", r#"{"a": "x", "b": "y"}"#),
    ("a: é 中 😀\n", r#"{"a": "é 中 😀"}"#),
    ("é: 1\n", r#"{"é": 1}"#),
    ("a: 50%\n", r#"{"a": "50%"}"#),
    ("a: 2001-12-14t21:59:43.10-05:00\n", r#"{"a": "2001-12-14T21:59:43.100000-05:00"}"#),
    ("a: ' x '\n", r#"{"a": " x "}"#),
    ("a: \"\"\n", r#"{"a": ""}"#),
    ("a: ''\n", r#"{"a": ""}"#),
    ("a: |\n", r#"{"a": ""}"#),
    ("text\n", r#""text""#),
    ("a: >\n\n  x\n\n\n  y\n", r#"{"a": "\nx\n\ny\n"}"#),
    ("a: \"x\" # c\n", r#"{"a": "x"}"#),
    ("a: ?x\n", r#"{"a": "?x"}"#),
    ("a: x, y\n", r#"{"a": "x, y"}"#),
    ("a: [x y, z]\n", r#"{"a": ["x y", "z"]}"#),
    ("a: [a:1, http://x]\n", r#"{"a": ["a:1", "http://x"]}"#),
    ("a:\n  - b:\n      c\n", r#"{"a": [{"b": "c"}]}"#),
    ("a: \"x\\\n  y\"\n", r#"{"a": "xy"}"#),
    ("a: 1 # x\n  # y\n  \nb: 2", r#"{"a": 1, "b": 2}"#),
];

#[rustfmt::skip]
const REFUSED_AS_PYYAML_REFUSES: &[(&str, &str)] = &[
    ("v: -", "1:4 a list item `-` may not stand here"),
    ("v: @x", "1:4 a text may not begin with this character"),
    ("v: {a: b: c}", "1:9 a mapping `{…}` is not closed"),
    ("a: -1\nb: - 1\n", "2:4 a list item `-` may not stand here"),
    ("a: *.csv\n", "1:4 there is no anchor `&.csv` before this alias"),
    ("a: `x`\n", "1:4 a text may not begin with this character"),
    ("a: foo: bar\n", "1:7 a second `key: value` stands on this line"),
    ("a:\n\tb: 1\n", "2:1 a tab stands in the indentation"),
    ("a: [1\nb: 2\n", "2:2 a `:` may not stand here"),
    ("a: 'x\n", "1:4 a quoted text is not closed"),
    ("a: 1\n b: 2\n", "2:2 this line is indented deeper than the lines above it"),
    ("a:1\nb: 2\n", "1:2 a space is missing after the colon"),
    ("a: 1\n---\nb: 2\n", "2:1 a YAML file must hold one document"),
    ("a: !x 1\n", "1:7 the tag `!x` is not known"),
    ("- a\nb: 1\n", "2:1 this line does not fit the lines above it"),
    ("[a]: 1\n", "1:1 a key of a mapping must be text, not a list or a mapping"),
    ("a: {{ x }}\n", "1:4 a template in YAML must stand in quotes"),
    ("a: {{ env_var('X', 'y') }}-z\n", "1:4 a template in YAML must stand in quotes"),
    ("a: {% if x %}y{% endif %}\n", "1:4 a template in YAML must stand in quotes"),
    ("a: \"\\d\"\n", "1:4 there is no such escape with a backslash"),
    ("a: &x [*x]\n", "1:8 an alias refers to the value that it is part of"),
    ("a: *nope\n", "1:4 there is no anchor `&nope` before this alias"),
    ("- 1\n-2\n", "2:1 a space is missing after the dash of a list item"),
    ("a: x:\n", "1:5 a second `key: value` stands on this line"),
];

fn value(text: &str) -> Result<Value, String> {
    let file = SourceFile::new("t.yml", text);
    match read(&file) {
        Ok(yaml) => Ok(yaml.to_value()),
        Err(error) => Err(format!("{} {}", error.location().unwrap_or_default(), error.title)),
    }
}

fn message(text: &str) -> String {
    let file = SourceFile::new("t.yml", text);
    render(&read(&file).expect_err("the text is wrong"), Style::Plain)
}

#[test]
fn what_pyyaml_reads_is_read_alike() {
    for (text, expected) in READ_AS_PYYAML_READS {
        let expected: Value = serde_json::from_str(expected).expect("the table holds JSON");
        assert_eq!(value(text).map(|value| value.to_string()), Ok(expected.to_string()), "{text:?}");
    }
}

#[test]
fn what_pyyaml_refuses_is_refused_at_its_place() {
    for (text, expected) in REFUSED_AS_PYYAML_REFUSES {
        assert_eq!(value(text), Err(format!("t.yml:{expected}")), "{text:?}");
    }
}

#[test]
fn a_key_given_twice_shows_both_places() {
    let expected = "\
warning[W0111]: the key `name` is given twice in one mapping
 --> t.yml:4:5
  |
2 |   - name: a
  |     ---- first given here
3 |     x: 1
4 |     name: b
  |     ^^^^ given again
  |
  = help: remove one of them; YAML keeps only the last and drops the other in silence";
    let file = SourceFile::new("t.yml", "models:\n  - name: a\n    x: 1\n    name: b\n");
    let (_, warnings) = read_trimmed(&file).expect("it is YAML");
    assert_eq!(warnings.iter().map(|warning| render(warning, Style::Plain)).collect::<Vec<_>>(), [expected]);
}

#[test]
fn an_unquoted_template_is_to_be_quoted() {
    let expected = "\
error[E0117]: a template in YAML must stand in quotes
 --> t.yml:2:9
  |
2 |   path: {{ env_var('DB') }}/x
  |         ^^^^^^^^^^^^^^^^^^^^^ YAML reads `{` as the beginning of a mapping
  |
  = help: write \"{{ env_var('DB') }}/x\"";
    assert_eq!(message("dev:\n  path: {{ env_var('DB') }}/x\n  type: duckdb\n"), expected);
}

#[test]
fn a_missing_space_after_a_colon_is_named() {
    let expected = "\
error[E0119]: a space is missing after the colon
 --> t.yml:1:5
  |
1 | name:shop
  |     ^ without it this is text, not a key
  |
  = help: write `name: shop`";
    assert_eq!(message("name:shop\nprofile: shop\n"), expected);
}

#[test]
fn values_know_their_places() {
    let file = SourceFile::new("t.yml", "\u{feff}a: é\r\nb: 'x'\r\nc:\r\n  - d: 1\r\n    e:\r\n");
    let yaml = read(&file).expect("it is YAML");
    let places: Vec<String> = yaml
        .entries()
        .iter()
        .chain(yaml.entry("c").expect("c is there").items()[0].entries())
        .map(|entry| format!("{} {:?}", entry.value.span.location(), entry.value.span.text()))
        .collect();
    let expected = ["t.yml:1:5 \"é\"", "t.yml:2:4 \"'x'\"", "t.yml:4:3 \"-\"", "t.yml:4:8 \"1\"", "t.yml:5:5 \"e\""];
    assert_eq!(places, expected);
}

#[test]
fn nesting_and_aliases_are_bounded() {
    let deep = ["[".repeat(100_000), "- ".repeat(100_000), "{a: ".repeat(100_000)];
    for text in &deep {
        assert!(value(text).expect_err("it is too deep").ends_with("values are nested more than 255 deep"));
    }
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for step in 1..2_000 {
        chain.push_str(&format!("a{step}: &a{step} [*a{}]\n", step - 1));
    }
    assert!(value(&chain).expect_err("it is too deep").ends_with("values are nested more than 255 deep"));
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for step in 1..20 {
        laughs.push_str(&format!("a{step}: &a{step} [{}]\n", vec![format!("*a{}", step - 1); 10].join(", ")));
    }
    assert!(value(&laughs).expect_err("it is too large").contains("more than 1000000 values"));
}

#[test]
fn no_text_makes_the_reader_panic() {
    let pieces = [
        "a", ": ", ":", "- ", "-", "\n", "  ", "\t", "{{", "}}", "[", "]", "'", "\"", "|", ">", "&x ", "*x", "#", "é",
        "!", "%", "? ", "---\n", "<<", ", ",
    ];
    let mut state: u64 = 42;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[usize::try_from(state >> 33).unwrap_or(0) % pieces.len()]);
        }
        let file = SourceFile::new("t.yml", text);
        if let Err(error) = read(&file) {
            assert!(!render(&error, Style::Plain).is_empty());
        }
    }
}

#[test]
fn a_block_at_the_end_of_a_trimmed_file_has_no_newline() {
    let file = SourceFile::new("a.yml", "a: >\n  one\n  two\nb: |\n  three\n\n".to_owned());
    let yaml = crate::yaml::read_trimmed(&file).unwrap().0;
    assert_eq!(yaml.to_value(), serde_json::json!({"a": "one two\n", "b": "three"}));
}
