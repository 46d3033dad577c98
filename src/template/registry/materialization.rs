//! Which of several materializations of one name is meant.

use super::PackageOverrides;
use super::Registry;
use crate::resource::MacroDefinition;

/// Whose a materialization is; later ones win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Locality {
    BuiltIn,
    Package,
    Root,
}

impl Registry {
    /// Returns the macro of a materialization for an adapter.
    ///
    /// One for the adapter wins over a default one, then the root project's over a package's over a built-in one. A package
    /// alone cannot put its own in the place of a built-in one: the root project has to ask for it.
    pub fn materialization(&self, name: &str, adapter_type: &str) -> Option<&MacroDefinition> {
        let mut candidates = Vec::new();
        for (distance, adapter) in [adapter_type, "default"].into_iter().enumerate() {
            let wanted = format!("materialization_{name}_{adapter}");
            for known in self.macros.iter().filter(|known| known.name == wanted) {
                candidates.push((std::cmp::Reverse(distance), self.locality(&known.package), known));
            }
        }
        let best = |is_allowed: &dyn Fn(Locality) -> bool| {
            let allowed = candidates.iter().filter(|(_, locality, _)| is_allowed(*locality));
            allowed.max_by_key(|(distance, locality, _)| (*distance, *locality)).copied()
        };
        let (_, locality, found) = best(&|_| true)?;
        let has_built_in = candidates.iter().any(|(_, locality, _)| *locality == Locality::BuiltIn);
        if locality == Locality::Package && has_built_in && self.search.overrides == PackageOverrides::Explicit {
            return best(&|locality| locality != Locality::Package).map(|(_, _, known)| known);
        }
        Some(found)
    }

    /// Returns whether a materialization that was found is a package's, in the place of a built-in one.
    pub fn replaces_built_in(&self, found: &MacroDefinition, name: &str, adapter_type: &str) -> bool {
        let names = [adapter_type, "default"].map(|adapter| format!("materialization_{name}_{adapter}"));
        let is_built_in =
            |known: &MacroDefinition| names.contains(&known.name) && self.locality(&known.package) == Locality::BuiltIn;
        self.locality(&found.package) == Locality::Package && self.macros.iter().any(is_built_in)
    }

    fn locality(&self, package: &str) -> Locality {
        match package {
            package if package == self.search.root => Locality::Root,
            package if self.is_internal(package) => Locality::BuiltIn,
            _ => Locality::Package,
        }
    }
}
