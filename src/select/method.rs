//! What a value is compared with: the methods of selection.

use super::fqn;
use super::glob::{Glob, PathGlob};
use super::member::{Member, Members};
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::resource::{ResourceType, Value};

/// A method of selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Fqn,
    Tag,
    Group,
    Access,
    Source,
    Path,
    File,
    Package,
    Config,
    TestName,
    TestType,
    ResourceType,
    State,
    Exposure,
    Metric,
    Result,
    SourceStatus,
    Version,
    SemanticModel,
    SavedQuery,
    UnitTest,
}

impl Method {
    const ALL: &[(&str, Self)] = &[
        ("fqn", Self::Fqn),
        ("tag", Self::Tag),
        ("group", Self::Group),
        ("access", Self::Access),
        ("source", Self::Source),
        ("path", Self::Path),
        ("file", Self::File),
        ("package", Self::Package),
        ("config", Self::Config),
        ("test_name", Self::TestName),
        ("test_type", Self::TestType),
        ("resource_type", Self::ResourceType),
        ("state", Self::State),
        ("exposure", Self::Exposure),
        ("metric", Self::Metric),
        ("result", Self::Result),
        ("source_status", Self::SourceStatus),
        ("version", Self::Version),
        ("semantic_model", Self::SemanticModel),
        ("saved_query", Self::SavedQuery),
        ("unit_test", Self::UnitTest),
    ];

    /// Returns the name as users write it.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, method)| *method == self).map_or("", |(name, _)| *name)
    }
}

/// The methods that compare with the artifacts of an earlier run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PastMethod {
    State,
    Result,
    SourceStatus,
}

/// A method with the value that is searched for, ready to be tried on members.
#[derive(Clone, Debug)]
pub(super) struct Search {
    method: Method,
    arguments: Vec<String>,
    value: String,
    glob: Glob,
    path: PathGlob,
    /// The value's parts between dots, for `source`, `exposure` and `unit_test`.
    dotted: Vec<Glob>,
}

impl Search {
    /// Reads a method as written, such as `config.meta.owner`, and checks that the value suits it.
    pub fn new(method: &str, method_span: &Span, value: &str, value_span: &Span) -> Result<Self, Diagnostic> {
        let mut parts = method.split('.');
        let name = parts.next().unwrap_or_default();
        let Some((_, found)) = Method::ALL.iter().find(|(known, _)| *known == name) else {
            return Err(Diagnostic::error(Kind::Runtime, "E0501", format!("'{name}' is not a valid method name"))
                .at(method_span.clone(), "")
                .with_nearest(name, Method::ALL.iter().map(|(known, _)| *known))
                .with_note(format!("the methods are {}", names(Method::ALL.iter().map(|(known, _)| *known)))));
        };
        let mut search = Self::of_method(*found, value);
        search.arguments = parts.map(str::to_owned).collect();
        search.check(value_span)?;
        Ok(search)
    }

    /// Takes a method without arguments and a value that suits it.
    pub fn of_method(method: Method, value: &str) -> Self {
        Self {
            method,
            arguments: Vec::new(),
            value: value.to_owned(),
            glob: Glob::new(value),
            path: PathGlob::new(value),
            dotted: value.split('.').map(Glob::new).collect(),
        }
    }

    fn check(&self, span: &Span) -> Result<(), Diagnostic> {
        let one_of = |title: String, known: &[&str]| {
            if known.contains(&self.value.as_str()) {
                return Ok(());
            }
            Err(Diagnostic::error(Kind::Runtime, "E0503", title)
                .at(span.clone(), format!("expected {}", names(known.iter().copied())))
                .with_nearest(&self.value, known.iter().copied()))
        };
        let at_most = |parts: usize, title: String| {
            if self.dotted.len() <= parts {
                return Ok(());
            }
            Err(Diagnostic::error(Kind::Runtime, "E0503", title).at(span.clone(), ""))
        };
        let value = &self.value;
        let named = |what: &str, forms: &str| {
            format!("Invalid {what} selector value \"{value}\". {} must be of the form {forms}", capital_plural(what))
        };
        match self.method {
            Method::ResourceType => one_of(
                format!("Invalid resource_type selector \"{value}\""),
                &ResourceType::ALL.map(ResourceType::as_str),
            ),
            Method::TestType => one_of(
                format!(
                    "Invalid test type selector {value}: expected \"generic\", \"singular\", \"unit\", or \"data\""
                ),
                &["generic", "singular", "data", "unit", "schema"],
            ),
            Method::Version => one_of(
                format!(
                    "Invalid version type selector {value}: expected one of: \"latest\", \"prerelease\", \"old\", or \"none\""
                ),
                &["latest", "prerelease", "old", "none"],
            ),
            Method::Source => at_most(
                3,
                named(
                    "source",
                    "`${source_name}`, `${source_name}.${target_name}`, or `${package_name}.${source_name}.${target_name}",
                ),
            ),
            Method::Exposure | Method::Metric | Method::SemanticModel | Method::SavedQuery | Method::UnitTest => {
                let key = self.method.name();
                let forms = format!("${{{key}_name}} or ${{{key}_package.{key}_name}}");
                at_most(2, named(&key.replace('_', " "), &forms))
            }
            _ => Ok(()),
        }
    }

    /// Returns the method when it compares with the artifacts of an earlier run, with what it looks for.
    pub fn past(&self) -> Option<(PastMethod, &str)> {
        let method = match self.method {
            Method::State => PastMethod::State,
            Method::Result => PastMethod::Result,
            Method::SourceStatus => PastMethod::SourceStatus,
            _ => return None,
        };
        Some((method, &self.value))
    }

