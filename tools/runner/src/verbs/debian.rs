//! What comes from Debian's Linux 6.1: fetched by `tools/debian.sh`, unpacked under the target
//! folder, never installed.

use crate::build::layout;
use crate::error::Error;
use crate::screen::output;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Fetches a kind of it into a folder, unless that has been done; where it lies then. `what`
/// it is, and how large, is reported before.
///
/// # Errors
/// If it can't be had: no network, or no apt-get.
pub fn fetch(kind: &str, folder: &Path, what: &str) -> Result<PathBuf, Error> {
    fetch_named(kind, folder, what, &[])
}

/// The same of a kind that packages are named for.
///
/// # Errors
/// As of [`fetch`].
pub fn fetch_named(
    kind: &str,
    folder: &Path,
    what: &str,
    packages: &[&str],
) -> Result<PathBuf, Error> {
    if !folder.join("ready").exists() {
        output::message!("fetching {what}, once, into {}", folder.display());
    }
    let script = layout::root().join("tools/debian.sh");
    let mut command = Command::new(&script);
    command.arg(kind).arg(folder).args(packages);
    let output = command.output().map_err(Error::start("tools/debian.sh"))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        let message = message.lines().last().unwrap_or("debian.sh failed");
        return Err(Error::Debian {
            message: message.to_owned(),
        });
    }
    let found = String::from_utf8_lossy(&output.stdout);
    Ok(PathBuf::from(found.trim_end()))
}
