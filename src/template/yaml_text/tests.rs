use std::sync::Arc;

use serde_json::json;

use super::{Secrets, YamlScope, YamlText};
use crate::diagnostic::{SourceFile, Span, Style, render};
use crate::project::TextRenderer;
use crate::resource::Map;

fn renderer(secrets: Secrets) -> YamlText {
    let variables = [("USER_NAME", "ann"), ("COUNT", "4"), ("FLAG", "True"), ("DBT_ENV_SECRET_KEY", "s3cr3t")];
    let map = |value: serde_json::Value| value.as_object().cloned().unwrap_or_else(Map::new);
    YamlText::new(YamlScope {
        environment: Arc::new(variables.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect()),
        vars: vec![
            map(json!({"region": "eu", "deep": "{{ var('region') }}-1", "loop": "{{ var('loop') }}"})),
            map(json!({"region": "us", "sizes": [1, 2]})),
        ],
        target: Some(map(json!({"name": "dev", "threads": 2}))),
        secrets,
    })
}

fn value(text: &str) -> Result<serde_json::Value, String> {
    let file = SourceFile::new("t.yml", text);
    let span = Span::new(&file, 0..text.len());
    renderer(Secrets::Refused).render(text, &span).map_err(|error| error.one_line())
}

#[test]
fn one_expression_gives_its_value_and_anything_else_text() {
    let cases = [
        ("plain", json!("plain")),
        ("{{ env_var('COUNT') }}", json!("4")),
        ("{{ env_var('COUNT') | int }}", json!(4)),
        ("{{ env_var('COUNT') | as_number }}", json!(4)),
        ("{{ env_var('FLAG') | as_bool }}", json!(true)),
        ("{{ env_var('COUNT') == 'x' | as_bool }}", json!(false)),
        ("{{ '[1, 2]' | as_native }}", json!([1, 2])),
        ("{{ 'yes' | as_native }}", json!("yes")),
        ("{{ 4 | as_text }}", json!("4")),
        ("{{ true }}", json!("True")),
        ("{{ none }}", json!("None")),
        ("{{ var('none', 7) == 7 }}", json!(true)),
        ("{{ '1_000' | as_number }}", json!(1000)),
        ("{{ '007' | as_native }}", json!("007")),
        ("{{ true }} x", json!("True x")),
        ("{{- var('sizes')[0] + 1 -}}\n", json!(2)),
        ("{{ env_var('NOT_SET', 'x') }}/{{ env_var('USER_NAME') }}", json!("x/ann")),
        ("{{ var('region') }}", json!("eu")),
        ("{{ var('sizes') }}", json!([1, 2])),
        ("{{ var('none', 7) }}", json!(7)),
        ("{{ var('deep') }}", json!("eu-1")),
        ("{{ var.has_var('region') }}", json!(true)),
        ("{{ target.name == 'dev' }}", json!(true)),
        ("{% if target.name == 'dev' %}a{% else %}b{% endif %}", json!("a")),
        ("{{ target.name == 'prod' | as_bool }}", json!(false)),
        (
            "{% if target.name == 'dev' -%} {{ true | as_bool }} {%- else -%} {{ false | as_bool }} {%- endif -%}\n",
            json!(true),
        ),
        ("{% if target.name == 'dev' %}{{ var('sizes') }}{% endif %}", json!([1, 2])),
        ("{% if target.name == 'dev' %}{{ false }}{% endif %}", json!("False")),
        ("a {{ nothing }}b", json!("a b")),
        ("{{ nothing ~ 1 }}", json!("1")),
        ("{{ nothing | upper }}", json!("")),
        ("{% if nothing %}a{% else %}b{% endif %}", json!("b")),
        ("{{ env_var('USER_NAME').upper() }}", json!("ANN")),
        ("{{ {'a': {'b': var('region')}} }}", json!({"a": {"b": "eu"}})),
        ("{{ {'a': [1, true]} }}", json!("{'a': [1, True]}")),
    ];
    for (text, expected) in cases {
        assert_eq!(value(text), Ok(expected), "{text}");
    }
}

#[test]
fn mistakes_are_named() {
    let cases = [
        ("{{ env_var('NOT_SET') }}", "the environment variable `NOT_SET` is not set (t.yml:1:4)"),
        ("{{ var('nothing') }}", "Required var 'nothing' not found in config (t.yml:1:4)"),
        ("a {{ var('nothing') }}", "Required var 'nothing' not found in config (t.yml:1:6)"),
        ("{{ env_var('DBT_ENV_SECRET_KEY') }}", "the secret `DBT_ENV_SECRET_KEY` may not be used here (t.yml:1:4)"),
        ("{{ ref('a') }}", "`ref` is not defined in YAML files (t.yml:1:4)"),
        ("a {{ nothing(1) }}", "`nothing` is not defined in YAML files (t.yml:1:6)"),
        ("a {{ nothing.x }}", "`nothing` is not defined in YAML files (t.yml:1:6)"),
        ("a {{ nothing.at_all(1) }}", "`nothing` is not defined in YAML files (t.yml:1:13)"),
        ("{{ nothing }}", "`nothing` is not defined in YAML files (t.yml:1:1)"),
        ("{{ var('loop') }}", "the var `loop` asks for itself (t.yml:1:4)"),
        ("{{ 'x' | as_number }}", "Could not convert value 'x' into type 'number' (t.yml:1:1)"),
    ];
    for (text, expected) in cases {
        assert_eq!(value(text), Err(expected.to_owned()), "{text}");
    }
    assert!(value("{{ 1 +").is_err());
    assert!(value("{% if %}").is_err());
}

#[test]
fn a_missing_variable_is_shown_at_its_call_in_the_file() {
    let file = SourceFile::new("profiles.yml", "dev:\n  path: \"{{ env_var('USERNAME') }}.duckdb\"\n");
    let span = Span::new(&file, 13..47);
    let text = "{{ env_var('USERNAME') }}.duckdb";
    assert_eq!(span.text(), format!("\"{text}\""));
    let error = renderer(Secrets::Allowed).render(text, &span).expect_err("it is not set");
    let expected = "\
error[E0130]: the environment variable `USERNAME` is not set
 --> profiles.yml:2:13
  |
2 |   path: \"{{ env_var('USERNAME') }}.duckdb\"
  |             ^^^^^^^^^^^^^^^^^^^
  |
  = help: did you mean `USER_NAME`?
  = help: set it, or give a default: env_var('USERNAME', 'default')";
    assert_eq!(render(&error, Style::Plain), expected);
}

#[test]
fn secrets_are_given_where_they_are_allowed() {
    let file = SourceFile::new("profiles.yml", "");
    let span = Span::new(&file, 0..0);
    let value = renderer(Secrets::Allowed).render("{{ env_var('DBT_ENV_SECRET_KEY') }}", &span);
    assert_eq!(value.map_err(|error| error.one_line()), Ok(json!("s3cr3t")));
}
