//! Makes sources: what is said of a source and of its table, joined.

use std::collections::BTreeSet;

use serde_json::json;

use super::Parser;
use super::config::Own;
use super::external::location;
use super::generic::{Target, Tested};
use super::properties::{SourceEntry, TableEntry};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::resource::{
    Age, Freshness, FreshnessLimit, Map, Node, QuotePolicy, Relation, ResourceType, Source, UniqueId, Value,
};

impl Parser<'_> {
    /// Makes a table of a source and its tests.
    pub(super) fn source(
        &self,
        entry: &SourceEntry,
        table: &TableEntry,
        diagnostics: &mut Diagnostics,
    ) -> (Source, Vec<Node>) {
        let package = &entry.file.package;
        let mut fqn = entry.file.fqn();
        fqn.extend([entry.name.text.clone(), table.name.text.clone()]);
        let own = own_config(entry, table);
        let merged =
            self.configs.merge(ResourceType::Source, package, &fqn, Own { patch: Some(&own), call: &Map::new() });
        let mut config = merged.config;
        if let Some(freshness) = config.0.get_mut("freshness") {
            *freshness = normalized_freshness(freshness);
        }
        let caller = self.caller(package);
        let (description, doc_blocks) = self.docs.describe(table.description.as_ref(), &caller, diagnostics);
        let (source_description, _) = self.docs.describe(entry.description.as_ref(), &caller, diagnostics);
        let columns = self.described_columns(package, &table.columns, diagnostics);
        let mut quoting = json!({"database": null, "schema": null, "identifier": null, "column": null});
        if let Some(map) = quoting.as_object_mut() {
            map.extend(entry.common.quoting.clone());
            map.extend(table.common.quoting.clone());
        }
        let quoting = quoting.as_object().cloned().unwrap_or_default();
        let text = |key: &str| config.text(key).map(str::to_owned);
        let mut source = Source {
            unique_id: UniqueId::new(
                ResourceType::Source,
                package,
                &format!("{}.{}", entry.name.text, table.name.text),
            ),
            package: package.clone(),
            source_name: entry.name.text.clone(),
            name: table.name.text.clone(),
            path: entry.file.path.clone(),
            original_file_path: entry.file.path.clone(),
            fqn,
            database: entry.database.clone().unwrap_or_else(|| self.target.database.clone()),
            schema: entry.schema.clone().unwrap_or_else(|| entry.name.text.clone()),
            identifier: table.identifier.clone().unwrap_or_else(|| table.name.text.clone()),
            relation: Relation::new("", "", ""),
            loader: entry.loader.clone().unwrap_or_default(),
            description,
            doc_blocks,
            source_description,
            source_meta: joined([Some(&entry.common.meta), meta(&entry.common.config)]),
            meta: config.map("meta").cloned().unwrap_or_default(),
            tags: config.tags(),
            columns,
            freshness: config.value("freshness").map(freshness),
            loaded_at_field: text("loaded_at_field"),
            loaded_at_query: text("loaded_at_query"),
            external: table.external.as_ref().map(external),
            quoting,
            unrendered_config: merged.unrendered,
            unrendered_database: entry.unrendered_database.clone(),
            unrendered_schema: entry.unrendered_schema.clone(),
            patch_path: None,
            span: table.name.span.clone(),
            config,
        };
        source.relation = relation(&source, diagnostics);
        let tests = self.source_tests(entry, table, diagnostics);
        (source, tests)
    }

    fn source_tests(&self, entry: &SourceEntry, table: &TableEntry, diagnostics: &mut Diagnostics) -> Vec<Node> {
        let target = Target {
            file: &entry.file,
            tested: Tested::Table { source: entry.name.text.clone(), table: table.name.text.clone() },
            attached: None,
            group: None,
            file_key: format!("sources.{}", entry.name.text),
            tags: entry.common.tags.iter().chain(&table.common.tags).cloned().collect(),
            quote_columns: table.quote_columns,
        };
        // dbt makes the tests of a whole table before those of its columns, unlike for models.
        let mut tests = self.tests(&target, std::iter::empty(), &table.tests, diagnostics);
        tests.extend(self.tests(&target, table.columns.iter(), &[], diagnostics));
        tests
    }
}

fn meta(config: &Map) -> Option<&Map> {
    config.get("meta").and_then(Value::as_object)
}

fn joined<'a>(maps: impl IntoIterator<Item = Option<&'a Map>>) -> Map {
    maps.into_iter().flatten().flat_map(Clone::clone).collect()
}

