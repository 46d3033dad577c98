//! A package of which the very version is chosen.

use super::DepsOptions;
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{Map, Value};

/// A package with its version.
#[derive(Clone, Debug)]
pub(super) enum Pinned {
    Local(String),
    Tarball { address: String, unrendered: String, name: String },
    Git { address: String, unrendered: String, revision: String, warns: bool, subdirectory: Option<String> },
    Hub { name: String, version: String, latest: String },
}

impl Pinned {
    /// Returns the name that progress shows.
    pub fn shown_name(&self) -> String {
        match self {
            Self::Local(folder) => folder.clone(),
            Self::Tarball { name, .. } | Self::Hub { name, .. } => name.clone(),
            Self::Git { address, subdirectory: Some(subdirectory), .. } => format!("{address}/{subdirectory}"),
            Self::Git { address, .. } => address.clone(),
        }
    }

    /// Returns what progress says it was installed from.
    pub fn shown_version(&self) -> String {
        match self {
            Self::Local(folder) => format!("<local @ {folder}>"),
            Self::Tarball { address, .. } => format!("tarball (url: {address})"),
            Self::Git { revision, .. } if revision == "HEAD" => "HEAD (default revision)".to_owned(),
            Self::Git { revision, .. } => format!("revision {revision}"),
            Self::Hub { version, .. } => format!("version {version}"),
        }
    }

    /// Returns its entry of the lock file; secrets are struck out of addresses.
    pub fn locked(&self, project: &str, options: &DepsOptions<'_>) -> Value {
        let mut entry = Map::new();
        match self {
            Self::Local(folder) => {
                entry.insert("local".to_owned(), folder.as_str().into());
            }
            Self::Tarball { unrendered, .. } => {
                entry.insert("tarball".to_owned(), scrubbed(unrendered, options).into());
            }
            Self::Git { unrendered, revision, subdirectory, .. } => {
                entry.insert("git".to_owned(), scrubbed(unrendered, options).into());
                entry.insert("revision".to_owned(), revision.as_str().into());
                if let Some(subdirectory) = subdirectory {
                    entry.insert("subdirectory".to_owned(), subdirectory.as_str().into());
                }
            }
            Self::Hub { name, version, .. } => {
                entry.insert("package".to_owned(), name.as_str().into());
                entry.insert("version".to_owned(), version.as_str().into());
            }
        }
        entry.insert("name".to_owned(), project.into());
        Value::Object(entry)
    }
}

fn scrubbed(text: &str, options: &DepsOptions<'_>) -> String {
    let clean = options.scrubbed(text);
    if clean != text {
        let title = format!(
            "Detected secret env var in {clean}. dbt will write a scrubbed representation to the lock file. \
             This will cause issues with subsequent 'dbt deps' using the lock file, requiring 'dbt deps --upgrade'"
        );
        (options.warn)(Diagnostic::warning(Kind::Runtime, "W0108", title));
    }
    clean
}
