//! What `build` has nothing to do for, exposures and saved queries: as in dbt, they are among the results all the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::cli::workspace::Workspace;
use crate::manifest::Manifest;
use crate::report::{Entry, KindCount, Level, no_op_line};
use crate::resource::UniqueId;
use crate::run::{NodeResult, RunResults, Status, Timing};

/// Adds the results of what there is nothing to do for: skipped where what is shown could not be built.
pub(super) fn add(workspace: &Workspace, idle: &BTreeSet<UniqueId>, results: &mut RunResults) {
    let failed = |result: &&NodeResult| result.status.is_failure() || result.status == Status::Skipped;
    let failed: BTreeSet<UniqueId> =
        results.results.iter().filter(failed).map(|result| result.unique_id.clone()).collect();
    let total = results.results.len() + idle.len();
    for id in idle {
        let above = workspace.graph.ancestors([id], None);
        let mut result = NodeResult::skipped(id.clone(), None);
        // As in dbt, failing tests of what is shown do not hold it back, only what could not be built does.
        if failed.is_disjoint(&above) {
            let now = chrono::Utc::now();
            let timing = |name| Timing { name, started_at: now, completed_at: now };
            result.status = Status::NoOp;
            result.message = Some("NO-OP".to_owned());
            result.failures = Some(0);
            result.timing = vec![timing("compile"), timing("execute")];
            if let Some((kind, name)) = described(&workspace.manifest, id) {
                let place = (results.results.len() + 1, total);
                workspace.setup.reporter.tell(&entry(place, (id, kind, name)));
            }
        }
        results.results.push(result);
    }
}

/// Counts what there was nothing to do for, by dbt's words.
pub(super) fn counts(manifest: &Manifest, results: &RunResults) -> Vec<KindCount> {
    let mut counts: BTreeMap<&'static str, KindCount> = BTreeMap::new();
    for result in &results.results {
        let Some((kind, _)) = described(manifest, &result.unique_id) else { continue };
        let kind_count = || KindCount { kind: kind.to_owned(), word: kind.to_owned(), ..KindCount::default() };
        let status = Status::ALL.iter().position(|status| *status == result.status).unwrap_or_default();
        counts.entry(kind).or_insert_with(kind_count).counts[status] += 1;
    }
    counts.into_values().collect()
}

/// Returns the kind and the name of what there is nothing to do for.
fn described<'a>(manifest: &'a Manifest, id: &UniqueId) -> Option<(&'static str, &'a str)> {
    if let Some(exposure) = manifest.exposures.get(id) {
        return Some(("exposure", &exposure.name));
    }
    manifest.semantic.get(id).map(|node| (node.resource_type.as_str(), node.name.as_str()))
}

fn entry((index, total): (usize, usize), (id, kind, name): (&UniqueId, &str, &str)) -> Entry {
    let description = format!("{} {name}", kind.replace('_', " "));
    let line = no_op_line((index, total), &description);
    let info = json!({"node_name": name, "resource_type": kind, "node_status": "no-op", "unique_id": id.as_str()});
    let data = json!({
        "description": description, "index": index, "total": total, "execution_time": 0.0, "node_info": info,
    });
    Entry::new(Level::Info, "LogNodeNoOpResult", line, data)
}
