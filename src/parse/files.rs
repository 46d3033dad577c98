//! The files of a package that parsing reads, by kind.

use std::sync::Arc;

use super::properties::PropertiesFile;
use crate::diagnostic::{Diagnostics, SourceFile, Span};
use crate::project::{FoundFile, Listing, Project};
use crate::resource::{Checksum, sha256_hex};

/// A file with its text.
#[derive(Clone, Debug)]
pub(crate) struct InputFile {
    /// Path relative to the package's root.
    pub path: String,
    /// Path relative to the resource folder.
    pub relative: String,
    /// Its text.
    pub source: Arc<SourceFile>,
}

impl InputFile {
    /// Returns the file's name without folders and extension.
    pub(crate) fn stem(&self) -> &str {
        stem(&self.relative)
    }

    /// Returns the text without white space around it.
    pub(crate) fn code(&self) -> Span {
        let text = self.source.text.as_str();
        let start = text.len() - text.trim_start().len();
        Span::new(&self.source, start..start + text.trim().len())
    }

    /// Returns the checksum of the text without white space around it, as dbt makes it.
    pub(crate) fn checksum(&self) -> Checksum {
        Checksum::Sha256(sha256_hex(self.source.text.trim().as_bytes()))
    }
}

/// Returns a path's file name without extension.
pub(crate) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Returns the folders of a path relative to a resource folder.
pub(crate) fn folders(relative: &str) -> impl Iterator<Item = String> + '_ {
    let folders = relative.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.split('/').filter(|folder| !folder.is_empty()).map(str::to_owned)
}

/// A seed: its text is read only for the checksum.
#[derive(Clone, Debug)]
pub(crate) struct SeedFile {
    /// Where it is.
    pub file: InputFile,
    /// What tells whether it changed.
    pub checksum: Checksum,
}

/// All files of a package but macros.
#[derive(Debug, Default)]
pub(crate) struct PackageFiles {
    /// SQL and Python models.
    pub models: Vec<InputFile>,
    /// Files with snapshot blocks.
    pub snapshots: Vec<InputFile>,
    /// Analyses.
    pub analyses: Vec<InputFile>,
    /// Singular tests.
    pub tests: Vec<InputFile>,
    /// Seeds.
    pub seeds: Vec<SeedFile>,
    /// Functions of the database.
    pub functions: Vec<InputFile>,
    /// Files with docs blocks.
    pub docs: Vec<InputFile>,
    /// Rows of unit tests, by file name without extension.
    pub fixtures: Vec<InputFile>,
    /// Properties files.
    pub properties: Vec<Arc<PropertiesFile>>,
}

/// A seed above this size is told apart by its path only, as in dbt.
const LARGE_SEED: u64 = 1024 * 1024;

impl PackageFiles {
    /// Reads the files of a package. Files that cannot be read are reported and left out.
    pub(crate) fn read(package: &Project, diagnostics: &mut Diagnostics) -> Self {
        let listing = match package.list() {
            Ok((listing, warnings)) => {
                diagnostics.extend(warnings);
                listing
            }
            Err(errors) => {
                diagnostics.extend(errors);
                return Self::default();
            }
        };
        let mut reading = Reading { package, listing: &listing, diagnostics };
        let paths = &package.paths;
        let everywhere = [
            &paths.models,
            &paths.seeds,
            &paths.snapshots,
            &paths.analyses,
            &paths.macros,
            &paths.tests,
            &paths.functions,
        ];
        let everywhere: Vec<String> = everywhere.into_iter().flatten().cloned().collect();
        let docs = if paths.docs.is_empty() { &everywhere } else { &paths.docs };
        let tests = reading.texts(&paths.tests, &["sql"]);
        let is_plain =
            |file: &InputFile| !["generic/", "fixtures/"].iter().any(|folder| file.relative.starts_with(folder));
        Self {
            models: reading.texts(&paths.models, &["sql", "py"]),
            snapshots: reading.texts(&paths.snapshots, &["sql"]),
            analyses: reading.texts(&paths.analyses, &["sql"]),
            tests: tests.into_iter().filter(is_plain).collect(),
            seeds: reading.seeds(&paths.seeds),
            functions: reading.texts(&paths.functions, &["sql", "py"]),
            docs: reading.texts(docs, &["md"]),
            fixtures: reading.fixtures(&paths.tests),
            properties: reading.properties(&everywhere),
        }
    }
}

struct Reading<'a> {
    package: &'a Project,
    listing: &'a Listing,
    diagnostics: &'a mut Diagnostics,
}

impl Reading<'_> {
    fn text(&mut self, found: &FoundFile) -> Option<InputFile> {
        match self.package.read(&found.path) {
            Ok(source) => Some(InputFile { path: found.path.clone(), relative: found.relative.clone(), source }),
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    fn texts(&mut self, folders: &[String], extensions: &[&str]) -> Vec<InputFile> {
        let found = self.listing.files(folders, extensions);
        found.iter().filter_map(|found| self.text(found)).collect()
    }

    fn fixtures(&mut self, folders: &[String]) -> Vec<InputFile> {
        let found = self.listing.files(folders, &["csv", "sql"]);
        found
            .iter()
            .filter(|found| found.relative.starts_with("fixtures/"))
            .filter_map(|found| self.text(found))
            .collect()
    }

    fn seeds(&mut self, folders: &[String]) -> Vec<SeedFile> {
        let found = self.listing.files(folders, &["csv"]);
        found.iter().filter_map(|found| self.seed(found)).collect()
    }

    fn seed(&mut self, found: &FoundFile) -> Option<SeedFile> {
        let size = std::fs::metadata(self.package.root.join(&found.path)).map_or(0, |metadata| metadata.len());
        if size > LARGE_SEED {
            let source = SourceFile::new(self.package.shown(&found.path), "");
            let file = InputFile { path: found.path.clone(), relative: found.relative.clone(), source };
            return Some(SeedFile { file, checksum: Checksum::Path(found.path.clone()) });
        }
        let file = self.text(found)?;
        // dbt leaves a byte order mark in the text that it makes the checksum of.
        let bytes = std::fs::read(self.package.root.join(&found.path)).unwrap_or_default();
        let checksum = Checksum::Sha256(sha256_hex(String::from_utf8_lossy(&bytes).trim().as_bytes()));
        Some(SeedFile { file, checksum })
    }

    fn properties(&mut self, folders: &[String]) -> Vec<Arc<PropertiesFile>> {
        let files = self.texts(folders, &["yml", "yaml"]);
        let of = |file: InputFile| PropertiesFile {
            package: self.package.name.clone(),
            path: file.path,
            relative: file.relative,
            source: file.source,
        };
        files.into_iter().map(|file| Arc::new(of(file))).collect()
    }
}
