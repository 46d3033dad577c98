//! `require-dbt-version`: whether a project fits the version of dbt whose language Martlet speaks.

use super::DBT_VERSION;
use super::semver::{Range, Specifier};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};

/// Checks the specifiers of a project; each text may hold several, parted by commas.
pub(super) fn check(project: &str, specifiers: &[(String, Span)], diagnostics: &mut Diagnostics) {
    let Some(installed) = Specifier::parse(DBT_VERSION) else { return };
    let mut required = Vec::new();
    for (text, span) in specifiers {
        for part in text.split(',').map(str::trim) {
            match Specifier::parse(part) {
                Some(specifier) => required.push((specifier, span)),
                None => {
                    let title = format!("\"{part}\" is not a valid semantic version.");
                    diagnostics.push(
                        Diagnostic::error(Kind::Parsing, "E0106", title)
                            .at(span.clone(), "")
                            .with_help("a version has three numbers and may have an operator, such as `>=1.3.0`"),
                    );
                }
            }
        }
    }
    let all: Vec<&Specifier> = required.iter().map(|(specifier, _)| specifier).collect();
    let Some((first, place)) = required.first() else { return };
    let written: Vec<String> = all.iter().map(|specifier| format!("'{specifier}'")).collect();
    let written = written.join(", ");
    let again =
        format!("Check for a different version of the '{project}' package, or run dbt again with --no-version-check");
    match Range::common(all.iter().copied()) {
        Some(range) if range.contains(&installed) => {}
        Some(_) => {
            let wrong =
                required.iter().find(|(specifier, _)| !fits(&installed, specifier)).map_or(first, |(own, _)| own);
            let title = format!("This version of dbt is not supported with the '{project}' package.");
            diagnostics.push(
                Diagnostic::error(Kind::Runtime, "E0106", title)
                    .at((*place).clone(), format!("`{wrong}` leaves it out"))
                    .with_note(format!("Installed version of dbt: ={DBT_VERSION} (Martlet speaks its language)"))
                    .with_note(format!("Required version of dbt for '{project}': [{written}]"))
                    .with_help(again),
            );
        }
        None => {
            let title = format!("The package version requirement can never be satisfied for the '{project} package.");
            diagnostics.push(
                Diagnostic::error(Kind::Runtime, "E0106", title)
                    .at((*place).clone(), "")
                    .with_note(format!("Required versions of dbt for '{project}': [{written}]"))
                    .with_help(again),
            );
        }
    }
}

fn fits(installed: &Specifier, specifier: &Specifier) -> bool {
    Range::common([specifier]).is_some_and(|range| range.contains(installed))
}

/// Returns whether a package that asks for these versions can be used; what cannot be read does not stand in the way.
pub(super) fn is_compatible(specifiers: &[String]) -> bool {
    let Some(installed) = Specifier::parse(DBT_VERSION) else { return true };
    let required: Vec<Specifier> = specifiers.iter().filter_map(|text| Specifier::parse(text.trim())).collect();
    Range::common(&required).is_some_and(|range| range.contains(&installed))
}

#[cfg(test)]
mod tests {
    use super::{Specifier, fits};

    #[test]
    fn specifiers_are_judged_by_their_operator() {
        let installed = Specifier::parse("1.11.16").expect("it is a version");
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
            ("1.11", None),
            ("~=1.0.0", None),
            ("", None),
        ];
        for (specifier, expected) in cases {
            assert_eq!(
                Specifier::parse(specifier).map(|required| fits(&installed, &required)),
                expected,
                "{specifier}"
            );
        }
    }
}
