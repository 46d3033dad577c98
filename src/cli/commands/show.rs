//! `show`: runs one model or an inline query and shows its first rows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use chrono::Utc;
use comfy_table::presets::ASCII_MARKDOWN;
use comfy_table::{Cell, CellAlignment, Table as Grid};

use crate::adapter::{Datum, Session, Table};
use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line, selection};
use crate::compile::Compiled;
use crate::diagnostic::{Diagnostic, Kind, SourceFile};
use crate::report::{Entry, Level};
use crate::resource::{Detail, Map, ModelDetail, Node, Relation, ResourceType, UniqueId, Value};
use crate::run::{NodeResult, RunResults, Status, unreachable};
use crate::template::{Arguments, Context};

/// How many rows are shown when nothing else is asked for.
const LIMIT: usize = 5;

/// Runs the command.
pub fn run(workspace: &Workspace, line: &Line) -> Result<Done, CommandError> {
    let limit = limit(line)?;
    workspace.write_manifest(&std::collections::HashMap::new())?;
    let session = workspace.session()?;
    if let Some(sql) = line.matches.get_one::<String>("inline-direct") {
        let (_, table) = session.query(sql, limit).map_err(|error| unreachable(&error))?;
        show(workspace, line, "", &table)?;
        return Ok(Done::Success);
    }
    if let Some(sql) = line.matches.get_one::<String>("inline") {
        let file = SourceFile::new("<--inline>", sql.as_str());
        let compiled = workspace.compiler(Vec::new()).compile_text(&file, Some(&session));
        let compiled = compiled.map_err(|failure| super::compile::inline_mistake(workspace, failure))?;
        return inline(workspace, line, &compiled, (&session, limit));
    }
    let (started, mut results) = (Instant::now(), Vec::new());
    for id in chosen(workspace, line)? {
        results.push(preview(workspace, line, &workspace.manifest.nodes[&id], (&session, limit))?);
    }
    super::compile::write_results(workspace, results, started)?;
    Ok(Done::Success)
}

/// Shows what SQL of the command line gives.
fn inline(
    workspace: &Workspace,
    line: &Line,
    compiled: &Compiled,
    (session, limit): (&Arc<Session>, Option<usize>),
) -> Result<Done, CommandError> {
    let began = (Instant::now(), Utc::now());
    let compiler = workspace.compiler(Vec::new());
    let resolver = compiler.text_resolver(&workspace.setup.project.name);
    let context = compiler.text_context(&resolver, Some(session), BTreeMap::new());
    let sql = limited(workspace, &compiled.sql, (Value::Null, limit), &context)?;
    let (_, table) = session.query(&sql, limit).map_err(|error| {
        let excerpt = error.with_excerpt().replace('\n', "\n  ");
        let words = format!("Runtime Error in sql_operation inline_query (from remote system.sql)\n  {excerpt}");
        unreachable(&error).in_words(words)
    })?;
    let id = UniqueId::new(ResourceType::SqlOperation, &workspace.setup.project.name, "inline_query");
    let result =
        NodeResult { compiled_code: Some(sql), adapter_response: answered(), ..super::compile::result(id, began) };
    super::compile::write_results(workspace, vec![result], began.0)?;
    show(workspace, line, "", &table)?;
    Ok(Done::Success)
}

/// Returns the statement that is shown, which a project's own `get_show_sql` or `get_limit_sql` may word.
fn limited(
    workspace: &Workspace,
    sql: &str,
    (header, limit): (Value, Option<usize>),
    context: &Arc<Context>,
) -> Result<String, CommandError> {
    let name = workspace.setup.project.name.as_str();
    let Some(found) = workspace.engine.registry().find(None, "get_show_sql", name) else { return Ok(sql.to_owned()) };
    let keyword = serde_json::json!({"compiled_code": sql, "sql_header": header, "limit": limit});
    let keyword = keyword.as_object().cloned().unwrap_or_default();
    let arguments = Arguments { positional: Vec::new(), keyword };
    let called = workspace.engine.call(&found.unique_id, arguments, context);
    let called = called.map_err(|failure| failure.into_diagnostic("E0605"))?;
    Ok(called.as_str().unwrap_or(sql).to_owned())
}

