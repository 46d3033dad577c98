//! The project as it is beside an earlier state: which resources are new, modified, had a result, have fresher sources.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::PreviousState;
use super::contract::{self, ContractChange};
use super::same::{Aspect, same_aspect, same_exposure, same_key, same_node, same_semantic, same_source, text};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::manifest::Manifest;
use crate::resource::{Map, Node, ResourceType, UniqueId, Value, dictionary};

/// What dbt says of `state:` without a manifest to compare with.
pub const NO_MANIFEST: &str = "Got a state selector method, but no comparison manifest";
/// What dbt says of `result:` without results.
pub const NO_RESULTS: &str = "No comparison run_results";
/// What dbt says of `source_status:` without an earlier sources.json.
pub const NO_SOURCES: &str = "No previous state comparison freshness results in sources.json";

/// The packages of built-in macros: whose texts tell nothing of the project.
const BUILT_IN: [&str; 2] = ["macro.dbt.", "macro.dbt_duckdb."];

/// What `state:` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Check {
    New,
    Old,
    Modified,
    Unmodified,
    Aspect(Aspect),
    Macros,
    Contract,
}

const CHECKS: [(&str, Check); 10] = [
    ("new", Check::New),
    ("old", Check::Old),
    ("modified", Check::Modified),
    ("unmodified", Check::Unmodified),
    ("modified.body", Check::Aspect(Aspect::Body)),
    ("modified.configs", Check::Aspect(Aspect::Configs)),
    ("modified.persisted_descriptions", Check::Aspect(Aspect::PersistedDescriptions)),
    ("modified.relation", Check::Aspect(Aspect::Relation)),
    ("modified.macros", Check::Macros),
    ("modified.contract", Check::Contract),
];

/// A project beside an earlier state of it.
pub struct Comparison<'a> {
    manifest: &'a Manifest,
    previous: &'a PreviousState,
    settings: ComparisonSettings,
    changed_macros: OnceCell<BTreeSet<UniqueId>>,
}

/// What of the project's settings matters for a comparison.
#[derive(Clone, Copy, Debug)]
pub struct ComparisonSettings {
    /// Whether sources are compared by what is written of their place, and not by what came of it.
    pub unrendered_sources: bool,
    /// The time by which deprecation dates are past or not.
    pub now: DateTime<Utc>,
}

/// What was found, and what is to be told of it.
type Findings = (BTreeSet<UniqueId>, Diagnostics);

impl<'a> Comparison<'a> {
    /// Sets a project beside an earlier state.
    pub fn new(manifest: &'a Manifest, previous: &'a PreviousState, settings: ComparisonSettings) -> Self {
        Self { manifest, previous, settings, changed_macros: OnceCell::new() }
    }

