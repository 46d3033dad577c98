//! The macros of all packages: found by name as dbt finds them.

mod dispatch;
mod materialization;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::scan::{self, Block, MacroCall};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, SourceFile, Span};
use crate::project::DispatchRule;
use crate::resource::{MacroDefinition, MacroKind, ResourceType, UniqueId};

pub use dispatch::NotDispatched;

/// The macros, tests and materializations of all packages, in the order they were added.
#[derive(Debug, Default)]
pub struct Registry {
    macros: Vec<MacroDefinition>,
    by_id: HashMap<UniqueId, usize>,
    /// All macros of a name, so that a name that is no macro costs one look.
    by_name: HashMap<String, Vec<usize>>,
    packages: HashSet<String>,
    search: Search,
}

/// Where names are looked for.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// The root project, whose macros are seen by all packages.
    pub root: String,
    /// The built-in packages, the first one winning.
    pub internal: Vec<String>,
    /// The root project's rules for `adapter.dispatch`.
    pub dispatch: Vec<DispatchRule>,
    /// Name of the adapter.
    pub adapter_type: &'static str,
    /// Whether packages replace built-in materializations.
    pub overrides: PackageOverrides,
}

/// Whether packages replace built-in materializations by their own of the same name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PackageOverrides {
    /// Only where the root project asks for it.
    #[default]
    Explicit,
    /// By being there, as dbt did before the flag `require_explicit_package_overrides_for_builtin_materializations`.
    Implicit,
}

