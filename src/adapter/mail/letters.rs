//! Letters of messages that do not say, or say wrongly, how they are written.

use std::borrow::Cow;
use std::sync::OnceLock;

use mail_parser::decoders::charsets::map::charset_decoder;
use regex::Regex;

use super::transfer;

/// Names of sets of letters that are UTF-8, or say no more than that there are letters.
const NO_SET: [&str; 11] = [
    "",
    "us-ascii",
    "ascii",
    "ansi_x3.4-1968",
    "unknown-8bit",
    "x-unknown",
    "default",
    "8bit",
    "binary",
    "utf-8",
    "utf8",
];

/// Returns bytes as text: UTF-8, or else Windows-1252, which mail programs wrote before.
pub(super) fn guessed(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// A text, and whether its letters are those of the set that it names.
pub(super) struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub is_guessed: bool,
}

/// Returns bytes in the letters of a named set; where they are not, by a guess.
pub(super) fn decoded<'a>(bytes: &'a [u8], set: &str) -> Decoded<'a> {
    let set = set.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    if bytes.is_ascii()
        && !set.starts_with("iso-2022")
        && !set.starts_with("utf-7")
        && !set.starts_with("utf-16")
        && set != "hz-gb-2312"
    {
        return Decoded { text: guessed(bytes), is_guessed: false };
    }
    let decoder = charset_decoder(set.as_bytes()).filter(|_| !NO_SET.contains(&&*set));
    let Some(decoder) = decoder else {
        return Decoded { text: guessed(bytes), is_guessed: !NO_SET.contains(&&*set) };
    };
    let text = decoder(bytes);
    if !text.contains(char::REPLACEMENT_CHARACTER) {
        return Decoded { text: Cow::Owned(text), is_guessed: false };
    }
    if std::str::from_utf8(bytes).is_ok() {
        return Decoded { text: guessed(bytes), is_guessed: bytes.is_ascii() };
    }
    Decoded { text: Cow::Owned(text), is_guessed: true }
}

/// Returns a message whose headers are UTF-8: they have no other way to say how their letters are written. Encoded words that
/// only together are letters, or are of no known set, are made one word of UTF-8.
pub(super) fn with_readable_headers(message: &[u8]) -> Cow<'_, [u8]> {
    let (headers, rest) = message.split_at(length_of_headers(message));
    let readable = guessed(headers);
    let readable = match with_whole_words(&readable) {
        Cow::Owned(words) => Cow::Owned(words),
        Cow::Borrowed(_) => readable,
    };
    match readable {
        // The parser passes over a last header without an end.
        Cow::Borrowed(headers) if rest.is_empty() && !headers.ends_with('\n') => {
            Cow::Owned([headers.as_bytes(), b"\n"].concat())
        }
        Cow::Borrowed(_) => Cow::Borrowed(message),
        Cow::Owned(headers) => Cow::Owned([headers.as_bytes(), rest].concat()),
    }
}

fn length_of_headers(message: &[u8]) -> usize {
    let mut line_start = 0;
    for (at, byte) in message.iter().enumerate() {
        if *byte == b'\n' {
            if matches!(&message[line_start..at], b"" | b"\r") {
                return line_start;
            }
            line_start = at + 1;
        }
    }
    message.len()
}

/// One encoded word of RFC 2047.
struct Word<'a> {
    place: std::ops::Range<usize>,
    set: &'a str,
    bytes: Vec<u8>,
}

