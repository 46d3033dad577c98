//! One call of the program as templates see it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::arguments::template_flags;
use super::warnings::{Fate, WarnPolicy};
use super::{Flags, Line};
use crate::artifact::DBT_VERSION;
use crate::diagnostic::{Diagnostic, Kind};
use crate::project::{Project, Target};
use crate::report::{Level, Reporter};
use crate::resource::Map;
use crate::template::{Invocation, Saying};

/// Returns the flags as artifacts and `invocation_args_dict` show them.
pub(super) fn invocation(
    line: &Line,
    flags: &Flags,
    (project, target): (&Project, &Target),
    (args, cli_vars): (&Map, Map),
    (reporter, policy): (&Arc<Reporter>, &WarnPolicy),
) -> Arc<Invocation> {
    let fate = policy.fate("JinjaLogWarning");
    let template_flags = template_flags(flags, args, project);
    let project_vars: BTreeMap<String, Map> =
        project.with_packages().map(|package| (package.name.clone(), package.vars.clone())).collect();
    let (log, warn) = (Arc::clone(reporter), Arc::clone(reporter));
    Arc::new(Invocation {
        invocation_id: line.invocation_id.clone(),
        run_started_at: line.started_at,
        dbt_version: DBT_VERSION.to_owned(),
        project_name: project.name.clone(),
        target: target.context.clone(),
        quoting: project.quoting,
        flags: template_flags,
        args: args.clone(),
        runtime: runtime(project, target, args, &cli_vars),
        environment: line.environment.clone(),
        cli_vars,
        project_vars,
        log: Arc::new(move |text, saying| match saying {
            Saying::Log => log.said(Level::Debug, text),
            Saying::Info => log.said(Level::Info, text),
            Saying::Print => log.print(text),
            Saying::AdapterWarning => {
                let warning = Diagnostic::warning(Kind::Runtime, "W0610", text).as_event("AdapterEventWarning", []);
                log.diagnostic(&warning);
            }
        }),
        warn: Arc::new(move |text| {
            if fate == Fate::Shown {
                let warning = Diagnostic::warning(Kind::Compilation, "W0610", text).as_event("JinjaLogWarning", []);
                warn.diagnostic(&warning);
            }
            fate == Fate::Error
        }),
    })
}

/// What dbt's configuration object shows of a project and its command line, as far as packages use it.
fn runtime(project: &Project, target: &Target, args: &Map, cli_vars: &Map) -> Map {
    let shown = |package: &Project| serde_json::json!({"project_name": package.name, "version": package.version});
    let dependencies: Map = project.with_packages().map(|package| (package.name.clone(), shown(package))).collect();
    let values = serde_json::json!({
        "project_name": project.name,
        "version": project.version,
        "profile_name": target.context.get("profile_name"),
        "target_name": target.context.get("name"),
        "threads": target.context.get("threads"),
        "project_root": project.root.to_string_lossy(),
        "dependencies": dependencies,
        "vars": project.vars,
        "cli_vars": cli_vars,
        "args": args,
        "credentials": target.context,
    });
    values.as_object().cloned().unwrap_or_default()
}
