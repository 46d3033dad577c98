//! Runs nodes on worker threads and returns their results.
