//! What the hooks of a node refer to.

use super::{Draft, first_line};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, SourceFile, Span};
use crate::parse::Parser;
use crate::parse::render::Extracted;
use crate::resource::{NodeConfig, ResourceType, UniqueId};

impl Parser<'_> {
    /// Hooks may refer to nodes, too.
    pub(super) fn read_hooks(
        &self,
        (draft, id): (&Draft, &UniqueId),
        config: &NodeConfig,
        extracted: &mut Extracted,
        diagnostics: &mut Diagnostics,
    ) {
        if draft.kind == ResourceType::Test {
            return;
        }
        for key in ["pre-hook", "post-hook"] {
            for (index, hook) in config.hooks(key).into_iter().enumerate() {
                if !hook.sql.contains("{{") && !hook.sql.contains("{%") {
                    continue;
                }
                let file = SourceFile::new(format!("{} ({key})", draft.code.file.path), hook.sql);
                let span = Span::new(&file, 0..file.text.len());
                let read = match self.templates.plain(&draft.package, &span) {
                    Some(plain) => Ok(plain),
                    None => self.render(draft, &format!("{id}.{key}.{index}"), &span),
                };
                match read {
                    Ok(read) if draft.kind == ResourceType::Seed && read.refers() => {
                        diagnostics.push(seed_depends(draft, id, config));
                    }
                    Ok(read) => extracted.merge(read),
                    Err(diagnostic) => diagnostics.push(diagnostic),
                }
            }
        }
    }
}

/// A seed has no parents: its hooks may name no node.
fn seed_depends(draft: &Draft, id: &UniqueId, config: &NodeConfig) -> Diagnostic {
    let title = "Seeds cannot depend on other nodes. dbt detected a seed with a pre- or post-hook \
                 that calls 'ref', 'source', or 'metric', either directly or indirectly via other macros.";
    let mut diagnostic =
        Diagnostic::error(Kind::Parsing, "E0239", title).at(first_line(&draft.code), format!("`{id}` has such a hook"));
    for (key, name) in [("pre-hook", "pre_hook"), ("post-hook", "post_hook")] {
        for hook in config.hooks(key) {
            diagnostic = diagnostic.with_note(format!("{name}: \"{}\"", hook.sql));
        }
    }
    diagnostic
}
