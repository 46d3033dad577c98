//! Selected nodes into SQL, with a map back to the source.
//!
//! [`Compiler`] renders a node with `execute` true and puts the ephemeral models it refers to in; [`origin`] finds the place in
//! the user's file that a byte of the compiled statement came from, by rendering once more with marks, after an error only.

mod code;
mod columns;
mod comment;
mod compiler;
mod ephemeral;
mod foreign_key;
mod origin;
mod resolver;
mod unit_test;

pub use comment::{CommentSetting, CommentSource};
pub use compiler::{Compiled, Compiler, CompilerParts};
pub use ephemeral::{Cte, Segment};
pub use foreign_key::ForeignKeys;
pub use origin::head;
pub use resolver::{NodeResolver, Rows};
