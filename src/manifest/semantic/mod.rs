//! What semantic models, metrics and saved queries depend on, and whether they fit together.

use crate::diagnostic::Diagnostics;
use crate::project::Project;

use super::Manifest;

/// Finds what the resources of the semantic layer depend on.
pub(super) fn resolve(manifest: &mut Manifest, _project: &Project, _diagnostics: &mut Diagnostics) {
    let ids: Vec<_> = manifest.semantic.keys().cloned().collect();
    for id in ids {
        manifest.parents.entry(id).or_default();
    }
}
