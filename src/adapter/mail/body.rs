//! The text of a message, of whatever parts it is made.

use mail_parser::{Message, MessagePart, MimeHeaders as _, PartType};

use super::html;
use super::letters::{self, Decoded};
use super::transfer::{self, Unpacked};

/// What a message says.
#[derive(Default)]
pub(super) struct Body {
    pub text: String,
    /// Whether there was HTML only.
    pub is_html: bool,
    /// What is wrong with it; nothing when it was read well.
    pub error: Option<String>,
}

impl Body {
    /// Reads the plain text of a message; without any, the text of its HTML; without that, what stands below its headers.
    pub fn read(message: &Message<'_>) -> Self {
        let plain = Self::of(message, message.text_bodies().filter(|part| is_plain(part)));
        if !plain.text.is_empty() {
            return plain;
        }
        let html = Self::of(message, message.html_bodies());
        if !html.text.is_empty() {
            return html;
        }
        // A part that does not end, or text of a kind such as `text/markdown`, counts as attached.
        let other = Self::of(message, message.parts.iter().filter(|part| !is_attached(part)));
        if other.text.is_empty() && is_without_parts(message) { Self::below_the_headers(message) } else { other }
    }

    fn of<'a>(message: &Message<'_>, parts: impl Iterator<Item = &'a MessagePart<'a>>) -> Self {
        let mut texts: Vec<String> = Vec::new();
        let mut body = Self { is_html: true, ..Self::default() };
        for part in parts.filter(|part| matches!(part.body, PartType::Text(_) | PartType::Html(_))) {
            let packed = message.raw_message.get(place(part.offset_body)..place(part.offset_end)).unwrap_or_default();
            let read = Packed { part, bytes: packed }.read();
            if read.text.trim().is_empty() {
                continue;
            }
            texts.push(read.text);
            body.is_html &= read.is_html;
            body.error = body.error.or(read.error);
        }
        body.is_html &= !texts.is_empty();
        body.text = texts.join("\n");
        body
    }

    /// A message in parts none of which can be found, or of no kind.
    fn below_the_headers(message: &Message<'_>) -> Self {
        let below = message.parts.first().and_then(|part| message.raw_message.get(place(part.offset_body)..));
        let text = letters::guessed(below.unwrap_or_default()).trim().replace("\r\n", "\n");
        let error = (!text.is_empty()).then(|| "none of its parts can be found".to_owned());
        Self { text, is_html: false, error }
    }
}

/// A part with its bytes as they stand in the message.
struct Packed<'a> {
    part: &'a MessagePart<'a>,
    bytes: &'a [u8],
}

impl Packed<'_> {
    fn read(&self) -> Body {
        let unpacked = self.unpacked();
        let content_type = self.part.content_type();
        let set = content_type.and_then(|kind| kind.attribute("charset")).unwrap_or_default();
        let Decoded { text, is_guessed } = letters::decoded(&unpacked.bytes, set);
        let is_html =
            content_type.and_then(|kind| kind.subtype()).is_some_and(|kind| kind.eq_ignore_ascii_case("html"));
        let text = if is_html { html::text_of(&text) } else { text.trim_end().replace("\r\n", "\n") };
        let error = if unpacked.is_damaged {
            Some("the encoding of its text is damaged".to_owned())
        } else {
            is_guessed.then(|| format!("its letters are not those of `{set}`, and were guessed"))
        };
        let text = if unpacked.below.is_empty() { text } else { format!("{text}\n{}", unpacked.below) };
        Body { text: text.trim_start_matches('\n').to_owned(), is_html, error }
    }

    fn unpacked(&self) -> Unpacked {
        let encoding = self.part.content_transfer_encoding().unwrap_or_default().trim();
        if encoding.eq_ignore_ascii_case("base64") {
            transfer::base64(self.bytes)
        } else if encoding.eq_ignore_ascii_case("quoted-printable") {
            transfer::quoted_printable(self.bytes)
        } else {
            Unpacked { bytes: self.bytes.to_vec(), ..Unpacked::default() }
        }
    }
}

fn is_plain(part: &MessagePart<'_>) -> bool {
    matches!(part.body, PartType::Text(_))
}

fn is_attached(part: &MessagePart<'_>) -> bool {
    part.content_disposition().is_some_and(mail_parser::ContentType::is_attachment)
}

/// Whether a message is in parts, and none was found, or does not say what it is.
fn is_without_parts(message: &Message<'_>) -> bool {
    let kind = message.parts.first().and_then(|part| part.content_type());
    let is_unknown = kind.is_some_and(|kind| kind.c_type == "multipart" || kind.subtype().is_none());
    message.parts.len() <= 1 && (is_unknown || message.attachment_count() == 0)
}

fn place(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
