//! One message as a row.

use std::borrow::Cow;

use chrono::NaiveDateTime;
use mail_parser::{Address, DateTime, Encoding, HeaderValue, Message, MessageParser, MessagePart, PartType};

use super::mbox::RawMessage;
use super::{LARGEST_MESSAGE, letters, quoted};

/// A message, or what is left of one that cannot be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailMessage {
    /// The file that it lies in.
    pub file: String,
    /// Its place in the file, from 1.
    pub position: i64,
    /// `Message-ID`, without angle brackets.
    pub message_id: Option<String>,
    /// The message that this one answers: the first of `In-Reply-To`.
    pub in_reply_to: Option<String>,
    /// The thread's messages before this one, oldest first (`References`).
    pub references: Vec<String>,
    /// When it was sent, in microseconds since 1970 UTC: `Date`, or else the date of the mailbox's `From ` line.
    pub sent_at: Option<i64>,
    /// Display name of the first sender.
    pub from_name: Option<String>,
    /// Address of the first sender, in lower case.
    pub from_email: Option<String>,
    /// Addresses of `To`, in lower case.
    pub to_emails: Vec<String>,
    /// Addresses of `Cc`, in lower case.
    pub cc_emails: Vec<String>,
    /// The subject, decoded.
    pub subject: Option<String>,
    /// The subject without `Re:`, `Fwd:` and the like (the base subject of RFC 5256), for threads without references.
    pub thread_subject: Option<String>,
    /// The text, decoded; of a message that is HTML only, the text of the HTML.
    pub body: Option<String>,
    /// The text without quoted mail and signature.
    pub reply: Option<String>,
    /// Whether there was HTML only.
    pub is_html: bool,
    /// Whether a program sent it: out of office, bounces, newsletters (RFC 3834).
    pub is_automatic: bool,
    /// How many attachments it has.
    pub attachments: i32,
    /// Its length in the file.
    pub bytes: i64,
    /// What is wrong with it; nothing when it was read well.
    pub error: Option<String>,
}

impl MailMessage {
    /// Reads the bytes of a message. Whatever they are, a row comes of it.
    pub(super) fn read(file: &str, position: i64, raw: &RawMessage) -> Self {
        let mut row = Self {
            file: file.to_owned(),
            position,
            bytes: i64::try_from(raw.length).unwrap_or(i64::MAX),
            ..Self::default()
        };
        // A fault of the parser must cost one message only.
        let bytes = letters::with_readable_headers(&raw.bytes);
        match std::panic::catch_unwind(|| MessageParser::default().parse(&*bytes).filter(has_known_header)) {
            Ok(Some(message)) => row.fill(&message),
            Ok(None) | Err(_) => {
                let text = letters::guessed(&raw.bytes).replace('\0', "").trim().to_owned();
                row.body = (!text.is_empty()).then_some(text);
                row.error = Some("it has no headers of an e-mail message".to_owned());
            }
        }
        if raw.is_cut() {
            let most = LARGEST_MESSAGE >> 20;
            row.error = Some(format!("it is larger than {most} MiB: what comes after was left out"));
        }
        row.sent_at = row.sent_at.or_else(|| raw.envelope.as_deref().and_then(envelope_date));
        row.reply = row.body.as_deref().map(quoted::own_words);
        row
    }

    fn fill(&mut self, message: &Message<'_>) {
        self.message_id = message.message_id().and_then(text);
        self.in_reply_to = list(message.in_reply_to()).into_iter().next();
        self.references = list(message.references());
        self.sent_at = sent_at(message);
        let sender = message.from().and_then(Address::first);
        self.from_name = sender.and_then(|sender| sender.name()).and_then(text);
        self.from_email = sender.and_then(|sender| sender.address()).and_then(text).map(|email| email.to_lowercase());
        self.to_emails = emails(message.to());
        self.cc_emails = emails(message.cc());
        self.subject = message.subject().and_then(text);
        self.thread_subject = message.thread_name().and_then(text).map(|subject| subject.to_lowercase());
        self.is_automatic = is_automatic(message);
        self.attachments = i32::try_from(message.attachment_count()).unwrap_or(i32::MAX);
        let body = body(message);
        self.is_html = body.is_html;
        self.body = text(&body.text);
        self.error = body.error.or_else(|| self.missing_headers());
    }

    fn missing_headers(&self) -> Option<String> {
        self.from_email.is_none().then(|| "it does not say who sent it".to_owned())
    }
}

struct Body {
    text: String,
    is_html: bool,
    error: Option<String>,
}

