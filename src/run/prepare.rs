//! What is done once before nodes run: looking up what exists, and making the schemas.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::event::{Event, EventSink};
use crate::adapter::{AdapterError, ErrorKind, Session};
use crate::compile::Compiler;
use crate::diagnostic::{Diagnostic, Kind, SourceFile};
use crate::resource::{Node, ResourceType};
use crate::template::Template;

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
        _ => error.help.iter().fold(diagnostic, |diagnostic, help| diagnostic.with_help(help.as_str())),
    }
}

/// Looks up what exists in some databases.
pub fn fill_cache(session: &Session, databases: &BTreeSet<&str>, events: &EventSink) -> Result<(), Box<Diagnostic>> {
    for database in databases {
        events(&Event::Looking { name: &format!("list_{database}") });
        session.fill_cache(database).map_err(|error| Box::new(unreachable(&error)))?;
    }
    Ok(())
}

/// Makes the schemas that the nodes are built in, once and alone: two transactions that make the same schema conflict.
pub fn create_schemas(
    compiler: &Compiler,
    session: &Arc<Session>,
    nodes: &[&Node],
    events: &EventSink,
) -> Result<(), Box<Diagnostic>> {
    let wanted: BTreeSet<(&str, &str)> = nodes
        .iter()
        .filter(|node| needs_schema(node))
        .map(|node| (node.database.as_str(), node.schema.as_str()))
        .collect();
    for (database, schema) in wanted {
        let name = format!("create_{database}_{schema}");
        events(&Event::Looking { name: &name });
        if !session.cache.has_schema(database, schema) {
            events(&Event::SchemaMissing { database, schema });
            session.serve(compiler.caller(&name, None)?);
            create_schema(compiler, session, database, schema)?;
        }
        events(&Event::Looking { name: &format!("list_{database}_{schema}") });
    }
    Ok(())
}

fn needs_schema(node: &Node) -> bool {
    match node.resource_type {
        ResourceType::Model => !node.is_ephemeral(),
        ResourceType::Seed | ResourceType::Snapshot | ResourceType::Function => true,
        ResourceType::Test => node.relation.is_some(),
        _ => false,
    }
}

/// The call as a template, so that the macro `create_schema`, which users override, gets a relation.
const CREATE_SCHEMA: &str =
    "{% do adapter.create_schema(api.Relation.create(database=wanted_database, schema=wanted_schema)) %}";

fn create_schema(
    compiler: &Compiler,
    session: &Arc<Session>,
    database: &str,
    schema: &str,
) -> Result<(), Box<Diagnostic>> {
    let package = &compiler.manifest().project_name;
    let extra = [("wanted_database".to_owned(), database.into()), ("wanted_schema".to_owned(), schema.into())];
    let context = compiler.text_context(&compiler.text_resolver(package), Some(session), extra.into());
    let template =
        Template::whole("create_schema", package.as_str(), &SourceFile::new("<create schema>", CREATE_SCHEMA));
    let made = compiler.engine().render(&template, &context);
    let commit = session.commit();
    made.map_err(|failure| Box::new(failure.into_diagnostic("E0703")))?;
    commit.map_err(|error| Box::new(unreachable(&error)))?;
    session.cache.add_schema(database, schema);
    Ok(())
}
