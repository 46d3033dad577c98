//! Builds a value from the parser's events, with a stack of its own: neither nesting nor aliases can exhaust memory.

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, Tag};

use super::merge::{duplicate, merge};
use super::{Entry, Yaml, YamlValue, mistake, scalar};
use crate::diagnostic::{Diagnostic, Kind, SourceFile, Span};

/// Nesting beyond this is no configuration that a person wrote.
const DEEPEST: usize = 255;
/// Values that a document may hold once its aliases are written out.
const MOST_NODES: usize = 1_000_000;

/// Reads the one document of a file; of several equal keys the last one counts.
pub(super) fn build(file: &Arc<SourceFile>, text: &str) -> Result<Yaml, Diagnostic> {
    build_with_repeated(file, text).map(|(yaml, _)| yaml)
}

/// Reads the one document of a file, of which the last of several equal keys counts; with a message for each of these.
pub(super) fn build_with_repeated(file: &Arc<SourceFile>, text: &str) -> Result<(Yaml, Vec<Diagnostic>), Diagnostic> {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    };
    let mut builder = Builder { end: text.len(), ..Builder::new(file) };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => builder.take(&event, &span)?,
            Err(error) => return Err(mistake::explain(file, &error)),
        }
    }
    let root = builder.root.unwrap_or_else(|| Yaml { value: YamlValue::Null, span: Span::new(file, 0..0) });
    Ok((root, builder.repeated))
}

/// A value with what it costs to repeat it.
#[derive(Clone)]
struct Measured {
    yaml: Yaml,
    nodes: usize,
    depth: usize,
    /// Whether it is an unquoted `<<`.
    is_merge: bool,
}

/// A key that waits for its value.
struct Key {
    text: String,
    span: Span,
    is_merge: bool,
}

enum Content {
    Sequence(Vec<Yaml>),
    Mapping { entries: Vec<Entry>, places: HashMap<String, Span>, merged: Vec<Yaml>, key: Option<Key> },
}

/// A list or mapping that is still open.
struct Open {
    content: Content,
    anchor: usize,
    span: Span,
    nodes: usize,
    depth: usize,
}

struct Builder<'file> {
    file: &'file Arc<SourceFile>,
    /// Where the text that is read ends.
    end: usize,
    stack: Vec<Open>,
    anchors: HashMap<usize, Measured>,
    nodes: usize,
    documents: usize,
    root: Option<Yaml>,
    repeated: Vec<Diagnostic>,
}

impl<'file> Builder<'file> {
    fn new(file: &'file Arc<SourceFile>) -> Self {
        Self {
            file,
            end: file.text.len(),
            stack: Vec::new(),
            anchors: HashMap::new(),
            nodes: 0,
            documents: 0,
            root: None,
            repeated: Vec::new(),
        }
    }

