//! A text of SQL into its statements, by DuckDB's lexical rules, each with its place and its first word.

use std::ops::Range;

/// One statement of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// Byte range in the text, without the semicolon.
    pub range: Range<usize>,
    /// Its first word in upper case.
    pub verb: String,
}

/// Splits a text at its semicolons; pieces of only white space and comments are left out.
pub(super) fn split(sql: &str) -> Vec<Statement> {
    let bytes = sql.as_bytes();
    let mut statements = Vec::new();
    let mut start = 0;
    let mut verb: Option<Range<usize>> = None;
    let mut substance = false;
    let mut at = 0;
    let mut push = |range: Range<usize>, verb: Option<Range<usize>>, substance: bool| {
        if substance {
            let verb = verb.map_or_else(String::new, |word| sql[word].to_uppercase());
            statements.push(Statement { range, verb });
        }
    };
    while at < bytes.len() {
        let token = token(bytes, at);
        match token.kind {
            Kind::Space => {}
            Kind::Semicolon => {
                push(start..at, verb.take(), substance);
                substance = false;
                start = token.end;
            }
            Kind::Word => {
                verb.get_or_insert(at..token.end);
                substance = true;
            }
            Kind::Open => substance = true,
            Kind::Other => {
                // What does not begin with a word has no verb, whatever follows.
                verb.get_or_insert(at..at);
                substance = true;
            }
        }
        at = token.end;
    }
    push(start..bytes.len(), verb, substance);
    statements
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// White space or a comment.
    Space,
    /// `;`
    Semicolon,
    /// A keyword or an unquoted name.
    Word,
    /// `(`, which may stand before the first word.
    Open,
    /// A literal, a quoted name, an operator.
    Other,
}

struct Token {
    kind: Kind,
    end: usize,
}

fn token(bytes: &[u8], at: usize) -> Token {
    let rest = &bytes[at..];
    let until = |kind, length: usize| Token { kind, end: at + length };
    match rest {
        [b';', ..] => until(Kind::Semicolon, 1),
        [b'(', ..] => until(Kind::Open, 1),
        [b'\'', ..] => until(Kind::Other, quoted(rest, b'\'')),
        [b'"', ..] => until(Kind::Other, quoted(rest, b'"')),
        [b'e' | b'E', b'\'', ..] => until(Kind::Other, 1 + escaped(&rest[1..])),
        [b'-', b'-', ..] => until(Kind::Space, rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())),
        [b'/', b'*', ..] => until(Kind::Space, block_comment(rest)),
        [b'$', ..] => until(Kind::Other, dollar_quoted(rest)),
        [first, ..] if first.is_ascii_whitespace() || *first == 0x0b => until(Kind::Space, 1),
        [first, ..] if is_name_start(*first) => {
            // A dollar sign inside a name belongs to it and opens no literal.
            let end = rest.iter().position(|byte| !is_name_start(*byte) && !byte.is_ascii_digit() && *byte != b'$');
            until(Kind::Word, end.unwrap_or(rest.len()))
        }
        _ => until(Kind::Other, 1),
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// Returns the length of a text in quotes; a doubled quote does not end it, and neither does anything when it is not closed.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() {
        if rest[at] == quote {
            if rest.get(at + 1) != Some(&quote) {
                return at + 1;
            }
            at += 1;
        }
        at += 1;
    }
    rest.len()
}

/// Returns the length of an `E'…'` literal after its `E`, in which a backslash hides the next character.
fn escaped(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 1,
            b'\'' if rest.get(at + 1) == Some(&b'\'') => at += 1,
            b'\'' => return at + 1,
            _ => {}
        }
        at += 1;
    }
    rest.len()
}

/// Returns the length of a block comment; they nest.
fn block_comment(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                at += 2;
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

/// Returns the length of `$tag$ … $tag$`, or 1 when the dollar sign opens no such literal.
fn dollar_quoted(rest: &[u8]) -> usize {
    let Some(close) = rest[1..].iter().position(|byte| *byte == b'$').map(|index| index + 2) else { return 1 };
    let tag = &rest[1..close - 1];
    let is_tag = tag.first().is_none_or(|first| is_name_start(*first))
        && tag.iter().all(|byte| is_name_start(*byte) || byte.is_ascii_digit());
    if !is_tag {
        return 1;
    }
    let fence = &rest[..close];
    rest[close..]
        .windows(fence.len())
        .position(|window| window == fence)
        .map_or(rest.len(), |index| close + index + close)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_text_is_split_at_the_semicolons_between_statements_only() {
        let table: &[(&str, &[(&str, &str)])] = &[
            ("select 1", &[("select 1", "SELECT")]),
            ("select 1;", &[("select 1", "SELECT")]),
            ("select 1;\n;  -- nothing; at all\n/* ; */;", &[("select 1", "SELECT")]),
            ("", &[]),
            ("begin; select ';'; commit", &[("begin", "BEGIN"), (" select ';'", "SELECT"), (" commit", "COMMIT")]),
            ("select 'it''s;' ; x", &[("select 'it''s;' ", "SELECT"), (" x", "X")]),
            (r#"select ";""" ; y"#, &[(r#"select ";""" "#, "SELECT"), (" y", "Y")]),
            (r"select E'a\';' ; y", &[(r"select E'a\';' ", "SELECT"), (" y", "Y")]),
            (r"select 'a\'; y", &[(r"select 'a\'", "SELECT"), (" y", "Y")]),
            ("select $$;'$$; y", &[("select $$;'$$", "SELECT"), (" y", "Y")]),
            ("select $t$ ; $$ ; $t$; y", &[("select $t$ ; $$ ; $t$", "SELECT"), (" y", "Y")]),
            ("select $1; select a$b$;", &[("select $1", "SELECT"), (" select a$b$", "SELECT")]),
            ("select $1 ; select $2", &[("select $1 ", "SELECT"), (" select $2", "SELECT")]),
            (
                "/* a /* ; */ ; */ with x as (select 1) select 1",
                &[("/* a /* ; */ ; */ with x as (select 1) select 1", "WITH")],
            ),
            ("-- c\n(select 1)", &[("-- c\n(select 1)", "SELECT")]),
            ("select 'open ; select 1", &[("select 'open ; select 1", "SELECT")]),
            ("select 'é;'; select 2", &[("select 'é;'", "SELECT"), (" select 2", "SELECT")]),
        ];
        for (sql, expected) in table {
            let found: Vec<(&str, String)> =
                split(sql).into_iter().map(|statement| (&sql[statement.range], statement.verb)).collect();
            let expected: Vec<(&str, String)> =
                expected.iter().map(|(text, verb)| (*text, (*verb).to_owned())).collect();
            assert_eq!(found, expected, "{sql}");
        }
    }
}
