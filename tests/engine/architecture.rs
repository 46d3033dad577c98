//! The rules of the source tree: imports go down, every module says what it is, no file is too long.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules from the bottom up; a module may import what stands on a lower level only.
const LEVELS: [(&str, u8); 18] = [
    ("diagnostic", 0),
    ("resource", 1),
    ("yaml", 2),
    ("adapter", 3),
    ("project", 3),
    ("template", 4),
    ("parse", 5),
    ("manifest", 6),
    ("graph", 7),
    ("state", 7),
    ("select", 8),
    ("compile", 9),
    ("run", 10),
    ("export", 11),
    ("artifact", 12),
    ("report", 13),
    ("cli", 14),
    ("lib", 15),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn module_of(path: &Path) -> String {
    let first = path.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Returns the top-level modules that a text imports, outside its tests and comments.
fn imports(text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = lines.join("\n");
    let rest = code.split("crate::").skip(1);
    let name =
        |rest: &str| rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>();
    rest.map(name).collect()
}

#[test]
fn the_source_tree_keeps_its_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let levels: BTreeMap<&str, u8> = LEVELS.into_iter().collect();
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut broken = Vec::new();
    for file in files {
        let path = file.strip_prefix(&root).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        let is_tests = path.ends_with("tests.rs");
        if !text.starts_with("//!") && !is_tests {
            broken.push(format!("{}: does not begin with what it is (`//!`)", path.display()));
        }
        if text.lines().count() > 800 {
            broken.push(format!("{}: over 800 lines", path.display()));
        }
        let module = module_of(path);
        if path.components().any(|part| ["tests", "tests.rs"].iter().any(|name| part.as_os_str() == *name)) {
            continue;
        }
        if ["lib", "main"].contains(&module.as_str()) {
            continue;
        }
        let Some(level) = levels.get(module.as_str()) else {
            broken.push(format!("{}: its module has no level", path.display()));
            continue;
        };
        for import in imports(&text) {
            if import != module && levels.get(import.as_str()).is_some_and(|imported| imported >= level) {
                broken.push(format!("{}: imports `{import}`, which is not below it", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
