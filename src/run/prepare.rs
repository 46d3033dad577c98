//! What is done once before nodes run: looking up what exists, and making the schemas.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::adapter::{AdapterError, ErrorKind, Session};
use crate::compile::Compiler;
use crate::diagnostic::{Diagnostic, Kind};
use crate::resource::{Map, Node, ResourceType, Value};
use crate::template::Arguments;

/// Says that the database cannot be opened, and what to do.
pub fn unreachable(error: &AdapterError) -> Diagnostic {
    let mut lines = error.message.lines();
    let title = lines.next().unwrap_or("the database cannot be opened").to_owned();
    let mut diagnostic = Diagnostic::error(Kind::Database, "E0702", title);
    for line in lines.filter(|line| !line.trim().is_empty()) {
        diagnostic = diagnostic.with_note(line.trim());
    }
    match error.kind {
        ErrorKind::Locked => {
            diagnostic.with_help("close the program that holds the file, or build into another file with --target")
        }
        ErrorKind::DiskFull => {
            diagnostic.with_help("make room on the disk, or set `temp_directory` in the profile's settings")
        }
        _ => diagnostic,
    }
}

/// Looks up what exists in the databases that the nodes are built in.
pub fn fill_cache(session: &Session, nodes: &[&Node]) -> Result<(), Box<Diagnostic>> {
    let databases: BTreeSet<&str> = nodes.iter().map(|node| node.database.as_str()).collect();
    for database in databases {
        session.fill_cache(database).map_err(|error| Box::new(unreachable(&error)))?;
    }
    Ok(())
}

/// Makes the schemas that the nodes are built in, once and alone: two transactions that make the same schema conflict.
pub fn create_schemas(compiler: &Compiler, session: &Arc<Session>, nodes: &[&Node]) -> Result<(), Box<Diagnostic>> {
    let wanted: BTreeSet<(&str, &str)> = nodes
        .iter()
        .filter(|node| needs_schema(node))
        .map(|node| (node.database.as_str(), node.schema.as_str()))
        .collect();
    for (database, schema) in wanted {
        if !session.cache.has_schema(database, schema) {
            create_schema(compiler, session, database, schema)?;
        }
    }
    Ok(())
}

fn needs_schema(node: &Node) -> bool {
    match node.resource_type {
        ResourceType::Model => !node.is_ephemeral(),
        ResourceType::Seed | ResourceType::Snapshot => true,
        ResourceType::Test => node.relation.is_some(),
        _ => false,
    }
}

/// Calls the macro `create_schema`, which users override.
fn create_schema(
    compiler: &Compiler,
    session: &Arc<Session>,
    database: &str,
    schema: &str,
) -> Result<(), Box<Diagnostic>> {
    let package = compiler.manifest().project_name.clone();
    let resolver = compiler.text_resolver(&package);
    let context = compiler.text_context(&resolver, Some(session));
    let Some(found) = compiler.engine().registry().find(None, "create_schema", &package) else {
        return Err(Box::new(Diagnostic::error(Kind::Compilation, "E0606", "there is no macro `create_schema`")));
    };
    let mut relation = Map::new();
    relation.insert("database".into(), database.into());
    relation.insert("schema".into(), schema.into());
    let arguments = Arguments { positional: vec![Value::Object(relation)], keyword: Map::new() };
    let id = found.unique_id.clone();
    let made = compiler.engine().call(&id, arguments, &context);
    let commit = session.connection().commit();
    made.map_err(|failure| Box::new(failure.into_diagnostic("E0703")))?;
    commit.map_err(|error| Box::new(unreachable(&error)))?;
    session.cache.add_schema(database, schema);
    Ok(())
}
