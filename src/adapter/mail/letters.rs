//! Letters of messages that do not say, or say wrongly, how they are written.

use std::borrow::Cow;

/// Returns bytes as text: UTF-8, or else Windows-1252, which mail programs wrote before.
pub(super) fn guessed(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// Returns a message whose headers are UTF-8: they have no other way to say how their letters are written.
pub(super) fn with_readable_headers(message: &[u8]) -> Cow<'_, [u8]> {
    let ends = |end: &[u8]| message.windows(end.len()).position(|window| window == end);
    let length = [ends(b"\n\n"), ends(b"\r\n\r\n")].into_iter().flatten().min().unwrap_or(message.len());
    let (headers, rest) = message.split_at(length);
    match guessed(headers) {
        Cow::Borrowed(_) => Cow::Borrowed(message),
        Cow::Owned(headers) => Cow::Owned([headers.as_bytes(), rest].concat()),
    }
}
