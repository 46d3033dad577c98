//! manifest.json, schema v12.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};

use super::{ArtifactError, Stamp, timestamp, write_json};
use crate::compile::ForeignKeys;
use crate::manifest::Manifest;
use crate::parse::MacroEntry;
use crate::resource::{Node, QuotePolicy, ResourceType, UniqueId, UnitTest, dictionary, md5_hex};
use crate::state::Deferral;

/// What a command did to a node: its compiled code.
#[derive(Clone, Debug)]
pub struct NodeOutput {
    /// The compiled code.
    pub compiled_code: String,
    /// Ephemeral models taken in: id and expression.
    pub extra_ctes: Vec<(UniqueId, String)>,
    /// What its foreign keys refer to.
    pub foreign_keys: ForeignKeys,
}

/// What manifest.json says beside the manifest itself.
pub struct ManifestContext<'a> {
    /// Who wrote it.
    pub stamp: &'a Stamp,
    /// Which parts of names are quoted.
    pub quoting: QuotePolicy,
    /// The target folder as shown in paths, such as `target`.
    pub target_path: String,
    /// Compiled nodes.
    pub outputs: &'a HashMap<UniqueId, NodeOutput>,
    /// Named selectors as dictionaries.
    pub selectors: Map<String, Value>,
    /// Where refs are deferred to.
    pub deferral: Option<&'a Deferral>,
}

/// Writes manifest.json into a folder. It is streamed: memory does not hold the whole text.
///
/// # Errors
/// When the file cannot be written.
pub fn write_manifest(folder: &Path, manifest: &Manifest, context: &ManifestContext<'_>) -> Result<(), ArtifactError> {
    write_json(&folder.join("manifest.json"), &File { manifest, context })
}

struct File<'a> {
    manifest: &'a Manifest,
    context: &'a ManifestContext<'a>,
}

/// A mapping that is made entry by entry while it is written.
struct Entries<F>(F);

impl<F, I> Serialize for Entries<F>
where
    F: Fn() -> I,
    I: Iterator<Item = (String, Value)>,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map((self.0)())
    }
}

impl Serialize for File<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let manifest = self.manifest;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("metadata", &self.metadata())?;
        let is_function = |node: &&Node| node.resource_type == ResourceType::Function;
        let entry = |node: &Node| (node.unique_id.to_string(), self.node(node));
        // To dbt a test that finds nothing to test is a node still.
        let orphans = || manifest.disabled.nodes.iter().filter(|node| manifest.orphans.contains_key(&node.unique_id));
        let nodes = || manifest.nodes.values().filter(|node| !is_function(node)).chain(orphans()).map(entry);
        map.serialize_entry("nodes", &Entries(nodes))?;
        let sources = || {
            manifest
                .sources
                .values()
                .map(|source| (source.unique_id.to_string(), self.dated(dictionary::source(source))))
        };
        map.serialize_entry("sources", &Entries(sources))?;
        let macros = || manifest.macros.iter().map(|(id, entry)| (id.to_string(), self.dated(macro_entry(entry))));
        map.serialize_entry("macros", &Entries(macros))?;
        let docs = || manifest.docs.values().map(|doc| (doc.unique_id.to_string(), dictionary::doc(doc)));
        map.serialize_entry("docs", &Entries(docs))?;
        let exposures = || {
            let entry = |id: &UniqueId, exposure| {
                (id.to_string(), self.dated(dictionary::exposure(exposure, manifest.parents_of(id))))
            };
            manifest.exposures.iter().map(move |(id, exposure)| entry(id, exposure))
        };
        map.serialize_entry("exposures", &Entries(exposures))?;
        map.serialize_entry("metrics", &Entries(|| self.semantic(ResourceType::Metric)))?;
        let groups = || manifest.groups.values().map(|group| (group.unique_id.to_string(), dictionary::group(group)));
        map.serialize_entry("groups", &Entries(groups))?;
        map.serialize_entry("selectors", &self.context.selectors)?;
        map.serialize_entry("disabled", &self.disabled())?;
        map.serialize_entry("parent_map", &relatives(manifest, Manifest::parents_of))?;
        map.serialize_entry("child_map", &children(manifest))?;
        map.serialize_entry("group_map", &group_map(manifest))?;
        map.serialize_entry("saved_queries", &Entries(|| self.semantic(ResourceType::SavedQuery)))?;
        map.serialize_entry("semantic_models", &Entries(|| self.semantic(ResourceType::SemanticModel)))?;
        let unit_tests = || manifest.unit_tests.values().map(|test| (test.unique_id.to_string(), self.unit_test(test)));
        map.serialize_entry("unit_tests", &Entries(unit_tests))?;
        map.serialize_entry("functions", &Entries(|| manifest.functions().map(entry)))?;
        map.end()
    }
}

