//! `parse`: reads the project and writes manifest.json.

use std::collections::HashMap;

use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done};

/// Runs the command.
pub fn run(workspace: &Workspace) -> Result<Done, CommandError> {
    workspace.write_manifest(&HashMap::new())?;
    Ok(Done::Success)
}
