//! Finds what each `ref` and `source` means.

use indexmap::IndexMap;

use super::access::Referrer;
use super::lookup::{Names, RefOrder, Wanted};
use super::semantic::{MetricLookup, missing_metric};
use super::{Manifest, NodeLookup, SourceLookup, access, checks, keys, microbatch, place, semantic, unit_tests};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::parse::Parsed;
use crate::project::Project;
use crate::resource::{FunctionCall, Node, RefCall, ResourceType, SourceCall, UniqueId};

impl Manifest {
    /// Resolves all names of a parsed project.
    ///
    /// # Errors
    /// All names that mean nothing or may not be used, and all configurations that contradict each other.
    pub fn resolve(parsed: Parsed, project: &Project) -> Result<(Self, Diagnostics), Diagnostics> {
        let mut diagnostics = Diagnostics::new();
        let unused = parsed.unused_configs.clone();
        let mut manifest = Self::unresolved(parsed, project);
        let resolution = Resolution::of_nodes(&manifest, project, &mut diagnostics);
        manifest.take(resolution);
        semantic::resolve(&mut manifest, project, &mut diagnostics);
        let exposures = Resolution::of_exposures(&manifest, project, &mut diagnostics);
        manifest.parents.extend(exposures);
        unit_tests::resolve(&mut manifest, &mut diagnostics);
        keys::infer(&mut manifest);
        manifest.children = children(&manifest);
        manifest.runs_in_batches = microbatch::runs_in_batches(&manifest, project);
        checks::check(&manifest, project, &mut diagnostics);
        microbatch::check(&manifest, &mut diagnostics);
        microbatch::settle(&mut manifest);
        checks::unused_configs(&unused, project, &mut diagnostics);
        diagnostics.into_result(manifest)
    }

    fn unresolved(parsed: Parsed, project: &Project) -> Self {
        let own_first = project.flags.get("require_ref_searches_node_package_before_root") == Some(&true.into());
        let order = if own_first { RefOrder::OwnFirst } else { RefOrder::RootFirst };
        let names =
            Names::new(&parsed.nodes, &parsed.sources, (&parsed.docs, &parsed.disabled), (&project.name, order));
        Self {
            project_name: project.name.clone(),
            nodes: parsed.nodes,
            sources: parsed.sources,
            exposures: parsed.exposures,
            groups: parsed.groups,
            docs: parsed.docs,
            unit_tests: parsed.unit_tests,
            semantic: parsed.semantic,
            macros: parsed.macros,
            disabled: parsed.disabled,
            runs_in_batches: true,
            parents: IndexMap::new(),
            orphans: IndexMap::new(),
            children: IndexMap::new(),
            names,
        }
    }

    /// Takes over what nodes depend on; tests of what is not there or disabled are disabled themselves.
    fn take(&mut self, resolution: Resolution) {
        self.parents = resolution.parents;
        if resolution.disabled.is_empty() {
            return;
        }
        let mut kept = IndexMap::with_capacity(self.nodes.len());
        for (id, mut node) in std::mem::take(&mut self.nodes) {
            if resolution.disabled.contains_key(&id) {
                node.config.0.insert("enabled".into(), false.into());
                self.disabled.nodes.push(node);
            } else {
                kept.insert(id, node);
            }
        }
        self.nodes = kept;
        self.orphans = resolution.disabled;
        let root = (self.project_name.as_str(), self.names.order());
        self.names = Names::new(&self.nodes, &self.sources, (&self.docs, &self.disabled), root);
    }

    /// Finds what a `ref` of a package means, or says why it means nothing.
    pub(super) fn look_up(&self, call: &RefCall, from: &str) -> NodeLookup<'_> {
        let wanted = Wanted { package: call.package.as_deref(), name: &call.name, version: call.version.as_deref() };
        self.names.node(self, wanted, from)
    }
}

/// What nodes depend on.
struct Resolution {
    parents: IndexMap<UniqueId, Vec<UniqueId>>,
    /// Tests that test nothing.
    disabled: IndexMap<UniqueId, Vec<UniqueId>>,
}

