//! A project's files into unresolved resources: every template is rendered once without a database, to learn what it refers
//! to and how it is configured; every properties file is read, and its entries are joined with what they describe.
//!
//! The result names other resources only as they were written; the stage `manifest` finds what they mean.
//!
//! In order: [`load_macros`] reads the macros, of which the caller makes the template engine; [`parse`] reads all other files
//! ([`files`], [`properties`], [`docs`]), finds which entry describes which file ([`patches`]), and makes the nodes ([`node`]), their
//! tests ([`generic`]) and what is only declared ([`declared`], [`source`]). [`config`] says how a node is configured.

mod annotations;
mod blocks;
mod calls;
mod config;
mod contract;
mod declared;
mod docs;
mod drafts;
mod external;
mod files;
mod fixtures;
mod generic;
mod literal;
mod naming;
mod node;
mod parsed;
mod patches;
mod properties;
mod python;
mod quick;
mod registry;
mod render;
mod saved_queries;
mod semantic;
mod source;
mod sources;
mod templates;
mod twins;

pub(crate) use generic::text::repr as python_repr;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::project::{Project, Target, TextRenderer};
use crate::resource::{Map, Node, ResourceType, UniqueId, Value};
use crate::template::{Engine, Invocation, Secrets, YamlScope, YamlText};

pub use external::plugin_source;
pub use generic::call_text;
pub(crate) use literal::Call;
pub use literal::Reference;
pub use parsed::{Disabled, MacroArgument, MacroEntry, Parsed, UnusedConfig};
pub use registry::load_macros;

use config::{Configs, Own};
use docs::{Caller, Docs};
use files::PackageFiles;
use naming::Naming;
use node::Draft;
use patches::Patches;
use properties::Properties;
use templates::Templates;
use twins::{Twin, twin_nodes, twins};

/// Parses a project and its packages.
///
/// # Errors
/// All mistakes, when one of them is an error.
pub fn parse(
    project: &Project,
    target: &Target,
    invocation: &Arc<Invocation>,
    engine: &Arc<Engine>,
) -> Result<(Parsed, Diagnostics), Diagnostics> {
    let mut diagnostics = Diagnostics::new();
    let mut parser = Parser::new(project, target, (invocation, engine), &mut diagnostics);
    let files = parser.read_files(&mut diagnostics);
    let properties = parser.read_properties(&files, &mut diagnostics);
    if properties.is_partial {
        // What stands in a file that could not be read would be missed everywhere else.
        return Err(diagnostics);
    }
    let mut parsed = Parsed::default();
    parser.make_nodes(&files, &properties, &mut parsed, &mut diagnostics);
    parser.make_declared(&files, &properties, &mut parsed, &mut diagnostics);
    parsed.unused_configs = parser.unused_configs(&parsed);
    parsed.docs = parser.docs.blocks;
    diagnostics.into_result(parsed)
}

/// What making nodes needs to know.
struct Parser<'a> {
    project: &'a Project,
    target: &'a Target,
    configs: Configs,
    naming: Naming,
    templates: Templates,
    docs: Docs,
    /// Renders texts of properties files, by package: vars are scoped.
    renderers: BTreeMap<String, YamlText>,
    /// Whether tests store their failures unless they say otherwise.
    stores_failures: bool,
}

impl<'a> Parser<'a> {
    fn new(
        project: &'a Project,
        target: &'a Target,
        (invocation, engine): (&Arc<Invocation>, &Arc<Engine>),
        diagnostics: &mut Diagnostics,
    ) -> Self {
        let templates = Templates::new(&project.name, engine, invocation);
        let packages = std::iter::once(project).chain(&project.packages);
        let environment = Arc::new(invocation.environment.clone());
        let renderer = |package: &Project| {
            YamlText::new(YamlScope {
                environment: Arc::clone(&environment),
                vars: vars(invocation, &project.name, &package.name),
                target: Some(invocation.target.clone()),
                secrets: Secrets::Refused,
            })
        };
        Self {
            naming: Naming::new(project, target, &templates),
            configs: Configs::new(project, diagnostics),
            docs: Docs::default(),
            renderers: packages.map(|package| (package.name.clone(), renderer(package))).collect(),
            stores_failures: invocation.flags.get("STORE_FAILURES").and_then(Value::as_bool).unwrap_or(false),
            templates,
            project,
            target,
        }
    }

