//! The artifacts in a folder: manifest.json, `run_results.json` and sources.json, of dbt or of Martlet.

use std::io::BufReader;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::resource::{Map, Value};

/// A kind of artifact, with the versions of its schema that can be read.
struct Artifact {
    file: &'static str,
    class: &'static str,
    schema: &'static str,
    versions: std::ops::RangeInclusive<u32>,
}

const MANIFEST: Artifact =
    Artifact { file: "manifest.json", class: "WritableManifest", schema: "manifest", versions: 4..=12 };
const RESULTS: Artifact =
    Artifact { file: "run_results.json", class: "RunResultsArtifact", schema: "run-results", versions: 4..=6 };
const SOURCES: Artifact =
    Artifact { file: "sources.json", class: "FreshnessExecutionResultArtifact", schema: "sources", versions: 3..=3 };

/// What an earlier run left in a folder.
#[derive(Debug)]
pub struct PreviousState {
    /// The folder as it was named.
    pub shown: String,
    /// manifest.json.
    pub manifest: Option<Map>,
    /// `run_results.json`.
    pub results: Option<Map>,
    /// sources.json.
    pub sources: Option<Map>,
    /// sources.json of the target folder: the newest one.
    pub current_sources: Option<Map>,
}

impl PreviousState {
    /// Reads a folder that `--state` names, relative to the project's root; `target` is the project's own folder of artifacts.
    ///
    /// # Errors
    /// When a file is not JSON, or of a version that cannot be read.
    pub fn load(shown: &str, root: &Path, target: &Path) -> Result<(Self, Diagnostics), Box<Diagnostic>> {
        let folder = root.join(shown);
        let mut warnings = Diagnostics::new();
        if Path::new(shown) == target.strip_prefix(root).unwrap_or(target) || folder == *target {
            let title = format!(
                "Warning: The state and target directories are the same: '{shown}'. This could lead to missing changes due to overwritten state including non-idempotent retries."
            );
            warnings.push(Diagnostic::warning(Kind::Runtime, "W0503", title));
        }
        let state = Self {
            shown: shown.to_owned(),
            manifest: MANIFEST.read(&folder)?.map(upgraded),
            results: RESULTS.read(&folder)?,
            sources: SOURCES.read(&folder)?,
            current_sources: SOURCES.read(target)?,
        };
        Ok((state, warnings))
    }

    /// Reads only the results of the run before.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn results_of(folder: &Path) -> Result<Option<Map>, Box<Diagnostic>> {
        RESULTS.read(folder)
    }

    /// Returns the entries of a section of manifest.json.
    pub(super) fn section(&self, name: &str) -> Option<&Map> {
        self.manifest.as_ref()?.get(name)?.as_object()
    }
}

impl Artifact {
    fn read(&self, folder: &Path) -> Result<Option<Map>, Box<Diagnostic>> {
        let path = folder.join(self.file);
        if !path.is_file() {
            return Ok(None);
        }
        let unreadable = |error: String| {
            let title = format!("Could not read {} at \"{}\" as JSON: {error}", self.class, path.display());
            Box::new(Diagnostic::error(Kind::Runtime, "E0508", title))
        };
        let file = std::fs::File::open(&path).map_err(|error| unreadable(error.to_string()))?;
        let value: Value =
            serde_json::from_reader(BufReader::new(file)).map_err(|error| unreadable(error.to_string()))?;
        let Value::Object(map) = value else { return Err(unreadable("it is not an object".into())) };
        self.check_version(&map, &path)?;
        Ok(Some(map))
    }

    fn check_version(&self, map: &Map, path: &Path) -> Result<(), Box<Diagnostic>> {
        let found = map.get("metadata").and_then(|metadata| metadata.get("dbt_schema_version"));
        let found = found.and_then(Value::as_str);
        let address = |version: u32| format!("https://schemas.getdbt.com/dbt/{}/v{version}.json", self.schema);
        if found.is_some_and(|found| self.versions.clone().any(|version| address(version) == found)) {
            return Ok(());
        }
        let shown = found.map_or_else(|| "nothing".to_owned(), |found| format!("\"{found}\""));
        let title = format!(
            "Expected a schema version of \"{}\" in {}, but found {shown}. Are you running with a different version of dbt?",
            address(*self.versions.end()),
            path.display()
        );
        Err(Box::new(Diagnostic::error(Kind::Runtime, "E0509", title)))
    }
}

/// Gives the nodes of older manifests the names of today.
fn upgraded(mut manifest: Map) -> Map {
    let Some(nodes) = manifest.get_mut("nodes").and_then(Value::as_object_mut) else { return manifest };
    for node in nodes.values_mut().filter_map(Value::as_object_mut) {
        for (old, new) in [("raw_sql", "raw_code"), ("compiled_sql", "compiled_code")] {
            if let Some(code) = node.shift_remove(old) {
                node.insert(new.to_owned(), code);
            }
        }
    }
    manifest
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::PreviousState;

    fn load(manifest: &str) -> Result<PreviousState, String> {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("old")).unwrap();
        fs::write(root.path().join("old/manifest.json"), manifest).unwrap();
        let loaded = PreviousState::load("old", root.path(), &root.path().join("target"));
        loaded.map(|(state, _)| state).map_err(|error| error.title.replace(&*root.path().to_string_lossy(), "ROOT"))
    }

    #[test]
    fn a_manifest_of_another_version_is_refused_in_words_that_name_both() {
        let manifest = r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v3.json"}}"#;
        assert_eq!(
            load(manifest).unwrap_err(),
            "Expected a schema version of \"https://schemas.getdbt.com/dbt/manifest/v12.json\" in ROOT/old/manifest.json, but found \"https://schemas.getdbt.com/dbt/manifest/v3.json\". Are you running with a different version of dbt?"
        );
        assert!(load("{}").unwrap_err().contains("but found nothing"));
        assert!(load("[]").unwrap_err().contains("Could not read WritableManifest"));
    }

    #[test]
    fn older_names_of_code_are_read() {
        let manifest = r#"{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v5.json"},
            "nodes": {"model.p.a": {"raw_sql": "select 1"}}}"#;
        let state = load(manifest).unwrap();
        assert_eq!(state.section("nodes").unwrap()["model.p.a"]["raw_code"], "select 1");
    }
}
