//! Opens the database of a profile and prepares it: options, extensions, settings, secrets, attached databases.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use duckdb::{Config, Connection as Database};

use super::literal::literal;
use super::plugins::Plugins;
use super::{error, read_mail};
use crate::adapter::{AdapterError, ErrorKind};
use crate::resource::{Attachment, DuckdbTarget, Map, Value, quote};

/// The longest pause between two attempts at a locked file.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Opens the database, trying again while another process holds it and attempts are left.
pub(super) fn open(target: &DuckdbTarget, plugins: Option<&Plugins>) -> Result<Database, AdapterError> {
    let changed = plugins.map(|plugins| DuckdbTarget { config_options: plugins.config.clone(), ..target.clone() });
    let target = changed.as_ref().unwrap_or(target);
    check_path(&target.path)?;
    let mut pause = Duration::from_millis(100);
    let mut attempts_left = target.connect_attempts.max(1);
    let database = loop {
        attempts_left -= 1;
        match open_file(target) {
            Err(error) if error.kind == ErrorKind::Locked && attempts_left > 0 => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            other => break other?,
        }
    };
    prepare(&database, target, plugins)?;
    Ok(database)
}

/// Returns whether the target is a file of DuckDB's own that is written.
pub(super) fn is_writable_file(target: &DuckdbTarget) -> bool {
    let read_only = target.config_options.get("access_mode").is_some_and(|mode| mode.eq_ignore_ascii_case("read_only"));
    local_file(&target.path).is_some() && !read_only
}

/// Runs `SET` for each of the profile's settings.
pub(super) fn apply_settings(database: &Database, settings: &BTreeMap<String, Value>) -> Result<(), AdapterError> {
    for (name, value) in settings {
        let statement = format!("SET {} = {}", option_name(name)?, literal(&plain(value)));
        database.execute_batch(&statement).map_err(|error| {
            let error = error::read(&error);
            AdapterError::new(error.kind, error.message)
                .with_help(format!("it is the profile's setting `{name}` that the database refuses"))
        })?;
    }
    Ok(())
}

/// Returns the path when it is a file here: not memory, not a service.
fn local_file(path: &str) -> Option<&Path> {
    let elsewhere = path.is_empty()
        || path.starts_with(":memory:")
        || path.contains("://")
        || ["md:", "motherduck:", "ducklake:", "quack:"].iter().any(|prefix| path.starts_with(prefix));
    (!elsewhere).then(|| Path::new(path))
}

fn check_path(path: &str) -> Result<(), AdapterError> {
    let Some(file) = local_file(path) else { return Ok(()) };
    if file.is_dir() {
        let message = format!("IO Error: `{path}` is a folder, not a database file");
        return Err(AdapterError::new(ErrorKind::Io, message)
            .with_help("give `path` in the profile the name of a file, such as `dev.duckdb`"));
    }
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent.filter(|parent| !parent.exists()) {
        let message = format!("IO Error: there is no folder `{}` for the database file `{path}`", parent.display());
        return Err(
            AdapterError::new(ErrorKind::Io, message).with_help("create the folder, or change `path` in the profile")
        );
    }
    Ok(())
}

fn open_file(target: &DuckdbTarget) -> Result<Database, AdapterError> {
    let opened = config(target).and_then(|config| {
        let path = if target.path.is_empty() { ":memory:" } else { &target.path };
        Database::open_with_flags(path, config).map_err(|error| error::read(&error))
    });
    opened.map_err(|error| explained(error, &target.path))
}

fn config(target: &DuckdbTarget) -> Result<Config, AdapterError> {
    // A statement must not reach for the network by itself; the profile's own options come later and win.
    let own = [("autoinstall_known_extensions", "false"), ("errors_as_json", "true"), ("custom_user_agent", "martlet")];
    let own = own.into_iter().filter(|(name, _)| !target.config_options.contains_key(*name));
    let asked = target.config_options.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    own.chain(asked).try_fold(Config::default(), |config, (name, value)| {
        if name.contains('\0') || value.contains('\0') {
            let message = format!("Invalid Input Error: the option `{}` has a zero byte in it", name.replace('\0', ""));
            return Err(AdapterError::new(ErrorKind::Other, message));
        }
        config.with(name, value).map_err(|error| error::read(&error))
    })
}

