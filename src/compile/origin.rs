//! From a place in a compiled statement back to the user's own file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::code::NodeCode;
use super::compiler::{Compiled, Compiler};
use super::ephemeral::Segment;
use crate::adapter::{AdapterError, Session};
use crate::diagnostic::{Diagnostic, Kind, Span};
use crate::resource::Node;
use crate::template::{Frame, Located};

impl Compiler {
    /// Explains what the database said of a statement of a node: the caret goes to the user's own file.
    ///
    /// The statement that failed usually has the compiled code inside it (`create table … as (…)`); the place is mapped through that.
    pub fn explain(
        &self,
        node: &Node,
        compiled: &Compiled,
        error: &AdapterError,
        session: Option<&Arc<Session>>,
    ) -> Diagnostic {
        let (title, rest) = split(&error.message);
        let mut diagnostic = Diagnostic::error(Kind::Database, "E0701", title);
        for line in rest {
            diagnostic = diagnostic.with_note(line);
        }
        let offset = error.offset.and_then(|offset| inside(&compiled.sql, error.sql.as_deref(), offset));
        let located = offset.and_then(|offset| self.locate(compiled, offset, session).map(|located| (offset, located)));
        diagnostic = match located {
            Some((offset, located)) => place(diagnostic, &compiled.sql, offset, located),
            None => match offset.and_then(|offset| by_line(node, &compiled.sql, offset)) {
                Some(span) => diagnostic.at(span, ""),
                None => diagnostic.at(head(node), format!("in {} `{}`", node.resource_type, node.search_name())),
            },
        };
        let diagnostic = error.help.iter().fold(diagnostic, super::super::diagnostic::Diagnostic::with_help);
        // The database names everything it knows there; only a name that is near is a suggestion.
        let wanted = offset.map(|offset| compiled.sql[word_at(&compiled.sql, offset)].trim_matches('"'));
        let names = error.candidates.iter().map(|name| name.rsplit('.').next().unwrap_or(name));
        match wanted {
            Some(wanted) => diagnostic.with_nearest(wanted, names),
            None => diagnostic,
        }
    }

    fn locate(&self, compiled: &Compiled, offset: usize, session: Option<&Arc<Session>>) -> Option<Located> {
        let segment = compiled.segments.iter().find(|segment| segment.range.contains(&offset))?;
        let node = self.manifest().nodes.get(&segment.id)?;
        let (context, _) = self.batch_context(node, compiled.batch.as_ref(), session, BTreeMap::new());
        let code = NodeCode::of(node);
        let (text, map) = self.engine().render_traced(&code.template, &context).ok()?;
        // The marks may have changed what the template did; then nothing is known of its places.
        is_same(&text, &compiled.sql, segment, compiled)
            .then(|| map.locate(segment.start + offset - segment.range.start))?
            .map(|located| code.located(located))
    }
}

/// Returns whether the traced text has, for each part of a node's code in the statement, the same text.
fn is_same(text: &str, statement: &str, segment: &Segment, compiled: &Compiled) -> bool {
    compiled.segments.iter().filter(|part| part.id == segment.id).all(|part| {
        let length = part.range.len();
        text.get(part.start..part.start + length) == statement.get(part.range.clone())
    })
}

/// Returns the offset in the compiled code, given one in the statement that was run.
fn inside(compiled: &str, statement: Option<&str>, offset: usize) -> Option<usize> {
    let Some(statement) = statement else { return Some(offset) };
    let trimmed = compiled.trim();
    let start = statement.find(compiled).or_else(|| {
        let at = statement.find(trimmed).filter(|_| !trimmed.is_empty())?;
        at.checked_sub(compiled.len() - compiled.trim_start().len())
    })?;
    offset.checked_sub(start).filter(|offset| *offset <= compiled.len())
}

fn place(diagnostic: Diagnostic, statement: &str, offset: usize, located: Located) -> Diagnostic {
    let word = word_at(statement, offset);
    let Located { mut span, is_expression, frames } = located;
    let message = if is_expression {
        let shown: String = statement[relation_at(statement, &word)].chars().take(60).collect();
        format!("renders to `{shown}`")
    } else {
        span.range.end = (span.range.start + word.len()).max(span.range.start + 1);
        String::new()
    };
    frames.into_iter().fold(diagnostic.at(span, message), |diagnostic, frame| {
        let Frame { macro_id, span } = frame;
        let place = macro_id.map_or_else(|| "called here".to_owned(), |id| format!("called here, in `{id}`"));
        diagnostic.with_context(span, place)
    })
}

