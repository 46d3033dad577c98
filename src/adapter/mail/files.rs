//! Which files a location names.

use std::path::{Path, PathBuf};

/// Returns the mail files of a location, sorted: one file, all that match a pattern with `*`, `**`, `?` and `[…]`, or all `.mbox`
/// and `.eml` files in a folder and the folders below.
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
        } else if path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("mbox") || end.eq_ignore_ascii_case("eml"))
        {
            files.push(path);
        }
    }
    Ok(files)
}
