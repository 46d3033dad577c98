//! The plugins of a profile, which are Python: they live in the user's own interpreter for as long as the database is open.
//!
//! Rows travel as Parquet files, because the database is in this process. What a plugin does to its connection is told back as
//! statements and done here.

mod process;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use duckdb::Connection as Database;
use serde_json::json;

use super::error;
use super::literal::literal;
use crate::adapter::{AdapterError, ErrorKind};
use crate::resource::{DuckdbTarget, Map, Relation, Value, quote};
use process::Process;

/// The plugins, ready to load and to store.
pub(super) struct Plugins {
    process: Mutex<Process>,
    /// Their own connection: what they load is there for all others at once.
    database: Mutex<Option<Database>>,
    /// What was loaded already.
    loaded: Mutex<BTreeSet<String>>,
    folder: PathBuf,
    /// For each plugin, as what its sources are kept.
    kinds: Vec<(String, String)>,
    /// The options with which the database is to be opened.
    pub config: BTreeMap<String, String>,
    /// Statements for the database.
    pub connection: Vec<String>,
    /// Statements for each connection.
    pub cursor: Vec<String>,
}

impl Plugins {
    /// Starts the plugins of a target; nothing when it has none.
    pub fn start(target: &DuckdbTarget) -> Result<Option<Self>, AdapterError> {
        let host = &target.plugins;
        if host.plugins.is_empty() {
            return Ok(None);
        }
        let mut process = Process::start(host)?;
        let spec = json!({
            "plugins": host.plugins, "module_paths": host.module_paths, "credentials": host.credentials,
        });
        let facts = process.ask(&spec)?;
        let texts = |key: &str| {
            let listed = facts.get(key).and_then(Value::as_array).into_iter().flatten();
            listed.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let pairs = |key: &str| {
            let entries = facts.get(key).and_then(Value::as_object).into_iter().flatten();
            entries.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        };
        Ok(Some(Self {
            database: Mutex::default(),
            loaded: Mutex::default(),
            folder: PathBuf::from(&host.folder),
            kinds: pairs("plugins").collect(),
            config: pairs("config").collect(),
            connection: texts("connection"),
            cursor: texts("cursor"),
            process: Mutex::new(process),
        }))
    }

    /// Gives the plugins a connection to load into.
    pub fn connect(&self, database: Database) {
        *lock(&self.database) = Some(database);
    }

    /// Ends the interpreter and closes the connection.
    pub fn end(&self) {
        lock(&self.process).end();
        lock(&self.database).take();
    }

    /// Has a plugin load a source, unless that was done already.
    pub fn load(&self, plugin: &str, source: &Map) -> Result<(), AdapterError> {
        let kind = self.kind(plugin)?;
        let text = |key: &str| source.get(key).and_then(Value::as_str).unwrap_or_default();
        let relation = Relation::new(text("database"), text("schema"), text("identifier"));
        let name = relation.render();
        // Whoever comes second waits until the rows are there.
        let mut loaded = lock(&self.loaded);
        if loaded.contains(&name) {
            return Ok(());
        }
        let own = |key: &str| source.get("meta").and_then(|meta| meta.get(key)).and_then(Value::as_str);
        let schema = format!("create schema if not exists {}.{}", quote(text("database")), quote(text("schema")));
        self.run(&schema)?;
        let is_kept = match own("save_mode") {
            Some("ignore") => self.exists(&relation)?,
            Some("error_if_exists") if self.exists(&relation)? => {
                let shown = [text("database"), text("schema"), text("identifier")].join(".");
                return Err(AdapterError::new(ErrorKind::Other, format!("Source {shown} already exists!")));
            }
            _ => false,
        };
        if !is_kept {
            self.fill(plugin, source, (&name, own("materialization").unwrap_or(kind)))?;
        }
        loaded.insert(name);
        Ok(())
    }

    /// Hands a finished relation to a plugin.
    pub fn store(&self, plugin: &str, target: &Map) -> Result<(), AdapterError> {
        self.kind(plugin)?;
        lock(&self.process).ask(&json!({"do": "store", "plugin": plugin, "target": target})).map(|_| ())
    }

    fn fill(&self, plugin: &str, source: &Map, (name, kind): (&str, &str)) -> Result<(), AdapterError> {
        let file: String = name
            .chars()
            .map(|letter| if letter.is_alphanumeric() || "._-".contains(letter) { letter } else { '_' })
            .collect();
        let path = self.folder.join(format!("{file}.parquet"));
        fs::create_dir_all(&self.folder).map_err(|error| {
            AdapterError::new(ErrorKind::Io, format!("cannot use the folder `{}`: {error}", self.folder.display()))
        })?;
        let path_text = path.to_string_lossy();
        let request = json!({"do": "load", "plugin": plugin, "source": source, "path": path_text});
        let answer = lock(&self.process).ask(&request)?;
        let columns = answer.get("columns").and_then(Value::as_array).into_iter().flatten();
        let columns: Vec<String> = columns
            .filter_map(|column| {
                let part = |key: &str| column.get(key).and_then(Value::as_str);
                let (name, data_type) = (quote(part("name")?), part("type")?);
                Some(format!("cast({name} as {data_type}) as {name}"))
            })
            .collect();
        let kind = if kind.eq_ignore_ascii_case("view") { "view" } else { "table" };
        let rows = format!("select {} from read_parquet({})", columns.join(", "), literal(&path_text));
        self.run(&format!("create or replace {kind} {name} as {rows}"))?;
        if kind == "table" {
            // What cannot be removed is only in the way; the next load overwrites it.
            let _ = fs::remove_file(&path);
        }
        Ok(())
    }

    /// Returns as what a plugin's sources are kept.
    fn kind(&self, plugin: &str) -> Result<&str, AdapterError> {
        let found = self.kinds.iter().find(|(name, _)| name == plugin);
        let names = || self.kinds.iter().map(|(name, _)| name.as_str());
        found.map(|(_, kind)| kind.as_str()).ok_or_else(|| unknown(plugin, names()))
    }

    fn exists(&self, relation: &Relation) -> Result<bool, AdapterError> {
        let part = |value: &Option<String>| literal(value.as_deref().unwrap_or_default());
        let sql = format!(
            "select count(*) from system.information_schema.tables where table_catalog = {} and table_schema = {} and table_name = {}",
            part(&relation.database),
            part(&relation.schema),
            part(&relation.identifier)
        );
        self.with_database(|database| {
            database
                .query_row(&sql, [], |row| row.get::<_, i64>(0))
                .map(|count| count > 0)
                .map_err(|error| error::read(&error))
        })
    }

    fn run(&self, sql: &str) -> Result<(), AdapterError> {
        self.with_database(|database| database.execute_batch(sql).map_err(|error| error::read(&error)))
    }

    fn with_database<T>(&self, action: impl FnOnce(&Database) -> Result<T, AdapterError>) -> Result<T, AdapterError> {
        match &*lock(&self.database) {
            Some(database) => action(database),
            None => Err(AdapterError::new(ErrorKind::Other, "the database was closed already")),
        }
    }
}

/// Says that a plugin is not one of those of the profile.
pub(super) fn unknown<'a>(plugin: &str, known: impl Iterator<Item = &'a str>) -> AdapterError {
    let known = known.collect::<Vec<_>>().join(",");
    AdapterError::new(ErrorKind::Other, format!("Plugin {plugin} not found; known plugins are: {known}"))
        .with_help("name it in the `plugins` of the profile's output")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
