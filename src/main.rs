//! The `martlet` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    martlet::cli::run(std::env::args_os())
}
