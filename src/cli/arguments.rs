//! The arguments of a command as dbt's artifacts and templates show them, and what templates see as `flags`.

use std::path::PathBuf;

use serde_json::json;

use super::Line;
use super::flags::Flags;
use crate::project::{Project, parse_vars};
use crate::resource::{Map, Value};

/// Switches that have no value in dbt until they are given.
const UNSET_UNLESS_GIVEN: [&str; 11] = [
    "debug",
    "export-saved-queries",
    "fail-fast",
    "full-refresh",
    "include-saved-query",
    "inject-ephemeral-ctes",
    "log-cache-events",
    "single-threaded",
    "store-failures",
    "use-experimental-parser",
    "warn-error",
];

/// Returns the arguments: what was given, and dbt's defaults of the rest.
pub fn arguments(line: &Line, flags: &Flags, vars: &Map, project: &Project) -> Map {
    let mut arguments = standard();
    for (name, value) in &project.flags {
        if let Some(known) = arguments.get_mut(name) {
            *known = value.clone();
        }
    }
    arguments.extend(flags.to_map());
    for name in UNSET_UNLESS_GIVEN.into_iter().filter(|name| flags.given(name).is_none()) {
        arguments.shift_remove(&name.replace('-', "_"));
    }
    of_command(&line.command, &mut arguments);
    arguments.extend(line.own_args.clone());
    let last_word = line.command.split(' ').next_back().unwrap_or_default();
    arguments.insert("which".into(), last_word.into());
    arguments.insert("vars".into(), Value::Object(scrubbed(vars)));
    arguments.insert("project_dir".into(), project.root.to_string_lossy().into());
    let log_path = flags.setting("log-path").map_or_else(|| project.root.join(&project.log_path), PathBuf::from);
    arguments.insert("log_path".into(), log_path.to_string_lossy().into());
    arguments.insert("profiles_dir".into(), profiles_folder(line).to_string_lossy().into());
    arguments.insert("invocation_command".into(), line.text.as_str().into());
    if line.command == "run-operation" {
        for absent in ["empty", "select", "exclude"] {
            arguments.shift_remove(absent);
        }
        // What cannot be read is told of when the macro is called.
        let given = arguments.get("args").and_then(Value::as_str).map(|text| parse_vars(text, &line.current));
        if let Some(Ok(given)) = given {
            arguments.insert("args".into(), Value::Object(given));
        }
    }
    arguments
}

/// Adds what dbt gives for a command's own arguments where they are not given, and takes out what the command does not have.
fn of_command(command: &str, arguments: &mut Map) {
    let nothing: [&str; 0] = [];
    let (defaults, has_empty) = match command {
        "build" => {
            let defaults = json!({
                "exclude_resource_types": nothing, "resource_types": nothing, "export_saved_queries": false,
                "include_saved_query": false, "show": false,
            });
            (defaults, true)
        }
        "test" | "clone" => (json!({"exclude_resource_types": nothing, "resource_types": nothing}), false),
        "seed" => (json!({"show": false}), false),
        "compile" => (json!({"inject_ephemeral_ctes": true, "output": "text"}), true),
        "show" => (json!({"limit": 5, "output": "text"}), false),
        _ => return,
    };
    if !has_empty {
        arguments.shift_remove("empty");
    }
    for (name, value) in defaults.as_object().into_iter().flatten() {
        arguments.entry(name.clone()).or_insert_with(|| value.clone());
    }
}

/// Returns the folder of `profiles.yml`: what was asked for, else the first that has one, else the user's.
pub fn profiles_folder(line: &Line) -> PathBuf {
    if let Some(folder) = line.flags.setting("profiles-dir") {
        return PathBuf::from(folder);
    }
    let home = ["HOME", "USERPROFILE"].iter().find_map(|name| line.environment.get(*name)).map(PathBuf::from);
    let project = line.flags.setting("project-dir").map(|folder| line.current.join(folder));
    let of_user = home.iter().flat_map(|home| [home.join(".martlet"), home.join(".dbt")]);
    let mut folders = project.into_iter().chain([line.current.clone()]).chain(of_user);
    let found = folders.find(|folder| folder.join("profiles.yml").is_file());
    found.or_else(|| home.map(|home| home.join(".dbt"))).unwrap_or_else(|| line.current.clone())
}

/// Secrets do not get into files.
fn scrubbed(vars: &Map) -> Map {
    let is_secret = |name: &str| name.starts_with("DBT_ENV_SECRET");
    let clean = |(name, value): (&String, &Value)| {
        (name.clone(), if is_secret(name) { Value::from("*****") } else { value.clone() })
    };
    vars.iter().map(clean).collect()
}

/// What dbt gives where nothing else is said; the behaviour flags are those of the version whose language is spoken.
fn standard() -> Map {
    let values = json!({
        "indirect_selection": "eager",
        "log_file_max_bytes": 10_485_760,
        "log_format": "default",
        "log_format_file": "debug",
        "log_level": "info",
        "log_level_file": "debug",
        "sqlparse": {"MAX_GROUPING_DEPTH": null, "MAX_GROUPING_TOKENS": null},
        "printer_width": 80,
        "require_all_warnings_handled_by_warn_error": false,
        "require_batched_execution_for_custom_microbatch_strategy": false,
        "require_explicit_package_overrides_for_builtin_materializations": true,
        "require_generic_test_arguments_property": true,
        "require_nested_cumulative_type_params": false,
        "require_ref_searches_node_package_before_root": false,
        "require_resource_names_without_spaces": true,
        "require_unique_project_resource_names": false,
        "require_yaml_configuration_for_mf_time_spines": false,
        "skip_nodes_if_on_run_start_fails": false,
        "source_freshness_run_project_hooks": true,
        "state_modified_compare_more_unrendered_values": false,
        "state_modified_compare_vars": false,
        "validate_macro_args": false,
        "warn_error_options": {"error": [], "warn": [], "silence": []},
    });
    values.as_object().cloned().unwrap_or_default()
}

/// Returns what templates see as `flags`: the arguments in upper case, and the project's own flags.
pub fn template_flags(flags: &Flags, arguments: &Map, project: &Project) -> Map {
    let upper = |(name, value): (&String, &Value)| (name.to_uppercase(), value.clone());
    let mut seen: Map = flags.to_map().iter().map(upper).collect();
    seen.insert("WARN_ERROR".into(), flags.given("warn-error").into());
    seen.extend(arguments.iter().map(upper));
    for (name, value) in &project.flags {
        seen.entry(name.to_uppercase()).or_insert_with(|| value.clone());
    }
    seen
}
