//! Generic tests: what a `data_tests:` entry of a properties file says, made into a node.

mod build;
mod call;
mod deprecated;
mod entry;
mod name;
pub(crate) mod text;

pub(crate) use build::{Target, Tested};
pub use call::call_text;
