//! `manifest.json` beside the exported files: what each of them is, so that a reader can check what it took.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{ExportItem, Published, RunStamp};

/// The manifest's own name.
pub(super) const FILE_NAME: &str = "manifest.json";

/// Returns the manifest's text: the new files, and those of the former manifest that are still there.
pub(super) fn text(folder: &Path, items: &[ExportItem], published: &[Published], stamp: &RunStamp) -> String {
    let exported_at = stamp.exported_at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut files = former(folder);
    for (item, file) in items.iter().zip(published) {
        let columns = file.columns.iter().map(|column| json!({"name": column.name, "type": column.data_type}));
        files.insert(
            item.file_name(),
            json!({
                "name": file.name,
                "format": item.format.as_str(),
                "rows": file.rows,
                "bytes": file.bytes,
                "sha256": file.sha256,
                "columns": columns.collect::<Vec<_>>(),
                "grain": item.order_by,
                "as_of": stamp.as_of,
                "run_id": stamp.run_id,
                "exported_at": exported_at,
            }),
        );
    }
    files.sort_keys();
    let manifest = json!({
        "as_of": stamp.as_of,
        "run_id": stamp.run_id,
        "exported_at": exported_at,
        "files": files,
    });
    format!("{manifest:#}\n")
}

/// Reads the former manifest's files; none when there is no manifest or it is not one.
fn former(folder: &Path) -> Map<String, Value> {
    let text = std::fs::read_to_string(folder.join(FILE_NAME)).unwrap_or_default();
    let Ok(Value::Object(mut manifest)) = serde_json::from_str(&text) else { return Map::new() };
    let Some(Value::Object(mut files)) = manifest.remove("files") else { return Map::new() };
    files.retain(|name, _| folder.join(name).is_file());
    files
}
