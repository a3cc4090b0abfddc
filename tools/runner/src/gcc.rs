//! Modules in C: one file, compiled against `modules/include`.
//!
//! ```text
//!  modules/NAME.c ──gcc──► c/NAME.o ──link.rs──► modules/NAME.ko
//!  FILE.c of --module ───► c/extra/NAME.o ─────► c/extra/NAME.ko
//! ```
//!
//! The flags are those of the Rust modules in C's words (`.cargo/config.toml`):
//! position-independent, z196, back chain, no floating point; and probes of each page of
//! a large frame, which rustc makes unasked. As Kbuild does, the compiler gets the
//! module's name and includes `linux/compiler_types.h` first. The ABI stamp is the one
//! that the module crates carry, so the kernel checks a module in C as it checks them.

use crate::error::Error;
use crate::layout::{self, Module};
use crate::link;
use crate::program::succeed;
use object::{Object, ObjectSection};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The compiler.
pub const COMPILER: &str = "s390x-linux-gnu-gcc";

/// How modules are compiled, but for what names the module.
pub const FLAGS: [&str; 22] = [
    "-std=gnu11",
    "-O2",
    "-march=z196",
    "-mbackchain",
    "-msoft-float",
    "-fPIC",
    "-ffreestanding",
    "-fno-asynchronous-unwind-tables",
    "-fno-common",
    "-fno-delete-null-pointer-checks",
    "-fno-stack-protector",
    "-fno-strict-aliasing",
    "-fno-strict-overflow",
    "-fstack-clash-protection",
    "-nostdinc",
    "-Wall",
    "-Wextra",
    // What C once allowed, and what of it reads or writes elsewhere.
    "-Werror=implicit-function-declaration",
    "-Werror=implicit-int",
    "-Werror=incompatible-pointer-types",
    "-Werror=return-type",
    "-g",
];

/// What the kernel checks in a module: read from the first crate that has it.
pub fn stamp(crates: &[&Module]) -> Result<String, Error> {
    for module in crates {
        let path = module.linked();
        let data = fs::read(&path).map_err(Error::file("read", &path))?;
        let file = object::File::parse(&*data).map_err(Error::object(&path))?;
        let Some(section) = file.section_by_name(".modinfo") else {
            continue;
        };
        let information = section.data().map_err(Error::object(&path))?;
        let stamp = information
            .split(|&byte| byte == 0)
            .find_map(|entry| std::str::from_utf8(entry).ok()?.strip_prefix("vermagic="));
        if let Some(stamp) = stamp {
            return Ok(stamp.to_owned());
        }
    }
    Err(Error::NoStamp)
}

/// A compiler call for one file.
pub fn command(name: &str, source: &Path, stamp: &str) -> Command {
    let mut command = Command::new(COMPILER);
    command.args(FLAGS);
    command.arg("-I").arg(layout::include());
    command.args([
        "-include",
        "linux/compiler_types.h",
        "-include",
        "linux/kconfig.h",
    ]);
    command.args(["-D__KERNEL__", "-DMODULE"]);
    // As Kbuild makes it of the file's name.
    let name = name.replace('-', "_");
    command.arg(format!("-DKBUILD_MODNAME=\"{name}\""));
    command.arg(format!("-DKBUILD_BASENAME=\"{name}\""));
    command.arg(format!("-DMODULE_ABI_STAMP=\"{stamp}\""));
    // Assertions name their file: by its path in the tree, not on this machine.
    let prefix = format!("{}/=", layout::root().display());
    command.arg(format!("-fmacro-prefix-map={prefix}"));
    command.arg("-c").arg(source);
    command
}

/// Compiles a module of the tree if it or a header is newer. Its warnings are
/// errors.
pub fn module(module: &Module, stamp: &str) -> Result<(), Error> {
    let Some(source) = &module.source else {
        return Ok(());
    };
    let output = module.compiled();
    let folder = output.parent().unwrap_or(&output).to_owned();
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    let mut inputs = headers(&layout::include())?;
    inputs.extend(headers(source.parent().unwrap_or(source))?);
    inputs.push(source.clone());
    inputs.push(remember(&folder, stamp)?);
    let inputs: Vec<&Path> = inputs.iter().map(PathBuf::as_path).collect();
    if link::is_newer(&output, &inputs) {
        return Ok(());
    }
    let mut command = command(&module.name, source, stamp);
    command.arg("-Werror");
    compile(command, &module.name, &output)
}

/// Compiles and links a file of `--module`; returns the module.
pub fn extra(name: &str, source: &Path, stamp: &str) -> Result<PathBuf, Error> {
    let folder = layout::release().join("c/extra");
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    // gcc would only say that there is no input file.
    fs::metadata(source).map_err(Error::file("read", source))?;
    let object = folder.join(format!("{name}.o"));
    compile(command(name, source, stamp), name, &object)?;
    let module = folder.join(format!("{name}.ko"));
    link::unchecked(name, &object, &module)?;
    Ok(module)
}

/// Runs the compiler; two runners may do so at once.
fn compile(mut command: Command, name: &str, output: &Path) -> Result<(), Error> {
    let unfinished = output.with_extension(format!("o.{}", std::process::id()));
    command.arg("-o").arg(&unfinished);
    succeed(&mut command, &format!("{COMPILER} of module {name}"))?;
    fs::rename(&unfinished, output).map_err(Error::file("write", output))
}

/// A file that is as old as the present stamp and flags.
fn remember(folder: &Path, stamp: &str) -> Result<PathBuf, Error> {
    let path = folder.join("built-with");
    let text = format!("{stamp}\n{}\n", FLAGS.join(" "));
    if fs::read_to_string(&path).ok().as_deref() != Some(&text) {
        fs::write(&path, text).map_err(Error::file("write", &path))?;
    }
    Ok(path)
}

/// The headers of a folder, and of those in it.
fn headers(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in folder.read_dir().map_err(Error::file("read", folder))? {
        let path = entry.map_err(Error::file("read", folder))?.path();
        if path.is_dir() && folder.starts_with(layout::include()) {
            found.extend(headers(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "h") {
            found.push(path);
        }
    }
    Ok(found)
}
