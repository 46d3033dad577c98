//! The engine's own tests: the real program run on small projects, one file per feature.
//!
//! A project is built with [`project::Project`]; expected output stands beside it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::zero_sized_map_values,
    reason = "a test fails by panicking; keys alone are compared"
)]

mod architecture;
mod artifacts;
mod bad_input;
mod catalogs;
mod commands;
mod compiling;
mod contracts;
mod data_tests;
mod deprecations;
mod dialect;
mod documentation;
mod exports;
mod external;
mod freshness;
mod functions;
mod guide;
mod incremental;
mod init;
mod interrupt;
mod jinja;
mod labels;
mod logs;
mod materializations;
mod microbatch;
mod nasty_seeds;
mod news;
mod odd_inputs;
mod old_habits;
mod oracle;
mod other_data;
mod packages;
mod plugins;
mod project;
mod project_files;
mod public_habits;
mod python_models;
mod query_comments;
mod saved_queries;
mod schema_changes;
mod seeds;
mod selection;
mod selection_grammar;
mod semantic_layer;
mod snapshots;
mod state;
mod unit_tests;
