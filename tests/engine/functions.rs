//! Functions of the database as resources; expected values are those of real dbt.

use crate::project::Project;

const PROPERTIES: &str = "functions:
  - name: triple
    description: three times as much
    arguments: [{name: value, data_type: integer, description: a number}]
    returns: {data_type: integer}
  - name: six
    arguments: [{name: value, data_type: integer, default_value: 0}]
    returns: {data_type: integer}
";

fn project() -> Project {
    Project::new()
        .file("functions/triple.sql", "SELECT value * 3")
        .file("functions/six.sql", "{{ config(volatility='stable') }}\nselect {{ function('triple') }}(value) * 2")
        .file("functions/functions.yml", PROPERTIES)
        .model("m", "select {{ function('triple') }}(1) as t, {{ function('shop', 'six') }}() as s")
}

#[test]
fn functions_are_resources_of_the_manifest() {
    let project = project().configured("functions: {+volatility: deterministic}\nmodels: {+tags: x}\n");
    let _ = project.run(&["parse"]).success();
    let manifest = project.json("target/manifest.json");
    let six = &manifest["functions"]["function.shop.six"];
    assert_eq!(six["depends_on"]["nodes"], serde_json::json!(["function.shop.triple"]));
    assert_eq!(six["functions"], serde_json::json!([["triple"]]));
    let settings = ["materialized", "type", "volatility", "runtime_version"].map(|key| six["config"][key].clone());
    assert_eq!(settings, [serde_json::json!("function"), "scalar".into(), "stable".into(), ().into()]);
    let argument =
        serde_json::json!({"name": "value", "data_type": "integer", "description": null, "default_value": 0});
    assert_eq!(six["arguments"], serde_json::json!([argument]));
    assert_eq!(six["returns"], serde_json::json!({"data_type": "integer", "description": null}));
    assert_eq!(six["relation_name"], serde_json::Value::Null);
    // As in dbt: what the project file says of models.
    assert_eq!(manifest["functions"]["function.shop.triple"]["unrendered_config"], serde_json::json!({"tags": "x"}));
    assert_eq!(manifest["functions"]["function.shop.triple"]["config"]["volatility"], "deterministic");
    let model = &manifest["nodes"]["model.shop.m"];
    assert_eq!(model["functions"], serde_json::json!([["triple"], ["shop", "six"]]));
    assert_eq!(manifest["child_map"]["function.shop.triple"], serde_json::json!(["function.shop.six", "model.shop.m"]));
    assert!(manifest["nodes"]["function.shop.six"].is_null(), "functions have a section of their own");
}

#[test]
fn functions_are_built_before_what_calls_them() {
    let project = project().properties("unit_tests: [{name: ut, model: m, given: [], expect: {rows: [{t: 3, s: 0}]}}]");
    let said = project.run(&["--log-format", "json", "build"]).success().stdout;
    assert!(said.contains("OK created function main.triple"), "{said}");
    assert!(said.contains(r#""name":"LogFunctionResult""#) && said.contains("[SUCCESS in "), "{said}");
    assert!(said.contains("Finished running 2 functions, 1 unit test, 1 view model"), "{said}");
    assert!(said.contains("Done. PASS=4 "), "{said}");
    let shown = project.run(&["show", "--inline", "select {{ function('six') }}(7) as six"]).success().stdout;
    assert!(shown.contains("42"), "{shown}");
}

#[test]
fn functions_are_listed_and_selected() {
    let project = project();
    assert_eq!(project.run(&["list"]).success().stdout, "shop.six\nshop.triple\nshop.m\n");
    assert_eq!(project.run(&["list", "--resource-type", "function"]).success().stdout, "shop.six\nshop.triple\n");
    assert_eq!(project.run(&["list", "--select", "triple+"]).success().stdout, "shop.six\nshop.triple\nshop.m\n");
    let _ = project.run(&["run", "--select", "triple"]).success().says("Nothing to do");
    let _ = project.run(&["build", "--resource-type", "function"]).success().says("PASS=2 ");
    let _ = project.run(&["build", "--exclude-resource-type", "function"]).success().says("PASS=1 ");
}

#[test]
fn a_project_may_build_functions_its_own_way() {
    let project = project()
        .file("functions/half.py", "def half(value):\n    {% if true %}return value / 2{% endif %}")
        .file(
            "macros/python.sql",
            "{% macro duckdb__scalar_function_python(target_relation) %}\
             create or replace macro {{ target_relation }}(value) as value / 2; -- {{ model.config.entry_point }}\
             {% endmacro %}",
        )
        .properties("functions: [{name: half, config: {entry_point: half}, returns: {data_type: double}}]");
    let _ = project.run(&["build"]).success().says("PASS=4 ");
    let manifest = project.json("target/manifest.json");
    let half = &manifest["functions"]["function.shop.half"];
    assert_eq!(half["language"], "python");
    assert_eq!(half["compiled_code"], "def half(value):\n    return value / 2");
    assert_eq!(half["config"]["materialized"], "function");
}

#[test]
fn aggregates_and_python_need_macros_of_the_project() {
    let project = Project::new()
        .file("functions/total.sql", "select sum(v)")
        .properties("functions: [{name: total, config: {type: aggregate}, returns: {data_type: int}}]");
    let says = "In dispatch: No macro named 'aggregate_function_sql' found within namespace: 'dbt'";
    let _ = project.run(&["build"]).code(1).says(says);
}

#[test]
fn mistakes_in_functions_are_told_in_dbts_words() {
    let signature = |arguments: &str| {
        let text = format!("functions: [{{name: f, arguments: {arguments}, returns: {{data_type: int}}}}]");
        Project::new().file("functions/f.sql", "select a").properties(&text)
    };
    let wrong = signature("[{name: a, data_type: int, default_value: 0}, {name: b, data_type: int}]");
    let says = "Non-defaulted argument 'b' of function 'f' comes after a defaulted argument. Non-defaulted arguments \
                cannot come after defaulted arguments. ";
    let _ = wrong.run(&["parse"]).code(2).says("Parsing Error").says(says);
    let says = "at path ['arguments'][0]: 'data_type' is a required property";
    let _ = signature("[{name: a}]").run(&["parse"]).code(2).says("Parsing Error").says(says);
    let says = "Field \"type\" of type FunctionType in FunctionConfig has invalid value 'wrong'";
    let typed = Project::new().file("functions/f.sql", "{{ config(type='wrong') }} select a");
    let _ = typed.run(&["parse"]).code(2).says(says);
    let unknown = project().model("n", "select {{ function('tripl') }}(1)");
    let says = "Model 'model.shop.n' (models/n.sql) depends on a function named 'tripl' which was not found";
    let _ = unknown.run(&["parse"]).code(2).says("Compilation Error").says(says).says("did you mean `triple`?");
}

#[test]
fn a_function_that_changed_is_modified() {
    let project = project();
    let _ = project.run(&["build", "--target-path", "before"]).success();
    let changed = project.file("functions/triple.sql", "SELECT value * 4");
    let modified = ["list", "--select", "state:modified", "--state", "before"];
    assert_eq!(changed.run(&modified).success().stdout, "shop.triple\n");
}
