//! Text into tokens, in one pass.

use std::ops::Range;

use super::{ScanError, Token, TokenKind, Tokens};

/// Texts are addressed by 32 bits, as in the template engine.
const LONGEST: usize = u32::MAX as usize;

/// Cuts a text into tokens.
///
/// # Errors
/// When a tag, comment, `raw` or `docs` block, text in quotes or bracket is not closed.
pub fn tokens(text: &str) -> Result<Tokens<'_>, ScanError> {
    if text.len() >= LONGEST {
        return Err(ScanError::new("this text is too long to be a template", 0..0));
    }
    let mut lexer =
        Lexer { text, bytes: text.as_bytes(), at: 0, list: Vec::new(), open: Vec::new(), chains: Vec::new() };
    lexer.run()?;
    Ok(Tokens { text, list: lexer.list })
}

/// Returns the range of the tag `{% name %}` that begins at `at`, when there is one.
pub(super) fn plain_tag(text: &str, at: usize, name: &str) -> Option<Range<usize>> {
    let rest = text.get(at..)?.strip_prefix("{%")?;
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest);
    let rest = rest.trim_ascii_start().strip_prefix(name)?.trim_ascii_start();
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest).strip_prefix("%}")?;
    Some(at..text.len() - rest.len())
}

/// Returns the next tag `{% name %}` at or after `from`.
pub(super) fn next_plain_tag(text: &str, from: usize, name: &str) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        at += text.get(at..)?.find("{%")?;
        if let Some(tag) = plain_tag(text, at, name) {
            return Some(tag);
        }
        at += 2;
    }
}

