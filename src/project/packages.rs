//! The packages of a project: those installed in its package folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::deps;
use super::file::holds_project;
use super::text::unreadable;
use super::{LoadOptions, Project, ProjectFile};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};

/// Loads the packages of the root project, sorted by name.
pub(super) fn load(root: &Project, options: &LoadOptions<'_>, diagnostics: &mut Diagnostics) -> Vec<Project> {
    let mut loading = Loading { root, options, found: BTreeMap::new() };
    let wanted = match deps::spec::read(&root.root, "", options.package_renderer) {
        Ok(wanted) => wanted,
        Err(errors) => {
            diagnostics.extend(errors);
            return Vec::new();
        }
    };
    let folders = package_folders(&root.root.join(&root.packages_install_path), diagnostics);
    if wanted.count() > folders.len() {
        let title = format!(
            "dbt found {} package(s) specified in {}, but only {} package(s) installed in {}. Run \"dbt deps\" to install package dependencies.",
            wanted.count(),
            wanted.file,
            folders.len(),
            root.packages_install_path.display()
        );
        let error = Diagnostic::error(Kind::Compilation, "E0107", title);
        diagnostics.push(match wanted.place() {
            Some(place) => error.at(place.clone(), ""),
            None => error,
        });
        return Vec::new();
    }
    for folder in folders {
        loading.read_installed(&folder, diagnostics);
    }
    loading.found.into_values().collect()
}

struct Loading<'a> {
    root: &'a Project,
    options: &'a LoadOptions<'a>,
    found: BTreeMap<String, Project>,
}

impl Loading<'_> {
    /// Reads the package of a folder.
    fn read(&mut self, folder: &Path, diagnostics: &mut Diagnostics) -> Option<Project> {
        let prefix = format!("{}/", self.shown(folder));
        match ProjectFile::read(folder, &prefix) {
            Ok(file) => {
                let package = Project::read_file(file, &prefix, self.options, diagnostics);
                Some(package).filter(|package| !package.name.is_empty())
            }
            Err(errors) => {
                diagnostics.extend(errors);
                None
            }
        }
    }

    /// Returns the path of a folder for messages: relative to the root project when it lies inside.
    fn shown(&self, folder: &Path) -> String {
        let relative = folder.strip_prefix(&self.root.root).unwrap_or(folder);
        relative.display().to_string().replace('\\', "/")
    }

    fn add(&mut self, package: Project, diagnostics: &mut Diagnostics) {
        let other = if package.name == self.root.name { Some(self.root) } else { self.found.get(&package.name) };
        let Some(other) = other else {
            self.found.insert(package.name.clone(), package);
            return;
        };
        let place = |project: &Project| project.file.path.clone();
        let title = format!(
            "dbt found more than one package with the name \"{}\" included in this project. \
             Package names must be unique in a project. Please rename one of these packages.",
            package.name
        );
        diagnostics.push(
            Diagnostic::error(Kind::Compilation, "E0108", title)
                .in_path(place(&package))
                .with_note(format!("the other one is `{}`", place(other))),
        );
    }

    /// Reads the package of a folder and keeps it.
    fn read_installed(&mut self, folder: &Path, diagnostics: &mut Diagnostics) {
        if !holds_project(folder) {
            let shown = self.shown(folder);
            let title =
                format!("Failed to read package: No dbt_project.yml found at expected path {shown}/dbt_project.yml");
            diagnostics.push(
                Diagnostic::error(Kind::Runtime, "E0107", title)
                    .in_path(shown)
                    .with_note("Verify that each entry within packages.yml (and their transitive dependencies) contains a file named dbt_project.yml")
                    .with_help("remove the folder, or install the packages again with `deps`"),
            );
            return;
        }
        if let Some(package) = self.read(folder, diagnostics) {
            self.add(package, diagnostics);
        }
    }
}

fn package_folders(folder: &Path, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    if !folder.is_dir() {
        return Vec::new();
    }
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            diagnostics.push(unreadable(&folder.display().to_string(), &error));
            return Vec::new();
        }
    };
    let mut folders: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .filter(|path| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with(['.'])))
        .filter(|path| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with("__")))
        .collect();
    folders.sort();
    folders
}
