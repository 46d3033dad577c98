//! The files of a project's folders: sorted, with `/`, without what is hidden, generated or ignored.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::ignore::Ignore;
use super::text::unreadable;
use super::{Project, read_text};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, SourceFile};

/// All files below a project's resource folders, listed once.
#[derive(Debug, Default)]
pub struct Listing {
    /// Paths relative to the project's root, sorted.
    paths: Vec<String>,
}

/// A file of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Path relative to the project's root: `models/staging/a.sql`.
    pub path: String,
    /// The resource folder it was found in: `models`.
    pub folder: String,
    /// Path relative to that folder: `staging/a.sql`.
    pub relative: String,
}

impl Listing {
    /// Returns the files below some folders that have one of the extensions, sorted by path, each once.
    pub fn files(&self, folders: &[String], extensions: &[&str]) -> Vec<FoundFile> {
        let mut found: Vec<FoundFile> = Vec::new();
        for folder in folders {
            let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
            let start = self.paths.partition_point(|path| path.as_str() < prefix.as_str());
            for path in self.paths[start..].iter().take_while(|path| path.starts_with(&prefix)) {
                if has_extension(path, extensions) {
                    let relative = path[prefix.len()..].to_owned();
                    found.push(FoundFile { path: path.clone(), folder: folder.clone(), relative });
                }
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found.dedup_by(|a, b| a.path == b.path);
        found
    }
}

/// Returns whether a path ends in one of the extensions, in any case.
fn has_extension(path: &str, extensions: &[&str]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').is_some_and(|(_, extension)| extensions.iter().any(|e| extension.eq_ignore_ascii_case(e)))
}

impl Project {
    /// Lists the files of all its resource folders.
    ///
    /// # Errors
    /// When a folder or `.dbtignore` cannot be read, or a file's name is not UTF-8.
    pub fn list(&self) -> Result<(Listing, Diagnostics), Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        let ignore = self.ignore(&mut diagnostics);
        let skipped = self.generated_folders();
        let mut walk = Walk {
            project: self,
            ignore,
            skipped,
            waiting: Vec::new(),
            followed: BTreeSet::new(),
            paths: BTreeSet::new(),
            diagnostics,
        };
        for folder in self.resource_folders() {
            walk.collect(folder);
        }
        walk.diagnostics.into_result(Listing { paths: walk.paths.into_iter().collect() })
    }

    /// Reads one of its text files; `path` is relative to its root.
    ///
    /// # Errors
    /// When the file cannot be read or is not UTF-8.
    pub fn read(&self, path: &str) -> Result<Arc<SourceFile>, Diagnostic> {
        read_text(&self.root.join(path), &self.shown(path))
    }

    /// Returns the name of one of its files in messages: relative to the root project.
    pub fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Returns all folders that hold files of the project, each once.
    pub fn resource_folders(&self) -> Vec<String> {
        let paths = &self.paths;
        let lists = [
            &paths.models,
            &paths.seeds,
            &paths.tests,
            &paths.macros,
            &paths.analyses,
            &paths.snapshots,
            &paths.functions,
            &paths.docs,
        ];
        let folders: BTreeSet<&String> = lists.into_iter().flatten().collect();
        folders.into_iter().cloned().collect()
    }

    fn ignore(&self, diagnostics: &mut Diagnostics) -> Ignore {
        if !self.root.join(".dbtignore").is_file() {
            return Ignore::default();
        }
        match self.read(".dbtignore") {
            Ok(file) => Ignore::read(&file, diagnostics),
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                Ignore::default()
            }
        }
    }

    /// Folders that Martlet or dbt writes; they matter when a resource folder is the project's own folder.
    fn generated_folders(&self) -> Vec<PathBuf> {
        [&self.target_path, &self.log_path, &self.packages_install_path]
            .into_iter()
            .map(|folder| self.root.join(folder))
            .collect()
    }
}

struct Walk<'a> {
    project: &'a Project,
    ignore: Ignore,
    skipped: Vec<PathBuf>,
    /// Folders still to be read.
    waiting: Vec<String>,
    paths: BTreeSet<String>,
    diagnostics: Diagnostics,
    /// Folders that links led to.
    followed: BTreeSet<PathBuf>,
}

impl Walk<'_> {
    /// Adds the files below a folder. A folder that does not exist has none, as in dbt.
    fn collect(&mut self, folder: String) {
        self.waiting.push(folder);
        while let Some(folder) = self.waiting.pop() {
            let absolute = self.project.root.join(&folder);
            if !absolute.is_dir() {
                continue;
            }
            match std::fs::read_dir(&absolute) {
                Ok(entries) => {
                    for entry in entries.flatten() {
                        self.take(&folder, &entry);
                    }
                }
                Err(error) => self.diagnostics.push(unreadable(&self.project.shown(&folder), &error)),
            }
        }
    }

    fn take(&mut self, folder: &str, entry: &std::fs::DirEntry) {
        let file_name = entry.file_name();
        let Some(name) = file_name.to_str() else {
            let shown = self.project.shown(folder);
            let title = format!("the name of the file `{}` is not UTF-8", file_name.to_string_lossy());
            self.diagnostics
                .push(Diagnostic::error(Kind::Runtime, "E0109", title).in_path(shown).with_help("rename it"));
            return;
        };
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let Ok(kind) = entry.file_type() else { return };
        // What is neither a file nor a folder, such as a pipe, could be waited for without end.
        let is_file = kind.is_file() || (kind.is_symlink() && !is_special(&entry.path()));
        if entry.path().is_dir() {
            let is_new = !kind.is_symlink() || self.follows(&entry.path());
            if is_new && !name.starts_with('.') && !self.is_skipped(&entry.path()) {
                self.waiting.push(path);
            }
        } else if is_file && !name.starts_with(['.', '#', '~']) && !self.ignore.hides(&path) {
            self.paths.insert(path);
        }
    }

    /// Returns whether a link to a folder is followed: as in dbt it is, but each folder once and none that the link is in.
    fn follows(&mut self, link: &Path) -> bool {
        let (Ok(target), Some(Ok(parent))) = (link.canonicalize(), link.parent().map(Path::canonicalize)) else {
            return false;
        };
        !parent.starts_with(&target) && self.followed.insert(target)
    }

    fn is_skipped(&self, folder: &Path) -> bool {
        self.skipped.iter().any(|skipped| skipped == folder)
    }
}

/// Returns whether something is there that is neither a file nor a folder.
fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| !found.is_file() && !found.is_dir())
}