/// Adds what to do to the errors of opening a file that users meet.
fn explained(mut error: AdapterError, path: &str) -> AdapterError {
    let says = |words: &str| error.message.contains(words);
    if error.kind == ErrorKind::Locked {
        let holder = holder(&error.message);
        let by = holder.as_deref().unwrap_or("another process");
        error.message = format!("IO Error: the database `{path}` is locked by {by}\n{}", first_line(&error.message));
        error.help.push(
            "wait until it has finished, close it, or set `retries: {connect_attempts: 10}` in the profile to wait for it"
                .to_owned(),
        );
    } else if says("not a valid DuckDB database file") {
        error.message = format!("IO Error: `{path}` is not a DuckDB database\n{}", first_line(&error.message));
        error.help.push("move that file away, or change `path` in the profile".to_owned());
    } else if says("Corrupt database file") {
        error.message = format!("IO Error: the database `{path}` is damaged\n{}", first_line(&error.message));
        error.help.push("restore it from a copy, or move it away and build anew".to_owned());
    } else if says("newer version of DuckDB") || says("storage version") || says("version number") {
        error.message = format!(
            "IO Error: `{path}` was written by a version of DuckDB that this one cannot read\n{}",
            error.message
        );
        error.help.push("open it with the version that wrote it, and export it from there".to_owned());
    } else if says("Permission denied") || says("Read-only file system") {
        error.message = format!("IO Error: no right to write the database `{path}`\n{}", first_line(&error.message));
        error.help.push(
            "change the rights of the file and its folder, or set `config_options: {access_mode: read_only}` in the profile"
                .to_owned(),
        );
    } else if says("options were not recognized") {
        error.help.push("look at `config_options` in the profile".to_owned());
    }
    error
}

/// Reads who holds the file out of `… lock is held in /usr/bin/python3.11 (PID 2056) …`.
fn holder(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("lock is held in ")?;
    let (program, rest) = rest.split_once(" (PID ")?;
    let (id, _) = rest.split_once(')')?;
    let name = Path::new(program).file_name().map_or(program.into(), |name| name.to_string_lossy());
    Some(format!("the process {id} ({name})"))
}

fn first_line(message: &str) -> &str {
    message.lines().next().unwrap_or_default()
}

fn prepare(database: &Database, target: &DuckdbTarget, plugins: Option<&Plugins>) -> Result<(), AdapterError> {
    read_mail::register(database)?;
    for (name, repository) in &target.extensions {
        load(database, name, repository.as_deref())?;
    }
    apply_settings(database, &target.settings)?;
    for (index, secret) in target.secrets.iter().enumerate() {
        create_secret(database, secret, index)?;
    }
    for statement in plugins.iter().flat_map(|plugins| &plugins.connection) {
        database.execute_batch(statement).map_err(|error| error::read(&error))?;
    }
    for attachment in &target.attach {
        attach(database, attachment)?;
    }
    Ok(())
}

fn load(database: &Database, name: &str, repository: Option<&str>) -> Result<(), AdapterError> {
    let run = |statement: &str| database.execute_batch(statement).map_err(|error| error::read(&error));
    let load = format!("LOAD {}", literal(name));
    if run(&load).is_ok() {
        return Ok(());
    }
    let from = match repository {
        None => String::new(),
        Some(known) if known.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') => {
            format!(" FROM {known}")
        }
        Some(address) => format!(" FROM {}", literal(address)),
    };
    run(&format!("INSTALL {}{from}", literal(name))).and_then(|()| run(&load)).map_err(|error| {
        let message = format!("the extension `{name}` cannot be loaded\n{}", error.message);
        AdapterError::new(error.kind, message)
            .with_help("to install an extension once, the network is needed; afterwards it is read from its folder")
    })
}

