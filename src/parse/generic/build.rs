//! Makes the node of one generic test.

use std::sync::Arc;

use super::call::{call_text, is_plain};
use super::entry::{ArgumentsKey, TestEntry};
use super::name::{hash, synthesize};
use super::text;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, SourceFile, Span};
use crate::parse::Parser;
use crate::parse::config::{Own, apply_call};
use crate::parse::literal::Reference;
use crate::parse::properties::{ColumnEntry, PropertiesFile, Written};
use crate::parse::render::{Extracted, Request};
use crate::resource::{
    Checksum, Detail, DocsConfig, MacroDefinition, Map, Node, RefCall, ResourceType, SourceCall, TestDetail, UniqueId,
    Value,
};
use crate::template::{Failure, Frame};
use crate::yaml::Yaml;

/// What tests are on: a node or a table of a source.
pub(crate) struct Target<'a> {
    /// The properties file.
    pub file: &'a Arc<PropertiesFile>,
    /// How the thing is referred to.
    pub tested: Tested,
    /// The node, when there is one.
    pub attached: Option<UniqueId>,
    /// Its group.
    pub group: Option<String>,
    /// The section and entry that the tests stand in, such as `models.orders`.
    pub file_key: String,
    /// Tags that all its tests have.
    pub tags: Vec<String>,
    /// Whether tests quote the columns' names.
    pub quote_columns: Option<bool>,
}

/// The thing that is tested, by name.
pub(crate) enum Tested {
    /// A node.
    Node {
        /// Its name.
        name: String,
        /// Its version, for a versioned model.
        version: Option<String>,
    },
    /// A table of a source.
    Table {
        /// The source.
        source: String,
        /// The table.
        table: String,
    },
}

impl Tested {
    /// The thing as messages name it.
    pub(super) fn plain_name(&self) -> String {
        match self {
            Self::Node { name, .. } => name.clone(),
            Self::Table { source, table } => format!("{source}_{table}"),
        }
    }

    /// The thing by its own name.
    fn bare_name(&self) -> &str {
        match self {
            Self::Node { name, .. } => name,
            Self::Table { table, .. } => table,
        }
    }

    /// The thing in the names of its tests.
    fn name(&self) -> String {
        match self {
            Self::Node { name, version: Some(version) } => format!("{name}_v{version}"),
            Self::Node { name, version: None } => name.clone(),
            Self::Table { source, table } => format!("{source}_{table}"),
        }
    }

    /// The call that means it.
    fn call(&self) -> String {
        match self {
            Self::Node { name, version: Some(version) } => format!("ref('{name}', version='{version}')"),
            Self::Node { name, version: None } => format!("ref('{name}')"),
            Self::Table { source, table } => format!("source('{source}', '{table}')"),
        }
    }

    fn refer(&self, extracted: &mut Extracted) {
        match self {
            Self::Node { name, version } => {
                extracted.refs.push(RefCall {
                    package: None,
                    name: name.clone(),
                    version: version.clone(),
                    is_text_version: true,
                    span: None,
                });
            }
            Self::Table { source, table } => {
                extracted.sources.push(SourceCall { source: source.clone(), table: table.clone(), span: None });
            }
        }
    }
}

