//! Docs blocks, and the descriptions that are made of them.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::blocks;
use super::files::InputFile;
use super::literal::Reader;
use super::properties::Written;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::project::TextRenderer;
use crate::resource::{Doc, ResourceType, UniqueId, Value};
use crate::template::values::{from_plain, repr};

/// All docs blocks of a project and its packages.
#[derive(Debug, Default)]
pub(crate) struct Docs {
    /// By id.
    pub blocks: IndexMap<UniqueId, Doc>,
    places: HashMap<UniqueId, Span>,
    /// Positions by name; looked up only.
    names: HashMap<String, Vec<usize>>,
}

impl Docs {
    /// Adds the blocks of a file.
    pub(crate) fn read(
        &mut self,
        package: &str,
        file: &InputFile,
        renderer: &dyn TextRenderer,
        diagnostics: &mut Diagnostics,
    ) {
        for block in blocks::find(&file.source, "docs", diagnostics) {
            let unique_id = UniqueId::new(ResourceType::Doc, package, &block.name);
            if let Some(first) = self.places.get(&unique_id) {
                diagnostics.push(
                    Diagnostic::error(
                        Kind::Compilation,
                        "E0221",
                        format!("two docs blocks are named `{}`", block.name),
                    )
                    .at(block.name_span.clone(), "this one")
                    .with_context(first.clone(), "and this one"),
                );
                continue;
            }
            let text = block.contents.text();
            // A template inside a block that cannot be rendered stays as it is written: it is mostly meant as an example.
            let render = || renderer.render(text, &block.contents).ok()?.as_str().map(str::to_owned);
            let contents = if has_template(text) { render() } else { None };
            let doc = Doc {
                unique_id: unique_id.clone(),
                package: package.to_owned(),
                name: block.name.clone(),
                path: file.relative.clone(),
                original_file_path: file.path.clone(),
                block_contents: contents.as_deref().unwrap_or(text).trim().to_owned(),
            };
            self.names.entry(block.name).or_default().push(self.blocks.len());
            self.blocks.insert(unique_id.clone(), doc);
            self.places.insert(unique_id, block.name_span);
        }
    }

    /// Finds a block: of the package asked for, else of the root project, of the calling package, of any.
    pub(crate) fn find(&self, package: Option<&str>, name: &str, from: &Caller<'_>) -> Option<&Doc> {
        let candidates = self.names.get(name)?;
        let of = |package: &str| candidates.iter().map(|&at| &self.blocks[at]).find(|doc| doc.package == package);
        match package {
            Some(package) => of(package),
            None => {
                of(from.root).or_else(|| of(from.package)).or_else(|| candidates.first().map(|&at| &self.blocks[at]))
            }
        }
    }

    /// Renders a description; returns it with the ids of the blocks that it is made of.
    pub(crate) fn describe(
        &self,
        written: Option<&Written>,
        from: &Caller<'_>,
        diagnostics: &mut Diagnostics,
    ) -> (String, Vec<UniqueId>) {
        let Some(written) = written else { return (String::new(), Vec::new()) };
        if !has_template(&written.text) {
            return (written.text.clone(), Vec::new());
        }
        let mut used = Vec::new();
        let expanded = match self.expand(written, from, &mut used) {
            Ok(expanded) => expanded,
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                return (String::new(), used);
            }
        };
        let text = match expanded {
            Expanded::Whole(text) => text,
            // A description is always text; behind a comment nothing is a value of its own.
            Expanded::Template(template) => match from.renderer.render(&format!("{template}{{##}}"), &written.span) {
                Ok(value) => super::generic::text::str(&value),
                Err(diagnostic) => {
                    diagnostics.push(*diagnostic);
                    String::new()
                }
            },
        };
        (text.strip_suffix('\n').map(str::to_owned).unwrap_or(text), used)
    }

    /// Puts the blocks in; what else is a template stays for the renderer.
    fn expand(
        &self,
        written: &Written,
        from: &Caller<'_>,
        used: &mut Vec<UniqueId>,
    ) -> Result<Expanded, Box<Diagnostic>> {
        let text = written.text.as_str();
        let mut plain = String::new();
        let mut template = String::new();
        let mut is_template = text.contains("{%") || text.contains("{#");
        let mut at = 0;
        while let Some(found) = text[at..].find("{{") {
            let open = at + found;
            plain.push_str(&text[at..open]);
            template.push_str(&text[at..open]);
            let Some((package, name, end)) = doc_call(text, open) else {
                is_template = true;
                let end = text[open..].find("}}").map_or(text.len(), |found| open + found);
                template.push_str(&self.with_texts(&text[open..end], written, from)?);
                at = end;
                continue;
            };
            let doc = self
                .find(package.as_deref(), &name, from)
                .ok_or_else(|| self.missing(written, &name, package.as_deref()))?;
            used.push(doc.unique_id.clone());
            plain.push_str(&doc.block_contents);
            template.push_str("{% raw %}");
            template.push_str(&doc.block_contents);
            template.push_str("{% endraw %}");
            at = end;
        }
        plain.push_str(&text[at..]);
        template.push_str(&text[at..]);
        Ok(if is_template { Expanded::Template(template) } else { Expanded::Whole(plain) })
    }

    /// Puts texts in the place of calls of `doc` inside a larger expression, such as `doc('a') | upper`.
    fn with_texts(&self, expression: &str, written: &Written, from: &Caller<'_>) -> Result<String, Box<Diagnostic>> {
        let mut made = String::new();
        let mut at = 0;
        while let Some(found) = expression[at..].find("doc(") {
            let start = at + found;
            let is_word = expression[..start].ends_with(|c: char| c.is_alphanumeric() || "_.'\"".contains(c));
            let mut reader = Reader { text: expression, at: start };
            let names = if is_word { None } else { reader.call().and_then(|call| names(&call.arguments)) };
            made.push_str(&expression[at..start]);
            let Some((package, name)) = names else {
                made.push_str("doc(");
                at = start + 4;
                continue;
            };
            let doc = self
                .find(package.as_deref(), &name, from)
                .ok_or_else(|| self.missing(written, &name, package.as_deref()))?;
            made.push_str(&repr(&from_plain(&doc.block_contents.as_str().into())));
            at = reader.at;
        }
        made.push_str(&expression[at..]);
        Ok(made)
    }

    fn missing(&self, written: &Written, name: &str, package: Option<&str>) -> Box<Diagnostic> {
        let title = match package {
            Some(package) => format!("documentation for `{package}.{name}` not found"),
            None => format!("documentation for `{name}` not found"),
        };
        let text = written.span.text();
        let span = match text.find(name) {
            Some(at) => {
                let start = written.span.range.start + at;
                Span::new(&written.span.file, start..start + name.len())
            }
            None => written.span.clone(),
        };
        let names = self.blocks.values().map(|doc| doc.name.as_str());
        Box::new(
            Diagnostic::error(Kind::Compilation, "E0310", title)
                .at(span, "no such docs block")
                .with_nearest(name, names),
        )
    }
}

