//! Files into unresolved resources: runs templates with `execute` false to collect ref, source and config.
