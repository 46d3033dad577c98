//! Patterns of Python's `re` in the words of the regex engine here.

use std::fmt::{self, Write as _};

use minijinja::Error;

use crate::template::values::value_error;

/// `re.IGNORECASE`
pub(super) const IGNORE_CASE: i64 = 2;
/// `re.MULTILINE`
pub(super) const MULTI_LINE: i64 = 8;
/// `re.DOTALL`
pub(super) const DOT_ALL: i64 = 16;
/// `re.VERBOSE`
pub(super) const VERBOSE: i64 = 64;

/// Rewrites a pattern.
///
/// # Errors
/// When it has an escape that Python does not know.
pub(super) fn translate(pattern: &str, flags: i64) -> Result<String, Error> {
    let characters: Vec<char> = pattern.chars().collect();
    let is_multi_line = flags & MULTI_LINE != 0 || has_inline_flag(pattern, 'm');
    let is_verbose = flags & VERBOSE != 0 || has_inline_flag(pattern, 'x');
    let mut translator = Translator { characters, at: 0, out: String::new(), is_multi_line, is_verbose };
    translator.run()?;
    let letters: String = [(IGNORE_CASE, 'i'), (MULTI_LINE, 'm'), (DOT_ALL, 's'), (VERBOSE, 'x')]
        .into_iter()
        .filter(|(flag, _)| flags & flag != 0)
        .map(|(_, letter)| letter)
        .collect();
    let prefix = if letters.is_empty() { String::new() } else { format!("(?{letters})") };
    Ok(format!("{prefix}{}", translator.out))
}

fn has_inline_flag(pattern: &str, flag: char) -> bool {
    pattern.match_indices("(?").any(|(at, _)| {
        let letters = pattern[at + 2..].chars().take_while(char::is_ascii_alphabetic);
        let end = pattern[at + 2..].chars().find(|character| !character.is_ascii_alphabetic());
        matches!(end, Some(')' | ':' | '-')) && letters.into_iter().any(|letter| letter == flag)
    })
}

struct Translator {
    characters: Vec<char>,
    at: usize,
    out: String,
    is_multi_line: bool,
    is_verbose: bool,
}

impl Translator {
    fn write(&mut self, text: fmt::Arguments) {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(text);
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    fn run(&mut self) -> Result<(), Error> {
        while let Some(character) = self.peek(0) {
            self.at += 1;
            match character {
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '(' if self.peek(0) == Some('?') => self.group(),
                '$' if !self.is_multi_line => self.out.push_str("(?=\\n?\\z)"),
                '{' => self.brace(),
                '}' => self.out.push_str("\\}"),
                '#' if self.is_verbose => {
                    while self.peek(0).is_some_and(|next| next != '\n') {
                        self.at += 1;
                    }
                }
                _ => self.out.push(character),
            }
        }
        Ok(())
    }

    /// `{` that begins no count is a character.
    fn brace(&mut self) {
        let rest: String = self.characters[self.at..].iter().take_while(|next| **next != '}').collect();
        let has_end = self.at + rest.chars().count() < self.characters.len();
        let (least, most) = rest.split_once(',').unwrap_or((&rest, "1"));
        let is_number = |text: &str| text.chars().all(|digit| digit.is_ascii_digit());
        let is_count = has_end
            && !rest.is_empty()
            && is_number(least)
            && is_number(most)
            && (rest.contains(',') || !least.is_empty());
        if !is_count {
            return self.out.push_str("\\{");
        }
        self.at += rest.chars().count() + 1;
        let rest = if rest.starts_with(',') { format!("0{rest}") } else { rest };
        self.write(format_args!("{{{rest}}}"));
    }

    /// Groups are alike but for comments and for flags that mean nothing here.
    fn group(&mut self) {
        if self.peek(1) == Some('#') {
            while self.peek(0).is_some_and(|next| next != ')') {
                self.at += 1;
            }
            self.at += 1;
            return;
        }
        let letters: String =
            self.characters[self.at + 1..].iter().take_while(|next| next.is_ascii_alphabetic()).collect();
        let end = self.peek(1 + letters.len());
        let is_flags = !letters.is_empty() && matches!(end, Some(')' | ':')) && letters != "P";
        if !is_flags {
            return self.out.push('(');
        }
        let kept: String = letters.chars().filter(|letter| "imsx".contains(*letter)).collect();
        self.at += 2 + letters.len();
        match (end, kept.is_empty()) {
            (Some(')'), true) => {}
            (Some(')'), false) => self.write(format_args!("(?{kept})")),
            (_, _) => self.write(format_args!("(?{kept}:")),
        }
    }

    fn class(&mut self) -> Result<(), Error> {
        self.out.push('[');
        if self.peek(0) == Some('^') {
            self.at += 1;
            self.out.push('^');
        }
        let mut is_first = true;
        loop {
            let Some(character) = self.peek(0) else { return Err(value_error("unterminated character set")) };
            self.at += 1;
            match character {
                ']' if !is_first => {
                    self.out.push(']');
                    return Ok(());
                }
                '\\' => self.escape(true)?,
                ']' | '[' | '&' | '~' => {
                    self.out.push('\\');
                    self.out.push(character);
                }
                '-' if self.peek(0) == Some('-') || is_first || self.peek(0) == Some(']') => self.out.push_str("\\-"),
                ' ' => self.out.push_str("\\x20"),
                '#' => self.out.push_str("\\#"),
                _ => self.out.push(character),
            }
            is_first = false;
        }
    }

    fn escape(&mut self, in_class: bool) -> Result<(), Error> {
        let Some(character) = self.peek(0) else { return Err(value_error("bad escape (end of pattern)")) };
        self.at += 1;
        match character {
            'Z' if !in_class => self.out.push_str("\\z"),
            'b' if in_class => self.out.push_str("\\x08"),
            'a' => self.out.push_str("\\x07"),
            'x' => self.code(2),
            'u' => self.code(4),
            'U' => self.code(8),
            '0' => self.octal(0),
            '1'..='9' if in_class => self.octal(character.to_digit(8).unwrap_or(0)),
            'A' | 'B' | 'b' if !in_class => self.out.extend(['\\', character]),
            'd' | 'D' | 's' | 'S' | 'w' | 'W' | 'n' | 'r' | 't' | 'f' | 'v' | '1'..='9' => {
                self.out.extend(['\\', character]);
            }
            _ if character.is_ascii_alphabetic() => return Err(value_error(format!("bad escape \\{character}"))),
            _ if character.is_ascii_punctuation() && !matches!(character, '<' | '>') => {
                self.out.extend(['\\', character]);
            }
            ' ' => self.out.push_str("\\x20"),
            _ => self.out.push(character),
        }
        Ok(())
    }

    fn code(&mut self, digits: usize) {
        let code: String = self.characters[self.at..].iter().take(digits).collect();
        self.at += digits;
        self.write(format_args!("\\x{{{code}}}"));
    }

    fn octal(&mut self, first: u32) {
        let mut code = first;
        for _ in 0..2 {
            let Some(digit) = self.peek(0).and_then(|next| next.to_digit(8)) else { break };
            self.at += 1;
            code = code * 8 + digit;
        }
        self.write(format_args!("\\x{{{code:x}}}"));
    }
}
