//! A node as its file alone shows it.

use crate::diagnostic::Span;
use crate::parse::files::{InputFile, SeedFile, folders};
use crate::resource::{Checksum, Detail, FunctionDetail, ModelDetail, ResourceType, TestDetail};

/// A node as its file alone shows it.
#[derive(Debug)]
pub(in crate::parse) struct Draft {
    /// Kind.
    pub kind: ResourceType,
    /// Package.
    pub package: String,
    /// Name by its file or block.
    pub name: String,
    /// Path relative to the resource folder.
    pub path: String,
    /// Path relative to the package's root.
    pub original_file_path: String,
    /// Package, folders and name.
    pub fqn: Vec<String>,
    /// `sql` or `python`.
    pub language: &'static str,
    /// What tells whether it changed.
    pub checksum: Checksum,
    /// Where the code stands.
    pub code: Span,
    /// The code, when it is not what stands there.
    pub made_code: Option<String>,
    /// Where its references stand, when the code was made from them.
    pub place: Option<Span>,
    /// Tags that it has in any case.
    pub tags: Vec<String>,
    /// What only its kind has.
    pub detail: Detail,
}

impl Draft {
    /// Takes a file that is one node.
    pub(in crate::parse) fn of_file(kind: ResourceType, package: &str, file: &InputFile) -> Self {
        let name = file.stem().to_owned();
        let is_python = std::path::Path::new(&file.path).extension().is_some_and(|e| e.eq_ignore_ascii_case("py"));
        let (path, prefix) = match kind {
            ResourceType::Analysis => (format!("analysis/{}", file.relative), Some("analysis".to_owned())),
            _ => (file.relative.clone(), None),
        };
        let beginning = std::iter::once(package.to_owned()).chain(prefix);
        let fqn = beginning.chain(folders(&file.relative)).chain(std::iter::once(name.clone())).collect();
        Self {
            kind,
            package: package.to_owned(),
            name,
            path,
            original_file_path: file.path.clone(),
            fqn,
            language: if is_python { "python" } else { "sql" },
            checksum: file.checksum(),
            code: file.code(),
            made_code: None,
            place: None,
            tags: Vec::new(),
            detail: match kind {
                ResourceType::Model => Detail::Model(ModelDetail::default()),
                ResourceType::Test => Detail::Test(TestDetail::default()),
                ResourceType::Function => Detail::Function(FunctionDetail::default()),
                _ => Detail::Other,
            },
        }
    }

    /// Takes a seed.
    pub(in crate::parse) fn of_seed(package: &str, root: &str, seed: &SeedFile) -> Self {
        let draft = Self::of_file(ResourceType::Seed, package, &seed.file);
        Self {
            checksum: seed.checksum.clone(),
            made_code: Some(String::new()),
            detail: Detail::Seed { root_path: root.to_owned() },
            ..draft
        }
    }
}
