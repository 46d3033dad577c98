//! Makes nodes: a file and what is said of it elsewhere, joined.

mod draft;
mod hooks;
mod model;
mod patch;

use indexmap::IndexMap;

pub(super) use draft::Draft;
pub(super) use patch::{Patch, is_later};

use super::Parser;
use super::config::{Merged, Own, check_call, check_function, check_merged};
use super::contract;
use super::naming::{Named, Names};
use super::properties::ColumnEntry;
use super::render::{Extracted, Request};
use crate::diagnostic::{Diagnostic, Diagnostics, Span};
use crate::resource::{Column, Detail, DocsConfig, Map, Node, NodeConfig, Relation, ResourceType, UniqueId, Value};

impl Parser<'_> {
    /// Makes the node of a draft. Mistakes are reported; a node comes out all the same, so that what refers to it is no mistake.
    pub(super) fn node(&self, draft: Draft, patch: Option<Patch<'_>>, diagnostics: &mut Diagnostics) -> Node {
        let extracted = match self.extract(&draft) {
            Ok(extracted) => extracted,
            Err(diagnostic) => {
                diagnostics.push(diagnostic);
                Extracted::default()
            }
        };
        self.assemble(draft, patch, extracted, diagnostics)
    }

    /// Learns what the code asks for.
    pub(super) fn extract(&self, draft: &Draft) -> Result<Extracted, Diagnostic> {
        if draft.kind == ResourceType::Seed {
            return Ok(Extracted::default());
        }
        if draft.language == "python" && draft.kind != ResourceType::Function {
            return super::python::read(&draft.code);
        }
        if let Some(mut extracted) = self.templates.plain(&draft.package, &draft.code) {
            if let Some(place) = &draft.place {
                extracted.refs.iter_mut().for_each(|call| call.span = Some(place.clone()));
                extracted.sources.iter_mut().for_each(|call| call.span = Some(place.clone()));
            }
            return Ok(extracted);
        }
        let id = UniqueId::new(draft.kind, &draft.package, &draft.name);
        self.render(draft, id.as_str(), &draft.code)
    }

    fn render(&self, draft: &Draft, name: &str, template: &Span) -> Result<Extracted, Diagnostic> {
        let nothing = Map::new();
        let own = Own { patch: None, call: &nothing };
        let merged = self.configs.merge(draft.kind, &draft.package, &draft.fqn, own);
        let names = self.naming.initial(&draft.name);
        let request = Request {
            name,
            package: &draft.package,
            template,
            this: &self.relation(&names),
            config: &merged.config,
            model: Self::initial_dictionary(draft, &names, &merged.config),
        };
        self.templates.extract(request).map_err(|failure| {
            let subject = format!("{} {} ({})", draft.kind, draft.name, draft.original_file_path);
            let words = failure.words(self.templates.registry(), &subject);
            let diagnostic = failure.into_diagnostic("E0240").about(subject);
            Diagnostic { words: words.or(diagnostic.words), ..diagnostic }
        })
    }

    /// The node's dictionary as macros see it before it is made.
    fn initial_dictionary(draft: &Draft, names: &Names, config: &NodeConfig) -> Map {
        let values = serde_json::json!({
            "database": names.database, "schema": names.schema, "name": draft.name,
            "resource_type": draft.kind.as_str(), "package_name": draft.package, "path": draft.path,
            "original_file_path": draft.original_file_path,
            "unique_id": UniqueId::new(draft.kind, &draft.package, &draft.name).as_str(),
            "fqn": draft.fqn, "alias": names.alias, "config": config.0, "tags": config.tags(), "refs": [], "sources": [],
            "raw_code": draft.made_code.as_deref().unwrap_or_else(|| draft.code.text()), "language": draft.language,
            "columns": {}, "meta": config.map("meta"), "depends_on": {"macros": [], "nodes": []}, "description": "",
        });
        values.as_object().cloned().unwrap_or_default()
    }

    fn assemble(
        &self,
        draft: Draft,
        patch: Option<Patch<'_>>,
        mut extracted: Extracted,
        diagnostics: &mut Diagnostics,
    ) -> Node {
        let version = patch.and_then(|patch| patch.version).map(|version| version.v.clone());
        let name = patch.map_or_else(|| draft.name.clone(), |patch| patch.entry.name.text.clone());
        let fqn = versioned_fqn(&draft.fqn, &name, version.as_deref());
        let merged = self.configured(&draft, patch, &extracted, &fqn);
        let mut tags = draft.tags.clone();
        tags.extend(self.configs.tags(draft.kind, &draft.package, &draft.fqn, &extracted.config));
        tags.extend(merged.config.tags());
        dedupe(&mut tags);
        let (description, doc_blocks) = self.description(&draft.package, patch, diagnostics);
        let columns = self.columns(&draft.package, patch, diagnostics);
        let unique_id = unique_id(&draft, &name, version.as_deref());
        check_merged(&merged.config, &first_line(&draft.code), diagnostics);
        if draft.kind == ResourceType::Function {
            check_function(&merged.config, &first_line(&draft.code), diagnostics);
        }
        let call = std::mem::take(&mut extracted.config);
        check_call(draft.kind, &call, &|key| keyword_place(&draft.code, key), diagnostics);
        self.read_hooks((&draft, &unique_id), &merged.config, &mut extracted, diagnostics);
        let mut node = Node {
            unique_id,
            resource_type: draft.kind,
            package: draft.package,
            name,
            path: draft.path,
            original_file_path: draft.original_file_path,
            fqn,
            alias: String::new(),
            database: String::new(),
            schema: String::new(),
            relation: None,
            raw_code: draft.made_code.unwrap_or_else(|| draft.code.text().to_owned()),
            language: draft.language.to_owned(),
            checksum: draft.checksum,
            span: draft.place.unwrap_or(draft.code),
            tags,
            group: merged.config.text("group").map(str::to_owned),
            docs: docs(&merged.config),
            config: merged.config,
            unrendered_config: merged.unrendered,
            config_call: call,
            description,
            doc_blocks,
            columns,
            patch_path: patch.map(|patch| patch.entry.file.id()),
            refs: extracted.refs,
            sources: extracted.sources,
            functions: extracted.functions,
            metrics: extracted.metrics,
            macros: extracted.macros,
            detail: draft.detail,
        };
        if let Detail::Model(_) = node.detail {
            model::complete(&mut node, patch, diagnostics);
        }
        if let (Detail::Function(detail), Some(described)) =
            (&mut node.detail, patch.and_then(|patch| patch.entry.function.as_ref()))
        {
            detail.clone_from(described);
        }
        self.place(&mut node, version.as_deref(), diagnostics);
        contract::check_config(&node, diagnostics);
        node
    }

    /// Returns the configuration of a node: what the project, its patch and its own call say.
    fn configured(&self, draft: &Draft, patch: Option<Patch<'_>>, extracted: &Extracted, fqn: &[String]) -> Merged {
        let mut patch_config = patch.map(|patch| patch.config()).unwrap_or_default();
        if draft.language == "python" && draft.kind == ResourceType::Model && !patch_config.contains_key("materialized")
        {
            patch_config.insert("materialized".into(), "table".into());
        }
        let own = Own { patch: Some(&patch_config), call: &extracted.config };
        // When another package describes the node, dbt configures it as if it were that package's own.
        let configuring = patch.filter(|_| !patch_config.is_empty()).map(|patch| patch.entry.file.package.as_str());
        let configuring = configuring.unwrap_or(&draft.package);
        let mut merged = self.configs.merge(draft.kind, configuring, fqn, own);
        if self.configs.keeps_templates {
            let patch = patch.map(|patch| patch.written_config());
            let call = written_call(draft, extracted);
            let own = Own { patch: patch.as_ref(), call: &call };
            merged.unrendered = self.configs.unrendered(draft.kind, configuring, fqn, own);
        }
        merged
    }

    /// Gives a node its name in the database.
    pub(super) fn place(&self, node: &mut Node, version: Option<&str>, diagnostics: &mut Diagnostics) {
        let named = Named { package: &node.package, name: &node.name, version, config: &node.config };
        let dictionary = || {
            let mut map = crate::resource::dictionary::node(node, &[]);
            let initial = self.naming.initial(&node.name);
            map.insert("database".into(), initial.database.into());
            map.insert("schema".into(), initial.schema.into());
            map.insert("alias".into(), initial.alias.into());
            map
        };
        let mut place = self.naming.names(&named, &self.templates, &dictionary).unwrap_or_else(|diagnostic| {
            diagnostics.push(diagnostic);
            self.naming.initial(&node.name)
        });
        if node.resource_type == ResourceType::Snapshot {
            let text = |key: &str| node.config.text(key).filter(|text| !text.is_empty()).map(str::to_owned);
            place.database = text("target_database").unwrap_or(place.database);
            place.schema = text("target_schema").unwrap_or(place.schema);
        }
        node.relation = self.makes_relation(node).then(|| self.relation(&place));
        (node.database, node.schema, node.alias) = (place.database, place.schema, place.alias);
    }

    fn makes_relation(&self, node: &Node) -> bool {
        match node.resource_type {
            ResourceType::Model => !node.is_ephemeral(),
            ResourceType::Seed | ResourceType::Snapshot => true,
            ResourceType::Test => match node.config.value("store_failures").and_then(Value::as_bool) {
                Some(stores) => stores,
                None => self.stores_failures,
            },
            _ => false,
        }
    }

    fn relation(&self, names: &Names) -> Relation {
        Relation { quote: self.project.quoting, ..Relation::new(&names.database, &names.schema, &names.alias) }
    }

    fn description(
        &self,
        package: &str,
        patch: Option<Patch<'_>>,
        diagnostics: &mut Diagnostics,
    ) -> (String, Vec<UniqueId>) {
        let Some(patch) = patch else { return (String::new(), Vec::new()) };
        let of_version = patch.version.and_then(|version| version.description.as_ref());
        let written = of_version.filter(|written| !written.text.is_empty()).or(patch.entry.description.as_ref());
        self.docs.describe(written, &self.caller(package), diagnostics)
    }

    fn columns(
        &self,
        package: &str,
        patch: Option<Patch<'_>>,
        diagnostics: &mut Diagnostics,
    ) -> IndexMap<String, Column> {
        let entries = patch.map(|patch| patch.columns()).unwrap_or_default();
        self.described_columns(package, entries, diagnostics)
    }

    /// Renders the columns' descriptions. A column given twice is the last one, as in dbt.
    pub(super) fn described_columns<'a>(
        &self,
        package: &str,
        entries: impl IntoIterator<Item = &'a ColumnEntry>,
        diagnostics: &mut Diagnostics,
    ) -> IndexMap<String, Column> {
        let caller = self.caller(package);
        let mut columns = IndexMap::new();
        for entry in entries {
            let (description, doc_blocks) = self.docs.describe(entry.description.as_ref(), &caller, diagnostics);
            let column = Column { description, doc_blocks, ..entry.column.clone() };
            columns.insert(column.name.clone(), column);
        }
        columns
    }
}

