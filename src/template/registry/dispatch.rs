//! `adapter.dispatch`: the form of a macro that fits the adapter.

use super::Registry;
use crate::resource::MacroDefinition;

/// A dispatch that found nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotDispatched {
    /// The name.
    pub name: String,
    /// The namespace, when one was given.
    pub namespace: Option<String>,
    /// What was looked for, in order.
    pub attempts: Vec<String>,
}

impl NotDispatched {
    /// Returns dbt's message.
    pub fn message(&self) -> String {
        let Self { name, namespace, attempts } = self;
        let namespace = namespace.as_deref().unwrap_or("None");
        let attempts: Vec<String> = attempts.iter().map(|attempt| format!("'{attempt}'")).collect();
        let attempts = attempts.join(", ");
        format!(
            "In dispatch: No macro named '{name}' found within namespace: '{namespace}'\n    Searched for: {attempts}"
        )
    }
}

impl Registry {
    /// Returns the macro that `adapter.dispatch(name, namespace)` means in `from_package`.
    ///
    /// The packages of the project's rule for the namespace are searched, else the root project and the namespace's package;
    /// in each, the adapter's form comes before the default one.
    ///
    /// # Errors
    /// What was searched for, when there is none.
    pub fn dispatch(
        &self,
        name: &str,
        namespace: Option<&str>,
        from_package: &str,
    ) -> Result<&MacroDefinition, NotDispatched> {
        self.dispatch_index(name, namespace, from_package).map(|index| &self.macros[index])
    }

    pub(in crate::template) fn dispatch_index(
        &self,
        name: &str,
        namespace: Option<&str>,
        from_package: &str,
    ) -> Result<usize, NotDispatched> {
        let mut attempts = Vec::new();
        let prefixes = [self.search.adapter_type, "default"];
        for package in self.search_packages(namespace) {
            for prefix in prefixes {
                let wanted = format!("{prefix}__{name}");
                if let Some(index) = self.index_of(package, &wanted, from_package) {
                    return Ok(index);
                }
                attempts.push(package.map_or_else(|| wanted.clone(), |package| format!("{package}.{wanted}")));
            }
        }
        // In generic tests dbt looks into all packages when none is named.
        let is_open = namespace.is_none();
        let anywhere = prefixes.iter().find_map(|prefix| self.find_anywhere(&format!("{prefix}__{name}")));
        match anywhere.and_then(|known| self.index_of_id(&known.unique_id)).filter(|_| is_open) {
            Some(index) => Ok(index),
            None => Err(NotDispatched { name: name.to_owned(), namespace: namespace.map(str::to_owned), attempts }),
        }
    }

    /// The packages to search, none standing for the usual order of names.
    fn search_packages<'a>(&'a self, namespace: Option<&'a str>) -> Vec<Option<&'a str>> {
        let Some(namespace) = namespace else { return vec![None] };
        if let Some(rule) = self.search.dispatch.iter().find(|rule| rule.macro_namespace == namespace) {
            return rule.search_order.iter().map(|package| Some(package.as_str())).collect();
        }
        let is_known =
            self.packages.contains(namespace) || self.is_internal(namespace) || namespace == self.search.root;
        if is_known { vec![Some(&self.search.root), Some(namespace)] } else { vec![None] }
    }
}
