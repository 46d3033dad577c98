//! Puts ephemeral models into a statement as common table expressions, as dbt does: before the statement's own ones.

use std::ops::Range;

use crate::resource::UniqueId;

/// The name that an ephemeral model has inside the statements of its consumers.
pub fn cte_name(model: &str) -> String {
    format!("__dbt__cte__{model}")
}

/// One ephemeral model to put in.
#[derive(Clone, Debug)]
pub struct Cte {
    /// Whose code it is.
    pub id: UniqueId,
    /// Its name in the statement.
    pub name: String,
    /// Its rendered code without the models it takes in itself.
    pub sql: String,
}

/// A part of a compiled statement that is the rendered code of one node.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Where in the statement.
    pub range: Range<usize>,
    /// Whose code.
    pub id: UniqueId,
    /// Where in the rendered code of that node the part begins.
    pub start: usize,
}

/// Returns `sql` with the expressions put in, and which part of the result is whose code.
pub fn inject(id: &UniqueId, sql: &str, ctes: &[Cte]) -> (String, Vec<Segment>) {
    let whole = |text: &str| vec![Segment { range: 0..text.len(), id: id.clone(), start: 0 }];
    if ctes.is_empty() {
        return (sql.to_owned(), whole(sql));
    }
    let mut statement = Statement::default();
    if let Some(end) = with_end(sql) {
        statement.push_code(id, sql, 0..end);
        statement.push(" ");
        statement.push_ctes(ctes);
        statement.push(",");
        statement.push_code(id, sql, end..sql.len());
    } else {
        let blank = sql.len() - sql.trim_start().len();
        if blank > 0 {
            statement.push_code(id, sql, 0..blank);
        }
        statement.push("with");
        statement.push_ctes(ctes);
        statement.push(" ");
        statement.push_code(id, sql, blank..sql.len());
    }
    (statement.text, statement.segments)
}

#[derive(Default)]
struct Statement {
    text: String,
    segments: Vec<Segment>,
}

impl Statement {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn push_code(&mut self, id: &UniqueId, sql: &str, part: Range<usize>) {
        let start = self.text.len();
        self.text.push_str(&sql[part.clone()]);
        self.segments.push(Segment { range: start..self.text.len(), id: id.clone(), start: part.start });
    }

    fn push_ctes(&mut self, ctes: &[Cte]) {
        for (index, cte) in ctes.iter().enumerate() {
            self.push(if index == 0 { " " } else { ",  " });
            self.push(&cte.name);
            self.push(" as (\n");
            self.push_code(&cte.id, &cte.sql, 0..cte.sql.len());
            self.push("\n)");
        }
    }
}

/// Returns where the leading `with` or `with recursive` ends, when the statement has one.
fn with_end(sql: &str) -> Option<usize> {
    let with = skip_blank(sql, 0);
    let end = keyword_end(sql, with, "with")?;
    let next = skip_blank(sql, end);
    Some(keyword_end(sql, next, "recursive").unwrap_or(end))
}

/// Returns the end of the keyword at `start`, when it stands there as a whole word.
fn keyword_end(sql: &str, start: usize, keyword: &str) -> Option<usize> {
    let end = start + keyword.len();
    let is_there = sql.get(start..end)?.eq_ignore_ascii_case(keyword);
    let goes_on = sql[end..].starts_with(|next: char| next.is_alphanumeric() || next == '_');
    (is_there && !goes_on).then_some(end)
}

/// Returns the first place from `start` on that is neither white space nor a comment.
fn skip_blank(sql: &str, start: usize) -> usize {
    let mut at = start;
    loop {
        let rest = &sql[at..];
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        let comment = if trimmed.starts_with("--") {
            trimmed.find('\n').map_or(trimmed.len(), |end| end + 1)
        } else if trimmed.starts_with("/*") {
            trimmed.find("*/").map_or(trimmed.len(), |end| end + 2)
        } else {
            return at;
        };
        at += comment;
    }
}

#[cfg(test)]
mod tests {
    use super::{Cte, inject};
    use crate::resource::UniqueId;

    fn injected(sql: &str) -> String {
        let id = UniqueId::from_text("model.p.m");
        let cte = |name: &str| Cte {
            id: UniqueId::from_text(&format!("model.p.{name}")),
            name: super::cte_name(name),
            sql: "select 1".to_owned(),
        };
        inject(&id, sql, &[cte("a"), cte("b")]).0
    }

    #[test]
    fn a_statement_without_with_gets_one() {
        let expected =
            "with __dbt__cte__a as (\nselect 1\n),  __dbt__cte__b as (\nselect 1\n) select * from withdrawals";
        assert_eq!(injected("select * from withdrawals"), expected);
    }

    #[test]
    fn the_statements_own_expressions_come_after() {
        let ctes = "__dbt__cte__a as (\nselect 1\n),  __dbt__cte__b as (\nselect 1\n),";
        for head in ["with", "-- note: with\n/* with */ WITH", "with recursive", "with -- x\n recursive"] {
            assert_eq!(
                injected(&format!("{head} q as (select 2) select 3")),
                format!("{head}  {ctes} q as (select 2) select 3")
            );
        }
    }

    #[test]
    fn each_part_of_the_result_is_traced_to_its_code() {
        let id = UniqueId::from_text("model.p.m");
        let cte = Cte { id: UniqueId::from_text("model.p.a"), name: "x".into(), sql: "select 1".into() };
        let (text, segments) = inject(&id, "with q as (select 2) select 3", &[cte]);
        let parts: Vec<_> =
            segments.iter().map(|segment| (segment.id.as_str(), &text[segment.range.clone()])).collect();
        assert_eq!(
            parts,
            [("model.p.m", "with"), ("model.p.a", "select 1"), ("model.p.m", " q as (select 2) select 3")]
        );
        assert_eq!(segments[2].start, 4);
    }

    #[test]
    fn unclosed_comments_and_empty_texts_do_not_confuse_it() {
        for sql in ["", "--", "/* with", "é"] {
            assert!(injected(sql).ends_with(sql));
        }
    }
}
