//! The DAG: order, ancestors, descendants, cycle report.
