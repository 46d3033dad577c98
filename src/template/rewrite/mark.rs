//! Marks that tell, in a rendered text, where each part of it came from.
//!
//! They are signs of the private use area, put where control of white space cannot see them; [`crate::template::trace`]
//! reads them and takes them out.

use super::edit::{Edits, Layer, span};
use crate::template::scan::{TokenKind, Tokens};

/// Begins the place of copied text: `unit,offset` follows.
pub(crate) const PLACE_START: char = '\u{e000}';
/// Ends the place of copied text.
pub(crate) const PLACE_END: char = '\u{e001}';
/// Begins the place of an expression: `unit,start,end` follows.
pub(crate) const EXPRESSION_START: char = '\u{e002}';
/// Ends the place of an expression; its text follows.
pub(crate) const EXPRESSION_PLACE: char = '\u{e003}';
/// Ends the text of an expression.
pub(crate) const EXPRESSION_END: char = '\u{e004}';

/// Puts marks at the first sign of each line of copied text, and around each expression.
pub(super) fn mark(tokens: &Tokens<'_>, unit: u32, edits: &mut Edits) {
    for (index, token) in tokens.list.iter().enumerate() {
        match token.kind {
            TokenKind::Data | TokenKind::Raw => {
                let mut at = token.range().start;
                for line in tokens.text[token.range()].split_inclusive('\n') {
                    if let Some(blank) = line.find(|c: char| !c.is_whitespace() && c != '\u{feff}') {
                        let place = at + blank;
                        edits.insert(place, format!("{PLACE_START}{unit},{place}{PLACE_END}"));
                    }
                    at += line.len();
                }
            }
            TokenKind::ExprStart => {
                let end = token.pair as usize;
                if end > index + 1 {
                    let range = span(tokens, index + 1, end - 1);
                    let before = format!("__t({unit},{},{},(", range.start, range.end);
                    edits.wrap(range, before, "))", Layer::Mark);
                }
            }
            _ => {}
        }
    }
}
