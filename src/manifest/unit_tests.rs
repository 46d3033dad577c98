//! Finds the models that unit tests test: one test for each version of a versioned model.

use indexmap::IndexMap;

use super::{Manifest, NodeLookup};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::resource::{
    Checksum, Detail, DocsConfig, Map, ModelDetail, Node, Relation, ResourceType, UniqueId, UnitTest, Value,
};

/// Resolves all unit tests.
pub(super) fn resolve(manifest: &mut Manifest, diagnostics: &mut Diagnostics) {
    let tests = std::mem::take(&mut manifest.unit_tests);
    let mut resolved: IndexMap<UniqueId, UnitTest> = IndexMap::new();
    let mut disabled = Vec::new();
    for test in tests.into_values() {
        match tested(manifest, &test) {
            Ok(models) => {
                for model in &models {
                    check(&test, model, diagnostics);
                }
                let copies: Vec<UnitTest> = models.iter().map(|model| for_model(&test, model)).collect();
                resolved.extend(copies.into_iter().map(|test| (test.unique_id.clone(), test)));
            }
            Err(Refusal::Disabled) => disabled.push(test),
            Err(Refusal::Missing(diagnostic)) => diagnostics.push(*diagnostic),
        }
    }
    for test in resolved.values() {
        manifest.parents.insert(test.unique_id.clone(), test.tested_node.iter().cloned().collect());
    }
    manifest.unit_tests = resolved;
    for mut test in disabled {
        test.config.0.insert("enabled".into(), false.into());
        manifest.disabled.unit_tests.push(test);
    }
}

enum Refusal {
    Disabled,
    Missing(Box<Diagnostic>),
}

/// Returns the models that a test is for.
fn tested<'a>(manifest: &'a Manifest, test: &UnitTest) -> Result<Vec<&'a Node>, Refusal> {
    let mut words = test.model.split_whitespace();
    let name = words.next().unwrap_or_default();
    let version = words.next();
    let model = match manifest.find_ref(Some(&test.package), name, version, &test.package) {
        NodeLookup::Found(model) => model,
        NodeLookup::Disabled(_) => return Err(Refusal::Disabled),
        NodeLookup::Missing => {
            let models = manifest.nodes.values().filter(|node| matches!(node.detail, Detail::Model(_)));
            let title = format!(
                "Unable to find model '{}.{}' for unit test '{}' in {}",
                test.package, test.model, test.name, test.original_file_path
            );
            let diagnostic = Diagnostic::error(Kind::Parsing, "E0304", title)
                .at(test.span.clone(), "this unit test")
                .with_nearest(name, models.map(|node| node.name.as_str()));
            return Err(Refusal::Missing(Box::new(diagnostic)));
        }
    };
    if !matches!(&model.detail, Detail::Model(ModelDetail { version: Some(_), .. })) {
        return Ok(vec![model]);
    }
    let is_version = |node: &&Node| {
        node.name == model.name && node.package == model.package && matches!(node.detail, Detail::Model(_))
    };
    let wanted: Vec<&Node> = manifest.nodes.values().filter(is_version).filter(|node| is_wanted(test, node)).collect();
    if wanted.is_empty() {
        let title = format!("Unit test '{}' referenced a version of '{}' which was not found.", test.name, model.name);
        let diagnostic = Diagnostic::error(Kind::Parsing, "E0305", title).at(test.span.clone(), "");
        return Err(Refusal::Missing(Box::new(diagnostic)));
    }
    Ok(wanted)
}

fn version_of(node: &Node) -> Option<&str> {
    match &node.detail {
        Detail::Model(detail) => detail.version.as_deref(),
        _ => None,
    }
}

fn is_wanted(test: &UnitTest, node: &Node) -> bool {
    let Some(versions) = &test.versions else { return true };
    let lists = |key: &str| match versions.get(key) {
        Some(Value::Array(items)) => Some(items.iter().any(|item| {
            let version = item.as_str().map_or_else(|| item.to_string(), str::to_owned);
            version_of(node) == Some(version.as_str())
        })),
        _ => None,
    };
    match (lists("exclude"), lists("include")) {
        (Some(excluded), _) => !excluded,
        (None, Some(included)) => included,
        (None, None) => true,
    }
}

