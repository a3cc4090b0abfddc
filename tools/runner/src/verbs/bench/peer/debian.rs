//! Debian's Linux 6.1 for s390x, and what it takes to build modules for it.

use super::files::{folder, write};
use crate::error::Error;
use crate::verbs::debian;
use std::path::{Path, PathBuf};

/// A kernel, and how to build for it.
pub struct Linux {
    /// The kernel's version, as it names itself.
    pub version: String,
    /// What QEMU boots.
    pub kernel: PathBuf,
    /// Where modules are built from.
    pub headers: PathBuf,
    /// The program.
    pub make: PathBuf,
}

/// Fetches it, unless that has been done.
///
/// # Errors
/// If it can't be had: no network, or no apt-get.
pub fn fetch() -> Result<Linux, Error> {
    let what = "Debian's Linux 6.1 for s390x, its headers, kbuild and make: 45 MB";
    of(&debian::fetch("peer", &folder("debian")?, what)?)
}

/// What is unpacked there.
fn of(root: &Path) -> Result<Linux, Error> {
    const BEFORE: &str = "vmlinuz-";
    let boot = root.join("boot");
    let kernel = entry(&boot, |name| name.starts_with(BEFORE))?;
    let name = kernel.file_name().unwrap_or_default().to_string_lossy();
    let version = name.trim_start_matches(BEFORE).to_owned();
    let sources = root.join("usr/src");
    let headers = sources.join(format!("linux-headers-{version}"));
    let common = entry(&sources, |name| name.ends_with("-common"))?;
    // As shipped it is for packages that are installed.
    let makefile = format!("include {}/Makefile\n", common.display());
    write(&headers.join("Makefile"), &makefile)?;
    Ok(Linux {
        version,
        kernel,
        headers,
        make: root.join("usr/bin/make"),
    })
}

/// The one entry of a folder by its name.
fn entry(folder: &Path, is_it: impl Fn(&str) -> bool) -> Result<PathBuf, Error> {
    for entry in folder.read_dir().map_err(Error::file("read", folder))? {
        let entry = entry.map_err(Error::file("read", folder))?;
        if is_it(&entry.file_name().to_string_lossy()) {
            return Ok(entry.path());
        }
    }
    let path = folder.display();
    let message = format!("Debian's package has something else in {path}");
    Err(Error::Peer { message })
}
