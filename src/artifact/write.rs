//! Writes a JSON file whole or not at all.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`: {source}", path.display())]
pub struct ArtifactError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub source: std::io::Error,
}

/// Writes a value as JSON beside `path` and renames it, making the folder when it is absent.
///
/// # Errors
/// When the folder or the file cannot be written; what stood at `path` is untouched then.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<(), ArtifactError> {
    let beside = path.with_extension(format!("json.{}.tmp", std::process::id()));
    let written = write_beside(&beside, path, value);
    if written.is_err() {
        // The failure itself is reported; a leftover is only untidy.
        let _ = fs::remove_file(&beside);
    }
    written.map_err(|source| ArtifactError { path: path.to_owned(), source })
}

fn write_beside(beside: &Path, path: &Path, value: &impl Serialize) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = BufWriter::with_capacity(1 << 16, File::create(beside)?);
    serde_json::to_writer(&mut file, value).map_err(std::io::Error::other)?;
    file.flush()?;
    fs::rename(beside, path)
}

#[cfg(test)]
mod tests {
    use super::write_json;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/a.json");
        write_json(&path, &serde_json::json!({"a": 1})).unwrap();
        write_json(&path, &serde_json::json!({"a": 2})).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), r#"{"a":2}"#);
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let error = write_json(&file.join("a.json"), &1).unwrap_err().to_string();
        assert!(error.starts_with("cannot write `") && error.contains("a.json"), "{error}");
    }
}