fn for_model(test: &UnitTest, model: &Node) -> UnitTest {
    let mut test = test.clone();
    if let Some(version) = version_of(model) {
        test.unique_id = UniqueId::from_text(&format!("{}_v{version}", test.unique_id));
        test.version = Some(version.to_owned());
    }
    test.tested_node = Some(model.unique_id.clone());
    test.node = Some(Box::new(runnable(&test, model)));
    test
}

/// Returns the test as a node that runs: the code of its model, with a materialization that compares rows.
fn runnable(test: &UnitTest, model: &Node) -> Node {
    let name = test.versioned_name();
    let mut config = test.config.clone();
    let (rows, sql) = match &test.expect.rows {
        Value::String(sql) => (Value::Array(Vec::new()), Value::from(sql.as_str())),
        rows => (rows.clone(), Value::Null),
    };
    config.0.insert("materialized".into(), "unit".into());
    config.0.insert("expected_rows".into(), rows);
    config.0.insert("expected_sql".into(), sql);
    let folder = test.original_file_path.rsplit_once('/').map_or("", |(folder, _)| folder);
    Node {
        unique_id: test.unique_id.clone(),
        resource_type: ResourceType::UnitTest,
        package: test.package.clone(),
        path: format!("{folder}/{name}.sql"),
        original_file_path: test.original_file_path.clone(),
        fqn: test.fqn.clone(),
        alias: name.clone(),
        relation: Some(Relation::new(&model.database, &model.schema, &name)),
        checksum: Checksum::None,
        config,
        tags: test.config.tags(),
        group: None,
        unrendered_config: Map::new(),
        config_call: Map::new(),
        description: test.description.clone(),
        doc_blocks: Vec::new(),
        columns: IndexMap::new(),
        docs: DocsConfig::default(),
        patch_path: None,
        detail: Detail::Other,
        name,
        ..model.clone()
    }
}

/// A model that asks `is_incremental()` is tested for one answer.
fn check(test: &UnitTest, model: &Node, diagnostics: &mut Diagnostics) {
    let asks = model.macros.iter().any(|id| id.as_str() == "macro.dbt.is_incremental");
    let answer = test.macro_override("is_incremental").and_then(Value::as_bool);
    let mut error = |title: String, help: &str| {
        diagnostics.push(Diagnostic::error(Kind::Parsing, "E0305", title).at(test.span.clone(), "").with_help(help));
    };
    match (asks, answer) {
        (true, None) => error(
            format!(
                "Boolean override for 'is_incremental' must be provided for unit test '{}' in model '{}'",
                test.name, model.name
            ),
            "give it `overrides: {macros: {is_incremental: true}}` or `false`",
        ),
        (true, Some(true)) if !test.given.iter().any(|given| given.input.trim() == "this") => error(
            format!("Unit test '{}' for incremental model '{}' must have a 'this' input", test.name, model.name),
            "give it an input `this`: the rows that are already in the table",
        ),
        _ => {}
    }
    let lists = |key: &str| test.versions.as_ref().and_then(|versions| versions.get(key)).is_some_and(Value::is_array);
    if lists("include") && lists("exclude") {
        error("Unit tests can not both include and exclude versions.".to_owned(), "keep one of the two lists");
    }
    let is_filled = |key: &str| {
        let list = test.versions.as_ref().and_then(|versions| versions.get(key)).and_then(Value::as_array);
        list.is_some_and(|list| !list.is_empty())
    };
    if version_of(model).is_none() && (is_filled("include") || is_filled("exclude")) {
        error(
            format!(
                "Unit test '{}' should not have a versions include or exclude when referencing non-versioned model '{}'",
                test.name, model.name
            ),
            "remove `versions`",
        );
    }
}
