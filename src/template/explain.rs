//! Errors of the template engine into failures: the cause in words that dbt users know, and the calls that led to it.

mod place;
mod words;

use std::error::Error as _;
use std::fmt;

use minijinja::{Error, ErrorKind};

use super::macro_ref::CallFailure;
use super::registry;
use super::rewrite::EditMap;
use super::scan::{self, ScanError};
use super::{Engine, Failure, FailureCause, Frame, RaisedCause, Template};
use crate::diagnostic::Span;
use crate::resource::UniqueId;

/// More calls than this are told by the first and the last of them.
const MOST_FRAMES: usize = 24;

/// Where a render began.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    /// In a template, with the way back from its rewritten text.
    Template(&'a Template, &'a EditMap),
    /// In a call of the macro of that index.
    Call(usize),
}

/// A text rendered inside of another render failed.
#[derive(Debug)]
pub(super) struct NestedFailure(pub Failure);

impl fmt::Display for NestedFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.message())
    }
}

impl std::error::Error for NestedFailure {}

/// A unit could not be read.
#[derive(Debug)]
pub(super) struct ScanFailure {
    /// Its name.
    pub unit: String,
    /// Why.
    pub error: ScanError,
}

impl fmt::Display for ScanFailure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.error.message)
    }
}

impl std::error::Error for ScanFailure {}

/// A template that cannot be read.
pub(super) fn scan_failure(template: &Template, error: &ScanError) -> Failure {
    let start = template.span.range.start;
    let span = Span::new(&template.span.file, start + error.range.start..start + error.range.end);
    Failure {
        cause: FailureCause::Template(error.message.clone()),
        frames: vec![Frame { macro_id: None, span }],
        help: error.help.clone(),
    }
}

/// Turns an error into a failure.
pub(super) fn failure(engine: &Engine, error: &Error, origin: Origin<'_>) -> Failure {
    let mut walk = Walk { engine, origin, frames: Vec::new() };
    let (cause, help) = walk.follow(error);
    if walk.frames.is_empty() {
        walk.frames.extend(walk.whole());
    }
    walk.frames.reverse();
    Failure { cause, frames: shortened(walk.frames), help }
}

fn shortened(frames: Vec<Frame>) -> Vec<Frame> {
    if frames.len() <= MOST_FRAMES {
        return frames;
    }
    let last = frames.len() - MOST_FRAMES / 2;
    let kept = frames.into_iter().enumerate();
    kept.filter(|(index, _)| *index < MOST_FRAMES / 2 || *index >= last).map(|(_, frame)| frame).collect()
}

/// The way from the template down to the cause.
struct Walk<'a> {
    engine: &'a Engine,
    origin: Origin<'a>,
    /// Outermost first.
    frames: Vec<Frame>,
}

