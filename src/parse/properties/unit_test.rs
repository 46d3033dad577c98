//! Entries of `unit_tests`.

use std::sync::Arc;

use super::fields::Fields;
use super::{PropertiesFile, Written};
use crate::diagnostic::{Diagnostic, Kind};
use crate::parse::config::check_mapping;
use crate::resource::{Fixture, FixtureFormat, Given, Map, Overrides, ResourceType, Value};
use crate::yaml::Yaml;

/// A unit test.
#[derive(Debug)]
pub(crate) struct UnitTestEntry {
    /// The file.
    pub file: Arc<PropertiesFile>,
    /// Name.
    pub name: Written,
    /// The model it tests.
    pub model: Written,
    /// Description, unrendered.
    pub description: Option<Written>,
    /// The inputs.
    pub given: Vec<Given>,
    /// What must come out.
    pub expect: Fixture,
    /// What is replaced.
    pub overrides: Option<Overrides>,
    /// `versions` as written.
    pub versions: Option<Value>,
    /// Configuration.
    pub config: Map,
}

/// Reads one unit test.
pub(super) fn read(fields: &mut Fields<'_>) -> Option<UnitTestEntry> {
    let name = fields.name("a unit test")?;
    fields.require_keys(
        "unit_tests",
        &["name", "description", "model", "given", "expect", "overrides", "config", "versions"],
    );
    if let Some(config) = fields.value("config") {
        check_mapping(ResourceType::UnitTest, config, fields.diagnostics);
    }
    let model = required(fields, "model", &name);
    let expect = fields.value("expect");
    if expect.is_none() {
        missing(fields, "expect", &name);
    }
    let mut given = Vec::new();
    for yaml in fields.mappings("given") {
        given.extend(input(&mut fields.of(yaml), &name));
    }
    let expect = fixture(&mut fields.of(expect?));
    let overrides = fields.value("overrides").map(|yaml| {
        let map = |key: &str| yaml.entry(key).map(Yaml::to_map).unwrap_or_default();
        Overrides { macros: map("macros"), vars: map("vars"), env_vars: map("env_vars") }
    });
    Some(UnitTestEntry {
        file: Arc::clone(fields.file),
        model: model?,
        description: fields.text("description"),
        given,
        expect,
        overrides,
        versions: fields.value("versions").map(Yaml::to_value),
        config: fields.map("config"),
        name,
    })
}

fn required(fields: &mut Fields<'_>, key: &str, name: &Written) -> Option<Written> {
    if fields.value(key).is_none() {
        missing(fields, key, name);
        return None;
    }
    fields.text(key)
}

fn missing(fields: &mut Fields<'_>, key: &str, name: &Written) {
    fields.diagnostics.push(
        Diagnostic::error(Kind::Parsing, "E0214", format!("the unit test `{}` has no `{key}`", name.text))
            .at(name.span.clone(), ""),
    );
}

fn input(fields: &mut Fields<'_>, name: &Written) -> Option<Given> {
    fields.expect_keys("an input of a unit test", &["input", "rows", "format", "fixture"]);
    let Some(input) = fields.text("input") else {
        if fields.value("input").is_none() {
            fields.diagnostics.push(
                Diagnostic::error(
                    Kind::Parsing,
                    "E0214",
                    format!("an input of the unit test `{}` has no `input`", name.text),
                )
                .at(fields.yaml.span.clone(), ""),
            );
        }
        return None;
    };
    Some(Given { input: input.text, input_span: input.span, rows: fixture(fields) })
}

fn fixture(fields: &mut Fields<'_>) -> Fixture {
    let format = match fields.text("format") {
        None => FixtureFormat::Dict,
        Some(written) => match written.text.as_str() {
            "dict" => FixtureFormat::Dict,
            "csv" => FixtureFormat::Csv,
            "sql" => FixtureFormat::Sql,
            other => {
                fields.diagnostics.push(
                    Diagnostic::error(Kind::Parsing, "E0211", format!("there is no fixture format `{other}`"))
                        .at(written.span, "one of dict, csv, sql is expected")
                        .with_nearest(other, ["dict", "csv", "sql"]),
                );
                FixtureFormat::Dict
            }
        },
    };
    Fixture {
        format,
        rows: fields.value("rows").map(Yaml::to_value).unwrap_or_default(),
        fixture: fields.plain("fixture"),
        span: fields.value("rows").map_or_else(|| fields.yaml.span.clone(), |rows| rows.span.clone()),
    }
}
