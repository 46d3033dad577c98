//! `show`: runs one model or an inline query and shows its first rows.

use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{Cell, CellAlignment, Table as Grid};

use crate::adapter::{Datum, Session, Table};
use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line, selection};
use crate::diagnostic::{Diagnostic, Kind, SourceFile};
use crate::resource::{Map, Relation, ResourceType, Value};
use crate::run::{RunResults, Status, unreachable};

/// How many rows are shown when nothing else is asked for.
const LIMIT: usize = 5;

/// Runs the command.
pub fn run(workspace: &Workspace, line: &Line) -> Result<Done, CommandError> {
    let limit = limit(line)?;
    workspace.write_manifest(&std::collections::HashMap::new())?;
    let session = workspace.session()?;
    let (name, compiled, node) = if let Some(sql) = line.matches.get_one::<String>("inline-direct") {
        (String::new(), crate::compile::Compiled::plain(sql), None)
    } else if let Some(sql) = line.matches.get_one::<String>("inline") {
        super::compile::refuse_selection(line)?;
        let file = SourceFile::new("<--inline>", sql.as_str());
        let compiled = workspace.compiler(Vec::new()).compile_text(&file, Some(&session));
        (String::new(), compiled.map_err(|failure| failure.into_diagnostic("E0605"))?, None)
    } else {
        let id = one_node(workspace, line)?;
        let node = &workspace.manifest.nodes[&id];
        if node.resource_type == ResourceType::Seed {
            let sql = format!("select * from {}", relation(node).render());
            (node.name.clone(), crate::compile::Compiled::plain(&sql), None)
        } else {
            let compiler = workspace.compiler(vec![id.to_string()]);
            session.serve(compiler.caller("", Some(node))?);
            let compiled = compiler.compile(node, Some(&session));
            (node.name.clone(), compiled.map_err(|failure| failure.into_diagnostic("E0605"))?, Some(node))
        }
    };
    let answer = session.query(&compiled.sql, limit);
    let (_, table) = answer.map_err(|error| match node {
        Some(node) => workspace.compiler(Vec::new()).explain(node, &compiled, &error, Some(&session)),
        None => unreachable(&error),
    })?;
    show(workspace, line, &name, &table)?;
    Ok(Done::Success)
}

fn relation(node: &crate::resource::Node) -> Relation {
    node.relation.clone().unwrap_or_else(|| Relation::new(&node.database, &node.schema, &node.alias))
}

fn limit(line: &Line) -> Result<Option<usize>, CommandError> {
    let Some(text) = line.matches.get_one::<String>("limit") else { return Ok(Some(LIMIT)) };
    match text.parse::<i64>() {
        Ok(number) => Ok(usize::try_from(number).ok()),
        Err(_) => {
            Err(Diagnostic::error(Kind::Usage, "E0172", format!("`--limit` takes a number, not `{text}`")).into())
        }
    }
}

fn one_node(workspace: &Workspace, line: &Line) -> Result<crate::resource::UniqueId, CommandError> {
    use ResourceType::{Analysis, Model, Seed, Snapshot, Test};
    let chosen = selection::nodes(workspace, line, &[Model, Seed, Snapshot, Test, Analysis])?;
    // A name also selects the tests of what it names; one test alone is meant when nothing else is selected.
    let is_test = |id: &&crate::resource::UniqueId| workspace.manifest.nodes[*id].resource_type == Test;
    let (tests, others): (Vec<_>, Vec<_>) = chosen.iter().partition(is_test);
    match (others.as_slice(), tests.as_slice()) {
        ([one], _) | ([], [one]) => Ok((*one).clone()),
        ([], []) => Err(Diagnostic::error(Kind::Usage, "E0173", "nothing is selected to be shown")
            .with_help("name a model: martlet show --select NAME, or give --inline SQL")
            .into()),
        _ => Err(Diagnostic::error(
            Kind::Usage,
            "E0174",
            format!("{} nodes are selected; `show` shows one", chosen.len()),
        )
        .with_help("narrow the selection")
        .into()),
    }
}

fn show(workspace: &Workspace, line: &Line, name: &str, table: &Table) -> Result<(), CommandError> {
    let format = line.matches.get_one::<String>("output").map_or("text", String::as_str);
    let text = match format {
        "json" => json(name, table),
        "csv" => csv(table)?,
        _ => {
            let what = if name.is_empty() { "inline node".to_owned() } else { format!("node '{name}'") };
            workspace.setup.reporter.info(&format!("Previewing {what}:"));
            grid(table)
        }
    };
    Ok(workspace.setup.reporter.data(&text)?)
}

/// Shows some rows of each seed that was loaded.
pub fn seeds(workspace: &Workspace, results: &RunResults, session: &Session) -> Result<(), CommandError> {
    for result in results.results.iter().filter(|result| result.status == Status::Success) {
        let Some(node) = workspace.manifest.nodes.get(&result.unique_id) else { continue };
        let sql = format!("select * from {}", relation(node).render());
        let (_, table) = session.query(&sql, Some(LIMIT)).map_err(|error| unreachable(&error))?;
        workspace.setup.reporter.info(&format!("Random sample of table: {}", relation(node).render()));
        workspace.setup.reporter.data(&grid(&table))?;
    }
    Ok(())
}

fn grid(table: &Table) -> String {
    let mut grid = Grid::new();
    grid.load_style(ASCII_MARKDOWN);
    grid.set_header(table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>());
    for row in &table.rows {
        grid.add_row(row.iter().map(cell).collect::<Vec<_>>());
    }
    format!("{grid}\n")
}

fn cell(datum: &Datum) -> Cell {
    let is_number = matches!(datum, Datum::Integer(_) | Datum::Float(_) | Datum::Decimal(_));
    let cell = Cell::new(datum.to_string());
    if is_number { cell.set_alignment(CellAlignment::Right) } else { cell }
}

fn json(name: &str, table: &Table) -> String {
    let row = |row: &Vec<Datum>| {
        let cells = table.columns.iter().zip(row).map(|(column, datum)| (column.name.clone(), json_value(datum)));
        Value::Object(cells.collect::<Map>())
    };
    let mut shown = Map::new();
    if !name.is_empty() {
        shown.insert("node".into(), name.into());
    }
    shown.insert("show".into(), table.rows.iter().map(row).collect());
    format!("{:#}\n", Value::Object(shown))
}

fn json_value(datum: &Datum) -> Value {
    match datum {
        Datum::Null => Value::Null,
        Datum::Bool(value) => (*value).into(),
        Datum::Integer(number) => i64::try_from(*number).map_or_else(|_| Value::from(number.to_string()), Value::from),
        Datum::Float(number) => (*number).into(),
        Datum::Decimal(text) => text.parse::<f64>().map_or_else(|_| Value::from(text.as_str()), Value::from),
        Datum::List(items) => items.iter().map(json_value).collect(),
        Datum::Struct(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), json_value(value))).collect())
        }
        other => other.to_string().into(),
    }
}

fn csv(table: &Table) -> Result<String, CommandError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| CommandError::from(std::io::Error::other(error));
    writer.write_record(table.columns.iter().map(|column| column.name.as_str())).map_err(failed)?;
    for row in &table.rows {
        let cells = row.iter().map(|datum| if *datum == Datum::Null { String::new() } else { datum.to_string() });
        writer.write_record(cells).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| CommandError::from(std::io::Error::other(error.to_string())))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
