//! What is deprecated: the first of a kind is told, all are counted, and the counts are told at the end, as in dbt.

use std::sync::{Mutex, PoisonError};

use serde_json::json;

use super::{Entry, Level, catalogue};

/// Which deprecations are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shows {
    /// The first of each kind.
    #[default]
    First,
    /// All: `--show-all-deprecations`.
    All,
}

/// Whether words on the older deprecations carry the event's name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Naming {
    /// They do not, as was usual.
    #[default]
    Usual,
    /// They do: the project's flag `require_event_names_in_deprecations`.
    Always,
}

/// How deprecations are told.
#[derive(Clone, Copy, Debug, Default)]
pub struct DeprecationRules {
    /// Which of them.
    pub shows: Shows,
    /// In which words.
    pub naming: Naming,
    /// Whether the counts at the end are silenced.
    pub is_summary_silent: bool,
    /// How wide lines are: `--printer-width`; dbt's usual width when nothing is said.
    pub width: Option<usize>,
}

/// What was deprecated so far.
#[derive(Debug, Default)]
pub struct Deprecations {
    rules: Mutex<DeprecationRules>,
    /// The kinds in the order in which they were met.
    counts: Mutex<Vec<(&'static str, usize)>>,
}

/// How wide dbt writes unless it is told.
const USUAL_WIDTH: usize = 80;

/// The events that dbt counts.
const COUNTED: [&str; 32] = [
    "ArgumentsPropertyInGenericTestDeprecation",
    "CollectFreshnessReturnSignature",
    "ConfigDataPathDeprecation",
    "ConfigLogPathDeprecation",
    "ConfigSourcePathDeprecation",
    "ConfigTargetPathDeprecation",
    "CustomKeyInConfigDeprecation",
    "CustomKeyInObjectDeprecation",
    "CustomOutputPathInSourceFreshnessDeprecation",
    "CustomTopLevelKeyDeprecation",
    "DuplicateNameDistinctNodeTypesDeprecation",
    "DuplicateYAMLKeysDeprecation",
    "EnvironmentVariableNamespaceDeprecation",
    "EnvironmentVariableRenamed",
    "ExposureNameDeprecation",
    "MFCumulativeTypeParamsDeprecation",
    "MFTimespineWithoutYamlConfigurationDeprecation",
    "MicrobatchMacroOutsideOfBatchesDeprecation",
    "MissingArgumentsPropertyInGenericTestDeprecation",
    "MissingPlusPrefixDeprecation",
    "ModelParamUsageDeprecation",
    "ModulesItertoolsUsageDeprecation",
    "PackageInstallPathDeprecation",
    "PackageMaterializationOverrideDeprecation",
    "PackageRedirectDeprecation",
    "ProjectFlagsMovedDeprecation",
    "PropertyMovedToConfigDeprecation",
    "ResourceNamesWithSpacesDeprecation",
    "SourceFreshnessProjectHooksNotRun",
    "SourceOverrideDeprecation",
    "UnexpectedJinjaBlockDeprecation",
    "WEOIncludeExcludeDeprecation",
];

/// How the words on a kind of deprecation begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    /// With the event's name.
    Named,
    /// Without it.
    Plain,
    /// Without it, until the project's flag asks for it.
    ByFlag,
    /// As `ByFlag`, but by then these are no more than warnings.
    Warning,
}

fn tag(name: &str) -> Tag {
    match name {
        "ModelParamUsageDeprecation"
        | "ModulesItertoolsUsageDeprecation"
        | "SourceOverrideDeprecation"
        | "EnvironmentVariableNamespaceDeprecation"
        | "DuplicateNameDistinctNodeTypesDeprecation" => Tag::Plain,
        "ResourceNamesWithSpacesDeprecation"
        | "PackageMaterializationOverrideDeprecation"
        | "SourceFreshnessProjectHooksNotRun"
        | "MFTimespineWithoutYamlConfigurationDeprecation"
        | "MFCumulativeTypeParamsDeprecation"
        | "MicrobatchMacroOutsideOfBatchesDeprecation" => Tag::Warning,
        "PackageRedirectDeprecation"
        | "PackageInstallPathDeprecation"
        | "ConfigSourcePathDeprecation"
        | "ConfigDataPathDeprecation"
        | "ConfigLogPathDeprecation"
        | "ConfigTargetPathDeprecation"
        | "ExposureNameDeprecation"
        | "EnvironmentVariableRenamed"
        | "ProjectFlagsMovedDeprecation" => Tag::ByFlag,
        _ => Tag::Named,
    }
}

impl Deprecations {
    /// Goes by other rules from now on.
    pub fn obey(&self, rules: DeprecationRules) {
        *self.rules.lock().unwrap_or_else(PoisonError::into_inner) = rules;
    }

    fn rules(&self) -> DeprecationRules {
        *self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an event when it is a deprecation, and returns whether it is told: others always are.
    pub fn is_told(&self, name: &str) -> bool {
        let Some(name) = COUNTED.iter().find(|known| **known == name) else { return true };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += 1,
            None => {
                counts.push((name, 1));
                return true;
            }
        }
        self.rules().shows == Shows::All
    }

