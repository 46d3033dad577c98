//! Sources, exposures, groups, docs blocks and macros as dictionaries.

use serde_json::json;

use super::node::column;
use super::{refs, sources};
use crate::resource::{
    Doc, Exposure, Fixture, Freshness, FreshnessLimit, Given, Group, MacroDefinition, MacroKind, Map, Owner, Source,
    UniqueId, UnitTest, Value,
};

/// Returns a source as its dictionary.
pub fn source(source: &Source) -> Value {
    let columns: Map = source.columns.iter().map(|(name, described)| (name.clone(), column(described))).collect();
    json!({
        "database": source.database,
        "schema": source.schema,
        "name": source.name,
        "resource_type": "source",
        "package_name": source.package,
        "path": source.path,
        "original_file_path": source.original_file_path,
        "unique_id": source.unique_id.as_str(),
        "fqn": source.fqn,
        "source_name": source.source_name,
        "source_description": source.source_description,
        "loader": source.loader,
        "identifier": source.identifier,
        "quoting": source.quoting,
        "loaded_at_field": source.loaded_at_field,
        "loaded_at_query": source.loaded_at_query,
        "freshness": source.freshness.as_ref().map(freshness),
        "external": source.external,
        "description": source.description,
        "columns": columns,
        "meta": source.meta,
        "source_meta": source.source_meta,
        "tags": source.tags,
        "config": source.config.0,
        "patch_path": source.patch_path,
        "unrendered_config": source.unrendered_config,
        "relation_name": source.relation.render(),
        "unrendered_database": source.unrendered_database,
        "unrendered_schema": source.unrendered_schema,
        "doc_blocks": super::ids(&source.doc_blocks),
    })
}

/// Returns limits of freshness as artifacts write them.
pub fn freshness(freshness: &Freshness) -> Value {
    let limit = |limit: &FreshnessLimit| match limit {
        FreshnessLimit::Age(age) => json!({"count": age.count, "period": age.period}),
        FreshnessLimit::Off => Value::Null,
        FreshnessLimit::Unset => json!({"count": null, "period": null}),
    };
    json!({
        "warn_after": limit(&freshness.warn_after),
        "error_after": limit(&freshness.error_after),
        "filter": freshness.filter,
    })
}

fn owner(owner: &Owner) -> Map {
    let mut map = Map::new();
    map.insert("email".into(), owner.email.clone().into());
    map.insert("name".into(), owner.name.as_deref().into());
    map.extend(owner.extra.clone());
    map
}

/// Returns an exposure as its dictionary.
pub fn exposure(exposure: &Exposure, depends_on: &[UniqueId]) -> Value {
    json!({
        "name": exposure.name,
        "resource_type": "exposure",
        "package_name": exposure.package,
        "path": exposure.path,
        "original_file_path": exposure.original_file_path,
        "unique_id": exposure.unique_id.as_str(),
        "fqn": exposure.fqn,
        "type": exposure.exposure_type,
        "owner": owner(&exposure.owner),
        "description": exposure.description,
        "label": exposure.label,
        "maturity": exposure.maturity,
        "meta": exposure.meta,
        "tags": exposure.tags,
        "config": exposure.config.0,
        "unrendered_config": exposure.unrendered_config,
        "url": exposure.url,
        "depends_on": {"macros": [], "nodes": depends_on.iter().map(UniqueId::as_str).collect::<Vec<_>>()},
        "refs": refs(&exposure.refs),
        "sources": sources(&exposure.sources),
        "metrics": super::semantic::calls(&exposure.metrics),
    })
}

/// Returns a unit test as its dictionary.
pub fn unit_test(test: &UnitTest, depends_on: &[UniqueId]) -> Map {
    let fixture = |fixture: &Fixture| json!({"rows": fixture.rows, "format": fixture.format.as_str(), "fixture": fixture.fixture});
    let given = |given: &Given| {
        let mut map = Map::from_iter([("input".to_owned(), Value::from(given.input.as_str()))]);
        map.extend(fixture(&given.rows).as_object().cloned().unwrap_or_default());
        Value::Object(map)
    };
    let overrides = test
        .overrides
        .as_ref()
        .map(|overrides| json!({"macros": overrides.macros, "vars": overrides.vars, "env_vars": overrides.env_vars}));
    let value = json!({
        "model": test.model,
        "given": test.given.iter().map(given).collect::<Vec<_>>(),
        "expect": fixture(&test.expect),
        "name": test.name,
        "resource_type": "unit_test",
        "package_name": test.package,
        "path": test.path,
        "original_file_path": test.original_file_path,
        "unique_id": test.unique_id.as_str(),
        "fqn": test.fqn,
        "description": test.description,
        "overrides": overrides,
        "depends_on": {"macros": [], "nodes": super::ids(depends_on)},
        "config": test.config.0,
        "checksum": test.checksum,
        "versions": test.versions,
        "version": test.version,
    });
    value.as_object().cloned().unwrap_or_default()
}

/// Returns a group as its dictionary.
pub fn group(group: &Group) -> Value {
    json!({
        "name": group.name,
        "resource_type": "group",
        "package_name": group.package,
        "path": group.path,
        "original_file_path": group.original_file_path,
        "unique_id": group.unique_id.as_str(),
        "owner": owner(&group.owner),
        "description": Some(&group.description).filter(|text| !text.is_empty()),
        "config": group.config.0,
    })
}

/// Returns a docs block as its dictionary.
pub fn doc(doc: &Doc) -> Value {
    json!({
        "name": doc.name,
        "resource_type": "doc",
        "package_name": doc.package,
        "path": doc.path,
        "original_file_path": doc.original_file_path,
        "unique_id": doc.unique_id.as_str(),
        "block_contents": doc.block_contents,
    })
}

/// Returns a macro as its dictionary; `depends_on` are the macros it calls.
pub fn macro_definition(definition: &MacroDefinition, depends_on: &[UniqueId]) -> Map {
    let languages = match &definition.kind {
        MacroKind::Materialization { languages, .. } if languages.is_empty() => Some(vec!["sql".to_owned()]),
        MacroKind::Materialization { languages, .. } => Some(languages.clone()),
        _ => None,
    };
    let values = json!({
        "name": definition.name,
        "resource_type": "macro",
        "package_name": definition.package,
        "path": definition.original_file_path,
        "original_file_path": definition.original_file_path,
        "unique_id": definition.unique_id.as_str(),
        "macro_sql": block_text(definition),
        "depends_on": {"macros": depends_on.iter().map(UniqueId::as_str).collect::<Vec<_>>()},
        "description": "",
        "meta": {},
        "docs": {"show": true, "node_color": null},
        "config": {"meta": {}, "docs": {"show": true, "node_color": null}},
        "patch_path": null,
        "arguments": [],
        "supported_languages": languages,
    });
    match values {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Returns a macro's block as dbt cuts it out of the trimmed file: with the white space that its outer tags take away,
/// unless the tag before took it.
fn block_text(definition: &MacroDefinition) -> &str {
    let text = definition.span.file.text.trim_end();
    let first = text.len() - text.trim_start().len();
    let (mut start, mut end) = (definition.span.range.start, definition.span.range.end);
    let before = text[..start].trim_end();
    if text[start..end].starts_with("{%-") && !before.ends_with("-%}") {
        start = before.len().max(first);
    }
    if text[start..end].ends_with("-%}") {
        end = text.len() - text[end..].trim_start().len();
    }
    &text[start..end]
}
