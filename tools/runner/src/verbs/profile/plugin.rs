//! The TCG plugin: built by this machine's C compiler, since QEMU loads it.

use crate::build::program::succeed;
use crate::build::{layout, link};
use crate::error::Error;
use crate::guest::watch::path_in_proc;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{self, Command};

/// Builds it if its source is newer; returns its path.
pub fn build() -> Result<PathBuf, Error> {
    let folder = layout::root().join("tools/profile");
    let source = folder.join("profile.c");
    let output = layout::release().join("profile.so");
    if !link::is_newer(&output, &[&source, &folder.join("qemu_plugin.h")]) {
        // Two runners may do so at once.
        let unfinished = output.with_extension(format!("so.{}", process::id()));
        let mut compiler = Command::new("cc");
        compiler.args(["-std=gnu11", "-O2", "-fPIC", "-fvisibility=hidden"]);
        compiler.args(["-Wall", "-Wextra", "-Werror", "-shared", "-o"]);
        compiler.arg(&unfinished).arg(&source);
        succeed(&mut compiler, "cc of the QEMU plugin")?;
        fs::rename(&unfinished, &output).map_err(Error::file("write", &output))?;
    }
    Ok(output)
}

/// The value of QEMU's option `-plugin`.
pub fn argument(plugin: &Path, out: &File, begin: u64, end: u64) -> String {
    // As QEMU's options have a comma that is part of a value.
    let plugin = plugin.to_string_lossy().replace(',', ",,");
    let out = path_in_proc(out);
    format!("{plugin},out={out},begin={begin:#x},end={end:#x}")
}
