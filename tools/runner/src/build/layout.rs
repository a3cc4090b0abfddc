//! Where things lie in the source tree and under the target folder.
//!
//! ```text
//!  modules/NAME           module crates        -> NAME.ko, modules/ in the initrd
//!  modules/NAME.c         modules in C         -> NAME.ko, modules/ in the initrd
//!  modules/fixtures/NAME  module crates        -> NAME.ko, fixtures/ in the initrd
//!  modules/lib/NAME.c     libraries in C      -> NAME.ko, lib/ in the initrd
//!  modules/ctest/NAME.c   tests in C           -> NAME.ko, ctest/ in the initrd
//!  modules/include        headers for modules in C
//!  linker/module.ld       layout of a .ko
//!  target/s390x-unknown-none-softfloat/release/
//!    kernel               ELF, as QEMU boots it
//!    libNAME.a            a module with all it needs of core
//!    c/NAME.o             a module in C, compiled
//!    modules/NAME.ko      the module, linked
//!    c-clang, modules-clang   the same by clang
//!    System.map           the kernel's symbols
//! ```

use super::c::compiler::Compiler;
use crate::error::Error;
use object::Object;
use std::path::{Path, PathBuf};

/// The guest's target.
pub const TARGET: &str = "s390x-unknown-none-softfloat";

/// The target of what runs in a page, and cargo's profile for it.
pub const PAGE_TARGET: &str = "wasm32-unknown-unknown";
pub const PAGE_PROFILE: &str = "page";

/// Folder of the initrd for modules that are loaded at boot.
pub const AT_BOOT: &str = "modules";
/// Folder of the initrd for modules that only self-tests load.
pub const FIXTURES: &str = "fixtures";
/// Folder of the initrd for modules that are loaded because others need them.
pub const LIBRARIES: &str = "lib";
/// Folder of the initrd for modules in C that test what C may use.
pub const C_TESTS: &str = "ctest";
/// Folder of the initrd for modules given by `--module`.
pub const EXTRA: &str = "extra";

/// A module of the source tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Name of the package and of its folder, or of the C file.
    pub name: String,
    /// Folder in the initrd.
    pub folder: &'static str,
    /// The C file; `None` for a crate.
    pub source: Option<PathBuf>,
    /// What makes an object of that.
    pub compiler: Compiler,
}

impl Module {
    /// What the compiler makes of it: cargo a static library, gcc an object.
    pub fn compiled(&self) -> PathBuf {
        match self.source {
            Some(_) => self.folder("c").join(format!("{}.o", self.name)),
            None => release().join(format!("lib{}.a", self.name.replace('-', "_"))),
        }
    }

    /// Whether cargo builds it.
    pub fn is_crate(&self) -> bool {
        self.source.is_none()
    }

    /// The linked module.
    pub fn linked(&self) -> PathBuf {
        self.folder("modules").join(format!("{}.ko", self.name))
    }

    /// A folder of what this compiler makes; of a crate it is always the same.
    fn folder(&self, name: &str) -> PathBuf {
        release().join(format!("{name}{}", self.compiler.suffix()))
    }
}

/// The variable by which a kit's script says where its tree is; without it the tree is where
/// this program was built.
const ROOT: &str = "QEMU_RUN_ROOT";

/// Whether the tree is a kit's: what would be built is there, and nothing to build it by.
pub fn is_kit() -> bool {
    root().join("README.kit").is_file()
}

/// The source tree.
pub fn root() -> PathBuf {
    if let Some(root) = std::env::var_os(ROOT) {
        return root.into();
    }
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root.pop();
    root
}

/// The target folder.
pub fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    // A relative folder counts from the source tree, where cargo is started.
    root().join(target.unwrap_or("target".into()))
}

/// Where cargo puts the guest's files.
pub fn release() -> PathBuf {
    target().join(TARGET).join("release")
}

/// What runs in the page of `report`.
pub fn workbench() -> PathBuf {
    let folder = target().join(PAGE_TARGET).join(PAGE_PROFILE);
    folder.join("workbench.wasm")
}

/// The kernel's ELF file.
pub fn kernel() -> PathBuf {
    release().join("kernel")
}

/// Which build the kernel's file is, in hexadecimal.
pub fn kernel_build_id() -> Result<String, Error> {
    let path = kernel();
    let data = std::fs::read(&path).map_err(Error::file("read", &path))?;
    let file = object::File::parse(&*data).map_err(Error::object(&path))?;
    let id = file.build_id().map_err(Error::object(&path))?;
    let id = id.unwrap_or_default();
    Ok(id.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Headers for modules in C.
pub fn include() -> PathBuf {
    root().join("modules/include")
}

/// All modules, by name; crates first.
pub fn modules() -> Result<Vec<Module>, Error> {
    let folder = root().join("modules");
    let mut modules = crates(&folder, AT_BOOT)?;
    modules.extend(crates(&folder.join("fixtures"), FIXTURES)?);
    modules.extend(c_files(&folder, AT_BOOT)?);
    modules.extend(c_files(&folder.join("lib"), LIBRARIES)?);
    modules.extend(c_files(&folder.join("ctest"), C_TESTS)?);
    Ok(modules)
}

fn crates(path: &Path, folder: &'static str) -> Result<Vec<Module>, Error> {
    found(path, |entry| {
        let name = entry.file_name()?.to_string_lossy().into_owned();
        entry.join("Cargo.toml").is_file().then_some(Module {
            name,
            folder,
            source: None,
            compiler: Compiler::default(),
        })
    })
}

/// The C files of a folder, each a module.
pub fn c_files(path: &Path, folder: &'static str) -> Result<Vec<Module>, Error> {
    found(path, |entry| {
        let name = entry.file_stem()?.to_string_lossy().into_owned();
        let is_c = entry.extension().is_some_and(|extension| extension == "c");
        is_c.then(|| Module {
            name,
            folder,
            source: Some(entry.to_owned()),
            compiler: Compiler::default(),
        })
    })
}

/// What `look` makes of a folder's entries, by name.
fn found(path: &Path, look: impl Fn(&Path) -> Option<Module>) -> Result<Vec<Module>, Error> {
    let mut found = Vec::new();
    for entry in path.read_dir().map_err(Error::file("read", path))? {
        let entry = entry.map_err(Error::file("read", path))?;
        found.extend(look(&entry.path()));
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}
