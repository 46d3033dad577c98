//! Whom statements are run for, and the comment that tells it to whoever reads the database's logs.

/// Whom a session runs statements for.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The name of dbt's connection: a node's id, or `master`.
    pub name: String,
    /// The comment on each statement; none when the project turns comments off.
    pub comment: Option<QueryComment>,
}

impl Default for Caller {
    fn default() -> Self {
        Self { name: "master".to_owned(), comment: None }
    }
}

/// A comment on statements.
#[derive(Clone, Debug)]
pub struct QueryComment {
    /// Its text, without the marks of a comment.
    pub text: String,
    /// Where it stands.
    pub place: CommentPlace,
}

/// Where a comment stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CommentPlace {
    /// On lines of its own above the statement.
    #[default]
    Above,
    /// Below it, before its last semicolon.
    Below,
}

impl QueryComment {
    /// Returns a statement with the comment, and how many bytes stand before the statement.
    pub fn put_on(&self, sql: &str) -> (String, usize) {
        let text = self.text.trim();
        match self.place {
            CommentPlace::Above => {
                let comment = format!("/* {text} */\n");
                (format!("{comment}{sql}"), comment.len())
            }
            CommentPlace::Below => {
                let sql = sql.trim_end();
                let with = match sql.strip_suffix(';') {
                    Some(sql) => format!("{sql}\n/* {text} */;"),
                    None => format!("{sql}\n/* {text} */"),
                };
                (with, 0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CommentPlace, QueryComment};

    #[test]
    fn comments_stand_above_the_statement_or_before_its_semicolon() {
        let comment = |place| QueryComment { text: "dbt\nrules!\n".to_owned(), place };
        assert_eq!(comment(CommentPlace::Above).put_on("select 1"), ("/* dbt\nrules! */\nselect 1".to_owned(), 17));
        assert_eq!(comment(CommentPlace::Below).put_on("select 1 ;\n").0, "select 1 \n/* dbt\nrules! */;");
        assert_eq!(comment(CommentPlace::Below).put_on("select 1\n").0, "select 1\n/* dbt\nrules! */");
    }
}
