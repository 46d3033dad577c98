//! Events into terminal lines or JSON lines; the only module that prints.
//!
//! Data that a program reads goes to stdout; everything else to stderr, except that JSON log lines are data too.

mod batch;
mod catalogue;
mod connections;
mod deprecations;
mod drawing;
mod entry;
mod freshness;
mod json_lines;
mod log_file;
mod nodes;
mod options;
mod progress;
mod reporter;
mod statement;
mod summary;
mod text;

pub use catalogue::{code as event_code, names as event_names};
pub use deprecations::{DeprecationRules, Deprecations, Naming, SUMMARY as DEPRECATIONS_SUMMARY, Shows};
pub use entry::{Entry, Shown};
pub use freshness::{FreshnessOutcome, freshness_end, freshness_failure, freshness_result, freshness_started};
pub use json_lines::node_info;
pub use log_file::{LogFile, LogFileOptions};
pub use nodes::no_op_line;
pub use options::{Format, Level, ReportOptions};
pub use reporter::Reporter;
pub use summary::{Failure, KindCount, counted};
pub use text::{count, kind};