fn body(message: &Message<'_>) -> Body {
    let parts: Vec<&MessagePart<'_>> = message.text_bodies().collect();
    if parts.is_empty() && message.attachment_count() == 0 {
        return without_parts(message);
    }
    let is_plain = |part: &&MessagePart<'_>| matches!(&part.body, PartType::Text(text) if !text.trim().is_empty());
    let has_plain = parts.iter().any(is_plain);
    // A part of plain text that is empty beside one of HTML: some programs write it so.
    let parts = if has_plain { parts } else { message.html_bodies().collect() };
    let mut texts = Vec::new();
    let mut is_html = false;
    let mut is_damaged = false;
    for part in parts {
        is_damaged |= part.is_encoding_problem;
        match &part.body {
            PartType::Text(text) => texts.push(in_its_letters(message, part, text).trim_end().replace("\r\n", "\n")),
            PartType::Html(html) => {
                is_html = true;
                let html = in_its_letters(message, part, html);
                texts.push(mail_parser::decoders::html::html_to_text(&html).trim().replace("\r\n", "\n"));
            }
            _ => {}
        }
    }
    // Text of another kind, such as `text/markdown` or a mere `text`, counts as attached, even if it is the whole message.
    if let (true, Some(PartType::Text(text))) = (texts.is_empty(), message.parts.first().map(|part| &part.body)) {
        texts.push(text.trim_end().replace("\r\n", "\n"));
    }
    let error = is_damaged.then(|| "the encoding of its text is damaged".to_owned());
    Body { text: texts.join("\n"), is_html: is_html && !has_plain, error }
}

/// A message in parts none of which can be found: what stands below its headers.
fn without_parts(message: &Message<'_>) -> Body {
    let below = message.parts.first().and_then(|part| message.raw_message.get(place(part.offset_body)..));
    let text = letters::guessed(below.unwrap_or_default()).trim().replace("\r\n", "\n");
    let error = (!text.is_empty()).then(|| "none of its parts can be found".to_owned());
    Body { text, is_html: false, error }
}

/// The text of a part; of one that is not written in the letters it names, by a guess.
fn in_its_letters<'a>(message: &'a Message<'_>, part: &MessagePart<'_>, decoded: &'a str) -> Cow<'a, str> {
    let is_as_it_stands = part.encoding == Encoding::None;
    if !is_as_it_stands || !decoded.contains(char::REPLACEMENT_CHARACTER) {
        return Cow::Borrowed(decoded);
    }
    let bytes = message.raw_message.get(place(part.offset_body)..place(part.offset_end));
    bytes.map_or(Cow::Borrowed(decoded), letters::guessed)
}

fn place(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

/// When it was sent, in microseconds: a date without a zone is in UTC.
fn sent_at(message: &Message<'_>) -> Option<i64> {
    let without_zone = || DateTime::parse_rfc822(&format!("{} +0000", message.header_raw("Date")?.trim()));
    let date = message.date().copied().or_else(without_zone).filter(DateTime::is_valid)?;
    date.to_timestamp().checked_mul(1_000_000)
}

/// Any text parses as a message; one of these headers makes it one.
fn has_known_header(message: &Message<'_>) -> bool {
    message.from().is_some()
        || message.message_id().is_some()
        || message.subject().is_some()
        || message.date().is_some()
}

fn is_automatic(message: &Message<'_>) -> bool {
    let raw = |name: &'static str| message.header_raw(name).map(|value| value.trim().to_lowercase());
    raw("Auto-Submitted").is_some_and(|value| !value.starts_with("no"))
        || raw("Precedence").is_some_and(|value| ["bulk", "junk", "list", "auto_reply"].contains(&value.as_str()))
        || raw("X-Autoreply").is_some()
        || raw("X-Autorespond").is_some()
}

/// Text as a database takes it: nothing instead of empty text, no zero bytes.
fn text(value: &str) -> Option<String> {
    let value = value.replace('\0', "");
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

fn list(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(one) => text(one).into_iter().collect(),
        HeaderValue::TextList(many) => many.iter().filter_map(|one| text(one)).collect(),
        _ => Vec::new(),
    }
}

fn emails(address: Option<&Address<'_>>) -> Vec<String> {
    let all = address.into_iter().flat_map(Address::iter);
    all.filter_map(|one| one.address()).filter_map(text).map(|email| email.to_lowercase()).collect()
}

/// The date of a `From ` line, as C's `asctime` writes it, in UTC: `ada@x.example Thu Jan  2 10:00:00 2025`.
fn envelope_date(envelope: &str) -> Option<i64> {
    let (_, date) = envelope.split_once(' ')?;
    let date: Vec<&str> = date.split_whitespace().filter(|word| !matches!(*word, "+0000" | "UTC" | "GMT")).collect();
    let date = NaiveDateTime::parse_from_str(&date.join(" "), "%a %b %d %H:%M:%S %Y").ok()?;
    Some(date.and_utc().timestamp_micros())
}

#[cfg(test)]
mod tests;
