//! Makes all sources, after the changes that other packages make to them by `overrides`.

use std::collections::BTreeMap;

use super::properties::{Common, Properties, SourceEntry, TableEntry};
use super::twins::{Twin, twin_nodes, twins};
use super::{Parser, add_node, parsed::Parsed};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};

/// Makes the sources and their tests.
pub(super) fn make(parser: &Parser<'_>, properties: &Properties, parsed: &mut Parsed, diagnostics: &mut Diagnostics) {
    let mut overrides = BTreeMap::new();
    for entry in &properties.sources {
        let Some(package) = &entry.overrides else { continue };
        let key = (package.text.clone(), entry.name.text.clone());
        if let Some(first) = overrides.insert(key, entry) {
            let note = format!(
                "dbt found two schema.yml entries for the same source named {} in package {}. Resources and macros may \
                 only be described a single time. To fix this, remove one of the resource entries for {} in one of \
                 these files: {}, {}",
                entry.name.text, package.text, entry.name.text, first.file.path, entry.file.path
            );
            let title = format!("dbt found two overrides of source with the name \"{}\"", entry.name.text);
            diagnostics.push(
                Diagnostic::error(Kind::Compilation, "E0223", title)
                    .at(entry.name.span.clone(), "this one")
                    .with_context(first.name.span.clone(), "and this one")
                    .with_note(note),
            );
        }
    }
    let mut used = Vec::new();
    for entry in properties.sources.iter().filter(|entry| entry.overrides.is_none()) {
        let key = (entry.file.package.clone(), entry.name.text.clone());
        let over = overrides.get(&key).copied();
        used.extend(over.map(|_| key));
        let changed;
        let (entry, tables): (&SourceEntry, &[TableEntry]) = match over {
            None => (entry, &entry.tables),
            Some(over) => {
                changed = overridden(entry, over);
                (&changed, &changed.tables)
            }
        };
        for table in tables {
            make_table(parser, (entry, table), over, parsed, diagnostics);
        }
    }
    for (key, entry) in &overrides {
        if !used.contains(key) {
            diagnostics.push(
                Diagnostic::warning(
                    Kind::Parsing,
                    "W0221",
                    format!("there is no source `{}` in the package `{}` to override", key.1, key.0),
                )
                .at(entry.name.span.clone(), "this entry has no effect"),
            );
        }
    }
}

fn make_table(
    parser: &Parser<'_>,
    (entry, table): (&SourceEntry, &TableEntry),
    over: Option<&SourceEntry>,
    parsed: &mut Parsed,
    diagnostics: &mut Diagnostics,
) {
    let (mut source, tests) = parser.source(entry, table, diagnostics);
    source.patch_path = over.map(|over| over.file.path.clone());
    if let Some(first) = parsed.sources.get(&source.unique_id) {
        let name = format!("{}.{}", source.source_name, source.name);
        diagnostics.push(twins(
            "sources",
            &name,
            &Twin { id: source.unique_id.as_str(), span: &source.span },
            &Twin { id: first.unique_id.as_str(), span: &first.span },
        ));
        return;
    }
    for test in tests {
        match parsed.nodes.get(&test.unique_id) {
            Some(first) => diagnostics.push(twin_nodes(&test, &first.span)),
            None => add_node(test, parsed),
        }
    }
    if source.config.is_enabled() {
        parsed.sources.insert(source.unique_id.clone(), source);
    } else {
        parsed.disabled.sources.push(source);
    }
}

/// Puts what an override says over what the source says of itself.
fn overridden(entry: &SourceEntry, over: &SourceEntry) -> SourceEntry {
    let tables =
        entry.tables.iter().map(|table| match over.tables.iter().find(|over| over.name.text == table.name.text) {
            None => table.clone(),
            Some(over) => TableEntry {
                name: table.name.clone(),
                description: over.description.clone().or_else(|| table.description.clone()),
                identifier: over.identifier.clone().or_else(|| table.identifier.clone()),
                common: over_common(&table.common, &over.common),
                external: over.external.clone().or_else(|| table.external.clone()),
                columns: if over.columns.is_empty() { table.columns.clone() } else { over.columns.clone() },
                tests: if over.tests.is_empty() { table.tests.clone() } else { over.tests.clone() },
                quote_columns: over.quote_columns.or(table.quote_columns),
            },
        });
    SourceEntry {
        file: std::sync::Arc::clone(&entry.file),
        name: entry.name.clone(),
        overrides: None,
        description: over.description.clone().or_else(|| entry.description.clone()),
        database: over.database.clone().or_else(|| entry.database.clone()),
        unrendered_database: over.unrendered_database.clone().or_else(|| entry.unrendered_database.clone()),
        schema: over.schema.clone().or_else(|| entry.schema.clone()),
        unrendered_schema: over.unrendered_schema.clone().or_else(|| entry.unrendered_schema.clone()),
        loader: over.loader.clone().or_else(|| entry.loader.clone()),
        common: over_common(&entry.common, &over.common),
        tables: tables.collect(),
    }
}

fn over_common(base: &Common, over: &Common) -> Common {
    let map = |base: &crate::resource::Map, over: &crate::resource::Map| {
        if over.is_empty() { base.clone() } else { over.clone() }
    };
    Common {
        meta: map(&base.meta, &over.meta),
        tags: if over.tags.is_empty() { base.tags.clone() } else { over.tags.clone() },
        config: map(&base.config, &over.config),
        quoting: map(&base.quoting, &over.quoting),
        freshness: over.freshness.clone().or_else(|| base.freshness.clone()),
        loaded_at_field: over.loaded_at_field.clone().or_else(|| base.loaded_at_field.clone()),
        loaded_at_query: over.loaded_at_query.clone().or_else(|| base.loaded_at_query.clone()),
    }
}
