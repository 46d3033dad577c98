//! The packages of a project: those installed in its package folder, and local ones straight from where they lie.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::fields::Fields;
use super::file::holds_project;
use super::render::{Rendering, never};
use super::text::unreadable;
use super::{LoadOptions, Project, ProjectFile, read_text};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::yaml::{self, Yaml};

/// The kinds of entries of `packages.yml`.
const KINDS: &[&str] = &["package", "git", "local", "tarball", "private"];

/// An entry of `packages.yml` or `dependencies.yml`.
struct Wanted {
    span: Span,
    /// The folder of a local package.
    local: Option<PathBuf>,
}

/// Loads the packages of the root project, sorted by name.
pub(super) fn load(root: &Project, options: &LoadOptions<'_>, diagnostics: &mut Diagnostics) -> Vec<Project> {
    let mut loading = Loading { root, options, visited: BTreeSet::new(), found: BTreeMap::new() };
    let wanted = wanted(root, options, diagnostics);
    let mut waiting: Vec<(PathBuf, Span)> = locals(&wanted);
    while let Some((folder, span)) = waiting.pop() {
        if !holds_project(&folder) {
            let title = format!("the local package `{}` has no project file", folder.display());
            diagnostics.push(Diagnostic::error(Kind::Runtime, "E0107", title).at(span, "looked for in this folder"));
            continue;
        }
        if let Some(package) = loading.read(&folder, diagnostics) {
            waiting.extend(locals(&self::wanted(&package, options, diagnostics)));
            loading.add(package, diagnostics);
        }
    }
    let installed = loading.installed(diagnostics);
    let needed: Vec<&Wanted> = wanted.iter().filter(|wanted| wanted.local.is_none()).collect();
    if let Some(first) = needed.get(installed).filter(|_| needed.len() > installed) {
        let title = format!(
            "{} to be installed, but `{}` holds {installed}",
            counted(needed.len()),
            root.packages_install_path.display()
        );
        diagnostics.push(
            Diagnostic::error(Kind::Runtime, "E0107", title)
                .at(first.span.clone(), "")
                .with_help("install the packages with `dbt deps`"),
        );
    }
    loading.found.into_values().collect()
}

fn counted(packages: usize) -> String {
    match packages {
        1 => "1 package has".to_owned(),
        many => format!("{many} packages have"),
    }
}

fn locals(wanted: &[Wanted]) -> Vec<(PathBuf, Span)> {
    wanted.iter().filter_map(|wanted| Some((wanted.local.clone()?, wanted.span.clone()))).collect()
}

struct Loading<'a> {
    root: &'a Project,
    options: &'a LoadOptions<'a>,
    visited: BTreeSet<PathBuf>,
    found: BTreeMap<String, Project>,
}

impl Loading<'_> {
    /// Reads the package of a folder, each folder once.
    fn read(&mut self, folder: &Path, diagnostics: &mut Diagnostics) -> Option<Project> {
        let canonical = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        if !self.visited.insert(canonical) {
            return None;
        }
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
        let title = format!("two projects are called `{}`", package.name);
        diagnostics.push(
            Diagnostic::error(Kind::Compilation, "E0108", title)
                .in_path(place(&package))
                .with_note(format!("the other one is `{}`", place(other))),
        );
    }

    /// Loads what is installed and returns how many packages there are; a local package of the same name wins.
    fn installed(&mut self, diagnostics: &mut Diagnostics) -> usize {
        let folder = self.root.root.join(&self.root.packages_install_path);
        let local: BTreeSet<String> = self.found.keys().cloned().collect();
        let mut count = 0;
        for package_folder in package_folders(&folder, diagnostics) {
            if !holds_project(&package_folder) {
                let shown = self.shown(&package_folder);
                let title = format!("the package in `{shown}` has no project file");
                diagnostics.push(
                    Diagnostic::error(Kind::Runtime, "E0107", title)
                        .in_path(shown)
                        .with_help("remove the folder, or install the packages again"),
                );
                continue;
            }
            if let Some(package) = self.read(&package_folder, diagnostics)
                && !local.contains(&package.name)
            {
                count += 1;
                self.add(package, diagnostics);
            }
        }
        count
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

/// Reads which packages a project asks for.
fn wanted(project: &Project, options: &LoadOptions<'_>, diagnostics: &mut Diagnostics) -> Vec<Wanted> {
    let packages = read_list(project, "packages.yml", diagnostics);
    let dependencies = read_list(project, "dependencies.yml", diagnostics);
    let list = match (packages, dependencies) {
        (Some(packages), Some(dependencies)) => {
            let title = "`packages` stands in both `packages.yml` and `dependencies.yml`";
            diagnostics.push(
                Diagnostic::error(Kind::Parsing, "E0105", title)
                    .at(packages.span.clone(), "")
                    .with_context(dependencies.span.clone(), ""),
            );
            packages
        }
        // dbt renders `packages.yml` only.
        (Some(packages), None) => {
            Rendering { renderer: options.package_renderer, is_late: never }.tree(&packages, diagnostics)
        }
        (None, Some(dependencies)) => dependencies,
        (None, None) => return Vec::new(),
    };
    list.items().iter().filter_map(|item| read_entry(project, item, diagnostics)).collect()
}

fn read_list(project: &Project, name: &str, diagnostics: &mut Diagnostics) -> Option<Yaml> {
    let path = project.root.join(name);
    if !path.is_file() {
        return None;
    }
    let read = read_text(&path, &format!("{}{name}", project.prefix)).and_then(|file| yaml::read(&file));
    match read {
        Ok(yaml) => {
            let mut fields = Fields::new(&yaml, diagnostics);
            fields.list("packages")?;
            yaml.entry("packages").cloned()
        }
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            None
        }
    }
}

fn read_entry(project: &Project, item: &Yaml, diagnostics: &mut Diagnostics) -> Option<Wanted> {
    let Some(kind) = KINDS.iter().find(|kind| item.entry(kind).is_some()) else {
        let title = "a package is one of `package`, `git`, `local`, `tarball` or `private`";
        diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0107", title).at(item.span.clone(), format!("this is {}", item.kind())),
        );
        return None;
    };
    let local = match *kind {
        "local" => Some(project.root.join(Fields::new(item, diagnostics).text("local")?)),
        _ => None,
    };
    Some(Wanted { span: item.span.clone(), local })
}