/// Who asks for a docs block.
#[derive(Clone, Copy)]
pub(crate) struct Caller<'a> {
    /// The package of what is described.
    pub package: &'a str,
    /// The root project.
    pub root: &'a str,
    /// Renders what is no docs block.
    pub renderer: &'a dyn TextRenderer,
}

enum Expanded {
    Whole(String),
    Template(String),
}

/// Reads `{{ doc('name') }}` or `{{ doc('package', 'name') }}` at a place; returns the names and where it ends.
fn doc_call(text: &str, open: usize) -> Option<(Option<String>, String, usize)> {
    let inner = text[open + 2..].trim_start_matches('-').trim_start();
    let mut reader = Reader { text, at: text.len() - inner.len() };
    let call = reader.call().filter(|call| call.name == "doc")?;
    let rest = text[reader.at..].trim_start();
    let rest = rest.strip_prefix('-').unwrap_or(rest).strip_prefix("}}")?;
    let end = text.len() - rest.len();
    let (package, name) = names(&call.arguments)?;
    Some((package, name, end))
}

/// Returns the package, when it is given, and the name of a block that a call of `doc` names.
fn names(arguments: &[Value]) -> Option<(Option<String>, String)> {
    let name = |value: &Value| value.as_str().map(str::to_owned);
    match arguments {
        [single] => Some((None, name(single)?)),
        [package, single] => Some((name(package), name(single)?)),
        _ => None,
    }
}

fn has_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

#[cfg(test)]
mod tests {
    use super::{Caller, Docs};
    use crate::diagnostic::{Diagnostic, Diagnostics, SourceFile, Span};
    use crate::parse::files::InputFile;
    use crate::parse::properties::Written;
    use crate::project::TextRenderer;
    use crate::resource::Value;

    struct Marking;

    impl TextRenderer for Marking {
        fn render(&self, text: &str, _span: &Span) -> Result<Value, Box<Diagnostic>> {
            Ok(Value::from(format!("<{text}>")))
        }
    }

    fn describe(text: &str) -> Result<(String, usize), Vec<String>> {
        let mut diagnostics = Diagnostics::new();
        let mut docs = Docs::default();
        let source = SourceFile::new("models/docs.md", "{% docs shared %}\n The *shared* text. \n{% enddocs %}");
        let file = InputFile { path: "models/docs.md".into(), relative: "docs.md".into(), source };
        docs.read("shop", &file, &Marking, &mut diagnostics);
        let yaml = SourceFile::new("models/schema.yml", text);
        let written = Written { text: text.to_owned(), span: Span::new(&yaml, 0..text.len()) };
        let caller = Caller { package: "shop", root: "shop", renderer: &Marking };
        let (text, used) = docs.describe(Some(&written), &caller, &mut diagnostics);
        let messages: Vec<String> = diagnostics.into_sorted().iter().map(Diagnostic::one_line).collect();
        if messages.is_empty() { Ok((text, used.len())) } else { Err(messages) }
    }

    #[test]
    fn docs_blocks_are_put_into_descriptions() {
        let cases = [
            ("plain", ("plain", 0)),
            ("{{ doc('shared') }}", ("The *shared* text.", 1)),
            ("a {{ doc(\"shop\", 'shared') }} b\n", ("a The *shared* text. b", 1)),
            ("{{ doc('shared') }}{{ x }}", ("<{% raw %}The *shared* text.{% endraw %}{{ x }}{##}>", 1)),
        ];
        for (text, (expected, used)) in cases {
            assert_eq!(describe(text), Ok((expected.to_owned(), used)), "{text}");
        }
    }

    #[test]
    fn a_missing_block_is_an_error_at_its_name() {
        let expected = vec!["documentation for `sharde` not found (models/schema.yml:1:9)".to_owned()];
        assert_eq!(describe("{{ doc('sharde') }}"), Err(expected));
    }
}
