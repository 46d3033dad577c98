//! `--vars`: a mapping in YAML or JSON, or `@file.yml` that holds one.

use std::path::Path;

use super::read_text;
use crate::diagnostic::{Diagnostic, Kind, SourceFile};
use crate::resource::Map;
use crate::yaml::{self, YamlValue};

/// Reads the value of `--vars`; a file is looked for in `folder`, the current one.
///
/// # Errors
/// When the text or file is not a mapping, with a place in `<--vars>` or the file.
pub fn parse_vars(text: &str, folder: &Path) -> Result<Map, Diagnostic> {
    let file = match text.trim().strip_prefix('@') {
        Some(path) => read_text(&folder.join(path), path)?,
        None => SourceFile::new("<--vars>", text),
    };
    let yaml = yaml::read(&file)?;
    match yaml.value {
        YamlValue::Null => Ok(Map::new()),
        YamlValue::Mapping(_) => Ok(yaml.to_printed_map()),
        _ => Err(Diagnostic::error(Kind::Usage, "E0140", "`--vars` takes a mapping")
            .at(yaml.span.clone(), format!("this is {}", yaml.kind()))
            .with_help("write --vars '{name: value}', or --vars @file.yml")),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::parse_vars;

    #[test]
    fn a_mapping_is_taken_and_anything_else_is_shown() {
        let vars = |text| parse_vars(text, Path::new(".")).map_err(|error| error.one_line());
        assert_eq!(vars("{a: 1, b: [x, 'y']}").map(|map| map.len()), Ok(2));
        assert_eq!(vars(r#"{"a": 1}"#).map(|map| map.len()), Ok(1));
        assert_eq!(vars("").map(|map| map.len()), Ok(0));
        assert_eq!(vars("a"), Err("`--vars` takes a mapping (<--vars>:1:1)".to_owned()));
        assert_eq!(vars("{a: 1"), Err("a mapping `{…}` is not closed (<--vars>:1:1)".to_owned()));
        assert_eq!(
            vars("@no-such-file.yml"),
            Err("cannot read `no-such-file.yml`: there is no such file (no-such-file.yml)".to_owned())
        );
    }
}
