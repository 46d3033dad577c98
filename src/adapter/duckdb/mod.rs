//! DuckDB behind the adapter traits: the only module that names the `duckdb` crate.
