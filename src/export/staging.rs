//! The folder beside the exports in which new files wait until all of them are there.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::manifest::FILE_NAME;

/// Files that are being written; worth nothing when the process is gone.
const WRITING: &str = ".martlet-export-writing";
/// Files that are complete, with their manifest; to be moved into place, whatever happens.
const READY: &str = ".martlet-export-ready";
/// How much is read at once for a checksum.
const BLOCK: usize = 1 << 16;

/// A folder for new files; removed when dropped before they are committed.
pub(super) struct Staging {
    folder: PathBuf,
    writing: PathBuf,
}

impl Staging {
    /// Makes an empty staging folder inside the folder of the exports, which is made when it is absent.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        let writing = folder.join(WRITING);
        fs::create_dir_all(&writing)?;
        Ok(Self { folder: folder.to_owned(), writing })
    }

    /// Returns where a file waits.
    pub(super) fn path(&self, file_name: &str) -> PathBuf {
        self.writing.join(file_name)
    }

    /// Publishes the files and the manifest. From the rename on, they count as published.
    pub(super) fn commit(self, manifest: &str) -> io::Result<()> {
        fs::write(self.path(FILE_NAME), manifest)?;
        fs::rename(&self.writing, self.folder.join(READY))?;
        move_into_place(&self.folder)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After a commit there is nothing to remove; what cannot be removed now is removed by the next run.
        let _ = fs::remove_dir_all(&self.writing);
    }
}

/// Finishes what a killed process had published but not moved into place, and removes what it had only begun.
///
/// # Errors
/// When files cannot be moved or removed.
pub fn recover(folder: &Path) -> io::Result<()> {
    if folder.join(READY).is_dir() {
        move_into_place(folder)?;
    }
    let writing = folder.join(WRITING);
    if writing.is_dir() { fs::remove_dir_all(writing) } else { Ok(()) }
}

/// Moves the files first and their manifest last.
fn move_into_place(folder: &Path) -> io::Result<()> {
    let ready = folder.join(READY);
    for entry in fs::read_dir(&ready)? {
        let name = entry?.file_name();
        if name != FILE_NAME {
            fs::rename(ready.join(&name), folder.join(&name))?;
        }
    }
    if ready.join(FILE_NAME).is_file() {
        fs::rename(ready.join(FILE_NAME), folder.join(FILE_NAME))?;
    }
    fs::remove_dir(ready)
}

/// Returns a file's length and its SHA-256 in hex.
pub(super) fn checksum(path: &Path) -> io::Result<(u64, String)> {
    use std::fmt::Write as _;

    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut block = vec![0; BLOCK];
    let mut length = 0;
    loop {
        let count = file.read(&mut block)?;
        if count == 0 {
            break;
        }
        length += count as u64;
        digest.update(&block[..count]);
    }
    let hex = digest.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok((length, hex))
}
