//! Reads text files: UTF-8, with or without a byte order mark.

use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Kind, SourceFile, Span};

/// Reads a text file; `shown` is the name that messages call it by.
///
/// # Errors
/// When the file cannot be read or is not UTF-8.
pub fn read_text(path: &Path, shown: &str) -> Result<Arc<SourceFile>, Diagnostic> {
    let bytes = std::fs::read(path).map_err(|error| unreadable(shown, &error))?;
    decode(bytes, shown)
}

/// Takes the bytes of a text file and drops a byte order mark.
///
/// # Errors
/// When they are not UTF-8, with the place of the first wrong byte.
pub fn decode(bytes: Vec<u8>, shown: &str) -> Result<Arc<SourceFile>, Diagnostic> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Diagnostic::error(Kind::Parsing, "E0109", "the file is UTF-16, not UTF-8")
            .in_path(shown)
            .with_help("save it as UTF-8"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let start = error.utf8_error().valid_up_to();
        let byte = error.as_bytes().get(start).copied().unwrap_or_default();
        let file = SourceFile::new(shown, String::from_utf8_lossy(error.as_bytes()));
        let end = start + file.text[start..].chars().next().map_or(0, char::len_utf8);
        Diagnostic::error(Kind::Parsing, "E0109", "the file is not UTF-8")
            .at(Span::new(&file, start..end), format!("the byte 0x{byte:02X} may not stand here"))
            .with_help("save it as UTF-8")
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => SourceFile::new(shown, rest),
        None => SourceFile::new(shown, text),
    })
}

/// Says that a file or folder cannot be read, in the operating system's words.
pub(super) fn unreadable(shown: &str, error: &io::Error) -> Diagnostic {
    Diagnostic::error(Kind::Runtime, "E0109", format!("cannot read `{shown}`: {}", reason(error))).in_path(shown)
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn a_byte_order_mark_is_dropped() {
        let file = decode(b"\xEF\xBB\xBFselect 1".to_vec(), "a.sql").expect("it is UTF-8");
        assert_eq!(file.text, "select 1");
    }

    #[test]
    fn the_first_byte_that_is_not_utf_8_is_shown() {
        let error = decode(b"select\n  'caf\xE9'".to_vec(), "a.sql").expect_err("it is Latin-1");
        assert_eq!(error.one_line(), "the file is not UTF-8 (a.sql:2:7)");
        assert_eq!(error.primary.map(|label| label.message), Some("the byte 0xE9 may not stand here".to_owned()));
    }

    #[test]
    fn utf_16_is_named() {
        let error = decode(b"\xFF\xFEa\0".to_vec(), "a.sql").expect_err("it is UTF-16");
        assert_eq!(error.one_line(), "the file is UTF-16, not UTF-8 (a.sql)");
    }
}
