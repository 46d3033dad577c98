//! YAML into typed values that keep file, line and column; the only caller of the YAML reader.
