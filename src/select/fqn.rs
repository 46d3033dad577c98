//! The method `fqn`: a model's name, or package, folders and name joined by dots, from the left.

use super::glob::Glob;
use super::member::Member;

/// Returns whether a member's fully qualified name fits, with its package or without.
pub(super) fn fits(wanted: &str, glob: &Glob, member: &Member<'_>) -> bool {
    let wanted = Wanted { text: wanted, glob, is_versioned: member.is_versioned() };
    wanted.fits(member.fqn) || member.fqn.get(1..).is_some_and(|unscoped| wanted.fits(unscoped))
}

struct Wanted<'a> {
    text: &'a str,
    glob: &'a Glob,
    is_versioned: bool,
}

impl Wanted<'_> {
    fn fits(&self, fqn: &[String]) -> bool {
        let Some(leaf) = self.leaf(fqn) else { return false };
        if leaf == self.text || self.fits_version(fqn) {
            return true;
        }
        // Dots inside a name part it like the dots between folders.
        let flat: Vec<&str> = fqn.iter().flat_map(|part| part.split('.')).collect();
        let parts: Vec<&str> = self.text.split('.').collect();
        if flat.len() < parts.len() {
            return false;
        }
        let is_pattern = |part: &&str| part.contains(['*', '?', '[', ']']);
        match parts.iter().position(is_pattern) {
            None => flat.starts_with(&parts),
            Some(start) => {
                flat[..start] == parts[..start]
                    && (Glob::new(&parts[start..].join(".")).is_match(&flat[start..].join("."))
                        || (parts.len() == 1 && self.glob.is_match(leaf)))
            }
        }
    }

    /// The last part, or that before the version.
    fn leaf<'a>(&self, fqn: &'a [String]) -> Option<&'a str> {
        let from_end = if self.is_versioned { 2 } else { 1 };
        fqn.len().checked_sub(from_end).map(|index| fqn[index].as_str())
    }

    /// `name.v1` and `name_v1` both mean version 1.
    fn fits_version(&self, fqn: &[String]) -> bool {
        if !self.is_versioned {
            return false;
        }
        let parts: Vec<&str> = self.text.split('.').collect();
        let last_two = &parts[parts.len().saturating_sub(2)..];
        fqn[fqn.len() - 2..].join("_") == last_two.join("_")
    }
}
