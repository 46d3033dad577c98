//! A `data_tests:` entry: the test's name, its arguments, and what else may stand among them.

use super::build::written;
use super::text::repr;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::parse::config::check_mapping;
use crate::parse::properties::Written;
use crate::project::TextRenderer;
use crate::resource::{MacroDefinition, Map, ResourceType, Value};
use crate::yaml::{Entry, Yaml, YamlValue};

/// An entry, read.
#[derive(Debug)]
pub(super) struct TestEntry {
    /// The test's name without package.
    pub test: String,
    /// The package that is named before it.
    pub namespace: Option<String>,
    /// Where the name stands.
    pub name_span: Span,
    /// The whole entry.
    pub span: Span,
    /// Arguments of the macro.
    pub arguments: Map,
    /// Where each argument stands: key and value.
    pub places: Vec<(String, Span, Span)>,
    /// Configuration, rendered.
    pub config: Map,
    /// The name it was given.
    pub name: Option<String>,
    /// Description, unrendered.
    pub description: Option<Written>,
    /// The name as it was written, with the package before it.
    pub written: String,
    /// What stands beside `arguments` and by now belongs into it.
    pub beside: Option<Span>,
    /// Configs that by now belong into `config`.
    pub moved: Vec<(String, Span)>,
    /// An argument of the name `arguments`, and its value as a text.
    pub literal: Option<(Span, String)>,
}

/// What `arguments` of a test means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArgumentsKey {
    /// It holds the arguments.
    Holds,
    /// It is an argument: the project's flag `require_generic_test_arguments_property` is off.
    IsOne,
}

/// Configs that may stand among the arguments, in the order that dbt writes them.
const CONFIGS: [&str; 14] = [
    "severity",
    "tags",
    "enabled",
    "where",
    "limit",
    "warn_if",
    "error_if",
    "fail_calc",
    "store_failures",
    "store_failures_as",
    "meta",
    "database",
    "schema",
    "alias",
];

impl TestEntry {
    /// Reads an entry; reports what is wrong with it.
    pub(super) fn read(
        yaml: &Yaml,
        (target, column, key): (&str, Option<&str>, ArgumentsKey),
        renderer: &dyn TextRenderer,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let (name, name_span, entries) = head(yaml, diagnostics)?;
        let (namespace, test) = split_name(&name, &name_span, diagnostics)?;
        let mut entry = Self {
            test,
            namespace,
            name_span,
            span: yaml.span.clone(),
            arguments: Map::new(),
            places: Vec::new(),
            config: Map::new(),
            name: None,
            description: None,
            written: name,
            beside: None,
            moved: Vec::new(),
            literal: None,
        };
        entry.take(&entries, (column, key), diagnostics);
        if key == ArgumentsKey::Holds {
            entry.note_old_forms(&entries);
        }
        let place = format!("{target}.{}", column.unwrap_or("None"));
        match key {
            ArgumentsKey::Holds => entry.take_config(&with_nested(&entries), (&place, renderer), diagnostics),
            ArgumentsKey::IsOne => entry.take_config(&entries, (&place, renderer), diagnostics),
        }
        Some(entry)
    }