    /// Returns which of some resources fit a value of the method `state`.
    ///
    /// # Errors
    /// When there is no manifest, the value is none of dbt's, or the contract of a versioned model was broken.
    pub fn changed<'i>(&self, value: &str, ids: impl Iterator<Item = &'i UniqueId>) -> Result<Findings, Diagnostic> {
        if self.previous.manifest.is_none() {
            return Err(Diagnostic::error(Kind::Runtime, "E0504", NO_MANIFEST)
                .with_help(format!("there is no manifest.json in `{}`", self.previous.shown)));
        }
        let Some((_, check)) = CHECKS.iter().find(|(name, _)| *name == value) else {
            let names: Vec<String> = CHECKS.iter().map(|(name, _)| format!("'{name}'")).collect();
            let title = format!("Got an invalid selector \"{value}\", expected one of \"[{}]\"", names.join(", "));
            let diagnostic = Diagnostic::error(Kind::Runtime, "E0503", title);
            return Err(diagnostic.with_nearest(value, CHECKS.iter().map(|(name, _)| *name)));
        };
        let mut found = BTreeSet::new();
        let mut warnings = Diagnostics::new();
        for id in ids {
            if self.fits(id, *check, &mut warnings)? {
                found.insert(id.clone());
            }
        }
        if matches!(check, Check::Modified | Check::Unmodified | Check::Contract) {
            self.check_removed(&mut warnings)?;
        }
        Ok((found, warnings))
    }

    /// Returns what had a result of that status.
    ///
    /// # Errors
    /// When there are no results.
    pub fn with_result(&self, status: &str) -> Result<BTreeSet<UniqueId>, Diagnostic> {
        let results = self.previous.results.as_ref().ok_or_else(|| self.absent(NO_RESULTS, "run_results.json"))?;
        let results = results.get("results").and_then(Value::as_array).into_iter().flatten();
        let matching = results.filter_map(Value::as_object).filter(|result| text(result, "status") == status);
        Ok(matching.map(|result| UniqueId::from_text(text(result, "unique_id"))).collect())
    }

    /// Returns the sources whose rows are newer than they were.
    ///
    /// # Errors
    /// When one of the two files of freshness is missing.
    pub fn with_source_status(&self, status: &str) -> Result<BTreeSet<UniqueId>, Diagnostic> {
        let before = self.previous.sources.as_ref().ok_or_else(|| self.absent(NO_SOURCES, "sources.json"))?;
        let now = self.previous.current_sources.as_ref().ok_or_else(|| {
            let title = "No current state comparison freshness results in sources.json";
            Diagnostic::error(Kind::Runtime, "E0504", title).with_help("run `source freshness` first")
        })?;
        let loaded = |map: &Map| -> Vec<(UniqueId, DateTime<Utc>)> {
            let results = map.get("results").and_then(Value::as_array).into_iter().flatten();
            let entry = |result: &Value| {
                let id = UniqueId::from_text(result.get("unique_id")?.as_str()?);
                let time = DateTime::parse_from_rfc3339(result.get("max_loaded_at")?.as_str()?).ok()?;
                Some((id, time.to_utc()))
            };
            results.filter_map(entry).collect()
        };
        if status != "fresher" {
            return Ok(BTreeSet::new());
        }
        let before = loaded(before);
        let fresher = loaded(now).into_iter().filter(|(id, time)| {
            before.iter().find(|(other, _)| other == id).is_none_or(|(_, earlier)| time > earlier)
        });
        Ok(fresher.map(|(id, _)| id).collect())
    }

    fn absent(&self, title: &str, file: &str) -> Diagnostic {
        Diagnostic::error(Kind::Runtime, "E0504", title)
            .with_help(format!("there is no {file} in `{}`", self.previous.shown))
    }

    fn fits(&self, id: &UniqueId, check: Check, warnings: &mut Diagnostics) -> Result<bool, Diagnostic> {
        let old = self.old(id);
        Ok(match check {
            Check::New => old.is_none(),
            Check::Old => old.is_some(),
            Check::Modified => self.is_modified(id, old, warnings)?,
            Check::Unmodified => !self.is_modified(id, old, warnings)?,
            Check::Macros => self.has_changed_macros(id)?,
            Check::Aspect(aspect) => self.has_changed_aspect(id, old, aspect, warnings),
            Check::Contract => match (self.manifest.nodes.contains_key(id), old) {
                (false, _) => false,
                (true, None) => true,
                (true, Some(old)) => self.has_changed_contract(id, old, warnings)?,
            },
        })
    }

    fn old(&self, id: &UniqueId) -> Option<&'a Map> {
        let sections =
            ["nodes", "sources", "exposures", "unit_tests", "metrics", "semantic_models", "saved_queries", "functions"];
        sections.iter().find_map(|section| self.previous.section(section)?.get(id.as_str())?.as_object())
    }

    fn is_modified(&self, id: &UniqueId, old: Option<&Map>, warnings: &mut Diagnostics) -> Result<bool, Diagnostic> {
        let Some(old) = old else {
            // As in dbt, a source, an exposure or a metric that is new is not a modified one.
            let is_known_by_itself = self.manifest.sources.contains_key(id)
                || self.manifest.exposures.contains_key(id)
                || self.manifest.semantic.contains_key(id);
            return Ok(!is_known_by_itself);
        };
        let is_contract_changed = self.has_changed_contract(id, old, warnings)?;
        if let Some(node) = self.manifest.nodes.get(id) {
            let new = dictionary::node(node, self.manifest.parents_of(id));
            if node.resource_type == ResourceType::Seed {
                warnings.extend(large_seed(&new, old));
            }
            let has_changed_macros = self.has_changed_macros(id)?;
            return Ok(!same_node(&new, old) || is_contract_changed || has_changed_macros);
        }
        if let Some(source) = self.manifest.sources.get(id) {
            return Ok(!same_source(&object(dictionary::source(source)), old, self.settings.unrendered_sources));
        }
        if let Some(exposure) = self.manifest.exposures.get(id) {
            let new = object(dictionary::exposure(exposure, self.manifest.parents_of(id)));
            return Ok(!same_exposure(&new, old));
        }
        if let Some(node) = self.manifest.semantic.get(id) {
            return Ok(!same_semantic(&object(dictionary::semantic(node, self.manifest.parents_of(id))), old));
        }
        if let Some(test) = self.manifest.unit_tests.get(id) {
            return Ok(text(old, "checksum") != test.checksum);
        }
        Ok(false)
    }

    fn has_changed_aspect(&self, id: &UniqueId, old: Option<&Map>, aspect: Aspect, warnings: &mut Diagnostics) -> bool {
        let new = if let Some(node) = self.manifest.nodes.get(id) {
            dictionary::node(node, self.manifest.parents_of(id))
        } else if let (Some(source), Aspect::Configs | Aspect::Relation) = (self.manifest.sources.get(id), aspect) {
            object(dictionary::source(source))
        } else if let (Some(exposure), Aspect::Configs) = (self.manifest.exposures.get(id), aspect) {
            object(dictionary::exposure(exposure, self.manifest.parents_of(id)))
        } else {
            return false;
        };
        let Some(old) = old else { return true };
        if aspect == Aspect::Body && text(&new, "resource_type") == "seed" {
            warnings.extend(large_seed(&new, old));
        }
        if aspect == Aspect::Relation && self.settings.unrendered_sources && text(&new, "resource_type") == "source" {
            let keys = ["unrendered_database", "unrendered_schema", "identifier"];
            return !keys.iter().all(|key| same_key(&new, old, key));
        }
        !same_aspect(&new, old, aspect)
    }

    fn has_changed_contract(&self, id: &UniqueId, old: &Map, warnings: &mut Diagnostics) -> Result<bool, Diagnostic> {
        let Some(node) = self.manifest.nodes.get(id).filter(|node| node.resource_type == ResourceType::Model) else {
            return Ok(false);
        };
        let new = dictionary::node(node, self.manifest.parents_of(id));
        match contract::compare(&new, old) {
            ContractChange::None => Ok(false),
            ContractChange::Harmless => Ok(true),
            ContractChange::Breaking(diagnostic) if diagnostic.is_error() => Err(*diagnostic),
            ContractChange::Breaking(diagnostic) => {
                warnings.push(*diagnostic);
                Ok(true)
            }
        }
    }

    /// Models that are gone have broken their contracts too.
    fn check_removed(&self, warnings: &mut Diagnostics) -> Result<(), Diagnostic> {
        for (id, old) in self.previous.section("nodes").into_iter().flatten() {
            let Some(old) = old.as_object().filter(|old| text(old, "resource_type") == "model") else { continue };
            let id = UniqueId::from_text(id);
            let disabled = self.manifest.disabled.nodes.iter().find(|node| node.unique_id == id);
            let node = match disabled {
                Some(node) => dictionary::node(node, &[]),
                None if self.manifest.nodes.contains_key(&id) => continue,
                None => old.clone(),
            };
            match contract::removed(&node, self.is_past(text(&node, "deprecation_date"))) {
                ContractChange::Breaking(diagnostic) if diagnostic.is_error() => return Err(*diagnostic),
                ContractChange::Breaking(diagnostic) => warnings.push(*diagnostic),
                _ => {}
            }
        }
        Ok(())
    }

    fn is_past(&self, date: &str) -> bool {
        let day = date.get(..10).and_then(|day| day.parse::<chrono::NaiveDate>().ok());
        day.is_some_and(|day| day < self.settings.now.date_naive())
    }

    fn has_changed_macros(&self, id: &UniqueId) -> Result<bool, Diagnostic> {
        let changed = self.changed_macros.get_or_init(|| self.find_changed_macros());
        let Some(node) = self.manifest.nodes.get(id).filter(|_| !changed.is_empty()) else { return Ok(false) };
        if is_without_macro(node) {
            return Err(macro_gone(node));
        }
        let mut open: Vec<&UniqueId> = node.macros.iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            if changed.contains(id) {
                return Ok(true);
            }
            open.extend(self.manifest.macros.get(id).into_iter().flat_map(|entry| &entry.depends_on_macros));
        }
        Ok(false)
    }

    fn find_changed_macros(&self) -> BTreeSet<UniqueId> {
        let empty = Map::new();
        let old = self.previous.section("macros").unwrap_or(&empty);
        let is_own = |id: &str| !BUILT_IN.iter().any(|prefix| id.starts_with(prefix));
        let is_changed = |id: &UniqueId, code: &str| match old.get(id.as_str()).and_then(Value::as_object) {
            Some(old) => text(old, "macro_sql").trim() != code.trim(),
            None => true,
        };
        let own = self.manifest.macros.iter().filter(|(id, _)| is_own(id.as_str()));
        let changed = own.filter(|(id, entry)| is_changed(id, entry.definition.span.text()));
        let gone = old.keys().filter(|id| is_own(id)).map(|id| UniqueId::from_text(id));
        let gone = gone.filter(|id| !self.manifest.macros.contains_key(id));
        changed.map(|(id, _)| id.clone()).chain(gone).collect()
    }
}

