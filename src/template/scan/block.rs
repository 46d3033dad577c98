//! The top-level blocks of a file: macros, tests, materializations, snapshots, docs.

use std::ops::Range;

use super::lexer::{docs_end, is_docs_tag, next_plain_tag, plain_tag, tokens};
use super::{ScanError, TokenKind, Tokens, materialization_head, parameters};
use crate::resource::{MacroKind, MacroParameter};

/// A block as it stands in a file.
#[derive(Clone, Debug)]
pub struct Block {
    /// What it is.
    pub kind: MacroKind,
    /// Its name as written.
    pub name: String,
    /// Where the name stands.
    pub name_range: Range<usize>,
    /// The parameters of a macro or test.
    pub parameters: Vec<MacroParameter>,
    /// The whole block, from the head's `{%` to the end's `%}`.
    pub range: Range<usize>,
    /// What stands between its head and its end.
    pub contents: Range<usize>,
}

impl Block {
    /// Returns its name among macros: with the prefix of its kind.
    pub fn macro_name(&self) -> String {
        match &self.kind {
            MacroKind::Test => format!("test_{}", self.name),
            MacroKind::Materialization { name, adapter, .. } => format!("materialization_{name}_{adapter}"),
            _ => self.name.clone(),
        }
    }
}

/// Finds the blocks of a file.
///
/// # Errors
/// When a block is not closed, stands in another block or has no name, or when the text cannot be cut into tokens.
pub fn blocks(text: &str) -> Result<Vec<Block>, ScanError> {
    if !text.contains("{%") {
        return Ok(Vec::new());
    }
    let tokens = tokens(text)?;
    let mut finder = Finder { tokens: &tokens, found: Vec::new(), open: None, control: Vec::new() };
    for (index, token) in tokens.list.iter().enumerate() {
        match token.kind {
            TokenKind::TagStart => finder.tag(index)?,
            TokenKind::Docs if finder.open.is_none() => finder.found.push(docs_block(text, token.range())?),
            _ => {}
        }
    }
    match finder.open {
        Some(open) => Err(finder.never_closed(open)),
        None => Ok(finder.found),
    }
}

/// Finds the `docs` blocks of a Markdown file; what else looks like a tag there is prose.
///
/// # Errors
/// When a block is not closed or has no name.
pub fn docs_blocks(text: &str) -> Result<Vec<Block>, ScanError> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find('{')).map(|length| at + length) {
        at = start + 1;
        if text[start..].starts_with("{#") {
            at = text[start..].find("#}").map_or(at, |length| start + length + 2);
        } else if let Some(raw) = plain_tag(text, start, "raw") {
            at = next_plain_tag(text, raw.end, "endraw").map_or(raw.end, |end| end.end);
        } else if is_docs_tag(text, start) {
            let Some(end) = docs_end(text, start) else {
                let line = text[start..].find('\n').map_or(text.len(), |length| start + length);
                return Err(ScanError::new("this `docs` block is never closed", start..line)
                    .with_help("close it with `{% enddocs %}`"));
            };
            found.push(docs_block(text, start..end.end)?);
            at = end.end;
        }
    }
    Ok(found)
}

fn docs_block(text: &str, range: Range<usize>) -> Result<Block, ScanError> {
    let nameless = || {
        ScanError::new("this `docs` block has no name", range.start..range.start + 2)
            .with_help("write `{% docs name %}`")
    };
    let block = &text[range.clone()];
    let head_end = block.find("%}").ok_or_else(nameless)?;
    let head = block[..head_end].trim_end_matches(['-', '+']).trim_end();
    let (before, name) = head.rsplit_once(|c: char| c.is_ascii_whitespace()).ok_or_else(nameless)?;
    if !before.trim_end().ends_with("docs") || name.is_empty() || name.ends_with("docs") && before.ends_with("{%") {
        return Err(nameless());
    }
    let name_start = range.start + before.len() + 1;
    let end = block.rfind("{%").ok_or_else(nameless)?;
    Ok(Block {
        kind: MacroKind::Docs,
        name: name.to_owned(),
        name_range: name_start..name_start + name.len(),
        parameters: Vec::new(),
        contents: range.start + head_end + 2..range.start + end,
        range,
    })
}

struct Finder<'a, 't> {
    tokens: &'a Tokens<'t>,
    found: Vec<Block>,
    /// Index of the head of the block that is open.
    open: Option<usize>,
    /// Indices of `if` and `for` that are open.
    control: Vec<usize>,
}

impl Finder<'_, '_> {
    fn tag(&mut self, start: usize) -> Result<(), ScanError> {
        let keyword = self.tokens.keyword(start);
        match keyword {
            "if" | "for" => self.control.push(start),
            "endif" | "endfor" => self.end_control(start, keyword)?,
            "macro" | "test" | "data_test" | "materialization" | "snapshot" => self.begin(start, keyword)?,
            _ => {
                let Some(open) = self.open else { return self.stray_end(start, keyword) };
                if keyword.strip_prefix("end") == Some(self.tokens.keyword(open)) {
                    self.end(open, start)?;
                } else {
                    return self.stray_end(start, keyword);
                }
            }
        }
        Ok(())
    }

