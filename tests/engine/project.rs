//! A small project in a folder of its own, and the program run on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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
    pub fn json(&self, path: &str) -> serde_json::Value {
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

    /// Returns the rows of a query on the project's database, each row's values joined by `|`.
    #[track_caller]
    pub fn query(&self, sql: &str) -> Vec<String> {
        let connection = duckdb::Connection::open(self.path("shop.duckdb")).unwrap();
        let wrapped = format!("select concat_ws('|', columns(*)::varchar) as line from ({sql}) as answer");
        let mut statement = connection.prepare(&wrapped).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
        rows.map(|row| row.unwrap().unwrap_or_default()).collect()
    }
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
