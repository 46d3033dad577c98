//! Puts each package of the lock file into its folder.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::fetch::Downloads;
use super::listing::Listing;
use super::pinned::Pinned;
use super::spec::Wanted;
use super::{cannot, failure, hub, install_folder};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::project::{Project, normal};
use crate::resource::Value;

/// Installs the packages of the lock file in place of what is there.
pub(super) fn install(locked: &Wanted, project: &Project, downloads: &mut Downloads<'_>) -> Result<(), Diagnostics> {
    let folder = install_folder(project);
    clear(&folder, project)?;
    if locked.packages.is_empty() {
        downloads.options.say("DepsNoPackagesFound", "Warning: No packages were found in packages.yml", []);
        return Ok(());
    }
    let mut listing = Listing::default();
    listing.extend(&locked.packages)?;
    let mut outdated = Vec::new();
    for pinned in listing.pinned(downloads)? {
        let name = pinned.shown_name();
        downloads.options.say("DepsStartPackageInstall", &format!("Installing {name}"), [("package_name", &name)]);
        put(&pinned, &folder, downloads)?;
        let version = pinned.shown_version();
        downloads.options.say("DepsInstallInfo", &format!("Installed from {version}"), [("version_name", &version)]);
        match &pinned {
            Pinned::Hub { version, latest, .. } if version == latest => {
                downloads.options.say("DepsUpToDate", "Up to date!", []);
            }
            Pinned::Hub { name, latest, .. } => {
                outdated.push(format!("'{name}'"));
                let text = format!("Updated version available: {latest}");
                downloads.options.say("DepsUpdateAvailable", &text, [("version_latest", latest)]);
            }
            Pinned::Git { subdirectory: Some(subdirectory), .. } => {
                let text = format!("and subdirectory {subdirectory}");
                downloads.options.say("DepsListSubdirectory", &text, [("subdirectory", subdirectory)]);
            }
            _ => {}
        }
    }
    if !outdated.is_empty() {
        let packages = outdated.join(", ");
        let text = format!(
            "Updates available for packages: [{packages}]\nUpdate your versions in packages.yml, then run dbt deps"
        );
        downloads.options.say("DepsNotifyUpdatesAvailable", &text, []);
    }
    Ok(())
}

/// Empties the folder of packages. One that holds the project itself is not touched.
fn clear(folder: &Path, project: &Project) -> Result<(), Diagnostic> {
    let normal = normal(folder);
    if project.root.starts_with(&normal) {
        let title = format!("`packages-install-path` is `{}`, which holds the project", folder.display());
        return Err(failure(title).in_path(project.file.path.as_str()));
    }
    if fs::symlink_metadata(folder).is_ok() {
        fs::remove_dir_all(folder).map_err(|error| cannot("empty", folder, &error))?;
    }
    fs::create_dir_all(folder).map_err(|error| cannot("make the folder", folder, &error))
}

fn put(pinned: &Pinned, folder: &Path, downloads: &mut Downloads<'_>) -> Result<(), Diagnostics> {
    let metadata = downloads.metadata(pinned)?;
    let place = package_folder(folder, &metadata.name, downloads.project)?;
    remove(&place)?;
    match pinned {
        Pinned::Local(path) => link(&local_folder(path, downloads.project), &place)?,
        Pinned::Hub { name, version, .. } => {
            let about = hub::version(name, version, downloads).map_err(|error| *error)?;
            let address = about.get("downloads").and_then(|downloads| downloads.get("tarball")).and_then(Value::as_str);
            let Some(address) = address else {
                return Err(failure(format!("the hub tells no archive of {name} {version}")).into());
            };
            let source = downloads.extracted(address, &metadata.name).map_err(|error| *error)?;
            move_folder(&source, &place)?;
        }
        Pinned::Tarball { .. } | Pinned::Git { .. } => {
            if let Some(source) = &metadata.folder {
                move_folder(source, &place)?;
            }
        }
    }
    Ok(())
}

fn package_folder(folder: &Path, name: &str, project: &Project) -> Result<PathBuf, Diagnostic> {
    let mut parts = Path::new(name).components();
    if matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None)) {
        return Ok(folder.join(name));
    }
    Err(failure(format!(
        "Invalid package name '{name}': resolves outside of the packages-install-path ('{}')",
        project.packages_install_path.display()
    )))
}

/// Returns the folder of a `local:` package, which is named from the root project.
pub(super) fn local_folder(path: &str, project: &Project) -> PathBuf {
    normal(&project.root.join(path))
}

fn remove(place: &Path) -> Result<(), Diagnostic> {
    match fs::symlink_metadata(place) {
        Err(_) => Ok(()),
        Ok(found) if found.is_dir() => fs::remove_dir_all(place).map_err(|error| cannot("remove", place, &error)),
        Ok(_) => fs::remove_file(place).map_err(|error| cannot("remove", place, &error)),
    }
}

/// Links a folder, or copies it where links are not to be had.
fn link(source: &Path, place: &Path) -> Result<(), Diagnostic> {
    #[cfg(unix)]
    let linked = std::os::unix::fs::symlink(source, place);
    #[cfg(windows)]
    let linked = std::os::windows::fs::symlink_dir(source, place);
    linked.or_else(|_| copy(source, place)).map_err(|error| cannot("copy to", place, &error))
}

fn move_folder(source: &Path, place: &Path) -> Result<(), Diagnostic> {
    // Downloads may lie on another disk, from which nothing can be renamed.
    fs::rename(source, place).or_else(|_| copy(source, place)).map_err(|error| cannot("move to", place, &error))
}

fn copy(source: &Path, place: &Path) -> std::io::Result<()> {
    fs::create_dir_all(place)?;
    for entry in fs::read_dir(source)? {
        let entry = entry?;
        let target = place.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
