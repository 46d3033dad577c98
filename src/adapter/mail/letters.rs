//! Letters of messages that do not say, or say wrongly, how they are written.

use std::borrow::Cow;

/// What Windows-1252 has where Latin-1 has control characters; what is not assigned stays as it is.
const WINDOWS: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}', '\u{2c6}', '\u{2030}',
    '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}', '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}',
    '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}', '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}',
    '\u{17e}', '\u{178}',
];

/// Returns bytes as text: UTF-8, or else Windows-1252, which mail programs wrote before.
pub(super) fn guessed(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| windows(*byte)).collect()),
    }
}

fn windows(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        _ => char::from(byte),
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
