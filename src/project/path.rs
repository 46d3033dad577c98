//! Paths by name, without asking the disk.

use std::path::{Component, Path, PathBuf};

/// Resolves `.` and `..` by name, so that a folder that does not exist can be judged too.
pub fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}