    fn packages(&self) -> impl Iterator<Item = &'a Project> + use<'a> {
        std::iter::once(self.project).chain(&self.project.packages)
    }

    fn renderer(&self, package: &str) -> &YamlText {
        let own = self.renderers.get(package);
        own.unwrap_or_else(|| self.renderers.values().next().expect("the root project has a renderer"))
    }

    fn caller<'b>(&'b self, package: &'b str) -> Caller<'b> {
        Caller { package, root: &self.project.name, renderer: self.renderer(package) as &dyn TextRenderer }
    }

    /// Reads the files of all packages, and the docs blocks in them.
    fn read_files(&mut self, diagnostics: &mut Diagnostics) -> Vec<(&'a Project, PackageFiles)> {
        let mut all = Vec::new();
        for package in self.packages() {
            let files = PackageFiles::read(package, diagnostics);
            for file in &files.docs {
                let mut docs = std::mem::take(&mut self.docs);
                docs.read(&package.name, file, self.renderer(&package.name), diagnostics);
                self.docs = docs;
            }
            all.push((package, files));
        }
        all
    }

    fn read_properties(&self, files: &[(&Project, PackageFiles)], diagnostics: &mut Diagnostics) -> Properties {
        let mut properties = Properties::default();
        for (package, files) in files {
            for file in &files.properties {
                properties.read(file, self.renderer(&package.name), diagnostics);
            }
        }
        properties
    }

    /// Makes models, seeds, snapshots, analyses, singular tests and hooks, then the generic tests on them.
    fn make_nodes(
        &self,
        files: &[(&Project, PackageFiles)],
        properties: &Properties,
        parsed: &mut Parsed,
        diagnostics: &mut Diagnostics,
    ) {
        let drafts = drafts::drafts(files, properties, diagnostics);
        diagnostics.extend(itertools(&drafts));
        let is_off = |draft: &Draft| {
            let own = Own { patch: None, call: &Map::new() };
            !self.configs.merge(draft.kind, &draft.package, &draft.fqn, own).config.is_enabled()
        };
        let patches = Patches::find((&drafts, &is_off), properties, diagnostics);
        let mut made: Vec<(UniqueId, Option<String>)> = Vec::with_capacity(drafts.len());
        let mut places: BTreeMap<UniqueId, Span> = BTreeMap::new();
        for (index, draft) in drafts.into_iter().enumerate() {
            let node = self.node(draft, patches.of(index), diagnostics);
            made.push((node.unique_id.clone(), node.group.clone()));
            if node.config.is_enabled()
                && let Some(first) = places.insert(node.unique_id.clone(), node.span.clone())
            {
                diagnostics.push(twin_nodes(&node, &first));
                continue;
            }
            add_node(node, parsed);
        }
        for entry in properties.nodes.iter().enumerate() {
            for test in patches.tests(self, entry, &made, diagnostics) {
                if let Some(first) = parsed.nodes.get(&test.unique_id) {
                    diagnostics.push(twin_nodes(&test, &first.span));
                    continue;
                }
                add_node(test, parsed);
            }
        }
    }

