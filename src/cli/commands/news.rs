//! What dbt tells of nodes that are about to be run: their groups, versions that wait to be the latest, materializations of packages.

use serde_json::json;

use super::nodes::group;
use crate::cli::CommandError;
use crate::cli::workspace::Workspace;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::manifest::Manifest;
use crate::report::{Entry, Level, node_info};
use crate::resource::{Detail, ModelDetail, Node, RefCall, ResourceType, UniqueId};

/// Tells of nodes.
///
/// # Errors
/// When a warning is to end the command.
pub(super) fn tell<'a>(
    workspace: &Workspace,
    ids: impl Iterator<Item = &'a UniqueId>,
    adapter_type: &str,
) -> Result<(), CommandError> {
    let mut warnings = Diagnostics::new();
    for node in ids.filter_map(|id| workspace.manifest.runnable(id)) {
        if let Some(group) = group(workspace, node) {
            workspace.setup.reporter.belongs(&node.unique_id, group);
        }
        for call in &node.refs {
            if let Some(entry) = newer_version(&workspace.manifest, node, call) {
                workspace.setup.reporter.tell(&entry);
            }
        }
        warnings.extend(overridden(workspace, node, adapter_type));
    }
    workspace.setup.warn(warnings)
}

/// Returns what is told of a reference that names no version when there are later ones than the latest.
fn newer_version(manifest: &Manifest, node: &Node, call: &RefCall) -> Option<Entry> {
    if call.version.is_some() {
        return None;
    }
    let is_meant = |model: &&Node| {
        model.name == call.name && call.package.as_ref().is_none_or(|package| *package == model.package)
    };
    let models: Vec<&Node> = manifest.nodes.values().filter(is_meant).collect();
    let parents = manifest.parents_of(&node.unique_id);
    let found = models.iter().find(|model| parents.contains(&model.unique_id))?;
    let latest = versions(found)?.latest_version.as_deref()?;
    let newest = models.iter().filter_map(|model| versions(model)?.version.as_deref()).max_by(|a, b| order(a, b))?;
    if order(newest, latest).is_le() {
        return None;
    }
    let (name, package) = (&found.name, &found.package);
    let text = format!(
        "While compiling '{}':\nFound an unpinned reference to versioned model '{name}' in project '{package}'.\n\
         Resolving to latest version: {name}.v{latest}\n\
         A prerelease version {newest} is available. It has not yet been marked 'latest' by its maintainer.\n\
         When that happens, this reference will resolve to {name}.v{newest} instead.\n\n  \
         Try out v{newest}: {{{{ ref('{package}', '{name}', v='{newest}') }}}}\n  \
         Pin to  v{latest}: {{{{ ref('{package}', '{name}', v='{latest}') }}}}\n",
        node.name
    );
    let data = json!({
        "ref_node_name": name, "ref_node_package": package, "ref_node_version": latest, "ref_max_version": newest,
    });
    let info = node_info(node, "compiling", "", None);
    Some(Entry::new(Level::Info, "UnpinnedRefNewVersionAvailable", text, data).about(&info).plain())
}

fn versions(node: &Node) -> Option<&ModelDetail> {
    match &node.detail {
        Detail::Model(detail) if detail.version.is_some() => Some(detail),
        _ => None,
    }
}

/// Orders versions: by number when both are numbers.
fn order(one: &str, other: &str) -> std::cmp::Ordering {
    match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => one.total_cmp(&other),
        _ => one.cmp(other),
    }
}

/// Warns of a package's materialization in the place of a built-in one, which a flag of the project still allows.
fn overridden(workspace: &Workspace, node: &Node, adapter_type: &str) -> Option<Diagnostic> {
    if !matches!(node.resource_type, ResourceType::Model | ResourceType::Seed | ResourceType::Snapshot) {
        return None;
    }
    let name = node.config.materialized();
    let registry = workspace.engine.registry();
    let found = registry.materialization(name, adapter_type)?;
    if !registry.replaces_built_in(found, name, adapter_type) {
        return None;
    }
    let title = format!(
        "Installed package '{}' is overriding the built-in materialization '{name}'. Overrides of built-in \
         materializations from installed packages will be deprecated in future versions of dbt. For more information: \
         https://docs.getdbt.com/reference/global-configs/legacy-behaviors",
        found.package
    );
    let facts = [("package_name", found.package.as_str()), ("materialization_name", name)];
    let warning = Diagnostic::warning(Kind::Compilation, "W0611", title);
    Some(warning.as_event("PackageMaterializationOverrideDeprecation", facts))
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::order;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(order("10", "9"), Ordering::Greater);
        assert_eq!(order("1.5", "1.10"), Ordering::Greater);
        assert_eq!(order("b", "a"), Ordering::Greater);
        assert_eq!(order("2", "2"), Ordering::Equal);
    }
}
