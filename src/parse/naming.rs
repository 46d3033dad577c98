//! Where a node goes in the database: database, schema and alias, by the `generate_*_name` macros.
//!
//! When a user did not override a macro, its rule is applied here, without rendering.

use std::collections::BTreeMap;

use super::templates::Templates;
use crate::diagnostic::Diagnostic;
use crate::project::{Project, Target};
use crate::resource::{Map, NodeConfig, UniqueId, Value};

/// A part of a relation's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Database,
    Schema,
    Alias,
}

impl Part {
    const ALL: [Self; 3] = [Self::Database, Self::Schema, Self::Alias];

    fn key(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Schema => "schema",
            Self::Alias => "alias",
        }
    }
}

/// The rules of a project and its packages.
pub(crate) struct Naming {
    database: String,
    schema: String,
    /// The macros that users wrote, by part and package.
    custom: BTreeMap<(Part, String), UniqueId>,
    root: String,
}

/// The name of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// Database.
    pub database: String,
    /// Schema.
    pub schema: String,
    /// Name in the schema.
    pub alias: String,
}

/// What is named.
pub(crate) struct Named<'a> {
    /// Its package.
    pub package: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its version, for a versioned model.
    pub version: Option<&'a str>,
    /// Its merged configuration.
    pub config: &'a NodeConfig,
}

impl Naming {
    /// Finds the macros that users wrote: the root project's hold for all, a package's only for its own nodes.
    pub(crate) fn new(project: &Project, target: &Target, templates: &Templates) -> Self {
        let mut custom = BTreeMap::new();
        for package in std::iter::once(project).chain(&project.packages) {
            for part in Part::ALL {
                let name = format!("generate_{}_name", part.key());
                if let Some(definition) = templates.own(&package.name, &name) {
                    custom.insert((part, package.name.clone()), definition.unique_id.clone());
                }
            }
        }
        Self { database: target.database.clone(), schema: target.schema.clone(), custom, root: project.name.clone() }
    }

    /// Returns what a node is called before anything is known of it.
    pub(crate) fn initial(&self, name: &str) -> Names {
        Names { database: self.database.clone(), schema: self.schema.clone(), alias: name.to_owned() }
    }

    /// Names a node; `model` makes its dictionary, which the macros take.
    pub(crate) fn names(
        &self,
        named: &Named<'_>,
        templates: &Templates,
        model: &dyn Fn() -> Map,
    ) -> Result<Names, Diagnostic> {
        let part = |part: Part| match self.custom(part, named.package) {
            None => Ok(self.by_default(part, named)),
            Some(id) => {
                let custom = named.config.value(part.key()).cloned().unwrap_or_default();
                let value = templates.call(id, named.package, vec![custom, Value::Object(model())])?;
                Ok(match value {
                    Value::Null => String::new(),
                    other => super::generic::text::str(&other).trim().to_owned(),
                })
            }
        };
        Ok(Names { database: part(Part::Database)?, schema: part(Part::Schema)?, alias: part(Part::Alias)? })
    }

    fn custom(&self, part: Part, package: &str) -> Option<&UniqueId> {
        let of = |package: &str| self.custom.get(&(part, package.to_owned()));
        if self.custom.is_empty() { None } else { of(package).or_else(|| of(&self.root)) }
    }

    fn by_default(&self, part: Part, named: &Named<'_>) -> String {
        let custom = named.config.text(part.key()).map(str::trim);
        match (part, custom) {
            (Part::Database, custom) => custom.unwrap_or(&self.database).to_owned(),
            (Part::Schema, None) => self.schema.clone(),
            (Part::Schema, Some(custom)) => format!("{}_{custom}", self.schema),
            (Part::Alias, Some(custom)) if !custom.is_empty() => custom.to_owned(),
            (Part::Alias, _) => match named.version {
                Some(version) => format!("{}_v{}", named.name, version.replace('.', "_")),
                None => named.name.to_owned(),
            },
        }
    }
}
