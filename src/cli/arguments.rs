//! The arguments of a command as dbt's artifacts and templates show them, and what templates see as `flags`.

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
    arguments.extend(line.own_args.clone());
    let last_word = line.command.split(' ').next_back().unwrap_or_default();
    arguments.insert("which".into(), last_word.into());
    arguments.insert("vars".into(), Value::Object(scrubbed(vars)));
    arguments.insert("project_dir".into(), project.root.to_string_lossy().into());
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
