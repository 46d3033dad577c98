//! Warnings of tests that are written in an older way.

use super::build::Target;
use super::entry::TestEntry;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};

/// Warns of configs and arguments that have another place by now, and of `arguments` where it is no such place.
pub(super) fn warn(target: &Target<'_>, entry: &TestEntry, diagnostics: &mut Diagnostics) {
    let (test, file) = (&entry.written, &target.file.path);
    for (key, span) in &entry.moved {
        let place = format!("data_tests.{test}.{key}");
        let title = format!(
            "Found `{key}` as a top-level property of `{place}` in file `{file}`. The `{key}` top-level property should be moved \
             into the `config` of `{place}`."
        );
        let facts = [("key", key.as_str()), ("file", file.as_str()), ("key_path", place.as_str())];
        let warning = Diagnostic::warning(Kind::Parsing, "W0236", title).at(span.clone(), "move it into `config`");
        diagnostics.push(warning.as_event("PropertyMovedToConfigDeprecation", facts));
    }
    if let Some(span) = &entry.beside {
        let (thing, package) = (target.tested.plain_name(), &target.file.package);
        let name = format!("`{test}` defined on '{thing}' in package '{package}' ({file})");
        let title = format!(
            "Found top-level arguments to test {name}. Arguments to generic tests should be nested under the `arguments` property."
        );
        let warning = Diagnostic::warning(Kind::Parsing, "W0237", title).at(span.clone(), "move it into `arguments`");
        let facts = [("test_name", name.as_str())];
        diagnostics.push(warning.as_event("MissingArgumentsPropertyInGenericTestDeprecation", facts));
    }
    if let Some((span, value)) = &entry.literal {
        let name = format!("`{test}` ({value})");
        let title = format!(
            "Found `arguments` property in test definition of {name} without usage of \
             `require_generic_test_arguments_property` behavior change flag. The `arguments` property is deprecated for custom \
             usage and will be used to nest keyword arguments in future versions of dbt."
        );
        let warning = Diagnostic::warning(Kind::Parsing, "W0238", title).at(span.clone(), "taken for an argument");
        let facts = [("test_name", name.as_str())];
        diagnostics.push(warning.as_event("ArgumentsPropertyInGenericTestDeprecation", facts));
    }
}
