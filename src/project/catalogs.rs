//! Checks `catalogs.yml`: catalogs outside the database, each with the integrations that may write to it.
//!
//! The adapter for DuckDB has no kind of catalog (databases are attached in the profile), so that a right entry is refused by its type.

use std::path::Path;

use super::read_text;
use super::render::{Rendering, TextRenderer, never};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::resource::Value;
use crate::yaml::{self, Yaml};

/// The file's name, beside the project file.
const NAME: &str = "catalogs.yml";

const CATALOG_KEYS: [&str; 3] = ["name", "active_write_integration", "write_integrations"];

const INTEGRATION_KEYS: [&str; 7] =
    ["name", "catalog_type", "external_volume", "table_format", "catalog_name", "file_format", "adapter_properties"];

/// Checks the file of a project's folder; there may be none.
///
/// # Errors
/// When it cannot be read, a catalog does not say which integration is active, or is of a type that DuckDB has not.
pub fn check_catalogs(root: &Path, project: &str, renderer: &dyn TextRenderer) -> Result<(), Diagnostics> {
    let path = root.join(NAME);
    if !path.is_file() {
        return Ok(());
    }
    let mut diagnostics = Diagnostics::new();
    let unread =
        |diagnostic: Diagnostic| Diagnostics::from(diagnostic.with_note(format!("Error reading {project}: {NAME}")));
    let file = read_text(&path, NAME).map_err(unread)?;
    let yaml = yaml::read(&file).map_err(unread)?;
    if yaml.is_null() {
        let title = format!("Error reading {project}: {NAME} - the file is empty");
        let end = Span::new(&file, 0..0);
        return Err(Diagnostic::error(Kind::Parsing, "E0142", title).at(end, "").into());
    }
    let yaml = Rendering { renderer, is_late: never }.tree(&yaml, &mut diagnostics);
    for catalog in yaml.entry("catalogs").map(Yaml::items).unwrap_or_default() {
        check_catalog(catalog, &mut diagnostics);
    }
    diagnostics.into_result(()).map(|_| ())
}

fn check_catalog(yaml: &Yaml, diagnostics: &mut Diagnostics) {
    let Some(name) = required(yaml, "name", &CATALOG_KEYS, diagnostics) else { return };
    let mut integrations: Vec<(String, String, Span)> = Vec::new();
    for item in yaml.entry("write_integrations").map(Yaml::items).unwrap_or_default() {
        let Some(integration) = required(item, "name", &INTEGRATION_KEYS, diagnostics) else { return };
        let Some(kind) = required(item, "catalog_type", &INTEGRATION_KEYS, diagnostics) else { return };
        if integrations.iter().any(|(known, ..)| *known == integration) {
            let title = format!(
                "Catalog '{name}' cannot have multiple 'write_integrations' with the same name: '{integration}'."
            );
            return diagnostics.push(refused(title, &item.span, "this name is taken"));
        }
        integrations.push((integration, kind, item.span.clone()));
    }
    let active = yaml.entry("active_write_integration").filter(|value| !value.is_null());
    let chosen = match (active.map(text), integrations.as_slice()) {
        (None, [only]) => only,
        (None, _) => {
            let title = format!(
                "Catalog '{name}' must specify an 'active_write_integration' when multiple 'write_integrations' are \
                 provided."
            );
            return diagnostics.push(refused(title, &yaml.span, "this catalog"));
        }
        (Some(active), _) => match integrations.iter().find(|(known, ..)| *known == active) {
            Some(found) => found,
            None => {
                let known: Vec<String> = integrations.iter().map(|(known, ..)| format!("'{known}'")).collect();
                let title = format!(
                    "Catalog '{name}' must specify an 'active_write_integration' from its set of defined \
                     'write_integrations': [{}]. Got: '{active}'.",
                    known.join(", ")
                );
                let diagnostic = refused(title, &yaml.span, "this catalog");
                return diagnostics
                    .push(diagnostic.with_nearest(&active, integrations.iter().map(|(known, ..)| known.as_str())));
            }
        },
    };
    let (_, kind, span) = chosen;
    diagnostics.push(
        refused("Catalog type is not supported.".to_owned(), span, "of this type")
            .with_note(format!("Received: {kind}"))
            .with_note("Expected one of: ")
            .with_help("DuckDB takes other databases under `attach` of the profile"),
    );
}

/// Returns a text that must be there; keys that are not known are refused, as in dbt.
fn required(yaml: &Yaml, key: &str, known: &[&str], diagnostics: &mut Diagnostics) -> Option<String> {
    if let Some(entry) = yaml.entries().iter().find(|entry| !known.contains(&entry.key.as_str())) {
        let title = format!("Additional properties are not allowed ('{}' was unexpected)", entry.key);
        let diagnostic = refused(title, &entry.key_span, "not known here");
        diagnostics.push(diagnostic.with_nearest(&entry.key, known.iter().copied()));
        return None;
    }
    let text = yaml.entry(key).map(text);
    if text.is_none() {
        diagnostics.push(refused(format!("'{key}' is a required property"), &yaml.span, "missing here"));
    }
    text
}

fn text(yaml: &Yaml) -> String {
    match yaml.to_value() {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn refused(title: String, span: &Span, label: &str) -> Diagnostic {
    Diagnostic::error(Kind::Runtime, "E0142", title).at(span.clone(), label)
}
