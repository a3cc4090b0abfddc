//! A file of Linux's as a module: the compiler's warnings are its authors' concern.

use super::catalogue::Source;
use crate::build::Guest;
use crate::build::c::compiler::Compiler;
use crate::build::{c, layout, link};
use crate::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// What the compiler makes of it.
pub enum Compiled {
    /// A linked module.
    Module(PathBuf),
    /// The first of its errors.
    Refusal(String),
}

/// Compiles and links a file of the tree.
pub fn source(
    guest: &Guest,
    compiler: Compiler,
    tree: &Path,
    source: &Source,
) -> Result<Compiled, Error> {
    let folder = layout::release().join(format!("linux-sources{}", compiler.suffix()));
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    let object = folder.join(format!("{}.o", source.name()));
    let module = folder.join(format!("{}.ko", source.name()));
    let mut command = c::command(
        compiler,
        source.name(),
        &tree.join(source.path),
        &guest.stamp,
    );
    command.args(source.flags);
    command.arg("-o").arg(&object).env("LC_ALL", "C");
    let output = command.output().map_err(Error::start(compiler.program()))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let error = text.lines().find_map(|line| line.split_once("error: "));
        let error = error.map_or("the compiler fails", |(_, error)| error);
        return Ok(Compiled::Refusal(error.to_owned()));
    }
    link::unchecked(source.name(), &object, &module)?;
    Ok(Compiled::Module(module))
}
