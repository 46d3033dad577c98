//! Takes a mailbox apart: a message begins at a `From ` line that follows an empty line or begins the file (RFC 4155), or that
//! stands before headers where the empty line was forgotten.

use std::io::{BufRead, Read as _};

use super::{LARGEST_MESSAGE, date};

/// A line longer than this is handled in pieces, so that a file without line ends takes no more memory.
const LONGEST_PIECE: u64 = 1 << 20;

/// What some programs write at the head of a file in UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The bytes of one message, without the line that began it.
#[derive(Debug, Default)]
pub(super) struct RawMessage {
    /// Headers and body.
    pub bytes: Vec<u8>,
    /// The `From ` line of the mailbox, without its first word; nothing for single files.
    pub envelope: Option<String>,
    /// How long the message is in the file, also what was not kept of it.
    pub length: u64,
}

impl RawMessage {
    fn push(&mut self, piece: &[u8]) {
        self.length += piece.len() as u64;
        let room = LARGEST_MESSAGE.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&piece[..piece.len().min(room)]);
    }

    /// Returns whether bytes were left out because the message is larger than [`LARGEST_MESSAGE`].
    pub fn is_cut(&self) -> bool {
        self.length > self.bytes.len() as u64
    }
}

/// The messages of a mailbox.
#[derive(Debug)]
pub(super) struct Envelopes<R> {
    reader: R,
    /// The envelope of the message that comes next, read already when the one before ended.
    next: Option<String>,
    line: Vec<u8>,
    is_started: bool,
}

impl<R: BufRead> Envelopes<R> {
    pub fn new(reader: R) -> Self {
        Self { reader, next: None, line: Vec::new(), is_started: false }
    }

    /// Returns the next message; text before the first `From ` line, other than empty lines, is a message without envelope.
    pub fn next_message(&mut self) -> std::io::Result<Option<RawMessage>> {
        let mut message = RawMessage { envelope: self.next.take(), ..RawMessage::default() };
        // At the head of the file and after an empty line a `From ` line begins a message.
        let mut follows_empty = !self.is_started;
        let mut at_line_start = true;
        let mut at_head = !self.is_started;
        self.is_started = true;
        while self.read_piece()? {
            if at_head && self.line.starts_with(BYTE_ORDER_MARK) {
                let _ = self.line.drain(..BYTE_ORDER_MARK.len());
            }
            at_head = false;
            if at_line_start && self.is_envelope(follows_empty)? {
                let envelope = String::from_utf8_lossy(&self.line[5..]).trim().to_owned();
                if message.envelope.is_none() && message.bytes.is_empty() {
                    message.envelope = Some(envelope);
                    follows_empty = false;
                    continue;
                }
                self.next = Some(envelope);
                return Ok(Some(trimmed(message)));
            }
            follows_empty = at_line_start && matches!(&self.line[..], b"\n" | b"\r\n");
            let is_blank_head = follows_empty && message.bytes.is_empty() && message.envelope.is_none();
            if !is_blank_head {
                message.push(if at_line_start { unescaped(&self.line) } else { &self.line });
            }
            at_line_start = self.line.ends_with(b"\n");
        }
        let is_there = message.envelope.is_some() || !message.bytes.is_empty();
        Ok(is_there.then(|| trimmed(message)))
    }

    /// Whether a message begins at this line: one in a mailbox's own form after an empty line, one with a time before headers, or,
    /// where the empty line is missing, one that is both.
    fn is_envelope(&mut self, follows_empty: bool) -> std::io::Result<bool> {
        if !has_time(&self.line) {
            return Ok(false);
        }
        let is_own_form = date::ends_in_asctime(&String::from_utf8_lossy(&self.line[5..]));
        Ok(if follows_empty { is_own_form || self.headers_follow()? } else { is_own_form && self.headers_follow()? })
    }

    /// Whether the next line begins like a header, as far as it is in memory.
    fn headers_follow(&mut self) -> std::io::Result<bool> {
        let next = self.reader.fill_buf()?;
        let name = next.iter().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')));
        Ok(name.map_or(!next.is_empty(), |length| length > 0 && next[length] == b':'))
    }

    fn read_piece(&mut self) -> std::io::Result<bool> {
        self.line.clear();
        let read = self.reader.by_ref().take(LONGEST_PIECE).read_until(b'\n', &mut self.line)?;
        Ok(read > 0)
    }
}

/// Reads a file that is one message.
pub(super) fn whole(mut reader: impl BufRead) -> std::io::Result<RawMessage> {
    let mut message = RawMessage::default();
    let kept = reader.by_ref().take(LARGEST_MESSAGE as u64).read_to_end(&mut message.bytes)?;
    let left_out = std::io::copy(&mut reader, &mut std::io::sink())?;
    message.length = kept as u64 + left_out;
    if message.bytes.starts_with(BYTE_ORDER_MARK) {
        let _ = message.bytes.drain(..BYTE_ORDER_MARK.len());
        message.length -= BYTE_ORDER_MARK.len() as u64;
    }
    // Lines that end as on a Macintosh of old.
    if !message.bytes.contains(&b'\n') {
        message.bytes.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
    }
    Ok(message)
}

