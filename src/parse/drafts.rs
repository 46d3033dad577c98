//! Finds the nodes of all packages: one for each file, block, hook, and snapshot that is declared without a file.

use super::blocks;
use super::files::{InputFile, PackageFiles, folders};
use super::literal::Reference;
use super::node::Draft;
use super::properties::{NodeEntry, Properties, Section};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, SourceFile, Span};
use crate::project::Project;
use crate::resource::{Checksum, Detail, ResourceType, sha256_hex};

/// Returns the drafts in the order in which nodes are listed: package by package, kind by kind.
pub(super) fn drafts(
    files: &[(&Project, PackageFiles)],
    properties: &Properties,
    diagnostics: &mut Diagnostics,
) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for (package, files) in files {
        let name = package.name.as_str();
        let root = package.root.display().to_string();
        drafts.extend(files.models.iter().map(|file| Draft::of_file(ResourceType::Model, name, file)));
        for file in &files.snapshots {
            drafts.extend(snapshots(name, file, diagnostics));
        }
        drafts.extend(files.analyses.iter().map(|file| Draft::of_file(ResourceType::Analysis, name, file)));
        drafts.extend(files.tests.iter().map(|file| Draft::of_file(ResourceType::Test, name, file)));
        drafts.extend(files.seeds.iter().map(|seed| Draft::of_seed(name, &root, seed)));
        drafts.extend(files.functions.iter().map(|file| Draft::of_file(ResourceType::Function, name, file)));
        drafts.extend(hooks(package));
        let declared = properties.nodes.iter().filter(|entry| entry.section == Section::Snapshots);
        drafts.extend(
            declared
                .filter(|entry| entry.file.package == name)
                .filter_map(|entry| declared_snapshot(entry, diagnostics)),
        );
    }
    drafts
}

fn snapshots(package: &str, file: &InputFile, diagnostics: &mut Diagnostics) -> Vec<Draft> {
    let blocks = blocks::find(&file.source, "snapshot", diagnostics);
    let drafts = blocks.into_iter().map(|block| {
        let beginning = std::iter::once(package.to_owned()).chain(folders(&file.relative));
        Draft {
            name: block.name.clone(),
            fqn: beginning.chain([file.stem().to_owned(), block.name]).collect(),
            code: block.contents,
            ..Draft::of_file(ResourceType::Snapshot, package, file)
        }
    });
    drafts.collect()
}

/// A snapshot that is declared in a properties file: everything of one node or source.
fn declared_snapshot(entry: &NodeEntry, diagnostics: &mut Diagnostics) -> Option<Draft> {
    let relation = entry.relation.as_ref()?;
    if Reference::read(&relation.text, &relation.span).is_none() {
        diagnostics.push(
            Diagnostic::error(
                Kind::Parsing,
                "E0237",
                format!("`{}` is neither `ref(…)` nor `source(…)`", relation.text),
            )
            .at(relation.span.clone(), "what the snapshot is of is expected here"),
        );
        return None;
    }
    let name = entry.name.text.clone();
    let mut fqn = entry.file.fqn();
    fqn.push(name.clone());
    let code = format!("select * from {{{{ {} }}}}", relation.text);
    let file = SourceFile::new(format!("{} (snapshot {name})", entry.file.source.path), code);
    let code = Span::new(&file, 0..file.text.len());
    Some(Draft {
        kind: ResourceType::Snapshot,
        package: entry.file.package.clone(),
        path: format!("{}/{name}.sql", entry.file.relative),
        original_file_path: entry.file.path.clone(),
        fqn,
        language: "sql",
        checksum: Checksum::Sha256(sha256_hex(entry.file.source.text.trim().as_bytes())),
        code,
        made_code: None,
        place: Some(relation.span.clone()),
        tags: Vec::new(),
        detail: Detail::Other,
        name,
    })
}

/// The hooks of a project file, each a node of its own.
fn hooks(package: &Project) -> Vec<Draft> {
    let file_name = package.file.path.rsplit('/').next().unwrap_or_default();
    let checksum = Checksum::Sha256(sha256_hex(package.file.text.trim().as_bytes()));
    let mut drafts = Vec::new();
    for (kind, hooks) in [("on-run-start", &package.on_run_start), ("on-run-end", &package.on_run_end)] {
        for (index, (text, span)) in hooks.iter().enumerate() {
            let name = format!("{}-{kind}-{index}", package.name);
            drafts.push(Draft {
                kind: ResourceType::Operation,
                package: package.name.clone(),
                path: format!("hooks/{name}.sql"),
                original_file_path: format!("./{file_name}"),
                fqn: vec![package.name.clone(), "hooks".to_owned(), name.clone()],
                language: "sql",
                checksum: checksum.clone(),
                code: exact(text, span, &format!("{} ({kind})", package.file.path)),
                made_code: None,
                place: None,
                tags: vec![kind.to_owned()],
                detail: Detail::Operation { index },
                name,
            });
        }
    }
    drafts
}

/// Returns where a YAML text stands when it is written there as it is, else a place in a text of its own.
fn exact(text: &str, span: &Span, name: &str) -> Span {
    if let Some(at) = span.text().find(text).filter(|_| !text.is_empty()) {
        let start = span.range.start + at;
        return Span::new(&span.file, start..start + text.len());
    }
    let file = SourceFile::new(name, text);
    Span::new(&file, 0..text.len())
}
