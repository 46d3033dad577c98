//! `deps`: installs the packages of the project.

use crate::cli::bare::BareProject;
use crate::cli::{CommandError, Done, Line};
use crate::diagnostic::{Diagnostic, Kind};
use crate::project::{DepsMode, DepsOptions, NewPackage, PackageOrigin, VersionCheck, install_packages};
use crate::report::Level;
use crate::template::write_yaml;

/// Runs the command.
///
/// # Errors
/// When a package cannot be had.
pub fn run(setup: &BareProject, line: &Line) -> Result<Done, CommandError> {
    let reporter = &setup.reporter;
    let mode = match (line.matches.get_flag("lock"), line.matches.get_flag("upgrade")) {
        (true, _) => DepsMode::Lock,
        (false, true) => DepsMode::Upgrade,
        (false, false) => DepsMode::Install,
    };
    let options = DepsOptions {
        renderer: &setup.secrets,
        write_yaml: &write_yaml,
        say: &|said| {
            let facts = said.facts.iter().map(|(name, fact)| ((*name).to_owned(), fact.as_str().into()));
            reporter.line(Level::Info, said.event, &said.text, facts.collect());
        },
        warn: &|warning| reporter.diagnostic(&warning),
        mode,
        add: new_package(line)?,
        version_check: if setup.flags.is_on("version-check") { VersionCheck::Check } else { VersionCheck::Skip },
        environment: &line.environment,
    };
    install_packages(&setup.project, &options)?;
    Ok(Done::Success)
}

fn new_package(line: &Line) -> Result<Option<NewPackage>, CommandError> {
    let Some(text) = line.matches.get_one::<String>("add-package") else { return Ok(None) };
    let source = line.matches.get_one::<String>("source").map_or("hub", String::as_str).to_lowercase();
    let origin = match source.as_str() {
        "git" => PackageOrigin::Git,
        "local" => PackageOrigin::Local,
        _ => PackageOrigin::Hub,
    };
    // The address of a repository may hold an `@` of its own.
    let (name, version) = match text.rsplit_once('@') {
        Some((name, version)) if !version.contains(['/', ':']) => (name, Some(version.to_owned())),
        _ => (text.as_str(), None),
    };
    if version.is_none() && origin != PackageOrigin::Local {
        let title = format!("Version is required in --add-package when a package when source is {source}");
        return Err(Diagnostic::error(Kind::Usage, "E0165", title)
            .with_help(format!("write `--add-package {name}@1.0.0`"))
            .into());
    }
    Ok(Some(NewPackage { name: name.to_owned(), version, origin }))
}