    fn begin(&mut self, start: usize, keyword: &str) -> Result<(), ScanError> {
        if let Some(open) = self.open {
            // A tag that takes no end inside of another block would be read as the other block's text.
            let outer = self.tokens.keyword(open);
            let line = self.line(open);
            return Err(ScanError::new(
                format!("`{keyword}` stands inside of the `{outer}` of line {line}"),
                self.range(start),
            )
            .with_help(format!("close the `{outer}` with `{{% end{outer} %}}` first")));
        }
        if let Some(control) = self.control.last() {
            let outer = self.tokens.keyword(*control);
            let line = self.line(*control);
            return Err(ScanError::new(
                format!("`{keyword}` stands inside of the `{outer}` of line {line}"),
                self.range(start),
            )
            .with_help(format!("a `{keyword}` stands at the top of its file")));
        }
        self.open = Some(start);
        Ok(())
    }

    fn end(&mut self, open: usize, start: usize) -> Result<(), ScanError> {
        let head = self.range(open);
        let range = head.start..self.range(start).end;
        let keyword = self.tokens.keyword(open);
        if let Some(control) = self.control.pop() {
            let inner = self.tokens.keyword(control);
            return Err(ScanError::new(format!("`{inner}` is never closed"), self.range(control))
                .with_help(format!("close it with `{{% end{inner} %}}` before the end of the `{keyword}`")));
        }
        if self.tokens.kind(open + 2) != Some(TokenKind::Name) {
            return Err(ScanError::new(format!("this `{keyword}` has no name"), head));
        }
        let (kind, parameters) = match keyword {
            "macro" => (MacroKind::Macro, self.signature(open, keyword)?),
            "test" | "data_test" => (MacroKind::Test, self.signature(open, keyword)?),
            "snapshot" => (MacroKind::Snapshot, Vec::new()),
            _ => {
                let head = materialization_head(self.tokens, open)?;
                let kind =
                    MacroKind::Materialization { name: head.name, adapter: head.adapter, languages: head.languages };
                (kind, Vec::new())
            }
        };
        self.found.push(Block {
            kind,
            name: self.tokens.text_of(open + 2).to_owned(),
            name_range: self.tokens.list[open + 2].range(),
            parameters,
            contents: head.end..self.range(start).start,
            range,
        });
        self.open = None;
        Ok(())
    }

    fn signature(&self, open: usize, keyword: &str) -> Result<Vec<MacroParameter>, ScanError> {
        if !self.tokens.is(open + 3, TokenKind::Open, "(") {
            let name = self.tokens.text_of(open + 2);
            return Err(ScanError::new(format!("`{keyword} {name}` has no parameters"), self.range(open))
                .with_help(format!("write `{{% {keyword} {name}() %}}`")));
        }
        Ok(parameters(self.tokens, open + 3))
    }

    fn end_control(&mut self, start: usize, keyword: &str) -> Result<(), ScanError> {
        let opener = keyword.trim_start_matches("end");
        match self.control.pop() {
            Some(open) if self.tokens.keyword(open) == opener => Ok(()),
            Some(open) => {
                let outer = self.tokens.keyword(open);
                let line = self.line(open);
                Err(ScanError::new(format!("`{keyword}` stands where `end{outer}` is needed"), self.range(start))
                    .with_help(format!("`{outer}` on line {line} is closed with `{{% end{outer} %}}`")))
            }
            None => Err(ScanError::new(format!("`{keyword}` has no `{opener}` before it"), self.range(start))),
        }
    }

    fn stray_end(&self, start: usize, keyword: &str) -> Result<(), ScanError> {
        let opener = match keyword {
            "endmacro" | "endtest" | "enddata_test" | "endmaterialization" | "endsnapshot" | "enddocs" => &keyword[3..],
            _ => return Ok(()),
        };
        let error = ScanError::new(format!("`{keyword}` has no `{opener}` before it"), self.range(start));
        Err(match self.open {
            Some(open) => {
                let outer = self.tokens.keyword(open);
                error.with_help(format!("`{outer}` is closed with `{{% end{outer} %}}`"))
            }
            None => error,
        })
    }

    fn never_closed(&self, open: usize) -> ScanError {
        let keyword = self.tokens.keyword(open);
        let name = self.tokens.text_of(open + 2);
        ScanError::new(format!("`{keyword} {name}` is never closed"), self.range(open))
            .with_help(format!("close it with `{{% end{keyword} %}}`"))
    }

    fn range(&self, start: usize) -> Range<usize> {
        let token = &self.tokens.list[start];
        token.range().start..self.tokens.list[token.pair as usize].range().end
    }

    fn line(&self, start: usize) -> usize {
        self.tokens.text[..self.range(start).start].matches('\n').count() + 1
    }
}
