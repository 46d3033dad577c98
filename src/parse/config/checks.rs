//! What must hold of a node's merged config.

use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::resource::{NodeConfig, Value};

/// The names of colours that HTML knows.
const COLOURS: &[&str] = &[
    "aliceblue",
    "antiquewhite",
    "aqua",
    "aquamarine",
    "azure",
    "beige",
    "bisque",
    "black",
    "blanchedalmond",
    "blue",
    "blueviolet",
    "brown",
    "burlywood",
    "cadetblue",
    "chartreuse",
    "chocolate",
    "coral",
    "cornflowerblue",
    "cornsilk",
    "crimson",
    "cyan",
    "darkblue",
    "darkcyan",
    "darkgoldenrod",
    "darkgray",
    "darkgreen",
    "darkkhaki",
    "darkmagenta",
    "darkolivegreen",
    "darkorange",
    "darkorchid",
    "darkred",
    "darksalmon",
    "darkseagreen",
    "darkslateblue",
    "darkslategray",
    "darkturquoise",
    "darkviolet",
    "deeppink",
    "deepskyblue",
    "dimgray",
    "dodgerblue",
    "firebrick",
    "floralwhite",
    "forestgreen",
    "fuchsia",
    "gainsboro",
    "ghostwhite",
    "gold",
    "goldenrod",
    "gray",
    "green",
    "greenyellow",
    "honeydew",
    "hotpink",
    "indianred",
    "indigo",
    "ivory",
    "khaki",
    "lavender",
    "lavenderblush",
    "lawngreen",
    "lemonchiffon",
    "lightblue",
    "lightcoral",
    "lightcyan",
    "lightgoldenrodyellow",
    "lightgray",
    "lightgreen",
    "lightpink",
    "lightsalmon",
    "lightseagreen",
    "lightskyblue",
    "lightslategray",
    "lightsteelblue",
    "lightyellow",
    "lime",
    "limegreen",
    "linen",
    "magenta",
    "maroon",
    "mediumaquamarine",
    "mediumblue",
    "mediumorchid",
    "mediumpurple",
    "mediumseagreen",
    "mediumslateblue",
    "mediumspringgreen",
    "mediumturquoise",
    "mediumvioletred",
    "midnightblue",
    "mintcream",
    "mistyrose",
    "moccasin",
    "navajowhite",
    "navy",
    "oldlace",
    "olive",
    "olivedrab",
    "orange",
    "orangered",
    "orchid",
    "palegoldenrod",
    "palegreen",
    "paleturquoise",
    "palevioletred",
    "papayawhip",
    "peachpuff",
    "peru",
    "pink",
    "plum",
    "powderblue",
    "purple",
    "rebeccapurple",
    "red",
    "rosybrown",
    "royalblue",
    "saddlebrown",
    "salmon",
    "sandybrown",
    "seagreen",
    "seashell",
    "sienna",
    "silver",
    "skyblue",
    "slateblue",
    "slategray",
    "snow",
    "springgreen",
    "steelblue",
    "tan",
    "teal",
    "thistle",
    "tomato",
    "turquoise",
    "violet",
    "wheat",
    "white",
    "whitesmoke",
    "yellow",
    "yellowgreen",
];

/// Reports values of a merged config that cannot be used; `place` is where the node begins.
pub(crate) fn check_merged(config: &NodeConfig, place: &Span, diagnostics: &mut Diagnostics) {
    let mut refuse = |title: String| {
        diagnostics.push(Diagnostic::error(Kind::Parsing, "E0229", title).at(place.clone(), "configured for this"));
    };
    let colour = config.map("docs").and_then(|docs| docs.get("node_color")).and_then(Value::as_str);
    if let Some(colour) = colour.filter(|colour| !colour.is_empty() && !is_colour(colour)) {
        refuse(format!(
            "Invalid color name for docs.node_color: {colour}. It is neither a valid HTML color name nor a valid HEX code."
        ));
    }
    let build_after = config.map("freshness").and_then(|freshness| freshness.get("build_after"));
    let is_set = |key: &str| build_after.and_then(|limits| limits.get(key)).is_some_and(|value| !value.is_null());
    if is_set("period") && !is_set("count") {
        refuse("`freshness.build_after` must have a value for `count` if a `period` is provided".to_owned());
    }
    if is_set("count") && !is_set("period") {
        refuse("`freshness.build_after` must have a value for `period` if a `count` is provided".to_owned());
    }
}

/// Checks the settings of a function that have a few values only.
pub(crate) fn check_function(config: &NodeConfig, place: &Span, diagnostics: &mut Diagnostics) {
    let kinds = [
        ("type", "FunctionType", &["scalar", "aggregate", "table"][..]),
        ("volatility", "Optional[FunctionVolatility]", &["deterministic", "stable", "non-deterministic"]),
    ];
    for (key, class, known) in kinds {
        let Some(value) = config.text(key).filter(|value| !known.contains(value)) else { continue };
        let title = format!("Field \"{key}\" of type {class} in FunctionConfig has invalid value '{value}'");
        diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0229", title)
                .at(place.clone(), "configured for this")
                .with_nearest(value, known.iter().copied())
                .with_help(format!("it is one of {}", known.join(", "))),
        );
    }
}

/// Returns whether a text is `#` with three or six digits, or the name of a colour.
fn is_colour(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.strip_prefix('#').map_or_else(
        || COLOURS.contains(&lower.as_str()),
        |digits| matches!(digits.len(), 3 | 6) && digits.bytes().all(|digit| digit.is_ascii_hexdigit()),
    )
}

#[cfg(test)]
mod tests {
    use super::is_colour;

    #[test]
    fn a_colour_is_a_name_or_a_number() {
        for right in ["red", "AliceBlue", "#cd7f32", "#FFF"] {
            assert!(is_colour(right), "{right}");
        }
        for wrong in ["notacolour", "#cd7f3", "cd7f32", "#gggggg"] {
            assert!(!is_colour(wrong), "{wrong}");
        }
    }
}
