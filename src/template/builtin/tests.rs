//! The built-in macros in the engine, over a real DuckDB in memory.

mod harness;
mod materializations;
mod names;
mod utilities;

use std::path::{Path, PathBuf};

use super::FILES;
use harness::engine;

fn sql_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sql_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_file_of_the_folder_is_embedded_in_order() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/template/builtin");
    let mut on_disk: Vec<_> = sql_files(&folder)
        .iter()
        .map(|path| path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/"))
        .collect();
    on_disk.sort_by_key(|path| path.split_once('/').map(|(package, rest)| (package.to_owned(), rest.to_owned())));
    let embedded: Vec<_> = FILES.iter().map(|file| format!("{}/{}", file.package, file.path)).collect();
    assert_eq!(embedded, on_disk);
}

#[test]
fn every_macro_compiles() {
    let engine = engine("");
    for package in ["dbt", "dbt_duckdb"] {
        let failures = engine.check_macros(package);
        let messages: Vec<_> = failures.iter().map(crate::template::Failure::message).collect();
        assert_eq!(messages, Vec::<String>::new(), "{package}");
    }
}
