//! Which headers there are for modules in C.

use crate::build::layout;
use crate::error::Error;
use std::path::{Path, PathBuf};

/// The headers of a folder, and of those in it.
pub fn of(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in folder.read_dir().map_err(Error::file("read", folder))? {
        let path = entry.map_err(Error::file("read", folder))?.path();
        if path.is_dir() && folder.starts_with(layout::include()) {
            found.extend(of(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "h") {
            found.push(path);
        }
    }
    Ok(found)
}
