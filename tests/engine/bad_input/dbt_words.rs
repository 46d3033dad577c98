//! The words in which dbt refuses the same, which programs look for beside Martlet's own report. Taken from dbt-core 1.11.16.

use super::refuses;
use crate::project::Project;

/// Writes a properties file and requires what `parse` says of it.
#[track_caller]
fn properties_are_refused(properties: &str, words: &str) {
    let project = Project::new().model("a", "select 1 as id").properties(properties);
    refuses(&project, &["parse"], 2, words);
}

/// Requires dbt's words for an entry of `models:`, which quote the entry.
#[track_caller]
fn model_is_refused(entry: &str, shown: &str, words: &str) {
    properties_are_refused(
        &format!("models:\n  - {entry}\n"),
        &format!(
            "Invalid models config given in models/properties.yml @ models: {{{shown}, 'original_file_path': \
             'models/properties.yml', 'yaml_key': 'models', 'package_name': 'shop'}} - at path {words}"
        ),
    );
}

#[test]
fn sections_that_are_no_lists_or_hold_no_mappings() {
    let invalid = |reason: &str| format!("The schema file at models/properties.yml is invalid because {reason}");
    properties_are_refused("models:\n", &invalid("the value of 'models' is not a list"));
    properties_are_refused("seeds: {a: 1}\n", &invalid("the value of 'seeds' is not a list"));
    properties_are_refused("models: [1.5]\n", &invalid("a list element for 'models' is not a dictionary"));
    properties_are_refused(
        "sources: [{a: b}]\n",
        &invalid("a list element for 'sources' does not have a name attribute."),
    );
    properties_are_refused("groups: 1\n", "groups must be a list, got <class 'int'> instead: (1)");
    properties_are_refused("groups:\n", "groups must be a list, got <class 'NoneType'> instead: (None)");
    properties_are_refused("groups: [{owner: {name: x}}]\n", "Entry did not contain a name");
    let words = "Invalid unit_tests config given in models/properties.yml @ unit_tests: ['x'] - expected a dict with string keys";
    properties_are_refused("unit_tests: [x]\n", words);
}

#[test]
fn a_file_that_holds_no_mapping() {
    properties_are_refused(
        "[]\n",
        "Error reading shop: properties.yml - Runtime Error\n    Contents of file 'models/properties.yml' are not valid. Dictionary expected.",
    );
}

#[test]
fn values_of_a_model_that_are_not_what_they_must_be() {
    model_is_refused("{name: 1}", "'name': 1", "['name']: 1 is not of type 'string'");
    model_is_refused(
        "{name: a, description: }",
        "'name': 'a', 'description': None",
        "['description']: None is not of type 'string'",
    );
    model_is_refused(
        "{name: a, columns: [{name: id, tests: }]}",
        "'name': 'a', 'columns': [{'name': 'id', 'tests': None}]",
        "['columns'][0]['tests']: None is not of type 'array'",
    );
    model_is_refused(
        "{name: a, columns: [{name: id, quote: maybe}]}",
        "'name': 'a', 'columns': [{'name': 'id', 'quote': 'maybe'}]",
        "['columns'][0]['quote']: 'maybe' is not valid under any of the given schemas",
    );
    model_is_refused(
        "{name: a, docs: {shown: true}}",
        "'name': 'a', 'docs': {'shown': True}",
        "['docs']: Additional properties are not allowed ('shown' was unexpected)",
    );
}

#[test]
fn a_section_of_singular_tests_that_cannot_be_read_is_only_warned_of() {
    let project = Project::new().model("a", "select 1 as id").properties("data_tests: 3\n");
    let ran = project.run(&["parse"]);
    let words = "Unable to parse 'data_tests' section of file 'models/properties.yml'\nParsing Error\n  data_tests must be a list, got <class 'int'> instead: (3)";
    assert!(ran.code == 0 && ran.stderr.contains(words), "{}\n{}", ran.code, ran.stderr);
}

#[test]
fn a_template_that_fails_while_it_is_read_names_its_node() {
    let project = Project::new().model("a", "select * from {{ source('x') }}");
    refuses(&project, &["parse"], 2, "Compilation Error in model a (models/a.sql)\n");
    let project = Project::new()
        .model("a", "select {{ stop() }}")
        .macros("{% macro stop() %}{{ exceptions.raise_compiler_error('no more') }}{% endmacro %}");
    let words = "no more\n\n> in macro stop (macros/macros.sql)\n> called by model a (models/a.sql)\nCompilation Error in model a";
    refuses(&project, &["parse"], 2, words);
}

#[test]
fn a_file_that_is_no_yaml() {
    let words = "Error reading shop: properties.yml - Runtime Error\n    Syntax error near line 3\n    ------------------------------\n    1  | models:\n    2  |   - name: a\n    3  |    description: x\n";
    properties_are_refused("models:\n  - name: a\n   description: x\n", words);
}

#[test]
fn threads_that_are_no_number() {
    let project = Project::new()
        .file("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, threads: many}\n");
    refuses(&project, &["parse"], 2, "at path ['threads']: 'many' is not of type 'integer'\nRuntime Error\n");
}