/// Shows what the query of one node gives; of a seed, its table.
fn preview(
    workspace: &Workspace,
    line: &Line,
    node: &Node,
    (session, limit): (&Arc<Session>, Option<usize>),
) -> Result<NodeResult, CommandError> {
    let began = (Instant::now(), Utc::now());
    let compiler = workspace.compiler(vec![node.unique_id.to_string()]);
    let compiled = if node.resource_type == ResourceType::Seed {
        Compiled::plain(&format!("select * from {}", relation(node).render()))
    } else {
        session.serve(compiler.caller("", Some(node))?);
        compiler.compile(node, Some(session)).map_err(|failure| failure.into_diagnostic("E0605"))?
    };
    let (context, _) = compiler.context(node, Some(session), BTreeMap::new());
    let header = node.config.0.get("sql_header").cloned().unwrap_or_default();
    let sql = match node.resource_type {
        ResourceType::Seed => compiled.sql.clone(),
        _ => limited(workspace, &compiled.sql, (header, limit), &context)?,
    };
    let answer = session.query(&sql, limit);
    let (_, table) = answer.map_err(|error| match node.resource_type {
        ResourceType::Seed => unreachable(&error),
        _ => workspace.compiler(Vec::new()).explain(node, &compiled, &error, Some(session)),
    })?;
    let name = match &node.detail {
        Detail::Model(ModelDetail { version: Some(version), .. }) => format!("{}.v{version}", node.name),
        _ => node.name.clone(),
    };
    let is_code = node.resource_type != ResourceType::Seed;
    let result = NodeResult {
        compiled_code: is_code.then_some(sql),
        relation_name: node.relation.as_ref().filter(|_| is_code).map(Relation::render),
        adapter_response: answered(),
        ..super::compile::result(node.unique_id.clone(), began)
    };
    show(workspace, line, &name, &table).map(|()| result)
}

/// What `run_results.json` says of the database's answer to a query that was shown.
fn answered() -> Map {
    let unknown = ["code", "rows_affected", "query_id"].map(|key| (key.to_owned(), Value::Null));
    std::iter::once(("_message".to_owned(), "OK".into())).chain(unknown).collect()
}

fn relation(node: &Node) -> Relation {
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

/// Returns the nodes to show: as in dbt, those of what is selected that the selection names; else the only one there is.
fn chosen(workspace: &Workspace, line: &Line) -> Result<Vec<UniqueId>, CommandError> {
    use ResourceType::{Analysis, Model, Seed, Snapshot, Test};
    let is_given =
        |key: &str| line.own_args.get(key).is_some_and(|value| value.as_array().is_none_or(|list| !list.is_empty()));
    if !is_given("select") && !is_given("selector") {
        let title = "Either --select or --inline must be passed to show";
        return Err(Diagnostic::error(Kind::Runtime, "E0173", title)
            .with_help("name a model: martlet show --select NAME, or give --inline SQL")
            .into());
    }
    let chosen = selection::nodes(workspace, line, &[Model, Seed, Snapshot, Test, Analysis])?;
    let node = |id: &UniqueId| &workspace.manifest.nodes[id];
    let order = workspace.graph.order();
    let chosen: Vec<UniqueId> = order.into_iter().filter(|id| chosen.contains(id)).collect();
    let named: Vec<UniqueId> =
        chosen.iter().filter(|id| super::compile::is_named(line, &node(id).name)).cloned().collect();
    if !named.is_empty() {
        return Ok(named);
    }
    // A name also selects the tests of what it names; one test alone is meant when nothing else is selected.
    let (tests, others): (Vec<_>, Vec<_>) = chosen.iter().partition(|id| node(id).resource_type == Test);
    match (others.as_slice(), tests.as_slice()) {
        ([one], _) | ([], [one]) => Ok(vec![(*one).clone()]),
        ([], []) => Err(Diagnostic::error(Kind::Usage, "E0173", "nothing is selected to be shown")
            .with_help("name a model: martlet show --select NAME, or give --inline SQL")
            .into()),
        _ => {
            let title = format!("{} nodes are selected, and none by its name", chosen.len());
            Err(Diagnostic::error(Kind::Usage, "E0174", title).with_help("name those to show").into())
        }
    }
}

fn show(workspace: &Workspace, line: &Line, name: &str, table: &Table) -> Result<(), CommandError> {
    let format = line.matches.get_one::<String>("output").map_or("text", String::as_str);
    let what = if name.is_empty() { "inline node".to_owned() } else { format!("node '{name}'") };
    let heading = format!("Previewing {what}:");
    let (heading, text) = match format {
        "json" => (None, json(name, table)),
        "csv" => (None, csv(table)?),
        _ => (Some(heading.as_str()), grid(table)),
    };
    let message = heading.map_or_else(|| text.clone(), |heading| format!("{heading}\n{text}"));
    let told = if name.is_empty() { "inline_query" } else { name };
    let data = serde_json::json!({
        "node_name": told, "preview": text, "is_inline": name.is_empty(), "output_format": format,
    });
    let entry = Entry::new(Level::Info, "ShowNode", message, data);
    Ok(workspace.setup.reporter.output(&entry, heading, &text)?)
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
