//! Mistakes of the command line in dbt's words, which programs look for, beside clap's own.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Returns dbt's words for a mistake; nothing for help and the like.
pub fn words(error: &clap::Error) -> Option<String> {
    let text = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        Some(ContextValue::Strings(texts)) => texts.first().map(String::as_str),
        _ => None,
    };
    // `--log-level <LEVEL>` is `--log-level` there.
    let option =
        || text(ContextKind::InvalidArg).and_then(|option| option.split([' ', '=']).next()).unwrap_or_default();
    let words = match error.kind() {
        ErrorKind::UnknownArgument if option().starts_with('-') => format!("No such option '{}'.", option()),
        ErrorKind::UnknownArgument => {
            format!("Got unexpected extra argument ({})", text(ContextKind::InvalidArg).unwrap_or_default())
        }
        ErrorKind::InvalidSubcommand => {
            format!("No such command '{}'.", text(ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        ErrorKind::MissingRequiredArgument => {
            format!("Missing argument '{}'.", option().trim_matches(['<', '>']))
        }
        ErrorKind::InvalidValue => match (text(ContextKind::InvalidValue), error.get(ContextKind::ValidValue)) {
            (None | Some(""), _) => format!("Option '{}' requires an argument.", option()),
            (Some(value), Some(ContextValue::Strings(valid))) => {
                let valid: Vec<String> = valid.iter().map(|value| format!("'{value}'")).collect();
                format!("Invalid value for '{}': '{value}' is not one of {}.", option(), valid.join(", "))
            }
            (Some(value), _) => format!("Invalid value for '{}': '{value}'", option()),
        },
        _ => return None,
    };
    Some(format!("Error: {words}"))
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn mistakes_are_told_in_dbts_words() {
        let cases = [
            ("--nope", "Error: No such option '--nope'."),
            ("nope", "Error: No such command 'nope'."),
            ("source nope", "Error: No such command 'nope'."),
            ("run --nope", "Error: No such option '--nope'."),
            ("run --target", "Error: Option '--target' requires an argument."),
            ("run-operation", "Error: Missing argument 'MACRO'."),
            (
                "run --log-format x",
                "Error: Invalid value for '--log-format': 'x' is not one of 'text', 'debug', 'json', 'default'.",
            ),
        ];
        for (line, expected) in cases {
            let all = std::iter::once("martlet").chain(line.split(' '));
            let error = crate::cli::martlet().try_get_matches_from(all).unwrap_err();
            assert_eq!(words(&error).as_deref(), Some(expected), "{line}");
        }
    }
}
