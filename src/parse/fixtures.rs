//! Rows of unit tests in one form: CSV text, fixture files and seeds become lists of mappings, SQL becomes a text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use indexmap::IndexMap;

use super::files::{InputFile, PackageFiles};
use super::literal::Reference;
use super::node::first_line;
use super::twins::twin_fixtures;
use crate::diagnostic::{Diagnostic, Diagnostics, Kind, Span};
use crate::project::Project;
use crate::resource::{
    Detail, Fixture, FixtureFormat, Map, Node, Overrides, RefCall, ResourceType, UniqueId, UnitTest, Value, sha256_hex,
};
use crate::template::values::{from_plain, repr};

/// What fixtures are read from.
pub(super) struct FixtureSources<'a> {
    /// The files of all packages.
    pub files: &'a [(&'a Project, PackageFiles)],
    /// All nodes: an input of a seed without rows means the seed's own.
    pub nodes: &'a IndexMap<UniqueId, Node>,
}

impl FixtureSources<'_> {
    /// Brings the rows of a unit test into one form, and tells what they are by a checksum.
    pub(super) fn normalize(&self, test: &mut UnitTest, diagnostics: &mut Diagnostics) {
        let mut given = std::mem::take(&mut test.given);
        for input in &mut given {
            if input.rows.format == FixtureFormat::Dict && input.rows.rows.is_null() && input.rows.fixture.is_none() {
                match self.seed_rows(test, &input.input) {
                    Ok(rows) => input.rows.rows = rows,
                    Err(title) => diagnostics.push(mistake(title, &input.rows)),
                }
                promote(&mut input.rows.rows);
                continue;
            }
            self.fixture(test, "input", &mut input.rows, diagnostics);
        }
        test.given = given;
        let mut expect = test.expect.clone();
        self.fixture(test, "expected", &mut expect, diagnostics);
        test.expect = expect;
        test.checksum = checksum(test);
    }

    fn fixture(&self, test: &UnitTest, role: &str, fixture: &mut Fixture, diagnostics: &mut Diagnostics) {
        let format = fixture.format.as_str();
        let mismatch =
            |what: &str| format!("Unit test {} has {role} {what} which do not match format {format}", test.name);
        if fixture.format == FixtureFormat::Dict {
            if fixture.rows.is_array() {
                promote(&mut fixture.rows);
            } else {
                diagnostics.push(mistake(mismatch("rows"), fixture));
            }
            return;
        }
        if let Some(name) = &fixture.fixture {
            let Some(files) = self.files.iter().find(|(package, _)| package.name == test.package) else { return };
            match fixture_file(name, fixture.format, &files.1) {
                Some(file) => fixture.rows = Value::from(file.source.text.as_str()),
                None => {
                    diagnostics.push(missing(test, name, fixture, &files.1));
                    return;
                }
            }
        }
        let Value::String(text) = &fixture.rows else {
            diagnostics.push(mistake(format!("{}.  Expected string.", mismatch("rows or fixtures")), fixture));
            return;
        };
        if fixture.format == FixtureFormat::Csv {
            fixture.rows = csv_rows(text, EmptyCells::Null);
            promote(&mut fixture.rows);
        }
    }

    /// The rows of the seed that an input names.
    fn seed_rows(&self, test: &UnitTest, input: &str) -> Result<Value, String> {
        let nowhere = crate::diagnostic::Span::new(&crate::diagnostic::SourceFile::new("", ""), 0..0);
        let Some(Reference::Ref(RefCall { package, name, .. })) = Reference::read(input, &nowhere) else {
            return Err(format!("Unit test {} has input rows which do not match format dict", test.name));
        };
        let wanted = package.as_deref().unwrap_or(&test.package);
        let seed = self
            .nodes
            .values()
            .find(|node| node.resource_type == ResourceType::Seed && node.name == name && node.package == wanted);
        let place = match package {
            Some(_) if wanted != test.package => format!("'{}' package", test.package),
            _ => "the directories of seeds".to_owned(),
        };
        let Some(seed) = seed else {
            return Err(format!("Unable to find seed '{wanted}.{name}' for unit tests in {place}"));
        };
        let Detail::Seed { root_path } = &seed.detail else { return Ok(Value::Array(Vec::new())) };
        let path = Path::new(root_path).join(&seed.original_file_path);
        let text =
            std::fs::read_to_string(&path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
        Ok(csv_rows(&text, EmptyCells::Text))
    }
}

/// Reports fixtures of one name in one package, whatever their folders and endings are.
pub(super) fn check_names(files: &[(&Project, PackageFiles)], diagnostics: &mut Diagnostics) {
    for (package, files) in files {
        let mut known: BTreeMap<&str, Span> = BTreeMap::new();
        for file in &files.fixtures {
            let span = first_line(&file.code());
            if let Some(first) = known.get(file.stem()) {
                diagnostics.push(twin_fixtures(&package.name, file.stem(), &span, first));
            } else {
                known.insert(file.stem(), span);
            }
        }
    }
}