    /// Returns the name as the user wrote it.
    pub(super) fn shown(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}.{}", self.test),
            None => self.test.clone(),
        }
    }

    /// Returns where an argument's value stands.
    pub(super) fn place(&self, argument: &str) -> Option<Span> {
        self.places.iter().find(|(key, _, _)| key == argument).map(|(_, _, value)| value.clone())
    }

    /// Sorts the entries into arguments, name and description. Those under `arguments` win over those beside it.
    fn take(&mut self, entries: &[&Entry], (column, key): (Option<&str>, ArgumentsKey), diagnostics: &mut Diagnostics) {
        let given = entries.iter().find(|entry| entry.key == "arguments");
        if let (Some(given), ArgumentsKey::IsOne) = (given, key) {
            self.literal = Some((given.key_span.clone(), repr(&given.value.to_value())));
            self.argument(given, diagnostics);
        }
        let nested = given.filter(|_| key == ArgumentsKey::Holds).map(|entry| &entry.value);
        if let Some(nested) = nested.filter(|nested| !matches!(nested.value, YamlValue::Mapping(_) | YamlValue::Null)) {
            diagnostics.push(
                Diagnostic::error(Kind::Parsing, "E0234", "`arguments` of a test must be a mapping")
                    .at(nested.span.clone(), format!("this is {}", nested.kind())),
            );
        }
        for entry in entries {
            let key = entry.key.as_str();
            if matches!(key, "arguments" | "config" | "description" | "name") || CONFIGS.contains(&key) {
                continue;
            }
            self.argument(entry, diagnostics);
        }
        if let Some(column) = column {
            self.arguments.insert("column_name".into(), column.into());
        }
        for entry in nested.map(Yaml::entries).unwrap_or_default() {
            if entry.key != "config" && !CONFIGS.contains(&entry.key.as_str()) {
                self.argument(entry, diagnostics);
            }
        }
        // A name or description under `arguments` is none of the macro's either, as in dbt.
        let beside = entries.iter().copied().chain(nested.map(Yaml::entries).unwrap_or_default());
        for entry in beside {
            match entry.key.as_str() {
                "name" => self.name = entry.value.as_str().map(str::to_owned),
                "description" => self.description = written(&entry.value),
                _ => {}
            }
        }
        self.arguments.shift_remove("name");
        self.arguments.shift_remove("description");
    }

    /// Notes what has another place by now.
    fn note_old_forms(&mut self, entries: &[&Entry]) {
        let configs = entries.iter().filter(|entry| CONFIGS.contains(&entry.key.as_str()));
        self.moved = configs.map(|entry| (entry.key.clone(), entry.key_span.clone())).collect();
        let nested = entries.iter().find(|entry| entry.key == "arguments");
        if nested.is_some_and(|nested| !nested.value.entries().is_empty()) {
            return;
        }
        let is_argument = |key: &str| {
            !matches!(key, "arguments" | "config" | "column_name" | "description" | "name") && !CONFIGS.contains(&key)
        };
        self.beside = entries.iter().find(|entry| is_argument(&entry.key)).map(|entry| entry.key_span.clone());
    }

    fn argument(&mut self, entry: &Entry, diagnostics: &mut Diagnostics) {
        if entry.key == "model" {
            diagnostics.push(
                Diagnostic::error(Kind::Parsing, "E0234", "`model` is no argument: it is what the test stands at")
                    .at(entry.key_span.clone(), "remove it"),
            );
            return;
        }
        self.places.push((entry.key.clone(), entry.key_span.clone(), entry.value.span.clone()));
        self.arguments.insert(entry.key.clone(), entry.value.to_printed());
    }

    /// Collects the configuration: known keys among the arguments and under `config`, in dbt's order, then the rest of `config`.
    fn take_config(
        &mut self,
        entries: &[&Entry],
        (place, renderer): (&str, &dyn TextRenderer),
        diagnostics: &mut Diagnostics,
    ) {
        let nothing = Yaml { value: YamlValue::Null, span: self.span.clone() };
        let config = entries.iter().find(|entry| entry.key == "config").map_or(&nothing, |entry| &entry.value);
        if !matches!(config.value, YamlValue::Mapping(_) | YamlValue::Null) {
            diagnostics.push(
                Diagnostic::error(Kind::Parsing, "E0211", "`config` must be a mapping")
                    .at(config.span.clone(), format!("this is {}", config.kind())),
            );
        }
        check_mapping(ResourceType::Test, config, diagnostics);
        let mut taken = Vec::new();
        for key in CONFIGS {
            let beside = entries.iter().find(|entry| entry.key == key);
            let inside = config.entries().iter().find(|entry| entry.key == key);
            if let (Some(beside), Some(inside)) = (beside, inside) {
                diagnostics.push(
                    Diagnostic::error(
                        Kind::Compilation,
                        "E0215",
                        format!("Test cannot have the same key at the top-level and in config: `{key}`"),
                    )
                    .at(beside.key_span.clone(), "remove this one")
                    .with_context(inside.key_span.clone(), "and here"),
                );
            }
            if let Some(entry) = beside {
                let single = Yaml { value: YamlValue::Mapping(vec![(*entry).clone()]), span: entry.value.span.clone() };
                check_mapping(ResourceType::Test, &single, diagnostics);
            }
            taken.extend(beside.copied().or(inside));
        }
        let rest = config.entries().iter().filter(|entry| !CONFIGS.contains(&entry.key.as_str()));
        for entry in taken.into_iter().chain(rest) {
            let value = match entry.value.as_str() {
                Some(text) if text.contains("{{") || text.contains("{%") => {
                    match renderer.render(text, &entry.value.span) {
                        Ok(value) => value,
                        Err(diagnostic) => {
                            diagnostics.push(self.unrendered(entry, place, *diagnostic));
                            Value::Null
                        }
                    }
                }
                _ => entry.value.to_value(),
            };
            if !value.is_null() {
                self.config.insert(entry.key.clone(), value);
            }
        }
    }

    /// Tells of a config that cannot be rendered, in dbt's words when it calls what is not there.
    fn unrendered(&self, entry: &Entry, place: &str, diagnostic: Diagnostic) -> Diagnostic {
        let file = &entry.value.span.file.path;
        let words = diagnostic.all_words();
        let reason = if words.ends_with("' is undefined") {
            format!(
                "The {place} column's \"{}\" test references an undefined macro in its {} configuration argument. The macro \
                 {words}.\nPlease note that the generic test configuration parser currently does not support using custom \
                 macros to populate configuration values",
                self.test, entry.key
            )
        } else {
            words
        };
        let title = format!("Invalid generic test configuration: {}", diagnostic.title);
        let words = format!("Invalid generic test configuration given in {file}: \n{reason}");
        Diagnostic { title, ..diagnostic }.in_words(words)
    }
}

