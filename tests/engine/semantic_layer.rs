//! Semantic models and metrics; expected values are those of real dbt.

use serde_json::{Value, json};

use crate::project::{Project, Ran};

const MODELS: &str = "
semantic_models:
  - name: visits
    model: ref('people')
    description: \"one row for each visit\"
    config: {meta: {team: web}}
    defaults: {agg_time_dimension: created_at}
    entities: [{name: id, type: Primary}]
    dimensions:
      - {name: created_at, type: time, type_params: {time_granularity: DAY}}
      - {name: kind, type: categorical, config: {meta: {pii: true}}}
    measures:
      - {name: people, agg: count, expr: id, create_metric: true}
      - {name: ones, agg: sum, expr: 1}
";

const METRICS: &str = "
metrics:
  - {name: total, label: Total, type: simple, tags: [a], filter: \"{{ Dimension('id__kind') }} = 'x'\", type_params: {measure: {name: ones, fill_nulls_with: 0}}}
  - {name: lately, label: Lately, type: cumulative, type_params: {measure: ones, cumulative_type_params: {window: 7 Days}}}
  - {name: share, label: Share, type: ratio, type_params: {numerator: people, denominator: total}}
  - {name: growth, label: Growth, type: derived, type_params: {expr: share - prev, metrics: [share, {name: total, offset_window: 1 month, alias: prev}]}}
exposures:
  - {name: board, type: dashboard, owner: {name: me}, depends_on: [\"metric('growth')\"]}
";

fn project(metrics: &str) -> Project {
    Project::new()
        .model("people", "select 1 as id, date '2020-01-01' as created_at, 'x' as kind")
        .model("metricflow_time_spine", "select date '2020-01-01' as date_day")
        .properties(&format!("{MODELS}{metrics}"))
}

fn parse(metrics: &str) -> Ran {
    project(&format!("\nmetrics:\n{metrics}")).run(&["parse"])
}

fn manifest(project: &Project) -> Value {
    let _ = project.run(&["parse"]).success();
    project.json("target/manifest.json")
}

#[test]
fn semantic_models_are_in_the_manifest_as_in_dbt() {
    let project = project(METRICS).configured("semantic-models: {+meta: {owner: us}}\n");
    let model = &manifest(&project)["semantic_models"]["semantic_model.shop.visits"];
    assert_eq!(model["fqn"], json!(["shop", "visits"]));
    assert_eq!(model["depends_on"], json!({"macros": [], "nodes": ["model.shop.people"]}));
    assert_eq!(model["refs"], json!([{"name": "people", "package": null, "version": null}]));
    assert_eq!(
        model["node_relation"],
        json!({"alias": "people", "schema_name": "main", "database": "shop", "relation_name": "\"shop\".\"main\".\"people\""})
    );
    assert_eq!(model["config"], json!({"enabled": true, "group": null, "meta": {"owner": "us", "team": "web"}}));
    assert_eq!(model["unrendered_config"], json!({"meta": {"team": "web"}}));
    assert_eq!(
        model["dimensions"][1],
        json!({
            "name": "kind", "type": "categorical", "description": null, "label": null, "is_partition": false,
            "type_params": null, "expr": null, "metadata": null,
            "config": {"meta": {"owner": "us", "team": "web", "pii": true}},
        })
    );
    assert_eq!(model["dimensions"][0]["type_params"], json!({"time_granularity": "day", "validity_params": null}));
    assert_eq!(model["entities"][0]["type"], "primary");
    assert_eq!((&model["measures"][1]["expr"], &model["measures"][0]["create_metric"]), (&json!("1"), &json!(false)));
}

#[test]
fn metrics_know_their_measures_and_what_they_depend_on() {
    let manifest = manifest(&project(METRICS));
    let metric = |name: &str| &manifest["metrics"][format!("metric.shop.{name}")];
    let measure = |name: &str, fill: Value| json!({"name": name, "filter": null, "alias": null, "join_to_timespine": false, "fill_nulls_with": fill});
    assert_eq!(metric("people")["description"], "Metric created from measure people");
    assert_eq!(metric("people")["type_params"]["expr"], "id");
    assert_eq!(metric("people")["meta"], json!({"team": "web"}));
    assert_eq!(
        metric("total")["filter"],
        json!({"where_filters": [{"where_sql_template": "{{ Dimension('id__kind') }} = 'x'"}]})
    );
    assert_eq!(
        metric("lately")["type_params"]["cumulative_type_params"],
        json!({"window": {"count": 7, "granularity": "day"}, "grain_to_date": null, "period_agg": "first", "metric": null})
    );
    let both = json!([measure("people", Value::Null), measure("ones", json!(0))]);
    assert_eq!(metric("share")["type_params"]["input_measures"], both);
    assert_eq!(metric("growth")["type_params"]["input_measures"], both);
    assert_eq!(metric("growth")["depends_on"]["nodes"], json!(["metric.shop.share", "metric.shop.total"]));
    assert_eq!(manifest["parent_map"]["metric.shop.total"], json!(["semantic_model.shop.visits"]));
    assert_eq!(manifest["exposures"]["exposure.shop.board"]["metrics"], json!([["growth"]]));
    assert_eq!(manifest["child_map"]["metric.shop.growth"], json!(["exposure.shop.board"]));
}

#[test]
fn the_semantic_manifest_is_always_written() {
    let empty = Project::new().model("m", "select 1 as x");
    let _ = empty.run(&["parse"]).success();
    let written = empty.json("target/semantic_manifest.json");
    assert_eq!(
        (&written["semantic_models"], &written["metrics"], &written["saved_queries"]),
        (&json!([]), &json!([]), &json!([]))
    );
    let project = project(METRICS);
    let _ = project.run(&["parse"]).success();
    let written = project.json("target/semantic_manifest.json");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(
        keys(&written["semantic_models"][0]),
        "name defaults description node_relation primary_entity entities measures dimensions label metadata config"
    );
    assert_eq!(
        keys(&written["metrics"][0]),
        "name description type type_params filter metadata label config time_granularity"
    );
    assert_eq!(written["semantic_models"][0]["config"], json!({"meta": {"team": "web"}}));
}

#[test]
fn metrics_and_semantic_models_are_listed_and_selected() {
    let project = project(METRICS);
    let list = |arguments: &[&str]| project.run(&[&["list"], arguments].concat()).success().stdout;
    assert_eq!(
        list(&["--resource-type", "metric"]),
        "metric:shop.growth\nmetric:shop.lately\nmetric:shop.people\nmetric:shop.share\nmetric:shop.total\n"
    );
    assert_eq!(list(&["--resource-type", "semantic_model", "--output", "path"]), "models/properties.yml\n");
    assert_eq!(list(&["--select", "+metric:share", "--output", "name"]), "people\nshare\ntotal\npeople\nvisits\n");
    assert_eq!(list(&["--select", "metric:shop.share+1"]), "metric:shop.growth\nmetric:shop.share\n");
    assert_eq!(list(&["--select", "semantic_model:visits+1,tag:a"]), "metric:shop.total\n");
    let _ = project.run(&["build", "--select", "+metric:growth"]).success().says("PASS=1 ");
}

#[test]
fn what_is_disabled_is_set_aside_and_cannot_be_named() {
    let off = project(METRICS).configured("metrics: {shop: {growth: {enabled: false}}}\n");
    let _ = off.run(&["parse"]).code(2).says(
        "Exposure 'exposure.shop.board' (models/properties.yml) depends on a metric named 'growth' which is disabled",
    );
    let off = project("").configured("semantic-models: {+enabled: false}\n");
    let manifest = manifest(&off);
    assert_eq!((&manifest["metrics"], &manifest["semantic_models"]), (&json!({}), &json!({})));
    assert_eq!(manifest["disabled"]["metric.shop.people"][0]["config"]["enabled"], json!(false));
    let of = |measure: &str| {
        format!("\nmetrics: [{{name: mm, label: M, type: simple, type_params: {{measure: {measure}}}}}]")
    };
    let off = project(&of("ones")).configured("semantic-models: {+enabled: false}\n");
    let _ = off.run(&["parse"]).code(2).says("The measure `ones` is referenced on disabled semantic model `visits`.");
}

#[test]
fn templates_see_metrics() {
    let project =
        project(METRICS).model("uses", "select '{{ metric('total') }} {{ metric('shop', 'share').label }}' as x");
    let manifest = manifest(&project);
    assert_eq!(manifest["nodes"]["model.shop.uses"]["metrics"], json!([["total"], ["shop", "share"]]));
    assert_eq!(
        manifest["nodes"]["model.shop.uses"]["depends_on"]["nodes"],
        json!(["metric.shop.total", "metric.shop.share"])
    );
    let said = project.run(&["compile", "--select", "uses"]).success().stdout;
    assert!(said.contains("select 'total Share' as x"), "{said}");
    let project = project.model("uses", "select '{{ metric('totl') }}' as x");
    let _ = project
        .run(&["parse"])
        .code(2)
        .says("Model 'model.shop.uses' (models/uses.sql) depends on a metric named 'totl' which was not found");
}

#[test]
fn entries_that_are_no_metrics_are_refused_in_dbts_words() {
    let simple = |name: &str, more: &str| {
        format!("  - {{name: {name}, label: L, type: simple, {more}type_params: {{measure: ones}}}}\n")
    };
    let cases = [
        (simple("mm", "foo: 1, "), "at path []: Additional properties are not allowed ('foo' was unexpected)"),
        (
            "  - {name: mm, type: simple, type_params: {measure: ones}}\n".to_owned(),
            "Invalid metrics config given in models/properties.yml @ metrics: at path []: 'label' is a required property",
        ),
        (
            "  - {name: mm, label: L, type: derived, type_params: {expr: 1, metrics: [people]}}\n".to_owned(),
            "at path ['type_params']['expr']: 1 is not valid under any of the given schemas",
        ),
        (
            "  - {name: mm, label: L, type: simpel, type_params: {measure: ones}}\n".to_owned(),
            "Invalid enum value: `simpel` in enum MetricType",
        ),
        (simple("m m", ""), "The metric name 'm m' is invalid.  It cannot contain spaces, must contain only letters"),
        (simple("1m", ""), "The metric name '1m' is invalid.  It must begin with a letter"),
        (
            "  - {name: mm, label: L, type: cumulative, type_params: {measure: ones, window: 7days}}\n".to_owned(),
            "Invalid window (7days) in cumulative/conversion metric. Should be of the form `<count> <granularity>`, e.g., `28 days`",
        ),
        (simple("people", ""), "dbt found two metrics with the name \"people\""),
        (simple("mm", "config: {group: fin}, "), "Invalid group 'fin', expected one of []"),
    ];
    for (metrics, expected) in cases {
        let _ = parse(&metrics).code(2).says(expected);
    }
}

#[test]
fn metrics_of_nothing_are_refused_in_dbts_words() {
    let cases = [
        (
            "simple, type_params: {measure: one}",
            "A semantic model having a measure `one` does not exist but was referenced.",
        ),
        ("simple, type_params: {}", "should have a measure defined, but it does not."),
        (
            "ratio, type_params: {numerator: people}",
            "Invalid ratio metric. Both a numerator and denominator must be specified",
        ),
        (
            "derived, type_params: {expr: x, metrics: [peple]}",
            "The metric `peple` does not exist but was referenced by metric `mm`.",
        ),
        ("conversion, type_params: {}", "mm is a conversion metric and must have conversion_type_params defined."),
    ];
    for (body, expected) in cases {
        let _ = parse(&format!("  - {{name: mm, label: L, type: {body}}}\n")).code(2).says(expected);
    }
}

#[test]
fn what_does_not_fit_together_fails_the_validation() {
    let cases = [
        (
            "  - {name: Big, label: L, type: simple, type_params: {measure: ones}}\n",
            "Invalid name `Big` - names may only contain lower case letters, numbers, and underscores.",
        ),
        (
            "  - {name: m1, label: L, type: simple, type_params: {measure: ones}}\n  - {name: m2, label: L, type: simple, type_params: {measure: ones}}\n",
            "Can't use label `L` for  metric `m2` as it's already used for metric `m1`",
        ),
        (
            "  - {name: m1, label: L, type: cumulative, type_params: {measure: ones, cumulative_type_params: {window: 3 blinks}}}\n",
            "Invalid time granularity 'blinks' in window: '3 blinks'",
        ),
        (
            "  - {name: m1, label: L, type: simple, filter: \"{{ Dimension('kind') }} = 1\", type_params: {measure: ones}}\n",
            "Name is in an incorrect format: 'kind'. It should be of the form: <primary entity name>__<dimension_name>",
        ),
        (
            "  - {name: m1, label: L, type: conversion, type_params: {conversion_type_params: {base_measure: people, conversion_measure: ones, entity: it}}}\n",
            "Entity: it not found in base semantic model: visits.",
        ),
    ];
    for (metrics, expected) in cases {
        let _ = parse(metrics).code(2).says(expected).says("Semantic Manifest validation failed.");
    }
    let project = project("\nmetrics:\n  - {name: Big, label: L, type: simple, type_params: {measure: ones}}\n");
    let said = project.run(&["--log-format", "json", "parse"]).code(2).stdout;
    assert!(said.contains(r#""name":"SemanticValidationFailure""#), "{said}");
}

#[test]
fn measures_and_dimensions_are_validated() {
    let model = |parts: &str| {
        let text = format!(
            "semantic_models:\n  - name: visits\n    model: ref('people')\n{parts}metrics: [{{name: mm, label: L, type: simple, type_params: {{measure: ones}}}}]\n"
        );
        project("").properties(&text).run(&["parse"]).code(2)
    };
    let time = "    defaults: {agg_time_dimension: at_day}\n    dimensions: [{name: at_day, type: time, type_params: {time_granularity: day}}]\n";
    let key = "    entities: [{name: id, type: primary}]\n";
    let ones = "    measures: [{name: ones, agg: sum, expr: 1}";
    let cases = [
        (format!("{time}{ones}]\n"), "contains dimensions, but it does not define a primary entity."),
        (format!("{key}{ones}]\n"), "Aggregation time dimension for measure ones is not set!"),
        (
            format!("{time}{key}{ones}, {{name: cc, agg: count}}]\n"),
            "Measure 'cc' uses a COUNT aggregation, which requires an expr to be provided.",
        ),
        (
            format!("{time}{key}{ones}, {{name: pp, agg: percentile, expr: x}}]\n"),
            "Measure 'pp' uses a PERCENTILE aggregation, which requires agg_params.percentile to be provided.",
        ),
        (
            format!("{time}{key}{ones}, {{name: select, agg: sum, expr: x}}]\n"),
            "'select' is an SQL reserved keyword, and thus cannot be used as a measure 'name'.",
        ),
        (
            format!("{time}{key}{ones}, {{name: ones, agg: sum, expr: x}}]\n"),
            "In semantic model `visits`, can't use name `ones` for a measure when it was already used for a measure",
        ),
    ];
    for (parts, expected) in cases {
        let _ = model(&parts).says(expected);
    }
}

#[test]
fn time_spines_are_told_to_query_engines_and_needed() {
    let spine = |property: &str, column: &str| {
        let text = format!(
            "{MODELS}models:\n  - name: days\n    time_spine: {property}\n    columns: [{column}, {{name: fiscal}}]\n"
        );
        Project::new()
            .model("people", "select 1 as id, date '2020-01-01' as created_at, 'x' as kind")
            .model("days", "select date '2020-01-01' as at_day, 1 as fiscal")
            .properties(&text)
    };
    let good = "{standard_granularity_column: at_day, custom_granularities: [{name: fiscal}]}";
    let day = "{name: at_day, granularity: day}";
    let project = spine(good, day);
    let _ = project.run(&["parse"]).success();
    let configuration = &project.json("target/semantic_manifest.json")["project_configuration"];
    assert_eq!(configuration["time_spine_table_configurations"], json!([]));
    assert_eq!(
        configuration["time_spines"],
        json!([{
            "node_relation": {"alias": "days", "schema_name": "main", "database": "shop", "relation_name": "\"shop\".\"main\".\"days\""},
            "primary_column": {"name": "at_day", "time_granularity": "day"},
            "custom_granularities": [{"name": "fiscal", "column_name": null}],
        }])
    );
    let week = "{name: at_day, granularity: week}";
    let cases = [
        (
            good,
            week,
            "The semantic layer requires a time spine model with granularity DAY or smaller in the project, but none was found.",
        ),
        (
            good,
            "{name: at_day}",
            "Time spine standard granularity column must have a granularity defined. Please add one for column 'at_day' in model 'days'.",
        ),
        (
            "{standard_granularity_column: nope}",
            day,
            "Got invalid column name 'nope' for model 'days'. Valid names: ['at_day', 'fiscal'].",
        ),
        (
            "{standard_granularity_column: at_day, custom_granularities: [{name: fiscal, column_name: gone}]}",
            day,
            "Time spine custom granularity columns do not exist in the model. Columns not found: ['gone']; Available columns: ['at_day', 'fiscal']",
        ),
    ];
    for (property, column, expected) in cases {
        let _ = spine(property, column).run(&["parse"]).code(2).says(expected);
    }
    let project = self::project(METRICS);
    let _ = project
        .run(&["parse"])
        .success()
        .says("Time spines without YAML configuration are in the process of deprecation.");
    assert_eq!(
        project.json("target/semantic_manifest.json")["project_configuration"]["time_spine_table_configurations"],
        json!([{"location": "\"shop\".\"main\".\"metricflow_time_spine\"", "column_name": "date_day", "grain": "day"}])
    );
}
