//! One message as a row.

use mail_parser::{HeaderName, HeaderValue, Message, MessageParser};

use super::body::Body;
use super::mbox::RawMessage;
use super::{LARGEST_MESSAGE, date, letters, people, quoted, subject};

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
        match std::panic::catch_unwind(|| parser().parse(&*bytes).filter(has_known_header)) {
            Ok(Some(message)) => row.fill(&message, raw.envelope.as_deref()),
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
        row.sent_at = row.sent_at.or_else(|| raw.envelope.as_deref().and_then(date::envelope_moment));
        row.reply = row.body.as_deref().map(quoted::own_words);
        row
    }

    fn fill(&mut self, message: &Message<'_>, envelope: Option<&str>) {
        self.message_id = list(first(message, HeaderName::MessageId)).into_iter().next();
        self.in_reply_to = list(first(message, HeaderName::InReplyTo)).into_iter().next();
        self.references = list(first(message, HeaderName::References));
        self.sent_at = first(message, HeaderName::Date).as_text().and_then(date::moment);
        let sender = people::sender(message, envelope);
        self.from_name = sender.name;
        self.from_email = sender.email;
        self.to_emails = people::emails(first(message, HeaderName::To));
        self.cc_emails = people::emails(first(message, HeaderName::Cc));
        self.subject = first(message, HeaderName::Subject).as_text().and_then(text);
        self.thread_subject = self.subject.as_deref().and_then(subject::of_the_thread);
        self.is_automatic = is_automatic(message) || self.from_email.as_deref().is_some_and(is_mail_server);
        self.attachments = i32::try_from(message.attachment_count()).unwrap_or(i32::MAX);
        let body = Body::read(message);
        self.is_html = body.is_html;
        self.body = text(&body.text);
        self.error = body.error.or_else(|| self.missing_headers());
    }

    fn missing_headers(&self) -> Option<String> {
        self.from_email.is_none().then(|| "it does not say who sent it".to_owned())
    }
}

/// The parser without its dates: it reads on into the next lines where a zone is a letter, and takes dates that do not exist.
fn parser() -> MessageParser {
    let parser = MessageParser::new().with_mime_headers().with_address_headers().with_message_ids();
    parser.header_text(HeaderName::Subject)
}

/// The first header of a name: a message should have one only, and programs show the first.
pub(super) fn first<'a>(message: &'a Message<'_>, name: HeaderName<'_>) -> &'a HeaderValue<'a> {
    let header = message.headers().iter().find(|header| header.name == name);
    header.map_or(&HeaderValue::Empty, |header| &header.value)
}

/// Any text parses as a message; one of these headers makes it one.
fn has_known_header(message: &Message<'_>) -> bool {
    [HeaderName::From, HeaderName::MessageId, HeaderName::Subject, HeaderName::Date]
        .into_iter()
        .any(|name| !matches!(first(message, name), HeaderValue::Empty))
}

fn is_automatic(message: &Message<'_>) -> bool {
    let raw = |name: &'static str| message.header_raw(name).map(|value| value.trim().to_lowercase());
    raw("Auto-Submitted").is_some_and(|value| !value.starts_with("no"))
        || raw("Precedence").is_some_and(|value| ["bulk", "junk", "auto_reply"].contains(&value.as_str()))
        || raw("X-Autoreply").is_some()
        || raw("X-Autorespond").is_some()
        || raw("Content-Type").is_some_and(|value| value.starts_with("multipart/report"))
}

/// Who tells that a message could not be delivered.
fn is_mail_server(email: &str) -> bool {
    matches!(email.split('@').next(), Some("mailer-daemon"))
}

/// Text as a database takes it: nothing instead of empty text, no zero bytes.
pub(super) fn text(value: &str) -> Option<String> {
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

#[cfg(test)]
mod tests;
