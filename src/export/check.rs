//! Whether items can be published at all, before any of them is written.

use std::collections::BTreeMap;

use super::ExportItem;
use super::manifest::FILE_NAME;
use crate::adapter::{ColumnType, Session};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};

/// Names that some systems keep for devices.
const DEVICES: [&str; 7] = ["con", "prn", "aux", "nul", "com1", "com2", "lpt1"];

/// Returns each item's columns.
///
/// # Errors
/// All that is wrong with any of them.
pub(super) fn check(session: &Session, items: &[ExportItem]) -> Result<Vec<Vec<ColumnType>>, Diagnostics> {
    let mut mistakes = Diagnostics::new();
    check_names(items, &mut mistakes);
    let mut all = Vec::new();
    for item in items {
        match session.connection().columns(&item.relation) {
            Ok(columns) if columns.is_empty() => mistakes.push(missing(item)),
            Ok(columns) => {
                check_order(item, &columns, &mut mistakes);
                all.push(columns);
            }
            Err(error) => mistakes.push(*super::refused(item, &error)),
        }
    }
    if mistakes.has_errors() { Err(mistakes) } else { Ok(all) }
}

fn check_names(items: &[ExportItem], mistakes: &mut Diagnostics) {
    let mut taken: BTreeMap<String, &ExportItem> = BTreeMap::new();
    for item in items {
        if !is_safe(&item.name) || item.file_name() == FILE_NAME {
            let title = format!("`{}` cannot be the name of an exported file", item.file_name());
            mistakes.push(
                Diagnostic::error(Kind::Runtime, "E0740", title)
                    .with_help("give the model an `alias` of letters, digits, `_`, `-` and `.`"),
            );
        }
        // Some file systems do not tell upper from lower case.
        if let Some(other) = taken.insert(item.file_name().to_lowercase(), item) {
            let title = format!(
                "{} and {} are both exported to `{}`",
                other.relation.render(),
                item.relation.render(),
                item.file_name()
            );
            mistakes.push(
                Diagnostic::error(Kind::Runtime, "E0740", title).with_help("give one of the models another `alias`"),
            );
        }
    }
}

fn is_safe(name: &str) -> bool {
    let is_plain = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | ' ');
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    !name.is_empty() && !name.starts_with(['.', ' ']) && name.chars().all(is_plain) && !DEVICES.contains(&stem.as_str())
}

fn check_order(item: &ExportItem, columns: &[ColumnType], mistakes: &mut Diagnostics) {
    for name in &item.order_by {
        if !columns.iter().any(|column| column.name.eq_ignore_ascii_case(name)) {
            let title = format!("`{}` is to be sorted by `{name}`, but has no such column", item.name);
            mistakes.push(
                Diagnostic::error(Kind::Runtime, "E0741", title)
                    .with_nearest(name, columns.iter().map(|column| column.name.as_str()))
                    .with_help("write columns of the model into its config `grain`"),
            );
        }
    }
}

fn missing(item: &ExportItem) -> Diagnostic {
    let title = format!("`{}` cannot be exported: there is no {} in the database", item.name, item.relation.render());
    Diagnostic::error(Kind::Runtime, "E0742", title).with_help("build it first")
}