fn with_whole_words(headers: &str) -> Cow<'_, str> {
    static WORD: OnceLock<Option<Regex>> = OnceLock::new();
    let word = WORD.get_or_init(|| Regex::new(r"=\?([^?\s]+)\?([bBqQ])\?([^?\r\n]*)\?=").ok());
    let Some(word) = word.as_ref().filter(|_| headers.contains("=?")) else { return Cow::Borrowed(headers) };
    let words: Vec<Word<'_>> = word.captures_iter(headers).filter_map(|found| Word::read(&found)).collect();
    let mut written = String::new();
    let mut upto = 0;
    for run in words.chunk_by(|one, next| {
        is_blank(&headers[one.place.end..next.place.start]) && one.set.eq_ignore_ascii_case(next.set)
    }) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let is_known = charset_decoder(first.set.as_bytes()).is_some()
            && !NO_SET.contains(&&*first.set.to_ascii_lowercase())
            || first.set.eq_ignore_ascii_case("utf-8");
        if run.len() == 1 && is_known {
            continue;
        }
        let bytes: Vec<u8> = run.iter().flat_map(|word| word.bytes.iter().copied()).collect();
        written.push_str(&headers[upto..first.place.start]);
        written.push_str("=?utf-8?Q?");
        for byte in decoded(&bytes, first.set).text.bytes() {
            written.push_str(&format!("={byte:02X}"));
        }
        written.push_str("?=");
        upto = last.place.end;
    }
    if upto == 0 {
        return Cow::Borrowed(headers);
    }
    written.push_str(&headers[upto..]);
    Cow::Owned(written)
}

fn is_blank(between: &str) -> bool {
    between.chars().all(char::is_whitespace)
}

impl<'a> Word<'a> {
    fn read(found: &regex::Captures<'a>) -> Option<Self> {
        let (set, packed) = (found.get(1)?.as_str(), found.get(3)?.as_str());
        let bytes = if found.get(2)?.as_str().eq_ignore_ascii_case("b") {
            transfer::base64(packed.as_bytes()).bytes
        } else {
            transfer::quoted_printable(packed.replace('_', " ").as_bytes()).bytes
        };
        // A word may name its language behind the set: `utf-8*en`. Letters that are not packed are UTF-8 by now.
        let set = if packed.is_ascii() { set.split('*').next()? } else { "" };
        Some(Self { place: found.get(0)?.range(), set, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::{decoded, with_readable_headers};

    fn headers(text: &str) -> String {
        let readable = with_readable_headers(text.as_bytes()).into_owned();
        String::from_utf8(readable).unwrap()
    }

    #[test]
    fn words_that_are_letters_only_together_become_one() {
        assert_eq!(headers("S: =?utf-8?B?5Lg=?=\n =?UTF-8?B?rQ==?= x\n\nb"), "S: =?utf-8?Q?=E4=B8=AD?= x\n\nb");
        assert_eq!(
            headers("S: =?utf-8?Q?=E4=B8?= =?utf-8?Q?=AD_?= =?koi8-r?Q?x?=\n"),
            "S: =?utf-8?Q?=E4=B8=AD=20?= =?koi8-r?Q?x?=\n"
        );
        assert_eq!(headers("S: =?us-ascii?Q?caf=C3=A9?=\n"), "S: =?utf-8?Q?=63=61=66=C3=A9?=\n");
        assert_eq!(headers("S: =?iso-8859-1?Q?Fr\u{f6}sch?=\n"), "S: =?utf-8?Q?=46=72=C3=B6=73=63=68?=\n");
        assert_eq!(headers("S: last"), "S: last\n");
        for same in ["S: =?utf-8?Q?=C3=BC?=\n\n=?a?Q?b?=\n", "S: a =?no word\n", "\n=?us-ascii?Q?caf=C3=A9?=\n"] {
            assert_eq!(headers(same), same);
        }
    }

    #[test]
    fn bytes_that_are_not_of_their_set_are_guessed() {
        let cases: [(&[u8], &str, &str, bool); 7] = [
            (b"caf\xc3\xa9", "us-ascii", "caf\u{e9}", false),
            (b"caf\xe9", "utf-8", "caf\u{e9}", false),
            (b"caf\xe9", "x-nobody-knows", "caf\u{e9}", true),
            (b"caf\xc3\xa9", "gb2312", "caf茅", false),
            (b"\xd5\xe4", "\"KOI8-R\"", "уД", false),
            (b"\x1b$B$\"\x1b(B", "iso-2022-jp", "\u{3042}", false),
            (b"plain", "x-nobody-knows", "plain", false),
        ];
        for (bytes, set, text, is_guessed) in cases {
            let read = decoded(bytes, set);
            assert_eq!((&*read.text, read.is_guessed), (text, is_guessed), "{set}");
        }
    }
}
