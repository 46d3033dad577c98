//! `debug`: checks the project file, the profile and the connection, in dbt's words.

use crate::adapter::Adapter;
use crate::adapter::duckdb::{DuckdbAdapter, LIBRARY_VERSION};
use crate::artifact::{ADAPTER_VERSION, DBT_VERSION};
use crate::cli::arguments::profiles_folder;
use crate::cli::bare::BareProject;
use crate::cli::setup::ProjectSetup;
use crate::cli::{CommandError, Done, Line};
use crate::diagnostic::{Diagnostics, Kind};
use crate::project::Target;
use crate::report::Reporter;
use crate::run::unreachable;

/// What a check came to.
enum Check {
    Passed,
    Missing(Diagnostics),
    Invalid(Diagnostics),
}

impl Check {
    /// Judges an error: codes of what is absent are told apart from those of what is wrong.
    fn of(error: CommandError, absent: &[&str]) -> Self {
        let diagnostics = error.diagnostics.into_sorted();
        let is_absent = diagnostics.iter().any(|diagnostic| absent.contains(&diagnostic.code));
        let mut kept = Diagnostics::new();
        kept.extend(diagnostics);
        if is_absent { Self::Missing(kept) } else { Self::Invalid(kept) }
    }

    fn text(&self) -> &'static str {
        match self {
            Self::Passed => "OK found and valid",
            Self::Missing(_) => "ERROR not found",
            Self::Invalid(_) => "ERROR invalid",
        }
    }
}

/// Runs the command.
pub fn run(line: &Line, reporter: &Reporter) -> Result<Done, CommandError> {
    if line.matches.get_flag("config-dir") {
        let folder = profiles_folder(line);
        reporter.info(&format!("To view your profiles.yml file, run:\n\nxdg-open {}", folder.display()));
        return Ok(Done::Success);
    }
    let only_connection = line.matches.get_flag("connection");
    let project = match BareProject::load(line) {
        Ok(_) => Check::Passed,
        Err(error) if line.flags.setting("project-dir").is_some_and(|folder| !line.current.join(folder).is_dir()) => {
            return Err(error);
        }
        // A warning that was asked to end the command ends this one, too.
        Err(error) if error.is_warning() => return Err(error),
        Err(error) => Check::of(error, &["E0101"]),
    };
    // The project file is read once more with its profile.
    reporter.deprecations.forget();
    let (profile, setup) = match (&project, ProjectSetup::load(line)) {
        (_, Ok(setup)) => (Check::Passed, Some(setup)),
        // As in dbt, a template of the project file that cannot be rendered ends the command.
        (Check::Passed, Err(error)) if is_in_project_template(&error) => return Err(error),
        (Check::Passed, Err(error)) => (Check::of(error, &["E0120"]), None),
        // A project that cannot be read names no profile; that is not the profile's mistake.
        (Check::Invalid(_), Err(error)) if names_no_profile(&error) && has_profiles(line) => (Check::Passed, None),
        // The profile is looked for before the rest of an invalid project is read.
        (Check::Invalid(known), Err(error)) if !shares_code(known, &error.diagnostics) => {
            (Check::of(error, &["E0120"]), None)
        }
        // Without a project nothing is known of the profile that it names, but whether there are any.
        _ if has_profiles(line) => (Check::Passed, None),
        _ => (Check::Missing(Diagnostics::new()), None),
    };
    if only_connection {
        reporter.info("Skipping steps before connection verification");
    } else {
        versions(line, reporter);
        reporter.info("Configuration:");
        reporter.info(&format!("  profiles.yml file [{}]", profile.text()));
        reporter.info(&format!("  dbt_project.yml file [{}]", project.text()));
    }
    let mut reasons = Vec::new();
    match &setup {
        Some(setup) => {
            if let Some(reason) = connection(&setup.target, reporter) {
                reasons.push(("Connection", reason));
            }
        }
        None => reporter.info("Connection test skipped since no profile was found"),
    }
    for (what, check) in [("Profile", profile), ("Project", project)] {
        if let Check::Missing(found) | Check::Invalid(found) = check {
            reasons.push((what, found));
        }
    }
    Ok(close(line, reporter, reasons))
}

fn is_in_project_template(error: &CommandError) -> bool {
    let mut found = error.diagnostics.iter();
    found.any(|found| {
        found.kind == Kind::Compilation && found.location().is_none_or(|place| !place.contains("profiles.yml:"))
    })
}

fn names_no_profile(error: &CommandError) -> bool {
    error.diagnostics.iter().all(|found| found.code == "E0121")
}

fn has_profiles(line: &Line) -> bool {
    profiles_folder(line).join("profiles.yml").is_file()
}

fn shares_code(one: &Diagnostics, other: &Diagnostics) -> bool {
    one.iter().any(|one| other.iter().any(|known| known.code == one.code))
}

fn versions(line: &Line, reporter: &Reporter) {
    reporter.info(&format!("martlet {}", env!("CARGO_PKG_VERSION")));
    reporter.info(&format!("dbt version: {DBT_VERSION}"));
    reporter.info(&format!("DuckDB {LIBRARY_VERSION}, linked"));
    let folder = profiles_folder(line);
    reporter.info(&format!("Using profiles dir at {}", folder.display()));
    reporter.info(&format!("Using profiles.yml file at {}", folder.join("profiles.yml").display()));
    let project = line.flags.setting("project-dir").map_or(line.current.clone(), |folder| line.current.join(folder));
    reporter.info(&format!("Using dbt_project.yml file at {}", project.join("dbt_project.yml").display()));
    reporter.info("adapter type: duckdb");
    reporter.info(&format!("adapter version: {ADAPTER_VERSION}"));
}

/// Tries the connection; returns what was wrong with it.
fn connection(target: &Target, reporter: &Reporter) -> Option<Diagnostics> {
    reporter.info("Connection:");
    let lines = [
        ("profile", target.profile_name.as_str()),
        ("target", target.name.as_str()),
        ("database", target.database.as_str()),
        ("schema", target.schema.as_str()),
        ("path", target.duckdb.path.as_str()),
    ];
    for (key, value) in lines {
        reporter.info(&format!("  {key}: {value}"));
    }
    let checked = DuckdbAdapter::open(&target.duckdb).and_then(|adapter| adapter.connect()?.execute("select 1 as id"));
    match checked {
        Ok(_) => {
            reporter.info("  Connection test: [OK connection ok]");
            None
        }
        Err(error) => {
            reporter.info("  Connection test: [ERROR]");
            Some(unreachable(&error).into())
        }
    }
}

/// Says how many checks failed, and why.
fn close(line: &Line, reporter: &Reporter, reasons: Vec<(&str, Diagnostics)>) -> Done {
    if reasons.is_empty() {
        reporter.info("All checks passed!");
        return Done::Success;
    }
    let noun = if reasons.len() == 1 { "check" } else { "checks" };
    reporter.info(&format!("{} {noun} failed:", reasons.len()));
    for (what, found) in reasons {
        let is_absent = found.is_empty() || found.iter().any(|diagnostic| diagnostic.code == "E0120");
        match what {
            "Profile" if is_absent => {
                let file = profiles_folder(line).join("profiles.yml");
                let looked = file.display();
                reporter.info(&format!("dbt looked for a profiles.yml file in {looked}, but did not find one."));
            }
            "Connection" => reporter.info("dbt was unable to connect to the specified database."),
            _ => reporter.info(&format!("{what} loading failed for the following reason:")),
        }
        for diagnostic in found.into_sorted() {
            reporter.diagnostic(&diagnostic);
        }
    }
    Done::Failure
}
