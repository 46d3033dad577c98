//! Makes saved queries from their entries.

use serde_json::json;

use super::Parser;
use super::generic::text::repr;
use super::naming::Named;
use super::parsed::Parsed;
use super::properties::{DESTINATION, Properties, SavedQueryEntry, parts};
use super::semantic::{add, declared};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::resource::{Map, MetricCall, NodeConfig, ResourceType, SemanticNode, Value};

/// Makes the saved queries of all files.
pub(super) fn make(parser: &Parser<'_>, properties: &Properties, parsed: &mut Parsed, diagnostics: &mut Diagnostics) {
    for entry in &properties.saved_queries {
        let node = saved_query(parser, entry, diagnostics);
        add(node, parsed, diagnostics);
    }
}

fn saved_query(parser: &Parser<'_>, entry: &SavedQueryEntry, diagnostics: &mut Diagnostics) -> SemanticNode {
    let kind = ResourceType::SavedQuery;
    let mut node = declared(parser, kind, (&entry.file, &entry.name), entry.body.clone(), diagnostics);
    let written = NodeConfig(Map::from_iter(node.body.shift_remove_entry("tags")));
    node.tags = written.texts("tags").into_iter().chain(node.config.texts("tags")).collect();
    node.tags.sort();
    node.tags.dedup();
    let named = node.body.get("query_params").and_then(|query| query.get("metrics")).and_then(Value::as_array);
    node.metrics = named.into_iter().flatten().filter_map(Value::as_str).map(MetricCall::of).collect();
    let mut exports = std::mem::take(&mut node.body);
    for part in parts(&mut exports, "exports") {
        export(parser, (entry, &node), part, diagnostics);
    }
    node.body = exports;
    node.body.insert("metadata".into(), Value::Null);
    node
}

/// Completes the configuration of an export: its own over that of its query, and the names of its relation.
fn export(
    parser: &Parser<'_>,
    (entry, node): (&SavedQueryEntry, &SemanticNode),
    part: &mut Map,
    diagnostics: &mut Diagnostics,
) {
    let own = part.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut config = node.config.clone();
    config.0.extend(own.clone());
    let name = part.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let destination = destination(entry, &name, &config);
    let destination = destination.unwrap_or_else(|mistake| {
        diagnostics.push(*mistake);
        "table"
    });
    // As in dbt, the rules for names see the alias and database of the configuration, and not its schema.
    let mut placed = config.clone();
    placed.0.shift_remove("schema");
    let named = Named { package: &node.package, name: &name, version: None, config: &placed };
    let place = parser.naming.names(&named, &parser.templates, &|| part.clone()).unwrap_or_else(|diagnostic| {
        diagnostics.push(diagnostic);
        parser.naming.initial(&name)
    });
    let schema = config.text("schema_name").or_else(|| config.text("schema")).unwrap_or(&place.schema);
    let shown = json!({
        "export_as": destination,
        "schema_name": schema,
        "alias": config.text("alias").unwrap_or(&place.alias),
        "database": place.database,
    });
    part.insert("config".into(), shown);
    part.insert("unrendered_config".into(), Value::Object(own));
}

/// Reads what an export makes: a table or a view.
fn destination(entry: &SavedQueryEntry, export: &str, config: &NodeConfig) -> Result<&'static str, Box<Diagnostic>> {
    let written = config.value("export_as").unwrap_or(&Value::Null);
    let known = written.as_str().and_then(|text| DESTINATION.read(text, &entry.name.span).ok());
    known.ok_or_else(|| {
        let title = format!(
            "Field \"export_as\" of type ExportDestinationType in ExportConfig has invalid value {}",
            repr(written)
        );
        Box::new(
            Diagnostic::error(Kind::Parsing, "E0211", title)
                .at(entry.name.span.clone(), format!("the export `{export}` of this saved query"))
                .with_help(
                    "write `export_as: table` or `export_as: view` in the `config` of the export or of the query",
                ),
        )
    })
}
