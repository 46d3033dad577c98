//! The log file: every line with its time, begun anew when it has grown too large.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use chrono::Utc;

use super::{Format, Level};

/// What the command line decides about the log file.
#[derive(Clone, Copy, Debug)]
pub struct LogFileOptions {
    /// Text or JSON.
    pub format: Format,
    /// Least level to write.
    pub level: Level,
    /// Size in bytes at which the file is set aside as `dbt.log.1`; 0 for never.
    pub most: u64,
}

/// An open log file.
pub struct LogFile {
    options: LogFileOptions,
    file: Mutex<File>,
}

impl LogFile {
    /// Opens `dbt.log`, the name that programs look for, in a folder, which is made when it is absent.
    ///
    /// # Errors
    /// When the folder or the file cannot be written.
    pub fn open(folder: &Path, options: LogFileOptions) -> std::io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join("dbt.log");
        if options.most > 0 && fs::metadata(&path).is_ok_and(|found| found.len() > options.most) {
            fs::rename(&path, folder.join("dbt.log.1"))?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self { options, file: Mutex::new(file) })
    }

    /// Returns whether lines of a level are kept.
    pub fn takes(&self, level: Level) -> bool {
        level >= self.options.level
    }

    /// Returns how lines look.
    pub fn format(&self) -> Format {
        self.options.format
    }

    /// Writes a line of text with its time and level.
    pub fn text(&self, level: Level, text: &str) {
        let time = Utc::now().format("%H:%M:%S%.6f");
        let thread = super::json_lines::thread_name();
        let text = anstream::adapter::strip_str(text).to_string();
        self.write(&format!("{time} [{:<5}] [{thread:.10}]: {text}\n", level.as_str()));
    }

    /// Writes lines as they are. A full disk must not stop the work that is logged, so a failure is let pass.
    pub fn write(&self, lines: &str) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.write_all(lines.as_bytes());
    }
}
