//! Compiles the lessons, each by itself: the shipped modules' build would refuse most
//! of them.

use super::catalogue::{How, Lesson};
use crate::build::Guest;
use crate::build::c::compiler::Compiler;
use crate::build::program::succeed;
use crate::build::toolchain::{self, Toolchain};
use crate::build::{c, layout, link};
use crate::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What the compiler makes of it.
pub enum Compiled {
    /// A linked module.
    Module(PathBuf),
    /// What the compiler has to say.
    Refusal(String),
}

fn sources() -> PathBuf {
    layout::root().join("modules/lessons")
}

fn folder(compiler: Compiler) -> Result<PathBuf, Error> {
    let folder = layout::release().join(format!("lessons{}", compiler.suffix()));
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    Ok(folder)
}

/// Compiles and links a lesson.
pub fn lesson(toolchain: Toolchain, guest: &Guest, lesson: &Lesson) -> Result<Compiled, Error> {
    let folder = folder(guest.compiler)?;
    let object = folder.join(format!("{}.o", lesson.name));
    let module = folder.join(format!("{}.ko", lesson.name));
    match lesson.how {
        How::C | How::CWith(..) => {
            let (file, flags) = match lesson.how {
                How::CWith(file, flag) => (file, vec![flag]),
                _ => (lesson.name, vec![]),
            };
            let output = c(lesson.name, file, &flags, guest, &object)?;
            if !output.status.success() {
                let message = String::from_utf8_lossy(&output.stderr);
                let root = format!("{}/", layout::root().display());
                return Ok(Compiled::Refusal(message.replace(&root, "")));
            }
            link::unchecked(lesson.name, &object, &module)?;
        }
        How::Rust {
            package,
            model,
            crate_type,
        } => {
            let mut cargo = toolchain.cargo("rustc");
            cargo.args(["-p", package, "--crate-type", crate_type]);
            // The model is given twice: here for cargo, which compiles again when it
            // changes, and to the wrapper, whose word is the last.
            cargo.args(["--", "-C", &format!("relocation-model={model}")]);
            cargo.arg(format!("--emit=obj={}", object.display()));
            cargo.env("RUSTC_WORKSPACE_WRAPPER", sources().join("rustc.sh"));
            cargo.env("LESSON_MODEL", model).env("LESSON", lesson.name);
            succeed(&mut cargo, &format!("cargo rustc of {package}"))?;
            link::unchecked(lesson.name, &object, &module)?;
        }
        How::RustModule(package) => {
            let mut cargo = toolchain.cargo("build");
            cargo.args(["-p", package]);
            succeed(&mut cargo, &format!("cargo build of {package}"))?;
            let archive = layout::release().join(format!("lib{}.a", package.replace('-', "_")));
            link::unchecked(lesson.name, &archive, &module)?;
        }
    }
    Ok(Compiled::Module(module))
}

/// Compiles the mail's function; returns the object.
pub fn mail(guest: &Guest) -> Result<PathBuf, Error> {
    let object = folder(guest.compiler)?.join("mail.o");
    let output = c("mail", "mail", &[], guest, &object)?;
    match output.status.success() {
        true => Ok(object),
        false => Err(Error::Program {
            program: format!("{} of mail.c", c::COMPILER),
            status: output.status,
        }),
    }
}

fn c(
    name: &str,
    file: &str,
    flags: &[&str],
    guest: &Guest,
    object: &Path,
) -> Result<Output, Error> {
    let source = sources().join(format!("{file}.c"));
    let mut command = c::command(guest.compiler, name, &source, &guest.stamp);
    command.args(flags);
    // The messages are looked at: in English.
    command.arg("-o").arg(object).env("LC_ALL", "C");
    output(&mut command)
}

fn output(command: &mut Command) -> Result<Output, Error> {
    command.output().map_err(|source| Error::Start {
        program: command.get_program().to_string_lossy().into_owned(),
        source,
    })
}

/// Names and versions of both compilers.
pub fn compilers() -> Result<(String, String), Error> {
    let gcc = output(Command::new(c::COMPILER).arg("-dumpfullversion"))?;
    let gcc = String::from_utf8_lossy(&gcc.stdout);
    let rustc = toolchain::compiler()?;
    let rustc: Vec<&str> = rustc.split_whitespace().take(2).collect();
    Ok((format!("gcc {}", gcc.trim()), rustc.join(" ")))
}
