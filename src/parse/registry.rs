//! Reads the macros of a project, of its packages and of Martlet itself.

use crate::diagnostic::{Diagnostics, SourceFile};
use crate::project::Project;
use crate::template::{Registry, builtin};

/// Reads all macros: those in macro folders, generic tests in the folder `generic` of test folders, and the built-in ones.
///
/// # Errors
/// All mistakes in them.
pub fn load_macros(project: &Project) -> Result<Registry, Diagnostics> {
    let mut registry = Registry::new();
    let mut diagnostics = Diagnostics::new();
    for package in std::iter::once(project).chain(&project.packages) {
        add_package(package, &mut registry, &mut diagnostics);
    }
    for file in builtin::FILES {
        let path = format!("macros/{}", file.path);
        let source = SourceFile::new(format!("{}/{path}", file.package), file.text);
        if let Err(errors) = registry.add_file(file.package, &path, &source) {
            diagnostics.extend(errors);
        }
    }
    diagnostics.into_result(registry).map(|(registry, _)| registry)
}

fn add_package(package: &Project, registry: &mut Registry, diagnostics: &mut Diagnostics) {
    let listing = match package.list() {
        Ok((listing, _)) => listing,
        Err(errors) => return diagnostics.extend(errors),
    };
    let mut files = listing.files(&package.paths.macros, &["sql"]);
    let tests = listing.files(&package.paths.tests, &["sql"]);
    files.extend(tests.into_iter().filter(|file| file.relative.starts_with("generic/")));
    for file in files {
        match package.read(&file.path) {
            Ok(source) => {
                if let Err(errors) = registry.add_file(&package.name, &file.path, &source) {
                    diagnostics.extend(errors);
                }
            }
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
}
