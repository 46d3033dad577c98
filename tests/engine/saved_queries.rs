//! Saved queries and time spines; expected values are those of real dbt.

use serde_json::{Value, json};

use crate::project::Project;

const SEMANTIC: &str = "semantic_models:
  - name: sem_orders
    model: ref('orders')
    defaults: {agg_time_dimension: ds}
    entities: [{name: id, type: primary}]
    dimensions: [{name: ds, type: time, type_params: {time_granularity: day}}]
    measures: [{name: revenue, agg: sum, expr: amount, create_metric: true}]
";

const SPINE: &str = "models:
  - name: days
    time_spine:
      standard_granularity_column: date_day
      custom_granularities: [{name: fiscal}, {name: martian, column_name: fiscal}]
    columns:
      - {name: date_day, granularity: DAY}
      - name: fiscal
";

const QUERIES: &str = r#"saved_queries:
  - name: first
    description: "{{ doc('words') }}"
    label: First
    tags: [tag_a, tag_c]
    query_params:
      metrics: [revenue]
      group_by: ["Dimension('id__ds')"]
      where:
        - "{{ TimeDimension('id__ds', 'DAY') }} <= now()"
        - "{{ Dimension('id__ds') }} >= '2023-01-01'"
      order_by: ["Metric('revenue').descending(True)"]
      limit: 10
    exports:
      - name: one
        config: {alias: my_alias, export_as: table, schema: my_schema, other: 1}
      - name: two
        config: {export_as: view}
  - name: second
    query_params:
      metrics: [revenue]
      where: "{{ Dimension('id__ds') }} >= '2023-01-01'"
    exports: [{name: three}]
"#;

fn project() -> Project {
    Project::new()
        .model("orders", "select 1 as id, date '2024-01-01' as ds, 10 as amount")
        .model("days", "select date '2024-01-01' as date_day, date '2024-01-01' as fiscal")
        .file("models/semantic.yml", SEMANTIC)
        .file("models/spine.yml", SPINE)
}

fn with_queries() -> Project {
    project()
        .file("models/words.md", "{% docs words %} Some words {% enddocs %}")
        .file("models/queries.yml", QUERIES)
        .configured("saved-queries: {+tags: [tag_b, tag_c], shop: {second: {+export_as: view, +schema: far, +cache: {enabled: true}}}}")
}

#[test]
fn saved_queries_are_in_the_manifest() {
    let project = with_queries();
    let _ = project.run(&["parse"]).success();
    let manifest = project.json("target/manifest.json");
    let first = &manifest["saved_queries"]["saved_query.shop.first"];
    let filters = &first["query_params"]["where"]["where_filters"];
    assert_eq!(filters[0], json!({"where_sql_template": "{{ TimeDimension('id__ds', 'DAY') }} <= now()"}));
    assert_eq!(first["description"], "Some words");
    assert_eq!(first["tags"], json!(["tag_a", "tag_b", "tag_c"]));
    assert_eq!(first["depends_on"]["nodes"], json!(["metric.shop.revenue"]));
    assert_eq!(first["unrendered_config"], json!({}), "what the project file says is not kept");
    let config = json!({"export_as": "table", "schema_name": "my_schema", "alias": "my_alias", "database": "shop"});
    assert_eq!(first["exports"][0]["config"], config);
    let config = json!({"export_as": "view", "schema_name": "main", "alias": "two", "database": "shop"});
    assert_eq!(
        first["exports"][1],
        json!({"name": "two", "config": config, "unrendered_config": {"export_as": "view"}})
    );
    let second = &manifest["saved_queries"]["saved_query.shop.second"];
    assert_eq!(second["query_params"]["where"]["where_filters"].as_array().map(Vec::len), Some(1));
    let config = json!({"export_as": "view", "schema_name": "far", "alias": "three", "database": "shop"});
    assert_eq!(second["exports"][0]["config"], config, "the saved query's configuration holds for its exports");
    assert_eq!(second["config"]["cache"], json!({"enabled": true}));
    let children = json!(["saved_query.shop.first", "saved_query.shop.second"]);
    assert_eq!(manifest["child_map"]["metric.shop.revenue"], children);
}

