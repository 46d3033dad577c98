//! The log file: every line with its time, begun anew when it has grown too large.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use chrono::Utc;

use super::Level;

/// Size in bytes at which the file is set aside as `martlet.log.1`.
const MOST: u64 = 10 * 1024 * 1024;

/// An open log file.
pub struct LogFile {
    file: Mutex<File>,
}

impl LogFile {
    /// Opens `martlet.log` in a folder, which is made when it is absent.
    ///
    /// # Errors
    /// When the folder or the file cannot be written.
    pub fn open(folder: &Path) -> std::io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path: PathBuf = folder.join("martlet.log");
        if fs::metadata(&path).is_ok_and(|found| found.len() > MOST) {
            fs::rename(&path, folder.join("martlet.log.1"))?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { file: Mutex::new(file) })
    }

    /// Writes a line. A full disk must not stop the work that is logged, so a failure is let pass.
    pub fn write(&self, level: Level, text: &str) {
        let time = Utc::now().format("%Y-%m-%dT%H:%M:%S%.6fZ");
        let text = anstream::adapter::strip_str(text).to_string();
        let line = format!("{time} {:<5} {text}\n", level.as_str());
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.write_all(line.as_bytes());
    }
}
