//! Runs Python models with the user's own interpreter.
//!
//! The database belongs to this process, so rows travel as Parquet files: the inputs are written into a folder, the interpreter calls
//! the model on a database in its own memory that holds them under their names, and what the model returns is written beside them.
//! From there on the model is a query like any other.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::json;

use super::node::Execution;
use crate::adapter::{AdapterError, ColumnType, Session};
use crate::diagnostic::{Diagnostic, Kind, SourceFile};
use crate::resource::{Map, RefCall, Relation, RelationKind, Value, quote};
use crate::template::{Resolver, Template};

/// The program that the interpreter runs.
const DRIVER: &str = include_str!("driver.py");
/// The exit code by which it says that the module `duckdb` is not there.
const NO_DUCKDB: i32 = 3;
/// The exit code by which it says that the model returned nothing.
const NO_ROWS: i32 = 4;

/// What a Python model returned, as files that live as long as this.
pub(super) struct PythonOutput {
    folder: PathBuf,
    /// The query that reads it.
    pub(super) sql: String,
}

impl Drop for PythonOutput {
    fn drop(&mut self) {
        // What cannot be removed is only in the way; the next run of the model removes it.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Calls a Python model. A materialization of the project's own may do without what it returns, so there the model may return
/// nothing: its query is then empty.
///
/// # Errors
/// When an input cannot be read, there is no interpreter, or the model fails.
pub(super) fn call(execution: &Execution<'_>, session: &Arc<Session>) -> Result<PythonOutput, Box<Diagnostic>> {
    let folder = execution.runner.settings.target_path.join("python").join(execution.node.unique_id.as_str());
    let folder = std::path::absolute(&folder).unwrap_or(folder);
    let mut output = PythonOutput { folder, sql: String::new() };
    let job = Job { execution, session, folder: output.folder.clone() };
    job.prepare()?;
    if job.interpret()? == Returned::Rows {
        output.sql = job.query()?;
    }
    Ok(output)
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Returned {
    Rows,
    Nothing,
}

struct Job<'a> {
    execution: &'a Execution<'a>,
    session: &'a Arc<Session>,
    folder: PathBuf,
}

impl Job<'_> {
    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    /// Writes the inputs, the model's code and what the driver needs to know.
    fn prepare(&self) -> Result<(), Box<Diagnostic>> {
        let node = self.execution.node;
        let _ = fs::remove_dir_all(&self.folder);
        fs::create_dir_all(&self.folder).map_err(|error| self.unwritable(&error))?;
        let compiler = self.execution.runner.compiler;
        let (context, resolver) = compiler.context(node, Some(self.session), BTreeMap::new());
        let mut inputs = Vec::new();
        let (mut refs, mut sources) = (Map::new(), Map::new());
        for call in &node.refs {
            let relation = resolver.reference(call)?;
            let name = self.input(&relation, &call.name, &mut inputs)?;
            refs.insert(ref_key(call), name.into());
        }
        for call in &node.sources {
            let relation = resolver.source(call)?;
            let name = self.input(&relation, &call.table, &mut inputs)?;
            sources.insert(format!("{}.{}", call.source, call.table), name.into());
        }
        let this = node.relation.clone().unwrap_or_else(|| Relation::new(&node.database, &node.schema, &node.alias));
        let file = SourceFile::new("<is_incremental>", "{{ is_incremental() }}");
        let asked =
            compiler.engine().render(&Template::whole("is_incremental", node.package.as_str(), &file), &context);
        let is_incremental = asked.is_ok_and(|text| text.trim() == "True");
        if is_incremental {
            self.input(&this, &node.alias, &mut inputs)?;
        }
        let spec = json!({
            "code": self.path("model.py"), "output": self.path("output.parquet"),
            "columns": self.path("columns.json"), "error": self.path("error.txt"),
            "config": Value::Object(node.config.0.clone()),
            "refs": refs, "sources": sources, "inputs": inputs, "is_incremental": is_incremental,
            "module_paths": self.execution.runner.settings.module_paths,
            "this": {
                "database": this.database, "schema": this.schema, "identifier": this.identifier, "text": this.render(),
            },
        });
        let write = |name: &str, text: &str| fs::write(self.folder.join(name), text);
        write("driver.py", DRIVER)
            .and_then(|()| write("model.py", &node.raw_code))
            .and_then(|()| write("spec.json", &spec.to_string()))
            .map_err(|error| self.unwritable(&error))
    }

    /// Writes the rows of an input, and returns the name under which the model's session has them.
    fn input(&self, relation: &Relation, name: &str, inputs: &mut Vec<Value>) -> Result<String, Box<Diagnostic>> {
        if relation.kind == Some(RelationKind::Cte) {
            let title = format!("the Python model refers to `{name}`, which is ephemeral: it has no rows of its own");
            return Err(self.mistake("E0721", title, "materialize it as a view or a table"));
        }
        let all = format!("select * from {}", relation.render());
        let columns = self.session.connection().describe(&all).map_err(|error| self.database(&error))?;
        let path = self.path(&format!("input{}.parquet", inputs.len()));
        let sql = format!(
            "copy (select {} from {}) to {} (format parquet)",
            selected(&columns, "varchar"),
            relation.render(),
            literal(&path)
        );
        self.session.execute(&sql).map_err(|error| self.database(&error))?;
        let node = self.execution.node;
        let database = relation.database.as_deref().unwrap_or(&node.database);
        let schema = relation.schema.as_deref().unwrap_or(&node.schema);
        let identifier = relation.identifier.as_deref().unwrap_or(name);
        let described = columns.iter().map(|column| json!({"name": column.name, "type": column.data_type}));
        inputs.push(json!({
            "path": path, "database": database, "schema": schema, "identifier": identifier,
            "columns": described.collect::<Vec<_>>(),
        }));
        Ok(Relation::new(database, schema, identifier).render())
    }

    fn interpret(&self) -> Result<Returned, Box<Diagnostic>> {
        let python = self.execution.runner.settings.python.as_str();
        let mut command = Command::new(python);
        command.arg(self.folder.join("driver.py")).arg(self.folder.join("spec.json"));
        // The model's words are not data of this program's.
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().map_err(|error| {
            let title = format!("cannot run the Python model: `{python}` cannot be started: {error}");
            self.mistake("E0722", title, "install Python 3, or name the interpreter in MARTLET_PYTHON")
        })?;
        if status.success() {
            return Ok(Returned::Rows);
        }
        if status.code() == Some(NO_ROWS) && self.execution.is_custom()? {
            return Ok(Returned::Nothing);
        }
        if status.code() == Some(NO_DUCKDB) {
            let title = format!("cannot run the Python model: `{python}` has no module `duckdb`");
            let help = format!("{python} -m pip install duckdb, or name another interpreter in MARTLET_PYTHON");
            return Err(self.mistake("E0722", title, &help));
        }
        let trace = fs::read_to_string(self.folder.join("error.txt"));
        let trace = trace.unwrap_or_else(|_| format!("`{python}` ended with {status}"));
        let last = exception(&trace);
        let diagnostic = Diagnostic::error(Kind::Runtime, "E0723", format!("Python model failed: {last}"))
            .at(crate::compile::head(self.execution.node), "")
            .with_note(trace.trim_end());
        let words = Some(format!("Python model failed:\n{}", trace.trim_end()));
        Err(Box::new(Diagnostic { words, ..diagnostic }))
    }

    /// Returns the query that reads what the model returned, with the types that it had there.
    fn query(&self) -> Result<String, Box<Diagnostic>> {
        let text = fs::read_to_string(self.folder.join("columns.json")).map_err(|error| self.unwritable(&error))?;
        let described: Vec<Value> = serde_json::from_str(&text).unwrap_or_default();
        let part = |column: &Value, key: &str| column.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let column = |column: &Value| {
            let (name, data_type) = (quote(&part(column, "name")), part(column, "type"));
            // Parquet keeps neither enumerations nor all units of time; a column of nulls alone has no type to be cast to.
            if data_type.contains("NULL") { name } else { format!("cast({name} as {data_type}) as {name}") }
        };
        let columns: Vec<String> = described.iter().map(column).collect();
        Ok(format!("select {} from read_parquet({})", columns.join(", "), literal(&self.path("output.parquet"))))
    }

    fn mistake(&self, code: &'static str, title: String, help: &str) -> Box<Diagnostic> {
        let place = crate::compile::head(self.execution.node);
        Box::new(Diagnostic::error(Kind::Runtime, code, title).at(place, "").with_help(help))
    }

    fn unwritable(&self, error: &std::io::Error) -> Box<Diagnostic> {
        let title = format!("cannot use the folder `{}`: {error}", shown(&self.folder));
        Box::new(Diagnostic::error(Kind::Runtime, "E0724", title))
    }

    fn database(&self, error: &AdapterError) -> Box<Diagnostic> {
        let place = crate::compile::head(self.execution.node);
        Box::new(Diagnostic::error(Kind::Database, "E0725", error.message.clone()).at(place, ""))
    }
}

/// Returns the first line of the exception in a trace: the line after the last indented one.
fn exception(trace: &str) -> String {
    let lines: Vec<&str> = trace.lines().collect();
    let after = lines.iter().rposition(|line| line.starts_with(' ')).map_or(0, |place| place + 1);
    lines.get(after).or(lines.last()).copied().unwrap_or_default().to_owned()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn ref_key(call: &RefCall) -> String {
    let package = call.package.as_ref().map(|package| format!("{package}.")).unwrap_or_default();
    let version = call.version.as_ref().map(|version| format!(".v{version}")).unwrap_or_default();
    format!("{package}{}{version}", call.name)
}

fn travels_as_text(data_type: &str) -> bool {
    matches!(data_type, "HUGEINT" | "UHUGEINT")
}

fn selected(columns: &[ColumnType], text: &str) -> String {
    let column = |column: &ColumnType| {
        let name = quote(&column.name);
        if travels_as_text(&column.data_type) { format!("cast({name} as {text}) as {name}") } else { name }
    };
    columns.iter().map(column).collect::<Vec<_>>().join(", ")
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