/// Returns the word that begins at an offset: what the caret underlines.
fn word_at(text: &str, offset: usize) -> Range<usize> {
    let Some(rest) = text.get(offset..) else { return offset..offset };
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let length = match rest.chars().next() {
        Some('"') => rest[1..].find('"').map_or(1, |end| end + 2),
        Some(first) if is_word(first) => rest.find(|letter| !is_word(letter)).unwrap_or(rest.len()),
        Some(first) => first.len_utf8(),
        None => 0,
    };
    offset..offset + length
}

/// Extends a quoted name by the names that follow it after dots: a whole relation.
fn relation_at(text: &str, word: &Range<usize>) -> Range<usize> {
    let mut end = word.end;
    while text[word.start..].starts_with('"') && text[end..].starts_with(".\"") {
        end = word_at(text, end + 1).end;
    }
    word.start..end
}

/// Finds a compiled line in the node's file, when it stands there once and as it is.
fn by_line(node: &Node, statement: &str, offset: usize) -> Option<Span> {
    let before = statement.get(..offset)?;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = statement[start..].lines().next()?;
    let trimmed = line.trim();
    let code = node.span.text();
    if trimmed.is_empty() {
        return None;
    }
    let mut places = code.match_indices(trimmed);
    let (at, _) = places.next()?;
    if places.next().is_some() {
        return None;
    }
    let column = offset - start - (line.len() - line.trim_start().len()).min(offset - start);
    let at = node.span.range.start + at + column;
    let length = word_at(statement, offset).len();
    Some(Span::new(&node.span.file, at..at + length))
}

/// Returns the first line of a node's code: what messages about the node as a whole point at.
pub fn head(node: &Node) -> Span {
    let span = &node.span;
    let text = span.text();
    let blank = text.len() - text.trim_start().len();
    let start = span.range.start + blank;
    let line = text[blank..].lines().next().map_or(0, str::len);
    Span::new(&span.file, start..start + line)
}

/// Splits the database's words into the first line and the facts after it; its own drawing of the place is left out.
fn split(message: &str) -> (String, Vec<String>) {
    let mut lines = message.lines();
    let title = lines.next().unwrap_or_default().to_owned();
    let rest = lines.map(str::trim).take_while(|line| !line.starts_with("LINE ")).filter(|line| !line.is_empty());
    (title, rest.map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::{inside, relation_at, split, word_at};

    #[test]
    fn an_offset_is_taken_from_the_statement_into_the_code() {
        let statement = "create table t as (\n  select a\n);";
        assert_eq!(inside("select a", Some(statement), statement.find("a\n)").unwrap()), Some(7));
        assert_eq!(inside("\n  select a\n", Some("x (select a)"), 10), Some(10));
        assert_eq!(inside("select b", Some(statement), 3), None);
        assert_eq!(inside("select a", Some(statement), 2), None);
        assert_eq!(inside("select a", None, 2), Some(2));
    }

    #[test]
    fn the_word_under_the_caret_is_whole() {
        let words = [
            ("select first_name,", 7, "first_name"),
            ("a.\"b c\" d", 2, "\"b c\""),
            ("a + b", 2, "+"),
            ("é", 0, "é"),
            ("a", 1, ""),
        ];
        for (text, offset, word) in words {
            assert_eq!(&text[word_at(text, offset)], word);
        }
    }

    #[test]
    fn a_relation_is_shown_whole() {
        let text = "from \"a\".\"b\".\"c d\" x, t.\"e\"";
        assert_eq!(&text[relation_at(text, &word_at(text, 5))], "\"a\".\"b\".\"c d\"");
        let name = text.find("t.").unwrap();
        assert_eq!(&text[relation_at(text, &word_at(text, name))], "t");
    }

    #[test]
    fn the_databases_drawing_is_left_out() {
        let message = "Binder Error: no such column\nCandidate bindings: \"a\"\n\nLINE 1: select b\n               ^";
        let (title, rest) = split(message);
        assert_eq!(
            (title.as_str(), rest.join("|").as_str()),
            ("Binder Error: no such column", "Candidate bindings: \"a\"")
        );
    }
}