/// Returns whether a node is a generic test whose macro is not there.
fn is_without_macro(node: &Node) -> bool {
    let Some(test) = node.test().and_then(|test| test.generic.as_ref()) else { return false };
    let name = format!(".test_{test}");
    !node.macros.iter().any(|id| id.as_str().ends_with(&name))
}

fn macro_gone(node: &Node) -> Diagnostic {
    let title = format!(
        "Node '{}' (in {}) depends on a macro or test that does not exist. This can happen when a macro or generic test is \
         removed but is still referenced. Check for typos and/or install package dependencies with 'dbt deps'.",
        node.name, node.original_file_path
    );
    Diagnostic::error(Kind::Compilation, "E0515", title)
}

fn object(value: Value) -> Map {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A seed that is too large to be read is known by its path only; says what that means.
fn large_seed(new: &Map, old: &Map) -> Option<Diagnostic> {
    let kind = |map: &Map| {
        let checksum = map.get("checksum").and_then(Value::as_object);
        checksum.map(|checksum| text(checksum, "name").to_owned()).unwrap_or_default()
    };
    if kind(new) != "path" {
        return None;
    }
    let seed = format!("Found a seed ({}.{}) >1MB in size", text(new, "package_name"), text(new, "name"));
    let (code, title) = if kind(old) != "path" {
        ("W0504", format!("{seed}. The previous file was <=1MB, so it has changed"))
    } else if same_key(new, old, "checksum") {
        ("W0505", format!("{seed} at the same path, dbt cannot tell if it has changed: assuming they are the same"))
    } else {
        ("W0506", format!("{seed}. The previous file was in a different location, assuming it has changed"))
    };
    Some(Diagnostic::warning(Kind::Runtime, code, title))
}