impl Walk<'_> {
    fn follow(&mut self, error: &Error) -> (FailureCause, Option<String>) {
        let mut error = error;
        loop {
            let Some(source) = error.source() else { return self.arrive(error) };
            if let Some(call) = source.downcast_ref::<CallFailure>() {
                self.frames.extend(self.frame_of(error, Some(&call.id)));
                error = &call.error;
            } else if let Some(raised) = source.downcast_ref::<RaisedCause>() {
                self.frames.extend(self.frame(error));
                return (raised.0.clone(), None);
            } else if let Some(nested) = source.downcast_ref::<NestedFailure>() {
                self.frames.extend(self.frame(error));
                self.frames.extend(nested.0.frames.iter().rev().cloned());
                return (nested.0.cause.clone(), nested.0.help.clone());
            } else if let Some(scan) = source.downcast_ref::<ScanFailure>() {
                return self.unreadable(scan);
            } else if let Some(inner) = source.downcast_ref::<Error>() {
                error = inner;
            } else {
                return self.arrive(error);
            }
        }
    }

    fn unreadable(&mut self, scan: &ScanFailure) -> (FailureCause, Option<String>) {
        let id = UniqueId::from_text(&scan.unit);
        if let Some(definition) = self.engine.registry().get(&id) {
            let start = definition.span.range.start;
            let range = start + scan.error.range.start..start + scan.error.range.end;
            self.frames.push(Frame { macro_id: Some(id), span: Span::new(&definition.span.file, range) });
        }
        (FailureCause::Template(scan.error.message.clone()), scan.error.help.clone())
    }

    /// The innermost error: its words, and its place made as narrow as they allow.
    fn arrive(&mut self, error: &Error) -> (FailureCause, Option<String>) {
        let Some(mut frame) = self.frame(error) else {
            let words = words::reword(error, None, &[]);
            return (FailureCause::Template(words.message), words.help);
        };
        let unit = self.unit(error);
        let text = unit.text();
        let start = unit.range.start;
        let tokens = scan::tokens(text).ok();
        if error.kind() == ErrorKind::SyntaxError
            && let Some(found) = tokens.as_ref().and_then(scan::unbalanced)
        {
            frame.span.range = start + found.range.start..start + found.range.end;
            self.frames.push(frame);
            return (FailureCause::Template(found.message), found.help);
        }
        let range = frame.span.range.start - start..frame.span.range.end - start;
        let place = tokens.as_ref().map(|tokens| place::Place::new(tokens, range));
        let known = self.engine.registry().names(&self.package());
        let words = words::reword(error, place.as_ref(), &known);
        if let Some(range) = words.range.or_else(|| place.as_ref().map(place::Place::whole)) {
            frame.span.range = start + range.start..start + range.end;
        }
        self.frames.push(frame);
        (FailureCause::Template(words.message), words.help)
    }

    fn package(&self) -> String {
        match self.origin {
            Origin::Template(template, _) => template.package.clone(),
            Origin::Call(index) => {
                self.engine.library.definition(index).map(|own| own.package.clone()).unwrap_or_default()
            }
        }
    }

    /// The place of an error in the user's file.
    fn frame(&self, error: &Error) -> Option<Frame> {
        self.frame_of(error, None)
    }

    /// The place of an error in the user's file; `callee` is the macro whose call failed there.
    fn frame_of(&self, error: &Error, callee: Option<&UniqueId>) -> Option<Frame> {
        let name = error.name()?;
        let (macro_id, unit, map) = match self.origin {
            Origin::Template(template, map) if name == template.name => (None, &template.span, map.clone()),
            _ => {
                let index = self.engine.registry().index_of_id(&UniqueId::from_text(name))?;
                let definition = self.engine.library.definition(index)?;
                (Some(definition.unique_id.clone()), &definition.span, self.engine.library.edit_map(index))
            }
        };
        let text = unit.text();
        let range = if let Some(range) = error.range() {
            map.back(range)
        } else {
            // Calls with a block know only a line of their block.
            let line = error.line()?;
            let name = callee.and_then(|id| self.engine.registry().get(id)).map(|callee| callee.name.as_str());
            place::call_block(text, line, name).unwrap_or_else(|| place::line(text, line))
        };
        let range = place::tidy(text, range);
        let start = unit.range.start;
        Some(Frame { macro_id, span: Span::new(&unit.file, start + range.start..start + range.end) })
    }

    /// The unit that an error's place is in.
    fn unit(&self, error: &Error) -> Span {
        let id = error.name().map(UniqueId::from_text);
        let definition = id.and_then(|id| self.engine.registry().get(&id));
        match (self.origin, definition) {
            (Origin::Template(template, _), None) => template.span.clone(),
            (_, Some(definition)) => definition.span.clone(),
            (Origin::Call(index), None) => self.engine.library.definition(index).map_or_else(
                || Span::new(&crate::diagnostic::SourceFile::new("", ""), 0..0),
                |definition| definition.span.clone(),
            ),
        }
    }

    /// The template or macro as a whole, when nothing narrower is known.
    fn whole(&self) -> Option<Frame> {
        match self.origin {
            Origin::Template(template, _) => {
                let start = template.span.range.start;
                let end = template.text().find('\n').map_or(template.span.range.end, |length| start + length);
                Some(Frame { macro_id: None, span: Span::new(&template.span.file, start..end) })
            }
            Origin::Call(index) => {
                let definition = self.engine.library.definition(index)?;
                Some(Frame { macro_id: Some(definition.unique_id.clone()), span: registry::head(definition) })
            }
        }
    }
}
