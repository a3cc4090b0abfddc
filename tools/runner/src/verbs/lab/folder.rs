//! The student's folder: the text and the skeleton, copied once and never written over.

use super::catalogue::Lab;
use crate::error::Error;
use std::fs;
use std::path::Path;

/// The lab's text, in both folders.
pub const TEXT: &str = "README.md";

/// Copies what isn't there yet; whether anything was.
///
/// # Errors
/// If a file can't be read or written.
pub fn prepare(lab: &Lab, to: &Path) -> Result<bool, Error> {
    let was_there = to.exists();
    fs::create_dir_all(to).map_err(Error::file("create", to))?;
    copy(&lab.folder().join(TEXT), &to.join(TEXT))?;
    let skeleton = lab.folder().join("skeleton");
    let entries = skeleton.read_dir();
    for entry in entries.map_err(Error::file("read", &skeleton))? {
        let from = entry.map_err(Error::file("read", &skeleton))?.path();
        if let Some(name) = from.file_name() {
            copy(&from, &to.join(name))?;
        }
    }
    Ok(!was_there)
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    if to.exists() {
        return Ok(());
    }
    let text = fs::read(from).map_err(Error::file("read", from))?;
    fs::write(to, text).map_err(Error::file("write", to))
}

/// Writes a file of this program's own, if its text is another one; whether it had another.
///
/// # Errors
/// If it can't be written.
pub fn put(path: &Path, text: &str) -> Result<bool, Error> {
    let old = fs::read_to_string(path).ok();
    if old.as_deref() == Some(text) {
        return Ok(false);
    }
    fs::write(path, text).map_err(Error::file("write", path))?;
    Ok(old.is_some())
}
