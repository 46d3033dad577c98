//! What is fetched while packages are resolved and installed: each thing once, into a folder that is removed at the end.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use md5::{Digest, Md5};

use super::git::{Repository, check_out};
use super::pinned::Pinned;
use super::spec::{self, Package};
use super::{DepsOptions, cannot, failure, hub};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::project::file::holds_project;
use crate::project::{Project, ProjectFile};
use crate::resource::Value;

/// The hub, unless `DBT_PACKAGE_HUB_URL` says another.
const HUB: &str = "https://hub.getdbt.com/";
/// How long one download may take, in seconds.
const TIMEOUT: &str = "300";

/// What is known of a package once it was looked into.
#[derive(Clone, Debug)]
pub(super) struct Metadata {
    /// The name of its project.
    pub name: String,
    /// The packages that it asks for.
    pub packages: Vec<Package>,
    /// The package; a repository's revision is the commit now.
    pub pinned: Pinned,
    /// The folder that it lies in; none when its archive is not downloaded yet.
    pub folder: Option<PathBuf>,
}

/// What was fetched.
pub(super) struct Downloads<'a> {
    pub project: &'a Project,
    pub options: &'a DepsOptions<'a>,
    /// The folder of downloads.
    pub folder: PathBuf,
    is_own: bool,
    metadata: BTreeMap<String, Metadata>,
    json: BTreeMap<String, Value>,
}

