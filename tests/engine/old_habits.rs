//! What dbt takes with a warning: keys given twice, names with spaces, old arguments; and what it refuses in configs.

use crate::project::Project;

#[test]
fn of_a_key_given_twice_in_a_properties_file_the_last_counts() {
    let project = Project::new().model("a", "select 1 as id\n").file(
        "models/a.yml",
        "models:\n  - name: a\n    description: first\nmodels:\n  - name: a\n    description: last\n",
    );
    let ran = project.run(&["parse", "--log-format", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let words = r#"Duplicate key 'models' in \"<unicode string>\", line 4, column 1 in file"#;
    assert!(ran.stdout.contains(words), "{}", ran.stdout);
    assert!(ran.stdout.contains("DuplicateYAMLKeysDeprecation"), "{}", ran.stdout);
    let refused = project.run(&["--warn-error-options", "{error: [DuplicateYAMLKeysDeprecation]}", "parse"]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
}

#[test]
fn a_name_with_a_space_is_refused_unless_the_project_allows_it() {
    let project = Project::new().model("a b", "select 1 as id\n");
    let ran = project.run(&["parse"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("Resource names cannot contain spaces"), "{}", ran.stderr);
    let project = Project::new()
        .configured("flags:\n  require_resource_names_without_spaces: false\n")
        .model("a b", "select 1 as id\n")
        .model("c d", "select 1 as id\n");
    let ran = project.run(&["parse"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("Found spaces in the name of").count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("Spaces found in 2 resource name(s)"), "{}", ran.stderr);
}

#[test]
fn a_colour_of_the_documentation_must_be_one() {
    let project = Project::new().model("a", "{{ config(docs={'node_color': 'reddish'}) }}\nselect 1 as id\n");
    let ran = project.run(&["parse"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("Invalid color name for docs.node_color: reddish."), "{}", ran.stderr);
}

#[test]
fn show_takes_several_nodes_that_are_named() {
    let project = Project::new().model("one", "select 1 as first_column\n").model("two", "select 2 as second_column\n");
    let ran = project.run(&["show", "--select", "one two"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("first_column") && ran.stdout.contains("second_column"), "{}", ran.stdout);
    let nothing = project.run(&["show"]);
    assert_eq!(nothing.code, 2);
    assert!(nothing.stderr.contains("Either --select or --inline must be passed to show"), "{}", nothing.stderr);
    let wrong = project.run(&["show", "--inline", "select * from {{ ref('gone') }}"]);
    assert!(wrong.stderr.contains("Error parsing inline query"), "{}", wrong.stderr);
}

#[test]
fn show_runs_the_header_of_a_model() {
    let project = Project::new()
        .model("a", "{{ config(sql_header='set variable wanted = 42;') }}\nselect getvariable('wanted') as answer\n");
    let ran = project.run(&["show", "--select", "a"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("42"), "{}", ran.stdout);
}
