//! YAML into typed values that keep file, line and column; the only caller of the YAML reader.
//!
//! Reads what PyYAML reads in dbt projects: YAML 1.1 truth words (`yes`, `no`, `on`, `off`), anchors, merge keys, dates as
//! text, octal and underscored numbers; a key given twice is an error that shows both places.

mod value;

pub use value::{Entry, Yaml, YamlValue};
