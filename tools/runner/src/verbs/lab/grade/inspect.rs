//! kmod-inspect, started for a grader.

use crate::build::layout;
use crate::error::Error;
use std::process::{Command, Output};

/// What it says with these arguments.
///
/// # Errors
/// If it can't be built or started.
pub fn run(arguments: &[&str]) -> Result<Output, Error> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(layout::root());
    cargo.args(["run", "--quiet", "-p", "kmod-inspect", "--"]);
    let output = cargo.args(arguments).output();
    output.map_err(Error::start("cargo run -p kmod-inspect"))
}

/// The path of a module of the tree, linked.
pub fn module(name: &str) -> String {
    let path = layout::release().join(format!("modules/{name}.ko"));
    path.display().to_string()
}