impl File<'_> {
    /// dbt says of most resources when it read them.
    fn dated(&self, mut resource: Value) -> Value {
        resource["created_at"] = seconds(self.context.stamp).into();
        resource
    }

    fn metadata(&self) -> Map<String, Value> {
        let mut metadata = self.context.stamp.metadata("manifest/v12");
        let quoting = self.context.quoting;
        let more = json!({
            "project_name": self.manifest.project_name,
            "project_id": md5_hex(&self.manifest.project_name),
            "user_id": null,
            "send_anonymous_usage_stats": false,
            "adapter_type": "duckdb",
            "quoting": {
                "database": quoting.database,
                "schema": quoting.schema,
                "identifier": quoting.identifier,
                "column": null,
            },
            "run_started_at": timestamp(self.context.stamp.started_at),
        });
        if let Value::Object(more) = more {
            metadata.extend(more);
        }
        metadata
    }

    fn node(&self, node: &Node) -> Value {
        let mut map = dictionary::node(node, self.manifest.parents_of(&node.unique_id));
        // Only templates see it, as in dbt.
        map.remove("config_call_dict");
        map.remove("defer_relation");
        if let Some(other) = self.context.deferral.and_then(|deferral| deferral.described(&node.unique_id)) {
            map.insert("defer_relation".into(), other.clone());
        }
        map.insert("created_at".into(), seconds(self.context.stamp).into());
        let is_compiled_kind = node.resource_type != ResourceType::Seed;
        if is_compiled_kind && let Some(output) = self.context.outputs.get(&node.unique_id) {
            output.foreign_keys.fill(&mut map);
            let path = |kind: &str| format!("{}/{kind}/{}", self.context.target_path, node.output_path());
            map.insert("compiled_path".into(), path("compiled").into());
            let is_hook = node.resource_type == ResourceType::Operation;
            map.insert("build_path".into(), if is_hook { Value::Null } else { path("run").into() });
            map.insert("compiled".into(), true.into());
            map.insert("compiled_code".into(), output.compiled_code.as_str().into());
            map.insert("extra_ctes_injected".into(), true.into());
            let cte = |(id, sql): &(UniqueId, String)| json!({"id": id.as_str(), "sql": sql});
            map.insert("extra_ctes".into(), output.extra_ctes.iter().map(cte).collect());
        } else {
            if is_compiled_kind {
                map.insert("compiled_path".into(), Value::Null);
            }
            let built = self.context.outputs.contains_key(&node.unique_id);
            let path = format!("{}/run/{}", self.context.target_path, node.output_path());
            map.insert("build_path".into(), if built { path.into() } else { Value::Null });
        }
        Value::Object(map)
    }

    /// Returns the semantic models, metrics or saved queries.
    fn semantic(&self, kind: ResourceType) -> impl Iterator<Item = (String, Value)> {
        self.manifest.semantic_of(kind).map(|node| {
            let parents = self.manifest.parents_of(&node.unique_id);
            (node.unique_id.to_string(), self.dated(dictionary::semantic(node, parents)))
        })
    }

    fn unit_test(&self, test: &UnitTest) -> Value {
        let schema = test.node.as_ref().map(|node| node.schema.as_str());
        let mut map = dictionary::unit_test(test, self.manifest.parents_of(&test.unique_id));
        map.insert("schema".into(), schema.into());
        map.insert("created_at".into(), seconds(self.context.stamp).into());
        Value::Object(map)
    }

    fn disabled(&self) -> BTreeMap<String, Vec<Value>> {
        let mut disabled: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        let is_orphan = |node: &&Node| self.manifest.orphans.contains_key(&node.unique_id);
        for node in self.manifest.disabled.nodes.iter().filter(|node| !is_orphan(node)) {
            disabled.entry(node.unique_id.to_string()).or_default().push(Value::Object(dictionary::node(node, &[])));
        }
        for source in &self.manifest.disabled.sources {
            disabled.entry(source.unique_id.to_string()).or_default().push(dictionary::source(source));
        }
        for exposure in &self.manifest.disabled.exposures {
            disabled.entry(exposure.unique_id.to_string()).or_default().push(dictionary::exposure(exposure, &[]));
        }
        for node in &self.manifest.disabled.semantic {
            let entry = self.dated(dictionary::semantic(node, &[]));
            disabled.entry(node.unique_id.to_string()).or_default().push(entry);
        }
        for test in &self.manifest.disabled.unit_tests {
            disabled.entry(test.unique_id.to_string()).or_default().push(self.unit_test(test));
        }
        disabled
    }
}

