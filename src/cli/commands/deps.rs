//! `deps`: says which packages the project uses and whether they are there.

use crate::cli::Done;
use crate::cli::workspace::ProjectSetup;

/// Runs the command. Loading the project has already failed when a package is missing.
pub fn run(setup: &ProjectSetup) -> Done {
    if setup.project.packages.is_empty() {
        setup.reporter.info("The project uses no packages");
    }
    for package in &setup.project.packages {
        let version = package.version.as_deref().unwrap_or("no version");
        setup.reporter.info(&format!("{} {version} is in {}", package.name, package.root.display()));
    }
    Done::Success
}
