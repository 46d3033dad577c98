//! Words for what is wrong in a YAML text: most mistakes are of a few kinds, which the line itself gives away.

use std::ops::Range;
use std::sync::Arc;

use granit_parser::{ErrorKind, ScanError};

use crate::diagnostic::{Diagnostic, Kind, SourceFile, Span};

/// Turns a syntax error into a message at the place of the mistake, which may stand before the place where reading stopped.
pub(super) fn explain(file: &Arc<SourceFile>, error: &ScanError) -> Diagnostic {
    let stop = error.marker().byte_offset().unwrap_or(file.text.len()).min(file.text.len());
    if *error.kind() == ErrorKind::RecursionLimitExceeded {
        return too_deep(&Span::new(file, stop..stop + 1));
    }
    if *error.kind() == ErrorKind::UnknownAnchor {
        return unknown_anchor(file, stop);
    }
    let lines = [Some(line_at(file, stop)), line_before(file, stop)];
    for line in lines.iter().flatten() {
        if let Some(diagnostic) = unquoted_template(file, line) {
            return diagnostic;
        }
    }
    for line in lines.iter().flatten() {
        if let Some(diagnostic) = tab_in_indentation(file, line).or_else(|| open_quote(file, line, error.kind())) {
            return diagnostic;
        }
    }
    if is_missing_value(error.kind())
        && let Some(diagnostic) = lines.iter().flatten().find_map(|line| no_space_after_colon(file, line))
    {
        return diagnostic;
    }
    indentation(file, error.kind(), stop)
        .or_else(|| no_space_after_dash(file, stop))
        .or_else(|| unclosed_quote(file, error.kind(), stop))
        .unwrap_or_else(|| plain_words(file, error, stop))
}

/// Says that values are nested beyond the limit.
pub(super) fn too_deep(span: &Span) -> Diagnostic {
    Diagnostic::error(Kind::Parsing, "E0116", "values are nested more than 255 deep").at(span.clone(), "")
}

/// Says that a list or mapping stands where a key belongs; `key: {{ x }}` is the usual way to get there.
pub(super) fn collection_as_key(file: &Arc<SourceFile>, parent: &Span, key: &Span) -> Diagnostic {
    let line = file.line_range(file.position(key.range.start).line);
    let opening = parent.range.start;
    if file.text.get(opening..).is_some_and(|text| text.starts_with("{{")) {
        let start = line.start.max(opening);
        return template_message(file, start..line.end.max(start + 2));
    }
    Diagnostic::error(Kind::Parsing, "E0110", "a key of a mapping must be text, not a list or a mapping")
        .at(key.clone(), "")
}

fn line_at(file: &SourceFile, offset: usize) -> Range<usize> {
    file.line_range(file.position(offset).line)
}

/// Returns the last line before the one of `offset` that holds something.
fn line_before(file: &SourceFile, offset: usize) -> Option<Range<usize>> {
    let mut end = line_at(file, offset).start;
    while end > 0 {
        let start = file.text[..end - 1].rfind('\n').map_or(0, |newline| newline + 1);
        if !file.text[start..end].trim().is_empty() {
            return Some(start..start + file.text[start..end].trim_end().len());
        }
        end = start;
    }
    None
}

/// Returns where the value of a line begins: after its dashes and its key.
fn value_start(line: &str) -> usize {
    let mut start = line.len() - line.trim_start().len();
    while let Some(rest) = line[start..].strip_prefix("- ") {
        start += 2 + (rest.len() - rest.trim_start().len());
    }
    match line[start..].find(": ") {
        Some(colon) if !line[start..].starts_with(['"', '\'', '{', '[']) => {
            let after = start + colon + 2;
            after + (line[after..].len() - line[after..].trim_start().len())
        }
        _ => start,
    }
}

fn unquoted_template(file: &Arc<SourceFile>, line: &Range<usize>) -> Option<Diagnostic> {
    let text = &file.text[line.clone()];
    let start = value_start(text);
    let value = &text[start..];
    let is_template = value.starts_with("{{") || value.starts_with("{%") || value.starts_with("{#");
    is_template.then(|| template_message(file, line.start + start..line.end))
}

fn template_message(file: &Arc<SourceFile>, range: Range<usize>) -> Diagnostic {
    let text = file.text.get(range.clone()).unwrap_or_default();
    let end = range.start + text.trim_end().len();
    let quote = if text.contains('"') { '\'' } else { '"' };
    Diagnostic::error(Kind::Parsing, "E0117", "a template in YAML must stand in quotes")
        .at(Span::new(file, range.start..end), "YAML reads `{` as the beginning of a mapping")
        .with_help(format!("write {quote}{}{quote}", text.trim_end()))
}