/// Returns the file of a fixture: its name with the ending of its format.
fn fixture_file<'a>(name: &str, format: FixtureFormat, files: &'a PackageFiles) -> Option<&'a InputFile> {
    let ending = if format == FixtureFormat::Sql { ".sql" } else { ".csv" };
    files.fixtures.iter().find(|file| file.stem() == name && file.path.ends_with(ending))
}

fn missing(test: &UnitTest, name: &str, fixture: &Fixture, files: &PackageFiles) -> Diagnostic {
    let title = format!("File not found for fixture '{name}' in unit tests in {}", test.original_file_path);
    let ending = if fixture.format == FixtureFormat::Sql { ".sql" } else { ".csv" };
    Diagnostic::error(Kind::Parsing, "E0238", title)
        .at(fixture.span.clone(), format!("`fixtures/{name}{ending}` is looked for in the test folders"))
        .with_nearest(name, files.fixtures.iter().map(InputFile::stem))
}

fn mistake(title: String, fixture: &Fixture) -> Diagnostic {
    let help = match fixture.format {
        FixtureFormat::Dict => "give `rows` as a list of mappings, such as `- {id: 1, name: a}`",
        FixtureFormat::Csv => "give `rows` as a text of CSV, or `fixture` as the name of a file",
        FixtureFormat::Sql => "give `rows` as a query, or `fixture` as the name of a file",
    };
    Diagnostic::error(Kind::Parsing, "E0239", title).at(fixture.span.clone(), "").with_help(help)
}

/// What an empty cell of CSV means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EmptyCells {
    /// NULL, as in fixtures.
    Null,
    /// An empty text, as in seeds.
    Text,
}

fn csv_rows(text: &str, empty: EmptyCells) -> Value {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(true).from_reader(text.as_bytes());
    let Ok(header) = reader.headers().cloned() else { return Value::Array(Vec::new()) };
    let cell = |text: Option<&str>| match text {
        None => Value::Null,
        Some("") if empty == EmptyCells::Null => Value::Null,
        Some(text) => Value::from(text),
    };
    let row = |record: csv::StringRecord| {
        let cells = header.iter().enumerate().map(|(index, name)| (name.to_owned(), cell(record.get(index))));
        Value::Object(cells.collect())
    };
    reader.records().filter_map(Result::ok).map(row).collect()
}

/// Puts the first row without NULL first: as in dbt, it tells the types.
fn promote(rows: &mut Value) {
    let Value::Array(rows) = rows else { return };
    let is_whole = |row: &Value| row.as_object().is_some_and(|row| row.values().all(|value| !value.is_null()));
    if let Some(first) = rows.iter().position(is_whole) {
        rows.swap(0, first);
    }
}

/// Returns the checksum by which dbt sees that a unit test changed: that of its parts as Python prints them.
fn checksum(test: &UnitTest) -> String {
    let text = |value: &Value| repr(&from_plain(value));
    let fixture = |fixture: &Fixture| {
        let (name, format) = match fixture.format {
            FixtureFormat::Dict => ("Dict", "dict"),
            FixtureFormat::Csv => ("CSV", "csv"),
            FixtureFormat::Sql => ("SQL", "sql"),
        };
        let file = fixture.fixture.as_deref().map_or(Value::Null, Value::from);
        format!("rows={}, format=<UnitTestFormat.{name}: '{format}'>, fixture={}", text(&fixture.rows), text(&file))
    };
    let inputs: Vec<String> = test
        .given
        .iter()
        .map(|given| {
            format!("UnitTestInputFixture(input={}, {})", text(&given.input.as_str().into()), fixture(&given.rows))
        })
        .collect();
    let versions = test.versions.as_ref().map_or_else(
        || "None".to_owned(),
        |versions| {
            let part = |key: &str| text(versions.get(key).unwrap_or(&Value::Null));
            format!("UnitTestNodeVersions(include={}, exclude={})", part("include"), part("exclude"))
        },
    );
    let overrides = test.overrides.as_ref().map_or_else(
        || "None".to_owned(),
        |Overrides { macros, vars, env_vars }| {
            let map = |map: &Map| text(&Value::Object(map.clone()));
            format!("UnitTestOverrides(macros={}, vars={}, env_vars={})", map(macros), map(vars), map(env_vars))
        },
    );
    let expect = fixture(&test.expect);
    let mut whole =
        format!("{}-{versions}-[{}]-UnitTestOutputFixture({expect})-{overrides}", test.model, inputs.join(", "));
    for given in test.given.iter().filter(|given| given.rows.fixture.is_some()) {
        // A text cannot fail to be written to.
        let _ = match &given.rows.rows {
            Value::String(sql) => write!(whole, "-{sql}"),
            rows => write!(whole, "-{}", text(rows)),
        };
    }
    sha256_hex(whole.as_bytes())
}