impl Registry {
    /// Makes an empty one.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn set_search(&mut self, search: Search) {
        self.search = search;
    }

    /// Adds the macros, tests and materializations of a file.
    ///
    /// # Errors
    /// When the file cannot be read as blocks, or a name is defined twice in one package.
    pub fn add_file(
        &mut self,
        package: &str,
        original_file_path: &str,
        file: &Arc<SourceFile>,
    ) -> Result<(), Diagnostics> {
        let blocks = scan::blocks(&file.text).map_err(|error| Diagnostics::from(error.into_diagnostic(file, 0)))?;
        let mut mistakes = Diagnostics::new();
        for block in blocks {
            if matches!(block.kind, MacroKind::Macro | MacroKind::Test | MacroKind::Materialization { .. }) {
                self.add(definition(package, original_file_path, file, &block)).unwrap_or_else(|mistake| {
                    mistakes.push(*mistake);
                });
            }
        }
        if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
    }

    fn add(&mut self, definition: MacroDefinition) -> Result<(), Box<Diagnostic>> {
        if let Some(known) = self.own(&definition.package, &definition.name).and_then(|index| self.macros.get(index)) {
            let (name, package) = (&definition.name, &definition.package);
            let title = format!("dbt found multiple macros named \"{name}\" in the project \"{package}\".");
            return Err(Box::new(
                Diagnostic::error(Kind::Compilation, "E0261", title)
                    .at(head(&definition), "again here")
                    .with_context(head(known), "defined here")
                    .with_note("All macros require unique names, to fix this error rename or remove any duplicates.")
                    .with_note(format!(
                        "They can be found in these files: {} {}",
                        definition.original_file_path, known.original_file_path
                    )),
            ));
        }
        self.packages.insert(definition.package.clone());
        self.by_name.entry(definition.name.clone()).or_default().push(self.macros.len());
        self.by_id.insert(definition.unique_id.clone(), self.macros.len());
        self.macros.push(definition);
        Ok(())
    }

    /// Returns all of them in order.
    pub fn macros(&self) -> impl Iterator<Item = &MacroDefinition> {
        self.macros.iter()
    }

    /// Returns the macro of that id.
    pub fn get(&self, id: &UniqueId) -> Option<&MacroDefinition> {
        self.by_id.get(id).and_then(|index| self.macros.get(*index))
    }

    /// Returns the macro that a name means in `from_package`. Without a package: the package's own, the root project's,
    /// the built-in ones. `dbt` as package means all built-in ones.
    pub fn find(&self, package: Option<&str>, name: &str, from_package: &str) -> Option<&MacroDefinition> {
        self.index_of(package, name, from_package).and_then(|index| self.macros.get(index))
    }

    /// Returns the macro of a generic test: `name` without `test_`.
    pub fn test(&self, name: &str, package: Option<&str>, from_package: &str) -> Option<&MacroDefinition> {
        let name = format!("test_{name}");
        self.find(package, &name, from_package)
            .or_else(|| if package.is_none() { self.find_anywhere(&name) } else { None })
    }

    /// Returns the names that can be called in `from_package` without a prefix, for "did you mean".
    pub fn names(&self, from_package: &str) -> Vec<&str> {
        let is_seen = |package: &str| {
            package == from_package
                || package == self.search.root
                || self.search.internal.iter().any(|name| name == package)
        };
        self.macros.iter().filter(|known| is_seen(&known.package)).map(|known| known.name.as_str()).collect()
    }

    /// Returns the ids of the macros that a macro calls, as far as its text tells.
    pub fn dependencies(&self, definition: &MacroDefinition) -> Vec<UniqueId> {
        let mut found: Vec<UniqueId> = Vec::new();
        let mut add = |package: &str, name: &str| {
            let own = self.own(package, name).and_then(|index| self.macros.get(index));
            if let Some(known) = own.or_else(|| self.find_anywhere(name))
                && !found.contains(&known.unique_id)
            {
                found.push(known.unique_id.clone());
            }
        };
        for call in scan::macro_calls(definition.span.text()) {
            match call {
                MacroCall::Plain(name) if name == definition.name => {}
                MacroCall::Plain(name) => add(&definition.package, &name),
                MacroCall::Qualified(package, name) => add(&package, &name),
                MacroCall::Dispatch { name, namespace } => {
                    if name != definition.name {
                        add(&definition.package, &name);
                    }
                    if let Ok(known) = self.dispatch(&name, namespace.as_deref(), &definition.package) {
                        add(&known.package, &known.name);
                    }
                }
            }
        }
        found
    }

    pub(super) fn len(&self) -> usize {
        self.macros.len()
    }

    pub(super) fn definition(&self, index: usize) -> Option<&MacroDefinition> {
        self.macros.get(index)
    }

    pub(super) fn index_of_id(&self, id: &UniqueId) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// Returns whether there are macros under that package name, as templates name it: built-in ones only as `dbt`.
    pub(super) fn is_package(&self, name: &str) -> bool {
        if name == "dbt" {
            !self.search.internal.is_empty()
        } else {
            !self.is_internal(name) && self.packages.contains(name)
        }
    }

    /// Returns whether a package is one of the built-in ones.
    pub fn is_internal(&self, package: &str) -> bool {
        self.search.internal.iter().any(|name| name == package)
    }

    pub(super) fn index_of(&self, package: Option<&str>, name: &str, from_package: &str) -> Option<usize> {
        let named = self.by_name.get(name)?;
        let own = |package: &str| named.iter().copied().find(|index| self.macros[*index].package == package);
        let internal = || self.search.internal.iter().find_map(|package| own(package));
        match package {
            Some("dbt") => internal(),
            Some(package) => own(package),
            None if self.is_internal(from_package) => own(&self.search.root).or_else(internal),
            None => own(from_package).or_else(|| own(&self.search.root)).or_else(internal),
        }
    }

    /// Returns the macro of one package.
    fn own(&self, package: &str, name: &str) -> Option<usize> {
        self.by_name.get(name)?.iter().copied().find(|index| self.macros[*index].package == package)
    }

    /// Returns the macro of that name from whichever package: the root project's, another package's, a built-in one.
    pub(super) fn find_anywhere(&self, name: &str) -> Option<&MacroDefinition> {
        let of = |is_wanted: &dyn Fn(&str) -> bool| {
            let named = self.by_name.get(name).into_iter().flatten().rev();
            named.filter_map(|index| self.macros.get(*index)).find(|known| is_wanted(&known.package))
        };
        let seen = self.index_of(None, name, &self.search.root).and_then(|index| self.macros.get(index));
        match seen {
            Some(known) if !self.is_internal(&known.package) => Some(known),
            _ => of(&|package| !self.is_internal(package)).or(seen),
        }
    }
}

/// The head of a macro's block.
pub(super) fn head(definition: &MacroDefinition) -> Span {
    let text = definition.span.text();
    let length = text.find("%}").map_or(text.len(), |end| end + 2);
    let start = definition.span.range.start;
    Span::new(&definition.span.file, start..start + length)
}

fn definition(package: &str, path: &str, file: &Arc<SourceFile>, block: &Block) -> MacroDefinition {
    let name = block.macro_name();
    MacroDefinition {
        unique_id: UniqueId::new(ResourceType::Macro, package, &name),
        package: package.to_owned(),
        name,
        kind: block.kind.clone(),
        parameters: block.parameters.clone(),
        original_file_path: path.to_owned(),
        span: Span::new(file, block.range.clone()),
    }
}

#[cfg(test)]
mod tests;