/// Returns the first line of a node's code: where messages about the whole node point.
pub(super) fn first_line(span: &Span) -> Span {
    let end = span.text().find('\n').map_or(span.range.end, |newline| span.range.start + newline);
    Span::new(&span.file, span.range.start..end)
}

/// Returns where a keyword argument is given in a node's code.
fn keyword_place(code: &Span, key: &str) -> Span {
    let text = code.text();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    for spelling in [key, &key.replace('-', "_")] {
        let given = text
            .match_indices(spelling)
            .map(|(at, _)| at)
            .find(|&at| !text[..at].ends_with(is_word) && text[at + spelling.len()..].trim_start().starts_with('='));
        if let Some(at) = given {
            let start = code.range.start + at;
            return Span::new(&code.file, start..start + spelling.len());
        }
    }
    first_line(code)
}

fn unique_id(draft: &Draft, name: &str, version: Option<&str>) -> UniqueId {
    match version {
        Some(version) => UniqueId::new(draft.kind, &draft.package, &format!("{name}.v{version}")),
        None => UniqueId::new(draft.kind, &draft.package, name),
    }
}

fn versioned_fqn(fqn: &[String], name: &str, version: Option<&str>) -> Vec<String> {
    let mut fqn = fqn.to_vec();
    if let Some(version) = version {
        fqn.pop();
        fqn.push(name.to_owned());
        fqn.push(format!("v{version}"));
    }
    fqn
}

fn docs(config: &NodeConfig) -> DocsConfig {
    let docs = config.map("docs");
    DocsConfig {
        show: docs.and_then(|docs| docs.get("show")).and_then(Value::as_bool).unwrap_or(true),
        node_color: docs.and_then(|docs| docs.get("node_color")).and_then(Value::as_str).map(str::to_owned),
    }
}

fn dedupe(tags: &mut Vec<String>) {
    let mut seen = std::collections::BTreeSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
}

/// Returns a node's `config()` call as it is written; that of other languages, and of models that dbt reads without rendering,
/// is known by its values only.
fn written_call(draft: &Draft, extracted: &Extracted) -> Map {
    let keywords = crate::template::scan::config_keywords(draft.code.text());
    if keywords.is_empty() || extracted.is_static && draft.kind == ResourceType::Model {
        return extracted.config.clone();
    }
    keywords.into_iter().map(|(key, shown)| (key, shown.into())).collect()
}
