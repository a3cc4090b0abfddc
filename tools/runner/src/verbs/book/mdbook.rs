//! mdBook: the one in PATH, or one that is built once into `target/mdbook`.

use crate::build::layout;
use crate::error::Error;
use crate::screen::output;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The version that the book is written for; a later 0.5 will do.
const VERSION: &str = "0.5";

/// The program, if it is here.
pub fn found() -> Option<PathBuf> {
    let built = layout::target().join("mdbook/bin/mdbook");
    [built, PathBuf::from("mdbook")]
        .into_iter()
        .find(|program| {
            let version = Command::new(program).arg("--version").output();
            let is_ours = |text: &str| text.trim().starts_with(&format!("mdbook v{VERSION}."));
            version.is_ok_and(|it| is_ours(&String::from_utf8_lossy(&it.stdout)))
        })
}

/// The program; without one here it is fetched from crates.io and built, which is reported first.
///
/// # Errors
/// If it can't be had.
pub fn program() -> Result<PathBuf, Error> {
    if let Some(found) = found() {
        return Ok(found);
    }
    let root = layout::target().join("mdbook");
    output::message!(
        "mdBook {VERSION} isn't here: cargo fetches and builds it once, two minutes, into {}",
        root.display()
    );
    let mut cargo = Command::new("cargo");
    cargo.args(["install", "mdbook", "--version", &format!("^{VERSION}")]);
    cargo.args(["--locked", "--quiet", "--root"]).arg(&root);
    cargo.stdin(Stdio::null());
    let status = cargo.status().map_err(Error::start("cargo install"))?;
    if !status.success() {
        return Err(Error::Program {
            program: "cargo install mdbook (is there a network?)".to_owned(),
            status,
        });
    }
    found().ok_or(Error::Program {
        program: "mdbook --version".to_owned(),
        status,
    })
}
