//! Selection syntax into a set of nodes.
