//! Generic tests: what a `data_tests:` entry of a properties file says, made into a node.

mod name;
pub(crate) mod text;
