//! `debug`: checks the project file, the profile and the connection.

use crate::adapter::Adapter;
use crate::adapter::duckdb::{DuckdbAdapter, LIBRARY_VERSION};
use crate::cli::workspace::ProjectSetup;
use crate::cli::{CommandError, Done, Line};
use crate::report::Reporter;
use crate::run::unreachable;

/// Runs the command.
pub fn run(line: &Line, reporter: &Reporter) -> Result<Done, CommandError> {
    reporter.info(&format!("martlet {}", env!("CARGO_PKG_VERSION")));
    reporter.info(&format!("DuckDB {LIBRARY_VERSION}, linked"));
    let setup = ProjectSetup::load(line)?;
    let target = &setup.target;
    let reporter = &setup.reporter;
    reporter
        .info(&format!("Project {} [OK found and valid]", setup.project.root.join(&setup.project.file.path).display()));
    reporter.info(&format!("Profile {}, target {} [OK found and valid]", target.profile_name, target.name));
    reporter.info("Connection:");
    let lines = [
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
            reporter.info("All checks passed!");
            Ok(Done::Success)
        }
        Err(error) => {
            reporter.info("  Connection test: [ERROR]");
            reporter.diagnostic(&unreachable(&error));
            Ok(Done::Failure)
        }
    }
}