impl Drop for Downloads<'_> {
    fn drop(&mut self) {
        if self.is_own {
            // What stays behind lies in a temporary folder.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

impl<'a> Downloads<'a> {
    /// Makes the folder of downloads: a new one, or that of `DBT_DOWNLOADS_DIR`, which stays.
    pub fn new(project: &'a Project, options: &'a DepsOptions<'a>) -> Result<Self, Diagnostic> {
        let given = options.environment.get("DBT_DOWNLOADS_DIR").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let is_own = given.is_none();
        let folder = given
            .unwrap_or_else(|| std::env::temp_dir().join(format!("dbt-downloads-{}", uuid::Uuid::new_v4().simple())));
        fs::create_dir_all(&folder).map_err(|error| cannot("make the folder", &folder, &error))?;
        Ok(Self { project, options, folder, is_own, metadata: BTreeMap::new(), json: BTreeMap::new() })
    }

    /// Looks into a package, once.
    pub fn metadata(&mut self, pinned: &Pinned) -> Result<Metadata, Diagnostics> {
        let key = format!("{}\n{}", pinned.shown_name(), pinned.shown_version());
        if let Some(known) = self.metadata.get(&key) {
            return Ok(known.clone());
        }
        let found = self.look_into(pinned)?;
        self.metadata.insert(key, found.clone());
        Ok(found)
    }

    fn look_into(&mut self, pinned: &Pinned) -> Result<Metadata, Diagnostics> {
        match pinned {
            Pinned::Local(folder) => {
                let folder = super::install::local_folder(folder, self.project);
                self.read(&folder, pinned.clone())
            }
            Pinned::Git { .. } => self.read_repository(pinned),
            Pinned::Tarball { address, name, .. } => {
                let folder = self.extracted(address, name).map_err(|error| *error)?;
                let found = self.read(&folder, pinned.clone())?;
                Ok(Metadata { name: name.clone(), ..found })
            }
            Pinned::Hub { name, version, .. } => {
                let about = hub::version(name, version, self).map_err(|error| *error)?;
                let project = about.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
                let list = about.get("packages").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
                let packages = spec::from_hub(&list, self.options.renderer)?;
                Ok(Metadata { name: project, packages, pinned: pinned.clone(), folder: None })
            }
        }
    }

    fn read_repository(&mut self, pinned: &Pinned) -> Result<Metadata, Diagnostics> {
        let Pinned::Git { address, unrendered, revision, warns, subdirectory } = pinned else {
            return self.read(&self.folder.clone(), pinned.clone());
        };
        let repository = Repository { address, revision, subdirectory: subdirectory.as_deref() };
        let place = self.folder.join(digest(&pinned.shown_name()));
        let (folder, commit) = check_out(&repository, &place, self).map_err(|error| *error)?;
        if *warns && matches!(revision.as_str(), "HEAD" | "main" | "master") {
            let how = match revision.as_str() {
                "HEAD" => "not pinned, using HEAD (default branch)".to_owned(),
                branch => format!("pinned to the \"{branch}\" branch"),
            };
            let title = format!(
                "The git package \"{}\" is {how}. This can introduce breaking changes into your project without warning!",
                self.options.scrubbed(address)
            );
            let warning = Diagnostic::warning(Kind::Runtime, "W0107", title);
            (self.options.warn)(warning.with_help("pin it with `revision`, or set `warn-unpinned: false`"));
        }
        let exact = Pinned::Git {
            address: address.clone(),
            unrendered: unrendered.clone(),
            revision: commit,
            warns: *warns,
            subdirectory: subdirectory.clone(),
        };
        self.read(&folder, exact)
    }

    /// Reads the name and the packages of a package's folder.
    fn read(&self, folder: &Path, pinned: Pinned) -> Result<Metadata, Diagnostics> {
        if !holds_project(folder) {
            let path = folder.join("dbt_project.yml");
            let title = format!("No dbt_project.yml found at expected path {}", path.display());
            return Err(failure(title)
                .with_help("Verify that each entry within packages.yml (and their transitive dependencies) contains a file named dbt_project.yml")
                .into());
        }
        let prefix = format!("{}/", folder.display());
        let file = ProjectFile::read(folder, &prefix)?;
        let mut diagnostics = Diagnostics::new();
        let name = file.yaml.entry("name").map(|name| {
            let rendering = crate::project::render::Rendering {
                renderer: self.options.renderer,
                is_late: crate::project::render::never,
            };
            rendering.tree(name, &mut diagnostics)
        });
        let Some(name) = name.as_ref().and_then(|name| name.as_str()).filter(|name| !name.is_empty()) else {
            return Err(failure("Package defined in dbt_project.yml must have a name!")
                .in_path(file.file.path.as_str())
                .into());
        };
        let wanted = spec::read(folder, &prefix, self.options.renderer)?;
        diagnostics.into_result(())?;
        Ok(Metadata { name: name.to_owned(), packages: wanted.packages, pinned, folder: Some(folder.to_owned()) })
    }

    /// Downloads and unpacks an archive; returns the one folder in it.
    pub fn extracted(&self, address: &str, name: &str) -> Result<PathBuf, Box<Diagnostic>> {
        let place = self.folder.join(format!("{}_untarred", digest(&format!("{address}\n{name}"))));
        if !place.exists() {
            let archive = self.folder.join(format!("{}.tar.gz", digest(address)));
            self.download(address, &archive)?;
            unpack(&archive, &place).map_err(|error| {
                Box::new(failure(format!("cannot unpack the archive of {}: {error}", self.options.scrubbed(address))))
            })?;
        }
        let entries: Vec<PathBuf> = fs::read_dir(&place)
            .map_err(|error| Box::new(cannot("read", &place, &error)))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        match entries.as_slice() {
            [folder] if folder.is_dir() => Ok(folder.clone()),
            _ => Err(Box::new(failure(format!(
                "Incorrect structure for package extracted from {}. The extracted package needs to follow the structure {name}/<package_contents>.",
                self.options.scrubbed(address)
            )))),
        }
    }

    /// Downloads a file of the hub's index, once.
    pub fn json(&mut self, path: &str) -> Result<Value, Box<Diagnostic>> {
        if let Some(known) = self.json.get(path) {
            return Ok(known.clone());
        }
        let base = self.options.environment.get("DBT_PACKAGE_HUB_URL").filter(|address| !address.is_empty());
        let address = format!("{}api/v1/{path}", base.map_or(HUB, String::as_str));
        let file = self.folder.join(format!("{}.json", digest(&address)));
        self.download(&address, &file)?;
        let text = fs::read_to_string(&file).map_err(|error| Box::new(cannot("read", &file, &error)))?;
        let value: Value = serde_json::from_str(&text)
            .map_err(|error| Box::new(failure(format!("the answer of `{address}` is no JSON: {error}"))))?;
        self.json.insert(path.to_owned(), value.clone());
        Ok(value)
    }

    /// Returns what the hub knows of a package, and whether it was asked for the first time.
    pub fn package(&mut self, name: &str) -> Result<(Value, bool), Box<Diagnostic>> {
        let path = format!("{name}.json");
        let is_first = !self.json.contains_key(&path);
        Ok((self.json(&path)?, is_first))
    }

    /// Downloads with the user's own `curl`.
    fn download(&self, address: &str, file: &Path) -> Result<(), Box<Diagnostic>> {
        let shown = self.options.scrubbed(address);
        let wrong = |reason: &str| {
            let title = format!("cannot fetch `{shown}`: {reason}");
            let help = "packages that are not `local:` need the network; to do without it, put the package's folder into `dbt_packages`";
            Box::new(failure(self.options.scrubbed(&title)).with_help(help))
        };
        let arguments =
            ["--silent", "--show-error", "--fail", "--location", "--retry", "2", "--max-time", TIMEOUT, "--output"];
        let output = Command::new("curl").args(arguments).arg(file).arg("--").arg(address).output();
        match output {
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => {
                // Each try says the same.
                let words = String::from_utf8_lossy(&output.stderr);
                Err(wrong(words.lines().next_back().unwrap_or("curl failed without a word")))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(wrong("the program `curl` is not there, and Martlet downloads with it"))
            }
            Err(error) => Err(wrong(&error.to_string())),
        }
    }
}

fn unpack(archive: &Path, place: &Path) -> std::io::Result<()> {
    fs::create_dir_all(place)?;
    let file = fs::File::open(archive)?;
    // `tar` refuses entries that lie outside of the folder.
    tar::Archive::new(flate2::read::GzDecoder::new(file)).unpack(place)
}

fn digest(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
