//! Warnings of how the program is called: arguments and variables of the environment that have other names by now, or none.

use super::Line;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};

/// How variables that mean something begin.
const PREFIX: &str = "DBT_ENGINE_";

/// Those without a flag of their own.
const OTHERS: [&str; 9] = [
    "INVOCATION_ENV",
    "RECORDED_FILE_PATH",
    "TEST_STATE_MODIFIED",
    "PACKAGE_HUB_URL",
    "DOWNLOAD_DIR",
    "PP_FILE_DIFF_TEST",
    "PP_TEST",
    "HOST",
    "SQLPARSE",
];

/// Warns of what dbt has other names for, and of variables that look like dbt's and are not.
pub fn warnings(line: &Line) -> Diagnostics {
    let mut warnings = Diagnostics::new();
    warnings.extend(deprecated_arguments(line));
    renamed(line, &mut warnings);
    unknown(line, &mut warnings);
    warnings
}

/// Warns of custom variables in the space of names that is dbt's own.
fn unknown(line: &Line, warnings: &mut Diagnostics) {
    for name in line.environment.keys() {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        if OTHERS.contains(&rest) || super::flags::has_variable(rest) {
            continue;
        }
        let title = format!(
            "Found custom environment variable `{name}` in the environment. The prefix `{PREFIX}` is reserved for dbt engine \
             environment variables. Custom environment variables with the prefix `{PREFIX}` may cause collisions and runtime \
             errors."
        );
        let facts = [("env_var", name.as_str()), ("reserved_prefix", PREFIX)];
        let warning = Diagnostic::warning(Kind::Usage, "W0167", title);
        warnings.push(warning.as_event("EnvironmentVariableNamespaceDeprecation", facts));
    }
}

/// Warns of arguments that dbt has other names for by now.
fn deprecated_arguments(line: &Line) -> Option<Diagnostic> {
    let is_old = |word: &str| matches!(word, "--models" | "--model" | "-m");
    let title = "Usage of `--models`, `--model`, and `-m` is deprecated in favor of `--select` or `-s`.";
    let warning = || Diagnostic::warning(Kind::Usage, "W0163", title).as_event("ModelParamUsageDeprecation", []);
    line.text.split_whitespace().any(is_old).then(warning)
}

/// Warns of variables of the environment that have other names now.
fn renamed(line: &Line, warnings: &mut Diagnostics) {
    for (old, flag) in super::flags::renamed(&line.environment) {
        let new = format!("DBT_ENGINE_{}", flag.replace('-', "_").to_uppercase());
        let title = format!(
            "The environment variable `{old}` has been renamed as `{new}`.\n\
             If `{old}` is currently set, its value will be used instead of `{new}`.\n\
             Set `{new}` and unset `{old}` to avoid this deprecation warning and ensure it works properly in a future release."
        );
        let facts = [("old_name", old), ("new_name", new.as_str())];
        warnings.push(Diagnostic::warning(Kind::Usage, "W0165", title).as_event("EnvironmentVariableRenamed", facts));
    }
}
