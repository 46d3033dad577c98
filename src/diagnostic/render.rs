//! Draws a diagnostic as text, in the manner of rustc.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Label, Severity};

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Plain text.
    Plain,
    /// With terminal colours.
    Coloured,
}

/// Draws one diagnostic: title, places with carets, notes and help. Ends without a line break.
pub fn render(diagnostic: &Diagnostic, style: Style) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level.primary_title(diagnostic.title.trim_end()).id(diagnostic.code).elements(snippets(diagnostic));
    if let (None, Some(path)) = (&diagnostic.primary, &diagnostic.path) {
        group = group.element(Origin::path(path.as_str()));
    }
    group = group.elements(diagnostic.notes.iter().map(|note| Level::NOTE.message(note)));
    group = group.elements(diagnostic.help.iter().map(|help| Level::HELP.message(help)));
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    renderer.decor_style(DecorStyle::Ascii).render(&[group])
}

/// Builds one snippet per file, the primary place's file first.
fn snippets(diagnostic: &Diagnostic) -> Vec<Snippet<'_, annotate_snippets::Annotation<'_>>> {
    let mut labels: Vec<(&Label, AnnotationKind)> = Vec::new();
    labels.extend(diagnostic.primary.iter().map(|label| (label, AnnotationKind::Primary)));
    labels.extend(diagnostic.context.iter().map(|label| (label, AnnotationKind::Context)));
    let mut snippets: Vec<(&str, Snippet<'_, annotate_snippets::Annotation<'_>>)> = Vec::new();
    for (label, kind) in labels {
        let file = &label.span.file;
        let (start, end) = clamp(&file.text, label.span.range.start, label.span.range.end);
        let annotation = kind.span(start..end).label(label.message.as_str());
        if let Some((_, snippet)) = snippets.iter_mut().find(|(path, _)| *path == file.path) {
            *snippet = snippet.clone().annotation(annotation);
        } else {
            let snippet = Snippet::source(file.text.as_str())
                .line_start(file.first_line)
                .path(file.path.as_str())
                .annotation(annotation);
            snippets.push((&file.path, snippet));
        }
    }
    snippets.into_iter().map(|(_, snippet)| snippet).collect()
}

/// Moves a range onto character boundaries inside the text; the renderer refuses others.
fn clamp(text: &str, start: usize, end: usize) -> (usize, usize) {
    let floor = |mut offset: usize| {
        offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let start = floor(start);
    (start, floor(end).max(start))
}

#[cfg(test)]
mod tests {
    use super::{Style, render};
    use crate::diagnostic::{Diagnostic, Kind, SourceFile, Span};

    #[test]
    fn a_place_is_drawn_with_a_caret_note_and_help() {
        let file = SourceFile::new("models/a.sql", "select *\nfrom {{ ref('ordrs') }}\n");
        let diagnostic = Diagnostic::error(Kind::Compilation, "E0301", "there is no model `ordrs`")
            .at(Span::new(&file, 21..28), "not found")
            .with_nearest("ordrs", ["orders"]);
        let expected = "\
error[E0301]: there is no model `ordrs`
 --> models/a.sql:2:13
  |
2 | from {{ ref('ordrs') }}
  |             ^^^^^^^ not found
  |
  = help: did you mean `orders`?";
        assert_eq!(render(&diagnostic, Style::Plain), expected);
    }

    #[test]
    fn a_range_off_the_text_or_inside_a_character_is_drawn_all_the_same() {
        let file = SourceFile::new("a.sql", "é");
        let diagnostic = Diagnostic::error(Kind::Parsing, "E0200", "bad").at(Span::new(&file, 1..99), "");
        assert!(render(&diagnostic, Style::Plain).contains("a.sql:1:1"));
    }
}
