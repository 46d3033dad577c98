//! `run-operation`: calls a macro.

use std::collections::BTreeMap;

use crate::cli::workspace::Workspace;
use crate::cli::{CommandError, Done, Line};
use crate::diagnostic::{Diagnostic, Kind};
use crate::project::parse_vars;
use crate::resource::Map;
use crate::run::unreachable;
use crate::template::Arguments;

/// Runs the command.
pub fn run(workspace: &Workspace, line: &Line) -> Result<Done, CommandError> {
    let name = line.matches.get_one::<String>("macro").map_or("", String::as_str);
    let keyword = match line.matches.get_one::<String>("args") {
        Some(text) => parse_vars(text, &line.current)
            .map_err(|diagnostic| Diagnostic { title: diagnostic.title.replace("--vars", "--args"), ..diagnostic })?,
        None => Map::new(),
    };
    let root = workspace.setup.project.name.as_str();
    let (package, bare) = match name.split_once('.') {
        Some((package, bare)) => (Some(package), bare),
        None => (None, name),
    };
    let registry = workspace.engine.registry();
    let Some(found) = registry.find(package, bare, root) else {
        let names = registry.macros().map(|known| known.name.as_str());
        let title = format!("dbt could not find a macro with the name \"{name}\" in any package");
        return Err(Diagnostic::error(Kind::Runtime, "E0170", title).with_nearest(bare, names).into());
    };
    let id = found.unique_id.clone();
    // In dbt, `model` is the macro itself.
    let model = serde_json::json!({
        "name": found.name,
        "unique_id": id.as_str(),
        "resource_type": "macro",
        "package_name": found.package,
        "path": found.original_file_path,
        "original_file_path": found.original_file_path,
    });
    let session = workspace.session()?;
    let compiler = workspace.compiler(Vec::new());
    session.serve(compiler.caller("macro", None)?);
    let context = compiler.text_context(
        &compiler.text_resolver(root),
        Some(&session),
        BTreeMap::from([("model".to_owned(), model)]),
    );
    let called = workspace.engine.call(&id, Arguments { positional: Vec::new(), keyword }, &context);
    match called {
        Ok(_) => {
            session.connection().commit().map_err(|error| unreachable(&error))?;
            Ok(Done::Success)
        }
        Err(failure) => {
            workspace.setup.reporter.diagnostic(&failure.into_diagnostic("E0171"));
            Ok(Done::Failure)
        }
    }
}
