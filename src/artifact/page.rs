//! The page that shows manifest.json and catalog.json: beside them, or with both in it.

use std::fs;
use std::path::Path;

use super::ArtifactError;

const PAGE: &str = include_str!("page.html");

/// Writes index.html into a folder; it reads the artifacts beside it, so it wants a web server.
///
/// # Errors
/// When the file cannot be written.
pub fn write_page(folder: &Path) -> Result<(), ArtifactError> {
    write(folder, "index.html", PAGE)
}

/// Writes `static_index.html` into a folder, with the artifacts of that folder in it: a file that opens by itself.
///
/// # Errors
/// When an artifact cannot be read or the file not be written.
pub fn write_static_page(folder: &Path) -> Result<(), ArtifactError> {
    let read = |name: &str| {
        let path = folder.join(name);
        // A closing tag in a description would end the script.
        let text = fs::read_to_string(&path).map(|text| text.replace("</", "<\\/"));
        text.map_err(|source| ArtifactError { path, source })
    };
    let [manifest, catalog] = ["manifest.json", "catalog.json"].map(read);
    let page = PAGE.replacen("\"MANIFEST.JSON INLINE DATA\"", &manifest?, 1);
    write(folder, "static_index.html", &page.replacen("\"CATALOG.JSON INLINE DATA\"", &catalog?, 1))
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), ArtifactError> {
    let path = folder.join(name);
    fs::write(&path, text).map_err(|source| ArtifactError { path, source })
}
