//! Arguments of the command line and one file per command.

mod command;
mod flags;

pub use command::martlet;
pub use flags::Flags;