/// A `From ` line of a mailbox ends in a date; most sentences of a body that begin with the word have no time of day in them.
fn has_time(line: &[u8]) -> bool {
    let is_time = |part: &[u8]| {
        part[0].is_ascii_digit() && part[1] == b':' && part[2].is_ascii_digit() && part[3].is_ascii_digit()
    };
    line.starts_with(b"From ") && line.windows(4).any(is_time)
}

/// Takes the mark off a line of a body that the writer of the mailbox had to protect (`>From `, mboxrd).
fn unescaped(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|byte| **byte == b'>').count();
    if marks > 0 && line[marks..].starts_with(b"From ") { &line[1..] } else { line }
}

/// The empty line before the next `From ` belongs to the mailbox, not to the message.
fn trimmed(mut message: RawMessage) -> RawMessage {
    for end in [&b"\r\n\r\n"[..], b"\n\n"] {
        if message.bytes.ends_with(end) {
            message.bytes.truncate(message.bytes.len() - end.len() / 2);
            message.length -= end.len() as u64 / 2;
            break;
        }
    }
    message
}

#[cfg(test)]
mod tests {
    use super::{Envelopes, RawMessage};

    fn messages(text: &str) -> Vec<RawMessage> {
        let mut envelopes = Envelopes::new(text.as_bytes());
        std::iter::from_fn(|| envelopes.next_message().unwrap()).collect()
    }

    #[test]
    fn a_from_line_after_an_empty_line_begins_a_message() {
        let text = "From a@x Thu Jan  2 10:00:00 2025\nSubject: one\n\nfirst\n\n\
                    From b@x Fri Jan  3 11:00:00 2025\nSubject: two\n\nsecond\nFrom here 10:00 it stays\n";
        let found = messages(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].bytes, b"Subject: one\n\nfirst\n");
        assert_eq!(found[0].envelope.as_deref(), Some("a@x Thu Jan  2 10:00:00 2025"));
        assert_eq!(found[1].bytes, b"Subject: two\n\nsecond\nFrom here 10:00 it stays\n");
    }

    #[test]
    fn the_empty_line_may_be_missing_and_a_sentence_is_no_message() {
        let text = "From a@x Thu Jan  2 10:00:00 2025\nSubject: one\n\nfirst\nFrom b@x Fri Jan  3 11:00:00 2025\nSubject: two\n\n\
                    second\n\nFrom 10:00 on we wait\nfor you: please\n\nFrom c at x  Fri Jan  3 11:00:00 2025\nFrom: c at x (C)\n\nthird\n";
        let found = messages(text);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].bytes, b"Subject: one\n\nfirst\n");
        assert_eq!(found[1].bytes, b"Subject: two\n\nsecond\n\nFrom 10:00 on we wait\nfor you: please\n");
    }

    #[test]
    fn protected_lines_and_sentences_stay_in_the_body() {
        let text =
            "From a@x Thu Jan  2 10:00:00 2025\nSubject: one\n\nhello\n\n>From me\n>>From you\n\nFrom now on we wait\n";
        let found = messages(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].bytes, b"Subject: one\n\nhello\n\nFrom me\n>From you\n\nFrom now on we wait\n");
    }

    #[test]
    fn windows_line_ends_and_empty_files_are_read() {
        let text = "From a@x Thu Jan  2 10:00:00 2025\r\nSubject: one\r\n\r\nx\r\n\r\nFrom b@x Thu Jan  2 10:00:00 2025\r\n\r\ny\r\n";
        assert_eq!(messages(text).len(), 2);
        assert!(messages("").is_empty());
        assert!(messages("\n\n").is_empty());
        assert_eq!(messages("Subject: no envelope\n\nbody\n").len(), 1);
    }

    #[test]
    fn a_byte_order_mark_belongs_to_no_message() {
        let found = messages("\u{feff}From a@x Thu Jan  2 10:00:00 2025\nSubject: one\n\nx\n");
        assert_eq!(found[0].envelope.as_deref(), Some("a@x Thu Jan  2 10:00:00 2025"));
        assert_eq!(super::whole("\u{feff}Subject: one\n\nx\n".as_bytes()).unwrap().bytes, b"Subject: one\n\nx\n");
    }

    #[test]
    fn a_line_without_end_is_kept_in_pieces() {
        let body = "x".repeat(3 << 20);
        let found = messages(&format!("From a@x Thu Jan  2 10:00:00 2025\nSubject: big\n\n{body}"));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].length, 14 + body.len() as u64);
        assert!(!found[0].is_cut());
    }
}
