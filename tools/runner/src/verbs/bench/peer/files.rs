//! The work that both systems have, and where what is made of it lies: under the target
//! folder, in `peer`.

use crate::build::layout;
use crate::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Areas of the batch that doesn't fit into what a CPU may keep to itself.
pub const LARGE_BATCH: &str = "65536";

/// A folder of what is kept between comparisons.
pub fn folder(name: &str) -> Result<PathBuf, Error> {
    let folder = layout::target().join("peer").join(name);
    fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
    Ok(folder)
}

/// The work that both have.
pub fn source() -> PathBuf {
    layout::root().join("tools/peer/linux_bench.c")
}

/// The same work with a large batch: a file, and its names begin with the batch's size.
pub fn large_batch(folder: &Path) -> Result<PathBuf, Error> {
    let path = folder.join(format!("linux_bench_{LARGE_BATCH}.c"));
    write(&path, &large_batch_of(&read(&source())?))?;
    Ok(path)
}

fn large_batch_of(source: &str) -> String {
    let tag = format!("#define BENCH_TAG \"{LARGE_BATCH}.\"\n");
    tag + &source.replace(
        "#define BATCH\t4096\n",
        &format!("#define BATCH\t{LARGE_BATCH}\n"),
    )
}

/// Reads a text.
pub fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::file("read", path))
}

/// Writes a file unless it is so already: what is made of it stays, too.
pub fn write(path: &Path, text: &str) -> Result<(), Error> {
    match fs::read_to_string(path).is_ok_and(|before| before == text) {
        true => Ok(()),
        false => fs::write(path, text).map_err(Error::file("write", path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_large_batch_is_one() {
        let source = read(&source()).unwrap();
        assert!(source.contains("SPDX-License-Identifier: MIT OR GPL-2.0"));
        let large = large_batch_of(&source);
        assert!(
            large.contains("\n#define BATCH\t65536\n"),
            "BATCH is defined otherwise"
        );
        assert!(!large.contains("4096\n#define MIXED\t65536"));
    }
}