/// Puts the entries under `arguments` in the place of those beside it, where dbt looks for configs too.
fn with_nested<'a>(entries: &[&'a Entry]) -> Vec<&'a Entry> {
    let nested = entries.iter().find(|entry| entry.key == "arguments").map(|entry| entry.value.entries());
    let nested = nested.unwrap_or_default();
    let is_replaced = |entry: &&&Entry| entry.key == "arguments" || nested.iter().any(|inner| inner.key == entry.key);
    entries.iter().filter(|entry| !is_replaced(entry)).copied().chain(nested).collect()
}

/// Returns the test's name and the entries beside or under it.
fn head<'a>(yaml: &'a Yaml, diagnostics: &mut Diagnostics) -> Option<(String, Span, Vec<&'a Entry>)> {
    if let Some(name) = yaml.as_str() {
        return Some((name.to_owned(), yaml.span.clone(), Vec::new()));
    }
    let mut error = |span: &Span, title: &str, label: String| {
        diagnostics.push(Diagnostic::error(Kind::Parsing, "E0234", title).at(span.clone(), label));
    };
    let entries = yaml.entries();
    if let Some(named) = entries.iter().find(|entry| entry.key == "test_name") {
        let rest = entries.iter().filter(|entry| entry.key != "test_name").collect();
        let Some(name) = named.value.as_str() else {
            error(&named.value.span, "`test_name` must be text", format!("this is {}", named.value.kind()));
            return None;
        };
        return Some((name.to_owned(), named.value.span.clone(), rest));
    }
    match entries {
        [] => {
            error(&yaml.span, "a test must be a name, or a name with arguments", format!("this is {}", yaml.kind()));
            None
        }
        [single] => {
            let YamlValue::Mapping(arguments) = &single.value.value else {
                let label = format!("this is {}; without arguments, leave the `:` away", single.value.kind());
                error(&single.key_span, "the arguments of a test must be a mapping", label);
                return None;
            };
            Some((single.key.clone(), single.key_span.clone(), arguments.iter().collect()))
        }
        [first, second, ..] => {
            let title = "a test must be one name with its arguments under it";
            error(&second.key_span, title, format!("indent this deeper than `{}`", first.key));
            None
        }
    }
}

/// Splits `package.test`.
fn split_name(name: &str, span: &Span, diagnostics: &mut Diagnostics) -> Option<(Option<String>, String)> {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let (namespace, test) = match name.split_once('.') {
        Some((namespace, test)) => (Some(namespace), test),
        None => (None, name),
    };
    if !is_word(test) || !namespace.is_none_or(is_word) {
        diagnostics.push(
            Diagnostic::error(Kind::Parsing, "E0234", format!("`{name}` cannot be the name of a test"))
                .at(span.clone(), "a name such as `unique` or `dbt_utils.equality` is expected"),
        );
        return None;
    }
    Some((namespace.map(str::to_owned), test.to_owned()))
}

/// Compares the arguments with the macro's parameters; reports those that it does not take, and warns of those that
/// it lacks.
pub(super) fn check_arguments(definition: &MacroDefinition, entry: &TestEntry, diagnostics: &mut Diagnostics) -> bool {
    let takes_any = definition.span.text().contains("kwargs");
    let parameters: Vec<&str> = definition.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    let mut fits = true;
    for argument in entry.arguments.keys() {
        if takes_any || parameters.contains(&argument.as_str()) {
            continue;
        }
        fits = false;
        let span = entry.places.iter().find(|(key, _, _)| key == argument).map(|(_, key, _)| key.clone());
        let title = match argument.as_str() {
            "column_name" => format!("the test `{}` takes no column: it is for whole models", entry.shown()),
            _ => format!("the test `{}` takes no argument `{argument}`", entry.shown()),
        };
        // dbt renders the call of every test while it reads, but for the two whose calls it knows by heart.
        let is_known = definition.package == "dbt" && matches!(entry.test.as_str(), "not_null" | "unique");
        let report = if is_known {
            Diagnostic::warning(Kind::Compilation, "W0239", title)
        } else {
            Diagnostic::error(Kind::Compilation, "E0235", title)
        };
        let words = format!("macro 'dbt_macro__test_{}' takes no keyword argument '{argument}'", entry.test);
        let diagnostic = report
            .at(span.unwrap_or_else(|| entry.name_span.clone()), "")
            .with_context(definition_head(definition), "the test is defined here")
            .with_nearest(argument, parameters.iter().copied());
        diagnostics.push(Diagnostic { words: (!is_known).then_some(words), ..diagnostic });
    }
    for parameter in &definition.parameters {
        if parameter.default.is_none() && !entry.arguments.contains_key(&parameter.name) {
            // To dbt it is an undefined value, which a macro may well ask about.
            diagnostics.push(
                Diagnostic::warning(
                    Kind::Compilation,
                    "W0235",
                    format!("the test `{}` lacks the argument `{}`", entry.shown(), parameter.name),
                )
                .at(entry.name_span.clone(), "")
                .with_context(definition_head(definition), "the test is defined here"),
            );
        }
    }
    fits
}

/// The first tag of a macro's block.
fn definition_head(definition: &MacroDefinition) -> Span {
    let length = definition.span.text().find("%}").map_or(definition.span.range.len(), |end| end + 2);
    let start = definition.span.range.start;
    Span::new(&definition.span.file, start..start + length)
}
