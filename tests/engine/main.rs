//! The engine's own tests: the real program run on small projects, one file per feature.
//!
//! A project is built with [`project::Project`]; expected output stands beside it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod architecture;
mod guide;
mod project;
