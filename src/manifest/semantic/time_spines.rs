//! Time spines: the models by which query engines of metrics count time.

use super::Manifest;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::resource::{Detail, Node, RefCall, ResourceType, Value};

/// The model that counts days where no model says that it is a time spine.
const LEGACY: &str = "metricflow_time_spine";

/// A model whose columns count time.
pub struct TimeSpine<'a> {
    /// The model.
    pub node: &'a Node,
    /// Its column of time.
    pub column: &'a str,
    /// The unit that the column counts.
    pub granularity: &'a str,
    /// The columns that count units of the project's own, as written.
    pub custom: &'a [Value],
}

impl Manifest {
    /// Returns the models that are declared as time spines.
    pub fn time_spines(&self) -> impl Iterator<Item = TimeSpine<'_>> {
        self.nodes.values().filter_map(|node| {
            let Detail::Model(model) = &node.detail else { return None };
            let spine = model.time_spine.as_ref()?;
            let column = spine.get("standard_granularity_column")?.as_str()?;
            let granularity = node.columns.get(column)?.granularity.as_deref()?;
            let custom = spine.get("custom_granularities").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            Some(TimeSpine { node, column, granularity, custom })
        })
    }

    /// Returns the model that counts days by its name alone, when there are semantic models to use it.
    pub fn legacy_time_spine(&self) -> Option<&Node> {
        self.semantic_of(ResourceType::SemanticModel).next()?;
        let call =
            RefCall { package: None, name: LEGACY.to_owned(), version: None, is_text_version: false, span: None };
        match self.look_up(&call, &self.project_name) {
            super::NodeLookup::Found(node) => Some(node),
            _ => None,
        }
    }
}

/// Semantic models need something that counts days or less.
pub(super) fn check(manifest: &Manifest, diagnostics: &mut Diagnostics) {
    let Some(first) = manifest.semantic_of(ResourceType::SemanticModel).next() else { return };
    let is_fine = |granularity: &str| !matches!(granularity, "week" | "month" | "quarter" | "year");
    if manifest.legacy_time_spine().is_some() || manifest.time_spines().any(|spine| is_fine(spine.granularity)) {
        return;
    }
    let title = "The semantic layer requires a time spine model with granularity DAY or smaller in the project, but none was found. \
                 Guidance on creating this model can be found on our docs site \
                 (https://docs.getdbt.com/docs/build/metricflow-time-spine).";
    diagnostics.push(
        Diagnostic::error(Kind::Parsing, "E0324", title)
            .at(first.span.clone(), "this semantic model needs it")
            .with_help("give a model with one row for each day a `time_spine` in its properties, and `granularity: day` to its column"),
    );
}
