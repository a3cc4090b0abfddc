//! The verb `book`: `docs/book` as pages.
//!
//! * `mdbook.rs`: the program that makes them
//! * `excerpt.rs`: some lines of a listing
//! * `links.rs`: whether they hang together
//! * `listings.rs`: what the verb `lessons` puts into the chapters, and compares
//! * `costs.rs`, `machines.rs`: measured and compiled for it
//! * `linux_binaries.rs`: Debian's modules, looked at
//! * `pictures.rs`, `svg.rs`: drawn from it

mod costs;
mod excerpt;
mod links;
mod linux_binaries;
pub mod listings;
mod machines;
mod mdbook;
mod pictures;
mod svg;

use crate::build::layout;
use crate::error::Error;
use crate::screen::output;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Where the book lies, from the root of the tree.
pub const BOOK: &str = "docs/book";

/// The chapters' files, from the root of the tree.
///
/// # Errors
/// If the folder can't be read.
pub fn chapters() -> Result<Vec<String>, Error> {
    let folder = layout::root().join(BOOK).join("src");
    let mut found = Vec::new();
    for entry in folder.read_dir().map_err(Error::file("read", &folder))? {
        let name = entry.map_err(Error::file("read", &folder))?.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".md") {
            found.push(format!("{BOOK}/src/{name}"));
        }
    }
    found.sort();
    Ok(found)
}

/// The folder of pictures.
pub fn pictures_folder() -> PathBuf {
    layout::root().join(BOOK).join("src/pictures")
}

/// Builds the book, and checks its links.
///
/// # Errors
/// If mdBook can't be had or fails.
pub fn run() -> Result<ExitCode, Error> {
    let program = mdbook::program()?;
    let output = layout::target().join("book");
    if output.exists() {
        fs::remove_dir_all(&output).map_err(Error::file("remove", &output))?;
    }
    let mut command = Command::new(&program);
    command.arg("build").arg(layout::root().join(BOOK));
    command.arg("--dest-dir").arg(&output);
    let made = command.output().map_err(Error::start("mdbook"))?;
    let messages = String::from_utf8_lossy(&made.stderr);
    let odd: Vec<&str> = messages
        .lines()
        .filter(|line| line.contains("WARN") || line.contains("ERROR"))
        .collect();
    if !made.status.success() || !odd.is_empty() {
        output::write_error_line(messages.trim_end());
        output::message!("mdbook had something to say");
        return Ok(ExitCode::FAILURE);
    }
    let looked = links::check(&output)?;
    for link in &looked.broken {
        output::message!("book: {link} leads nowhere");
    }
    if !looked.broken.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    output::line!(
        "book: {} pages, {} links: {}",
        looked.pages,
        looked.links,
        output.join("index.html").display()
    );
    Ok(ExitCode::SUCCESS)
}
