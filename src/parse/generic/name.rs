//! Names of generic tests: made of the test, what it is on and its arguments, as dbt makes them.

use serde_json::json;

use super::text::{repr_for_hash, str};
use crate::resource::{Map, Value, md5_hex};

/// The names of a generic test that was not given one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// At most 63 characters: file name and, when it differs from the full name, alias.
    pub short: String,
    /// The name in ids and selection.
    pub full: String,
}

/// Makes the names of a test of kind `test` on `target` with the given arguments; `model` does not count.
pub(super) fn synthesize(test: &str, target: &str, arguments: &Map) -> Names {
    let mut keys: Vec<&String> = arguments.keys().filter(|key| *key != "model").collect();
    keys.sort();
    let mut parts = Vec::new();
    for key in keys {
        match &arguments[key] {
            Value::Object(map) => parts.extend(map.values().map(str)),
            Value::Array(items) => parts.extend(items.iter().map(str)),
            single => parts.push(str(single)),
        }
    }
    let arguments = parts.iter().map(|part| clean(part)).collect::<Vec<_>>().join("__");
    let identifier = format!("{test}_{target}");
    let full = format!("{identifier}_{arguments}");
    let short = if full.chars().count() >= 64 {
        let beginning: String = identifier.chars().take(30).collect();
        format!("{beginning}_{}", md5_hex(&full))
    } else {
        full.clone()
    };
    Names { short, full }
}

/// Replaces each run of characters other than ASCII letters, digits and `_` by one `_`.
fn clean(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    let mut in_run = false;
    for character in part.chars() {
        if character.is_ascii_alphanumeric() || character == '_' {
            text.push(character);
            in_run = false;
        } else if !in_run {
            text.push('_');
            in_run = true;
        }
    }
    text
}

/// Returns the ten characters at the end of a generic test's id: they tell apart tests of one name.
pub(super) fn hash(name: &str, test: &str, namespace: Option<&str>, arguments: &Map) -> String {
    let mut metadata = Map::new();
    metadata.insert("namespace".into(), json!(namespace));
    metadata.insert("name".into(), json!(test));
    metadata.insert("kwargs".into(), Value::Object(arguments.clone()));
    let digest = md5_hex(&format!("{name}{}", repr_for_hash(&metadata)));
    digest[digest.len() - 10..].to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{hash, synthesize};

    /// Test, target, namespace, arguments; name and hash as real dbt makes them.
    type Case = (&'static str, &'static str, Option<&'static str>, Value, &'static str, &'static str);

    #[test]
    fn names_and_hashes_equal_those_of_dbt() {
        let orders = "{{ get_where_subquery(ref('stg_orders')) }}";
        let cases: [Case; 7] = [
            (
                "unique",
                "stg_orders",
                None,
                json!({"column_name": "id", "model": orders}),
                "unique_stg_orders_id",
                "beb6e97f2f",
            ),
            (
                "accepted_values",
                "stg_orders",
                None,
                json!({"column_name": "id", "values": ["a", "b", 1, 2.5, true, null], "model": orders}),
                "accepted_values_stg_orders_id__a__b__1__2_5__True__None",
                "bedd2b1498",
            ),
            (
                "relationships",
                "stg_orders",
                None,
                json!({"to": "ref('stg_customers')", "field": "id", "column_name": "id", "model": orders}),
                "relationships_stg_orders_id__id__ref_stg_customers_",
                "75e0845742",
            ),
            (
                "at_least",
                "stg_orders",
                None,
                json!({"n": 3, "compare_to": "{{ ref('stg_customers') }}", "model": orders}),
                "at_least_stg_orders__ref_stg_customers___3",
                "e6f266300f",
            ),
            (
                "not_null",
                "stg_orders",
                Some("dbt"),
                json!({"column_name": "id || 'x'", "model": orders}),
                "dbt_not_null_stg_orders_id_x_",
                "36e0a45b84",
            ),
            (
                "unique",
                "dim_v1",
                None,
                json!({"column_name": "id", "model": "{{ get_where_subquery(ref('dim', version='1')) }}"}),
                "unique_dim_v1_id",
                "2f98b9f679",
            ),
            (
                "source_unique",
                "raw_orders",
                None,
                json!({"column_name": "id", "model": "{{ get_where_subquery(source('raw', 'orders')) }}"}),
                "source_unique_raw_orders_id",
                "56401af608",
            ),
        ];
        for (test, target, namespace, arguments, name, digest) in cases {
            let arguments = arguments.as_object().unwrap();
            let prefixed = namespace.map_or_else(|| test.to_owned(), |namespace| format!("{namespace}_{test}"));
            let names = synthesize(&prefixed, target, arguments);
            assert_eq!((names.full.as_str(), names.short.as_str()), (name, name));
            let plain = test.strip_prefix("source_").unwrap_or(test);
            assert_eq!(hash(&names.full, plain, namespace, arguments), digest);
        }
    }

    #[test]
    fn a_long_name_is_cut_and_hashed() {
        let values = json!({
            "values": ["placed", "shipped", "completed", "return_pending", "returned, \"quoted\" text"],
            "quote": true, "column_name": "\"status\"",
        });
        let names = synthesize("accepted_values", "stg_orders", values.as_object().unwrap());
        assert_eq!(
            names.full,
            "accepted_values_stg_orders__status___True__placed__shipped__completed__return_pending__returned_quoted_text"
        );
        assert_eq!(names.short, "accepted_values_stg_orders_43c7ba154982eb507ee8bc4dc88817cf");
    }
}
