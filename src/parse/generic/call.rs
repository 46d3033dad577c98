//! The call that a generic test stands for, written out with its arguments.
//!
//! dbt renders the arguments first and passes them by `**_dbt_generic_test_kwargs`. Written out in one template the same values
//! come about: a text that is a call of `ref` or the like, or one `{{ … }}`, is an expression; a text with templates inside is
//! rendered to text; all else is a literal.

use crate::resource::{Map, Value};

/// Returns the template that calls a generic test.
pub fn call_text(namespace: Option<&str>, test: &str, arguments: &Map) -> String {
    let prefix = namespace.map(|namespace| format!("{namespace}.")).unwrap_or_default();
    let mut named = Vec::new();
    let mut others = Vec::new();
    for (key, value) in arguments {
        let value = if key == "column_name" { literal(value) } else { expression(value) };
        if is_identifier(key) {
            named.push(format!("{key}={value}"));
        } else {
            others.push(format!("{}: {value}", quoted(key)));
        }
    }
    if !others.is_empty() {
        named.push(format!("**{{{}}}", others.join(", ")));
    }
    format!("{{{{ {prefix}test_{test}({}) }}}}", named.join(", "))
}

/// Returns whether an argument holds no template and no call: it is what it says.
pub(super) fn is_plain(value: &Value) -> bool {
    match value {
        Value::String(text) => !has_template(text) && !looks_like_call(text),
        Value::Array(items) => items.iter().all(is_plain),
        Value::Object(map) => map.values().all(is_plain),
        _ => true,
    }
}

fn expression(value: &Value) -> String {
    match value {
        Value::String(text) if looks_like_call(text) => format!("({})", text.trim()),
        Value::String(text) => match single_expression(text) {
            Some(inner) => format!("({})", inner.trim()),
            None if has_template(text) => format!("render({})", quoted(text)),
            None => quoted(text),
        },
        Value::Array(items) => format!("[{}]", items.iter().map(expression).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{}: {}", quoted(key), expression(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => literal(other),
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => quoted(text),
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r");
    // Two braces inside a string would end or begin a template for a reader that does not know strings.
    format!("\"{escaped}\"")
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// dbt takes a text for an expression when it is a call of one of these functions.
fn looks_like_call(text: &str) -> bool {
    let text = text.trim();
    ["env_var", "ref", "var", "source", "doc"].iter().any(|function| {
        text.strip_prefix(function)
            .map(str::trim_start)
            .and_then(|rest| rest.strip_prefix('(')?.strip_suffix(')'))
            .is_some_and(|inner| !inner.is_empty() && !inner.contains('\n'))
    })
}

fn has_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

fn single_expression(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("{{")?.strip_suffix("}}")?;
    let inner = inner.strip_prefix('-').unwrap_or(inner);
    let inner = inner.strip_suffix('-').unwrap_or(inner);
    (!inner.contains("{{") && !inner.contains("}}") && !inner.contains("{%")).then_some(inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{call_text, is_plain};

    #[test]
    fn arguments_are_written_as_expressions_or_literals() {
        let arguments = json!({
            "to": "ref('a', v=1)", "field": "id", "n": 3, "x": null, "flag": true,
            "one": "{{ var('v') }}", "mixed": "a {{ 1 }}", "list": ["a", "{{ ref('b') }}"], "map": {"k": "it's \"so\""},
            "column_name": "{{ raw }}", "model": "{{ get_where_subquery(ref('m')) }}",
        });
        let expected = "{{ p.test_t(to=(ref('a', v=1)), field=\"id\", n=3, x=none, flag=true, one=(var('v')), \
                        mixed=render(\"a {{ 1 }}\"), list=[\"a\", (ref('b'))], map={\"k\": \"it's \\\"so\\\"\"}, \
                        column_name=\"{{ raw }}\", model=(get_where_subquery(ref('m')))) }}";
        assert_eq!(call_text(Some("p"), "t", arguments.as_object().unwrap()), expected);
    }

    #[test]
    fn plain_arguments_hold_no_template() {
        assert!(is_plain(&json!(["a", 1, {"b": "reference (x)"}])));
        assert!(!is_plain(&json!(["a", "source('x', 'y')"])));
        assert!(!is_plain(&json!({"a": "{{ x }}"})));
    }
}
