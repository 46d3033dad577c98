//! Reading properties files.

use std::sync::Arc;

use super::{Properties, PropertiesFile};
use crate::diagnostic::{Diagnostic, Diagnostics, SourceFile, Span};
use crate::project::TextRenderer;
use crate::resource::Value;

/// Renders every template to its own text in angle brackets.
struct Marking;

impl TextRenderer for Marking {
    fn render(&self, text: &str, _span: &Span) -> Result<Value, Box<Diagnostic>> {
        Ok(Value::from(format!("<{text}>")))
    }
}

fn read(text: &str) -> (Properties, Vec<String>) {
    let file = Arc::new(PropertiesFile {
        package: "shop".into(),
        path: "models/staging/schema.yml".into(),
        relative: "staging/schema.yml".into(),
        source: SourceFile::new("models/staging/schema.yml", text),
    });
    let mut properties = Properties::default();
    let mut diagnostics = Diagnostics::new();
    properties.read(&file, &Marking, &mut diagnostics);
    let messages = diagnostics.into_sorted().iter().map(Diagnostic::one_line).collect();
    (properties, messages)
}

#[test]
fn an_entry_keeps_what_is_rendered_later_and_renders_the_rest() {
    let (properties, messages) = read(
        "models:\n  - name: a\n    description: \"{{ doc('x') }}\"\n    config: {schema: \"{{ var('s') }}\", post_hook: \"{{ this }}\"}\n    columns:\n      - name: id\n        description: \"{{ doc('y') }}\"\n        data_tests:\n          - accepted_values: {values: \"{{ var('v') }}\"}\n",
    );
    assert!(messages.is_empty(), "{messages:?}");
    let node = &properties.nodes[0];
    assert_eq!(node.description.as_ref().unwrap().text, "{{ doc('x') }}");
    assert_eq!(node.config["schema"], "<{{ var('s') }}>");
    assert_eq!(node.config["post_hook"], "{{ this }}");
    assert_eq!(node.columns[0].column.description, "{{ doc('y') }}");
    let test = node.columns[0].tests[0].entry("accepted_values").unwrap();
    assert_eq!(test.entry("values").unwrap().as_str(), Some("{{ var('v') }}"));
    assert_eq!(node.file.fqn(), ["shop", "staging"]);
}

#[test]
fn mistakes_are_reported_where_they_stand_all_at_once() {
    let (_, messages) = read(
        "models:\n  - nme: a\n  - name: b\n    descripton: x\n    columns: 5\n    config: {enabled: 1}\n  - name: c\n    meta: {a: 1}\n    config: {meta: {b: 1}}\n    constraints: [{type: notnull}]\n    versions: [{v: 1}, {v: 1}]\n    latest_version: 3\nmodles: []\n",
    );
    assert_eq!(
        messages,
        [
            "a model has no `name` (models/staging/schema.yml:2:5)",
            "unknown key `descripton` in a model (models/staging/schema.yml:4:5)",
            "`columns` must be a list (models/staging/schema.yml:5:14)",
            "config `enabled` must be `true` or `false` (models/staging/schema.yml:6:23)",
            "`meta` stands both in `config` and beside it (models/staging/schema.yml:8:5)",
            "there is no constraint `notnull` (models/staging/schema.yml:10:26)",
            "version 1 of `c` is given twice (models/staging/schema.yml:11:28)",
            "latest_version 3 is not one of the versions of `c` (models/staging/schema.yml:12:5)",
            "unknown key `modles` in a properties file (models/staging/schema.yml:13:1)",
        ]
    );
}

#[test]
fn meta_and_docs_beside_config_count_as_config() {
    let (properties, _) =
        read("seeds:\n  - name: a\n    meta: {k: 1}\n    docs: {show: false}\n    config: {tags: x}\n");
    let config = serde_json::to_string(&properties.nodes[0].config).unwrap();
    assert_eq!(config, r#"{"tags":"x","meta":{"k":1},"docs":{"show":false}}"#);
}
