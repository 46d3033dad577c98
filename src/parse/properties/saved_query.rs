//! Entries of `saved_queries`.

use std::sync::Arc;

use super::fields::Fields;
use super::shape::{self, Key, Rule, Words};
use super::{PropertiesFile, Written};
use crate::parse::config::check_mapping;
use crate::resource::{Map, ResourceType};

/// A saved query.
#[derive(Debug)]
pub(crate) struct SavedQueryEntry {
    /// The file.
    pub file: Arc<PropertiesFile>,
    /// Name.
    pub name: Written,
    /// Its properties in the form of artifacts, but for its exports' configuration, which is as written.
    pub body: Map,
}

/// What a query may be exported as.
pub(crate) const DESTINATION: Words = Words { name: "ExportDestinationType", words: &["table", "view"] };

const SAVED_QUERY: &[Key] = &[
    Key::must("name", Rule::Text),
    Key::must("query_params", Rule::Part(QUERY)),
    Key::may("exports", Rule::Parts(EXPORT)),
    Key::may("description", Rule::Text),
    Key::may("label", Rule::Text),
    Key::may("config", Rule::Free),
    Key::may("tags", Rule::TextOrTexts),
];

const QUERY: &[Key] = &[
    Key::may("metrics", Rule::Texts),
    Key::may("group_by", Rule::Texts),
    Key::may("where", Rule::Filter),
    Key::may("order_by", Rule::Texts),
    Key::may("limit", Rule::Whole),
];

const EXPORT: &[Key] = &[Key::must("name", Rule::Text), Key::may("config", Rule::Free)];

/// Reads one saved query.
pub(super) fn read(fields: &mut Fields<'_>) -> Option<SavedQueryEntry> {
    if let Some(config) = fields.value("config") {
        check_mapping(ResourceType::SavedQuery, config, fields.diagnostics);
    }
    let (name, body) = shape::read("saved_queries", SAVED_QUERY, fields)?;
    Some(SavedQueryEntry { file: Arc::clone(fields.file), name, body })
}
