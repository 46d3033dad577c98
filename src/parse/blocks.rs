//! Finds `{% docs %}` and `{% snapshot %}` blocks in a file.

use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Diagnostics, Kind, SourceFile, Span};

/// A block with its name.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// What stands between its tags.
    pub contents: Span,
}

/// Finds the blocks of one keyword. Comments and `raw` blocks are skipped.
pub(crate) fn find(file: &Arc<SourceFile>, keyword: &str, diagnostics: &mut Diagnostics) -> Vec<Block> {
    let text = file.text.as_str();
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('{') {
        let open = at + found;
        at = open + 1;
        if text[open..].starts_with("{#") {
            at = text[open..].find("#}").map_or(text.len(), |end| open + end + 2);
            continue;
        }
        let Some(tag) = tag(text, open) else { continue };
        at = tag.range.end;
        if tag.word == "raw" {
            at = close(text, at, "endraw").map_or(text.len(), |close| close.range.end);
        } else if tag.word == keyword {
            let Some(block) = block(file, &tag, keyword, diagnostics) else { break };
            at = block.contents.range.end;
            blocks.push(block);
        }
    }
    blocks
}

fn block(file: &Arc<SourceFile>, tag: &Tag<'_>, keyword: &str, diagnostics: &mut Diagnostics) -> Option<Block> {
    let Some(end) = close(&file.text, tag.range.end, &format!("end{keyword}")) else {
        diagnostics.push(
            Diagnostic::error(Kind::Compilation, "E0241", format!("`{{% {keyword} %}}` is never closed"))
                .at(Span::new(file, tag.range.clone()), "opened here")
                .with_help(format!("close it with `{{% end{keyword} %}}`")),
        );
        return None;
    };
    let name = tag.rest.trim();
    let start = tag.rest_start + (tag.rest.len() - tag.rest.trim_start().len());
    let name_span = Span::new(file, start..start + name.len());
    if name.is_empty() || name.contains(|c: char| !c.is_alphanumeric() && c != '_') {
        diagnostics.push(
            Diagnostic::error(Kind::Compilation, "E0241", format!("`{name}` cannot be the name of a {keyword} block"))
                .at(Span::new(file, tag.range.clone()), "a name of letters, digits and `_` is expected"),
        );
    }
    Some(Block { name: name.to_owned(), name_span, contents: Span::new(file, tag.range.end..end.range.start) })
}

/// A `{% word rest %}`.
struct Tag<'a> {
    word: &'a str,
    rest: &'a str,
    rest_start: usize,
    range: Range<usize>,
}

fn tag(text: &str, open: usize) -> Option<Tag<'_>> {
    let inner = text[open..].strip_prefix("{%")?;
    let length = inner.find("%}")?;
    let range = open..open + 2 + length + 2;
    let body = &inner[..length];
    let body = body.strip_suffix(['-', '+']).unwrap_or(body);
    let trimmed = body.trim_start_matches(['-', '+']).trim_start();
    let word_start = open + 2 + (body.len() - trimmed.len());
    let word_end = trimmed.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(trimmed.len());
    Some(Tag { word: &trimmed[..word_end], rest: &trimmed[word_end..], rest_start: word_start + word_end, range })
}

fn close<'a>(text: &'a str, from: usize, word: &str) -> Option<Tag<'a>> {
    let mut at = from;
    while let Some(found) = text[at..].find("{%") {
        let open = at + found;
        if let Some(tag) = tag(text, open)
            && tag.word == word
        {
            return Some(tag);
        }
        at = open + 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::diagnostic::{Diagnostic, Diagnostics, SourceFile};

    #[test]
    fn blocks_are_found_outside_of_comments_and_raw() {
        let text = "{# {% docs no %} #}{% raw %}{% docs no %}{% enddocs %}{% endraw %}\n{%- docs one -%}\n a {{ b }} \n{% enddocs %} {% docs two %}x{% enddocs %}";
        let mut diagnostics = Diagnostics::new();
        let blocks = find(&SourceFile::new("a.md", text), "docs", &mut diagnostics);
        let found: Vec<(&str, &str)> =
            blocks.iter().map(|block| (block.name.as_str(), block.contents.text().trim())).collect();
        assert_eq!(found, [("one", "a {{ b }}"), ("two", "x")]);
        assert!(diagnostics.is_empty());
        assert_eq!(blocks[1].name_span.text(), "two");
    }

    #[test]
    fn a_block_that_is_not_closed_is_an_error() {
        let mut diagnostics = Diagnostics::new();
        find(&SourceFile::new("a.md", "\n{% docs one %} x"), "docs", &mut diagnostics);
        let messages: Vec<String> = diagnostics.into_sorted().iter().map(Diagnostic::one_line).collect();
        assert_eq!(messages, ["`{% docs %}` is never closed (a.md:2:1)"]);
    }
}
