//! A small project in a folder of its own, and the program run on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A project that is being written.
#[must_use]
pub struct Project {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// What the program did.
#[must_use]
pub struct Ran {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error, with the project's folder written as `$PROJECT`.
    pub stderr: String,
}

const PROFILES: &str = "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, threads: 2}\n";

impl Project {
    /// Makes a project `shop` with a profile and nothing else.
    pub fn new() -> Self {
        Self::empty().file("project.yml", "name: shop\nprofile: shop\n").file("profiles.yml", PROFILES)
    }

    /// Makes an empty folder.
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), environment: Vec::new() }
    }

    /// Copies the project that the repository is.
    pub fn bundled() -> Self {
        let project = Self::empty();
        for part in ["project.yml", "profiles.yml", "models", "macros", "seeds", "data", "tests/data"] {
            copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(part), &project.path(part));
        }
        project
    }

    /// Adds settings to the project file of [`Project::new`].
    pub fn configured(self, yaml: &str) -> Self {
        self.file("project.yml", &format!("name: shop\nprofile: shop\n{yaml}"))
    }

    /// Writes the SQL of a model.
    pub fn model(self, name: &str, sql: &str) -> Self {
        self.file(&format!("models/{name}.sql"), sql)
    }

    /// Writes a seed.
    pub fn seed(self, name: &str, csv: &str) -> Self {
        self.file(&format!("seeds/{name}.csv"), csv)
    }

    /// Writes the properties of models.
    pub fn properties(self, yaml: &str) -> Self {
        self.file("models/properties.yml", yaml)
    }

    /// Writes macros.
    pub fn macros(self, sql: &str) -> Self {
        self.file("macros/macros.sql", sql)
    }

    /// Writes a file.
    pub fn file(self, path: &str, text: &str) -> Self {
        self.bytes(path, text.as_bytes())
    }

    /// Writes a file of any bytes.
    pub fn bytes(self, path: &str, bytes: &[u8]) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// Sets an environment variable for the program.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Returns the path of a file in the project.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Returns the project's folder.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Reads a file of the project.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Reads a JSON file of the project.
    #[track_caller]
    pub fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.read(path)).unwrap()
    }

    /// Runs the program in the project's folder.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_in(".", arguments)
    }

    /// Runs the program in a folder below the project's.
    pub fn run_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).current_dir(self.path(folder)).output().unwrap();
        self.ran(&output)
    }

    /// Returns the program, ready to be started in the project's folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_martlet"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        // Away from the user's own profiles, and on Windows the loader needs PATH and SystemRoot.
        for kept in ["PATH", "SystemRoot", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command.env("HOME", self.folder.path());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    fn ran(&self, output: &Output) -> Ran {
        let root = self.folder.path().to_string_lossy().into_owned();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&root, "$PROJECT");
        Ran { code: output.status.code().unwrap_or(-1), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Returns each node's name and status by `run_results.json`, sorted.
    #[track_caller]
    pub fn statuses(&self) -> Vec<String> {
        let mut statuses: Vec<String> =
            self.results().iter().map(|(name, result)| format!("{name} {}", text(result, "status"))).collect();
        statuses.sort();
        statuses
    }

    /// Returns the message of a node by `run_results.json`.
    #[track_caller]
    pub fn message(&self, node: &str) -> String {
        text(&self.result(node), "message")
    }

    /// Returns what `run_results.json` says of a node.
    #[track_caller]
    pub fn result(&self, node: &str) -> Value {
        let found = self.results().into_iter().find(|(name, _)| name == node);
        found.unwrap_or_else(|| panic!("no result of {node}")).1
    }

    fn results(&self) -> Vec<(String, Value)> {
        let document = self.json("target/run_results.json");
        let results = document["results"].as_array().unwrap().iter();
        let name = |result: &Value| text(result, "unique_id").split('.').nth(2).unwrap_or_default().to_owned();
        results.map(|result| (name(result), result.clone())).collect()
    }

    /// Returns the tables and views of the project's database: `main.orders table`.
    #[track_caller]
    pub fn relations(&self) -> Vec<String> {
        self.query(
            "select table_schema || '.' || table_name || case table_type when 'VIEW' then ' view' else ' table' end as relation
             from information_schema.tables where table_catalog = 'shop' order by 1",
        )
    }

    /// Returns the columns of a relation with their types: `id INTEGER`.
    #[track_caller]
    pub fn columns(&self, relation: &str) -> Vec<String> {
        self.query(&format!("select column_name || ' ' || column_type as line from (describe {relation})"))
    }

    /// Returns the rows of a query on the project's database, each row's values joined by `|`.
    #[track_caller]
    pub fn query(&self, sql: &str) -> Vec<String> {
        let connection = duckdb::Connection::open(self.path("shop.duckdb")).unwrap();
        let mut statement = connection.prepare(&format!("select columns(*)::varchar from ({sql}) as answer")).unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut lines = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let width = row.as_ref().column_count();
            let cell = |place| row.get::<_, Option<String>>(place).unwrap().unwrap_or_else(|| "NULL".to_owned());
            lines.push((0..width).map(cell).collect::<Vec<_>>().join("|"));
        }
        lines
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

impl Ran {
    /// Requires exit code 0.
    #[track_caller]
    pub fn success(self) -> Self {
        self.code(0)
    }

    /// Requires an exit code.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Requires that stderr holds a text.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "expected:\n{text}\nstderr:\n{}", self.stderr);
        self
    }

    /// Requires the whole of stdout.
    #[track_caller]
    pub fn stdout(self, text: &str) -> Self {
        assert_eq!(self.stdout, text, "stderr:\n{}", self.stderr);
        self
    }
}
