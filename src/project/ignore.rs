//! `.dbtignore`: patterns in the manner of `.gitignore` that hide files from the project.

use globset::{GlobBuilder, GlobMatcher};

use crate::diagnostic::{Diagnostic, Diagnostics, Kind, SourceFile, Span};

/// The patterns of a `.dbtignore`; the last one that fits a path decides.
#[derive(Debug, Default)]
pub(super) struct Ignore {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    /// Fits the path itself.
    itself: GlobMatcher,
    /// Fits what lies beneath it.
    beneath: GlobMatcher,
    /// Whether it names folders only.
    folders_only: bool,
    /// Whether it takes back what an earlier one hid.
    negated: bool,
}

impl Ignore {
    /// Reads the patterns; one that is wrong is reported and left out.
    pub fn read(file: &std::sync::Arc<SourceFile>, diagnostics: &mut Diagnostics) -> Self {
        let mut rules = Vec::new();
        let mut start = 0;
        for line in file.text.split_inclusive('\n') {
            let text = line.trim();
            if !text.is_empty() && !text.starts_with('#') {
                match rule(text) {
                    Some(rule) => rules.push(rule),
                    None => diagnostics.push(
                        Diagnostic::warning(Kind::Parsing, "W0105", format!("`{text}` is no pattern"))
                            .at(Span::new(file, start..start + line.trim_end().len()), "ignored"),
                    ),
                }
            }
            start += line.len();
        }
        Self { rules }
    }

    /// Returns whether a file is hidden; its path is relative to the project with `/`.
    pub fn hides(&self, path: &str) -> bool {
        self.rules
            .iter()
            .rev()
            .find(|rule| rule.beneath.is_match(path) || (!rule.folders_only && rule.itself.is_match(path)))
            .is_some_and(|rule| !rule.negated)
    }
}

fn rule(text: &str) -> Option<Rule> {
    let (negated, text) = match text.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('\\').unwrap_or(text)),
    };
    let folders_only = text.ends_with('/');
    let text = text.trim_end_matches('/');
    // A pattern with a slash before its end is bound to the project's folder; any other fits at every depth.
    let pattern = match text.strip_prefix('/') {
        Some(rest) => rest.to_owned(),
        None if text.contains('/') => text.to_owned(),
        None => format!("**/{text}"),
    };
    let matcher = |pattern: &str| {
        GlobBuilder::new(pattern)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .ok()
            .map(|g| g.compile_matcher())
    };
    Some(Rule { itself: matcher(&pattern)?, beneath: matcher(&format!("{pattern}/**"))?, folders_only, negated })
}

#[cfg(test)]
mod tests {
    use super::Ignore;
    use crate::diagnostic::{Diagnostics, SourceFile};

    #[test]
    fn patterns_hide_as_git_does() {
        let file = SourceFile::new(
            ".dbtignore",
            "# drafts\n*.bak.sql\n/models/old/\nwip\n!models/wip/keep.sql\nmodels/*_tmp.sql\n",
        );
        let ignore = Ignore::read(&file, &mut Diagnostics::new());
        let cases = [
            ("models/a.sql", false),
            ("models/x/a.bak.sql", true),
            ("models/old/a.sql", true),
            ("models/old/b/a.sql", true),
            ("seeds/models/old/a.csv", false),
            ("models/wip/a.sql", true),
            ("models/wip/keep.sql", false),
            ("models/a_tmp.sql", true),
            ("models/x/a_tmp.sql", false),
        ];
        for (path, expected) in cases {
            assert_eq!(ignore.hides(path), expected, "{path}");
        }
    }
}
