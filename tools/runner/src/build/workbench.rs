//! The workbench of `report`'s page, compiled to WebAssembly (`tools/workbench`).

use super::layout;
use super::program::succeed;
use super::toolchain::Toolchain;
use crate::error::Error;
use crate::screen::output;
use std::fs;

/// The program; `None`, and a word about it, where it can't be built.
pub fn workbench(toolchain: Toolchain) -> Option<Vec<u8>> {
    match build(toolchain) {
        Ok(program) => Some(program),
        Err(error) => {
            output::message!("the page will be without its workbench: {error}");
            if toolchain == Toolchain::Prebuilt {
                let target = layout::PAGE_TARGET;
                output::message!("it needs rustup target add {target}");
            }
            None
        }
    }
}

fn build(toolchain: Toolchain) -> Result<Vec<u8>, Error> {
    let path = layout::workbench();
    if !path.exists() {
        output::message!(
            "building the workbench of the page, for WebAssembly: half a minute, once"
        );
    }
    let mut command = toolchain.cargo_for_page("build");
    command.args(["--quiet", "-p", "workbench"]);
    succeed(&mut command, "cargo build -p workbench")?;
    fs::read(&path).map_err(Error::file("read", &path))
}