fn attach(database: &Database, attachment: &Attachment) -> Result<(), AdapterError> {
    let mut options: Vec<String> = Vec::new();
    if let Some(attach_type) = &attachment.attach_type {
        options.push(format!("TYPE {}", option_name(attach_type)?));
    }
    if let Some(secret) = &attachment.secret {
        options.push(format!("SECRET {}", quote(secret)));
    }
    if attachment.read_only {
        options.push("READ_ONLY".to_owned());
    }
    for (name, value) in &attachment.options {
        let name = option_name(name)?.to_uppercase();
        match value {
            Value::Bool(true) | Value::Null => options.push(name),
            Value::Bool(false) => {}
            Value::Number(number) => options.push(format!("{name} {number}")),
            other => options.push(format!("{name} {}", literal(&plain(other)))),
        }
    }
    let alias = attachment.alias.as_deref().map_or_else(String::new, |alias| format!(" AS {}", quote(alias)));
    let options = if options.is_empty() { String::new() } else { format!(" ({})", options.join(", ")) };
    let statement = format!("ATTACH IF NOT EXISTS {}{alias}{options}", literal(&attachment.path));
    database.execute_batch(&statement).map_err(|error| {
        let mut error = explained(error::read(&error), &attachment.path);
        error.offset = None;
        error.with_help(format!("it is the profile's `attach` of `{}`", attachment.path))
    })
}

/// Creates a secret. Its values appear in no message: whatever the database repeats of them is struck out.
fn create_secret(database: &Database, secret: &Map, index: usize) -> Result<(), AdapterError> {
    let word = |key: &str| secret.get(key).and_then(Value::as_str);
    let name = word("name").map_or_else(|| format!("_dbt_secret_{}", index + 1), str::to_owned);
    let persistent = if secret.get("persistent") == Some(&Value::Bool(true)) { "PERSISTENT " } else { "" };
    let storage = word("storage").map_or_else(String::new, |storage| format!(" IN {}", quote(storage)));
    let mut options = Vec::new();
    for (key, value) in secret {
        if !matches!(key.as_str(), "name" | "persistent" | "storage") && !value.is_null() {
            options.push(format!("{} {}", option_name(key)?.to_uppercase(), secret_value(value)));
        }
    }
    let statement = format!("CREATE OR REPLACE {persistent}SECRET {}{storage} ({})", quote(&name), options.join(", "));
    database.execute_batch(&statement).map_err(|error| {
        let error = error::read(&error);
        let message = format!("the secret `{name}` cannot be created\n{}", struck_out(&error.message, secret));
        AdapterError::new(error.kind, message).with_help("look at `secrets` in the profile")
    })
}

fn secret_value(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(secret_value).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let entry = |(key, value): (&String, &Value)| format!("{}: {}", literal(key), secret_value(value));
            format!("MAP {{{}}}", fields.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        Value::Bool(truth) => truth.to_string(),
        other => literal(&plain(other)),
    }
}

fn struck_out(message: &str, secret: &Map) -> String {
    fn leaves(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
            Value::Object(fields) => fields.values().for_each(|item| leaves(item, found)),
            other => found.push(plain(other)),
        }
    }
    let mut values = Vec::new();
    for (key, value) in secret {
        if !matches!(key.as_str(), "type" | "name" | "provider" | "storage" | "persistent") {
            leaves(value, &mut values);
        }
    }
    values.retain(|value| !value.is_empty());
    // The longest first: a value may be a part of another.
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    values.iter().fold(message.to_owned(), |message, value| message.replace(value.as_str(), "***"))
}

/// Returns a value as the text that an option takes.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Lets only words through where SQL takes no literal.
fn option_name(name: &str) -> Result<&str, AdapterError> {
    let is_word =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.');
    if is_word {
        return Ok(name);
    }
    let message = format!("Invalid Input Error: `{name}` is no name of an option");
    Err(AdapterError::new(ErrorKind::Other, message))
}

/// Returns the absolute path of a file, so that messages and statements do not depend on the current folder.
pub(super) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