    fn make_declared(
        &self,
        files: &[(&Project, PackageFiles)],
        properties: &Properties,
        parsed: &mut Parsed,
        diagnostics: &mut Diagnostics,
    ) {
        sources::make(self, properties, parsed, diagnostics);
        for entry in &properties.exposures {
            let exposure = self.exposure(entry, diagnostics);
            if let Some(first) = parsed.exposures.get(&exposure.unique_id) {
                diagnostics.push(twins(
                    "exposures",
                    &exposure.name,
                    &Twin { id: exposure.unique_id.as_str(), span: &exposure.span },
                    &Twin { id: first.unique_id.as_str(), span: &first.span },
                ));
            } else if exposure.config.is_enabled() {
                parsed.exposures.insert(exposure.unique_id.clone(), exposure);
            } else {
                parsed.disabled.exposures.push(exposure);
            }
        }
        semantic::make(self, properties, parsed, diagnostics);
        saved_queries::make(self, properties, parsed, diagnostics);
        for entry in &properties.groups {
            let group = self.group(entry, diagnostics);
            match parsed.groups.get(&group.unique_id) {
                Some(first) => diagnostics.push(twins(
                    "groups",
                    &group.name,
                    &Twin { id: group.unique_id.as_str(), span: &group.span },
                    &Twin { id: first.unique_id.as_str(), span: &first.span },
                )),
                None => {
                    parsed.groups.insert(group.unique_id.clone(), group);
                }
            }
        }
        fixtures::check_names(files, diagnostics);
        for entry in &properties.unit_tests {
            let mut test = self.unit_test(entry, diagnostics);
            fixtures::FixtureSources { files, nodes: &parsed.nodes }.normalize(&mut test, diagnostics);
            if let Some(first) = parsed.unit_tests.get(&test.unique_id) {
                diagnostics.push(twins(
                    "unit_tests",
                    &test.name,
                    &Twin { id: test.unique_id.as_str(), span: &test.span },
                    &Twin { id: first.unique_id.as_str(), span: &first.span },
                ));
            } else if test.config.is_enabled() {
                parsed.unit_tests.insert(test.unique_id.clone(), test);
            } else {
                parsed.disabled.unit_tests.push(test);
            }
        }
        parsed.macros = self.macros(&properties.macros, diagnostics);
    }

    /// Returns the paths of the project file's config trees that configure nothing.
    fn unused_configs(&self, parsed: &Parsed) -> Vec<UnusedConfig> {
        let mut fqns: BTreeMap<ResourceType, Vec<&[String]>> = BTreeMap::new();
        for node in parsed.nodes.values().chain(&parsed.disabled.nodes) {
            let kind = match node.resource_type {
                ResourceType::Operation | ResourceType::Analysis => ResourceType::Model,
                kind => kind,
            };
            fqns.entry(kind).or_default().push(&node.fqn);
        }
        let of_sources = parsed.sources.values().chain(&parsed.disabled.sources).map(|source| source.fqn.as_slice());
        fqns.entry(ResourceType::Source).or_default().extend(of_sources);
        let of_exposures = parsed.exposures.values().chain(&parsed.disabled.exposures);
        fqns.entry(ResourceType::Exposure).or_default().extend(of_exposures.map(|exposure| exposure.fqn.as_slice()));
        for node in parsed.semantic.values().chain(&parsed.disabled.semantic) {
            fqns.entry(node.resource_type).or_default().push(&node.fqn);
        }
        let of_tests = parsed.unit_tests.values().chain(&parsed.disabled.unit_tests);
        fqns.entry(ResourceType::UnitTest).or_default().extend(of_tests.map(|test| test.fqn.as_slice()));
        self.configs
            .unused(&fqns)
            .into_iter()
            .map(|unused| UnusedConfig { path: unused.path, span: unused.span })
            .collect()
    }
}

/// The vars of a package, the winning ones first.
fn vars(invocation: &Invocation, root: &str, package: &str) -> Vec<Map> {
    let mut maps = vec![invocation.cli_vars.clone()];
    for project in [root, package] {
        let Some(vars) = invocation.project_vars.get(project) else { continue };
        if let Some(Value::Object(scoped)) = vars.get(package) {
            maps.push(scoped.clone());
        }
        maps.push(vars.clone());
    }
    maps
}

fn add_node(node: Node, parsed: &mut Parsed) {
    if node.config.is_enabled() {
        parsed.nodes.insert(node.unique_id.clone(), node);
    } else {
        parsed.disabled.nodes.push(node);
    }
}

/// Warns, once, of what dbt is going to take out of its templates.
fn itertools(drafts: &[node::Draft]) -> Option<Diagnostic> {
    const NAME: &str = "modules.itertools";
    let (code, at) = drafts.iter().find_map(|draft| Some((&draft.code, draft.code.text().find(NAME)?)))?;
    let start = code.range.start + at;
    let title = "Usage of itertools modules is deprecated. Please use the built-in functions instead.";
    let diagnostic = Diagnostic::warning(Kind::Compilation, "W0234", title)
        .at(Span::new(&code.file, start..start + NAME.len()), "")
        .as_event("ModulesItertoolsUsageDeprecation", []);
    Some(diagnostic)
}
