//! Whether metrics and semantic models fit together.

use crate::diagnostic::Diagnostics;
use crate::manifest::Manifest;
use crate::project::Project;

/// Checks the semantic layer as a whole.
pub(super) fn validate(_manifest: &Manifest, _project: &Project, _diagnostics: &mut Diagnostics) {}
