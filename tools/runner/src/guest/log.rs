//! Where the guest's text is kept, all of it: a file a run, the last ones.
//!
//! ```text
//!  target/logs/20251127T070000Z-4711.log    when the run began, and this program's number
//! ```

use super::date::Date;
use crate::build::layout;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Runs whose files are kept.
const KEPT: usize = 20;

/// The file of a run.
#[derive(Debug)]
pub struct Log {
    /// The file, empty.
    pub file: File,
    /// Where it is.
    pub path: PathBuf,
}

impl Log {
    /// Makes one, and removes those of the oldest runs.
    ///
    /// # Errors
    /// It can't be made.
    pub fn new() -> io::Result<Self> {
        let folder = layout::target().join("logs");
        fs::create_dir_all(&folder)?;
        let process = std::process::id();
        let path = folder.join(format!("{}-{process}.log", Date::now().stamp()));
        let file = File::create(&path)?;
        remove_all_but(KEPT, &folder)?;
        Ok(Self { file, path })
    }

    /// Its path, from the current folder if it is in it.
    pub fn shown_path(path: &Path) -> &Path {
        let here = std::env::current_dir().unwrap_or_default();
        path.strip_prefix(here).unwrap_or(path)
    }
}

/// Leaves the files whose names sort last.
fn remove_all_but(kept: usize, folder: &Path) -> io::Result<()> {
    let entries = folder.read_dir()?.filter_map(Result::ok);
    let mut paths: Vec<PathBuf> = { entries }
        .map(|entry| entry.path())
        .filter(|path| path.extension() == Some(OsStr::new("log")))
        .collect();
    paths.sort_unstable();
    paths.truncate(paths.len().saturating_sub(kept));
    for path in paths {
        // Another run may have removed it.
        let _ = fs::remove_file(path);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["2-1.log", "1-9.log", "3-1.log", "notes"] {
            File::create(folder.path().join(name)).unwrap();
        }
        remove_all_but(2, folder.path()).unwrap();
        let entries = folder.path().read_dir().unwrap();
        let mut left: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        left.sort_unstable();
        assert_eq!(left, ["2-1.log", "3-1.log", "notes"]);
    }
}
