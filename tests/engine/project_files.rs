//! Values that dbt's schema of the project file refuses; its words are those of real dbt.

use crate::project::Project;

#[test]
fn values_that_do_not_fit_are_told_in_dbts_words() {
    let other = "is not valid under any of the given schemas";
    let cases = [
        ("version: invalid", format!("at path ['version']: 'invalid' {other}")),
        ("version: 1", format!("at path ['version']: '1' {other}")),
        ("dbt-cloud: Some string", format!("at path ['dbt-cloud']: 'Some string' {other}")),
        ("model-paths: {a: 1}", format!("at path ['model-paths']: {{'a': 1}} {other}")),
        ("seeds: []", "at path ['seeds']: [] is not of type 'object'".to_owned()),
        ("dispatch: 1", "at path ['dispatch']: 1 is not of type 'array'".to_owned()),
        ("archive: {a: 1}", "Additional properties are not allowed ('archive' was unexpected)".to_owned()),
    ];
    for (line, says) in cases {
        let _ =
            Project::new().configured(&format!("{line}\n")).run(&["parse"]).code(2).says("Runtime Error").says(&says);
    }
    for line in ["version: 1.0", "version: '1.0'", "version: 1.2.3-rc.1+b", "dbt-cloud: {project-id: 1}"] {
        let _ = Project::new().configured(&format!("{line}\n")).run(&["parse"]).success();
    }
}

#[test]
fn a_ref_in_a_var_is_a_parent() {
    let project = Project::new()
        .configured("vars:\n  other: '{{ ref(\"a\") }}'\n")
        .model("a", "select 1 as id")
        .model("b", "select * from {{ var('other') }}");
    let _ = project.run(&["run"]).success().says("Finished running 2 view models in 0 hours 0 minutes and ");
    let manifest = project.json("target/manifest.json");
    assert_eq!(manifest["nodes"]["model.shop.b"]["depends_on"]["nodes"], serde_json::json!(["model.shop.a"]));
}
