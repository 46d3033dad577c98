//! Martlet: a dbt-compatible SQL transformation engine over embedded DuckDB.
//!
//! The modules stand in the order of the pipeline, and imports go down it only. A command reads as the pipeline:
//! `Project::load → parse → Manifest::resolve → Graph::new → select → compile → run → export`, each step taking and giving a
//! different immutable type.

pub mod diagnostic;

pub mod resource;
pub mod yaml;

pub mod adapter;
pub mod project;

pub mod template;

pub mod parse;

pub mod manifest;

pub mod graph;
pub mod state;

pub mod select;

pub mod compile;

pub mod run;

pub mod export;

pub mod artifact;

pub mod report;

pub mod cli;
