//! Which files a location names.

use std::path::{Path, PathBuf};

/// Returns the mail files of a location, sorted: one file, all that match a pattern with `*`, `**`, `?` and `[…]`, or all `.mbox`
/// and `.eml` files in a folder and the folders below, and the messages of a Maildir.
///
/// # Errors
/// When nothing is there, a folder cannot be listed or the pattern is not one.
pub fn mail_files(location: &str) -> Result<Vec<PathBuf>, String> {
    let path = Path::new(location);
    let mut files = if path.is_dir() {
        in_folder(path)?
    } else if path.is_file() {
        vec![path.to_path_buf()]
    } else {
        let found = glob::glob(location).map_err(|error| format!("`{location}` is no file pattern: {error}"))?;
        let found = found.collect::<Result<Vec<_>, _>>().map_err(|error| format!("`{location}`: {error}"))?;
        found.into_iter().filter(|file| file.is_file()).collect()
    };
    if files.is_empty() {
        return Err(format!("no mail file matches `{location}`"));
    }
    files.sort();
    Ok(files)
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let cannot = |error: std::io::Error| format!("the mail folder `{}` cannot be listed: {error}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let path = entry.map_err(cannot)?.path();
        if path.is_dir() && !path.is_symlink() {
            files.extend(in_folder(&path)?);
        } else if is_mail(&path) {
            files.push(path);
        }
    }
    Ok(files)
}

fn is_mail(path: &Path) -> bool {
    let has_ending = |ending: &str| path.extension().is_some_and(|end| end.eq_ignore_ascii_case(ending));
    has_ending("mbox")
        || has_ending("eml")
        || path.file_name().is_some_and(|name| name == "mbox")
        || is_in_maildir(path)
}

/// Whether a file is a message of a Maildir: one in its folder `cur` or `new`, whatever its name.
pub(super) fn is_in_maildir(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    folder.is_some_and(|folder| folder == "cur" || folder == "new") && !is_hidden
}
