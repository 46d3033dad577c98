//! A project's files into unresolved resources: every template is rendered once without a database, to learn what it refers
//! to and how it is configured; every properties file is read, and its entries are joined with what they describe.
//!
//! The result names other resources only as they were written; [`crate::manifest`] finds what they mean.

mod blocks;
mod config;
mod docs;
mod files;
mod generic;
mod literal;
mod naming;
mod parsed;
mod properties;
mod quick;
mod render;
mod templates;

pub use parsed::{Disabled, MacroArgument, MacroEntry, Parsed};