    /// Returns what dbt says of a deprecation: with its tag, in lines of its width; nothing for another event.
    pub fn words(&self, name: &str, description: &str) -> Option<String> {
        COUNTED.contains(&name).then(|| {
            let rules = self.rules();
            let tagged = format!("{}{description}", tag_of(name, rules.naming));
            // It is said before the width of lines is known.
            if name == "ProjectFlagsMovedDeprecation" { tagged } else { wrapped(&tagged, rules.width) }
        })
    }

    /// Returns the line before the description of a deprecation; nothing for another event.
    pub fn heading(&self, name: &str) -> Option<String> {
        let heading = || tag_of(name, self.rules().naming).trim_end().trim_end_matches(':').to_owned();
        COUNTED.contains(&name).then(heading)
    }

    /// Begins to count anew: what was met so far will be met again.
    pub fn forget(&self) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Returns what is told of all of them at the end, when there were any.
    pub fn summary(&self) -> Option<Entry> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if counts.is_empty() || self.rules().is_summary_silent {
            return None;
        }
        let is_hinted = self.rules().shows == Shows::First;
        let mut text = "Summary of encountered deprecations:".to_owned();
        for (name, count) in &counts {
            text.push_str(&format!("\n\n- {name}: {}", super::count(*count, "occurrence")));
        }
        if is_hinted {
            text.push_str(
                "\n\nTo see all deprecation instances instead of just the first occurrence of each, run command again \
                 with the `--show-all-deprecations` flag. You may also need to run with `--no-partial-parse` as some \
                 deprecations are only encountered during parsing.",
            );
        }
        let summaries: Vec<_> = counts
            .iter()
            .map(|(name, count)| json!({"event_name": name, "event_code": catalogue::code(name), "occurrences": count}))
            .collect();
        let data = json!({"summaries": summaries, "show_all_hint": is_hinted});
        let text = wrapped(&format!("{}{text}", tag_of(SUMMARY, Naming::Usual)), self.rules().width);
        Some(Entry::new(Level::Warn, SUMMARY, text, data).plain())
    }
}

/// The event that tells of all of them.
pub const SUMMARY: &str = "DeprecationsSummary";

/// Returns how the words on a deprecation begin.
fn tag_of(name: &str, naming: Naming) -> String {
    let tag = tag(name);
    let is_named = tag == Tag::Named || (naming == Naming::Always && matches!(tag, Tag::ByFlag | Tag::Warning));
    match tag {
        _ if is_named => format!("[WARNING][{name}]: Deprecated functionality\n\n"),
        Tag::Warning => "[WARNING]: ".to_owned(),
        _ => "[WARNING]: Deprecated functionality\n\n".to_owned(),
    }
}

/// Breaks paragraphs into lines of a width, without empty lines between them.
fn wrapped(text: &str, width: Option<usize>) -> String {
    let width = width.unwrap_or(USUAL_WIDTH);
    let fill = |paragraph: &str| {
        let mut lines: Vec<String> = Vec::new();
        for word in paragraph.split_whitespace() {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines.join("\n")
    };
    text.split("\n\n").map(fill).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{DeprecationRules, Deprecations, Naming, Shows};

    #[test]
    fn the_first_of_a_kind_is_told_and_all_are_counted() {
        let deprecations = Deprecations::default();
        let told = ["ExposureNameDeprecation", "ExposureNameDeprecation", "LogTestResult", "LogTestResult"]
            .map(|name| deprecations.is_told(name));
        assert_eq!(told, [true, false, true, true]);
        let summary = deprecations.summary().unwrap();
        assert!(
            summary.message.contains("\n- ExposureNameDeprecation: 2 occurrences\nTo see all"),
            "{}",
            summary.message
        );
        assert_eq!(summary.data["summaries"][0]["event_code"], "D007");
        deprecations.obey(DeprecationRules { shows: Shows::All, ..DeprecationRules::default() });
        assert!(deprecations.is_told("ExposureNameDeprecation"));
        assert_eq!(deprecations.summary().unwrap().data["show_all_hint"], false);
    }

    #[test]
    fn words_are_tagged_and_wrapped_as_in_dbt() {
        let deprecations = Deprecations::default();
        let words = deprecations.words("WEOIncludeExcludeDeprecation", &"word ".repeat(20)).unwrap();
        let expected = format!(
            "[WARNING][WEOIncludeExcludeDeprecation]: Deprecated functionality\n{}\n{}",
            ["word"; 16].join(" "),
            ["word"; 4].join(" ")
        );
        assert_eq!(words, expected);
        let words = |name: &str| deprecations.words(name, "x").unwrap();
        assert_eq!(words("ModelParamUsageDeprecation"), "[WARNING]: Deprecated functionality\nx");
        assert_eq!(words("SourceFreshnessProjectHooksNotRun"), "[WARNING]: x");
        deprecations.obey(DeprecationRules { naming: Naming::Always, ..DeprecationRules::default() });
        let expected = "[WARNING][ExposureNameDeprecation]: Deprecated functionality\nx";
        assert_eq!(deprecations.words("ExposureNameDeprecation", "x").unwrap(), expected);
        assert_eq!(deprecations.words("LogTestResult", "x"), None);
    }
}
