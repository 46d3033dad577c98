//! Patterns of selection: shell patterns over names, and over paths part by part.

/// A shell pattern: `*` any text, `?` any character, `[a-z]` and `[!a-z]` one of some; braces mean themselves.
#[derive(Clone, Debug)]
pub(super) struct Glob {
    tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Many,
    One,
    Char(char),
    Set { is_negated: bool, ranges: Vec<(char, char)> },
}

impl Glob {
    /// Reads a pattern; every text is one.
    pub fn new(pattern: &str) -> Self {
        let chars: Vec<char> = pattern.chars().collect();
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(&c) = chars.get(at) {
            at += 1;
            match c {
                '*' if tokens.last() == Some(&Token::Many) => {}
                '*' => tokens.push(Token::Many),
                '?' => tokens.push(Token::One),
                '[' => match set(&chars[at..]) {
                    Some((set, length)) => {
                        tokens.push(set);
                        at += length;
                    }
                    None => tokens.push(Token::Char('[')),
                },
                c => tokens.push(Token::Char(c)),
            }
        }
        Self { tokens }
    }

    /// Returns whether the whole of a text fits.
    pub fn is_match(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut token, mut at) = (0, 0);
        // The last `*` passed, with the place in the text that it reaches to so far.
        let mut star: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.tokens.get(token) {
                Some(Token::Many) => {
                    star = Some((token, at));
                    token += 1;
                }
                Some(single) if single.fits(text[at]) => {
                    token += 1;
                    at += 1;
                }
                _ => {
                    let Some((star_token, reach)) = star else { return false };
                    star = Some((star_token, reach + 1));
                    token = star_token + 1;
                    at = reach + 1;
                }
            }
        }
        self.tokens[token..].iter().all(|token| *token == Token::Many)
    }
}

impl Token {
    fn fits(&self, c: char) -> bool {
        match self {
            Self::Many => false,
            Self::One => true,
            Self::Char(own) => *own == c,
            Self::Set { is_negated, ranges } => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *is_negated
            }
        }
    }
}

/// Reads a set after its `[`; returns it with its length, the `]` included. Without a `]` there is none.
fn set(chars: &[char]) -> Option<(Token, usize)> {
    let is_negated = chars.first() == Some(&'!');
    let start = usize::from(is_negated);
    // A `]` in the first place is one of the set.
    let end = start + 1 + chars.get(start + 1..)?.iter().position(|c| *c == ']')?;
    let mut ranges = Vec::new();
    let mut at = start;
    while at < end {
        if at + 2 < end && chars[at + 1] == '-' {
            ranges.push((chars[at], chars[at + 2]));
            at += 3;
        } else {
            ranges.push((chars[at], chars[at]));
            at += 1;
        }
    }
    Some((Token::Set { is_negated, ranges }, end + 1))
}

/// A pattern over paths: each part is a shell pattern, and `**` stands for any number of folders.
#[derive(Clone, Debug)]
pub(super) struct PathGlob {
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Folders,
    Name(Glob),
}

impl PathGlob {
    /// Reads a pattern written with `/` or `\`.
    pub fn new(pattern: &str) -> Self {
        let parts = pattern.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".");
        let parts = parts.map(|part| match part {
            "**" => Part::Folders,
            part => Part::Name(Glob::new(part)),
        });
        Self { parts: parts.collect() }
    }

    /// Returns whether a path fits, as a whole.
    pub fn is_match(&self, path: &str) -> bool {
        // For each prefix of the pattern, whether it fits what was read so far.
        let mut fits = vec![false; self.parts.len() + 1];
        fits[0] = true;
        self.skip_folders(&mut fits);
        for name in path.split('/').filter(|name| !name.is_empty()) {
            let mut next = vec![false; fits.len()];
            for (index, part) in self.parts.iter().enumerate() {
                match part {
                    Part::Folders => next[index] |= fits[index],
                    Part::Name(glob) => next[index + 1] |= fits[index] && glob.is_match(name),
                }
            }
            self.skip_folders(&mut next);
            fits = next;
        }
        fits[self.parts.len()]
    }

    /// Returns whether a path or one of the folders it lies in fits.
    pub fn is_match_or_above(&self, path: &str) -> bool {
        let ends = path.match_indices('/').map(|(index, _)| index).chain([path.len()]);
        self.parts.is_empty() || ends.into_iter().any(|end| self.is_match(&path[..end]))
    }

    fn skip_folders(&self, fits: &mut [bool]) {
        for (index, part) in self.parts.iter().enumerate() {
            if matches!(part, Part::Folders) && fits[index] {
                fits[index + 1] = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Glob, PathGlob};

    #[test]
    fn shell_patterns_fit_whole_texts() {
        let cases = [
            ("*", "", true),
            ("stg_*", "stg_a", true),
            ("stg_*", "a_stg_a", false),
            ("*a*b*", "xxaxxbxx", true),
            ("*a*b", "ababx", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[]]", "]", true),
            ("[a", "[a", true),
            ("{a,b}", "a", false),
            ("é*", "été", true),
            ("a**b", "ab", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(Glob::new(pattern).is_match(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn path_patterns_fit_files_and_their_folders() {
        let cases = [
            ("models/staging", "models/staging/a.sql", true),
            ("models/staging/", "models/staging/a.sql", true),
            ("./models", "models/a.sql", true),
            ("models/*.sql", "models/a.sql", true),
            ("models/*.sql", "models/x/a.sql", false),
            ("models/**/*.sql", "models/a.sql", true),
            ("models/**/*.sql", "models/x/y/a.sql", true),
            ("models/**", "models/x/a.sql", true),
            ("mod", "models/a.sql", false),
            (".", "models/a.sql", true),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(PathGlob::new(pattern).is_match_or_above(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_exponential_time() {
        assert!(!Glob::new(&"*a".repeat(50)).is_match(&"a".repeat(49)));
        assert!(!PathGlob::new(&"**/a/".repeat(30)).is_match(&"a/".repeat(29)));
    }
}