impl Parser<'_> {
    /// Makes the tests of a thing: those of its columns first.
    pub(crate) fn tests<'a>(
        &self,
        target: &Target<'_>,
        columns: impl Iterator<Item = &'a ColumnEntry>,
        tests: &[Yaml],
        diagnostics: &mut Diagnostics,
    ) -> Vec<Node> {
        let mut nodes = Vec::new();
        for column in columns {
            for test in &column.tests {
                nodes.extend(self.test(target, Some(column), test, diagnostics));
            }
        }
        for test in tests {
            nodes.extend(self.test(target, None, test, diagnostics));
        }
        nodes
    }

    /// Makes one test, or reports why it cannot be made.
    pub(crate) fn test(
        &self,
        target: &Target<'_>,
        column: Option<&ColumnEntry>,
        yaml: &Yaml,
        diagnostics: &mut Diagnostics,
    ) -> Option<Node> {
        let column_name = column.map(|column| {
            let quoted = column.column.quote.or(target.quote_columns).unwrap_or(false);
            if quoted { crate::resource::quote(&column.column.name) } else { column.column.name.clone() }
        });
        let package = &target.file.package;
        let key = match self.project.flags.get("require_generic_test_arguments_property") {
            Some(Value::Bool(false)) => ArgumentsKey::IsOne,
            _ => ArgumentsKey::Holds,
        };
        let place = (target.tested.bare_name(), column_name.as_deref(), key);
        let mut entry = TestEntry::read(yaml, place, self.renderer(package), diagnostics)?;
        super::deprecated::warn(target, &entry, diagnostics);
        let call = format!("{{{{ get_where_subquery({}) }}}}", target.tested.call());
        entry.arguments.insert("model".into(), call.into());
        let found = self.test_macro(package, &entry, diagnostics);
        let definition = found.filter(|definition| super::entry::check_arguments(definition, &entry, diagnostics));
        let names = Self::test_names(target, &mut entry);
        let mut extracted = if found.is_some() && definition.is_none() {
            // As in dbt, it fails when it is run.
            let mut extracted = Extracted { config: entry.config.clone(), ..Extracted::default() };
            target.tested.refer(&mut extracted);
            extracted
        } else {
            self.asked_for(target, &entry, definition).unwrap_or_else(|failure| {
                diagnostics.push(at_entry(failure, &entry.span));
                Extracted::default()
            })
        };
        // Nor what the user's arguments call: only what wraps the tested model.
        extracted.macros.retain(|id| id.as_str().ends_with(".get_where_subquery"));
        if let Some(definition) = definition {
            // dbt notes the test by its bare name, whatever package is named before it.
            let noted = self.templates.resolve(package, &definition.name).unwrap_or(definition);
            extracted.macros.insert(0, noted.unique_id.clone());
            // As in dbt, whose own two are not rendered to know what they refer to.
            if matches!(noted.unique_id.as_str(), "macro.dbt.test_not_null" | "macro.dbt.test_unique") {
                extracted.refs.iter_mut().for_each(|call| call.is_text_version = false);
            }
        }
        let mut tags = target.tags.clone();
        tags.extend(column.map(|column| column.column.tags.clone()).unwrap_or_default());
        Some(self.test_node(Making { target, entry, names, tags, column_name, extracted }, diagnostics))
    }

    /// Finds the macro of a test. Without one the test is there, as in dbt, and fails when it is run.
    fn test_macro(&self, package: &str, entry: &TestEntry, diagnostics: &mut Diagnostics) -> Option<&MacroDefinition> {
        let name = format!("test_{}", entry.test);
        let found = match &entry.namespace {
            Some(namespace) if namespace == "dbt" => {
                crate::parse::templates::INTERNAL.iter().find_map(|internal| self.templates.own(internal, &name))
            }
            Some(namespace) => self.templates.own(namespace, &name),
            None => self.templates.resolve(package, &name),
        };
        if found.is_none() {
            let shown = entry.shown();
            let names = self.templates.test_names(package);
            diagnostics.push(
                Diagnostic::warning(
                    Kind::Compilation,
                    "W0233",
                    format!(
                        "'test_{shown}' is undefined. This can happen when calling a macro that does not exist. Check for typos and/or install package dependencies with \"dbt deps\"."
                    ),
                )
                    .at(entry.name_span.clone(), "there is no such test")
                    .with_nearest(&shown, names.iter().map(String::as_str)),
            );
        }
        found
    }

    /// Names a test: as it is asked to be, else by what it tests.
    fn test_names(target: &Target<'_>, entry: &mut TestEntry) -> super::name::Names {
        if let Some(name) = &entry.name {
            return super::name::Names { short: name.clone(), full: name.clone() };
        }
        let mut test = entry.test.clone();
        if matches!(target.tested, Tested::Table { .. }) {
            test = format!("source_{test}");
        }
        if let Some(namespace) = &entry.namespace {
            test = format!("{namespace}_{test}");
        }
        let names = synthesize(&test, &target.tested.name(), &entry.arguments);
        if names.short != names.full && !entry.config.contains_key("alias") {
            entry.config.insert("alias".into(), names.short.as_str().into());
        }
        names
    }

    /// Learns what a test refers to. Built-in tests with plain arguments need no rendering.
    fn asked_for(
        &self,
        target: &Target<'_>,
        entry: &TestEntry,
        definition: Option<&MacroDefinition>,
    ) -> Result<Extracted, Failure> {
        let package = target.file.package.as_str();
        if definition.is_some_and(|known| known.package == "dbt")
            && let Some(extracted) = self.built_in(target, entry, package)
        {
            return Ok(extracted);
        }
        let file = SourceFile::new(
            format!("{} ({})", target.file.path, entry.shown()),
            call_text(entry.namespace.as_deref(), &entry.test, &entry.arguments),
        );
        let span = Span::new(&file, 0..file.text.len());
        let nothing = Map::new();
        let fqn = Self::test_fqn(target, &entry.test);
        let merged = self.configs.merge(ResourceType::Test, package, &fqn, Own { patch: None, call: &nothing });
        let names = self.naming.initial(&entry.test);
        let name = format!("{}:{}", entry.span.file.path, entry.span.range.start);
        let request = Request {
            name: &name,
            package,
            template: &span,
            this: &crate::resource::Relation::new(names.database, names.schema, names.alias),
            config: &merged.config,
            model: Map::new(),
        };
        let extracted = self.templates.extract(request)?;
        let mut config = entry.config.clone();
        apply_call(&mut config, &extracted.config);
        apply_call(&mut config, &entry.config);
        Ok(Extracted { config, ..extracted })
    }

    fn built_in(&self, target: &Target<'_>, entry: &TestEntry, package: &str) -> Option<Extracted> {
        let mut extracted = Extracted { config: entry.config.clone(), ..Extracted::default() };
        match entry.test.as_str() {
            "not_null" | "unique" => {}
            "accepted_values" | "relationships" => {
                let subquery = self.templates.resolve(package, "get_where_subquery")?;
                if !crate::parse::templates::INTERNAL.contains(&subquery.package.as_str()) {
                    return None;
                }
                extracted.macros.push(subquery.unique_id.clone());
            }
            _ => return None,
        }
        for (key, value) in &entry.arguments {
            if matches!(key.as_str(), "model" | "column_name") {
                continue;
            }
            match value.as_str().and_then(|text| Reference::read(text, &entry.span)) {
                Some(Reference::Ref(call)) => extracted.refs.push(RefCall { span: entry.place(key), ..call }),
                Some(Reference::Source(call)) => extracted.sources.push(SourceCall { span: entry.place(key), ..call }),
                None if is_plain(value) => {}
                None => return None,
            }
        }
        target.tested.refer(&mut extracted);
        Some(extracted)
    }

    fn test_fqn(target: &Target<'_>, name: &str) -> Vec<String> {
        let folders = target.file.path.split('/');
        let count = folders.clone().count();
        let inner = folders.skip(1).take(count.saturating_sub(2)).map(str::to_owned);
        std::iter::once(target.file.package.clone()).chain(inner).chain(std::iter::once(name.to_owned())).collect()
    }

    fn test_node(&self, making: Making<'_, '_>, diagnostics: &mut Diagnostics) -> Node {
        let Making { target, entry, names, mut tags, column_name, extracted } = making;
        let package = target.file.package.clone();
        let fqn = Self::test_fqn(target, &names.full);
        let merged =
            self.configs.merge(ResourceType::Test, &package, &fqn, Own { patch: None, call: &extracted.config });
        tags.extend(texts(entry.config.get("tags")));
        tags.sort();
        tags.extend(merged.config.tags());
        let mut seen = std::collections::BTreeSet::new();
        tags.retain(|tag| seen.insert(tag.clone()));
        let digest = hash(&names.full, &entry.test, entry.namespace.as_deref(), &entry.arguments);
        let (description, doc_blocks) =
            self.docs.describe(entry.description.as_ref(), &self.caller(&package), diagnostics);
        let mut node = Node {
            unique_id: UniqueId::new(ResourceType::Test, &package, &format!("{}.{digest}", names.full)),
            resource_type: ResourceType::Test,
            path: format!("{}.sql", names.short),
            original_file_path: target.file.path.clone(),
            fqn,
            alias: String::new(),
            database: String::new(),
            schema: String::new(),
            relation: None,
            raw_code: raw_code(&entry),
            language: "sql".to_owned(),
            checksum: Checksum::None,
            span: entry.span.clone(),
            config: merged.config,
            tags,
            group: target.group.clone(),
            unrendered_config: merged.unrendered,
            config_call: extracted.config,
            description,
            doc_blocks,
            columns: indexmap::IndexMap::new(),
            docs: DocsConfig::default(),
            patch_path: None,
            refs: extracted.refs,
            sources: extracted.sources,
            functions: extracted.functions,
            metrics: extracted.metrics,
            macros: extracted.macros,
            detail: Detail::Test(TestDetail {
                generic: Some(entry.test),
                namespace: entry.namespace,
                arguments: entry.arguments,
                column: column_name,
                attached: target.attached.clone(),
                file_key: Some(target.file_key.clone()),
            }),
            name: names.full,
            package,
        };
        self.place(&mut node, None, diagnostics);
        crate::parse::contract::check_config(&node, diagnostics);
        node
    }
}

