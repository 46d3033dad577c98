//! Marts into CSV, Parquet and JSON files, published together.
