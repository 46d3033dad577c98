//! The list of a project's packages into the list of all packages, each with its version.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::failure;
use super::fetch::Downloads;
use super::pinned::Pinned;
use super::spec::{Package, Source, Wanted};
use crate::diagnostic::Diagnostics;
use crate::project::Project;

/// How often the packages of packages are followed.
const MAX_DEPTH: usize = 100;

/// Packages by name, in the order in which they were asked for.
#[derive(Default)]
pub(super) struct Listing(IndexMap<String, Package>);

impl Listing {
    /// Adds packages; those known by another name of theirs come to one entry that keeps what all ask for.
    pub fn extend(&mut self, packages: &[Package]) -> Result<(), Diagnostics> {
        for package in packages {
            self.add(package)?;
        }
        Ok(())
    }

    fn add(&mut self, package: &Package) -> Result<String, Diagnostics> {
        if let Source::Private(name) = &package.source {
            let title = format!(
                "Cannot resolve private package {name} because git provider integration is missing. Please use a \"git\" package instead."
            );
            return Err(failure(title).at(package.span.clone(), "").into());
        }
        let names = names(&package.source);
        let key = names.iter().find(|name| self.0.contains_key(*name)).or(names.first()).cloned().unwrap_or_default();
        match self.0.get_mut(&key) {
            Some(known) => {
                known.source = joined(&known.source, &package.source).ok_or_else(|| {
                    let title = format!("Cannot incorporate {key} in {key}: mismatched types");
                    failure(title).at(package.span.clone(), "").with_context(known.span.clone(), "asked for here too")
                })?;
            }
            None => {
                self.0.insert(key.clone(), package.clone());
            }
        }
        Ok(key)
    }

    /// Returns the packages with their versions.
    pub fn pinned(&self, downloads: &mut Downloads<'_>) -> Result<Vec<Pinned>, Diagnostics> {
        self.0.values().map(|package| pin(package, downloads)).collect()
    }
}

/// Resolves the packages of a project, and those that they ask for.
///
/// # Errors
/// When a package cannot be had, or two have one name.
pub(super) fn resolve(
    wanted: &Wanted,
    project: &Project,
    downloads: &mut Downloads<'_>,
) -> Result<Vec<(Pinned, String)>, Diagnostics> {
    let mut pending = Listing::default();
    pending.extend(&wanted.packages)?;
    let mut found = Listing::default();
    let mut followed = BTreeSet::new();
    for _ in 0..MAX_DEPTH {
        let mut next = Listing::default();
        for package in pending.0.values() {
            let key = found.add(package)?;
            let Some(package) = found.0.get(&key) else { continue };
            let pinned = pin(package, downloads)?;
            // Packages may ask for each other.
            if followed.insert((key, pinned.shown_version())) {
                let metadata = downloads.metadata(&pinned).map_err(|errors| placed(errors, package))?;
                next.extend(&metadata.packages)?;
            }
        }
        pending = next;
        if pending.0.is_empty() {
            break;
        }
    }
    let mut resolved = Vec::new();
    let mut names = BTreeSet::new();
    for package in found.0.values() {
        let pinned = pin(package, downloads)?;
        let metadata = downloads.metadata(&pinned).map_err(|errors| placed(errors, package))?;
        check_name(&metadata.name, project, &mut names).map_err(|error| error.at(package.span.clone(), ""))?;
        resolved.push((metadata.pinned.clone(), metadata.name.clone()));
    }
    Ok(resolved)
}

fn check_name(
    name: &str,
    project: &Project,
    names: &mut BTreeSet<String>,
) -> Result<(), crate::diagnostic::Diagnostic> {
    if !names.insert(name.to_owned()) {
        return Err(failure(format!(
            "Found duplicate project \"{name}\". This occurs when a dependency has the same project name as some other dependency."
        )));
    }
    if name == project.name {
        return Err(failure(format!(
            "Found a dependency with the same name as the root project \"{name}\". Package names must be unique in a project. \
             Please rename one of these packages."
        )));
    }
    Ok(())
}

/// Gives errors without a place that of the entry that asked.
fn placed(errors: Diagnostics, package: &Package) -> Diagnostics {
    let mut found = Diagnostics::new();
    found.extend(errors.into_iter().map(|error| match &error.primary {
        None => error.at(package.span.clone(), ""),
        Some(_) => error,
    }));
    found
}

/// Returns the names that a package may be known by.
fn names(source: &Source) -> Vec<String> {
    match source {
        Source::Local(folder) => vec![folder.clone()],
        Source::Tarball { address, .. } => vec![address.clone()],
        Source::Hub { name, .. } | Source::Private(name) => vec![name.clone()],
        Source::Git { address, subdirectory, .. } => {
            let other = address.strip_suffix(".git").map_or_else(|| format!("{address}.git"), str::to_owned);
            let named = |address: &str| match subdirectory {
                Some(subdirectory) => format!("{address}/{subdirectory}"),
                None => address.to_owned(),
            };
            vec![named(address), named(&other)]
        }
    }
}

/// Returns what two entries of one package come to; none when they are of different kinds.
fn joined(known: &Source, other: &Source) -> Option<Source> {
    match (known, other) {
        (Source::Local(_), Source::Local(_)) | (Source::Tarball { .. }, Source::Tarball { .. }) => Some(known.clone()),
        (
            Source::Git { address, unrendered, revision, warns, subdirectory },
            Source::Git { revision: other, warns: other_warns, .. },
        ) => {
            let revisions: BTreeSet<&String> =
                [revision, other].into_iter().flatten().flat_map(|text| [text]).collect();
            let joined: Vec<String> = revisions.into_iter().cloned().collect();
            Some(Source::Git {
                address: address.clone(),
                unrendered: unrendered.clone(),
                revision: Some(joined.join("\n")).filter(|text| !text.is_empty()),
                warns: *warns && *other_warns,
                subdirectory: subdirectory.clone(),
            })
        }
        (Source::Hub { name, versions, takes_prereleases }, Source::Hub { versions: more, .. }) => Some(Source::Hub {
            name: name.clone(),
            versions: versions.iter().chain(more).cloned().collect(),
            takes_prereleases: *takes_prereleases,
        }),
        _ => None,
    }
}

fn pin(package: &Package, downloads: &mut Downloads<'_>) -> Result<Pinned, Diagnostics> {
    let place = |error: crate::diagnostic::Diagnostic| error.at(package.span.clone(), "");
    Ok(match &package.source {
        Source::Local(folder) => Pinned::Local(folder.clone()),
        Source::Tarball { address, unrendered, name } => {
            Pinned::Tarball { address: address.clone(), unrendered: unrendered.clone(), name: name.clone() }
        }
        Source::Git { address, unrendered, revision, warns, subdirectory } => {
            let revision = revision.clone().unwrap_or_else(|| "HEAD".to_owned());
            if revision.contains('\n') {
                let all: Vec<String> = revision.lines().map(|one| format!("'{one}'")).collect();
                let title = format!(
                    "git dependencies should contain exactly one version. {address} contains: {{{}}}",
                    all.join(", ")
                );
                return Err(place(failure(title)).into());
            }
            Pinned::Git {
                address: address.clone(),
                unrendered: unrendered.clone(),
                revision,
                warns: *warns,
                subdirectory: subdirectory.clone(),
            }
        }
        Source::Hub { name, versions, takes_prereleases } => {
            super::hub::pin(name, versions, *takes_prereleases, downloads).map_err(|error| place(*error))?
        }
        Source::Private(name) => return Err(place(failure(format!("{name} is private"))).into()),
    })
}