impl Resolution {
    fn of_nodes(manifest: &Manifest, project: &Project, diagnostics: &mut Diagnostics) -> Self {
        let mut resolution = Self { parents: IndexMap::with_capacity(manifest.nodes.len()), disabled: IndexMap::new() };
        for node in manifest.nodes.values() {
            let mut parents = Vec::new();
            let mut mistakes = Vec::new();
            for call in &node.sources {
                match manifest.names.source(manifest, (&call.source, &call.table), &node.package) {
                    SourceLookup::Found(source) => add(&mut parents, &source.unique_id),
                    SourceLookup::Disabled(_) => {
                        mistakes.push(Mistake::source(manifest, node, call, Absence::Disabled));
                    }
                    SourceLookup::Missing => mistakes.push(Mistake::source(manifest, node, call, Absence::NotFound)),
                }
            }
            for call in &node.refs {
                match manifest.look_up(call, &node.package) {
                    NodeLookup::Found(target) => {
                        if let Some(diagnostic) = access::refusal(Referrer::node(node, call), target, project) {
                            diagnostics.push(diagnostic);
                        }
                        diagnostics.extend(into_root(manifest, node, target, call));
                        add(&mut parents, &target.unique_id);
                    }
                    NodeLookup::Disabled(_) => {
                        mistakes.push(Mistake::reference(manifest, node, call, Absence::Disabled));
                    }
                    NodeLookup::Missing => mistakes.push(Mistake::reference(manifest, node, call, Absence::NotFound)),
                }
            }
            for call in &node.functions {
                match manifest.find_function(call, &node.package) {
                    NodeLookup::Found(target) => add(&mut parents, &target.unique_id),
                    NodeLookup::Disabled(_) => {
                        mistakes.push(Mistake::function(manifest, node, call, Absence::Disabled));
                    }
                    NodeLookup::Missing => mistakes.push(Mistake::function(manifest, node, call, Absence::NotFound)),
                }
            }
            let found = metrics_of(manifest, node, &mut parents);
            mistakes.extend(found);
            if mistakes.is_empty() || node.resource_type != ResourceType::Test {
                resolution.parents.insert(node.unique_id.clone(), parents);
                diagnostics.extend(mistakes.into_iter().map(|mistake| mistake.diagnostic));
                continue;
            }
            resolution.disabled.insert(node.unique_id.clone(), parents);
            let told = mistakes.into_iter().filter(|mistake| mistake.absence == Absence::NotFound);
            diagnostics.extend(told.map(|mistake| mistake.diagnostic));
        }
        resolution
    }

    fn of_exposures(
        manifest: &Manifest,
        project: &Project,
        diagnostics: &mut Diagnostics,
    ) -> Vec<(UniqueId, Vec<UniqueId>)> {
        let mut all = Vec::new();
        for exposure in manifest.exposures.values() {
            let mut parents = Vec::new();
            let who = Who {
                kind: "Exposure",
                id: &exposure.unique_id,
                path: &exposure.original_file_path,
                package: &exposure.package,
                span: &exposure.span,
            };
            for call in &exposure.sources {
                match manifest.names.source(manifest, (&call.source, &call.table), &exposure.package) {
                    SourceLookup::Found(source) => add(&mut parents, &source.unique_id),
                    SourceLookup::Disabled(_) => {
                        diagnostics.push(missing_source(manifest, &who, call, Absence::Disabled));
                    }
                    SourceLookup::Missing => diagnostics.push(missing_source(manifest, &who, call, Absence::NotFound)),
                }
            }
            for call in &exposure.refs {
                match manifest.look_up(call, &exposure.package) {
                    NodeLookup::Found(target) => {
                        let span = call.span.as_ref().unwrap_or(&exposure.span).clone();
                        let referrer =
                            Referrer { id: &exposure.unique_id, package: &exposure.package, group: None, span };
                        diagnostics.extend(access::refusal(referrer, target, project));
                        add(&mut parents, &target.unique_id);
                    }
                    NodeLookup::Disabled(_) => diagnostics.push(missing_node(manifest, &who, call, Absence::Disabled)),
                    NodeLookup::Missing => diagnostics.push(missing_node(manifest, &who, call, Absence::NotFound)),
                }
            }
            manifest.metric_parents(&who, &exposure.metrics, &mut parents, diagnostics);
            all.push((exposure.unique_id.clone(), parents));
        }
        all
    }
}

