//! The text of HTML mail: blocks become lines, quotations get the marks that they have in plain text.

use mail_parser::decoders::html::add_html_token;

/// Elements that begin and end a line.
const BLOCKS: [&str; 35] = [
    "address", "article", "aside", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main",
    "nav", "ol", "p", "section", "table", "tbody", "tr", "ul",
];

/// Elements whose content nobody sees.
const UNSEEN: [&str; 6] = ["script", "style", "title", "template", "noframes", "svg"];

/// What is longer is no tag, so that a page of nothing but `<` takes no time.
const LONGEST_TAG: usize = 1 << 16;

/// Returns what a reader sees of an HTML text.
pub(super) fn text_of(html: &str) -> String {
    let mut page = Page::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        page.write(&rest[..at]);
        rest = &rest[at..];
        let Some(tag) = Tag::read(rest) else {
            page.write("<");
            rest = &rest[1..];
            continue;
        };
        rest = &rest[tag.length..];
        if !tag.is_end && UNSEEN.contains(&&*tag.name) {
            rest = after(rest, &tag.name);
        } else {
            page.tag(&tag);
        }
    }
    page.write(rest);
    page.finish()
}

/// What stands behind the end of an element; of one that does not end, nothing.
fn after<'a>(rest: &'a str, name: &str) -> &'a str {
    let end = format!("</{name}");
    let at = rest.as_bytes().windows(end.len()).position(|window| window.eq_ignore_ascii_case(end.as_bytes()));
    at.map_or("", |at| rest[at..].find('>').map_or("", |length| &rest[at + length + 1..]))
}

struct Tag {
    /// In lower case; nothing for comments and declarations.
    name: String,
    is_end: bool,
    length: usize,
}

impl Tag {
    /// Reads the tag that a text begins with; `<` may also be a mere letter.
    fn read(text: &str) -> Option<Self> {
        if let Some(comment) = text.strip_prefix("<!--") {
            let length = comment.find("-->").map_or(text.len(), |at| at + 7);
            return Some(Self { name: String::new(), is_end: false, length });
        }
        let inner = text.strip_prefix("</").or_else(|| text.strip_prefix('<'))?;
        let is_end = text.starts_with("</");
        if !inner.starts_with(|mark: char| mark.is_ascii_alphabetic() || matches!(mark, '!' | '?')) {
            return None;
        }
        let name = inner.split(|mark: char| !mark.is_ascii_alphanumeric() && mark != ':').next().unwrap_or_default();
        Some(Self { name: name.to_ascii_lowercase(), is_end, length: end_of_tag(text)? })
    }
}

/// How long a tag is. Values in quotes may hold a `>`; where the quotes are not closed, they are letters like others.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().take(LONGEST_TAG).enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') if text.as_bytes()[at - 1] == b'=' => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    text.bytes().take(LONGEST_TAG).position(|byte| byte == b'>').map(|at| at + 1)
}

/// The lines written so far.
#[derive(Default)]
struct Page {
    text: String,
    line: String,
    /// How deep in quotations the line stands.
    quoted: usize,
    /// How deep in elements whose blanks count.
    kept_as_is: usize,
}

impl Page {
    fn tag(&mut self, tag: &Tag) {
        match (&*tag.name, tag.is_end) {
            ("br", _) => self.end_line(),
            ("blockquote", false) => {
                self.end_block();
                self.quoted += 1;
            }
            ("blockquote", true) => {
                self.end_block();
                self.quoted = self.quoted.saturating_sub(1);
            }
            ("pre", false) => {
                self.end_block();
                self.kept_as_is += 1;
            }
            ("pre", true) => {
                self.end_block();
                self.kept_as_is = self.kept_as_is.saturating_sub(1);
            }
            ("td" | "th", _) => self.blank(),
            (name, _) if BLOCKS.contains(&name) => self.end_block(),
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '&' => entity(rest).unwrap_or(1),
                _ => first.len_utf8(),
            };
            let token = &rest[..length];
            rest = &rest[length..];
            match first {
                '\n' if self.kept_as_is > 0 => self.end_line(),
                '\r' if self.kept_as_is > 0 => {}
                _ if self.kept_as_is > 0 => add_html_token(&mut self.line, token.as_bytes(), false),
                '\u{a0}' => self.line.push(' '),
                _ if first.is_ascii_whitespace() => self.blank(),
                _ if token == "&nbsp;" || token == "&#160;" => self.line.push(' '),
                _ => add_html_token(&mut self.line, token.as_bytes(), false),
            }
        }
    }

    /// One blank, however many there are.
    fn blank(&mut self) {
        if !self.line.is_empty() && !self.line.ends_with(' ') {
            self.line.push(' ');
        }
    }

    fn end_block(&mut self) {
        if self.line.trim().is_empty() {
            self.line.clear();
        } else {
            self.end_line();
        }
    }

    fn end_line(&mut self) {
        let line = self.line.trim_end();
        // More than one empty line says no more than one.
        if !line.is_empty() || !self.text.ends_with("\n\n") {
            for _ in 0..self.quoted {
                self.text.push_str("> ");
            }
            self.text.push_str(line);
            self.text.push('\n');
        }
        self.line.clear();
    }

    fn finish(mut self) -> String {
        self.end_block();
        self.text.trim().to_owned()
    }
}

/// How long the entity is that a text begins with (`&amp;`), if it does.
fn entity(text: &str) -> Option<usize> {
    let length = text.bytes().take(34).position(|byte| byte == b';')?;
    let is_name =
        length > 1 && text.bytes().take(length).skip(1).all(|byte| byte.is_ascii_alphanumeric() || byte == b'#');
    is_name.then_some(length + 1)
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn a_page_is_the_text_that_its_reader_sees() {
        let cases = [
            ("<p>Hello&nbsp;&amp; <b>bye</b> &eacute;&#8364;&unknown; a=1&b</p>", "Hello & bye é€&unknown; a=1&b"),
            ("<div>one</div><div>two<br>three</div>\n four", "one\ntwo\nthree\nfour"),
            (
                "<head><title>T</title><STYLE>p > a {}</style></head><body>x<script>if (a < b) {}</SCRIPT> y</body>",
                "x y",
            ),
            ("<table><tr><td>A</td><td>B</td></tr><tr><td>1</td><td>2</td></tr></table>", "A B\n1 2"),
            ("<ul><li>one<li>two</ul>", "one\ntwo"),
            ("<!DOCTYPE html><!-- a > b --><![if x]>seen<o:p></o:p>", "seen"),
            ("2 < 5 & 6 > 3 <img alt='a > b'>end", "2 < 5 & 6 > 3 end"),
            ("<a href=\"x>open", "open"),
            ("<pre>a  b\n c</pre>", "a  b\n c"),
            ("new<blockquote>old<blockquote>older</blockquote></blockquote>newer", "new\n> old\n> > older\nnewer"),
            ("a<br><br><br><br>b", "a\n\nb"),
            ("unclosed <b>bold <style>x", "unclosed bold"),
            ("", ""),
        ];
        for (html, text) in cases {
            assert_eq!(text_of(html), text, "{html}");
        }
    }
}
