//! How a text was packed for its way: base64 and quoted-printable, read as far as they go.

/// The bytes of a packed text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unpacked {
    pub bytes: Vec<u8>,
    /// Lines after the packed text that are not packed, as mailing lists add them.
    pub below: String,
    pub is_damaged: bool,
}

/// Unpacks base64 line by line up to the first that cannot be base64.
pub(super) fn base64(packed: &[u8]) -> Unpacked {
    let mut unpacked = Unpacked::default();
    let mut sextets = Vec::with_capacity(4);
    let mut at = 0;
    let mut is_padded = false;
    while at < packed.len() {
        let end = packed[at..].iter().position(|byte| *byte == b'\n').map_or(packed.len(), |length| at + length + 1);
        let line = packed[at..end].trim_ascii();
        if !is_base64(line, is_padded) {
            String::from_utf8_lossy(&packed[at..]).trim().clone_into(&mut unpacked.below);
            break;
        }
        is_padded = line.ends_with(b"=") || is_padded && line.is_empty();
        for byte in line {
            match sextet(*byte) {
                Some(sextet) => sextets.push(sextet),
                None if *byte == b'=' => release(&mut sextets, &mut unpacked.bytes),
                None => unpacked.is_damaged = true,
            }
            if sextets.len() == 4 {
                release(&mut sextets, &mut unpacked.bytes);
            }
        }
        at = end;
    }
    unpacked.is_damaged |= sextets.len() == 1 || (unpacked.bytes.is_empty() && !unpacked.below.is_empty());
    release(&mut sextets, &mut unpacked.bytes);
    unpacked
}

/// Whether a line may be base64: no blank within, at most every eighth letter foreign; after the padding only whole groups.
fn is_base64(line: &[u8], is_padded: bool) -> bool {
    let foreign = line.iter().filter(|byte| sextet(**byte).is_none() && **byte != b'=').count();
    let has_blank = line.iter().any(u8::is_ascii_whitespace);
    !has_blank && foreign * 8 <= line.len() && (!is_padded || (foreign == 0 && line.len().is_multiple_of(4)))
}

fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Turns up to four sextets into up to three bytes.
fn release(sextets: &mut Vec<u8>, bytes: &mut Vec<u8>) {
    let whole = sextets.len().saturating_sub(1);
    let number = (0..4).fold(0_u32, |number, at| number << 6 | u32::from(sextets.get(at).copied().unwrap_or(0)));
    bytes.extend_from_slice(&number.to_be_bytes()[1..=whole]);
    sextets.clear();
}

/// Unpacks quoted-printable; what is no escape stands for itself.
pub(super) fn quoted_printable(packed: &[u8]) -> Unpacked {
    let mut unpacked = Unpacked::default();
    let mut at = 0;
    while at < packed.len() {
        let rest = &packed[at..];
        if rest[0] != b'=' {
            unpacked.bytes.push(rest[0]);
            at += 1;
        } else if let Some(byte) = escape(rest) {
            unpacked.bytes.push(byte);
            at += 3;
        } else if let Some(length) = soft_line_end(rest) {
            at += length;
        } else {
            unpacked.bytes.push(b'=');
            at += 1;
        }
    }
    unpacked
}

fn escape(rest: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*rest.get(at)?).to_digit(16);
    u8::try_from(digit(1)? * 16 + digit(2)?).ok()
}

/// How long a `=` at the end of a line is with that end.
fn soft_line_end(rest: &[u8]) -> Option<usize> {
    let blanks = rest[1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    match rest.get(1 + blanks) {
        None => Some(1 + blanks),
        Some(b'\n') => Some(2 + blanks),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{base64, quoted_printable};

    #[test]
    fn base64_is_read_as_far_as_it_goes() {
        let cases: [(&str, &str, &str, bool); 7] = [
            ("SGVsbG8gd29ybGQhIQ==\n", "Hello world!!", "", false),
            ("SGVsbG8g\r\nd29ybGQ\r\n", "Hello world", "", false),
            ("SGVsbG8gd29ybGQhIQ==\n\n____\nlist of mail\n", "Hello world!!", "____\nlist of mail", false),
            ("SGVsbG8=\nSGVsbG8=\n", "HelloHello", "", false),
            ("SGVsbG8g\nd29y!bGQ=\n", "Hello world", "", true),
            ("This is plain text. Really!\n", "", "This is plain text. Really!", true),
            ("", "", "", false),
        ];
        for (packed, text, below, is_damaged) in cases {
            let unpacked = base64(packed.as_bytes());
            let read = (std::str::from_utf8(&unpacked.bytes).unwrap(), &*unpacked.below, unpacked.is_damaged);
            assert_eq!(read, (text, below, is_damaged), "{packed}");
        }
    }

    #[test]
    fn of_quoted_printable_what_is_no_escape_stands_for_itself() {
        let cases =
            [("Gr=C3=BC=c3=9fe", "Gr\u{fc}\u{df}e"), ("a =\r\nb= \nc=", "a bc"), ("5 =ZZ 50% =3D =", "5 =ZZ 50% = ")];
        for (packed, text) in cases {
            assert_eq!(quoted_printable(packed.as_bytes()).bytes, text.as_bytes(), "{packed}");
        }
    }
}