    /// A block scalar at the end of a text without a last newline has none either.
    fn without_end<'a>(&self, text: &'a str, style: ScalarStyle, span: &Span) -> &'a str {
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let is_last = span.range.end >= self.end && !self.file.text[..self.end].ends_with('\n');
        if is_block && is_last { text.strip_suffix('\n').unwrap_or(text) } else { text }
    }

    fn take(&mut self, event: &Event<'_>, place: &granit_parser::Span) -> Result<(), Diagnostic> {
        let span = self.span(place);
        match event {
            Event::DocumentStart(..) => self.start_document(span),
            Event::Scalar(text, style, anchor, tag) => {
                let text = self.without_end(text, *style, &span);
                let is_merge = *style == ScalarStyle::Plain && tag.is_none() && text == "<<";
                let value = scalar_value(text, *style, tag.as_deref(), &span)?;
                self.nodes += 1;
                let value = Measured { yaml: Yaml { value, span }, nodes: 1, depth: 1, is_merge };
                self.finish(value, *anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                check_tag(tag.as_deref(), &["seq", "omap", "pairs"], &span)?;
                self.open(Content::Sequence(Vec::new()), *anchor, span)
            }
            Event::MappingStart(_, anchor, tag) => {
                check_tag(tag.as_deref(), &["map", "set"], &span)?;
                let content =
                    Content::Mapping { entries: Vec::new(), places: HashMap::new(), merged: Vec::new(), key: None };
                self.open(content, *anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => self.alias(*anchor, span),
            _ => Ok(()),
        }
    }

    fn span(&self, place: &granit_parser::Span) -> Span {
        let range = place.byte_range().unwrap_or(0..0);
        Span::new(self.file, range.start..range.end.max(range.start))
    }

    fn start_document(&mut self, span: Span) -> Result<(), Diagnostic> {
        self.documents += 1;
        if self.documents < 2 {
            return Ok(());
        }
        Err(Diagnostic::error(Kind::Parsing, "E0112", "a YAML file must hold one document")
            .at(span, "a second document begins here")
            .with_help("remove this line, or move what follows to a file of its own"))
    }

    fn open(&mut self, content: Content, anchor: usize, span: Span) -> Result<(), Diagnostic> {
        if let Some(Open { content: Content::Mapping { key: None, .. }, span: parent, .. }) = self.stack.last() {
            return Err(mistake::collection_as_key(self.file, parent, &span));
        }
        if self.stack.len() >= DEEPEST {
            return Err(mistake::too_deep(&span));
        }
        self.nodes += 1;
        self.stack.push(Open { content, anchor, span, nodes: 1, depth: 1 });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Diagnostic> {
        let Some(open) = self.stack.pop() else { return Ok(()) };
        let span = self.head(&open);
        let value = match open.content {
            Content::Sequence(items) => YamlValue::Sequence(items),
            Content::Mapping { entries, merged, .. } if merged.is_empty() => YamlValue::Mapping(entries),
            Content::Mapping { entries, merged, .. } => YamlValue::Mapping(merge(merged, entries)?),
        };
        let value = Measured { yaml: Yaml { value, span }, nodes: open.nodes, depth: open.depth, is_merge: false };
        self.finish(value, open.anchor)
    }

    /// Returns the place to show for a list or mapping: its first line as far as its first key, never many lines.
    fn head(&self, open: &Open) -> Span {
        let first = match &open.content {
            Content::Mapping { entries, .. } => entries.first().map(|entry| &entry.key_span),
            Content::Sequence(_) => None,
        };
        let start = open.span.range.start;
        let end = match first {
            Some(key) if self.file.text.get(start..key.range.end).is_some_and(|text| !text.contains('\n')) => {
                key.range.end
            }
            _ => (start + 1).min(self.file.text.len()),
        };
        Span::new(self.file, start..end)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Diagnostic> {
        let Some(value) = self.anchors.get(&anchor) else {
            return Err(Diagnostic::error(Kind::Parsing, "E0114", "an alias refers to the value that it is part of")
                .at(span, "this would repeat itself without end"));
        };
        if self.stack.len() + value.depth > DEEPEST {
            return Err(mistake::too_deep(&span));
        }
        if self.nodes + value.nodes > MOST_NODES {
            return Err(Diagnostic::error(
                Kind::Parsing,
                "E0115",
                format!("the aliases of this file stand for more than {MOST_NODES} values"),
            )
            .at(span, "the limit is passed here"));
        }
        let value = Measured { is_merge: false, ..value.clone() };
        self.nodes += value.nodes;
        self.finish(value, 0)
    }

    /// Puts a finished value where it belongs: under its key, into its list, or at the root.
    fn finish(&mut self, value: Measured, anchor: usize) -> Result<(), Diagnostic> {
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(value.yaml);
            return Ok(());
        };
        open.nodes += value.nodes;
        open.depth = open.depth.max(value.depth + 1);
        match &mut open.content {
            Content::Sequence(items) => items.push(value.yaml),
            Content::Mapping { entries, places, merged, key } => match key.take() {
                None => *key = Some(as_key(self.file, &open.span, value)?),
                Some(key) if key.is_merge => merged.push(value.yaml),
                Some(key) => {
                    if let Some(first) = places.get(&key.text) {
                        self.repeated.push(duplicate(&key.text, first.clone(), key.span.clone()));
                        entries.retain(|entry| entry.key != key.text);
                    }
                    places.insert(key.text.clone(), key.span.clone());
                    let mut value = value.yaml;
                    if value.is_null() && value.span.range.is_empty() {
                        value.span = key.span.clone();
                    }
                    entries.push(Entry { key: key.text, key_span: key.span, value });
                }
            },
        }
        Ok(())
    }
}

/// Writes a scalar as a key: text as it is, anything else as JSON writes it.
fn as_key(file: &Arc<SourceFile>, parent: &Span, value: Measured) -> Result<Key, Diagnostic> {
    let text = match value.yaml.value {
        YamlValue::String(text) => text,
        YamlValue::Sequence(_) | YamlValue::Mapping(_) => {
            return Err(mistake::collection_as_key(file, parent, &value.yaml.span));
        }
        _ => value.yaml.to_value().to_string(),
    };
    Ok(Key { text, span: value.yaml.span, is_merge: value.is_merge })
}

/// Returns the value of a scalar by its style and tag.
fn scalar_value(text: &str, style: ScalarStyle, tag: Option<&Tag>, span: &Span) -> Result<YamlValue, Diagnostic> {
    let Some((tag, name)) = tag.and_then(|tag| tag_name(tag).map(|name| (tag, name))) else {
        return Ok(match style {
            ScalarStyle::Plain => scalar::timestamp(text).unwrap_or_else(|| scalar::plain(text)),
            _ => YamlValue::String(text.to_owned()),
        });
    };
    match scalar::tagged(text, &name) {
        Some(value) => Ok(value),
        None if matches!(name.as_str(), "int" | "float" | "bool") => {
            Err(Diagnostic::error(Kind::Parsing, "E0113", format!("`{text}` does not fit the tag `!!{name}`"))
                .at(span.clone(), ""))
        }
        None => Err(unknown_tag(tag, span)),
    }
}

/// Returns the name of a tag of YAML's own, or the tag as written when it is somebody else's; none for a lone `!`, which
/// PyYAML reads as no tag.
fn tag_name(tag: &Tag) -> Option<String> {
    match tag.suffix_in_namespace("tag:yaml.org,2002:") {
        Some(name) => Some(name.into_owned()),
        None if tag.original() == "!" => None,
        None => Some(tag.original()),
    }
}

fn check_tag(tag: Option<&Tag>, allowed: &[&str], span: &Span) -> Result<(), Diagnostic> {
    match tag.and_then(|tag| tag_name(tag).map(|name| (tag, name))) {
        Some((tag, name)) if !allowed.contains(&name.as_str()) => Err(unknown_tag(tag, span)),
        _ => Ok(()),
    }
}

fn unknown_tag(tag: &Tag, span: &Span) -> Diagnostic {
    Diagnostic::error(Kind::Parsing, "E0113", format!("the tag `{}` is not known", tag.original()))
        .at(span.clone(), "the value it stands before")
        .with_help("remove the tag, or quote the text if `!` is part of it")
}
