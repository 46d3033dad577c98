//! Where dbt-duckdb finds a source outside the database: `external_location` with the source's properties filled in.

use crate::parse::generic::text::str;
use crate::resource::{Map, Source, Value};

/// Returns the text that stands in the place of the source's name, when it has an `external_location`.
pub(super) fn location(source: &Source) -> Result<Option<String>, String> {
    let mut properties = Map::new();
    properties.insert("name".into(), source.name.as_str().into());
    properties.insert("identifier".into(), source.identifier.as_str().into());
    properties.insert("schema".into(), source.schema.as_str().into());
    properties.insert("database".into(), source.database.as_str().into());
    properties.insert("tags".into(), source.tags.clone().into());
    let own = own(source);
    if let Some(mail) = mail_location(&own)? {
        return Ok(Some(mail));
    }
    if own.contains_key("plugin") {
        return Ok(None);
    }
    let Some(template) = own.get("external_location").and_then(Value::as_str).map(str_owned) else { return Ok(None) };
    let formatter = own.get("formatter").and_then(Value::as_str).unwrap_or("newstyle").to_owned();
    properties.extend(own);
    let text = match formatter.as_str() {
        "newstyle" => new_style(&template, &properties)?,
        "oldstyle" => old_style(&template, &properties)?,
        "template" => dollar_style(&template, &properties)?,
        other => {
            return Err(format!(
                "Formatter {other} not recognized. Must be one of 'newstyle', 'oldstyle', or 'template'."
            ));
        }
    };
    let is_whole = text.contains('(') || text.starts_with('\'');
    Ok(Some(if is_whole { text } else { format!("'{text}'") }))
}

/// Returns the plugin of the profile that loads a source, and what it is told of the source.
pub fn plugin_source(source: &Source) -> Option<(String, Map)> {
    let meta = own(source);
    let plugin = meta.get("plugin")?.as_str()?.to_owned();
    let facts = serde_json::json!({
        "name": source.name, "identifier": source.identifier, "schema": source.schema, "database": source.database,
        "meta": meta, "tags": source.tags,
    });
    Some((plugin, facts.as_object()?.clone()))
}

/// Returns the free properties of a source: its `meta`, and the settings that dbt does not know.
fn own(source: &Source) -> Map {
    let mut own = source.meta.clone();
    own.extend(
        source.config.0.iter().filter(|(key, _)| !is_known(key)).map(|(key, value)| (key.clone(), value.clone())),
    );
    own
}

/// Returns the call that reads a source of e-mail in place: `format: mbox` or `eml` with its `location`.
fn mail_location(own: &Map) -> Result<Option<String>, String> {
    let Some(format) = own.get("format").and_then(Value::as_str).filter(|format| ["mbox", "eml"].contains(format))
    else {
        return Ok(None);
    };
    match own.get("location").and_then(Value::as_str) {
        Some(location) => Ok(Some(format!("read_mail('{}')", location.replace('\'', "''")))),
        None => Err(format!("a source with `format: {format}` needs the `location` of its files")),
    }
}

fn str_owned(text: &str) -> String {
    text.to_owned()
}

fn is_known(key: &str) -> bool {
    ["enabled", "event_time", "freshness", "loaded_at_field", "loaded_at_query", "meta", "tags", "static_analysis"]
        .contains(&key)
}

fn property<'a>(properties: &'a Map, name: &str) -> Result<&'a Value, String> {
    properties.get(name).ok_or_else(|| format!("`external_location` asks for `{name}`, which the source does not have"))
}

/// Python's `"{name}".format(…)`, with `{{` and `}}` for braces and formats after `:` left out.
fn new_style(template: &str, properties: &Map) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix(brace) {
            text.push_str(brace);
            rest = after;
            continue;
        }
        let Some(end) = rest.find('}').filter(|_| brace == "{") else {
            return Err(format!("`external_location` has a single `{brace}`"));
        };
        let field = rest[..end].split([':', '!']).next().unwrap_or_default();
        text.push_str(&str(property(properties, field)?));
        rest = &rest[end + 1..];
    }
    text.push_str(rest);
    Ok(text)
}

/// Python's `"%(name)s" % …`.
fn old_style(template: &str, properties: &Map) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            text.push('%');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('(').and_then(|inner| inner.split_once(")s")) {
            text.push_str(&str(property(properties, name)?));
            rest = after;
        } else {
            return Err("`external_location` has a `%` that is no `%(name)s`".to_owned());
        }
    }
    text.push_str(rest);
    Ok(text)
}

/// Python's `string.Template`: `$name` and `${name}`.
fn dollar_style(template: &str, properties: &Map) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            text.push('$');
            rest = after;
        } else if let Some((name, after)) = rest.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            text.push_str(&str(property(properties, name)?));
            rest = after;
        } else {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            text.push_str(&str(property(properties, &rest[..end])?));
            rest = &rest[end..];
        }
    }
    text.push_str(rest);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{dollar_style, new_style, old_style};

    #[test]
    fn each_formatter_fills_in_properties() {
        let properties = json!({"name": "orders", "schema": "raw", "n": 3});
        let properties = properties.as_object().unwrap();
        assert_eq!(new_style("{schema}/{name}-{{x}}.csv", properties), Ok("raw/orders-{x}.csv".into()));
        assert_eq!(old_style("%(schema)s/%(name)s%%.csv", properties), Ok("raw/orders%.csv".into()));
        assert_eq!(dollar_style("$schema/${name}_$n.csv$$", properties), Ok("raw/orders_3.csv$".into()));
        assert!(new_style("{nothing}", properties).is_err());
        assert!(new_style("a}", properties).is_err());
    }
}
