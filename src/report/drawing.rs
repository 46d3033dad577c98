//! Diagnostics as events and, for people, as drawings with carets.

use super::{Entry, Level, Reporter, Shown, json_lines};
use crate::diagnostic::{self, Diagnostic, Severity, Style};

impl Reporter {
    /// Draws a message with its carets.
    pub fn diagnostic(&self, diagnostic: &Diagnostic) {
        let (mut data, words) = (json_lines::diagnostic(diagnostic), self.words_of(diagnostic));
        // dbt's own words beside the drawing: programs look for them.
        let drawn = match self.drawn(diagnostic) {
            drawn if diagnostic.words.is_some() && !drawn.contains(&words) => format!("{words}\n{drawn}"),
            drawn => drawn,
        };
        let heading = diagnostic.event.as_ref().and_then(|event| self.deprecations.heading(event.name));
        let drawn = match heading {
            Some(heading) if !drawn.contains(&heading) => format!("{heading}\n{drawn}"),
            _ => drawn,
        };
        let (level, name, message) = match (diagnostic.severity, &diagnostic.event) {
            // As in dbt, what is wrong with metrics is told before the error that it makes.
            (Severity::Error, Some(event)) if event.name == "SemanticValidationFailure" => {
                (Level::Error, event.name, words)
            }
            (Severity::Error, _) => {
                let indented = words.replace('\n', "\n  ");
                data.insert("exc".into(), format!("{}\n  {indented}", diagnostic.heading()).into());
                (Level::Error, "MainEncounteredError", format!("Encountered an error:\n{drawn}"))
            }
            // Programs look for dbt's words, without a drawing around them.
            (Severity::Warning, Some(event)) => (Level::Warn, event.name, words),
            (Severity::Warning, None) => (Level::Warn, "Warning", drawn.clone()),
        };
        data.insert("msg".into(), anstream::adapter::strip_str(&message).to_string().into());
        self.tell(&Entry { level, name, message, data, shown: Shown::As(level, drawn) });
    }

    /// Returns dbt's words for a message.
    fn words_of(&self, diagnostic: &Diagnostic) -> String {
        let words = diagnostic.all_words();
        let event = diagnostic.event.as_ref();
        event.and_then(|event| self.deprecations.words(event.name, &words)).unwrap_or(words)
    }

    /// Returns a message with its carets, in the style of the terminal.
    pub fn drawn(&self, diagnostic: &Diagnostic) -> String {
        let style = if self.settings().options.is_coloured() { Style::Coloured } else { Style::Plain };
        let drawn = diagnostic::render(diagnostic, style);
        match diagnostic.severity {
            Severity::Error => format!("{}\n{drawn}", diagnostic.heading()),
            Severity::Warning => drawn,
        }
    }
}