#[test]
fn there_is_nothing_to_build_for_saved_queries() {
    let project = with_queries();
    let _ = project.run(&["build"]).success().says("PASS=2 WARN=0 ERROR=0 SKIP=0 NO-OP=2 TOTAL=4");
    let said = project.run(&["--log-format", "json", "build"]).success().stdout;
    assert!(said.contains("Finished running 2 saved queries, 2 view models"), "{said}");
    assert!(said.contains("3 of 4 NO-OP saved query first ..."), "{said}");
    let result = project.result("first");
    assert_eq!((&result["status"], &result["message"]), (&json!("no-op"), &json!("NO-OP")));
    assert_eq!((&result["failures"], &result["compiled"]), (&json!(0), &Value::Null));
}

#[test]
fn saved_queries_can_be_listed_and_selected() {
    let project = with_queries();
    let _ = project
        .run(&["-q", "list", "--resource-type", "saved_query"])
        .success()
        .stdout("saved_query:shop.first\nsaved_query:shop.second\n");
    let _ = project
        .run(&["-q", "list", "--select", "+saved_query:first"])
        .success()
        .stdout("metric:shop.revenue\nshop.orders\nsaved_query:shop.first\nsemantic_model:shop.sem_orders\n");
}

#[test]
fn query_engines_are_told_of_saved_queries_and_time_spines() {
    let project = with_queries();
    let _ = project.run(&["parse"]).success();
    let told = project.json("target/semantic_manifest.json");
    let export = json!({"name": "three", "config": {"export_as": "view", "schema_name": "far", "alias": "three"}});
    assert_eq!(told["saved_queries"][1]["exports"], json!([export]));
    let spine = &told["project_configuration"]["time_spines"][0];
    assert_eq!(spine["primary_column"], json!({"name": "date_day", "time_granularity": "day"}));
    let custom = json!([{"name": "fiscal", "column_name": null}, {"name": "martian", "column_name": "fiscal"}]);
    assert_eq!(spine["custom_granularities"], custom);
    assert_eq!(told["project_configuration"]["time_spine_table_configurations"], json!([]));
}

#[test]
fn a_model_can_be_a_time_spine_by_its_name() {
    let project = Project::new()
        .model("orders", "select 1 as id, date '2024-01-01' as ds, 10 as amount")
        .model("metricflow_time_spine", "select date '2024-01-01' as date_day")
        .file("models/semantic.yml", SEMANTIC);
    let _ = project.run(&["parse"]).success();
    let told = project.json("target/semantic_manifest.json");
    let tables = &told["project_configuration"]["time_spine_table_configurations"];
    let location = r#""shop"."main"."metricflow_time_spine""#;
    assert_eq!(tables, &json!([{"location": location, "column_name": "date_day", "grain": "day"}]));
}

#[test]
fn mistakes_in_time_spines_are_reported_where_they_are() {
    let cases = [
        (
            "- {name: date_day, granularity: DAY}",
            "- name: day",
            "Time spine standard granularity column must be defined on the model. Got invalid column name 'date_day' for model 'days'. Valid names: ['day', 'fiscal'].",
        ),
        (
            ", granularity: DAY",
            "",
            "Time spine standard granularity column must have a granularity defined. Please add one for column 'date_day' in model 'days'.",
        ),
        (
            "- name: fiscal",
            "- name: other",
            "Time spine custom granularity columns do not exist in the model. Columns not found: ['fiscal', 'fiscal']; Available columns: ['date_day', 'other']",
        ),
    ];
    for (written, wrong, words) in cases {
        let project = project().file("models/spine.yml", &SPINE.replace(written, wrong));
        let _ = project.run(&["parse"]).code(2).says("Parsing Error").says(words).says("models/spine.yml:");
    }
}

#[test]
fn semantic_models_need_a_time_spine() {
    let words = "The semantic layer requires a time spine model with granularity DAY or smaller in the project";
    for spine in [String::new(), SPINE.replace("DAY", "week")] {
        let project = project().file("models/spine.yml", &spine);
        let _ = project.run(&["parse"]).code(2).says("Parsing Error").says(words);
    }
}

#[test]
fn mistakes_in_saved_queries_are_reported() {
    let cases = [
        ("metrics: [revenue]", "metrics: [revenues]", "depends on a metric named 'revenues' which was not found"),
        ("{export_as: view}", "{export_as: lake}", "invalid value 'lake'"),
        ("label: First", "labels: First", "('labels' was unexpected)"),
        ("limit: 10", "limit: ten", "at path ['query_params']['limit']: 'ten' is not"),
    ];
    for (written, wrong, words) in cases {
        let project = with_queries().file("models/queries.yml", &QUERIES.replacen(written, wrong, 1));
        let _ = project.run(&["parse"]).code(2).says(words).says("models/queries.yml:");
    }
}
