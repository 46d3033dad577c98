//! The comment that `query-comment` of the project puts on each statement.

use std::collections::BTreeMap;

use serde_json::json;

use super::Compiler;
use crate::adapter::{Caller, CommentPlace, QueryComment};
use crate::diagnostic::{Diagnostic, Kind, SourceFile};
use crate::resource::{Node, Value, dictionary};
use crate::template::Template;

/// What the project says about comments.
#[derive(Clone, Debug)]
pub struct CommentSetting {
    /// What makes the text.
    pub source: CommentSource,
    /// Where it stands.
    pub place: CommentPlace,
}

/// What makes the text of a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommentSource {
    /// dbt's own: who runs what, as JSON.
    Standard,
    /// A template of the project.
    Template(String),
    /// Nothing: there is no comment.
    Off,
}

impl CommentSetting {
    /// Reads the key of the project file: absent, nothing, a text, or a mapping with `comment` and `append`.
    pub fn read(value: Option<&Value>) -> Self {
        let text = |value: &Value| match value.as_str() {
            Some(text) if !text.is_empty() => CommentSource::Template(text.to_owned()),
            _ => CommentSource::Off,
        };
        match value {
            None => Self { source: CommentSource::Standard, place: CommentPlace::Above },
            Some(Value::Object(map)) => {
                let is_below = map.get("append").and_then(Value::as_bool).unwrap_or(false);
                Self {
                    source: map.get("comment").map_or(CommentSource::Standard, text),
                    place: if is_below { CommentPlace::Below } else { CommentPlace::Above },
                }
            }
            Some(value) => Self { source: text(value), place: CommentPlace::Above },
        }
    }
}

impl Compiler {
    /// Returns the caller that a session runs statements for, with its comment; without a node it is named by `name`.
    ///
    /// # Errors
    /// When the project's template for comments fails, or gives what would end the comment.
    pub fn caller(&self, name: &str, node: Option<&Node>) -> Result<Caller, Box<Diagnostic>> {
        let name = node.map_or(name, |node| node.unique_id.as_str()).to_owned();
        let setting = self.comment_setting();
        let text = match &setting.source {
            CommentSource::Standard => self.standard(&name, node),
            CommentSource::Template(template) => self.render_comment(template, &name, node)?,
            CommentSource::Off => String::new(),
        };
        if text.contains("*/") {
            let title = format!("query comment contains illegal value \"*/\": {text}");
            return Err(Box::new(Diagnostic::error(Kind::Runtime, "E0608", title)));
        }
        let comment = (!text.is_empty()).then_some(QueryComment { text, place: setting.place });
        Ok(Caller { name, comment })
    }

    /// The comment of dbt, with the spaces that Python writes.
    fn standard(&self, name: &str, node: Option<&Node>) -> String {
        let invocation = self.invocation();
        let target = |key: &str| invocation.target.get(key).cloned().unwrap_or_default();
        let who = if node.is_some() { "node_id" } else { "connection_name" };
        let pairs = [
            ("app", json!("dbt")),
            ("dbt_version", json!(invocation.dbt_version)),
            ("profile_name", target("profile_name")),
            ("target_name", target("target_name")),
            (who, json!(name)),
        ];
        let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
        format!("{{{}}}", pairs.join(", "))
    }

    fn render_comment(&self, text: &str, name: &str, node: Option<&Node>) -> Result<String, Box<Diagnostic>> {
        let package = &self.manifest().project_name;
        let node = node.map(|node| dictionary::node(node, self.manifest().parents_of(&node.unique_id)));
        let extra = BTreeMap::from([
            ("connection_name".to_owned(), Value::from(name)),
            ("node".to_owned(), node.map_or(Value::Null, Value::Object)),
        ]);
        let context = self.text_context(&self.text_resolver(package), None, extra);
        let template = Template::whole("query_comment", package.as_str(), &SourceFile::new("<query-comment>", text));
        let rendered = self.engine().render_body(&template, &context);
        rendered.map_err(|failure| Box::new(failure.into_diagnostic("E0608")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CommentSetting, CommentSource};
    use crate::adapter::CommentPlace;

    #[test]
    fn the_setting_is_absent_off_a_text_or_a_mapping() {
        let read = |value: Option<serde_json::Value>| {
            let setting = CommentSetting::read(value.as_ref());
            (setting.source, setting.place)
        };
        let template = |text: &str| CommentSource::Template(text.to_owned());
        assert_eq!(read(None), (CommentSource::Standard, CommentPlace::Above));
        assert_eq!(read(Some(json!(null))), (CommentSource::Off, CommentPlace::Above));
        assert_eq!(read(Some(json!(""))), (CommentSource::Off, CommentPlace::Above));
        assert_eq!(read(Some(json!("who"))), (template("who"), CommentPlace::Above));
        assert_eq!(read(Some(json!({"append": true}))), (CommentSource::Standard, CommentPlace::Below));
        assert_eq!(read(Some(json!({"comment": "who"}))), (template("who"), CommentPlace::Above));
    }
}