fn tab_in_indentation(file: &Arc<SourceFile>, line: &Range<usize>) -> Option<Diagnostic> {
    let text = &file.text[line.clone()];
    let indentation = &text[..text.len() - text.trim_start().len()];
    let tab = line.start + indentation.find('\t')?;
    Some(
        Diagnostic::error(Kind::Parsing, "E0118", "a tab stands in the indentation")
            .at(Span::new(file, tab..tab + 1), "YAML takes only spaces here")
            .with_help("indent with spaces"),
    )
}

fn is_missing_value(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::SimpleKeyExpected
            | ErrorKind::InvalidSimpleKey
            | ErrorKind::MappingValueNotAllowed
            | ErrorKind::ExpectedBlockMappingKey
            | ErrorKind::ExpectedDocumentStart
            | ErrorKind::UnexpectedEofBlockMapping
            | ErrorKind::InvalidMappingValueWhitespace
    )
}

fn no_space_after_colon(file: &Arc<SourceFile>, line: &Range<usize>) -> Option<Diagnostic> {
    let text = &file.text[line.clone()];
    let start = value_start(text);
    let word = &text[start..];
    let length = word.find(|c: char| !(c.is_alphanumeric() || "_-+.".contains(c)))?;
    let after = word[length..].strip_prefix(':').filter(|_| length > 0)?;
    if !after.starts_with(|c: char| !c.is_whitespace() && c != ':' && c != '/') || text[..start].contains(": ") {
        return None;
    }
    let colon = line.start + start + length;
    Some(
        Diagnostic::error(Kind::Parsing, "E0119", "a space is missing after the colon")
            .at(Span::new(file, colon..colon + 1), "without it this is text, not a key")
            .with_help(format!("write `{}: {}`", &word[..length], after.trim_end())),
    )
}

fn open_quote(file: &Arc<SourceFile>, line: &Range<usize>, kind: &ErrorKind) -> Option<Diagnostic> {
    let is_quote_error = matches!(
        kind,
        ErrorKind::InvalidTrailingSingleQuotedScalar
            | ErrorKind::InvalidTrailingDoubleQuotedScalar
            | ErrorKind::ExpectedBlockMappingKey
    );
    let text = &file.text[line.clone()];
    let start = value_start(text);
    let quote = text[start..].chars().next().filter(|c| is_quote_error && (*c == '"' || *c == '\''))?;
    let close = start + 1 + text[start + 1..].find(quote)?;
    let rest = text[close + 1..].trim_start();
    if rest.is_empty() || rest.starts_with('#') || rest.starts_with(',') {
        return None;
    }
    let rest_start = line.start + text.len() - rest.len();
    Some(
        Diagnostic::error(Kind::Parsing, "E0119", "something follows the closing quote")
            .at(Span::new(file, rest_start..line.end), "the quoted text ended before this")
            .with_help("put the whole value in quotes, or write a quote inside it twice"),
    )
}

/// A first key of a line that may not stand there is a matter of indentation.
fn indentation(file: &Arc<SourceFile>, kind: &ErrorKind, stop: usize) -> Option<Diagnostic> {
    if *kind != ErrorKind::MappingValueNotAllowed {
        return None;
    }
    let line = line_at(file, stop);
    let before = &file.text[line.start..stop.max(line.start)];
    if before.contains(": ") || !before.starts_with(' ') || before.contains('"') {
        return None;
    }
    let key = line.start + before.len() - before.trim_start().len();
    Some(
        Diagnostic::error(Kind::Parsing, "E0119", "this line is indented deeper than the lines above it")
            .at(Span::new(file, key..stop), "a key may not stand here")
            .with_help("keys of one mapping start in the same column"),
    )
}

fn no_space_after_dash(file: &Arc<SourceFile>, stop: usize) -> Option<Diagnostic> {
    let line = line_at(file, stop);
    let text = &file.text[line.clone()];
    let dash = line.start + text.len() - text.trim_start().len();
    let item = text.trim_start().strip_prefix('-')?;
    let above = line_before(file, stop).map(|line| file.text[line].trim_start().starts_with("- "))?;
    if !above || !item.starts_with(|c: char| c.is_alphanumeric() || "'\"".contains(c)) {
        return None;
    }
    Some(
        Diagnostic::error(Kind::Parsing, "E0119", "a space is missing after the dash of a list item")
            .at(Span::new(file, dash..dash + 1), "without it this is text")
            .with_help(format!("write `- {}`", item.trim_end())),
    )
}