fn seconds(stamp: &Stamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "microseconds since 1970 fit 2^53 until the year 2255")]
    let micros = stamp.started_at.timestamp_micros() as f64;
    micros / 1e6
}

fn macro_entry(entry: &MacroEntry) -> Value {
    let mut map = dictionary::macro_definition(&entry.definition, &entry.depends_on_macros);
    let docs = json!({"show": entry.docs.show, "node_color": entry.docs.node_color});
    map.insert("description".into(), entry.description.as_str().into());
    map.insert("meta".into(), Value::Object(entry.meta.clone()));
    map.insert("config".into(), json!({"meta": entry.meta, "docs": docs}));
    map.insert("docs".into(), docs);
    map.insert("patch_path".into(), entry.patch_path.as_deref().into());
    let argument = |argument: &crate::parse::MacroArgument| json!({"name": argument.name, "type": argument.argument_type, "description": argument.description});
    map.insert("arguments".into(), entry.arguments.iter().map(argument).collect());
    Value::Object(map)
}

/// Returns the neighbours of every node, source, exposure and unit test, sorted.
fn relatives(
    manifest: &Manifest,
    of: for<'a> fn(&'a Manifest, &UniqueId) -> &'a [UniqueId],
) -> BTreeMap<String, Vec<String>> {
    let all = manifest.nodes.keys().chain(manifest.sources.keys()).chain(manifest.exposures.keys());
    let sorted = |id: &UniqueId| {
        let mut relatives: Vec<String> = of(manifest, id).iter().map(ToString::to_string).collect();
        relatives.sort();
        relatives.dedup();
        relatives
    };
    all.chain(manifest.unit_tests.keys())
        .chain(manifest.semantic.keys())
        .chain(manifest.orphans.keys())
        .map(|id| (id.to_string(), sorted(id)))
        .collect()
}

/// Returns what depends on each of them.
fn children(manifest: &Manifest) -> BTreeMap<String, Vec<String>> {
    let mut children = relatives(manifest, Manifest::children_of);
    for (orphan, parents) in &manifest.orphans {
        for parent in parents {
            let known = children.entry(parent.to_string()).or_default();
            known.push(orphan.to_string());
            known.sort();
        }
    }
    children
}

fn group_map(manifest: &Manifest) -> BTreeMap<String, Vec<String>> {
    let mut map: BTreeMap<String, Vec<String>> =
        manifest.groups.values().map(|group| (group.name.clone(), Vec::new())).collect();
    for node in manifest.nodes.values() {
        if let Some(members) = node.group.as_deref().and_then(|group| map.get_mut(group)) {
            members.push(node.unique_id.to_string());
        }
    }
    for node in manifest.semantic.values() {
        if let Some(members) = node.group.as_deref().and_then(|group| map.get_mut(group)) {
            members.push(node.unique_id.to_string());
        }
    }
    map
}
