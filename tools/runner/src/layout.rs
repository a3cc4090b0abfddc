//! Where things lie in the source tree and under the target folder.
//!
//! ```text
//!  modules/NAME           module crates        -> NAME.ko, modules/ in the initrd
//!  modules/fixtures/NAME  module crates        -> NAME.ko, fixtures/ in the initrd
//!  linker/module.ld       layout of a .ko
//!  target/s390x-unknown-none-softfloat/release/
//!    kernel               ELF, as QEMU boots it
//!    libNAME.a            a module with all it needs of core
//!    modules/NAME.ko      the module, linked
//!    System.map           the kernel's symbols
//! ```

use crate::error::Error;
use crate::toolchain::TARGET;
use std::path::{Path, PathBuf};

/// Folder of the initrd for modules that are loaded at boot.
pub const AT_BOOT: &str = "modules";
/// Folder of the initrd for modules that only self-tests load.
pub const FIXTURES: &str = "fixtures";
/// Folder of the initrd for modules given by `--module`.
pub const EXTRA: &str = "extra";

/// A module crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Name of the package and of its folder.
    pub name: String,
    /// Folder in the initrd.
    pub folder: &'static str,
}

impl Module {
    /// The static library that cargo makes.
    pub fn archive(&self) -> PathBuf {
        release().join(format!("lib{}.a", self.name.replace('-', "_")))
    }

    /// The linked module.
    pub fn linked(&self) -> PathBuf {
        release().join("modules").join(format!("{}.ko", self.name))
    }
}

/// The source tree.
pub fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root.pop();
    root
}

/// Where cargo puts the guest's files.
pub fn release() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    // A relative folder counts from the source tree, where cargo is started.
    let target = root().join(target.unwrap_or("target".into()));
    target.join(TARGET).join("release")
}

/// The kernel's ELF file.
pub fn kernel() -> PathBuf {
    release().join("kernel")
}

/// All module crates, by name.
pub fn modules() -> Result<Vec<Module>, Error> {
    let folder = root().join("modules");
    let mut modules = crates(&folder, AT_BOOT)?;
    let fixtures = folder.join("fixtures");
    if fixtures.is_dir() {
        modules.extend(crates(&fixtures, FIXTURES)?);
    }
    Ok(modules)
}

fn crates(path: &Path, folder: &'static str) -> Result<Vec<Module>, Error> {
    let mut found = Vec::new();
    for entry in path.read_dir().map_err(Error::file("read", path))? {
        let entry = entry.map_err(Error::file("read", path))?;
        if entry.path().join("Cargo.toml").is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            found.push(Module { name, folder });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}