/// Points at the quote that was opened and not closed, which may stand lines above.
fn unclosed_quote(file: &Arc<SourceFile>, kind: &ErrorKind, stop: usize) -> Option<Diagnostic> {
    let is_open = matches!(
        kind,
        ErrorKind::UnclosedQuotedScalar
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::DocumentIndicatorInQuotedScalar
    );
    let mut line = is_open.then(|| line_at(file, stop));
    while let Some(range) = line {
        let text = &file.text[range.clone()];
        let value = &text[value_start(text)..];
        if let Some(quote) = value.chars().next().filter(|c| "'\"".contains(*c))
            && value.matches(quote).count() % 2 == 1
        {
            let start = range.end - value.len();
            return Some(
                Diagnostic::error(Kind::Parsing, "E0119", "a quoted text is not closed")
                    .at(Span::new(file, start..start + 1), "opened here")
                    .with_help("add the closing quote, or write a quote inside the text twice"),
            );
        }
        line = line_before(file, range.start);
    }
    None
}

fn unknown_anchor(file: &Arc<SourceFile>, stop: usize) -> Diagnostic {
    let rest = file.text[stop..].strip_prefix('*').unwrap_or_default();
    let length = rest.find(|c: char| c.is_whitespace() || ",[]{}".contains(c)).unwrap_or(rest.len());
    let name = &rest[..length];
    let anchors = file.text[..stop].split('&').skip(1).map(|after| {
        let end = after.find(|c: char| c.is_whitespace() || ",[]{}".contains(c)).unwrap_or(after.len());
        &after[..end]
    });
    Diagnostic::error(Kind::Parsing, "E0114", format!("there is no anchor `&{name}` before this alias"))
        .at(Span::new(file, stop..stop + 1 + length), "not defined")
        .with_nearest(name, anchors)
        .with_help(format!("quote the text if `*` is part of it: \"*{name}\""))
}

/// The remaining mistakes: the parser's kind in plain words.
fn plain_words(file: &Arc<SourceFile>, error: &ScanError, stop: usize) -> Diagnostic {
    let (title, help) = words(error.kind());
    let title = title.map_or_else(|| error.info(), str::to_owned);
    let end = file.text[stop..].chars().next().map_or(stop, |c| stop + if c == '\n' { 0 } else { c.len_utf8() });
    let diagnostic =
        Diagnostic::error(Kind::Parsing, "E0119", title).at(Span::new(file, stop..end), "reading stopped here");
    match help {
        Some(help) => diagnostic.with_help(help),
        None => diagnostic,
    }
}

fn words(kind: &ErrorKind) -> (Option<&'static str>, Option<&'static str>) {
    match kind {
        ErrorKind::MappingValueNotAllowed => (
            Some("a second `key: value` stands on this line"),
            Some("put the text in quotes if the colon is part of it"),
        ),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => (
            Some("a `:` is missing after a key"),
            Some("every line of a mapping has the form `key: value`; a text over several lines is indented deeper"),
        ),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry | ErrorKind::InvalidIndentation => (
            Some("this line does not fit the lines above it"),
            Some("keys of one mapping, and `-` of one list, start in the same column"),
        ),
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::BlockEntryInFlowCollection => (
            Some("a list item `-` may not stand here"),
            Some("put the list on lines of its own, or quote the text if it begins with `-`"),
        ),
        ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent => {
            (Some("a quoted text is not closed"), Some("add the closing quote, or write a quote inside the text twice"))
        }
        ErrorKind::InvalidColonPlacement => {
            (Some("a `:` may not stand here"), Some("close the bracket above, or put the text in quotes"))
        }
        ErrorKind::UnclosedFlowCollection { open: '[' }
        | ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::UnexpectedEofFlowSequence => {
            (Some("a list `[…]` is not closed"), Some("add `,` between its items and `]` at its end"))
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::UnexpectedEofFlowMapping => {
            (Some("a mapping `{…}` is not closed"), Some("add `,` between its entries and `}` at its end"))
        }
        ErrorKind::UnexpectedCharacter { .. } => {
            (Some("a text may not begin with this character"), Some("put the text in quotes"))
        }
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => {
            (Some("a tab stands in the indentation"), Some("indent with spaces"))
        }
        ErrorKind::UnknownQuotedScalarEscape => (
            Some("there is no such escape with a backslash"),
            Some("use single quotes, in which a backslash is a backslash, or write it twice"),
        ),
        _ => (None, None),
    }
}
