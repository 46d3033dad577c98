//! Names resolved into one immutable `Manifest`.
