//! Rules of this tree that no compiler checks.
//!
//! * Imports go one way: no circle of files within a crate (`imports.rs` finds who
//!   imports whom, `circles.rs` the circles), and in `kernel/src` only from a floor to
//!   one further down (`floors.rs`, by the table of docs/ARCHITECTURE.md). The runner has no
//!   such table: no circle of rooms is what is asked of it.
//! * Every `// SAFETY:` comment names the invariants that it rests on, by their numbers
//!   in docs/INVARIANTS.md, and each of these is named somewhere (`safety.rs`).
//! * Every self-test that runs only when it is named is named by the runner (`requests.rs`).
//! * Names are the field's terms: some words are part of none (`terms.rs`).
//! * Comments are as wide as code may be (`widths.rs`).
//!
//! `cargo run -p tree-check` prints what is wrong; the test does the same in the gate.
#![forbid(unsafe_code)]

mod circles;
mod crate_files;
mod floors;
mod imports;
mod problem;
mod requests;
mod safety;
mod terms;
mod widths;

pub use problem::Problem;

use crate_files::CrateFiles;
use std::io;
use std::path::{Path, PathBuf};

/// Folders below which every crate's imports are looked at.
const CRATES: [&str; 3] = ["kernel", "modules", "tools"];

/// Checks the whole tree below `root`; what is wrong, in the order of the files.
pub fn check(root: &Path) -> io::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for folder in CRATES {
        for krate in crates(&root.join(folder))? {
            problems.extend(check_crate(&krate)?);
        }
    }
    let kernel = CrateFiles::read(&root.join("kernel/src/main.rs"))?;
    problems.extend(floors::check(root, &kernel)?);
    problems.extend(check_rooms(&root.join("tools/runner/src/main.rs"))?);
    let sources = crate_files::sources(root)?;
    problems.extend(safety::check(root, &sources)?);
    problems.extend(requests::check(root)?);
    problems.extend(sources.iter().flat_map(terms::check));
    problems.extend(sources.iter().flat_map(widths::check));
    Ok(problems)
}

/// Checks one crate, by its root file, for circles of rooms.
pub fn check_rooms(root_file: &Path) -> io::Result<Vec<Problem>> {
    let files = CrateFiles::read(root_file)?;
    let src = root_file.parent().unwrap_or(root_file);
    Ok(circles::of_rooms(src, &imports::of(&files)))
}

/// Checks one crate, by its root file, for circles of files.
pub fn check_crate(root_file: &Path) -> io::Result<Vec<Problem>> {
    let files = CrateFiles::read(root_file)?;
    Ok(circles::find(&imports::of(&files)))
}

/// The root files of all crates below a folder.
fn crates(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for manifest in crate_files::walk(folder, "toml")? {
        if manifest
            .file_name()
            .is_some_and(|name| name == "Cargo.toml")
        {
            let src = manifest.with_file_name("src");
            let roots = ["lib.rs", "main.rs"].map(|name| src.join(name));
            found.extend(roots.into_iter().filter(|root| root.is_file()));
        }
    }
    Ok(found)
}
