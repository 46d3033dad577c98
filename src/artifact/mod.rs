//! The published JSON shapes: manifest.json, run_results.json.
