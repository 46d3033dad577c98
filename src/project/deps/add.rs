//! `deps --add-package`: one more entry in the file that lists the packages.

use super::spec::{self, DEPENDENCIES, PACKAGES};
use super::{DepsOptions, failure, write};
use crate::diagnostic::Diagnostics;
use crate::project::Project;
use crate::resource::{Map, Value};

/// Where a new package comes from: `--source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackageOrigin {
    /// The package hub.
    Hub,
    /// A git repository.
    Git,
    /// A folder.
    Local,
}

/// A package to add.
#[derive(Clone, Debug)]
pub struct NewPackage {
    /// Its name, address or folder.
    pub name: String,
    /// Its version or revision.
    pub version: Option<String>,
    /// Where it comes from.
    pub origin: PackageOrigin,
}

impl NewPackage {
    fn entry(&self) -> Value {
        let (kind, version_key) = match self.origin {
            PackageOrigin::Hub => ("package", "version"),
            PackageOrigin::Git => ("git", "revision"),
            PackageOrigin::Local => ("local", "version"),
        };
        let mut entry = Map::new();
        entry.insert(kind.to_owned(), self.name.as_str().into());
        if let Some(version) = &self.version {
            let version = if version.contains(',') {
                version.split(',').map(Value::from).collect()
            } else {
                Value::from(version.as_str())
            };
            entry.insert(version_key.to_owned(), version);
        }
        Value::Object(entry)
    }
}

/// Adds the package; entries that name the same package go.
pub(super) fn add(project: &Project, new: &NewPackage, options: &DepsOptions<'_>) -> Result<(), Diagnostics> {
    let packages = spec::read_file(&project.root, "", PACKAGES)?;
    let dependencies = spec::read_file(&project.root, "", DEPENDENCIES)?;
    let has_list = dependencies.as_ref().is_some_and(|yaml| yaml.entry("packages").is_some());
    let (name, yaml) = if has_list { (DEPENDENCIES, dependencies) } else { (PACKAGES, packages) };
    if yaml.is_none() && !project.root.join(name).exists() {
        options.say("Formatting", "Created packages.yml", []);
    }
    let mut contents = yaml.as_ref().map(crate::yaml::Yaml::to_map).unwrap_or_default();
    let list = contents.entry("packages").or_insert_with(|| Value::Array(Vec::new()));
    let Value::Array(entries) = list else {
        return Err(failure(format!("`packages` of {name} must be a list")).into());
    };
    entries.retain(|entry| {
        let is_same = is_same(entry, &new.name);
        if is_same {
            let shown = entry.to_string().replace('"', "'");
            let text = format!("Found duplicate package in packages.yml, removing: {shown}");
            options.say("DepsFoundDuplicatePackage", &text, [("removed_package", &shown)]);
        }
        !is_same
    });
    entries.push(new.entry());
    let path = project.root.join(name);
    write(&path, &(options.write_yaml)(&Value::Object(contents)))?;
    let version = new.version.as_deref().unwrap_or("None");
    let shown = path.display().to_string();
    let text = format!("Added new package {}@{version} to {shown}", new.name);
    let facts = [("package_name", new.name.as_str()), ("version", version), ("packages_filepath", &shown)];
    options.say("DepsAddPackage", &text, facts);
    Ok(())
}

/// Returns whether an entry names the package, with its owner or without, and with `-` for `_`.
fn is_same(entry: &Value, name: &str) -> bool {
    let kinds = ["package", "git", "local", "tarball", "private"];
    let Some(own) = kinds.iter().find_map(|kind| entry.get(*kind)?.as_str()) else { return false };
    let short = name.rsplit('/').next().unwrap_or(name);
    [name, short]
        .iter()
        .flat_map(|name| [(*name).to_owned(), name.replace('_', "-"), name.replace('-', "_")])
        .any(|variant| stands_alone(own, &variant))
}

/// Returns whether a word stands in an address between its ends, `/` and `.`.
fn stands_alone(text: &str, word: &str) -> bool {
    let Some(start) = text.find(word).filter(|_| !word.is_empty()) else { return false };
    let end = start + word.len();
    let is_boundary = |character: Option<char>| character.is_none_or(|character| matches!(character, '/' | '.'));
    is_boundary(text[..start].chars().next_back()) && is_boundary(text[end..].chars().next())
}
