//! The first reading of every command of a project: its file, the flags, the vars.

use std::path::PathBuf;

use super::{CommandError, Flags, Line};
use crate::project::{LoadOptions, ProjectFile, TextRenderer, VersionCheck, parse_vars};
use crate::resource::Map;

/// A project file that was found, before anything of it is rendered.
pub(super) struct Opening {
    /// The file.
    pub file: ProjectFile,
    /// Flags of the command line, the environment and the file.
    pub flags: Flags,
    /// Vars of the command line.
    pub vars: Map,
}

impl Opening {
    /// Finds the project file of a command.
    ///
    /// # Errors
    /// When there is none, and mistakes of its YAML and of `--vars`.
    pub fn find(line: &Line) -> Result<Self, CommandError> {
        let mut flags = line.flags.clone();
        let project_dir = flags.setting("project-dir").map(PathBuf::from);
        let file = ProjectFile::find(project_dir.as_deref(), &line.current)?;
        if let Some(project_flags) = file.yaml.entry("flags") {
            flags.add_project(&project_flags.to_map());
        }
        let vars = match flags.setting("vars") {
            Some(text) => parse_vars(text, &line.current)?,
            None => Map::new(),
        };
        Ok(Self { file, flags, vars })
    }
}

/// Returns how a project is loaded: what renders its files and those of packages, and what the flags say.
pub(super) fn load_options<'a>(
    line: &Line,
    flags: &Flags,
    renderer: &'a dyn TextRenderer,
    package_renderer: &'a dyn TextRenderer,
) -> LoadOptions<'a> {
    LoadOptions {
        renderer,
        package_renderer,
        target_path: flags.setting("target-path").map(|folder| line.current.join(folder)),
        log_path: flags.setting("log-path").map(|folder| line.current.join(folder)),
        version_check: if flags.is_on("version-check") { VersionCheck::Check } else { VersionCheck::Skip },
    }
}
