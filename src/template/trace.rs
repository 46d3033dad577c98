//! Where each part of a rendered text came from, read from the marks that the rewriter put into it.

use std::ops::Range;

use minijinja::{Environment, Error, State, Value};

use super::library::Library;
use super::rewrite::{EXPRESSION_END, EXPRESSION_PLACE, EXPRESSION_START, PLACE_END, PLACE_START};
use super::{Frame, Located, OutputMap, Template};
use crate::diagnostic::Span;

/// Adds the function that puts the marks of an expression around its text.
pub(super) fn install(environment: &mut Environment<'static>) {
    environment.add_function(
        "__t",
        |state: &mut State<'_, '_>, unit: u32, start: u32, end: u32, value: Value| -> Result<String, Error> {
            let text = state.format(value)?;
            Ok(format!("{EXPRESSION_START}{unit},{start},{end}{EXPRESSION_PLACE}{text}{EXPRESSION_END}"))
        },
    );
}

/// Returns a text without marks: for texts that leave a traced render, such as statements for the database.
pub fn without_marks(text: &str) -> String {
    if !text.contains([PLACE_START, EXPRESSION_START, EXPRESSION_END]) {
        return text.to_owned();
    }
    let mut output = String::with_capacity(text.len());
    let mut is_place = false;
    for sign in text.chars() {
        match sign {
            PLACE_START | EXPRESSION_START => is_place = true,
            PLACE_END | EXPRESSION_PLACE => is_place = false,
            EXPRESSION_END => {}
            sign if !is_place => output.push(sign),
            _ => {}
        }
    }
    output
}

/// Takes the marks out of a text and tells what they said.
pub(super) fn read(text: &str, template: &Template, library: &Library) -> (String, OutputMap) {
    let mut reader = Reader {
        template,
        library,
        output: String::with_capacity(text.len()),
        map: OutputMap::default(),
        open: Vec::new(),
        copied: None,
    };
    let mut rest = text;
    while let Some(at) = rest.find([PLACE_START, EXPRESSION_START, EXPRESSION_END]) {
        reader.text(&rest[..at]);
        let mark = rest[at..].chars().next().unwrap_or(EXPRESSION_END);
        rest = &rest[at + mark.len_utf8()..];
        if mark == EXPRESSION_END {
            reader.open.pop();
            reader.copied = None;
            continue;
        }
        let closing = if mark == PLACE_START { PLACE_END } else { EXPRESSION_PLACE };
        let Some((place, after)) = rest.split_once(closing) else { continue };
        rest = after;
        reader.mark(mark, place);
    }
    reader.text(rest);
    (reader.output, reader.map)
}

/// A place as marks tell it: the unit's number and a range in it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    unit: u32,
    range: Range<usize>,
}

struct Reader<'a> {
    template: &'a Template,
    library: &'a Library,
    output: String,
    map: OutputMap,
    /// The expressions around.
    open: Vec<Place>,
    /// Where the following copied text of this line stands.
    copied: Option<Place>,
}

impl Reader<'_> {
    fn mark(&mut self, mark: char, place: &str) {
        let mut numbers = place.split(',').map(|number| number.parse::<usize>().ok());
        let (Some(Some(unit)), Some(Some(start))) = (numbers.next(), numbers.next()) else { return };
        let unit = u32::try_from(unit).unwrap_or(u32::MAX);
        let end = numbers.next().flatten().unwrap_or(start);
        let place = Place { unit, range: start..end };
        if mark == PLACE_START {
            self.copied = Some(place);
        } else {
            self.copied = None;
            self.open.push(place);
        }
    }

    fn text(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            let range = self.output.len()..self.output.len() + line.len();
            self.output.push_str(line);
            match self.copied.take() {
                Some(place) => {
                    let end = place.range.start + line.len();
                    let next = Place { unit: place.unit, range: end..end };
                    self.piece(range, &Place { unit: place.unit, range: place.range.start..end }, Origin::Copied);
                    // The line that follows has a mark of its own.
                    self.copied = (!line.ends_with('\n')).then_some(next);
                }
                None => {
                    if let Some(place) = self.open.last().cloned() {
                        self.piece(range, &place, Origin::Made);
                    }
                }
            }
        }
    }

    fn piece(&mut self, range: Range<usize>, place: &Place, origin: Origin) {
        let Some(span) = self.span(place) else { return };
        let outer = match origin {
            Origin::Copied => self.open.as_slice(),
            Origin::Made => &self.open[..self.open.len().saturating_sub(1)],
        };
        let frames = outer.iter().rev().filter_map(|place| self.frame(place)).collect();
        let located = Located { span, is_expression: origin == Origin::Made, frames };
        self.map.pieces.push((range, located));
    }

    fn frame(&self, place: &Place) -> Option<Frame> {
        let macro_id = place.unit.checked_sub(1).and_then(|index| self.library.definition(index as usize));
        Some(Frame { macro_id: macro_id.map(|definition| definition.unique_id.clone()), span: self.span(place)? })
    }

    fn span(&self, place: &Place) -> Option<Span> {
        let unit = match place.unit.checked_sub(1) {
            None => &self.template.span,
            Some(index) => &self.library.definition(index as usize)?.span,
        };
        let start = unit.range.start;
        Some(Span::new(&unit.file, start + place.range.start..start + place.range.end))
    }
}

/// How a piece of text came about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Copied,
    Made,
}