/// Adds a parent once.
pub(super) fn add(parents: &mut Vec<UniqueId>, id: &UniqueId) {
    if !parents.contains(id) {
        parents.push(id.clone());
    }
}

/// A package that refers to the root project by a bare name most likely means its own node of that name.
fn into_root(manifest: &Manifest, node: &Node, target: &Node, call: &RefCall) -> Option<Diagnostic> {
    let root = manifest.project_name.as_str();
    if node.package == root || target.package != root || call.package.as_deref() == Some(root) {
        return None;
    }
    let title = format!(
        "The node '{}' in package '{}' depends on the root project node '{}'",
        node.name, node.package, target.unique_id
    );
    let help = format!("to mean the package's own node, write ref('{}', '{}')", node.package, call.name);
    let facts = [
        ("node_name", node.name.as_str()),
        ("package_name", &node.package),
        ("root_project_unique_id", target.unique_id.as_str()),
    ];
    Some(
        Diagnostic::warning(Kind::Compilation, "W0303", title)
            .at(place::of_ref(node, call), "")
            .as_event("PackageNodeDependsOnRootProjectNode", facts)
            .with_help(help),
    )
}

/// A name that means nothing.
struct Mistake {
    diagnostic: Diagnostic,
    absence: Absence,
}

/// Why a name means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absence {
    /// What it names is disabled.
    Disabled,
    /// There is nothing of that name.
    NotFound,
}

impl Absence {
    /// Returns the words for it.
    fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::NotFound => "not found",
        }
    }

    /// Returns dbt's title for what depends on it.
    fn title(self, what: &str) -> String {
        match self {
            Self::Disabled => format!("{what} which is disabled"),
            Self::NotFound => format!("{what} which was not found"),
        }
    }
}

impl Mistake {
    fn reference(manifest: &Manifest, node: &Node, call: &RefCall, absence: Absence) -> Self {
        let span = place::of_ref(node, call);
        let who = Who::node(node, &span);
        Self { diagnostic: as_warning(node, missing_node(manifest, &who, call, absence)), absence }
    }

    fn function(manifest: &Manifest, node: &Node, call: &FunctionCall, absence: Absence) -> Self {
        let span = place::of_function(node, call);
        let who = Who::node(node, &span);
        Self { diagnostic: as_warning(node, missing_function(manifest, &who, call, absence)), absence }
    }

    fn source(manifest: &Manifest, node: &Node, call: &SourceCall, absence: Absence) -> Self {
        let span = place::of_source(node, call);
        let who = Who::node(node, &span);
        Self { diagnostic: as_warning(node, missing_source(manifest, &who, call, absence)), absence }
    }
}

/// Adds the metrics that a node calls to what it depends on; returns those that mean nothing.
fn metrics_of(manifest: &Manifest, node: &Node, parents: &mut Vec<UniqueId>) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for call in &node.metrics {
        let absence = match manifest.find_metric(call, &node.package) {
            MetricLookup::Found(metric) => {
                add(parents, &metric.unique_id);
                continue;
            }
            MetricLookup::Disabled => Absence::Disabled,
            MetricLookup::Missing => Absence::NotFound,
        };
        let span = place::of_metric(node, call);
        let diagnostic = missing_metric(manifest, &Who::node(node, &span), call);
        mistakes.push(Mistake { diagnostic: as_warning(node, diagnostic), absence });
    }
    mistakes
}

/// A test of something that is not there is no error, as in dbt: it is left out.
fn as_warning(node: &Node, diagnostic: Diagnostic) -> Diagnostic {
    if node.resource_type != ResourceType::Test {
        return diagnostic;
    }
    let code = if diagnostic.code == "E0301" { "W0301" } else { "W0302" };
    Diagnostic { severity: crate::diagnostic::Severity::Warning, code, ..diagnostic }
}

/// Who calls, and where.
pub(super) struct Who<'a> {
    pub kind: &'static str,
    pub id: &'a UniqueId,
    pub path: &'a str,
    pub package: &'a str,
    pub span: &'a Span,
}