/// Returns whether a `docs` tag begins at `at`.
pub(super) fn is_docs_tag(text: &str, at: usize) -> bool {
    let Some(rest) = text.get(at..).and_then(|rest| rest.strip_prefix("{%")) else { return false };
    let rest = rest.strip_prefix(['-', '+']).unwrap_or(rest).trim_ascii_start();
    rest.strip_prefix("docs").is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// Returns the `enddocs` tag that closes the docs block begun at `at`; what stands in `raw` does not count.
pub(super) fn docs_end(text: &str, at: usize) -> Option<Range<usize>> {
    let mut from = at + 2;
    loop {
        let end = next_plain_tag(text, from, "enddocs")?;
        match next_plain_tag(text, from, "raw").filter(|raw| raw.start < end.start) {
            Some(raw) => match next_plain_tag(text, raw.end, "endraw") {
                Some(endraw) if endraw.start > end.start || endraw.end <= end.start => from = endraw.end,
                _ => return Some(end),
            },
            None => return Some(end),
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    list: Vec<Token>,
    /// Indices of the brackets that are open.
    open: Vec<usize>,
    /// How many operators follow each other without a comma: in the tag itself, then in each open bracket.
    chains: Vec<usize>,
}

/// How many operators an expression may have in a row: the engine follows them by recursion.
const MOST_OPERATORS: usize = 2000;

impl Lexer<'_> {
    fn run(&mut self) -> Result<(), ScanError> {
        let mut data = 0;
        while let Some(found) = self.text[self.at..].find('{') {
            let start = self.at + found;
            let Some(sign) = self.bytes.get(start + 1).filter(|sign| b"{%#".contains(sign)) else {
                self.at = start + 1;
                continue;
            };
            if start > data {
                self.push(TokenKind::Data, data..start);
            }
            match sign {
                b'#' => self.comment(start)?,
                b'%' => self.statement(start)?,
                _ => self.tag(start, TokenKind::ExprStart)?,
            }
            data = self.at;
        }
        if data < self.text.len() {
            self.push(TokenKind::Data, data..self.text.len());
        }
        Ok(())
    }

    #[expect(clippy::cast_possible_truncation, reason = "the length of the text was checked")]
    fn push(&mut self, kind: TokenKind, range: Range<usize>) {
        self.at = range.end;
        self.list.push(Token { kind, start: range.start as u32, end: range.end as u32, pair: 0 });
    }

    fn comment(&mut self, start: usize) -> Result<(), ScanError> {
        let Some(length) = self.text[start + 2..].find("#}") else {
            return Err(
                ScanError::new("this comment is never closed", start..start + 2).with_help("close it with `#}`")
            );
        };
        self.push(TokenKind::Comment, start..start + 2 + length + 2);
        Ok(())
    }

    fn statement(&mut self, start: usize) -> Result<(), ScanError> {
        if let Some(tag) = plain_tag(self.text, start, "raw") {
            let Some(end) = next_plain_tag(self.text, tag.end, "endraw") else {
                return Err(
                    ScanError::new("this `raw` block is never closed", tag).with_help("close it with `{% endraw %}`")
                );
            };
            self.push(TokenKind::RawTag, tag.clone());
            if tag.end < end.start {
                self.push(TokenKind::Raw, tag.end..end.start);
            }
            self.push(TokenKind::RawTag, end);
            return Ok(());
        }
        if is_docs_tag(self.text, start) {
            let Some(end) = docs_end(self.text, start) else {
                return Err(ScanError::new("this `docs` block is never closed", start..self.line_end(start))
                    .with_help("close it with `{% enddocs %}`"));
            };
            self.push(TokenKind::Docs, start..end.end);
            return Ok(());
        }
        self.tag(start, TokenKind::TagStart)
    }

    /// Reads a tag or an expression to its end.
    fn tag(&mut self, start: usize, kind: TokenKind) -> Result<(), ScanError> {
        let (end_kind, end) = match kind {
            TokenKind::ExprStart => (TokenKind::ExprEnd, "}}"),
            _ => (TokenKind::TagEnd, "%}"),
        };
        let signed = matches!(self.bytes.get(start + 2), Some(b'-' | b'+'));
        let first = self.list.len();
        self.push(kind, start..start + 2 + usize::from(signed));
        self.open.clear();
        self.chains = vec![0];
        loop {
            self.skip_blanks();
            let Some(&byte) = self.bytes.get(self.at) else {
                return Err(self.unclosed(start, end));
            };
            if self.open.is_empty() {
                let rest = &self.text[self.at..];
                let signed = usize::from(byte == b'-' || byte == b'+');
                if rest.is_char_boundary(signed) && rest[signed..].starts_with(end) {
                    let last = self.list.len();
                    self.push(end_kind, self.at..self.at + signed + 2);
                    self.couple(first, last);
                    return Ok(());
                }
            }
            self.token(byte, start, end)?;
        }
    }

    /// Counts what makes an expression deeper, and refuses what would be too deep.
    fn chain(&mut self, byte: u8) -> Result<(), ScanError> {
        let rest = &self.text[self.at..];
        let is_word = |word: &str| {
            rest.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c == '_' || c.is_alphanumeric()))
        };
        let is_operator = match byte {
            b'\'' | b'"' | b')' | b']' | b'}' | b'0'..=b'9' => false,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => {
                ["not", "and", "or", "if", "is", "in"].into_iter().any(is_word)
            }
            _ => true,
        };
        let Some(chain) = self.chains.last_mut() else { return Ok(()) };
        *chain = if byte == b',' { 0 } else { *chain + usize::from(is_operator) };
        if *chain > MOST_OPERATORS {
            let message = format!("this expression has more than {MOST_OPERATORS} operators in a row");
            return Err(
                ScanError::new(message, self.at..self.at + 1).with_help("build the value in steps, or as a list")
            );
        }
        match byte {
            b'(' | b'[' | b'{' => self.chains.push(0),
            b')' | b']' | b'}' if self.chains.len() > 1 => {
                self.chains.pop();
            }
            _ => {}
        }
        Ok(())
    }

    fn token(&mut self, byte: u8, tag: usize, end: &str) -> Result<(), ScanError> {
        let start = self.at;
        self.chain(byte)?;
        match byte {
            b'\'' | b'"' => {
                let length = self.quoted(start).ok_or_else(|| self.unclosed_text(start, tag, end))?;
                self.push(TokenKind::Text, start..start + length);
            }
            b'(' | b'[' | b'{' => {
                self.open.push(self.list.len());
                self.push(TokenKind::Open, start..start + 1);
            }
            b')' | b']' | b'}' => self.close(byte, start, end)?,
            b'0'..=b'9' => self.push(TokenKind::Number, start..start + self.number(start)),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => {
                self.push(TokenKind::Name, start..start + self.name(start));
            }
            _ => {
                let double =
                    matches!(self.bytes.get(start..start + 2), Some(b"//" | b"**" | b"==" | b"!=" | b">=" | b"<="));
                self.push(TokenKind::Operator, start..start + 1 + usize::from(double));
            }
        }
        Ok(())
    }

    fn close(&mut self, byte: u8, start: usize, end: &str) -> Result<(), ScanError> {
        let closing = char::from(byte);
        let Some(opened) = self.open.pop() else {
            return Err(ScanError::new(format!("`{closing}` closes nothing"), start..start + 1)
                .with_help(format!("this tag ends with `{end}`")));
        };
        let range = self.list[opened].range();
        let opening = self.bytes[range.start];
        let fits = matches!((opening, byte), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
        if !fits {
            let opening = char::from(opening);
            return Err(ScanError::new(format!("`{opening}` is closed by `{closing}`"), range));
        }
        let last = self.list.len();
        self.push(TokenKind::Close, start..start + 1);
        self.couple(opened, last);
        Ok(())
    }

    #[expect(clippy::cast_possible_truncation, reason = "there are fewer tokens than bytes, whose number was checked")]
    fn couple(&mut self, first: usize, last: usize) {
        self.list[first].pair = last as u32;
        self.list[last].pair = first as u32;
    }

    /// Skips white space, that of other alphabets too, as Jinja does.
    fn skip_blanks(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match self.text[self.at..].chars().next() {
                _ if byte.is_ascii_whitespace() => self.at += 1,
                Some(blank) if *byte >= 0x80 && blank.is_whitespace() => self.at += blank.len_utf8(),
                _ => break,
            }
        }
    }

    /// Returns the length of the name at `start`.
    fn name(&self, start: usize) -> usize {
        let text = &self.text[start..];
        text.find(|c: char| c != '_' && !c.is_ascii_alphanumeric() && (c.is_ascii() || c.is_whitespace()))
            .unwrap_or(text.len())
    }

    /// Returns the length of the text in quotes that begins at `start`.
    fn quoted(&self, start: usize) -> Option<usize> {
        let quote = self.bytes[start];
        let mut at = start + 1;
        loop {
            match self.bytes.get(at)? {
                b'\\' => at += 2,
                byte if *byte == quote => return Some(at + 1 - start),
                _ => at += 1,
            }
        }
    }

    fn number(&self, start: usize) -> usize {
        let is_digit = |at: usize| self.bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut at = start;
        // After a dot, digits are an index: `row.0.1`.
        let is_index = start > 0 && self.bytes[start - 1] == b'.';
        while self.bytes.get(at).is_some_and(|byte| is_name(*byte) && *byte < 0x80) {
            at += 1;
        }
        if !is_index && self.bytes.get(at) == Some(&b'.') && is_digit(at + 1) {
            at += 1;
            while self.bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) {
                at += 1;
            }
        }
        let is_exponent = !is_index && at > start && matches!(self.bytes[at - 1], b'e' | b'E');
        if is_exponent && matches!(self.bytes.get(at), Some(b'+' | b'-')) && is_digit(at + 1) {
            at += 1;
            while is_digit(at) {
                at += 1;
            }
        }
        at - start
    }

    fn unclosed(&self, tag: usize, end: &str) -> ScanError {
        if let Some(open) = self.open.last() {
            let range = self.list[*open].range();
            let bracket = &self.text[range.clone()];
            let is_swallowed = self.text[tag + 2..range.start].contains(end) || bracket == "{";
            if !is_swallowed {
                return ScanError::new(format!("`{bracket}` is never closed"), range);
            }
        }
        let opening = &self.text[tag..tag + 2];
        ScanError::new(format!("`{opening}` is never closed"), tag..tag + 2).with_help(format!("close it with `{end}`"))
    }

    fn unclosed_text(&self, start: usize, tag: usize, end: &str) -> ScanError {
        let before = &self.text[tag + 2..start];
        // An apostrophe far behind a tag that was never closed is not what the user has to mend.
        if ["{{", "{%", "}}", "%}"].iter().any(|sign| before.contains(sign)) {
            let opening = &self.text[tag..tag + 2];
            return ScanError::new(format!("`{opening}` is never closed"), tag..tag + 2)
                .with_help(format!("close it with `{end}`"));
        }
        let quote = char::from(self.bytes[start]);
        ScanError::new("this text is never closed", start..self.line_end(start))
            .with_help(format!("close it with `{quote}`"))
    }

    fn line_end(&self, start: usize) -> usize {
        self.text[start..].find(['\n', '\r']).map_or(self.text.len(), |length| start + length)
    }
}

/// Letters of other alphabets count as parts of names, so that they do not fall apart into single signs.
fn is_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80
}
