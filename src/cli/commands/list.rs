//! `list`: shows the resources of the project.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line, selection};
use crate::diagnostic::{Diagnostic, Kind};
use crate::manifest::Manifest;
use crate::report::{Entry, Level};
use crate::resource::{Map, UniqueId, Value, dictionary};

/// The keys of `--output json` when none are named, as in dbt.
const KEYS: [&str; 10] = [
    "alias",
    "name",
    "package_name",
    "depends_on",
    "tags",
    "config",
    "resource_type",
    "source_name",
    "original_file_path",
    "unique_id",
];

/// Runs the command.
pub fn run(workspace: &Workspace, line: &Line) -> Result<Done, CommandError> {
    let flag = |id: &str| line.matches.get_one::<String>(id).map(String::as_str);
    workspace.write_manifest(&HashMap::new())?;
    let chosen = selection::resources(workspace, line)?;
    let format = flag("output").unwrap_or("selector");
    let keys = line.matches.get_many::<String>("output-keys").into_iter().flatten();
    // As in dbt, several keys may stand in one text.
    let keys: Vec<String> = keys.flat_map(|text| text.split_whitespace()).map(str::to_owned).collect();
    let manifest = &workspace.manifest;
    let lines: Vec<String> = chosen
        .iter()
        .filter_map(|id| match format {
            "json" => Some(json(manifest, id, &keys)),
            "name" => name(manifest, id),
            "path" => path(manifest, id),
            _ => selector(manifest, id),
        })
        .collect();
    if lines.is_empty() {
        let warning = Diagnostic::warning(Kind::Runtime, "W0507", "No nodes selected!").as_event("NoNodesSelected", []);
        workspace.setup.warn(warning.into())?;
        return Ok(Done::Success);
    }
    for text in &lines {
        let entry = Entry::new(Level::Info, "PrintEvent", text.as_str(), serde_json::json!({"msg": text}));
        workspace.setup.reporter.output(&entry, None, &format!("{text}\n"))?;
    }
    Ok(Done::Success)
}

fn selector(manifest: &Manifest, id: &UniqueId) -> Option<String> {
    if let Some(node) = manifest.nodes.get(id) {
        return Some(node.fqn.join("."));
    }
    if let Some(source) = manifest.sources.get(id) {
        return Some(format!("source:{}.{}.{}", source.package, source.source_name, source.name));
    }
    if let Some(exposure) = manifest.exposures.get(id) {
        return Some(format!("exposure:{}.{}", exposure.package, exposure.name));
    }
    if let Some(node) = manifest.semantic.get(id) {
        return Some(format!("{}:{}.{}", node.resource_type, node.package, node.name));
    }
    manifest.unit_tests.get(id).map(|test| format!("unit_test:{}.{}", test.package, test.name))
}

fn name(manifest: &Manifest, id: &UniqueId) -> Option<String> {
    if let Some(node) = manifest.nodes.get(id) {
        return Some(node.search_name());
    }
    if let Some(source) = manifest.sources.get(id) {
        return Some(format!("{}.{}", source.source_name, source.name));
    }
    let exposure = manifest.exposures.get(id).map(|exposure| exposure.name.clone());
    let semantic = || manifest.semantic.get(id).map(|node| node.name.clone());
    exposure.or_else(semantic).or_else(|| manifest.unit_tests.get(id).map(|test| test.name.clone()))
}

fn path(manifest: &Manifest, id: &UniqueId) -> Option<String> {
    let node = manifest.nodes.get(id).map(|node| node.original_file_path.clone());
    let source = || manifest.sources.get(id).map(|source| source.original_file_path.clone());
    let exposure = || manifest.exposures.get(id).map(|exposure| exposure.original_file_path.clone());
    let unit_test = || manifest.unit_tests.get(id).map(|test| test.original_file_path.clone());
    let semantic = || manifest.semantic.get(id).map(|node| node.original_file_path.clone());
    node.or_else(source).or_else(exposure).or_else(unit_test).or_else(semantic)
}

fn json(manifest: &Manifest, id: &UniqueId, keys: &[String]) -> String {
    let whole = whole(manifest, id);
    let shown: Map = if keys.is_empty() {
        whole.into_iter().filter(|(key, _)| KEYS.contains(&key.as_str())).collect()
    } else {
        let whole = Value::Object(whole);
        keys.iter().filter_map(|key| Some((key.clone(), inside(&whole, key)?.clone()))).collect()
    };
    spaced(&Value::Object(shown))
}

/// Returns the value at a path with dots; one that is null is shown only when it is not inside another.
fn inside<'a>(whole: &'a Value, key: &str) -> Option<&'a Value> {
    let found = key.split('.').try_fold(whole, |value, part| value.get(part))?;
    Some(found).filter(|value| !key.contains('.') || !value.is_null())
}

fn whole(manifest: &Manifest, id: &UniqueId) -> Map {
    if let Some(node) = manifest.nodes.get(id) {
        return dictionary::node(node, manifest.parents_of(id));
    }
    let source = manifest.sources.get(id).map(dictionary::source);
    let exposure =
        || manifest.exposures.get(id).map(|exposure| dictionary::exposure(exposure, manifest.parents_of(id)));
    if let Some(test) = manifest.unit_tests.get(id) {
        return dictionary::unit_test(test, manifest.parents_of(id));
    }
    let semantic = || manifest.semantic.get(id).map(|node| dictionary::semantic(node, manifest.parents_of(id)));
    match source.or_else(exposure).or_else(semantic) {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// Writes JSON as Python does: a space after commas and colons, and everything beyond ASCII escaped.
fn spaced(value: &Value) -> String {
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Spaced);
    // Values of JSON can always be written, and into memory too.
    let _ = value.serialize(&mut serializer);
    String::from_utf8_lossy(&out).into_owned()
}

struct Spaced;

impl Spaced {
    fn comma<W: ?Sized + Write>(writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }
}

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        Self::comma(writer, first)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        Self::comma(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for character in fragment.chars() {
            if character.is_ascii() {
                write!(writer, "{character}")?;
                continue;
            }
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{inside, spaced};

    #[test]
    fn json_is_written_as_python_writes_it() {
        let value = json!({"name": "é\n", "list": [1, null], "empty": {}});
        assert_eq!(spaced(&value), r#"{"name": "\u00e9\n", "list": [1, null], "empty": {}}"#);
    }

    #[test]
    fn keys_with_dots_reach_inside() {
        let node = json!({"alias": null, "config": {"materialized": "view", "schema": null}});
        assert_eq!(inside(&node, "config.materialized"), Some(&json!("view")));
        assert_eq!(inside(&node, "config.schema"), None);
        assert_eq!(inside(&node, "alias"), Some(&json!(null)));
        assert_eq!(inside(&node, "nothing"), None);
    }
}
