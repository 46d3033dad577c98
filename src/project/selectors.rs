//! Reads `selectors.yml`: named selections, whose templates are rendered like those of the project file.

use std::path::Path;

use super::read_text;
use super::render::{Rendering, TextRenderer, never};
use crate::diagnostic::{Diagnostic, Diagnostics, Kind};
use crate::yaml::{self, Yaml, YamlValue};

/// The file's name, beside the project file.
const NAME: &str = "selectors.yml";

/// Reads the file of a folder; none when it is absent or empty, or has mistakes, which are reported.
pub(super) fn read(root: &Path, renderer: &dyn TextRenderer, diagnostics: &mut Diagnostics) -> Option<Yaml> {
    let path = root.join(NAME);
    if !path.is_file() {
        return None;
    }
    let file = match read_text(&path, NAME) {
        Ok(file) => file,
        Err(diagnostic) => {
            diagnostics.push(diagnostic);
            return None;
        }
    };
    let yaml = match yaml::read(&file) {
        Ok(yaml) => yaml,
        Err(mistake) => {
            diagnostics.push(mistake);
            return None;
        }
    };
    match yaml.value {
        YamlValue::Null => None,
        YamlValue::Mapping(_) => Some(Rendering { renderer, is_late: never }.tree(&yaml, diagnostics)),
        _ => {
            let title =
                format!("Could not read selector file data: `{NAME}` must be a mapping with the key `selectors`");
            let place = format!("this is {}", yaml.kind());
            diagnostics.push(Diagnostic::error(Kind::Runtime, "E0141", title).at(yaml.span.clone(), place));
            None
        }
    }
}
