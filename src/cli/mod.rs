//! Arguments of the command line and one file per command.
