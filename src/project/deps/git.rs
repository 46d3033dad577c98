//! Fetches repositories with the user's own `git`.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::failure;
use super::fetch::Downloads;
use crate::diagnostic::Diagnostic;

/// A repository at a revision.
pub(super) struct Repository<'a> {
    pub address: &'a str,
    pub revision: &'a str,
    pub subdirectory: Option<&'a str>,
}

/// Clones a repository, and returns the folder of its package and the id of its commit.
pub(super) fn check_out(
    repository: &Repository<'_>,
    folder: &Path,
    downloads: &Downloads<'_>,
) -> Result<(PathBuf, String), Box<Diagnostic>> {
    let git = |arguments: &[&str], at: &Path| run(arguments, at);
    let wrong = |stderr: String| {
        let title = format!(
            "Error checking out spec='{}' for repo {}\n{}",
            repository.revision,
            repository.address,
            stderr.trim()
        );
        Box::new(failure(downloads.options.scrubbed(&title)))
    };
    if is_option(repository.address) || is_option(repository.revision) {
        return Err(wrong("an address or a revision does not begin with `-`".to_owned()));
    }
    if !folder.exists() {
        let mut clone = vec!["clone", "--depth", "1"];
        if repository.subdirectory.is_some() {
            clone.extend(["--filter=blob:none", "--sparse"]);
        }
        let shown = folder.to_string_lossy();
        clone.extend([repository.address, &*shown]);
        git(&clone, &downloads.folder).map_err(|error| error.explained(wrong))?;
    }
    if let Some(subdirectory) = repository.subdirectory {
        git(&["sparse-checkout", "set", subdirectory], folder).map_err(|error| error.explained(wrong))?;
    }
    let revision = repository.revision;
    let is_commit = revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    let target = if is_commit {
        git(&["fetch", "origin", "--depth", "1", revision], folder).map_err(|error| error.explained(wrong))?;
        revision.to_owned()
    } else {
        git(&["remote", "set-branches", "origin", revision], folder).map_err(|error| error.explained(wrong))?;
        git(&["fetch", "origin", "--depth", "1", "--tags", revision], folder)
            .map_err(|error| error.explained(wrong))?;
        let tags = git(&["tag", "--list"], folder).map_err(|error| error.explained(wrong))?;
        let is_tag = tags.lines().any(|tag| tag == revision);
        if is_tag { format!("tags/{revision}") } else { format!("origin/{revision}") }
    };
    git(&["reset", "--hard", &target], folder).map_err(|error| error.explained(wrong))?;
    let commit = git(&["rev-parse", "HEAD"], folder).map_err(|error| error.explained(wrong))?;
    let package = folder.join(repository.subdirectory.unwrap_or_default());
    Ok((package, commit.trim().to_owned()))
}

fn is_option(text: &str) -> bool {
    text.starts_with('-')
}

/// Why `git` gave nothing.
enum GitError {
    Missing,
    Failed(String),
}

impl GitError {
    fn explained(self, wrong: impl Fn(String) -> Box<Diagnostic>) -> Box<Diagnostic> {
        match self {
            Self::Failed(stderr) => wrong(stderr),
            Self::Missing => Box::new(
                failure("Could not find command, ensure it is in the user's PATH: \"git\"")
                    .with_help("Make sure git is installed on your machine"),
            ),
        }
    }
}

fn run(arguments: &[&str], at: &Path) -> Result<String, GitError> {
    let output =
        Command::new("git").args(arguments).current_dir(at).env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").output();
    match output {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(GitError::Failed(String::from_utf8_lossy(&output.stderr).into_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(GitError::Missing),
        Err(error) => Err(GitError::Failed(error.to_string())),
    }
}