impl<'a> Who<'a> {
    fn node(node: &'a Node, span: &'a Span) -> Self {
        let kind = node.resource_type.title();
        Self { kind, id: &node.unique_id, path: &node.original_file_path, package: &node.package, span }
    }

    /// The words of dbt, which tools look for.
    pub(super) fn depends_on(&self, kind: &str, name: &str) -> String {
        format!("{} '{}' ({}) depends on a {kind} named '{name}'", self.kind, self.id, self.path)
    }
}

/// Says that a `ref` means nothing, or something disabled.
pub(super) fn missing_node(manifest: &Manifest, who: &Who<'_>, call: &RefCall, absence: Absence) -> Diagnostic {
    let version = call.version.as_ref().map(|version| format!(" with version '{version}'")).unwrap_or_default();
    let package =
        call.package.as_ref().map(|package| format!(" in package or project '{package}'")).unwrap_or_default();
    let what = format!("{}{version}{package}", who.depends_on("node", &call.name));
    let title = absence.title(&what);
    let span = call.span.as_ref().unwrap_or(who.span);
    let diagnostic = Diagnostic::error(Kind::Compilation, "E0301", title).at(span.clone(), absence.as_str());
    if absence == Absence::Disabled {
        let found = manifest.disabled.nodes.iter().find(|node| node.name == call.name);
        return match found {
            Some(node) => diagnostic.with_help(format!("enable `{}`, or do not refer to it", node.original_file_path)),
            None => diagnostic,
        };
    }
    let versions: Vec<&str> = manifest.versions_of(&call.name);
    if !versions.is_empty() {
        return diagnostic.with_help(format!("the versions of `{}` are {}", call.name, versions.join(", ")));
    }
    if let Some(package) = &call.package
        && let NodeLookup::Found(node) = manifest.find_ref(None, &call.name, None, who.package)
    {
        let help = format!("there is one in the package `{}`, not in `{package}`", node.package);
        return diagnostic.with_help(help);
    }
    let refable = manifest.nodes.values().filter(|node| node.resource_type.is_refable());
    let own = who.id.as_str();
    let names = refable.filter(|node| node.unique_id.as_str() != own).map(|node| node.name.as_str());
    diagnostic.with_nearest(&call.name, names)
}

fn missing_function(manifest: &Manifest, who: &Who<'_>, call: &FunctionCall, absence: Absence) -> Diagnostic {
    let package =
        call.package.as_ref().map(|package| format!(" in package or project '{package}'")).unwrap_or_default();
    let what = format!("{}{package}", who.depends_on("function", &call.name));
    let title = absence.title(&what);
    let diagnostic = Diagnostic::error(Kind::Compilation, "E0301", title).at(who.span.clone(), absence.as_str());
    if absence == Absence::Disabled {
        return diagnostic;
    }
    diagnostic.with_nearest(&call.name, manifest.functions().map(|node| node.name.as_str()))
}

fn missing_source(manifest: &Manifest, who: &Who<'_>, call: &SourceCall, absence: Absence) -> Diagnostic {
    let name = format!("{}.{}", call.source, call.table);
    let what = who.depends_on("source", &name);
    let title = absence.title(&what);
    let span = call.span.as_ref().unwrap_or(who.span);
    let diagnostic = Diagnostic::error(Kind::Compilation, "E0302", title).at(span.clone(), absence.as_str());
    if absence == Absence::Disabled {
        return diagnostic;
    }
    let names: Vec<String> =
        manifest.sources.values().map(|source| format!("{}.{}", source.source_name, source.name)).collect();
    diagnostic.with_nearest(&name, names.iter().map(String::as_str))
}

fn children(manifest: &Manifest) -> IndexMap<UniqueId, Vec<UniqueId>> {
    let ids = manifest.nodes.keys().chain(manifest.sources.keys()).chain(manifest.exposures.keys());
    let ids = ids.chain(manifest.semantic.keys());
    let mut children: IndexMap<UniqueId, Vec<UniqueId>> = ids.map(|id| (id.clone(), Vec::new())).collect();
    for (child, parents) in &manifest.parents {
        for parent in parents {
            children.entry(parent.clone()).or_default().push(child.clone());
        }
    }
    children
}
