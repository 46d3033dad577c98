//! Selected nodes into SQL, with a map back to the source.

mod ephemeral;