/// What source and table configure: the table's keys over the source's, `meta`, `tags` and `freshness` joined.
fn own_config(entry: &SourceEntry, table: &TableEntry) -> Map {
    let (source, table) = (&entry.common, &table.common);
    let mut config = joined([Some(&source.config), Some(&table.config)]);
    match merged_freshness([
        source.freshness.as_ref(),
        source.config.get("freshness"),
        table.freshness.as_ref(),
        table.config.get("freshness"),
    ]) {
        Merged::Set(value) => {
            config.insert("freshness".into(), value);
        }
        Merged::Off => {
            config.insert("freshness".into(), Value::Null);
        }
        Merged::Unset => {
            config.shift_remove("freshness");
        }
    }
    let of = |map: &Map, key: &str| map.get(key).filter(|value| !value.is_null()).cloned();
    let table_field =
        table.loaded_at_field.clone().filter(|value| !value.is_null()).or_else(|| of(&table.config, "loaded_at_field"));
    let field = match (&table.loaded_at_field, table_field) {
        (_, Some(field)) => field,
        (Some(_), None) => Value::Null,
        (None, None) => source
            .loaded_at_field
            .clone()
            .filter(|value| !value.is_null())
            .or_else(|| of(&source.config, "loaded_at_field"))
            .unwrap_or_default(),
    };
    let query = table.loaded_at_query.clone().map(Value::from).or_else(|| of(&table.config, "loaded_at_query"));
    let has_field = table.loaded_at_field.is_some() || of(&table.config, "loaded_at_field").is_some();
    let query = query.or_else(|| {
        if has_field {
            None
        } else {
            source.loaded_at_query.clone().map(Value::from).or_else(|| of(&source.config, "loaded_at_query"))
        }
    });
    config.insert("loaded_at_field".into(), field);
    config.insert("loaded_at_query".into(), query.unwrap_or_default());
    let all_meta = joined([Some(&source.meta), meta(&source.config), Some(&table.meta), meta(&table.config)]);
    config.insert("meta".into(), Value::Object(all_meta));
    let mut tags: BTreeSet<String> = source.tags.iter().chain(&table.tags).cloned().collect();
    for config in [&source.config, &table.config] {
        match config.get("tags") {
            Some(Value::String(tag)) => tags.extend([tag.clone()]),
            Some(Value::Array(items)) => tags.extend(items.iter().filter_map(Value::as_str).map(str::to_owned)),
            _ => {}
        }
    }
    config.insert("tags".into(), tags.into_iter().collect());
    config
}

enum Merged {
    /// Thresholds.
    Set(Value),
    /// Switched off with `freshness: null`.
    Off,
    /// Nothing was said.
    Unset,
}

/// Joins the thresholds of several places; `null` switches off what came before it.
fn merged_freshness(places: [Option<&Value>; 4]) -> Merged {
    let mut current: Option<Value> = None;
    for (index, place) in places.into_iter().enumerate() {
        let update = match place {
            None => Some(empty_freshness()),
            Some(Value::Null) => None,
            Some(written) => Some(normalized_freshness(written)),
        };
        current = match (current, update) {
            (base, update) if index == 0 => base.or(update),
            (Some(base), Some(update)) => Some(join_freshness(&base, &update)),
            (None, Some(update)) if has_limit(&update) => Some(update),
            _ => None,
        };
    }
    match current {
        None => Merged::Off,
        Some(value) if has_limit(&value) => Merged::Set(value),
        Some(_) => Merged::Unset,
    }
}

fn join_freshness(base: &Value, update: &Value) -> Value {
    let limit = |key: &str| match (&base[key], &update[key]) {
        (_, Value::Null) => Value::Null,
        (base, update) if is_limit(base) && is_limit(update) => {
            json!({"count": or(&update["count"], &base["count"]), "period": or(&update["period"], &base["period"])})
        }
        (_, update) if is_limit(update) => update.clone(),
        (base, _) => base.clone(),
    };
    json!({
        "warn_after": limit("warn_after"),
        "error_after": limit("error_after"),
        "filter": or(&update["filter"], &base["filter"]),
    })
}

fn or(first: &Value, second: &Value) -> Value {
    if first.is_null() { second.clone() } else { first.clone() }
}

fn empty_freshness() -> Value {
    json!({
        "warn_after": {"count": null, "period": null}, "error_after": {"count": null, "period": null}, "filter": null,
    })
}

/// Writes thresholds with all their keys.
fn normalized_freshness(written: &Value) -> Value {
    let Some(map) = written.as_object() else { return Value::Null };
    let limit = |key: &str| match map.get(key) {
        None => json!({"count": null, "period": null}),
        Some(Value::Null) => Value::Null,
        Some(limit) => json!({"count": limit.get("count"), "period": limit.get("period")}),
    };
    json!({"warn_after": limit("warn_after"), "error_after": limit("error_after"), "filter": map.get("filter")})
}

fn is_limit(value: &Value) -> bool {
    !value["count"].is_null() && !value["period"].is_null()
}

fn has_limit(value: &Value) -> bool {
    is_limit(&value["warn_after"]) || is_limit(&value["error_after"])
}

fn freshness(value: &Value) -> Freshness {
    let limit = |key: &str| {
        let limit = &value[key];
        if limit.is_null() {
            return FreshnessLimit::Off;
        }
        match (limit["count"].as_i64(), limit["period"].as_str()) {
            (Some(count), Some(period)) => FreshnessLimit::Age(Age { count, period: period.to_owned() }),
            _ => FreshnessLimit::Unset,
        }
    };
    Freshness {
        warn_after: limit("warn_after"),
        error_after: limit("error_after"),
        filter: value["filter"].as_str().map(str::to_owned),
    }
}

fn external(written: &Map) -> Map {
    let mut external = json!({
        "location": null, "file_format": null, "row_format": null, "tbl_properties": null, "partitions": null,
    });
    if let Some(map) = external.as_object_mut() {
        map.extend(written.clone());
    }
    external.as_object().cloned().unwrap_or_default()
}

/// A source's own `quoting` decides; the project's does not matter for it, as in dbt.
fn relation(source: &Source, diagnostics: &mut Diagnostics) -> Relation {
    let quoted = |key: &str| source.quoting.get(key).and_then(Value::as_bool).unwrap_or(true);
    let quote =
        QuotePolicy { database: quoted("database"), schema: quoted("schema"), identifier: quoted("identifier") };
    let external = match location(source) {
        Ok(external) => external,
        Err(title) => {
            diagnostics.push(Diagnostic::error(Kind::Parsing, "E0236", title).at(source.span.clone(), "of this table"));
            None
        }
    };
    Relation { quote, external, ..Relation::new(&source.database, &source.schema, &source.identifier) }
}