struct Making<'a, 'b> {
    target: &'a Target<'b>,
    entry: TestEntry,
    names: super::name::Names,
    tags: Vec<String>,
    column_name: Option<String>,
    extracted: Extracted,
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// The code that dbt's manifest has for a generic test.
fn raw_code(entry: &TestEntry) -> String {
    let name = match &entry.namespace {
        Some(namespace) => format!("{namespace}.test_{}", entry.test),
        None => format!("test_{}", entry.test),
    };
    let mut code = format!("{{{{ {name}(**_dbt_generic_test_kwargs) }}}}");
    let configs = entry.config.iter().map(|(key, value)| match value {
        Value::String(text) => format!("{key}=\"{}\"", text.replace('"', "\\\"")),
        other => format!("{key}={}", text::str(other)),
    });
    let configs = configs.collect::<Vec<_>>().join(",");
    if !configs.is_empty() {
        code = format!("{code}{{{{ config({configs}) }}}}");
    }
    code
}

/// The outermost place of a failure is in text that the user never wrote: the entry takes its place.
fn at_entry(mut failure: Failure, entry: &Span) -> Diagnostic {
    match failure.frames.last_mut() {
        Some(frame) => frame.span = entry.clone(),
        None => failure.frames.push(Frame { macro_id: None, span: entry.clone() }),
    }
    failure.into_diagnostic("E0240")
}

/// The description of a test with its place.
pub(super) fn written(yaml: &Yaml) -> Option<Written> {
    yaml.as_str().map(|text| Written { text: text.to_owned(), span: yaml.span.clone() })
}
