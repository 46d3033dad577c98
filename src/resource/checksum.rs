//! Checksums as lower-case hexadecimal text.

use md5::Md5;
use sha2::{Digest, Sha256};

/// Returns the MD5 of a text; dbt names tests and projects by it.
pub fn md5_hex(text: &str) -> String {
    hex(&Md5::digest(text.as_bytes()))
}

/// Returns the SHA-256 of some bytes; dbt tells changed files by it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Writes bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{md5_hex, sha256_hex};

    #[test]
    fn the_checksums_of_nothing_are_the_well_known_ones() {
        assert_eq!(md5_hex(""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(sha256_hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