    /// Returns whether a member fits.
    pub fn fits(&self, member: &Member<'_>, members: &Members<'_>) -> bool {
        match self.method {
            Method::Fqn => member.resource_type != ResourceType::Source && fqn::fits(&self.value, &self.glob, member),
            Method::Tag => member.tags.iter().any(|tag| self.glob.is_match(tag)),
            Method::Group => member.group.is_some_and(|group| self.glob.is_match(group)),
            Method::Access => member.model.is_some_and(|model| model.access == self.value),
            Method::Source => self.fits_source(member),
            Method::Path => self.fits_path(member),
            Method::File => self.fits_file(member),
            Method::Package if self.value == "this" => member.package == members.project_name,
            Method::Package => self.glob.is_match(member.package),
            Method::Config => self.fits_config(member),
            Method::TestName => match member.resource_type {
                ResourceType::UnitTest => self.glob.is_match(member.name),
                _ => member.generic.is_some_and(|name| self.glob.is_match(name)),
            },
            Method::TestType => self.fits_test_type(member),
            Method::ResourceType => member.resource_type.as_str() == self.value,
            Method::Exposure => self.fits_named(member, ResourceType::Exposure),
            Method::Metric => self.fits_named(member, ResourceType::Metric),
            Method::SemanticModel => self.fits_named(member, ResourceType::SemanticModel),
            Method::SavedQuery => self.fits_named(member, ResourceType::SavedQuery),
            Method::UnitTest => self.fits_named(member, ResourceType::UnitTest),
            Method::Version => self.fits_version(member),
            Method::State | Method::Result | Method::SourceStatus => false,
        }
    }

    fn fits_source(&self, member: &Member<'_>) -> bool {
        let Some(source) = member.source_name else { return false };
        match self.dotted.as_slice() {
            [wanted] => wanted.is_match(source),
            [wanted, table] => wanted.is_match(source) && table.is_match(member.name),
            [package, wanted, table] => {
                package.is_match(member.package) && wanted.is_match(source) && table.is_match(member.name)
            }
            _ => false,
        }
    }

    /// `name` or `package.name` of one kind of resource.
    fn fits_named(&self, member: &Member<'_>, resource_type: ResourceType) -> bool {
        member.resource_type == resource_type
            && match self.dotted.as_slice() {
                [name] => name.is_match(member.name),
                [package, name] => package.is_match(member.package) && name.is_match(member.name),
                _ => false,
            }
    }

    fn fits_path(&self, member: &Member<'_>) -> bool {
        // A properties file selects what it describes, a folder of properties files does not.
        let patch = member.patch_path.and_then(|path| path.split_once("://")).map(|(_, path)| path);
        self.path.is_match_or_above(member.original_file_path) || patch.is_some_and(|path| self.path.is_match(path))
    }

    fn fits_file(&self, member: &Member<'_>) -> bool {
        let name = member.original_file_path.rsplit('/').next().unwrap_or_default();
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        self.glob.is_match(name) || self.glob.is_match(stem)
    }

    fn fits_config(&self, member: &Member<'_>) -> bool {
        let Some(config) = member.config else { return false };
        let mut arguments = self.arguments.iter();
        let Some(first) = arguments.next() else { return false };
        let is_severity = self.arguments == ["severity"];
        let default = Value::Bool(true);
        let mut value = match config.0.get(first) {
            Some(value) => value,
            None if first == "enabled" => &default,
            None => return false,
        };
        for argument in arguments {
            match value.get(argument) {
                Some(inner) => value = inner,
                None => return false,
            }
        }
        let is_wanted = |value: &Value| match value {
            Value::String(text) if is_severity => text.eq_ignore_ascii_case(&self.value),
            Value::String(text) => *text == self.value,
            Value::Bool(truth) => self.value.eq_ignore_ascii_case(if *truth { "true" } else { "false" }),
            _ => false,
        };
        match value {
            Value::Array(items) => items.iter().any(is_wanted),
            value => is_wanted(value),
        }
    }

    fn fits_test_type(&self, member: &Member<'_>) -> bool {
        let is_generic = member.generic.is_some();
        match member.resource_type {
            ResourceType::Test => match self.value.as_str() {
                "data" => true,
                "generic" | "schema" => is_generic,
                "singular" => !is_generic,
                _ => false,
            },
            ResourceType::UnitTest => self.value == "unit",
            _ => false,
        }
    }

    fn fits_version(&self, member: &Member<'_>) -> bool {
        let Some(model) = member.model else { return false };
        match (self.value.as_str(), &model.version, &model.latest_version) {
            ("none", version, _) => version.is_none(),
            ("latest", Some(version), Some(latest)) => version == latest,
            ("prerelease", Some(version), Some(latest)) => is_lower(latest, version),
            ("old", Some(version), Some(latest)) => is_lower(version, latest),
            _ => false,
        }
    }
}

/// `saved query` into `Saved queries`, as dbt's messages begin their second sentence.
fn capital_plural(what: &str) -> String {
    let mut text = what.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    match text.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => text + "s",
    }
}

/// Compares versions as numbers when both are, else as texts.
fn is_lower(one: &str, other: &str) -> bool {
    match (one.parse::<f64>(), other.parse::<f64>()) {
        (Ok(one), Ok(other)) => one < other,
        _ => one < other,
    }
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
