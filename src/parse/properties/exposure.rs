//! Entries of `exposures`, `groups` and `macros`.

use std::sync::Arc;

use super::fields::Fields;
use super::{PropertiesFile, Written};
use crate::diagnostic::{Diagnostic, Kind};
use crate::parse::config::check_mapping;
use crate::resource::{Map, Owner, ResourceType, Value};
use crate::yaml::Yaml;

/// An exposure.
#[derive(Debug)]
pub(crate) struct ExposureEntry {
    /// The file.
    pub file: Arc<PropertiesFile>,
    /// Name.
    pub name: Written,
    /// `dashboard`, `notebook` …
    pub exposure_type: String,
    /// Who answers for it.
    pub owner: Owner,
    /// Description, unrendered.
    pub description: Option<Written>,
    /// Title.
    pub label: Option<String>,
    /// `low`, `medium` or `high`.
    pub maturity: Option<String>,
    /// Where it is.
    pub url: Option<String>,
    /// Free properties.
    pub meta: Map,
    /// Tags.
    pub tags: Vec<String>,
    /// Configuration.
    pub config: Map,
    /// What it is made of, each a call of `ref` or `source`.
    pub depends_on: Vec<Written>,
}

/// A group.
#[derive(Debug)]
pub(crate) struct GroupEntry {
    /// The file.
    pub file: Arc<PropertiesFile>,
    /// Name.
    pub name: Written,
    /// Who answers for it.
    pub owner: Owner,
    /// Description.
    pub description: Option<Written>,
    /// Configuration.
    pub config: Map,
}

/// What a properties file says of a macro.
#[derive(Debug)]
pub(crate) struct MacroEntryPatch {
    /// The file.
    pub file: Arc<PropertiesFile>,
    /// The macro's name.
    pub name: Written,
    /// Description, unrendered.
    pub description: Option<Written>,
    /// Name, type and description of each argument.
    pub arguments: Vec<(String, Option<String>, Option<Written>)>,
    /// Free properties.
    pub meta: Map,
    /// Documentation settings.
    pub docs: Map,
}

const EXPOSURE_KEYS: &[&str] =
    &["name", "type", "owner", "description", "label", "maturity", "meta", "tags", "url", "depends_on", "config"];
const TYPES: [&str; 5] = ["dashboard", "notebook", "analysis", "ml", "application"];
const MATURITIES: [&str; 3] = ["low", "medium", "high"];

/// Warns of a name that is more than letters, digits, `_` and `-`.
fn check_name(fields: &mut Fields<'_>, name: &Written) {
    if name.text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-')) {
        return;
    }
    let title = format!(
        "Starting in v1.3, the 'name' of an exposure should contain only letters, numbers, and underscores. \
         Exposures support a new property, 'label', which may contain spaces, capital letters, and special \
         characters. {} does not follow this pattern. Please update the 'name', and use the 'label' property for a \
         human-friendly title. This will raise an error in a future version of dbt-core.",
        name.text
    );
    fields.diagnostics.push(
        Diagnostic::warning(Kind::Parsing, "W0232", title)
            .at(name.span.clone(), "")
            .as_event("ExposureNameDeprecation", [("exposure", &name.text)]),
    );
}

/// Reads one exposure.
pub(super) fn read(fields: &mut Fields<'_>) -> Option<ExposureEntry> {
    let name = fields.name("an exposure")?;
    fields.require_keys("exposures", EXPOSURE_KEYS);
    if let Some(config) = fields.value("config") {
        check_mapping(ResourceType::Exposure, config, fields.diagnostics);
    }
    check_name(fields, &name);
    let exposure_type = one_of(fields, "type", &TYPES);
    if exposure_type.is_none() && fields.value("type").is_none() {
        fields.diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0214", format!("the exposure `{}` has no `type`", name.text))
                .at(name.span.clone(), format!("give it one of {}", TYPES.join(", "))),
        );
    }
    let owner = owner(fields, &name);
    let mut depends_on = Vec::new();
    for item in fields.list("depends_on") {
        match item.as_str() {
            Some(text) => depends_on.push(Written { text: text.to_owned(), span: item.span.clone() }),
            None => fields.wrong("depends_on", "a list of calls such as `ref('orders')`", item),
        }
    }
    Some(ExposureEntry {
        file: Arc::clone(fields.file),
        exposure_type: exposure_type.unwrap_or_default(),
        owner,
        description: fields.text("description"),
        label: fields.plain("label"),
        maturity: one_of(fields, "maturity", &MATURITIES),
        url: fields.plain("url"),
        meta: fields.map("meta"),
        tags: fields.texts("tags"),
        config: fields.map("config"),
        depends_on,
        name,
    })
}

fn one_of(fields: &mut Fields<'_>, key: &str, choices: &[&str]) -> Option<String> {
    let written = fields.text(key)?;
    if !choices.contains(&written.text.as_str()) {
        fields.diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0211", format!("`{key}` cannot be `{}`", written.text))
                .at(written.span, format!("one of {} is expected", choices.join(", ")))
                .with_nearest(&written.text, choices.iter().copied()),
        );
        return None;
    }
    Some(written.text)
}

fn owner(fields: &mut Fields<'_>, name: &Written) -> Owner {
    let written = fields.map("owner");
    let text = |key: &str| written.get(key).and_then(Value::as_str).map(str::to_owned);
    let owner = Owner {
        name: text("name"),
        email: written.get("email").filter(|email| email.is_string() || email.is_array()).cloned(),
        extra: written
            .iter()
            .filter(|(key, _)| !matches!(key.as_str(), "name" | "email"))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    };
    if owner.name.is_none() && owner.email.is_none() {
        fields.diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0214", format!("`{}` has no owner", name.text))
                .at(name.span.clone(), "give it an `owner` with a `name` or an `email`"),
        );
    }
    owner
}

/// Reads one group.
pub(super) fn read_group(fields: &mut Fields<'_>) -> Option<GroupEntry> {
    let name = fields.name("a group")?;
    fields.require_keys("groups", &["name", "owner", "description", "config"]);
    Some(GroupEntry {
        file: Arc::clone(fields.file),
        owner: owner(fields, &name),
        description: fields.text("description"),
        config: fields.map("config"),
        name,
    })
}

/// Reads what is said of one macro.
pub(super) fn read_macro(fields: &mut Fields<'_>) -> Option<MacroEntryPatch> {
    let name = fields.name("a macro")?;
    fields.expect_keys("a macro", &["name", "description", "meta", "docs", "config", "arguments"]);
    let config = fields.map("config");
    let mut meta = fields.map("meta");
    meta.extend(config.get("meta").and_then(Value::as_object).cloned().unwrap_or_default());
    let docs = config.get("docs").and_then(Value::as_object).cloned().unwrap_or_else(|| fields.map("docs"));
    let mut arguments = Vec::new();
    for yaml in fields.mappings("arguments") {
        arguments.extend(argument(&mut fields.of(yaml), yaml));
    }
    Some(MacroEntryPatch {
        file: Arc::clone(fields.file),
        description: fields.text("description"),
        arguments,
        meta,
        docs,
        name,
    })
}

fn argument(fields: &mut Fields<'_>, yaml: &Yaml) -> Option<(String, Option<String>, Option<Written>)> {
    let name = fields.name("an argument of a macro")?;
    let kind = yaml.entry("type").filter(|kind| !kind.is_null()).map(|kind| super::fields::scalar(&kind.to_value()));
    Some((name.text, kind, fields.text("description")))
}
