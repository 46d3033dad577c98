//! The package hub: which versions of a package there are, and where their archives lie.

use super::failure;
use super::fetch::Downloads;
use super::pinned::Pinned;
use crate::diagnostic::{Diagnostic, Kind};
use crate::project::VersionCheck;
use crate::project::semver::{Prereleases, Range, Specifier, installable};
use crate::project::version::is_compatible;
use crate::resource::Value;

/// Chooses the newest version of a package that fits what all ask for.
pub(super) fn pin(
    name: &str,
    versions: &[String],
    takes_prereleases: bool,
    downloads: &mut Downloads<'_>,
) -> Result<Pinned, Box<Diagnostic>> {
    let mut specifiers = Vec::new();
    for text in versions.iter().flat_map(|text| text.split(',')).map(str::trim) {
        let invalid = || Box::new(failure(format!("\"{text}\" is not a valid semantic version.")));
        specifiers.push(Specifier::parse(text).ok_or_else(invalid)?);
    }
    let range = Range::common(&specifiers).ok_or_else(|| {
        let options: Vec<String> = specifiers.iter().map(|one| format!("'{one}'")).collect();
        Box::new(failure(format!(
            "Version error for package {name}: Could not find a satisfactory version from options: [{}]",
            options.join(", ")
        )))
    })?;
    let package = package(name, downloads)?;
    let empty = crate::resource::Map::new();
    let all = package.get("versions").and_then(Value::as_object).unwrap_or(&empty);
    let is_checked = downloads.options.version_check == VersionCheck::Check;
    let known: Vec<String> = all
        .iter()
        .filter(|(_, about)| !is_checked || is_compatible(&required(about)))
        .map(|(name, _)| name.clone())
        .collect();
    let prereleases = if takes_prereleases || specifiers.iter().any(Specifier::is_prerelease) {
        Prereleases::Taken
    } else {
        Prereleases::Left
    };
    let found = installable(&known, prereleases);
    let newest = found.iter().rev().find(|(version, _)| range.contains(version));
    match (newest, found.last()) {
        (Some((_, version)), Some((_, latest))) => {
            Ok(Pinned::Hub { name: name.to_owned(), version: version.clone(), latest: latest.clone() })
        }
        _ => Err(Box::new(no_version(name, &range, &found, is_checked))),
    }
}

fn no_version(name: &str, range: &Range, found: &[(Specifier, String)], is_checked: bool) -> Diagnostic {
    let found: Vec<String> = found.iter().map(|(_, text)| format!("'{text}'")).collect();
    let error = failure(format!("Could not find a matching compatible version for package {name}"))
        .with_note(format!("Requested range: {range}"))
        .with_note(format!("Compatible versions: [{}]", found.join(", ")));
    if !is_checked {
        return error;
    }
    error
        .with_note("Not shown: package versions incompatible with installed version of dbt-core")
        .with_help("To include them, run 'dbt --no-version-check deps'")
}

/// Returns what the hub knows of one version of a package.
pub(super) fn version(name: &str, version: &str, downloads: &mut Downloads<'_>) -> Result<Value, Box<Diagnostic>> {
    let package = package(name, downloads)?;
    let found = package.get("versions").and_then(|versions| versions.get(version)).cloned();
    found.ok_or_else(|| Box::new(failure(format!("the hub has no version {version} of the package {name}"))))
}

/// Returns what the hub knows of a package.
fn package(name: &str, downloads: &mut Downloads<'_>) -> Result<Value, Box<Diagnostic>> {
    let index = downloads.json("index.json").map_err(|error| wanted(error, name))?;
    let is_known = index.as_array().is_some_and(|names| names.iter().any(|known| known.as_str() == Some(name)));
    if !is_known {
        return Err(Box::new(failure(format!("Package {name} was not found in the package index"))));
    }
    let (package, is_first) = downloads.package(name).map_err(|error| wanted(error, name))?;
    let redirect = |key: &str| package.get(key).and_then(Value::as_str);
    if is_first && (redirect("redirectnamespace").is_some() || redirect("redirectname").is_some()) {
        let own = |key: &str| package.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let namespace = redirect("redirectnamespace").map_or_else(|| own("namespace"), str::to_owned);
        let target = redirect("redirectname").map_or_else(|| own("name"), str::to_owned);
        let title = format!(
            "The `{name}` package is deprecated in favor of `{namespace}/{target}`. \
             Please update your `packages.yml` configuration to use `{namespace}/{target}` instead."
        );
        (downloads.options.warn)(Diagnostic::warning(Kind::Runtime, "W0109", title));
    }
    Ok(package)
}

fn wanted(error: Box<Diagnostic>, name: &str) -> Box<Diagnostic> {
    Box::new(error.with_note(format!("it is needed for the package `{name}` of the package hub")))
}

fn required(about: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match about.get("require_dbt_version") {
        Some(Value::Array(all)) => all.iter().filter_map(text).collect(),
        Some(one) => text(one).into_iter().filter(|text| !text.is_empty()).collect(),
        None => Vec::new(),
    }
}
