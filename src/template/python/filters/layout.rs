//! Filters that lay texts out: indent, centre, shorten, wrap.

use minijinja::{Error, State, Value};

use super::Filter;
use crate::template::arguments::Arguments;
use crate::template::python::methods::whole;
use crate::template::python::text;
use crate::template::values::{to_text, value_error};

pub(super) const FILTERS: &[(&str, Filter)] =
    &[("indent", indent), ("center", center), ("truncate", truncate), ("wordwrap", word_wrap)];

/// Texts are not widened beyond this.
const MAX_WIDTH: usize = 1_000_000;

fn size(value: Option<&Value>, default: i64) -> Result<usize, Error> {
    let size = whole(value, default)?;
    let size = usize::try_from(size).map_err(|_| value_error("a width cannot be negative"))?;
    if size > MAX_WIDTH { Err(value_error("the width is too large")) } else { Ok(size) }
}

fn indent(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [width, first, blank] = arguments.options(["width", "first", "blank"])?;
    let indention = match width.as_ref().and_then(Value::as_str) {
        Some(text) => text.to_owned(),
        None => " ".repeat(size(width.as_ref(), 4)?),
    };
    let is_set = |flag: Option<Value>| flag.is_some_and(|flag| flag.is_true());
    let (first, blank) = (is_set(first), is_set(blank));
    let text = to_text(value) + "\n";
    let mut out = String::new();
    for (index, line) in text::lines(&text, false).into_iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let is_indented = if index == 0 { first } else { blank || !line.is_empty() };
        if is_indented {
            out.push_str(&indention);
        }
        out.push_str(line);
    }
    Ok(Value::from(out))
}

fn center(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [width] = arguments.options(["width"])?;
    Ok(Value::from(text::center(&to_text(value), size(width.as_ref(), 80)?, " ")))
}

fn truncate(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [length, kill_words, end, leeway] = arguments.options(["length", "killwords", "end", "leeway"])?;
    let length = size(length.as_ref(), 255)?;
    let end = end.map_or_else(|| "...".to_owned(), |end| to_text(&end));
    let leeway = size(leeway.as_ref(), 5)?;
    let text = to_text(value);
    let ending = end.chars().count();
    if length < ending {
        return Err(value_error(format!("expected length >= {ending}, got {length}")));
    }
    if text.chars().count() <= length + leeway {
        return Ok(Value::from(text));
    }
    let cut: String = text.chars().take(length - ending).collect();
    let kept = if kill_words.is_some_and(|kill| kill.is_true()) {
        cut.as_str()
    } else {
        cut.rsplit_once(' ').map_or(cut.as_str(), |(kept, _)| kept)
    };
    Ok(Value::from(format!("{kept}{end}")))
}

/// How words are broken.
struct Wrap {
    width: usize,
    breaks_words: bool,
    breaks_hyphens: bool,
}

fn word_wrap(_: &mut State, value: &Value, arguments: &Arguments) -> Result<Value, Error> {
    let [width, long, separator, hyphens] =
        arguments.options(["width", "break_long_words", "wrapstring", "break_on_hyphens"])?;
    let wrap = Wrap {
        width: size(width.as_ref(), 79)?.max(1),
        breaks_words: long.is_none_or(|long| long.is_true()),
        breaks_hyphens: hyphens.is_none_or(|hyphens| hyphens.is_true()),
    };
    let separator = separator.filter(|separator| !separator.is_none());
    let separator = separator.map_or_else(|| "\n".to_owned(), |separator| to_text(&separator));
    let text = to_text(value);
    let lines = text::lines(&text, false).into_iter().map(|line| wrap.line(line).join(&separator));
    Ok(Value::from(lines.collect::<Vec<_>>().join(&separator)))
}

impl Wrap {
    fn line(&self, line: &str) -> Vec<String> {
        let mut pieces: Vec<String> = self.pieces(line);
        pieces.reverse();
        let length = |text: &str| text.chars().count();
        let mut lines: Vec<String> = Vec::new();
        while !pieces.is_empty() {
            let mut current = String::new();
            if !lines.is_empty() && pieces.last().is_some_and(|piece| piece.trim().is_empty()) {
                pieces.pop();
            }
            while pieces.last().is_some_and(|piece| length(&current) + length(piece) <= self.width) {
                current.push_str(&pieces.pop().unwrap_or_default());
            }
            if let Some(long) = pieces.last().filter(|piece| length(piece) > self.width).cloned() {
                if self.breaks_words {
                    let room = (self.width - length(&current)).max(1);
                    let (head, tail): (String, String) =
                        (long.chars().take(room).collect(), long.chars().skip(room).collect());
                    current.push_str(&head);
                    pieces.pop();
                    pieces.push(tail);
                } else if current.is_empty() {
                    current = pieces.pop().unwrap_or_default();
                }
            }
            let kept = current.trim_end();
            if !kept.is_empty() {
                lines.push(kept.to_owned());
            }
        }
        lines
    }

    /// Words, the spaces between them, and parts of words that end in a hyphen.
    fn pieces(&self, line: &str) -> Vec<String> {
        let mut pieces: Vec<String> = Vec::new();
        let characters: Vec<char> = line.chars().collect();
        let mut start = 0;
        for index in 0..characters.len() {
            let is_end = match characters.get(index + 1) {
                None => true,
                Some(next) => {
                    let is_border = characters[index].is_whitespace() != next.is_whitespace();
                    is_border || (self.breaks_hyphens && is_hyphen(&characters, index))
                }
            };
            if is_end {
                pieces.push(characters[start..=index].iter().collect());
                start = index + 1;
            }
        }
        pieces
    }
}

/// A hyphen between letters, at which a word may be broken.
fn is_hyphen(characters: &[char], index: usize) -> bool {
    let letter = |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(|found| found.is_alphabetic());
    characters[index] == '-'
        && letter(index.checked_sub(1))
        && letter(index.checked_sub(2))
        && letter(Some(index + 1))
        && letter(Some(index + 2))
}
