//! kmod-inspect, started for a grader.

use crate::build::layout;
use crate::error::Error;
use std::process::{Command, Output};

/// What it says with these arguments.
///
/// # Errors
/// If it can't be built or started.
pub fn run(arguments: &[&str]) -> Result<Output, Error> {
    let mut command = match layout::is_kit() {
        true => Command::new(layout::target().join("debug/kmod-inspect")),
        false => {
            let mut cargo = Command::new("cargo");
            cargo.current_dir(layout::root());
            cargo.args(["run", "--quiet", "-p", "kmod-inspect", "--"]);
            cargo
        }
    };
    let output = command.args(arguments).output();
    output.map_err(Error::start("kmod-inspect"))
}

/// The path of a module of the tree, linked.
pub fn module(name: &str) -> String {
    let path = layout::release().join(format!("modules/{name}.ko"));
    path.display().to_string()
}
