//! `require-dbt-version`: whether a project fits the version of dbt whose language Martlet speaks.

use std::cmp::Ordering;

use super::DBT_VERSION;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};

/// A version `major.minor.patch[-prerelease]`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    numbers: [u64; 3],
    prerelease: Option<String>,
}

impl Version {
    fn parse(text: &str) -> Option<Self> {
        let text = text.split('+').next().unwrap_or_default();
        let (numbers, prerelease) = match text.find(|c: char| c != '.' && !c.is_ascii_digit()) {
            Some(index) => (&text[..index], Some(text[index..].trim_start_matches('-').to_owned())),
            None => (text, None),
        };
        let mut parts = numbers.split('.').map(|part| part.parse::<u64>().ok());
        let numbers = [parts.next()??, parts.next()??, parts.next()??];
        parts.next().is_none().then_some(Self { numbers, prerelease })
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    /// A pre-release comes before its release.
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers.cmp(&other.numbers).then_with(|| match (&self.prerelease, &other.prerelease) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(own), Some(others)) => own.cmp(others),
        })
    }
}

/// Returns whether a version fits one specifier such as `>=1.3.0`; none when it is not one.
fn fits(installed: &Version, specifier: &str) -> Option<bool> {
    let specifier = specifier.trim();
    let (operator, rest) = match specifier.find(|c: char| !"<>=".contains(c)) {
        Some(index) => specifier.split_at(index),
        None => return None,
    };
    let ordering = installed.cmp(&Version::parse(rest.trim())?);
    Some(match operator {
        "" | "=" | "==" => ordering.is_eq(),
        ">" => ordering.is_gt(),
        ">=" => ordering.is_ge(),
        "<" => ordering.is_lt(),
        "<=" => ordering.is_le(),
        _ => return None,
    })
}

/// Checks the specifiers of a project; each text may hold several, parted by commas.
pub(super) fn check(project: &str, specifiers: &[(String, Span)], diagnostics: &mut Diagnostics) {
    let Some(installed) = Version::parse(DBT_VERSION) else { return };
    for (text, span) in specifiers {
        for specifier in text.split(',') {
            match fits(&installed, specifier) {
                Some(true) => {}
                Some(false) => {
                    let title =
                        format!("`{project}` needs dbt {}, and Martlet speaks dbt {DBT_VERSION}", specifier.trim());
                    diagnostics.push(
                        Diagnostic::error(Kind::Runtime, "E0106", title)
                            .at(span.clone(), "")
                            .with_help("change it, or run with `--no-version-check`"),
                    );
                }
                None => {
                    let title = format!("`{}` is not a version such as `>=1.3.0`", specifier.trim());
                    diagnostics.push(Diagnostic::error(Kind::Parsing, "E0106", title).at(span.clone(), ""));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Version, fits};

    #[test]
    fn specifiers_are_judged_by_their_operator() {
        let installed = Version::parse("1.11.16").expect("it is a version");
        let cases = [
            (">=1.3.0", Some(true)),
            ("<2.0.0", Some(true)),
            (">1.11.16", Some(false)),
            ("<=1.11.16", Some(true)),
            ("1.11.16", Some(true)),
            ("=1.11.15", Some(false)),
            (">=1.11.16-rc1", Some(true)),
            ("<1.11.16-rc1", Some(false)),
            (">=1.12.0b1", Some(false)),
            (" >= 1.0.0 ", Some(true)),
            ("1.11", None),
            ("~=1.0.0", None),
            ("", None),
        ];
        for (specifier, expected) in cases {
            assert_eq!(fits(&installed, specifier), expected, "{specifier}");
        }
    }
}
